/* value.c - the text of a value to canonical bytes and back, by the kind's form */
#include "feature/feature.h"

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool parse_hex(struct span text, uint8_t *to)
{
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        int high = hex_digit(text.data[i]), low = hex_digit(text.data[i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i / 2] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool digits_value(struct arena *arena, size_t least, size_t most, struct span text,
                         struct span *ret, const char **ret_why)
{
    *ret_why = "not the right number of hexadecimal digits";
    if (text.len % 2 != 0 || text.len / 2 < least || text.len / 2 > most)
        return false;
    *ret_why = "no memory";
    uint8_t *bytes = vpi_arena_alloc(arena, text.len / 2);
    if (!bytes)
        return false;
    *ret_why = "not hexadecimal";
    if (!parse_hex(text, bytes))
        return false;
    *ret = span_of(bytes, text.len / 2);
    return true;
}

/* 16 bytes of XXH3-128 in its canonical order, then the length as 64 bits, little-endian. */
static bool sized_value(struct arena *arena, struct span text, struct span *ret,
                        const char **ret_why)
{
    *ret_why = "not 32 hexadecimal digits, a colon and a length";
    if (text.len < 34 || text.len > 33 + 20 || text.data[32] != ':')
        return false;
    uint64_t len = 0;
    for (size_t i = 33; i < text.len; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9 || len > (UINT64_MAX - digit) / 10)
            return false;
        len = len * 10 + digit;
    }
    uint8_t hash[16];
    if (!parse_hex(span_first(text, 32), hash))
        return false;
    *ret_why = "no memory";
    uint8_t *bytes = vpi_arena_alloc(arena, 24);
    if (!bytes)
        return false;
    memcpy(bytes, hash, 16);
    for (unsigned i = 0; i < 8; i++)
        bytes[16 + i] = (uint8_t)(len >> (8 * i));
    *ret = span_of(bytes, 24);
    return true;
}

/* Bytes as they are, but \xHH is the byte HH. */
static bool bytes_value(struct arena *arena, struct span text, struct span *ret,
                        const char **ret_why)
{
    *ret_why = text.len ? "no memory" : "empty";
    uint8_t *bytes = text.len ? vpi_arena_alloc(arena, text.len) : NULL;
    if (!bytes)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '\\') {
            bytes[len++] = text.data[i];
            continue;
        }
        *ret_why = "a backslash is no \\xHH";
        if (text.len - i < 4 || text.data[i + 1] != 'x' ||
            !parse_hex(span_of(text.data + i + 2, 2), bytes + len))
            return false;
        len++;
        i += 3;
    }
    *ret = span_of(bytes, len);
    return true;
}

bool vpi_canonical_value(struct arena *arena, const struct kind *kind, struct span text,
                         struct span *ret, const char **ret_why)
{
    switch (kind->form) {
    case FORM_HEX:
        return digits_value(arena, kind->width, kind->width, text, ret, ret_why);
    case FORM_ANYHEX:
        return digits_value(arena, 1, VALUE_DIGITS_MOST, text, ret, ret_why);
    case FORM_SIZED:
        return sized_value(arena, text, ret, ret_why);
    case FORM_BYTES:
        return bytes_value(arena, text, ret, ret_why);
    case FORM_TEXT:
    case FORM_NAME:
        *ret_why = "no memory";
        if (!vpi_canonical_text(arena, text, ret))
            return false;
        *ret_why = "its canonical form is empty";
        return ret->len > 0;
    }
    *ret_why = "a kind without a form";
    return false;
}

static char *put_hex(char *to, struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        *to++ = "0123456789abcdef"[value.data[i] >> 4];
        *to++ = "0123456789abcdef"[value.data[i] & 15];
    }
    return to;
}

static const char *print_hex(struct arena *arena, struct span value)
{
    char *text = vpi_arena_array(arena, value.len + 1, 2);
    if (text)
        put_hex(text, value);
    return text;
}

/* By hand: one for each section of each file is too many for printf. */
static const char *print_sized(struct arena *arena, struct span value)
{
    enum { HASH = 16, DIGITS_MOST = 20 };
    char digits[DIGITS_MOST], *first = digits + DIGITS_MOST;
    char *text = vpi_arena_alloc(arena, 2 * HASH + 1 + DIGITS_MOST + 1);
    uint64_t len;
    if (!text)
        return NULL;
    char *to = put_hex(text, span_first(value, HASH));
    if (!span_uint(value, HASH, 8, &len))
        return text;
    do
        *--first = (char)('0' + len % 10);
    while (len /= 10);
    *to++ = ':';
    memcpy(to, first, (size_t)(digits + DIGITS_MOST - first));
    return text;
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '\\';
}

static const char *print_bytes(struct arena *arena, struct span value)
{
    size_t escaped = 0;
    for (size_t i = 0; i < value.len; i++)
        escaped += !is_plain(value.data[i]);
    char *text = vpi_arena_alloc(arena, value.len + 3 * escaped + 1);
    char *to = text;
    for (size_t i = 0; text && i < value.len; i++) {
        uint8_t c = value.data[i];
        if (is_plain(c)) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '\\';
        *to++ = 'x';
        *to++ = "0123456789abcdef"[c >> 4];
        *to++ = "0123456789abcdef"[c & 15];
    }
    return text;
}

const char *vpi_canonical_print(struct arena *arena, const struct kind *kind, struct span value)
{
    switch (kind->form) {
    case FORM_HEX:
    case FORM_ANYHEX:
        return print_hex(arena, value);
    case FORM_SIZED:
        return print_sized(arena, value);
    case FORM_TEXT:
    case FORM_NAME:
        return vpi_arena_text(arena, value);
    case FORM_BYTES:
        break;
    }
    return print_bytes(arena, value);
}
