/* test_forging.c - names that are not the signer's never become more than a claim */
#include <openssl/pem.h>
#include <unistd.h>

#include "answer.h"

START_TEST(a_genuine_signature_names_the_signer)
{
    world_make();
    struct answer answer = examine_forgery(genuine());
    is_signer(answer);
    ck_assert_uint_eq(answer.notes, 0);
    ck_assert_uint_eq(answer.signatures, 1);
}
END_TEST

START_TEST(a_self_signed_certificate_with_the_right_number_stays_a_claim)
{
    world_make();
    struct forgery f = {.signer = &world.forger, .enclosed = {&world.forger}};
    is_claim(examine_forgery(f), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0,
             VP_NOTE_SIGNATURE_UNANCHORED);
}
END_TEST

START_TEST(an_authority_that_has_only_the_name_of_the_anchor_is_none)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.unknown_root,
                                                     .usages = "codeSigning"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.unknown_root, &world.root}};
    is_claim(examine_forgery(f), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0,
             VP_NOTE_SIGNATURE_UNANCHORED);
    party_free(&leaf);
}
END_TEST

START_TEST(a_signature_over_other_content_stays_a_claim)
{
    world_make();
    static const uint8_t other[32] = {1};
    struct forgery f = genuine();
    f.file_digest = other;
    is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES, 0, VP_NOTE_SIGNATURE_INVALID);
}
END_TEST

START_TEST(a_right_chain_with_a_swapped_leaf_stays_a_claim)
{
    world_make();
    struct forgery f = genuine();
    f.signer = &world.forger; /* its key signs, the genuine certificate is named */
    f.named = &world.kaspersky;
    is_claim(examine_forgery(f), VP_SIGNATURE_VERIFIES | AFTER_VERIFIES, 0,
             VP_NOTE_SIGNATURE_INVALID);
}
END_TEST

START_TEST(a_leaf_is_no_authority)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.example,
                                                     .usages = "codeSigning"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.example, &world.root}};
    is_claim(examine_forgery(f), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0,
             VP_NOTE_SIGNATURE_UNANCHORED);
    party_free(&leaf);
}
END_TEST

START_TEST(a_certificate_for_servers_signs_no_code)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.root,
                                                     .usages = "serverAuth"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.root}};
    is_claim(examine_forgery(f), VP_SIGNATURE_CODE_SIGNING, 0, 0);
    party_free(&leaf);
}
END_TEST

START_TEST(an_authority_for_servers_issues_no_signers_of_code)
{
    world_make();
    static const char *const usages[] = {"serverAuth", "serverAuth,codeSigning"};
    for (size_t i = 0; i < 2; i++) {
        struct party middle = party_new((struct party_how){.organization = "Middle",
                                                           .issuer = &world.root,
                                                           .authority = true,
                                                           .usages = usages[i]});
        struct party leaf = party_new((struct party_how){.organization = name,
                                                         .registration = number,
                                                         .issuer = &middle,
                                                         .usages = "codeSigning"});
        struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &middle, &world.root}};
        struct answer answer = examine_forgery(f);
        if (i == 0)
            is_claim(answer, VP_SIGNATURE_CODE_SIGNING, 0, 0);
        else
            is_signer(answer);
        party_free(&leaf);
        party_free(&middle);
    }
}
END_TEST

START_TEST(what_a_distrusted_authority_issued_stays_a_claim)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.distrusted_authority,
                                                     .usages = "codeSigning"});
    struct forgery f = {.signer = &leaf,
                        .enclosed = {&leaf, &world.distrusted_authority, &world.root}};
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_REVOKED, VP_NOTE_SIGNATURE_REVOKED);
    party_free(&leaf);
}
END_TEST

/* RFC 5280, 4.2: who doesn't know a critical extension has to refuse. */
START_TEST(a_critical_extension_that_nobody_knows_breaks_the_chain)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.root,
                                                     .usages = "codeSigning",
                                                     .marker = "1.2.3.4"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.root}};
    is_claim(examine_forgery(f), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0,
             VP_NOTE_SIGNATURE_UNANCHORED);
    party_free(&leaf);
}
END_TEST

