/* inf.c - INF files: what a Windows driver package says of itself
 *
 *     [Version]       Signature, Provider, Class, CatalogFile, DriverVer
 *     [Manufacturer]  %name% = models, ...
 *     [SourceDisksNames]  disk = description, tag, , folder
 *     [SourceDisksFiles]  file = disk, folder
 *     [Strings], [Strings.0407]  key = "value", and that in a language
 *
 * "Summary of INF Sections" (Microsoft Learn).  A file is an INF by the Signature in its section
 * Version, which may stand behind a long licence.  Two walks over the lines: the first for what
 * others refer to, the second for what is told.
 */
#include "base/code_page.h"
#include "base/text.h"
#include "base/utf16.h"
#include "format/inf.h"

enum { INF_SEARCH = 64 << 10 };

struct disk {
    struct span decoration, id, folder;
};

struct inf {
    struct image *image;
    struct span text;
    struct inf_strings strings;
    struct disk *disks;
    size_t disk_count, disk_capacity;
    size_t items;
    bool is_signed; /* has the Signature of an INF */
};

static bool begins_utf16(struct span head)
{
    return head.len >= 2 && head.data[0] == 0xff && head.data[1] == 0xfe;
}

/* Whether the bytes have "[version]", of one or two bytes a character. */
static bool has_version(struct span bytes, size_t step)
{
    static const char word[] = "[version]";
    for (size_t at = 0; at + (sizeof word - 1) * step <= bytes.len; at++) {
        size_t i = 0;
        while (i < sizeof word - 1 && (bytes.data[at + i * step] | 0x20) == (word[i] | 0x20))
            i++;
        if (i == sizeof word - 1)
            return true;
    }
    return false;
}

/* A first line that is a comment may begin a long one; else the section must come soon. */
bool vpi_inf_probe(struct span head)
{
    bool wide = begins_utf16(head);
    size_t at = wide ? 2 : 0;
    if (span_equal(span_first(head, 3), span_of("\xef\xbb\xbf", 3)))
        at = 3;
    while (at < head.len && (head.data[at] <= ' ' || head.data[at] == 0))
        at++;
    if (at == head.len || (head.data[at] != ';' && head.data[at] != '['))
        return false;
    return has_version(head, wide ? 2 : 1) || (head.data[at] == ';' && head.len >= SOURCE_HEAD);
}

/* The text in UTF-8.  False: no memory. */
static bool decode(struct inf *inf, struct span bytes)
{
    if (begins_utf16(bytes))
        return vpi_utf16_to_utf8(inf->image->arena, span_from(bytes, 2), &inf->text);
    if (span_equal(span_first(bytes, 3), span_of("\xef\xbb\xbf", 3)))
        bytes = span_from(bytes, 3);
    size_t at = 0, len;
    while (at < bytes.len && (bytes.data[at] < 0x80 || (len = vpi_text_character(bytes, at)) > 0))
        at += bytes.data[at] < 0x80 ? 1 : len;
    inf->text = bytes;
    return at == bytes.len ||
           vpi_code_page_text(inf->image->arena, CODE_PAGE_WESTERN, bytes, &inf->text);
}

/* "0407" or "040c": the language of a section of strings. */
static uint16_t language_of(struct span decoration)
{
    unsigned value = 0;
    for (size_t i = 0; i < decoration.len && i < 4; i++) {
        uint8_t c = decoration.data[i];
        unsigned digit = c >= '0' && c <= '9' ? c - 48u : (c | 0x20u) - 'a' + 10u;
        if (digit > 15)
            return 0;
        value = value << 4 | digit;
    }
    return decoration.len == 4 ? (uint16_t)value : 0;
}

static void full(struct inf *inf, const char *what)
{
    vpi_image_gap(inf->image, inf->image->arena->failed ? VP_GAP_MEMORY_LIMIT : VP_GAP_COUNT_LIMIT,
                  what);
}

