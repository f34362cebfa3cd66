/* elf_symbol.c - symbol tables
 *
 * Two tables may count.  What the loader resolves: the dynamic symbols, or for a file that is yet
 * to be linked (objects, kernel modules) its only table.  And the first table that the section
 * headers name, of which telfhash is made; nearly always it is the same one.
 *
 * The dynamic segment doesn't say how many symbols there are.  Without section headers the number
 * comes from the hash tables (gABI "Hash Table"; for DT_GNU_HASH, whose last chain ends at the last
 * symbol, https://flapenguin.me/elf-dt-gnu-hash).
 */
#include "format/elf.h"

enum { STB_LOCAL = 0, STB_GLOBAL = 1, STT_FUNC = 2, VISIBILITY = 7 };

enum { ROWS_MOST = 1 << 20, NAMES_MOST = 32 << 20 };

struct table {
    uint64_t off, count;
    struct span strings;
    unsigned flags;       /* for every symbol of it */
    bool functions_alone; /* keep only what telfhash may select */
};

struct budget {
    uint64_t names; /* bytes of names that may still be kept */
};

static unsigned row_len(const struct elf *elf)
{
    return elf->wide ? 24 : 16;
}

static unsigned flags_of(uint8_t info, uint8_t other, uint16_t section)
{
    unsigned flags = 0;
    if (section != 0)
        flags |= SYMBOL_DEFINED;
    if ((info & 15) == STT_FUNC)
        flags |= SYMBOL_FUNCTION;
    if (info >> 4 == STB_GLOBAL)
        flags |= SYMBOL_STRONG;
    if ((other & VISIBILITY) == 0)
        flags |= SYMBOL_VISIBLE;
    return flags;
}

/* False: there is no room for more. */
static bool symbol_read(struct elf *elf, const struct table *table, struct span row,
                        struct budget *budget)
{
    enum { TELFHASH = SYMBOL_FUNCTION | SYMBOL_STRONG | SYMBOL_VISIBLE };
    struct reader r = vpi_elf_reader(elf, row);
    struct span name;
    uint32_t name_off = reader_u32(&r);
    if (!elf->wide)
        reader_skip(&r, 8); /* st_value, st_size */
    uint8_t info = reader_u8(&r), other = reader_u8(&r);
    uint16_t section = reader_u16(&r);
    unsigned flags = flags_of(info, other, section) | table->flags;
    if (r.bad || info >> 4 == STB_LOCAL || name_off == 0)
        return true;
    if (table->functions_alone && (flags & TELFHASH) != TELFHASH)
        return true;
    if (!vpi_elf_string(table->strings, name_off, &name)) {
        elf->image->symbols_partial = true;
        return true;
    }
    if (name.len == 0)
        return true;
    struct image_symbol *symbol = name.len <= budget->names ? vpi_image_symbol(elf->image) : NULL;
    if (!symbol) {
        vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, "symbols");
        return false;
    }
    budget->names -= name.len;
    symbol->name = name;
    symbol->flags = flags;
    return true;
}

static void table_read(struct elf *elf, const struct table *table, struct budget *budget)
{
    unsigned len = row_len(elf);
    uint64_t count = table->count < ROWS_MOST ? table->count : ROWS_MOST;
    struct span rows;
    bool whole = table->count == count &&
                 vpi_elf_some(elf, table->off, count * len, "symbols", &rows) &&
                 rows.len / len == count;
    if (table->count != count)
        vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, "symbols");
    for (uint64_t i = 0; whole && i < count; i++)
        whole = symbol_read(elf, table, span_from(rows, i * len), budget);
    if (!whole)
        elf->image->symbols_partial = true;
}

/* The table that a section header describes; false when it is no good. */
static bool table_of(struct elf *elf, const struct elf_section *section, struct table *ret)
{
    struct table table = {.off = section->off};
    if (section->len == 0 || section->entry_len != row_len(elf) ||
        section->link >= elf->section_count || elf->sections[section->link].type != SHT_STRTAB ||
        !vpi_elf_section_get(elf, &elf->sections[section->link], ELF_STRINGS_MOST + 1,
                             &table.strings))
        return false;
    if (table.strings.len > ELF_STRINGS_MOST)
        elf->image->symbols_partial = true;
    table.count = section->len / section->entry_len;
    *ret = table;
    return true;
}

