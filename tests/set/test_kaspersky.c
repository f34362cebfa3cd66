/* test_kaspersky.c - the set of this repository finds what it was written to find
 *
 * The digests here were copied from their sources by hand, not from the set: a line that gets lost
 * or garbled in the set fails.  Texts are cut into phrases as the engine does.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "feature/feature.h"
#include "vendorprint/set.h"

static struct vp_db *db;

static void close_database(void)
{
    vp_db_unref(db);
}

/* Compiled once: the set is the same for every test. */
static void open_database(void)
{
    if (db)
        return;
    struct vp_set *set = NULL;
    struct vp_error err;
    const uint8_t *data;
    size_t len;
    ck_assert_msg(vp_set_load(getenv("VENDORPRINT_SIGNATURES"), &set, &err) == VP_OK, "%s",
                  err.text);
    struct vp_diagnostic d = {.size = sizeof d};
    for (uint32_t i = 0; vp_set_diagnostic(set, i, &d) == VP_OK; i++)
        ck_assert_msg(d.severity != VP_SEVERITY_ERROR, "%s:%u: %s", d.file, d.line, d.text);
    ck_assert_msg(vp_set_compile(set, &data, &len, &err) == VP_OK, "%s", err.text);
    ck_assert_msg(vp_db_open_memory(data, len, NULL, &db, &err) == VP_OK, "%s", err.text);
    vp_set_free(set);
    atexit(close_database);
}

static struct vp_hit look_up(struct vp_key key)
{
    struct vp_hit hit;
    open_database();
    ck_assert_int_eq(vp_lookup_batch(db, &key, 1, &hit), VP_OK);
    return hit;
}

/* The subject of a value's first record, or NULL. */
static const char *subject_of(const char *kind_name, const char *text, struct vp_record *ret)
{
    uint8_t value[1024];
    size_t len;
    struct vp_error err;
    unsigned kind = vp_kind_from_name(kind_name);
    ck_assert_uint_ne(kind, 0);
    ck_assert_msg(vp_value_parse(kind, text, strlen(text), value, sizeof value, &len, &err) ==
                      VP_OK,
                  "%s", err.text);
    struct vp_hit hit = look_up(vp_key_make(kind, value, len));
    if (hit.count == 0)
        return NULL;
    struct vp_subject subject = {.size = sizeof subject};
    *ret = (struct vp_record){.size = sizeof *ret};
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, ret), VP_OK);
    ck_assert_int_eq(vp_db_subject_at(db, ret->subject, &subject), VP_OK);
    return subject.id;
}

