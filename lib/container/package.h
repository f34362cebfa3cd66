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
};

/* Opens the range as tar or cpio, compressed or not.  False: it is none that is read, or it is
 * damaged.  vpi_packed_close in both cases. */
bool vpi_packed_open(struct packed *packed, struct container *c, const struct source_range *range);
void vpi_packed_close(struct packed *packed);

/* package_text.c: the fields of a deb package's control file, as texts of the container's image. */
void vpi_package_control(struct container *c, const struct source_range *range);

#endif
