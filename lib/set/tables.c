/* tables.c - the tables of keys: hashes/ and keys/, read row by row
 *
 * They may be larger than memory: a row is resolved at once and goes to the build, and only texts,
 * which are compared with each other, are kept.
 */
#include "set/chunks.h"

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
    KEY_SIGNED, /* a table may do without the last column */
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
    [KEY_SIGNED] = {"signed", FIELD_WORD, false, vpi_words_yes},
};

enum { HASH_COLUMNS = 10, HASH_SUBJECT = 3 };

static const struct csv_column hash_columns[HASH_COLUMNS] = {
    {"kind", FIELD_KIND, true, NULL},     {"value", FIELD_TEXT, true, NULL},
    {"size", FIELD_DIGITS, false, NULL},  [HASH_SUBJECT] = {"product", FIELD_SUBJECT, true, NULL},
    {"version", FIELD_TEXT, false, NULL}, {"file", FIELD_TEXT, false, NULL},
    {"gate", FIELD_ID, false, NULL},      {"confidence", FIELD_WORD, true, vpi_words_confidence},
    {"date", FIELD_PARTIAL, false, NULL}, {"source", FIELD_TEXT, true, NULL},
};

static const char *optional(const struct csv_field *field)
{
    return field->text.len ? (const char *)field->text.data : NULL;
}

/* Of a row, which is gone with the next one. */
static void keep_key(struct vp_set *set, const struct set_key *key)
{
    struct set_key *to = vpi_set_add(set, keys);
    if (!to)
        return;
    *to = *key;
    const char **texts[] = {&to->subject_id, &to->gate_name, &to->version,
                            &to->file,       &to->date,      &to->source};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = *texts[i] ? vpi_arena_text(&set->arena, span_text(*texts[i])) : NULL;
}

/* The cells of a row in the order of key_columns; what its table has no column for is empty. */
static void add_key(struct vp_set *set, const char *file, const struct csv_field *const *cells,
                    const char *subject_field, struct span value)
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
        .was_signed = vpi_word(vpi_words_yes, cells[KEY_SIGNED]->text) == 1,
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
    /* What is compared with other texts is kept; of anything else there may be any number. */
    bool kept = key.kind->form == FORM_TEXT;
    key.value = value;
    if (value.len == 0 && !vpi_set_key_value(set, &set->arena, &key, cells[KEY_VALUE]->text))
        return;
    vpi_set_resolve_key(set, &key);
    if (kept)
        keep_key(set, &key);
    vpi_set_gather_key(set, &key);
}

static void take_key(struct vp_set *set, const char *file, const struct chunk_row *row)
{
    static const struct csv_field nothing;
    const struct csv_field *cells[KEY_COLUMNS];
    for (unsigned i = 0; i < KEY_COLUMNS; i++)
        cells[i] = i < row->count ? &row->fields[i] : &nothing;
    add_key(set, file, cells, "subject", row->value);
}

static void take_hash(struct vp_set *set, const char *file, const struct chunk_row *row)
{
    static const struct csv_field nothing;
    const struct csv_field *fields = row->fields;
    const struct csv_field *cells[KEY_COLUMNS] = {
        [KEY_KIND] = &fields[0],    [KEY_VALUE] = &fields[1],
        [KEY_SIZE] = &fields[2],    [KEY_SUBJECT] = &fields[HASH_SUBJECT],
        [KEY_VERSION] = &fields[4], [KEY_FILE] = &fields[5],
        [KEY_GATE] = &fields[6],    [KEY_CONFIDENCE] = &fields[7],
        [KEY_DATE] = &fields[8],    [KEY_SOURCE] = &fields[9],
        [KEY_RELATION] = &nothing,  [KEY_SIGNED] = &nothing,
    };
    const struct kind *kind = vpi_kind_named(cells[KEY_KIND]->text);
    if (kind->class == CLASS_EXACT)
        add_key(set, file, cells, "product", row->value);
    else
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, cells[KEY_KIND]),
                    "kind: %s is no digest of content", kind->name);
}

/* A table that is read. */
struct reading {
    struct vp_set *set;
    const struct set_table *from;
    struct chunks chunks;
    bool header;    /* was read */
    unsigned count; /* of columns, as the header has them */
};

/* False: the file is no such table. */
static bool take_row(struct reading *reading, const struct chunk_row *row)
{
    const struct chunks *chunks = &reading->chunks;
    struct vp_set *set = reading->set;
    const char *file = reading->from->file;
    if (row->why) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &row->fields[row->count]), "%s",
                    row->why);
        return true;
    }
    struct csv_row whole = {.count = row->count, .line = row->line};
    bool fine = row->fine && row->count == reading->count;
    if (!fine)
        memcpy(whole.fields, row->fields, row->count * sizeof *row->fields);
    if (!reading->header) {
        reading->header = true;
        bool fewer = row->count >= chunks->fewest && row->count < chunks->column_count;
        reading->count = fewer ? row->count : chunks->column_count;
        return vpi_csv_check_header(set, file, &whole, chunks->columns, reading->count);
    }
    if (!fine)
        (void)vpi_csv_check(set, file, &whole, chunks->columns, reading->count);
    else if (reading->from->hashes)
        take_hash(set, file, row);
    else
        take_key(set, file, row);
    return true;
}

static void take_chunks(struct reading *reading)
{
    struct vp_set *set = reading->set;
    const struct chunk *chunk;
    while (set->status == VP_OK && (chunk = vpi_chunks_next(&reading->chunks))) {
        if (chunk->failed)
            set->arena.failed = true;
        for (size_t i = 0; i < chunk->count && set->status == VP_OK; i++) {
            if (!take_row(reading, &chunk->rows[i]))
                return;
        }
        if (set->arena.failed)
            return;
    }
    struct place place = {reading->from->file, 0, 0};
    if (!reading->header && set->status == VP_OK && !reading->chunks.blocks->failed)
        vpi_set_say(set, VP_SEVERITY_ERROR, place, "no header");
}

static void read_table(struct vp_set *set, const struct set_table *from)
{
    struct arena arena;
    struct blocks blocks;
    vpi_arena_init(&arena, 0);
    struct reading *reading = vpi_arena_alloc(&arena, sizeof *reading);
    set->status = vpi_blocks_open(&blocks, from->path, from->bytes, &arena, &set->failure);
    if (set->status == VP_OK && reading) {
        *reading = (struct reading){
            .set = set,
            .from = from,
            .chunks = {.blocks = &blocks,
                       .columns = from->hashes ? hash_columns : key_columns,
                       .column_count = from->hashes ? (unsigned)HASH_COLUMNS : KEY_COLUMNS,
                       .fewest = from->hashes ? (unsigned)HASH_COLUMNS : KEY_SIGNED,
                       .kind = KEY_KIND,
                       .value = KEY_VALUE}};
        vpi_chunks_begin(&reading->chunks, set->build_options.threads);
        take_chunks(reading);
        vpi_chunks_end(&reading->chunks);
    }
    set->arena.failed |= !reading;
    if (set->status == VP_OK && blocks.failed)
        set->status = vpi_fail(&set->failure, VP_E_IO, "%s can't be read", from->file);
    vpi_blocks_close(&blocks);
    vpi_arena_done(&arena);
}

void vpi_set_read_tables(struct vp_set *set)
{
    for (size_t i = 0; i < set->tables_count && set->status == VP_OK && !set->arena.failed; i++)
        read_table(set, &set->tables[i]);
}
