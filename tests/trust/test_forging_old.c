/* test_forging_old.c - time stamps as they were made before 2020 */
#include "answer.h"

/* A leaf of the genuine name from 2005 to 2040, with an RSA key: MD5 signs with no other. */
static struct party old_leaf(enum digest_algorithm digest, unsigned bits)
{
    return party_new((struct party_how){.organization = name,
                                        .registration = number,
                                        .issuer = &world.old_root,
                                        .usages = "codeSigning",
                                        .digest = digest,
                                        .rsa = bits,
                                        .from = 2005});
}

static struct party old_stamper(enum digest_algorithm digest)
{
    return party_new((struct party_how){.organization = "Stamper",
                                        .issuer = &world.old_root,
                                        .usages = "critical,timeStamping",
                                        .digest = digest,
                                        .rsa = 1024,
                                        .from = 2005});
}

/* SHA-1 alone, from 2010: believed as soon as a time before 2016 is proven. */
static struct forgery wants_a_time(const struct party *leaf, const struct party *stamper)
{
    return (struct forgery){.signer = leaf,
                            .enclosed = {leaf, &world.old_root, stamper},
                            .digest = DIGEST_SHA1,
                            .stamp = STAMP_PKCS9,
                            .stamper = stamper,
                            .stamp_digest = DIGEST_SHA1,
                            .time = "20100615120000Z"};
}

/* As Symantec's signers G4 made them: PKCS#1 padding around the SHA-1 of the attributes alone. */
START_TEST(a_stamp_without_a_digests_name_proves_its_time)
{
    world_make();
    struct party leaf = old_leaf(DIGEST_SHA1, 1024), stamper = old_stamper(DIGEST_SHA1);
    struct forgery f = wants_a_time(&leaf, &stamper);
    is_signer(examine_forgery(f));
    f.stamp_bare = true;
    struct answer answer = examine_forgery(f);
    is_signer(answer);
    ck_assert(answer.states[0] & VP_SIGNATURE_STAMPED);
    ck_assert_uint_eq(answer.time, 1276603200);
    /* Of another signature, and by nobody known, it proves no more than any other. */
    f.stamp_of_another = true;
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
    f.stamp_of_another = false;
    struct party unknown = party_new((struct party_how){
        .organization = "Stamper", .usages = "critical,timeStamping", .rsa = 1024, .from = 2005});
    f.stamper = f.enclosed[2] = &unknown;
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
    party_free(&unknown);
    party_free(&stamper);
    party_free(&leaf);
}
END_TEST

START_TEST(a_signature_of_code_without_a_digests_name_verifies_not)
{
    world_make();
    struct party leaf = old_leaf(DIGEST_SHA256, 1024);
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.old_root}};
    is_signer(examine_forgery(f));
    f.bare = true;
    is_claim(examine_forgery(f), VP_SIGNATURE_VERIFIES | AFTER_VERIFIES, 0,
             VP_NOTE_SIGNATURE_INVALID);
    party_free(&leaf);
}
END_TEST

START_TEST(a_stamper_is_judged_at_the_time_that_he_says)
{
    world_make();
    struct party leaf = old_leaf(DIGEST_SHA1, 1024), stamper = old_stamper(DIGEST_SHA1);
    struct party later = party_new((struct party_how){.organization = "Stamper",
                                                      .issuer = &world.old_root,
                                                      .usages = "critical,timeStamping",
                                                      .rsa = 1024,
                                                      .from = 2012});
    struct forgery f = wants_a_time(&leaf, &later);
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
    f.time = "20130615120000Z";
    is_signer(examine_forgery(f));
    party_free(&later);
    party_free(&stamper);
    party_free(&leaf);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_stamp_without_a_digests_name_proves_its_time)                                           \
    TEST(a_signature_of_code_without_a_digests_name_verifies_not)                                  \
    TEST(a_stamper_is_judged_at_the_time_that_he_says)
#include "../check_main.h"
