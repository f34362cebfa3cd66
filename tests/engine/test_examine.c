/* test_examine.c - objects from every kind of source, and what stops an examination */
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "engine/judge_db.h"
#include "fixture.h"
#include "pe_build.h"

static const char text_file[] = "#!/bin/sh\necho hello\n";

static struct vp_session *session_new(struct vp_db *db, struct vp_session_options options)
{
    struct vp_session *session = NULL;
    options.size = sizeof options;
    ck_assert_int_eq(vp_session_new(db, &options, &session, NULL), VP_OK);
    return session;
}

static struct vp_summary summary_of(const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    return summary;
}

static struct vp_object object_of(const struct vp_result *result)
{
    struct vp_object object = {.size = sizeof object};
    ck_assert_int_eq(vp_result_object(result, 0, &object), VP_OK);
    return object;
}

/* The text of the first feature of a kind, or NULL. */
static const char *feature_text(const struct vp_result *result, unsigned kind)
{
    struct vp_feature feature = {.size = sizeof feature};
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.kind == kind)
            return feature.text;
    }
    return NULL;
}

static enum vp_gap_reason first_gap(const struct vp_result *result)
{
    struct vp_gap gap = {.size = sizeof gap};
    return vp_result_gap(result, 0, &gap) == VP_OK ? gap.reason : (enum vp_gap_reason)0;
}

START_TEST(what_no_reader_knows_is_other_and_described_on_demand)
{
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.flags = VP_SESSION_DESCRIBE});
    struct vp_result *result = NULL;
    ck_assert_int_eq(
        vp_examine_memory(session, text_file, sizeof text_file - 1, "a.sh", &result, NULL), VP_OK);
    ck_assert_int_eq(object_of(result).format, VP_FORMAT_OTHER);
    ck_assert_ptr_nonnull(strstr(object_of(result).description, "shell script"));
    ck_assert(summary_of(result).complete);
    ck_assert_uint_eq(summary_of(result).features, 0);
    vp_result_unref(result);
    vp_session_free(session);
}
END_TEST

START_TEST(the_digests_that_are_asked_for_are_those_of_the_bytes)
{
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.digests = VP_DIGEST_SHA256 | VP_DIGEST_MD5});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_memory(session, "abc", 3, NULL, &result, NULL), VP_OK);
    ck_assert_str_eq(feature_text(result, KIND_FILE_SHA256),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(feature_text(result, KIND_FILE_MD5), "900150983cd24fb0d6963f7d28e17f72");
    ck_assert_ptr_null(feature_text(result, KIND_FILE_SHA1));
    ck_assert_uint_eq(summary_of(result).bytes_hashed, 6);
    vp_result_unref(result);
    vp_session_free(session);
}
END_TEST

START_TEST(nothing_is_hashed_unless_a_gate_is_open)
{
    /* The set's SHA-256 keys stand behind a key of Acme's. */
    struct vp_db *db = judge_db();
    struct vp_session *session = session_new(db, (struct vp_session_options){0});
    struct vp_result *result = NULL;
    ck_assert_int_eq(
        vp_examine_memory(session, text_file, sizeof text_file - 1, "a.sh", &result, NULL), VP_OK);
    ck_assert_uint_eq(summary_of(result).bytes_hashed, 0);
    vp_result_unref(result);
    size_t len;
    uint8_t *bytes = fixture_read("pe/plain.exe", &len);
    if (bytes) {
        ck_assert_int_eq(vp_examine_memory(session, bytes, len, "x", &result, NULL), VP_OK);
        ck_assert_uint_eq(summary_of(result).bytes_hashed, 0);
        vp_result_unref(result);
        ck_assert_int_eq(vp_examine_memory(session, bytes, len, "anvil.exe", &result, NULL), VP_OK);
        ck_assert_uint_eq(summary_of(result).bytes_hashed, len);
        ck_assert_ptr_nonnull(feature_text(result, KIND_FILE_SHA256));
        vp_result_unref(result);
    }
    free(bytes);
    vp_session_free(session);
    vp_db_unref(db);
}
END_TEST

