/* elf.h - what the files of the ELF reader share
 *
 * Specification: System V Application Binary Interface, chapters 4 and 5 (https://gabi.xinuos.com),
 * with the GNU extensions as elf.h of glibc numbers them.
 *
 * Section headers are used when they are sane, because they say more; a loader needs only the
 * program headers, so files are stripped of the former, and then the latter have to do.  Each
 * vpi_elf_*_read function fills one part of the image and does nothing when that part is not there.
 */
#ifndef VPI_FORMAT_ELF_H
#define VPI_FORMAT_ELF_H

#include "format/image.h"

enum { ELF_SECTIONS_MOST = 65536, ELF_SEGMENTS_MOST = 1024, ELF_STRING_MOST = 65536 };
enum { ELF_STRINGS_MOST = 32 << 20 }; /* of one string table */

enum elf_type { ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, ET_CORE = 4 };

enum elf_section_type {
    SHT_PROGBITS = 1,
    SHT_SYMTAB = 2,
    SHT_STRTAB = 3,
    SHT_DYNAMIC = 6,
    SHT_NOTE = 7,
    SHT_NOBITS = 8,
    SHT_DYNSYM = 11
};

enum { SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_COMPRESSED = 0x800 };

enum elf_segment_type { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4 };

enum { PF_X = 1, PF_W = 2 };

enum { EM_S390 = 22, EM_ALPHA = 0x9026 };

struct elf_section {
    struct span name;
    uint32_t type, link, info;
    uint64_t flags, address, off, len, alignment, entry_len;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t off, address, file_len, alignment;
};

struct elf {
    struct image *image;
    struct source *src;
    bool stopped; /* reading, memory or the caller's patience failed; recorded in the image */

    bool wide, big; /* 64-bit; big-endian */
    uint16_t type, machine;
    uint64_t segments_off, sections_off;
    uint32_t segment_total, section_total, names_index; /* as the header claims */
    uint16_t segment_len, section_len;

    struct elf_section *sections; /* empty unless sane */
    size_t section_count;
    struct elf_segment *segments;
    size_t segment_count;

    /* From the dynamic segment; addresses. */
    bool has_dynamic, is_pie;
    uint64_t symbols_address, hash_address, gnu_hash_address, mips_symbols;
    struct span strings; /* its string table, or empty */

    uint64_t content_end; /* the end of what headers, sections and segments cover */
};

/* elf_header.c: false if it is no ELF file after all. */
bool vpi_elf_header_read(struct elf *elf);
void vpi_elf_segments_read(struct elf *elf);
void vpi_elf_sections_read(struct elf *elf);

/* elf_bytes.c: bytes of the file.  Failures are recorded once: what is beyond the end as a note
 * that names `what`. */
bool vpi_elf_get(struct elf *elf, uint64_t off, uint64_t len, const char *what, struct span *ret);
/* Like vpi_elf_get, but what there is of them. */
bool vpi_elf_some(struct elf *elf, uint64_t off, uint64_t len, const char *what, struct span *ret);
/* What there is of a section's bytes, at most `most`; none for one without bytes in the file. */
bool vpi_elf_section_get(struct elf *elf, const struct elf_section *section, uint64_t most,
                         struct span *ret);
/* Where an address stands in the file, and how many bytes follow there. */
bool vpi_elf_locate(const struct elf *elf, uint64_t address, uint64_t *ret_off, uint64_t *ret_len);
/* A reader in the file's byte order, and an address or offset of the file's class. */
struct reader vpi_elf_reader(const struct elf *elf, struct span bytes);
uint64_t vpi_elf_word(const struct elf *elf, struct reader *r);
/* The string at `off` of a string table; false beyond it, and when it is absurdly long. */
bool vpi_elf_string(struct span table, uint64_t off, struct span *ret);
/* The first section of that name, or NULL. */
const struct elf_section *vpi_elf_section(const struct elf *elf, const char *name);
/* The first piece of `rest` up to a NUL that isn't empty; false when there is none. */
bool vpi_elf_piece(struct span *rest, struct span *ret);
/* One more text of the image; NULL as vpi_image_text. */
struct image_text *vpi_elf_text(struct elf *elf, enum image_text_group group, const char *field,
                                struct span utf8, uint64_t off);

void vpi_elf_dynamic_read(struct elf *elf);  /* elf_dynamic.c */
void vpi_elf_symbols_read(struct elf *elf);  /* elf_symbol.c */
void vpi_elf_notes_read(struct elf *elf);    /* elf_note.c */
void vpi_elf_compiler_read(struct elf *elf); /* elf_compiler.c */
void vpi_elf_modinfo_read(struct elf *elf);  /* elf_module.c: a kernel module's fields */
/* elf_module.c: the signature behind a kernel module; content_end covers it. */
void vpi_elf_trailer_read(struct elf *elf);
void vpi_elf_go_read(struct elf *elf); /* elf_go.c */

/* elf_package.c: the fields of a package note's JSON, which stands at `off`. */
void vpi_elf_package_read(struct elf *elf, struct span json, uint64_t off);

#endif
