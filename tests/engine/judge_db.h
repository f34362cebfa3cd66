/* judge_db.h - a database made in memory whose keys are written as people write them */
#include <check.h>

#include "feature/feature.h"
#include "set/write.h"

enum { ACME, ACME_ANVIL, BOLT, PACKER, STAMP, SUBJECTS };

static const struct db_subject judge_subjects[SUBJECTS] = {
    [ACME] = {.id = "acme", .name = "Acme Ltd", .vendor = ACME, .type = VP_SUBJECT_VENDOR},
    [ACME_ANVIL] = {.id = "acme/anvil",
                    .name = "Anvil",
                    .vendor = ACME,
                    .type = VP_SUBJECT_PRODUCT},
    [BOLT] = {.id = "bolt", .name = "Bolt AG", .vendor = BOLT, .type = VP_SUBJECT_VENDOR},
    [PACKER] = {.id = "packer", .name = "Packer", .vendor = PACKER, .type = VP_SUBJECT_BUILDER},
    [STAMP] = {.id = "stamp",
               .name = "Stamp Office",
               .vendor = STAMP,
               .type = VP_SUBJECT_VENDOR,
               .signs_for_others = true,
               .owner = BOLT + 1},
};

struct judge_key {
    uint16_t kind;
    const char *text;
    uint32_t subject;
    const char *version;
    enum vp_confidence confidence;
    uint32_t gate; /* row + 1, or 0 */
    enum vp_relation relation;
};

#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* 40 characters of three bytes each: longer than a reason shows. */
#define KA        "\xe5\x8d\xa1"
#define KA_10     KA KA KA KA KA KA KA KA KA KA
#define LONG_PATH "d:\\" KA_10 KA_10 KA_10 KA_10 ".pdb"

static const struct judge_key judge_keys[] = {
    {KIND_FILE_SHA256, DIGEST_A, ACME_ANVIL, "2.0", VP_CONFIDENCE_HIGH, 1, VP_RELATION_PUBLISHER},
    {KIND_FILE_SHA256, DIGEST_B, ACME, "", VP_CONFIDENCE_LOW, 1, VP_RELATION_PUBLISHER},
    {KIND_FILE_SHA256, DIGEST_C, ACME, "", VP_CONFIDENCE_HIGH, 1, VP_RELATION_PUBLISHER},
    {KIND_FILE_SHA256, DIGEST_C, BOLT, "", VP_CONFIDENCE_HIGH, 1, VP_RELATION_PUBLISHER},
    {KIND_FILE_SHA1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ACME, "", VP_CONFIDENCE_HIGH, 2,
     VP_RELATION_PUBLISHER},
    {KIND_FILE_MD5, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ACME, "", VP_CONFIDENCE_HIGH, 3,
     VP_RELATION_PUBLISHER},
    {KIND_AUTHENTICODE_SHA256, DIGEST_A, ACME, "", VP_CONFIDENCE_HIGH, 4, VP_RELATION_PUBLISHER},
    {KIND_IMPHASH, "11111111111111111111111111111111", ACME, "", VP_CONFIDENCE_HIGH, 0,
     VP_RELATION_PUBLISHER},
    {KIND_RICH_HASH, "22222222222222222222222222222222", ACME, "", VP_CONFIDENCE_HIGH, 0,
     VP_RELATION_PUBLISHER},
    {KIND_DELAY_IMPHASH, "33333333333333333333333333333333", ACME, "", VP_CONFIDENCE_HIGH, 0,
     VP_RELATION_PUBLISHER},
    {KIND_SYMBOL_DEFINED_SET, "44444444444444444444444444444444", ACME, "", VP_CONFIDENCE_HIGH, 0,
     VP_RELATION_PUBLISHER},
    {KIND_BUILD_ID, "0123456789abcdef", ACME_ANVIL, "3.1", VP_CONFIDENCE_HIGH, 0,
     VP_RELATION_PUBLISHER},
    {KIND_TELFHASH, "t15555", ACME, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_PUBLISHER},
    {KIND_COMPANY_NAME, "Acme", ACME, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_CLAIM},
    {KIND_COMPANY_NAME, "Bolt", BOLT, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_CLAIM},
    {KIND_COMPANY_NAME, "Acme Bolt Works", BOLT, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_CLAIM},
    {KIND_PRODUCT_NAME, "Acme Anvil", ACME_ANVIL, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_CLAIM},
    {KIND_CERTIFICATE_O, "Acme Ltd", ACME, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_PUBLISHER},
    {KIND_CERTIFICATE_O, "Stamp Office", STAMP, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_SIGNER},
    {KIND_PDB_PATH, LONG_PATH, BOLT, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_PUBLISHER},
    {KIND_FILE_NAME, "anvil.exe", ACME_ANVIL, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_CLAIM},
    {KIND_FILE_DESCRIPTION, "Packer Stub", PACKER, "", VP_CONFIDENCE_HIGH, 0, VP_RELATION_BUILDER},
};

