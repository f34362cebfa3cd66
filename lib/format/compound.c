/* compound.c - sectors and directory of a compound file ([MS-CFB] 2.2 to 2.6)
 *
 *     header      512 bytes, as long as a sector; 109 places of FAT sectors, more of them in DIFAT
 *     FAT         the next sector of each sector: chains
 *     directory   a chain of rows of 128 bytes, the first is the root storage
 *     mini FAT    likewise for pieces of 64 bytes inside the root's own stream
 */
#include "format/compound.h"
#include "format/format.h"

enum {
    HEADER = 512,
    IN_HEADER = 109, /* FAT sectors */
    ROW = 128,
    MINI_SHIFT = 6,
    CUTOFF = 4096 /* shorter streams are in the mini stream: 2.2 */
};

#define LAST_SECTOR 0xfffffffau /* 2.1: above are marks */

bool vpi_compound_probe(struct span head)
{
    uint64_t order, shift;
    return head.len >= HEADER && memcmp(head.data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0 &&
           span_uint(head, 28, 2, &order) && order == 0xfffe && span_uint(head, 30, 2, &shift) &&
           (shift == 9 || shift == 12);
}

static uint64_t sector_len(const struct compound *c)
{
    return UINT64_C(1) << c->sector_shift;
}

/* Sector 0 begins behind the header, which takes a whole one. */
static uint64_t sector_off(const struct compound *c, uint32_t sector)
{
    return ((uint64_t)sector + 1) << c->sector_shift;
}

bool vpi_compound_open(struct compound *c, struct image *image, struct source *src,
                       uint8_t ret_class[16])
{
    struct span head;
    uint8_t row[ROW];
    memset(c, 0, sizeof *c);
    c->image = image;
    c->src = src;
    if (!vpi_source_get(src, 0, HEADER, &head) || !vpi_compound_probe(head))
        return false;
    struct reader r = reader_at(head, 30);
    c->sector_shift = reader_u16(&r);
    r.off = 44;
    c->fat_sectors = reader_u32(&r);
    c->directory_start = reader_u32(&r);
    r.off = 60;
    c->mini_fat_start = reader_u32(&r);
    r.off = 68;
    c->difat_start = reader_u32(&r);
    c->difat_count = reader_u32(&r);
    if (!vpi_source_copy(src, sector_off(c, c->directory_start), row, ROW) ||
        row[66] != COMPOUND_ROOT)
        return false;
    memcpy(ret_class, row + 80, 16);
    return true;
}

static bool malformed(struct compound *c, const char *what)
{
    if (c->image->arena->failed)
        vpi_image_gap(c->image, VP_GAP_MEMORY_LIMIT, what);
    else
        vpi_image_note(c->image, VP_NOTE_MALFORMED, VP_NONE, what);
    return false;
}

/* One sector of numbers to `to`, which has room for all of them. */
static bool numbers_read(struct compound *c, uint32_t sector, uint32_t *to)
{
    uint8_t bytes[1 << 12];
    size_t len = (size_t)sector_len(c);
    uint64_t off = sector_off(c, sector);
    if (sector >= LAST_SECTOR || off >= c->src->size)
        return malformed(c, "a table of sectors");
    /* The last sector of a file may be cut. */
    size_t there = c->src->size - off < len ? (size_t)(c->src->size - off) : len;
    memset(bytes, 0xff, sizeof bytes);
    if (!vpi_source_copy(c->src, off, bytes, there)) {
        vpi_image_short(c->image, c->src, off, "a table of sectors");
        return false;
    }
    for (size_t i = 0; i < len / 4; i++)
        (void)span_u32(span_of(bytes, len), 4 * i, &to[i]);
    return true;
}

/* The FAT: its first sectors are named by the header, the others by a chain of DIFAT sectors. */
static bool fat_load(struct compound *c)
{
    struct span head;
    size_t per = (size_t)(sector_len(c) / 4);
    uint64_t needed = (c->src->size >> c->sector_shift) / per + 1;
    size_t sectors = c->fat_sectors < needed ? c->fat_sectors : (size_t)needed;
    uint32_t *difat = vpi_arena_array(c->image->arena, per, sizeof *difat);
    if (sectors > COMPOUND_FAT_MOST / per) {
        vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "sectors of a compound file");
        return false;
    }
    c->fat = vpi_arena_array(c->image->arena, sectors * per, sizeof *c->fat);
    if (!difat || !c->fat || !vpi_source_get(c->src, 0, HEADER, &head))
        return malformed(c, "sectors of a compound file");
    uint32_t sector = 0, next = c->difat_start;
    for (size_t i = 0; i < sectors; i++) {
        size_t in_difat = i < IN_HEADER ? 0 : (i - IN_HEADER) % (per - 1);
        if (i < IN_HEADER) {
            (void)span_u32(head, 76 + 4 * i, &sector);
        } else {
            if (in_difat == 0 && !numbers_read(c, next, difat))
                return false;
            next = difat[per - 1];
            sector = difat[in_difat];
        }
        if (!numbers_read(c, sector, c->fat + i * per))
            return false;
    }
    c->fat_count = sectors * per;
    return true;
}

