/* elf_go.c - Go's build info: the compiler's version, the module and what it was built with
 *
 * Go source, src/debug/buildinfo/buildinfo.go.  A header of 32 bytes, aligned to 16:
 *
 *     "\xff Go buildinf:" | pointer size, 1 | flags, 1 | two pointers, or nothing
 *
 * Since Go 1.18 flag 2 is set, and two strings follow, each with its length as a varint.  Before,
 * the pointers lead to string headers (pointer, length); flag 1 says big-endian.  The second string
 * is wrapped in two marks of 16 bytes; it holds lines of fields separated by tabs:
 *
 *     path <TAB> command's path           dep <TAB> module <TAB> version [<TAB> sum]
 *     mod <TAB> module <TAB> version      =>  <TAB> the module that replaces the one before
 */
#define _GNU_SOURCE /* memmem */
#include "format/elf.h"

enum { HEADER = 32, MARK = 16, SCAN_MOST = 8 << 20, INFO_MOST = 1 << 20, VERSION_MOST = 256 };

static const char magic[] = "\xff Go buildinf:";

/* An address, in any segment: pointers may lead to read-only ones. */
static bool at_address(struct elf *elf, uint64_t address, uint64_t len, struct span *ret)
{
    uint64_t off, left;
    return vpi_elf_locate(elf, address, &off, &left) && len <= left &&
           vpi_elf_some(elf, off, len, "Go's build info", ret) && ret->len == len;
}

/* The string whose header a pointer leads to. */
static bool pointed_string(struct elf *elf, struct span header, unsigned width, bool big,
                           unsigned index, uint64_t most, struct span *ret)
{
    uint64_t address, data, len;
    struct span pair;
    return span_uint_in(header, 16 + (uint64_t)index * width, width, big, &address) &&
           at_address(elf, address, 2 * (uint64_t)width, &pair) &&
           span_uint_in(pair, 0, width, big, &data) &&
           span_uint_in(pair, width, width, big, &len) && len <= most &&
           at_address(elf, data, len, ret);
}

static bool varint_string(struct reader *r, uint64_t most, struct span *ret)
{
    uint64_t len = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = reader_u8(r);
        len |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (len > most)
            return false;
        *ret = reader_span(r, len);
        return !r->bad;
    }
    return false;
}

static void line_add(struct elf *elf, struct span line)
{
    static const char *const fields[] = {"path", "mod", "dep", "=>"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t len = strlen(fields[i]);
        if (line.len > len + 1 && memcmp(line.data, fields[i], len) == 0 && line.data[len] == '\t')
            (void)vpi_elf_text(elf, TEXT_GO, fields[i], span_from(line, len + 1), VP_NONE);
    }
}

static void module_read(struct elf *elf, struct span info)
{
    /* The marks are random bytes; as Go does, their place is told by the line feed before. */
    if (info.len < 2 * MARK + 1 || info.data[info.len - MARK - 1] != '\n')
        return;
    info = span_of(info.data + MARK, info.len - 2 * MARK);
    while (info.len > 0) {
        const uint8_t *end = memchr(info.data, '\n', info.len);
        size_t len = end ? (size_t)(end - info.data) : info.len;
        line_add(elf, span_first(info, len));
        info = span_from(info, len + 1);
    }
}

/* `bytes` begins with the header and goes on as far as strings may reach. */
static void info_read(struct elf *elf, struct span bytes, uint64_t off)
{
    struct span version, info = {NULL, 0};
    bool good;
    if (bytes.len < HEADER)
        return;
    unsigned width = bytes.data[14], flags = bytes.data[15];
    if (flags & 2) {
        struct reader r = reader_at(bytes, HEADER);
        good = varint_string(&r, VERSION_MOST, &version);
        if (good && !varint_string(&r, INFO_MOST, &info))
            info.len = 0;
    } else {
        good = (width == 4 || width == 8) &&
               pointed_string(elf, bytes, width, flags & 1, 0, VERSION_MOST, &version);
        if (good && !pointed_string(elf, bytes, width, flags & 1, 1, INFO_MOST, &info))
            info.len = 0;
    }
    if (!good || version.len == 0) {
        vpi_image_note(elf->image, VP_NOTE_MALFORMED, off, "Go's build info");
        return;
    }
    (void)vpi_elf_text(elf, TEXT_GO, "go", version, VP_NONE);
    module_read(elf, info);
}

/* Where the header stands: its own section, or the start of the data. */
static bool place_find(struct elf *elf, uint64_t *ret_off, uint64_t *ret_len)
{
    const struct elf_section *section = vpi_elf_section(elf, ".go.buildinfo");
    if (section && section->type != SHT_NOBITS) {
        *ret_off = section->off;
        *ret_len = section->len;
        return true;
    }
    for (size_t i = 0; elf->section_count == 0 && i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (s->type == PT_LOAD && (s->flags & (PF_W | PF_X)) == PF_W) {
            *ret_off = s->off;
            *ret_len = s->file_len;
            return true;
        }
    }
    return false;
}

void vpi_elf_go_read(struct elf *elf)
{
    uint64_t off, len, room = HEADER + 2 * 5 + VERSION_MOST + INFO_MOST;
    struct span bytes;
    if (!place_find(elf, &off, &len) || len == 0 || off >= elf->src->size ||
        !vpi_elf_some(elf, off, len < SCAN_MOST ? len : SCAN_MOST, "Go's build info", &bytes))
        return;
    for (struct span rest = bytes;;) {
        const uint8_t *at = memmem(rest.data, rest.len, magic, sizeof magic - 1);
        if (!at)
            return;
        uint64_t skip = (uint64_t)(at - bytes.data);
        if (skip % 16 == 0) {
            if (vpi_elf_some(elf, off + skip, len - skip < room ? len - skip : room,
                             "Go's build info", &bytes))
                info_read(elf, bytes, off + skip);
            return;
        }
        rest = span_from(bytes, skip + 1);
    }
}
