/* test_certificate.c - what we read in a certificate is what OpenSSL put there */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "crypto/certificate.h"
#include "crypto/der_builder.h"

#define JURISDICTION "1.3.6.1.4.1.311.60.2.1.3"

static void name_add(X509_NAME *name, const char *field, int type, const char *value)
{
    ASN1_OBJECT *object = OBJ_txt2obj(field, 0);
    ck_assert_int_eq(
        X509_NAME_add_entry_by_OBJ(name, object, type, (const unsigned char *)value, -1, -1, 0), 1);
    ASN1_OBJECT_free(object);
}

static void extension_add(X509 *x509, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ck_assert_ptr_nonnull(extension);
    ck_assert_int_eq(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* A throw-away certificate, signed by its own throw-away key. */
static X509 *certificate_make(const EVP_MD *digest, bool pss, const char *serial)
{
    EVP_PKEY *key = pss ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    BIGNUM *number = NULL;
    ck_assert_ptr_nonnull(key);
    ck_assert_int_gt(BN_hex2bn(&number, serial), 0);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
    BN_free(number);
    X509_set_version(x509, X509_VERSION_3);
    X509_set_pubkey(x509, key);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_NAME *name = X509_get_subject_name(x509);
    name_add(name, "C", V_ASN1_PRINTABLESTRING, "RU");
    name_add(name, "O", V_ASN1_PRINTABLESTRING, "the first is not the last");
    name_add(name, "O", V_ASN1_UTF8STRING, "AO \xd0\x9b\xd0\x9a");
    name_add(name, "CN", V_ASN1_T61STRING, "caf\xe9");
    name_add(name, "serialNumber", V_ASN1_PRINTABLESTRING, "1027739867473");
    name_add(name, JURISDICTION, V_ASN1_PRINTABLESTRING, "RU");
    X509_NAME *issuer = X509_get_issuer_name(x509);
    name_add(issuer, "CN", V_ASN1_UTF8STRING, "issuer");
    extension_add(x509, NID_basic_constraints, "critical,CA:TRUE");
    extension_add(x509, NID_ext_key_usage, "clientAuth,codeSigning");
    extension_add(x509, NID_subject_key_identifier, "hash");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    ck_assert_int_eq(EVP_DigestSignInit(context, &key_context, digest, NULL, key), 1);
    if (pss)
        EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING);
    ck_assert_int_gt(X509_sign_ctx(x509, context), 0);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return x509;
}

static struct span certificate_der(X509 *x509)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    ck_assert_int_gt(len, 0);
    struct span copy = exact_copy(span_of(der, (size_t)len));
    OPENSSL_free(der);
    return copy;
}

static void ck_same(struct span ours, int len, unsigned char *theirs)
{
    ck_assert_int_gt(len, 0);
    ck_assert(span_equal(ours, span_of(theirs, (size_t)len)));
    OPENSSL_free(theirs);
}

