/* test_kept_chain.c - an answer that was kept is the one that would be given again */
#include "crypto/verify.h"
#include "forge.h"

enum { JANUARY_2020 = 1577836800, JANUARY_2030 = 1893456000, CERTIFICATES = 3 };

static struct {
    struct party root, leaf, other;
    struct crypto *crypto; /* keeps its answers from question to question */
} world;

static void world_make(void)
{
    if (world.crypto)
        return;
    world.root = party_new((struct party_how){.organization = "Root", .authority = true});
    world.leaf =
        party_new((struct party_how){.organization = "Leaf", .issuer = &world.root, .to = 2030});
    world.other = party_new((struct party_how){.organization = "Root", .authority = true});
    ck_assert_int_eq(vpi_crypto_new(&world.crypto, NULL), VP_OK);
}

static void world_free(void)
{
    party_free(&world.root);
    party_free(&world.leaf);
    party_free(&world.other);
    vpi_crypto_free(world.crypto);
}

struct question {
    struct certificate certificates[CERTIFICATES];
    bool trusted[CERTIFICATES];
    struct chain_input input;
};

/* The leaf with the root that issued it behind one that didn't. */
static void question_init(struct question *q, int64_t time)
{
    *q = (struct question){.certificates = {world.leaf.facts, world.other.facts, world.root.facts},
                           .trusted = {false, false, true}};
    q->input = (struct chain_input){.leaf = &q->certificates[0],
                                    .certificates = q->certificates,
                                    .trusted = q->trusted,
                                    .count = CERTIFICATES,
                                    .time = time};
}

/* Asks the one that keeps answers twice, and one that has none. */
static struct chain ask(const struct question *q)
{
    struct crypto *fresh;
    struct chain all[3] = {{.len = 0}};
    ck_assert_int_eq(vpi_crypto_new(&fresh, NULL), VP_OK);
    ck_assert(vpi_chain_build(world.crypto, &q->input, &all[0]));
    ck_assert(vpi_chain_build(world.crypto, &q->input, &all[1]));
    ck_assert(vpi_chain_build(fresh, &q->input, &all[2]));
    vpi_crypto_free(fresh);
    for (size_t i = 1; i < 3; i++) {
        ck_assert_int_eq(all[i].anchored, all[0].anchored);
        ck_assert_int_eq(all[i].timely, all[0].timely);
        ck_assert_uint_eq(all[i].len, all[0].len);
        for (size_t n = 0; n < all[0].len; n++)
            ck_assert_ptr_eq(all[i].path[n], all[0].path[n]);
    }
    return all[0];
}

START_TEST(the_path_is_that_of_the_certificates_that_were_asked_about)
{
    struct question first, second;
    world_make();
    question_init(&first, JANUARY_2020 + 10);
    question_init(&second, JANUARY_2020 + 20); /* the same for whoever keeps answers */
    struct chain chain = ask(&first);
    ck_assert(chain.anchored && chain.timely);
    ck_assert_uint_eq(chain.len, 2);
    ck_assert_ptr_eq(chain.path[1], &first.certificates[2]);
    ck_assert_ptr_eq(ask(&second).path[1], &second.certificates[2]);
}
END_TEST

START_TEST(time_counts_at_both_ends_of_each_certificate)
{
    static const int64_t times[] = {0,
                                    JANUARY_2020 - 1,
                                    JANUARY_2020,
                                    JANUARY_2020 + 1,
                                    JANUARY_2030 - 1,
                                    JANUARY_2030,
                                    JANUARY_2030 + 1};
    struct question q;
    bool seen[2] = {false};
    world_make();
    for (size_t turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            question_init(&q, times[i]);
            struct chain chain = ask(&q);
            ck_assert(chain.anchored);
            seen[chain.timely] = true;
            ck_assert(!chain.timely || (times[i] >= JANUARY_2020 && times[i] <= JANUARY_2030));
        }
    }
    ck_assert(seen[0] && seen[1]);
}
END_TEST

START_TEST(an_answer_is_for_these_anchors_and_this_leaf_alone)
{
    struct question q;
    world_make();
    question_init(&q, JANUARY_2020 + 10);
    ck_assert(ask(&q).anchored);
    q.trusted[2] = false;
    ck_assert(!ask(&q).anchored);
    q.trusted[1] = true; /* of the issuer's name, and not the issuer */
    ck_assert(!ask(&q).anchored);
    question_init(&q, JANUARY_2020 + 10);
    q.input.leaf = &q.certificates[2];
    ck_assert_uint_eq(ask(&q).len, 1);
    question_init(&q, JANUARY_2020 + 10);
    q.input.count = 2;
    ck_assert(!ask(&q).anchored);
}
END_TEST

START_TEST(each_flipped_byte_of_the_leaf_is_another_question)
{
    struct question q;
    world_make();
    question_init(&q, JANUARY_2020 + 10);
    ck_assert(ask(&q).anchored);
    struct span copy = exact_copy(world.leaf.der);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.data;
    q.certificates[0].whole = copy;
    for (size_t i = 0; i < world.leaf.der.len; i += 7) {
        struct chain chain = {.len = 0};
        bytes[i] ^= 1;
        ck_assert(!vpi_chain_build(world.crypto, &q.input, &chain) || !chain.anchored);
        bytes[i] ^= 1;
    }
    ck_assert(ask(&q).anchored);
    exact_free(copy);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_path_is_that_of_the_certificates_that_were_asked_about)                               \
    TEST(time_counts_at_both_ends_of_each_certificate)                                             \
    TEST(an_answer_is_for_these_anchors_and_this_leaf_alone)                                       \
    TEST(each_flipped_byte_of_the_leaf_is_another_question)
#include "../check_main.h"