static const struct {
    const char *kind, *value, *subject, *version;
} facts[] = {
    /* drivers */
    {"file-sha256", "5df42349faefcfd9d577026268e17826c165963d073b34a867f5bc1abd0d5104", "kaspersky",
     "20.5.3.0"},
    {"file-sha1", "76447e775e6cc7bbf01c9161e7594c33ca6f7fbb", "kaspersky", "51.1.39.0"},
    {"file-md5", "db135558dfb7b0b7d59f3d703cc9a4b7", "kaspersky", "58.0.28.0"},
    {"authenticode-sha256", "a5ef9835343fd73b86bb7b48277330bc68972a4d53f297b471e9f75ac242f41a",
     "kaspersky", "73.3.10.0"},
    {"authenticode-sha1", "e446cdcfa3a6d4ea21a7be46286551df66b357f1", "kaspersky", "30.1175.0.70"},
    {"imphash", "07e7fd0bef27d84b91fa6d84f8de8a6e", "kaspersky", "30.1175.0.70"},
    {"rich-hash", "c512aa881b12b48b100c60e0cd1f0309", "kaspersky", "20.5.3.0"},
    {"pdb-path", "C:\\a\\b\\d_00000000_\\b\\out_x64\\Release\\si.kernel.klif_kes_kds\\klif.pdb",
     "kaspersky", ""},
    /* boot loaders */
    {"authenticode-sha256", "81d8fb4c9e2e7a8225656b4b8273b7cba4b03ef2e9eb20e0a0291624eca1ba86",
     "kaspersky/boot", ""},
    {"file-sha256", "414065ca4238bfff0ce2601ac4ac924bc8da98b0b75c0a81cde78f05f5de869a",
     "kaspersky/boot", "15"},
    /* packages, programs and installers */
    {"file-sha256", "e0befb5dbf628344ecf022259841f9e3688e86b07ce094f45ed871711b98fc7f",
     "kaspersky/endpoint-security", "12.4.0-1225"},
    {"file-sha256", "d7f21826cc5d78a9aab5f66ea88ee545defcad2ab90c0a515b5426047fef82bc",
     "kaspersky/network-agent", "12.0.0-60"},
    {"file-sha256", "40921b7262e1136c85ae1de03fabde0eb138adbffa98badbb508e2b914c40c92", "kaspersky",
     "21.23.6.614"},
    {"file-sha256", "af3c2a9e6cb7720162f58b4bf5a763f0cb1444785d67273ddef5f38f9ccea8fc",
     "kaspersky/secure-connection", "21.9.6.465"},
    {"file-sha256", "2d823c8b6076e932d696e8cb8a2c5c5df6d392526cba8e39b64c43635f683009",
     "kaspersky/tdsskiller", ""},
    {"file-md5", "e26d04cecd6c7c71cfbb3f335875bc31", "kaspersky", ""},
    {"file-sha1", "dbf2fcc1dc0af4fa12c9fa5109215b242956c921", "kaspersky/anti-virus", "15.0.2.361"},
    {"file-sha256", "5310d9a10113054503fd47b9e56a2dc1a620359b18b4dd08610e05c47c9c3395",
     "kaspersky/internet-security", "17.0.0.611"},
    {"file-sha1", "7fc7bae5177dba0262d3993344b34fd935cf3854", "kaspersky/kvrt", "2015.05.30"},
    {"file-sha256", "2be380f44f3edf9eb6084ea55b901fa62ff2317a03ac64085cd078fd1e733d1e",
     "kaspersky/kvrt", "2018.03.30.0240"},
    /* certificates */
    {"certificate-sha1", "8f827efa67be3f0a9b1f85b2c5f5901cd7392835", "kaspersky", ""},
    {"certificate-sha256", "7aa214b1f16e08b0bf729dcd1d4848fd057d04dfc803e60c953ef174777b32fc",
     "kaspersky", ""},
    {"certificate-tbs-sha1", "ad2ec09273a4757dbfaaf8679731de98008de972", "kaspersky", ""},
    {"certificate-tbs", "ad2ec09273a4757dbfaaf8679731de98008de972", "kaspersky", ""},
    {"certificate-spki-sha256", "972a03b0dbaa846abad64efcbaa538c5d7fdc62bb9bbfec8dc24702924d21075",
     "kaspersky", ""},
    {"certificate-sha256", "f21da5af8f2f047dbcf215111db8ce2f59b679f469afa421eeed84f766c498af",
     "kaspersky", ""},
    {"certificate-registration", "RU:1027739867473", "kaspersky", ""},
    {"opus-name", "Kaspersky Lab Switzerland GmbH", "kaspersky", ""},
    /* names */
    {"file-name", "KLIF.SYS", "kaspersky", ""},
    {"file-name", "klmd.sys", "kaspersky/tdsskiller", ""},
    {"file-name", "kavehost.exe", "kaspersky/scan-engine", ""},
    {"minifilter", "klam.sys", "kaspersky", ""},
    {"altitude", "320401", "kaspersky", ""},
    /* others */
    {"certificate-tbs-sha256", "037c041a283132dc57d29bc339b4d0d006787e32ac0a60afd7206c41c9fbf61f",
     "microsoft-whcp", ""},
    {"certificate-cn", "Microsoft Windows Hardware Compatibility Publisher", "microsoft-whcp", ""},
    {"certificate-o", "OpenAI OpCo, LLC", "openai", ""},
    {"manifest-identity", "Nullsoft.NSIS.exehead", "nsis", ""},
};

START_TEST(facts_are_found_under_their_subject_and_version)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct vp_record record;
        const char *subject = subject_of(facts[i].kind, facts[i].value, &record);
        ck_assert_msg(subject && strcmp(subject, facts[i].subject) == 0, "%s:%s is of %s",
                      facts[i].kind, facts[i].value, subject ? subject : "nobody");
        ck_assert_str_eq(record.version, facts[i].version);
        ck_assert_str_ne(record.source, "");
    }
}
END_TEST

/* A bulk digest that lost its gate would have every file of a disk hashed. */
START_TEST(every_digest_of_the_bulk_files_is_found_and_gated)
{
    static const char *const files[] = {"kaspersky-kvrt.csv", "kaspersky-home.csv"};
    size_t rows = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[1024], line[1024], kind[32], value[80];
        snprintf(path, sizeof path, "%s/hashes/%s", getenv("VENDORPRINT_SIGNATURES"), files[i]);
        FILE *file = fopen(path, "r");
        ck_assert_ptr_nonnull(file);
        ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
        while (fgets(line, sizeof line, file)) {
            struct vp_record record;
            ck_assert_int_eq(sscanf(line, "%31[^,],%79[^,]", kind, value), 2);
            ck_assert_msg(subject_of(kind, value, &record) && record.gated, "%s", line);
            rows++;
        }
        fclose(file);
    }
    ck_assert_uint_eq(rows, 992);
}
END_TEST

