/* forge.h - throw-away authorities, and Authenticode signatures as right or as wrong as a test
 * wants
 *
 * Keys and certificates are made by OpenSSL, SignedData by der_builder.h, so that each field can be
 * a lie.
 */
#ifndef TESTS_TRUST_FORGE_H
#define TESTS_TRUST_FORGE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto/der_builder.h"
#include "pe_build.h"
#include "trust/signed_data.h"

#define TYPE_INDIRECT   "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04"
#define TYPE_DATA       "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define TYPE_TST_INFO   "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04"
#define OID_TOKEN       "\x2b\x06\x01\x04\x01\x82\x37\x03\x03\x01"
#define OID_APPLE_TOKEN "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e"
#define OID_COUNTER     "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06"
#define OID_NESTED      "\x2b\x06\x01\x04\x01\x82\x37\x02\x04\x01"
#define HASH_MD5_OID    "\x2a\x86\x48\x86\xf7\x0d\x02\x05"
#define HASH_SHA1_OID   "\x2b\x0e\x03\x02\x1a"
#define HASH_SHA256_OID "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define ECDSA_SHA256    "\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define ECDSA_SHA1      "\x2a\x86\x48\xce\x3d\x04\x01"
#define RSA_ENCRYPTION  "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"

/* 0 is SHA-256 wherever a digest is asked for here. */
static inline const EVP_MD *digest_md(enum digest_algorithm digest)
{
    return digest == DIGEST_MD5 ? EVP_md5() : digest == DIGEST_SHA1 ? EVP_sha1() : EVP_sha256();
}

static inline const char *digest_oid(enum digest_algorithm digest)
{
    return digest == DIGEST_MD5    ? HASH_MD5_OID
           : digest == DIGEST_SHA1 ? HASH_SHA1_OID
                                   : HASH_SHA256_OID;
}

/* Whoever signs: a key and its certificate. */
struct party {
    EVP_PKEY *key;
    X509 *x509;
    struct span der;
    struct arena arena;
    struct certificate facts;
};

struct party_how {
    const char *organization, *registration; /* the latter with RU as its jurisdiction */
    const struct party *issuer;              /* NULL: itself */
    const char *usages;                      /* OpenSSL's words, or NULL */
    const char *unit, *common_name;          /* or NULL */
    const char *marker;                      /* OID of a critical extension, or NULL */
    enum digest_algorithm digest;            /* of its issuer's signature; 0: SHA-256 */
    bool authority, negative;                /* the latter: its serial number is */
    unsigned rsa;                            /* bits of an RSA key; 0: P-256 */
    int from, to;                            /* years; 0: 2020 and 2040 */
};

static inline void party_extend(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    ck_assert_ptr_nonnull(extension);
    ck_assert_int_eq(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

/* As Apple says what a certificate is for. */
static inline void party_mark(X509 *x509, const char *oid)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ck_assert(object && value && ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05", 2));
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, object, 1, value);
    ck_assert_ptr_nonnull(extension);
    ck_assert_int_eq(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
}

static inline void party_name(X509_NAME *name, const char *field, const char *value)
{
    ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                                (const unsigned char *)value, -1, -1, 0),
                     1);
}