/* ---- without section headers */

static bool words_get(struct elf *elf, uint64_t address, uint64_t most, struct span *ret)
{
    uint64_t off, left;
    if (address == 0 || !vpi_elf_locate(elf, address, &off, &left))
        return false;
    return vpi_elf_some(elf, off, left < most ? left : most, "the hash table", ret);
}

/* DT_HASH: buckets, chains; a chain has a word for each symbol.  Words are 64 bits wide on two
 * machines only. */
static uint64_t count_by_hash(struct elf *elf)
{
    bool wide = elf->wide && (elf->machine == EM_S390 || elf->machine == EM_ALPHA);
    struct span words;
    if (!words_get(elf, elf->hash_address, 16, &words))
        return 0;
    struct reader r = vpi_elf_reader(elf, words);
    (void)reader_uint(&r, wide ? 8 : 4);
    return reader_uint(&r, wide ? 8 : 4);
}

static uint64_t count_by_gnu_hash(struct elf *elf)
{
    struct span words;
    uint64_t word, last = 0;
    if (!words_get(elf, elf->gnu_hash_address, (uint64_t)ROWS_MOST * 16, &words))
        return 0;
    struct reader r = vpi_elf_reader(elf, words);
    uint64_t buckets = reader_u32(&r), first = reader_u32(&r), bloom = reader_u32(&r);
    reader_skip(&r, 4);
    reader_skip(&r, bloom * (elf->wide ? 8 : 4));
    for (uint64_t i = 0; i < buckets && !r.bad; i++) {
        word = reader_u32(&r);
        last = word > last ? word : last;
    }
    if (r.bad || last < first)
        return r.bad ? 0 : first;
    reader_skip(&r, (last - first) * 4);
    do {
        word = reader_u32(&r);
        last++;
    } while (!r.bad && !(word & 1));
    return r.bad ? 0 : last;
}

static void by_segments(struct elf *elf, struct budget *budget)
{
    uint64_t off, left;
    struct table table = {.flags = SYMBOL_LINKED, .strings = elf->strings};
    if (elf->symbols_address == 0 || elf->strings.len == 0)
        return;
    table.count = elf->mips_symbols;
    if (table.count == 0)
        table.count = count_by_hash(elf);
    if (table.count == 0)
        table.count = count_by_gnu_hash(elf);
    if (table.count == 0 || !vpi_elf_locate(elf, elf->symbols_address, &off, &left) ||
        table.count > left / row_len(elf)) {
        vpi_image_note(elf->image, VP_NOTE_MALFORMED, VP_NONE, "the dynamic symbols");
        elf->image->symbols_partial = true;
        return;
    }
    table.off = off;
    table_read(elf, &table, budget);
}

void vpi_elf_symbols_read(struct elf *elf)
{
    const struct elf_section *first = NULL, *linked = NULL;
    uint32_t wanted = elf->type == ET_REL ? SHT_SYMTAB : SHT_DYNSYM;
    struct budget budget = {.names = NAMES_MOST};
    struct table table;
    for (size_t i = 0; i < elf->section_count; i++) {
        const struct elf_section *s = &elf->sections[i];
        if (s->len == 0 || (s->type != SHT_SYMTAB && s->type != SHT_DYNSYM))
            continue;
        first = first ? first : s;
        linked = !linked && s->type == wanted ? s : linked;
    }
    if (linked && table_of(elf, linked, &table)) {
        table.flags = SYMBOL_LINKED | (first == linked ? SYMBOL_FIRST_TABLE : 0u);
        table_read(elf, &table, &budget);
    } else {
        by_segments(elf, &budget);
    }
    if (first && first != linked && table_of(elf, first, &table)) {
        table.flags = SYMBOL_FIRST_TABLE;
        table.functions_alone = true;
        table_read(elf, &table, &budget);
    }
}
