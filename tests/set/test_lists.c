/* test_lists.c - the lists of the set of this repository are found, gated, and name nobody wrongly
 *
 * The values were copied from their sources by hand, not from the set.
 */
#include <check.h>
#include <stdlib.h>

#include "db/db.h"
#include "feature/feature.h"
#include "vendorprint/set.h"

static struct vp_db *db;

static void close_database(void)
{
    vp_db_unref(db);
}

/* Compiled twice, and once for all tests. */
static void open_database(void)
{
    const uint8_t *data[2];
    size_t len[2];
    struct vp_set *set[2] = {NULL, NULL};
    struct vp_error err;
    if (db)
        return;
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(vp_set_load(getenv("VENDORPRINT_SIGNATURES"), &set[i], &err) == VP_OK, "%s",
                      err.text);
        ck_assert_msg(vp_set_compile(set[i], &data[i], &len[i], &err) == VP_OK, "%s", err.text);
    }
    ck_assert_uint_eq(len[0], len[1]);
    ck_assert_mem_eq(data[0], data[1], len[0]);
    ck_assert_msg(vp_db_open_memory(data[0], len[0], NULL, &db, &err) == VP_OK, "%s", err.text);
    vp_set_free(set[0]);
    vp_set_free(set[1]);
    atexit(close_database);
}

/* The subject of a value's first record, or NULL. */
static const char *subject_of(const char *kind_name, const char *text, struct vp_record *ret)
{
    uint8_t value[1024];
    size_t len;
    struct vp_error err;
    struct vp_hit hit;
    unsigned kind = vp_kind_from_name(kind_name);
    open_database();
    ck_assert_msg(vp_value_parse(kind, text, strlen(text), value, sizeof value, &len, &err) ==
                      VP_OK,
                  "%s", err.text);
    struct vp_key key = vp_key_make(kind, value, len);
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    if (hit.count == 0)
        return NULL;
    struct vp_subject subject = {.size = sizeof subject};
    *ret = (struct vp_record){.size = sizeof *ret};
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, ret), VP_OK);
    ck_assert_int_eq(vp_db_subject_at(db, ret->subject, &subject), VP_OK);
    return subject.id;
}

