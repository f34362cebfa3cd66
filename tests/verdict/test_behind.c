/* test_behind.c - whom a signature names that is given to others too */
#include "base/text.h"
#include "engine/judge_db.h"
#include "verdict/verdict.h"

enum { STAMPED = 1, OTHER = 2, SAID_MOST = 5 };

/* What is seen, and what trust.c found out about it. */
struct said {
    unsigned kind;
    const char *text;
    uint16_t certificate, attested;
    bool believed;
};

#define STAMP_BELIEVED                                                                             \
    {                                                                                              \
        KIND_CERTIFICATE_O, "Stamp Office", STAMPED, 0, true                                       \
    }
#define STAMP_UNBELIEVED                                                                           \
    {                                                                                              \
        KIND_CERTIFICATE_O, "Stamp Office", STAMPED, 0, false                                      \
    }
#define COMPANY(name)                                                                              \
    {                                                                                              \
        KIND_COMPANY_NAME, name, 0, 0, false                                                       \
    }
#define PROGRAM(name, by)                                                                          \
    {                                                                                              \
        KIND_OPUS_NAME, name, 0, by, false                                                         \
    }

static size_t look_up(struct vp_db *db, const struct feature *feature, uint32_t index,
                      unsigned kind, struct span value, struct evidence *to)
{
    struct vp_key key = vp_key_make(kind, value.data, value.len);
    struct vp_hit hit;
    struct evidence e = {.feature = index,
                         .kind = feature->kind,
                         .class = vpi_kind(feature->kind)->class,
                         .matched = value,
                         .borrowed = kind != feature->kind};
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    if (!hit.count)
        return 0;
    ck_assert(vpi_db_record(db, hit.first, &e.record));
    *to = e;
    return 1;
}

/* The first finding; its vendor is NULL when there is none. */
struct outcome {
    const char *vendor;
    enum vp_relation relation;
    enum vp_level level;
    size_t findings;
    char reason[256];
};

static struct outcome judge(const struct said said[SAID_MOST])
{
    struct vp_db *db = judge_db();
    struct arena arena;
    struct feature features[SAID_MOST] = {{.kind = 0}};
    struct evidence evidence[2 * SAID_MOST];
    size_t count = 0, found = 0;
    vpi_arena_init(&arena, 0);
    for (; count < SAID_MOST && said[count].kind; count++) {
        struct feature *f = &features[count];
        *f = (struct feature){.kind = (uint16_t)said[count].kind,
                              .text = said[count].text,
                              .certificate = said[count].certificate,
                              .attested = said[count].attested,
                              .verified = said[count].believed};
        ck_assert(vpi_canonical_text(&arena, span_text(f->text), &f->value));
        struct span word = span_first(f->value, strcspn(said[count].text, " "));
        found += look_up(db, f, (uint32_t)count, f->kind, f->value, &evidence[found]);
        if (f->kind == KIND_OPUS_NAME)
            found +=
                look_up(db, f, (uint32_t)count, KIND_CERTIFICATE_O, f->value, &evidence[found]);
        else if (word.len < f->value.len)
            found += look_up(db, f, (uint32_t)count, f->kind, word, &evidence[found]);
    }
    struct verdict verdict;
    ck_assert(vpi_verdict(&arena, db, features, count, evidence, found, &verdict));
    struct outcome outcome = {.findings = verdict.finding_count};
    if (verdict.finding_count) {
        const struct finding *finding = &verdict.findings[0];
        ck_assert_uint_lt(finding->vendor, SUBJECTS);
        outcome.vendor = judge_subjects[finding->vendor].id;
        outcome.relation = finding->relation;
        outcome.level = finding->level;
        snprintf(outcome.reason, sizeof outcome.reason, "%s", finding->reason);
    }
    vpi_arena_done(&arena);
    vp_db_unref(db);
    return outcome;
}

#define JUDGE(...) judge((const struct said[SAID_MOST]){__VA_ARGS__})

static void is(struct outcome outcome, const char *vendor, enum vp_relation relation,
               enum vp_level level)
{
    ck_assert_uint_eq(outcome.findings, 1);
    ck_assert_str_eq(outcome.vendor, vendor);
    ck_assert_int_eq(outcome.relation, relation);
    ck_assert_int_eq(outcome.level, level);
}

