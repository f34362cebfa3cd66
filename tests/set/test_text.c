/* test_text.c - the YAML and CSV readers, and hostile text */
#include <check.h>

#include <stdio.h>
#include <stdlib.h>

#include "set/csv.h"
#include "set_files.h"

static struct arena arena;
static struct text_problem problem;

static const struct node *read_text(const char *text)
{
    const struct node *root = NULL;
    vpi_arena_init(&arena, 0);
    return vpi_text_read(&arena, span_text(text), &root, &problem) ? root : NULL;
}

START_TEST(maps_lists_and_scalars_become_a_tree)
{
    const struct node *root = read_text("a: 1\nb: [x, 'y z']\nc:\n  d: >-\n    two\n    words\n");
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(root->type, NODE_MAP);
    ck_assert_uint_eq(root->count, 3);
    ck_assert_str_eq((const char *)vpi_node_field(root, "a")->text.data, "1");
    const struct node *list = vpi_node_field(root, "b");
    ck_assert_int_eq(list->type, NODE_LIST);
    ck_assert_uint_eq(list->line, 2);
    ck_assert_uint_eq(list->column, 4);
    ck_assert_uint_eq(list->key_column, 1);
    ck_assert_str_eq((const char *)list->first->next->text.data, "y z");
    ck_assert_str_eq((const char *)vpi_node_field(vpi_node_field(root, "c"), "d")->text.data,
                     "two words");
    ck_assert_ptr_null(vpi_node_field(root, "e"));
    ck_assert_ptr_null(vpi_node_field(list, "e"));
    vpi_arena_done(&arena);
}
END_TEST

static void refused(const char *text, uint32_t line, const char *why)
{
    ck_assert_msg(!read_text(text), "%s", text);
    ck_assert_msg(strstr(problem.text, why) != NULL, "'%s', not '%s'", problem.text, why);
    ck_assert_uint_eq(problem.line, line);
    vpi_arena_done(&arena);
}

START_TEST(what_is_no_plain_tree_is_refused_with_its_place)
{
    refused("a: &x 1\nb: *x\n", 1, "anchors");
    refused("a: 1\nb: *x\n", 2, "aliases");
    refused("a: !!str 1\n", 1, "tags");
    refused("a: 1\n---\nb: 1\n", 2, "second document");
    refused("a: 1\nb: 2\na: 3\n", 3, "twice");
    refused("? [a]\n: 1\n", 1, "key");
    refused("a: \"x\\0y\"\n", 1, "control");
    refused("a: \"x\\ny\"\n", 1, "control");
    refused("a: |\n  x\n  y\n", 1, "control");
    refused("a: \"\\e[31m\"\n", 1, "control");
    refused("a: \"\\u0085\"\n", 1, "control");
    refused("a: 1\nb: \xff\n", 2, "not YAML");
    refused("a: 1\nb: \xed\xa0\x80\n", 2, "not YAML");
    refused("a: [1\n", 2, "not YAML");
    refused("", 0, "empty");
    refused("# only a comment\n", 0, "empty");
}
END_TEST

START_TEST(an_alias_bomb_is_refused_before_it_grows)
{
    refused("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n", 1, "anchors");
}
END_TEST

static char *repeated(const char *text, size_t count, const char *end)
{
    size_t len = strlen(text);
    char *all = malloc(len * count + strlen(end) + 1);
    ck_assert_ptr_nonnull(all);
    for (size_t i = 0; i < count; i++)
        memcpy(all + i * len, text, len);
    strcpy(all + len * count, end);
    return all;
}

START_TEST(deep_large_and_many_are_refused)
{
    char *deep = repeated("[", 100000, "");
    refused(deep, 1, "deep");
    free(deep);
    deep = repeated("- ", 100000, "x");
    refused(deep, 1, "deep");
    free(deep);
    deep = repeated("{a: ", 50000, "");
    refused(deep, 1, "deep");
    free(deep);
    char *large = repeated("x", TEXT_SCALAR_MOST + 1, "\n");
    refused(large, 1, "longer");
    large[TEXT_SCALAR_MOST] = 0;
    ck_assert_ptr_nonnull(read_text(large));
    vpi_arena_done(&arena);
    free(large);
    char *many = repeated("- x\n", TEXT_NODES_MOST + 1, "");
    refused(many, TEXT_NODES_MOST, "more than");
    free(many);
    char *huge = repeated("# 34567\n", TEXT_BYTES_MOST / 8 + 1, "");
    refused(huge, 0, "larger");
    free(huge);
    char fields[TEXT_FIELDS_MOST * 8 + 8], *to = fields;
    for (int i = 0; i <= TEXT_FIELDS_MOST; i++)
        to += sprintf(to, "f%d: 1\n", i);
    refused(fields, TEXT_FIELDS_MOST + 1, "more than");
}
END_TEST

