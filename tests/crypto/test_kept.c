/* test_kept.c - what was kept for some bytes is given for these and no others, and is released once
 */
#include <check.h>
#include <stdlib.h>

#include "crypto/kept.h"

enum { OBJECTS = 5000 };

static unsigned released[OBJECTS];

static void count_release(void *object)
{
    released[(unsigned *)object - released]++;
}

static void *object(unsigned i)
{
    return &released[i];
}

/* `len` bytes that are of number `i` alone. */
static struct span bytes_of(unsigned i, size_t len)
{
    static uint8_t bytes[1024];
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, &i, sizeof i);
    return span_of(bytes, len);
}

static unsigned count_kept(const struct kept *kept, unsigned count, size_t len)
{
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) {
        const void *got = vpi_kept_find(kept, bytes_of(i, len));
        ck_assert(!got || got == object(i));
        ck_assert_uint_eq(released[i], got ? 0 : 1);
        found += got != NULL;
    }
    return found;
}

START_TEST(each_object_is_found_by_its_bytes_or_was_released)
{
    memset(released, 0, sizeof released);
    struct kept *kept = vpi_kept_new(1 << 20, count_release);
    ck_assert_ptr_nonnull(kept);
    for (unsigned i = 0; i < OBJECTS; i++) {
        ck_assert_ptr_null(vpi_kept_find(kept, bytes_of(i, 8)));
        vpi_kept_put(kept, bytes_of(i, 8), object(i));
    }
    ck_assert_uint_gt(count_kept(kept, OBJECTS, 8), 900);
    ck_assert_ptr_null(vpi_kept_find(kept, bytes_of(OBJECTS - 1, 9)));
    ck_assert_ptr_null(vpi_kept_find(kept, bytes_of(OBJECTS - 1, 4)));
    vpi_kept_free(kept);
    for (unsigned i = 0; i < OBJECTS; i++)
        ck_assert_uint_eq(released[i], 1);
}
END_TEST

START_TEST(bytes_beyond_the_most_make_it_forget)
{
    enum { LEN = 100, MOST = 32 * LEN };
    memset(released, 0, sizeof released);
    struct kept *kept = vpi_kept_new(MOST, count_release);
    ck_assert_ptr_nonnull(kept);
    for (unsigned i = 0; i < OBJECTS; i++) {
        vpi_kept_put(kept, bytes_of(i, LEN), object(i));
        ck_assert_ptr_eq(vpi_kept_find(kept, bytes_of(i, LEN)), object(i));
        if (i % 97 == 0)
            ck_assert_uint_le(count_kept(kept, i + 1, LEN), MOST / LEN);
    }
    vpi_kept_free(kept);
}
END_TEST

START_TEST(what_is_too_long_is_released_at_once)
{
    memset(released, 0, sizeof released);
    struct kept *kept = vpi_kept_new(1024, count_release);
    ck_assert_ptr_nonnull(kept);
    vpi_kept_put(kept, bytes_of(1, 33), object(1));
    ck_assert_uint_eq(released[1], 1);
    ck_assert_ptr_null(vpi_kept_find(kept, bytes_of(1, 33)));
    vpi_kept_free(kept);
    ck_assert_uint_eq(released[1], 1);
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_object_is_found_by_its_bytes_or_was_released)                                        \
    TEST(bytes_beyond_the_most_make_it_forget)                                                     \
    TEST(what_is_too_long_is_released_at_once)
#include "check_main.h"