START_TEST(alone_it_names_nobody)
{
    ck_assert_uint_eq(JUDGE(STAMP_BELIEVED).findings, 0);
    ck_assert_uint_eq(JUDGE(STAMP_UNBELIEVED).findings, 0);
}
END_TEST

START_TEST(its_owner_is_named_where_the_company_name_is_the_owners)
{
    is(JUDGE(STAMP_BELIEVED, COMPANY("Bolt")), "bolt", VP_RELATION_SIGNER, VP_LEVEL_IDENTIFIED);
    is(JUDGE(COMPANY("Bolt"), STAMP_BELIEVED), "bolt", VP_RELATION_SIGNER, VP_LEVEL_IDENTIFIED);
}
END_TEST

START_TEST(without_belief_the_company_name_is_a_claim)
{
    is(JUDGE(STAMP_UNBELIEVED, COMPANY("Bolt")), "bolt", VP_RELATION_CLAIM, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(a_word_of_the_owners_name_is_not_the_owners_name)
{
    is(JUDGE(STAMP_BELIEVED, COMPANY("Bolt of others")), "bolt", VP_RELATION_CLAIM,
       VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(a_file_of_others_stays_theirs_to_claim)
{
    is(JUDGE(STAMP_BELIEVED, COMPANY("Acme")), "acme", VP_RELATION_CLAIM, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(what_the_programme_calls_the_program_is_probable)
{
    struct outcome outcome = JUDGE(STAMP_BELIEVED, PROGRAM("Acme Ltd", STAMPED));
    is(outcome, "acme", VP_RELATION_PUBLISHER, VP_LEVEL_PROBABLE);
    ck_assert_ptr_nonnull(strstr(outcome.reason, "signs for others"));
    ck_assert_ptr_nonnull(strstr(outcome.reason, "opus-name"));
}
END_TEST

START_TEST(what_anybody_else_calls_it_is_nothing)
{
    /* Not by a believed signature; by one of somebody who signs for himself; without the signer. */
    ck_assert_uint_eq(JUDGE(STAMP_BELIEVED, PROGRAM("Acme Ltd", 0)).findings, 0);
    ck_assert_uint_eq(JUDGE(STAMP_BELIEVED, PROGRAM("Acme Ltd", OTHER)).findings, 0);
    ck_assert_uint_eq(JUDGE(STAMP_UNBELIEVED, PROGRAM("Acme Ltd", STAMPED)).findings, 0);
    ck_assert_uint_eq(JUDGE(PROGRAM("Acme Ltd", STAMPED)).findings, 0);
}
END_TEST

START_TEST(a_signer_of_its_own_outweighs_what_the_programme_says)
{
    struct outcome outcome = JUDGE(STAMP_BELIEVED, PROGRAM("Acme Ltd", STAMPED),
                                   {KIND_CERTIFICATE_O, "Acme Ltd", OTHER, 0, true});
    is(outcome, "acme", VP_RELATION_SIGNER, VP_LEVEL_IDENTIFIED);
}
END_TEST

START_TEST(texts_of_the_same_vendor_dont_hide_what_the_programme_says)
{
    is(JUDGE(STAMP_BELIEVED, PROGRAM("Acme Ltd", STAMPED), COMPANY("Acme")), "acme",
       VP_RELATION_PUBLISHER, VP_LEVEL_PROBABLE);
}
END_TEST

#define TESTS                                                                                      \
    TEST(alone_it_names_nobody)                                                                    \
    TEST(its_owner_is_named_where_the_company_name_is_the_owners)                                  \
    TEST(without_belief_the_company_name_is_a_claim)                                               \
    TEST(a_word_of_the_owners_name_is_not_the_owners_name)                                         \
    TEST(a_file_of_others_stays_theirs_to_claim)                                                   \
    TEST(what_the_programme_calls_the_program_is_probable)                                         \
    TEST(what_anybody_else_calls_it_is_nothing)                                                    \
    TEST(a_signer_of_its_own_outweighs_what_the_programme_says)                                    \
    TEST(texts_of_the_same_vendor_dont_hide_what_the_programme_says)
#include "../check_main.h"
