/* test_lint.c - what files of a set say of each other */
#include <check.h>

#include <stdarg.h>
#include <stdio.h>

#include "set/fields.h"
#include "set_files.h"

#define ACME   "id: acme\ntype: vendor\nname: Acme Ltd\n"
#define OTHER  "id: other\ntype: vendor\nname: Other Ltd\n"
#define HASHES "kind,value,size,product,version,file,gate,confidence,date,source\n"
#define MD5    "00112233445566778899aabbccddeeff"
#define NAME(value)                                                                                \
    "names:\n  - value: " value "\n    type: brand\n    kinds: [company-name]\n" NAME_END

/* A set of `count` files, and set.yaml. */
static struct vp_set *set_of(size_t count, ...)
{
    struct vp_set *set = vpi_set_new(0);
    va_list files;
    va_start(files, count);
    vpi_set_read_file(set, "set.yaml", span_text(SET_HEAD));
    for (size_t i = 0; i < count; i++) {
        const char *path = va_arg(files, const char *);
        vpi_set_read_file(set, path, span_text(va_arg(files, const char *)));
    }
    va_end(files);
    vpi_set_finish(set);
    return set;
}

/* The set says `text` with `severity` in `file`, and frees it. */
static void says(struct vp_set *set, enum vp_severity severity, const char *file, const char *text)
{
    bool found = false;
    for (size_t i = 0; i < set->diagnostics_count; i++) {
        const struct diagnostic *item = &set->diagnostics[i];
        found |= item->severity == severity && strcmp(item->place.file, file) == 0 &&
                 strstr(item->text, text) != NULL;
    }
    if (!found) {
        for (size_t i = 0; i < set->diagnostics_count; i++)
            fprintf(stderr, "%s: %s\n", set->diagnostics[i].place.file, set->diagnostics[i].text);
    }
    ck_assert_msg(found, "%s: %s", file, text);
    ck_assert_int_eq(vp_set_errors(set) > 0, severity == VP_SEVERITY_ERROR);
    vp_set_free(set);
}

static void silent(struct vp_set *set)
{
    for (size_t i = 0; i < set->diagnostics_count; i++)
        fprintf(stderr, "%s: %s\n", set->diagnostics[i].place.file, set->diagnostics[i].text);
    ck_assert_uint_eq(set->diagnostics_count, 0);
    vp_set_free(set);
}

START_TEST(a_key_of_two_vendors_is_an_error)
{
    says(set_of(2, "vendors/acme.yaml", ACME NAME("Anvil"), "vendors/other.yaml",
                OTHER NAME("ANVIL™")),
         VP_SEVERITY_ERROR, "vendors/other.yaml", "also of 'acme'");
    says(set_of(2, "vendors/acme.yaml", ACME NAME("Blue-Anvil"), "vendors/other.yaml",
                OTHER NAME("Blue Anvil")),
         VP_SEVERITY_ERROR, "vendors/other.yaml", "also of 'acme'"); /* one phrase */
}
END_TEST

START_TEST(only_what_signs_for_others_has_an_owner)
{
    static const char *const owners[] = {"nobody", "store", "acme/anvil"};
    const char *const good = "id: store\ntype: vendor\nname: Store\nsigns-for-others: \"yes\"\n";
    char text[256];
    snprintf(text, sizeof text, "%sowner: acme\n", good);
    silent(set_of(2, "vendors/acme.yaml", ACME, "vendors/store.yaml", text));
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "%sowner: %s\n", good, owners[i]);
        says(set_of(2, "vendors/acme.yaml", ACME, "vendors/store.yaml", text), VP_SEVERITY_ERROR,
             "vendors/store.yaml", "owner: ");
    }
    says(set_of(2, "vendors/acme.yaml", ACME, "vendors/other.yaml", OTHER "owner: acme\n"),
         VP_SEVERITY_ERROR, "vendors/other.yaml", "signs for others");
}
END_TEST

START_TEST(a_key_of_a_vendor_and_its_product_is_none)
{
    silent(set_of(2, "vendors/acme.yaml", ACME NAME("Anvil"), "products/acme/anvil.yaml",
                  "id: acme/anvil\nvendor: acme\nname: Anvil\n" NAME("Anvil")));
    silent(set_of(2, "vendors/acme.yaml", ACME NAME("Anvil"), "vendors/other.yaml",
                  OTHER "status: deprecated\n" NAME("Anvil")));
}
END_TEST