static const struct {
    const char *kind, *value, *subject;
    enum vp_relation relation;
} facts[] = {
    {"file-sha256", "3813c1aab1760acb963bcc10d6ea3fddc2976b9e291710756408de392bc9e5d5", "cpuid",
     VP_RELATION_PUBLISHER},
    {"file-sha1", "bb1f9cc94e83c59c90b055fe13bb4604b2c624df", "cpuid", VP_RELATION_PUBLISHER},
    {"file-md5", "0e14b69dcf67c20343f85f9fdb5b9300", "cpuid", VP_RELATION_PUBLISHER},
    {"authenticode-sha256", "c84b0dbc0024c88c61a06d0aa7663a17a15e7c062f185811c5d85e1155e25aeb",
     "cpuid", VP_RELATION_PUBLISHER},
    {"authenticode-sha1", "23fdc7c76424fc100c74af895228c45376000728", "cpuid",
     VP_RELATION_PUBLISHER},
    {"authenticode-sha256", "ab494aba56e9ea7b6055ac437f6b678e7239b0fda54bf28019480565a098a6e3",
     "huawei", VP_RELATION_PUBLISHER},
    {"file-sha256", "cd3d1a2e119cbbb41ec0e7d7fb17bac106735d62b33ed3cde10087af1da89403", "qihoo360",
     VP_RELATION_PUBLISHER},
    {"certificate-tbs-sha256", "23c19e1c5a1aba427880a0c6c552ad0fb4ce5185a5e783594d77400883a534af",
     "huawei", VP_RELATION_SIGNER},
    {"certificate-registration", "CN:914403001922038216", "huawei", VP_RELATION_SIGNER},
    {"certificate-sha1", "297124A7E7D4F2B46BD478AC7263A1369AC1738D", "tencent", VP_RELATION_SIGNER},
    {"certificate-sha256", "2bf328af0ab77388574e65a851c9d533b7a5c5ad9979bbcaaca98b5ec895de22",
     "qihoo360", VP_RELATION_SIGNER},
    {"file-sha256", "147f242a04702c71e1497ae384e30296c5bb884a50204c592d9b52f4e775560e", "hikvision",
     VP_RELATION_PUBLISHER},
    {"file-sha256", "b4730af7dd84a383c70a69807e411b056b29a92343d539c4ca38d443eafbe300", "dahua",
     VP_RELATION_PUBLISHER},
    {"file-sha256", "7f8c29b84334b76d4a0af8674b63c7a3c64cc3a03519ae0e552d5baaa115755d",
     "bytedance/capcut", VP_RELATION_PUBLISHER},
    {"file-sha256", "a5e93e8908195fb79a4c781408193cb7e9128d44e165ae061f07cb66806835d1", "tencent",
     VP_RELATION_PUBLISHER},
    {"company-name", "海思半导体有限公司 Hisilicon, Co., Ltd.", "hisilicon", VP_RELATION_CLAIM},
    {"company-name", "华为", "huawei", VP_RELATION_CLAIM},
    {"company-name", "ＺＴＥ Corporation", "zte", VP_RELATION_CLAIM},
    {"legal-copyright", "海能达", "hytera", VP_RELATION_CLAIM},
    {"company-name", "字节跳动", "bytedance", VP_RELATION_CLAIM},
    {"apple-team-id", "UBF8T346G9", "microsoft", VP_RELATION_SIGNER},
    {"apple-team-id", "2Y8XE5CQ94", "kaspersky", VP_RELATION_SIGNER},
    {"apple-team-id", "5A4RE8SF68", "tencent", VP_RELATION_SIGNER},
    {"apple-team-id", "XY6NLV7YTS", "bytedance", VP_RELATION_SIGNER},
    {"apple-team-id", "J8PVMCY7KL", "apple-team-j8pvmcy7kl", VP_RELATION_SIGNER},
    {"apple-team-id", "72ES32VZUA", "garmin-international", VP_RELATION_SIGNER},
    {"apple-team-id", "94kv3e626l", "amazon", VP_RELATION_SIGNER},
    {"altitude", "385920.7", "bytedance", VP_RELATION_CLAIM},
    {"minifilter", "SealProtect.sys", "bytedance", VP_RELATION_CLAIM},
    {"altitude", "382350.5", "huawei", VP_RELATION_CLAIM},
    {"altitude", "366669.6", "tencent", VP_RELATION_CLAIM},
    {"minifilter", "QQProtect.sys", "tencent", VP_RELATION_CLAIM},
    {"file-name", "360avflt.sys", "qihoo360", VP_RELATION_CLAIM},
    {"minifilter", "cbfsfilter2017.sys", "microsoft-altitudes", VP_RELATION_CLAIM},
    {"page-hash-sha1", "e083142033c9653977d319b3df4d2de369756138", "wdac-driver-blocklist",
     VP_RELATION_CLAIM},
    {"authenticode-sha256", "80599708ce61ec5d6dcfc5977208a2a0be2252820a88d9ba260d8cdf5dc7fbe4",
     "asus", VP_RELATION_PUBLISHER},
    {"authenticode-sha1", "424823cd625834c05d55c7b825b0d8059d589748", "wdac-usermode-blocklist",
     VP_RELATION_CLAIM},
    {"certificate-tbs", "4843a82ed3b1f2bfbee9671960e1940c942f688d", "certificate-authorities",
     VP_RELATION_SIGNER},
    {"package-os", "fedora", "fedora", VP_RELATION_CLAIM},
    {"package-os", "ubuntu", "canonical", VP_RELATION_CLAIM},
    {"build-id", "82a0acb92e6288fb69856b6bab91f23854738fb9", "debian/bash", VP_RELATION_PUBLISHER},
    {"compiler", "rustc", "rust", VP_RELATION_BUILDER},
    {"compiler", "Go", "go", VP_RELATION_BUILDER},
    {"soname", "libssl.so.#", "openssl", VP_RELATION_CLAIM},
    {"internal-name", "vcruntime#_#.dll", "msvc", VP_RELATION_CLAIM},
    {"opus-name", "ENE Technology Inc.", "ene-technology", VP_RELATION_SIGNER},
    {"certificate-cn", "CAPCOM Co.,Ltd.", "capcom", VP_RELATION_SIGNER},
    {"file-sha1", "579942a0391947a86e63d649cd69d9c2615bcd3b", "wildfire-games",
     VP_RELATION_PUBLISHER},
    {"file-sha256", "c5e650b331fa5292872fdaede3a75c8167a0f1280ce0cd3d58b880d23854bdb1",
     "hijacklibs", VP_RELATION_CLAIM},
    {"file-sha256", "843f24b6155c6bf363cf16ffa28d26484a4486cdb1658c71c7d2a449d4f3ad23", "slack",
     VP_RELATION_PUBLISHER},
    {"authenticode-sha256", "f52f83a3fa9cfbd6920f722824dbe4034534d25b8507246b3b957dac6e1bce7a",
     "lenovo", VP_RELATION_PUBLISHER},
};

