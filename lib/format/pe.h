/* pe.h - what the files of the PE reader share
 *
 * Specification: Microsoft, "PE Format"
 * (https://learn.microsoft.com/windows/win32/debug/pe-format). Where that is silent or loaders
 * disagree with it (rounding, overlaps, limits), the reader does what pefile 2024.8.26
 * (https://github.com/erocarrera/pefile) does, because the published hashes of imports and Rich
 * headers are defined by it.
 *
 * Each vpi_pe_*_read function fills one part of the image from one data directory, and does nothing
 * if the directory is not there.  They may be called in any order.
 */
#ifndef VPI_FORMAT_PE_H
#define VPI_FORMAT_PE_H

#include "format/image.h"

enum pe_directory_index {
    PE_EXPORT = 0,
    PE_IMPORT = 1,
    PE_RESOURCE = 2,
    PE_SECURITY = 4, /* its address is an offset in the file */
    PE_DEBUG = 6,
    PE_DELAY_IMPORT = 13,
    PE_CLR = 14,
    PE_DIRECTORIES = 16
};

enum { PE_SUBSYSTEM_NATIVE = 1, PE_SUBSYSTEM_EFI = 10, PE_SUBSYSTEM_EFI_ROM = 13 };
enum { PE_MACHINE_I386 = 0x14c, PE_FILE_DLL = 0x2000 };

struct pe_directory {
    uint32_t address, len;
};

/* A section as addresses are looked up in it: addresses [start, end) stand at `off` in the file, up
 * to raw_end. */
struct pe_section {
    uint64_t start, end;
    uint64_t off, raw_end;
    uint64_t end_most; /* the largest `end` of this and all before it */
    uint32_t address;  /* as written */
    uint32_t index;    /* in the table */
};

struct pe {
    struct image *image;
    struct source *src;
    bool stopped; /* reading, memory or the caller's patience failed; recorded in the image */

    uint64_t header_off;   /* of "PE\0\0" */
    uint64_t optional_off; /* of the optional header */
    uint64_t sections_off;
    uint32_t section_total; /* as the header claims */
    uint16_t machine, characteristics, subsystem;
    uint16_t optional_len; /* as the header claims */
    bool plus;             /* PE32+ */
    uint64_t image_base;
    uint32_t image_len, section_alignment, file_alignment;
    uint32_t symbols_off, symbol_count; /* COFF symbol table, in the file */
    uint64_t directories_off;
    struct pe_directory directories[PE_DIRECTORIES];
    unsigned directory_count;

    struct pe_section *sections; /* ascending by address */
    size_t section_count;
    uint64_t header_len;  /* bytes that are mapped before the first section */
    uint64_t content_end; /* the end of what headers, sections and directories cover */
};

/* pe_header.c: false if it is no PE after all. */
bool vpi_pe_header_read(struct pe *pe);

/* pe_address.c: from the section table to pe->sections and image->sections. */
void vpi_pe_sections_read(struct pe *pe);

/* pe_address.c.  Where the bytes of an address stand in the file and how many follow there; false
 * when nothing in the file belongs to it. */
bool vpi_pe_locate(const struct pe *pe, uint64_t address, uint64_t *ret_off, uint64_t *ret_len);

/* `len` bytes at `address`, or what there is of them. */
bool vpi_pe_get(struct pe *pe, uint64_t address, uint64_t len, struct span *ret);
bool vpi_pe_get_some(struct pe *pe, uint64_t address, uint64_t len, struct span *ret);

/* Bytes up to a NUL, at most `most`; empty when there are none. */
struct span vpi_pe_string(struct pe *pe, uint64_t address, size_t most);

/* Bytes at an offset in the file, or what there is of them. */
bool vpi_pe_file(struct pe *pe, uint64_t off, uint64_t len, struct span *ret);
bool vpi_pe_file_some(struct pe *pe, uint64_t off, uint64_t len, struct span *ret);

/* The directory, or false: not there. */
bool vpi_pe_directory(const struct pe *pe, enum pe_directory_index index, struct pe_directory *ret);

/* Raises pe->content_end to off + len if that is inside the file. */
void vpi_pe_cover(struct pe *pe, uint64_t off, uint64_t len);

void vpi_pe_import_read(struct pe *pe);
void vpi_pe_export_read(struct pe *pe);
void vpi_pe_resource_read(struct pe *pe);
void vpi_pe_debug_read(struct pe *pe);
void vpi_pe_clr_read(struct pe *pe);
void vpi_pe_rich_read(struct pe *pe);
void vpi_pe_certificate_read(struct pe *pe);

/* pe_version.c: VS_VERSIONINFO, `bytes` of which stand at `off` in the file. */
void vpi_pe_version_read(struct pe *pe, struct span bytes, uint64_t off);

#endif