static inline struct party party_new(struct party_how how)
{
    static long serial = 1000;
    struct party p = {.key = how.rsa ? EVP_RSA_gen(how.rsa) : EVP_EC_gen("P-256"),
                      .x509 = X509_new()};
    char time[32];
    ck_assert(p.key && p.x509);
    X509_set_version(p.x509, 2);
    ++serial;
    ASN1_INTEGER_set(X509_get_serialNumber(p.x509), how.negative ? -serial : serial);
    snprintf(time, sizeof time, "%d0101000000Z", how.from ? how.from : 2020);
    ASN1_TIME_set_string(X509_getm_notBefore(p.x509), time);
    snprintf(time, sizeof time, "%d0101000000Z", how.to ? how.to : 2040);
    ASN1_TIME_set_string(X509_getm_notAfter(p.x509), time);
    X509_NAME *name = X509_get_subject_name(p.x509);
    party_name(name, "O", how.organization);
    if (how.unit)
        party_name(name, "OU", how.unit);
    if (how.common_name)
        party_name(name, "CN", how.common_name);
    if (how.registration) {
        party_name(name, "jurisdictionC", "RU");
        party_name(name, "serialNumber", how.registration);
    }
    X509_set_issuer_name(p.x509, how.issuer ? X509_get_subject_name(how.issuer->x509) : name);
    X509_set_pubkey(p.x509, p.key);
    if (how.authority)
        party_extend(p.x509, NID_basic_constraints, "critical,CA:TRUE");
    if (how.usages)
        party_extend(p.x509, NID_ext_key_usage, how.usages);
    if (how.marker)
        party_mark(p.x509, how.marker);
    X509_sign(p.x509, how.issuer ? how.issuer->key : p.key, digest_md(how.digest));
    unsigned char *der = NULL;
    int len = i2d_X509(p.x509, &der);
    ck_assert_int_gt(len, 0);
    p.der = exact_copy(span_of(der, (size_t)len));
    OPENSSL_free(der);
    vpi_arena_init(&p.arena, 0);
    ck_assert(vpi_certificate_read(&p.arena, p.der, &p.facts));
    return p;
}

static inline void party_free(struct party *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->x509);
    exact_free(p->der);
    vpi_arena_done(&p->arena);
}

/* The last one is a token where Apple has it. */
enum stamp { STAMP_NONE, STAMP_PKCS9, STAMP_TOKEN, STAMP_APPLE };

/* One signature.  Lies: what is not set is right. */
struct forgery {
    const struct party *signer; /* whose key signs */
    const struct party *named;  /* whose certificate the SignerInfo names; NULL: the signer's */
    const struct party *enclosed[6];
    const uint8_t *file_digest;
    struct span file_digests;             /* instead: an MSIX package has several */
    enum digest_algorithm digest;         /* of the file and of the signature */
    enum digest_algorithm file_digest_is; /* of the file alone; 0: the same */
    const char *says_type;                /* contentType; NULL: what it is */
    bool wrong_message_digest, two_message_digests;
    bool two_types;  /* contentType has two values, and both are right */
    bool indefinite; /* the attributes are in the indefinite form, and signed so */
    bool bare;       /* an RSA signature without its DigestInfo */
    enum stamp stamp;
    const struct party *stamper;
    const char *time;                   /* of the stamp: YYYYMMDDHHMMSSZ */
    const struct party *stamp_named;    /* as `named`, of the stamp */
    const struct party *stamper_before; /* a PKCS#9 stamp of his stands before it */
    const char *stamp_type;             /* of a token's content; NULL: TSTInfo */
    bool stamp_of_another, stamp_bare;
    enum digest_algorithm stamp_digest;
    struct span nested; /* a whole blob */
    struct span more;   /* other signed attributes */
};

static inline size_t hash(enum digest_algorithm digest, struct span bytes, uint8_t *to)
{
    unsigned len = 0;
    ck_assert_int_eq(EVP_Digest(bytes.data, bytes.len, to, &len, digest_md(digest), NULL), 1);
    return len;
}

static inline void put_algorithm_of(struct der_builder *b, const char *oid)
{
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, oid);
    close_value(b);
}

static inline void put_attribute(struct der_builder *b, const char *oid, uint8_t tag,
                                 const void *value, size_t len, unsigned times)
{
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, oid);
    open_value(b, DER_SET);
    while (times-- > 0)
        put_value(b, tag, value, len);
    close_value(b);
    close_value(b);
}

