/* test_catalog_forging.c - a catalog vouches for what it lists, and for nothing else */
#define _GNU_SOURCE /* mkdtemp */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forge_catalog.h"
#include "world.h"

/* A folder of the test, its files by number. */
struct place {
    char folder[96];
    char files[8][160];
    unsigned count;
};

/* The path of a new file.  Put together apart: compilers fear that two parts of a struct overlap.
 */
static char *place_path(struct place *place, const char *file)
{
    char path[sizeof place->files[0]];
    char *to = place->files[place->count++];
    snprintf(path, sizeof path, "%s/%s", place->folder, file);
    return memcpy(to, path, sizeof path);
}

static void place_make(struct place *place)
{
    *place = (struct place){.folder = "/tmp/vendorprint-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(place->folder));
}

static const char *place_put(struct place *place, const char *file, struct span bytes)
{
    const char *path = place_path(place, file);
    FILE *stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    if (bytes.len)
        ck_assert_uint_eq(fwrite(bytes.data, 1, bytes.len, stream), bytes.len);
    ck_assert_int_eq(fclose(stream), 0);
    return path;
}

static void place_remove(struct place *place)
{
    while (place->count > 0)
        unlink(place->files[--place->count]);
    ck_assert_int_eq(rmdir(place->folder), 0);
}

static struct vp_catalogs *open_catalogs(const char *path)
{
    struct vp_catalogs *catalogs = NULL;
    ck_assert_int_eq(vp_catalogs_open(&path, 1, NULL, &catalogs, NULL), VP_OK);
    return catalogs;
}

struct answer {
    uint32_t signatures; /* of catalogs */
    unsigned states;     /* of the first of them */
    enum vp_relation kaspersky, example;
    enum vp_level level; /* of the former */
    unsigned notes;      /* bits 1 << code */
    bool by_catalog;     /* the reason says so */
};

/* Takes the result. */
static struct answer answer_of(struct vp_result *result)
{
    struct answer answer = {.signatures = 0};
    struct vp_signature signature = {.size = sizeof signature};
    struct vp_finding finding = {.size = sizeof finding};
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++) {
        ck_assert((signature.catalog[0] != 0) == ((signature.states & VP_SIGNATURE_CATALOG) != 0));
        if (signature.catalog[0] && answer.signatures++ == 0)
            answer.states = signature.states;
    }
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        ck_assert_str_ne(finding.vendor_id, "store");
        if (strcmp(finding.vendor_id, "kaspersky") == 0) {
            answer.kaspersky = finding.relation;
            answer.level = finding.level;
            answer.by_catalog = strstr(finding.reason, "catalog") != NULL;
        } else {
            answer.example = finding.relation;
        }
    }
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        if (note.code < 32)
            answer.notes |= 1u << note.code;
    }
    vp_result_unref(result);
    return answer;
}

static struct answer examine(struct span file, struct vp_catalogs *catalogs)
{
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_session_options options = {.size = sizeof options, .catalogs = catalogs};
    ck_assert_int_eq(vp_session_new(world.db, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, file.data, file.len, "x.sys", &result, NULL),
                     VP_OK);
    vp_session_free(session);
    return answer_of(result);
}

static struct span target(void)
{
    return span_of(world.target.pe.bytes, world.target.pe.len);
}

/* What the unsigned target is with a catalog of these bytes, which are taken. */
static struct answer examine_with(struct span catalog)
{
    struct place place;
    place_make(&place);
    struct vp_catalogs *catalogs = open_catalogs(place_put(&place, "x.cat", catalog));
    struct answer answer = examine(target(), catalogs);
    vp_catalogs_unref(catalogs);
    place_remove(&place);
    exact_free(catalog);
    return answer;
}

static struct forgery genuine(void)
{
    return (struct forgery){.signer = &world.kaspersky,
                            .enclosed = {&world.kaspersky, &world.root}};
}

static struct forged_member member(void)
{
    return (struct forged_member){.digest = world.target.digests[1], .file = "x.sys"};
}

static struct span genuine_catalog(void)
{
    const struct forgery f = genuine();
    const struct forged_member m = member();
    return forge_catalog(&f, &m, 1);
}

