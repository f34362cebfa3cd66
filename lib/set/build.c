/* build.c - a database from any number of keys: add, sort, merge, write */
#include "set/build.h"

#include "io/folder.h"
#include "set/emit.h"
#include "set/gates.h"
#include "set/sink.h"

enum { MEMORY_USUAL = 512 << 20 };

struct vpi_build {
    struct arena *arena;
    struct build_options options;
    struct sorter sorter;
    struct strings strings;
    struct emit emit;
    struct gates gates; /* of vpi_build_gate */
    uint32_t last[4];   /* strings of the last record: often those of the next */
    uint8_t *kinds;     /* a bit a number: has keys */
};

/* Exact digests, structure and signers; texts and names; likeness.  A private kind is exact. */
unsigned vpi_build_group(unsigned kind)
{
    switch (kind >> 8) {
    case 0x04:
    case 0x05:
        return 1;
    case 0x06:
        return 2;
    default:
        return 0;
    }
}

enum vp_status vpi_build_new(const struct build_options *options, struct arena *arena,
                             struct vpi_build **ret_build, struct vp_error *err)
{
    struct vpi_build *build = vpi_arena_alloc(arena, sizeof *build);
    uint8_t *kinds = vpi_arena_alloc(arena, 65536 / 8);
    if (!build || !kinds || !vpi_strings_init(&build->strings, arena))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    build->arena = arena;
    build->gates.arena = arena;
    build->kinds = kinds;
    build->options = *options;
    vpi_sorter_init(&build->sorter, options->beside,
                    options->memory ? options->memory : (size_t)MEMORY_USUAL, options->threads);
    *ret_build = build;
    return VP_OK;
}

void vpi_build_free(struct vpi_build *build)
{
    if (!build)
        return;
    vpi_sorter_done(&build->sorter);
    vpi_emit_done(&build->emit);
}

/* The ordinal of a record's text number `field`. */
static uint32_t string_of(struct vpi_build *build, unsigned field, const char *text)
{
    const struct strings *strings = &build->strings;
    const struct string_row *last = &strings->rows[build->last[field]];
    if (text && strcmp((const char *)strings->text.data + last->off, text) == 0)
        return build->last[field];
    return build->last[field] = vpi_strings_add(&build->strings, text);
}

static bool has_kind(const struct vpi_build *build, unsigned kind)
{
    return build->kinds[kind / 8] >> kind % 8 & 1;
}

enum vp_status vpi_build_add_at(struct vpi_build *build, struct hash128 key,
                                const struct db_record *record, struct build_place place,
                                struct vp_error *err)
{
    struct sort_item item = {
        .key = key,
        .version = string_of(build, 0, record->version),
        .file = string_of(build, 1, record->file),
        .source = string_of(build, 2, record->source),
        .date = string_of(build, 3, record->date),
        .subject = record->subject,
        .gate = record->gate,
        .kind = record->kind,
        .relation = (uint8_t)record->relation,
        .confidence = (uint8_t)record->confidence,
        .deprecated = record->deprecated,
        .was_signed = record->was_signed,
        .group = (uint8_t)vpi_build_group(record->kind),
        .column = (uint16_t)(place.column < UINT16_MAX ? place.column : UINT16_MAX),
        .line = place.line,
        .origin = place.origin,
    };
    if (build->strings.text.failed)
        return vpi_fail(err, VP_E_MEMORY, "no memory for the texts of a database");
    build->kinds[record->kind / 8] |= (uint8_t)(1u << record->kind % 8);
    return vpi_sorter_add(&build->sorter, &item, err);
}

enum vp_status vpi_build_add(struct vpi_build *build, struct hash128 key,
                             const struct db_record *record, struct vp_error *err)
{
    return vpi_build_add_at(build, key, record, (struct build_place){0, 0, 0}, err);
}

uint32_t vpi_build_gate(struct vpi_build *build, const struct db_gate *gate)
{
    return vpi_gates_add(&build->gates, gate);
}

