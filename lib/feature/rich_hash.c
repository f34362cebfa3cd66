/* rich_hash.c - MD5 of the decoded Rich header (pefile 2024.8.26: get_rich_header_hash)
 *
 * The reader decodes it, from "DanS" up to "Rich"; the hash covers that and neither "Rich" nor the
 * key behind it.
 */
#include "feature/feature.h"

void vpi_family_rich_hash(struct feature_work *work)
{
    const struct image *image = work->image;
    uint8_t value[DIGEST_MOST];
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        if (blob->type != BLOB_RICH || blob->bytes.len == 0)
            continue;
        if (!vpi_digest(work->crypto, DIGEST_MD5, blob->bytes, value)) {
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "Rich header");
            return;
        }
        struct feature *feature = vpi_feature_add(work, KIND_RICH_HASH, span_of(value, 16), NULL);
        if (feature) {
            feature->off = blob->off;
            feature->len = blob->len;
        }
        return; /* a file has one */
    }
}
