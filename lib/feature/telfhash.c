/* telfhash.c - telfhash, as Trend Micro's telfhash 0.9.8 computes it
 *
 * https://github.com/trendmicro/telfhash: TLSH of the names of the functions that are bound
 * globally and visible, of the first symbol table; in lower case, sorted, joined by commas, as
 * often as they stand there.  Some names are left out first (in the case in which they stand).
 * Where there is no symbol table the original disassembles; that is not done here.
 */
#include "feature/feature.h"
#include "feature/tlsh.h"

#include <stdlib.h>

static bool is_any(struct span name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_text(list[i])))
            return true;
    }
    return false;
}

static bool is_left_out(struct span name)
{
    static const char *const names[] = {"main", "abort", "cachectl",   "cacheflush",
                                        "puts", "atol",  "malloc_trim"};
    static const char *const starts[] = {"str", "mem"};
    return name.data[0] == '_' || name.data[0] == '.' || is_any(span_first(name, 3), starts, 2) ||
           (name.len >= 2 && span_equal(span_from(name, name.len - 2), span_text("64"))) ||
           is_any(name, names, sizeof names / sizeof *names);
}

/* False: it isn't ASCII, and the original fails. */
static bool lower(struct arena *arena, struct span name, struct span *ret)
{
    uint8_t *to = vpi_arena_alloc(arena, name.len);
    for (size_t i = 0; to && i < name.len; i++) {
        uint8_t c = name.data[i];
        if (c >= 0x80)
            return false;
        to[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
    }
    *ret = span_of(to, name.len);
    return to != NULL;
}

static int by_bytes(const void *a, const void *b)
{
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The names in the form in which they count; false when there is no hash of them. */
static bool select_names(struct feature_work *work, struct span *names, size_t *ret_count)
{
    enum { WANTED = SYMBOL_FUNCTION | SYMBOL_STRONG | SYMBOL_VISIBLE | SYMBOL_FIRST_TABLE };
    const struct image *image = work->image;
    size_t count = 0;
    for (size_t i = 0; i < image->symbol_count; i++) {
        const struct image_symbol *symbol = &image->symbols[i];
        if ((symbol->flags & WANTED) != WANTED || is_left_out(symbol->name))
            continue;
        if (!lower(work->arena, symbol->name, &names[count++]))
            return false;
    }
    qsort(names, count, sizeof *names, by_bytes);
    *ret_count = count;
    return true;
}

void vpi_family_telfhash(struct feature_work *work)
{
    const struct image *image = work->image;
    char text[TLSH_TEXT];
    struct tlsh tlsh = {.len = 0};
    size_t count = 0;
    if (!(work->wanted & WANT_REST) || image->symbol_count == 0 || image->symbols_partial ||
        !vpi_feature_needed(work, KIND_TELFHASH))
        return;
    struct span *names = vpi_arena_array(work->arena, image->symbol_count, sizeof *names);
    if (!names || !select_names(work, names, &count)) {
        if (work->arena->failed)
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "symbols");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            vpi_tlsh_add(&tlsh, span_text(","));
        vpi_tlsh_add(&tlsh, names[i]);
    }
    if (vpi_tlsh_end(&tlsh, text))
        vpi_feature_add_text(work, KIND_TELFHASH, span_text(text));
}
