/* pe.c - Windows and EFI executables, PE32 and PE32+: what they are, and the order of reading */
#include "format/format.h"
#include "format/pe.h"

static const struct machine {
    uint16_t number;
    const char *name;
} machines[] = {
    {0x014c, "x86"},      {0x8664, "x86-64"},       {0xaa64, "arm64"},       {0xa641, "arm64ec"},
    {0xa64e, "arm64x"},   {0x01c0, "arm"},          {0x01c2, "arm"},         {0x01c4, "arm"},
    {0x0200, "ia64"},     {0x0ebc, "efi-bytecode"}, {0x5032, "riscv32"},     {0x5064, "riscv64"},
    {0x5128, "riscv128"}, {0x6232, "loongarch32"},  {0x6264, "loongarch64"}, {0x0162, "mips"},
    {0x0166, "mips"},     {0x0168, "mips"},         {0x0169, "mips"},        {0x0184, "alpha"},
    {0x0284, "alpha64"},  {0x01a2, "sh3"},          {0x01a6, "sh4"},         {0x01a8, "sh5"},
    {0x01f0, "powerpc"},  {0x01f1, "powerpc"},      {0x01f2, "powerpc"},
};

/* What .NET compiles ahead of time for other systems has the machine's number XOR one of these
 * (dotnet/runtime, docs/design/coreclr/botr/readytorun-format.md). */
static const uint16_t dotnet_systems[] = {0, 0x7b79, 0x4644, 0xadc4, 0x1993, 0x1992};

static const char *machine_name(uint16_t number)
{
    for (size_t s = 0; s < sizeof dotnet_systems / sizeof *dotnet_systems; s++) {
        for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
            if (machines[i].number == (number ^ dotnet_systems[s]))
                return machines[i].name;
        }
    }
    return "";
}

static enum vp_role header_role(const struct pe *pe)
{
    if (pe->subsystem >= PE_SUBSYSTEM_EFI && pe->subsystem <= PE_SUBSYSTEM_EFI_ROM)
        return VP_ROLE_FIRMWARE;
    if (pe->subsystem == PE_SUBSYSTEM_NATIVE)
        return VP_ROLE_DRIVER;
    return pe->characteristics & PE_FILE_DLL ? VP_ROLE_LIBRARY : VP_ROLE_PROGRAM;
}

/* Only what the file proves: NSIS's first header stands at the start of the overlay (after its
 * flags; NSIS, Source/exehead/fileform.h), and WiX's bundles have a section of their own. */
static bool is_installer(struct pe *pe, uint64_t overlay_off)
{
    static const char nsis[] = "\xef\xbe\xad\xdeNullsoftInst";
    const struct image *image = pe->image;
    struct span bytes;
    for (size_t i = 0; i < image->section_count; i++) {
        if (span_equal(image->sections[i].name, span_text(".wixburn")))
            return true;
    }
    return overlay_off != VP_NONE &&
           vpi_pe_file_some(pe, overlay_off + 4, sizeof nsis - 1, &bytes) &&
           span_equal(bytes, span_of(nsis, sizeof nsis - 1));
}

/* The COFF symbol table and the strings behind it belong to the file as well (mingw keeps them). */
static void symbols_cover(struct pe *pe)
{
    struct span bytes;
    uint64_t len = (uint64_t)pe->symbol_count * 18, strings = 0;
    if (pe->symbols_off == 0)
        return;
    if (vpi_pe_file(pe, pe->symbols_off + len, 4, &bytes))
        (void)span_uint(bytes, 0, 4, &strings);
    vpi_pe_cover(pe, pe->symbols_off, len + strings);
    vpi_pe_cover(pe, pe->symbols_off, len);
}

/* Where bytes begin that nothing in the headers accounts for, or VP_NONE. */
static uint64_t overlay_find(struct pe *pe)
{
    const struct image *image = pe->image;
    symbols_cover(pe);
    uint64_t off = pe->content_end > pe->header_len ? pe->content_end : pe->header_len;
    uint64_t end = pe->src->size;
    /* The certificate table is no overlay; it may follow at once. */
    if (image->has_signature_table)
        end = pe->directories[PE_SECURITY].address;
    return off < end ? off : VP_NONE;
}

bool vpi_pe_probe(struct span head)
{
    return head.len >= 64 && head.data[0] == 'M' && head.data[1] == 'Z';
}

void vpi_pe_read(struct image *image, struct source *src)
{
    struct pe pe = {.image = image, .src = src};
    if (!vpi_pe_header_read(&pe))
        return;
    image->format = pe.plus ? VP_FORMAT_PE32_PLUS : VP_FORMAT_PE32;
    image->bits = pe.plus ? 64 : 32;
    image->machine = machine_name(pe.machine);
    image->role = header_role(&pe);
    vpi_pe_sections_read(&pe);
    vpi_pe_import_read(&pe);
    vpi_pe_export_read(&pe);
    vpi_pe_resource_read(&pe);
    vpi_pe_debug_read(&pe);
    vpi_pe_clr_read(&pe);
    vpi_pe_rich_read(&pe);
    vpi_pe_certificate_read(&pe);
    uint64_t overlay = overlay_find(&pe);
    if (overlay != VP_NONE)
        vpi_image_note(image, VP_NOTE_OVERLAY, overlay, "bytes behind the last section");
    if (image->role == VP_ROLE_PROGRAM && is_installer(&pe, overlay))
        image->role = VP_ROLE_INSTALLER;
}
