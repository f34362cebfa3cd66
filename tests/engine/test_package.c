/* test_package.c - RPM and deb packages from their bytes to a finding: who signed, who only says so
 */
#include <check.h>

#include "signed_package.h"
#include "set/compile.h"
#include "set/load.h"

enum { TAG_RSA = 268, TAG_PGP = 1002 };

/* What a test lies about; what is not set is right. */
struct how {
    const struct signer *signer; /* NULL: not signed */
    const struct signer *named;  /* whose fingerprint the signature says */
    bool over_all;               /* RPM: over header and payload */
    bool no_digest;              /* RPM: the header has none of the payload */
    bool other_content;          /* the signature is over something else */
    bool other_payload;          /* changed since the header's digest was taken */
};

#define VENDOR_TEXT "AO Kaspersky Lab"

/* A file that lib/format takes for a PE: enough for an object, no more. */
static struct span small_pe(void)
{
    static uint8_t bytes[600] = {'M', 'Z'};
    static const uint8_t pe[] = {'P', 'E', 0, 0, 0x64, 0x86, 0, 0,    0, 0, 0, 0,    0,
                                 0,   0,   0, 0, 0,    0,    0, 0xf0, 0, 2, 0, 0x0b, 2};
    bytes[0x3c] = 0x40;
    memcpy(bytes + 0x40, pe, sizeof pe);
    return span_of(bytes, sizeof bytes);
}

