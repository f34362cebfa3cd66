/* strings.h - the strings of a database: each once, and numbered by their order, not by who came
 * first
 *
 * While a database is gathered a string is known by its ordinal, which depends on the order of the
 * input; vpi_strings_sort gives the numbers that are written, which don't.
 */
#ifndef VPI_SET_STRINGS_H
#define VPI_SET_STRINGS_H

#include "set/output.h"

struct string_row {
    uint32_t off, len, number;
};

struct strings {
    struct output text; /* bytes and a NUL each */
    struct string_row *rows;
    size_t count, capacity;
    uint32_t *slots; /* hash table of ordinals, 0: free */
    size_t slot_count;
};

/* False: no memory. */
bool vpi_strings_init(struct strings *strings, struct arena *arena);

/* The ordinal of `text`, 0 for the empty one and for NULL.  0 also on failure:
 * strings->text.failed. */
uint32_t vpi_strings_add(struct strings *strings, const char *text);

/* Writes STRS to `out` and numbers all strings; false: no memory, or more than a number can say. */
bool vpi_strings_sort(struct strings *strings, struct output *out);

/* The number in STRS, after sorting: ascends with the text. */
static inline uint32_t vpi_strings_number(const struct strings *strings, uint32_t ordinal)
{
    return strings->rows[ordinal].number;
}

#endif
