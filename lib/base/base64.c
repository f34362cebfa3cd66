/* base64.c - base64 (RFC 4648, section 4) to bytes */
#include "base/base64.h"

enum { SKIP = -1, PADDING = -2, OTHER = -3 };

static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '/')
        return c == '+' ? 62 : 63;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
        return SKIP;
    return c == '=' ? PADDING : OTHER;
}

bool vpi_base64_decode(struct span text, uint8_t *ret, size_t *ret_len)
{
    uint32_t bits = 0;
    size_t digits = 0, padding = 0, len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.data[i]);
        if (value == SKIP)
            continue;
        if (value == OTHER || (value >= 0 && padding))
            return false;
        if (value == PADDING) {
            padding++;
            continue;
        }
        bits = bits << 6 | (uint32_t)value;
        digits++;
        if (digits % 4 != 1)
            ret[len++] = (uint8_t)(bits >> (6 - 2 * ((digits - 1) % 4)));
    }
    /* One digit holds no byte; the padding fills the last four, and its bits are zeros. */
    size_t last = digits % 4;
    if (last == 1 || padding != (4 - last) % 4 || (last == 2 && bits & 15) ||
        (last == 3 && bits & 3))
        return false;
    *ret_len = len;
    return true;
}
