/* pe_build.c - PE files field by field, for tests: headers and layout */
#include "pe_build.h"

#include <stdlib.h>
#include <string.h>

enum { DOS_LEN = 64, COFF_LEN = 24, SECTION_LEN = 40, RICH_OFF = 0x80 };

static void *sure(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void pe_put(struct pe_bytes *to, const void *data, size_t len)
{
    if (to->len + len > to->capacity) {
        to->capacity = (to->len + len) * 2;
        to->data = sure(realloc(to->data, to->capacity));
    }
    if (len)
        memcpy(to->data + to->len, data, len);
    to->len += len;
}

void pe_put_uint(struct pe_bytes *to, uint64_t value, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        uint8_t byte = i < 8 ? (uint8_t)(value >> 8 * i) : 0;
        pe_put(to, &byte, 1);
    }
}

void pe_put_text(struct pe_bytes *to, const char *text)
{
    pe_put(to, text, strlen(text) + 1);
}

/* Well-formed UTF-8 of at most three bytes a character is all that tests write. */
void pe_put_utf16(struct pe_bytes *to, const char *utf8)
{
    for (const uint8_t *p = (const uint8_t *)utf8; *p;) {
        unsigned more = *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
        uint32_t c = more == 2 ? *p & 0xfu : more == 1 ? *p & 0x1fu : *p;
        for (p++; more; more--)
            c = c << 6 | (*p++ & 0x3fu);
        pe_put_uint(to, c, 2);
    }
    pe_put_uint(to, 0, 2);
}

void pe_align(struct pe_bytes *to, size_t align)
{
    while (to->len % align)
        pe_put_uint(to, 0, 1);
}

void pe_set_uint(struct pe_bytes *to, size_t off, uint64_t value, unsigned len)
{
    if (off + len > to->len)
        abort();
    for (unsigned i = 0; i < len; i++)
        to->data[off + i] = (uint8_t)(value >> 8 * i);
}

uint32_t pe_here(const struct pe_bytes *bytes)
{
    return bytes->address + (uint32_t)bytes->len;
}

void pe_build_init(struct pe_build *pe, bool plus)
{
    memset(pe, 0, sizeof *pe);
    pe->plus = plus;
    pe->machine = plus ? 0x8664 : 0x14c;
    pe->characteristics = 0x0002; /* executable */
    pe->subsystem = 3;            /* console */
    pe->image_base = plus ? 0x140000000 : 0x400000;
    pe->section_alignment = 0x1000;
    pe->file_alignment = 0x200;
    pe->image_len = PE_SECTION_SPAN * (PE_SECTIONS_MOST + 1);
    pe->optional_len = pe->section_total = -1;
    pe->directory_count = 16;
}

void pe_build_done(struct pe_build *pe)
{
    for (size_t i = 0; i < pe->section_count; i++)
        free(pe->sections[i].content.data);
    free(pe->stub.data);
    free(pe->overlay.data);
    free(pe->certificates.data);
    free(pe->bytes);
    memset(pe, 0, sizeof *pe);
}

struct pe_bytes *pe_section(struct pe_build *pe, const char *name)
{
    if (pe->section_count == PE_SECTIONS_MOST)
        abort();
    struct pe_build_section *section = &pe->sections[pe->section_count++];
    memcpy(section->name, name, strlen(name) < 8 ? strlen(name) : 8);
    section->address = section->content.address = (uint32_t)pe->section_count * PE_SECTION_SPAN;
    section->flags = 0x40000040; /* readable, initialised data */
    return &section->content;
}

void pe_rich(struct pe_build *pe, uint32_t key, const uint32_t *pairs, size_t count)
{
    while (DOS_LEN + pe->stub.len < RICH_OFF)
        pe_put_uint(&pe->stub, 0, 1);
    pe_put_uint(&pe->stub, 0x536e6144 ^ key, 4); /* "DanS" */
    for (int i = 0; i < 3; i++)
        pe_put_uint(&pe->stub, key, 4);
    for (size_t i = 0; i < count; i++)
        pe_put_uint(&pe->stub, pairs[i] ^ key, 4);
    pe_put(&pe->stub, "Rich", 4);
    pe_put_uint(&pe->stub, key, 4);
    pe_align(&pe->stub, 8);
}

void pe_certificate(struct pe_build *pe, const void *content, size_t len)
{
    pe_put_uint(&pe->certificates, len + 8, 4);
    pe_put_uint(&pe->certificates, 0x200, 2); /* revision 2.0 */
    pe_put_uint(&pe->certificates, 2, 2);     /* PKCS#7 */
    pe_put(&pe->certificates, content, len);
    pe_align(&pe->certificates, 8);
}

