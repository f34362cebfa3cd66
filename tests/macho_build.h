/* macho_build.h - Mach-O files and code signatures field by field, for tests
 *
 *     struct macho_build m;
 *     macho_build_init(&m, true, false);                     64 bits, little-endian, a program
 *     macho_section(&m, "__TEXT", "__text", 0, "code", 4);   a segment with this one section
 *     macho_dylib(&m, 0xc, "/usr/lib/libSystem.B.dylib", 0x10000);
 *     macho_symbol(&m, "_puts", 0x01);
 *     macho_symbols(&m, true);
 *     macho_build_finish(&m);                                m.bytes, m.len: exactly the file
 *     macho_build_done(&m);
 *
 * Running out of memory aborts.
 */
#ifndef TESTS_MACHO_BUILD_H
#define TESTS_MACHO_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MACHO_CONTENT_OFF = 2048, MACHO_SYMBOLS_MOST = 64 };

struct macho_part {
    uint8_t *data;
    size_t len;
};

struct macho_build {
    bool wide, big;
    uint32_t cpu, subtype, filetype, count;
    struct macho_part commands, content;
    struct {
        const char *name;
        uint8_t type;
    } symbols[MACHO_SYMBOLS_MOST];
    size_t symbol_count;
    uint8_t *bytes;
    size_t len;
};

static inline void macho_put(struct macho_part *to, const void *data, size_t len)
{
    uint8_t *larger = realloc(to->data, to->len + len + 1);
    if (!larger)
        abort();
    if (len)
        memcpy(larger + to->len, data, len);
    to->data = larger;
    to->len += len;
}

static inline void macho_put_uint(struct macho_part *to, uint64_t value, unsigned len, bool big)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < len; i++)
        bytes[i] = (uint8_t)(value >> 8 * (big ? len - 1 - i : i));
    macho_put(to, bytes, len);
}

static inline void macho_put_name(struct macho_part *to, const char *name)
{
    char field[17] = {0};
    strncpy(field, name, 16);
    macho_put(to, field, 16);
}

static inline void macho_build_init(struct macho_build *m, bool wide, bool big)
{
    memset(m, 0, sizeof *m);
    m->wide = wide;
    m->big = big;
    m->cpu = wide ? 0x0100000c : 7;
    m->filetype = 2;
}

static inline void macho_build_done(struct macho_build *m)
{
    free(m->commands.data);
    free(m->content.data);
    free(m->bytes);
}

/* A command whose fields are 32-bit numbers. */
static inline void macho_command(struct macho_build *m, uint32_t number, const uint32_t *fields,
                                 size_t count)
{
    macho_put_uint(&m->commands, number, 4, m->big);
    macho_put_uint(&m->commands, 8 + 4 * count, 4, m->big);
    for (size_t i = 0; i < count; i++)
        macho_put_uint(&m->commands, fields[i], 4, m->big);
    m->count++;
}

static inline void macho_dylib(struct macho_build *m, uint32_t number, const char *name,
                               uint32_t version)
{
    const uint32_t fields[] = {24, 2, version, 0};
    size_t len = strlen(name) + 1, padded = (len + 7) / 8 * 8;
    macho_put_uint(&m->commands, number, 4, m->big);
    macho_put_uint(&m->commands, 24 + padded, 4, m->big);
    for (size_t i = 0; i < 4; i++)
        macho_put_uint(&m->commands, fields[i], 4, m->big);
    macho_put(&m->commands, name, len);
    macho_put(&m->commands, "\0\0\0\0\0\0\0", padded - len);
    m->count++;
}

static inline void macho_uuid(struct macho_build *m, const char *uuid)
{
    macho_put_uint(&m->commands, 0x1b, 4, m->big);
    macho_put_uint(&m->commands, 24, 4, m->big);
    macho_put(&m->commands, uuid, 16);
    m->count++;
}

