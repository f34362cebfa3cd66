/* test_openpgp.c - OpenPGP packets: right ones verify, and nothing else does */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "crypto/der_builder.h"
#include "openpgp_vectors.h"
#include "trust/openpgp.h"

struct fixture {
    struct arena arena;
    struct crypto *crypto;
};

static struct fixture fixture_new(size_t limit)
{
    struct fixture f;
    vpi_arena_init(&f.arena, limit);
    ck_assert_int_eq(vpi_crypto_new(&f.crypto, NULL), VP_OK);
    return f;
}

static void fixture_done(struct fixture *f)
{
    vpi_crypto_free(f->crypto);
    vpi_arena_done(&f->arena);
}

/* Exactly its size. */
static struct span decoded(const char *base64)
{
    uint8_t bytes[8192];
    size_t len;
    ck_assert(vpi_base64_decode(span_text(base64), bytes, &len));
    return exact_copy(span_of(bytes, len));
}

/* Whether the first signature in `packets` is by the key, over `content`. */
static bool verifies(struct fixture *f, struct span packets, struct span body, struct span content)
{
    struct openpgp_signature signature;
    struct openpgp_key key;
    struct span trailer;
    uint8_t value[DIGEST_MOST];
    if (!vpi_openpgp_signature_next(&packets, &signature) ||
        !vpi_openpgp_key_read(f->crypto, body, &key) || !vpi_openpgp_is_by(&signature, &key) ||
        !signature.digest || !vpi_openpgp_trailer(&f->arena, &signature, &trailer))
        return false;
    struct digest *digest = vpi_digest_begin(f->crypto, signature.digest);
    ck_assert_ptr_nonnull(digest);
    vpi_digest_add(digest, content);
    vpi_digest_add(digest, trailer);
    ck_assert(vpi_digest_end(digest, value));
    return vpi_openpgp_verify(f->crypto, &f->arena, &signature, &key,
                              span_of(value, vpi_digest_len(signature.digest)));
}

START_TEST(what_gnupg_signed_verifies_with_each_algorithm)
{
    struct fixture f = fixture_new(0);
    for (size_t i = 0; i < VECTORS; i++) {
        struct span key = decoded(vectors[i].key), signature = decoded(vectors[i].signature);
        ck_assert_msg(verifies(&f, signature, key, span_text(VECTOR_CONTENT)), "%s",
                      vectors[i].name);
        ck_assert(!verifies(&f, signature, key, span_text("other content\n")));
        ck_assert(!verifies(&f, signature, key, span_of(NULL, 0)));
        exact_free(key);
        exact_free(signature);
    }
    fixture_done(&f);
}
END_TEST

START_TEST(a_key_has_the_fingerprint_that_gnupg_prints)
{
    struct fixture f = fixture_new(0);
    for (size_t i = 0; i < VECTORS; i++) {
        struct span body = decoded(vectors[i].key);
        struct openpgp_key key;
        char hex[2 * OPENPGP_FINGERPRINT + 1] = "";
        ck_assert(vpi_openpgp_key_read(f.crypto, body, &key));
        for (size_t k = 0; k < key.fingerprint_len; k++)
            snprintf(hex + 2 * k, 3, "%02x", key.fingerprint[k]);
        ck_assert_str_eq(hex, vectors[i].fingerprint);
        ck_assert_int_eq(memcmp(key.key_id, key.fingerprint + 12, 8), 0);
        exact_free(body);
    }
    fixture_done(&f);
}
END_TEST

START_TEST(a_signature_says_when_and_by_whom)
{
    struct span bytes = decoded(vectors[0].signature), rest = bytes;
    struct openpgp_signature s;
    ck_assert(vpi_openpgp_signature_next(&rest, &s));
    ck_assert_uint_eq(s.version, 4);
    ck_assert_uint_eq(s.type, OPENPGP_BINARY);
    ck_assert_uint_eq(s.key_algorithm, 1);
    ck_assert_int_eq(s.digest, DIGEST_SHA256);
    ck_assert(s.has_time && s.has_key_id && !s.expires && !s.strange);
    ck_assert_uint_gt(s.time, 1700000000);
    ck_assert_uint_eq(s.fingerprint.len, 20);
    ck_assert_uint_eq(rest.len, 0);
    ck_assert(!vpi_openpgp_signature_next(&rest, &s));
    exact_free(bytes);
}
END_TEST

