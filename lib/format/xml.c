/* xml.c - single values out of a small XML text (XML 1.0, 2.4, 2.5, 3.1) */
#include "format/xml.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool begins(struct span text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.data, word, len) == 0;
}

/* Moves behind the next `word`; false and the end when there is none. */
static bool skip_past(struct span *rest, const char *word)
{
    size_t len = strlen(word);
    while (rest->len >= len) {
        const uint8_t *at = memchr(rest->data, word[0], rest->len - len + 1);
        if (!at)
            break;
        *rest = span_from(*rest, (uint64_t)(at - rest->data));
        if (begins(*rest, word)) {
            *rest = span_from(*rest, len);
            return true;
        }
        *rest = span_from(*rest, 1);
    }
    *rest = span_of(rest->data, 0);
    return false;
}

/* The name at the beginning without its prefix; `ret_len` with it. */
static struct span local_name(struct span rest, size_t *ret_len)
{
    size_t len = 0, from = 0;
    while (len < rest.len && !is_blank(rest.data[len]) && rest.data[len] != '>' &&
           rest.data[len] != '/' && rest.data[len] != '=') {
        if (rest.data[len] == ':')
            from = len + 1;
        len++;
    }
    *ret_len = len;
    return span_of(rest.data + from, len - from);
}

/* The tag that begins at `rest` (behind "<"), up to its ">" outside of quotes; `rest` moves on. */
static struct span tag_rest(struct span *rest)
{
    uint8_t quote = 0;
    size_t at = 0;
    for (; at < rest->len && (quote || rest->data[at] != '>'); at++) {
        uint8_t c = rest->data[at];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
    }
    struct span tag = span_first(*rest, at);
    *rest = span_from(*rest, at + 1);
    return tag;
}

/* The first start tag of `element`; `rest` begins behind it afterwards. */
static bool find(struct span *rest, const char *element, struct span *ret)
{
    size_t len;
    while (skip_past(rest, "<")) {
        if (begins(*rest, "!--")) {
            (void)skip_past(rest, "-->");
            continue;
        }
        if (rest->len == 0 || rest->data[0] == '/')
            continue;
        bool hit = span_equal(local_name(*rest, &len), span_text(element));
        *rest = span_from(*rest, len);
        struct span tag = tag_rest(rest);
        if (hit) {
            *ret = tag;
            return true;
        }
    }
    return false;
}

bool vpi_xml_tag(struct span xml, const char *element, struct span *ret)
{
    return find(&xml, element, ret);
}

bool vpi_xml_attribute(struct span tag, const char *name, struct span *ret)
{
    size_t len;
    while (tag.len) {
        while (tag.len && (is_blank(tag.data[0]) || tag.data[0] == '/'))
            tag = span_from(tag, 1);
        bool hit = span_equal(local_name(tag, &len), span_text(name));
        tag = span_from(tag, len);
        while (tag.len && tag.data[0] != '"' && tag.data[0] != '\'')
            tag = span_from(tag, 1);
        if (tag.len < 2)
            return false;
        const uint8_t *end = memchr(tag.data + 1, tag.data[0], tag.len - 1);
        if (!end)
            return false;
        if (hit) {
            *ret = span_of(tag.data + 1, (size_t)(end - tag.data) - 1);
            return true;
        }
        tag = span_from(tag, (uint64_t)(end - tag.data) + 1);
    }
    return false;
}

bool vpi_xml_element(struct span xml, const char *element, struct span *ret)
{
    struct span tag, name;
    size_t len;
    if (!find(&xml, element, &tag) || (tag.len && tag.data[tag.len - 1] == '/'))
        return false;
    struct span rest = xml;
    while (skip_past(&rest, "</")) {
        name = local_name(rest, &len);
        if (!span_equal(name, span_text(element)))
            continue;
        *ret = span_of(xml.data, (size_t)(rest.data - xml.data) - 2);
        return true;
    }
    return false;
}

/* The character that a name behind "&" stands for; how many bytes of the text it took, or 0. */
static size_t reference(struct span text, uint8_t *to)
{
    static const struct {
        const char *name;
        char character;
    } names[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (begins(text, names[i].name)) {
            *to = (uint8_t)names[i].character;
            return strlen(names[i].name);
        }
    }
    return 0;
}

bool vpi_xml_text(struct arena *arena, struct span value, struct span *ret)
{
    while (value.len && is_blank(value.data[0]))
        value = span_from(value, 1);
    while (value.len && is_blank(value.data[value.len - 1]))
        value.len--;
    uint8_t *to = vpi_arena_bytes(arena, value.len + 1);
    size_t used = 0;
    if (!to)
        return false;
    while (value.len) {
        uint8_t c = value.data[0];
        value = span_from(value, 1);
        size_t taken = c == '&' ? reference(value, &c) : 0;
        to[used++] = c;
        value = span_from(value, taken);
    }
    *ret = span_of(to, used);
    return true;
}
