/* import_ordinals.h - names of the functions that are imported by ordinal */
#ifndef VPI_FEATURE_IMPORT_ORDINALS_H
#define VPI_FEATURE_IMPORT_ORDINALS_H

#include "base/span.h"

/* The name of an ordinal of `library` (lower case, with its extension), or NULL.  Static. */
const char *vpi_import_ordinal(struct span library, unsigned ordinal);

#endif