static void is_unlisted(struct answer answer)
{
    ck_assert_uint_eq(answer.signatures, 0);
    ck_assert_int_eq(answer.kaspersky, 0);
    ck_assert_uint_eq(answer.notes, 0);
}

static void is_claim(struct answer answer, unsigned missing, unsigned bad)
{
    const unsigned good = VP_SIGNATURE_CHECKED | VP_SIGNATURE_CATALOG | VP_SIGNATURE_VERIFIES |
                          VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_ANCHORED |
                          VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING;
    ck_assert_uint_eq(answer.signatures, 1);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    ck_assert_int_eq(answer.level, VP_LEVEL_POSSIBLE);
    ck_assert(!(answer.states & VP_SIGNATURE_BELIEVED));
    ck_assert_msg((answer.states & good) == (good & ~missing), "states are %#x", answer.states);
    ck_assert_uint_eq(answer.states & bad, bad);
}

START_TEST(an_unsigned_driver_has_the_signer_of_the_catalog_that_lists_it)
{
    world_make();
    struct answer answer = examine_with(genuine_catalog());
    ck_assert_uint_eq(answer.signatures, 1);
    ck_assert(answer.states & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.level, VP_LEVEL_IDENTIFIED);
    ck_assert(answer.by_catalog);
    ck_assert(answer.notes >> VP_NOTE_LISTED_IN_CATALOG & 1);
    is_unlisted(examine(target(), NULL));
}
END_TEST

START_TEST(a_catalog_that_lists_another_file_says_nothing)
{
    world_make();
    static const uint8_t other[32] = {1};
    const struct forgery f = genuine();
    struct forged_member m = member();
    m.digest = other; /* though it has the right name */
    is_unlisted(examine_with(forge_catalog(&f, &m, 1)));
    /* The digest of all bytes of a flat file is not that of an image. */
    m = member();
    m.flat = true;
    is_unlisted(examine_with(forge_catalog(&f, &m, 1)));
    /* Two digests of one member. */
    m = member();
    m.twice = true;
    is_unlisted(examine_with(forge_catalog(&f, &m, 1)));
}
END_TEST

START_TEST(one_byte_more_is_another_file)
{
    world_make();
    struct place place;
    place_make(&place);
    struct span catalog = genuine_catalog(), copy = exact_copy(target());
    struct vp_catalogs *catalogs = open_catalogs(place_put(&place, "x.cat", catalog));
    ((uint8_t *)(uintptr_t)copy.data)[copy.len - 1] ^= 1;
    is_unlisted(examine(copy, catalogs));
    exact_free(copy);
    exact_free(catalog);
    vp_catalogs_unref(catalogs);
    place_remove(&place);
}
END_TEST

START_TEST(a_self_signed_catalog_stays_a_claim)
{
    world_make();
    const struct forgery f = {.signer = &world.forger, .enclosed = {&world.forger}};
    const struct forged_member m = member();
    is_claim(examine_with(forge_catalog(&f, &m, 1)), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY,
             0);
}
END_TEST

#define AFTER_VERIFIES                                                                             \
    (VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_VERIFIES | VP_SIGNATURE_ANCHORED |                 \
     VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING)

START_TEST(a_digest_that_was_put_into_a_signed_catalog_stays_a_claim)
{
    world_make();
    static const uint8_t other[32] = {1};
    const struct forgery f = genuine();
    struct forged_member m = member();
    m.digest = other;
    struct span catalog = forge_catalog(&f, &m, 1);
    uint8_t *at = memmem(catalog.data, catalog.len, other, sizeof other);
    ck_assert_ptr_nonnull(at);
    memcpy(at, world.target.digests[1], 32);
    struct answer answer = examine_with(catalog);
    is_claim(answer, AFTER_VERIFIES, 0);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_INVALID & 1);
}
END_TEST

START_TEST(another_key_and_lying_attributes_stay_claims)
{
    world_make();
    const struct forged_member m = member();
    struct forgery lies[3] = {genuine(), genuine(), genuine()};
    lies[0].signer = &world.forger;
    lies[0].named = &world.kaspersky;
    lies[1].wrong_message_digest = true;
    lies[2].says_type = TYPE_INDIRECT;
    for (size_t i = 0; i < 3; i++)
        is_claim(examine_with(forge_catalog(&lies[i], &m, 1)), AFTER_VERIFIES, 0);
}
END_TEST