START_TEST(facts_are_found_under_their_subject_relation_and_source)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct vp_record record;
        const char *subject = subject_of(facts[i].kind, facts[i].value, &record);
        ck_assert_msg(subject && strcmp(subject, facts[i].subject) == 0, "%s:%s is of %s",
                      facts[i].kind, facts[i].value, subject ? subject : "nobody");
        ck_assert_int_eq(record.relation, facts[i].relation);
        ck_assert_str_ne(record.source, "");
    }
}
END_TEST

/* What compilers leave in everything, and the libraries that come with them. */
static const char *const of_toolchains[][2] = {
    {"compiler", "GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"},
    {"compiler", "GCC: (GNU) 4.8.5 20150623 (Red Hat 4.8.5-44)"},
    {"compiler", "Ubuntu clang version 14.0.0-1ubuntu1.1"},
    {"compiler", "Android (8490178, based on r450784d) clang version 14.0.6"},
    {"compiler", "rustc 1.70.0"},
    {"compiler", "Go 1.19.8"},
    {"file-name", "libgcc_s_seh-1.dll"},
    {"file-name", "libstdc++-6.dll"},
    {"file-name", "libwinpthread-1.dll"},
    {"soname", "libgcc_s.so.1"},
    {"soname", "libstdc++.so.6"},
    {"soname", "libz.so.1"},
    {"soname", "libcrypto.so.3"},
    {"internal-name", "vcruntime140.dll"},
    {"internal-name", "msvcp140_1.dll"},
    {"file-description", "Microsoft\xc2\xae C Runtime Library"},
    {"file-name", "vcruntime140.dll"},
    {"original-filename", "msvcr100.dll"},
};

START_TEST(a_toolchain_never_looks_like_a_vendor)
{
    struct vp_session *session = NULL;
    open_database();
    ck_assert_int_eq(vp_session_new(db, NULL, &session, NULL), VP_OK);
    for (size_t i = 0; i < sizeof of_toolchains / sizeof *of_toolchains; i++) {
        const char *const *row = of_toolchains[i];
        struct vp_known_feature feature = {.size = sizeof feature,
                                           .kind = (uint16_t)vp_kind_from_name(row[0]),
                                           .text = row[1],
                                           .len = strlen(row[1])};
        struct vp_result *result = NULL;
        struct vp_finding finding = {.size = sizeof finding};
        ck_assert_int_eq(vp_examine_features(session, &feature, 1, "a.dll", &result, NULL), VP_OK);
        for (uint32_t k = 0; vp_result_finding(result, k, &finding) == VP_OK; k++) {
            ck_assert_msg(finding.type == VP_SUBJECT_ORIGIN, "%s is of %s", row[1], finding.vendor);
            ck_assert_int_eq(finding.level, VP_LEVEL_POSSIBLE);
        }
        vp_result_unref(result);
    }
    vp_session_free(session);
}
END_TEST

/* Every kind of digest of a file's content that the lists hold. */
START_TEST(no_digest_of_a_list_has_every_file_hashed)
{
    struct vp_db_kind kind = {.size = sizeof kind};
    unsigned digests = 0;
    open_database();
    for (uint32_t i = 0; vp_db_kind_at(db, i, &kind) == VP_OK; i++) {
        const struct kind *known = vpi_kind(kind.kind);
        if (known->class != CLASS_EXACT)
            continue;
        digests++;
        ck_assert_msg(kind.ungated == 0, "%s", known->name);
    }
    ck_assert_uint_ge(digests, 7);
}
END_TEST

/* Libraries are most of a Windows system: what is known of some tells them by more than that. */
START_TEST(a_native_library_is_not_hashed_for_a_list)
{
    struct db_gate gate;
    unsigned open = 0;
    open_database();
    for (uint32_t i = 0; vpi_db_gate(db, i, &gate); i++) {
        if (gate.never)
            continue;
        open++;
        bool native = !gate.has && !gate.prefix_len && gate.vendor == VPDB_NO_ROW &&
                      gate.size_least != gate.size_most;
        ck_assert_msg(!native || (gate.roles && !(gate.roles >> VP_ROLE_LIBRARY & 1)), "gate %u",
                      i);
    }
    ck_assert_uint_ge(open, 7);
}
END_TEST

