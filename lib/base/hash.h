/* hash.h - XXH3, dispatched to what the processor has
 *
 * XXH3 is by Yann Collet (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md).  Its result does
 * not depend on the variant.  Distributions build the shared library for SSE2 only, hence inlined
 * code in one file a variant.
 */
#ifndef VPI_BASE_HASH_H
#define VPI_BASE_HASH_H

#include "base/span.h"

struct hash128 {
    uint64_t low;
    uint64_t high;
};

struct hash128 vpi_hash128(struct span bytes);
uint64_t vpi_hash64(struct span bytes);

/* A running XXH3-128.  Lives in an arena or on the stack; nothing to free. */
struct hash_stream {
    _Alignas(64) uint8_t state[704];
    int variant;
};

void vpi_hash_begin(struct hash_stream *stream);
void vpi_hash_add(struct hash_stream *stream, struct span bytes);
struct hash128 vpi_hash_end(const struct hash_stream *stream);

/* The sixteen bytes in xxHash's canonical order: big-endian, high half first. */
void vpi_hash_bytes(struct hash128 hash, uint8_t ret[16]);

#endif