START_TEST(a_gate_opens_for_what_has_a_feature_and_one_that_is_for_looking_up_never_does)
{
    /* SHA-1 keys stand behind a .NET assembly, Authenticode SHA-256 ones behind the export library
     * fixture.dll, and MD5 keys are only looked up. */
    struct vp_db *db = judge_db();
    const char *const files[] = {"dotnet/managed-strong.dll", "pe/plain64.dll"};
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        uint8_t *bytes = fixture_read(files[i], &len);
        for (unsigned flags = 0; bytes && flags <= VP_SESSION_FINDINGS;
             flags += VP_SESSION_FINDINGS) {
            struct vp_session *session =
                session_new(db, (struct vp_session_options){.flags = flags});
            struct vp_result *result = NULL;
            ck_assert_int_eq(vp_examine_memory(session, bytes, len, "x", &result, NULL), VP_OK);
            ck_assert_int_eq(feature_text(result, KIND_FILE_SHA1) != NULL, i == 0);
            ck_assert_int_eq(feature_text(result, KIND_AUTHENTICODE_SHA256) != NULL, i == 1);
            ck_assert_ptr_null(feature_text(result, KIND_FILE_MD5));
            ck_assert_uint_gt(summary_of(result).bytes_hashed, 0);
            ck_assert_uint_le(summary_of(result).bytes_hashed, len);
            vp_result_unref(result);
            vp_session_free(session);
        }
        free(bytes);
    }
    vp_db_unref(db);
}
END_TEST

START_TEST(every_way_in_gives_the_same_features)
{
    size_t len;
    uint8_t *bytes = fixture_read("pe/plain.exe", &len);
    if (!bytes)
        return;
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.flags = VP_SESSION_ALL_FEATURES});
    struct vp_result *results[3] = {NULL};
    ck_assert_int_eq(vp_examine_memory(session, bytes, len, "plain.exe", &results[0], NULL), VP_OK);
    ck_assert_int_eq(vp_examine_path(session, fixture_path("pe/plain.exe"), &results[1], NULL),
                     VP_OK);
    int fd = open(fixture_path("pe/plain.exe"), O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(vp_examine_fd(session, fd, "plain.exe", &results[2], NULL), VP_OK);
    close(fd);
    ck_assert_int_eq(object_of(results[0]).format, VP_FORMAT_PE32_PLUS);
    ck_assert_int_eq(object_of(results[0]).role, VP_ROLE_PROGRAM);
    ck_assert_str_eq(feature_text(results[0], KIND_COMPANY_NAME), "Example Software GmbH");
    for (int i = 1; i < 3; i++) {
        ck_assert_uint_eq(summary_of(results[i]).features, summary_of(results[0]).features);
        struct vp_feature a = {.size = sizeof a}, b = {.size = sizeof b};
        for (uint32_t f = 0; vp_result_feature(results[0], f, &a) == VP_OK; f++) {
            ck_assert_int_eq(vp_result_feature(results[i], f, &b), VP_OK);
            ck_assert_uint_eq(a.key.low, b.key.low);
            ck_assert_str_eq(a.text, b.text);
            ck_assert_uint_eq(a.offset, b.offset);
        }
    }
    for (int i = 0; i < 3; i++)
        vp_result_unref(results[i]);
    vp_session_free(session);
    free(bytes);
}
END_TEST

struct memory_source {
    const uint8_t *bytes;
    size_t len;
    uint64_t fail_from;
};

static int read_memory(void *context, uint64_t offset, void *buffer, size_t len, size_t *ret_len)
{
    struct memory_source *source = context;
    if (offset + len > source->fail_from)
        return 1;
    *ret_len = offset < source->len ? source->len - (size_t)offset : 0;
    if (*ret_len > len)
        *ret_len = len;
    memcpy(buffer, source->bytes + offset, *ret_len);
    return 0;
}

