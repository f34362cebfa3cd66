/* image.h - what a format reader found: the same struct for every format
 *
 * A reader fills what its format has and leaves the rest empty.  Spans point into the source's
 * blocks or into the arena; both live as long as the examination of the object.  Offsets are bytes
 * from the start of the object.  Features are made from this struct, never from a format's own
 * structures.
 */
#ifndef VPI_FORMAT_IMAGE_H
#define VPI_FORMAT_IMAGE_H

#include "io/source.h"

/* Named maxima: what is beyond them is noted (VP_NOTE_MALFORMED or a count gap), not read. */
enum {
    IMAGE_SECTIONS_MOST = 2048,
    IMAGE_IMPORTS_MOST = 65536,
    IMAGE_EXPORTS_MOST = 65536,
    IMAGE_LIBRARIES_MOST = 4096,
    IMAGE_SYMBOLS_MOST = 1 << 18,
    IMAGE_TEXTS_MOST = 4096,
    IMAGE_BLOBS_MOST = 8192,
    IMAGE_NOTES_MOST = 64
};

struct image_section {
    struct span name;  /* bytes as in the table, NULs at the end taken off */
    uint64_t off, len; /* in the file; clamped to it */
    uint64_t address, address_len;
    uint32_t flags; /* the format's own */
};

struct image_import {
    struct span library; /* bytes as written; empty where symbols belong to no library */
    struct span name;    /* empty for an ordinal */
    uint16_t ordinal;
    bool by_ordinal;
    bool delayed;
};

struct image_export {
    struct span name; /* empty for an ordinal alone */
    uint32_t ordinal;
    bool forwarded;
};

/* A library that the object wants to be loaded: DT_NEEDED, LC_LOAD_DYLIB. */
struct image_library {
    struct span name; /* bytes as written */
    uint64_t off;     /* of the name in the file */
};

/* A symbol of a format whose symbols belong to no library (ELF). */
enum image_symbol_flags {
    SYMBOL_DEFINED = 1,     /* here, not elsewhere */
    SYMBOL_FUNCTION = 2,    /* of the type that code has */
    SYMBOL_STRONG = 4,      /* bound globally, not weakly */
    SYMBOL_VISIBLE = 8,     /* of default visibility */
    SYMBOL_LINKED = 16,     /* in the table that the loader of the object resolves */
    SYMBOL_FIRST_TABLE = 32 /* in the first table that the section headers name */
};

struct image_symbol {
    struct span name;
    unsigned flags;
};

/* Where a text comes from: two sources may use the same word for a field. */
enum image_text_group {
    TEXT_VERSION = 0,  /* VERSIONINFO */
    TEXT_LINK = 1,     /* what the loader is told: "interpreter", "runpath" */
    TEXT_COMPILER = 2, /* "comment", "rustc": who made the code */
    TEXT_MODINFO = 3,  /* a Linux kernel module's fields */
    TEXT_PACKAGE = 4,  /* the package note's fields */
    TEXT_GO = 5,       /* Go's build info: "go", "path", "mod", "dep", "=>" */
    TEXT_INF = 10,     /* an INF file's fields: "Provider", "Manufacturer", "File", ... */
    TEXT_MSI = 12,     /* an installer's properties, and its summary as "summary." and the field */
    TEXT_APPX = 13     /* an MSIX package's manifest */
};

/* A text that describes the object: one string of VERSIONINFO, for instance. */
struct image_text {
    enum image_text_group group;
    const char *field; /* "CompanyName": static for known fields, else in the arena */
    struct span utf8;  /* the value; unpaired surrogates are U+FFFD */
    uint64_t off;      /* of the value in the file, or VP_NONE */
    uint64_t len;      /* in the file, bytes */
    uint16_t language; /* Windows language id, or 0 */
    uint16_t code_page;
    const char *beside; /* the file beside the object in which it stands, or NULL */
};

