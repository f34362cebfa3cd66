/* macho.h - what the files of the Mach-O reader share
 *
 * Specification: Apple, <mach-o/loader.h> and <mach-o/nlist.h> of cctools and xnu
 * (https://github.com/apple-oss-distributions).  Fields have the byte order of the magic number.
 */
#ifndef VPI_FORMAT_MACHO_H
#define VPI_FORMAT_MACHO_H

#include "format/image.h"

/* A run of rows of the symbol table. */
struct macho_rows {
    uint32_t first, count;
};

struct macho {
    struct image *image;
    struct source *src;
    bool big, wide; /* byte order; 64-bit structures */
    uint32_t cpu, subtype, filetype;

    struct span commands; /* all load commands, as far as they are there */
    uint64_t commands_off;

    bool has_symbols; /* LC_SYMTAB */
    uint32_t symbols_off, symbol_count, strings_off, strings_len;
    bool has_rows; /* LC_DYSYMTAB: how the linker sorted the symbols */
    struct macho_rows local_rows, export_rows, import_rows;

    uint64_t info_off, info_len; /* section __TEXT,__info_plist */
    uint64_t content_end;        /* the end of what the commands point to */
    uint64_t tables_end;         /* of the tables in __LINKEDIT, without the signature */
    bool cut;                    /* some of that is beyond the end of the file: noted */
};

/* A reader at `off` of `bytes` in the file's byte order. */
static inline struct reader macho_reader(const struct macho *m, struct span bytes, uint64_t off)
{
    struct reader r = reader_at(bytes, off);
    r.big = m->big;
    return r;
}

/* Raises m->content_end; what reaches beyond the file is noted, once.  How many of `len` bytes at
 * `off` there are. */
uint64_t vpi_macho_cover(struct macho *m, uint64_t off, uint64_t len);

/* macho_command.c: every load command. */
void vpi_macho_commands_read(struct macho *m);

/* Raises m->tables_end. */
void vpi_macho_table(struct macho *m, uint64_t off, uint64_t len);

/* macho_signature.c: what is left of a signature to which no command points. */
void vpi_macho_removed_find(struct macho *m);

/* macho_symbol.c: from the symbol table to imports and exports. */
void vpi_macho_symbols_read(struct macho *m);

#endif
