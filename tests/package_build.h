/* package_build.h - compound files, cabinets, signed scripts and ZIP files, made for tests
 *
 * Each builder returns bytes of exactly their length from malloc; package_free() them.
 */
#ifndef TESTS_PACKAGE_BUILD_H
#define TESTS_PACKAGE_BUILD_H

#include <check.h>
#include <stdlib.h>

#include "base/span.h"

struct package {
    uint8_t *bytes;
    size_t len, capacity;
};

static inline void package_put(struct package *p, const void *bytes, size_t len)
{
    while (p->len + len > p->capacity) {
        p->capacity = p->capacity ? 2 * p->capacity : 4096;
        p->bytes = realloc(p->bytes, p->capacity);
        ck_assert_ptr_nonnull(p->bytes);
    }
    if (len)
        memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
}

static inline void package_text(struct package *p, const char *text)
{
    package_put(p, text, strlen(text));
}

static inline void package_uint(struct package *p, uint64_t value, unsigned bytes)
{
    uint8_t to[8];
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
    package_put(p, to, bytes);
}

static inline void package_zeros(struct package *p, size_t len)
{
    static const uint8_t zeros[4096];
    for (; len > sizeof zeros; len -= sizeof zeros)
        package_put(p, zeros, sizeof zeros);
    package_put(p, zeros, len);
}

static inline void package_set(struct package *p, size_t off, uint64_t value, unsigned bytes)
{
    ck_assert_uint_le(off + bytes, p->len);
    for (unsigned i = 0; i < bytes; i++)
        p->bytes[off + i] = (uint8_t)(value >> 8 * i);
}

/* The bytes in a buffer of exactly their length. */
static inline struct span package_take(struct package *p)
{
    uint8_t *exact = malloc(p->len ? p->len : 1);
    ck_assert_ptr_nonnull(exact);
    if (p->len)
        memcpy(exact, p->bytes, p->len);
    struct span taken = span_of(exact, p->len);
    free(p->bytes);
    memset(p, 0, sizeof *p);
    return taken;
}

