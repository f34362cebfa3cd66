/* plist.c - property lists in XML (Apple's PropertyList-1.0.dtd)
 *
 *     <plist><dict> <key>CFBundleName</key><string>Thing</string> ... </dict></plist>
 *
 * A walk over the tags that counts how deep in <dict> and <array> it is; each byte is looked at a
 * bounded number of times.
 */
#include "format/plist.h"

#include "base/text.h"

static const char *const fields[] = {"CFBundleIdentifier",         "CFBundleName",
                                     "CFBundleDisplayName",        "CFBundleExecutable",
                                     "CFBundleShortVersionString", "CFBundleVersion",
                                     "CFBundleGetInfoString",      "NSHumanReadableCopyright"};

enum { ENTITY_MOST = 12 };

const char *vpi_plist_field(struct span key)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (span_equal(key, span_text(fields[i])))
            return fields[i];
    }
    return NULL;
}

void vpi_plist_text(struct image *image, const char *field, struct span utf8, uint64_t off,
                    uint64_t len)
{
    struct image_text *text = utf8.len ? vpi_image_text(image) : NULL;
    if (!text)
        return;
    text->field = field;
    text->utf8 = utf8;
    text->off = off;
    text->len = len;
}

/* The first `mark` in `text`, or its end. */
static size_t find(struct span text, const char *mark)
{
    size_t len = strlen(mark);
    for (size_t at = 0; text.len >= len && at <= text.len - len; at++) {
        const uint8_t *hit = memchr(text.data + at, mark[0], text.len - len + 1 - at);
        if (!hit)
            break;
        at = (size_t)(hit - text.data);
        if (memcmp(hit, mark, len) == 0)
            return at;
    }
    return text.len;
}

bool vpi_plist_tag(struct span all, uint64_t off, struct plist_tag *ret)
{
    for (;;) {
        struct span rest = span_from(all, off);
        size_t at = find(rest, "<");
        if (at == rest.len)
            return false;
        rest = span_from(rest, at + 1);
        const char *mark = ">";
        if (span_equal(span_first(rest, 3), span_text("!--")))
            mark = "-->";
        size_t end = find(rest, mark);
        if (end == rest.len)
            return false;
        off += at + 1 + end + strlen(mark);
        if (rest.data[0] == '!' || rest.data[0] == '?')
            continue;
        struct span body = span_first(rest, end);
        ret->closes = body.len > 0 && body.data[0] == '/';
        ret->empty = body.len > 0 && body.data[body.len - 1] == '/';
        body = span_from(body, ret->closes);
        size_t name = 0;
        while (name < body.len && body.data[name] > ' ' && body.data[name] != '/')
            name++;
        ret->name = span_first(body, name);
        ret->end = off;
        return true;
    }
}

/* The character of "#169" or "#xa9", or 0. */
static uint32_t number_of(struct span name)
{
    bool hex = name.len > 1 && name.data[1] == 'x';
    uint32_t c = 0;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        uint32_t digit = name.data[i] - (uint32_t)'0';
        if (hex && digit > 9)
            digit = (name.data[i] | 0x20u) - 'a' + 10;
        if (digit >= (hex ? 16u : 10u) || c > 0x10ffff)
            return 0;
        c = c * (hex ? 16 : 10) + digit;
    }
    return c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : c;
}

/* The character that `name` between '&' and ';' stands for, or 0. */
static uint32_t entity_of(struct span name)
{
    static const struct {
        const char *name;
        uint32_t c;
    } entities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    if (name.len > 1 && name.data[0] == '#')
        return number_of(name);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (span_equal(name, span_text(entities[i].name)))
            return entities[i].c;
    }
    return 0;
}

/* What isn't an entity stays as it is. */
bool vpi_plist_resolve(struct arena *arena, struct span *text)
{
    if (text->len == 0 || !memchr(text->data, '&', text->len))
        return true;
    uint8_t *to = vpi_arena_alloc(arena, text->len);
    if (!to)
        return false;
    size_t used = 0;
    for (size_t at = 0; at < text->len;) {
        struct span rest = span_from(*text, at);
        struct span name = span_first(rest, ENTITY_MOST);
        size_t end = rest.data[0] == '&' ? find(name, ";") : name.len;
        uint32_t c = end < name.len ? entity_of(span_first(span_from(name, 1), end - 1)) : 0;
        if (c) {
            used += vpi_text_put(c, to + used); /* never longer than the entity */
            at += end + 1;
        } else {
            to[used++] = rest.data[0];
            at++;
        }
    }
    *text = span_of(to, used);
    return true;
}

static bool resolve(struct image *image, struct span *text)
{
    bool good = vpi_plist_resolve(image->arena, text);
    if (!good)
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "the property list");
    return good;
}

/* Up to the next tag. */
struct span vpi_plist_content(struct span all, uint64_t off)
{
    struct span text = span_from(all, off);
    return span_first(text, find(text, "<"));
}

static void xml_read(struct image *image, struct span all, uint64_t off)
{
    const char *field = NULL;
    struct plist_tag tag;
    uint64_t depth = 0;
    for (uint64_t at = 0; vpi_plist_tag(all, at, &tag); at = tag.end) {
        if (span_equal(tag.name, span_text("dict")) || span_equal(tag.name, span_text("array"))) {
            field = NULL;
            if (tag.closes && depth > 0)
                depth--;
            else if (!tag.closes && !tag.empty)
                depth++;
            continue;
        }
        if (depth != 1 || tag.closes || tag.empty) {
            field = tag.empty ? NULL : field;
            continue;
        }
        struct span text = vpi_plist_content(all, tag.end);
        if (span_equal(tag.name, span_text("key"))) {
            field = vpi_plist_field(text);
            continue;
        }
        uint64_t len = text.len;
        text = span_first(text, PLIST_TEXT_MOST);
        if (field && text.len && span_equal(tag.name, span_text("string")) && resolve(image, &text))
            vpi_plist_text(image, field, text, off + tag.end, len);
        field = NULL;
    }
}

void vpi_plist_read(struct image *image, struct span bytes, uint64_t off)
{
    if (span_equal(span_first(bytes, 6), span_text("bplist")))
        vpi_plist_binary_read(image, bytes, off);
    else
        xml_read(image, bytes, off);
}
