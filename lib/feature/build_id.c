/* build_id.c - what the linker calls this build of an ELF file
 *
 * A GNU build-id (ld --build-id) is a digest of the linked file or whatever the builder chose;
 * debug files and core files name their program by it, and distributors publish it.
 */
#include "feature/feature.h"

void vpi_family_build_id(struct feature_work *work)
{
    const struct image *image = work->image;
    if (!(work->wanted & WANT_REST) ||
        (image->format != VP_FORMAT_ELF32 && image->format != VP_FORMAT_ELF64))
        return;
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        if (blob->type != BLOB_BUILD_ID || blob->bytes.len == 0 ||
            blob->bytes.len > VALUE_DIGITS_MOST)
            continue;
        struct feature *feature = vpi_feature_add(work, KIND_BUILD_ID, blob->bytes, NULL);
        if (feature) {
            feature->off = blob->off;
            feature->len = blob->len;
        }
    }
}
