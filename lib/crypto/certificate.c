/* certificate.c - the facts in an X.509 certificate (RFC 5280) */
#include "crypto/certificate.h"

#define OID(bytes) (bytes), sizeof(bytes) - 1

/* The digest of a signature algorithm.  RSASSA-PSS names it in its parameters. */
static const struct {
    const char *oid;
    size_t len;
    enum digest_algorithm digest;
} signature_algorithms[] = {
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"), DIGEST_MD5},    /* md5WithRSAEncryption */
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"), DIGEST_SHA1},   /* sha1WithRSAEncryption */
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), DIGEST_SHA256}, /* sha256WithRSAEncryption */
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), DIGEST_SHA384}, /* sha384WithRSAEncryption */
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), DIGEST_SHA512}, /* sha512WithRSAEncryption */
    {OID("\x2b\x0e\x03\x02\x03"), DIGEST_MD5},                    /* OIW md5WithRSA */
    {OID("\x2b\x0e\x03\x02\x1d"), DIGEST_SHA1},                   /* OIW sha1WithRSA */
    {OID("\x2a\x86\x48\xce\x38\x04\x03"), DIGEST_SHA1},           /* dsa-with-sha1 */
    {OID("\x60\x86\x48\x01\x65\x03\x04\x03\x02"), DIGEST_SHA256}, /* dsa-with-sha256 */
    {OID("\x2a\x86\x48\xce\x3d\x04\x01"), DIGEST_SHA1},           /* ecdsa-with-SHA1 */
    {OID("\x2a\x86\x48\xce\x3d\x04\x03\x02"), DIGEST_SHA256},     /* ecdsa-with-SHA256 */
    {OID("\x2a\x86\x48\xce\x3d\x04\x03\x03"), DIGEST_SHA384},     /* ecdsa-with-SHA384 */
    {OID("\x2a\x86\x48\xce\x3d\x04\x03\x04"), DIGEST_SHA512},     /* ecdsa-with-SHA512 */
};

static const struct {
    const char *oid;
    size_t len;
    enum digest_algorithm digest;
} hash_algorithms[] = {
    {OID("\x2a\x86\x48\x86\xf7\x0d\x02\x05"), DIGEST_MD5},
    {OID("\x2b\x0e\x03\x02\x1a"), DIGEST_SHA1},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), DIGEST_SHA256},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), DIGEST_SHA384},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), DIGEST_SHA512},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* RSASSA-PSS-params (RFC 8017 A.2.3): the hash is [0] and SHA-1 if absent. */
static enum digest_algorithm pss_digest(struct span after_oid)
{
    struct der_value params, wrapped, algorithm, oid;
    if (!vpi_der_expect(&after_oid, DER_SEQUENCE, &params) ||
        !vpi_der_expect(&params.content, DER_CONTEXT_CONSTRUCTED, &wrapped))
        return DIGEST_SHA1;
    if (!vpi_der_expect(&wrapped.content, DER_SEQUENCE, &algorithm) ||
        !vpi_der_expect(&algorithm.content, DER_OID, &oid))
        return (enum digest_algorithm)0;
    for (size_t i = 0; i < COUNT(hash_algorithms); i++) {
        if (der_oid_is(oid.content, hash_algorithms[i].oid, hash_algorithms[i].len))
            return hash_algorithms[i].digest;
    }
    return (enum digest_algorithm)0;
}