/* A whole list with the target's digest, in an attribute that nobody signed. */
START_TEST(a_list_in_an_unsigned_attribute_lists_nothing)
{
    world_make();
    static const uint8_t other[32] = {1};
    struct forged_member m = member();
    struct forgery f = genuine();
    struct span inner = forge_catalog(&f, &m, 1);
    f.nested = inner; /* itself rightly signed: the same signer, only in another place */
    m.digest = other;
    is_unlisted(examine_with(forge_catalog(&f, &m, 1)));
    exact_free(inner);
}
END_TEST

/* As signers do who sign with SHA-1 first, for old systems. */
START_TEST(a_nested_signature_over_the_same_list_vouches_too)
{
    world_make();
    const struct forged_member m = member();
    struct forgery f = genuine();
    struct span inner = forge_catalog(&f, &m, 1);
    f = (struct forgery){.signer = &world.forger,
                         .enclosed = {&world.forger},
                         .nested = inner,
                         .digest = DIGEST_SHA1};
    struct answer answer = examine_with(forge_catalog(&f, &m, 1));
    ck_assert_uint_eq(answer.signatures, 2);
    ck_assert(!(answer.states & VP_SIGNATURE_BELIEVED));
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    exact_free(inner);
}
END_TEST

/* What is nested may be a whole catalog of somebody else's, which lists other files. */
START_TEST(a_nested_signature_over_another_list_vouches_for_nothing)
{
    world_make();
    static const uint8_t other[32] = {1};
    struct forged_member m = member();
    struct forgery f = genuine();
    m.digest = other;
    struct span inner = forge_catalog(&f, &m, 1);
    m.digest = world.target.digests[1];
    f = (struct forgery){.signer = &world.forger, .enclosed = {&world.forger}, .nested = inner};
    struct answer answer = examine_with(forge_catalog(&f, &m, 1));
    ck_assert_uint_eq(answer.signatures, 1);
    ck_assert(!(answer.states & VP_SIGNATURE_BELIEVED));
    ck_assert_int_ne(answer.kaspersky, VP_RELATION_SIGNER);
    exact_free(inner);
}
END_TEST

START_TEST(an_anchor_for_stamps_vouches_for_no_catalog)
{
    world_make();
    const struct forged_member m = member();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.stamp_root,
                                                     .usages = "codeSigning"});
    const struct forgery f = {.signer = &leaf, .enclosed = {&leaf, &world.stamp_root}};
    is_claim(examine_with(forge_catalog(&f, &m, 1)), VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY,
             0);
    party_free(&leaf);
}
END_TEST

START_TEST(a_member_by_sha1_is_believed_only_from_when_it_was_good)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .registration = number,
                                                     .issuer = &world.root,
                                                     .usages = "codeSigning",
                                                     .from = 2010});
    struct forgery f = {.signer = &leaf,
                        .enclosed = {&leaf, &world.root, &world.stamper, &world.stamp_root}};
    const struct forged_member m = {.digest = world.target.digests[0], .sha1 = true};
    is_claim(examine_with(forge_catalog(&f, &m, 1)), 0, VP_SIGNATURE_WEAK);
    f.stamp = STAMP_TOKEN;
    f.stamper = &world.stamper;
    f.time = "20151231235959Z";
    struct answer answer = examine_with(forge_catalog(&f, &m, 1));
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    party_free(&leaf);
}
END_TEST

START_TEST(who_is_distrusted_or_signs_for_others_vouches_for_nobody)
{
    world_make();
    const struct forged_member m = member();
    struct forgery f = {.signer = &world.distrusted, .enclosed = {&world.distrusted, &world.root}};
    is_claim(examine_with(forge_catalog(&f, &m, 1)), 0, VP_SIGNATURE_REVOKED);
    f = (struct forgery){.signer = &world.store, .enclosed = {&world.store, &world.root}};
    struct answer answer = examine_with(forge_catalog(&f, &m, 1));
    ck_assert(answer.states & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky, 0);
}
END_TEST