START_TEST(a_signature_by_another_key_does_not_verify)
{
    struct fixture f = fixture_new(0);
    for (size_t i = 0; i < VECTORS; i++) {
        struct span signature = decoded(vectors[i].signature);
        for (size_t k = 0; k < VECTORS; k++) {
            struct span key = decoded(vectors[k].key);
            ck_assert_int_eq(verifies(&f, signature, key, span_text(VECTOR_CONTENT)), i == k);
            exact_free(key);
        }
        exact_free(signature);
    }
    fixture_done(&f);
}
END_TEST

START_TEST(no_prefix_and_no_flipped_bit_of_what_is_signed_verifies)
{
    struct fixture f = fixture_new(0);
    for (size_t i = 0; i < VECTORS; i++) {
        struct span key = decoded(vectors[i].key), whole = decoded(vectors[i].signature);
        for (size_t len = 0; len < whole.len; len++) {
            struct span cut = exact_copy(span_first(whole, len));
            ck_assert(!verifies(&f, cut, key, span_text(VECTOR_CONTENT)));
            exact_free(cut);
        }
        for (size_t len = 0; len < key.len; len++) {
            struct span cut = exact_copy(span_first(key, len));
            ck_assert(!verifies(&f, whole, cut, span_text(VECTOR_CONTENT)));
            exact_free(cut);
        }
        /* The unhashed subpackets and the left bits of the digest are signed by nobody; the hashed
         * ones end at 6 + their length. */
        size_t header = whole.data[0] & 1 ? 3 : 2;
        size_t hashed = 6u + (size_t)(whole.data[header + 4] << 8 | whole.data[header + 5]);
        ck_assert_uint_le(header + hashed, whole.len);
        for (size_t at = header; at < header + hashed && at < whole.len; at++) {
            struct span copy = exact_copy(whole);
            ((uint8_t *)(uintptr_t)copy.data)[at] ^= 0x04;
            ck_assert_msg(!verifies(&f, copy, key, span_text(VECTOR_CONTENT)), "%s, byte %zu",
                          vectors[i].name, at);
            exact_free(copy);
        }
        for (size_t at = 0; at < key.len; at++) {
            struct span copy = exact_copy(key);
            ((uint8_t *)(uintptr_t)copy.data)[at] ^= 0x20;
            ck_assert(!verifies(&f, whole, copy, span_text(VECTOR_CONTENT)));
            exact_free(copy);
        }
        exact_free(key);
        exact_free(whole);
    }
    fixture_done(&f);
}
END_TEST

START_TEST(no_memory_cap_makes_a_wrong_signature_right)
{
    struct span key = decoded(vectors[0].key), signature = decoded(vectors[0].signature);
    for (size_t cap = 1; cap < 4096; cap += 64) {
        struct fixture f = fixture_new(cap);
        ck_assert(!verifies(&f, signature, key, span_text("other content\n")));
        ck_assert(verifies(&f, signature, key, span_text(VECTOR_CONTENT)) || f.arena.failed);
        fixture_done(&f);
    }
    exact_free(key);
    exact_free(signature);
}
END_TEST

/* A version 4 signature of RSA whose hashed area is `area`; its number is 1. */
static struct span signature_with(const uint8_t *area, size_t len, uint8_t version)
{
    uint8_t bytes[300] = {0};
    size_t at = 0;
    bytes[at++] = 0xc2; /* a signature, its length in the new form */
    bytes[at++] = (uint8_t)(6 + len + 2 + 2 + 3);
    bytes[at++] = version;
    bytes[at++] = OPENPGP_BINARY;
    bytes[at++] = 1; /* RSA */
    bytes[at++] = 8; /* SHA-256 */
    bytes[at++] = 0;
    bytes[at++] = (uint8_t)len;
    memcpy(bytes + at, area, len);
    at += len;
    at += 2; /* no unhashed area */
    at += 2; /* left bits */
    bytes[at + 1] = 1;
    bytes[at + 2] = 1;
    at += 3;
    return exact_copy(span_of(bytes, at));
}

