/* test_signed_data.c - signers, their names, and signatures nested in signatures */
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "crypto/der_builder.h"
#include "trust/signed_data.h"

#define OID_OPUS    "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0c"
#define OID_NESTED  "\x2b\x06\x01\x04\x01\x82\x37\x02\x04\x01"
#define OID_SHA256  "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define DIGEST_TEXT "0123456789abcdef0123456789abcdef"

static const uint8_t serial_positive[] = {0x00, 0x8f, 0x01};
static const uint8_t serial_short[] = {0x8f, 0x01}; /* the same, zero lost */
static const uint8_t serial_negative[] = {0xff, 0x02};
static const uint8_t serial_stamp[] = {0x33};

static void put_oid(struct der_builder *b, const char *oid)
{
    put_text(b, DER_OID, oid);
}

static void put_algorithm(struct der_builder *b)
{
    open_value(b, DER_SEQUENCE);
    put_oid(b, OID_SHA256);
    close_value(b);
}

static void put_indirect_data(struct der_builder *b)
{
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_SEQUENCE); /* SpcAttributeTypeAndOptionalValue */
    close_value(b);
    open_value(b, DER_SEQUENCE); /* DigestInfo */
    put_algorithm(b);
    put_text(b, DER_OCTET_STRING, DIGEST_TEXT);
    close_value(b);
    close_value(b);
}

/* Up to and with the content; then come certificates and signers, then close_blob. */
static void open_blob(struct der_builder *b)
{
    open_value(b, DER_SEQUENCE);
    put_oid(b, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_INTEGER, "\x01", 1);
    open_value(b, DER_SET);
    put_algorithm(b);
    close_value(b);
    open_value(b, DER_SEQUENCE);
    put_oid(b, "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04");
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    put_indirect_data(b);
    close_value(b);
    close_value(b);
}

static void close_blob(struct der_builder *b)
{
    close_value(b);
    close_value(b);
    close_value(b);
}

/* Up to the attributes; then close_value. */
static void open_signer(struct der_builder *b, struct span serial)
{
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_INTEGER, "\x01", 1);
    open_value(b, DER_SEQUENCE);
    put_name(b, 3, DER_UTF8_STRING, "issuer");
    put_value(b, DER_INTEGER, serial.data, serial.len);
    close_value(b);
    put_algorithm(b);
}

static void open_attribute(struct der_builder *b, const char *oid)
{
    open_value(b, DER_SEQUENCE);
    put_oid(b, oid);
    open_value(b, DER_SET);
}

static void close_attribute(struct der_builder *b)
{
    close_value(b);
    close_value(b);
}

/* Among them one of a time stamper, which signs nothing here. */
static void put_certificates(struct der_builder *b)
{
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    put_certificate(b, "stamps", serial_stamp, 1, "Stamper");
    put_certificate(b, "issuer", serial_positive, 3, "Leaf");
    put_certificate(b, "issuer", serial_negative, 2, "Negative");
    close_value(b);
}

enum opus_style { OPUS_BMP, OPUS_ASCII, OPUS_FILE, OPUS_UNIVERSAL };

static void put_opus(struct der_builder *b, enum opus_style style)
{
    open_attribute(b, OID_OPUS);
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_CONTEXT_CONSTRUCTED); /* programName */
    if (style == OPUS_BMP)
        put_bmp(b, DER_CONTEXT, "Program");
    else if (style == OPUS_UNIVERSAL)
        put_bmp(b, DER_BMP_STRING, "Program");
    else
        put_text(b, DER_CONTEXT | 1, "Program");
    close_value(b);
    open_value(b, DER_CONTEXT_CONSTRUCTED | 1); /* moreInfo */
    if (style == OPUS_FILE) {
        open_value(b, DER_CONTEXT_CONSTRUCTED | 2);
        put_bmp(b, DER_CONTEXT, "https://example.org/");
        close_value(b);
    } else {
        put_text(b, DER_CONTEXT, "https://example.org/");
    }
    close_value(b);
    close_value(b);
    close_attribute(b);
}

/* One signer with the opus attribute, and certificates. */
static void put_plain(struct der_builder *b, struct span serial, enum opus_style style)
{
    open_blob(b);
    put_certificates(b);
    open_value(b, DER_SET);
    open_signer(b, serial);
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    put_opus(b, style);
    close_value(b);
    close_value(b);
    close_value(b);
    close_blob(b);
}

struct reading {
    struct arena arena;
    struct span der;
    struct signed_data data;
    bool good;
};

static struct reading read_span(struct span der, size_t limit)
{
    struct reading r = {.der = der};
    vpi_arena_init(&r.arena, limit);
    r.good = vpi_signed_data_read(&r.arena, r.der, &r.data);
    return r;
}