/* A strong kind, one that was measured too rarely, and one that is often wrong. */
static const struct write_calibration judge_calibrations[] = {
    {{KIND_IMPHASH, VP_RELATION_PUBLISHER, 95, 5}, "a test"},
    {{KIND_RICH_HASH, VP_RELATION_PUBLISHER, 190, 10}, "a test"},
    {{KIND_DELAY_IMPHASH, VP_RELATION_PUBLISHER, 19, 0}, "a test"},
    {{KIND_SYMBOL_DEFINED_SET, VP_RELATION_PUBLISHER, 95, 5}, "a test"},
    {{KIND_TELFHASH, VP_RELATION_PUBLISHER, 95, 5}, "a test"},
    {{KIND_OPUS_NAME, VP_RELATION_PUBLISHER, 95, 5}, "a test"},
};

static const struct db_gate judge_gates[] = {
    {.kind = KIND_FILE_SHA256, .vendor = ACME, .size_most = UINT64_MAX},
    {.kind = KIND_FILE_SHA1,
     .vendor = VPDB_NO_ROW,
     .has = KIND_DOTNET_ASSEMBLY,
     .size_most = UINT64_MAX},
    {.kind = KIND_FILE_MD5, .vendor = VPDB_NO_ROW, .never = true, .size_most = UINT64_MAX},
    {.kind = KIND_AUTHENTICODE_SHA256,
     .vendor = VPDB_NO_ROW,
     .has = KIND_EXPORT_LIBRARY,
     .has_key = true,
     .key = {.high = 0xfc3138c94f1f375b, .low = 0x772bd78703c5b5a1}, /* fixture.dll */
     .size_most = UINT64_MAX},
};

static const struct write_policy judge_policies[] = {
    {"test-rule", "A rule", "Act 1", "2017-09-13", 0, 4}};

static const struct db_rule judge_rules[] = {
    {.subject = ACME_ANVIL,
     .relations = 1u << VP_RELATION_CLAIM,
     .answer = VP_ANSWER_NOT_COVERED,
     .why = "anvils are exempt"},
    {.subject = ACME,
     .relations = 1u << VP_RELATION_PUBLISHER,
     .answer = VP_ANSWER_COVERED,
     .why = "it is named"},
    {.subject = ACME, .answer = VP_ANSWER_NEEDS_HUMAN, .why = "only a claim"},
    {.subject = BOLT,
     .relations = 1u << VP_RELATION_PUBLISHER,
     .answer = VP_ANSWER_COVERED,
     .why = "it is named"},
};

enum { JUDGE_KEYS = sizeof judge_keys / sizeof *judge_keys };

/* The kinds of the keys, ascending. */
static inline size_t judge_kinds(struct write_kind *kinds)
{
    size_t count = 0;
    for (size_t i = 0; i < vpi_kind_count; i++) {
        for (size_t k = 0; k < JUDGE_KEYS; k++) {
            if (judge_keys[k].kind != vpi_kinds[i].number)
                continue;
            kinds[count++] =
                (struct write_kind){vpi_kinds[i].number, vpi_kinds[i].form, vpi_kinds[i].name};
            break;
        }
    }
    return count;
}

static inline struct vp_db *judge_db(void)
{
    struct arena arena;
    struct write_key keys[JUDGE_KEYS];
    struct write_kind kinds[JUDGE_KEYS];
    struct span bytes;
    struct vp_db *db = NULL;
    memset(keys, 0, sizeof keys);
    for (size_t i = 0; i < JUDGE_KEYS; i++) {
        const struct judge_key *from = &judge_keys[i];
        uint8_t value[256];
        size_t len;
        ck_assert_int_eq(vp_value_parse(from->kind, from->text, strlen(from->text), value,
                                        sizeof value, &len, NULL),
                         VP_OK);
        struct vp_key key = vp_key_make(from->kind, value, len);
        keys[i].key = (struct hash128){key.low, key.high};
        keys[i].record = (struct db_record){.kind = from->kind,
                                            .subject = from->subject,
                                            .gate = from->gate ? from->gate - 1 : VPDB_NO_ROW,
                                            .relation = from->relation,
                                            .confidence = from->confidence,
                                            .version = from->version,
                                            .file = "",
                                            .source = "a test",
                                            .date = ""};
    }
    struct write_content content = {.serial = 7,
                                    .date = 20779,
                                    .kinds = kinds,
                                    .kind_count = judge_kinds(kinds),
                                    .subjects = judge_subjects,
                                    .subject_count = SUBJECTS,
                                    .keys = keys,
                                    .key_count = JUDGE_KEYS,
                                    .gates = judge_gates,
                                    .gate_count = sizeof judge_gates / sizeof *judge_gates,
                                    .policies = judge_policies,
                                    .policy_count = 1,
                                    .rules = judge_rules,
                                    .rule_count = 4,
                                    .calibrations = judge_calibrations,
                                    .calibration_count =
                                        sizeof judge_calibrations / sizeof *judge_calibrations};
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_write(&arena, &content, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    vpi_arena_done(&arena);
    return db;
}
