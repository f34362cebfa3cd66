/* pe_export.c - the export directory: names in their order, then ordinals without a name
 *
 * Unlike pefile, which gives up after 8192 symbols and at the first name with an unusual byte, this
 * lists what is there, within IMAGE_EXPORTS_MOST.
 */
#include "format/pe.h"

enum { DIRECTORY_LEN = 40, NAME_MOST = 0x200, FUNCTIONS_MOST = 65536 };

struct export_walk {
    struct pe *pe;
    struct pe_directory directory;
    uint32_t base;
    struct span functions, names, ordinals;
    uint8_t *named; /* a bit for each function */
    bool unwanted;  /* nobody asks for the names: the tables are checked alone */
};

/* A function whose address is inside the directory is the name of another library's function. */
static bool is_forwarded(const struct export_walk *walk, uint64_t address)
{
    return address >= walk->directory.address &&
           address - walk->directory.address < walk->directory.len;
}

static struct image_export *export_add(struct export_walk *walk, uint32_t index, uint64_t address,
                                       struct span name)
{
    struct image_export *item = vpi_image_export(walk->pe->image);
    if (!item)
        return NULL;
    item->name = name;
    item->ordinal = walk->base + index;
    item->forwarded = is_forwarded(walk, address);
    return item;
}

static void named_read(struct export_walk *walk)
{
    size_t count = walk->names.len / 4;
    for (size_t i = 0; i < count; i++) {
        uint64_t index, address, name_address;
        if (!span_uint(walk->ordinals, i * 2, 2, &index) ||
            !span_uint(walk->functions, index * 4, 4, &address)) {
            vpi_image_note(walk->pe->image, VP_NOTE_MALFORMED, VP_NONE, "an export's ordinal");
            return;
        }
        if (walk->unwanted || address == 0 || !span_uint(walk->names, i * 4, 4, &name_address))
            continue;
        struct span name = vpi_pe_string(walk->pe, name_address, NAME_MOST);
        if (name.len == 0)
            continue;
        walk->named[index / 8] |= (uint8_t)(1u << index % 8);
        if (!export_add(walk, (uint32_t)index, address, name))
            return;
    }
}

static void unnamed_read(struct export_walk *walk)
{
    size_t count = walk->unwanted ? 0 : walk->functions.len / 4;
    for (size_t i = 0; i < count; i++) {
        uint64_t address;
        if (walk->named[i / 8] & 1u << i % 8 || !span_uint(walk->functions, i * 4, 4, &address) ||
            address == 0)
            continue;
        if (!export_add(walk, (uint32_t)i, address, span_of(NULL, 0)))
            return;
    }
}

/* The table of `count` rows, or what there is of it. */
static bool table_get(struct pe *pe, uint32_t address, uint32_t count, uint32_t row_len,
                      struct span *ret)
{
    *ret = span_of(NULL, 0);
    if (count > FUNCTIONS_MOST) {
        vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "exports");
        count = FUNCTIONS_MOST;
    }
    return count == 0 || vpi_pe_get_some(pe, address, (uint64_t)count * row_len, ret);
}

void vpi_pe_export_read(struct pe *pe)
{
    struct export_walk walk = {.pe = pe};
    struct span bytes;
    if (!vpi_pe_directory(pe, PE_EXPORT, &walk.directory) ||
        !vpi_pe_get(pe, walk.directory.address, DIRECTORY_LEN, &bytes))
        return;
    struct reader r = reader_at(bytes, 12);
    uint32_t library = reader_u32(&r);
    walk.base = reader_u32(&r);
    uint32_t function_count = reader_u32(&r);
    uint32_t name_count = reader_u32(&r);
    uint32_t functions = reader_u32(&r);
    uint32_t names = reader_u32(&r);
    uint32_t ordinals = reader_u32(&r);
    pe->image->export_library = vpi_pe_string(pe, library, NAME_MOST);
    walk.unwanted = pe->image->unwanted & IMAGE_PART_EXPORTS;
    pe->image->exports_partial = walk.unwanted;
    if (!table_get(pe, functions, function_count, 4, &walk.functions) ||
        !table_get(pe, names, name_count, 4, &walk.names) ||
        !table_get(pe, ordinals, name_count, 2, &walk.ordinals)) {
        vpi_image_note(pe->image, VP_NOTE_MALFORMED, VP_NONE, "the export directory");
        return;
    }
    walk.named = vpi_arena_alloc(pe->image->arena, FUNCTIONS_MOST / 8);
    if (!walk.named) {
        vpi_image_gap(pe->image, VP_GAP_MEMORY_LIMIT, "exports");
        return;
    }
    named_read(&walk);
    unnamed_read(&walk);
}
