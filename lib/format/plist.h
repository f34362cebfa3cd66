/* plist.h - property lists: what an Info.plist says of its bundle
 *
 * Only texts of a few keys of the outermost dictionary are read, in the two forms that Apple's
 * tools write: XML in UTF-8 and binary.  They become the image's texts.
 */
#ifndef VPI_FORMAT_PLIST_H
#define VPI_FORMAT_PLIST_H

#include "format/image.h"

enum { PLIST_TEXT_MOST = 8192 };

/* `bytes` stand at `off` in the object.  What isn't well-formed ends the reading. */
void vpi_plist_read(struct image *image, struct span bytes, uint64_t off);

/* For the two readers: the static name of a key that is wanted, or NULL; and a new text. */
const char *vpi_plist_field(struct span key);
void vpi_plist_text(struct image *image, const char *field, struct span utf8, uint64_t off,
                    uint64_t len);

/* plist_binary.c: what begins with "bplist". */
void vpi_plist_binary_read(struct image *image, struct span bytes, uint64_t off);

#endif
