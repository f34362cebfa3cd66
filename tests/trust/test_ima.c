/* test_ima.c - security.ima: digests and signatures of a file beside it */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/xattr.h>

#include "feature/feature.h"
#include "forge.h"
#include "trust/ima.h"

#define CONTENT                                                                                    \
    "\x7f"                                                                                         \
    "ELF of a file"

enum { ATTRIBUTE_MOST = 256, HASH_MD5 = 1, HASH_SHA1 = 2, HASH_SHA256 = 4 };

struct attribute {
    uint8_t bytes[ATTRIBUTE_MOST];
    size_t len;
};

/* A signer whose certificate has a subject key identifier that ends with `number`. */
static struct party signer_of(struct party_how how, unsigned number)
{
    static unsigned count;
    struct party p = party_new(how);
    char id[32];
    snprintf(id, sizeof id, "DER:0408%08x%08x", ++count, number);
    party_extend(p.x509, NID_subject_key_identifier, id);
    X509_sign(p.x509, p.key, EVP_sha256());
    unsigned char *der = NULL;
    int len = i2d_X509(p.x509, &der);
    exact_free(p.der);
    p.der = exact_copy(span_of(der, (size_t)len));
    OPENSSL_free(der);
    ck_assert(vpi_certificate_read(&p.arena, p.der, &p.facts));
    return p;
}

static struct party signer_new(const char *organization)
{
    static unsigned number;
    return signer_of((struct party_how){.organization = organization}, ++number);
}

/* What evmctl writes: a signature of version 2 over the digest of `content`. */
static struct attribute sign_by(const struct party *by, const struct party *named,
                                const char *content, uint8_t hash_id)
{
    struct attribute a = {.bytes = {3, 2, hash_id}, .len = 9};
    const EVP_MD *md = hash_id == HASH_MD5    ? EVP_md5()
                       : hash_id == HASH_SHA1 ? EVP_sha1()
                                              : EVP_sha256();
    struct span id = named->facts.key_identifier;
    size_t len = sizeof a.bytes - a.len;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    memcpy(a.bytes + 3, id.data + id.len - IMA_KEY_ID, IMA_KEY_ID);
    ck_assert_int_eq(EVP_DigestSignInit(context, NULL, md, NULL, by->key), 1);
    ck_assert_int_eq(
        EVP_DigestSign(context, a.bytes + a.len, &len, (const uint8_t *)content, strlen(content)),
        1);
    EVP_MD_CTX_free(context);
    a.bytes[7] = (uint8_t)(len >> 8);
    a.bytes[8] = (uint8_t)len;
    a.len += len;
    return a;
}

static struct attribute sign(const struct party *by, const struct party *named, const char *content)
{
    return sign_by(by, named, content, HASH_SHA256);
}

static struct crypto *crypto;

enum { KNOWN_MOST = 2 };

/* A row of the set. */
struct known {
    const struct party *party;
    unsigned purposes;
    bool distrusted, by_hash; /* the latter: without the certificate itself */
};

/* The states of the attribute as one of CONTENT; 0: it can't be read. */
static unsigned verify_by(struct span bytes, const struct known *known, size_t count)
{
    struct trust_anchor anchors[KNOWN_MOST];
    struct trust trust = {.anchors = {anchors, count}, .now = 1800000000};
    struct trust_signature s = {.states = 0};
    struct arena arena;
    struct ima ima;
    uint8_t value[DIGEST_MOST] = {0}, digest[DIGEST_MOST];
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    vpi_arena_init(&arena, 0);
    for (size_t i = 0; i < count; i++) {
        anchors[i] = (struct trust_anchor){.what = ANCHOR_CERTIFICATE,
                                           .algorithm = DIGEST_SHA256,
                                           .purposes = known[i].purposes,
                                           .distrusted = known[i].distrusted,
                                           .name = "known"};
        if (!known[i].by_hash)
            anchors[i].key = known[i].party->der;
        ck_assert(vpi_digest(crypto, DIGEST_SHA256, known[i].party->der, value));
        memcpy(anchors[i].hash, value, sizeof anchors[i].hash);
    }
    vpi_anchors_sort(anchors, count);
    ck_assert(vpi_trust_know(&arena, &trust));
    if (vpi_ima_read(bytes, &ima)) {
        size_t len = vpi_digest_len(ima.algorithm);
        ck_assert(!len || vpi_digest(crypto, ima.algorithm, span_text(CONTENT), digest));
        ck_assert(vpi_ima_verify(crypto, &trust, &ima, span_of(digest, len), &s));
        s.states |= vpi_signature_believed(&s) ? VP_SIGNATURE_BELIEVED : 0;
    }
    vpi_arena_done(&arena);
    return s.states;
}

