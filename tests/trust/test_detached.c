/* test_detached.c - signatures of kernel modules: right ones are believed, forged ones never */
#include <check.h>
#include <stdio.h>

#include "forge.h"
#include "trust/detached.h"

#define CONTENT "the bytes of a module"

/* One signature as scripts/sign-file.c makes it.  Lies: what is not set is right. */
struct how {
    const struct party *signer; /* whose key signs */
    const struct party *named;  /* who is named; NULL: the signer */
    const struct party *enclosed;
    const char *content; /* that is signed; NULL: CONTENT */
    bool by_key_identifier, no_signature;
};

static struct span key_identifier_of(const struct party *p)
{
    return p->facts.key_identifier;
}

static void put_identifier(struct der_builder *b, const struct how *how)
{
    const struct party *named = how->named ? how->named : how->signer;
    struct span id = key_identifier_of(named);
    if (how->by_key_identifier) {
        put_value(b, DER_CONTEXT, id.data, id.len);
        return;
    }
    open_value(b, DER_SEQUENCE);
    put_raw(b, named->facts.issuer.data, named->facts.issuer.len);
    put_value(b, DER_INTEGER, named->facts.serial.data, named->facts.serial.len);
    close_value(b);
}

static void put_signature(struct der_builder *b, const struct how *how)
{
    const char *content = how->content ? how->content : CONTENT;
    unsigned char signature[256];
    size_t len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, how->signer->key), 1);
    ck_assert_int_eq(
        EVP_DigestSign(context, signature, &len, (const unsigned char *)content, strlen(content)),
        1);
    EVP_MD_CTX_free(context);
    put_value(b, DER_OCTET_STRING, signature, how->no_signature ? 0 : len);
}

static void put_oid(struct der_builder *b, const char *oid)
{
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_OID, oid, strlen(oid));
    close_value(b);
}

static struct span sign(struct how how)
{
    struct der_builder *b = builder_new();
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_OID, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9);
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_INTEGER, "\1", 1);
    open_value(b, DER_SET);
    put_oid(b, HASH_SHA256_OID);
    close_value(b);
    put_oid(b, TYPE_DATA);
    if (how.enclosed) {
        open_value(b, DER_CONTEXT_CONSTRUCTED);
        put_raw(b, how.enclosed->der.data, how.enclosed->der.len);
        close_value(b);
    }
    open_value(b, DER_SET);
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_INTEGER, how.by_key_identifier ? "\3" : "\1", 1);
    put_identifier(b, &how);
    put_oid(b, HASH_SHA256_OID);
    put_oid(b, ECDSA_SHA256);
    put_signature(b, &how);
    close_value(b);
    close_value(b);
    close_value(b);
    close_value(b);
    close_value(b);
    return builder_take(b);
}

/* Whom the set knows in full, and as what. */
struct known {
    const struct party *party;
    unsigned purposes;
    bool distrusted;
};

static struct crypto *crypto;

/* The states of the signature over CONTENT; 0: there is none that can be read, or no memory. */
static unsigned verify(struct span der, struct known known, size_t cap)
{
    struct arena arena;
    struct trust_anchor anchor = {.what = ANCHOR_CERTIFICATE,
                                  .algorithm = DIGEST_SHA256,
                                  .purposes = known.purposes,
                                  .distrusted = known.distrusted,
                                  .name = "known",
                                  .key = known.party ? known.party->der : span_of(NULL, 0)};
    struct trust trust = {.anchors = {&anchor, known.party ? 1 : 0}, .now = 1800000000};
    struct trust_digests digests = {.known = {false}};
    struct trust_blob blob = {.entry = 0};
    unsigned states = 0;
    uint8_t value[DIGEST_MOST] = {0};
    if (!crypto)
        ck_assert_int_eq(vpi_crypto_new(&crypto, NULL), VP_OK);
    ck_assert(vpi_digest(crypto, DIGEST_SHA256, anchor.key, value));
    memcpy(anchor.hash, value, sizeof anchor.hash);
    ck_assert(vpi_digest(crypto, DIGEST_SHA256, span_text(CONTENT), digests.values[DIGEST_SHA256]));
    digests.known[DIGEST_SHA256] = true;
    vpi_arena_init(&arena, cap);
    if (vpi_trust_know(&arena, &trust) && vpi_signed_data_read(&arena, der, &blob.data) &&
        vpi_trust_adopt(&arena, &trust, &blob.data) && blob.data.signer_count == 1) {
        struct trust_signature s = {.info = &blob.data.signers[0],
                                    .content = &blob.data.contents[0]};
        if (vpi_detached_verify(crypto, &arena, &trust, &blob, &digests, &s)) {
            states = s.states | (vpi_signature_believed(&s) ? VP_SIGNATURE_BELIEVED : 0);
            if (states & VP_SIGNATURE_BELIEVED)
                ck_assert_str_eq(s.anchor, "known");
        }
    }
    vpi_arena_done(&arena);
    return states;
}

