/* utf16.h - UTF-16LE, as Windows structures hold it */
#ifndef VPI_BASE_UTF16_H
#define VPI_BASE_UTF16_H

#include "base/arena.h"

/* UTF-8 of all of `utf16` (an odd last byte is left out), NUL-terminated in the arena.  Unpaired
 * surrogates become U+FFFD.  False: memory. */
bool vpi_utf16_to_utf8(struct arena *arena, struct span utf16, struct span *ret);

/* The text that begins at `off`, without its NUL: at most `most` characters, and what there is of
 * them when neither a NUL nor the maximum comes before the end. */
struct span vpi_utf16_until_nul(struct span bytes, uint64_t off, size_t most);

/* Whether `utf16` is exactly, or begins with, these ASCII characters. */
bool vpi_utf16_equal(struct span utf16, const char *ascii);
bool vpi_utf16_begins(struct span utf16, const char *ascii);

#endif
