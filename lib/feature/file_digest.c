/* file_digest.c - digests of the whole object */
#include "feature/feature.h"

void vpi_family_file_digest(struct feature_work *work)
{
    struct source_range *all = vpi_arena_alloc(work->arena, sizeof *all);
    if (!all) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "file digests");
        return;
    }
    all->len = work->src->size;
    if (work->wanted & WANT_FILE_XXH3)
        vpi_consume_hash(work, KIND_FILE_XXH3, 0, all->len);
    if (work->wanted & WANT_FILE_MD5)
        vpi_consume_digest(work, KIND_FILE_MD5, DIGEST_MD5, all, 1, 0);
    if (work->wanted & WANT_FILE_SHA1)
        vpi_consume_digest(work, KIND_FILE_SHA1, DIGEST_SHA1, all, 1, 0);
    if (work->wanted & WANT_FILE_SHA256)
        vpi_consume_digest(work, KIND_FILE_SHA256, DIGEST_SHA256, all, 1, 0);
}
