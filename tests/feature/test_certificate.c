/* test_certificate.c - the keys of signers, on files that a throw-away authority signed */
#include "fixture.h"
#include "work.h"

#include "crypto/der.h"
#include "format/format.h"

/* False when the tools that make it were absent. */
static bool open_fixture(struct bench *bench, const char *name, uint8_t **ret_bytes)
{
    size_t len;
    *ret_bytes = fixture_read(name, &len);
    if (!*ret_bytes)
        return false;
    bench_open(bench, span_of(*ret_bytes, len), 0);
    vpi_format_read(&bench->image, &bench->src);
    return true;
}

/* The DER of the first certificate in a PEM file. */
static size_t pem_read(const char *name, uint8_t *to, size_t capacity)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len, used = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    uint8_t *pem = fixture_read(name, &len);
    ck_assert_ptr_nonnull(pem);
    const uint8_t *at = memchr(pem, '\n', len), *end = pem + len;
    ck_assert_ptr_nonnull(at);
    for (; at < end && *at != '-' && *at != '='; at++) {
        const char *digit = *at ? strchr(digits, *at) : NULL;
        if (!digit)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            ck_assert_uint_lt(used, capacity);
            to[used++] = (uint8_t)(bits >> count);
        }
    }
    free(pem);
    return used;
}

static bool has(const struct bench *bench, unsigned kind, const char *text)
{
    for (size_t i = 0; i < bench_count(bench, kind); i++) {
        if (strcmp(bench_text(bench, kind, i), text) == 0)
            return true;
    }
    return false;
}

START_TEST(the_signer_is_named_and_the_authority_is_not)
{
    struct bench bench;
    uint8_t *bytes;
    if (!open_fixture(&bench, "signed/signed-kaspersky.exe", &bytes))
        return;
    vpi_family_certificate(&bench.work);
    ck_assert_uint_eq(bench_count(&bench, KIND_CERTIFICATE_O), 1);
    ck_assert_str_eq(bench_text(&bench, KIND_CERTIFICATE_O, 0), "AO Kaspersky Lab");
    ck_assert_str_eq(bench_text(&bench, KIND_CERTIFICATE_CN, 0), "AO Kaspersky Lab");
    ck_assert_str_eq(bench_text(&bench, KIND_CERTIFICATE_REGISTRATION, 0), "RU:1027739867473");
    ck_assert_uint_eq(bench_count(&bench, KIND_CERTIFICATE_REGISTRATION), 1);
    /* Its own and the authority's. */
    ck_assert_uint_eq(bench_count(&bench, KIND_CERTIFICATE_SHA256), 2);
    ck_assert(!bench_noted(&bench, VP_NOTE_SIGNATURE_UNREADABLE));
    bench_check(&bench);
    bench_close(&bench);
    free(bytes);
}
END_TEST

START_TEST(the_digests_are_those_of_the_certificate)
{
    struct bench bench;
    uint8_t *bytes, der[4096], value[DIGEST_MOST];
    if (!open_fixture(&bench, "signed/signed-kaspersky.exe", &bytes))
        return;
    struct span leaf = span_of(der, pem_read("signed/kaspersky.leaf", der, sizeof der));
    vpi_family_certificate(&bench.work);
    vpi_digest(bench.crypto, DIGEST_SHA256, leaf, value);
    ck_assert(
        has(&bench, KIND_CERTIFICATE_SHA256,
            vpi_canonical_print(&bench.arena, vpi_kind(KIND_FILE_SHA256), span_of(value, 32))));
    vpi_digest(bench.crypto, DIGEST_SHA1, leaf, value);
    ck_assert(has(&bench, KIND_CERTIFICATE_SHA1,
                  vpi_canonical_print(&bench.arena, vpi_kind(KIND_FILE_SHA1), span_of(value, 20))));
    /* The part that is signed: the first value inside, with its header; it was signed with SHA-256,
     * so the digest by the certificate's own hash is the same. */
    struct span rest = leaf;
    struct der_value outer, tbs;
    ck_assert(vpi_der_expect(&rest, DER_SEQUENCE, &outer));
    ck_assert(vpi_der_expect(&outer.content, DER_SEQUENCE, &tbs));
    vpi_digest(bench.crypto, DIGEST_SHA256, tbs.whole, value);
    const char *text =
        vpi_canonical_print(&bench.arena, vpi_kind(KIND_FILE_SHA256), span_of(value, 32));
    ck_assert(has(&bench, KIND_CERTIFICATE_TBS_SHA256, text));
    ck_assert(has(&bench, KIND_CERTIFICATE_TBS, text));
    /* Version, serial, algorithm, issuer. */
    struct der_value version, serial, algorithm, issuer;
    ck_assert(vpi_der_next(&tbs.content, &version) && vpi_der_next(&tbs.content, &serial) &&
              vpi_der_next(&tbs.content, &algorithm) && vpi_der_next(&tbs.content, &issuer));
    uint8_t both[1024];
    memcpy(both, issuer.whole.data, issuer.whole.len);
    memcpy(both + issuer.whole.len, serial.content.data, serial.content.len);
    vpi_digest(bench.crypto, DIGEST_SHA256, span_of(both, issuer.whole.len + serial.content.len),
               value);
    text = vpi_canonical_print(&bench.arena, vpi_kind(KIND_FILE_SHA256), span_of(value, 32));
    ck_assert(has(&bench, KIND_CERTIFICATE_ISSUER_SERIAL, text));
    bench_close(&bench);
    free(bytes);
}
END_TEST