START_TEST(what_stands_twice_is_a_warning)
{
    says(set_of(1, "vendors/acme.yaml",
                ACME "names:\n"
                     "  - value: Anvil\n    type: brand\n    kinds: [company-name]\n" NAME_END
                     "  - value: ANVIL\n    type: legal\n    kinds: [company-name]\n" NAME_END),
         VP_SEVERITY_WARNING, "vendors/acme.yaml", "twice");
}
END_TEST

START_TEST(a_name_inside_another_vendors_name_is_noted)
{
    says(set_of(2, "vendors/acme.yaml", ACME NAME("Anvil"), "vendors/other.yaml",
                OTHER NAME("Big Anvil Works")),
         VP_SEVERITY_NOTE, "vendors/other.yaml", "contains a name of 'acme'");
}
END_TEST

START_TEST(a_name_that_is_never_found_inside_text_is_noted)
{
    says(set_of(1, "vendors/acme.yaml", ACME NAME("One Two Three Four Five")), VP_SEVERITY_NOTE,
         "vendors/acme.yaml", "as a whole only");
    silent(set_of(1, "vendors/acme.yaml", ACME NAME("One Two Three Four")));
    says(set_of(1, "vendors/acme.yaml", ACME NAME("卡巴斯基实验室")), VP_SEVERITY_NOTE,
         "vendors/acme.yaml", "as a whole only");
    silent(set_of(1, "vendors/acme.yaml", ACME NAME("卡巴斯基")));
}
END_TEST

START_TEST(a_common_phrase_is_an_error)
{
    says(set_of(2, "common-phrases.txt", "# words of everybody\n\nRuntime Library\n",
                "vendors/acme.yaml", ACME NAME("runtime library")),
         VP_SEVERITY_ERROR, "vendors/acme.yaml", "too common");
    silent(set_of(2, "common-phrases.txt", "Runtime Library\n", "vendors/acme.yaml",
                  ACME NAME("runtime")));
}
END_TEST

START_TEST(what_refers_to_nothing_is_an_error)
{
    says(set_of(1, "products/acme/anvil.yaml", "id: acme/anvil\nvendor: acme\nname: Anvil\n"),
         VP_SEVERITY_ERROR, "products/acme/anvil.yaml", "no 'acme'");
    says(set_of(2, "vendors/acme.yaml", ACME, "vendors/other.yaml",
                "id: acme\ntype: vendor\nname: X\n"),
         VP_SEVERITY_ERROR, "vendors/other.yaml", "stands in the file of 'other'");
    says(set_of(3, "vendors/acme.yaml", ACME, "vendors/other.yaml", OTHER,
                "products/acme/anvil.yaml", "id: acme/anvil\nvendor: other\nname: Anvil\n"),
         VP_SEVERITY_ERROR, "products/acme/anvil.yaml", "not the one in the id");
    says(set_of(2, "vendors/acme.yaml", ACME, "hashes/a.csv",
                HASHES "file-md5," MD5 ",,acme/anvil,,,,low,,x\n"),
         VP_SEVERITY_ERROR, "hashes/a.csv", "no 'acme/anvil'");
    says(set_of(2, "vendors/acme.yaml", ACME, "hashes/a.csv",
                HASHES "file-md5," MD5 ",,acme,,,gone,low,,x\n"),
         VP_SEVERITY_ERROR, "hashes/a.csv", "no 'gone'");
    says(set_of(1, "vendors/acme.yaml", ACME "gates:\n  a:\n    requires: other\n    source: x\n"),
         VP_SEVERITY_ERROR, "vendors/acme.yaml", "no 'other'");
    says(set_of(1, "policies/p.yaml",
                "id: p\ntitle: P\nbasis: B\nsince: \"2020-01-01\"\nsource: x\nrules:\n"
                "  - subject: acme\n    answer: covered\n    why: x\n    source: x\n"),
         VP_SEVERITY_ERROR, "policies/p.yaml", "no 'acme'");
}
END_TEST

