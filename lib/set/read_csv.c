/* read_csv.c - tables of the text set whose columns have types; those of vendors and calibration */
#include "set/read_csv.h"

enum stub_column {
    STUB_ID,
    STUB_TYPE,
    STUB_NAME,
    STUB_STATUS,
    STUB_SIGNS,
    STUB_SOURCE,
    STUB_COLUMNS
};

static const struct csv_column stub_columns[STUB_COLUMNS] = {
    [STUB_ID] = {"id", FIELD_ID, true, NULL},
    [STUB_TYPE] = {"type", FIELD_WORD, true, vpi_words_type},
    [STUB_NAME] = {"name", FIELD_TEXT, true, NULL},
    [STUB_STATUS] = {"status", FIELD_WORD, false, vpi_words_status},
    [STUB_SIGNS] = {"signs-for-others", FIELD_WORD, false, vpi_words_yes},
    [STUB_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

enum product_column {
    PRODUCT_ID,
    PRODUCT_VENDOR,
    PRODUCT_NAME,
    PRODUCT_STATUS,
    PRODUCT_SOURCE,
    PRODUCT_COLUMNS
};

static const struct csv_column product_columns[PRODUCT_COLUMNS] = {
    [PRODUCT_ID] = {"id", FIELD_SUBJECT, true, NULL},
    [PRODUCT_VENDOR] = {"vendor", FIELD_ID, true, NULL},
    [PRODUCT_NAME] = {"name", FIELD_TEXT, true, NULL},
    [PRODUCT_STATUS] = {"status", FIELD_WORD, false, vpi_words_status},
    [PRODUCT_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

enum calibration_column { CAL_KIND, CAL_RELATION, CAL_RIGHT, CAL_WRONG, CAL_SOURCE, CAL_COLUMNS };

static const struct csv_column calibration_columns[CAL_COLUMNS] = {
    [CAL_KIND] = {"kind", FIELD_KIND, true, NULL},
    [CAL_RELATION] = {"relation", FIELD_WORD, true, vpi_words_relation},
    [CAL_RIGHT] = {"right", FIELD_DIGITS, true, NULL},
    [CAL_WRONG] = {"wrong", FIELD_DIGITS, true, NULL},
    [CAL_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

struct place vpi_csv_place(const char *file, const struct csv_field *field)
{
    struct place place = {file, field->line, field->column};
    return place;
}

static const char *optional(const struct csv_field *field)
{
    return field->text.len ? (const char *)field->text.data : NULL;
}

bool vpi_csv_check(struct vp_set *set, const char *file, const struct csv_row *row,
                   const struct csv_column *columns, unsigned count)
{
    bool fine = true;
    if (row->count != count) {
        struct place place = {file, row->line, 1};
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "%u fields, not %u", row->count, count);
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const struct csv_field *field = &row->fields[i];
        if (field->text.len == 0 && !columns[i].required)
            continue;
        const char *problem = vpi_field_problem(columns[i].type, field->text, columns[i].words);
        if (!problem)
            continue;
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, field), "%s: '%s' %s",
                    columns[i].name, (const char *)field->text.data, problem);
        fine = false;
    }
    return fine;
}

bool vpi_csv_check_header(struct vp_set *set, const char *file, const struct csv_row *row,
                          const struct csv_column *columns, unsigned count)
{
    bool fine = row->count == count;
    for (unsigned i = 0; fine && i < count; i++)
        fine = span_equal(row->fields[i].text, span_text(columns[i].name));
    struct place place = {file, row->line, 1};
    if (!fine)
        vpi_set_say(set, VP_SEVERITY_ERROR, place,
                    "the header is not that of docs/signature-format.md");
    return fine;
}

void vpi_csv_read(struct vp_set *set, const char *file, struct span text,
                  const struct csv_column *columns, unsigned count,
                  void (*take)(struct vp_set *set, const char *file, const struct csv_row *row))
{
    struct csv csv = vpi_csv_begin(text);
    struct csv_row row;
    const char *why;
    bool header = false;
    for (;;) {
        enum csv_result result = vpi_csv_next(&csv, &set->arena, &row, &why);
        if (result == CSV_END || result == CSV_MEMORY)
            break;
        if (result == CSV_BAD) {
            vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &row.fields[row.count]), "%s",
                        why);
            continue;
        }
        if (!header) {
            if (!vpi_csv_check_header(set, file, &row, columns, count))
                return;
            header = true;
            continue;
        }
        if (vpi_csv_check(set, file, &row, columns, count))
            take(set, file, &row);
    }
    struct place place = {file, 0, 0};
    if (!header && !set->arena.failed)
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "no header");
}

/* A vendor of which only a name is known; its keys stand in keys/ and hashes/. */
static void take_stub(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    struct set_subject *subject = vpi_set_add(set, subjects);
    if (!subject)
        return;
    subject->id = (const char *)fields[STUB_ID].text.data;
    subject->name = (const char *)fields[STUB_NAME].text.data;
    subject->type = vpi_subject_type(vpi_word(vpi_words_type, fields[STUB_TYPE].text));
    subject->deprecated = vpi_word(vpi_words_status, fields[STUB_STATUS].text) == 1;
    subject->signs_for_others = vpi_word(vpi_words_yes, fields[STUB_SIGNS].text) == 1;
    subject->vendor = VP_NO_INDEX;
    subject->place = vpi_csv_place(file, &fields[STUB_ID]);
}

void vpi_set_read_stubs(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, stub_columns, STUB_COLUMNS, take_stub);
}

/* Like a stub, but a product; lint looks at its vendor. */
static void take_product(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    struct set_subject *subject = vpi_set_add(set, subjects);
    if (!subject)
        return;
    subject->id = (const char *)fields[PRODUCT_ID].text.data;
    subject->name = (const char *)fields[PRODUCT_NAME].text.data;
    subject->vendor_id = (const char *)fields[PRODUCT_VENDOR].text.data;
    subject->type = VP_SUBJECT_PRODUCT;
    subject->deprecated = vpi_word(vpi_words_status, fields[PRODUCT_STATUS].text) == 1;
    subject->vendor = VP_NO_INDEX;
    subject->place = vpi_csv_place(file, &fields[PRODUCT_ID]);
    subject->vendor_place = vpi_csv_place(file, &fields[PRODUCT_VENDOR]);
}

void vpi_set_read_products(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, product_columns, PRODUCT_COLUMNS, take_product);
}

static void take_calibration(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    uint64_t right = vpi_digits(fields[CAL_RIGHT].text);
    uint64_t wrong = vpi_digits(fields[CAL_WRONG].text);
    if (right > UINT32_MAX || wrong > UINT32_MAX) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &fields[CAL_RIGHT]),
                    "more files than a database can count");
        return;
    }
    struct set_calibration *item = vpi_set_add(set, calibrations);
    if (!item)
        return;
    item->kind = vpi_kind_named(fields[CAL_KIND].text)->number;
    item->relation =
        (enum vp_relation)(vpi_word(vpi_words_relation, fields[CAL_RELATION].text) + 1);
    item->right = (uint32_t)right;
    item->wrong = (uint32_t)wrong;
    item->source = optional(&fields[CAL_SOURCE]);
    item->place = vpi_csv_place(file, &fields[CAL_KIND]);
}

void vpi_set_read_calibration(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, calibration_columns, CAL_COLUMNS, take_calibration);
}
