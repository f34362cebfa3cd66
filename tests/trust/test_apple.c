/* test_apple.c - teams that did not sign never become more than a claim */
#include "apple_world.h"

START_TEST(a_genuine_signature_names_the_team)
{
    world_make();
    struct answer answer = examine_forgery(genuine());
    is_signer(answer);
    ck_assert_uint_eq(answer.notes, 0);
    ck_assert_uint_eq(answer.signatures, 1);
    struct apple_forgery f = genuine();
    f.entitlements = true;
    is_signer(examine_forgery(f));
    f = signed_by(&world.distribution, team);
    is_signer(examine_forgery(f));
}
END_TEST

START_TEST(each_hash_of_a_directory_is_compared)
{
    world_make();
    static const uint8_t types[][3] = {{2}, {3}, {4}, {1, 2}, {1, 3, 4}, {2, 4}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct apple_forgery f = genuine();
        memcpy(f.hash_types, types[i], 3);
        /* SHA-256 cut short is told apart by nothing in the attribute but its length. */
        is_signer(examine_forgery(f));
        f.change_page = true;
        is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_PAGES_MATCH, 0,
                 VP_NOTE_PAGES_DIFFER);
    }
}
END_TEST

START_TEST(a_team_that_only_the_certificate_names_needs_apples_anchor)
{
    world_make();
    /* Directories before 0x20200 have none; Apple vouches for the certificate. */
    is_signer(examine_forgery(signed_by(&world.developer, NULL)));
    struct apple_forgery f = {.signer = &world.by_false_root,
                              .enclosed = {&world.by_false_root, &world.false_root, &world.root}};
    is_claim(examine_forgery(f), AFTER_VERIFIES, 0, VP_NOTE_SIGNATURE_UNANCHORED);
    /* Who may sign code for Windows may not say which team it is. */
    f = (struct apple_forgery){.signer = &world.by_code_root,
                               .enclosed = {&world.by_code_root, &world.code_root},
                               .team = team};
    is_claim(examine_forgery(f), AFTER_VERIFIES, 0, VP_NOTE_SIGNATURE_UNANCHORED);
}
END_TEST

START_TEST(a_team_that_only_the_directory_names_is_a_claim)
{
    world_make();
    struct answer answer = examine_forgery(signed_by(&world.nameless, team));
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert_int_eq(answer.kaspersky.level, VP_LEVEL_POSSIBLE);
}
END_TEST

START_TEST(teams_that_differ_raise_neither)
{
    world_make();
    struct answer answer = examine_forgery(signed_by(&world.example, team));
    is_claim(answer, 0, VP_SIGNATURE_TEAM_DIFFERS, VP_NOTE_TEAM_DIFFERS);
    ck_assert_int_eq(answer.example.relation, VP_RELATION_CLAIM);
    /* Also when only a second directory says so. */
    struct apple_forgery f = signed_by(&world.example, other_team);
    memcpy(f.hash_types, "\1\2", 3);
    f.second_team = team;
    answer = examine_forgery(f);
    is_claim(answer, 0, VP_SIGNATURE_TEAM_DIFFERS, VP_NOTE_TEAM_DIFFERS);
    ck_assert_int_eq(answer.example.relation, VP_RELATION_CLAIM);
}
END_TEST

START_TEST(a_directory_that_was_swapped_is_a_claim)
{
    world_make();
    struct apple_forgery f = genuine();
    f.other_directory = true;
    is_claim(examine_forgery(f), VP_SIGNATURE_VERIFIES | AFTER_VERIFIES, 0,
             VP_NOTE_SIGNATURE_INVALID);
    f = genuine();
    f.signer = &world.by_false_root; /* its key signs, the genuine certificate is named */
    f.named = &world.developer;
    is_claim(examine_forgery(f), VP_SIGNATURE_VERIFIES | AFTER_VERIFIES, 0,
             VP_NOTE_SIGNATURE_INVALID);
}
END_TEST