START_TEST(an_anchor_for_stamps_issues_no_signers_of_code)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.stamp_root,
                                                     .usages = "codeSigning"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.stamp_root}};
    is_claim(examine_forgery(f), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0,
             VP_NOTE_SIGNATURE_UNANCHORED);
    party_free(&leaf);
}
END_TEST

/* What names a signer beside the signature is the certificate that signed, not one beside it. */
START_TEST(a_certificate_that_is_only_enclosed_lends_its_name_to_nobody)
{
    world_make();
    struct forgery f = {.signer = &world.example,
                        .enclosed = {&world.kaspersky, &world.example, &world.root}};
    struct answer answer = examine_forgery(f);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
    ck_assert_int_ne(answer.kaspersky, VP_RELATION_SIGNER);
    f = (struct forgery){.signer = &world.kaspersky, .enclosed = {&world.root}};
    answer = examine_forgery(f);
    ck_assert_uint_eq(answer.signatures, 1);
    ck_assert(!(answer.states[0] & (VP_SIGNATURE_VERIFIES | VP_SIGNATURE_BELIEVED)));
    ck_assert_int_ne(answer.kaspersky, VP_RELATION_SIGNER);
}
END_TEST

START_TEST(attributes_that_lie_are_found_out)
{
    world_make();
    struct forgery lies[5] = {genuine(), genuine(), genuine(), genuine(), genuine()};
    lies[0].wrong_message_digest = true;
    lies[1].two_message_digests = true;
    lies[2].says_type = TYPE_DATA;
    lies[3].two_types = true;
    lies[4].indefinite = true;
    for (size_t i = 0; i < 5; i++)
        is_claim(examine_forgery(lies[i]), VP_SIGNATURE_VERIFIES | AFTER_VERIFIES, 0,
                 VP_NOTE_SIGNATURE_INVALID);
}
END_TEST

/* Valid in 2020 alone. */
static struct party expired(const char *usages)
{
    return party_new((struct party_how){.organization = name,
                                        .registration = number,
                                        .issuer = &world.root,
                                        .usages = usages,
                                        .from = 2020,
                                        .to = 2021});
}

static struct answer examine_expired(const struct party *leaf, enum stamp stamp,
                                     const struct party *stamper, const char *time, bool another)
{
    return examine_forgery((struct forgery){
        .signer = leaf,
        .enclosed = {leaf, &world.root, stamper, &world.stamp_root, &world.unknown_root},
        .stamp = stamp,
        .stamper = stamper,
        .time = time,
        .stamp_of_another = another});
}

START_TEST(an_expired_certificate_needs_a_proven_time)
{
    world_make();
    struct party leaf = expired("codeSigning");
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.root}};
    is_claim(examine_forgery(f), VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNTIMELY);
    for (int stamp = STAMP_PKCS9; stamp <= STAMP_TOKEN; stamp++) {
        struct answer answer =
            examine_expired(&leaf, (enum stamp)stamp, &world.stamper, "20200615120000Z", false);
        is_signer(answer);
        ck_assert(answer.states[0] & VP_SIGNATURE_STAMPED);
        ck_assert_uint_eq(answer.time, 1592222400);
        /* Too late, over another signature, by nobody known, by someone who stamps no times. */
        is_claim(
            examine_expired(&leaf, (enum stamp)stamp, &world.stamper, "20220615120000Z", false),
            VP_SIGNATURE_TIMELY, VP_SIGNATURE_STAMPED, VP_NOTE_SIGNATURE_UNTIMELY);
        is_claim(examine_expired(&leaf, (enum stamp)stamp, &world.stamper, "20200615120000Z", true),
                 VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNTIMELY);
        answer = examine_expired(&leaf, (enum stamp)stamp, &world.unknown_stamper,
                                 "20200615120000Z", false);
        is_claim(answer, VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNTIMELY);
        ck_assert(!(answer.states[0] & VP_SIGNATURE_STAMPED));
        is_claim(
            examine_expired(&leaf, (enum stamp)stamp, &world.example, "20200615120000Z", false),
            VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNTIMELY);
    }
    party_free(&leaf);
}
END_TEST