static unsigned verify(struct span bytes, const struct party *party, unsigned purposes,
                       bool distrusted)
{
    const struct known known = {party, purposes, distrusted, false};
    return verify_by(bytes, &known, 1);
}

START_TEST(a_signature_is_believed_by_a_certificate_of_the_set)
{
    struct party vendor = signer_new("Vendor"), other = signer_new("Other");
    struct attribute good = sign(&vendor, &vendor, CONTENT);
    struct attribute forged = sign(&other, &vendor, CONTENT);
    struct attribute moved = sign(&vendor, &vendor, "other content");
    struct span bytes = span_of(good.bytes, good.len);
    ck_assert(verify(bytes, &vendor, PURPOSE_PACKAGE, false) & VP_SIGNATURE_BELIEVED);
    ck_assert(!(verify(bytes, &vendor, PURPOSE_TIME, false) & VP_SIGNATURE_BELIEVED));
    ck_assert(!(verify(bytes, &vendor, 0, true) & VP_SIGNATURE_BELIEVED));
    ck_assert_uint_eq(verify(bytes, &other, PURPOSE_PACKAGE, false), VP_SIGNATURE_CHECKED);
    ck_assert_uint_eq(verify(span_of(forged.bytes, forged.len), &vendor, PURPOSE_PACKAGE, false),
                      VP_SIGNATURE_CHECKED);
    ck_assert_uint_eq(verify(span_of(moved.bytes, moved.len), &vendor, PURPOSE_PACKAGE, false),
                      VP_SIGNATURE_CHECKED);
    party_free(&vendor);
    party_free(&other);
}
END_TEST

START_TEST(old_digests_and_short_keys_are_weak)
{
    static const uint8_t hashes[] = {HASH_MD5, HASH_SHA1};
    struct party vendor = signer_new("Vendor");
    struct party small = signer_of((struct party_how){.organization = "Small", .rsa = 768}, 70);
    for (size_t i = 0; i < 2; i++) {
        struct attribute a = sign_by(&vendor, &vendor, CONTENT, hashes[i]);
        unsigned states = verify(span_of(a.bytes, a.len), &vendor, PURPOSE_PACKAGE, false);
        ck_assert(states & VP_SIGNATURE_VERIFIES);
        ck_assert(states & VP_SIGNATURE_WEAK);
        ck_assert(!(states & VP_SIGNATURE_BELIEVED));
    }
    struct attribute a = sign(&small, &small, CONTENT);
    unsigned states = verify(span_of(a.bytes, a.len), &small, PURPOSE_PACKAGE, false);
    ck_assert(states & VP_SIGNATURE_VERIFIES);
    ck_assert(states & VP_SIGNATURE_WEAK);
    ck_assert(!(states & VP_SIGNATURE_BELIEVED));
    party_free(&small);
    party_free(&vendor);
}
END_TEST

START_TEST(distrust_outweighs_trust)
{
    struct party vendor = signer_new("Vendor");
    struct attribute a = sign(&vendor, &vendor, CONTENT);
    const struct known rows[] = {{.party = &vendor, .purposes = PURPOSE_PACKAGE},
                                 {.party = &vendor, .distrusted = true, .by_hash = true}};
    unsigned states = verify_by(span_of(a.bytes, a.len), rows, 2);
    ck_assert(states & VP_SIGNATURE_ANCHORED);
    ck_assert(states & VP_SIGNATURE_REVOKED);
    ck_assert(!(states & VP_SIGNATURE_BELIEVED));
    party_free(&vendor);
}
END_TEST

/* Four bytes name a key; anybody can make a certificate that has them. */
START_TEST(of_two_certificates_with_one_id_none_is_chosen)
{
    struct party vendor = signer_of((struct party_how){.organization = "Vendor"}, 71);
    struct party other = signer_of((struct party_how){.organization = "Other"}, 71);
    struct attribute a = sign(&vendor, &vendor, CONTENT);
    struct known rows[] = {{.party = &vendor, .purposes = PURPOSE_PACKAGE},
                           {.party = &other, .purposes = PURPOSE_PACKAGE}};
    ck_assert(verify_by(span_of(a.bytes, a.len), rows, 1) & VP_SIGNATURE_BELIEVED);
    ck_assert_uint_eq(verify_by(span_of(a.bytes, a.len), rows, 2), VP_SIGNATURE_CHECKED);
    a = sign(&other, &other, CONTENT);
    ck_assert(verify_by(span_of(a.bytes, a.len), rows + 1, 1) & VP_SIGNATURE_BELIEVED);
    ck_assert_uint_eq(verify_by(span_of(a.bytes, a.len), rows, 2), VP_SIGNATURE_CHECKED);
    party_free(&other);
    party_free(&vendor);
}
END_TEST