START_TEST(a_second_directory_counts_only_when_the_signature_covers_it)
{
    world_make();
    struct apple_forgery f = genuine();
    memcpy(f.hash_types, "\1\2", 3);
    is_signer(examine_forgery(f));
    f.tie = TIE_LIST;
    is_signer(examine_forgery(f));
    for (int tie = TIE_NONE; tie <= TIE_ONLY_FIRST; tie++) {
        f.tie = (enum tie)tie;
        is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES, 0, VP_NOTE_DIRECTORIES_DIFFER);
    }
    /* Two of one hash: the kernel refuses them, and each tool would take another. */
    f = genuine();
    memcpy(f.hash_types, "\2\2", 3);
    is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_PAGES_MATCH, 0,
             VP_NOTE_DIRECTORIES_DIFFER);
}
END_TEST

START_TEST(ad_hoc_code_with_a_stolen_team_is_a_claim)
{
    world_make();
    struct apple_forgery f = {.team = team, .flags = CODE_ADHOC};
    struct answer answer = examine_forgery(f);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert_uint_eq(answer.states, VP_SIGNATURE_ADHOC);
    ck_assert_uint_eq(answer.notes, UINT64_C(1) << VP_NOTE_SIGNATURE_ADHOC |
                                        UINT64_C(1) << VP_NOTE_SIGNATURE_UNVERIFIED);
    f.flags = 0;
    answer = examine_forgery(f);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_REMOVED & 1);
    /* With a signer all the same: the system doesn't look at it. */
    f = genuine();
    f.flags = CODE_ADHOC;
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_ADHOC, VP_NOTE_SIGNATURE_ADHOC);
}
END_TEST

/* Whoever signs writes what he demands; a later version of somebody's code, or nothing at all. */
START_TEST(a_requirement_that_names_a_team_speaks_for_nobody)
{
    world_make();
    struct apple_forgery f = {.demanded = team, .flags = CODE_ADHOC};
    ck_assert_int_eq(examine_forgery(f).kaspersky.relation, 0);
    f = signed_by(&world.example, other_team);
    f.demanded = team;
    struct answer answer = examine_forgery(f);
    ck_assert_int_eq(answer.kaspersky.relation, 0);
    ck_assert_int_eq(answer.example.relation, VP_RELATION_SIGNER);
}
END_TEST

START_TEST(what_apple_issued_for_something_else_signs_no_code)
{
    world_make();
    is_claim(examine_forgery(signed_by(&world.unmarked, team)), VP_SIGNATURE_CODE_SIGNING, 0, 0);
    /* The marker of Developer ID, but not by its authority. */
    struct party leaf = leaf_new(&world.root, name, team, APPLE_OID "1.13");
    is_claim(examine_forgery(signed_by(&leaf, team)), VP_SIGNATURE_CODE_SIGNING, 0, 0);
    party_free(&leaf);
    leaf = leaf_new(&world.root, name, NULL, APPLE_OID "22");
    is_claim(examine_forgery(signed_by(&leaf, NULL)), VP_SIGNATURE_CODE_SIGNING, 0, 0);
    party_free(&leaf);
}
END_TEST

START_TEST(the_name_in_a_certificate_for_development_is_its_owners_own)
{
    world_make();
    struct answer answer = examine_forgery(signed_by(&world.development, other_team));
    ck_assert(answer.states & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.example.relation, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
}
END_TEST

START_TEST(the_store_vouches_for_the_team_of_the_directory_not_for_itself)
{
    world_make();
    struct answer answer = examine_forgery(signed_by(&world.store, other_team));
    ck_assert(answer.states & VP_SIGNATURE_BELIEVED);
    ck_assert_int_eq(answer.example.relation, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
}
END_TEST

START_TEST(apples_own_code_is_by_its_name)
{
    world_make();
    struct answer answer = examine_forgery(signed_by(&world.software, other_team));
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_SIGNER);
    ck_assert_int_eq(answer.example.relation, VP_RELATION_CLAIM);
}
END_TEST

START_TEST(blobs_beside_the_directory_are_compared)
{
    world_make();
    struct apple_forgery f = genuine();
    f.change_requirements = true;
    is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES, 0, VP_NOTE_SIGNATURE_INVALID);
    f = genuine();
    f.add_entitlements = true;
    is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES, 0, VP_NOTE_SIGNATURE_INVALID);
}
END_TEST

