/* test_hash.c - XXH3 variants agree with each other and with the published vectors */
#include <check.h>
#include <stdlib.h>

/* XXH3 in plain C: also the base variant has vectors, SSE2's or NEON's. */
#define XXH_VECTOR   XXH_SCALAR
#define HASH_NAME(x) scalar_##x
#include "base/hash_variant.h"

START_TEST(the_empty_input_has_the_published_value)
{
    /* xxhsum -H2 of an empty input. */
    uint8_t bytes[16];
    vpi_hash_bytes(vpi_hash128(span_of("", 0)), bytes);
    static const uint8_t want[16] = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8,
                                     0x60, 0x01, 0xc3, 0x24, 0x46, 0x8d, 0x49, 0x7f};
    ck_assert_mem_eq(bytes, want, 16);
}
END_TEST

struct hash128 vpi_base_hash128(struct span bytes);
struct hash128 vpi_avx2_hash128(struct span bytes);

static void check_same(struct hash128 hash, struct hash128 want)
{
    ck_assert_uint_eq(hash.low, want.low);
    ck_assert_uint_eq(hash.high, want.high);
}

START_TEST(every_variant_and_the_stream_are_like_plain_c)
{
    size_t most = 70000;
    uint8_t *bytes = malloc(most);
    for (size_t i = 0; i < most; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    for (size_t len = 0; len <= most; len = len * 5 / 4 + 1) {
        struct span all = span_of(bytes, len);
        struct hash128 want = scalar_hash128(all);
        check_same(vpi_hash128(all), want);
        check_same(vpi_base_hash128(all), want);
#if defined(VPI_HASH_X86)
        if (__builtin_cpu_supports("avx2"))
            check_same(vpi_avx2_hash128(all), want);
#endif
        ck_assert_uint_eq(vpi_hash64(all), scalar_hash64(all));
        struct hash_stream stream;
        vpi_hash_begin(&stream);
        for (size_t off = 0; off < len; off += 777)
            vpi_hash_add(&stream, span_first(span_from(all, off), 777));
        check_same(vpi_hash_end(&stream), want);
    }
    free(bytes);
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_empty_input_has_the_published_value)                                                  \
    TEST(every_variant_and_the_stream_are_like_plain_c)
#include "check_main.h"
