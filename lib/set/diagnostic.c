/* diagnostic.c - what is wrong with a set, and the growing arrays of its model */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "set/model.h"

void *vpi_set_add_item(struct arena *arena, void **items, size_t *count, size_t *capacity,
                       size_t len)
{
    void *grown = vpi_arena_grow(arena, *items, *count, capacity, len);
    if (!grown)
        return NULL;
    *items = grown;
    return (char *)grown + len * (*count)++;
}

void vpi_set_say(struct vp_set *set, enum vp_severity severity, struct place place,
                 const char *format, ...)
{
    char text[1024];
    if (severity == VP_SEVERITY_ERROR && set->errors < UINT32_MAX)
        set->errors++;
    if (set->diagnostics_count == DIAGNOSTICS_MOST)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* A cut may have left half a character. */
    struct span all = span_text(text);
    size_t good = 0, step;
    while (good < all.len && (step = vpi_text_character(all, good)) > 0)
        good += step;
    struct diagnostic *item = vpi_set_add(set, diagnostics);
    if (!item)
        return;
    item->place = place;
    item->severity = severity;
    item->text = vpi_arena_text(&set->arena, span_first(all, good));
}

static int compare(const void *left, const void *right)
{
    const struct diagnostic *a = left, *b = right;
    int order = strcmp(a->place.file, b->place.file);
    if (!order)
        order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
    if (!order)
        order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
    if (!order && a->text && b->text)
        order = strcmp(a->text, b->text);
    return order;
}

void vpi_set_sort_diagnostics(struct vp_set *set)
{
    if (set->diagnostics_count)
        qsort(set->diagnostics, set->diagnostics_count, sizeof *set->diagnostics, compare);
}