START_TEST(a_digest_without_a_gate_has_its_price_told_once_a_file)
{
    struct vp_set *set =
        set_of(2, "vendors/acme.yaml", ACME, "hashes/a.csv",
               HASHES "file-md5," MD5 ",,acme,,,,low,,x\n"
                      "file-md5,10112233445566778899aabbccddeeff,,acme,,,,low,,x\n"
                      "file-md5,20112233445566778899aabbccddeeff,9,acme,,,,low,,x\n");
    ck_assert_uint_eq(set->diagnostics_count, 1);
    ck_assert_uint_eq(set->diagnostics[0].place.line, 2);
    says(set, VP_SEVERITY_WARNING, "hashes/a.csv", "2 file-md5 without a gate");
}
END_TEST

START_TEST(a_size_outside_its_gate_is_an_error)
{
    says(set_of(1, "vendors/acme.yaml",
                ACME "gates:\n  a:\n    size: 10-20\n    source: x\n"
                     "keys:\n  - kind: file-md5\n    value: " MD5
                     "\n    gate: a\n    size: \"21\"\n" NAME_END),
         VP_SEVERITY_ERROR, "vendors/acme.yaml", "excludes");
}
END_TEST

START_TEST(bad_rows_of_hashes_are_errors)
{
    static const char *const bad[][2] = {
        {"file-md5," MD5 ",,acme,,,,low,,x,y\n", "11 fields"},
        {"file-md5," MD5 "0,,acme,,,,low,,x\n", "hexadecimal digits"},
        {"file-md6," MD5 ",,acme,,,,low,,x\n", "no kind"},
        {"company-name,Acme,,acme,,,,low,,x\n", "no digest"},
        {"file-md5," MD5 ",big,acme,,,,low,,x\n", "no number"},
        {"file-md5," MD5 ",,Acme,,,,low,,x\n", "no id"},
        {"file-md5," MD5 ",,acme,,,,sure,,x\n", "no word"},
        {"file-md5," MD5 ",,acme,,,,low,2020-13,x\n", "no date"},
        {"file-md5," MD5 ",,acme,,,,low,,\n", "is empty"},
        {"file-md5," MD5 ",,acme,,\"a,,low,,x\n", "quoted"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, HASHES "%s", bad[i][0]);
        says(set_of(2, "vendors/acme.yaml", ACME, "hashes/a.csv", text), VP_SEVERITY_ERROR,
             "hashes/a.csv", bad[i][1]);
    }
    says(set_of(1, "hashes/a.csv", "kind,value\n"), VP_SEVERITY_ERROR, "hashes/a.csv", "header");
    says(set_of(1, "hashes/a.csv", ""), VP_SEVERITY_ERROR, "hashes/a.csv", "no header");
    says(set_of(1, "calibration.csv",
                "kind,relation,right,wrong,source\nimphash,claim,1,1,x\nimphash,claim,2,2,x\n"),
         VP_SEVERITY_ERROR, "calibration.csv", "twice");
}
END_TEST

#define KEYS     "kind,value,subject,relation,gate,size,version,file,confidence,date,source\n"
#define STUBS    "id,type,name,status,signs-for-others,source\n"
#define PRODUCTS "id,vendor,name,status,source\n"

START_TEST(bad_rows_of_keys_are_errors)
{
    static const char *const bad[][2] = {
        {"file-md5," MD5 ",acme,,,,,,low,\n", "10 fields"},
        {"file-md6," MD5 ",acme,,,,,,low,,x\n", "no kind"},
        {"file-md5," MD5 ",gone,,,,,,low,,x\n", "subject: no 'gone'"},
        {"file-md5," MD5 ",acme,friend,,,,,low,,x\n", "relation"},
        {"file-md5," MD5 ",acme,,gone,,,,low,,x\n", "no 'gone'"},
        {"altitude,1,acme,,a,,,,low,,x\n", "gate: only digests"},
        {"altitude,1,acme,,,7,,,low,,x\n", "size: only digests"},
        {"altitude,1,acme,,,,,,low,,\n", "is empty"},
        {"company-name,™,acme,,,,,,low,,x\n", "value"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, KEYS "%s", bad[i][0]);
        says(set_of(2, "vendors/acme.yaml", ACME, "keys/a.csv", text), VP_SEVERITY_ERROR,
             "keys/a.csv", bad[i][1]);
    }
    silent(
        set_of(2, "vendors/acme.yaml", ACME, "keys/a.csv", KEYS "altitude,1,acme,,,,,,low,,x\n"));
    says(set_of(3, "vendors/acme.yaml", ACME, "vendors/other.yaml", OTHER, "keys/a.csv",
                KEYS "altitude,1,acme,,,,,,low,,x\naltitude,1,other,,,,,,low,,x\n"),
         VP_SEVERITY_ERROR, "keys/a.csv", "also of 'acme'");
    says(set_of(2, "vendors/acme.yaml", ACME, "keys/a.csv", HASHES), VP_SEVERITY_ERROR,
         "keys/a.csv", "header");
}
END_TEST