START_TEST(the_signer_inside_and_that_of_the_catalog_are_both_named)
{
    world_make();
    struct place place;
    place_make(&place);
    struct forgery f = {.signer = &world.example,
                        .enclosed = {&world.example, &world.root},
                        .file_digest = world.target.digests[1]};
    struct span blob = forge(&f), file = target_signed(&world.target, blob, 0);
    struct span catalog = genuine_catalog();
    struct vp_catalogs *catalogs = open_catalogs(place_put(&place, "x.cat", catalog));
    struct answer answer = examine(file, catalogs);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
    ck_assert_uint_eq(answer.signatures, 1);
    ck_assert(answer.notes >> VP_NOTE_SIGNERS_DISAGREE & 1);
    vp_catalogs_unref(catalogs);
    place_remove(&place);
    exact_free(catalog);
    exact_free(file);
    exact_free(blob);
}
END_TEST

START_TEST(a_flat_file_is_looked_up_by_all_its_bytes)
{
    world_make();
    struct place place;
    place_make(&place);
    uint8_t digest[32];
    struct span text = span_text("; no program at all\n");
    hash(DIGEST_SHA256, text, digest);
    const struct forgery f = genuine();
    const struct forged_member m = {.digest = digest, .flat = true};
    struct span catalog = forge_catalog(&f, &m, 1);
    struct vp_catalogs *catalogs = open_catalogs(place_put(&place, "x.cat", catalog));
    ck_assert_int_eq(examine(text, catalogs).kaspersky, VP_RELATION_SIGNER);
    is_unlisted(examine(span_first(text, text.len - 1), catalogs));
    vp_catalogs_unref(catalogs);
    place_remove(&place);
    exact_free(catalog);
}
END_TEST

START_TEST(what_is_no_catalog_is_counted_and_what_is_not_there_is_an_error)
{
    world_make();
    struct place place;
    struct vp_catalogs *catalogs = NULL;
    struct vp_catalogs_info info = {.size = sizeof info};
    place_make(&place);
    struct span catalog = genuine_catalog();
    const char *good = place_put(&place, "good.CAT", catalog);
    place_put(&place, "cut.cat", span_first(catalog, catalog.len / 2));
    place_put(&place, "empty.cat", span_of(NULL, 0));
    place_put(&place, "good.txt", catalog);
    const char *link = place_path(&place, "link.cat");
    ck_assert_int_eq(symlink(good, link), 0);
    catalogs = open_catalogs(place.folder);
    vp_catalogs_info(catalogs, &info);
    ck_assert_uint_eq(info.catalogs, 1);
    ck_assert_uint_eq(info.members, 1);
    ck_assert_uint_eq(info.unread, 2);
    ck_assert_int_eq(info.complete, 1);
    vp_catalogs_unref(vp_catalogs_ref(catalogs));
    ck_assert_int_eq(examine(target(), catalogs).kaspersky, VP_RELATION_SIGNER);
    vp_catalogs_unref(catalogs);
    place_remove(&place);
    const char *gone = place.folder;
    ck_assert_int_eq(vp_catalogs_open(&gone, 1, NULL, &catalogs, NULL), VP_E_NOT_FOUND);
    exact_free(catalog);
}
END_TEST

START_TEST(catalogs_that_do_not_fit_leave_a_gap)
{
    world_make();
    static const uint8_t other[32] = {1};
    struct place place;
    struct vp_catalogs *catalogs = NULL;
    struct vp_catalogs_info info = {.size = sizeof info};
    const struct forgery f = genuine();
    struct forged_member m = member();
    m.digest = other;
    place_make(&place);
    struct span first = forge_catalog(&f, &m, 1), second = genuine_catalog();
    place_put(&place, "a.cat", first);
    place_put(&place, "b.cat", second);
    struct vp_catalogs_options options = {.size = sizeof options, .catalogs = 1};
    const char *folder = place.folder;
    ck_assert_int_eq(vp_catalogs_open(&folder, 1, &options, &catalogs, NULL), VP_OK);
    vp_catalogs_info(catalogs, &info);
    ck_assert_uint_eq(info.catalogs, 1);
    ck_assert_int_eq(info.complete, 0);
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_session_options session_options = {.size = sizeof session_options,
                                                 .catalogs = catalogs};
    ck_assert_int_eq(vp_session_new(world.db, &session_options, &session, NULL), VP_OK);
    ck_assert_int_eq(
        vp_examine_memory(session, target().data, target().len, "x.sys", &result, NULL), VP_OK);
    vp_result_summary(result, &summary);
    ck_assert_int_eq(summary.complete, 0);
    vp_result_unref(result);
    vp_session_free(session);
    vp_catalogs_unref(catalogs);
    place_remove(&place);
    exact_free(first);
    exact_free(second);
}
END_TEST

