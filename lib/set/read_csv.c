/* read_csv.c - the tables of a set: vendors, keys and digests in bulk, calibration */
#include "set/read_csv.h"

/* What a row says of a key; hashes/ and keys/ have their columns in different orders. */
enum key_column {
    KEY_KIND,
    KEY_VALUE,
    KEY_SUBJECT,
    KEY_RELATION,
    KEY_GATE,
    KEY_SIZE,
    KEY_VERSION,
    KEY_FILE,
    KEY_CONFIDENCE,
    KEY_DATE,
    KEY_SOURCE,
    KEY_COLUMNS
};

static const struct csv_column key_columns[KEY_COLUMNS] = {
    [KEY_KIND] = {"kind", FIELD_KIND, true, NULL},
    [KEY_VALUE] = {"value", FIELD_TEXT, true, NULL},
    [KEY_SUBJECT] = {"subject", FIELD_SUBJECT, true, NULL},
    [KEY_RELATION] = {"relation", FIELD_WORD, false, vpi_words_relation},
    [KEY_GATE] = {"gate", FIELD_ID, false, NULL},
    [KEY_SIZE] = {"size", FIELD_DIGITS, false, NULL},
    [KEY_VERSION] = {"version", FIELD_TEXT, false, NULL},
    [KEY_FILE] = {"file", FIELD_TEXT, false, NULL},
    [KEY_CONFIDENCE] = {"confidence", FIELD_WORD, true, vpi_words_confidence},
    [KEY_DATE] = {"date", FIELD_PARTIAL, false, NULL},
    [KEY_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

enum { HASH_COLUMNS = 10, HASH_SUBJECT = 3 };

static const struct csv_column hash_columns[HASH_COLUMNS] = {
    {"kind", FIELD_KIND, true, NULL},     {"value", FIELD_TEXT, true, NULL},
    {"size", FIELD_DIGITS, false, NULL},  [HASH_SUBJECT] = {"product", FIELD_SUBJECT, true, NULL},
    {"version", FIELD_TEXT, false, NULL}, {"file", FIELD_TEXT, false, NULL},
    {"gate", FIELD_ID, false, NULL},      {"confidence", FIELD_WORD, true, vpi_words_confidence},
    {"date", FIELD_PARTIAL, false, NULL}, {"source", FIELD_TEXT, true, NULL},
};

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

static bool check_row(struct vp_set *set, const char *file, const struct csv_row *row,
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

static bool check_header(struct vp_set *set, const char *file, const struct csv_row *row,
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
            if (!check_header(set, file, &row, columns, count))
                return;
            header = true;
            continue;
        }
        if (check_row(set, file, &row, columns, count))
            take(set, file, &row);
    }
    struct place place = {file, 0, 0};
    if (!header && !set->arena.failed)
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "no header");
}

/* The cells of a row in the order of key_columns; what its table has no column for is empty. */
static void add_key(struct vp_set *set, const char *file, const struct csv_field *const *cells,
                    const char *subject_field)
{
    struct set_key key = {
        .subject = VP_NO_INDEX,
        .subject_id = (const char *)cells[KEY_SUBJECT]->text.data,
        .subject_field = subject_field,
        .kind = vpi_kind_named(cells[KEY_KIND]->text),
        /* Words count from 1, and no word is -1: resolve.c chooses. */
        .relation = (enum vp_relation)(vpi_word(vpi_words_relation, cells[KEY_RELATION]->text) + 1),
        .confidence =
            (enum vp_confidence)(vpi_word(vpi_words_confidence, cells[KEY_CONFIDENCE]->text) + 1),
        .gate = VP_NO_INDEX,
        .gate_name = optional(cells[KEY_GATE]),
        .size = cells[KEY_SIZE]->text.len ? vpi_digits(cells[KEY_SIZE]->text) : VP_NONE,
        .version = optional(cells[KEY_VERSION]),
        .file = optional(cells[KEY_FILE]),
        .date = optional(cells[KEY_DATE]),
        .source = optional(cells[KEY_SOURCE]),
        .place = vpi_csv_place(file, cells[KEY_VALUE]),
        .gate_place = vpi_csv_place(file, cells[KEY_GATE]),
    };
    if ((key.gate_name || key.size != VP_NONE) && key.kind->class != CLASS_EXACT) {
        const struct csv_field *cell = cells[key.gate_name ? KEY_GATE : KEY_SIZE];
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, cell), "%s: only digests have one",
                    key.gate_name ? "gate" : "size");
        return;
    }
    if (!vpi_set_key_value(set, &key, cells[KEY_VALUE]->text))
        return;
    struct set_key *to = vpi_set_add(set, keys);
    if (to)
        *to = key;
}

static void take_key(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *cells[KEY_COLUMNS];
    for (unsigned i = 0; i < KEY_COLUMNS; i++)
        cells[i] = &row->fields[i];
    add_key(set, file, cells, "subject");
}

void vpi_set_read_keys(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, key_columns, KEY_COLUMNS, take_key);
}

static void take_hash(struct vp_set *set, const char *file, const struct csv_row *row)
{
    static const struct csv_field nothing;
    const struct csv_field *fields = row->fields;
    const struct csv_field *cells[KEY_COLUMNS] = {
        [KEY_KIND] = &fields[0],    [KEY_VALUE] = &fields[1],
        [KEY_SIZE] = &fields[2],    [KEY_SUBJECT] = &fields[HASH_SUBJECT],
        [KEY_VERSION] = &fields[4], [KEY_FILE] = &fields[5],
        [KEY_GATE] = &fields[6],    [KEY_CONFIDENCE] = &fields[7],
        [KEY_DATE] = &fields[8],    [KEY_SOURCE] = &fields[9],
        [KEY_RELATION] = &nothing,
    };
    const struct kind *kind = vpi_kind_named(cells[KEY_KIND]->text);
    if (kind->class == CLASS_EXACT)
        add_key(set, file, cells, "product");
    else
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, cells[KEY_KIND]),
                    "kind: %s is no digest of content", kind->name);
}

void vpi_set_read_hashes(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, hash_columns, HASH_COLUMNS, take_hash);
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
