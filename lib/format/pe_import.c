/* pe_import.c - imports and delay imports, in the order and within the limits of pefile
 *
 * The hash of the imports is defined by what pefile 2024.8.26 lists, so this file follows its
 * parse_import_directory, parse_delay_import_directory, parse_imports and get_import_table:
 *
 *   - One counter runs over the thunks of all tables, look-up and address tables, ends included.
 *     Beyond 8192 no table goes on, and a descriptor without thunks is an error; after the sixth
 *     error the next descriptor ends the directory.
 *   - The look-up table counts; the address table only where that is empty.
 *   - A table is empty if 15 of its addresses were seen before in it, if they lie more than 128 MiB
 *     apart, if an ordinal exceeds 16 bits, or if it runs out of the file.
 *   - A function's name is at most 512 bytes of A-Z a-z 0-9 . _ ? @ $ ( ) < >; with any other byte
 *     the function is left out.  So are empty names and ordinal 0.  When an address is in no
 * section and not in the file, all of that library's functions are left out.
 *   - A library's name with a byte that DOS names can't have becomes "*invalid*"; without a name
 *     the library is left out.
 */
#include "format/pe.h"

enum {
    DESCRIPTOR_LEN = 20,
    DELAY_DESCRIPTOR_LEN = 32,
    THUNKS_MOST = 0x2000,
    ERRORS_MOST = 5,
    REPEATED_MOST = 15,
    INVALID_MOST = 1000,
    SPREAD_MOST = 128 << 20,
    NAME_MOST = 0x200,
    SLOTS_LEAST = 256 /* of the hash table; a power of two, as all its sizes */
};

/* A slot of the hash table of addresses: it counts as empty unless `table` is the present one. */
struct seen {
    uint64_t address;
    uint32_t table;
};

struct import_walk {
    struct pe *pe;
    unsigned total; /* thunks read, all tables */
    unsigned thunk_len;
    uint64_t ordinal_flag;
    bool addresses; /* this table holds virtual addresses, not relative ones */
    uint32_t table;
    struct seen *seen;
    size_t slots, seen_count; /* of this table */
    uint64_t *thunks;         /* of the table that counts */
    size_t count, capacity;
};

/* How far addresses lie apart. */
struct spread {
    uint64_t least, most;
    bool any;
};

struct descriptor {
    struct span bytes;
    uint64_t lookup, table, name;
};

static const char *const name_signs = "._?@$()<>";
static const char *const library_signs = "!#$%&'()-@^_`{}~+,.;=[]:\\/";

static bool is_made_of(struct span name, const char *signs)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || !strchr(signs, c)))
            return false;
    }
    return true;
}

static struct seen *slot_of(struct import_walk *walk, uint64_t address)
{
    size_t i = (size_t)(address * 0x9e3779b97f4a7c15u >> 40);
    for (;; i++) {
        struct seen *slot = &walk->seen[i & (walk->slots - 1)];
        if (slot->table != walk->table || slot->address == address)
            return slot;
    }
}

/* Keeps the hash table at most half full. */
static bool slots_more(struct import_walk *walk)
{
    struct import_walk old = *walk;
    if (walk->seen_count < walk->slots / 2)
        return true;
    walk->slots = old.slots ? old.slots * 2 : SLOTS_LEAST;
    walk->seen = vpi_arena_array(walk->pe->image->arena, walk->slots, sizeof *walk->seen);
    if (!walk->seen) {
        *walk = old;
        return false;
    }
    for (size_t i = 0; i < old.slots; i++) {
        if (old.seen[i].table == walk->table)
            *slot_of(walk, old.seen[i].address) = old.seen[i];
    }
    return true;
}

/* Whether the address was seen in this table; if not, it is now. */
static bool seen_before(struct import_walk *walk, uint64_t address)
{
    struct seen *slot = slot_of(walk, address);
    if (slot->table == walk->table)
        return true;
    slot->address = address;
    slot->table = walk->table;
    walk->seen_count++;
    return false;
}

