/* test_hash.c - XXH3 variants agree with each other and with the published vectors */
#include <check.h>
#include <stdlib.h>

#include "base/hash.h"

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

START_TEST(every_variant_and_the_stream_agree)
{
    size_t most = 70000;
    uint8_t *bytes = malloc(most);
    for (size_t i = 0; i < most; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    for (size_t len = 0; len <= most; len = len * 5 / 4 + 1) {
        struct span all = span_of(bytes, len);
        struct hash128 once = vpi_hash128(all), scalar = vpi_base_hash128(all);
        ck_assert_uint_eq(once.low, scalar.low);
        ck_assert_uint_eq(once.high, scalar.high);
        struct hash_stream stream;
        vpi_hash_begin(&stream);
        for (size_t off = 0; off < len; off += 777)
            vpi_hash_add(&stream, span_first(span_from(all, off), 777));
        struct hash128 parts = vpi_hash_end(&stream);
        ck_assert_uint_eq(once.low, parts.low);
        ck_assert_uint_eq(once.high, parts.high);
    }
    free(bytes);
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_empty_input_has_the_published_value)                                                  \
    TEST(every_variant_and_the_stream_agree)
#include "check_main.h"
