/* apple_signer.c - what Apple's certificates and signed attributes say
 *
 * Apple Security, OSX/libsecurity_codesigning/lib: StaticCode.cpp (isAppleDeveloperCert,
 * verifySignature), reqinterp.cpp (appleSigned), LWCRHelper.mm (the store's markers).
 */
#include "trust/apple.h"

#define OID(bytes)       (bytes), sizeof(bytes) - 1
#define APPLE_ARC        "\x2a\x86\x48\x86\xf7\x63\x64"
#define OID_DIRECTORIES  OID(APPLE_ARC "\x09\x01") /* property list: cdhashes */
#define OID_DIRECTORIES2 OID(APPLE_ARC "\x09\x02") /* SET OF SEQUENCE { algorithm, digest } */

enum { PLIST_MOST = 16 << 10 };

static const struct marker {
    const char *oid; /* below 1.2.840.113635.100.6 */
    uint8_t len;
    enum apple_signer signer;
} markers[] = {
    {"\x01\x0d", 2, APPLE_DEVELOPER_ID}, {"\x01\x04", 2, APPLE_DISTRIBUTION}, /* iPhone */
    {"\x01\x07", 2, APPLE_DISTRIBUTION},                                      /* Mac */
    {"\x01\x02", 2, APPLE_DEVELOPMENT},                                       /* iPhone, Apple */
    {"\x01\x0c", 2, APPLE_DEVELOPMENT},                                       /* Mac */
    {"\x01\x09", 2, APPLE_STORE},                                             /* Mac */
    {"\x01\x03", 2, APPLE_STORE},                                             /* iOS */
    {"\x01\x18", 2, APPLE_STORE},                                             /* tvOS */
    {"\x01\x19\x01", 3, APPLE_STORE},                                         /* TestFlight */
    {"\x16", 1, APPLE_SOFTWARE},
};

/* Whether the certificate has the extension APPLE_ARC 6 `oid`. */
static bool has_marker(const struct certificate *certificate, const char *oid, size_t len)
{
    static const char arc[] = APPLE_ARC "\x06";
    struct span wrapped = certificate->extensions;
    struct der_value all, extension, type;
    if (!vpi_der_expect(&wrapped, DER_SEQUENCE, &all))
        return false;
    while (vpi_der_expect(&all.content, DER_SEQUENCE, &extension)) {
        if (vpi_der_expect(&extension.content, DER_OID, &type) &&
            type.content.len == sizeof arc - 1 + len &&
            memcmp(type.content.data, arc, sizeof arc - 1) == 0 &&
            memcmp(type.content.data + sizeof arc - 1, oid, len) == 0)
            return true;
    }
    return false;
}

/* What the requirements "Developer ID" and "anchor apple" demand of the issuer. */
static bool issuer_fits(enum apple_signer signer, const struct certificate *issuer)
{
    if (signer == APPLE_DEVELOPER_ID)
        return has_marker(issuer, "\x02\x06", 2);
    if (signer == APPLE_SOFTWARE)
        return span_equal(issuer->common_name,
                          span_text("Apple Code Signing Certification Authority")) &&
               span_equal(issuer->organization, span_text("Apple Inc."));
    return true;
}

enum apple_signer vpi_apple_signer(const struct certificate *leaf, const struct certificate *issuer)
{
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        if (has_marker(leaf, markers[i].oid, markers[i].len))
            return !issuer || issuer_fits(markers[i].signer, issuer) ? markers[i].signer
                                                                     : APPLE_NOBODY;
    }
    return APPLE_NOBODY;
}

const char *vpi_apple_signer_name(enum apple_signer signer)
{
    static const char *const names[APPLE_SIGNERS] = {
        "", "developer-id", "distribution", "development", "app-store", "apple-software"};
    return (unsigned)signer < APPLE_SIGNERS ? names[signer] : "";
}

struct span vpi_apple_team(const struct certificate *leaf)
{
    switch (vpi_apple_signer(leaf, NULL)) {
    case APPLE_DEVELOPER_ID:
    case APPLE_DISTRIBUTION:
    case APPLE_DEVELOPMENT:
        return leaf->organizational_unit;
    default:
        return span_of(NULL, 0);
    }
}

/* Whether `values` has one digest for each directory, and that of each whose hash we know. */
static bool ties_by_digest(struct span values, const struct code_signature *code)
{
    size_t count = 0, hits = 0, known = 0;
    struct der_value entry, algorithm, digest;
    while (vpi_der_expect(&values, DER_SEQUENCE, &entry)) {
        struct span rest = entry.content;
        count++;
        if (!vpi_der_expect(&rest, DER_OID, &algorithm) ||
            !vpi_der_expect(&rest, DER_OCTET_STRING, &digest))
            continue;
        for (size_t i = 0; i < code->directory_count; i++) {
            const struct code_directory *d = &code->directories[i];
            hits += d->algorithm && d->algorithm == vpi_algorithm_digest(entry.content) &&
                    span_equal(digest.content, span_of(d->digest, vpi_digest_len(d->algorithm)));
        }
    }
    for (size_t i = 0; i < code->directory_count; i++)
        known += code->directories[i].algorithm != 0;
    return count == code->directory_count && hits == known;
}

static size_t base64_put(struct span bytes, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t three = (uint32_t)bytes.data[i] << 16;
        three |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        three |= left > 2 ? bytes.data[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            to[len++] = k <= left ? digits[three >> (18 - 6 * k) & 63] : '=';
    }
    return len;
}

/* The property list without its white space. */
static bool squeeze(struct arena *arena, struct span text, struct span *ret)
{
    size_t len = 0;
    uint8_t *to = text.len <= PLIST_MOST ? vpi_arena_alloc(arena, text.len + 1) : NULL;
    for (size_t i = 0; to && i < text.len; i++) {
        if (text.data[i] > ' ')
            to[len++] = text.data[i];
    }
    *ret = span_of(to, len);
    return to != NULL;
}

/* <key>cdhashes</key><array><data>...</data>...</array>, in the order of the directories. */
static bool ties_by_list(struct arena *arena, struct span values, const struct code_signature *code)
{
    static const char begin[] = "<key>cdhashes</key><array>";
    struct der_value list;
    struct span text;
    char expected[sizeof begin + CODE_DIRECTORIES_MOST * 48];
    size_t len = sizeof begin - 1;
    memcpy(expected, begin, len);
    for (size_t i = 0; i < code->directory_count; i++) {
        memcpy(expected + len, "<data>", 6);
        len += 6;
        len += base64_put(span_of(code->directories[i].cdhash, CDHASH_LEN), expected + len);
        memcpy(expected + len, "</data>", 7);
        len += 7;
    }
    memcpy(expected + len, "</array>", 8);
    len += 8;
    if (!vpi_der_expect(&values, DER_OCTET_STRING, &list) || !squeeze(arena, list.content, &text))
        return false;
    for (size_t at = 0; at + len <= text.len; at++) {
        if (memcmp(text.data + at, expected, len) == 0)
            return true;
    }
    return false;
}

bool vpi_apple_ties(struct arena *arena, const struct signer_info *info,
                    const struct code_signature *code)
{
    struct span whole = info->attributes, values;
    struct der_value attributes;
    if (!vpi_der_next(&whole, &attributes))
        return code->directory_count == 1;
    if (vpi_attribute_find(attributes.content, OID_DIRECTORIES2, &values))
        return ties_by_digest(values, code);
    if (vpi_attribute_find(attributes.content, OID_DIRECTORIES, &values))
        return ties_by_list(arena, values, code);
    /* Signatures before both attributes had one directory; a second one is signed by nobody. */
    return code->directory_count == 1;
}
