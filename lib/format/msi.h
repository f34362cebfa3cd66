/* msi.h - the parts of a Windows Installer package that say whose it is */
#ifndef VPI_FORMAT_MSI_H
#define VPI_FORMAT_MSI_H

#include "format/compound.h"

enum { MSI_NAME_MOST = 64 };

/* The name of a stream as the installer's tables have it ("!Property"), or "" when it is none in
 * ASCII.  `ret` has room for MSI_NAME_MOST bytes. */
void vpi_msi_name(struct span utf16, char *ret);

/* A stream of the root storage by its name, as vpi_msi_name writes it. */
const struct compound_entry *vpi_msi_stream(struct compound *c, const char *name);

/* msi_table.c: texts of the tables Property and MsiPatchMetadata. */
void vpi_msi_properties(struct compound *c);

/* property_set.c: texts of a stream with the summary information ([MS-OLEPS]). */
void vpi_summary_read(struct image *image, struct span stream);

#endif
