/* inf.h - between the files that read INF files: lines, values and strings */
#ifndef VPI_FORMAT_INF_H
#define VPI_FORMAT_INF_H

#include "format/format.h"

enum {
    INF_BYTES_MOST = 4 << 20,
    INF_STRINGS_MOST = 16384,
    INF_LANGUAGES_MOST = 64,
    INF_DISKS_MOST = 256,
    INF_ITEMS_MOST = 1024,      /* files, manufacturers */
    INF_VALUE_MOST = 1024,      /* bytes of a value with its strings in it */
    INF_COMPARED_MOST = 1 << 25 /* strings that are compared with a key, in all */
};

/* What of a line counts: "[section]" or "key = value". */
struct inf_line {
    bool is_section;
    struct span key;   /* the section's name */
    struct span value; /* up to a comment; quotes still in it */
    bool has_value;    /* there was a '=' */
};

/* The next line that isn't empty; false at the end. */
bool vpi_inf_line(struct span *text, struct inf_line *ret);

/* The next field of a list that commas part, without blanks around; false at the end. */
bool vpi_inf_field(struct span *value, struct span *ret);

/* ASCII letters without case. */
bool vpi_inf_is(struct span text, const char *word);
bool vpi_inf_same(struct span a, struct span b);
/* The section is called `word`, or that with a dot and something behind it, which is returned. */
bool vpi_inf_section_is(struct span section, const char *word, struct span *ret_decoration);

/* ---- %strings% */

struct inf_string {
    uint16_t language; /* 0: of [Strings] */
    struct span key, value;
};

struct inf_strings {
    struct inf_string *items;
    size_t count, capacity;
    uint16_t languages[INF_LANGUAGES_MOST];
    size_t language_count;
    size_t compared; /* so far */
};

/* The value with quotes taken off and strings put in: those of the language, or else of [Strings].
 * In the arena; empty when it has nothing, or no memory (arena->failed). */
struct span vpi_inf_resolve(struct arena *arena, struct inf_strings *strings, uint16_t language,
                            struct span value);

#endif
