/* elf_package.c - the package note's JSON: one flat object of strings
 *
 * A bounded walk without recursion.  Values that are no strings are skipped with all that is inside
 * them; what isn't JSON ends it.  Escapes are resolved; surrogate halves without their other half
 * become U+FFFD.
 */
#include "base/text.h"
#include "format/elf.h"

enum { FIELDS_MOST = 64, FIELD_LEN_MOST = 64 };

struct json {
    struct span all;
    size_t off;
};

static int peek(const struct json *j)
{
    return j->off < j->all.len ? j->all.data[j->off] : -1;
}

static void blank_skip(struct json *j)
{
    while (peek(j) == ' ' || peek(j) == '\t' || peek(j) == '\n' || peek(j) == '\r')
        j->off++;
}

static bool take(struct json *j, int c)
{
    blank_skip(j);
    if (peek(j) != c)
        return false;
    j->off++;
    return true;
}

static bool hex4(const struct json *j, size_t off, uint32_t *ret)
{
    struct span digits;
    uint32_t value = 0;
    if (!span_sub(j->all, off, 4, &digits))
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = digits.data[i];
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *ret = value;
    return true;
}

/* What follows "\u", perhaps with the second half of a pair: j->off ends behind it. */
static bool unicode_read(struct json *j, uint32_t *ret)
{
    uint32_t c, low;
    if (!hex4(j, j->off, &c))
        return false;
    j->off += 4;
    if (c >= 0xd800 && c < 0xdc00 && j->all.len - j->off >= 6 && j->all.data[j->off] == '\\' &&
        j->all.data[j->off + 1] == 'u' && hex4(j, j->off + 2, &low) && low >= 0xdc00 &&
        low < 0xe000) {
        j->off += 6;
        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
    }
    *ret = c >= 0xd800 && c < 0xe000 ? 0xfffd : c;
    return true;
}

static bool escape_read(struct json *j, uint32_t *ret)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(j);
    if (c < 0)
        return false;
    j->off++;
    if (c == 'u')
        return unicode_read(j, ret);
    const char *at = c ? strchr(from, c) : NULL;
    if (at)
        *ret = (uint8_t)to[at - from];
    return at != NULL;
}

/* A string; its text, never longer than its source, goes to `to`. */
static bool string_read(struct json *j, uint8_t *to, size_t *ret_len)
{
    size_t used = 0;
    if (!take(j, '"'))
        return false;
    for (int c; (c = peek(j)) != '"';) {
        uint32_t code;
        if (c < ' ')
            return false;
        j->off++;
        if (c != '\\')
            to[used++] = (uint8_t)c;
        else if (escape_read(j, &code))
            used += vpi_text_put(code, to + used);
        else
            return false;
    }
    j->off++;
    *ret_len = used;
    return true;
}

/* Skips a value that is no string, up to the comma or brace behind it. */
static bool other_skip(struct json *j, uint8_t *scratch)
{
    size_t depth = 0, len;
    for (;;) {
        blank_skip(j);
        int c = peek(j);
        if (c < 0)
            return false;
        if (c == '"') {
            if (!string_read(j, scratch, &len))
                return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}'))
            return true;
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return false;
            depth--;
        }
        j->off++;
    }
}

static bool no_memory(struct elf *elf)
{
    vpi_image_gap(elf->image, VP_GAP_MEMORY_LIMIT, "the package note");
    return false;
}

static bool field_read(struct elf *elf, struct json *j, uint8_t *scratch, uint64_t off)
{
    struct arena *arena = elf->image->arena;
    size_t len;
    if (!string_read(j, scratch, &len) || !take(j, ':'))
        return false;
    const char *field = vpi_arena_text(arena, span_first(span_of(scratch, len), FIELD_LEN_MOST));
    if (!field)
        return no_memory(elf);
    blank_skip(j);
    if (peek(j) != '"')
        return other_skip(j, scratch);
    size_t start = j->off;
    if (!string_read(j, scratch, &len))
        return false;
    const char *value = vpi_arena_text(arena, span_of(scratch, len));
    if (!value)
        return no_memory(elf);
    struct image_text *text =
        len ? vpi_elf_text(elf, TEXT_PACKAGE, field, span_of(value, len), off + start) : NULL;
    if (text)
        text->len = j->off - start;
    return true;
}

void vpi_elf_package_read(struct elf *elf, struct span bytes, uint64_t off)
{
    struct json j = {.all = bytes};
    uint8_t *scratch = vpi_arena_alloc(elf->image->arena, bytes.len + 1);
    unsigned fields = 0;
    if (!scratch) {
        (void)no_memory(elf);
        return;
    }
    bool good = take(&j, '{');
    bool more = good && !take(&j, '}');
    while (more && fields++ < FIELDS_MOST) {
        good = field_read(elf, &j, scratch, off);
        more = good && take(&j, ',');
    }
    if (!good)
        vpi_image_note(elf->image, VP_NOTE_MALFORMED, off, "the package note");
}