enum digest_algorithm vpi_algorithm_digest(struct span algorithm)
{
    struct der_value oid;
    if (!vpi_der_expect(&algorithm, DER_OID, &oid))
        return (enum digest_algorithm)0;
    for (size_t i = 0; i < COUNT(hash_algorithms); i++) {
        if (der_oid_is(oid.content, hash_algorithms[i].oid, hash_algorithms[i].len))
            return hash_algorithms[i].digest;
    }
    for (size_t i = 0; i < COUNT(signature_algorithms); i++) {
        if (der_oid_is(oid.content, signature_algorithms[i].oid, signature_algorithms[i].len))
            return signature_algorithms[i].digest;
    }
    if (der_oid_is(oid.content, OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")))
        return pss_digest(algorithm);
    return (enum digest_algorithm)0;
}

/* Where the attributes of a Name go; the last value of each is decoded at the end, so that a
 * thousand of them cost no memory. */
struct attribute {
    const char *oid;
    size_t len;
    struct span *to;
    struct der_value last;
};

static void name_walk(struct span name, struct attribute *attributes, size_t count)
{
    struct der_value sequence, set, pair, oid, value;
    if (!vpi_der_expect(&name, DER_SEQUENCE, &sequence))
        return;
    while (vpi_der_next(&sequence.content, &set)) {
        while (vpi_der_next(&set.content, &pair)) {
            if (!vpi_der_expect(&pair.content, DER_OID, &oid) ||
                !vpi_der_next(&pair.content, &value))
                continue;
            for (size_t i = 0; i < count; i++) {
                if (der_oid_is(oid.content, attributes[i].oid, attributes[i].len))
                    attributes[i].last = value;
            }
        }
    }
}

/* False: no memory. */
static bool subject_read(struct arena *arena, struct certificate *certificate)
{
    struct attribute attributes[] = {
        {.oid = "\x55\x04\x0a", .len = 3, .to = &certificate->organization},
        {.oid = "\x55\x04\x0b", .len = 3, .to = &certificate->organizational_unit},
        {.oid = "\x55\x04\x03", .len = 3, .to = &certificate->common_name},
        {.oid = "\x55\x04\x06", .len = 3, .to = &certificate->country},
        {.oid = "\x55\x04\x05", .len = 3, .to = &certificate->serial_number},
        /* jurisdictionOfIncorporationCountryName: CA/Browser Forum EV Guidelines, 9.2.4 */
        {.oid = "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03",
         .len = 11,
         .to = &certificate->jurisdiction_country},
    };
    name_walk(certificate->subject, attributes, COUNT(attributes));
    for (size_t i = 0; i < COUNT(attributes); i++) {
        struct attribute *a = &attributes[i];
        if (a->last.tag && !vpi_der_string(arena, &a->last, a->to) && arena->failed)
            return false;
    }
    return true;
}

bool vpi_name_common(struct arena *arena, struct span name, struct span *ret)
{
    struct attribute common = {.oid = "\x55\x04\x03", .len = 3, .to = ret};
    name_walk(name, &common, 1);
    return common.last.tag && vpi_der_string(arena, &common.last, ret);
}

static void usages_read(struct span usages, struct certificate *certificate)
{
    struct der_value sequence, oid;
    certificate->has_usages = true;
    if (!vpi_der_expect(&usages, DER_SEQUENCE, &sequence))
        return;
    while (vpi_der_expect(&sequence.content, DER_OID, &oid)) {
        if (der_oid_is(oid.content, OID("\x2b\x06\x01\x05\x05\x07\x03\x03")))
            certificate->code_signing = true;
        else if (der_oid_is(oid.content, OID("\x2b\x06\x01\x05\x05\x07\x03\x08")))
            certificate->time_stamping = true;
        else if (der_oid_is(oid.content, OID("\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0d")))
            certificate->lifetime_signing = true;
        else if (der_oid_is(oid.content, OID("\x55\x1d\x25\x00")))
            certificate->any_usage = true;
    }
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, ... } */
static bool constraints_say_ca(struct span constraints)
{
    struct der_value sequence, ca;
    return vpi_der_expect(&constraints, DER_SEQUENCE, &sequence) &&
           vpi_der_expect(&sequence.content, DER_BOOLEAN, &ca) && ca.content.len == 1 &&
           ca.content.data[0] != 0;
}

static void extensions_read(struct span wrapped, struct certificate *certificate)
{
    struct der_value sequence, extension, oid, critical, value;
    if (!vpi_der_expect(&wrapped, DER_SEQUENCE, &sequence))
        return;
    while (vpi_der_expect(&sequence.content, DER_SEQUENCE, &extension)) {
        struct span rest = extension.content;
        if (!vpi_der_expect(&rest, DER_OID, &oid))
            continue;
        (void)vpi_der_expect(&rest, DER_BOOLEAN, &critical);
        if (!vpi_der_expect(&rest, DER_OCTET_STRING, &value))
            continue;
        if (der_oid_is(oid.content, OID("\x55\x1d\x13"))) {
            certificate->is_ca |= constraints_say_ca(value.content);
        } else if (der_oid_is(oid.content, OID("\x55\x1d\x25"))) {
            usages_read(value.content, certificate);
        } else if (der_oid_is(oid.content, OID("\x55\x1d\x0e"))) {
            struct der_value identifier;
            if (vpi_der_expect(&value.content, DER_OCTET_STRING, &identifier))
                certificate->key_identifier = identifier.content;
        }
    }
}

static bool validity_read(struct span *tbs, struct certificate *certificate)
{
    struct der_value validity, before, after;
    if (!vpi_der_expect(tbs, DER_SEQUENCE, &validity) ||
        !vpi_der_next(&validity.content, &before) || !vpi_der_next(&validity.content, &after))
        return false;
    certificate->not_before = before.content;
    certificate->not_after = after.content;
    return true;
}

/* TBSCertificate up to the key, then whatever extensions there are. */
static bool tbs_read(struct span tbs, struct certificate *certificate)
{
    struct der_value version, serial, algorithm, issuer, subject, key, rest;
    (void)vpi_der_expect(&tbs, DER_CONTEXT_CONSTRUCTED, &version);
    if (!vpi_der_expect(&tbs, DER_INTEGER, &serial) ||
        !vpi_der_expect(&tbs, DER_SEQUENCE, &algorithm) ||
        !vpi_der_expect(&tbs, DER_SEQUENCE, &issuer) || !validity_read(&tbs, certificate) ||
        !vpi_der_expect(&tbs, DER_SEQUENCE, &subject) || !vpi_der_expect(&tbs, DER_SEQUENCE, &key))
        return false;
    certificate->serial = serial.content;
    certificate->issuer = issuer.whole;
    certificate->subject = subject.whole;
    certificate->spki = key.whole;
    while (vpi_der_next(&tbs, &rest)) {
        if (rest.tag == (DER_CONTEXT_CONSTRUCTED | 3)) {
            certificate->extensions = rest.content;
            extensions_read(rest.content, certificate);
        }
    }
    return true;
}

bool vpi_certificate_read(struct arena *arena, struct span der, struct certificate *ret)
{
    struct der_value whole, tbs, algorithm, signature;
    struct certificate certificate = {.whole = {NULL, 0}};
    if (!vpi_der_expect(&der, DER_SEQUENCE, &whole))
        return false;
    struct span rest = whole.content;
    if (!vpi_der_expect(&rest, DER_SEQUENCE, &tbs) ||
        !vpi_der_expect(&rest, DER_SEQUENCE, &algorithm) ||
        !vpi_der_expect(&rest, DER_BIT_STRING, &signature))
        return false;
    certificate.whole = whole.whole;
    certificate.tbs = tbs.whole;
    certificate.signature_digest = vpi_algorithm_digest(algorithm.content);
    if (!tbs_read(tbs.content, &certificate) || !subject_read(arena, &certificate))
        return false;
    *ret = certificate;
    return true;
}
