/* test_arena.c - memory with a limit */
#include <check.h>
#include <stdalign.h>
#include <stddef.h>

#include "base/arena.h"

START_TEST(memory_is_zeroed_and_aligned)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    for (size_t len = 1; len < 300; len++) {
        uint8_t *bytes = vpi_arena_alloc(&arena, len);
        ck_assert_ptr_nonnull(bytes);
        ck_assert_uint_eq((uintptr_t)bytes % alignof(max_align_t), 0);
        for (size_t i = 0; i < len; i++)
            ck_assert_uint_eq(bytes[i], 0);
        memset(bytes, 0xff, len);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(the_limit_holds_and_failure_sticks_until_reset)
{
    struct arena arena;
    vpi_arena_init(&arena, 100000);
    while (vpi_arena_alloc(&arena, 1000))
        ck_assert_uint_le(arena.used, 100000);
    ck_assert(arena.failed);
    ck_assert_ptr_null(vpi_arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(vpi_arena_array(&arena, SIZE_MAX / 2, 4));
    vpi_arena_reset(&arena);
    ck_assert(!arena.failed);
    ck_assert_ptr_nonnull(vpi_arena_alloc(&arena, 1000));
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(growing_keeps_what_was_there)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    int *items = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        items = vpi_arena_grow(&arena, items, (size_t)i, &capacity, sizeof *items);
        ck_assert_ptr_nonnull(items);
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
    vpi_arena_done(&arena);
}
END_TEST

/* How many allocations of growing size fit. */
static unsigned count_fits(struct arena *arena)
{
    unsigned count = 0;
    for (size_t len = 100; vpi_arena_alloc(arena, len); len += len / 4)
        count++;
    return count;
}

/* Else an answer would depend on what the session, or the worker of a scan, examined before. */
START_TEST(what_fits_does_not_depend_on_what_there_was_before_the_reset)
{
    struct arena arena;
    vpi_arena_init(&arena, 4 << 20);
    unsigned fits = count_fits(&arena);
    ck_assert_uint_gt(fits, 10);
    for (size_t len = 1; len < 3 << 20; len = len * 3 + 1) {
        vpi_arena_reset(&arena);
        ck_assert_ptr_nonnull(vpi_arena_alloc(&arena, len));
        vpi_arena_reset(&arena);
        ck_assert_uint_eq(count_fits(&arena), fits);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(what_is_extended_keeps_its_bytes_and_counts_once)
{
    struct arena arena;
    vpi_arena_init(&arena, 1 << 20);
    size_t len = 20000;
    ck_assert_ptr_nonnull(vpi_arena_alloc(&arena, 100));
    uint8_t *bytes = vpi_arena_alloc(&arena, len);
    for (size_t longer = len + 1; longer <= 900 << 10; longer = longer * 3 / 2) {
        memset(bytes, 0x5a, len);
        bytes = vpi_arena_extend(&arena, bytes, len, longer);
        ck_assert_ptr_nonnull(bytes);
        for (size_t i = 0; i < longer; i += 997)
            ck_assert_uint_eq(bytes[i], i < len ? 0x5a : 0);
        len = longer;
        ck_assert_uint_le(arena.used, len + (40 << 10));
    }
    ck_assert_ptr_null(vpi_arena_extend(&arena, bytes, len, 1 << 20));
    ck_assert(arena.failed);
    memset(bytes, 0, len); /* as it was */
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(what_is_not_alone_is_extended_elsewhere)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    uint8_t *first = vpi_arena_alloc(&arena, 3), *second = vpi_arena_alloc(&arena, 3);
    memcpy(first, "ab", 3);
    memcpy(second, "cd", 3);
    first = vpi_arena_extend(&arena, first, 3, 50);
    second = vpi_arena_extend(&arena, second, 3, 50);
    ck_assert_str_eq((char *)first, "ab");
    ck_assert_str_eq((char *)second, "cd");
    ck_assert(first + 50 <= second || second + 50 <= first);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(memory_is_zeroed_and_aligned)                                                             \
    TEST(the_limit_holds_and_failure_sticks_until_reset)                                           \
    TEST(what_is_extended_keeps_its_bytes_and_counts_once)                                         \
    TEST(what_is_not_alone_is_extended_elsewhere)                                                  \
    TEST(what_fits_does_not_depend_on_what_there_was_before_the_reset)                             \
    TEST(growing_keeps_what_was_there)
#include "check_main.h"
