/* elf_header.c - the file header, the program headers and the section headers
 *
 * Extended numbering (gABI, "Sections"): a file with 0xff00 sections or more has 0 in e_shnum, and
 * the number in the first section header; likewise 0xffff in e_shstrndx and e_phnum.
 */
#include "format/elf.h"

enum { XINDEX = 0xffff };

struct widths {
    unsigned header, segment, section;
};

static struct widths widths(const struct elf *elf)
{
    struct widths narrow = {52, 32, 40}, wide = {64, 56, 64};
    return elf->wide ? wide : narrow;
}

/* e_ident: magic, class, byte order, version, ABI. */
static bool ident_read(struct elf *elf, struct span *ret)
{
    struct span head;
    if (!vpi_source_get_some(elf->src, 0, 64, &head) || head.len < 52 ||
        memcmp(head.data,
               "\x7f"
               "ELF",
               4) != 0)
        return false;
    elf->wide = head.data[4] == 2;
    elf->big = head.data[5] == 2;
    if (head.data[4] < 1 || head.data[4] > 2 || head.data[5] < 1 || head.data[5] > 2)
        return false;
    *ret = head;
    return head.len >= widths(elf).header;
}

static void cover(struct elf *elf, uint64_t off, uint64_t len)
{
    uint64_t end = len > UINT64_MAX - off ? UINT64_MAX : off + len;
    if (end > elf->content_end)
        elf->content_end = end;
}

static struct elf_section section_row(const struct elf *elf, struct span row, uint32_t *ret_name)
{
    struct elf_section s = {.len = 0};
    struct reader r = vpi_elf_reader(elf, row);
    *ret_name = reader_u32(&r);
    s.type = reader_u32(&r);
    s.flags = vpi_elf_word(elf, &r);
    s.address = vpi_elf_word(elf, &r);
    s.off = vpi_elf_word(elf, &r);
    s.len = vpi_elf_word(elf, &r);
    s.link = reader_u32(&r);
    s.info = reader_u32(&r);
    s.alignment = vpi_elf_word(elf, &r);
    s.entry_len = vpi_elf_word(elf, &r);
    return s;
}

/* The numbers that didn't fit into the header stand in section header 0. */
static void extended_read(struct elf *elf)
{
    bool wanted =
        elf->section_total == 0 || elf->names_index == XINDEX || elf->segment_total == XINDEX;
    struct span row;
    uint32_t name;
    if (elf->sections_off == 0 || !wanted || elf->section_len != widths(elf).section ||
        !vpi_source_get(elf->src, elf->sections_off, elf->section_len, &row))
        return;
    struct elf_section zero = section_row(elf, row, &name);
    if (elf->section_total == 0)
        elf->section_total = zero.len > UINT32_MAX ? UINT32_MAX : (uint32_t)zero.len;
    if (elf->names_index == XINDEX)
        elf->names_index = zero.link;
    if (elf->segment_total == XINDEX)
        elf->segment_total = zero.info;
}

bool vpi_elf_header_read(struct elf *elf)
{
    struct span head;
    if (!ident_read(elf, &head))
        return false;
    struct reader r = vpi_elf_reader(elf, head);
    reader_skip(&r, 16);
    elf->type = reader_u16(&r);
    elf->machine = reader_u16(&r);
    reader_skip(&r, 4);          /* e_version */
    (void)vpi_elf_word(elf, &r); /* e_entry */
    elf->segments_off = vpi_elf_word(elf, &r);
    elf->sections_off = vpi_elf_word(elf, &r);
    reader_skip(&r, 6); /* e_flags, e_ehsize */
    elf->segment_len = reader_u16(&r);
    elf->segment_total = reader_u16(&r);
    elf->section_len = reader_u16(&r);
    elf->section_total = reader_u16(&r);
    elf->names_index = reader_u16(&r);
    if (r.bad)
        return false;
    cover(elf, 0, r.off);
    extended_read(elf);
    return true;
}

static struct elf_segment segment_row(const struct elf *elf, struct span row)
{
    struct elf_segment s = {.type = 0};
    struct reader r = vpi_elf_reader(elf, row);
    s.type = reader_u32(&r);
    if (elf->wide)
        s.flags = reader_u32(&r);
    s.off = vpi_elf_word(elf, &r);
    s.address = vpi_elf_word(elf, &r);
    (void)vpi_elf_word(elf, &r); /* p_paddr */
    s.file_len = vpi_elf_word(elf, &r);
    (void)vpi_elf_word(elf, &r); /* p_memsz */
    if (!elf->wide)
        s.flags = reader_u32(&r);
    s.alignment = vpi_elf_word(elf, &r);
    return s;
}

/* The bytes of a table of `total` rows; fewer rows than claimed are noted.  Zero: none. */
static size_t table_get(struct elf *elf, uint64_t off, uint32_t total, uint32_t row_len,
                        uint32_t most, const char *what, struct span *ret)
{
    if (total > most) {
        vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, what);
        total = most;
    }
    if (!vpi_elf_some(elf, off, (uint64_t)total * row_len, what, ret))
        return 0;
    if (ret->len / row_len < total)
        vpi_image_note(elf->image, VP_NOTE_TRUNCATED, off, what);
    return ret->len / row_len;
}

