/* test_forging_old.c - MD5, SHA-1 and short keys, and time stamps as they were made before 2020 */
#include "answer.h"

/* Where an old digest can stand, each alone. */
enum part { OF_THE_FILE, OF_THE_SIGNATURE, OF_THE_CERTIFICATE, OF_ALL, PARTS };

static const char *const part_names[PARTS] = {"file", "signature", "certificate", "all"};

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

static struct answer examine_old(const struct party *leaf, enum digest_algorithm digest,
                                 enum part part, const char *time)
{
    struct forgery f = {
        .signer = leaf,
        .enclosed = {leaf, &world.old_root, &world.stamper, &world.stamp_root},
        .digest = part == OF_THE_SIGNATURE || part == OF_ALL ? digest : DIGEST_SHA256,
        .file_digest_is = part == OF_THE_FILE || part == OF_ALL ? digest : DIGEST_SHA256,
        .stamp = time ? STAMP_TOKEN : STAMP_NONE,
        .stamper = &world.stamper,
        .time = time};
    return examine_forgery(f);
}

static void check_old(enum digest_algorithm digest, const char *last, const char *first)
{
    for (int part = 0; part < PARTS; part++) {
        struct party leaf = old_leaf(part >= OF_THE_CERTIFICATE ? digest : DIGEST_SHA256, 1024);
        const char *late[] = {NULL, first, "20200615120000Z"};
        for (size_t i = 0; i < 3; i++) {
            struct answer answer = examine_old(&leaf, digest, (enum part)part, late[i]);
            ck_assert_msg(answer.states[0] & VP_SIGNATURE_WEAK, "digest %d of the %s, time %s",
                          (int)digest, part_names[part], late[i] ? late[i] : "unproven");
            is_claim(answer, 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
        }
        is_signer(examine_old(&leaf, digest, (enum part)part, last));
        party_free(&leaf);
    }
}

START_TEST(md5_anywhere_is_believed_only_with_a_proven_time_before_march_2009)
{
    world_make();
    check_old(DIGEST_MD5, "20090228235959Z", "20090301000000Z");
}
END_TEST

START_TEST(sha1_anywhere_is_believed_only_with_a_proven_time_before_2016)
{
    world_make();
    check_old(DIGEST_SHA1, "20151231235959Z", "20160101000000Z");
}
END_TEST

START_TEST(md5_makes_nobody_believed_whom_nothing_else_does)
{
    world_make();
    struct party forger = party_new((struct party_how){.organization = name,
                                                       .registration = number,
                                                       .usages = "codeSigning",
                                                       .digest = DIGEST_MD5,
                                                       .rsa = 1024,
                                                       .from = 2005});
    struct answer answer = examine_old(&forger, DIGEST_MD5, OF_ALL, "20080615120000Z");
    is_claim(answer, VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNANCHORED);
    party_free(&forger);
}
END_TEST

START_TEST(a_key_below_1024_bits_is_weak_whenever_it_signed)
{
    world_make();
    struct party leaf = old_leaf(DIGEST_SHA256, 768);
    is_claim(examine_old(&leaf, DIGEST_SHA256, OF_ALL, NULL), 0, VP_SIGNATURE_WEAK,
             VP_NOTE_SIGNATURE_WEAK);
    is_claim(examine_old(&leaf, DIGEST_SHA256, OF_ALL, "20080615120000Z"), 0, VP_SIGNATURE_WEAK,
             VP_NOTE_SIGNATURE_WEAK);
    party_free(&leaf);
}
END_TEST

/* ---- time stamps */

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

/* Who can make a stamp by a collision can make it of any time: that it says 2008 is no excuse. */
START_TEST(a_stamp_that_rests_on_md5_proves_no_time)
{
    world_make();
    struct party leaf = old_leaf(DIGEST_SHA1, 1024);
    for (int i = 0; i < 2; i++) {
        struct party stamper = old_stamper(i ? DIGEST_MD5 : DIGEST_SHA1);
        struct forgery f = wants_a_time(&leaf, &stamper);
        f.stamp_digest = i ? DIGEST_SHA1 : DIGEST_MD5;
        f.time = "20080615120000Z";
        struct answer answer = examine_forgery(f);
        is_claim(answer, 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
        ck_assert(!(answer.states[0] & VP_SIGNATURE_STAMPED));
        party_free(&stamper);
    }
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
    TEST(md5_anywhere_is_believed_only_with_a_proven_time_before_march_2009)                       \
    TEST(sha1_anywhere_is_believed_only_with_a_proven_time_before_2016)                            \
    TEST(md5_makes_nobody_believed_whom_nothing_else_does)                                         \
    TEST(a_key_below_1024_bits_is_weak_whenever_it_signed)                                         \
    TEST(a_stamp_without_a_digests_name_proves_its_time)                                           \
    TEST(a_signature_of_code_without_a_digests_name_verifies_not)                                  \
    TEST(a_stamp_that_rests_on_md5_proves_no_time)                                                 \
    TEST(a_stamper_is_judged_at_the_time_that_he_says)
#include "../check_main.h"
