/* apple_world.h - authorities, vendors and a database for tests of Apple's signatures
 *
 * What `examine_forgery` says of a forged file is compared by is_signer and is_claim.
 */
#ifndef TEST_APPLE_WORLD_H
#define TEST_APPLE_WORLD_H

#include "apple_forge.h"
#include "feature/feature.h"
#include "set/write.h"
#include "vendorprint/vendorprint.h"

enum { EXAMPLE, KASPERSKY, SUBJECTS };

static const struct db_subject subjects[SUBJECTS] = {
    {.id = "example", .name = "Example", .vendor = EXAMPLE, .type = VP_SUBJECT_VENDOR},
    {.id = "kaspersky",
     .name = "AO Kaspersky Lab",
     .vendor = KASPERSKY,
     .type = VP_SUBJECT_VENDOR}};

static const char name[] = "AO Kaspersky Lab", team[] = "KASPERSKY1", other_team[] = "EXAMPLE123";

/* The people of all tests. */
static struct {
    struct party root, stamp_root, code_root, developer_ca, developer, example, nameless, unmarked,
        development, distribution, store, apple_ca, software, stamper, by_code_root, false_root,
        by_false_root;
    struct vp_db *db;
} world;

static struct write_anchor anchor_of(const struct party *party, unsigned purposes)
{
    struct write_anchor anchor = {.row = {.what = ANCHOR_SPKI,
                                          .algorithm = DIGEST_SHA256,
                                          .purposes = purposes,
                                          .name = "an anchor"},
                                  .source = "a test"};
    hash(DIGEST_SHA256, party->facts.spki, anchor.row.hash);
    return anchor;
}

static struct write_key key_of(uint16_t kind, const char *text, uint32_t subject)
{
    uint8_t value[256];
    size_t len;
    ck_assert_int_eq(vp_value_parse(kind, text, strlen(text), value, sizeof value, &len, NULL),
                     VP_OK);
    struct vp_key key = vp_key_make(kind, value, len);
    return (struct write_key){.key = {key.low, key.high},
                              .record = {.kind = kind,
                                         .subject = subject,
                                         .gate = VPDB_NO_ROW,
                                         .relation = VP_RELATION_SIGNER,
                                         .confidence = VP_CONFIDENCE_HIGH,
                                         .version = "",
                                         .file = "",
                                         .source = "a test",
                                         .date = ""}};
}

