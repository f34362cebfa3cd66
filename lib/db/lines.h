/* lines.h - the two inner loops of a look-up, in one variant a vector unit
 *
 * All variants answer alike.  They read whole words and lines: the caller has checked that these
 * are there.
 */
#ifndef VPI_DB_LINES_H
#define VPI_DB_LINES_H

#include "db/database.h"

enum { LINES_BATCH = 128, LINES_VARIANTS_MOST = 4 };

struct lines_variant {
    const char *name;
    /* Which of `count` (at most LINES_BATCH) keys have all their bits set in the filter: writes
     * their indices, ascending, and returns how many.  There is room for LINES_BATCH. */
    unsigned (*pass)(const uint8_t *filter, uint32_t words, const struct vp_key *keys,
                     unsigned count, uint8_t *ret_passed);
    /* For each of `count` buckets a word: bit n of it says that tag number n is tags[i]. */
    void (*match)(const uint8_t *const *buckets, const uint32_t *tags, unsigned count,
                  uint16_t *ret_slots);
};

/* One key, for which a vector isn't worth it. */
bool vpi_lines_pass_one(const uint8_t *filter, uint32_t words, const struct vp_key *key);

/* The variants that this processor has, the best first and the plain one last. */
unsigned vpi_lines_variants(const struct lines_variant *ret[LINES_VARIANTS_MOST]);

/* The best. */
const struct lines_variant *vpi_lines(void);

#endif
