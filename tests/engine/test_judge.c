/* test_judge.c - features that are known already, judged through the public API */
#include <stdio.h>

#include "base/text.h"
#include "engine/judge_db.h"

struct known {
    unsigned kind;
    const char *text;
};

/* Judges up to four features; the caller unrefs. */
static struct vp_result *judge(const struct known *known, size_t count)
{
    struct vp_db *db = judge_db();
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_known_feature features[4];
    ck_assert_uint_le(count, 4);
    for (size_t i = 0; i < count; i++)
        features[i] = (struct vp_known_feature){.size = sizeof features[i],
                                                .kind = (uint16_t)known[i].kind,
                                                .text = known[i].text,
                                                .len = strlen(known[i].text)};
    ck_assert_int_eq(vp_session_new(db, NULL, &session, NULL), VP_OK);
    struct vp_error err = {0};
    ck_assert_msg(vp_examine_features(session, features, count, "x", &result, &err) == VP_OK, "%s",
                  err.text);
    vp_session_free(session);
    vp_db_unref(db); /* the result keeps it */
    return result;
}

#define JUDGE(...)                                                                                 \
    judge((const struct known[]){__VA_ARGS__},                                                     \
          sizeof((const struct known[]){__VA_ARGS__}) / sizeof(struct known))

static uint32_t finding_count(struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    ck_assert_int_eq(summary.outcome, summary.findings ? VP_OUTCOME_FINDINGS : VP_OUTCOME_NOTHING);
    return summary.findings;
}

/* The one finding, of which the rest is asserted by the caller. */
static struct vp_finding only(struct vp_result *result)
{
    struct vp_finding finding = {.size = sizeof finding};
    ck_assert_uint_eq(finding_count(result), 1);
    ck_assert_int_eq(vp_result_finding(result, 0, &finding), VP_OK);
    return finding;
}

static void expect(struct vp_result *result, const char *vendor, enum vp_relation relation,
                   enum vp_level level)
{
    struct vp_finding finding = only(result);
    ck_assert_str_eq(finding.vendor_id, vendor);
    ck_assert_int_eq(finding.relation, relation);
    ck_assert_int_eq(finding.level, level);
    vp_result_unref(result);
}

START_TEST(exact_content_identifies_the_publisher_product_and_version)
{
    struct vp_result *result = JUDGE({KIND_FILE_SHA256, DIGEST_A});
    struct vp_finding finding = only(result);
    ck_assert_str_eq(finding.product_id, "acme/anvil");
    ck_assert_str_eq(finding.version, "2.0");
    ck_assert_int_eq(finding.version_from, VP_VERSION_FROM_KEY);
    struct vp_evidence evidence = {.size = sizeof evidence};
    ck_assert_int_eq(vp_result_evidence(result, 0, 0, &evidence), VP_OK);
    ck_assert_str_eq(evidence.matched, DIGEST_A);
    ck_assert_str_eq(evidence.source, "a test");
    expect(result, "acme", VP_RELATION_PUBLISHER, VP_LEVEL_IDENTIFIED);
}
END_TEST

