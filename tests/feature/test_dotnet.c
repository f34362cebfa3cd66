/* test_dotnet.c - .NET metadata, built here table by table */
#include "work.h"

#include <stdlib.h>

struct builder {
    uint8_t bytes[2048];
    size_t len;
};

static void put(struct builder *b, uint64_t value, unsigned len)
{
    ck_assert_uint_le(b->len + len, sizeof b->bytes);
    for (unsigned i = 0; i < len; i++)
        b->bytes[b->len++] = (uint8_t)(value >> (8 * i));
}

static void put_bytes(struct builder *b, const void *bytes, size_t len)
{
    ck_assert_uint_le(b->len + len, sizeof b->bytes);
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

static void stream(struct builder *b, uint64_t off, uint64_t len, const char *name)
{
    put(b, off, 4);
    put(b, len, 4);
    put_bytes(b, name, strlen(name) + 1);
    while (b->len % 4)
        put(b, 0, 1);
}

static const char strings[] = "\0Kaspersky.Core\0mod";
/* Two GUIDs; an empty blob, then the standard public key of ECMA-335 II.6.2.1.3. */
static const char guids[] = "................0123456789abcdef";
static const uint8_t blobs[] = {0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0};

enum { TABLES_OFF = 128, STRINGS_OFF = 640, GUIDS_OFF = 704, BLOBS_OFF = 768, ALL = 800 };

/* `heaps` says which heaps have wide indices. */
static void build(struct builder *b, unsigned heaps, const char *tables_name, unsigned type_refs)
{
    unsigned str = heaps & 1 ? 4 : 2, guid = heaps & 2 ? 4 : 2, blob = heaps & 4 ? 4 : 2;
    memset(b, 0, sizeof *b);
    put_bytes(b, "BSJB", 4);
    put(b, 0x00010001, 4);
    put(b, 0, 4);
    put(b, 12, 4);
    put_bytes(b, "v4.0.30319\0\0", 12);
    put(b, 4 << 16, 4); /* flags, streams */
    stream(b, TABLES_OFF, 512, tables_name);
    stream(b, STRINGS_OFF, sizeof strings, "#Strings");
    stream(b, GUIDS_OFF, 32, "#GUID");
    stream(b, BLOBS_OFF, sizeof blobs, "#Blob");
    b->len = TABLES_OFF;
    put(b, 0, 4);
    put(b, 2, 2);
    put(b, heaps, 1);
    put(b, 1, 1);
    put(b, UINT64_C(1) << 0x20 | 3, 8); /* Module, TypeRef, Assembly */
    put(b, 0, 8);
    put(b, 1, 4);
    put(b, type_refs, 4);
    put(b, 1, 4);
    if (heaps & 0x40)
        put(b, 0xffffffff, 4);
    put(b, 0, 2); /* Module: generation, name, mvid, two more GUIDs */
    put(b, 16, str);
    put(b, 2, guid);
    put(b, 0, guid);
    put(b, 0, guid);
    for (unsigned i = 0; i < type_refs; i++) {
        put(b, 0, 2);
        put(b, 0, str);
        put(b, 0, str);
    }
    put(b, 0x8004, 4); /* Assembly: hash, version, flags, key, name, culture */
    put(b, 1, 8);
    put(b, 1, 4);
    put(b, 1, blob);
    put(b, 1, str);
    put(b, 0, str);
    ck_assert_uint_le(b->len, STRINGS_OFF);
    b->len = STRINGS_OFF;
    put_bytes(b, strings, sizeof strings);
    b->len = GUIDS_OFF;
    put_bytes(b, guids, 32);
    b->len = BLOBS_OFF;
    put_bytes(b, blobs, sizeof blobs);
    b->len = ALL;
}

static void check_all(struct bench *bench)
{
    vpi_family_dotnet(&bench->work);
    ck_assert_str_eq(bench_text(bench, KIND_DOTNET_ASSEMBLY, 0), "Kaspersky.Core");
    ck_assert_str_eq(bench_text(bench, KIND_DOTNET_MVID, 0), "30313233343536373839616263646566");
    /* ECMA-335 II.6.2.1.3: the token of the standard public key. */
    ck_assert_str_eq(bench_text(bench, KIND_DOTNET_PUBLIC_KEY_TOKEN, 0), "b77a5c561934e089");
    ck_assert_uint_eq(bench->work.count, 3);
    bench_check(bench);
}

START_TEST(an_assembly_has_a_name_an_mvid_and_a_token)
{
    static const unsigned heaps[] = {0, 1, 2, 4, 7, 0x40};
    for (size_t i = 0; i < sizeof heaps / sizeof *heaps; i++) {
        struct bench bench;
        struct builder b;
        build(&b, heaps[i], heaps[i] & 0x40 ? "#-" : "#~", 3);
        bench_open(&bench, span_text(""), 0);
        bench_blob(&bench, BLOB_CLR_METADATA, span_of(b.bytes, b.len));
        check_all(&bench);
        bench_close(&bench);
    }
}
END_TEST

START_TEST(metadata_is_read_piecewise_from_the_source)
{
    struct bench bench;
    struct builder b;
    uint8_t file[1000] = {0};
    build(&b, 0, "#~", 0);
    memcpy(file + 100, b.bytes, b.len);
    bench_open(&bench, span_of(file, sizeof file), 0);
    struct image_blob *blob = vpi_image_blob(&bench.image);
    blob->type = BLOB_CLR_METADATA;
    blob->off = 100;
    blob->len = b.len;
    check_all(&bench);
    bench_close(&bench);
}
END_TEST

START_TEST(other_streams_and_roots_are_noted)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_CLR_METADATA, span_text("BSJC            "));
    vpi_family_dotnet(&bench.work);
    ck_assert(bench_noted(&bench, VP_NOTE_MALFORMED));
    ck_assert_uint_eq(bench.work.count, 0);
    bench_close(&bench);
}
END_TEST

static void mangled(uint8_t *bytes, size_t len, size_t limit)
{
    struct bench bench;
    bench_open(&bench, span_text(""), limit);
    struct image_blob *blob = vpi_image_blob(&bench.image);
    if (blob) {
        blob->type = BLOB_CLR_METADATA;
        blob->off = VP_NONE;
        blob->bytes = span_of(bytes, len);
        vpi_family_dotnet(&bench.work);
        bench_check(&bench);
    }
    bench_close(&bench);
}

START_TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
{
    struct builder b;
    build(&b, 0, "#~", 1);
    for (size_t len = 0; len < ALL; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, b.bytes, len);
        mangled(exact, len, 0);
        free(exact);
    }
    for (size_t i = 0; i < ALL; i++) {
        static const uint8_t masks[] = {0x01, 0x80, 0xff};
        for (size_t m = 0; m < sizeof masks; m++) {
            b.bytes[i] ^= masks[m];
            mangled(b.bytes, b.len, 0);
            b.bytes[i] ^= masks[m];
        }
    }
    for (size_t limit = 1; limit < 24000; limit += 301)
        mangled(b.bytes, b.len, limit);
}
END_TEST

#define TESTS                                                                                      \
    TEST(an_assembly_has_a_name_an_mvid_and_a_token)                                               \
    TEST(metadata_is_read_piecewise_from_the_source)                                               \
    TEST(other_streams_and_roots_are_noted)                                                        \
    TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
#include "check_main.h"
