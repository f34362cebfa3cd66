/* test_requirement.c - what a code signature demands, as features */
#include <check.h>

#include "feature/feature.h"
#include "macho_build.h"
#include "trust/requirement.h"

static struct arena arena;
static struct image image;
static struct feature_work work;

/* A set of `count` requirements of one expression each. */
static struct macho_part set_of(uint32_t count, uint32_t op)
{
    struct macho_part set = {0};
    macho_put_uint(&set, 0xfade0c01, 4, true);
    macho_put_uint(&set, 12 + 24 * (uint64_t)count, 4, true);
    macho_put_uint(&set, count, 4, true);
    for (uint32_t i = 0; i < count; i++) {
        macho_put_uint(&set, REQUIREMENT_DESIGNATED, 4, true);
        macho_put_uint(&set, 12 + 8 * (uint64_t)count + 16 * (uint64_t)i, 4, true);
    }
    for (uint32_t i = 0; i < count; i++) {
        macho_put_uint(&set, 0xfade0c00, 4, true);
        macho_put_uint(&set, 16, 4, true);
        macho_put_uint(&set, 1, 4, true);
        macho_put_uint(&set, op, 4, true);
    }
    return set;
}

static void read_set(const struct macho_part *set, uint64_t off, size_t limit)
{
    vpi_arena_done(&arena);
    vpi_arena_init(&arena, limit);
    vpi_image_init(&image, &arena);
    work = (struct feature_work){.image = &image, .arena = &arena, .notes = &image};
    vpi_code_requirements(&work, span_of(set->data, set->len), off);
}

START_TEST(each_requirement_is_a_feature_with_its_place)
{
    struct macho_part set = set_of(2, 15);
    read_set(&set, 1000, 0);
    ck_assert_uint_eq(work.count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(work.items[i].kind, KIND_REQUIREMENT);
        ck_assert_str_eq(work.items[i].text, "designated => anchor apple generic");
        ck_assert_uint_eq(work.items[i].off, 1000 + 28 + 16 * i);
        ck_assert_uint_eq(work.items[i].len, 16);
        ck_assert(!work.items[i].verified);
    }
    read_set(&set, VP_NONE, 0);
    ck_assert_uint_eq(work.items[0].off, VP_NONE);
    free(set.data);
}
END_TEST

START_TEST(more_than_a_signature_has_are_a_gap)
{
    struct macho_part set = set_of(REQUIREMENTS_MOST + 1, 1);
    read_set(&set, 0, 0);
    ck_assert_uint_eq(work.count, REQUIREMENTS_MOST);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_COUNT_LIMIT);
    free(set.data);
}
END_TEST

START_TEST(what_is_not_understood_is_a_gap_and_what_is_damaged_a_note)
{
    struct macho_part set = set_of(1, 24);
    read_set(&set, 0, 0);
    ck_assert_uint_eq(work.count, 0);
    ck_assert_int_eq(image.gaps[0].reason, VP_GAP_UNSUPPORTED);
    free(set.data);
    set = set_of(1, 6); /* "and" of nothing */
    read_set(&set, 0, 0);
    ck_assert_uint_eq(work.count, 0);
    ck_assert_int_eq(image.notes[0].code, VP_NOTE_MALFORMED);
    set.len -= 4;
    read_set(&set, 0, 0);
    ck_assert_int_eq(image.notes[0].code, VP_NOTE_MALFORMED);
    free(set.data);
}
END_TEST

START_TEST(a_memory_limit_leaves_a_gap)
{
    struct macho_part set = set_of(2, 15);
    for (size_t limit = 1; limit < 8192; limit += 61) {
        read_set(&set, 0, limit);
        ck_assert(work.count == 2 || image.gap_count > 0);
    }
    vpi_arena_done(&arena);
    free(set.data);
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_requirement_is_a_feature_with_its_place)                                             \
    TEST(more_than_a_signature_has_are_a_gap)                                                      \
    TEST(what_is_not_understood_is_a_gap_and_what_is_damaged_a_note)                               \
    TEST(a_memory_limit_leaves_a_gap)
#include "check_main.h"