START_TEST(a_source_that_fails_is_the_callers_error)
{
    uint8_t bytes[10000] = "MZ";
    struct memory_source memory = {bytes, sizeof bytes, UINT64_MAX};
    struct vp_source source = {
        .size = sizeof source, .context = &memory, .bytes = sizeof bytes, .read_at = read_memory};
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.digests = VP_DIGEST_SHA1});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_source(session, &source, "x", &result, NULL), VP_OK);
    ck_assert_ptr_nonnull(feature_text(result, KIND_FILE_SHA1));
    vp_result_unref(result);
    result = NULL;
    memory.fail_from = 5000;
    ck_assert_int_eq(vp_examine_source(session, &source, "x", &result, NULL), VP_E_CALLBACK);
    ck_assert_ptr_null(result);
    source.read_at = NULL;
    ck_assert_int_eq(vp_examine_source(session, &source, "x", &result, NULL), VP_E_ARGUMENT);
    vp_session_free(session);
}
END_TEST

START_TEST(a_source_that_is_shorter_than_it_says_is_incomplete)
{
    uint8_t bytes[1000] = "MZ";
    struct memory_source memory = {bytes, sizeof bytes, UINT64_MAX};
    struct vp_source source = {
        .size = sizeof source, .context = &memory, .bytes = 900000, .read_at = read_memory};
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.digests = VP_DIGEST_SHA1});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_source(session, &source, "x", &result, NULL), VP_OK);
    ck_assert(!summary_of(result).complete);
    ck_assert_ptr_null(feature_text(result, KIND_FILE_SHA1));
    vp_result_unref(result);
    vp_session_free(session);
}
END_TEST

static int cancel(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)total;
    return done >= 256 << 10;
}

static int only_forward(void *context, uint64_t done, uint64_t total)
{
    uint64_t *last = context;
    ck_assert_uint_ge(done, *last);
    ck_assert_uint_ge(total, done);
    *last = done;
    return 0;
}

START_TEST(progress_never_goes_back)
{
    uint64_t last = 0;
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.digests = VP_DIGEST_SHA256,
                                                      .flags = VP_SESSION_ALL_FEATURES,
                                                      .progress = only_forward,
                                                      .context = &last});
    struct vp_result *result = NULL;
    size_t len = 1 << 20;
    uint8_t *bytes = calloc(1, len);
    ck_assert_int_eq(vp_examine_memory(session, bytes, len, NULL, &result, NULL), VP_OK);
    ck_assert_uint_gt(last, 0);
    vp_result_unref(result);
    free(bytes);
    vp_session_free(session);
}
END_TEST

START_TEST(a_cancelled_examination_is_a_result_that_says_so)
{
    size_t len = 4 << 20;
    uint8_t *bytes = calloc(1, len);
    struct vp_session *session = session_new(
        NULL, (struct vp_session_options){.digests = VP_DIGEST_SHA1, .progress = cancel});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_memory(session, bytes, len, NULL, &result, NULL), VP_OK);
    ck_assert(!summary_of(result).complete);
    ck_assert_int_eq(first_gap(result), VP_GAP_CANCELLED);
    ck_assert_ptr_null(feature_text(result, KIND_FILE_SHA1));
    vp_result_unref(result);
    /* The session goes on. */
    ck_assert_int_eq(vp_examine_memory(session, bytes, 100, NULL, &result, NULL), VP_OK);
    ck_assert(summary_of(result).complete);
    vp_result_unref(result);
    vp_session_free(session);
    free(bytes);
}
END_TEST

static int cancel_at_one_mib(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)total;
    return done >= 1 << 20;
}

/* The vendor of the first finding, or "". */
static const char *first_vendor(const struct vp_result *result)
{
    struct vp_finding finding = {.size = sizeof finding};
    return vp_result_finding(result, 0, &finding) == VP_OK ? finding.vendor_id : "";
}

START_TEST(what_was_read_before_an_examination_ended_early_is_still_looked_up)
{
    size_t len, padded_len = 2 << 20;
    uint8_t *bytes = fixture_read("pe/plain.exe", &len);
    if (!bytes)
        return;
    bytes = realloc(bytes, padded_len);
    memset(bytes + len, 0, padded_len - len);
    struct vp_db *db = judge_db();
    struct vp_session *session = session_new(
        db, (struct vp_session_options){.digests = VP_DIGEST_SHA1, .progress = cancel_at_one_mib});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_memory(session, bytes, padded_len, "anvil.exe", &result, NULL),
                     VP_OK);
    ck_assert_int_eq(first_gap(result), VP_GAP_CANCELLED);
    ck_assert_str_eq(first_vendor(result), "acme");
    vp_result_unref(result);
    vp_session_free(session);
    vp_db_unref(db);
    free(bytes);
}
END_TEST

