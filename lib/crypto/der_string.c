/* der_string.c - string values of any type to UTF-8 */
#include "crypto/certificate.h"

enum {
    NUMERIC_STRING = 0x12,
    VIDEOTEX_STRING = 0x15,
    GRAPHIC_STRING = 0x19,
    VISIBLE_STRING = 0x1a,
    GENERAL_STRING = 0x1b,
    REPLACEMENT = 0xfffd,
    UTF8_LONGEST = 4
};

/* The length of the well-formed sequence that `s` begins with (Unicode, table 3-7), or 0. */
static size_t sequence_len(struct span s)
{
    uint8_t first = s.data[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    size_t len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (s.len < len)
        return 0;
    uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (s.data[1] < least || s.data[1] > most)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if (s.data[i] < 0x80 || s.data[i] > 0xbf)
            return 0;
    }
    return len;
}

static bool is_utf8(struct span s)
{
    while (s.len > 0) {
        size_t len = sequence_len(s);
        if (len == 0)
            return false;
        s = span_from(s, len);
    }
    return true;
}

static size_t utf8_put(uint8_t *out, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = REPLACEMENT;
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)(lead[len] | c);
    return len;
}

/* A big-endian unit of `width` octets; the caller knows that it is there. */
static uint32_t unit_at(struct span s, size_t off, unsigned width)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | s.data[off + i];
    return value;
}

/* Units of 1 (Latin-1), 2 (UTF-16, as writers of BMPString really mean it) or 4 octets. */
static bool transcode(struct arena *arena, struct span s, unsigned width, struct span *ret)
{
    size_t units = s.len / width, used = 0;
    uint8_t *out = vpi_arena_array(arena, units, width == 1 ? 2 : width == 2 ? 3 : UTF8_LONGEST);
    if (!out)
        return false;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = unit_at(s, i * width, width);
        if (width == 2 && c >= 0xd800 && c < 0xdc00 && i + 1 < units) {
            uint32_t low = unit_at(s, (i + 1) * width, width);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }
        }
        used += utf8_put(out + used, c);
    }
    *ret = span_of(out, used);
    return true;
}

/* Types of one octet a character: T61String means Latin-1 in practice, and some writers put UTF-8
 * into any of them or Latin-1 into UTF8String.  What is well-formed UTF-8 is taken as such. */
bool vpi_der_string(struct arena *arena, const struct der_value *value, struct span *ret)
{
    switch (value->tag) {
    case DER_UTF8_STRING:
    case NUMERIC_STRING:
    case DER_PRINTABLE_STRING:
    case DER_T61_STRING:
    case VIDEOTEX_STRING:
    case DER_IA5_STRING:
    case GRAPHIC_STRING:
    case VISIBLE_STRING:
    case GENERAL_STRING:
        if (!is_utf8(value->content))
            return transcode(arena, value->content, 1, ret);
        *ret = value->content;
        return true;
    case DER_BMP_STRING:
        return transcode(arena, value->content, 2, ret);
    case DER_UNIVERSAL_STRING:
        return transcode(arena, value->content, 4, ret);
    default:
        return false;
    }
}
