/* test_packages.c - signatures of installers, cabinets, scripts and packages: right and forged */
#include "trust/package_kinds.h"

#include "feature/feature.h"

static struct {
    struct party root, signer, forger;
    struct crypto *crypto;
} people;

static void people_make(void)
{
    if (people.crypto)
        return;
    people.root = party_new((struct party_how){.organization = "Root", .authority = true});
    people.signer = party_new((struct party_how){
        .organization = "Example GmbH", .issuer = &people.root, .usages = "codeSigning"});
    people.forger =
        party_new((struct party_how){.organization = "Example GmbH", .usages = "codeSigning"});
    ck_assert_int_eq(vpi_crypto_new(&people.crypto, NULL), VP_OK);
}

static void people_free(void)
{
    party_free(&people.root);
    party_free(&people.signer);
    party_free(&people.forger);
    vpi_crypto_free(people.crypto);
}

enum lie { TRUE, OTHER_DIGEST, SELF_SIGNED, SWAPPED_LEAF, LIES };

/* A signature over `covered`. */
static struct span blob_over(struct span covered, enum lie lie)
{
    uint8_t digest[32];
    people_make();
    hash(DIGEST_SHA256, covered, digest);
    digest[0] ^= lie == OTHER_DIGEST;
    const struct party *signer =
        lie == SELF_SIGNED || lie == SWAPPED_LEAF ? &people.forger : &people.signer;
    const struct party *named = lie == SELF_SIGNED ? &people.forger : &people.signer;
    struct forgery f = {
        .signer = signer, .named = named, .enclosed = {named, &people.root}, .file_digest = digest};
    return forge(&f);
}

struct answer {
    enum vp_format format;
    size_t signatures;
    unsigned states; /* of the first */
    unsigned notes;  /* bits 1 << code */
};

static int64_t read_bytes(void *context, uint64_t off, void *buffer, size_t len)
{
    const struct span *bytes = context;
    struct span part = span_first(span_from(*bytes, off), len);
    if (part.len)
        memcpy(buffer, part.data, part.len);
    return (int64_t)part.len;
}

static const struct source_ops read_ops = {read_bytes};

static struct answer ask(struct span file, const char *name, size_t cap, bool callback)
{
    struct arena arena;
    struct source src;
    struct image image;
    people_make();
    vpi_arena_init(&arena, cap);
    if (callback)
        vpi_source_init(&src, &read_ops, &file, file.len, &arena);
    else
        vpi_source_init_memory(&src, file, &arena);
    vpi_image_init(&image, &arena);
    image.name = span_text(name);
    vpi_format_read(&image, &src);
    struct trust trust = {.extra = &people.root.facts, .extra_count = 1, .now = 1700000000};
    struct feature_work work = {.image = &image,
                                .src = &src,
                                .crypto = people.crypto,
                                .arena = &arena,
                                .wanted = WANT_REST | WANT_TRUST,
                                .trust = &trust,
                                .notes = &image};
    (void)vpi_features_make(&work);
    struct answer answer = {.format = image.format};
    if (work.signatures && work.signatures->count) {
        answer.signatures = work.signatures->count;
        answer.states = work.signatures->signatures[0].states;
    }
    for (size_t i = 0; i < image.note_count; i++)
        answer.notes |= 1u << image.notes[i].code;
    ck_assert(!arena.failed || image.gap_count > 0 || image.note_count > 0);
    vpi_crypto_reset(people.crypto);
    vpi_arena_done(&arena);
    return answer;
}

static bool believed(struct answer answer)
{
    return (answer.states & VP_SIGNATURE_BELIEVED) != 0;
}

static struct span made(const struct maker *maker, enum lie lie)
{
    struct span covered = maker->covered();
    struct span blob = blob_over(covered, lie), file = maker->make(blob);
    exact_free(blob);
    package_free(covered);
    return file;
}

START_TEST(a_right_signature_is_believed)
{
    for (size_t i = 0; i < MAKERS; i++) {
        struct span file = made(&makers[i], TRUE);
        for (int callback = 0; callback < 2; callback++) {
            struct answer answer = ask(file, makers[i].name, 0, callback);
            ck_assert_int_eq(answer.format, makers[i].format);
            ck_assert_uint_eq(answer.signatures, 1);
            ck_assert_msg(believed(answer), "%s: %x", makers[i].name, answer.states);
        }
        package_free(file);
    }
}
END_TEST