static inline void macho_section(struct macho_build *m, const char *segment, const char *name,
                                 uint32_t flags, const void *bytes, size_t len)
{
    unsigned width = m->wide ? 8 : 4;
    uint64_t off = MACHO_CONTENT_OFF + m->content.len;
    struct macho_part *to = &m->commands;
    macho_put_uint(to, m->wide ? 0x19 : 1, 4, m->big);
    macho_put_uint(to, m->wide ? 72 + 80 : 56 + 68, 4, m->big);
    macho_put_name(to, segment);
    const uint64_t place[] = {0x100000000 + off, len, off, len};
    for (size_t i = 0; i < 4; i++)
        macho_put_uint(to, place[i], width, m->big);
    const uint32_t tail[] = {5, 5, 1, 0};
    for (size_t i = 0; i < 4; i++)
        macho_put_uint(to, tail[i], 4, m->big);
    macho_put_name(to, name);
    macho_put_name(to, segment);
    macho_put_uint(to, 0x100000000 + off, width, m->big);
    macho_put_uint(to, len, width, m->big);
    const uint32_t fields[] = {(uint32_t)off, 0, 0, 0, flags, 0, 0, 0};
    for (size_t i = 0; i < (m->wide ? 8 : 7); i++)
        macho_put_uint(to, fields[i], 4, m->big);
    macho_put(&m->content, bytes, len);
    m->count++;
}

static inline void macho_symbol(struct macho_build *m, const char *name, uint8_t type)
{
    if (m->symbol_count == MACHO_SYMBOLS_MOST)
        abort();
    m->symbols[m->symbol_count].name = name;
    m->symbols[m->symbol_count++].type = type;
}

/* The symbol and the string table; with LC_DYSYMTAB if `sorted`, which the symbols must then be. */
static inline void macho_symbols(struct macho_build *m, bool sorted)
{
    struct macho_part strings = {0};
    uint32_t counts[3] = {0};
    uint32_t off = (uint32_t)(MACHO_CONTENT_OFF + m->content.len);
    macho_put(&strings, " ", 2);
    for (size_t i = 0; i < m->symbol_count; i++) {
        const char *name = m->symbols[i].name;
        uint8_t type = m->symbols[i].type;
        counts[!(type & 1) ? 0 : type & 0xe ? 1 : 2]++;
        macho_put_uint(&m->content, name[0] ? strings.len : 0, 4, m->big);
        macho_put_uint(&m->content, type, 1, m->big);
        macho_put_uint(&m->content, 0, m->wide ? 11 - 8 : 3, m->big);
        macho_put_uint(&m->content, 0, m->wide ? 8 : 4, m->big);
        macho_put(&strings, name, strlen(name) + 1);
    }
    uint32_t rows = (uint32_t)m->symbol_count, row_len = m->wide ? 16 : 12;
    const uint32_t table[] = {off, rows, off + rows * row_len, (uint32_t)strings.len};
    macho_command(m, 2, table, 4);
    const uint32_t order[18] = {0,        counts[0], counts[0], counts[1], counts[0] + counts[1],
                                counts[2]};
    if (sorted)
        macho_command(m, 0xb, order, 18);
    macho_put(&m->content, strings.data, strings.len);
    free(strings.data);
}

static inline void macho_signature(struct macho_build *m, const void *bytes, size_t len)
{
    const uint32_t fields[] = {(uint32_t)(MACHO_CONTENT_OFF + m->content.len), (uint32_t)len};
    macho_command(m, 0x1d, fields, 2);
    macho_put(&m->content, bytes, len);
}

static inline void macho_build_finish(struct macho_build *m)
{
    struct macho_part all = {0};
    const uint32_t fields[] = {
        m->wide ? 0xfeedfacf : 0xfeedface, m->cpu, m->subtype, m->filetype, m->count,
        (uint32_t)m->commands.len,         0,      0};
    for (size_t i = 0; i < (m->wide ? 8 : 7); i++)
        macho_put_uint(&all, fields[i], 4, m->big);
    macho_put(&all, m->commands.data, m->commands.len);
    if (all.len > MACHO_CONTENT_OFF)
        abort();
    while (m->content.len && all.len < MACHO_CONTENT_OFF)
        macho_put(&all, "", 1);
    macho_put(&all, m->content.data, m->content.len);
    m->bytes = all.data;
    m->len = all.len;
}

/* ---- code signatures: always big-endian */

