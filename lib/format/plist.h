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

/* ---- XML, for other readers too */

struct plist_tag {
    struct span name;
    bool closes, empty;
    uint64_t end; /* behind its '>' */
};

/* The next tag that begins at or behind `off`; comments and declarations are passed over. */
bool vpi_plist_tag(struct span all, uint64_t off, struct plist_tag *ret);
/* What stands from `off` up to the next tag. */
struct span vpi_plist_content(struct span all, uint64_t off);
/* Characters for entities; what isn't one stays as it is.  False: no memory. */
bool vpi_plist_resolve(struct arena *arena, struct span *text);

/* plist_binary.c: what begins with "bplist". */
void vpi_plist_binary_read(struct image *image, struct span bytes, uint64_t off);

#endif
