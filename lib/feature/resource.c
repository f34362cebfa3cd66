/* resource.c - icons and resources, by content
 *
 * Small resources (an icon group, a menu, a string table of two words) are alike in files that have
 * nothing to do with each other.
 */
#include "feature/feature.h"

enum { RESOURCES_AS_FEATURES_MOST = 4096, RESOURCE_LEAST = 64 };

static unsigned kind_of(const struct image_blob *blob)
{
    if (blob->off == VP_NONE)
        return KIND_NONE;
    if (blob->type == BLOB_ICON)
        return KIND_ICON;
    bool resource = blob->type == BLOB_RESOURCE || blob->type == BLOB_MANIFEST;
    return resource && blob->len >= RESOURCE_LEAST ? KIND_RESOURCE : KIND_NONE;
}

void vpi_family_resource(struct feature_work *work)
{
    const struct image *image = work->image;
    struct consume_budget budget = vpi_consume_budget(work);
    size_t count = 0;
    if (!(work->wanted & WANT_RESOURCES))
        return;
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        unsigned kind = kind_of(blob);
        if (kind == KIND_NONE ||
            !vpi_consume_afford(work, &budget, blob->len, "resources that overlap"))
            continue;
        if (count++ == RESOURCES_AS_FEATURES_MOST) {
            vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "resources");
            return;
        }
        vpi_consume_hash(work, kind, blob->off, blob->len);
    }
}
