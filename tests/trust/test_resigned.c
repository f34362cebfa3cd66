/* test_resigned.c - signatures that were taken away or replaced, over code that the set knows */
#include "forge.h"
#include "set/compile.h"
#include "set/load.h"
#include "vendorprint/vendorprint.h"

static struct {
    struct party root, acme, bolt, store, forger;
    struct target target, changed;
    struct vp_db *db, *unsigned_db; /* the latter doesn't know that the original was signed */
} world;

static void hex(const uint8_t *bytes, size_t len, char *to)
{
    for (size_t i = 0; i < len; i++)
        snprintf(to + 2 * i, 3, "%02x", bytes[i]);
}

static struct vp_db *make_db(bool was_signed)
{
    char digest[65], root[65], code[512], anchor[512]; /* read when the set is finished */
    uint8_t spki[32];
    struct vp_set *set = vpi_set_new(0);
    struct vp_db *db = NULL;
    struct span bytes;
    hex(world.target.digests[1], 32, digest);
    hash(DIGEST_SHA256, world.root.facts.spki, spki);
    hex(spki, 32, root);
    ck_assert_ptr_nonnull(set);
    vpi_set_read_file(set, "set.yaml",
                      span_text("serial: \"7\"\ndate: \"2026-11-22\"\nlicense: Apache-2.0\n"));
#define VENDOR(id, name, more)                                                                     \
    "id: " id "\ntype: vendor\nname: " name "\n" more "names:\n  - value: " name                   \
    "\n    type: legal\n    kinds: [certificate-o]\n    confidence: high\n    source: a test\n"
    vpi_set_read_file(set, "vendors/acme.yaml", span_text(VENDOR("acme", "Acme Ltd", "")));
    vpi_set_read_file(set, "vendors/bolt.yaml", span_text(VENDOR("bolt", "Bolt AG", "")));
    vpi_set_read_file(set, "vendors/store.yaml",
                      span_text(VENDOR("store", "Store", "signs-for-others: \"yes\"\n")));
    snprintf(code, sizeof code,
             "kind,value,subject,relation,gate,size,version,file,confidence,date,source,signed\n"
             "authenticode-sha256,%s,acme,,,,2.0,anvil.sys,high,,a test,%s\n",
             digest, was_signed ? "yes" : "");
    vpi_set_read_file(set, "keys/code.csv", span_text(code));
    snprintf(anchor, sizeof anchor,
             "hash_of,algorithm,value,purposes,trust,name,from,until,source\n"
             "spki,sha256,%s,code,trusted,Root,,,a test\n",
             root);
    vpi_set_read_file(set, "anchors/some.csv", span_text(anchor));
    vpi_set_finish(set);
    ck_assert_uint_eq(set->errors, 0);
    ck_assert_int_eq(vpi_set_compile(set, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    vp_set_free(set);
    return db;
}

static struct party signer(const char *name)
{
    return party_new(
        (struct party_how){.organization = name, .issuer = &world.root, .usages = "codeSigning"});
}

static void world_make(void)
{
    if (world.db)
        return;
    world.root = party_new((struct party_how){.organization = "Root", .authority = true});
    world.acme = signer("Acme Ltd");
    world.bolt = signer("Bolt AG");
    world.store = signer("Store");
    world.forger = party_new((struct party_how){.organization = "Forger", .usages = "codeSigning"});
    target_init(&world.target, 0);
    target_init(&world.changed, 64);
    world.db = make_db(true);
    world.unsigned_db = make_db(false);
}

static void world_free(void)
{
    struct party *all[] = {&world.root, &world.acme, &world.bolt, &world.store, &world.forger};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        party_free(all[i]);
    pe_build_done(&world.target.pe);
    pe_build_done(&world.changed.pe);
    vp_db_unref(world.db);
    vp_db_unref(world.unsigned_db);
}

struct answer {
    char removed[128], replaced[128];
    enum vp_relation acme, bolt;
    enum vp_level level; /* of acme */
};

static struct answer examine(struct vp_db *db, struct span file)
{
    struct answer answer = {.removed = "", .replaced = ""};
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_note note = {.size = sizeof note};
    struct vp_finding finding = {.size = sizeof finding};
    ck_assert_int_eq(vp_session_new(db, NULL, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, file.data, file.len, "x.sys", &result, NULL),
                     VP_OK);
    vp_session_free(session);
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        if (note.code == VP_NOTE_SIGNATURE_REMOVED)
            snprintf(answer.removed, sizeof answer.removed, "%s", note.text);
        if (note.code == VP_NOTE_SIGNATURE_REPLACED)
            snprintf(answer.replaced, sizeof answer.replaced, "%s", note.text);
    }
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        if (strcmp(finding.vendor_id, "acme") == 0) {
            answer.acme = finding.relation;
            answer.level = finding.level;
        } else {
            ck_assert_str_eq(finding.vendor_id, "bolt");
            answer.bolt = finding.relation;
        }
    }
    vp_result_unref(result);
    return answer;
}