static inline const char *signature_oid(const struct forgery *f)
{
    if (EVP_PKEY_get_base_id(f->signer->key) == EVP_PKEY_RSA)
        return RSA_ENCRYPTION;
    return f->digest == DIGEST_SHA1 ? ECDSA_SHA1 : ECDSA_SHA256;
}

/* With `bare`, an RSA key signs the digest without saying which one it is. */
static inline void sign_bytes(const struct forgery *f, struct span bytes, uint8_t *to, size_t *len)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t digest_len = hash(f->digest, bytes, digest);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(f->signer->key, NULL);
    ck_assert_int_eq(EVP_PKEY_sign_init(context), 1);
    if (!f->bare)
        ck_assert_int_eq(EVP_PKEY_CTX_set_signature_md(context, digest_md(f->digest)), 1);
    ck_assert_int_eq(EVP_PKEY_sign(context, to, len, digest, digest_len), 1);
    EVP_PKEY_CTX_free(context);
}

/* X.690, 8.1.3.6: the value's own length is left open. */
static inline void make_indefinite(struct der_builder *b)
{
    struct span rest = span_of(b->bytes, b->len);
    struct der_value value;
    ck_assert(vpi_der_next(&rest, &value));
    struct span content = exact_copy(value.content);
    b->len = 1;
    put_raw(b, "\x80", 1);
    put_raw(b, content.data, content.len);
    put_raw(b, "\0\0", 2);
    exact_free(content);
}

/* A SignerInfo over `octets`; `more` is content for the unsigned attributes. */
static inline void put_signer_info(struct der_builder *b, const struct forgery *f, const char *type,
                                   struct span octets, const char *time,
                                   void (*more)(struct der_builder *, const struct forgery *,
                                                struct span signature))
{
    const struct party *named = f->named ? f->named : f->signer;
    struct der_builder *attributes = builder_new();
    uint8_t digest[EVP_MAX_MD_SIZE], signature[512];
    size_t digest_len = hash(f->digest, octets, digest), signature_len = sizeof signature;
    digest[0] ^= f->wrong_message_digest;
    const char *says = f->says_type ? f->says_type : type;
    open_value(attributes, DER_SET);
    put_attribute(attributes, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03", DER_OID, says, strlen(says),
                  f->two_types ? 2 : 1);
    if (time)
        put_attribute(attributes, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05", DER_GENERALIZED_TIME,
                      time, strlen(time), 1);
    put_attribute(attributes, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04", DER_OCTET_STRING, digest,
                  digest_len, f->two_message_digests ? 2 : 1);
    put_raw(attributes, f->more.data, f->more.len);
    close_value(attributes);
    if (f->indefinite)
        make_indefinite(attributes);
    sign_bytes(f, span_of(attributes->bytes, attributes->len), signature, &signature_len);
    attributes->bytes[0] = DER_CONTEXT_CONSTRUCTED;

    open_value(b, DER_SEQUENCE);
    put_value(b, DER_INTEGER, "\x01", 1);
    open_value(b, DER_SEQUENCE);
    put_raw(b, named->facts.issuer.data, named->facts.issuer.len);
    put_value(b, DER_INTEGER, named->facts.serial.data, named->facts.serial.len);
    close_value(b);
    put_algorithm_of(b, digest_oid(f->digest));
    put_raw(b, attributes->bytes, attributes->len);
    free(attributes);
    put_algorithm_of(b, signature_oid(f));
    put_value(b, DER_OCTET_STRING, signature, signature_len);
    if (more) {
        open_value(b, DER_CONTEXT_CONSTRUCTED | 1);
        more(b, f, span_of(signature, signature_len));
        close_value(b);
    }
    close_value(b);
}

/* ContentInfo up to the content's type; then content, certificates, signers and close_blob. */
static inline void open_signed(struct der_builder *b, enum digest_algorithm digest)
{
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_INTEGER, "\x01", 1);
    open_value(b, DER_SET);
    put_algorithm_of(b, digest_oid(digest));
    close_value(b);
}

