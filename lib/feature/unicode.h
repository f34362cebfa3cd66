/* unicode.h - what the canonical form and the phrases need of Unicode */
#ifndef VPI_FEATURE_UNICODE_H
#define VPI_FEATURE_UNICODE_H

#include "base/span.h"

enum { UNICODE_FOLDED_MOST = 32 }; /* code points that one becomes: U+FDFA makes 18 */

enum unicode_class {
    UNICODE_OTHER = 0,
    UNICODE_LETTER = 1,  /* L* */
    UNICODE_MARK = 2,    /* M* */
    UNICODE_NUMBER = 3,  /* Nl, No */
    UNICODE_DIGIT = 4,   /* Nd */
    UNICODE_BLANK = 5,   /* Zs, Zl, Zp */
    UNICODE_CONTROL = 6, /* Cc */
};

/* The code point at `off` (U+FFFD for a byte that begins no well-formed one) and its length in
 * bytes; 0 at the end. */
size_t vpi_utf8_next(struct span utf8, size_t off, int32_t *ret);

/* Writes at most four bytes and returns how many. */
size_t vpi_utf8_put(int32_t c, uint8_t *to);

/* At most `most` bytes of it, no character split. */
struct span vpi_utf8_cut(struct span utf8, size_t most);

enum unicode_class vpi_unicode_class(int32_t c);

/* Canonical combining class. */
unsigned vpi_unicode_order(int32_t c);

/* Compatibility decomposition and full case folding of one code point; none for those that are
 * ignorable by default.  Returns how many. */
size_t vpi_unicode_fold(int32_t c, int32_t to[UNICODE_FOLDED_MOST]);

/* Canonical composition of ordered code points, in place; returns how many are left. */
size_t vpi_unicode_compose(int32_t *all, size_t count);

#endif
