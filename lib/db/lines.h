/* lines.h - the two inner loops of a look-up, in one variant a vector unit
 *
 * All variants answer alike.  They read whole words and lines: the caller has checked that these
 * are there.
 */
#ifndef VPI_DB_LINES_H
#define VPI_DB_LINES_H

#include "db/database.h"

/* Loads for inner loops; the caller has checked. */
static inline uint32_t vpi_lines_u32(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

static inline uint64_t vpi_lines_u64(const uint8_t *from)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t value; /* compilers don't make one load of eight */
    memcpy(&value, from, sizeof value);
    return value;
#else
    return (uint64_t)vpi_lines_u32(from + 4) << 32 | vpi_lines_u32(from);
#endif
}

/* The head of a bucket: those of the slots that are in use, the row of the first one's entry, and
 * which classes of keys went on to the next bucket. */
static inline unsigned vpi_lines_head(const uint8_t *bucket, unsigned slots, uint64_t *ret_base,
                                      unsigned *ret_overflow)
{
    uint64_t head = vpi_lines_u64(bucket);
    *ret_base = (uint32_t)head;
    *ret_overflow = (unsigned)(head >> (8 * BUCKET_OVERFLOW)) & 0xffff;
    return slots & ((1u << (head >> (8 * BUCKET_COUNT) & 15)) - 1);
}

enum { LINES_BATCH = 128, LINES_VARIANTS_MOST = 4 };

/* Keys and the buckets that are read for them. */
struct lines_find {
    const struct vp_key *keys;
    const uint8_t *key; /* line number i is for keys[key[i]] */
    const uint8_t *
        *line; /* `count` of them: buckets, then entries; of a key that has no entry, any */
    unsigned count;
    const uint8_t *entries;
    uint32_t entry_count; /* at least 1 */
};

struct lines_variant {
    const char *name;
    /* Which of `count` (at most LINES_BATCH) keys have all their bits set in the filter, key number
     * i in word number at[i]: writes their indices, ascending, and returns how many.  There is room
     * for LINES_BATCH. */
    unsigned (*pass)(const uint8_t *filter, const uint32_t *at, const struct vp_key *keys,
                     unsigned count, uint8_t *ret_passed);
    /* Bit n says that tag number n of a bucket is `tag`. */
    unsigned (*match)(const uint8_t *bucket, uint32_t tag);
    /* Puts in the place of each bucket the entry of the first slot that has the key's tag, and asks
     * for it.  Of those that have none the indices are written, ascending; returns how many. */
    unsigned (*find)(const struct lines_find *find, uint8_t *ret_none);
};

/* One key, for which a vector isn't worth it. */
bool vpi_lines_pass_one(const uint8_t *filter, uint32_t words, const struct vp_key *key);

/* The variants that this processor has, the best first and the plain one last. */
unsigned vpi_lines_variants(const struct lines_variant *ret[LINES_VARIANTS_MOST]);

/* The best. */
const struct lines_variant *vpi_lines(void);

#endif