START_TEST(code_behind_what_is_covered_is_not_believed)
{
    world_make();
    struct apple_forgery f = genuine();
    f.short_limit = true;
    is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES, VP_SIGNATURE_OVERLAP,
             VP_NOTE_SIGNATURE_OVERLAP);
}
END_TEST

START_TEST(two_signatures_in_one_file_are_not_believed)
{
    world_make();
    struct apple_forgery f = genuine();
    f.twice = true;
    is_claim(examine_forgery(f), VP_SIGNATURE_DIGEST_MATCHES, 0, VP_NOTE_DIRECTORIES_DIFFER);
}
END_TEST

START_TEST(sha1_alone_is_weak)
{
    world_make();
    struct apple_forgery f = genuine();
    f.hash_types[0] = 1;
    is_claim(examine_forgery(f), 0, VP_SIGNATURE_WEAK, VP_NOTE_SIGNATURE_WEAK);
}
END_TEST

START_TEST(an_expired_certificate_needs_a_proven_time)
{
    world_make();
    struct party leaf = party_new((struct party_how){.organization = name,
                                                     .unit = team,
                                                     .issuer = &world.developer_ca,
                                                     .usages = "codeSigning",
                                                     .marker = APPLE_OID "1.13",
                                                     .from = 2020,
                                                     .to = 2021});
    struct apple_forgery f = signed_by(&leaf, team);
    is_claim(examine_forgery(f), VP_SIGNATURE_TIMELY, 0, VP_NOTE_SIGNATURE_UNTIMELY);
    f.enclosed[4] = &world.stamp_root;
    f.stamp = STAMP_APPLE;
    f.stamper = &world.stamper;
    f.time = "20200615120000Z";
    struct answer answer = examine_forgery(f);
    is_signer(answer);
    ck_assert(answer.states & VP_SIGNATURE_STAMPED);
    ck_assert_uint_eq(answer.time, 1592222400);
    f.time = "20220615120000Z";
    is_claim(examine_forgery(f), VP_SIGNATURE_TIMELY, VP_SIGNATURE_STAMPED,
             VP_NOTE_SIGNATURE_UNTIMELY);
    party_free(&leaf);
}
END_TEST

/* Apple gives certificates for code to whoever asks, and Windows knows nothing of it. */
START_TEST(apple_vouches_for_nothing_in_other_formats)
{
    world_make();
    struct target target;
    target_init(&target, 0);
    const struct party *leaves[] = {&world.developer, &world.development};
    for (size_t i = 0; i < 2; i++) {
        struct forgery f = {.signer = leaves[i],
                            .enclosed = {leaves[i], &world.developer_ca, &world.root},
                            .file_digest = target.digests[1]};
        struct span blob = forge(&f), file = target_signed(&target, blob, 0);
        struct answer answer = examine_with(world.db, file, 0);
        ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
        ck_assert(answer.states & VP_SIGNATURE_VERIFIES);
        ck_assert(!(answer.states & VP_SIGNATURE_ANCHORED));
        exact_free(blob);
        exact_free(file);
    }
    pe_build_done(&target.pe);
}
END_TEST

