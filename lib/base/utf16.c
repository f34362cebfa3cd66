/* utf16.c - UTF-16LE, as Windows structures hold it */
#include "base/utf16.h"
#include "base/text.h"

enum { REPLACEMENT = 0xfffd };

static uint32_t unit_at(struct span utf16, size_t index)
{
    return (uint32_t)utf16.data[index * 2] | (uint32_t)utf16.data[index * 2 + 1] << 8;
}

/* The character that begins at unit *index, which moves behind it (The Unicode Standard, 3.9). */
static uint32_t character_at(struct span utf16, size_t *index)
{
    uint32_t unit = unit_at(utf16, (*index)++);
    if (unit < 0xd800 || unit > 0xdfff)
        return unit;
    if (unit > 0xdbff || *index >= utf16.len / 2)
        return REPLACEMENT;
    uint32_t low = unit_at(utf16, *index);
    if (low < 0xdc00 || low > 0xdfff)
        return REPLACEMENT;
    (*index)++;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

bool vpi_utf16_to_utf8(struct arena *arena, struct span utf16, struct span *ret)
{
    size_t units = utf16.len / 2, len = 0;
    uint8_t scratch[4];
    for (size_t i = 0; i < units;)
        len += vpi_text_put(character_at(utf16, &i), scratch);
    uint8_t *text = vpi_arena_alloc(arena, len + 1);
    if (!text)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < units;)
        at += vpi_text_put(character_at(utf16, &i), text + at);
    *ret = span_of(text, len);
    return true;
}

struct span vpi_utf16_until_nul(struct span bytes, uint64_t off, size_t most)
{
    struct span rest = span_from(bytes, off);
    size_t units = rest.len / 2, count = 0;
    if (units > most)
        units = most;
    while (count < units && unit_at(rest, count) != 0)
        count++;
    return span_first(rest, (uint64_t)count * 2);
}

bool vpi_utf16_begins(struct span utf16, const char *ascii)
{
    size_t len = strlen(ascii);
    if (utf16.len / 2 < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (unit_at(utf16, i) != (uint8_t)ascii[i])
            return false;
    }
    return true;
}

bool vpi_utf16_equal(struct span utf16, const char *ascii)
{
    return utf16.len / 2 == strlen(ascii) && vpi_utf16_begins(utf16, ascii);
}