static struct answer examine_signed(const struct target *target, const struct party *by)
{
    struct forgery f = {
        .signer = by, .enclosed = {by, &world.root}, .file_digest = target->digests[1]};
    struct span blob = forge(&f), file = target_signed(target, blob, 0);
    struct answer answer = examine(world.db, file);
    exact_free(blob);
    exact_free(file);
    return answer;
}

static struct span bare(const struct target *target)
{
    return exact_copy(span_of(target->pe.bytes, target->pe.len));
}

START_TEST(a_signature_that_is_gone_is_told)
{
    world_make();
    struct span file = bare(&world.target);
    struct answer answer = examine(world.db, file);
    ck_assert_int_eq(answer.acme, VP_RELATION_PUBLISHER);
    ck_assert_int_eq(answer.level, VP_LEVEL_IDENTIFIED);
    ck_assert_str_eq(answer.removed, "this code of Acme Ltd was signed");
    ck_assert_str_eq(answer.replaced, "");
    exact_free(file);
}
END_TEST

START_TEST(code_that_was_never_signed_has_lost_nothing)
{
    world_make();
    struct span file = bare(&world.target), other = bare(&world.changed);
    struct answer answer = examine(world.unsigned_db, file);
    ck_assert_int_eq(answer.acme, VP_RELATION_PUBLISHER);
    ck_assert_str_eq(answer.removed, "");
    answer = examine(world.db, other);
    ck_assert_int_eq(answer.acme, 0);
    ck_assert_str_eq(answer.removed, "");
    exact_free(file);
    exact_free(other);
}
END_TEST

START_TEST(the_vendors_own_signature_is_no_other)
{
    world_make();
    struct answer answer = examine_signed(&world.target, &world.acme);
    ck_assert_int_eq(answer.acme, VP_RELATION_PUBLISHER);
    ck_assert_str_eq(answer.removed, "");
    ck_assert_str_eq(answer.replaced, "");
}
END_TEST

START_TEST(another_vendors_signature_is_told_beside_whose_code_it_is)
{
    world_make();
    struct answer answer = examine_signed(&world.target, &world.bolt);
    ck_assert_int_eq(answer.acme, VP_RELATION_PUBLISHER);
    ck_assert_int_eq(answer.level, VP_LEVEL_IDENTIFIED);
    ck_assert_int_eq(answer.bolt, VP_RELATION_SIGNER);
    ck_assert_str_eq(answer.replaced, "code of Acme Ltd, signed by \"Bolt AG\"");
    ck_assert_str_eq(answer.removed, "");
}
END_TEST

START_TEST(a_signature_by_nobody_known_is_told_as_not_believed)
{
    world_make();
    struct answer answer = examine_signed(&world.target, &world.forger);
    ck_assert_str_eq(answer.replaced,
                     "code of Acme Ltd, signed by \"Forger\", a name that nothing proves");
    /* Of other content it covers nothing, and the code is nobody's that the set knows. */
    answer = examine_signed(&world.changed, &world.forger);
    ck_assert_int_eq(answer.acme, 0);
    ck_assert_str_eq(answer.replaced, "");
}
END_TEST

START_TEST(who_signs_for_others_replaces_nothing)
{
    world_make();
    struct answer answer = examine_signed(&world.target, &world.store);
    ck_assert_int_eq(answer.acme, VP_RELATION_PUBLISHER);
    ck_assert_str_eq(answer.replaced, "");
    ck_assert_str_eq(answer.removed, "");
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_signature_that_is_gone_is_told)                                                         \
    TEST(code_that_was_never_signed_has_lost_nothing)                                              \
    TEST(the_vendors_own_signature_is_no_other)                                                    \
    TEST(another_vendors_signature_is_told_beside_whose_code_it_is)                                \
    TEST(a_signature_by_nobody_known_is_told_as_not_believed)                                      \
    TEST(who_signs_for_others_replaces_nothing)
#include "../check_main.h"