START_TEST(a_build_has_the_version_of_its_key_and_an_unmeasured_kind_is_only_possible)
{
    struct vp_result *result =
        JUDGE({KIND_BUILD_ID, "0123456789abcdef"}, {KIND_FILE_VERSION, "9.9"});
    struct vp_finding finding = only(result);
    ck_assert_str_eq(finding.product_id, "acme/anvil");
    ck_assert_str_eq(finding.version, "3.1");
    ck_assert_int_eq(finding.version_from, VP_VERSION_FROM_KEY);
    expect(result, "acme", VP_RELATION_PUBLISHER, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(exact_content_from_a_weak_source_is_only_possible)
{
    expect(JUDGE({KIND_FILE_SHA256, DIGEST_B}), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(a_key_that_two_vendors_share_names_neither_and_is_noted)
{
    struct vp_result *result = JUDGE({KIND_FILE_SHA256, DIGEST_C});
    struct vp_note note = {.size = sizeof note};
    ck_assert_uint_eq(finding_count(result), 0);
    ck_assert_int_eq(vp_result_note(result, 0, &note), VP_OK);
    ck_assert_int_eq(note.code, VP_NOTE_SHARED_KEY);
    vp_result_unref(result);
}
END_TEST

START_TEST(text_is_a_claim_however_many_fields_agree)
{
    expect(JUDGE({KIND_COMPANY_NAME, "ACME\xc2\xae"}), "acme", VP_RELATION_CLAIM,
           VP_LEVEL_POSSIBLE);
    expect(JUDGE({KIND_COMPANY_NAME, "The Acme Company"}, {KIND_PRODUCT_NAME, "Acme Anvil 3"},
                 {KIND_CERTIFICATE_O, "Acme Ltd"}, {KIND_FILE_NAME, "ANVIL.EXE"}),
           "acme", VP_RELATION_CLAIM, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(a_word_that_only_begins_like_a_name_is_no_hit)
{
    struct vp_result *result = JUDGE({KIND_COMPANY_NAME, "Acmeite GmbH"});
    ck_assert_uint_eq(finding_count(result), 0);
    vp_result_unref(result);
}
END_TEST

START_TEST(the_longest_phrase_that_hits_is_taken)
{
    expect(JUDGE({KIND_COMPANY_NAME, "Old Acme Bolt Works Inc."}), "bolt", VP_RELATION_CLAIM,
           VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(a_name_behind_more_phrases_than_are_looked_up_is_a_gap)
{
    char text[4096] = "";
    size_t len = 0;
    for (int i = 0; i < 400; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "word%c%c%c ", 'a' + i % 26,
                                'a' + i / 26 % 26, 'a' + i % 7);
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_gap gap = {.size = sizeof gap};
    snprintf(text + len, sizeof text - len, "Acme");
    struct vp_result *result = JUDGE({KIND_COMPANY_NAME, text});
    vp_result_summary(result, &summary);
    ck_assert_uint_eq(summary.findings, 0);
    ck_assert(!summary.complete);
    ck_assert_int_eq(vp_result_gap(result, 0, &gap), VP_OK);
    ck_assert_int_eq(gap.reason, VP_GAP_COUNT_LIMIT);
    vp_result_unref(result);
    text[8 * 100] = 0; /* a hundred words are looked up to the last */
    result = JUDGE({KIND_COMPANY_NAME, text});
    vp_result_summary(result, &summary);
    ck_assert(summary.complete);
    vp_result_unref(result);
}
END_TEST

START_TEST(a_signer_that_signs_for_others_names_nobody)
{
    struct vp_result *result = JUDGE({KIND_CERTIFICATE_O, "Stamp Office"});
    ck_assert_uint_eq(finding_count(result), 0);
    vp_result_unref(result);
}
END_TEST

START_TEST(one_measured_strong_structure_is_probable_and_two_identify)
{
    struct known imphash = {KIND_IMPHASH, "11111111111111111111111111111111"};
    struct known rich = {KIND_RICH_HASH, "22222222222222222222222222222222"};
    struct known unmeasured = {KIND_DELAY_IMPHASH, "33333333333333333333333333333333"};
    expect(JUDGE(imphash), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_PROBABLE);
    expect(JUDGE(imphash, rich), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_IDENTIFIED);
    expect(JUDGE(unmeasured), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_POSSIBLE);
    expect(JUDGE(unmeasured, imphash), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_PROBABLE);
}
END_TEST

START_TEST(two_kinds_of_one_table_of_symbols_are_one_fact)
{
    struct known symbols = {KIND_SYMBOL_DEFINED_SET, "44444444444444444444444444444444"};
    struct known telfhash = {KIND_TELFHASH, "T15555"};
    struct known imphash = {KIND_IMPHASH, "11111111111111111111111111111111"};
    expect(JUDGE(symbols, telfhash), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_PROBABLE);
    expect(JUDGE(symbols, imphash), "acme", VP_RELATION_PUBLISHER, VP_LEVEL_IDENTIFIED);
}
END_TEST

START_TEST(claims_of_the_vendor_that_content_identifies_are_its_evidence)
{
    struct vp_result *result = JUDGE({KIND_FILE_SHA256, DIGEST_A}, {KIND_COMPANY_NAME, "Acme"},
                                     {KIND_IMPHASH, "11111111111111111111111111111111"});
    ck_assert_uint_eq(only(result).evidence, 3);
    ck_assert_uint_eq(only(result).measured_right, 0);
    expect(result, "acme", VP_RELATION_PUBLISHER, VP_LEVEL_IDENTIFIED);
}
END_TEST

START_TEST(a_builder_is_no_vendor)
{
    struct vp_result *result = JUDGE({KIND_FILE_DESCRIPTION, "Packer Stub"});
    ck_assert_int_eq(only(result).type, VP_SUBJECT_BUILDER);
    expect(result, "packer", VP_RELATION_BUILDER, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(the_version_comes_from_the_fixed_field_before_the_text)
{
    struct vp_result *result = JUDGE({KIND_COMPANY_NAME, "Acme"}, {KIND_FILE_VERSION, "9.9 beta"},
                                     {KIND_FIXED_FILE_VERSION, "9.8.7.6"});
    ck_assert_str_eq(only(result).version, "9.8.7.6");
    ck_assert_int_eq(only(result).version_from, VP_VERSION_FROM_FIXED);
    vp_result_unref(result);
    result = JUDGE({KIND_COMPANY_NAME, "Acme"}, {KIND_FILE_VERSION, "9.9 beta"});
    ck_assert_str_eq(only(result).version, "9.9 beta");
    ck_assert_int_eq(only(result).version_from, VP_VERSION_FROM_TEXT);
    vp_result_unref(result);
}
END_TEST

START_TEST(a_reason_is_utf8_however_long_what_it_quotes_is)
{
    struct vp_result *result = JUDGE({KIND_PDB_PATH, LONG_PATH});
    const char *reason = only(result).reason;
    ck_assert_ptr_nonnull(strstr(reason, "pdb-path \"d:\\" KA));
    ck_assert_ptr_null(strstr(reason, ".pdb"));
    ck_assert(vpi_text_clean(span_text(reason)));
    vp_result_unref(result);
}
END_TEST

static enum vp_answer answer(struct vp_result *result, const char **ret_why)
{
    enum vp_answer said;
    ck_assert_int_eq(vp_policy_judge(result, 0, "test-rule", &said, ret_why, NULL), VP_OK);
    return said;
}

START_TEST(the_first_rule_that_fits_answers)
{
    const char *why;
    struct vp_result *result = JUDGE({KIND_FILE_SHA256, DIGEST_A});
    ck_assert_int_eq(answer(result, &why), VP_ANSWER_COVERED);
    ck_assert_int_eq(vp_policy_judge(result, 0, "none", &(enum vp_answer){0}, &why, NULL),
                     VP_E_NOT_FOUND);
    ck_assert_int_eq(vp_policy_judge(result, 0, NULL, &(enum vp_answer){0}, &why, NULL),
                     VP_E_ARGUMENT);
    ck_assert_int_eq(vp_policy_judge(result, 1, "test-rule", &(enum vp_answer){0}, &why, NULL),
                     VP_E_NOT_FOUND);
    vp_result_unref(result);
    result = JUDGE({KIND_PRODUCT_NAME, "Acme Anvil"});
    ck_assert_int_eq(answer(result, &why), VP_ANSWER_NOT_COVERED);
    ck_assert_str_eq(why, "anvils are exempt");
    vp_result_unref(result);
    result = JUDGE({KIND_COMPANY_NAME, "Acme"});
    ck_assert_int_eq(answer(result, &why), VP_ANSWER_NEEDS_HUMAN);
    vp_result_unref(result);
    /* Named, but not in this relation: no source says what follows. */
    result = JUDGE({KIND_COMPANY_NAME, "Acme Bolt Works"});
    ck_assert_int_eq(answer(result, &why), VP_ANSWER_NEEDS_HUMAN);
    vp_result_unref(result);
    result = JUDGE({KIND_FILE_DESCRIPTION, "Packer Stub"});
    ck_assert_int_eq(answer(result, &why), VP_ANSWER_NOT_COVERED);
    vp_result_unref(result);
}
END_TEST

START_TEST(a_value_that_is_none_of_its_kind_is_a_wrong_argument)
{
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_error err;
    struct vp_known_feature feature = {
        .size = sizeof feature, .kind = KIND_IMPHASH, .text = "zz", .len = 2};
    ck_assert_int_eq(vp_session_new(NULL, NULL, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_features(session, &feature, 1, NULL, &result, &err), VP_E_ARGUMENT);
    feature.kind = 0x7fff;
    ck_assert_int_eq(vp_examine_features(session, &feature, 1, NULL, &result, &err), VP_E_ARGUMENT);
    ck_assert_ptr_null(result);
    vp_session_free(session);
}
END_TEST

#define TESTS                                                                                      \
    TEST(exact_content_identifies_the_publisher_product_and_version)                               \
    TEST(a_build_has_the_version_of_its_key_and_an_unmeasured_kind_is_only_possible)               \
    TEST(exact_content_from_a_weak_source_is_only_possible)                                        \
    TEST(a_key_that_two_vendors_share_names_neither_and_is_noted)                                  \
    TEST(text_is_a_claim_however_many_fields_agree)                                                \
    TEST(a_word_that_only_begins_like_a_name_is_no_hit)                                            \
    TEST(the_longest_phrase_that_hits_is_taken)                                                    \
    TEST(a_name_behind_more_phrases_than_are_looked_up_is_a_gap)                                   \
    TEST(a_signer_that_signs_for_others_names_nobody)                                              \
    TEST(one_measured_strong_structure_is_probable_and_two_identify)                               \
    TEST(two_kinds_of_one_table_of_symbols_are_one_fact)                                           \
    TEST(claims_of_the_vendor_that_content_identifies_are_its_evidence)                            \
    TEST(a_builder_is_no_vendor)                                                                   \
    TEST(a_reason_is_utf8_however_long_what_it_quotes_is)                                          \
    TEST(the_version_comes_from_the_fixed_field_before_the_text)                                   \
    TEST(the_first_rule_that_fits_answers)                                                         \
    TEST(a_value_that_is_none_of_its_kind_is_a_wrong_argument)
#include "check_main.h"
