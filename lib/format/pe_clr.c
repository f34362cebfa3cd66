/* pe_clr.c - .NET: where the metadata is (ECMA-335, II.25.3.3) */
#include "format/pe.h"

enum { HEADER_LEN = 16 /* of 72: up to the metadata's directory */ };

void vpi_pe_clr_read(struct pe *pe)
{
    struct pe_directory directory;
    struct span bytes;
    uint64_t off, available;
    if (!vpi_pe_directory(pe, PE_CLR, &directory) ||
        !vpi_pe_get(pe, directory.address, HEADER_LEN, &bytes))
        return;
    struct reader r = reader_at(bytes, 8);
    uint32_t address = reader_u32(&r);
    uint64_t len = reader_u32(&r);
    if (!vpi_pe_locate(pe, address, &off, &available) ||
        !vpi_pe_file_some(pe, off, available < 4 ? available : 4, &bytes) || bytes.len < 4 ||
        memcmp(bytes.data, "BSJB", 4) != 0) {
        vpi_image_note(pe->image, VP_NOTE_MALFORMED, VP_NONE, "a .NET header without metadata");
        return;
    }
    if (off >= pe->src->size)
        return;
    if (available > pe->src->size - off)
        available = pe->src->size - off;
    struct image_blob *blob = vpi_image_blob(pe->image);
    if (!blob)
        return;
    blob->type = BLOB_CLR_METADATA;
    blob->off = off;
    blob->len = len < available ? len : available;
    if (blob->len < len)
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, off, "the .NET metadata");
}
