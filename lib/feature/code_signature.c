/* code_signature.c - who signed Apple code: identifiers, Team IDs, code directory hashes
 *
 * Nothing is verified here, so all of it is a claim.  The hash of the directory that the kernel
 * goes by comes first.  The certificates are in a CMS blob, which is handed on as a signature of
 * the image, for the family that reads certificates.
 */
#include "feature/feature.h"
#include "trust/code_signature.h"

enum { SIGNATURE_MOST = 16 << 20, SIGNATURES_MOST = 4 };

static void place(struct feature *feature, const struct image_blob *blob,
                  const struct code_directory *directory)
{
    if (!feature)
        return;
    feature->off = blob->off == VP_NONE ? VP_NONE : blob->off + directory->off;
    feature->len = directory->len;
}

/* Whether an earlier directory says the same: alternates repeat identifier and team. */
static bool is_repeated(const struct code_signature *signature, size_t index, bool team)
{
    const struct code_directory *all = signature->directories;
    for (size_t i = 0; i < index; i++) {
        if (team ? span_equal(all[i].team_id, all[index].team_id)
                 : span_equal(all[i].identifier, all[index].identifier))
            return true;
    }
    return false;
}

static void add_directory(struct feature_work *work, const struct image_blob *blob,
                          const struct code_signature *signature, size_t index)
{
    const struct code_directory *directory = &signature->directories[index];
    if (!is_repeated(signature, index, false))
        place(vpi_feature_add_text(work, KIND_SIGNING_IDENTIFIER, directory->identifier), blob,
              directory);
    if (directory->team_id.len && !is_repeated(signature, index, true))
        place(vpi_feature_add_text(work, KIND_APPLE_TEAM_ID, directory->team_id), blob, directory);
}

static void add_cdhash(struct feature_work *work, const struct image_blob *blob,
                       const struct code_directory *directory)
{
    if (directory->has_cdhash)
        place(vpi_feature_add(work, KIND_CDHASH, span_of(directory->cdhash, CDHASH_LEN), NULL),
              blob, directory);
}

/* The certificates go where those of other formats are. */
static void hand_on(struct feature_work *work, const struct image_blob *blob,
                    const struct code_signature *signature)
{
    bool claimed = false;
    for (size_t i = 0; i < signature->directory_count; i++)
        claimed |= signature->directories[i].team_id.len > 0;
    if (signature->cms.len == 0) {
        if (claimed)
            vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNVERIFIED, blob->off,
                           "a team is named and nobody signed");
        return;
    }
    uint64_t off = blob->off == VP_NONE ? VP_NONE : blob->off + signature->cms_off;
    struct image_blob *cms = vpi_image_blob(work->notes); /* `blob` is a copy: these may move */
    if (!cms)
        return;
    cms->type = BLOB_SIGNATURE;
    cms->off = off;
    cms->len = signature->cms.len;
    cms->bytes = signature->cms;
}

static void add_signature(struct feature_work *work, const struct image_blob *blob)
{
    struct code_signature signature;
    struct span bytes;
    if (blob->len > SIGNATURE_MOST)
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "the code signature");
    if (!vpi_feature_blob(work, blob, SIGNATURE_MOST, &bytes))
        return;
    if (!vpi_code_signature_read(work->crypto, bytes, &signature)) {
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNREADABLE, blob->off, "code signature");
        return;
    }
    if (signature.malformed)
        vpi_image_note(work->notes, VP_NOTE_MALFORMED, blob->off, "code signature");
    if (signature.cut_short)
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "code directories");
    if (signature.chosen < signature.directory_count)
        add_cdhash(work, blob, &signature.directories[signature.chosen]);
    for (size_t i = 0; i < signature.directory_count; i++) {
        if (i != signature.chosen)
            add_cdhash(work, blob, &signature.directories[i]);
        add_directory(work, blob, &signature, i);
    }
    hand_on(work, blob, &signature);
}

void vpi_family_code_signature(struct feature_work *work)
{
    size_t count = 0, blob_count = work->image->blob_count;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < blob_count && count < SIGNATURES_MOST; i++) {
        struct image_blob blob = work->image->blobs[i];
        if (blob.type != BLOB_CODE_SIGNATURE)
            continue;
        count++;
        add_signature(work, &blob);
    }
}
