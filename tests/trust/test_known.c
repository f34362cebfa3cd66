/* test_known.c - chains that go on where only the set has the certificate */
#include "forge.h"
#include "trust/authenticode.h"

enum { KNOWN_MOST = 4 };

static struct {
    struct party root, middle, leaf, other_root, stamp_root, stamper;
    struct target target;
    struct crypto *crypto;
} world;

static void world_make(void)
{
    if (world.crypto)
        return;
    world.root = party_new((struct party_how){.organization = "Root", .authority = true});
    world.middle = party_new(
        (struct party_how){.organization = "Middle", .issuer = &world.root, .authority = true});
    world.leaf = party_new((struct party_how){
        .organization = "Example GmbH", .issuer = &world.middle, .usages = "codeSigning"});
    world.other_root = party_new((struct party_how){.organization = "Root", .authority = true});
    world.stamp_root =
        party_new((struct party_how){.organization = "Stamp Root", .authority = true});
    world.stamper = party_new((struct party_how){
        .organization = "Stamper", .issuer = &world.stamp_root, .usages = "critical,timeStamping"});
    target_init(&world.target, 0);
    ck_assert_int_eq(vpi_crypto_new(&world.crypto, NULL), VP_OK);
}

static void world_free(void)
{
    struct party *all[] = {&world.root,       &world.middle,     &world.leaf,
                           &world.other_root, &world.stamp_root, &world.stamper};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        party_free(all[i]);
    pe_build_done(&world.target.pe);
    vpi_crypto_free(world.crypto);
}

/* What the set has: certificates in full, each with a row; without purposes it is distrusted. */
struct set {
    const struct party *parties[KNOWN_MOST];
    unsigned purposes[KNOWN_MOST];
};

struct answer {
    unsigned states;
    size_t chain;
    bool stamped, good;
};

static struct answer judge(const struct set *set, const struct forgery *how, size_t cap)
{
    struct certificate known[KNOWN_MOST];
    struct trust_anchor rows[KNOWN_MOST];
    struct trust trust = {.anchors.items = rows, .known = known, .now = 1795305600};
    for (size_t i = 0; i < KNOWN_MOST && set->parties[i]; i++) {
        known[trust.known_count++] = set->parties[i]->facts;
        rows[i] = (struct trust_anchor){.what = ANCHOR_CERTIFICATE,
                                        .algorithm = DIGEST_SHA256,
                                        .purposes = set->purposes[i],
                                        .distrusted = set->purposes[i] == 0,
                                        .name = "a row"};
        hash(DIGEST_SHA256, set->parties[i]->der, rows[i].hash);
        trust.anchors.count++;
    }
    vpi_anchors_sort(rows, trust.anchors.count);
    struct arena arena;
    vpi_arena_init(&arena, cap);
    struct forgery f = *how;
    f.file_digest = world.target.digests[1];
    struct span made = forge(&f), file = target_signed(&world.target, made, 0);
    struct span blob = span_of(file.data + world.target.pe.len + 8, made.len);
    struct trust_blob kept = {.entry = 0};
    struct trust_digests digests = {.known[DIGEST_SHA256] = true};
    memcpy(digests.values[DIGEST_SHA256], world.target.digests[1], 32);
    struct answer answer = {.good = false};
    vpi_crypto_reset(world.crypto);
    if (vpi_signed_data_read(&arena, blob, &kept.data) && kept.data.signer_count == 1) {
        struct trust_signature s = {.info = &kept.data.signers[0],
                                    .content = &kept.data.contents[0]};
        answer.good =
            vpi_authenticode_verify(world.crypto, &arena, &trust, &kept, &digests, false, &s);
        answer.states = s.states;
        answer.chain = s.chain.len;
        answer.stamped = s.time.anchored;
        if (answer.good && vpi_signature_believed(&s))
            answer.states |= VP_SIGNATURE_BELIEVED;
    }
    vpi_arena_done(&arena);
    exact_free(file);
    exact_free(made);
    return answer;
}

static struct forgery alone(void)
{
    return (struct forgery){.signer = &world.leaf, .enclosed = {&world.leaf}};
}

static bool is_believed(struct set set, struct forgery f)
{
    struct answer answer = judge(&set, &f, 0);
    ck_assert(answer.good);
    ck_assert(answer.states & VP_SIGNATURE_VERIFIES);
    return (answer.states & VP_SIGNATURE_BELIEVED) != 0;
}

START_TEST(an_issuer_that_only_the_set_has_ends_the_chain)
{
    world_make();
    ck_assert(!is_believed((struct set){{NULL}, {0}}, alone()));
    ck_assert(is_believed((struct set){{&world.middle}, {PURPOSE_FIRMWARE}}, alone()));
    ck_assert(!is_believed((struct set){{&world.root}, {PURPOSE_FIRMWARE}}, alone()));
}
END_TEST