static void add_string(struct inf *inf, uint16_t language, const struct inf_line *line)
{
    struct inf_strings *s = &inf->strings;
    struct inf_string *grown =
        s->count < INF_STRINGS_MOST
            ? vpi_arena_grow(inf->image->arena, s->items, s->count, &s->capacity, sizeof *grown)
            : NULL;
    if (!grown) {
        full(inf, "strings of the INF");
        return;
    }
    s->items = grown;
    grown[s->count++] = (struct inf_string){language, line->key, line->value};
}

static void add_language(struct inf *inf, uint16_t language)
{
    struct inf_strings *s = &inf->strings;
    for (size_t i = 0; i < s->language_count; i++) {
        if (s->languages[i] == language)
            return;
    }
    if (language && s->language_count < INF_LANGUAGES_MOST)
        s->languages[s->language_count++] = language;
}

static void add_disk(struct inf *inf, struct span decoration, const struct inf_line *line)
{
    struct span rest = line->value, field = {NULL, 0}, folder = {NULL, 0};
    for (unsigned i = 0; i < 4 && vpi_inf_field(&rest, &field); i++)
        folder = i == 3 ? field : folder;
    struct disk *grown = inf->disk_count < INF_DISKS_MOST
                             ? vpi_arena_grow(inf->image->arena, inf->disks, inf->disk_count,
                                              &inf->disk_capacity, sizeof *grown)
                             : NULL;
    if (!grown) {
        full(inf, "disks of the INF");
        return;
    }
    inf->disks = grown;
    grown[inf->disk_count++] = (struct disk){decoration, line->key, folder};
}

static bool is_signature(struct span value)
{
    return vpi_inf_is(value, "$windows nt$") || vpi_inf_is(value, "$chicago$") ||
           vpi_inf_is(value, "$windows 95$");
}

/* What other lines refer to. */
static void read_first(struct inf *inf)
{
    struct span rest = inf->text, section = {NULL, 0}, decoration;
    struct inf_line line;
    while (vpi_inf_line(&rest, &line)) {
        if (line.is_section) {
            section = line.key;
            if (vpi_inf_section_is(section, "strings", &decoration))
                add_language(inf, language_of(decoration));
        } else if (vpi_inf_is(section, "version") && vpi_inf_is(line.key, "signature")) {
            inf->is_signed |=
                is_signature(vpi_inf_resolve(inf->image->arena, &inf->strings, 0, line.value));
        } else if (line.has_value && vpi_inf_section_is(section, "strings", &decoration)) {
            add_string(inf, language_of(decoration), &line);
        } else if (line.has_value && vpi_inf_section_is(section, "sourcedisksnames", &decoration)) {
            add_disk(inf, decoration, &line);
        }
    }
}

static void add_text(struct inf *inf, const char *field, uint16_t language, struct span utf8)
{
    struct image_text *text = utf8.len ? vpi_image_text(inf->image) : NULL;
    if (!text)
        return;
    text->group = TEXT_INF;
    text->field = field;
    text->utf8 = utf8;
    text->off = text->len = VP_NONE;
    text->language = language;
}

/* The value, and what it is in each language that says it otherwise. */
static void add_value(struct inf *inf, const char *field, struct span value)
{
    struct arena *arena = inf->image->arena;
    struct span plain = vpi_inf_resolve(arena, &inf->strings, 0, value);
    add_text(inf, field, 0, plain);
    if (!memchr(value.data ? (const void *)value.data : "", '%', value.len))
        return;
    for (size_t i = 0; i < inf->strings.language_count; i++) {
        uint16_t language = inf->strings.languages[i];
        struct span other = vpi_inf_resolve(arena, &inf->strings, language, value);
        if (!span_equal(other, plain))
            add_text(inf, field, language, other);
    }
}

static void read_version(struct inf *inf, const struct inf_line *line)
{
    struct span rest = line->value, date, number, decoration;
    if (vpi_inf_is(line->key, "provider")) {
        add_value(inf, "Provider", line->value);
    } else if (vpi_inf_is(line->key, "class")) {
        add_value(inf, "Class", line->value);
    } else if (vpi_inf_section_is(line->key, "catalogfile", &decoration)) {
        add_value(inf, "CatalogFile", line->value);
    } else if (vpi_inf_is(line->key, "driverver") && vpi_inf_field(&rest, &date)) {
        add_value(inf, "DriverDate", date);
        if (vpi_inf_field(&rest, &number))
            add_value(inf, "DriverVersion", number);
    }
}

