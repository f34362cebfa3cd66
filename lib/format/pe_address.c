/* pe_address.c - the section table, and from addresses to places in the file
 *
 * An address belongs to the first section in ascending order that holds it.  A section ends where
 * the next one begins.  (pefile asks the section of the last look-up first; that differs only where
 * two sections claim the same address, and there it depends on what was asked before.)
 */
#include "format/pe.h"

#include <stdlib.h>

enum {
    SECTION_LEN = 40,
    SECTOR = 0x200,
    PAGE = 0x1000,
    FAR = 0x10000000, /* pefile: suspicious from here on */
    WRONG_MOST = 2    /* pefile: with one more thing wrong the table ends */
};

struct row {
    struct span name;
    uint32_t virtual_len, address, raw_len, raw_off, flags;
};

/* The loader maps whole pages: addresses are rounded down to the alignment. */
static uint32_t address_rounded(const struct pe *pe, uint32_t address)
{
    uint32_t align = pe->section_alignment < PAGE ? pe->file_alignment : pe->section_alignment;
    return align ? address - address % align : address;
}

/* It reads whole sectors, too; but with an alignment below the page size a section whose address is
 * its offset is taken as it stands (LdrpWx86FormatVirtualImage). */
static uint64_t raw_rounded(const struct pe *pe, const struct row *row)
{
    if (pe->section_alignment < PAGE && row->raw_off == row->address)
        return row->raw_off;
    return row->raw_off & ~(uint64_t)(SECTOR - 1);
}

static bool believable(const struct pe *pe, const struct row *row)
{
    unsigned wrong = 0;
    wrong += (uint64_t)row->raw_len + row->raw_off > pe->src->size;
    wrong += (row->raw_off & ~(uint64_t)(SECTOR - 1)) > pe->src->size;
    wrong += row->virtual_len > FAR;
    wrong += address_rounded(pe, row->address) > FAR;
    wrong += pe->file_alignment && row->raw_off % pe->file_alignment;
    return wrong <= WRONG_MOST;
}

static bool row_read(struct span table, uint32_t index, struct row *ret)
{
    struct span bytes;
    if (!span_sub(table, (uint64_t)index * SECTION_LEN, SECTION_LEN, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    ret->name = reader_span(&r, 8);
    while (ret->name.len && ret->name.data[ret->name.len - 1] == 0)
        ret->name.len--;
    ret->virtual_len = reader_u32(&r);
    ret->address = reader_u32(&r);
    ret->raw_len = reader_u32(&r);
    ret->raw_off = reader_u32(&r);
    reader_skip(&r, 12); /* relocations and line numbers: of object files */
    ret->flags = reader_u32(&r);
    return !r.bad;
}

static bool row_is_zero(struct span table, uint32_t index)
{
    for (size_t i = 0; i < SECTION_LEN; i++) {
        if (table.data[(size_t)index * SECTION_LEN + i] != 0)
            return false;
    }
    return true;
}

static void image_section_add(struct pe *pe, const struct row *row, uint64_t off)
{
    struct image_section *section = vpi_image_section(pe->image);
    if (!section)
        return;
    section->name = row->name;
    section->address = row->address;
    section->address_len = row->virtual_len;
    section->flags = row->flags;
    uint64_t size = pe->src->size;
    uint64_t len = row->raw_off ? row->raw_len : 0; /* 0: nothing in the file */
    section->off = off < size ? off : size;
    section->len = len < size - section->off ? len : size - section->off;
    if (section->len < len)
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, off, "a section");
    else
        vpi_pe_cover(pe, row->raw_off, len);
}

static int by_address(const void *left, const void *right)
{
    const struct pe_section *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* Cuts each section off where the next begins, and notes how far any of them reaches. */
static void sections_order(struct pe *pe)
{
    qsort(pe->sections, pe->section_count, sizeof *pe->sections, by_address);
    uint64_t most = 0;
    for (size_t i = 0; i < pe->section_count; i++) {
        struct pe_section *s = &pe->sections[i];
        if (i + 1 < pe->section_count) {
            uint32_t next = pe->sections[i + 1].address;
            if (next > s->address && s->end > next)
                s->end = next;
        }
        if (s->end > most)
            most = s->end;
        s->end_most = most;
    }
}

/* What is mapped before the sections: up to the first section's bytes, or the end of the table. */
static void header_measure(struct pe *pe, uint64_t lowest)
{
    uint64_t end = pe->sections_off;
    if (pe->section_count)
        end += (uint64_t)pe->section_total * SECTION_LEN;
    if (lowest != VP_NONE && lowest >= end && lowest != 0)
        end = lowest;
    pe->header_len = end < pe->src->size ? end : pe->src->size;
}

void vpi_pe_sections_read(struct pe *pe)
{
    uint32_t count = pe->section_total;
    uint64_t lowest = VP_NONE;
    struct span table;
    pe->image->headers_end = pe->sections_off + (uint64_t)count * SECTION_LEN;
    if (pe->image->headers_end < pe->image->signed_header_len)
        pe->image->headers_end = pe->image->signed_header_len;
    if (count > IMAGE_SECTIONS_MOST) {
        vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "sections");
        count = IMAGE_SECTIONS_MOST;
    }
    if (!vpi_pe_file_some(pe, pe->sections_off, (uint64_t)count * SECTION_LEN, &table))
        return;
    pe->sections = vpi_arena_array(pe->image->arena, count, sizeof *pe->sections);
    if (!pe->sections) {
        vpi_image_gap(pe->image, VP_GAP_MEMORY_LIMIT, "sections");
        pe->stopped = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct row row;
        if (!row_read(table, i, &row)) {
            vpi_image_note(pe->image, VP_NOTE_TRUNCATED, pe->sections_off, "the section table");
            break;
        }
        if (row_is_zero(table, i) || !believable(pe, &row)) {
            vpi_image_note(pe->image, VP_NOTE_MALFORMED,
                           pe->sections_off + (uint64_t)i * SECTION_LEN,
                           "the section table ends early");
            break;
        }
        struct pe_section *s = &pe->sections[pe->section_count++];
        s->index = i;
        s->address = row.address;
        s->start = address_rounded(pe, row.address);
        s->off = raw_rounded(pe, &row);
        s->raw_end = (uint64_t)row.raw_off + row.raw_len;
        uint64_t len = row.virtual_len;
        if (row.raw_len > len && s->off + row.raw_len <= pe->src->size)
            len = row.raw_len;
        s->end = s->start + len;
        uint64_t rounded = row.raw_off & ~(uint64_t)(SECTOR - 1);
        if (row.raw_off && rounded < lowest)
            lowest = rounded;
        image_section_add(pe, &row, s->off);
    }
    header_measure(pe, lowest);
    sections_order(pe);
}

static const struct pe_section *section_of(const struct pe *pe, uint64_t address)
{
    /* The first whose end_most is beyond the address has its own end there; and if it begins
     * later, so do all that follow. */
    size_t low = 0, high = pe->section_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pe->sections[middle].end_most > address)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == pe->section_count || pe->sections[low].start > address)
        return NULL;
    return &pe->sections[low];
}