static void headers_put(struct pe_build *pe, struct pe_bytes *to)
{
    unsigned width = pe->plus ? 8 : 4;
    size_t optional_len = (pe->plus ? 112u : 96u) + 8u * pe->directory_count;
    pe_put(to, "MZ", 2);
    while (to->len < 60)
        pe_put_uint(to, 0, 1);
    pe_put_uint(to, DOS_LEN + pe->stub.len, 4); /* e_lfanew */
    pe_put(to, pe->stub.data, pe->stub.len);
    pe->header_off = to->len;
    pe_put(to, "PE\0\0", 4);
    pe_put_uint(to, pe->machine, 2);
    pe_put_uint(to, pe->section_total < 0 ? pe->section_count : (size_t)pe->section_total, 2);
    pe_put_uint(to, 0, 4); /* time stamp */
    pe_put_uint(to, pe->symbols_off, 4);
    pe_put_uint(to, pe->symbol_count, 4);
    pe_put_uint(to, pe->optional_len < 0 ? optional_len : (size_t)pe->optional_len, 2);
    pe_put_uint(to, pe->characteristics, 2);
    size_t optional = to->len;
    pe_put_uint(to, pe->plus ? 0x20b : 0x10b, 2);
    pe_put_uint(to, 0, pe->plus ? 22 : 26); /* linker, sizes, entry point */
    pe_put_uint(to, pe->image_base, width);
    pe_put_uint(to, pe->section_alignment, 4);
    pe_put_uint(to, pe->file_alignment, 4);
    pe_put_uint(to, 0, 8); /* versions of system and image */
    pe_put_uint(to, 0, 8); /* of the subsystem; reserved */
    pe_put_uint(to, pe->image_len, 4);
    pe_put_uint(to, 0x400, 4); /* headers */
    pe->checksum_off = to->len;
    pe_put_uint(to, pe->checksum, 4);
    pe_put_uint(to, pe->subsystem, 2);
    pe_put_uint(to, 0, 2); /* DLL characteristics */
    for (int i = 0; i < 4; i++)
        pe_put_uint(to, 0, width); /* stack and heap */
    pe_put_uint(to, 0, 4);         /* loader flags */
    pe_put_uint(to, pe->directory_count, 4);
    pe->security_off = to->len + 32;
    for (uint32_t i = 0; i < pe->directory_count && i < 16; i++) {
        pe_put_uint(to, pe->directories[i].address, 4);
        pe_put_uint(to, pe->directories[i].len, 4);
    }
    if (pe->optional_len >= 0) {
        while (to->len < optional + (size_t)pe->optional_len)
            pe_put_uint(to, 0, 1);
    }
}

static void section_headers_put(struct pe_build *pe, struct pe_bytes *to)
{
    pe->sections_off = to->len;
    size_t off = to->len + pe->section_count * SECTION_LEN;
    for (size_t i = 0; i < pe->section_count; i++) {
        struct pe_build_section *s = &pe->sections[i];
        off = (off + 0x1ff) & ~(size_t)0x1ff;
        if (!s->raw_off)
            s->raw_off = (uint32_t)off;
        if (!s->raw_len)
            s->raw_len = (uint32_t)(s->content.len + 0x1ff) & ~0x1ffu;
        if (!s->virtual_len)
            s->virtual_len = (uint32_t)s->content.len;
        off = s->raw_off + s->content.len;
        pe_put(to, s->name, 8);
        pe_put_uint(to, s->virtual_len, 4);
        pe_put_uint(to, s->address, 4);
        pe_put_uint(to, s->raw_len, 4);
        pe_put_uint(to, s->raw_off, 4);
        pe_put_uint(to, 0, 6);
        pe_put_uint(to, 0, 6);
        pe_put_uint(to, s->flags, 4);
        if (pe->debug_section == i + 1)
            pe_set_uint(&s->content, pe->debug_field, s->raw_off + pe->debug_field + 4, 4);
    }
}

void pe_finish(struct pe_build *pe)
{
    struct pe_bytes file = {0};
    headers_put(pe, &file);
    section_headers_put(pe, &file);
    for (size_t i = 0; i < pe->section_count; i++) {
        pe_align(&file, 0x200);
        pe_put(&file, pe->sections[i].content.data, pe->sections[i].content.len);
    }
    if (pe->section_count)
        pe_align(&file, 0x200);
    pe_put(&file, pe->overlay.data, pe->overlay.len);
    if (pe->certificates.len) {
        pe_align(&file, 8);
        pe->certificates_off = file.len;
        pe_set_uint(&file, pe->security_off, file.len, 4);
        pe_set_uint(&file, pe->security_off + 4, pe->certificates.len, 4);
        pe_put(&file, pe->certificates.data, pe->certificates.len);
    }
    pe->len = file.len;
    pe->bytes = sure(malloc(file.len));
    memcpy(pe->bytes, file.data, file.len);
    free(file.data);
}
