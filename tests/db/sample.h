/* sample.h - a small database made in memory, for the tests of lib/db */
#include "set/write.h"

#include "feature/feature.h"

enum { SAMPLE_SUBJECTS = 3 };

static const struct db_subject sample_subjects[SAMPLE_SUBJECTS] = {
    {.id = "acme", .name = "Acme Ltd", .vendor = 0, .type = VP_SUBJECT_VENDOR},
    {.id = "acme/anvil", .name = "Anvil", .vendor = 0, .type = VP_SUBJECT_PRODUCT},
    {.id = "zlib",
     .name = "zlib",
     .vendor = 2,
     .type = VP_SUBJECT_ORIGIN,
     .signs_for_others = true,
     .deprecated = true},
};

static const struct write_kind sample_kinds[] = {
    {KIND_FILE_SHA256, FORM_HEX, "file-sha256"},
    {KIND_FILE_MD5, FORM_HEX, "file-md5"},
    {KIND_COMPANY_NAME, FORM_TEXT, "company-name"},
};

static const struct db_gate sample_gates[] = {
    {.kind = KIND_FILE_SHA256,
     .formats = 1u << VP_FORMAT_PE32,
     .roles = 1u << VP_ROLE_PROGRAM,
     .vendor = 0,
     .size_least = 10,
     .size_most = 20,
     .prefix = {'M', 'Z'},
     .prefix_len = 2},
};

static const struct write_policy sample_policies[] = {
    {"us-test", "A rule", "Act 1", "2017-09-13", 0, 2},
};

static const struct db_rule sample_rules[] = {
    {.subject = 1,
     .relations = 1u << VP_RELATION_PUBLISHER,
     .answer = VP_ANSWER_COVERED,
     .why = "it says so"},
    {.subject = 0, .levels = 1u << VP_LEVEL_POSSIBLE, .answer = VP_ANSWER_NEEDS_HUMAN, .why = ""},
};

static const struct write_calibration sample_calibrations[] = {
    {{.kind = KIND_COMPANY_NAME, .relation = VP_RELATION_CLAIM, .right = 90, .wrong = 10}, "runs"},
};

/* Key number i of kind `kind`. */
static inline struct vp_key sample_key(unsigned kind, uint64_t i)
{
    return vp_key_make(kind, &i, sizeof i);
}

/* The records of key number i, of the kind whose turn it is; every tenth has two, of different
 * subjects. */
static inline size_t sample_fill_one(struct write_key keys[2], size_t i)
{
    static const uint16_t kinds[] = {KIND_FILE_SHA256, KIND_FILE_MD5, KIND_COMPANY_NAME};
    struct vp_key key = sample_key(kinds[i % 3], i);
    unsigned copies = i % 10 == 0 ? 2 : 1;
    for (unsigned copy = 0; copy < copies; copy++) {
        struct write_key *to = &keys[copy];
        memset(to, 0, sizeof *to);
        to->key.low = key.low;
        to->key.high = key.high;
        to->record.kind = kinds[i % 3];
        to->record.subject = copy ? 2 : (uint32_t)(i % 2);
        to->record.gate = i % 6 == 0 ? 0 : VPDB_NO_ROW;
        to->record.relation = copy ? VP_RELATION_CLAIM : VP_RELATION_PUBLISHER;
        to->record.confidence = VP_CONFIDENCE_HIGH;
        to->record.version = i % 4 ? "" : "1.2.3";
        to->record.file = "anvil.exe";
        to->record.source = "a test";
        to->record.date = "2026-01";
    }
    return copies;
}

static inline size_t sample_fill(struct write_key *keys, size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += sample_fill_one(keys + used, i);
    return used;
}

static inline enum vp_status sample_write(struct arena *arena, size_t count, struct span *ret)
{
    struct write_key *keys = vpi_arena_array(arena, count * 2 + 1, sizeof *keys);
    if (!keys)
        return VP_E_MEMORY;
    struct write_content content = {
        .serial = 2026112201,
        .date = 20779, /* 2026-11-22 */
        .expires = 21144,
        .kinds = sample_kinds,
        .kind_count = sizeof sample_kinds / sizeof *sample_kinds,
        .subjects = sample_subjects,
        .subject_count = SAMPLE_SUBJECTS,
        .keys = keys,
        .key_count = sample_fill(keys, count),
        .gates = sample_gates,
        .gate_count = 1,
        .policies = sample_policies,
        .policy_count = 1,
        .rules = sample_rules,
        .rule_count = 2,
        .calibrations = sample_calibrations,
        .calibration_count = 1,
    };
    return vpi_write(arena, &content, ret, NULL);
}