START_TEST(both_signers_of_a_dual_signature_are_named_once)
{
    struct bench bench;
    uint8_t *bytes;
    if (!open_fixture(&bench, "signed/signed-nested-other.exe", &bytes))
        return;
    vpi_family_certificate(&bench.work);
    ck_assert_uint_eq(bench_count(&bench, KIND_CERTIFICATE_O), 2);
    /* Three: both leaves and their common authority. */
    ck_assert_uint_eq(bench_count(&bench, KIND_CERTIFICATE_SHA256), 3);
    bench_close(&bench);
    free(bytes);
}
END_TEST

START_TEST(what_is_no_signature_is_noted)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    bench_blob(&bench, BLOB_SIGNATURE, span_text("not DER"));
    bench_blob(&bench, BLOB_SIGNATURE, span_text(""));
    vpi_family_certificate(&bench.work);
    ck_assert(bench_noted(&bench, VP_NOTE_SIGNATURE_UNREADABLE));
    ck_assert_uint_eq(bench.image.note_count, 2);
    ck_assert_uint_eq(bench.work.count, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(there_is_a_most_for_signatures)
{
    struct bench bench;
    bench_open(&bench, span_text(""), 0);
    for (size_t i = 0; i < 17; i++)
        bench_blob(&bench, BLOB_SIGNATURE, span_text("x"));
    vpi_family_certificate(&bench.work);
    ck_assert(bench_gap(&bench, VP_GAP_COUNT_LIMIT));
    bench_close(&bench);
}
END_TEST

/* The family alone, over one signature. */
static void mangled(struct crypto *crypto, struct span der, size_t limit)
{
    struct arena arena;
    struct image image;
    struct image_blob blob = {.type = BLOB_SIGNATURE, .off = VP_NONE, .bytes = der};
    vpi_arena_init(&arena, limit);
    vpi_image_init(&image, &arena);
    image.blobs = &blob;
    image.blob_count = 1;
    struct source src;
    vpi_source_init_memory(&src, span_text(""), &arena);
    struct feature_work work = {.image = &image,
                                .src = &src,
                                .crypto = crypto,
                                .arena = &arena,
                                .wanted = WANT_REST,
                                .notes = &image};
    vpi_family_certificate(&work);
    vpi_arena_done(&arena);
}

START_TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
{
    struct bench bench;
    uint8_t *bytes;
    if (!open_fixture(&bench, "signed/signed-dual.exe", &bytes))
        return;
    for (size_t i = 0; i < bench.image.blob_count; i++) {
        struct span der = bench.image.blobs[i].bytes;
        if (bench.image.blobs[i].type != BLOB_SIGNATURE)
            continue;
        for (size_t len = 0; len < der.len; len += 7) {
            uint8_t *exact = malloc(len ? len : 1);
            memcpy(exact, der.data, len);
            mangled(bench.crypto, span_of(exact, len), 0);
            free(exact);
        }
        uint8_t *copy = malloc(der.len);
        memcpy(copy, der.data, der.len);
        for (size_t at = 0; at < der.len; at++) {
            copy[at] ^= (uint8_t)(at % 2 ? 0x81 : 0x07);
            mangled(bench.crypto, span_of(copy, der.len), 0);
            copy[at] = der.data[at];
        }
        for (size_t limit = 1; limit < 120000; limit += 499)
            mangled(bench.crypto, span_of(copy, der.len), limit);
        free(copy);
    }
    bench_close(&bench);
    free(bytes);
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_signer_is_named_and_the_authority_is_not)                                             \
    TEST(the_digests_are_those_of_the_certificate)                                                 \
    TEST(both_signers_of_a_dual_signature_are_named_once)                                          \
    TEST(what_is_no_signature_is_noted)                                                            \
    TEST(there_is_a_most_for_signatures)                                                           \
    TEST(every_prefix_flipped_byte_and_memory_cap_is_safe)
#include "check_main.h"