START_TEST(a_critical_subpacket_that_nobody_knows_makes_it_strange)
{
    static const uint8_t known[] = {2, 0x80 | 23, 0}, unknown[] = {2, 99, 0};
    static const uint8_t critical[] = {2, 0x80 | 99, 0};
    static const struct {
        const uint8_t *area;
        bool strange;
    } cases[] = {{known, false}, {unknown, false}, {critical, true}};
    struct arena arena;
    vpi_arena_init(&arena, 0);
    for (size_t i = 0; i < 3; i++) {
        struct span bytes = signature_with(cases[i].area, 3, 4), rest = bytes, trailer;
        struct openpgp_signature s;
        ck_assert(vpi_openpgp_signature_next(&rest, &s));
        ck_assert_int_eq(s.strange, cases[i].strange);
        ck_assert_int_eq(vpi_openpgp_trailer(&arena, &s, &trailer), !cases[i].strange);
        exact_free(bytes);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(newer_versions_are_there_and_never_verified)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    for (uint8_t version = 5; version <= 6; version++) {
        struct span bytes = signature_with((const uint8_t *)"", 0, version), rest = bytes, trailer;
        struct openpgp_signature s;
        ck_assert(vpi_openpgp_signature_next(&rest, &s));
        ck_assert_uint_eq(s.version, version);
        ck_assert(s.strange && !s.digest);
        ck_assert(!vpi_openpgp_trailer(&arena, &s, &trailer));
        exact_free(bytes);
    }
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_subpacket_that_reaches_beyond_its_area_is_not_read)
{
    static const uint8_t beyond[] = {5, 2, 0}, empty[] = {0}, wide[] = {255, 255, 255, 255, 255, 2};
    static const struct {
        const uint8_t *area;
        size_t len;
    } cases[] = {{beyond, sizeof beyond}, {empty, sizeof empty}, {wide, sizeof wide}};
    for (size_t i = 0; i < 3; i++) {
        struct span bytes = signature_with(cases[i].area, cases[i].len, 4), rest = bytes;
        struct openpgp_signature s;
        ck_assert(vpi_openpgp_signature_next(&rest, &s));
        ck_assert(s.strange && !s.has_time);
        exact_free(bytes);
    }
}
END_TEST

START_TEST(other_packets_are_skipped_up_to_a_named_number)
{
    uint8_t bytes[2 * OPENPGP_PACKETS_MOST + 3];
    struct openpgp_signature s;
    for (size_t i = 0; i < sizeof bytes / 2; i++) {
        bytes[2 * i] = 0xc0 | 12; /* trust packets, empty */
        bytes[2 * i + 1] = 0;
    }
    bytes[2 * 3] = 0xc0 | 2; /* an empty signature: there, and nothing in it */
    struct span rest = span_of(bytes, 2 * 4);
    ck_assert(vpi_openpgp_signature_next(&rest, &s));
    ck_assert(s.strange);
    bytes[2 * 3] = 0xc0 | 12;
    rest = span_of(bytes, 2 * OPENPGP_PACKETS_MOST + 2);
    ck_assert(!vpi_openpgp_signature_next(&rest, &s));
    ck_assert_uint_gt(rest.len, 0);
}
END_TEST

static struct span armored(const char *base64, const char *header, const char *end)
{
    char text[4096];
    int len = snprintf(text, sizeof text, "-----BEGIN PGP SIGNATURE-----\n%s\n%.64s\n%s\n%s",
                       header, base64, base64 + 64, end);
    return exact_copy(span_of(text, (size_t)len));
}

START_TEST(armor_is_taken_off)
{
    struct span bytes = decoded(vectors[1].signature), inside;
    struct arena arena;
    vpi_arena_init(&arena, 0);
    static const struct {
        const char *header, *end;
        bool good;
    } cases[] = {{"", "-----END PGP SIGNATURE-----\n", true},
                 {"Comment: x\r\n", "=abcd\n-----END PGP SIGNATURE-----", true},
                 {"", "", false},
                 {"", "!\n-----END PGP SIGNATURE-----", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct span text = armored(vectors[1].signature, cases[i].header, cases[i].end);
        ck_assert_int_eq(vpi_openpgp_unarmor(&arena, text, &inside), cases[i].good);
        ck_assert(!cases[i].good || span_equal(inside, bytes));
        exact_free(text);
    }
    ck_assert(vpi_openpgp_unarmor(&arena, bytes, &inside));
    ck_assert_ptr_eq(inside.data, bytes.data);
    exact_free(bytes);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(what_gnupg_signed_verifies_with_each_algorithm)                                           \
    TEST(a_key_has_the_fingerprint_that_gnupg_prints)                                              \
    TEST(a_signature_says_when_and_by_whom)                                                        \
    TEST(a_signature_by_another_key_does_not_verify)                                               \
    TEST(no_prefix_and_no_flipped_bit_of_what_is_signed_verifies)                                  \
    TEST(no_memory_cap_makes_a_wrong_signature_right)                                              \
    TEST(a_critical_subpacket_that_nobody_knows_makes_it_strange)                                  \
    TEST(newer_versions_are_there_and_never_verified)                                              \
    TEST(a_subpacket_that_reaches_beyond_its_area_is_not_read)                                     \
    TEST(other_packets_are_skipped_up_to_a_named_number)                                           \
    TEST(armor_is_taken_off)
#include "check_main.h"