static struct reading read_built(struct der_builder *b)
{
    return read_span(builder_take(b), 0);
}

static void reading_done(struct reading *r)
{
    exact_free(r->der);
    vpi_arena_done(&r->arena);
}

START_TEST(a_signer_names_its_certificate_by_both_issuer_and_serial_or_by_its_key)
{
    const struct certificate certificate = {.issuer = span_text("issuer"),
                                            .serial = span_text("12"),
                                            .key_identifier = span_text("key")};
    const struct {
        struct signer_info signer;
        bool names;
    } rows[] = {{{.issuer = span_text("issuer"), .serial = span_text("12")}, true},
                {{.issuer = span_text("another"), .serial = span_text("12")}, false},
                {{.issuer = span_text("issuer"), .serial = span_text("13")}, false},
                {{.issuer = span_text("issuer"), .serial = span_text("1")}, false},
                {{.issuer = span_text("issuer"),
                  .serial = span_of("\0\0"
                                    "12",
                                    4)},
                 true},
                {{.key_identifier = span_text("key")}, true},
                {{.key_identifier = span_text("yek")}, false},
                {{.issuer = span_text("issuer"),
                  .serial = span_text("12"),
                  .key_identifier = span_text("yek")},
                 false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(vpi_signer_names(&rows[i].signer, &certificate), rows[i].names);
}
END_TEST

START_TEST(the_leaf_is_the_certificate_that_the_signer_names)
{
    struct span serials[] = {span_of(serial_positive, 3), span_of(serial_short, 2),
                             span_of(serial_negative, 2)};
    const char *subjects[] = {"Leaf", "Leaf", "Negative"};
    for (size_t i = 0; i < 3; i++) {
        struct der_builder *b = builder_new();
        put_plain(b, serials[i], OPUS_BMP);
        struct reading r = read_built(b);
        ck_assert(r.good);
        ck_assert(!r.data.cut_short);
        ck_assert_uint_eq(r.data.certificate_count, 3);
        ck_assert_uint_eq(r.data.signer_count, 1);
        ck_assert_ptr_nonnull(r.data.signers[0].leaf);
        ck_assert_span_text(r.data.signers[0].leaf->organization, subjects[i]);
        ck_assert_uint_eq(r.data.signers[0].layer, 0);
        ck_assert_span_text(r.data.message_digest, DIGEST_TEXT);
        reading_done(&r);
    }
}
END_TEST

START_TEST(a_signer_whose_certificate_is_not_enclosed_has_no_leaf)
{
    struct der_builder *b = builder_new();
    put_plain(b, span_of("\x77", 1), OPUS_BMP);
    struct reading r = read_built(b);
    ck_assert(r.good);
    ck_assert_uint_eq(r.data.signer_count, 1);
    ck_assert_ptr_null(r.data.signers[0].leaf);
    ck_assert(span_equal(r.data.signers[0].serial, span_of("\x77", 1)));
    reading_done(&r);
}
END_TEST

START_TEST(the_opus_name_and_url_are_read_in_each_encoding)
{
    for (int style = OPUS_BMP; style <= OPUS_UNIVERSAL; style++) {
        struct der_builder *b = builder_new();
        put_plain(b, span_of(serial_positive, 3), (enum opus_style)style);
        struct reading r = read_built(b);
        ck_assert(r.good);
        ck_assert_span_text(r.data.signers[0].opus_name, "Program");
        ck_assert_span_text(r.data.signers[0].opus_url, "https://example.org/");
        reading_done(&r);
    }
}
END_TEST

/* Up to inside the SET of the nested-signature attribute of a signer. */
static void open_nesting(struct der_builder *b)
{
    open_value(b, DER_SET);
    open_signer(b, span_of(serial_positive, 3));
    open_value(b, DER_CONTEXT_CONSTRUCTED | 1);
    open_attribute(b, OID_NESTED);
}

/* The outer signer has one attribute with a SET of `count` blobs. */
static struct der_builder *build_nested(size_t count)
{
    struct der_builder *b = builder_new();
    open_blob(b);
    put_certificates(b);
    open_nesting(b);
    for (size_t i = 0; i < count; i++)
        put_plain(b, span_of(serial_negative, 2), OPUS_ASCII);
    while (b->depth)
        close_value(b);
    return b;
}

START_TEST(several_signatures_nested_in_one_set_are_all_read)
{
    struct reading r = read_built(build_nested(3));
    ck_assert(r.good);
    ck_assert_uint_eq(r.data.signer_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(r.data.signers[i].layer, i);
        ck_assert_ptr_nonnull(r.data.signers[i].leaf);
        ck_assert_span_text(r.data.signers[i].leaf->organization, i ? "Negative" : "Leaf");
    }
    ck_assert_uint_eq(r.data.certificate_count, 3); /* the same three, once */
    ck_assert(!r.data.cut_short);
    reading_done(&r);
}
END_TEST

START_TEST(more_nested_signatures_than_the_maximum_cut_it_short)
{
    struct reading r = read_built(build_nested(SIGNED_DATA_NESTED_MOST + 1));
    ck_assert(r.good);
    ck_assert(r.data.cut_short);
    ck_assert_uint_eq(r.data.signer_count, SIGNED_DATA_SIGNERS_MOST);
    reading_done(&r);
}
END_TEST

START_TEST(signatures_nested_in_each_other_are_all_read)
{
    enum { LAYERS = 7 };
    struct der_builder *b = builder_new();
    for (size_t i = 0; i < LAYERS; i++) {
        open_blob(b);
        if (i == 0)
            put_certificates(b);
        open_nesting(b);
    }
    while (b->depth)
        close_value(b);
    struct reading r = read_built(b);
    ck_assert(r.good);
    ck_assert_uint_eq(r.data.signer_count, LAYERS);
    for (unsigned i = 0; i < LAYERS; i++) {
        ck_assert_uint_eq(r.data.signers[i].layer, i);
        ck_assert_ptr_nonnull(r.data.signers[i].leaf);
        ck_assert_span_text(r.data.signers[i].leaf->organization, "Leaf");
    }
    reading_done(&r);
}
END_TEST

START_TEST(more_certificates_than_the_maximum_cut_it_short)
{
    struct der_builder *b = builder_new();
    open_blob(b);
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    for (unsigned i = 0; i <= SIGNED_DATA_CERTIFICATES_MOST; i++)
        put_certificate(b, "issuer", (uint8_t[]){1, (uint8_t)i}, 2, "many");
    close_value(b);
    close_blob(b);
    struct reading r = read_built(b);
    ck_assert(r.good);
    ck_assert_uint_eq(r.data.certificate_count, SIGNED_DATA_CERTIFICATES_MOST);
    ck_assert(r.data.cut_short);
    reading_done(&r);
}
END_TEST

START_TEST(more_signers_than_the_maximum_cut_it_short)
{
    struct der_builder *b = builder_new();
    open_blob(b);
    open_value(b, DER_SET);
    for (unsigned i = 0; i <= SIGNED_DATA_SIGNERS_MOST; i++) {
        open_signer(b, span_of(serial_positive, 3));
        close_value(b);
    }
    close_value(b);
    close_blob(b);
    struct reading r = read_built(b);
    ck_assert(r.good);
    ck_assert_uint_eq(r.data.signer_count, SIGNED_DATA_SIGNERS_MOST);
    ck_assert(r.data.cut_short);
    reading_done(&r);
}
END_TEST

static X509 *certificate_make(EVP_PKEY *key)
{
    X509 *x509 = X509_new();
    X509_set_version(x509, X509_VERSION_3);
    X509_set_pubkey(x509, key);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 7);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "O", V_ASN1_UTF8STRING,
                               (const unsigned char *)"Streamer", -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    ASN1_OCTET_STRING *identifier = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(identifier, (const unsigned char *)"identifier", 10);
    ck_assert_int_eq(X509_add1_ext_i2d(x509, NID_subject_key_identifier, identifier, 0, 0), 1);
    ASN1_OCTET_STRING_free(identifier);
    ck_assert_int_gt(X509_sign(x509, key, EVP_sha256()), 0);
    return x509;
}

/* OpenSSL's CMS writer, streamed: indefinite lengths everywhere, content in pieces, and a signer
 * named by key identifier. */
START_TEST(cms_in_the_indefinite_form_with_a_key_identifier_is_read)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = certificate_make(key);
    struct der_builder *content = builder_new();
    put_indirect_data(content);
    BIO *in = BIO_new_mem_buf(content->bytes, (int)content->len), *out = BIO_new(BIO_s_mem());
    int flags = CMS_USE_KEYID | CMS_STREAM | CMS_PARTIAL | CMS_BINARY;
    CMS_ContentInfo *cms = CMS_sign(x509, key, NULL, in, (unsigned)flags);
    ASN1_OBJECT *type = OBJ_txt2obj("1.3.6.1.4.1.311.2.1.4", 1);
    ck_assert_int_eq(CMS_set1_eContentType(cms, type), 1);
    ck_assert_int_eq(i2d_CMS_bio_stream(out, cms, in, CMS_STREAM | CMS_BINARY), 1);
    char *bytes = NULL;
    long len = BIO_get_mem_data(out, &bytes);
    ck_assert_int_eq((unsigned char)bytes[1], 0x80); /* or this tests nothing */
    struct reading r = read_span(exact_copy(span_of(bytes, (size_t)len)), 0);
    ck_assert(r.good);
    ck_assert_uint_eq(r.data.signer_count, 1);
    ck_assert_uint_eq(r.data.signers[0].serial.len, 0);
    ck_assert_ptr_nonnull(r.data.signers[0].leaf);
    ck_assert_span_text(r.data.signers[0].leaf->organization, "Streamer");
    ck_assert_span_text(r.data.message_digest, DIGEST_TEXT);
    reading_done(&r);
    ASN1_OBJECT_free(type);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
    free(content);
    X509_free(x509);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(what_is_no_signed_data_is_refused)
{
    struct der_builder *b = builder_new();
    put_certificate(b, "issuer", serial_stamp, 1, "no signature");
    struct reading r = read_built(b);
    ck_assert(!r.good);
    reading_done(&r);
}
END_TEST

static unsigned sum_of(const struct span *spans, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < spans[i].len; at++)
            sum += spans[i].data[at];
    }
    return sum;
}

