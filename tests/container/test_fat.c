/* test_fat.c - fat Mach-O files: their slices are objects */
#include <check.h>

#include "container/container.h"
#include "macho_build.h"
#include "vendorprint/vendorprint.h"

struct slice {
    uint64_t off, len;
};

/* The table, and behind it `content_len` bytes. */
static struct macho_part fat_build(bool wide, const struct slice *slices, uint32_t count,
                                   const void *content, size_t content_len)
{
    struct macho_part fat = {0};
    macho_put_uint(&fat, wide ? 0xcafebabf : 0xcafebabe, 4, true);
    macho_put_uint(&fat, count, 4, true);
    for (uint32_t i = 0; i < count; i++) {
        macho_put_uint(&fat, 7, 4, true);
        macho_put_uint(&fat, 3, 4, true);
        macho_put_uint(&fat, slices[i].off, wide ? 8 : 4, true);
        macho_put_uint(&fat, slices[i].len, wide ? 8 : 4, true);
        macho_put_uint(&fat, 12, wide ? 8 : 4, true);
    }
    macho_put(&fat, content, content_len);
    return fat;
}

/* Two slices: 32-bit and 64-bit. */
static struct macho_part fat_sample(bool wide)
{
    struct macho_build m[2];
    struct macho_part content = {0};
    struct slice slices[2];
    size_t table = 8 + 2 * (wide ? 32 : 20);
    for (unsigned i = 0; i < 2; i++) {
        macho_build_sample(&m[i], i, false);
        slices[i] = (struct slice){table + content.len, m[i].len};
        macho_put(&content, m[i].bytes, m[i].len);
        macho_build_done(&m[i]);
    }
    struct macho_part fat = fat_build(wide, slices, 2, content.data, content.len);
    free(content.data);
    return fat;
}

/* NULL: `memory` is not enough for a result at all. */
static struct vp_result *examine(const void *bytes, size_t len, uint64_t memory)
{
    struct vp_session_options options = {.size = sizeof options, .limits.memory = memory};
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    uint8_t *exact = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(exact);
    if (len)
        memcpy(exact, bytes, len);
    ck_assert_int_eq(vp_session_new(NULL, &options, &session, NULL), VP_OK);
    enum vp_status status = vp_examine_memory(session, exact, len, "dir/thing", &result, NULL);
    ck_assert(status == VP_OK || (memory && status == VP_E_MEMORY));
    vp_session_free(session);
    free(exact);
    return result;
}

static struct vp_summary summary_of(const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    return summary;
}

static struct vp_object object_of(const struct vp_result *result, uint32_t index)
{
    struct vp_object object = {.size = sizeof object};
    ck_assert_int_eq(vp_result_object(result, index, &object), VP_OK);
    return object;
}

START_TEST(each_slice_is_an_object_of_the_file)
{
    for (unsigned wide = 0; wide < 2; wide++) {
        struct macho_part fat = fat_sample(wide);
        struct vp_result *result = examine(fat.data, fat.len, 0);
        ck_assert_uint_eq(summary_of(result).objects, 3);
        ck_assert_int_eq(summary_of(result).complete, 1);
        ck_assert_int_eq(object_of(result, 0).format, VP_FORMAT_MACHO_FAT);
        struct vp_object first = object_of(result, 1), second = object_of(result, 2);
        ck_assert_int_eq(first.format, VP_FORMAT_MACHO32);
        ck_assert_int_eq(second.format, VP_FORMAT_MACHO64);
        ck_assert_uint_eq(first.parent, 0);
        ck_assert_str_eq(second.machine, "arm64");
        ck_assert_uint_eq(first.offset, 8 + 2 * (wide ? 32 : 20));
        ck_assert_uint_eq(second.offset, first.offset + first.bytes);
        vp_result_unref(result);
        free(fat.data);
    }
}
END_TEST