/* With a code directory hash that is known, or NULL. */
static struct vp_db *make_db(const char *cdhash)
{
    struct arena arena;
    struct span bytes;
    struct vp_db *db = NULL;
    static const struct write_kind kinds[] = {{KIND_CDHASH, FORM_HEX, "cdhash"},
                                              {KIND_CERTIFICATE_O, FORM_TEXT, "certificate-o"},
                                              {KIND_APPLE_TEAM_ID, FORM_NAME, "apple-team-id"}};
    const struct write_anchor anchors[] = {anchor_of(&world.root, PURPOSE_APPLE),
                                           anchor_of(&world.code_root, PURPOSE_CODE),
                                           anchor_of(&world.stamp_root, PURPOSE_TIME)};
    struct write_key keys[] = {
        key_of(KIND_CERTIFICATE_O, name, KASPERSKY), key_of(KIND_APPLE_TEAM_ID, team, KASPERSKY),
        key_of(KIND_APPLE_TEAM_ID, other_team, EXAMPLE),
        key_of(KIND_CDHASH, cdhash ? cdhash : "0000000000000000000000000000000000000000",
               KASPERSKY)};
    keys[3].record.relation = VP_RELATION_PUBLISHER;
    struct write_content content = {.serial = 1,
                                    .date = 20779, /* 2026-11-22 */
                                    .kinds = kinds,
                                    .kind_count = 3,
                                    .subjects = subjects,
                                    .subject_count = SUBJECTS,
                                    .keys = keys,
                                    .key_count = 4,
                                    .anchors = anchors,
                                    .anchor_count = 3};
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_write(&arena, &content, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    vpi_arena_done(&arena);
    return db;
}

#define APPLE_OID "1.2.840.113635.100.6."

static struct party leaf_new(const struct party *issuer, const char *organization, const char *unit,
                             const char *marker)
{
    return party_new((struct party_how){.organization = organization,
                                        .unit = unit,
                                        .issuer = issuer,
                                        .usages = "codeSigning",
                                        .marker = marker});
}

static void world_make(void)
{
    if (world.db)
        return;
    world.root = party_new(
        (struct party_how){.organization = "Apple Inc.", .authority = true, .from = 2005});
    world.stamp_root = party_new(
        (struct party_how){.organization = "Stamp Root", .authority = true, .from = 2005});
    world.code_root = party_new((struct party_how){.organization = "Code Root", .authority = true});
    world.false_root = party_new((struct party_how){
        .organization = "Apple Inc.", .common_name = "Apple Root CA", .authority = true});
    world.developer_ca = party_new((struct party_how){.organization = "Developer ID",
                                                      .issuer = &world.root,
                                                      .marker = APPLE_OID "2.6",
                                                      .authority = true,
                                                      .from = 2005});
    world.apple_ca =
        party_new((struct party_how){.organization = "Apple Inc.",
                                     .common_name = "Apple Code Signing Certification Authority",
                                     .issuer = &world.root,
                                     .authority = true});
    world.developer = leaf_new(&world.developer_ca, name, team, APPLE_OID "1.13");
    world.example = leaf_new(&world.developer_ca, "Example", other_team, APPLE_OID "1.13");
    world.nameless = leaf_new(&world.developer_ca, "Nobody", NULL, APPLE_OID "1.13");
    world.unmarked = leaf_new(&world.developer_ca, name, team, NULL);
    world.development = leaf_new(&world.root, name, other_team, APPLE_OID "1.12");
    world.distribution = leaf_new(&world.root, name, team, APPLE_OID "1.7");
    world.store = leaf_new(&world.root, name, NULL, APPLE_OID "1.9");
    world.software = leaf_new(&world.apple_ca, name, NULL, APPLE_OID "22");
    world.by_code_root = leaf_new(&world.code_root, name, team, APPLE_OID "1.13");
    world.by_false_root = leaf_new(&world.false_root, name, team, APPLE_OID "1.13");
    world.stamper = party_new((struct party_how){.organization = "Stamper",
                                                 .issuer = &world.stamp_root,
                                                 .usages = "critical,timeStamping",
                                                 .from = 2005});
    world.db = make_db(NULL);
}

static void world_free(void)
{
    struct party *all[] = {&world.root,         &world.stamp_root,   &world.code_root,
                           &world.developer_ca, &world.developer,    &world.example,
                           &world.nameless,     &world.unmarked,     &world.development,
                           &world.distribution, &world.store,        &world.apple_ca,
                           &world.software,     &world.stamper,      &world.by_code_root,
                           &world.false_root,   &world.by_false_root};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        party_free(all[i]);
    vp_db_unref(world.db);
}

/* What one file is said to be. */
struct answer {
    uint32_t signatures;
    unsigned states; /* of the last of them */
    struct {
        enum vp_relation relation; /* 0: no finding */
        enum vp_level level;
    } kaspersky, example;
    uint64_t notes; /* bits 1 << code */
    uint64_t time;
    char cdhash[64];
};

static struct answer answer_of(struct vp_result *result)
{
    struct answer answer = {.time = VP_NONE};
    struct vp_signature signature = {.size = sizeof signature};
    struct vp_finding finding = {.size = sizeof finding};
    struct vp_feature feature = {.size = sizeof feature};
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++) {
        answer.signatures++;
        answer.states = signature.states;
        answer.time = signature.time;
    }
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        bool kaspersky = strcmp(finding.vendor_id, "kaspersky") == 0;
        *(kaspersky ? &answer.kaspersky.relation : &answer.example.relation) = finding.relation;
        *(kaspersky ? &answer.kaspersky.level : &answer.example.level) = finding.level;
    }
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++)
        answer.notes |= UINT64_C(1) << note.code;
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.kind == KIND_CDHASH && !answer.cdhash[0])
            snprintf(answer.cdhash, sizeof answer.cdhash, "%s", feature.text);
    }
    vp_result_unref(result);
    return answer;
}

static struct answer examine_with(struct vp_db *db, struct span file, uint64_t memory)
{
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_session_options options = {.size = sizeof options, .limits = {.memory = memory}};
    ck_assert_int_eq(vp_session_new(db, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, file.data, file.len, "x", &result, NULL), VP_OK);
    vp_session_free(session);
    return answer_of(result);
}

static struct answer examine_forgery(struct apple_forgery f)
{
    struct span file = apple_forge(&f);
    struct answer answer = examine_with(world.db, file, 0);
    exact_free(file);
    return answer;
}

static struct apple_forgery signed_by(const struct party *leaf, const char *said_team)
{
    return (struct apple_forgery){
        .signer = leaf,
        .enclosed = {leaf, &world.developer_ca, &world.apple_ca, &world.root},
        .team = said_team};
}

static struct apple_forgery genuine(void)
{
    return signed_by(&world.developer, team);
}

static const unsigned good = VP_SIGNATURE_CHECKED | VP_SIGNATURE_DIGEST_MATCHES |
                             VP_SIGNATURE_VERIFIES | VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY |
                             VP_SIGNATURE_CODE_SIGNING | VP_SIGNATURE_PAGE_HASHES |
                             VP_SIGNATURE_PAGES_MATCH;

static void is_signer(struct answer answer)
{
    ck_assert_msg((answer.states & good) == good, "states are %#x", answer.states);
    ck_assert(answer.states & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.kaspersky.level, VP_LEVEL_IDENTIFIED);
}

/* The team is there, as a claim; these good states are missing, these bad ones are there. */
static void is_claim(struct answer answer, unsigned missing, unsigned bad, enum vp_note_code code)
{
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert_int_eq(answer.kaspersky.level, VP_LEVEL_POSSIBLE);
    ck_assert(!(answer.states & VP_SIGNATURE_BELIEVED));
    ck_assert_msg((answer.states & good) == (good & ~missing), "states are %#x", answer.states);
    ck_assert_uint_eq(answer.states & bad, bad);
    if (code)
        ck_assert_msg(answer.notes >> code & 1, "notes are %#llx",
                      (unsigned long long)answer.notes);
}

#define AFTER_VERIFIES (VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING)

#endif