/* A folder without a dot and a separator around it. */
static struct span folder_trim(struct span folder)
{
    while (folder.len && (folder.data[0] == '\\' || folder.data[0] == '/' ||
                          (folder.data[0] == '.' && folder.len > 1 && folder.data[1] == '\\')))
        folder = span_from(folder, 1);
    if (folder.len == 1 && folder.data[0] == '.')
        folder.len = 0;
    while (folder.len && folder.data[folder.len - 1] == '\\')
        folder.len--;
    return folder;
}

static void add_file(struct inf *inf, struct span disk, struct span folder, struct span name)
{
    struct arena *arena = inf->image->arena;
    disk = folder_trim(vpi_inf_resolve(arena, &inf->strings, 0, disk));
    folder = folder_trim(vpi_inf_resolve(arena, &inf->strings, 0, folder));
    name = vpi_inf_resolve(arena, &inf->strings, 0, name);
    char *path = vpi_arena_printf(arena, "%.*s%s%.*s%s%.*s", (int)disk.len, (const char *)disk.data,
                                  disk.len ? "\\" : "", (int)folder.len, (const char *)folder.data,
                                  folder.len ? "\\" : "", (int)name.len, (const char *)name.data);
    if (path && name.len)
        add_text(inf, "File", 0, span_text(path));
}

/* A file lies in the folder of its disk: that of the same machine, or of all of them. */
static void read_file(struct inf *inf, struct span machine, const struct inf_line *line)
{
    struct span rest = line->value, id, folder = {NULL, 0};
    bool found = false;
    if (!vpi_inf_field(&rest, &id))
        return;
    (void)vpi_inf_field(&rest, &folder);
    for (size_t i = 0; i < inf->disk_count; i++) {
        const struct disk *disk = &inf->disks[i];
        bool fits = machine.len == 0 || disk->decoration.len == 0 ||
                    vpi_inf_same(machine, disk->decoration);
        if (!fits || !vpi_inf_same(disk->id, id))
            continue;
        if (inf->items++ >= INF_ITEMS_MOST) {
            full(inf, "files of the INF");
            return;
        }
        found = true;
        add_file(inf, disk->folder, folder, line->key);
    }
    if (!found && inf->items++ < INF_ITEMS_MOST)
        add_file(inf, span_of(NULL, 0), folder, line->key);
}

/* What is told. */
static void read_second(struct inf *inf)
{
    struct span rest = inf->text, section = {NULL, 0}, machine;
    struct inf_line line;
    while (vpi_inf_line(&rest, &line) && !inf->image->arena->failed) {
        if (line.is_section)
            section = line.key;
        else if (vpi_inf_is(section, "version"))
            read_version(inf, &line);
        else if (vpi_inf_is(section, "manufacturer") && inf->items++ < INF_ITEMS_MOST)
            add_value(inf, "Manufacturer", line.key);
        else if (vpi_inf_section_is(section, "sourcedisksfiles", &machine) && line.has_value)
            read_file(inf, machine, &line);
    }
    if (inf->image->arena->failed || inf->strings.compared >= INF_COMPARED_MOST)
        full(inf, "the INF");
}

void vpi_inf_read(struct image *image, struct source *src)
{
    struct inf inf = {.image = image};
    struct span bytes;
    size_t step;
    if (!vpi_source_get_some(src, 0, INF_SEARCH, &bytes)) {
        vpi_image_short(image, src, 0, "the INF");
        return;
    }
    step = begins_utf16(bytes) ? 2 : 1;
    if (!has_version(bytes, step))
        return;
    if (!vpi_source_get_some(src, 0, INF_BYTES_MOST, &bytes) || !decode(&inf, bytes)) {
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "the INF");
        return;
    }
    read_first(&inf);
    if (!inf.is_signed)
        return;
    image->format = VP_FORMAT_INF;
    if (src->size > INF_BYTES_MOST)
        vpi_image_gap(image, VP_GAP_COUNT_LIMIT, "the INF behind its first 4 MiB");
    read_second(&inf);
}
