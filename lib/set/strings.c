/* strings.c - the strings of a database */
#include "set/strings.h"

#include <stdlib.h>

#include "base/hash.h"

static struct span text_of(const struct strings *strings, uint32_t ordinal)
{
    const struct string_row *row = &strings->rows[ordinal];
    return span_of(strings->text.data + row->off, row->len);
}

/* A new row; 0 only for the first one, or on failure. */
static uint32_t append(struct strings *strings, struct span text)
{
    struct string_row *rows = vpi_arena_grow(strings->text.arena, strings->rows, strings->count,
                                             &strings->capacity, sizeof *rows);
    size_t off = strings->text.len;
    if (!rows || text.len >= UINT32_MAX - off || strings->count >= UINT32_MAX) {
        strings->text.failed = true;
        return 0;
    }
    strings->rows = rows;
    vpi_output_bytes(&strings->text, text);
    vpi_output_uint(&strings->text, 0, 1);
    if (strings->text.failed)
        return 0;
    rows[strings->count] = (struct string_row){(uint32_t)off, (uint32_t)text.len, 0};
    return (uint32_t)strings->count++;
}

bool vpi_strings_init(struct strings *strings, struct arena *arena)
{
    memset(strings, 0, sizeof *strings);
    strings->text.arena = arena;
    strings->slot_count = 1024;
    strings->slots = vpi_arena_array(arena, strings->slot_count, sizeof *strings->slots);
    if (!strings->slots)
        return false;
    append(strings, span_of("", 0));
    return !strings->text.failed;
}

/* The slot of `text`: its own, or the free one where it belongs. */
static uint32_t *find_slot(const struct strings *strings, struct span text)
{
    size_t i = (size_t)vpi_hash64(text) & (strings->slot_count - 1);
    while (strings->slots[i] && !span_equal(text_of(strings, strings->slots[i]), text))
        i = (i + 1) & (strings->slot_count - 1);
    return &strings->slots[i];
}

static bool grow(struct strings *strings)
{
    struct strings larger = *strings;
    larger.slot_count *= 2;
    larger.slots = vpi_arena_array(strings->text.arena, larger.slot_count, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (uint32_t i = 1; i < strings->count; i++)
        *find_slot(&larger, text_of(strings, i)) = i;
    *strings = larger;
    return true;
}

uint32_t vpi_strings_add(struct strings *strings, const char *text)
{
    struct span bytes = span_text(text ? text : "");
    if (bytes.len == 0 || strings->text.failed)
        return 0;
    uint32_t *slot = find_slot(strings, bytes);
    if (*slot)
        return *slot;
    uint32_t ordinal = append(strings, bytes);
    if (ordinal == 0)
        return 0;
    *slot = ordinal;
    if (strings->count * 2 > strings->slot_count && !grow(strings)) {
        strings->text.failed = true;
        return 0;
    }
    return ordinal;
}

struct sorted_string {
    struct span text;
    uint32_t ordinal;
};

static int compare_strings(const void *left, const void *right)
{
    const struct sorted_string *a = left, *b = right;
    return span_compare(a->text, b->text);
}

bool vpi_strings_sort(struct strings *strings, struct output *out)
{
    struct sorted_string *sorted =
        strings->text.failed ? NULL
                             : vpi_arena_array(strings->text.arena, strings->count, sizeof *sorted);
    if (!sorted)
        return false;
    for (uint32_t i = 0; i < strings->count; i++)
        sorted[i] = (struct sorted_string){text_of(strings, i), i};
    qsort(sorted, strings->count, sizeof *sorted, compare_strings); /* the empty one is the first */
    for (size_t i = 0; i < strings->count; i++) {
        if (out->len >= UINT32_MAX)
            return false;
        strings->rows[sorted[i].ordinal].number = (uint32_t)out->len;
        vpi_output_uint(out, sorted[i].text.len, 4);
        vpi_output_bytes(out, sorted[i].text);
        vpi_output_uint(out, 0, 1);
    }
    return !out->failed;
}
