/* lookup.h - what the files of the lookup subcommand share
 *
 *     lookup_read.c    standard input: lines, or CSV
 *     lookup_values.c  a value's text to the keys that it may mean
 *     lookup.c         batches, and the run
 *     lookup_show.c    what the database says of a value
 */
#ifndef TOOLS_LOOKUP_H
#define TOOLS_LOOKUP_H

#include "lookup_values.h"
#include "output.h"

enum { BATCH_VALUES = 1024, BATCH_KEYS = 8192 };

struct value {
    char *text;          /* as given; what follows it, after a NUL, is the label */
    char *label;         /* the file name of a sha256sum line, or NULL */
    uint64_t line;       /* of standard input, or the number of the argument */
    size_t first, count; /* in keys */
};

struct lookup {
    const struct options *options;
    struct vp_db *db;
    struct output output;
    struct value_kinds kinds;
    bool from_stdin;
    bool stopped; /* standard output takes no more, or memory ran out */
    bool failed;
    uint64_t values, found, invalid;
    size_t value_count, key_count;
    struct value batch[BATCH_VALUES];
    struct vp_key keys[BATCH_KEYS + VALUE_KINDS];
    struct vp_hit hits[BATCH_KEYS + VALUE_KINDS];
};

/* Adds a value under `kind`, or under those that it fits (0); a full batch is looked up. */
void lookup_add(struct lookup *lookup, unsigned kind, const char *text, size_t len,
                const char *label, uint64_t line);
/* Counts a line that holds no value, and complains. */
void lookup_invalid(struct lookup *lookup, uint64_t line, const char *message);

void lookup_read_stdin(struct lookup *lookup);

/* Shows a value of the batch that was just looked up. */
void lookup_show(struct lookup *lookup, const struct value *value);

#endif