/* A set may be older than the file. */
START_TEST(a_certificate_newer_than_the_set_is_judged_at_its_beginning)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.root,
                                                     .usages = "codeSigning",
                                                     .from = 2030});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.root}};
    is_signer(examine_forgery(f));
    party_free(&leaf);
}
END_TEST

START_TEST(a_time_stamp_does_not_outlive_a_lifetime_certificate)
{
    world_make();
    struct party leaf = expired("codeSigning,1.3.6.1.4.1.311.10.3.13");
    is_claim(examine_expired(&leaf, STAMP_TOKEN, &world.stamper, "20200615120000Z", false),
             VP_SIGNATURE_TIMELY, VP_SIGNATURE_LIFETIME, VP_NOTE_SIGNATURE_UNTIMELY);
    party_free(&leaf);
}
END_TEST

/* The other's blob nested in the first's. */
static struct answer examine_nested(const struct party *outer, const struct party *inner)
{
    struct forgery f = {
        .signer = inner, .enclosed = {inner, &world.root}, .file_digest = world.target.digests[1]};
    struct span nested = forge(&f);
    f = (struct forgery){.signer = outer, .enclosed = {outer, &world.root}, .nested = nested};
    struct answer answer = examine_forgery(f);
    exact_free(nested);
    return answer;
}

START_TEST(a_nested_signature_lends_its_name_to_nobody)
{
    world_make();
    struct answer answer = examine_nested(&world.example, &world.forger);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    ck_assert_uint_eq(answer.signatures, 2);
    answer = examine_nested(&world.forger, &world.example);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    ck_assert(!(answer.notes >> VP_NOTE_SIGNERS_DISAGREE & 1));
}
END_TEST

START_TEST(two_believed_signers_are_both_named_and_said_to_disagree)
{
    world_make();
    struct answer answer = examine_nested(&world.example, &world.kaspersky);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    ck_assert(answer.notes >> VP_NOTE_SIGNERS_DISAGREE & 1);
}
END_TEST

START_TEST(who_signs_for_others_is_never_named)
{
    world_make();
    struct forgery f = {.signer = &world.store, .enclosed = {&world.store, &world.root}};
    struct answer answer = examine_forgery(f);
    ck_assert(answer.states[0] & VP_SIGNATURE_BELIEVED);
    ck_assert(!answer.kaspersky && !answer.example);
}
END_TEST

START_TEST(a_word_of_a_believed_name_stays_a_claim)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = "Friends of AO Kaspersky Lab",
                                                     .issuer = &world.root,
                                                     .usages = "codeSigning"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.root}};
    struct answer answer = examine_forgery(f);
    ck_assert(answer.states[0] & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    party_free(&leaf);
}
END_TEST

START_TEST(what_the_set_distrusts_stays_a_claim)
{
    world_make();
    struct forgery f = {.signer = &world.distrusted, .enclosed = {&world.distrusted, &world.root}};
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_REVOKED, VP_NOTE_SIGNATURE_REVOKED);
}
END_TEST

START_TEST(sha1_alone_is_believed_only_from_when_it_was_good)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.root,
                                                     .usages = "codeSigning",
                                                     .digest = DIGEST_SHA1,
                                                     .from = 2010});
    struct forgery f = {.signer = &leaf,
                        .enclosed = {&leaf, &world.root, &world.stamper, &world.stamp_root},
                        .digest = DIGEST_SHA1};
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
    f.stamp = STAMP_TOKEN;
    f.stamper = &world.stamper;
    f.time = "20160101000000Z";
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
    f.time = "20151231235959Z";
    is_signer(examine_forgery(f));
    party_free(&leaf);
}
END_TEST