START_TEST(a_java_class_is_no_fat_file)
{
    static const uint8_t java[32] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 45};
    static const uint8_t empty[32] = {0xca, 0xfe, 0xba, 0xbe};
    struct vp_result *result = examine(java, sizeof java, 0);
    ck_assert_int_ne(object_of(result, 0).format, VP_FORMAT_MACHO_FAT);
    vp_result_unref(result);
    result = examine(empty, sizeof empty, 0);
    ck_assert_int_eq(object_of(result, 0).format, VP_FORMAT_OTHER);
    vp_result_unref(result);
}
END_TEST

START_TEST(slices_that_cannot_be_are_noted_and_the_others_read)
{
    struct macho_build m;
    macho_build_sample(&m, true, false);
    uint64_t table = 8 + 5 * 20;
    const struct slice slices[] = {
        {0, 100}, {table - 1, 100}, {UINT32_MAX, 100}, {table, 0}, {table, m.len}};
    struct macho_part fat = fat_build(false, slices, 5, m.bytes, m.len);
    struct vp_result *result = examine(fat.data, fat.len, 0);
    ck_assert_uint_eq(summary_of(result).objects, 2);
    ck_assert_uint_ge(summary_of(result).notes, 4);
    vp_result_unref(result);
    free(fat.data);
    macho_build_done(&m);
}
END_TEST

START_TEST(a_slice_beyond_the_end_is_read_as_far_as_it_is_there)
{
    struct macho_build m;
    macho_build_sample(&m, true, false);
    const struct slice slice = {28, m.len + 1000};
    struct macho_part fat = fat_build(false, &slice, 1, m.bytes, m.len);
    struct vp_result *result = examine(fat.data, fat.len, 0);
    ck_assert_uint_eq(object_of(result, 1).bytes, m.len);
    ck_assert_int_eq(object_of(result, 1).format, VP_FORMAT_MACHO64);
    vp_result_unref(result);
    free(fat.data);
    macho_build_done(&m);
}
END_TEST

/* Fat files in fat files, each slice all that is left: without a budget, 44 to the 8th objects. */
START_TEST(slices_that_overlap_and_nest_do_not_multiply)
{
    struct macho_part content = {0};
    macho_put(&content, "end", 3);
    for (unsigned depth = 0; depth < 12; depth++) {
        struct slice slices[44];
        for (size_t i = 0; i < 44; i++)
            slices[i] = (struct slice){8 + 44 * 20, content.len};
        struct macho_part fat = fat_build(false, slices, 44, content.data, content.len);
        free(content.data);
        content = fat;
    }
    struct vp_result *result = examine(content.data, content.len, 0);
    ck_assert_uint_lt(summary_of(result).objects, 100);
    ck_assert_int_eq(summary_of(result).complete, 0);
    vp_result_unref(result);
    free(content.data);
}
END_TEST

START_TEST(prefixes_flipped_bytes_and_memory_caps_are_safe)
{
    for (unsigned wide = 0; wide < 2; wide++) {
        struct macho_part fat = fat_sample(wide);
        size_t table = 8 + 2 * (wide ? 32 : 20);
        for (size_t len = 0; len < fat.len; len += len < table + 40 ? 1 : 97)
            vp_result_unref(examine(fat.data, len, 0));
        for (size_t at = 0; at < table; at++) {
            fat.data[at] ^= 0x81;
            vp_result_unref(examine(fat.data, fat.len, 0));
            fat.data[at] ^= 0x81;
        }
        for (uint64_t memory = 1; memory < 100000; memory += memory / 8 + 301) {
            struct vp_result *result = examine(fat.data, fat.len, memory);
            ck_assert(memory < 4096 || result);
            ck_assert(!result || summary_of(result).objects == 3 || !summary_of(result).complete);
            vp_result_unref(result);
        }
        free(fat.data);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_slice_is_an_object_of_the_file)                                                      \
    TEST(a_java_class_is_no_fat_file)                                                              \
    TEST(slices_that_cannot_be_are_noted_and_the_others_read)                                      \
    TEST(a_slice_beyond_the_end_is_read_as_far_as_it_is_there)                                     \
    TEST(slices_that_overlap_and_nest_do_not_multiply)                                             \
    TEST(prefixes_flipped_bytes_and_memory_caps_are_safe)
#include "check_main.h"
