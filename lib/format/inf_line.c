/* inf_line.c - lines, values and strings of INF files
 *
 * "General Syntax Rules for INF Files" (Microsoft Learn): a comment begins with ';' outside of
 * quotes, "" in quotes is a quote, %key% is a string of the section Strings, %% a percent sign.
 */
#include "format/inf.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == 0x1a;
}

static struct span trim(struct span s)
{
    size_t start = 0;
    while (start < s.len && is_blank(s.data[start]))
        start++;
    s = span_from(s, start);
    while (s.len > 0 && is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool vpi_inf_same(struct span a, struct span b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return a.len == b.len;
}

bool vpi_inf_is(struct span text, const char *word)
{
    return vpi_inf_same(text, span_text(word));
}

bool vpi_inf_section_is(struct span section, const char *word, struct span *ret_decoration)
{
    size_t len = strlen(word);
    if (!vpi_inf_is(span_first(section, len), word) ||
        (section.len > len && section.data[len] != '.'))
        return false;
    *ret_decoration = span_from(section, section.len > len ? len + 1 : len);
    return true;
}

/* Where the first `mark` outside of quotes is, or the end. */
static size_t find(struct span s, uint8_t mark)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '"')
            quoted = !quoted;
        else if (!quoted && s.data[i] == mark)
            return i;
    }
    return s.len;
}

bool vpi_inf_line(struct span *text, struct inf_line *ret)
{
    while (text->len > 0) {
        const uint8_t *end = memchr(text->data, '\n', text->len);
        size_t len = end ? (size_t)(end - text->data) : text->len;
        struct span line = span_first(*text, len);
        *text = span_from(*text, end ? len + 1 : len);
        line = trim(span_first(line, find(line, ';')));
        if (line.len == 0)
            continue;
        if (line.data[0] == '[') {
            const uint8_t *close = memchr(line.data, ']', line.len);
            size_t name = close ? (size_t)(close - line.data) : line.len;
            *ret = (struct inf_line){.is_section = true,
                                     .key = trim(span_from(span_first(line, name), 1))};
            return true;
        }
        size_t equals = find(line, '=');
        *ret = (struct inf_line){.key = trim(span_first(line, equals)),
                                 .value = trim(span_from(line, equals + 1)),
                                 .has_value = equals < line.len};
        return true;
    }
    return false;
}

bool vpi_inf_field(struct span *value, struct span *ret)
{
    if (!value->data)
        return false;
    size_t comma = find(*value, ',');
    *ret = trim(span_first(*value, comma));
    *value = comma < value->len ? span_from(*value, comma + 1) : span_of(NULL, 0);
    return true;
}

static struct span look_up(struct inf_strings *strings, uint16_t language, struct span key)
{
    struct span found = {NULL, 0};
    for (size_t i = 0; i < strings->count; i++) {
        const struct inf_string *s = &strings->items[i];
        if (strings->compared++ >= INF_COMPARED_MOST)
            break;
        if ((s->language != 0 && s->language != language) || !vpi_inf_same(s->key, key))
            continue;
        if (s->language == language)
            return s->value;
        found = s->value;
    }
    return found;
}

struct writer {
    uint8_t to[INF_VALUE_MOST];
    size_t len;
};

static void put(struct writer *w, uint8_t c)
{
    if (w->len < sizeof w->to)
        w->to[w->len++] = c;
}

/* Takes the quotes off. */
static void put_plain(struct writer *w, struct span value)
{
    bool quoted = false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != '"') {
            put(w, value.data[i]);
        } else if (quoted && i + 1 < value.len && value.data[i + 1] == '"') {
            put(w, '"');
            i++;
        } else {
            quoted = !quoted;
        }
    }
}

struct span vpi_inf_resolve(struct arena *arena, struct inf_strings *strings, uint16_t language,
                            struct span value)
{
    struct writer w = {.len = 0};
    value = span_first(value, INF_VALUE_MOST);
    while (value.len > 0) {
        const uint8_t *open = memchr(value.data, '%', value.len);
        size_t before = open ? (size_t)(open - value.data) : value.len;
        put_plain(&w, span_first(value, before));
        value = span_from(value, open ? before + 1 : before);
        const uint8_t *close = open && value.len ? memchr(value.data, '%', value.len) : NULL;
        if (!close)
            continue;
        struct span key = span_first(value, (uint64_t)(close - value.data));
        value = span_from(value, key.len + 1);
        if (key.len == 0)
            put(&w, '%');
        else
            put_plain(&w, look_up(strings, language, key));
    }
    struct span text = trim(span_of(w.to, w.len));
    char *copy = text.len ? vpi_arena_text(arena, text) : NULL;
    return copy ? span_of(copy, text.len) : span_of(NULL, 0);
}
