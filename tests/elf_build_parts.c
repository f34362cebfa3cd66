/* elf_build_parts.c - whole ELF files that tests share */
#include "elf_build.h"

#include <string.h>

#include "format/elf.h"

static const uint8_t build_id[20] = {0xb1, 0x01, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,
                                     0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xe1, 0xe2};

static void link_sections(struct elf_build *elf, const char *table, const char *strings)
{
    elf_section_row(elf, table)->link = elf_index(elf, strings);
    elf_section_row(elf, table)->entry_len = elf->wide ? 24 : 16;
}

/* One bucket, one word of the filter, chains of the two that are defined (3 and 4). */
static void gnu_hash(struct elf_bytes *to)
{
    elf_put_uint(to, 1, 4);
    elf_put_uint(to, 3, 4);
    elf_put_uint(to, 1, 4);
    elf_put_uint(to, 0, 4);
    elf_put_word(to, ~UINT64_C(0));
    elf_put_uint(to, 3, 4);
    elf_put_uint(to, 0x10, 4);
    elf_put_uint(to, 0x11, 4);
}

static uint64_t string_at(struct elf_bytes *strings, const char *text)
{
    uint64_t at = strings->len;
    elf_put_text(strings, text);
    return at;
}

static void dynamic_fill(struct elf_build *elf, struct elf_bytes *to, struct elf_bytes *strings)
{
    uint64_t first = string_at(strings, "libc.so.6"), second = string_at(strings, "libm.so.6");
    uint64_t own = string_at(strings, "libexample.so.1"), path = string_at(strings, "$ORIGIN/lib");
    elf_dynamic(to, 1, first);
    elf_dynamic(to, 1, second);
    elf_dynamic(to, 14, own);
    elf_dynamic(to, 29, path);
    elf_dynamic(to, 5, elf_section_row(elf, ".dynstr")->address);
    elf_dynamic(to, 10, strings->len);
    elf_dynamic(to, 6, elf_section_row(elf, ".dynsym")->address);
    elf_dynamic(to, 0x6ffffef5, elf_section_row(elf, ".gnu.hash")->address);
    elf_dynamic(to, 0, 0);
}