START_TEST(a_forged_signature_is_not_believed)
{
    for (size_t i = 0; i < MAKERS; i++) {
        for (int lie = OTHER_DIGEST; lie < LIES; lie++) {
            struct span file = made(&makers[i], (enum lie)lie);
            struct answer answer = ask(file, makers[i].name, 0, false);
            ck_assert_uint_eq(answer.signatures, 1);
            ck_assert_uint_eq(!(answer.states & VP_SIGNATURE_DIGEST_MATCHES), lie == OTHER_DIGEST);
            ck_assert_uint_eq(!(answer.states & VP_SIGNATURE_VERIFIES), lie == SWAPPED_LEAF);
            ck_assert(!believed(answer));
            package_free(file);
        }
    }
}
END_TEST

/* What a cabinet's digest leaves out: the first reserved field, and from its number to the length
 * of the signature.  Of an installer only streams are covered: the next test. */
static bool is_loose(const struct maker *maker, size_t at)
{
    return maker->format == VP_FORMAT_CAB && ((at >= 4 && at < 8) || (at >= 34 && at < 56));
}

START_TEST(no_changed_byte_of_what_is_covered_is_believed)
{
    for (size_t i = 0; i < MAKERS; i++) {
        if (makers[i].format == VP_FORMAT_MSI)
            continue;
        struct span file = made(&makers[i], TRUE), empty = makers[i].make(span_text("x"));
        /* A blob of one byte: what comes before the signature is no longer than this. */
        size_t end = makers[i].format == VP_FORMAT_CAB ? empty.len - 1 : strlen(job);
        for (size_t at = 0; at < end; at++) {
            struct span copy = exact_copy(file);
            ((uint8_t *)(uintptr_t)copy.data)[at] ^= 0x20;
            ck_assert_msg(is_loose(&makers[i], at) ||
                              !believed(ask(copy, makers[i].name, 0, false)),
                          "%s at %zu", makers[i].name, at);
            exact_free(copy);
        }
        package_free(empty);
        package_free(file);
    }
}
END_TEST

START_TEST(a_changed_byte_of_a_stream_is_not_believed)
{
    struct span file = made(&makers[1], TRUE);
    size_t hits = 0;
    for (size_t at = 0; at + 5 < file.len; at++) {
        if (memcmp(file.data + at, "short", 5) != 0 &&
            memcmp(file.data + at, long_stream + 2048, 5) != 0)
            continue;
        struct span copy = exact_copy(file);
        ((uint8_t *)(uintptr_t)copy.data)[at] ^= 1;
        ck_assert(!believed(ask(copy, "x.msi", 0, false)));
        exact_free(copy);
        hits++;
    }
    ck_assert_uint_ge(hits, 2);
    package_free(file);
}
END_TEST

/* Renaming a stream is what the extra digest is for. */
START_TEST(a_renamed_stream_shows_only_with_the_extra_digest)
{
    for (size_t i = 1; i < 3; i++) {
        struct span file = made(&makers[i], TRUE);
        struct answer before = ask(file, "x.msi", 0, false);
        size_t at = 0;
        while (memcmp(file.data + at, "z\0z\0\0", 5) != 0)
            at++;
        ((uint8_t *)(uintptr_t)file.data)[at] = 'y';
        struct answer answer = ask(file, "x.msi", 0, false);
        ck_assert_int_eq(believed(answer), i == 1);
        ck_assert_int_eq(before.notes >> VP_NOTE_SIGNATURE_PARTIAL & 1, i == 1);
        package_free(file);
    }
}
END_TEST

START_TEST(appended_bytes_are_covered_or_said_not_to_be)
{
    for (size_t i = 0; i < MAKERS; i++) {
        struct span file = made(&makers[i], TRUE);
        struct package p = {NULL, 0, 0};
        package_put(&p, file.data, file.len);
        package_free(file);
        if (makers[i].format == VP_FORMAT_MSI)
            package_zeros(&p, 512 - p.len % 512);
        if (makers[i].name[2] == 'P') /* in its characters */
            package_put(&p, "e\0v\0i\0l\0", 8);
        else
            package_text(&p, "evil");
        file = package_take(&p);
        struct answer answer = ask(file, makers[i].name, 0, false);
        ck_assert_msg(!believed(answer) || answer.notes >> VP_NOTE_SIGNATURE_PARTIAL & 1, "%s: %x",
                      makers[i].name, answer.notes);
        package_free(file);
    }
}
END_TEST