static unsigned verify_made(struct how how, struct known known)
{
    struct span der = sign(how);
    unsigned states = verify(der, known, 0);
    exact_free(der);
    return states;
}

static struct party distributor(const char *name)
{
    return party_new((struct party_how){.organization = name, .authority = true});
}

START_TEST(a_module_is_believed_by_a_key_of_the_set)
{
    struct party debian = distributor("Debian");
    struct known known = {&debian, PURPOSE_DRIVER, false};
    unsigned states = verify_made((struct how){.signer = &debian}, known);
    ck_assert_uint_eq(states, VP_SIGNATURE_CHECKED | VP_SIGNATURE_VERIFIES |
                                  VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_ANCHORED |
                                  VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING |
                                  VP_SIGNATURE_BELIEVED);
    party_free(&debian);
}
END_TEST

START_TEST(a_key_for_other_things_signs_no_modules)
{
    struct party debian = distributor("Debian");
    struct known known = {&debian, PURPOSE_PACKAGE | PURPOSE_TIME, false};
    unsigned states = verify_made((struct how){.signer = &debian}, known);
    ck_assert(states & VP_SIGNATURE_VERIFIES);
    ck_assert(!(states & (VP_SIGNATURE_ANCHORED | VP_SIGNATURE_BELIEVED)));
    party_free(&debian);
}
END_TEST

START_TEST(a_key_that_the_set_does_not_have_says_nothing)
{
    struct party debian = distributor("Debian"), other = distributor("Other");
    ck_assert_uint_eq(verify_made((struct how){.signer = &debian}, (struct known){NULL, 0, false}),
                      VP_SIGNATURE_CHECKED);
    ck_assert_uint_eq(
        verify_made((struct how){.signer = &debian}, (struct known){&other, PURPOSE_DRIVER, false}),
        VP_SIGNATURE_CHECKED);
    party_free(&debian);
    party_free(&other);
}
END_TEST

START_TEST(a_distrusted_key_is_not_believed)
{
    struct party debian = distributor("Debian");
    unsigned states =
        verify_made((struct how){.signer = &debian}, (struct known){&debian, 0, true});
    ck_assert(!(states & VP_SIGNATURE_BELIEVED));
    party_free(&debian);
}
END_TEST