bool vpi_pe_locate(const struct pe *pe, uint64_t address, uint64_t *ret_off, uint64_t *ret_len)
{
    const struct pe_section *s = section_of(pe, address);
    uint64_t size = pe->src->size;
    uint64_t off = address, end = size;
    if (s) {
        off = address - s->start + s->off;
        end = s->raw_end < size ? s->raw_end : size;
    } else if (address < pe->header_len) {
        end = pe->header_len;
    } else if (address >= size) {
        return false; /* else: files without sections, whose first bytes are mapped all the same */
    }
    *ret_off = off;
    *ret_len = off < end ? end - off : 0;
    return true;
}

/* Keeps what went wrong, so that nothing is read after it. */
static bool got(struct pe *pe, bool ok)
{
    if (ok || pe->src->failure == SOURCE_FINE || pe->src->failure == SOURCE_SHORT)
        return ok;
    pe->stopped = true;
    vpi_image_short(pe->image, pe->src, VP_NONE, "structures of the PE file");
    return false;
}

bool vpi_pe_file(struct pe *pe, uint64_t off, uint64_t len, struct span *ret)
{
    return !pe->stopped && got(pe, vpi_source_get(pe->src, off, len, ret));
}

bool vpi_pe_file_some(struct pe *pe, uint64_t off, uint64_t len, struct span *ret)
{
    return !pe->stopped && got(pe, vpi_source_get_some(pe->src, off, len, ret));
}

bool vpi_pe_get_some(struct pe *pe, uint64_t address, uint64_t len, struct span *ret)
{
    uint64_t off, available;
    if (!vpi_pe_locate(pe, address, &off, &available))
        return false;
    return vpi_pe_file_some(pe, off, len < available ? len : available, ret);
}

bool vpi_pe_get(struct pe *pe, uint64_t address, uint64_t len, struct span *ret)
{
    struct span bytes;
    if (!vpi_pe_get_some(pe, address, len, &bytes) || bytes.len != len)
        return false;
    *ret = bytes;
    return true;
}

struct span vpi_pe_string(struct pe *pe, uint64_t address, size_t most)
{
    const struct span none = {NULL, 0};
    uint64_t off = address, len = most;
    struct span bytes;
    /* Outside of the sections a string may run on beyond the headers, as in pefile. */
    if (section_of(pe, address) && !vpi_pe_locate(pe, address, &off, &len))
        return none;
    if (len > most)
        len = most;
    /* A span over a block's edge is a copy: try without first. */
    uint64_t in_block = SOURCE_BLOCK - off % SOURCE_BLOCK;
    if (len > in_block) {
        if (!vpi_pe_file_some(pe, off, in_block, &bytes))
            return none;
        const uint8_t *nul = bytes.len ? memchr(bytes.data, 0, bytes.len) : NULL;
        if (nul)
            return span_of(bytes.data, (size_t)(nul - bytes.data));
    }
    if (!vpi_pe_file_some(pe, off, len, &bytes) || bytes.len == 0)
        return none;
    const uint8_t *nul = memchr(bytes.data, 0, bytes.len);
    return nul ? span_of(bytes.data, (size_t)(nul - bytes.data)) : bytes;
}

void vpi_pe_cover(struct pe *pe, uint64_t off, uint64_t len)
{
    if (off + len <= pe->src->size && off + len > pe->content_end)
        pe->content_end = off + len;
}