/* A code directory of one page digest; `team` may be NULL, then it is of the version before. */
static inline void signature_directory(struct macho_part *to, uint8_t hash_type,
                                       const char *identifier, const char *team, uint32_t flags)
{
    size_t header = team ? 52 : 48, id_len = strlen(identifier) + 1;
    size_t team_len = team ? strlen(team) + 1 : 0, hashes = header + id_len + team_len;
    const uint32_t fields[] = {0xfade0c02,
                               (uint32_t)(hashes + 32),
                               team ? 0x20200 : 0x20100,
                               flags,
                               (uint32_t)hashes,
                               (uint32_t)header,
                               0,
                               1,
                               4096};
    for (size_t i = 0; i < 9; i++)
        macho_put_uint(to, fields[i], 4, true);
    macho_put_uint(to, hash_type == 1 ? 20 : 32, 1, true);
    macho_put_uint(to, hash_type, 1, true);
    macho_put_uint(to, 12, 2, true); /* platform 0, pages of 4096 */
    macho_put_uint(to, 0, 8, true);
    if (team)
        macho_put_uint(to, header + id_len, 4, true);
    macho_put(to, identifier, id_len);
    macho_put(to, team, team_len);
    macho_put(to, "0123456789abcdef0123456789abcdef", 32);
}

static inline void signature_blob(struct macho_part *to, uint32_t magic, const void *bytes,
                                  size_t len)
{
    macho_put_uint(to, magic, 4, true);
    macho_put_uint(to, 8 + len, 4, true);
    macho_put(to, bytes, len);
}

struct signature_slot {
    uint32_t slot;
    struct macho_part blob; /* freed */
};

static inline void signature_super(struct macho_part *to, struct signature_slot *slots,
                                   size_t count)
{
    size_t off = 12 + 8 * count, len = off;
    for (size_t i = 0; i < count; i++)
        len += slots[i].blob.len;
    macho_put_uint(to, 0xfade0cc0, 4, true);
    macho_put_uint(to, len, 4, true);
    macho_put_uint(to, count, 4, true);
    for (size_t i = 0; i < count; i++) {
        macho_put_uint(to, slots[i].slot, 4, true);
        macho_put_uint(to, off, 4, true);
        off += slots[i].blob.len;
    }
    for (size_t i = 0; i < count; i++) {
        macho_put(to, slots[i].blob.data, slots[i].blob.len);
        free(slots[i].blob.data);
    }
}

/* SHA-1 and SHA-256 directories, requirements, entitlements, a CMS blob of `cms`. */
static inline void signature_sample(struct macho_part *to, const void *cms, size_t cms_len)
{
    static const char entitlements[] = "<plist><dict/></plist>";
    struct signature_slot slots[5] = {{0}, {0x1000, {0}}, {2, {0}}, {5, {0}}, {0x10000, {0}}};
    signature_directory(&slots[0].blob, 1, "com.example.thing", "ABCDE12345", 0);
    signature_directory(&slots[1].blob, 2, "com.example.thing", "ABCDE12345", 0);
    signature_blob(&slots[2].blob, 0xfade0c01, "\0\0\0\0", 4);
    signature_blob(&slots[3].blob, 0xfade7171, entitlements, sizeof entitlements - 1);
    signature_blob(&slots[4].blob, 0xfade0b01, cms, cms_len);
    signature_super(to, slots, 5);
}

/* A file with some of everything: for sweeps over prefixes and flipped bytes. */
static inline void macho_build_sample(struct macho_build *m, bool wide, bool big)
{
    static const char info[] = "<?xml version=\"1.0\"?><!-- c --><plist><dict>"
                               "<key>CFBundleIdentifier</key><string>com.example.thing</string>"
                               "<key>CFBundleName</key><string>Thing &amp; Co</string>"
                               "</dict></plist>";
    static const uint32_t build[] = {1, 0x000b0000, 0x000e0201, 0};
    struct macho_part signature = {0};
    macho_build_init(m, wide, big);
    macho_section(m, "__TEXT", "__text", 0, "code code code", 14);
    macho_section(m, "__TEXT", "__info_plist", 0, info, sizeof info - 1);
    macho_uuid(m, "0123456789abcdef");
    macho_command(m, 0x32, build, 4);
    macho_dylib(m, 0xd, "@rpath/libthing.2.dylib", 0x00020304);
    macho_dylib(m, 0xc, "/usr/lib/libz.1.dylib", 0x10000);
    macho_dylib(m, 0x80000018, "/usr/lib/libSystem.B.dylib", 0x10000);
    macho_symbol(m, "_local", 0x0e);
    macho_symbol(m, "_thing", 0x0f);
    macho_symbol(m, "_puts", 0x01);
    macho_symbol(m, "_exit", 0x01);
    macho_symbols(m, true);
    signature_sample(&signature, "\x30\x00", 2);
    macho_signature(m, signature.data, signature.len);
    free(signature.data);
    macho_build_finish(m);
}

#endif
