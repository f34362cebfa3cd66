/* debug.c - where the builder's debug information is, and its id
 *
 * The CodeView record that the debug directory points to:
 *
 *     "RSDS" | GUID, 16 bytes | age, 4 | path, NUL         since 2002
 *     "NB10" | offset, 4 | time, 4 | age, 4 | path, NUL    before
 *
 * The id is 20 bytes: the GUID as it stands and the age; for NB10, which has no GUID, the time,
 * twelve zeros and the age.
 */
#include "feature/feature.h"

enum { RECORD_MOST = 24 + CANONICAL_MOST, RECORDS_MOST = 16, ID_LEN = 20 };

static void place(struct feature *feature, const struct image_blob *blob)
{
    if (feature) {
        feature->off = blob->off;
        feature->len = blob->len;
    }
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i])
            return false;
    }
    return true;
}

static void add_record(struct feature_work *work, const struct image_blob *blob)
{
    uint8_t id[ID_LEN] = {0};
    struct span record, guid, age, path;
    if (!vpi_feature_blob(work, blob, RECORD_MOST, &record))
        return;
    struct reader r = reader_at(record, 0);
    struct span magic = reader_span(&r, 4);
    if (span_equal(magic, span_text("RSDS"))) {
        guid = reader_span(&r, 16);
    } else if (span_equal(magic, span_text("NB10"))) {
        reader_skip(&r, 4);
        guid = reader_span(&r, 4);
    } else {
        return;
    }
    age = reader_span(&r, 4);
    if (r.bad)
        return;
    memcpy(id, guid.data, guid.len);
    memcpy(id + 16, age.data, age.len);
    if (!is_zero(id, 16))
        place(vpi_feature_add(work, KIND_PDB_ID, span_of(id, ID_LEN), NULL), blob);
    path = span_from(record, r.off);
    const uint8_t *end = path.len ? memchr(path.data, 0, path.len) : NULL;
    if (end)
        path.len = (size_t)(end - path.data);
    place(vpi_feature_add_text(work, KIND_PDB_PATH, path), blob);
}

void vpi_family_debug(struct feature_work *work)
{
    const struct image *image = work->image;
    size_t count = 0;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->blob_count && count < RECORDS_MOST; i++) {
        if (image->blobs[i].type != BLOB_CODEVIEW)
            continue;
        count++;
        add_record(work, &image->blobs[i]);
    }
}
