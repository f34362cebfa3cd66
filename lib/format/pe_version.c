/* pe_version.c - VS_VERSIONINFO: what a file says of itself, in every language
 *
 *     VS_VERSION_INFO    VS_FIXEDFILEINFO
 *         StringFileInfo
 *             040904b0             language and code page
 *                 CompanyName      value
 *                 ...
 *         VarFileInfo              not read
 *
 * Every block is: length, length of the value, type (16 bits each), key in UTF-16 with a NUL,
 * padding, value, padding, blocks inside.  Padding is to four bytes from the start of the resource.
 * Resource compilers disagree about both lengths, so as in pefile (parse_version_information) a
 * text ends at its NUL or after ValueLength characters, wherever its block says it ends; its
 * block's length only says where the next one begins.  Unlike pefile: ValueLength of the whole says
 * whether there is a fixed field, the last small string table is not lost, and what pefile would
 * decode from behind the end of the resource is not read.
 */
#include "format/pe.h"
#include "base/utf16.h"

enum {
    BLOCK_LEN = 6,
    FIXED_LEN = 52,
    KEY_MOST = 256, /* characters */
    BLOCKS_MOST = 4096
};

struct version_walk {
    struct pe *pe;
    struct span bytes;
    uint64_t off;       /* of the resource in the file */
    uint64_t text_left; /* texts that don't overlap are together no longer than the resource */
    unsigned blocks;
};

struct version_block {
    uint64_t off, len, value_len;
    uint16_t type;
    struct span key;
    uint64_t value_off;
};

static const char *const known_fields[] = {
    "CompanyName",     "ProductName",  "FileDescription", "LegalCopyright",
    "LegalTrademarks", "Comments",     "InternalName",    "OriginalFilename",
    "FileVersion",     "PrivateBuild", "ProductVersion",  "SpecialBuild",
};

static uint64_t aligned(uint64_t off)
{
    return (off + 3) & ~UINT64_C(3);
}

/* The block at `off`; false when not even its head is there. */
static bool block_read(struct version_walk *walk, uint64_t off, struct version_block *ret)
{
    if (walk->blocks++ >= BLOCKS_MOST)
        return false;
    struct reader r = reader_at(walk->bytes, off);
    ret->off = off;
    ret->len = reader_u16(&r);
    ret->value_len = reader_u16(&r);
    ret->type = reader_u16(&r);
    if (r.bad)
        return false;
    ret->key = vpi_utf16_until_nul(walk->bytes, off + BLOCK_LEN, KEY_MOST);
    ret->value_off = aligned(off + BLOCK_LEN + ret->key.len + 2);
    return true;
}

/* Where the next block begins; false: this one is the last. */
static bool block_next(const struct version_block *block, uint64_t *off)
{
    *off = aligned(block->off + block->len);
    return block->len != 0;
}

static const char *field_name(struct version_walk *walk, struct span key)
{
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++) {
        if (vpi_utf16_equal(key, known_fields[i]))
            return known_fields[i];
    }
    struct span utf8;
    if (!vpi_utf16_to_utf8(walk->pe->image->arena, key, &utf8))
        return NULL;
    return (const char *)utf8.data;
}

/* "040904b0": language, then code page. */
static void language_read(struct span key, uint16_t *language, uint16_t *code_page)
{
    uint32_t value = 0;
    *language = *code_page = 0;
    if (key.len < 16)
        return;
    for (size_t i = 0; i < 8; i++) {
        unsigned c = key.data[i * 2] | (unsigned)key.data[i * 2 + 1] << 8;
        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value << 4 | ((c | 0x20) - 'a' + 10);
        else
            return;
    }
    *language = (uint16_t)(value >> 16);
    *code_page = (uint16_t)value;
}

static bool text_add(struct version_walk *walk, const struct version_block *block,
                     uint16_t language, uint16_t code_page)
{
    struct image *image = walk->pe->image;
    if (block->key.len == 0)
        return true;
    struct span value = vpi_utf16_until_nul(walk->bytes, block->value_off, block->value_len);
    if (value.len == 0)
        return true;
    if (value.len > walk->text_left) {
        vpi_image_note(image, VP_NOTE_MALFORMED, walk->off, "version texts overlap");
        walk->blocks = BLOCKS_MOST;
        return false;
    }
    walk->text_left -= value.len;
    struct span utf8;
    const char *field = field_name(walk, block->key);
    if (!field || !vpi_utf16_to_utf8(image->arena, value, &utf8)) {
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "version texts");
        return false;
    }
    struct image_text *text = vpi_image_text(image);
    if (!text)
        return false;
    text->field = field;
    text->utf8 = utf8;
    text->off = walk->off + block->value_off;
    text->len = value.len;
    text->language = language;
    text->code_page = code_page;
    return true;
}

static void table_read(struct version_walk *walk, const struct version_block *table)
{
    uint16_t language, code_page;
    struct version_block block;
    uint64_t off = table->value_off, end = table->off + table->len;
    language_read(table->key, &language, &code_page);
    while (off < end && block_read(walk, off, &block)) {
        if (!text_add(walk, &block, language, code_page) || !block_next(&block, &off))
            return;
    }
}

static void tables_read(struct version_walk *walk, const struct version_block *info)
{
    struct version_block table;
    uint64_t off = info->value_off, end = info->off + info->len;
    while (off < end && block_read(walk, off, &table)) {
        table_read(walk, &table);
        if (!block_next(&table, &off))
            return;
    }
}

static void fixed_read(struct version_walk *walk, const struct version_block *root)
{
    struct image *image = walk->pe->image;
    struct reader r = reader_at(walk->bytes, root->value_off);
    if (root->value_len < FIXED_LEN || reader_u32(&r) != 0xfeef04bdu)
        return;
    reader_skip(&r, 4); /* version of this structure */
    uint32_t part[4];
    for (size_t i = 0; i < 4; i++)
        part[i] = reader_u32(&r);
    if (r.bad || image->fixed_file_version)
        return;
    image->fixed_file_version = vpi_arena_printf(image->arena, "%u.%u.%u.%u", part[0] >> 16,
                                                 part[0] & 0xffff, part[1] >> 16, part[1] & 0xffff);
    image->fixed_product_version =
        vpi_arena_printf(image->arena, "%u.%u.%u.%u", part[2] >> 16, part[2] & 0xffff,
                         part[3] >> 16, part[3] & 0xffff);
    if (!image->fixed_product_version)
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "version texts");
}

void vpi_pe_version_read(struct pe *pe, struct span bytes, uint64_t off)
{
    struct version_walk walk = {.pe = pe, .bytes = bytes, .off = off, .text_left = bytes.len};
    struct version_block root, info;
    if (!block_read(&walk, 0, &root) || !vpi_utf16_equal(root.key, "VS_VERSION_INFO")) {
        vpi_image_note(pe->image, VP_NOTE_MALFORMED, off, "a version resource of another form");
        return;
    }
    fixed_read(&walk, &root);
    uint64_t next = aligned(root.value_off + root.value_len);
    while (next < root.len && block_read(&walk, next, &info)) {
        if (vpi_utf16_begins(info.key, "StringFileInfo") && info.value_len == 0)
            tables_read(&walk, &info);
        if (!block_next(&info, &next))
            return;
    }
}
