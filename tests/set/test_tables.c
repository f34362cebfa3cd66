/* test_tables.c - tables of keys that are larger than a block, and than memory; sets of several
 * folders */
#define _XOPEN_SOURCE 700
#include <check.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/database.h"
#include "set/blocks.h"
#include "set_files.h"

#define HEAD    "kind,value,size,product,version,file,gate,confidence,date,source\n"
#define SOURCE  "2026-04-02,a list that says a lot about each of its rows\n"
#define VENDOR  "type: vendor\nname: "
#define GATE(x) "gates:\n  program:\n    role: [" x "]\n    source: a book\n"

enum { ROWS = 30000 };

static char base[64];

static void make_base(void)
{
    strcpy(base, "/tmp/vp-tables-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
}

static void remove_base(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -r '%s'", base);
    ck_assert_int_eq(system(command), 0);
}

/* A file below the base, with its folders. */
static void put(const char *path, const char *text)
{
    char whole[200];
    snprintf(whole, sizeof whole, "%s/%s", base, path);
    for (char *slash = whole + strlen(base) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(whole, 0755);
        *slash = '/';
    }
    FILE *out = fopen(whole, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(fputs(text, out), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static void put_set(const char *folder, const char *vendor)
{
    char path[100], text[200];
    snprintf(path, sizeof path, "%s/set.yaml", folder);
    put(path, SET_HEAD);
    snprintf(path, sizeof path, "%s/vendors/%s.yaml", folder, vendor);
    snprintf(text, sizeof text, "id: %s\n" VENDOR "%s\n", vendor, vendor);
    put(path, text);
}

/* Rows of some 150 bytes: four blocks.  Row number `bad` says nothing. */
static char *make_rows(const char *vendor, unsigned from, unsigned count, unsigned bad)
{
    size_t len = 0, capacity = (size_t)count * 200 + 100;
    char *text = malloc(capacity);
    ck_assert_ptr_nonnull(text);
    len += (size_t)snprintf(text, capacity, "%s", HEAD);
    for (unsigned i = from; i < from + count; i++) {
        const char *size = i % 3 == 0 ? "7" : i % 3 == 1 ? "1234567" : "";
        len += (size_t)snprintf(text + len, capacity - len,
                                "%s,%032x%s,%s,%s,1.%u,\"a%u.exe\",,%s," SOURCE,
                                i % 2 ? "file-sha256" : "file-md5", i * 2654435761u,
                                i % 2 ? "00112233445566778899aabbccddeeff" : "", size, vendor,
                                i % 50, i % 1000, i == bad ? "nonsense" : "high");
        ck_assert_uint_lt(len, capacity);
    }
    return text;
}

static struct vp_set *load(const struct vp_set_options *options, size_t count, ...)
{
    char paths[4][100];
    const char *folders[4];
    struct vp_set *set = NULL;
    struct vp_error err;
    va_list names;
    va_start(names, count);
    for (size_t i = 0; i < count; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", base, va_arg(names, const char *));
        folders[i] = paths[i];
    }
    va_end(names);
    ck_assert_msg(vp_set_load_folders(folders, count, options, &set, &err) == VP_OK, "%s",
                  err.text);
    return set;
}

/* Compiles and frees a set; the caller frees the bytes. */
static struct span compiled(struct vp_set *set)
{
    const uint8_t *data;
    size_t len;
    struct vp_error err;
    ck_assert_msg(vp_set_compile(set, &data, &len, &err) == VP_OK, "%s", err.text);
    uint8_t *copy = malloc(len);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, len);
    vp_set_free(set);
    return span_of(copy, len);
}

static void same_and_free(struct span a, struct span b)
{
    ck_assert(span_equal(a, b));
    free((void *)(uintptr_t)b.data);
}

START_TEST(memory_threads_and_the_way_in_dont_show)
{
    char path[100], text[100];
    struct vp_db *db = NULL;
    make_base();
    char *rows = make_rows("acme", 0, ROWS, ROWS);
    put_set("s", "acme");
    put("s/hashes/many.csv", rows);
    struct span once = compiled(load(NULL, 1, "s"));
    snprintf(path, sizeof path, "%s/out", base);
    struct vp_set_options small = {.size = sizeof small, .memory = 1};
    struct vp_set_options beside = {
        .size = sizeof beside, .memory = 500000, .threads = 3, .beside = path};
    same_and_free(once, compiled(load(&small, 1, "s")));
    same_and_free(once, compiled(load(&beside, 1, "s")));
    /* To a file, twice, and then to memory. */
    struct vp_set *set = load(&small, 1, "s");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(vp_set_build(set, path, NULL), VP_OK);
        ck_assert_int_eq(vp_db_open(path, NULL, &db, NULL), VP_OK);
        ck_assert(span_equal(db->bytes, once));
        ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
        vp_db_unref(db);
    }
    same_and_free(once, compiled(set));
    /* From memory. */
    set = vpi_set_new(0);
    vpi_set_read_file(set, "hashes/many.csv", span_text(rows));
    snprintf(text, sizeof text, "id: acme\n" VENDOR "acme\n");
    vpi_set_read_file(set, "vendors/acme.yaml", span_text(text));
    vpi_set_read_file(set, "set.yaml", span_text(SET_HEAD));
    vpi_set_finish(set);
    same_and_free(once, compiled(set));
    ck_assert_int_eq(vp_db_open_memory(once.data, once.len, NULL, &db, NULL), VP_OK);
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    ck_assert_uint_eq(info.keys, ROWS);
    vp_db_unref(db);
    free((void *)(uintptr_t)once.data);
    free(rows);
    remove_base();
}
END_TEST

static bool says(const struct vp_set *set, enum vp_severity severity, const char *file,
                 uint32_t line, const char *text)
{
    struct vp_diagnostic item = {.size = sizeof item};
    for (uint32_t i = 0; vp_set_diagnostic(set, i, &item) == VP_OK; i++) {
        if (item.severity == severity && item.line == line && strstr(item.text, text) &&
            strstr(item.file, file))
            return true;
    }
    return false;
}

START_TEST(a_diagnostic_names_its_line_in_any_block)
{
    make_base();
    char *many = make_rows("acme", 0, ROWS, ROWS - 10), *more = make_rows("zenith", 700, 2, 0);
    put_set("s", "acme");
    put("s/vendors/zenith.yaml", "id: zenith\n" VENDOR "Zenith\n");
    put("s/hashes/many.csv", many);
    put("s/hashes/more.csv", more);
    struct vp_set_options small = {.size = sizeof small, .memory = 1};
    struct vp_set *set = load(&small, 1, "s");
    ck_assert(says(set, VP_SEVERITY_ERROR, "many.csv", ROWS - 10 + 2, "nonsense"));
    ck_assert(says(set, VP_SEVERITY_ERROR, "more.csv", 2, "is also of 'acme'"));
    ck_assert(says(set, VP_SEVERITY_ERROR, "more.csv", 3, "/hashes/many.csv:703)"));
    ck_assert(says(set, VP_SEVERITY_WARNING, "many.csv", 4, "4999 file-md5 without a gate"));
    ck_assert_uint_eq(vp_set_errors(set), 3);
    vp_set_free(set);
    free(many);
    free(more);
    remove_base();
}
END_TEST

/* Whole lines, whatever their length; a line that fills a block is cut and the next one found. */
START_TEST(blocks_are_whole_lines)
{
    static const size_t lens[] = {
        0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 5};
    enum { TAIL = 9 };
    char path[100];
    struct arena arena;
    vpi_arena_init(&arena, 0);
    make_base();
    snprintf(path, sizeof path, "%s/lines", base);
    for (size_t n = 0; n < sizeof lens / sizeof *lens; n++) {
        size_t len = lens[n] + 1 + TAIL;
        char *text = malloc(len);
        ck_assert_ptr_nonnull(text);
        memset(text, 'x', lens[n]);
        memcpy(text + lens[n], "\none\ntwo\n3", 1 + TAIL);
        FILE *out = fopen(path, "wb");
        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(fwrite(text, 1, len, out), len);
        fclose(out);
        for (int from_file = 0; from_file < 2; from_file++) {
            struct blocks blocks;
            struct block block;
            size_t sum = 0, lines = 0;
            ck_assert_int_eq(
                vpi_blocks_open(&blocks, from_file ? path : NULL, span_of(text, len), &arena, NULL),
                VP_OK);
            while (vpi_blocks_next(&blocks, &block)) {
                ck_assert_uint_eq(block.line, lines + 1);
                for (size_t i = 0; i < block.text.len; i++)
                    lines += block.text.data[i] == '\n';
                lines += blocks.cut;
                sum += block.text.len;
            }
            ck_assert(!blocks.failed);
            ck_assert_uint_eq(lines, 3);
            ck_assert_uint_eq(sum, lens[n] >= BLOCK_BYTES ? BLOCK_BYTES + TAIL : len);
            vpi_blocks_close(&blocks);
        }
        free(text);
    }
    struct blocks blocks;
    ck_assert_int_eq(vpi_blocks_open(&blocks, "/dev/zero", span_of(NULL, 0), &arena, NULL),
                     VP_E_NOT_REGULAR);
    vpi_arena_done(&arena);
    remove_base();
}
END_TEST

START_TEST(what_cannot_be_spooled_or_read_is_an_error)
{
    char folder[100];
    const char *folders[] = {folder};
    struct vp_set *set = NULL;
    struct vp_error err;
    make_base();
    char *rows = make_rows("acme", 0, ROWS, ROWS);
    put_set("s", "acme");
    put("s/hashes/many.csv", rows);
    snprintf(folder, sizeof folder, "%s/s", base);
    struct vp_set_options options = {
        .size = sizeof options, .memory = 1, .beside = "/nonexistent/x"};
    ck_assert_int_eq(vp_set_load_folders(folders, 1, &options, &set, &err), VP_E_IO);
    ck_assert_int_eq(err.status, VP_E_IO);
    ck_assert_int_eq(vp_set_load_folders(folders, 0, NULL, &set, &err), VP_E_ARGUMENT);
    put("s/hashes/folder.csv/x", "");
    ck_assert_int_ne(vp_set_load_folders(folders, 1, NULL, &set, &err), VP_OK);
    free(rows);
    remove_base();
}
END_TEST

START_TEST(several_folders_are_one_set_in_any_order)
{
    make_base();
    char *one = make_rows("acme", 0, 500, 500), *two = make_rows("bolt", 500, 500, 1000);
    put_set("a", "acme");
    put_set("b", "bolt");
    put("b/set.yaml",
        "serial: \"9\"\ndate: \"2026-10-01\"\nexpires: \"2027-01-01\"\nlicense: MIT\n");
    put("c/products/acme/saw.yaml", "id: acme/saw\nvendor: acme\nname: Saw\n"); /* of a's vendor */
    put("a/hashes/x.csv", one);
    put("b/hashes/x.csv", two);
    put("a/gates.yaml", GATE("program"));
    put("b/gates.yaml", GATE("program"));
    put("a/common-phrases.txt", "software\n");
    put("b/common-phrases.txt", "the company\n");
    struct span first = compiled(load(NULL, 3, "a", "b", "c"));
    same_and_free(first, compiled(load(NULL, 3, "c", "b", "a")));
    struct vp_db *db = NULL;
    struct vp_db_info info = {.size = sizeof info};
    ck_assert_int_eq(vp_db_open_memory(first.data, first.len, NULL, &db, NULL), VP_OK);
    vp_db_info(db, &info);
    ck_assert_uint_eq(info.serial, 9);
    ck_assert_str_eq(info.date, "2026-11-22"); /* a's */
    ck_assert_str_eq(info.expires, "2027-01-01");
    ck_assert_uint_eq(info.keys, 1000);
    ck_assert_uint_eq(info.products, 1);
    vp_db_unref(db);
    free((void *)(uintptr_t)first.data);
    free(one);
    free(two);
    remove_base();
}
END_TEST

START_TEST(what_two_folders_say_differently_is_an_error)
{
    static const char policy[] = "id: us-a\ntitle: A\nbasis: Act A\nsince: \"2020-01-01\"\n"
                                 "source: a law\nrules: []\n";
    make_base();
    put_set("a", "acme");
    put_set("b", "bolt");
    put("b/vendors/acme.yaml", "\nid: acme\n" VENDOR "Another\n");
    put("a/gates.yaml", GATE("program"));
    put("b/gates.yaml", GATE("library"));
    put("a/policies/us-a.yaml", policy);
    put("b/policies/us-a.yaml", policy);
    for (int backwards = 0; backwards < 2; backwards++) {
        struct vp_set *set = backwards ? load(NULL, 2, "b", "a") : load(NULL, 2, "a", "b");
        ck_assert(says(set, VP_SEVERITY_ERROR, "/b/vendors/acme.yaml", 2,
                       "id: 'acme' is also in /tmp/vp-tables-"));
        ck_assert(says(set, VP_SEVERITY_ERROR, "/b/gates.yaml", 2, "gates: 'program' is another"));
        ck_assert(says(set, VP_SEVERITY_ERROR, "/b/policies/us-a.yaml", 1, "/a/policies/us-a"));
        ck_assert_uint_eq(vp_set_errors(set), 3);
        vp_set_free(set);
    }
    remove_base();
}
END_TEST

#define TESTS                                                                                      \
    TEST(memory_threads_and_the_way_in_dont_show)                                                  \
    TEST(a_diagnostic_names_its_line_in_any_block)                                                 \
    TEST(blocks_are_whole_lines)                                                                   \
    TEST(what_cannot_be_spooled_or_read_is_an_error)                                               \
    TEST(several_folders_are_one_set_in_any_order)                                                 \
    TEST(what_two_folders_say_differently_is_an_error)
#include "check_main.h"
