/* pe_build.h - PE files field by field, for tests
 *
 *     struct pe_build pe;
 *     pe_build_init(&pe, true);                              PE32+, a console program
 *     struct pe_bytes *data = pe_section(&pe, ".rdata");     its address: pe_here(data)
 *     pe_imports(&pe, data, "kernel32.dll:ExitProcess,#5 user32.dll:MessageBoxA");
 *     pe_version(&pe, data, "040904b0", "CompanyName=Example\0ProductName=Thing\0");
 *     pe_resources(&pe, data);
 *     pe_finish(&pe);                                        pe.bytes, pe.len: exactly the file
 *     pe_build_done(&pe);
 *
 * Every field of the headers is a member that a test may set to what no linker would write, up to
 * pe_finish; the bytes may be changed after it.  Running out of memory aborts.
 */
#ifndef TESTS_PE_BUILD_H
#define TESTS_PE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PE_SECTIONS_MOST = 8,
    PE_RESOURCES_MOST = 32,
    PE_CERTIFICATES_MOST = 8,
    PE_SECTION_SPAN = 0x10000 /* addresses of one section */
};

/* Bytes that grow, and the address of the first. */
struct pe_bytes {
    uint8_t *data;
    size_t len, capacity;
    uint32_t address;
};

void pe_put(struct pe_bytes *to, const void *data, size_t len);
void pe_put_uint(struct pe_bytes *to, uint64_t value, unsigned len);
void pe_put_text(struct pe_bytes *to, const char *text);  /* with its NUL */
void pe_put_utf16(struct pe_bytes *to, const char *utf8); /* with its NUL */
void pe_align(struct pe_bytes *to, size_t align);
void pe_set_uint(struct pe_bytes *to, size_t off, uint64_t value, unsigned len);
uint32_t pe_here(const struct pe_bytes *bytes);

struct pe_build_section {
    char name[9];
    uint32_t virtual_len, address, raw_len, raw_off, flags; /* raw_*: pe_finish, unless set */
    struct pe_bytes content;
};

struct pe_build_resource {
    uint32_t type, id;
    const char *type_name, *name; /* or NULL: the numbers count */
    uint16_t language;
    uint32_t address, len; /* of the data */
};

struct pe_build_directory {
    uint32_t address, len;
};

struct pe_build {
    bool plus; /* PE32+ */
    uint16_t machine, characteristics, subsystem;
    uint64_t image_base;
    uint32_t section_alignment, file_alignment, image_len, checksum;
    uint32_t symbols_off, symbol_count;
    int optional_len;  /* -1: what it is */
    int section_total; /* -1: what there is */
    uint32_t directory_count;
    struct pe_build_directory directories[16];
    struct pe_build_section sections[PE_SECTIONS_MOST];
    size_t section_count;
    struct pe_build_resource resources[PE_RESOURCES_MOST];
    size_t resource_count;
    struct pe_bytes stub;              /* what stands between the DOS header and the PE header */
    struct pe_bytes overlay;           /* behind the sections */
    struct pe_bytes certificates;      /* the table, behind the overlay */
    size_t debug_section, debug_field; /* section (from 1) and place of pe_debug's file offset */

    /* After pe_finish. */
    uint8_t *bytes;
    size_t len;
    size_t header_off, checksum_off, security_off, sections_off, certificates_off;
};

void pe_build_init(struct pe_build *pe, bool plus);
void pe_build_done(struct pe_build *pe);

/* A new section; the n-th has the address n * PE_SECTION_SPAN. */
struct pe_bytes *pe_section(struct pe_build *pe, const char *name);

/* The import directory (or the delay import directory): libraries separated by blanks, functions
 * by commas, ordinals as "#5". */
void pe_imports(struct pe_build *pe, struct pe_bytes *to, const char *what);
void pe_delay_imports(struct pe_build *pe, struct pe_bytes *to, const char *what);

/* The export directory: names separated by commas; "-" is an ordinal without a name, "=" before a
 * name makes it a forwarder. */
void pe_exports(struct pe_build *pe, struct pe_bytes *to, const char *library, const char *names);

/* A resource whose data is `len` bytes. */
void pe_resource(struct pe_build *pe, struct pe_bytes *to, uint32_t type, uint32_t id,
                 uint16_t language, const void *data, size_t len);

/* VS_VERSIONINFO as a resource: version 1.2.3.4 (file) and 5.6.7.8 (product), one string table of
 * "name=value" texts, each with its NUL, the last one with two. */
void pe_version(struct pe_build *pe, struct pe_bytes *to, const char *table, const char *texts);

/* The resource directory of all resources so far. */
void pe_resources(struct pe_build *pe, struct pe_bytes *to);

/* A debug directory with one CodeView record "RSDS" whose path is `path`. */
void pe_debug(struct pe_build *pe, struct pe_bytes *to, const char *path);

/* A Rich header with these (product, count) pairs, in the stub; nothing else may be there. */
void pe_rich(struct pe_build *pe, uint32_t key, const uint32_t *pairs, size_t count);

/* A .NET header and `len` bytes of metadata. */
void pe_clr(struct pe_build *pe, struct pe_bytes *to, const void *metadata, size_t len);

/* A WIN_CERTIFICATE, revision 0x200, type 2. */
void pe_certificate(struct pe_build *pe, const void *content, size_t len);

/* Lays everything out. */
void pe_finish(struct pe_build *pe);

/* A file with some of everything: for sweeps over prefixes and flipped bytes. */
void pe_build_rich_file(struct pe_build *pe, bool plus);

#endif