START_TEST(each_part_is_what_openssl_encodes)
{
    struct arena arena;
    struct certificate c;
    vpi_arena_init(&arena, 0);
    X509 *x509 = certificate_make(EVP_sha384(), false, "8F0102030405");
    struct span der = certificate_der(x509);
    ck_assert(vpi_certificate_read(&arena, der, &c));
    ck_assert(span_equal(c.whole, der));
    unsigned char *bytes = NULL;
    int len = i2d_re_X509_tbs(x509, &bytes);
    ck_same(c.tbs, len, bytes);
    bytes = NULL;
    len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &bytes);
    ck_same(c.spki, len, bytes);
    bytes = NULL;
    len = i2d_X509_NAME(X509_get_subject_name(x509), &bytes);
    ck_same(c.subject, len, bytes);
    bytes = NULL;
    len = i2d_X509_NAME(X509_get_issuer_name(x509), &bytes);
    ck_same(c.issuer, len, bytes);
    const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(x509);
    ck_assert(span_equal(c.key_identifier,
                         span_of(ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key))));
    ck_assert(span_equal(c.serial, span_of("\0\x8f\1\2\3\4\5", 7)));
    ck_assert_int_eq(c.signature_digest, DIGEST_SHA384);
    ck_assert(c.is_ca);
    ck_assert(c.code_signing);
    ck_assert_uint_eq(c.not_before.len, 13);
    ck_assert_uint_eq(c.not_after.len, 13);
    X509_free(x509);
    exact_free(der);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(subject_attributes_are_utf_8_and_the_last_stands)
{
    struct arena arena;
    struct certificate c;
    vpi_arena_init(&arena, 0);
    X509 *x509 = certificate_make(EVP_sha256(), false, "01");
    struct span der = certificate_der(x509);
    ck_assert(vpi_certificate_read(&arena, der, &c));
    ck_assert_span_text(c.organization, "AO \xd0\x9b\xd0\x9a");
    ck_assert_span_text(c.common_name, "caf\xc3\xa9");
    ck_assert_span_text(c.country, "RU");
    ck_assert_span_text(c.serial_number, "1027739867473");
    ck_assert_span_text(c.jurisdiction_country, "RU");
    X509_free(x509);
    exact_free(der);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_negative_serial_and_a_certificate_without_extensions_are_read)
{
    struct arena arena;
    struct certificate c;
    vpi_arena_init(&arena, 0);
    struct der_builder *b = builder_new();
    put_certificate(b, "issuer", (const uint8_t *)"\x8f\x01", 2, "subject");
    struct span der = builder_take(b);
    ck_assert(vpi_certificate_read(&arena, der, &c));
    ck_assert(span_equal(c.serial, span_of("\x8f\x01", 2)));
    ck_assert_span_text(c.organization, "subject");
    ck_assert_uint_eq(c.common_name.len, 0);
    ck_assert(!c.is_ca);
    ck_assert(!c.code_signing);
    exact_free(der);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(rsassa_pss_names_its_digest_in_the_parameters)
{
    struct arena arena;
    struct certificate c;
    vpi_arena_init(&arena, 0);
    const EVP_MD *digests[] = {EVP_sha1(), EVP_sha256()};
    enum digest_algorithm expected[] = {DIGEST_SHA1, DIGEST_SHA256};
    for (size_t i = 0; i < 2; i++) {
        X509 *x509 = certificate_make(digests[i], true, "01");
        struct span der = certificate_der(x509);
        ck_assert(vpi_certificate_read(&arena, der, &c));
        ck_assert_int_eq(c.signature_digest, expected[i]);
        X509_free(x509);
        exact_free(der);
    }
    vpi_arena_done(&arena);
}
END_TEST

static void ck_string(uint8_t tag, const void *bytes, size_t len, const char *expected)
{
    struct arena arena;
    struct span text;
    vpi_arena_init(&arena, 0);
    struct span content = exact_copy(span_of(bytes, len));
    struct der_value value = {.tag = tag, .content = content};
    ck_assert(vpi_der_string(&arena, &value, &text));
    ck_assert_span_text(text, expected);
    exact_free(content);
    vpi_arena_done(&arena);
}

START_TEST(strings_of_each_type_become_utf_8)
{
    ck_string(DER_UTF8_STRING, "\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80");
    ck_string(DER_UTF8_STRING, "\xed\xa0\x80", 3, "\xc3\xad\xc2\xa0\xc2\x80");
    ck_string(DER_UTF8_STRING, "Universit\xe9", 10, "Universit\xc3\xa9");
    ck_string(DER_PRINTABLE_STRING, "plain", 5, "plain");
    ck_string(DER_T61_STRING, "\xfc", 1, "\xc3\xbc");
    ck_string(DER_IA5_STRING, "\xe5\x8d", 2, "\xc3\xa5\xc2\x8d");
    ck_string(DER_BMP_STRING, "\x53\x61\0A", 4,
              "\xe5\x8d\xa1"
              "A");
    ck_string(DER_BMP_STRING, "\xd8\x3d\xde\0", 4, "\xf0\x9f\x98\x80");
    ck_string(DER_BMP_STRING, "\xd8\x3d\0A\xde\0", 6,
              "\xef\xbf\xbd"
              "A\xef\xbf\xbd");
    ck_string(DER_BMP_STRING, "\0A\0", 3, "A");
    ck_string(DER_UNIVERSAL_STRING, "\0\1\xf6\0", 4, "\xf0\x9f\x98\x80");
    ck_string(DER_UNIVERSAL_STRING, "\x7f\xff\xff\xff", 4, "\xef\xbf\xbd");
    ck_string(DER_UTF8_STRING, "", 0, "");
}
END_TEST

START_TEST(what_is_no_string_is_refused)
{
    struct arena arena;
    struct span text;
    vpi_arena_init(&arena, 0);
    struct der_value value = {.tag = DER_OCTET_STRING, .content = span_text("x")};
    ck_assert(!vpi_der_string(&arena, &value, &text));
    ck_assert(!arena.failed);
    vpi_arena_done(&arena);
}
END_TEST

static bool read_in(struct span der, size_t limit)
{
    struct arena arena;
    struct certificate c;
    vpi_arena_init(&arena, limit);
    bool good = vpi_certificate_read(&arena, der, &c);
    if (good && c.common_name.len)
        ck_assert_uint_lt(c.common_name.data[0], 0xff);
    vpi_arena_done(&arena);
    return good;
}

START_TEST(every_prefix_of_a_certificate_is_refused)
{
    X509 *x509 = certificate_make(EVP_sha256(), false, "01");
    struct span der = certificate_der(x509);
    for (size_t len = 0; len < der.len; len++) {
        struct span prefix = exact_copy(span_first(der, len));
        ck_assert(!read_in(prefix, 0));
        exact_free(prefix);
    }
    X509_free(x509);
    exact_free(der);
}
END_TEST

START_TEST(every_flipped_byte_of_a_certificate_is_safe)
{
    X509 *x509 = certificate_make(EVP_sha256(), false, "01");
    struct span der = certificate_der(x509);
    size_t read = 0;
    for (size_t i = 0; i < der.len; i++) {
        struct span copy = exact_copy(der);
        ((uint8_t *)(uintptr_t)copy.data)[i] ^= 0xff;
        read += read_in(copy, 0);
        exact_free(copy);
    }
    /* Most bytes are text, key or signature. */
    ck_assert_uint_gt(read, der.len / 2);
    ck_assert_uint_lt(read, der.len);
    X509_free(x509);
    exact_free(der);
}
END_TEST

START_TEST(every_memory_cap_is_safe)
{
    X509 *x509 = certificate_make(EVP_sha256(), false, "01");
    struct span der = certificate_der(x509);
    ck_assert(!read_in(der, 1)); /* the T61String needs a copy */
    size_t cap = 1;
    while (!read_in(der, cap))
        ck_assert_uint_lt(++cap, 256);
    X509_free(x509);
    exact_free(der);
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_part_is_what_openssl_encodes)                                                        \
    TEST(subject_attributes_are_utf_8_and_the_last_stands)                                         \
    TEST(a_negative_serial_and_a_certificate_without_extensions_are_read)                          \
    TEST(rsassa_pss_names_its_digest_in_the_parameters)                                            \
    TEST(strings_of_each_type_become_utf_8)                                                        \
    TEST(what_is_no_string_is_refused)                                                             \
    TEST(every_prefix_of_a_certificate_is_refused)                                                 \
    TEST(every_flipped_byte_of_a_certificate_is_safe)                                              \
    TEST(every_memory_cap_is_safe)
#include "check_main.h"
