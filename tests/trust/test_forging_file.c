/* test_forging_file.c - the file around a genuine signature: what the signature doesn't cover, and
 * whatever is changed */
#include "answer.h"

static struct span genuine_blob(void)
{
    struct forgery f = genuine();
    f.file_digest = world.target.digests[1];
    return forge(&f);
}

START_TEST(bytes_before_and_after_the_table_are_covered)
{
    world_make();
    struct span blob = genuine_blob(), file = target_signed(&world.target, blob, 0);
    size_t len = file.len + 8, table = world.target.pe.len;
    uint8_t *longer = malloc(len);
    memcpy(longer, file.data, file.len);
    memset(longer + file.len, 'A', 8);
    is_claim(examine(span_of(longer, len)), VP_SIGNATURE_DIGEST_MATCHES, 0,
             VP_NOTE_SIGNATURE_INVALID);
    longer = malloc(len);
    memcpy(longer, file.data, table);
    memset(longer + table, 'B', 8);
    memcpy(longer + table + 8, file.data + table, file.len - table);
    struct pe_bytes view = {.data = longer, .len = len};
    pe_set_uint(&view, world.target.pe.security_off, table + 8, 4);
    is_claim(examine(span_of(longer, len)), VP_SIGNATURE_DIGEST_MATCHES, 0,
             VP_NOTE_SIGNATURE_INVALID);
    exact_free(file);
    exact_free(blob);
}
END_TEST

START_TEST(bytes_inside_the_table_are_believed_as_windows_does_and_noted)
{
    world_make();
    struct span blob = genuine_blob();
    struct answer answer = examine(target_signed(&world.target, blob, 40));
    is_signer(answer);
    ck_assert(answer.states[0] & VP_SIGNATURE_PADDED);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_PADDED & 1);
    exact_free(blob);
}
END_TEST

/* A length that ends before what the table has room for: zeros there are padding, others are not.
 */
START_TEST(bytes_of_the_table_behind_its_entries_are_noted)
{
    world_make();
    struct span blob = genuine_blob();
    for (int what = 0; what < 4; what++) {
        /* 0: zeros behind the entry, 1: others, 2: others in what aligns it, 3: others far away */
        static const size_t lens[] = {24, 24, 3, 100000};
        struct span file = target_signed(&world.target, blob, lens[what]);
        size_t entry = world.target.pe.len, len = 8 + blob.len;
        struct span copy = exact_copy(file);
        struct pe_bytes view = {.data = (uint8_t *)(uintptr_t)copy.data, .len = copy.len};
        pe_set_uint(&view, entry, len, 4);
        size_t from = what == 2 ? entry + len : entry + (len + 7) / 8 * 8;
        memset(view.data + entry + len, 0, copy.len - entry - len);
        if (what)
            view.data[what == 2 ? from : copy.len - 1] = 'P';
        struct answer answer = examine(copy);
        is_signer(answer);
        ck_assert_int_eq(!!(answer.states[0] & VP_SIGNATURE_PADDED), what != 0);
        ck_assert_int_eq(answer.notes >> VP_NOTE_SIGNATURE_PADDED & 1, what != 0);
        exact_free(file);
    }
    exact_free(blob);
}
END_TEST

START_TEST(a_table_over_a_section_is_not_believed)
{
    world_make();
    struct target target;
    target_init(&target, 4096);
    struct forgery f = genuine();
    f.file_digest = target.digests[1];
    struct span blob = forge(&f);
    /* The digest is right: it leaves the table out, and with it that part of the section. */
    is_claim(examine(target_signed(&target, blob, 0)), 0, VP_SIGNATURE_OVERLAP,
             VP_NOTE_SIGNATURE_OVERLAP);
    exact_free(blob);
    pe_build_done(&target.pe);
}
END_TEST

/* The target with its table put somewhere else: `fake` bytes that are no signature, then a genuine
 * one.  What is hashed stays as it was, in its order. */