static struct bytes *rpm_new(struct how how)
{
    struct bytes *payload = calloc(1, sizeof *payload), *all = calloc(1, sizeof *all);
    struct bytes *signature = calloc(1, sizeof *signature), *signs = calloc(1, sizeof *signs);
    struct rpm_header *header = calloc(1, sizeof *header);
    uint8_t digest[32];
    char hex[65];
    put_cpio(payload, "./usr/bin/text", span_text("a text"));
    put_cpio(payload, "./usr/lib/driver.sys", small_pe());
    put_cpio_end(payload);
    SHA256(payload->data, payload->len, digest);
    for (size_t i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    rpm_text(header, 1000, "example");
    rpm_text(header, 1001, "1.2");
    rpm_text(header, 1002, "3.fc40");
    rpm_row(header, 1003, RPM_INT32, "\0\0\0\4", 4);
    rpm_text(header, 1011, VENDOR_TEXT);
    rpm_text(header, 1014, "MIT");
    if (!how.no_digest) {
        rpm_row(header, 5092, RPM_ARRAY, hex, 64);
        rpm_row(header, 5093, RPM_INT32, "\0\0\0\x8", 4);
    }
    put_header(signs, header);
    if (how.over_all)
        put(signs, payload->data, payload->len);
    if (how.other_content)
        signs->data[20] ^= 1;
    if (how.signer)
        put_openpgp(signature, how.signer, how.named, span_of(signs->data, signs->len));
    if (how.other_payload)
        payload->data[payload->len - 1] ^= 1;
    put_rpm(all, header, span_of(payload->data, payload->len),
            how.signer ? (how.over_all ? TAG_PGP : TAG_RSA) : 0, signature);
    free(payload);
    free(signature);
    free(signs);
    free(header);
    return all;
}

static struct bytes *deb_new(struct how how)
{
    struct bytes *control = calloc(1, sizeof *control), *data = calloc(1, sizeof *data);
    struct bytes *all = calloc(1, sizeof *all), *signs = calloc(1, sizeof *signs);
    struct bytes *signature = calloc(1, sizeof *signature);
    put_tar(control, "./control",
            span_text("Package: example\nVersion: 1.2-3\nMaintainer: " VENDOR_TEXT
                      " <a@example.com>\nDescription: short\n long\nSection: utils\n"));
    put(control, (uint8_t[1024]){0}, 1024);
    put_tar(data, "./usr/bin/text", span_text("a text"));
    put_tar(data, "./usr/lib/driver.sys", small_pe());
    put(data, (uint8_t[1024]){0}, 1024);
    put(signs, "2.0\n", 4);
    put(signs, control->data, control->len);
    put(signs, data->data, data->len);
    if (how.other_content)
        signs->data[20] ^= 1;
    if (how.signer)
        put_openpgp(signature, how.signer, how.named, span_of(signs->data, signs->len));
    put_ar(all, "debian-binary", span_text("2.0\n"));
    put_ar(all, "control.tar", span_of(control->data, control->len));
    put_ar(all, "data.tar", span_of(data->data, data->len));
    if (how.signer)
        put_ar(all, "_gpgorigin", span_of(signature->data, signature->len));
    free(control);
    free(data);
    free(signs);
    free(signature);
    return all;
}

enum package { PACKAGE_RPM, PACKAGE_DEB, PACKAGES };

static struct bytes *package_new(enum package kind, struct how how)
{
    return kind == PACKAGE_RPM ? rpm_new(how) : deb_new(how);
}

/* A database in which the signer's key is Example's, and may be distrusted. */
static struct vp_db *db_new(const struct signer *signer, const char *purposes, const char *trust)
{
    struct vp_set *set = vpi_set_new(0);
    struct span bytes;
    struct vp_db *db;
    char text[2048];
    vpi_set_read_file(set, "set.yaml",
                      span_text("serial: \"7\"\ndate: \"2026-11-22\"\nlicense: Apache-2.0\n"));
    snprintf(text, sizeof text,
             "id: example\ntype: vendor\nname: Example\nkeys:\n  - kind: openpgp-fingerprint\n"
             "    value: %s\n    confidence: high\n    source: a book\n",
             signer->fingerprint_hex);
    vpi_set_read_file(set, "vendors/example.yaml", span_text(text));
    vpi_set_read_file(
        set, "vendors/kaspersky.yaml",
        span_text("id: kaspersky\ntype: vendor\nname: Kaspersky\nnames:\n  - value: " VENDOR_TEXT
                  "\n    type: legal\n    kinds: [package-vendor, package-maintainer]\n"
                  "    confidence: high\n    source: a book\n"));
    snprintf(text, sizeof text,
             "form,value,purposes,trust,name,from,until,source,key\n"
             "openpgp,%s,%s,%s,Example's key,,,a book,%s\n",
             signer->fingerprint_hex, purposes, trust, signer->base64);
    vpi_set_read_file(set, "public-keys/example.csv", span_text(text));
    vpi_set_finish(set);
    ck_assert_uint_eq(set->errors, 0);
    ck_assert_int_eq(vpi_set_compile(set, &bytes, NULL), VP_OK);
    ck_assert_int_eq(vp_db_open_memory(bytes.data, bytes.len, NULL, &db, NULL), VP_OK);
    vp_set_free(set);
    return db;
}

static struct vp_result *examine(struct vp_db *db, struct span bytes, uint64_t memory)
{
    struct vp_session_options options = {
        .size = sizeof options, .flags = VP_SESSION_ALL_FEATURES, .limits = {.memory = memory}};
    struct vp_session *session = NULL;
    struct vp_result *result = NULL;
    uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
    memcpy(exact, bytes.data, bytes.len);
    ck_assert_int_eq(vp_session_new(db, &options, &session, NULL), VP_OK);
    enum vp_status status = vp_examine_memory(session, exact, bytes.len, NULL, &result, NULL);
    ck_assert(status == VP_OK || (memory && status == VP_E_MEMORY));
    vp_session_free(session);
    free(exact);
    return result;
}

/* The finding of a vendor, or one of relation 0. */
static struct vp_finding finding_of(const struct vp_result *result, const char *vendor)
{
    struct vp_finding finding = {.size = sizeof finding};
    for (uint32_t i = 0; result && vp_result_finding(result, i, &finding) == VP_OK; i++) {
        if (strcmp(finding.vendor_id, vendor) == 0)
            return finding;
    }
    return (struct vp_finding){.size = sizeof finding};
}

static bool has_note(const struct vp_result *result, enum vp_note_code code)
{
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        if (note.code == code)
            return true;
    }
    return false;
}

static unsigned states_of(const struct vp_result *result)
{
    struct vp_signature signature = {.size = sizeof signature};
    return vp_result_signature(result, 0, &signature) == VP_OK ? signature.states : 0;
}

/* Examined with Example's key in the set; *ret_result is the caller's. */
static bool believed(struct how how, enum package kind, const struct signer *known,
                     const char *trust, struct vp_result **ret_result)
{
    struct bytes *package = package_new(kind, how);
    struct vp_db *db = db_new(known, trust ? "" : "package", trust ? trust : "trusted");
    struct vp_result *result = examine(db, span_of(package->data, package->len), 0);
    bool yes = finding_of(result, "example").relation == VP_RELATION_SIGNER;
    ck_assert_int_eq(yes, (states_of(result) & VP_SIGNATURE_BELIEVED) != 0);
    /* What it writes of itself is never more than that. */
    struct vp_finding claim = finding_of(result, "kaspersky");
    ck_assert_int_eq(claim.relation, VP_RELATION_CLAIM);
    ck_assert_int_eq(claim.level, VP_LEVEL_POSSIBLE);
    vp_db_unref(db);
    free(package);
    *ret_result = result;
    return yes;
}

