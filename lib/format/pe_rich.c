/* pe_rich.c - the Rich header, which Microsoft's linker leaves behind the DOS stub
 *
 * As in pefile's parse_rich_header, after https://www.ntcore.com/files/richsign.htm: the first
 * "Rich" between 0x80 and the optional header ends it, the four bytes behind are the key, and what
 * stands from 0x80 on is decoded, "DanS" or not.  "Rich" must be aligned to the double words that
 * begin at 0x80.  Looked for in the first 64 KiB only.
 */
#include "format/pe.h"

enum { RICH_OFF = 0x80, RICH_MOST = 64 << 10 };

static bool find(struct span bytes, const char sign[4], uint64_t *ret)
{
    for (size_t i = 0; i + 4 <= bytes.len; i++) {
        if (memcmp(bytes.data + i, sign, 4) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

void vpi_pe_rich_read(struct pe *pe)
{
    struct span bytes, coded, key;
    uint64_t len;
    if (pe->optional_off < RICH_OFF)
        return;
    uint64_t most = pe->optional_off - RICH_OFF;
    if (!vpi_pe_file_some(pe, RICH_OFF, most < RICH_MOST ? most : RICH_MOST, &bytes) ||
        !find(bytes, "Rich", &len) || len % 4 != 0)
        return;
    if (!vpi_pe_file(pe, RICH_OFF + len + 4, 4, &key) || !span_sub(bytes, 0, len, &coded))
        return;
    uint8_t *clear = vpi_arena_alloc(pe->image->arena, (size_t)len);
    struct image_blob *blob = clear ? vpi_image_blob(pe->image) : NULL;
    if (!blob) {
        vpi_image_gap(pe->image, VP_GAP_MEMORY_LIMIT, "the Rich header");
        return;
    }
    for (size_t i = 0; i < coded.len; i++)
        clear[i] = coded.data[i] ^ key.data[i % 4];
    blob->type = BLOB_RICH;
    blob->off = RICH_OFF;
    blob->len = len;
    blob->bytes = span_of(clear, coded.len);
    if (len < 16 || memcmp(clear, "DanS", 4) != 0)
        vpi_image_note(pe->image, VP_NOTE_MALFORMED, RICH_OFF, "a Rich header without its start");
}