/* Uses every span, so that the sanitizer sees a wrong one. */
static unsigned use(const struct signed_data *data)
{
    unsigned sum = sum_of(&data->message_digest, 1);
    for (size_t i = 0; i < data->certificate_count; i++) {
        const struct certificate *c = &data->certificates[i];
        struct span spans[] = {c->whole, c->tbs, c->spki, c->serial, c->subject, c->organization};
        sum += sum_of(spans, sizeof spans / sizeof spans[0]);
    }
    for (size_t i = 0; i < data->signer_count; i++) {
        const struct signer_info *s = &data->signers[i];
        struct span spans[] = {s->issuer, s->serial, s->opus_name, s->opus_url};
        sum += sum_of(spans, sizeof spans / sizeof spans[0]);
        sum += s->leaf ? sum_of(&s->leaf->common_name, 1) : 0;
    }
    return sum;
}

START_TEST(every_prefix_is_refused)
{
    struct span all = builder_take(build_nested(2));
    for (size_t len = 0; len < all.len; len++) {
        struct reading r = read_span(exact_copy(span_first(all, len)), 0);
        ck_assert(!r.good);
        reading_done(&r);
    }
    exact_free(all);
}
END_TEST

START_TEST(every_flipped_byte_is_safe)
{
    struct span all = builder_take(build_nested(2));
    size_t good = 0, with_parts = 0;
    for (size_t i = 0; i < all.len; i++) {
        struct span copy = exact_copy(all);
        ((uint8_t *)(uintptr_t)copy.data)[i] ^= (i & 1) ? 0xff : 0x01;
        struct reading r = read_span(copy, 0);
        if (r.good) {
            good++;
            with_parts += use(&r.data) > 0;
        }
        reading_done(&r);
    }
    ck_assert_uint_gt(good, all.len / 2);
    ck_assert_uint_gt(with_parts, all.len / 2);
    exact_free(all);
}
END_TEST

