/* test_verify.c - signatures by keys of each kind, times, and bundles of certificates */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/der_builder.h"
#include "crypto/verify.h"

#define RSA_ENCRYPTION "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
#define ECDSA_SHA256   "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define ED25519        "\x30\x05\x06\x03\x2b\x65\x70"
/* id-RSASSA-PSS with SHA-256 for hash and mask, salt of 32. */
#define PSS_SHA256                                                                                 \
    "\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f\x30\x0d\x06\x09\x60"     \
    "\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d"     \
    "\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\xa2\x03\x02\x01\x20"

static struct crypto *crypto;
static const char message[] = "signed attributes";

static void begin(void)
{
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
}

/* What stands inside the SEQUENCE. */
static struct span content_of(const char *der, size_t len)
{
    struct span rest = span_of(der, len);
    struct der_value value;
    ck_assert(vpi_der_next(&rest, &value));
    return value.content;
}

#define ALGORITHM(der) content_of(der, sizeof(der) - 1)

struct signed_by {
    uint8_t spki[1024], signature[512];
    size_t spki_len, signature_len;
};

static struct signed_by sign(EVP_PKEY *key, const EVP_MD *md, bool pss)
{
    struct signed_by s = {.signature_len = sizeof s.signature};
    unsigned char *at = s.spki;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    s.spki_len = (size_t)i2d_PUBKEY(key, &at);
    ck_assert_int_eq(EVP_DigestSignInit(context, &key_context, md, NULL, key), 1);
    if (pss)
        ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), 0);
    ck_assert_int_eq(EVP_DigestSign(context, s.signature, &s.signature_len,
                                    (const unsigned char *)message, sizeof message - 1),
                     1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return s;
}

static bool verifies(const struct signed_by *s, struct span algorithm, enum digest_algorithm digest,
                     const char *text)
{
    return vpi_signature_verify(crypto, span_of(s->spki, s->spki_len), algorithm, digest,
                                span_text(text), span_of(s->signature, s->signature_len));
}

/* Right as it is; wrong in each way that one byte or name can be. */
static void check(struct signed_by s, struct span algorithm, enum digest_algorithm digest,
                  enum digest_algorithm other)
{
    ck_assert(verifies(&s, algorithm, digest, message));
    ck_assert(!verifies(&s, algorithm, digest, "signed attributez"));
    ck_assert(!verifies(&s, algorithm, digest, ""));
    if (other)
        ck_assert(!verifies(&s, algorithm, other, message));
    for (size_t i = 0; i < s.signature_len; i += 5) {
        s.signature[i] ^= 0x10;
        ck_assert(!verifies(&s, algorithm, digest, message));
        s.signature[i] ^= 0x10;
    }
    for (size_t len = 0; len < s.spki_len; len += 3) {
        struct signed_by cut = s;
        cut.spki_len = len;
        ck_assert(!verifies(&cut, algorithm, digest, message));
    }
}

START_TEST(each_kind_of_key_verifies_its_own_signature_alone)
{
    begin();
    check(sign(EVP_EC_gen("P-256"), EVP_sha256(), false), ALGORITHM(ECDSA_SHA256), DIGEST_SHA256,
          DIGEST_SHA1);
    check(sign(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL, false), ALGORITHM(ED25519),
          DIGEST_SHA512, (enum digest_algorithm)0);
    EVP_PKEY *key = EVP_RSA_gen(1024);
    EVP_PKEY_up_ref(key);
    EVP_PKEY_up_ref(key);
    check(sign(key, EVP_sha256(), false), ALGORITHM(RSA_ENCRYPTION), DIGEST_SHA256, DIGEST_SHA384);
    check(sign(key, EVP_sha256(), true), ALGORITHM(PSS_SHA256), DIGEST_SHA256, DIGEST_SHA512);
    /* A PSS signature is no PKCS#1 signature, nor the other way round. */
    struct signed_by s = sign(key, EVP_sha256(), false);
    ck_assert(!verifies(&s, ALGORITHM(PSS_SHA256), DIGEST_SHA256, message));
}
END_TEST

