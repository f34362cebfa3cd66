/* elf_dynamic.c - what the loader is told: names of libraries, paths, the interpreter
 *
 * The dynamic segment is an array of tag and value, ended by tag 0.  Names are offsets in the
 * string table whose address stands in the same array, hence two walks.
 */
#include "format/elf.h"

enum {
    DT_NULL = 0,
    DT_NEEDED = 1,
    DT_HASH = 4,
    DT_STRTAB = 5,
    DT_SYMTAB = 6,
    DT_STRSZ = 10,
    DT_SONAME = 14,
    DT_RPATH = 15,
    DT_RUNPATH = 29,
    DT_GNU_HASH = 0x6ffffef5,
    DT_FLAGS_1 = 0x6ffffffb,
    DT_MIPS_SYMTABNO = 0x70000011,
    DF_1_PIE = 0x08000000
};

enum { ENTRIES_MOST = 16384, PATHS_MOST = 16 };

struct entry {
    uint64_t tag, value;
};

static bool entry_next(const struct elf *elf, struct reader *r, struct entry *ret)
{
    ret->tag = vpi_elf_word(elf, r);
    ret->value = vpi_elf_word(elf, r);
    return !r->bad && ret->tag != DT_NULL;
}

/* The bytes of the array: what the loader uses, or else what a section header names. */
static bool array_get(struct elf *elf, struct span *ret)
{
    uint64_t most = (uint64_t)ENTRIES_MOST * (elf->wide ? 16 : 8);
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (s->type == PT_DYNAMIC && s->file_len > 0)
            return vpi_elf_some(elf, s->off, s->file_len < most ? s->file_len : most,
                                "the dynamic segment", ret);
    }
    for (size_t i = 0; i < elf->section_count; i++) {
        if (elf->sections[i].type == SHT_DYNAMIC)
            return vpi_elf_section_get(elf, &elf->sections[i], most, ret);
    }
    return false;
}

static void strings_get(struct elf *elf, uint64_t address, uint64_t len)
{
    uint64_t off, left;
    if (len == 0 || !vpi_elf_locate(elf, address, &off, &left)) {
        vpi_image_note(elf->image, VP_NOTE_MALFORMED, VP_NONE, "the dynamic string table");
        return;
    }
    if (len > left)
        vpi_image_note(elf->image, VP_NOTE_TRUNCATED, off, "the dynamic string table");
    len = len < left ? len : left;
    if (len > ELF_STRINGS_MOST) {
        vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, "strings");
        elf->image->symbols_partial = true;
        len = ELF_STRINGS_MOST;
    }
    (void)vpi_elf_get(elf, off, len, "the dynamic string table", &elf->strings);
}

static void addresses_read(struct elf *elf, struct span array)
{
    struct entry e;
    uint64_t strings = 0, strings_len = 0;
    bool has_strings = false;
    struct reader r = vpi_elf_reader(elf, array);
    while (entry_next(elf, &r, &e)) {
        elf->has_dynamic = true;
        if (e.tag == DT_STRTAB) {
            strings = e.value;
            has_strings = true;
        } else if (e.tag == DT_STRSZ) {
            strings_len = e.value;
        } else if (e.tag == DT_SYMTAB) {
            elf->symbols_address = e.value;
        } else if (e.tag == DT_HASH) {
            elf->hash_address = e.value;
        } else if (e.tag == DT_GNU_HASH) {
            elf->gnu_hash_address = e.value;
        } else if (e.tag == DT_MIPS_SYMTABNO) {
            elf->mips_symbols = e.value;
        } else if (e.tag == DT_FLAGS_1) {
            elf->is_pie = e.value & DF_1_PIE;
        }
    }
    if (has_strings)
        strings_get(elf, strings, strings_len);
}

static void needed_add(struct elf *elf, struct span name)
{
    struct image_library *library = vpi_image_library(elf->image);
    if (!library)
        return;
    library->name = name;
    library->off = VP_NONE;
}

static void names_read(struct elf *elf, struct span array)
{
    struct entry e;
    struct span name;
    unsigned paths = 0;
    struct reader r = vpi_elf_reader(elf, array);
    while (entry_next(elf, &r, &e)) {
        if (e.tag != DT_NEEDED && e.tag != DT_SONAME && e.tag != DT_RPATH && e.tag != DT_RUNPATH)
            continue;
        if (!vpi_elf_string(elf->strings, e.value, &name)) {
            vpi_image_note(elf->image, VP_NOTE_MALFORMED, VP_NONE, "a name of the dynamic segment");
            continue;
        }
        if (name.len == 0)
            continue;
        if (e.tag == DT_NEEDED) {
            needed_add(elf, name);
        } else if (e.tag == DT_SONAME) {
            elf->image->own_name = name;
            elf->image->own_name_off = VP_NONE;
        } else if (paths++ < PATHS_MOST) {
            (void)vpi_elf_text(elf, TEXT_LINK, "runpath", name, VP_NONE);
        }
    }
}

static void interpreter_read(struct elf *elf)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        struct span bytes, path;
        if (s->type != PT_INTERP || s->file_len == 0)
            continue;
        if (vpi_elf_some(elf, s->off, s->file_len < ELF_STRING_MOST ? s->file_len : ELF_STRING_MOST,
                         "the interpreter", &bytes) &&
            vpi_elf_piece(&bytes, &path))
            (void)vpi_elf_text(elf, TEXT_LINK, "interpreter", path, s->off);
        return;
    }
}

void vpi_elf_dynamic_read(struct elf *elf)
{
    struct span array;
    interpreter_read(elf);
    if (!array_get(elf, &array))
        return;
    addresses_read(elf, array);
    if (elf->strings.len > 0)
        names_read(elf, array);
}