enum vp_status vpi_build_shared(struct vpi_build *build,
                                void (*take)(void *context, struct sort_item *items, size_t count),
                                void *context, struct vp_error *err)
{
    struct sort_item *same = NULL, item;
    size_t count = 0, capacity = 0;
    enum vp_status status = vpi_sorter_end(&build->sorter, err);
    if (status != VP_OK)
        return status;
    while (vpi_sorter_next(&build->sorter, &item)) {
        if (count > 0 && (same->group != item.group || same->key.high != item.key.high ||
                          same->key.low != item.key.low)) {
            if (count > 1)
                take(context, same, count);
            count = 0;
        }
        struct sort_item *grown =
            vpi_arena_grow(build->arena, same, count, &capacity, sizeof *same);
        if (!grown)
            return vpi_fail(err, VP_E_MEMORY, "no memory for the records of a key");
        same = grown;
        same[count++] = item;
    }
    if (count > 1)
        take(context, same, count);
    return build->sorter.failed ? vpi_fail(err, VP_E_IO, "sorted runs can't be read") : VP_OK;
}

/* The texts of everything but keys.  They are numbered before the first record is written. */
static bool add_texts(struct vpi_build *build, const struct write_content *c)
{
    struct strings *strings = &build->strings;
    for (size_t i = 0; i < c->kind_count; i++) {
        if (has_kind(build, c->kinds[i].number))
            vpi_strings_add(strings, c->kinds[i].name);
    }
    for (size_t i = 0; i < c->subject_count; i++) {
        vpi_strings_add(strings, c->subjects[i].id);
        vpi_strings_add(strings, c->subjects[i].name);
    }
    for (size_t i = 0; i < c->policy_count; i++) {
        vpi_strings_add(strings, c->policies[i].id);
        vpi_strings_add(strings, c->policies[i].title);
        vpi_strings_add(strings, c->policies[i].basis);
        vpi_strings_add(strings, c->policies[i].since);
    }
    for (size_t i = 0; i < c->rule_count; i++)
        vpi_strings_add(strings, c->rules[i].why);
    for (size_t i = 0; i < c->calibration_count; i++)
        vpi_strings_add(strings, c->calibrations[i].source);
    for (size_t i = 0; i < c->anchor_count; i++) {
        vpi_strings_add(strings, c->anchors[i].row.name);
        vpi_strings_add(strings, c->anchors[i].source);
        vpi_strings_add(strings, c->anchors[i].key);
    }
    return !strings->text.failed;
}

static enum vp_status emit_keys(struct vpi_build *build, const struct write_content *content,
                                struct vp_error *err)
{
    struct emit *emit = &build->emit;
    vpi_emit_done(emit); /* of the last time */
    enum vp_status status =
        vpi_emit_init(emit, build->arena, &build->strings, (uint32_t)content->gate_count,
                      build->options.beside, err);
    if (status == VP_OK)
        status = vpi_sorter_end(&build->sorter, err);
    emit->gate_rows = build->gates.count ? build->gates.rows : NULL;
    if (status == VP_OK)
        status = vpi_emit_all(emit, &build->sorter, err);
    return status;
}

enum vp_status vpi_build_write(struct vpi_build *build, const struct write_content *caller_content,
                               struct sink *sink, struct vp_error *err)
{
    struct output strings = {.arena = build->arena};
    struct write_content content = *caller_content;
    if (!vpi_gates_sort(&build->gates))
        return vpi_fail(err, VP_E_MEMORY, "no memory for the gates of a database");
    if (build->gates.count) {
        content.gates = build->gates.sorted;
        content.gate_count = build->gates.count;
    }
    if (content.subject_count >= VPDB_NO_ROW || content.gate_count >= VPDB_NO_ROW)
        return vpi_fail(err, VP_E_SET, "the set is too large for a database");
    if (!add_texts(build, &content) || !vpi_strings_sort(&build->strings, &strings))
        return vpi_fail(err, VP_E_MEMORY, "no memory for the texts of a database");
    enum vp_status status = emit_keys(build, &content, err);
    if (status == VP_OK)
        status = vpi_write_chunks(build->arena, &content, &build->emit, &build->strings,
                                  span_of(strings.data, strings.len), sink, err);
    return status;
}

enum vp_status vpi_build_file(struct vpi_build *build, const struct write_content *content,
                              const char *path, struct vp_error *err)
{
    struct file_new file;
    struct sink sink;
    enum vp_status status = vpi_file_begin(&file, path, build->arena, err);
    if (status != VP_OK)
        return status;
    /* The sink's own buffer is written as it is: a second one would shift its pieces. */
    if (setvbuf(file.stream, NULL, _IONBF, 0) != 0 ||
        !vpi_sink_init(&sink, build->arena, NULL, file.stream))
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    if (status == VP_OK) {
        if (build->options.threads > 1)
            vpi_sink_thread(&sink);
        status = vpi_build_write(build, content, &sink, err);
        vpi_sink_done(&sink);
    }
    return vpi_file_end(&file, status, err);
}