START_TEST(the_issuer_of_an_issuer_is_found_whatever_the_order)
{
    world_make();
    struct set up = {{&world.middle, &world.root}, {PURPOSE_TIME, PURPOSE_CODE}};
    struct set down = {{&world.root, &world.middle}, {PURPOSE_CODE, PURPOSE_TIME}};
    ck_assert(is_believed(up, alone()));
    ck_assert(is_believed(down, alone()));
    struct forgery f = alone();
    ck_assert_uint_eq(judge(&down, &f, 0).chain, 3);
}
END_TEST

START_TEST(a_certificate_of_the_set_is_trusted_for_its_purposes_alone)
{
    world_make();
    ck_assert(!is_believed((struct set){{&world.middle}, {PURPOSE_TIME}}, alone()));
    ck_assert(!is_believed((struct set){{&world.middle}, {PURPOSE_PACKAGE}}, alone()));
}
END_TEST

START_TEST(a_distrusted_issuer_of_the_set_is_told)
{
    world_make();
    struct set set = {{&world.middle, &world.root}, {0, PURPOSE_CODE}};
    struct forgery f = alone();
    struct answer answer = judge(&set, &f, 0);
    ck_assert(answer.states & VP_SIGNATURE_ANCHORED);
    ck_assert(answer.states & VP_SIGNATURE_REVOKED);
    ck_assert(!(answer.states & VP_SIGNATURE_BELIEVED));
}
END_TEST

START_TEST(a_name_alone_makes_no_issuer)
{
    world_make();
    struct forgery f = {.signer = &world.leaf, .enclosed = {&world.leaf, &world.middle}};
    ck_assert(is_believed((struct set){{&world.root}, {PURPOSE_CODE}}, f));
    ck_assert(!is_believed((struct set){{&world.other_root}, {PURPOSE_CODE}}, f));
}
END_TEST

START_TEST(what_is_enclosed_already_is_not_added)
{
    world_make();
    struct forgery f = {.signer = &world.leaf,
                        .enclosed = {&world.leaf, &world.middle, &world.root}};
    struct set set = {{&world.root, &world.middle}, {PURPOSE_CODE, PURPOSE_TIME}};
    ck_assert_uint_eq(judge(&set, &f, 0).chain, 3);
    ck_assert(is_believed(set, f));
}
END_TEST

START_TEST(a_time_stamp_may_end_in_the_set_too)
{
    world_make();
    static const enum stamp stamps[] = {STAMP_PKCS9, STAMP_TOKEN};
    for (size_t i = 0; i < 2; i++) {
        struct forgery f = {.signer = &world.leaf,
                            .enclosed = {&world.leaf, &world.stamper},
                            .stamp = stamps[i],
                            .stamper = &world.stamper,
                            .time = "20240102030405Z"};
        struct set without = {{&world.middle}, {PURPOSE_CODE}};
        struct set with = {{&world.middle, &world.stamp_root}, {PURPOSE_CODE, PURPOSE_TIME}};
        ck_assert(!judge(&without, &f, 0).stamped);
        ck_assert(judge(&with, &f, 0).stamped);
    }
}
END_TEST

START_TEST(no_memory_cap_makes_a_chain_of_the_set_believed_that_is_not)
{
    world_make();
    struct forgery f = alone();
    struct set wrong = {{&world.other_root, &world.middle}, {PURPOSE_CODE, PURPOSE_TIME}};
    struct set right = {{&world.root, &world.middle}, {PURPOSE_CODE, PURPOSE_TIME}};
    bool reached = false;
    for (size_t cap = 64; cap < 64 << 10; cap += cap / 4) {
        ck_assert(!(judge(&wrong, &f, cap).states & VP_SIGNATURE_BELIEVED));
        reached |= (judge(&right, &f, cap).states & VP_SIGNATURE_BELIEVED) != 0;
    }
    ck_assert(reached);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(an_issuer_that_only_the_set_has_ends_the_chain)                                           \
    TEST(the_issuer_of_an_issuer_is_found_whatever_the_order)                                      \
    TEST(a_certificate_of_the_set_is_trusted_for_its_purposes_alone)                               \
    TEST(a_distrusted_issuer_of_the_set_is_told)                                                   \
    TEST(a_name_alone_makes_no_issuer)                                                             \
    TEST(what_is_enclosed_already_is_not_added)                                                    \
    TEST(a_time_stamp_may_end_in_the_set_too)                                                      \
    TEST(no_memory_cap_makes_a_chain_of_the_set_believed_that_is_not)
#include "../check_main.h"
