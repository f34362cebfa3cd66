/* test_forging_entries.c - several entries in one certificate table, and serials that are negative
 */
#include "world.h"

enum { ENTRIES_MOST = 3 };

struct answer {
    unsigned states[ENTRIES_MOST];
    uint32_t entries[ENTRIES_MOST], signatures;
    enum vp_relation kaspersky, example;
    enum vp_level level; /* of kaspersky */
    bool disagree;
};

static struct answer examine(struct span file)
{
    struct answer answer = {.signatures = 0};
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_signature signature = {.size = sizeof signature};
    struct vp_finding finding = {.size = sizeof finding};
    struct vp_note note = {.size = sizeof note};
    ck_assert_int_eq(vp_session_new(world.db, NULL, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, file.data, file.len, "x.exe", &result, NULL),
                     VP_OK);
    vp_session_free(session);
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++) {
        ck_assert_uint_lt(i, ENTRIES_MOST);
        answer.states[i] = signature.states;
        answer.entries[i] = signature.entry;
        answer.signatures++;
    }
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        bool is_kaspersky = strcmp(finding.vendor_id, "kaspersky") == 0;
        *(is_kaspersky ? &answer.kaspersky : &answer.example) = finding.relation;
        if (is_kaspersky)
            answer.level = finding.level;
    }
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++)
        answer.disagree |= note.code == VP_NOTE_SIGNERS_DISAGREE;
    vp_result_unref(result);
    exact_free(file);
    return answer;
}

/* The target with an entry for each blob; takes the blobs. */
static struct span with_entries(const struct span *blobs, size_t count)
{
    const struct pe_build *pe = &world.target.pe;
    size_t table = 0, off = pe->len;
    for (size_t i = 0; i < count; i++)
        table += (8 + blobs[i].len + 7) / 8 * 8;
    uint8_t *bytes = calloc(1, pe->len + table);
    memcpy(bytes, pe->bytes, pe->len);
    struct pe_bytes view = {.data = bytes, .len = pe->len + table};
    pe_set_uint(&view, pe->security_off, pe->len, 4);
    pe_set_uint(&view, pe->security_off + 4, table, 4);
    for (size_t i = 0; i < count; i++) {
        pe_set_uint(&view, off, 8 + blobs[i].len, 4);
        pe_set_uint(&view, off + 4, 0x200, 2);
        pe_set_uint(&view, off + 6, 2, 2);
        memcpy(bytes + off + 8, blobs[i].data, blobs[i].len);
        off += (8 + blobs[i].len + 7) / 8 * 8;
        exact_free(blobs[i]);
    }
    return span_of(bytes, pe->len + table);
}

static struct span blob_by(const struct party *party)
{
    return forge(&(struct forgery){
        .signer = party, .enclosed = {party, &world.root}, .file_digest = world.target.digests[1]});
}

START_TEST(each_entry_has_its_own_states)
{
    world_make();
    struct span blobs[] = {blob_by(&world.forger), blob_by(&world.kaspersky)};
    struct answer answer = examine(with_entries(blobs, 2));
    ck_assert_uint_eq(answer.signatures, 2);
    ck_assert_uint_eq(answer.entries[0], 0);
    ck_assert_uint_eq(answer.entries[1], 1);
    ck_assert(!(answer.states[0] & VP_SIGNATURE_BELIEVED));
    ck_assert(answer.states[1] & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
}
END_TEST

START_TEST(a_forged_entry_beside_a_believed_one_of_another_stays_a_claim)
{
    world_make();
    for (int first = 0; first < 2; first++) {
        struct span blobs[] = {blob_by(first ? &world.forger : &world.example),
                               blob_by(first ? &world.example : &world.forger)};
        struct answer answer = examine(with_entries(blobs, 2));
        ck_assert_uint_eq(answer.signatures, 2);
        ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
        ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
        ck_assert_int_eq(answer.level, VP_LEVEL_POSSIBLE);
        ck_assert(!answer.disagree);
    }
}
END_TEST

START_TEST(entries_of_two_believed_signers_are_said_to_disagree)
{
    world_make();
    struct span blobs[] = {blob_by(&world.kaspersky), blob_by(&world.example),
                           blob_by(&world.kaspersky)};
    struct answer answer = examine(with_entries(blobs, 3));
    ck_assert_uint_eq(answer.signatures, 3);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
    ck_assert(answer.disagree);
}
END_TEST

/* The certificates of one entry are no issuers for another: what is enclosed stays in its blob. */
START_TEST(an_entry_lends_its_certificates_to_no_other)
{
    world_make();
    struct span blobs[] = {forge(&(struct forgery){.signer = &world.kaspersky,
                                                   .enclosed = {&world.kaspersky},
                                                   .file_digest = world.target.digests[1]}),
                           blob_by(&world.example)};
    struct answer answer = examine(with_entries(blobs, 2));
    ck_assert(!(answer.states[0] & VP_SIGNATURE_ANCHORED));
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    ck_assert_int_eq(answer.example, VP_RELATION_SIGNER);
}
END_TEST

START_TEST(a_negative_serial_names_its_certificate_and_no_other)
{
    world_make();
    struct party genuine = party_new((struct party_how){.organization = name,
                                                        .registration = number,
                                                        .issuer = &world.root,
                                                        .usages = "codeSigning",
                                                        .negative = true});
    ck_assert(genuine.facts.serial.data[0] & 0x80);
    struct span blob = blob_by(&genuine);
    struct answer answer = examine(with_entries(&blob, 1));
    ck_assert(answer.states[0] & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_SIGNER);
    blob = forge(&(struct forgery){.signer = &world.forger,
                                   .named = &genuine,
                                   .enclosed = {&genuine, &world.forger, &world.root},
                                   .file_digest = world.target.digests[1]});
    answer = examine(with_entries(&blob, 1));
    ck_assert(!(answer.states[0] & VP_SIGNATURE_VERIFIES));
    ck_assert_int_eq(answer.kaspersky, VP_RELATION_CLAIM);
    party_free(&genuine);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(each_entry_has_its_own_states)                                                            \
    TEST(a_forged_entry_beside_a_believed_one_of_another_stays_a_claim)                            \
    TEST(entries_of_two_believed_signers_are_said_to_disagree)                                     \
    TEST(an_entry_lends_its_certificates_to_no_other)                                              \
    TEST(a_negative_serial_names_its_certificate_and_no_other)
#include "../check_main.h"