START_TEST(a_package_is_believed_by_a_key_of_the_set)
{
    struct signer *signer = signer_new();
    for (int over_all = 0; over_all < 2; over_all++) {
        for (int i = 0; i < PACKAGES; i++) {
            struct vp_result *result;
            struct how how = {.signer = signer, .over_all = over_all};
            ck_assert(believed(how, (enum package)i, signer, NULL, &result));
            struct vp_finding finding = finding_of(result, "example");
            ck_assert_int_eq(finding.level, VP_LEVEL_IDENTIFIED);
            struct vp_signature signature = {.size = sizeof signature};
            ck_assert_int_eq(vp_result_signature(result, 0, &signature), VP_OK);
            ck_assert_str_eq(signature.anchor, "Example's key");
            vp_result_unref(result);
        }
    }
    signer_free(signer);
}
END_TEST

START_TEST(a_package_that_nobody_signed_stays_a_claim)
{
    struct signer *signer = signer_new();
    for (int i = 0; i < PACKAGES; i++) {
        struct vp_result *result;
        ck_assert(!believed((struct how){.signer = NULL}, (enum package)i, signer, NULL, &result));
        vp_result_unref(result);
    }
    signer_free(signer);
}
END_TEST

START_TEST(an_unknown_key_and_a_stolen_name_say_nothing)
{
    struct signer *signer = signer_new(), *thief = signer_new();
    for (int i = 0; i < PACKAGES; i++) {
        struct vp_result *result;
        ck_assert(!believed((struct how){.signer = thief}, (enum package)i, signer, NULL, &result));
        ck_assert(has_note(result, VP_NOTE_SIGNATURE_KEY_UNKNOWN));
        vp_result_unref(result);
        ck_assert(!believed((struct how){.signer = thief, .named = signer}, (enum package)i, signer,
                            NULL, &result));
        ck_assert(has_note(result, VP_NOTE_SIGNATURE_INVALID));
        vp_result_unref(result);
    }
    signer_free(thief);
    signer_free(signer);
}
END_TEST

START_TEST(a_signature_over_other_content_says_nothing)
{
    struct signer *signer = signer_new();
    for (int i = 0; i < PACKAGES; i++) {
        struct vp_result *result;
        ck_assert(!believed((struct how){.signer = signer, .other_content = true}, (enum package)i,
                            signer, NULL, &result));
        ck_assert(has_note(result, VP_NOTE_SIGNATURE_INVALID));
        vp_result_unref(result);
    }
    signer_free(signer);
}
END_TEST

START_TEST(a_distrusted_key_says_nothing)
{
    struct signer *signer = signer_new();
    for (int i = 0; i < PACKAGES; i++) {
        struct vp_result *result;
        ck_assert(!believed((struct how){.signer = signer}, (enum package)i, signer, "distrusted",
                            &result));
        ck_assert(has_note(result, VP_NOTE_SIGNATURE_REVOKED));
        vp_result_unref(result);
    }
    signer_free(signer);
}
END_TEST

START_TEST(a_signature_of_the_header_covers_the_payload_by_its_digest_alone)
{
    struct signer *signer = signer_new();
    struct vp_result *result;
    struct how none = {.signer = signer, .no_digest = true};
    ck_assert(!believed(none, PACKAGE_RPM, signer, NULL, &result));
    ck_assert(has_note(result, VP_NOTE_SIGNATURE_PARTIAL));
    ck_assert(states_of(result) & VP_SIGNATURE_VERIFIES);
    vp_result_unref(result);
    struct how changed = {.signer = signer, .other_payload = true};
    ck_assert(!believed(changed, PACKAGE_RPM, signer, NULL, &result));
    ck_assert(has_note(result, VP_NOTE_DIGEST_DIFFERS));
    vp_result_unref(result);
    struct how all = {.signer = signer, .no_digest = true, .over_all = true};
    ck_assert(believed(all, PACKAGE_RPM, signer, NULL, &result));
    vp_result_unref(result);
    signer_free(signer);
}
END_TEST