START_TEST(a_ticket_is_named_and_proves_nothing)
{
    world_make();
    struct apple_forgery f = {.team = team, .flags = CODE_ADHOC, .ticket = true};
    struct answer answer = examine_forgery(f);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert(answer.notes >> VP_NOTE_NOTARIZATION_TICKET & 1);
    f = genuine();
    f.ticket = true;
    answer = examine_forgery(f);
    is_signer(answer);
    ck_assert(answer.states & VP_SIGNATURE_TICKET);
}
END_TEST

/* Two slices: each is an object with its own signature. */
START_TEST(each_slice_of_a_fat_file_is_believed_by_itself)
{
    world_make();
    struct apple_forgery f = genuine();
    struct span good_slice = apple_forge(&f);
    f.change_page = true;
    struct span bad_slice = apple_forge(&f);
    struct macho_part fat = {0};
    size_t first = 4096, second = first + (good_slice.len + 4095) / 4096 * 4096;
    const uint64_t fields[] = {0xcafebabe,     2,  0x0100000c, 0, first,
                               good_slice.len, 12, 0x01000007, 3, second,
                               bad_slice.len,  12};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        macho_put_uint(&fat, fields[i], 4, true);
    while (fat.len < first)
        macho_put(&fat, "", 1);
    macho_put(&fat, good_slice.data, good_slice.len);
    while (fat.len < second)
        macho_put(&fat, "", 1);
    macho_put(&fat, bad_slice.data, bad_slice.len);

    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    struct vp_session_options options = {.size = sizeof options};
    struct vp_signature signature = {.size = sizeof signature};
    ck_assert_int_eq(vp_session_new(world.db, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, fat.data, fat.len, "x", &result, NULL), VP_OK);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert_int_eq(vp_result_signature(result, i, &signature), VP_OK);
        ck_assert_uint_eq(signature.object, i + 1);
        ck_assert_int_eq((signature.states & VP_SIGNATURE_BELIEVED) != 0, i == 0);
        ck_assert(signature.states & VP_SIGNATURE_VERIFIES);
    }
    struct vp_finding finding = {.size = sizeof finding};
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        if (finding.object != 0)
            ck_assert_int_eq(finding.relation,
                             finding.object == 1 ? VP_RELATION_SIGNER : VP_RELATION_CLAIM);
    }
    vp_result_unref(result);
    vp_session_free(session);
    exact_free(good_slice);
    exact_free(bad_slice);
    free(fat.data);
}
END_TEST

START_TEST(a_signature_that_was_taken_away_is_a_claim_and_noted)
{
    world_make();
    struct apple_forgery f = genuine();
    f.removed = true;
    struct answer answer = examine_forgery(f);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_REMOVED & 1);
    ck_assert_uint_eq(answer.states, 0);
}
END_TEST

/* Nobody signed it, and its content is known. */
START_TEST(a_known_hash_of_a_directory_counts_when_the_pages_are_its_own)
{
    world_make();
    struct apple_forgery f = {.flags = CODE_ADHOC};
    struct span file = apple_forge(&f);
    struct answer answer = examine_with(world.db, file, 0);
    ck_assert_int_eq(answer.kaspersky.relation, 0);
    struct vp_db *db = make_db(answer.cdhash);
    answer = examine_with(db, file, 0);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_PUBLISHER);
    ck_assert_int_eq(answer.kaspersky.level, VP_LEVEL_IDENTIFIED);
    ck_assert(answer.states & VP_SIGNATURE_DIGEST_MATCHES);
    exact_free(file);
    f.change_page = true;
    file = apple_forge(&f);
    answer = examine_with(db, file, 0);
    ck_assert_int_eq(answer.kaspersky.relation, VP_RELATION_CLAIM);
    ck_assert(!(answer.states & VP_SIGNATURE_DIGEST_MATCHES));
    exact_free(file);
    vp_db_unref(db);
}
END_TEST