void vpi_elf_segments_read(struct elf *elf)
{
    struct span table;
    if (elf->segments_off == 0 || elf->segment_total == 0)
        return;
    if (elf->segment_len != widths(elf).segment) {
        vpi_image_note(elf->image, VP_NOTE_MALFORMED, elf->segments_off, "program headers");
        return;
    }
    size_t count = table_get(elf, elf->segments_off, elf->segment_total, elf->segment_len,
                             ELF_SEGMENTS_MOST, "program headers", &table);
    struct elf_segment *segments = vpi_arena_array(elf->image->arena, count + 1, sizeof *segments);
    if (!segments) {
        vpi_image_gap(elf->image, VP_GAP_MEMORY_LIMIT, "program headers");
        return;
    }
    cover(elf, elf->segments_off, count * elf->segment_len);
    for (size_t i = 0; i < count; i++) {
        segments[i] = segment_row(elf, span_from(table, i * elf->segment_len));
        if (elf->type != ET_REL)
            cover(elf, segments[i].off, segments[i].file_len);
    }
    elf->segments = segments;
    elf->segment_count = count;
}

/* Names come from the table that the header names; without it there are only types. */
static void names_read(struct elf *elf, const uint32_t *names)
{
    struct span table;
    if (elf->names_index >= elf->section_count ||
        elf->sections[elf->names_index].type != SHT_STRTAB ||
        !vpi_elf_section_get(elf, &elf->sections[elf->names_index], ELF_STRINGS_MOST, &table))
        return;
    for (size_t i = 0; i < elf->section_count; i++)
        (void)vpi_elf_string(table, names[i], &elf->sections[i].name);
}

static void image_section_add(struct elf *elf, struct span name, uint64_t off, uint64_t len,
                              uint64_t address, uint64_t flags)
{
    struct image_section *section = vpi_image_section(elf->image);
    if (!section)
        return;
    uint64_t size = elf->src->size;
    section->name = name;
    section->off = off < size ? off : size;
    section->len = len < size - section->off ? len : size - section->off;
    section->address = address;
    section->address_len = len;
    section->flags = (uint32_t)flags;
}

/* What the image shows: sections, or segments where there are none. */
static void image_fill(struct elf *elf)
{
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct elf_section *s = &elf->sections[i];
        bool empty = s->type == SHT_NOBITS || s->type == 0;
        if (elf->image->section_count == IMAGE_SECTIONS_MOST) {
            vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, "sections");
            return;
        }
        image_section_add(elf, s->name, s->off, empty ? 0 : s->len, s->address, s->flags);
    }
    for (size_t i = 0; elf->section_count == 0 && i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (s->type == PT_LOAD)
            image_section_add(elf, span_of(NULL, 0), s->off, s->file_len, s->address, s->flags);
    }
}

/* Rows whose headers make sense; the others make the table one that nobody should believe. */
static bool rows_read(struct elf *elf, struct span table, size_t count, uint32_t *names)
{
    for (size_t i = 0; i < count; i++) {
        struct elf_section *s = &elf->sections[i];
        *s = section_row(elf, span_from(table, i * elf->section_len), &names[i]);
        if (i > 0 && s->type != SHT_NOBITS && s->len > 0 && s->off >= elf->src->size)
            vpi_image_note(elf->image, VP_NOTE_TRUNCATED, s->off, "a section");
        if (i > 0 && s->type != SHT_NOBITS && s->type != 0)
            cover(elf, s->off, s->len);
    }
    return count > 0 && elf->sections[0].type == 0;
}

void vpi_elf_sections_read(struct elf *elf)
{
    struct span table;
    size_t count = 0;
    if (elf->sections_off != 0 && elf->section_total != 0) {
        if (elf->section_len == widths(elf).section)
            count = table_get(elf, elf->sections_off, elf->section_total, elf->section_len,
                              ELF_SECTIONS_MOST, "section headers", &table);
        else
            vpi_image_note(elf->image, VP_NOTE_MALFORMED, elf->sections_off, "section headers");
    }
    uint64_t end = elf->content_end;
    uint32_t *names = vpi_arena_array(elf->image->arena, count + 1, sizeof *names);
    elf->sections = vpi_arena_array(elf->image->arena, count + 1, sizeof *elf->sections);
    if (!elf->sections || !names) {
        vpi_image_gap(elf->image, VP_GAP_MEMORY_LIMIT, "section headers");
    } else if (count > 0 && rows_read(elf, table, count, names)) {
        elf->section_count = count;
        cover(elf, elf->sections_off, count * elf->section_len);
        names_read(elf, names);
    } else if (count > 0) {
        elf->content_end = end;
        vpi_image_note(elf->image, VP_NOTE_MALFORMED, elf->sections_off, "section headers");
    }
    image_fill(elf);
}
