/* pe_header.c - DOS, COFF and optional header and the data directories */
#include "format/pe.h"

enum {
    DOS_LEN = 64,
    COFF_LEN = 24,     /* with the signature */
    OPTIONAL_LEN = 240 /* the larger form with all directories */
};

/* Offsets in the optional header and its lengths, which differ by width. */
static const struct layout {
    uint16_t magic;
    uint8_t base_off, base_len, count_off, directories_off;
    uint8_t least; /* the loader takes zeros for what a file that ends here lacks */
} layouts[] = {
    {0x10b, 28, 4, 92, 96, 69},
    {0x20b, 24, 8, 108, 112, 73},
};

static bool coff_read(struct pe *pe)
{
    struct span dos, coff;
    if (!vpi_pe_file(pe, 0, DOS_LEN, &dos))
        return false;
    struct reader r = reader_at(dos, 60);
    pe->header_off = reader_u32(&r);
    if (!vpi_pe_file_some(pe, pe->header_off, COFF_LEN, &coff))
        return false;
    r = reader_at(coff, 0);
    if (reader_u32(&r) != 0x4550 || r.bad)
        return false; /* DOS, NE, LE, LX: not ours */
    pe->machine = reader_u16(&r);
    pe->section_total = reader_u16(&r);
    reader_skip(&r, 4); /* time stamp */
    pe->symbols_off = reader_u32(&r);
    pe->symbol_count = reader_u32(&r);
    pe->optional_len = reader_u16(&r);
    pe->characteristics = reader_u16(&r);
    if (r.bad) {
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, pe->header_off, "the PE header");
        return false;
    }
    pe->optional_off = pe->header_off + COFF_LEN;
    /* Where the sections stand is the one thing that the loader takes SizeOfOptionalHeader for. */
    pe->sections_off = pe->optional_off + pe->optional_len;
    return true;
}

/* The count is not to be trusted, and neither is SizeOfOptionalHeader: the loader and pefile read
 * up to sixteen directories from where they belong.  `got` is what of `bytes` was in the file. */
static void directories_read(struct pe *pe, const struct layout *layout, struct span bytes,
                             size_t got)
{
    struct reader r = reader_at(bytes, layout->count_off);
    uint32_t count = reader_u32(&r) & 0x7fffffff;
    pe->directories_off = pe->optional_off + layout->directories_off;
    for (uint32_t i = 0; i < count && i < PE_DIRECTORIES; i++) {
        if (layout->directories_off + 8 * i >= got)
            break;
        pe->directories[i].address = reader_u32(&r);
        pe->directories[i].len = reader_u32(&r);
        pe->directory_count = i + 1;
    }
}

bool vpi_pe_header_read(struct pe *pe)
{
    struct span got;
    if (!coff_read(pe) || !vpi_pe_file_some(pe, pe->optional_off, OPTIONAL_LEN, &got))
        return false;
    uint8_t padded[OPTIONAL_LEN] = {0};
    if (got.len)
        memcpy(padded, got.data, got.len);
    struct span bytes = span_of(padded, sizeof padded);
    struct reader r = reader_at(bytes, 0);
    uint16_t magic = reader_u16(&r);
    const struct layout *layout = &layouts[magic == layouts[1].magic];
    if (got.len < layout->least) {
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, pe->optional_off, "the optional header");
        return false;
    }
    if (magic != layout->magic) /* 0x107: a ROM image, which has no directories */
        return false;
    pe->plus = magic == layouts[1].magic;
    r = reader_at(bytes, layout->base_off);
    pe->image_base = reader_uint(&r, layout->base_len);
    pe->section_alignment = reader_u32(&r);
    pe->file_alignment = reader_u32(&r);
    r = reader_at(bytes, 56);
    pe->image_len = reader_u32(&r);
    pe->image->signed_header_len = reader_u32(&r);
    r = reader_at(bytes, 68);
    pe->subsystem = reader_u16(&r);
    directories_read(pe, layout, bytes, got.len);
    vpi_pe_cover(pe, pe->optional_off, pe->optional_len);
    return true;
}

bool vpi_pe_directory(const struct pe *pe, enum pe_directory_index index, struct pe_directory *ret)
{
    if (index >= pe->directory_count || pe->directories[index].address == 0)
        return false;
    *ret = pe->directories[index];
    return true;
}