/* A chain of at most `most` sectors; a longer one is a loop or of another file. */
static bool chain_load(struct compound *c, uint32_t start, uint64_t most,
                       struct compound_chain *ret)
{
    size_t capacity = 0;
    struct compound_chain chain = {NULL, 0};
    uint64_t bound = (c->src->size >> c->sector_shift) + 1;
    for (uint32_t sector = start; sector < LAST_SECTOR && chain.count < most;) {
        if (sector >= c->fat_count || chain.count >= bound)
            return malformed(c, "a chain of sectors");
        uint32_t *grown =
            vpi_arena_grow(c->image->arena, chain.sectors, chain.count, &capacity, sizeof *grown);
        if (!grown)
            return malformed(c, "a chain of sectors");
        chain.sectors = grown;
        grown[chain.count++] = sector;
        sector = c->fat[sector];
    }
    *ret = chain;
    return true;
}

static bool mini_load(struct compound *c)
{
    struct compound_chain chain;
    const struct compound_entry *root = &c->entries[0];
    size_t per = (size_t)(sector_len(c) / 4);
    uint64_t most = (root->len + sector_len(c) - 1) >> c->sector_shift;
    if (!chain_load(c, root->start, most, &c->mini) ||
        !chain_load(c, c->mini_fat_start, (root->len >> MINI_SHIFT) / per + 1, &chain))
        return false;
    c->mini_fat = vpi_arena_array(c->image->arena, chain.count * per + 1, sizeof *c->mini_fat);
    if (!c->mini_fat)
        return malformed(c, "the small sectors");
    for (size_t i = 0; i < chain.count; i++) {
        if (!numbers_read(c, chain.sectors[i], c->mini_fat + i * per))
            return false;
    }
    c->mini_fat_count = chain.count * per;
    return true;
}

static void entry_read(const struct compound *c, struct span row, struct compound_entry *entry)
{
    struct reader r = reader_at(row, 64);
    uint16_t name_len = reader_u16(&r);
    entry->row = row;
    entry->name = span_first(row, name_len >= 2 && name_len <= 64 ? name_len - 2u : 0);
    entry->type = (enum compound_type)reader_u8(&r);
    reader_skip(&r, 1);
    entry->left = reader_u32(&r);
    entry->right = reader_u32(&r);
    entry->child = reader_u32(&r);
    r.off = 116;
    entry->start = reader_u32(&r);
    entry->len = reader_u64(&r);
    /* 2.6.3: with short sectors the high half may be garbage. */
    if (c->sector_shift == 9)
        entry->len &= 0xffffffff;
}