static inline void close_signed(struct der_builder *b)
{
    close_value(b);
    close_value(b);
    close_value(b);
}

static inline void put_parties(struct der_builder *b, const struct party *const *parties)
{
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    for (; *parties; parties++)
        put_raw(b, (*parties)->der.data, (*parties)->der.len);
    close_value(b);
}

/* An RFC 3161 token over `imprinted`. */
static inline void put_token(struct der_builder *b, const struct forgery *f, struct span imprinted)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    struct der_builder *info = builder_new();
    const struct party *named = f->stamp_named ? f->stamp_named : f->stamper;
    struct forgery stamp = {.signer = f->stamper, .named = named, .enclosed = {named}};
    const char *type = f->stamp_type ? f->stamp_type : TYPE_TST_INFO;
    open_value(info, DER_SEQUENCE);
    put_value(info, DER_INTEGER, "\x01", 1);
    put_text(info, DER_OID, "\x2a\x03");
    open_value(info, DER_SEQUENCE);
    put_algorithm_of(info, HASH_SHA256_OID);
    put_value(info, DER_OCTET_STRING, digest, hash(DIGEST_SHA256, imprinted, digest));
    close_value(info);
    put_value(info, DER_INTEGER, "\x05", 1);
    put_text(info, DER_GENERALIZED_TIME, f->time);
    close_value(info);
    open_signed(b, DIGEST_SHA256);
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, type);
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    put_value(b, DER_OCTET_STRING, info->bytes, info->len);
    close_value(b);
    close_value(b);
    put_parties(b, stamp.enclosed);
    open_value(b, DER_SET);
    put_signer_info(b, &stamp, type, span_of(info->bytes, info->len), NULL, NULL);
    close_value(b);
    close_signed(b);
    free(info);
}

static inline void put_unsigned(struct der_builder *b, const struct forgery *f,
                                struct span signature)
{
    struct span imprinted = f->stamp_of_another ? span_text("another") : signature;
    struct forgery stamp = {.signer = f->stamper,
                            .named = f->stamp_named,
                            .digest = f->stamp_digest,
                            .bare = f->stamp_bare};
    if (f->stamper_before) {
        struct forgery before = {.signer = f->stamper_before};
        open_value(b, DER_SEQUENCE);
        put_text(b, DER_OID, OID_COUNTER);
        open_value(b, DER_SET);
        put_signer_info(b, &before, TYPE_DATA, signature, f->time, NULL);
        close_value(b);
        close_value(b);
    }
    if (f->stamp != STAMP_NONE) {
        open_value(b, DER_SEQUENCE);
        put_text(b, DER_OID,
                 f->stamp == STAMP_APPLE   ? OID_APPLE_TOKEN
                 : f->stamp == STAMP_TOKEN ? OID_TOKEN
                                           : OID_COUNTER);
        open_value(b, DER_SET);
        if (f->stamp != STAMP_PKCS9)
            put_token(b, f, imprinted);
        else
            put_signer_info(b, &stamp, TYPE_DATA, imprinted, f->time, NULL);
        close_value(b);
        close_value(b);
    }
    if (f->nested.len) {
        open_value(b, DER_SEQUENCE);
        put_text(b, DER_OID, OID_NESTED);
        open_value(b, DER_SET);
        put_raw(b, f->nested.data, f->nested.len);
        close_value(b);
        close_value(b);
    }
}

/* A blob that signs `whole`, a value of the type; exact_free() it. */
static struct span forge_over(const struct forgery *f, const char *type, struct span whole)
{
    struct der_builder *b = builder_new();
    struct span rest = whole;
    struct der_value value;
    ck_assert(vpi_der_next(&rest, &value));
    open_signed(b, f->digest);
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, type);
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    put_raw(b, whole.data, whole.len);
    close_value(b);
    close_value(b);
    put_parties(b, f->enclosed);
    open_value(b, DER_SET);
    put_signer_info(b, f, type, value.content, NULL,
                    f->stamp != STAMP_NONE || f->nested.len ? put_unsigned : NULL);
    close_value(b);
    close_signed(b);
    return builder_take(b);
}