START_TEST(csv_is_read_as_rfc_4180_says)
{
    struct csv csv = vpi_csv_begin(span_text("\xef\xbb\xbf"
                                             "a,b,c\r\n\r\n\"x,\"\"y\"\"\",,\"\"\nlast,\"q\""));
    struct csv_row row;
    const char *why;
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_csv_next(&csv, &arena, &row, &why), CSV_ROW);
    ck_assert_uint_eq(row.count, 3);
    ck_assert_uint_eq(row.line, 1);
    ck_assert_int_eq(vpi_csv_next(&csv, &arena, &row, &why), CSV_ROW);
    ck_assert_uint_eq(row.line, 3);
    ck_assert_uint_eq(row.count, 3);
    ck_assert_str_eq((const char *)row.fields[0].text.data, "x,\"y\"");
    ck_assert_str_eq((const char *)row.fields[1].text.data, "");
    ck_assert_uint_eq(row.fields[1].column, 11);
    ck_assert_int_eq(vpi_csv_next(&csv, &arena, &row, &why), CSV_ROW);
    ck_assert_uint_eq(row.count, 2);
    ck_assert_str_eq((const char *)row.fields[1].text.data, "q");
    ck_assert_int_eq(vpi_csv_next(&csv, &arena, &row, &why), CSV_END);
    vpi_arena_done(&arena);
}
END_TEST

START_TEST(a_bad_line_of_csv_is_told_and_the_next_one_read)
{
    static const char *const bad[] = {"a\"b\n",    "\"ab\n",   "\"a\"b\n",
                                      "\xff\n",    "a\x01z\n", ",,,,,,,,,,,,,,,,,,,,,,,\n",
                                      "\"a\nb\"\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[64];
        snprintf(text, sizeof text, "%sgood\n", bad[i]);
        struct csv csv = vpi_csv_begin(span_text(text));
        struct csv_row row;
        const char *why = NULL;
        vpi_arena_init(&arena, 0);
        ck_assert_int_eq(vpi_csv_next(&csv, &arena, &row, &why), CSV_BAD);
        ck_assert_ptr_nonnull(why);
        while (vpi_csv_next(&csv, &arena, &row, &why) == CSV_BAD)
            ;
        ck_assert_str_eq((const char *)row.fields[0].text.data, "good");
        vpi_arena_done(&arena);
    }
}
END_TEST

/* Cut and changed files of a set: nothing but diagnostics, and what compiles is a database. */
static void try_set(int replaced, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, len);
    struct vp_set *set = set_read(0, false, replaced, span_of(copy, len));
    const uint8_t *data;
    size_t data_len;
    struct vp_db *db = NULL;
    if (vp_set_compile(set, &data, &data_len, NULL) == VP_OK) {
        ck_assert_int_eq(vp_db_open_memory(data, data_len, NULL, &db, NULL), VP_OK);
        ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
    }
    vp_db_unref(db);
    vp_set_free(set);
    free(copy);
}

START_TEST(every_prefix_of_every_file_is_safe)
{
    for (int file = 0; file < SET_FILES; file++) {
        size_t len = strlen(set_files[file].text);
        for (size_t cut = 0; cut < len; cut += 1 + (cut > 200) * 6)
            try_set(file, (const uint8_t *)set_files[file].text, cut);
    }
}
END_TEST

START_TEST(every_flipped_byte_of_a_vendor_is_safe)
{
    static const uint8_t flips[] = {0x01, 0x80, 0x1a};
    enum { VENDOR = 1 };
    size_t len = strlen(set_files[VENDOR].text);
    char *copy = malloc(len);
    ck_assert_ptr_nonnull(copy);
    for (size_t i = 0; i < len; i++) {
        memcpy(copy, set_files[VENDOR].text, len);
        copy[i] = (char)(copy[i] ^ flips[i % sizeof flips]);
        try_set(VENDOR, (const uint8_t *)copy, len);
    }
    free(copy);
}
END_TEST

#define TESTS                                                                                      \
    TEST(maps_lists_and_scalars_become_a_tree)                                                     \
    TEST(what_is_no_plain_tree_is_refused_with_its_place)                                          \
    TEST(an_alias_bomb_is_refused_before_it_grows)                                                 \
    TEST(deep_large_and_many_are_refused)                                                          \
    TEST(csv_is_read_as_rfc_4180_says)                                                             \
    TEST(a_bad_line_of_csv_is_told_and_the_next_one_read)                                          \
    TEST(every_prefix_of_every_file_is_safe)                                                       \
    TEST(every_flipped_byte_of_a_vendor_is_safe)
#include "check_main.h"
