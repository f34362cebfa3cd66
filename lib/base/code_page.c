/* code_page.c - texts in a Windows code page: ASCII, UTF-8, Western, Cyrillic
 *
 * The upper halves of Windows-1252 and Windows-1251 as Unicode's own mapping tables have them
 * (MAPPINGS/VENDORS/MICSFT/WINDOWS).  Where these have none (0), Windows' own MultiByteToWideChar
 * takes the byte for the character, and so do we.  Other pages lose their upper half.
 */
#include "base/code_page.h"

#include "base/utf16.h"

enum { REPLACEMENT = 0xfffd };

static const uint16_t western[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static const uint16_t cyrillic[64] = {
    0x0402, 0x0403, 0x201a, 0x0453, 0x201e, 0x2026, 0x2020, 0x2021, 0x20ac, 0x2030, 0x0409,
    0x2039, 0x040a, 0x040c, 0x040b, 0x040f, 0x0452, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0,      0x2122, 0x0459, 0x203a, 0x045a, 0x045c, 0x045b, 0x045f, 0x00a0,
    0x040e, 0x045e, 0x0408, 0x00a4, 0x0490, 0x00a6, 0x00a7, 0x0401, 0x00a9, 0x0404, 0x00ab,
    0x00ac, 0x00ad, 0x00ae, 0x0407, 0x00b0, 0x00b1, 0x0406, 0x0456, 0x0491, 0x00b5, 0x00b6,
    0x00b7, 0x0451, 0x2116, 0x0454, 0x00bb, 0x0458, 0x0405, 0x0455, 0x0457};

unsigned vpi_code_page_character(unsigned code_page, uint8_t byte)
{
    unsigned c = 0;
    if (byte < 0x80)
        return byte;
    if (code_page == CODE_PAGE_WESTERN)
        c = byte < 0xa0 ? western[byte - 0x80] : byte;
    else if (code_page == CODE_PAGE_CYRILLIC)
        c = byte < 0xc0 ? cyrillic[byte - 0x80] : 0x0410u + (byte - 0xc0u);
    else
        return REPLACEMENT;
    return c ? c : byte;
}

bool vpi_code_page_text(struct arena *arena, unsigned code_page, struct span bytes,
                        struct span *ret)
{
    if (code_page == CODE_PAGE_UTF8) {
        const char *text = vpi_arena_text(arena, bytes);
        *ret = span_of(text, bytes.len);
        return text != NULL;
    }
    uint8_t *units = vpi_arena_array(arena, bytes.len + 1, 2);
    for (size_t i = 0; units && i < bytes.len; i++) {
        unsigned c = vpi_code_page_character(code_page, bytes.data[i]);
        units[2 * i] = (uint8_t)c;
        units[2 * i + 1] = (uint8_t)(c >> 8);
    }
    return units && vpi_utf16_to_utf8(arena, span_of(units, 2 * bytes.len), ret);
}