static bool directory_load(struct compound *c)
{
    struct compound_chain chain;
    size_t per = (size_t)(sector_len(c) / ROW);
    if (!chain_load(c, c->directory_start, COMPOUND_ENTRIES_MOST / per + 1, &chain))
        return false;
    if (chain.count > COMPOUND_ENTRIES_MOST / per) {
        vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "the directory of a compound file");
        return false;
    }
    uint8_t *rows = vpi_arena_array(c->image->arena, chain.count, (size_t)sector_len(c));
    c->entries = vpi_arena_array(c->image->arena, chain.count * per, sizeof *c->entries);
    if (!rows || !c->entries || chain.count == 0)
        return malformed(c, "the directory of a compound file");
    for (size_t i = 0; i < chain.count; i++) {
        uint64_t off = sector_off(c, chain.sectors[i]);
        uint8_t *to = rows + (i << c->sector_shift);
        if (!vpi_source_copy(c->src, off, to, (size_t)sector_len(c))) {
            vpi_image_short(c->image, c->src, off, "the directory of a compound file");
            return false;
        }
        for (size_t k = 0; k < per; k++) {
            struct compound_entry *entry = &c->entries[c->entry_count++];
            entry_read(c, span_of(to + k * ROW, ROW), entry);
            entry->off = off + k * ROW;
        }
    }
    return true;
}

bool vpi_compound_load(struct compound *c)
{
    return fat_load(c) && directory_load(c) && mini_load(c);
}

bool vpi_compound_piece_add(struct compound *c, struct compound_pieces *pieces, uint64_t off,
                            uint64_t len)
{
    struct source_range *last = pieces->count ? &pieces->ranges[pieces->count - 1] : NULL;
    if (last && last->off + last->len == off) {
        last->len += len;
        return true;
    }
    struct source_range *grown = vpi_arena_grow(c->image->arena, pieces->ranges, pieces->count,
                                                &pieces->capacity, sizeof *grown);
    if (!grown)
        return malformed(c, "pieces of a stream");
    pieces->ranges = grown;
    grown[pieces->count++] = (struct source_range){off, len};
    return true;
}

/* Where piece number `number` of the chain is that `sector` stands for; false: nowhere. */
static bool place_of(const struct compound *c, bool mini, uint32_t sector, uint64_t *ret)
{
    if (!mini) {
        *ret = sector_off(c, sector);
        return sector < c->fat_count;
    }
    uint64_t off = (uint64_t)sector << MINI_SHIFT, in_chain = off >> c->sector_shift;
    if (sector >= c->mini_fat_count || in_chain >= c->mini.count)
        return false;
    *ret = sector_off(c, c->mini.sectors[in_chain]) + (off & (sector_len(c) - 1));
    return true;
}

bool vpi_compound_pieces(struct compound *c, const struct compound_entry *entry,
                         struct compound_pieces *pieces)
{
    bool mini = entry->len < CUTOFF;
    uint64_t unit = mini ? 1 << MINI_SHIFT : sector_len(c), left = entry->len, off;
    if (left > c->src->size)
        return malformed(c, "a stream longer than the file");
    for (uint32_t sector = entry->start; left > 0;) {
        uint64_t len = left < unit ? left : unit;
        if (!place_of(c, mini, sector, &off) || off > c->src->size || len > c->src->size - off)
            return malformed(c, "a stream whose chain is broken");
        if (!vpi_compound_piece_add(c, pieces, off, len))
            return false;
        sector = mini ? c->mini_fat[sector] : c->fat[sector];
        left -= len;
    }
    return true;
}

struct collector {
    uint8_t *to;
    size_t len;
};

static void collect(void *context, struct span bytes)
{
    struct collector *collector = context;
    memcpy(collector->to + collector->len, bytes.data, bytes.len);
    collector->len += bytes.len;
}

bool vpi_compound_bytes(struct compound *c, const struct compound_entry *entry, uint64_t most,
                        struct span *ret)
{
    struct compound_pieces pieces = {NULL, 0, 0};
    if (entry->len > most) {
        vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "a long stream");
        return false;
    }
    if (!vpi_compound_pieces(c, entry, &pieces))
        return false;
    struct collector collector = {vpi_arena_bytes(c->image->arena, (size_t)entry->len + 1), 0};
    if (!collector.to)
        return malformed(c, "a stream");
    if (!vpi_source_scatter(c->src, pieces.ranges, pieces.count, collect, &collector)) {
        vpi_image_short(c->image, c->src, VP_NONE, "a stream");
        return false;
    }
    *ret = span_of(collector.to, collector.len);
    return true;
}
