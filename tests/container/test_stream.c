/* test_stream.c - compressed streams, and objects inside objects */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/inflate.h"
#include "feature/feature.h"
#include "fixture.h"

/* gzip with stored blocks (RFC 1951, 3.2.4): no compressor is needed. */
static uint32_t crc32_of(const uint8_t *bytes, size_t len)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_uint(uint8_t **at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*at)++ = (uint8_t)(value >> (8 * i));
}

static uint8_t *gzip(const uint8_t *bytes, size_t len, size_t *ret_len)
{
    size_t blocks = len / 65535 + 1;
    uint8_t *out = malloc(10 + blocks * 5 + len + 8), *at = out;
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    memcpy(at, header, sizeof header);
    at += sizeof header;
    for (size_t off = 0, i = 0; i < blocks; i++) {
        size_t part = len - off < 65535 ? len - off : 65535;
        *at++ = i + 1 == blocks;
        put_uint(&at, (uint32_t)part, 2);
        put_uint(&at, (uint32_t)part ^ 0xffff, 2);
        memcpy(at, bytes + off, part);
        at += part;
        off += part;
    }
    put_uint(&at, crc32_of(bytes, len), 4);
    put_uint(&at, (uint32_t)len, 4);
    *ret_len = (size_t)(at - out);
    return out;
}

/* A file that lib/format takes for a PE: enough for an object, no more. */
static uint8_t *small_pe(size_t *ret_len)
{
    static const uint8_t dos[4] = {'M', 'Z'};
    static const uint8_t pe[] = {'P', 'E', 0, 0, 0x64, 0x86, 0, 0,    0, 0, 0, 0,    0,
                                 0,   0,   0, 0, 0,    0,    0, 0xf0, 0, 2, 0, 0x0b, 2};
    uint8_t *bytes = calloc(1, *ret_len = 600);
    memcpy(bytes, dos, sizeof dos);
    bytes[0x3c] = 0x40;
    memcpy(bytes + 0x40, pe, sizeof pe);
    return bytes;
}

static struct vp_result *examine(const uint8_t *bytes, size_t len, struct vp_limits limits)
{
    struct vp_session_options options = {.size = sizeof options, .limits = limits};
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_session_new(NULL, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, bytes, len, "driver.sys.gz", &result, NULL), VP_OK);
    vp_session_free(session);
    return result;
}

static uint32_t objects(const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    return summary.objects;
}

static enum vp_gap_reason first_gap(const struct vp_result *result)
{
    struct vp_gap gap = {.size = sizeof gap};
    return vp_result_gap(result, 0, &gap) == VP_OK ? gap.reason : (enum vp_gap_reason)0;
}

START_TEST(what_a_stream_holds_is_an_object_below_it)
{
    size_t len, packed_len;
    uint8_t *pe = small_pe(&len), *packed = gzip(pe, len, &packed_len);
    struct vp_result *result = examine(packed, packed_len, (struct vp_limits){0});
    struct vp_object object = {.size = sizeof object};
    ck_assert_uint_eq(objects(result), 2);
    ck_assert_int_eq(vp_result_object(result, 0, &object), VP_OK);
    ck_assert_int_eq(object.format, VP_FORMAT_GZIP);
    ck_assert_uint_eq(object.parent, VP_NO_INDEX);
    ck_assert_int_eq(vp_result_object(result, 1, &object), VP_OK);
    ck_assert_int_eq(object.format, VP_FORMAT_PE32_PLUS);
    ck_assert_uint_eq(object.parent, 0);
    ck_assert_uint_eq(object.bytes, len);
    ck_assert_uint_eq(object.offset, VP_NONE);
    ck_assert_str_eq(object.name, "driver.sys");
    vp_result_unref(result);
    free(packed);
    free(pe);
}
END_TEST

START_TEST(a_stream_of_something_else_is_left_alone)
{
    size_t packed_len;
    uint8_t *packed = gzip((const uint8_t *)"a manual", 8, &packed_len);
    struct vp_result *result = examine(packed, packed_len, (struct vp_limits){0});
    ck_assert_uint_eq(objects(result), 1);
    ck_assert_int_eq(first_gap(result), 0);
    vp_result_unref(result);
    free(packed);
}
END_TEST

START_TEST(a_stream_of_nothing_is_complete)
{
    size_t packed_len;
    uint8_t *packed = gzip((const uint8_t *)"", 0, &packed_len);
    struct vp_result *result = examine(packed, packed_len, (struct vp_limits){0});
    ck_assert_uint_eq(objects(result), 1);
    ck_assert_int_eq(first_gap(result), 0);
    vp_result_unref(result);
    free(packed);
}
END_TEST

START_TEST(limits_leave_a_gap_that_says_which)
{
    size_t len, packed_len;
    uint8_t *pe = small_pe(&len);
    pe = realloc(pe, 4 << 20);
    memset(pe + len, 0, (4 << 20) - len);
    uint8_t *packed = gzip(pe, 4 << 20, &packed_len);
    struct vp_result *result =
        examine(packed, packed_len, (struct vp_limits){.member_memory = 1 << 20});
    ck_assert_uint_eq(objects(result), 1);
    ck_assert_int_eq(first_gap(result), VP_GAP_MEMBER_TOO_LARGE);
    vp_result_unref(result);
    result = examine(packed, packed_len, (struct vp_limits){.expanded = 1 << 20});
    ck_assert_int_eq(first_gap(result), VP_GAP_MEMBER_TOO_LARGE);
    vp_result_unref(result);
    result = examine(packed, packed_len, (struct vp_limits){.memory = 2 << 20});
    ck_assert_int_eq(first_gap(result), VP_GAP_MEMORY_LIMIT);
    vp_result_unref(result);
    free(packed);
    free(pe);
}
END_TEST