static bool thunk_keep(struct import_walk *walk, size_t count, uint64_t thunk)
{
    uint64_t *thunks = vpi_arena_grow(walk->pe->image->arena, walk->thunks, count, &walk->capacity,
                                      sizeof *thunks);
    if (!thunks)
        return false;
    walk->thunks = thunks;
    walk->thunks[count] = thunk;
    return true;
}

/* Memory ran out: nothing more is read. */
static size_t give_up(struct import_walk *walk)
{
    vpi_image_gap(walk->pe->image, VP_GAP_MEMORY_LIMIT, "imports");
    walk->pe->stopped = true;
    return 0;
}

static void spread_add(struct spread *spread, uint64_t address)
{
    if (!spread->any || address < spread->least)
        spread->least = address;
    if (!spread->any || address > spread->most)
        spread->most = address;
    spread->any = true;
}

static bool spread_too_far(const struct spread *spread)
{
    return spread->any && spread->most - spread->least > SPREAD_MOST;
}

/* pefile's normalize_import_va. */
static uint64_t relative(const struct pe *pe, uint64_t address)
{
    if (address >= pe->image_base && address - pe->image_base < pe->image_len)
        return address - pe->image_base;
    return address;
}

/* Reads one table into walk->thunks (if `keep`) and returns how many it has.  `most` bounds its
 * bytes and may be negative. */
static size_t table_read(struct import_walk *walk, uint64_t start, int64_t most, bool keep)
{
    struct spread near = {0}, far = {0};
    unsigned repeated = 0;
    size_t count = 0;
    walk->table++;
    walk->seen_count = 0;
    for (uint64_t address = start; address != 0; address += walk->thunk_len) {
        struct span bytes;
        uint64_t thunk;
        if ((int64_t)(address - start) >= most)
            break;
        if (walk->total > THUNKS_MOST) {
            vpi_image_gap(walk->pe->image, VP_GAP_COUNT_LIMIT, "imports");
            break;
        }
        walk->total++;
        if (repeated >= REPEATED_MOST || spread_too_far(&near) || spread_too_far(&far))
            return 0;
        if (!vpi_pe_get(walk->pe, address, walk->thunk_len, &bytes) ||
            !span_uint(bytes, 0, walk->thunk_len, &thunk))
            return 0;
        bool end = thunk == 0;
        if (walk->addresses)
            thunk = relative(walk->pe, thunk);
        if (thunk >= start && thunk <= address)
            break; /* points into the table itself */
        if (thunk & walk->ordinal_flag) {
            if ((thunk & 0x7fffffff) > 0xffff)
                return 0;
        } else if (thunk != 0) {
            if (!slots_more(walk))
                return give_up(walk);
            repeated += seen_before(walk, thunk);
            spread_add(thunk > UINT32_MAX ? &far : &near, thunk);
        }
        if (end)
            break;
        if (keep && !thunk_keep(walk, count, thunk))
            return give_up(walk);
        count++;
    }
    return count;
}

static bool import_add(struct import_walk *walk, struct span library, struct span name,
                       uint64_t thunk, bool delayed)
{
    struct image_import *import = vpi_image_import(walk->pe->image);
    if (!import)
        return false;
    import->library = library;
    import->name = name;
    import->by_ordinal = (thunk & walk->ordinal_flag) != 0;
    import->ordinal = import->by_ordinal ? (uint16_t)thunk : 0;
    import->delayed = delayed;
    return true;
}

/* Adds the functions of walk->thunks; returns how many pefile would have, whether or not the
 * library has a name. */
static size_t functions_add(struct import_walk *walk, struct span library, bool delayed)
{
    struct image *image = walk->pe->image;
    size_t before = image->import_count, valid = 0, invalid = 0;
    for (size_t i = 0; i < walk->count; i++) {
        uint64_t thunk = walk->thunks[i], off, len;
        struct span name = {NULL, 0};
        if (thunk & walk->ordinal_flag) {
            if ((thunk & 0xffff) == 0)
                continue;
        } else {
            /* Zero stands here only for an address that is the image's own. */
            bool nowhere = thunk == 0 || !vpi_pe_locate(walk->pe, thunk, &off, &len);
            if (!nowhere)
                name = vpi_pe_string(walk->pe, thunk + 2, NAME_MOST);
            bool wrong = !is_made_of(name, name_signs);
            if (nowhere || (wrong && invalid > INVALID_MOST && invalid == i)) {
                image->import_count = before;
                return 0;
            }
            invalid += wrong;
            if (wrong || name.len == 0)
                continue;
        }
        valid++;
        if (library.len && !import_add(walk, library, name, thunk, delayed))
            break;
    }
    return valid;
}

