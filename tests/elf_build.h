/* elf_build.h - ELF files field by field, for tests, of either class and byte order
 *
 *     struct elf_build elf;
 *     elf_build_init(&elf, true, false, ET_DYN);              64-bit, little-endian
 *     struct elf_bytes *comment = elf_section(&elf, ".comment", SHT_PROGBITS, 0);
 *     elf_put_text(comment, "GCC: (GNU) 12");
 *     elf_segment(&elf, PT_NOTE, elf_index(&elf, ".note"));
 *     elf_finish(&elf);                                       elf.bytes, elf.len: exactly the file
 *     elf_build_done(&elf);
 *
 * Each section has a slot of ELF_SLOT bytes, so that offsets and addresses are known before
 * elf_finish; the last one may be longer.  Members may be set to what no linker would write, up to
 * elf_finish; the bytes may be changed after it.  Running out of memory aborts.
 */
#ifndef TESTS_ELF_BUILD_H
#define TESTS_ELF_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ELF_SECTIONS_ROOM = 24,
    ELF_SEGMENTS_ROOM = 6,
    ELF_FIRST = 0x200, /* where the first slot begins */
    ELF_SLOT = 0x180,
    ELF_ADDRESS = 0x400000 /* of the file's first byte */
};

struct elf_bytes {
    const struct elf_build *elf; /* for the byte order */
    uint8_t *data;
    size_t len, capacity;
};

void elf_put(struct elf_bytes *to, const void *data, size_t len);
void elf_put_uint(struct elf_bytes *to, uint64_t value, unsigned len); /* in the file's order */
void elf_put_word(struct elf_bytes *to, uint64_t value);               /* of the file's class */
void elf_put_text(struct elf_bytes *to, const char *text);             /* with its NUL */
void elf_align(struct elf_bytes *to, size_t align);
void elf_bytes_done(struct elf_bytes *bytes);

struct elf_build_section {
    const char *name;
    uint32_t type, link, info;
    uint64_t flags, address, off, len, alignment, entry_len; /* len: 0, elf_finish fills it */
    struct elf_bytes content;
};

struct elf_build_segment {
    uint32_t type, flags;
    uint64_t off, address, file_len, alignment;
};

struct elf_build {
    bool wide, big;
    bool headerless; /* leave the section headers out */
    uint16_t type, machine;
    size_t slot; /* ELF_SLOT, unless set before the first section */
    struct elf_build_section sections[ELF_SECTIONS_ROOM]; /* [0] stays empty */
    unsigned section_count;
    struct elf_build_segment segments[ELF_SEGMENTS_ROOM];
    unsigned segment_count;
    uint16_t section_total, names_index, section_len; /* elf_finish, unless set */
    uint64_t sections_off;                            /* likewise */
    struct elf_bytes tail;                            /* behind everything */

    uint8_t *bytes;
    size_t len;
};

void elf_build_init(struct elf_build *elf, bool wide, bool big, uint16_t type);
void elf_build_done(struct elf_build *elf);

/* A section with its slot; its address is that of its offset. */
struct elf_bytes *elf_section(struct elf_build *elf, const char *name, uint32_t type,
                              uint64_t flags);
struct elf_build_section *elf_section_row(struct elf_build *elf, const char *name);
unsigned elf_index(struct elf_build *elf, const char *name);
/* A segment over a section; 0: over the whole file. */
struct elf_build_segment *elf_segment(struct elf_build *elf, uint32_t type, unsigned section);

void elf_note(struct elf_bytes *to, const char *owner, uint32_t type, const void *content,
              size_t len, unsigned align);
/* A symbol, its name put into `strings`. */
void elf_symbol(struct elf_bytes *to, struct elf_bytes *strings, const char *name, uint8_t info,
                uint8_t other, uint16_t section);
void elf_dynamic(struct elf_bytes *to, uint64_t tag, uint64_t value);
void elf_finish(struct elf_build *elf);

/* A library with everything that the reader knows of one. */
void elf_build_library(struct elf_build *elf, bool wide, bool big);
/* A kernel module, with `signature` behind it unless it is NULL. */
void elf_build_module(struct elf_build *elf, bool wide, bool big, const void *signature,
                      size_t len);
/* Go's build info in .go.buildinfo, with strings that follow (Go 1.18) or that are pointed to. */
void elf_go(struct elf_build *elf, bool pointers, const char *version, const char *lines);

#endif