START_TEST(nothing_is_verified_when_no_key_hits)
{
    world_make();
    struct party leaf = party_new((struct party_how){
        .organization = "Nobody", .issuer = &world.root, .usages = "codeSigning"});
    struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.root}};
    struct answer answer = examine_forgery(f);
    ck_assert_uint_eq(answer.signatures, 1);
    ck_assert_uint_eq(answer.states[0], 0);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_UNVERIFIED & 1);
    f.file_digest = world.target.digests[1];
    struct span blob = forge(&f), file = target_signed(&world.target, blob, 0);
    answer = answer_of(
        examine_with(file, (struct vp_session_options){.flags = VP_SESSION_ALL_FEATURES}));
    ck_assert(answer.states[0] & VP_SIGNATURE_BELIEVED);
    exact_free(file);
    exact_free(blob);
    party_free(&leaf);
}
END_TEST

START_TEST(a_bundle_of_the_caller_is_trusted_too)
{
    world_make();
    char path[] = "/tmp/vendorprint-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *stream = fdopen(fd, "w");
    fputs("# a comment\n", stream);
    PEM_write_X509(stream, world.unknown_root.x509);
    fclose(stream);
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.unknown_root,
                                                     .usages = "codeSigning"});
    /* The root itself is not enclosed. */
    struct forgery f = {
        .signer = &leaf, .enclosed = {&leaf}, .file_digest = world.target.digests[1]};
    struct span blob = forge(&f), file = target_signed(&world.target, blob, 0);
    is_signer(answer_of(examine_with(file, (struct vp_session_options){.anchors_file = path})));
    is_claim(answer_of(examine_with(file, (struct vp_session_options){0})),
             VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNANCHORED);
    ck_assert_int_eq(truncate(path, 5), 0);
    struct vp_session *session = NULL;
    struct vp_session_options options = {.size = sizeof options, .anchors_file = path};
    ck_assert_int_eq(vp_session_new(world.db, &options, &session, NULL), VP_E_ARGUMENT);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(vp_session_new(world.db, &options, &session, NULL), VP_E_NOT_FOUND);
    exact_free(file);
    exact_free(blob);
    party_free(&leaf);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_genuine_signature_names_the_signer)                                                     \
    TEST(a_self_signed_certificate_with_the_right_number_stays_a_claim)                            \
    TEST(an_authority_that_has_only_the_name_of_the_anchor_is_none)                                \
    TEST(a_signature_over_other_content_stays_a_claim)                                             \
    TEST(a_right_chain_with_a_swapped_leaf_stays_a_claim)                                          \
    TEST(a_leaf_is_no_authority)                                                                   \
    TEST(a_certificate_for_servers_signs_no_code)                                                  \
    TEST(an_authority_for_servers_issues_no_signers_of_code)                                       \
    TEST(what_a_distrusted_authority_issued_stays_a_claim)                                         \
    TEST(a_critical_extension_that_nobody_knows_breaks_the_chain)                                  \
    TEST(an_anchor_for_stamps_issues_no_signers_of_code)                                           \
    TEST(a_certificate_that_is_only_enclosed_lends_its_name_to_nobody)                             \
    TEST(attributes_that_lie_are_found_out)                                                        \
    TEST(an_expired_certificate_needs_a_proven_time)                                               \
    TEST(a_certificate_newer_than_the_set_is_judged_at_its_beginning)                              \
    TEST(a_time_stamp_does_not_outlive_a_lifetime_certificate)                                     \
    TEST(a_nested_signature_lends_its_name_to_nobody)                                              \
    TEST(two_believed_signers_are_both_named_and_said_to_disagree)                                 \
    TEST(who_signs_for_others_is_never_named)                                                      \
    TEST(a_word_of_a_believed_name_stays_a_claim)                                                  \
    TEST(what_the_set_distrusts_stays_a_claim)                                                     \
    TEST(sha1_alone_is_believed_only_from_when_it_was_good)                                        \
    TEST(nothing_is_verified_when_no_key_hits)                                                     \
    TEST(a_bundle_of_the_caller_is_trusted_too)
#include "../check_main.h"
