/* build.c - a database from any number of keys: add, sort, merge, write */
#include "set/build.h"

#include <errno.h>
#include <stdio.h>

#include "set/emit.h"
#include "set/sink.h"

enum { MEMORY_USUAL = 512 << 20, PATH_MOST = 4096 };

struct vpi_build {
    struct arena *arena;
    struct build_options options;
    struct sorter sorter;
    struct strings strings;
    struct emit emit;
    uint32_t last[4]; /* strings of the last record: often those of the next */
    bool *kinds;      /* by number: has keys */
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
    bool *kinds = vpi_arena_array(arena, 65536, sizeof *kinds);
    if (!build || !kinds || !vpi_strings_init(&build->strings, arena))
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    build->arena = arena;
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

enum vp_status vpi_build_add(struct vpi_build *build, struct hash128 key,
                             const struct db_record *record, struct vp_error *err)
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
        .group = (uint8_t)vpi_build_group(record->kind),
    };
    if (build->strings.text.failed)
        return vpi_fail(err, VP_E_MEMORY, "no memory for the texts of a database");
    build->kinds[record->kind] = true;
    return vpi_sorter_add(&build->sorter, &item, err);
}

/* The texts of everything but keys.  They are numbered before the first record is written. */
static bool add_texts(struct vpi_build *build, const struct write_content *c)
{
    struct strings *strings = &build->strings;
    for (size_t i = 0; i < c->kind_count; i++) {
        if (build->kinds[c->kinds[i].number])
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

enum vp_status vpi_build_write(struct vpi_build *build, const struct write_content *content,
                               struct sink *sink, struct vp_error *err)
{
    struct output strings = {.arena = build->arena};
    if (content->subject_count >= VPDB_NO_ROW || content->gate_count >= VPDB_NO_ROW)
        return vpi_fail(err, VP_E_SET, "the set is too large for a database");
    if (!add_texts(build, content) || !vpi_strings_sort(&build->strings, &strings))
        return vpi_fail(err, VP_E_MEMORY, "no memory for the texts of a database");
    enum vp_status status = vpi_sorter_end(&build->sorter, err);
    if (status == VP_OK)
        status = vpi_emit_init(&build->emit, build->arena, &build->strings,
                               (uint32_t)content->gate_count, build->options.beside, err);
    if (status == VP_OK)
        status = vpi_emit_all(&build->emit, &build->sorter, err);
    vpi_sorter_done(&build->sorter);
    if (status == VP_OK)
        status = vpi_write_chunks(build->arena, content, &build->emit, &build->strings,
                                  span_of(strings.data, strings.len), sink, err);
    return status;
}

enum vp_status vpi_build_file(struct vpi_build *build, const struct write_content *content,
                              const char *path, struct vp_error *err)
{
    char beside[PATH_MOST];
    int len = snprintf(beside, sizeof beside, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof beside)
        return vpi_fail(err, VP_E_ARGUMENT, "%s: too long a path", path);
    struct sink sink;
    FILE *file = fopen(beside, "wbx");
    if (!file)
        return vpi_fail_errno(err, VP_E_IO, errno, "%s", beside);
    /* The sink's own buffer is written as it is: a second one would shift its pieces. */
    enum vp_status status = VP_OK;
    if (setvbuf(file, NULL, _IONBF, 0) != 0 || !vpi_sink_init(&sink, build->arena, NULL, file))
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    if (status == VP_OK)
        status = vpi_build_write(build, content, &sink, err);
    if (fclose(file) != 0 && status == VP_OK)
        status = vpi_fail_errno(err, VP_E_IO, errno, "%s", beside);
    if (status == VP_OK && rename(beside, path) != 0)
        status = vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
    if (status != VP_OK)
        remove(beside);
    return status;
}