static struct span library_name(struct pe *pe, uint64_t address)
{
    struct span name = vpi_pe_string(pe, address, NAME_MOST);
    return is_made_of(name, library_signs) ? name : span_text("*invalid*");
}

/* One descriptor, which ends at `after`; false if it has no functions. */
static bool descriptor_read(struct import_walk *walk, const struct descriptor *d, uint64_t address,
                            uint64_t after, bool delayed)
{
    struct pe *pe = walk->pe;
    uint64_t off, len;
    if (!vpi_pe_locate(pe, address, &off, &len))
        return false;
    /* A table before the descriptor ends there, others with the file. */
    int64_t most = (int64_t)pe->src->size - (int64_t)off;
    if (after > d->lookup || after > d->table) {
        uint64_t first = d->lookup < d->table ? d->lookup : d->table;
        most = (int64_t)(after - first);
    }
    walk->count = table_read(walk, d->lookup, most, true);
    if (walk->count)
        table_read(walk, d->table, most, false); /* for the counter */
    else
        walk->count = table_read(walk, d->table, most, true);
    return functions_add(walk, library_name(pe, d->name), delayed) != 0;
}

static bool is_zero(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] != 0)
            return false;
    }
    return true;
}

static void import_descriptor(struct import_walk *walk, struct descriptor *d)
{
    struct reader r = reader_at(d->bytes, 0);
    d->lookup = reader_u32(&r);
    reader_skip(&r, 8); /* time stamp, forwarder chain */
    d->name = reader_u32(&r);
    d->table = reader_u32(&r);
}

static void delay_descriptor(struct import_walk *walk, struct descriptor *d)
{
    struct reader r = reader_at(d->bytes, 0);
    uint32_t attributes = reader_u32(&r);
    d->name = reader_u32(&r);
    reader_skip(&r, 4); /* module handle */
    d->table = reader_u32(&r);
    d->lookup = reader_u32(&r);
    /* Before Visual C++ 7 they were virtual addresses. */
    walk->addresses = attributes == 0 && walk->pe->machine == PE_MACHINE_I386;
    if (walk->addresses) {
        d->name = relative(walk->pe, d->name);
        d->table = relative(walk->pe, d->table);
        d->lookup = relative(walk->pe, d->lookup);
    }
}

static void directory_read(struct import_walk *walk, enum pe_directory_index index)
{
    struct pe *pe = walk->pe;
    bool delayed = index == PE_DELAY_IMPORT;
    uint64_t len = delayed ? DELAY_DESCRIPTOR_LEN : DESCRIPTOR_LEN;
    unsigned errors = 0;
    struct pe_directory directory;
    if (!vpi_pe_directory(pe, index, &directory))
        return;
    for (uint64_t address = directory.address;; address += len) {
        struct descriptor d;
        if (!vpi_pe_get(pe, address, len, &d.bytes) || is_zero(d.bytes))
            return;
        walk->addresses = false;
        if (delayed)
            delay_descriptor(walk, &d);
        else
            import_descriptor(walk, &d);
        size_t before = pe->image->import_count;
        bool any = descriptor_read(walk, &d, address, address + len, delayed);
        if (errors > ERRORS_MOST || (any && delayed && walk->total > THUNKS_MOST)) {
            pe->image->import_count = before;
            vpi_image_note(pe->image, VP_NOTE_MALFORMED, VP_NONE, "the import directory");
            return;
        }
        errors += !any;
    }
}

void vpi_pe_import_read(struct pe *pe)
{
    struct import_walk walk = {.pe = pe, .thunk_len = pe->plus ? 8 : 4};
    walk.ordinal_flag = pe->plus ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
    directory_read(&walk, PE_IMPORT);
    directory_read(&walk, PE_DELAY_IMPORT);
}
