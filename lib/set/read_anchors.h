/* read_anchors.h - what the tables of anchors and of public keys have in common */
#ifndef VPI_SET_READ_ANCHORS_H
#define VPI_SET_READ_ANCHORS_H

#include "set/read_csv.h"

/* The columns that both have, in this order. */
enum anchor_column {
    ANCHOR_COLUMN_VALUE,
    ANCHOR_COLUMN_PURPOSES,
    ANCHOR_COLUMN_TRUST,
    ANCHOR_COLUMN_NAME,
    ANCHOR_COLUMN_FROM,
    ANCHOR_COLUMN_UNTIL,
    ANCHOR_COLUMN_SOURCE,
    ANCHOR_COLUMNS
};

extern const char *const vpi_words_trust[]; /* trusted, distrusted */

/* These columns in a table of struct csv_column, from number `at`. */
#define ANCHOR_COLUMNS_AT(at)                                                                      \
    [(at) + ANCHOR_COLUMN_VALUE] = {"value", FIELD_TEXT, true, NULL},                              \
            [(at) + ANCHOR_COLUMN_PURPOSES] = {"purposes", FIELD_TEXT, false, NULL},               \
            [(at) + ANCHOR_COLUMN_TRUST] = {"trust", FIELD_WORD, true, vpi_words_trust},           \
            [(at) + ANCHOR_COLUMN_NAME] = {"name", FIELD_TEXT, true, NULL},                        \
            [(at) + ANCHOR_COLUMN_FROM] = {"from", FIELD_DATE, false, NULL},                       \
            [(at) + ANCHOR_COLUMN_UNTIL] = {"until", FIELD_DATE, false, NULL},                     \
            [(at) + ANCHOR_COLUMN_SOURCE] = {"source", FIELD_TEXT, true, NULL}

/* All digits of a digest in lower case, of which the first ANCHOR_HASH bytes are kept. */
bool vpi_anchor_hash(struct span text, enum digest_algorithm algorithm, uint8_t ret[ANCHOR_HASH]);

/* Adds an anchor, whose hash is known, with what the common columns say of it; `fields` begins with
 * the first of them.  `key`: the whole key in base64, or "". */
void vpi_anchor_add(struct vp_set *set, const char *file, const struct csv_field *fields,
                    struct trust_anchor anchor, const char *key);

#endif