START_TEST(a_digest_that_is_left_out_is_not_found)
{
    static const char *const untrusted[] = {
        "afd0376a72aa05390cf75a6886a091a4ba3aa7547083a7f3eb3c83fb6e3c9412",
        "e983ae9f6fe2e527c799277c96550048cf84d7ea6702e8c5a0e7755c8002afc2",
    };
    for (size_t i = 0; i < sizeof untrusted / sizeof *untrusted; i++) {
        struct vp_record record;
        ck_assert_ptr_null(subject_of("file-sha256", untrusted[i], &record));
    }
}
END_TEST

struct search {
    unsigned kind;
    size_t longest;
    char subject[64];
};

static void try_phrase(void *context, struct span phrase)
{
    struct search *search = context;
    struct vp_hit hit = look_up(vp_key_make(search->kind, phrase.data, phrase.len));
    struct vp_record record = {.size = sizeof record};
    struct vp_subject subject = {.size = sizeof subject};
    if (hit.count == 0 || phrase.len <= search->longest)
        return;
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_int_eq(vp_db_subject_at(db, record.subject, &subject), VP_OK);
    snprintf(search->subject, sizeof search->subject, "%s", subject.id);
    search->longest = phrase.len;
}

/* Whom the longest phrase of a text speaks for, or "". */
static void ck_text(const char *kind_name, const char *text, const char *expected)
{
    struct search search = {.kind = vp_kind_from_name(kind_name)};
    struct arena arena;
    struct span value;
    vpi_arena_init(&arena, 0);
    ck_assert(vpi_canonical_text(&arena, span_text(text), &value));
    vpi_phrases(&arena, vpi_kind(search.kind), value, try_phrase, &search);
    vpi_arena_done(&arena);
    ck_assert_msg(strcmp(search.subject, expected) == 0, "%s \"%s\" is of \"%s\"", kind_name, text,
                  search.subject);
}

START_TEST(the_vendor_is_found_in_every_script_and_case)
{
    static const char *const texts[] = {
        "卡巴斯基",
        "卡巴斯基实验室",
        "卡巴斯基 [21.23.6.614.0.258.0]",
        "КАСПЕРСКИЙ",
        "株式会社カスペルスキー",
        "АО «Лаборатория Касперского»",
        "ЗАО \"Лаборатория Касперского\", 2012",
        "Kaspersky Lab ZAO",
        "kaspersky",
        "Ｋａｓｐｅｒｓｋｙ　Ｌａｂ",
        "© 2025 AO Kaspersky Lab. All Rights Reserved.",
        "Setup of Kaspersky® products",
    };
    static const char *const kinds[] = {"company-name", "legal-copyright", "file-description"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            ck_text(kinds[k], texts[i], "kaspersky");
    }
}
END_TEST

START_TEST(other_words_are_not_the_vendor)
{
    static const char *const texts[] = {
        "Kasperskyite GmbH",
        "Klif",
        "the klif driver",
        "Caspersky",
        "卡巴",
        "Касперович",
        "Registered trademarks and service marks are the property of their respective owners",
    };
    static const char *const kinds[] = {"company-name",    "product-name",     "file-description",
                                        "legal-copyright", "legal-trademarks", "certificate-o"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            ck_text(kinds[k], texts[i], "");
    }
}
END_TEST

START_TEST(a_product_is_told_from_its_vendor)
{
    ck_text("product-name", "Kaspersky Endpoint Security for Windows",
            "kaspersky/endpoint-security");
    ck_text("product-name", "KASPERSKY ANTI-VIRUS 2012", "kaspersky/anti-virus");
    ck_text("product-name", "Антивирус Касперского", "kaspersky/anti-virus");
    ck_text("product-name", "Kaspersky Small Office Security", "kaspersky/small-office-security");
    ck_text("file-description", "Kaspersky Security Center Network Agent",
            "kaspersky/network-agent");
    ck_text("product-name", "Kaspersky Mystery 9", "kaspersky");
}
END_TEST

/* Every WHQL driver carries a certificate whose organization is Microsoft Corporation. */
START_TEST(the_organization_of_a_certificate_alone_does_not_name_microsoft)
{
    ck_text("certificate-o", "Microsoft Corporation", "");
    ck_text("certificate-cn", "Microsoft Corporation", "microsoft");
    ck_text("certificate-cn", "Microsoft Windows Hardware Compatibility Publisher",
            "microsoft-whcp");
    ck_text("company-name", "Microsoft Corporation", "microsoft");
}
END_TEST

#define TESTS                                                                                      \
    TEST(facts_are_found_under_their_subject_and_version)                                          \
    TEST(every_digest_of_the_bulk_files_is_found_and_gated)                                        \
    TEST(a_digest_that_is_left_out_is_not_found)                                                   \
    TEST(the_vendor_is_found_in_every_script_and_case)                                             \
    TEST(other_words_are_not_the_vendor)                                                           \
    TEST(a_product_is_told_from_its_vendor)                                                        \
    TEST(the_organization_of_a_certificate_alone_does_not_name_microsoft)
#include "check_main.h"
