/* macho.c - Mach-O files and slices: what they are, and the order of reading */
#include "format/macho.h"

#include "format/format.h"
#include "format/plist.h"

/* Beyond what an enumerator may be. */
static const uint32_t magic_32 = 0xfeedface, magic_64 = 0xfeedfacf;

enum {
    HEADER_32 = 28,
    HEADER_64 = 32,
    COMMANDS_MOST = 4 << 20,
    PLIST_MOST = 1 << 20,
    CPU_ARM64 = 0x0100000c,
    SUBTYPE_MASK = 0x00ffffff, /* without capabilities */
    SUBTYPE_ARM64E = 2
};

enum {
    MH_OBJECT = 1,
    MH_EXECUTE = 2,
    MH_FVMLIB = 3,
    MH_CORE = 4,
    MH_PRELOAD = 5, /* programs that run without a kernel */
    MH_DYLIB = 6,
    MH_DYLINKER = 7,
    MH_BUNDLE = 8,
    MH_DYLIB_STUB = 9,
    MH_DSYM = 10,
    MH_KEXT_BUNDLE = 11,
    MH_FILESET = 12 /* kernel extensions linked together */
};

static const struct machine {
    uint32_t cpu;
    const char *name;
} machines[] = {
    {7, "x86"},
    {0x01000007, "x86-64"},
    {12, "arm"},
    {CPU_ARM64, "arm64"},
    {0x0200000c, "arm64-32"},
    {18, "powerpc"},
    {0x01000012, "powerpc64"},
    {6, "m68k"},
    {11, "hppa"},
    {13, "m88k"},
    {14, "sparc"},
    {15, "i860"},
};

static const char *machine_name(uint32_t cpu, uint32_t subtype)
{
    if (cpu == CPU_ARM64 && (subtype & SUBTYPE_MASK) == SUBTYPE_ARM64E)
        return "arm64e";
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (machines[i].cpu == cpu)
            return machines[i].name;
    }
    return "";
}

static enum vp_role filetype_role(uint32_t filetype)
{
    switch (filetype) {
    case MH_OBJECT:
        return VP_ROLE_OBJECT;
    case MH_EXECUTE:
    case MH_DYLINKER:
        return VP_ROLE_PROGRAM;
    case MH_CORE:
        return VP_ROLE_CORE;
    case MH_PRELOAD:
        return VP_ROLE_FIRMWARE;
    case MH_FVMLIB:
    case MH_DYLIB:
    case MH_BUNDLE:
    case MH_DYLIB_STUB:
        return VP_ROLE_LIBRARY;
    case MH_DSYM:
        return VP_ROLE_DEBUG;
    case MH_KEXT_BUNDLE:
    case MH_FILESET:
        return VP_ROLE_KERNEL_MODULE;
    default:
        return VP_ROLE_OTHER;
    }
}

/* 0: another magic number. */
static uint32_t magic_of(struct span head, bool *ret_big)
{
    for (unsigned big = 0; big < 2; big++) {
        uint64_t magic;
        if (span_uint_in(head, 0, 4, big, &magic) && (magic == magic_32 || magic == magic_64)) {
            *ret_big = big;
            return (uint32_t)magic;
        }
    }
    return 0;
}

uint64_t vpi_macho_cover(struct macho *m, uint64_t off, uint64_t len)
{
    uint64_t size = m->src->size, there = off < size ? size - off : 0;
    if (len > there && !m->cut) {
        vpi_image_note(m->image, VP_NOTE_TRUNCATED, off, "what a load command points to");
        m->cut = true;
    }
    if (len > there)
        len = there;
    if (len > 0 && off + len > m->content_end)
        m->content_end = off + len;
    return len;
}

/* False: it is no Mach-O after all. */
static bool header_read(struct macho *m)
{
    struct span bytes;
    if (!vpi_source_get_some(m->src, 0, HEADER_64, &bytes))
        return false;
    m->wide = magic_of(bytes, &m->big) == magic_64;
    m->commands_off = m->wide ? HEADER_64 : HEADER_32;
    struct reader r = macho_reader(m, bytes, 4);
    m->cpu = reader_u32(&r);
    m->subtype = reader_u32(&r);
    m->filetype = reader_u32(&r);
    reader_skip(&r, 4); /* number of commands: their length ends them */
    uint64_t len = reader_u32(&r);
    if (r.bad || bytes.len < m->commands_off) {
        vpi_image_note(m->image, VP_NOTE_TRUNCATED, 0, "the Mach-O header");
        return false;
    }
    len = vpi_macho_cover(m, m->commands_off, len);
    if (len > COMMANDS_MOST) {
        vpi_image_gap(m->image, VP_GAP_COUNT_LIMIT, "load commands");
        len = COMMANDS_MOST;
    }
    if (len > 0 && !vpi_source_get(m->src, m->commands_off, len, &m->commands))
        vpi_image_short(m->image, m->src, m->commands_off, "load commands");
    return true;
}

static void info_read(struct macho *m)
{
    struct span bytes;
    uint64_t len = m->info_len;
    if (len == 0)
        return;
    if (len > PLIST_MOST) {
        vpi_image_gap(m->image, VP_GAP_COUNT_LIMIT, "the property list");
        len = PLIST_MOST;
    }
    if (!vpi_source_get_some(m->src, m->info_off, len, &bytes)) {
        vpi_image_short(m->image, m->src, m->info_off, "the property list");
        return;
    }
    vpi_plist_read(m->image, bytes, m->info_off);
}

/* Of what a linker finished; other files have parts that no command points to. */
static void overlay_find(struct macho *m)
{
    if (m->filetype != MH_EXECUTE && m->filetype != MH_DYLIB && m->filetype != MH_BUNDLE)
        return;
    if (m->content_end < m->src->size)
        vpi_image_note(m->image, VP_NOTE_OVERLAY, m->content_end, "bytes behind the last segment");
}

bool vpi_macho_probe(struct span head)
{
    bool big;
    return magic_of(head, &big) != 0;
}

void vpi_macho_read(struct image *image, struct source *src)
{
    struct macho m = {.image = image, .src = src};
    if (!header_read(&m))
        return;
    image->format = m.wide ? VP_FORMAT_MACHO64 : VP_FORMAT_MACHO32;
    image->bits = m.wide ? 64 : 32;
    image->machine = machine_name(m.cpu, m.subtype);
    image->role = filetype_role(m.filetype);
    vpi_macho_commands_read(&m);
    vpi_macho_symbols_read(&m);
    vpi_macho_removed_find(&m);
    info_read(&m);
    overlay_find(&m);
}
