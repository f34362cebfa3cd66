/* hash_variant.h - the body of one XXH3 variant; HASH_NAME(x) names its functions */
#define XXH_INLINE_ALL
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/hash.h"

_Static_assert(sizeof(XXH3_state_t) <= sizeof(((struct hash_stream *)0)->state),
               "hash_stream is too small");

struct hash128 HASH_NAME(hash128)(struct span bytes);
uint64_t HASH_NAME(hash64)(struct span bytes);
void HASH_NAME(begin)(struct hash_stream *stream);
void HASH_NAME(add)(struct hash_stream *stream, struct span bytes);
struct hash128 HASH_NAME(end)(const struct hash_stream *stream);

static struct hash128 from_xxh(XXH128_hash_t h)
{
    struct hash128 hash = {h.low64, h.high64};
    return hash;
}

struct hash128 HASH_NAME(hash128)(struct span bytes)
{
    return from_xxh(XXH3_128bits(bytes.data, bytes.len));
}

uint64_t HASH_NAME(hash64)(struct span bytes)
{
    return XXH3_64bits(bytes.data, bytes.len);
}

void HASH_NAME(begin)(struct hash_stream *stream)
{
    XXH3_128bits_reset((XXH3_state_t *)(void *)stream->state);
}

void HASH_NAME(add)(struct hash_stream *stream, struct span bytes)
{
    XXH3_128bits_update((XXH3_state_t *)(void *)stream->state, bytes.data, bytes.len);
}

struct hash128 HASH_NAME(end)(const struct hash_stream *stream)
{
    return from_xxh(XXH3_128bits_digest((const XXH3_state_t *)(const void *)stream->state));
}
