/* chunks.c - the rows of a table of any size, block by block, read and checked in several threads
 */
#include "set/chunks.h"

/* Each field has its type, or is empty where it may be. */
static bool has_types(const struct chunks *of, const struct csv_row *row)
{
    if (row->count < of->fewest || row->count > of->column_count)
        return false;
    for (unsigned i = 0; i < row->count; i++) {
        const struct csv_column *column = &of->columns[i];
        struct span text = row->fields[i].text;
        if ((text.len > 0 || column->required) &&
            vpi_field_problem(column->type, text, column->words))
            return false;
    }
    return true;
}

static void add_row(struct chunk *chunk, const struct csv_row *row, const char *why)
{
    const struct chunks *of = chunk->of;
    struct chunk_row *rows =
        vpi_arena_grow(&chunk->arena, chunk->rows, chunk->count, &chunk->capacity, sizeof *rows);
    unsigned used = row->count + (why ? 1 : 0);
    struct csv_field *fields = vpi_arena_array(&chunk->arena, used, sizeof *fields);
    if (!rows || !fields) {
        chunk->failed = true;
        return;
    }
    memcpy(fields, row->fields, used * sizeof *fields);
    chunk->rows = rows;
    struct chunk_row *to = &rows[chunk->count++];
    *to = (struct chunk_row){.fields = fields, .count = row->count, .line = row->line, .why = why};
    to->fine = !why && has_types(of, row);
    if (!to->fine)
        return;
    const struct kind *kind = vpi_kind_named(fields[of->kind].text);
    const char *problem;
    if (kind->form != FORM_TEXT &&
        !vpi_canonical_value(&chunk->arena, kind, fields[of->value].text, &to->value, &problem))
        to->value = span_of(NULL, 0);
}

static void *parse(void *context)
{
    struct chunk *chunk = context;
    struct csv csv = chunk->block.line == 1
                         ? vpi_csv_begin(chunk->block.text)
                         : (struct csv){.text = chunk->block.text, .line = chunk->block.line};
    struct csv_row row;
    const char *why;
    while (!chunk->failed) {
        enum csv_result result = vpi_csv_next(&csv, &chunk->arena, &row, &why);
        if (result == CSV_END)
            break;
        if (result == CSV_MEMORY)
            chunk->failed = true;
        else
            add_row(chunk, &row, result == CSV_BAD ? why : NULL);
    }
    chunk->failed |= chunk->arena.failed;
    return NULL;
}

/* Fills a half with blocks, and lets threads read them. */
static void start(struct chunks *chunks, unsigned half)
{
    unsigned count = 0;
    struct block block;
    while (count < chunks->lanes && vpi_blocks_next(chunks->blocks, &block)) {
        struct chunk *chunk = &chunks->items[half][count++];
        vpi_arena_reset(&chunk->arena);
        chunk->rows = NULL;
        chunk->count = chunk->capacity = 0;
        chunk->failed = false;
        uint8_t *text = vpi_arena_bytes(&chunk->arena, block.text.len);
        chunk->block.line = block.line;
        chunk->block.text = span_of(text, text ? block.text.len : 0);
        if (text) /* the next block overwrites this one */
            memcpy(text, block.text.data, block.text.len);
        else
            chunk->failed = true;
        chunk->started =
            chunks->threaded && pthread_create(&chunk->thread, NULL, parse, chunk) == 0;
    }
    chunks->counts[half] = count;
}

static void finish(struct chunks *chunks, unsigned half)
{
    for (unsigned i = 0; i < chunks->counts[half]; i++) {
        struct chunk *chunk = &chunks->items[half][i];
        if (chunk->started)
            pthread_join(chunk->thread, NULL);
        else
            parse(chunk);
        chunk->started = false;
    }
}

void vpi_chunks_begin(struct chunks *chunks, unsigned threads)
{
    chunks->threaded = threads > 1;
    chunks->lanes = threads > CHUNK_LANES_MOST ? CHUNK_LANES_MOST : threads > 1 ? threads - 1 : 1;
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned i = 0; i < chunks->lanes; i++) {
            vpi_arena_init(&chunks->items[half][i].arena, 0);
            chunks->items[half][i].of = chunks;
        }
    }
    chunks->counts[0] = 0;
    chunks->half = 0; /* taken, as it were, and empty */
    chunks->next = 0;
    start(chunks, 1);
}

const struct chunk *vpi_chunks_next(struct chunks *chunks)
{
    if (chunks->next == chunks->counts[chunks->half]) {
        unsigned other = 1 - chunks->half;
        finish(chunks, other);
        start(chunks, chunks->half);
        chunks->half = other;
        chunks->next = 0;
        if (chunks->counts[other] == 0)
            return NULL;
    }
    return &chunks->items[chunks->half][chunks->next++];
}

void vpi_chunks_end(struct chunks *chunks)
{
    finish(chunks, 1 - chunks->half);
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned i = 0; i < chunks->lanes; i++)
            vpi_arena_done(&chunks->items[half][i].arena);
    }
}