START_TEST(other_content_and_other_keys_do_not_verify)
{
    struct party debian = distributor("Debian"), thief = distributor("Debian");
    struct known known = {&debian, PURPOSE_DRIVER, false};
    const struct how lies[] = {{.signer = &debian, .content = "other bytes"},
                               {.signer = &thief, .named = &debian},
                               {.signer = &debian, .no_signature = true}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        ck_assert_uint_eq(verify_made(lies[i], known), VP_SIGNATURE_CHECKED);
    party_free(&debian);
    party_free(&thief);
}
END_TEST

START_TEST(a_certificate_that_the_signature_encloses_is_no_anchor)
{
    struct party debian = distributor("Debian"), thief = distributor("Debian");
    struct known known = {&debian, PURPOSE_DRIVER, false};
    /* The thief's certificate has the name of Debian's: it verifies, and nobody vouches for it. */
    unsigned states = verify_made((struct how){.signer = &thief, .enclosed = &thief}, known);
    ck_assert(states & VP_SIGNATURE_VERIFIES);
    ck_assert(!(states & (VP_SIGNATURE_ANCHORED | VP_SIGNATURE_BELIEVED)));
    party_free(&debian);
    party_free(&thief);
}
END_TEST

START_TEST(an_enclosed_certificate_of_a_known_authority_is_believed)
{
    struct party debian = distributor("Debian");
    struct party leaf = party_new((struct party_how){.organization = "Kernel", .issuer = &debian});
    struct known known = {&debian, PURPOSE_DRIVER, false};
    unsigned states = verify_made((struct how){.signer = &leaf, .enclosed = &leaf}, known);
    ck_assert(states & VP_SIGNATURE_BELIEVED);
    party_free(&leaf);
    party_free(&debian);
}
END_TEST

START_TEST(a_signer_may_be_named_by_its_key_identifier)
{
    struct party debian = party_new((struct party_how){.organization = "Debian"});
    party_extend(debian.x509, NID_subject_key_identifier, "DER:040401020304");
    X509_sign(debian.x509, debian.key, EVP_sha256());
    unsigned char *der = NULL;
    int len = i2d_X509(debian.x509, &der);
    exact_free(debian.der);
    debian.der = exact_copy(span_of(der, (size_t)len));
    OPENSSL_free(der);
    ck_assert(vpi_certificate_read(&debian.arena, debian.der, &debian.facts));
    ck_assert_uint_eq(debian.facts.key_identifier.len, 4);
    struct known known = {&debian, PURPOSE_DRIVER, false};
    struct how how = {.signer = &debian, .by_key_identifier = true};
    ck_assert(verify_made(how, known) & VP_SIGNATURE_BELIEVED);
    party_free(&debian);
}
END_TEST

START_TEST(no_prefix_no_flipped_byte_and_no_memory_cap_makes_a_lie_believed)
{
    struct party debian = distributor("Debian"), thief = distributor("Debian");
    struct known known = {&debian, PURPOSE_DRIVER, false};
    struct span lie = sign((struct how){.signer = &thief, .named = &debian});
    struct span truth = sign((struct how){.signer = &debian});
    for (size_t len = 0; len < truth.len; len++) {
        struct span cut = exact_copy(span_first(truth, len));
        ck_assert(!(verify(cut, known, 0) & VP_SIGNATURE_BELIEVED));
        exact_free(cut);
    }
    for (size_t at = 0; at < lie.len; at++) {
        struct span copy = exact_copy(lie);
        ((uint8_t *)(uintptr_t)copy.data)[at] ^= 0x21;
        ck_assert(!(verify(copy, known, 0) & VP_SIGNATURE_BELIEVED));
        exact_free(copy);
    }
    for (size_t cap = 1; cap < 1 << 16; cap += 1 << 10)
        ck_assert(!(verify(lie, known, cap) & VP_SIGNATURE_BELIEVED));
    ck_assert_uint_eq(verify(truth, known, 1), 0);
    exact_free(lie);
    exact_free(truth);
    party_free(&debian);
    party_free(&thief);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_module_is_believed_by_a_key_of_the_set)                                                 \
    TEST(a_key_for_other_things_signs_no_modules)                                                  \
    TEST(a_key_that_the_set_does_not_have_says_nothing)                                            \
    TEST(a_distrusted_key_is_not_believed)                                                         \
    TEST(other_content_and_other_keys_do_not_verify)                                               \
    TEST(a_certificate_that_the_signature_encloses_is_no_anchor)                                   \
    TEST(an_enclosed_certificate_of_a_known_authority_is_believed)                                 \
    TEST(a_signer_may_be_named_by_its_key_identifier)                                              \
    TEST(no_prefix_no_flipped_byte_and_no_memory_cap_makes_a_lie_believed)
#include "check_main.h"
