/* elf_bytes.c - bytes of an ELF file by offset, section and address */
#include "format/elf.h"

static bool failed(struct elf *elf, uint64_t off, const char *what)
{
    vpi_image_short(elf->image, elf->src, off, what);
    enum source_failure failure = elf->src->failure;
    elf->stopped = failure != SOURCE_FINE && failure != SOURCE_SHORT;
    return false;
}

bool vpi_elf_get(struct elf *elf, uint64_t off, uint64_t len, const char *what, struct span *ret)
{
    if (elf->stopped)
        return false;
    return vpi_source_get(elf->src, off, len, ret) || failed(elf, off, what);
}

bool vpi_elf_some(struct elf *elf, uint64_t off, uint64_t len, const char *what, struct span *ret)
{
    if (elf->stopped)
        return false;
    if (off >= elf->src->size && len > 0) {
        vpi_image_note(elf->image, VP_NOTE_TRUNCATED, off, what);
        return false;
    }
    return vpi_source_get_some(elf->src, off, len, ret) || failed(elf, off, what);
}

bool vpi_elf_section_get(struct elf *elf, const struct elf_section *section, uint64_t most,
                         struct span *ret)
{
    if (section->type == SHT_NOBITS || section->len == 0 || section->flags & SHF_COMPRESSED)
        return false;
    return vpi_elf_some(elf, section->off, section->len < most ? section->len : most, "a section",
                        ret);
}

bool vpi_elf_locate(const struct elf *elf, uint64_t address, uint64_t *ret_off, uint64_t *ret_len)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type != PT_LOAD || address < segment->address ||
            address - segment->address >= segment->file_len)
            continue;
        uint64_t skip = address - segment->address;
        if (segment->off > elf->src->size || skip >= elf->src->size - segment->off)
            continue;
        uint64_t left = elf->src->size - segment->off;
        *ret_off = segment->off + skip;
        *ret_len = (segment->file_len < left ? segment->file_len : left) - skip;
        return true;
    }
    return false;
}

struct reader vpi_elf_reader(const struct elf *elf, struct span bytes)
{
    struct reader r = reader_at(bytes, 0);
    r.big = elf->big;
    return r;
}

uint64_t vpi_elf_word(const struct elf *elf, struct reader *r)
{
    return elf->wide ? reader_u64(r) : reader_u32(r);
}

bool vpi_elf_string(struct span table, uint64_t off, struct span *ret)
{
    if (off >= table.len)
        return false;
    struct span rest = span_first(span_from(table, off), ELF_STRING_MOST);
    const uint8_t *nul = memchr(rest.data, 0, rest.len);
    if (!nul && rest.len == ELF_STRING_MOST)
        return false;
    *ret = span_first(rest, nul ? (size_t)(nul - rest.data) : rest.len);
    return true;
}

const struct elf_section *vpi_elf_section(const struct elf *elf, const char *name)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        if (span_equal(elf->sections[i].name, span_text(name)))
            return &elf->sections[i];
    }
    return NULL;
}

bool vpi_elf_piece(struct span *rest, struct span *ret)
{
    while (rest->len > 0) {
        const uint8_t *nul = memchr(rest->data, 0, rest->len);
        size_t len = nul ? (size_t)(nul - rest->data) : rest->len;
        *ret = span_first(*rest, len);
        *rest = span_from(*rest, nul ? len + 1 : len);
        if (len > 0)
            return true;
    }
    return false;
}

struct image_text *vpi_elf_text(struct elf *elf, enum image_text_group group, const char *field,
                                struct span utf8, uint64_t off)
{
    struct image_text *text = vpi_image_text(elf->image);
    if (!text)
        return NULL;
    text->group = group;
    text->field = field;
    text->utf8 = utf8;
    text->off = off;
    text->len = utf8.len;
    return text;
}
