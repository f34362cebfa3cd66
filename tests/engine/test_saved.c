/* test_saved.c - results as bytes: the same result comes back, and nothing else */
#include "engine/engine.h"
#include "engine/judge_db.h"
#include "fixture.h"
#include "pe_build.h"

enum { SUM_LEN = 16 };

struct saved_bytes {
    uint8_t *data;
    size_t len;
};

static struct vp_result *examine(struct vp_db *db, unsigned flags, const uint8_t *data, size_t len)
{
    struct vp_session_options options = {.size = sizeof options, .flags = flags};
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    ck_assert_int_eq(vp_session_new(db, &options, &session, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_memory(session, data, len, "some/file.exe", &result, NULL), VP_OK);
    vp_session_free(session);
    return result;
}

static struct saved_bytes save(const struct vp_result *result)
{
    struct saved_bytes saved = {.len = 0};
    ck_assert_int_eq(vp_result_save(result, NULL, 0, &saved.len), VP_E_ARGUMENT);
    saved.data = malloc(saved.len);
    size_t len;
    ck_assert_int_eq(vp_result_save(result, saved.data, saved.len - 1, &len), VP_E_ARGUMENT);
    ck_assert_int_eq(vp_result_save(result, saved.data, saved.len, &len), VP_OK);
    ck_assert_uint_eq(len, saved.len);
    return saved;
}

/* Everything that the accessors tell, as bytes without addresses. */
static void expect_same(const struct vp_result *a, const struct vp_result *b)
{
    struct saved_bytes x = save(a), y = save(b);
    ck_assert_uint_eq(x.len, y.len);
    ck_assert_mem_eq(x.data, y.data, x.len);
    free(x.data);
    free(y.data);
}

/* What the saved form has no field for would be lost unseen, so the accessors are asked too. */
static void expect_same_signatures(const struct vp_result *a, const struct vp_result *b)
{
    struct vp_signature s = {.size = sizeof s}, t = {.size = sizeof t};
    struct vp_certificate c = {.size = sizeof c}, d = {.size = sizeof d};
    uint32_t i = 0;
    for (; vp_result_signature(a, i, &s) == VP_OK; i++) {
        ck_assert_int_eq(vp_result_signature(b, i, &t), VP_OK);
        ck_assert_str_eq(s.signer, t.signer);
        ck_assert_str_eq(s.time_signer, t.time_signer);
        ck_assert_uint_eq(s.time, t.time);
        ck_assert_uint_eq(s.states, t.states);
        ck_assert_uint_eq(s.chain, t.chain);
        for (uint32_t k = 0; k < s.chain; k++) {
            ck_assert_int_eq(vp_result_chain(a, i, k, &c), VP_OK);
            ck_assert_int_eq(vp_result_chain(b, i, k, &d), VP_OK);
            ck_assert_str_eq(c.sha256, d.sha256);
            ck_assert_uint_eq(c.not_after, d.not_after);
        }
    }
    ck_assert_int_ne(vp_result_signature(b, i, &t), VP_OK);
}

static void expect_round_trip(struct vp_db *db, const struct vp_result *result)
{
    struct saved_bytes saved = save(result);
    struct vp_result *loaded = NULL;
    ck_assert_int_eq(vp_result_load(db, saved.data, saved.len, &loaded, NULL), VP_OK);
    expect_same(result, loaded);
    expect_same_signatures(result, loaded);
    vp_result_unref(loaded);
    free(saved.data);
}

static struct vp_result *pe_result(struct vp_db *db)
{
    struct pe_build pe;
    pe_build_init(&pe, true);
    struct pe_bytes *data = pe_section(&pe, ".rsrc");
    pe_version(&pe, data, "040904b0", "CompanyName=Acme Bolt Works\0ProductName=Acme Anvil\0");
    pe_resources(&pe, data);
    pe_finish(&pe);
    struct vp_result *result = examine(db, VP_SESSION_ALL_FEATURES, pe.bytes, pe.len);
    pe_build_done(&pe);
    return result;
}

START_TEST(a_result_comes_back_whole)
{
    struct vp_db *db = judge_db();
    struct vp_result *result = pe_result(db);
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    ck_assert_uint_gt(summary.findings, 0);
    ck_assert_uint_gt(summary.features, 5);
    expect_round_trip(db, result);

    struct saved_bytes saved = save(result);
    struct vp_result *loaded = NULL;
    struct vp_finding a = {.size = sizeof a}, b = {.size = sizeof b};
    struct vp_evidence e = {.size = sizeof e}, f = {.size = sizeof f};
    ck_assert_int_eq(vp_result_load(db, saved.data, saved.len, &loaded, NULL), VP_OK);
    vp_result_unref(result);
    result = pe_result(db);
    ck_assert_int_eq(vp_result_finding(result, 0, &a), VP_OK);
    ck_assert_int_eq(vp_result_finding(loaded, 0, &b), VP_OK);
    ck_assert_str_eq(a.vendor_id, b.vendor_id);
    ck_assert_str_eq(a.reason, b.reason);
    ck_assert_uint_eq(a.evidence, b.evidence);
    ck_assert_int_eq(vp_result_evidence(result, 0, 0, &e), VP_OK);
    ck_assert_int_eq(vp_result_evidence(loaded, 0, 0, &f), VP_OK);
    ck_assert_str_eq(e.matched, f.matched);
    ck_assert_str_eq(e.source, f.source);
    free(saved.data);
    vp_result_unref(loaded);
    vp_result_unref(result);
    vp_db_unref(db);
}
END_TEST

START_TEST(signatures_and_members_come_back)
{
    static const char *const names[] = {"signed/signed-dual.exe", "pe/debug.exe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len;
        uint8_t *bytes = fixture_read(names[i], &len);
        if (!bytes)
            continue;
        struct vp_result *result = examine(NULL, VP_SESSION_ALL_FEATURES, bytes, len);
        expect_round_trip(NULL, result);
        vp_result_unref(result);
        free(bytes);
    }
}
END_TEST

START_TEST(of_another_set_or_none_is_refused)
{
    struct vp_db *db = judge_db();
    struct vp_result *result = pe_result(db), *loaded = NULL;
    struct saved_bytes saved = save(result);
    struct vp_error err;
    ck_assert_int_eq(vp_result_load(NULL, saved.data, saved.len, &loaded, &err), VP_E_ARGUMENT);
    ck_assert_str_eq(err.text, "no result of this library and this set");
    ck_assert_ptr_null(loaded);
    free(saved.data);
    vp_result_unref(result);
    vp_db_unref(db);
}
END_TEST

static void seal(uint8_t *data, size_t len)
{
    vpi_hash_bytes(vpi_hash128(span_of(data, len - SUM_LEN)), data + len - SUM_LEN);
}

/* Reads everything that an accessor gives. */
static void read_all(const struct vp_result *result)
{
    struct vp_object object = {.size = sizeof object};
    struct vp_finding finding = {.size = sizeof finding};
    struct vp_evidence evidence = {.size = sizeof evidence};
    size_t total = 0;
    for (uint32_t i = 0; vp_result_object(result, i, &object) == VP_OK; i++)
        total += strlen(object.name) + strlen(object.machine);
    for (uint32_t i = 0; vp_result_finding(result, i, &finding) == VP_OK; i++) {
        for (uint32_t k = 0; vp_result_evidence(result, i, k, &evidence) == VP_OK; k++)
            total += strlen(evidence.matched) + strlen(evidence.source);
    }
    ck_assert_uint_lt(total, 1 << 20);
}

START_TEST(damage_is_refused_with_a_right_sum_too)
{
    struct vp_db *db = judge_db();
    struct vp_result *result = pe_result(db), *loaded = NULL;
    struct saved_bytes saved = save(result);
    for (size_t i = 0; i < saved.len; i++) {
        /* Each prefix, in a buffer of its size. */
        uint8_t *copy = malloc(i ? i : 1);
        memcpy(copy, saved.data, i);
        ck_assert_int_eq(vp_result_load(db, copy, i, &loaded, NULL), VP_E_ARGUMENT);
        if (i >= SUM_LEN) {
            seal(copy, i);
            ck_assert_int_eq(vp_result_load(db, copy, i, &loaded, NULL), VP_E_ARGUMENT);
        }
        free(copy);
        /* Each byte changed: without a right sum it is refused; with one it is safe to read. */
        saved.data[i] ^= 0xff;
        ck_assert_int_eq(vp_result_load(db, saved.data, saved.len, &loaded, NULL), VP_E_ARGUMENT);
        if (i < saved.len - SUM_LEN) {
            uint8_t sum[SUM_LEN];
            memcpy(sum, saved.data + saved.len - SUM_LEN, SUM_LEN);
            seal(saved.data, saved.len);
            if (vp_result_load(db, saved.data, saved.len, &loaded, NULL) == VP_OK) {
                read_all(loaded);
                vp_result_unref(loaded);
            }
            memcpy(saved.data + saved.len - SUM_LEN, sum, SUM_LEN);
        }
        saved.data[i] ^= 0xff;
    }
    free(saved.data);
    vp_result_unref(result);
    vp_db_unref(db);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_result_comes_back_whole)                                                                \
    TEST(signatures_and_members_come_back)                                                         \
    TEST(of_another_set_or_none_is_refused)                                                        \
    TEST(damage_is_refused_with_a_right_sum_too)
#include "check_main.h"
