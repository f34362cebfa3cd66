/* hash.c - choosing the XXH3 variant */
#include "base/hash.h"

#define DECLARE_VARIANT(v)                                                                         \
    struct hash128 vpi_##v##_hash128(struct span bytes);                                           \
    uint64_t vpi_##v##_hash64(struct span bytes);                                                  \
    void vpi_##v##_begin(struct hash_stream *stream);                                              \
    void vpi_##v##_add(struct hash_stream *stream, struct span bytes);                             \
    struct hash128 vpi_##v##_end(const struct hash_stream *stream);

DECLARE_VARIANT(base)
#if defined(VPI_HASH_X86)
DECLARE_VARIANT(avx2)
DECLARE_VARIANT(avx512)
#endif

struct variant {
    struct hash128 (*hash128)(struct span bytes);
    uint64_t (*hash64)(struct span bytes);
    void (*begin)(struct hash_stream *stream);
    void (*add)(struct hash_stream *stream, struct span bytes);
    struct hash128 (*end)(const struct hash_stream *stream);
};

#define VARIANT(v)                                                                                 \
    {                                                                                              \
        vpi_##v##_hash128, vpi_##v##_hash64, vpi_##v##_begin, vpi_##v##_add, vpi_##v##_end         \
    }

static const struct variant variants[] = {
    VARIANT(base),
#if defined(VPI_HASH_X86)
    VARIANT(avx2),
    VARIANT(avx512),
#endif
};

/* __builtin_cpu_supports reads a word that libgcc filled at load: no state of ours. */
static int variant_here(void)
{
#if defined(VPI_HASH_X86)
    if (__builtin_cpu_supports("avx512f"))
        return 2;
    if (__builtin_cpu_supports("avx2"))
        return 1;
#endif
    return 0;
}

struct hash128 vpi_hash128(struct span bytes)
{
    /* Short inputs don't reach the vector code. */
    return variants[bytes.len <= 240 ? 0 : variant_here()].hash128(bytes);
}

uint64_t vpi_hash64(struct span bytes)
{
    return variants[bytes.len <= 240 ? 0 : variant_here()].hash64(bytes);
}

void vpi_hash_begin(struct hash_stream *stream)
{
    stream->variant = variant_here();
    variants[stream->variant].begin(stream);
}

void vpi_hash_add(struct hash_stream *stream, struct span bytes)
{
    variants[stream->variant].add(stream, bytes);
}

struct hash128 vpi_hash_end(const struct hash_stream *stream)
{
    return variants[stream->variant].end(stream);
}

void vpi_hash_bytes(struct hash128 hash, uint8_t ret[16])
{
    for (int i = 0; i < 8; i++) {
        ret[i] = (uint8_t)(hash.high >> (56 - 8 * i));
        ret[8 + i] = (uint8_t)(hash.low >> (56 - 8 * i));
    }
}