/* The answer about the file called `wanted` in a scan of the place. */
static struct answer scanned(const struct place *place, const char *wanted)
{
    struct vp_scan *scan = NULL;
    struct vp_scan_item item = {.size = sizeof item};
    const char *folder = place->folder;
    struct answer answer = {.signatures = 0};
    ck_assert_int_eq(vp_scan_start(world.db, &folder, 1, NULL, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK) {
        ck_assert_int_eq(item.status, VP_OK);
        const char *last = strrchr(item.path, '/');
        if (strcmp(last + 1, wanted) == 0)
            answer = answer_of(vp_result_ref(item.result));
        vp_result_unref(item.result);
    }
    vp_scan_free(scan);
    return answer;
}

START_TEST(a_scan_finds_the_catalogs_beside_and_above_a_driver)
{
    world_make();
    struct place place, below, deeper;
    struct span catalog = genuine_catalog();
    place_make(&place);
    snprintf(below.folder, sizeof below.folder, "%.60s/amd64", place.folder);
    snprintf(deeper.folder, sizeof deeper.folder, "%.60s/amd64/deeper", place.folder);
    below.count = deeper.count = 0;
    ck_assert_int_eq(mkdir(below.folder, 0700), 0);
    ck_assert_int_eq(mkdir(deeper.folder, 0700), 0);
    place_put(&place, "x.cat", catalog);
    place_put(&place, "beside.sys", target());
    place_put(&below, "below.sys", target());
    place_put(&deeper, "deeper.sys", target());
    ck_assert_int_eq(scanned(&place, "beside.sys").kaspersky, VP_RELATION_SIGNER);
    ck_assert_int_eq(scanned(&place, "below.sys").kaspersky, VP_RELATION_SIGNER);
    ck_assert_int_eq(scanned(&place, "deeper.sys").kaspersky, 0);
    /* Also when the scan begins below the catalog. */
    ck_assert_int_eq(scanned(&below, "below.sys").kaspersky, VP_RELATION_SIGNER);
    struct vp_catalogs *catalogs = NULL;
    ck_assert_int_eq(vp_catalogs_beside(below.files[0], &catalogs, NULL), VP_OK);
    ck_assert_int_eq(examine(target(), catalogs).kaspersky, VP_RELATION_SIGNER);
    vp_catalogs_unref(catalogs);
    place_remove(&deeper);
    place_remove(&below);
    place_remove(&place);
    exact_free(catalog);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(an_unsigned_driver_has_the_signer_of_the_catalog_that_lists_it)                           \
    TEST(a_catalog_that_lists_another_file_says_nothing)                                           \
    TEST(one_byte_more_is_another_file)                                                            \
    TEST(a_self_signed_catalog_stays_a_claim)                                                      \
    TEST(a_digest_that_was_put_into_a_signed_catalog_stays_a_claim)                                \
    TEST(another_key_and_lying_attributes_stay_claims)                                             \
    TEST(a_list_in_an_unsigned_attribute_lists_nothing)                                            \
    TEST(a_nested_signature_over_the_same_list_vouches_too)                                        \
    TEST(a_nested_signature_over_another_list_vouches_for_nothing)                                 \
    TEST(an_anchor_for_stamps_vouches_for_no_catalog)                                              \
    TEST(a_member_by_sha1_is_believed_only_from_when_it_was_good)                                  \
    TEST(who_is_distrusted_or_signs_for_others_vouches_for_nobody)                                 \
    TEST(the_signer_inside_and_that_of_the_catalog_are_both_named)                                 \
    TEST(a_flat_file_is_looked_up_by_all_its_bytes)                                                \
    TEST(what_is_no_catalog_is_counted_and_what_is_not_there_is_an_error)                          \
    TEST(catalogs_that_do_not_fit_leave_a_gap)                                                     \
    TEST(a_scan_finds_the_catalogs_beside_and_above_a_driver)
#include "../check_main.h"