START_TEST(every_memory_cap_is_safe_and_says_so)
{
    struct span all = builder_take(build_nested(2));
    size_t cut = 0;
    for (bool complete = false; !complete; cut++) {
        struct reading r = read_span(exact_copy(all), 1 + cut * 61);
        ck_assert(r.good);
        ck_assert_uint_gt(use(&r.data), 0);
        ck_assert_int_eq(r.data.cut_short, r.arena.failed);
        complete = !r.data.cut_short;
        ck_assert_uint_lt(cut, 10000);
        reading_done(&r);
    }
    ck_assert_uint_gt(cut, 10);
    exact_free(all);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_signer_names_its_certificate_by_both_issuer_and_serial_or_by_its_key)                   \
    TEST(the_leaf_is_the_certificate_that_the_signer_names)                                        \
    TEST(a_signer_whose_certificate_is_not_enclosed_has_no_leaf)                                   \
    TEST(the_opus_name_and_url_are_read_in_each_encoding)                                          \
    TEST(several_signatures_nested_in_one_set_are_all_read)                                        \
    TEST(more_nested_signatures_than_the_maximum_cut_it_short)                                     \
    TEST(signatures_nested_in_each_other_are_all_read)                                             \
    TEST(more_certificates_than_the_maximum_cut_it_short)                                          \
    TEST(more_signers_than_the_maximum_cut_it_short)                                               \
    TEST(cms_in_the_indefinite_form_with_a_key_identifier_is_read)                                 \
    TEST(what_is_no_signed_data_is_refused)                                                        \
    TEST(every_prefix_is_refused)                                                                  \
    TEST(every_flipped_byte_is_safe)                                                               \
    TEST(every_memory_cap_is_safe_and_says_so)
#include "check_main.h"