START_TEST(no_prefix_and_no_flipped_byte_is_believed)
{
    struct party vendor = signer_new("Vendor");
    struct attribute good = sign(&vendor, &vendor, CONTENT);
    for (size_t len = 0; len < good.len; len++) {
        struct span cut = exact_copy(span_of(good.bytes, len));
        ck_assert(!(verify(cut, &vendor, PURPOSE_PACKAGE, false) & VP_SIGNATURE_BELIEVED));
        exact_free(cut);
    }
    for (size_t at = 0; at < good.len; at++) {
        struct span copy = exact_copy(span_of(good.bytes, good.len));
        ((uint8_t *)(uintptr_t)copy.data)[at] ^= 0x10;
        ck_assert(!(verify(copy, &vendor, PURPOSE_PACKAGE, false) & VP_SIGNATURE_BELIEVED));
        exact_free(copy);
    }
    party_free(&vendor);
}
END_TEST

START_TEST(digests_need_the_length_of_their_hash)
{
    struct ima ima;
    uint8_t bytes[40] = {1};
    ck_assert(vpi_ima_read(span_of(bytes, 21), &ima));
    ck_assert_int_eq(ima.algorithm, DIGEST_SHA1);
    ck_assert_uint_eq(ima.digest.len, 20);
    ck_assert(!vpi_ima_read(span_of(bytes, 22), &ima));
    bytes[0] = 4;
    bytes[1] = HASH_SHA256;
    ck_assert(vpi_ima_read(span_of(bytes, 34), &ima));
    ck_assert(!vpi_ima_read(span_of(bytes, 33), &ima));
    bytes[1] = 3; /* RIPEMD-160 */
    ck_assert(!vpi_ima_read(span_of(bytes, 22), &ima));
    bytes[0] = 6; /* of fs-verity */
    ck_assert(!vpi_ima_read(span_of(bytes, 34), &ima));
    ck_assert(!vpi_ima_read(span_of(bytes, 0), &ima));
}
END_TEST

static bool has_note(const struct vp_result *result, enum vp_note_code code)
{
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        if (note.code == code)
            return true;
    }
    return false;
}

/* A file with an attribute; false where the file system, or the user, can't have one. */
static bool file_new(char *path, struct span content, const struct attribute *attribute)
{
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content.data, content.len), (ssize_t)content.len);
    int set = fsetxattr(fd, "security.ima", attribute->bytes, attribute->len, 0);
    close(fd);
    return set == 0;
}

/* The header of an ELF program, and nothing else. */
static struct span small_elf(void)
{
    static const uint8_t bytes[64] = {0x7f, 'E',      'L',       'F',      2,        1,
                                      1,    [16] = 2, [18] = 62, [20] = 1, [52] = 64};
    return span_of(bytes, sizeof bytes);
}

START_TEST(the_attribute_of_a_file_is_read_beside_it)
{
    struct attribute digest = {.bytes = {4, HASH_SHA256}, .len = 34};
    char path[] = "/tmp/vendorprint-ima-XXXXXX";
    bool set = file_new(path, span_text("x"), &digest);
    unlink(path);
    if (!set) {
        fprintf(stderr, "not tested: no file system here has security.ima\n");
        return; /* the reader itself is tested above */
    }
    for (int right = 0; right < 2; right++) {
        char name[] = "/tmp/vendorprint-ima-XXXXXX";
        uint8_t value[DIGEST_MOST];
        struct vp_session_options options = {.size = sizeof options,
                                             .flags = VP_SESSION_ALL_FEATURES};
        struct vp_session *session = NULL;
        struct vp_result *result = NULL;
        if (!crypto)
            ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
        ck_assert(vpi_digest(crypto, DIGEST_SHA256, small_elf(), value));
        memcpy(digest.bytes + 2, value, 32);
        digest.bytes[2] ^= right ? 0 : 1;
        ck_assert(file_new(name, small_elf(), &digest));
        ck_assert_int_eq(vp_session_new(NULL, &options, &session, NULL), VP_OK);
        ck_assert_int_eq(vp_examine_path(session, name, &result, NULL), VP_OK);
        unlink(name);
        ck_assert_int_eq(has_note(result, VP_NOTE_DIGEST_DIFFERS), !right);
        vp_result_unref(result);
        vp_session_free(session);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_signature_is_believed_by_a_certificate_of_the_set)                                      \
    TEST(old_digests_and_short_keys_are_weak)                                                      \
    TEST(distrust_outweighs_trust)                                                                 \
    TEST(of_two_certificates_with_one_id_none_is_chosen)                                           \
    TEST(no_prefix_and_no_flipped_byte_is_believed)                                                \
    TEST(digests_need_the_length_of_their_hash)                                                    \
    TEST(the_attribute_of_a_file_is_read_beside_it)
#include "check_main.h"
