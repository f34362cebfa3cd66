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

static void parse(struct chunk *chunk)
{
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
}

/* Whoever is free reads the next chunk: threads and the caller needn't be equally fast. */
static void *parse_some(void *context)
{
    struct chunk_half *half = context;
    unsigned i;
    while ((i = atomic_fetch_add(&half->begun, 1)) < half->count)
        parse(&half->items[i]);
    return NULL;
}

static void copy_block(struct chunk *chunk, const struct block *block)
{
    vpi_arena_reset(&chunk->arena);
    chunk->rows = NULL;
    chunk->count = chunk->capacity = 0;
    uint8_t *text = vpi_arena_bytes(&chunk->arena, block->text.len);
    chunk->block.line = block->line;
    chunk->block.text = span_of(text, text ? block->text.len : 0);
    if (text) /* the next block overwrites this one */
        memcpy(text, block->text.data, block->text.len);
    chunk->failed = !text;
}

/* Fills a half with blocks, and lets threads read them. */
static void start(struct chunks *chunks, struct chunk_half *half)
{
    struct block block;
    unsigned most = chunks->lanes > 1 ? chunks->lanes + 1 : 1;
    half->count = half->started = 0;
    while (half->count < most && vpi_blocks_next(chunks->blocks, &block))
        copy_block(&half->items[half->count++], &block);
    atomic_store(&half->begun, 0);
    while (half->started + 1 < chunks->lanes && half->started < half->count &&
           pthread_create(&half->threads[half->started], NULL, parse_some, half) == 0)
        half->started++;
}

static void finish(struct chunk_half *half)
{
    parse_some(half);
    for (unsigned i = 0; i < half->started; i++)
        pthread_join(half->threads[i], NULL);
    half->started = 0;
}

void vpi_chunks_begin(struct chunks *chunks, unsigned threads)
{
    chunks->lanes = threads > CHUNK_LANES_MOST ? CHUNK_LANES_MOST : threads > 1 ? threads : 1;
    for (unsigned i = 0; i < 2 * CHUNK_HALF_MOST; i++) {
        struct chunk *chunk = &chunks->halves[i / CHUNK_HALF_MOST].items[i % CHUNK_HALF_MOST];
        vpi_arena_init(&chunk->arena, 0);
        chunk->of = chunks;
    }
    chunks->half = 0; /* taken, as it were, and empty */
    chunks->halves[0].count = 0;
    chunks->next = 0;
    start(chunks, &chunks->halves[1]);
}

const struct chunk *vpi_chunks_next(struct chunks *chunks)
{
    struct chunk_half *half = &chunks->halves[chunks->half];
    if (chunks->next == half->count) {
        struct chunk_half *other = &chunks->halves[1 - chunks->half];
        finish(other);
        start(chunks, half);
        chunks->half = 1 - chunks->half;
        chunks->next = 0;
        half = other;
        if (half->count == 0)
            return NULL;
    }
    return &half->items[chunks->next++];
}

void vpi_chunks_end(struct chunks *chunks)
{
    struct chunk_half *other = &chunks->halves[1 - chunks->half];
    atomic_store(&other->begun, other->count); /* nobody wants the rest */
    finish(other);
    for (unsigned i = 0; i < 2 * CHUNK_HALF_MOST; i++)
        vpi_arena_done(&chunks->halves[i / CHUNK_HALF_MOST].items[i % CHUNK_HALF_MOST].arena);
}
