/* read_csv.c - bulk digests and calibration */
#include "set/csv.h"
#include "set/fields.h"

struct column {
    const char *name;
    enum field_type type;
    bool required;
    const char *const *words;
};

enum hash_column {
    HASH_KIND,
    HASH_VALUE,
    HASH_SIZE,
    HASH_PRODUCT,
    HASH_VERSION,
    HASH_FILE,
    HASH_GATE,
    HASH_CONFIDENCE,
    HASH_DATE,
    HASH_SOURCE,
    HASH_COLUMNS
};

static const struct column hash_columns[HASH_COLUMNS] = {
    [HASH_KIND] = {"kind", FIELD_KIND, true, NULL},
    [HASH_VALUE] = {"value", FIELD_TEXT, true, NULL},
    [HASH_SIZE] = {"size", FIELD_DIGITS, false, NULL},
    [HASH_PRODUCT] = {"product", FIELD_SUBJECT, true, NULL},
    [HASH_VERSION] = {"version", FIELD_TEXT, false, NULL},
    [HASH_FILE] = {"file", FIELD_TEXT, false, NULL},
    [HASH_GATE] = {"gate", FIELD_ID, false, NULL},
    [HASH_CONFIDENCE] = {"confidence", FIELD_WORD, true, vpi_words_confidence},
    [HASH_DATE] = {"date", FIELD_PARTIAL, false, NULL},
    [HASH_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

enum calibration_column { CAL_KIND, CAL_RELATION, CAL_RIGHT, CAL_WRONG, CAL_SOURCE, CAL_COLUMNS };

static const struct column calibration_columns[CAL_COLUMNS] = {
    [CAL_KIND] = {"kind", FIELD_KIND, true, NULL},
    [CAL_RELATION] = {"relation", FIELD_WORD, true, vpi_words_relation},
    [CAL_RIGHT] = {"right", FIELD_DIGITS, true, NULL},
    [CAL_WRONG] = {"wrong", FIELD_DIGITS, true, NULL},
    [CAL_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

static struct place field_place(const char *file, const struct csv_field *field)
{
    struct place place = {file, field->line, field->column};
    return place;
}

static const char *optional(const struct csv_field *field)
{
    return field->text.len ? (const char *)field->text.data : NULL;
}

static bool check_row(struct vp_set *set, const char *file, const struct csv_row *row,
                      const struct column *columns, unsigned count)
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
        vpi_set_say(set, VP_SEVERITY_ERROR, field_place(file, field), "%s: '%s' %s",
                    columns[i].name, (const char *)field->text.data, problem);
        fine = false;
    }
    return fine;
}

static bool check_header(struct vp_set *set, const char *file, const struct csv_row *row,
                         const struct column *columns, unsigned count)
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

/* Gives each row whose fields have their types to `take`. */
static void read_rows(struct vp_set *set, const char *file, struct span text,
                      const struct column *columns, unsigned count,
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
            vpi_set_say(set, VP_SEVERITY_ERROR, field_place(file, &row.fields[row.count]), "%s",
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

static void take_hash(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    struct set_key key = {
        .subject = VP_NO_INDEX,
        .subject_id = (const char *)fields[HASH_PRODUCT].text.data,
        .kind = vpi_kind_named(fields[HASH_KIND].text),
        .confidence =
            (enum vp_confidence)(vpi_word(vpi_words_confidence, fields[HASH_CONFIDENCE].text) + 1),
        .gate = VP_NO_INDEX,
        .gate_name = optional(&fields[HASH_GATE]),
        .size = fields[HASH_SIZE].text.len ? vpi_digits(fields[HASH_SIZE].text) : VP_NONE,
        .version = optional(&fields[HASH_VERSION]),
        .file = optional(&fields[HASH_FILE]),
        .date = optional(&fields[HASH_DATE]),
        .source = optional(&fields[HASH_SOURCE]),
        .place = field_place(file, &fields[HASH_VALUE]),
        .gate_place = field_place(file, &fields[HASH_GATE]),
    };
    if (key.kind->class != CLASS_EXACT) {
        vpi_set_say(set, VP_SEVERITY_ERROR, field_place(file, &fields[HASH_KIND]),
                    "kind: %s is no digest of content", key.kind->name);
        return;
    }
    key.relation = vpi_set_relation(key.kind, VP_SUBJECT_PRODUCT);
    if (!vpi_set_key_value(set, &key, fields[HASH_VALUE].text))
        return;
    struct set_key *to = vpi_set_add(set, keys);
    if (to)
        *to = key;
}

void vpi_set_read_hashes(struct vp_set *set, const char *file, struct span text)
{
    read_rows(set, file, text, hash_columns, HASH_COLUMNS, take_hash);
}

static void take_calibration(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    uint64_t right = vpi_digits(fields[CAL_RIGHT].text);
    uint64_t wrong = vpi_digits(fields[CAL_WRONG].text);
    if (right > UINT32_MAX || wrong > UINT32_MAX) {
        vpi_set_say(set, VP_SEVERITY_ERROR, field_place(file, &fields[CAL_RIGHT]),
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
    item->place = field_place(file, &fields[CAL_KIND]);
}

void vpi_set_read_calibration(struct vp_set *set, const char *file, struct span text)
{
    read_rows(set, file, text, calibration_columns, CAL_COLUMNS, take_calibration);
}