/* As in a PE file's table: nothing covers them. */
START_TEST(bytes_behind_the_signature_in_its_stream_are_said)
{
    struct span covered = msi_covered(), blob = blob_over(covered, TRUE);
    struct package p = {NULL, 0, 0};
    package_put(&p, blob.data, blob.len);
    package_text(&p, "more");
    struct span longer = package_take(&p), file = msi_make(longer);
    struct answer answer = ask(file, "x.msi", 0, false);
    ck_assert(believed(answer));
    ck_assert(answer.states & VP_SIGNATURE_PADDED);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_PADDED & 1);
    package_free(file);
    package_free(longer);
    exact_free(blob);
    package_free(covered);
}
END_TEST

START_TEST(a_script_is_found_by_its_name_or_its_first_words)
{
    struct package p = {NULL, 0, 0};
    struct span blob = blob_over(span_text("x"), TRUE);
    package_text(&p, "<# a long comment\r\n");
    for (int i = 0; i < 400; i++)
        package_text(&p, "another line of it\r\n");
    script_block(&p, blob, "# SIG # Begin signature block", "# SIG # End signature block", "# ",
                 "");
    struct span file = package_take(&p);
    ck_assert_int_eq(ask(file, "anything", 0, true).format, VP_FORMAT_SCRIPT);
    ((uint8_t *)(uintptr_t)file.data)[0] = 'x';
    ck_assert_int_eq(ask(file, "anything", 0, true).format, VP_FORMAT_OTHER);
    ck_assert_int_eq(ask(file, "a.Ps1", 0, true).format, VP_FORMAT_SCRIPT);
    package_free(file);
    exact_free(blob);
}
END_TEST

START_TEST(a_block_with_something_else_in_it_is_unreadable)
{
    struct span file = made(&makers[3], TRUE);
    size_t at = strlen(power) + 2 + 31 + 10;
    ((uint8_t *)(uintptr_t)file.data)[at] = '!';
    struct answer answer = ask(file, "x.ps1", 0, false);
    ck_assert_int_eq(answer.format, VP_FORMAT_SCRIPT);
    ck_assert_uint_eq(answer.signatures, 0);
    ck_assert(answer.notes >> VP_NOTE_SIGNATURE_UNREADABLE & 1);
    package_free(file);
}
END_TEST

START_TEST(every_prefix_is_safe_and_believed_only_whole)
{
    for (size_t i = 0; i < MAKERS; i++) {
        struct span file = made(&makers[i], TRUE);
        for (size_t len = 0; len + 16 < file.len; len += i < 3 ? 23 : 5) {
            struct span copy = exact_copy(span_first(file, len));
            struct answer answer = ask(copy, makers[i].name, 0, len % 2);
            /* An installer's last sector may be cut where nothing stands. */
            ck_assert(!believed(answer) || makers[i].format == VP_FORMAT_MSI);
            exact_free(copy);
        }
        package_free(file);
    }
}
END_TEST

START_TEST(no_memory_cap_makes_a_forgery_believed)
{
    for (size_t i = 0; i < MAKERS; i++) {
        bool last = false;
        struct span file = made(&makers[i], TRUE), forged = made(&makers[i], SELF_SIGNED);
        for (size_t cap = 1 << 10; cap < 8 << 20; cap += cap / 3) {
            last = believed(ask(file, makers[i].name, cap, true));
            ck_assert(!believed(ask(forged, makers[i].name, cap, true)));
        }
        ck_assert(last);
        package_free(file);
        package_free(forged);
    }
    people_free();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_right_signature_is_believed)                                                            \
    TEST(a_forged_signature_is_not_believed)                                                       \
    TEST(no_changed_byte_of_what_is_covered_is_believed)                                           \
    TEST(a_changed_byte_of_a_stream_is_not_believed)                                               \
    TEST(a_renamed_stream_shows_only_with_the_extra_digest)                                        \
    TEST(appended_bytes_are_covered_or_said_not_to_be)                                             \
    TEST(bytes_behind_the_signature_in_its_stream_are_said)                                        \
    TEST(a_script_is_found_by_its_name_or_its_first_words)                                         \
    TEST(a_block_with_something_else_in_it_is_unreadable)                                          \
    TEST(every_prefix_is_safe_and_believed_only_whole)                                             \
    TEST(no_memory_cap_makes_a_forgery_believed)
#include "../check_main.h"