/* As sign() by RSA, with nothing inside the padding but `len` bytes of the digest. */
static struct signed_by sign_bare(EVP_PKEY *key, const EVP_MD *md, size_t len)
{
    struct signed_by s = {.signature_len = sizeof s.signature};
    uint8_t value[EVP_MAX_MD_SIZE + 1] = {0};
    unsigned char *at = s.spki;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    s.spki_len = (size_t)i2d_PUBKEY(key, &at);
    ck_assert_int_eq(EVP_Digest(message, sizeof message - 1, value, NULL, md, NULL), 1);
    ck_assert_int_eq(EVP_PKEY_sign_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_sign(context, s.signature, &s.signature_len, value, len), 1);
    EVP_PKEY_CTX_free(context);
    return s;
}

static bool verifies_bare(const struct signed_by *s, struct span algorithm,
                          enum digest_algorithm digest, const char *text)
{
    return vpi_signature_verify_bare(crypto, span_of(s->spki, s->spki_len), algorithm, digest,
                                     span_text(text), span_of(s->signature, s->signature_len));
}

START_TEST(a_bare_digest_has_to_be_all_that_is_inside_the_padding)
{
    begin();
    EVP_PKEY *key = EVP_RSA_gen(1024);
    struct span rsa = ALGORITHM(RSA_ENCRYPTION);
    struct signed_by s = sign_bare(key, EVP_sha1(), 20);
    ck_assert(verifies_bare(&s, rsa, DIGEST_SHA1, message));
    ck_assert(!verifies_bare(&s, rsa, DIGEST_SHA1, "signed attributez"));
    ck_assert(!verifies_bare(&s, rsa, DIGEST_SHA256, message));
    ck_assert(!verifies_bare(&s, ALGORITHM(PSS_SHA256), DIGEST_SHA1, message));
    ck_assert(!verifies(&s, rsa, DIGEST_SHA1, message));
    for (size_t i = 0; i < s.signature_len; i += 5) {
        s.signature[i] ^= 0x10;
        ck_assert(!verifies_bare(&s, rsa, DIGEST_SHA1, message));
        s.signature[i] ^= 0x10;
    }
    s = sign_bare(key, EVP_sha1(), 19);
    ck_assert(!verifies_bare(&s, rsa, DIGEST_SHA1, message));
    s = sign_bare(key, EVP_sha1(), 21);
    ck_assert(!verifies_bare(&s, rsa, DIGEST_SHA1, message));
    s = sign(key, EVP_sha1(), false); /* takes the key */
    ck_assert(!verifies_bare(&s, rsa, DIGEST_SHA1, message));
    s = sign(EVP_EC_gen("P-256"), EVP_sha256(), false);
    ck_assert(!verifies_bare(&s, ALGORITHM(ECDSA_SHA256), DIGEST_SHA256, message));
}
END_TEST

/* More keys than are kept, so that they push each other out. */
START_TEST(a_key_that_was_read_before_verifies_as_it_did)
{
    enum { KEYS = 1500 };
    static struct signed_by all[KEYS];
    begin();
    for (int i = 0; i < KEYS; i++)
        all[i] = sign(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL, false);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < KEYS; i++) {
            struct signed_by other = all[i];
            memcpy(other.spki, all[(i + 1) % KEYS].spki, other.spki_len);
            ck_assert(verifies(&all[i], ALGORITHM(ED25519), DIGEST_SHA512, message));
            ck_assert(!verifies(&other, ALGORITHM(ED25519), DIGEST_SHA512, message));
            ck_assert(verifies(&all[i], ALGORITHM(ED25519), DIGEST_SHA512, message));
        }
    }
}
END_TEST

START_TEST(the_size_of_a_key_is_a_fact)
{
    begin();
    struct signed_by s = sign(EVP_RSA_gen(1024), EVP_sha256(), false);
    struct key_facts facts = vpi_key_facts(crypto, span_of(s.spki, s.spki_len));
    ck_assert_str_eq(facts.type, "rsa");
    ck_assert_uint_eq(facts.bits, 1024);
    s = sign(EVP_EC_gen("P-384"), EVP_sha256(), false);
    facts = vpi_key_facts(crypto, span_of(s.spki, s.spki_len));
    ck_assert_str_eq(facts.type, "ec");
    ck_assert_uint_eq(facts.bits, 384);
    ck_assert_ptr_null(vpi_key_facts(crypto, span_text("no key")).type);
}
END_TEST