static inline void package_free(struct span bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

/* ---- compound files, of sectors of 512 bytes */

/* A storage or a stream; number 0 is the root.  The name is ASCII, or what vpi_msi_name() makes of
 * it with `table`. */
struct compound_node {
    const char *name;
    unsigned parent; /* number */
    bool storage, table;
    struct span content;
    uint8_t class[16];
};

enum { COMPOUND_BUILD_MOST = 32, COMPOUND_SECTOR = 512, COMPOUND_DIRECTORY_SECTOR = 1 };

static inline int table_letter(char c)
{
    static const char letters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
    const char *at = strchr(letters, c);
    ck_assert_ptr_nonnull(at);
    return (int)(at - letters);
}

/* UTF-16LE with its NUL; returns its bytes. */
static inline size_t compound_name(const struct compound_node *node, uint8_t to[64])
{
    size_t used = 0;
    memset(to, 0, 64);
    if (node->table) {
        to[0] = 0x40;
        to[1] = 0x48;
        used = 2;
    }
    for (const char *c = node->name; *c; c++, used += 2) {
        unsigned unit = (unsigned char)*c;
        if (node->table && c[1])
            unit = 0x3800u + (unsigned)table_letter(c[0]) + 64u * (unsigned)table_letter(c[1]);
        else if (node->table)
            unit = 0x4800u + (unsigned)table_letter(c[0]);
        c += node->table && c[1];
        to[used] = (uint8_t)unit;
        to[used + 1] = (uint8_t)(unit >> 8);
    }
    return used + 2;
}

/* Sectors: 0 FAT, then directory, mini FAT, mini stream, long streams.  All fits one FAT sector. */
static inline struct span compound_build(const struct compound_node *nodes, unsigned count)
{
    struct package p = {NULL, 0, 0}, small = {NULL, 0, 0};
    uint32_t fat[128], mini[128], starts[COMPOUND_BUILD_MOST];
    unsigned sectors = 0, directory = (count + 3) / 4, minis = 0;
    memset(fat, 0xff, sizeof fat);
    memset(mini, 0xff, sizeof mini);
    ck_assert_uint_le(count, COMPOUND_BUILD_MOST);
    for (unsigned i = 1; i < count; i++) {
        if (nodes[i].storage || nodes[i].content.len >= 4096)
            continue;
        starts[i] = nodes[i].content.len ? minis : 0xfffffffe;
        for (size_t at = 0; at < nodes[i].content.len; at += 64, minis++)
            mini[minis] = at + 64 < nodes[i].content.len ? minis + 1 : 0xfffffffe;
        package_put(&small, nodes[i].content.data, nodes[i].content.len);
        package_zeros(&small, (64 - small.len % 64) % 64);
    }
    ck_assert_uint_le(minis, 128);
    unsigned small_sectors = (unsigned)((small.len + 511) / 512);
    unsigned chains[][2] = {{directory, 1}, {1, 1 + directory}, {small_sectors, 2 + directory}};
    fat[0] = 0xfffffffd;
    for (unsigned k = 0; k < 3; k++) {
        for (unsigned i = 0; i < chains[k][0]; i++)
            fat[chains[k][1] + i] = i + 1 < chains[k][0] ? chains[k][1] + i + 1 : 0xfffffffe;
    }
    sectors = 2 + directory + small_sectors;
    for (unsigned i = 1; i < count; i++) {
        if (nodes[i].storage || nodes[i].content.len < 4096)
            continue;
        starts[i] = sectors;
        for (size_t at = 0; at < nodes[i].content.len; at += 512, sectors++)
            fat[sectors] = at + 512 < nodes[i].content.len ? sectors + 1 : 0xfffffffe;
    }
    ck_assert_uint_le(sectors, 128);

    package_put(&p, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    package_zeros(&p, 16);
    package_uint(&p, 0x3e, 2);
    package_uint(&p, 3, 2);
    package_uint(&p, 0xfffe, 2);
    package_uint(&p, 9, 2);
    package_uint(&p, 6, 2);
    package_zeros(&p, 10);
    package_uint(&p, 1, 4);                         /* FAT sectors */
    package_uint(&p, COMPOUND_DIRECTORY_SECTOR, 4); /* directory */
    package_uint(&p, 0, 4);
    package_uint(&p, 4096, 4);
    package_uint(&p, 1 + directory, 4); /* mini FAT */
    package_uint(&p, 1, 4);
    package_uint(&p, 0xfffffffe, 4); /* DIFAT */
    package_uint(&p, 0, 4);
    package_uint(&p, 0, 4); /* the FAT's sector */
    for (unsigned i = 1; i < 109; i++)
        package_uint(&p, 0xffffffff, 4);
    for (unsigned i = 0; i < 128; i++)
        package_uint(&p, fat[i], 4);
    for (unsigned i = 0; i < 4 * directory; i++) {
        uint8_t name[64] = {0};
        static const struct compound_node none = {.name = ""};
        const struct compound_node *node = i < count ? &nodes[i] : &none;
        size_t name_len = i < count ? compound_name(node, name) : 0;
        uint32_t child = 0xffffffff, right = 0xffffffff;
        /* Siblings as a list: the tree need not be balanced. */
        for (unsigned k = count; k-- > 1;) {
            if (i < count && nodes[k].parent == i && k != i)
                child = k;
            if (i > 0 && i < count && k > i && nodes[k].parent == node->parent)
                right = k;
        }
        package_put(&p, name, 64);
        package_uint(&p, name_len, 2);
        package_uint(&p, i >= count ? 0 : i == 0 ? 5 : node->storage ? 1 : 2, 1);
        package_uint(&p, 1, 1);
        package_uint(&p, 0xffffffff, 4);
        package_uint(&p, right, 4);
        package_uint(&p, child, 4);
        package_put(&p, node->class, 16);
        package_zeros(&p, 20);
        package_uint(&p, i == 0 ? 2 + directory : i < count && !node->storage ? starts[i] : 0, 4);
        package_uint(&p, i == 0 ? small.len : node->content.len, 8);
    }
    for (unsigned i = 0; i < 128; i++)
        package_uint(&p, mini[i], 4);
    package_put(&p, small.bytes, small.len);
    package_zeros(&p, (512 - p.len % 512) % 512);
    for (unsigned i = 1; i < count; i++) {
        if (!nodes[i].storage && nodes[i].content.len >= 4096) {
            package_put(&p, nodes[i].content.data, nodes[i].content.len);
            package_zeros(&p, (512 - p.len % 512) % 512);
        }
    }
    free(small.bytes);
    return package_take(&p);
}

/* ---- cabinets: one folder, one stored file; with the reserve of a signer if there is a blob */

static inline struct span cab_build(struct span blob, bool reserve)
{
    struct package p = {NULL, 0, 0};
    static const char content[] = "what the cabinet holds";
    package_text(&p, "MSCF");
    package_zeros(&p, 4 + 4 + 4); /* reserved, length, reserved */
    package_uint(&p, reserve ? 60 + 8 : 36 + 8, 4);
    package_zeros(&p, 4);
    package_uint(&p, 0x0103, 2);
    package_uint(&p, 1, 2);
    package_uint(&p, 1, 2);
    package_uint(&p, reserve ? 4 : 0, 2);
    package_uint(&p, 0x1234, 2);
    package_uint(&p, 0, 2);
    if (reserve) {
        package_uint(&p, 20, 4);
        package_uint(&p, 0x00100000, 4);
        package_zeros(&p, 4 + 4 + 8); /* place and length of the signature, 8 more */
    }
    package_uint(&p, p.len + 8 + 16 + 6, 4); /* the folder's data */
    package_uint(&p, 1, 2);
    package_uint(&p, 0, 2);
    package_uint(&p, sizeof content - 1, 4); /* the file */
    package_zeros(&p, 4 + 2 + 2 + 2);
    package_uint(&p, 0x20, 2);
    package_put(&p, "a.txt", 6);
    package_uint(&p, 0, 4); /* the data */
    package_uint(&p, sizeof content - 1, 2);
    package_uint(&p, sizeof content - 1, 2);
    package_text(&p, content);
    package_set(&p, 8, p.len, 4);
    if (reserve) {
        package_set(&p, 44, p.len, 4);
        package_set(&p, 48, blob.len, 4);
        package_put(&p, blob.data, blob.len);
    }
    return package_take(&p);
}

/* ---- scripts */

/* `text`, then the signature between `begin` and `end`, each line between `open` and `close`. */
static inline void script_block(struct package *p, struct span blob, const char *begin,
                                const char *end, const char *open, const char *close)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    package_text(p, "\r\n");
    package_text(p, begin);
    package_text(p, "\r\n");
    for (size_t at = 0; at < blob.len; at += 48) {
        package_text(p, open);
        for (size_t i = at; i < blob.len && i < at + 48; i += 3) {
            uint32_t bits = 0;
            unsigned have = 0;
            for (size_t k = i; k < i + 3; k++) {
                bits = bits << 8 | (k < blob.len ? blob.data[k] : 0u);
                have += k < blob.len;
            }
            for (unsigned k = 0; k < 4; k++)
                package_put(p, k <= have ? &digits[bits >> (18 - 6 * k) & 63] : "=", 1);
        }
        package_text(p, close);
        package_text(p, "\r\n");
    }
    package_text(p, end);
    package_text(p, "\r\n");
}

/* ---- ZIP files of stored entries */

struct zip_part {
    const char *name;
    struct span content;
};

/* Without CRC, which no signature reader looks at. */
static inline void zip_row(struct package *p, bool central, const struct zip_part *part,
                           uint64_t off)
{
    package_text(p, central ? "PK\1\2" : "PK\3\4");
    if (central)
        package_uint(p, 45, 2);
    package_uint(p, 45, 2);
    package_zeros(p, 2 + 2 + 4 + 4); /* flags, stored, time, CRC */
    package_uint(p, part->content.len, 4);
    package_uint(p, part->content.len, 4);
    package_uint(p, strlen(part->name), 2);
    package_uint(p, 0, 2);
    if (central) {
        package_zeros(p, 2 + 2 + 2 + 4);
        package_uint(p, off, 4);
    }
    package_text(p, part->name);
    if (!central)
        package_put(p, part->content.data, part->content.len);
}

/* *ret_directory: where the directory begins. */
static inline struct span zip_build(const struct zip_part *parts, size_t count, bool wide,
                                    size_t *ret_directory)
{
    struct package p = {NULL, 0, 0};
    size_t offs[16];
    ck_assert_uint_le(count, 16);
    for (size_t i = 0; i < count; i++) {
        offs[i] = p.len;
        zip_row(&p, false, &parts[i], 0);
    }
    size_t directory = p.len;
    for (size_t i = 0; i < count; i++)
        zip_row(&p, true, &parts[i], offs[i]);
    size_t end = p.len;
    if (wide) {
        package_text(&p, "PK\6\6");
        package_uint(&p, 44, 8);
        package_uint(&p, 45, 2);
        package_uint(&p, 45, 2);
        package_zeros(&p, 8);
        package_uint(&p, count, 8);
        package_uint(&p, count, 8);
        package_uint(&p, end - directory, 8);
        package_uint(&p, directory, 8);
        package_text(&p, "PK\6\7");
        package_zeros(&p, 4);
        package_uint(&p, end, 8);
        package_uint(&p, 1, 4);
    }
    package_text(&p, "PK\5\6");
    package_zeros(&p, 4);
    package_uint(&p, wide ? 0xffff : count, 2);
    package_uint(&p, wide ? 0xffff : count, 2);
    package_uint(&p, wide ? 0xffffffff : end - directory, 4);
    package_uint(&p, wide ? 0xffffffff : directory, 4);
    package_uint(&p, 0, 2);
    *ret_directory = directory;
    return package_take(&p);
}

#endif