static struct span table_at(size_t at, size_t fake)
{
    const struct pe_build *pe = &world.target.pe;
    struct span blob = genuine_blob();
    size_t table = fake + (8 + blob.len + 7) / 8 * 8;
    uint8_t *bytes = calloc(1, pe->len + table);
    struct pe_bytes view = {.data = bytes, .len = pe->len + table};
    memcpy(bytes, pe->bytes, at);
    memcpy(bytes + at + table, pe->bytes + at, pe->len - at);
    pe_set_uint(&view, pe->security_off, at, 4);
    pe_set_uint(&view, pe->security_off + 4, table, 4);
    pe_set_uint(&view, at, fake, 4);
    pe_set_uint(&view, at + 4, 0x200, 2);
    pe_set_uint(&view, at + fake, 8 + blob.len, 4);
    pe_set_uint(&view, at + fake + 4, 0x200, 2);
    pe_set_uint(&view, at + fake + 6, 2, 2);
    memcpy(bytes + at + fake + 8, blob.data, blob.len);
    exact_free(blob);
    return span_of(bytes, pe->len + table);
}

START_TEST(a_table_in_the_midst_of_what_is_loaded_is_not_believed)
{
    world_make();
    const struct pe_build *pe = &world.target.pe;
    /* Before the section headers, where it makes two others of them, that have no bytes. */
    is_claim(examine(table_at(pe->sections_off, 80)), 0, VP_SIGNATURE_OVERLAP,
             VP_NOTE_SIGNATURE_OVERLAP);
    /* Before a section and over it, for what follows the table lies where it lay. */
    for (size_t i = 0; i < 2; i++)
        is_claim(examine(table_at(pe->sections[i].raw_off, 0)), 0, VP_SIGNATURE_OVERLAP,
                 VP_NOTE_SIGNATURE_OVERLAP);
    is_signer(examine(table_at(pe->len, 0)));
}
END_TEST

/* Whatever is changed in a forgery, it never becomes genuine; and no byte of a genuine file can be
 * changed to make another name of it. */
START_TEST(no_prefix_and_no_flipped_byte_of_a_forgery_is_believed)
{
    world_make();
    struct forgery f = {.signer = &world.forger,
                        .enclosed = {&world.forger, &world.root, &world.stamper, &world.stamp_root},
                        .file_digest = world.target.digests[1],
                        .stamp = STAMP_TOKEN,
                        .stamper = &world.stamper,
                        .time = "20200615120000Z"};
    struct span blob = forge(&f), file = target_signed(&world.target, blob, 0);
    for (size_t len = world.target.pe.len; len < file.len; len += 7) {
        struct answer answer = examine(exact_copy(span_first(file, len)));
        ck_assert_int_ne(answer.kaspersky, VP_RELATION_SIGNER);
    }
    for (size_t at = world.target.pe.len; at < file.len; at += 5) {
        struct span copy = exact_copy(file);
        ((uint8_t *)(uintptr_t)copy.data)[at] ^= (uint8_t)(1u << at % 8);
        struct answer answer = examine(copy);
        ck_assert_int_ne(answer.kaspersky, VP_RELATION_SIGNER);
    }
    exact_free(file);
    exact_free(blob);
}
END_TEST

START_TEST(no_memory_cap_makes_a_forgery_believed)
{
    world_make();
    struct span blob = genuine_blob(), file = target_signed(&world.target, blob, 0);
    bool believed = false;
    for (uint64_t cap = 4 << 10; cap < 4 << 20; cap += cap / 4) {
        struct vp_session *session = NULL;
        struct vp_result *result = NULL;
        struct vp_session_options options = {.size = sizeof options, .limits = {.memory = cap}};
        ck_assert_int_eq(vp_session_new(world.db, &options, &session, NULL), VP_OK);
        enum vp_status status = vp_examine_memory(session, file.data, file.len, "x", &result, NULL);
        ck_assert(status == VP_OK || status == VP_E_MEMORY);
        believed = status == VP_OK && answer_of(result).kaspersky == VP_RELATION_SIGNER;
        vp_session_free(session);
    }
    ck_assert(believed);
    exact_free(file);
    exact_free(blob);
    world_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(bytes_before_and_after_the_table_are_covered)                                             \
    TEST(bytes_inside_the_table_are_believed_as_windows_does_and_noted)                            \
    TEST(bytes_of_the_table_behind_its_entries_are_noted)                                          \
    TEST(a_table_over_a_section_is_not_believed)                                                   \
    TEST(a_table_in_the_midst_of_what_is_loaded_is_not_believed)                                   \
    TEST(no_prefix_and_no_flipped_byte_of_a_forgery_is_believed)                                   \
    TEST(no_memory_cap_makes_a_forgery_believed)
#include "../check_main.h"