enum image_blob_type {
    BLOB_RESOURCE = 1,       /* any resource's data */
    BLOB_ICON = 2,           /* one icon image (RT_ICON) */
    BLOB_MANIFEST = 3,       /* RT_MANIFEST: XML text */
    BLOB_SIGNATURE = 4,      /* one WIN_CERTIFICATE's content: PKCS#7 SignedData, DER */
    BLOB_RICH = 5,           /* the Rich header's decoded bytes, from "DanS" up to "Rich" (arena) */
    BLOB_CODEVIEW = 6,       /* the CodeView record that a debug directory points to */
    BLOB_CLR_METADATA = 7,   /* the .NET metadata root ("BSJB") */
    BLOB_BUILD_ID = 8,       /* what the linker calls this build: LC_UUID, a GNU build-id */
    BLOB_CODE_SIGNATURE = 9, /* Apple's: what LC_CODE_SIGNATURE points to */
    BLOB_OPENPGP = 20,       /* OpenPGP packets, in armor or not, over some of signed_ranges */
    BLOB_IMA = 22,           /* what security.ima says of the file */
    BLOB_DIGEST = 21         /* a digest that the object says some of signed_ranges has */
};

/* Of BLOB_CODE_SIGNATURE: whether the file says that it is there. */
enum { CODE_SIGNATURE_IN_PLACE = 0, CODE_SIGNATURE_REMOVED = 1 };

struct image_blob {
    enum image_blob_type type;
    uint64_t off, len; /* in the file; VP_NONE when not in one piece there */
    struct span bytes; /* empty: not read; take it from the source or by the pass */
    /* Resource: name id, or 0.  Signature: wCertificateType.  Code signature: see above.  OpenPGP,
     * digest: 1 << index, for each of the signed_ranges that it is over. */
    uint32_t id;
    /* Resource: type id, or 0 for a named type.  Signature: wRevision.  Digest: the algorithm's
     * number for OpenPGP (RFC 9580, 9.5). */
    uint32_t kind;
    struct span name;      /* resource: name in UTF-8 when it has no id */
    struct span kind_name; /* resource: type name in UTF-8 when it has no id */
    uint16_t language;
};

/* How the format's signatures cover its content. */
enum image_signing {
    SIGNING_NONE = 0,           /* nothing here is signed in a way that is verified */
    SIGNING_AUTHENTICODE = 1,   /* SpcIndirectDataContent has the digest of signed_ranges */
    SIGNING_ENCLOSED = 2,       /* the signature encloses all that it is over: a catalog */
    SIGNING_DETACHED = 3,       /* the signer's own digest is of signed_ranges: a kernel module */
    SIGNING_CODE_DIRECTORY = 4, /* the signer's own digest is of a code directory: Apple */
    SIGNING_IMA = 9,            /* security.ima has a signature of the file's digest */
    SIGNING_OPENPGP = 5,        /* each signature says over which of signed_ranges: packages */
    SIGNING_PACKAGE = 8         /* SpcIndirectDataContent has several digests: MSIX */
};

/* What is signed of an object whose signature is over pieces in another order than theirs: an
 * installer package. */
struct image_scattered {
    const struct source_range *ranges;
    size_t count;
    /* The digest of this comes before them, if the object says what it is. */
    struct span extra_message;
    bool has_extra;
    struct span extra; /* that digest, as the object says */
};

/* What an MSIX package's signature has digests of, beside that of signed_ranges. */
struct image_package {
    struct span directory; /* of the ZIP file, as it was before the signature was put in */
    struct span content_types, block_map, integrity;
    bool has_integrity; /* there is a part for the last one */
};

/* How the bytes of signed_ranges become what is hashed. */
enum image_signed_as {
    SIGNED_AS_BYTES = 0,
    SIGNED_AS_UTF16 = 1,  /* a text in UTF-16LE: as it is */
    SIGNED_AS_UTF8 = 2,   /* as UTF-16LE; if it isn't UTF-8, it is Windows-1252 */
    SIGNED_AS_WESTERN = 3 /* Windows-1252, as UTF-16LE */
};

struct image_note {
    enum vp_note_code code;
    uint64_t off;
    const char *text;
};

