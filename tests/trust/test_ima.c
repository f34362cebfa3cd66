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

enum { ATTRIBUTE_MOST = 256, HASH_SHA256 = 4 };

struct attribute {
    uint8_t bytes[ATTRIBUTE_MOST];
    size_t len;
};

/* A signer whose certificate has a subject key identifier. */
static struct party signer_new(const char *organization)
{
    static unsigned count;
    struct party p = party_new((struct party_how){.organization = organization});
    char id[32];
    snprintf(id, sizeof id, "DER:0408%016x", ++count);
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

/* What evmctl writes: a signature of version 2 over the digest of `content`. */
static struct attribute sign(const struct party *by, const struct party *named, const char *content)
{
    struct attribute a = {.bytes = {3, 2, HASH_SHA256}, .len = 9};
    struct span id = named->facts.key_identifier;
    size_t len = sizeof a.bytes - a.len;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    memcpy(a.bytes + 3, id.data + id.len - IMA_KEY_ID, IMA_KEY_ID);
    ck_assert_int_eq(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, by->key), 1);
    ck_assert_int_eq(
        EVP_DigestSign(context, a.bytes + a.len, &len, (const uint8_t *)content, strlen(content)),
        1);
    EVP_MD_CTX_free(context);
    a.bytes[7] = (uint8_t)(len >> 8);
    a.bytes[8] = (uint8_t)len;
    a.len += len;
    return a;
}

static struct crypto *crypto;

/* The states of the attribute as one of CONTENT; 0: it can't be read. */
static unsigned verify(struct span bytes, const struct party *known, unsigned purposes,
                       bool distrusted)
{
    struct trust_anchor anchor = {.what = ANCHOR_CERTIFICATE,
                                  .algorithm = DIGEST_SHA256,
                                  .purposes = purposes,
                                  .distrusted = distrusted,
                                  .name = "known",
                                  .key = known->der};
    struct trust trust = {.anchors = {&anchor, 1}, .now = 1800000000};
    struct trust_signature s = {.states = 0};
    struct arena arena;
    struct ima ima;
    uint8_t value[DIGEST_MOST] = {0}, digest[DIGEST_MOST];
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    vpi_arena_init(&arena, 0);
    ck_assert(vpi_digest(crypto, DIGEST_SHA256, anchor.key, value));
    memcpy(anchor.hash, value, sizeof anchor.hash);
    ck_assert(vpi_digest(crypto, DIGEST_SHA256, span_text(CONTENT), digest));
    ck_assert(vpi_trust_know(&arena, &trust));
    if (vpi_ima_read(bytes, &ima)) {
        ck_assert(vpi_ima_verify(crypto, &trust, &ima, span_of(digest, 32), &s));
        s.states |= vpi_signature_believed(&s) ? VP_SIGNATURE_BELIEVED : 0;
    }
    vpi_arena_done(&arena);
    return s.states;
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
    TEST(no_prefix_and_no_flipped_byte_is_believed)                                                \
    TEST(digests_need_the_length_of_their_hash)                                                    \
    TEST(the_attribute_of_a_file_is_read_beside_it)
#include "check_main.h"
