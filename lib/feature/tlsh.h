/* tlsh.h - TLSH, a digest that changes little when its input does */
#ifndef VPI_FEATURE_TLSH_H
#define VPI_FEATURE_TLSH_H

#include "base/span.h"

enum { TLSH_WINDOW = 5, TLSH_BUCKETS = 128, TLSH_TEXT = 73 /* with the NUL */ };

/* A running digest; starts zeroed, nothing to free. */
struct tlsh {
    uint32_t buckets[256];
    uint8_t window[TLSH_WINDOW]; /* the last bytes, the newest first */
    uint8_t checksum;
    uint64_t len;
};

void vpi_tlsh_add(struct tlsh *tlsh, struct span bytes);

/* "t1" and 70 hexadecimal digits, in lower case.  False: too short, or too much the same, to have
 * one. */
bool vpi_tlsh_end(const struct tlsh *tlsh, char ret[TLSH_TEXT]);

#endif
