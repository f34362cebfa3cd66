/* elf.c - ELF files of 32 and 64 bits, either byte order: what they are, and the order of reading
 */
#include "format/elf.h"
#include "format/format.h"

/* gABI, "e_machine"; names as the PE reader writes them where both know one. */
static const struct machine {
    uint16_t number;
    const char *narrow, *wide;
} machines[] = {
    {2, "sparc", "sparc64"},
    {3, "x86", "x86"},
    {4, "m68k", "m68k"},
    {6, "x86", "x86"},
    {8, "mips", "mips64"},
    {10, "mips", "mips64"},
    {15, "hppa", "hppa64"},
    {18, "sparc", "sparc"},
    {20, "powerpc", "powerpc"},
    {21, "powerpc64", "powerpc64"},
    {22, "s390", "s390x"},
    {40, "arm", "arm"},
    {42, "sh", "sh"},
    {43, "sparc64", "sparc64"},
    {50, "ia64", "ia64"},
    {62, "x32", "x86-64"},
    {75, "vax", "vax"},
    {83, "avr", "avr"},
    {92, "openrisc", "openrisc"},
    {93, "arc", "arc"},
    {94, "xtensa", "xtensa"},
    {105, "msp430", "msp430"},
    {113, "nios2", "nios2"},
    {164, "hexagon", "hexagon"},
    {183, "arm64-ilp32", "arm64"},
    {188, "tile", "tile"},
    {189, "microblaze", "microblaze"},
    {190, "cuda", "cuda"},
    {191, "tilegx", "tilegx"},
    {195, "arc", "arc"},
    {224, "amdgpu", "amdgpu"},
    {243, "riscv32", "riscv64"},
    {247, "bpf", "bpf"},
    {252, "csky", "csky"},
    {258, "loongarch32", "loongarch64"},
    {0x9026, "alpha", "alpha"},
};

static const char *machine_name(const struct elf *elf)
{
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (machines[i].number == elf->machine)
            return elf->wide ? machines[i].wide : machines[i].narrow;
    }
    return "";
}

static bool begins(struct span name, const char *mark)
{
    return span_equal(span_first(name, strlen(mark)), span_text(mark));
}

/* Debug information apart from its program: the sections are there, their bytes are not (strip
 * --only-keep-debug), or there is nothing but debug information (dwz, split DWARF).  A section for
 * code without bytes alone proves nothing: PowerPC's .plt was one. */
static bool is_debug(const struct elf *elf)
{
    bool code = false, emptied = false, data = false, debug = false;
    for (size_t i = 0; i < elf->section_count; i++) {
        const struct elf_section *s = &elf->sections[i];
        if (s->flags & SHF_ALLOC && s->len > 0) {
            bool bytes = s->type == SHT_PROGBITS, runs = s->flags & SHF_EXECINSTR;
            data |= bytes;
            code |= bytes && runs;
            emptied |= s->type == SHT_NOBITS && runs;
        }
        debug |= begins(s->name, ".debug_") || begins(s->name, ".zdebug_");
    }
    return (emptied && !code) || (debug && !data);
}

/* ET_DYN is what libraries are and programs that may be loaded anywhere.  The flag is new: before
 * it, a program had an interpreter, and only libraries a name of their own. */
static enum vp_role dynamic_role(const struct elf *elf)
{
    if (elf->is_pie)
        return VP_ROLE_PROGRAM;
    if (elf->image->own_name.len > 0)
        return VP_ROLE_LIBRARY;
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (elf->segments[i].type == PT_INTERP)
            return VP_ROLE_PROGRAM;
    }
    return VP_ROLE_LIBRARY;
}

static enum vp_role header_role(const struct elf *elf)
{
    switch (elf->type) {
    case ET_REL:
        if (vpi_elf_section(elf, ".modinfo") || vpi_elf_section(elf, ".gnu.linkonce.this_module"))
            return VP_ROLE_KERNEL_MODULE;
        return VP_ROLE_OBJECT;
    case ET_EXEC:
        return VP_ROLE_PROGRAM;
    case ET_DYN:
        return dynamic_role(elf);
    case ET_CORE:
        return VP_ROLE_CORE;
    default:
        return VP_ROLE_OTHER;
    }
}

bool vpi_elf_probe(struct span head)
{
    return head.len >= 52 && memcmp(head.data,
                                    "\x7f"
                                    "ELF",
                                    4) == 0;
}

static void contents_read(struct elf *elf)
{
    struct image *image = elf->image;
    vpi_elf_segments_read(elf);
    vpi_elf_sections_read(elf);
    bool debug = is_debug(elf);
    /* The segments of a debug file are those of its program: their bytes are elsewhere. */
    if (debug)
        elf->segment_count = 0;
    vpi_elf_dynamic_read(elf);
    image->role = debug ? VP_ROLE_DEBUG : header_role(elf);
    image->symbols_partial = (image->unwanted & IMAGE_PART_SYMBOLS) != 0;
    if (!image->symbols_partial)
        vpi_elf_symbols_read(elf);
    vpi_elf_notes_read(elf);
    if (!(image->unwanted & IMAGE_PART_COMPILERS))
        vpi_elf_compiler_read(elf);
    vpi_elf_modinfo_read(elf);
    vpi_elf_go_read(elf);
    vpi_elf_trailer_read(elf);
    if (!debug && elf->content_end < elf->src->size)
        vpi_image_note(image, VP_NOTE_OVERLAY, elf->content_end, "bytes behind the last section");
}

void vpi_elf_read(struct image *image, struct source *src)
{
    struct elf elf = {.image = image, .src = src};
    if (!vpi_elf_header_read(&elf))
        return;
    image->format = elf.wide ? VP_FORMAT_ELF64 : VP_FORMAT_ELF32;
    image->bits = elf.wide ? 64 : 32;
    image->machine = machine_name(&elf);
    if (elf.type != ET_CORE) {
        contents_read(&elf);
        return;
    }
    /* The memory of a process holds the code of many; nothing of it speaks for the file. */
    image->role = VP_ROLE_CORE;
    vpi_image_gap(image, VP_GAP_UNSUPPORTED, "core file");
}
