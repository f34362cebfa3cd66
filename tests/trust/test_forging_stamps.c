/* test_forging_stamps.c - counter-signatures that prove no time, for one reason alone each */
#include "answer.h"

/* A leaf of the genuine name, valid in 2020 alone: a claim until a time in it is proven. */
static struct party leaf;

static void begin(void)
{
    if (world.db)
        return;
    world_make();
    leaf = party_new((struct party_how){.organization = name,
                                        .registration = number,
                                        .issuer = &world.root,
                                        .usages = "codeSigning",
                                        .from = 2020,
                                        .to = 2021});
}

static struct forgery stamped(enum stamp stamp, const struct party *stamper)
{
    return (struct forgery){
        .signer = &leaf,
        .enclosed = {&leaf, &world.root, stamper, &world.stamp_root, &world.old_root},
        .stamp = stamp,
        .stamper = stamper,
        .time = "20200615120000Z"};
}

static void proves(struct forgery f)
{
    struct answer answer = examine_forgery(f);
    is_signer(answer);
    ck_assert(answer.states[0] & VP_SIGNATURE_STAMPED);
}

static void proves_nothing(struct forgery f)
{
    struct answer answer = examine_forgery(f);
    is_claim(answer, VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNTIMELY);
    ck_assert(!(answer.states[0] & VP_SIGNATURE_STAMPED));
}

/* The genuine stamper's certificate is named, and all that is digested is right. */
START_TEST(a_stamp_by_another_key_proves_no_time)
{
    begin();
    for (int stamp = STAMP_PKCS9; stamp <= STAMP_TOKEN; stamp++) {
        struct forgery f = stamped((enum stamp)stamp, &world.stamper);
        proves(f);
        f.stamp_named = &world.stamper;
        f.stamper = &world.unknown_stamper;
        proves_nothing(f);
    }
}
END_TEST

/* Under an authority that is an anchor for both. */
START_TEST(who_is_no_stamper_proves_no_time)
{
    begin();
    static const char *const usages[] = {"codeSigning", "serverAuth", NULL};
    for (int stamp = STAMP_PKCS9; stamp <= STAMP_TOKEN; stamp++) {
        for (size_t i = 0; i < 3; i++) {
            struct party other = party_new((struct party_how){
                .organization = "Stamper", .issuer = &world.old_root, .usages = usages[i]});
            proves_nothing(stamped((enum stamp)stamp, &other));
            party_free(&other);
        }
        struct party stamper = party_new((struct party_how){.organization = "Stamper",
                                                            .issuer = &world.old_root,
                                                            .usages = "critical,timeStamping"});
        proves(stamped((enum stamp)stamp, &stamper));
        party_free(&stamper);
    }
}
END_TEST

START_TEST(an_anchor_for_code_alone_proves_no_time)
{
    begin();
    struct party stamper = party_new((struct party_how){
        .organization = "Stamper", .issuer = &world.root, .usages = "critical,timeStamping"});
    for (int stamp = STAMP_PKCS9; stamp <= STAMP_TOKEN; stamp++)
        proves_nothing(stamped((enum stamp)stamp, &stamper));
    party_free(&stamper);
}
END_TEST

START_TEST(a_stamper_whom_the_set_distrusts_proves_no_time)
{
    begin();
    for (int stamp = STAMP_PKCS9; stamp <= STAMP_TOKEN; stamp++)
        proves_nothing(stamped((enum stamp)stamp, &world.distrusted_stamper));
}
END_TEST

/* A stamper may sign other things; what he signs of these is no time. */
START_TEST(a_token_of_another_type_proves_no_time)
{
    begin();
    struct forgery f = stamped(STAMP_TOKEN, &world.stamper);
    f.stamp_type = TYPE_DATA;
    proves_nothing(f);
}
END_TEST

START_TEST(a_stamp_of_nobody_hides_none_that_proves)
{
    begin();
    struct forgery f = stamped(STAMP_TOKEN, &world.stamper);
    f.stamper_before = &world.unknown_stamper;
    f.enclosed[4] = &world.unknown_stamper;
    proves(f);
    f.stamper = &world.unknown_stamper;
    proves_nothing(f);
    party_free(&leaf);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_stamp_by_another_key_proves_no_time)                                                    \
    TEST(who_is_no_stamper_proves_no_time)                                                         \
    TEST(an_anchor_for_code_alone_proves_no_time)                                                  \
    TEST(a_stamper_whom_the_set_distrusts_proves_no_time)                                          \
    TEST(a_token_of_another_type_proves_no_time)                                                   \
    TEST(a_stamp_of_nobody_hides_none_that_proves)
#include "../check_main.h"