/* A sweep over all of a file would take minutes: the signature in steps, and every memory cap. */
START_TEST(no_flipped_byte_and_no_prefix_is_believed)
{
    world_make();
    struct apple_forgery f = genuine();
    memcpy(f.hash_types, "\1\2", 3);
    struct span file = apple_forge(&f);
    size_t code = file.len - ROOM, len = 12;
    uint8_t *bytes = malloc(file.len);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, file.data, file.len);
    for (size_t i = 4; i < 8; i++) /* of the superblob */
        len = i == 4 ? file.data[code + i] : len << 8 | file.data[code + i];
    for (size_t i = 0; i < code + len; i += 61) {
        bytes[i] ^= 0x41;
        struct answer answer = examine_with(world.db, span_of(bytes, file.len), 0);
        bytes[i] ^= 0x41;
        /* What stands in no signed attribute, such as the certificate of the root's own signature,
         * may change: then what is believed is still the team that signed. */
        ck_assert(answer.example.relation == 0);
        if (i < code)
            ck_assert(answer.kaspersky.relation != VP_RELATION_SIGNER);
    }
    free(bytes);
    for (size_t cut = 0; cut < file.len; cut += 211) {
        struct span exact = exact_copy(span_first(file, cut));
        struct answer answer = examine_with(world.db, exact, 0);
        if (cut < code + len)
            ck_assert(answer.kaspersky.relation != VP_RELATION_SIGNER);
        exact_free(exact);
    }
    exact_free(file);
}
END_TEST

START_TEST(no_memory_cap_makes_a_claim_more)
{
    world_make();
    struct apple_forgery f = signed_by(&world.example, team);
    memcpy(f.hash_types, "\1\2", 3);
    struct span file = apple_forge(&f);
    for (uint64_t memory = 1 << 10; memory < 1 << 20; memory += memory / 3) {
        struct answer answer = examine_with(world.db, file, memory);
        ck_assert(answer.kaspersky.relation != VP_RELATION_SIGNER);
        ck_assert(answer.example.relation != VP_RELATION_SIGNER);
    }
    exact_free(file);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_genuine_signature_names_the_team)                                                       \
    TEST(each_hash_of_a_directory_is_compared)                                                     \
    TEST(a_team_that_only_the_certificate_names_needs_apples_anchor)                               \
    TEST(a_team_that_only_the_directory_names_is_a_claim)                                          \
    TEST(teams_that_differ_raise_neither)                                                          \
    TEST(a_directory_that_was_swapped_is_a_claim)                                                  \
    TEST(a_second_directory_counts_only_when_the_signature_covers_it)                              \
    TEST(ad_hoc_code_with_a_stolen_team_is_a_claim)                                                \
    TEST(a_requirement_that_names_a_team_speaks_for_nobody)                                        \
    TEST(what_apple_issued_for_something_else_signs_no_code)                                       \
    TEST(the_name_in_a_certificate_for_development_is_its_owners_own)                              \
    TEST(the_store_vouches_for_the_team_of_the_directory_not_for_itself)                           \
    TEST(apples_own_code_is_by_its_name)                                                           \
    TEST(blobs_beside_the_directory_are_compared)                                                  \
    TEST(code_behind_what_is_covered_is_not_believed)                                              \
    TEST(two_signatures_in_one_file_are_not_believed)                                              \
    TEST(sha1_alone_is_weak)                                                                       \
    TEST(an_expired_certificate_needs_a_proven_time)                                               \
    TEST(apple_vouches_for_nothing_in_other_formats)                                               \
    TEST(a_ticket_is_named_and_proves_nothing)                                                     \
    TEST(each_slice_of_a_fat_file_is_believed_by_itself)                                           \
    TEST(a_signature_that_was_taken_away_is_a_claim_and_noted)                                     \
    TEST(a_known_hash_of_a_directory_counts_when_the_pages_are_its_own)                            \
    TEST(no_flipped_byte_and_no_prefix_is_believed)                                                \
    TEST(no_memory_cap_makes_a_claim_more)
#include "../check_main.h"