START_TEST(every_memory_cap_gives_a_result_that_says_so)
{
    size_t len;
    uint8_t *bytes = fixture_read("signed/signed-dual.exe", &len);
    if (!bytes)
        bytes = fixture_read("pe/plain.exe", &len);
    if (!bytes)
        return;
    struct vp_db *db = judge_db();
    bool complete = false;
    for (uint64_t cap = 1 << 10; cap < 8 << 20; cap += cap / 8) {
        struct vp_session *session =
            session_new(db, (struct vp_session_options){.flags = VP_SESSION_ALL_FEATURES,
                                                        .limits = {.memory = cap}});
        struct vp_result *result = NULL;
        enum vp_status status = vp_examine_memory(session, bytes, len, "anvil.exe", &result, NULL);
        /* Below that there is no room for a result at all. */
        ck_assert(status == VP_OK || (status == VP_E_MEMORY && cap < 4 << 10));
        if (status == VP_OK) {
            complete = summary_of(result).complete;
            if (!complete)
                ck_assert_int_eq(first_gap(result), VP_GAP_MEMORY_LIMIT);
        }
        vp_result_unref(result);
        vp_session_free(session);
    }
    ck_assert(complete);
    vp_db_unref(db);
    free(bytes);
}
END_TEST

START_TEST(links_and_folders_are_not_examined)
{
    char folder[] = "/tmp/vendorprint-test-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/link", folder);
    ck_assert_int_eq(symlink("/bin/sh", path), 0);
    struct vp_session *session = session_new(NULL, (struct vp_session_options){0});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_path(session, path, &result, NULL), VP_E_NOT_REGULAR);
    ck_assert_int_eq(vp_examine_path(session, folder, &result, NULL), VP_E_NOT_REGULAR);
    unlink(path);
    ck_assert_int_eq(vp_examine_path(session, path, &result, NULL), VP_E_NOT_FOUND);
    rmdir(folder);
    vp_session_free(session);
}
END_TEST

START_TEST(a_pipe_is_read_to_its_end)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "abc", 3), 3);
    close(ends[1]);
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.digests = VP_DIGEST_MD5});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_fd(session, ends[0], "x", &result, NULL), VP_OK);
    ck_assert_str_eq(feature_text(result, KIND_FILE_MD5), "900150983cd24fb0d6963f7d28e17f72");
    close(ends[0]);
    vp_result_unref(result);
    vp_session_free(session);
}
END_TEST

static void *fill_pipe(void *context)
{
    static const uint8_t zeros[4096];
    int fd = *(int *)context;
    for (int i = 0; i < 64 && write(fd, zeros, sizeof zeros) == (ssize_t)sizeof zeros; i++)
        continue;
    close(fd);
    return NULL;
}

START_TEST(a_pipe_that_is_too_long_is_a_result_that_says_so)
{
    int ends[2];
    pthread_t writer;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(pthread_create(&writer, NULL, fill_pipe, &ends[1]), 0);
    struct vp_session *session =
        session_new(NULL, (struct vp_session_options){.digests = VP_DIGEST_MD5,
                                                      .limits = {.member_memory = 64 << 10}});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_fd(session, ends[0], "x", &result, NULL), VP_OK);
    ck_assert_int_eq(first_gap(result), VP_GAP_MEMBER_TOO_LARGE);
    ck_assert_uint_eq(object_of(result).bytes, VP_NONE);
    ck_assert_ptr_null(feature_text(result, KIND_FILE_MD5));
    char rest[4096];
    while (read(ends[0], rest, sizeof rest) > 0)
        continue;
    pthread_join(writer, NULL);
    close(ends[0]);
    vp_result_unref(result);
    vp_session_free(session);
}
END_TEST