START_TEST(what_a_package_says_of_itself_and_holds_is_seen)
{
    static const char *const texts[2][4] = {{"example", "4:1.2-3.fc40", VENDOR_TEXT, "MIT"},
                                            {"example", "1.2-3", "short", "utils"}};
    for (int i = 0; i < PACKAGES; i++) {
        struct bytes *package = package_new((enum package)i, (struct how){.signer = NULL});
        struct vp_result *result = examine(NULL, span_of(package->data, package->len), 0);
        struct vp_object object = {.size = sizeof object};
        ck_assert_int_eq(vp_result_object(result, 0, &object), VP_OK);
        ck_assert_int_eq(object.format, i == 0 ? VP_FORMAT_RPM : VP_FORMAT_DEB);
        ck_assert_int_eq(object.role, VP_ROLE_PACKAGE);
        /* The text file is no object. */
        ck_assert_int_eq(vp_result_object(result, 1, &object), VP_OK);
        ck_assert_str_eq(object.name, "usr/lib/driver.sys");
        ck_assert_uint_eq(object.parent, 0);
        ck_assert_int_eq(object.format, VP_FORMAT_PE32_PLUS);
        ck_assert_int_eq(vp_result_object(result, 2, &object), VP_E_NOT_FOUND);
        for (size_t k = 0; k < 4; k++) {
            struct vp_feature feature = {.size = sizeof feature};
            bool found = false;
            for (uint32_t f = 0; vp_result_feature(result, f, &feature) == VP_OK; f++)
                found |= strstr(feature.text, texts[i][k]) != NULL;
            ck_assert_msg(found, "%s", texts[i][k]);
        }
        vp_result_unref(result);
        free(package);
    }
}
END_TEST

START_TEST(every_prefix_of_a_package_is_safe_and_none_is_believed)
{
    struct signer *signer = signer_new();
    struct vp_db *db = db_new(signer, "package", "trusted");
    for (int i = 0; i < PACKAGES; i++) {
        struct bytes *package =
            package_new((enum package)i, (struct how){.signer = signer, .over_all = true});
        size_t step = 1 + package->len / 400;
        for (size_t len = 0; len < package->len; len += step) {
            struct vp_result *result = examine(db, span_of(package->data, len), 0);
            ck_assert_int_ne(finding_of(result, "example").relation, VP_RELATION_SIGNER);
            vp_result_unref(result);
        }
        free(package);
    }
    vp_db_unref(db);
    signer_free(signer);
}
END_TEST

START_TEST(no_flipped_byte_of_what_is_signed_is_believed)
{
    struct signer *signer = signer_new();
    struct vp_db *db = db_new(signer, "package", "trusted");
    struct how how = {.signer = signer, .over_all = true};
    struct bytes *package = rpm_new(how);
    /* From the header on, all of an RPM is covered. */
    size_t from = package->len;
    for (size_t at = 97; at + 4 < package->len && from == package->len; at++) {
        if (memcmp(package->data + at, "\x8e\xad\xe8\1", 4) == 0)
            from = at;
    }
    for (size_t at = from; at < package->len; at += 1 + (package->len - from) / 300) {
        package->data[at] ^= 0x40;
        struct vp_result *result = examine(db, span_of(package->data, package->len), 0);
        ck_assert_int_ne(finding_of(result, "example").relation, VP_RELATION_SIGNER);
        vp_result_unref(result);
        package->data[at] ^= 0x40;
    }
    free(package);
    vp_db_unref(db);
    signer_free(signer);
}
END_TEST

START_TEST(no_memory_cap_makes_a_lie_believed)
{
    struct signer *signer = signer_new(), *thief = signer_new();
    struct vp_db *db = db_new(signer, "package", "trusted");
    for (int i = 0; i < PACKAGES; i++) {
        struct bytes *package =
            package_new((enum package)i, (struct how){.signer = thief, .named = signer});
        for (uint64_t cap = 1; cap < 1 << 20; cap += 64 << 10) {
            struct vp_result *result = examine(db, span_of(package->data, package->len), cap);
            ck_assert_int_ne(finding_of(result, "example").relation, VP_RELATION_SIGNER);
            vp_result_unref(result);
        }
        free(package);
    }
    vp_db_unref(db);
    signer_free(thief);
    signer_free(signer);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_package_is_believed_by_a_key_of_the_set)                                                \
    TEST(a_package_that_nobody_signed_stays_a_claim)                                               \
    TEST(an_unknown_key_and_a_stolen_name_say_nothing)                                             \
    TEST(a_signature_over_other_content_says_nothing)                                              \
    TEST(a_distrusted_key_says_nothing)                                                            \
    TEST(a_signature_of_the_header_covers_the_payload_by_its_digest_alone)                         \
    TEST(what_a_package_says_of_itself_and_holds_is_seen)                                          \
    TEST(every_prefix_of_a_package_is_safe_and_none_is_believed)                                   \
    TEST(no_flipped_byte_of_what_is_signed_is_believed)                                            \
    TEST(no_memory_cap_makes_a_lie_believed)
#include "check_main.h"