void elf_build_library(struct elf_build *elf, bool wide, bool big)
{
    static const char note[] = "{\"type\":\"deb\",\"os\":\"debian\",\"name\":\"example\","
                               "\"version\":\"1.2-3\"}";
    elf_build_init(elf, wide, big, ET_DYN);
    struct elf_bytes *interp = elf_section(elf, ".interp", SHT_PROGBITS, SHF_ALLOC);
    struct elf_bytes *notes = elf_section(elf, ".note", SHT_NOTE, SHF_ALLOC);
    struct elf_bytes *hash = elf_section(elf, ".gnu.hash", 0x6ffffff6, SHF_ALLOC);
    struct elf_bytes *symbols = elf_section(elf, ".dynsym", SHT_DYNSYM, SHF_ALLOC);
    struct elf_bytes *strings = elf_section(elf, ".dynstr", SHT_STRTAB, SHF_ALLOC);
    struct elf_bytes *text = elf_section(elf, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    struct elf_bytes *dynamic = elf_section(elf, ".dynamic", SHT_DYNAMIC, SHF_ALLOC);
    struct elf_bytes *comment = elf_section(elf, ".comment", SHT_PROGBITS, 0);
    elf_put_text(interp, "/lib/ld.so");
    elf_note(notes, "GNU", 3, build_id, sizeof build_id, 4);
    elf_note(notes, "FDO", 0xcafe1a7e, note, sizeof note, 4);
    gnu_hash(hash);
    elf_symbol(symbols, strings, "", 0, 0, 0);
    elf_symbol(symbols, strings, "malloc", 0x12, 0, 0);
    elf_symbol(symbols, strings, "weak_one", 0x22, 0, 0);
    elf_symbol(symbols, strings, "example_open", 0x12, 0, 6);
    elf_symbol(symbols, strings, "example_data", 0x11, 0, 6);
    elf_put(text, "\xc3", 1);
    dynamic_fill(elf, dynamic, strings);
    elf_put_text(comment, "GCC: (GNU) 12.2.0");
    elf_put_text(comment, "");
    elf_put_text(comment, "rustc version 1.63.0");
    elf_put_text(comment, "GCC: (GNU) 12.2.0");
    link_sections(elf, ".dynsym", ".dynstr");
    elf_segment(elf, PT_LOAD, 0);
    elf_segment(elf, PT_INTERP, elf_index(elf, ".interp"));
    elf_segment(elf, PT_DYNAMIC, elf_index(elf, ".dynamic"));
    elf_segment(elf, PT_NOTE, elf_index(elf, ".note"));
}

void elf_build_module(struct elf_build *elf, bool wide, bool big, const void *signature, size_t len)
{
    elf_build_init(elf, wide, big, ET_REL);
    struct elf_bytes *text = elf_section(elf, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    struct elf_bytes *info = elf_section(elf, ".modinfo", SHT_PROGBITS, SHF_ALLOC);
    struct elf_bytes *module =
        elf_section(elf, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC);
    struct elf_bytes *symbols = elf_section(elf, ".symtab", SHT_SYMTAB, 0);
    struct elf_bytes *strings = elf_section(elf, ".strtab", SHT_STRTAB, 0);
    elf_put(text, "\xc3", 1);
    static const char *const fields[] = {
        "license=GPL v2",     "author=Example Author <a@example.com>",
        "author=Second",      "description=Example driver",
        "version=1.0.2-k",    "alias=pci:v0000*",
        "vermagic=6.1.0 SMP", "no-equals-sign",
        "=empty name",        "parm=debug:Level (int)",
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        elf_put_text(info, fields[i]);
    for (unsigned i = 0; i < (wide ? 24u : 12u); i++)
        elf_put(module, "", 1);
    elf_put_text(module, "example_drv");
    elf_symbol(symbols, strings, "", 0, 0, 0);
    elf_symbol(symbols, strings, "local_function", 0x02, 0, 1);
    elf_symbol(symbols, strings, "init_module", 0x12, 0, 1);
    elf_symbol(symbols, strings, "printk", 0x10, 0, 0);
    link_sections(elf, ".symtab", ".strtab");
    if (!signature)
        return;
    static const uint8_t trailer[8] = {0, 0, 2, 0, 0, 0, 0, 0};
    uint8_t length[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                         (uint8_t)len};
    elf_put(&elf->tail, signature, len);
    elf_put(&elf->tail, trailer, sizeof trailer);
    elf_put(&elf->tail, length, sizeof length);
    elf_put(&elf->tail, "~Module signature appended~\n", 28);
}

static void varint_text(struct elf_bytes *to, const void *text, size_t len)
{
    size_t left = len;
    do {
        uint8_t byte = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
        elf_put(to, &byte, 1);
        left >>= 7;
    } while (left);
    elf_put(to, text, len);
}

/* A string header and, behind it, the string; in the section's own address. */
static void pointed_text(struct elf_build *elf, struct elf_bytes *to, const void *text, size_t len)
{
    uint64_t address = elf_section_row(elf, ".go.buildinfo")->address;
    elf_put_word(to, address + to->len + 2 * (elf->wide ? 8u : 4u));
    elf_put_word(to, len);
    elf_put(to, text, len);
}

void elf_go(struct elf_build *elf, bool pointers, const char *version, const char *lines)
{
    struct elf_bytes *to = elf_section(elf, ".go.buildinfo", SHT_PROGBITS, SHF_ALLOC);
    uint64_t address = elf_section_row(elf, ".go.buildinfo")->address;
    struct elf_bytes marked = {.elf = elf};
    unsigned word = elf->wide ? 8 : 4;
    elf_put(&marked, "0123456789abcdef", 16);
    elf_put(&marked, lines, strlen(lines));
    elf_put(&marked, "fedcba9876543210", 16);
    elf_put(to, "\xff Go buildinf:", 14);
    elf_put_uint(to, word, 1);
    elf_put_uint(to, (pointers ? 0u : 2u) | (elf->big ? 1u : 0u), 1);
    if (pointers) {
        elf_put_word(to, address + 32);
        elf_put_word(to, address + 32 + 2 * word + strlen(version));
    }
    while (to->len < 32)
        elf_put(to, "", 1);
    if (pointers) {
        pointed_text(elf, to, version, strlen(version));
        pointed_text(elf, to, marked.data, marked.len);
    } else {
        varint_text(to, version, strlen(version));
        varint_text(to, marked.data, marked.len);
    }
    elf_bytes_done(&marked);
}
