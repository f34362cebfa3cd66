/* package.h - the files of this folder that read packages of Linux distributions */
#ifndef VPI_CONTAINER_PACKAGE_H
#define VPI_CONTAINER_PACKAGE_H

#include <locale.h>

#include "container/container.h"

struct archive;

/* One of the archives in a package: a range of its bytes, decoded by libarchive. */
struct packed {
    struct container *c;
    struct archive *archive;
    uint64_t off, end; /* of the compressed bytes that are left */
    locale_t locale;   /* for names; (locale_t)0: there is none */
    uint64_t left;     /* cpio: bytes of the entry, and what fills it up, that were not read */
};

enum packed_kind { PACKED_TAR, PACKED_CPIO };

/* Opens the range, compressed or not.  False: it is none that is read, or it is damaged.
 * vpi_packed_close in both cases. */
bool vpi_packed_open(struct packed *packed, enum packed_kind kind, struct container *c,
                     const struct source_range *range);
void vpi_packed_close(struct packed *packed);

struct packed_entry {
    struct span name; /* until the next entry */
    uint64_t size;
    bool regular;
};

enum packed_result { PACKED_ENTRY, PACKED_END, PACKED_DAMAGED, PACKED_OTHER };

/* Decodes up to `len` bytes; fewer only at the end of the entry, or where it is damaged. */
size_t vpi_packed_read(struct packed *packed, uint8_t *bytes, size_t len, bool *ret_damaged);

/* The next entry of a tar, by libarchive. */
enum packed_result vpi_packed_tar(struct packed *packed, struct packed_entry *ret);

/* package_cpio.c: the next entry of a cpio, by ourselves: libarchive takes as much memory for a
 * name as its length says.  `name` has room for CPIO_NAME_MOST bytes.  PACKED_OTHER: a cpio that
 * isn't read. */
enum { CPIO_NAME_MOST = 4096 };
enum packed_result vpi_packed_cpio(struct packed *packed, uint8_t *name, struct packed_entry *ret);

/* package_text.c: the fields of a deb package's control file, as texts of the container's image. */
void vpi_package_control(struct container *c, const struct source_range *range);

#endif
