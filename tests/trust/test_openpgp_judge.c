/* test_openpgp_judge.c - what is true of an OpenPGP signature that is right as such */
#include <check.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/der_builder.h"
#include "trust/openpgp.h"

enum { MADE = 1700000000, NOW = 1800000000, KEY_MOST = 600 };

/* A key of RSA as its packet has it: RFC 9580, 5.5.2. */
struct signer {
    EVP_PKEY *key;
    uint8_t body[KEY_MOST];
    size_t len;
    struct openpgp_key facts;
};

static struct crypto *crypto;

static void put_number(struct signer *s, const char *name)
{
    BIGNUM *number = NULL;
    ck_assert_int_eq(EVP_PKEY_get_bn_param(s->key, name, &number), 1);
    int bits = BN_num_bits(number);
    s->body[s->len++] = (uint8_t)(bits >> 8);
    s->body[s->len++] = (uint8_t)bits;
    s->len += (size_t)BN_bn2bin(number, s->body + s->len);
    BN_free(number);
}

static void signer_init(struct signer *s, unsigned bits)
{
    *s = (struct signer){.key = EVP_RSA_gen(bits), .len = 6};
    s->body[0] = 4;
    for (int i = 0; i < 4; i++)
        s->body[1 + i] = (uint8_t)(MADE >> (24 - 8 * i));
    s->body[5] = 1;
    put_number(s, OSSL_PKEY_PARAM_RSA_N);
    put_number(s, OSSL_PKEY_PARAM_RSA_E);
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    ck_assert(vpi_openpgp_key_read(crypto, span_of(s->body, s->len), &s->facts));
}

static struct trust_anchor row_of(const struct signer *s, unsigned purposes)
{
    struct trust_anchor row = {.what = ANCHOR_OPENPGP,
                               .purposes = purposes,
                               .name = "a row",
                               .key = span_of(s->body, s->len)};
    memcpy(row.hash, s->facts.fingerprint, 20);
    return row;
}

static const struct openpgp_signature plain = {.version = 4,
                                               .type = OPENPGP_BINARY,
                                               .key_algorithm = 1,
                                               .digest = DIGEST_SHA256,
                                               .has_time = true,
                                               .time = MADE + 100};

/* The states of a signature of `content` that says of itself what `said` does. */
static unsigned judge(const struct signer *s, struct openpgp_signature said, const char *content,
                      const struct trust_anchor *rows, size_t count)
{
    const struct trust trust = {.anchors = {rows, count}, .now = NOW};
    struct trust_signature result = {.states = 0};
    struct arena arena;
    uint8_t digest[DIGEST_MOST], other[DIGEST_MOST], bytes[512];
    size_t len = sizeof bytes, digest_len = vpi_digest_len(said.digest);
    const EVP_MD *md = said.digest == DIGEST_MD5    ? EVP_md5()
                       : said.digest == DIGEST_SHA1 ? EVP_sha1()
                                                    : EVP_sha256();
    ck_assert(vpi_digest(crypto, said.digest, span_text("content"), digest));
    ck_assert(vpi_digest(crypto, said.digest, span_text(content), other));
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(s->key, NULL);
    ck_assert_int_eq(EVP_PKEY_sign_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_signature_md(context, md), 1);
    ck_assert_int_eq(EVP_PKEY_sign(context, bytes, &len, other, digest_len), 1);
    EVP_PKEY_CTX_free(context);
    said.numbers[0] = span_of(bytes, len);
    if (said.has_key_id)
        memcpy(said.key_id, s->facts.key_id, OPENPGP_KEY_ID);
    else
        said.fingerprint = span_of(s->facts.fingerprint, 20);
    vpi_arena_init(&arena, 0);
    ck_assert(vpi_openpgp_judge(crypto, &arena, &trust, &said, span_of(digest, digest_len),
                                PURPOSE_PACKAGE, &result));
    vpi_arena_done(&arena);
    return result.states | (vpi_signature_believed(&result) ? VP_SIGNATURE_BELIEVED : 0);
}

static unsigned judge_one(const struct signer *s, struct openpgp_signature said)
{
    const struct trust_anchor row = row_of(s, PURPOSE_PACKAGE);
    return judge(s, said, "content", &row, 1);
}

static struct signer vendor;

