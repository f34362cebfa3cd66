/* test_vectors.c - the vectors of docs/features.md, read from that page */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "work.h"

enum { FIELDS_MOST = 64 };

static struct arena arena; /* no limit; reachable to the end */

struct page {
    FILE *file;
    char line[4096];
    char *fields[FIELDS_MOST];
    size_t count;
};

static void page_open(struct page *page, const char *block)
{
    char path[4096], start[64];
    const char *folder = getenv("VENDORPRINT_DOCS");
    snprintf(path, sizeof path, "%s/features.md", folder ? folder : "docs");
    snprintf(start, sizeof start, "```%s\n", block);
    page->file = fopen(path, "rb");
    ck_assert_msg(page->file != NULL, "no %s", path);
    do
        ck_assert_ptr_nonnull(fgets(page->line, sizeof page->line, page->file));
    while (strcmp(page->line, start) != 0);
}

/* The next row of the block, cut at " | "; false at its end. */
static bool page_next(struct page *page)
{
    ck_assert_ptr_nonnull(fgets(page->line, sizeof page->line, page->file));
    if (strcmp(page->line, "```\n") == 0) {
        fclose(page->file);
        return false;
    }
    page->line[strcspn(page->line, "\n")] = 0;
    page->count = 0;
    for (char *field = page->line, *end; field; field = end ? end + 3 : NULL) {
        end = strstr(field, " | ");
        if (end)
            *end = 0;
        ck_assert_uint_lt(page->count, FIELDS_MOST);
        page->fields[page->count++] = field;
    }
    return true;
}

static struct span value_of(const struct kind *kind, const char *text)
{
    struct span value;
    const char *why = "";
    ck_assert_msg(vpi_canonical_value(&arena, kind, span_text(text), &value, &why), "%s: %s", text,
                  why);
    return value;
}

static const char *hex(struct span bytes)
{
    return vpi_canonical_print(&arena, vpi_kind(KIND_CERTIFICATE_TBS), bytes);
}

START_TEST(every_kind_has_a_vector_and_every_vector_is_true)
{
    struct page page;
    bool *seen = vpi_arena_array(&arena, vpi_kind_count, sizeof *seen);
    page_open(&page, "vectors");
    while (page_next(&page)) {
        ck_assert_uint_eq(page.count, 4);
        const struct kind *kind = vpi_kind_named(span_text(page.fields[0]));
        ck_assert_msg(kind != NULL, "no kind %s", page.fields[0]);
        seen[kind - vpi_kinds] = true;
        struct span value = value_of(kind, page.fields[1]);
        ck_assert_str_eq(hex(value), page.fields[2]);
        struct vp_key key = vp_key_make(kind->number, value.data, value.len);
        uint8_t bytes[16];
        vpi_hash_bytes((struct hash128){key.low, key.high}, bytes);
        ck_assert_str_eq(hex(span_of(bytes, 16)), page.fields[3]);
    }
    for (size_t i = 0; i < vpi_kind_count; i++)
        ck_assert_msg(seen[i], "%s has no vector", vpi_kinds[i].name);
}
END_TEST

static void expect(void *context, struct span phrase)
{
    struct page *page = context;
    ck_assert_uint_lt(page->count, FIELDS_MOST);
    ck_assert_ptr_nonnull(page->fields[page->count]);
    ck_assert_str_eq(vpi_arena_text(&arena, phrase), page->fields[page->count]);
    page->count++;
}

START_TEST(every_list_of_phrases_is_true)
{
    struct page page;
    size_t rows = 0;
    page_open(&page, "phrases");
    while (page_next(&page)) {
        size_t count = page.count;
        const struct kind *kind = vpi_kind_named(span_text(page.fields[0]));
        ck_assert_ptr_nonnull(kind);
        page.fields[count] = NULL;
        page.count = 2;
        vpi_phrases(&arena, kind, value_of(kind, page.fields[1]), expect, &page);
        ck_assert_uint_eq(page.count, count);
        rows++;
    }
    ck_assert_uint_ge(rows, 8);
}
END_TEST

START_TEST(every_telfhash_is_true)
{
    struct page page;
    size_t rows = 0;
    page_open(&page, "telfhash");
    while (page_next(&page)) {
        struct bench bench;
        bench_open(&bench, span_text(""), 0);
        ck_assert_uint_eq(page.count, 2);
        for (char *name = strtok(page.fields[0], " "); name; name = strtok(NULL, " ")) {
            struct image_symbol *symbol = vpi_image_symbol(&bench.image);
            symbol->name = span_text(name);
            symbol->flags = SYMBOL_FUNCTION | SYMBOL_STRONG | SYMBOL_VISIBLE | SYMBOL_FIRST_TABLE;
        }
        vpi_family_telfhash(&bench.work);
        const char *text = bench_text(&bench, KIND_TELFHASH, 0);
        ck_assert_str_eq(*text ? text : "-", page.fields[1]);
        bench_close(&bench);
        rows++;
    }
    ck_assert_uint_ge(rows, 4);
}
END_TEST

/* "| 0101 | `file-sha256` | HEX(32) |" */
START_TEST(every_kind_stands_in_a_table_with_its_number_and_form)
{
    static const char *const forms[] = {"?", "HEX", "TEXT", "NAME", "SIZED", "BYTES", "ANYHEX"};
    struct page page;
    char row[128], form[16];
    for (size_t i = 0; i < vpi_kind_count; i++) {
        const struct kind *kind = &vpi_kinds[i];
        bool found = false;
        if (kind->width)
            snprintf(form, sizeof form, "HEX(%u)", (unsigned)kind->width);
        else
            snprintf(form, sizeof form, "%s", forms[kind->form]);
        snprintf(row, sizeof row, "| %04x | `%s` | %s |", (unsigned)kind->number, kind->name, form);
        page_open(&page, "vectors");
        rewind(page.file);
        while (fgets(page.line, sizeof page.line, page.file))
            found |= strncmp(page.line, row, strlen(row)) == 0;
        fclose(page.file);
        ck_assert_msg(found, "no row %s", row);
    }
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_kind_has_a_vector_and_every_vector_is_true)                                         \
    TEST(every_telfhash_is_true)                                                                   \
    TEST(every_list_of_phrases_is_true)                                                            \
    TEST(every_kind_stands_in_a_table_with_its_number_and_form)
#include "check_main.h"
