/* read_anchors.h - what the tables of anchors and of public keys have in common */
#ifndef VPI_SET_READ_ANCHORS_H
#define VPI_SET_READ_ANCHORS_H

#include "set/read_csv.h"

extern const char *const vpi_words_trust[]; /* trusted, distrusted */

/* Words apart by one space to a sum of enum anchor_purpose; false: another word, or none. */
bool vpi_anchor_purposes(struct span text, unsigned *ret);

/* All digits of a digest in lower case, of which the first ANCHOR_HASH bytes are kept. */
bool vpi_anchor_hash(struct span text, enum digest_algorithm algorithm, uint8_t ret[ANCHOR_HASH]);

/* A checked date to seconds since 1970; 0 for none. */
uint64_t vpi_anchor_seconds(struct span date);

#endif