/* What an older and a newer caller know of a struct. */
START_TEST(structs_of_other_sizes_are_respected)
{
    struct vp_session *session = session_new(NULL, (struct vp_session_options){0});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_memory(session, "abc", 3, NULL, &result, NULL), VP_OK);
    struct vp_summary summary;
    memset(&summary, 0x55, sizeof summary);
    summary.size = offsetof(struct vp_summary, objects);
    vp_result_summary(result, &summary);
    ck_assert_int_eq(summary.complete, 1);
    ck_assert_uint_eq(summary.objects, 0x55555555);
    struct {
        struct vp_object known;
        uint64_t later;
    } newer = {.known = {.size = sizeof newer}, .later = 7};
    ck_assert_int_eq(vp_result_object(result, 0, &newer.known), VP_OK);
    ck_assert_uint_eq(newer.known.size, sizeof newer);
    ck_assert_uint_eq(newer.later, 7);
    vp_result_unref(result);
    vp_session_free(session);
}
END_TEST

static struct vp_result *examine_for(struct vp_db *db, unsigned flags, const struct pe_build *pe)
{
    struct vp_session *session =
        session_new(db, (struct vp_session_options){.flags = flags, .digests = VP_DIGEST_SHA1});
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_examine_memory(session, pe->bytes, pe->len, "anvil.exe", &result, NULL),
                     VP_OK);
    vp_session_free(session);
    return result;
}

START_TEST(a_session_for_findings_finds_the_same_and_keeps_less)
{
    struct vp_db *db = judge_db();
    struct pe_build pe;
    pe_build_init(&pe, true);
    struct pe_bytes *data = pe_section(&pe, ".rsrc");
    pe_version(&pe, data, "040904b0", "CompanyName=Acme\0InternalName=an inner name\0");
    pe_resources(&pe, data);
    pe_finish(&pe);
    struct vp_result *all = examine_for(db, 0, &pe);
    struct vp_result *few = examine_for(db, VP_SESSION_FINDINGS, &pe);
    struct vp_finding a = {.size = sizeof a}, b = {.size = sizeof b};
    ck_assert_uint_eq(summary_of(all).findings, 1);
    ck_assert_uint_eq(summary_of(few).findings, 1);
    ck_assert_int_eq(vp_result_finding(all, 0, &a), VP_OK);
    ck_assert_int_eq(vp_result_finding(few, 0, &b), VP_OK);
    ck_assert_str_eq(a.reason, b.reason);
    ck_assert_str_eq(a.version, "1.2.3.4");
    ck_assert_str_eq(b.version, "1.2.3.4");
    ck_assert_ptr_nonnull(feature_text(all, KIND_INTERNAL_NAME)); /* no key is of that kind */
    ck_assert_ptr_null(feature_text(few, KIND_INTERNAL_NAME));
    ck_assert_str_eq(feature_text(all, KIND_FILE_SHA1), feature_text(few, KIND_FILE_SHA1));
    vp_result_unref(all);
    vp_result_unref(few);
    few = examine_for(db, VP_SESSION_FINDINGS | VP_SESSION_ALL_FEATURES, &pe);
    ck_assert_ptr_nonnull(feature_text(few, KIND_INTERNAL_NAME));
    vp_result_unref(few);
    pe_build_done(&pe);
    vp_db_unref(db);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_session_for_findings_finds_the_same_and_keeps_less)                                     \
    TEST(what_no_reader_knows_is_other_and_described_on_demand)                                    \
    TEST(the_digests_that_are_asked_for_are_those_of_the_bytes)                                    \
    TEST(nothing_is_hashed_unless_a_gate_is_open)                                                  \
    TEST(a_gate_opens_for_what_has_a_feature_and_one_that_is_for_looking_up_never_does)            \
    TEST(every_way_in_gives_the_same_features)                                                     \
    TEST(a_source_that_fails_is_the_callers_error)                                                 \
    TEST(a_source_that_is_shorter_than_it_says_is_incomplete)                                      \
    TEST(progress_never_goes_back)                                                                 \
    TEST(a_cancelled_examination_is_a_result_that_says_so)                                         \
    TEST(what_was_read_before_an_examination_ended_early_is_still_looked_up)                       \
    TEST(every_memory_cap_gives_a_result_that_says_so)                                             \
    TEST(links_and_folders_are_not_examined)                                                       \
    TEST(a_pipe_is_read_to_its_end)                                                                \
    TEST(a_pipe_that_is_too_long_is_a_result_that_says_so)                                         \
    TEST(structs_of_other_sizes_are_respected)
#include "check_main.h"
