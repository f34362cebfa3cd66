/* package_text.c - the fields of a deb package's control file (deb-control(5))
 *
 *     Name: value
 *      more of the value
 */
#include "container/package.h"

#include <archive.h>
#include <archive_entry.h>

enum { CONTROL_MOST = 256 << 10, ENTRIES_MOST = 64, FIELD_MOST = 4096, FIELDS_MOST = 256 };

static const struct {
    const char *name, *field;
} fields[] = {{"Package", "name"},
              {"Version", "version"},
              {"Maintainer", "maintainer"},
              {"Original-Maintainer", "maintainer"},
              {"Vendor", "vendor"},
              {"Homepage", "url"},
              {"Description", "summary"},
              {"Architecture", "Architecture"},
              {"Source", "Source"},
              {"Section", "Section"},
              {"Origin", "Origin"},
              {"License", "License"},
              {"Bugs", "Bugs"}};

/* Names of fields are compared without case. */
static bool same_name(struct span name, const char *with)
{
    if (name.len != strlen(with))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t a = name.data[i], b = (uint8_t)with[i];
        a = a >= 'A' && a <= 'Z' ? (uint8_t)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (uint8_t)(b + 32) : b;
        if (a != b)
            return false;
    }
    return true;
}

static void line_take(struct image *image, struct span line)
{
    const uint8_t *colon = memchr(line.data, ':', line.len);
    if (!colon || line.data[0] == ' ' || line.data[0] == '\t')
        return; /* more of a value: only first lines are read */
    struct span name = span_first(line, (uint64_t)(colon - line.data));
    struct span value = span_from(line, name.len + 1);
    while (value.len && value.data[0] == ' ')
        value = span_from(value, 1);
    value = span_first(value, FIELD_MOST);
    for (size_t i = 0; value.len && i < sizeof fields / sizeof *fields; i++) {
        if (!same_name(name, fields[i].name))
            continue;
        struct image_text *text = vpi_image_text(image);
        if (text)
            *text = (struct image_text){
                .group = TEXT_PACKAGE, .field = fields[i].field, .utf8 = value, .off = VP_NONE};
        return;
    }
}

static void control_take(struct image *image, struct span text)
{
    for (unsigned lines = 0; text.len && lines < FIELDS_MOST; lines++) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        struct span line = span_first(text, end ? (uint64_t)(end - text.data) : text.len);
        if (line.len)
            line_take(image, line);
        text = span_from(text, line.len + 1);
    }
}

static bool is_control(const char *name)
{
    return name && (strcmp(name, "./control") == 0 || strcmp(name, "control") == 0);
}

static void control_read(struct container *c, struct archive *archive)
{
    struct archive_entry *entry;
    for (unsigned i = 0; i < ENTRIES_MOST; i++) {
        int status = archive_read_next_header(archive, &entry);
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            break;
        int64_t size = archive_entry_size(entry);
        if (size < 0 || (uint64_t)size > *c->limits.expanded)
            break;
        *c->limits.expanded -= (uint64_t)size;
        if (!is_control(archive_entry_pathname(entry)))
            continue;
        if (size > CONTROL_MOST)
            break;
        uint8_t *bytes = vpi_arena_bytes(c->arena, (size_t)size + 1);
        la_ssize_t len = bytes ? archive_read_data(archive, bytes, (size_t)size) : -1;
        if (len > 0) {
            control_take(c->image, span_of(bytes, (size_t)len));
            return;
        }
        break;
    }
    vpi_image_note(c->image, VP_NOTE_MALFORMED, VP_NONE, "the package's control file");
}

void vpi_package_control(struct container *c, const struct source_range *range)
{
    struct packed packed;
    if (vpi_packed_open(&packed, PACKED_TAR, c, range))
        control_read(c, packed.archive);
    else
        vpi_image_gap(c->image, VP_GAP_UNSUPPORTED, "the package's control file");
    vpi_packed_close(&packed);
}
