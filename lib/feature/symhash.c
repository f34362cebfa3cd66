/* symhash.c - symhash, as Anomali's tool defines it (https://github.com/threatstream/symhash)
 *
 * MD5 of the names of all undefined external symbols in the symbol table, sorted bytewise, joined
 * by commas; a name that is there twice counts twice.  Which symbols there are is the format
 * reader's part: no debugging ones, none without a name, none whose name the string table cuts off.
 * The tool gives the MD5 of nothing when there are none; here that is no feature.
 */
#include "feature/feature.h"

#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void add(struct feature_work *work, struct span *names, size_t count)
{
    uint8_t value[DIGEST_MOST];
    struct digest *digest = vpi_digest_begin(work->crypto, DIGEST_MD5);
    qsort(names, count, sizeof *names, by_bytes);
    for (size_t i = 0; digest && i < count; i++) {
        if (i > 0)
            vpi_digest_add(digest, span_text(","));
        vpi_digest_add(digest, names[i]);
    }
    if (digest && vpi_digest_end(digest, value))
        vpi_feature_add(work, KIND_SYMHASH, span_of(value, 16), NULL);
    else
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "symbols");
}

void vpi_family_symhash(struct feature_work *work)
{
    const struct image *image = work->image;
    bool macho = image->format == VP_FORMAT_MACHO32 || image->format == VP_FORMAT_MACHO64;
    if (!(work->wanted & WANT_REST) || !macho || image->imports_partial || image->import_count == 0)
        return;
    struct span *names = vpi_arena_array(work->arena, image->import_count, sizeof *names);
    if (!names) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "symbols");
        return;
    }
    for (size_t i = 0; i < image->import_count; i++)
        names[i] = image->imports[i].name;
    add(work, names, image->import_count);
}
