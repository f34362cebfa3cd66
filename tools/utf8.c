/* utf8.c - code points of bytes that may be anything */
#include "utf8.h"

uint32_t utf8_next(const char *bytes, size_t len, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)bytes;
    *ret_len = 1;
    if (p[0] < 0x80)
        return p[0];
    unsigned extra = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : 1;
    if (p[0] < 0xc2 || p[0] > 0xf4 || extra >= len)
        return UTF8_INVALID;
    uint32_t point = p[0] & (0x3fu >> extra);
    for (unsigned i = 1; i <= extra; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return UTF8_INVALID;
        point = point << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[extra] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return UTF8_INVALID;
    *ret_len = extra + 1;
    return point;
}

bool utf8_valid(const char *bytes, size_t len)
{
    size_t used;
    for (size_t i = 0; i < len; i += used) {
        if (utf8_next(bytes + i, len - i, &used) == UTF8_INVALID)
            return false;
    }
    return true;
}

bool utf8_is_control(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    }
    return false;
}
