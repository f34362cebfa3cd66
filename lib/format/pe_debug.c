/* pe_debug.c - the debug directory: where the program database is
 *
 * A CodeView record begins with "RSDS" (GUID, age, path) or "NB10" (offset, time stamp, age, path).
 */
#include "format/pe.h"

enum {
    ENTRY_LEN = 28,
    ENTRIES_MOST = 64,
    TYPE_CODEVIEW = 2,
    CODEVIEW_MOST = 64 << 10 /* a path of Windows has at most 32767 characters */
};

static void codeview_add(struct pe *pe, uint64_t off, uint64_t len)
{
    struct span bytes;
    if (len > CODEVIEW_MOST)
        len = CODEVIEW_MOST;
    if (!vpi_pe_file_some(pe, off, len, &bytes) || bytes.len < 4)
        return;
    if (memcmp(bytes.data, "RSDS", 4) != 0 && memcmp(bytes.data, "NB10", 4) != 0)
        return;
    struct image_blob *blob = vpi_image_blob(pe->image);
    if (!blob)
        return;
    blob->type = BLOB_CODEVIEW;
    blob->off = off;
    blob->len = bytes.len;
    blob->bytes = bytes;
}

void vpi_pe_debug_read(struct pe *pe)
{
    struct pe_directory directory;
    if (!vpi_pe_directory(pe, PE_DEBUG, &directory))
        return;
    uint32_t count = directory.len / ENTRY_LEN;
    if (count > ENTRIES_MOST) {
        vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "debug directory");
        count = ENTRIES_MOST;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct span bytes;
        if (!vpi_pe_get(pe, directory.address + (uint64_t)i * ENTRY_LEN, ENTRY_LEN, &bytes))
            return;
        struct reader r = reader_at(bytes, 12);
        uint32_t type = reader_u32(&r);
        uint32_t len = reader_u32(&r);
        reader_skip(&r, 4); /* address: not every record is mapped */
        uint32_t off = reader_u32(&r);
        vpi_pe_cover(pe, off, len);
        if (type == TYPE_CODEVIEW)
            codeview_add(pe, off, len);
    }
}