START_TEST(bad_rows_of_stubs_are_errors)
{
    static const char *const bad[][2] = {
        {"Bolt,vendor,Bolt,,,x\n", "no id"},
        {"bolt/nut,vendor,Bolt,,,x\n", "no id"},
        {"bolt,product,Bolt,,,x\n", "type"},
        {"bolt,vendor,,,,x\n", "is empty"},
        {"bolt,vendor,Bolt,gone,,x\n", "status"},
        {"bolt,vendor,Bolt,,maybe,x\n", "signs-for-others"},
        {"bolt,vendor,Bolt,,,\n", "is empty"},
        {"bolt,vendor,Bolt,,,x\nbolt,vendor,B,,,x\n", "also in"},
        {"acme,vendor,Acme,,,x\n", "also in"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, STUBS "%s", bad[i][0]);
        says(set_of(2, "vendors/acme.yaml", ACME, "vendors/z.csv", text), VP_SEVERITY_ERROR,
             "vendors/z.csv", bad[i][1]);
    }
    silent(set_of(1, "vendors/a.csv", STUBS "bolt,origin,Bolt,deprecated,yes,x\n"));
}
END_TEST

START_TEST(bad_rows_of_products_are_errors)
{
    static const char *const bad[][2] = {
        {"acme/A,acme,A,,x\n", "no id"},
        {"nut,acme,Nut,,x\n", "not the one in the id"},
        {"acme/nut,bolt,Nut,,x\n", "not the one in the id"},
        {"bolt/nut,bolt,Nut,,x\n", "no 'bolt' in the set"},
        {"acme/nut,acme,,,x\n", "is empty"},
        {"acme/nut,acme,Nut,gone,x\n", "status"},
        {"acme/nut,acme,Nut,,\n", "is empty"},
        {"acme/nut,acme,Nut,,x\nacme/nut,acme,N,,x\n", "also in"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, PRODUCTS "%s", bad[i][0]);
        says(set_of(2, "vendors/acme.yaml", ACME, "products/z.csv", text), VP_SEVERITY_ERROR,
             "products/z.csv", bad[i][1]);
    }
    silent(set_of(3, "vendors/acme.yaml", ACME, "products/a.csv", PRODUCTS "acme/nut,acme,Nut,,x\n",
                  "keys/a.csv", KEYS "build-id,00112233,acme/nut,,,,1.2,nut,high,,x\n"));
}
END_TEST

START_TEST(a_gate_of_the_set_serves_who_has_none_of_that_name)
{
    static const char gates[] = "gates:\n  a:\n    size: 10-20\n    source: x\n";
    static const char row[] = KEYS "file-md5," MD5 ",acme,,a,21,,,low,,x\n";
    says(set_of(3, "gates.yaml", gates, "vendors/acme.yaml", ACME, "keys/a.csv", row),
         VP_SEVERITY_ERROR, "keys/a.csv", "excludes");
    silent(set_of(3, "gates.yaml", gates, "vendors/acme.yaml",
                  ACME "gates:\n  a:\n    size: 10-30\n    source: x\n", "keys/a.csv", row));
    says(set_of(1, "gates.yaml", "gates:\n  a:\n    source: x\n"), VP_SEVERITY_ERROR, "gates.yaml",
         "no condition");
    says(set_of(1, "gates.yaml", "{}\n"), VP_SEVERITY_ERROR, "gates.yaml", "gates");
}
END_TEST