/* The whole blob; exact_free() it. */
static inline struct span forge(const struct forgery *f)
{
    struct der_builder *content = builder_new();
    open_value(content, DER_SEQUENCE);
    put_algorithm_of(content, "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f");
    open_value(content, DER_SEQUENCE);
    enum digest_algorithm digest = f->file_digest_is ? f->file_digest_is : f->digest;
    put_algorithm_of(content, digest_oid(digest));
    if (f->file_digests.len)
        put_value(content, DER_OCTET_STRING, f->file_digests.data, f->file_digests.len);
    else
        put_value(content, DER_OCTET_STRING, f->file_digest,
                  (size_t)EVP_MD_get_size(digest_md(digest)));
    close_value(content);
    close_value(content);
    struct span blob = forge_over(f, TYPE_INDIRECT, span_of(content->bytes, content->len));
    free(content);
    return blob;
}

/* ---- the file */

struct target {
    struct pe_build pe;     /* unsigned */
    uint8_t digests[3][32]; /* SHA-1, SHA-256, MD5 */
};

/* With `reach`, the last section says that it goes on by so many bytes behind the file. */
static inline void target_init(struct target *t, size_t reach)
{
    pe_build_init(&t->pe, true);
    pe_put(pe_section(&t->pe, ".text"), "some code", 9);
    pe_put(pe_section(&t->pe, ".data"), "room for a table: 0123456789abcdef", 34);
    pe_finish(&t->pe);
    ck_assert_uint_eq(t->pe.len % 8, 0);
    struct pe_bytes view = {.data = t->pe.bytes, .len = t->pe.len};
    pe_set_uint(&view, t->pe.sections_off + 40 + 16, t->pe.len - t->pe.sections[1].raw_off + reach,
                4);
    uint8_t *covered = malloc(t->pe.len);
    size_t len = 0, parts[][2] = {{0, t->pe.checksum_off},
                                  {t->pe.checksum_off + 4, t->pe.security_off},
                                  {t->pe.security_off + 8, t->pe.len}};
    for (size_t i = 0; i < 3; i++) {
        memcpy(covered + len, t->pe.bytes + parts[i][0], parts[i][1] - parts[i][0]);
        len += parts[i][1] - parts[i][0];
    }
    static const enum digest_algorithm all[] = {DIGEST_SHA1, DIGEST_SHA256, DIGEST_MD5};
    for (int i = 0; i < 3; i++)
        hash(all[i], span_of(covered, len), t->digests[i]);
    free(covered);
}

/* The target with a certificate table of one entry, whose content is `blob` and `padding` bytes of
 * 'P' inside of what the entry says is its own; exact_free() it. */
static inline struct span target_signed(const struct target *t, struct span blob, size_t padding)
{
    size_t entry = 8 + blob.len + padding, table = (entry + 7) / 8 * 8;
    uint8_t *bytes = calloc(1, t->pe.len + table);
    memcpy(bytes, t->pe.bytes, t->pe.len);
    struct pe_bytes view = {.data = bytes, .len = t->pe.len + table};
    pe_set_uint(&view, t->pe.security_off, t->pe.len, 4);
    pe_set_uint(&view, t->pe.security_off + 4, table, 4);
    pe_set_uint(&view, t->pe.len, entry, 4);
    pe_set_uint(&view, t->pe.len + 4, 0x200, 2);
    pe_set_uint(&view, t->pe.len + 6, 2, 2);
    memcpy(bytes + t->pe.len + 8, blob.data, blob.len);
    memset(bytes + t->pe.len + 8 + blob.len, 'P', padding);
    return span_of(bytes, t->pe.len + table);
}

#endif