START_TEST(times_are_those_of_days_that_exist)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"700101000000Z", 0},
                {"491231235959Z", 2524607999},
                {"500101000000Z", -631152000},
                {"20000229120000Z", 951825600},
                {"20200615120000.123Z", 1592222400},
                {"2006151200Z", 1592222400},
                {"20200615130000+0100", 1592222400},
                {"00010101000000Z", -62135596800}};
    static const char *const bad[] = {"",
                                      "Z",
                                      "20010229000000Z",
                                      "20201301000000Z",
                                      "20200615120000",
                                      "20200615240000Z",
                                      "2020061512000aZ",
                                      "20200615120000+01",
                                      "20200615120000+0a00",
                                      "20200600000000Z"};
    int64_t seconds;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(vpi_der_time(span_text(good[i].text), &seconds), "%s", good[i].text);
        ck_assert_msg(seconds == good[i].seconds, "%s is %lld", good[i].text, (long long)seconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!vpi_der_time(span_text(bad[i]), &seconds), "%s", bad[i]);
}
END_TEST

/* A certificate that says hardly anything. */
static X509 *certificate(void)
{
    X509 *x509 = X509_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_set_version(x509, 2);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 60);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "O", MBSTRING_UTF8,
                               (const unsigned char *)"Bundle", -1, -1, 0);
    X509_set_pubkey(x509, key);
    X509_sign(x509, key, EVP_sha256());
    EVP_PKEY_free(key);
    return x509;
}

static size_t count_of(struct span bytes, size_t limit)
{
    struct arena arena;
    struct certificate *list = NULL;
    size_t count = 0;
    struct span copy = exact_copy(bytes);
    vpi_arena_init(&arena, limit);
    if (!vpi_bundle_read(&arena, copy, &list, &count))
        count = 0;
    for (size_t i = 0; i < count; i++)
        ck_assert_span_text(list[i].organization, "Bundle");
    vpi_arena_done(&arena);
    exact_free(copy);
    return count;
}

START_TEST(a_bundle_is_pem_with_text_between_or_one_der)
{
    X509 *x509 = certificate();
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem;
    BIO_puts(bio, "words\n");
    PEM_write_bio_X509(bio, x509);
    BIO_puts(bio, "more words\n-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n");
    PEM_write_bio_X509(bio, x509);
    struct span text;
    text.len = (size_t)BIO_get_mem_data(bio, &pem);
    text.data = (const uint8_t *)pem;
    ck_assert_uint_eq(count_of(text, 0), 2);
    for (size_t len = 0; len < text.len; len++)
        ck_assert_uint_lt(count_of(span_first(text, len), 0), 3);
    for (size_t limit = 1; limit < 1 << 16; limit += limit)
        ck_assert_uint_le(count_of(text, limit), 2);
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    ck_assert_uint_eq(count_of(span_of(der, (size_t)len), 0), 1);
    ck_assert_uint_eq(count_of(span_of(der, (size_t)len - 1), 0), 0);
    ck_assert_uint_eq(count_of(span_text("no certificate"), 0), 0);
    OPENSSL_free(der);
    BIO_free(bio);
    X509_free(x509);
    vpi_crypto_free(crypto);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_key_that_was_read_before_verifies_as_it_did)                                            \
    TEST(each_kind_of_key_verifies_its_own_signature_alone)                                        \
    TEST(a_bare_digest_has_to_be_all_that_is_inside_the_padding)                                   \
    TEST(the_size_of_a_key_is_a_fact)                                                              \
    TEST(times_are_those_of_days_that_exist)                                                       \
    TEST(a_bundle_is_pem_with_text_between_or_one_der)
#include "../check_main.h"