/* Drivers that say they are somebody's and are signed by somebody else, or by a stolen certificate.
 */
START_TEST(a_driver_that_lies_is_nobodys)
{
    static const char *const drivers[] = {
        "1e42c8cb410a7ed653cfe62bbd8cf191f31a47337fe1ffcc35232d03f2da05ef", /* CrowdStrike, Inc.,
                                                                               signed by Fuzhou
                                                                               Dingxin Trade Co.,
                                                                               Ltd. */
        "e1cb86386757b947b39086cc8639da988f6e8018ca9995dd669bdc03c8d39d7d", /* Microsoft
                                                                               Corporation, signed
                                                                               by Wuhan Jiajia
                                                                               Yiyong Technology
                                                                               Co., Ltd. */
        "8284c8676cc22c4b2e66826ac16986da7ddecba1f2776b16771be17bfdc45dc2", /* Palo Alto Networks,
                                                                               Inc., signed by
                                                                               Shanghai easy kradar
                                                                               Information
                                                                               Consulting Co. Ltd.
                                                                             */
        "d7c81b0f3c14844f6424e8bdd31a128e773cb96cccef6d05cbff473f0ccb9f9c", /* no name, signed by
                                                                               NVIDIA Corporation */
    };
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        struct vp_record record;
        const char *subject = subject_of("file-sha256", drivers[i], &record);
        ck_assert_msg(subject && strcmp(subject, "loldrivers") == 0, "%s is of %s", drivers[i],
                      subject ? subject : "nobody");
        ck_assert_int_eq(record.relation, VP_RELATION_CLAIM);
    }
}
END_TEST

/* Else every program that GCC built would be a claim of GCC's. */
START_TEST(a_compiler_is_the_builder)
{
    static const char *const texts[][2] = {{"GCC: (Debian 12.2.0-14) 12.2.0", "gcc"},
                                           {"rustc version 1.77.2 (25ef9e3d8 2024-04-09)", "rust"},
                                           {"Go 1.19.8", "go"}};
    struct vp_session *session = NULL;
    struct vp_error err;
    open_database();
    ck_assert_int_eq(vp_session_new(db, NULL, &session, &err), VP_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct vp_known_feature feature = {.size = sizeof feature,
                                           .kind = vp_kind_from_name("compiler"),
                                           .text = texts[i][0],
                                           .len = strlen(texts[i][0])};
        struct vp_finding finding = {.size = sizeof finding};
        struct vp_result *result = NULL;
        ck_assert_int_eq(vp_examine_features(session, &feature, 1, NULL, &result, &err), VP_OK);
        ck_assert_int_eq(vp_result_finding(result, 0, &finding), VP_OK);
        ck_assert_str_eq(finding.vendor_id, texts[i][1]);
        ck_assert_int_eq(finding.relation, VP_RELATION_BUILDER);
        ck_assert_int_eq(finding.level, VP_LEVEL_POSSIBLE);
        vp_result_unref(result);
    }
    vp_session_free(session);
}
END_TEST

START_TEST(policies_name_the_restricted_vendors)
{
    static const char *const ids[] = {"us-far-52-204-27", "us-fcc-covered-list",
                                      "us-ndaa-2019-s889"};
    struct vp_policy policy = {.size = sizeof policy};
    size_t found = 0;
    open_database();
    for (uint32_t i = 0; vp_db_policy_at(db, i, &policy) == VP_OK; i++) {
        for (size_t n = 0; n < sizeof ids / sizeof *ids; n++)
            found += strcmp(policy.id, ids[n]) == 0;
    }
    ck_assert_uint_eq(found, sizeof ids / sizeof *ids);
}
END_TEST

#define TESTS                                                                                      \
    TEST(facts_are_found_under_their_subject_relation_and_source)                                  \
    TEST(a_toolchain_never_looks_like_a_vendor)                                                    \
    TEST(no_digest_of_a_list_has_every_file_hashed)                                                \
    TEST(a_native_library_is_not_hashed_for_a_list)                                                \
    TEST(a_driver_that_lies_is_nobodys)                                                            \
    TEST(a_compiler_is_the_builder)                                                                \
    TEST(policies_name_the_restricted_vendors)
#include "check_main.h"