START_TEST(a_gate_that_never_opens_has_no_condition)
{
    silent(set_of(1, "gates.yaml", "gates:\n  a:\n    lookup-only: \"yes\"\n    source: x\n"));
    silent(set_of(1, "gates.yaml", "gates:\n  a:\n    has: pdb-id\n    source: x\n"));
    says(set_of(1, "gates.yaml",
                "gates:\n  a:\n    lookup-only: \"yes\"\n    size: \"1\"\n    source: x\n"),
         VP_SEVERITY_ERROR, "gates.yaml", "never opens");
    says(set_of(1, "gates.yaml", "gates:\n  a:\n    lookup-only: \"no\"\n    source: x\n"),
         VP_SEVERITY_ERROR, "gates.yaml", "no condition");
    says(set_of(1, "gates.yaml", "gates:\n  a:\n    has: shoe-size\n    source: x\n"),
         VP_SEVERITY_ERROR, "gates.yaml", "has");
    silent(set_of(1, "gates.yaml",
                  "gates:\n  a:\n    has: soname\n    value: liba.so\n    source: x\n"));
    says(set_of(1, "gates.yaml", "gates:\n  a:\n    has: imphash\n    value: xyz\n    source: x\n"),
         VP_SEVERITY_ERROR, "gates.yaml", "no imphash");
    says(set_of(1, "gates.yaml", "gates:\n  a:\n    size: \"1\"\n    value: xyz\n    source: x\n"),
         VP_SEVERITY_ERROR, "gates.yaml", "no 'has'");
    says(set_of(1, "gates.yaml",
                "gates:\n  a:\n    has: soname\n    value: liba.so\n    prefix: \"00\"\n"
                "    source: x\n"),
         VP_SEVERITY_ERROR, "gates.yaml", "prefix and a value");
}
END_TEST

START_TEST(a_set_without_a_head_has_an_error)
{
    struct vp_set *set = vpi_set_new(0);
    vpi_set_read_file(set, "vendors/acme.yaml", span_text(ACME));
    vpi_set_finish(set);
    says(set, VP_SEVERITY_ERROR, "set.yaml", "no set.yaml");
    says(set_of(1, "set.yaml", SET_HEAD "expires: \"2025-01-01\"\n"), VP_SEVERITY_ERROR, "set.yaml",
         "before the date");
}
END_TEST

static void same_words(enum vp_names names, unsigned first, const char *const *words)
{
    unsigned count = 0;
    for (; words[count]; count++)
        ck_assert_str_eq(vp_name(names, first + count), words[count]);
    ck_assert_str_eq(vp_name(names, first + count), "unknown");
}

START_TEST(the_words_of_the_text_are_those_of_the_library)
{
    same_words(VP_NAMES_FORMAT, 0, vpi_words_format);
    same_words(VP_NAMES_ROLE, 0, vpi_words_role);
    same_words(VP_NAMES_RELATION, 1, vpi_words_relation);
    same_words(VP_NAMES_LEVEL, 1, vpi_words_level);
    same_words(VP_NAMES_ANSWER, 0, vpi_words_answer);
    same_words(VP_NAMES_CONFIDENCE, 1, vpi_words_confidence);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_key_of_two_vendors_is_an_error)                                                         \
    TEST(only_what_signs_for_others_has_an_owner)                                                  \
    TEST(a_key_of_a_vendor_and_its_product_is_none)                                                \
    TEST(what_stands_twice_is_a_warning)                                                           \
    TEST(a_name_inside_another_vendors_name_is_noted)                                              \
    TEST(a_name_that_is_never_found_inside_text_is_noted)                                          \
    TEST(a_common_phrase_is_an_error)                                                              \
    TEST(what_refers_to_nothing_is_an_error)                                                       \
    TEST(a_digest_without_a_gate_has_its_price_told_once_a_file)                                   \
    TEST(a_size_outside_its_gate_is_an_error)                                                      \
    TEST(bad_rows_of_hashes_are_errors)                                                            \
    TEST(bad_rows_of_keys_are_errors)                                                              \
    TEST(bad_rows_of_products_are_errors)                                                          \
    TEST(bad_rows_of_stubs_are_errors)                                                             \
    TEST(a_gate_of_the_set_serves_who_has_none_of_that_name)                                       \
    TEST(a_gate_that_never_opens_has_no_condition)                                                 \
    TEST(a_set_without_a_head_has_an_error)                                                        \
    TEST(the_words_of_the_text_are_those_of_the_library)
#include "check_main.h"