START_TEST(what_may_be_kept_of_a_member_can_be_kept)
{
    static const struct {
        size_t len;
        uint64_t member_memory; /* 0: 32 MiB by default */
        bool fits;
    } cases[] = {
        {30 << 20, 0, true},           {300 << 10, 300 << 10, true},
        {300 << 10, 299 << 10, false}, {256 << 10, 256 << 10, true},
        {512 << 10, 512 << 10, true},  {(512 << 10) + 1, 512 << 10, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len, packed_len;
        uint8_t *pe = small_pe(&len);
        pe = realloc(pe, cases[i].len);
        memset(pe + len, 0, cases[i].len - len);
        uint8_t *packed = gzip(pe, cases[i].len, &packed_len);
        struct vp_result *result = examine(
            packed, packed_len, (struct vp_limits){.member_memory = cases[i].member_memory});
        ck_assert_uint_eq(objects(result), cases[i].fits ? 2 : 1);
        ck_assert_int_eq(first_gap(result), cases[i].fits ? 0 : VP_GAP_MEMBER_TOO_LARGE);
        vp_result_unref(result);
        free(packed);
        free(pe);
    }
}
END_TEST

START_TEST(every_prefix_and_every_flipped_byte_of_a_stream_is_safe)
{
    size_t len, packed_len;
    uint8_t *pe = small_pe(&len), *packed = gzip(pe, len, &packed_len);
    for (size_t cut = 0; cut <= packed_len; cut++) {
        uint8_t *exact = malloc(cut ? cut : 1);
        memcpy(exact, packed, cut);
        struct vp_result *result = examine(exact, cut, (struct vp_limits){0});
        /* Cut anywhere, it is whole, incomplete, or nothing that we read. */
        ck_assert(objects(result) <= 2);
        if (cut > 100 && cut < packed_len && objects(result) == 1)
            ck_assert_int_eq(first_gap(result), VP_GAP_READ_FAILED);
        vp_result_unref(result);
        free(exact);
    }
    for (size_t i = 0; i < packed_len; i++) {
        packed[i] ^= 0x41;
        vp_result_unref(examine(packed, packed_len, (struct vp_limits){0}));
        packed[i] ^= 0x41;
    }
    free(packed);
    free(pe);
}
END_TEST

START_TEST(xz_and_zstandard_give_the_same_object)
{
    static const char *const names[] = {"packed/plain.exe.xz", "zstd/plain.exe.zst"};
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        uint8_t *bytes = fixture_read(names[i], &len);
        if (!bytes)
            continue;
        struct vp_result *result = examine(bytes, len, (struct vp_limits){0});
        struct vp_object object = {.size = sizeof object};
        ck_assert_int_eq(vp_result_object(result, 1, &object), VP_OK);
        ck_assert_int_eq(object.format, VP_FORMAT_PE32_PLUS);
        vp_result_unref(result);
        free(bytes);
    }
}
END_TEST

START_TEST(a_head_that_decides_nothing_is_left_to_the_whole_stream)
{
    size_t len, packed_len, got;
    uint8_t *pe = small_pe(&len), *packed = gzip(pe, len, &packed_len), first[64];
    struct arena arena;
    vpi_arena_init(&arena, 0);
    ck_assert(
        vpi_inflate(&arena, INFLATE_GZIP, span_of(packed, packed_len), first, sizeof first, &got));
    ck_assert_uint_eq(got, sizeof first);
    ck_assert_mem_eq(first, pe, sizeof first);
    /* Cut or damaged before that much was decoded: no answer. */
    for (size_t cut = 0; cut < 15 + sizeof first; cut++)
        ck_assert(
            !vpi_inflate(&arena, INFLATE_GZIP, span_of(packed, cut), first, sizeof first, &got));
    packed[10] |= 6; /* no such type of block */
    ck_assert(
        !vpi_inflate(&arena, INFLATE_GZIP, span_of(packed, packed_len), first, sizeof first, &got));
    free(packed);
    packed = gzip((const uint8_t *)"few", 3, &packed_len);
    ck_assert(
        vpi_inflate(&arena, INFLATE_GZIP, span_of(packed, packed_len), first, sizeof first, &got));
    ck_assert_uint_eq(got, 3);
    packed[packed_len - 8] ^= 1; /* its checksum */
    ck_assert(
        !vpi_inflate(&arena, INFLATE_GZIP, span_of(packed, packed_len), first, sizeof first, &got));
    vpi_arena_done(&arena);
    for (size_t limit = 1; limit < 100000; limit += 999) {
        vpi_arena_init(&arena, limit);
        (void)vpi_inflate(&arena, INFLATE_GZIP, span_of(packed, packed_len), first, sizeof first,
                          &got);
        vpi_arena_done(&arena);
    }
    free(packed);
    free(pe);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_head_that_decides_nothing_is_left_to_the_whole_stream)                                  \
    TEST(what_a_stream_holds_is_an_object_below_it)                                                \
    TEST(a_stream_of_something_else_is_left_alone)                                                 \
    TEST(a_stream_of_nothing_is_complete)                                                          \
    TEST(limits_leave_a_gap_that_says_which)                                                       \
    TEST(what_may_be_kept_of_a_member_can_be_kept)                                                 \
    TEST(every_prefix_and_every_flipped_byte_of_a_stream_is_safe)                                  \
    TEST(xz_and_zstandard_give_the_same_object)
#include "check_main.h"