struct image_gap {
    enum vp_gap_reason reason;
    const char *what;
};

/* What a reader may leave out, because nobody asks for it; the list is partial then. */
enum image_part { IMAGE_PART_EXPORTS = 1, IMAGE_PART_SYMBOLS = 2, IMAGE_PART_COMPILERS = 4 };

struct image {
    enum vp_format format;
    enum vp_role role;
    bool has_members;    /* beside being described, it is a container: lib/container may open it */
    const char *machine; /* static: "x86", "x86-64", "arm64", ... */
    unsigned bits;       /* 32 or 64 */
    unsigned unwanted;   /* enum image_part, a sum: set before it is read */

    struct image_section *sections;
    size_t section_count, section_capacity;
    struct image_import *imports; /* in the order of the tables: imphash depends on it */
    size_t import_count, import_capacity;
    struct image_export *exports; /* in the order of the name table */
    size_t export_count, export_capacity;
    struct span export_library; /* the DLL name in the export directory */
    /* The imports or exports are not all there are: a hash of the set would be a wrong one. */
    bool imports_partial, exports_partial;
    struct span own_name; /* what a library calls itself: SONAME, install name */
    uint64_t own_name_off;
    struct image_library *libraries; /* in the order of the table */
    size_t library_count, library_capacity;
    struct image_symbol *symbols; /* with a name, bound beyond the object, in order */
    size_t symbol_count, symbol_capacity;
    bool symbols_partial;
    struct image_text *texts;
    size_t text_count, text_capacity;
    struct image_blob *blobs;
    size_t blob_count, blob_capacity;
    struct image_note notes[IMAGE_NOTES_MOST];
    size_t note_count;
    struct image_gap gaps[IMAGE_NOTES_MOST];
    size_t gap_count;

    /* VERSIONINFO's fixed field, numeric: "1.2.3.4", or NULL. */
    const char *fixed_file_version;
    const char *fixed_product_version;

    enum image_signing signing;
    /* What is signed.  Authenticode of PE: the file without the checksum, the security directory
     * entry and the certificate table. */
    struct source_range signed_ranges[4];
    size_t signed_range_count;
    uint64_t signed_header_len; /* PE: SizeOfHeaders, the first page for digests of pages */
    uint64_t headers_end;       /* PE: the later of that and the end of the section table */
    /* Zeros that a signer would add to the end of an unsigned file before it hashes it (0 to 7). */
    unsigned signed_padding;
    enum image_signed_as signed_as;
    bool signed_position; /* followed by how many characters of a text the first range has */
    struct image_scattered *scattered; /* instead of signed_ranges, or NULL */
    struct image_package *package;     /* beside signed_ranges, or NULL */
    bool has_signature_table;
    uint64_t signature_table_off, signature_table_len; /* that the digest leaves out */
    bool signature_slack; /* bytes of the table belong to no entry and are not zeros */

    struct span name; /* of the object, or empty: a hint where to look, never what it is */

    struct arena *arena; /* where the arrays live */
};

/* Zeroed, with its arena. */
void vpi_image_init(struct image *image, struct arena *arena);

/* A new last element, zeroed, or NULL: memory or the named maximum, then a gap is recorded. */
struct image_section *vpi_image_section(struct image *image);
struct image_import *vpi_image_import(struct image *image);
struct image_export *vpi_image_export(struct image *image);
struct image_library *vpi_image_library(struct image *image);
struct image_symbol *vpi_image_symbol(struct image *image);
struct image_text *vpi_image_text(struct image *image);
struct image_blob *vpi_image_blob(struct image *image);

/* Facts about the object; beyond IMAGE_NOTES_MOST they are dropped.  Text is static or in the
 * arena. */
void vpi_image_note(struct image *image, enum vp_note_code code, uint64_t off, const char *text);
void vpi_image_gap(struct image *image, enum vp_gap_reason reason, const char *what);

/* After a failed vpi_source_get: a note for a short source, a gap for a failed read or memory. */
void vpi_image_short(struct image *image, const struct source *src, uint64_t off, const char *what);

#endif