START_TEST(a_right_signature_by_a_key_for_packages_is_believed)
{
    signer_init(&vendor, 1024);
    ck_assert(judge_one(&vendor, plain) & VP_SIGNATURE_BELIEVED);
    struct openpgp_signature short_name = plain;
    short_name.has_key_id = true;
    ck_assert(judge_one(&vendor, short_name) & VP_SIGNATURE_BELIEVED);
    struct trust_anchor row = row_of(&vendor, PURPOSE_PACKAGE);
    ck_assert_uint_eq(judge(&vendor, plain, "other", &row, 1), VP_SIGNATURE_CHECKED);
    ck_assert_uint_eq(judge(&vendor, plain, "content", &row, 0), VP_SIGNATURE_CHECKED);
}
END_TEST

START_TEST(a_key_for_something_else_signs_no_package)
{
    const struct trust_anchor row = row_of(&vendor, ~(unsigned)PURPOSE_PACKAGE);
    unsigned states = judge(&vendor, plain, "content", &row, 1);
    ck_assert(states & VP_SIGNATURE_VERIFIES);
    ck_assert(!(states & (VP_SIGNATURE_ANCHORED | VP_SIGNATURE_BELIEVED)));
}
END_TEST

START_TEST(old_digests_and_short_keys_are_weak_whatever_the_time)
{
    static const enum digest_algorithm old[] = {DIGEST_MD5, DIGEST_SHA1};
    for (size_t i = 0; i < 2; i++) {
        struct openpgp_signature said = plain;
        said.digest = old[i];
        unsigned states = judge_one(&vendor, said);
        ck_assert(states & VP_SIGNATURE_VERIFIES);
        ck_assert(states & VP_SIGNATURE_WEAK);
        ck_assert(!(states & VP_SIGNATURE_BELIEVED));
    }
    struct signer small;
    signer_init(&small, 768);
    unsigned states = judge_one(&small, plain);
    ck_assert(states & VP_SIGNATURE_VERIFIES);
    ck_assert(states & VP_SIGNATURE_WEAK);
    ck_assert(!(states & VP_SIGNATURE_BELIEVED));
    EVP_PKEY_free(small.key);
}
END_TEST

START_TEST(a_signature_has_to_be_younger_than_its_key_and_not_expired)
{
    struct openpgp_signature said[] = {plain, plain, plain, plain, plain};
    static const bool good[] = {true, false, false, false, true};
    said[0].time = MADE;
    said[1].time = MADE - 1;
    said[2].has_time = false;
    said[3].expires = said[4].expires = true;
    said[3].lifetime = NOW - said[3].time; /* is over at the set's date */
    said[4].lifetime = NOW - said[4].time + 1;
    for (size_t i = 0; i < 5; i++) {
        unsigned states = judge_one(&vendor, said[i]);
        ck_assert(states & VP_SIGNATURE_VERIFIES);
        ck_assert_int_eq(!!(states & VP_SIGNATURE_TIMELY), good[i]);
        ck_assert_int_eq(!!(states & VP_SIGNATURE_BELIEVED), good[i]);
    }
}
END_TEST

START_TEST(a_signature_of_text_or_of_a_key_is_none_of_a_package)
{
    static const unsigned types[] = {OPENPGP_TEXT, 0x10, 0x18, 0x20};
    for (size_t i = 0; i < 4; i++) {
        struct openpgp_signature said = plain;
        said.type = types[i];
        ck_assert_uint_eq(judge_one(&vendor, said), VP_SIGNATURE_CHECKED);
    }
}
END_TEST

START_TEST(of_two_keys_with_one_short_name_none_is_chosen)
{
    struct trust_anchor rows[] = {row_of(&vendor, PURPOSE_PACKAGE),
                                  row_of(&vendor, PURPOSE_PACKAGE)};
    struct openpgp_signature said = plain;
    rows[1].hash[0] ^= 1; /* the last eight bytes are the name */
    ck_assert(judge(&vendor, said, "content", rows, 2) & VP_SIGNATURE_BELIEVED);
    said.has_key_id = true;
    ck_assert_uint_eq(judge(&vendor, said, "content", rows, 2), VP_SIGNATURE_CHECKED);
    EVP_PKEY_free(vendor.key);
    vpi_crypto_free(crypto);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_right_signature_by_a_key_for_packages_is_believed)                                      \
    TEST(a_key_for_something_else_signs_no_package)                                                \
    TEST(old_digests_and_short_keys_are_weak_whatever_the_time)                                    \
    TEST(a_signature_has_to_be_younger_than_its_key_and_not_expired)                               \
    TEST(a_signature_of_text_or_of_a_key_is_none_of_a_package)                                     \
    TEST(of_two_keys_with_one_short_name_none_is_chosen)
#include "../check_main.h"
