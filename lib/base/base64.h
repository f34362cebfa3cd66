/* base64.h - base64 (RFC 4648, section 4) to bytes */
#ifndef VPI_BASE_BASE64_H
#define VPI_BASE_BASE64_H

#include "base/span.h"

/* Decodes `text` into `ret`, which has room for text.len / 4 * 3 + 3 bytes; white space is skipped,
 * and what follows the padding must be white space.  False: it is no base64. */
bool vpi_base64_decode(struct span text, uint8_t *ret, size_t *ret_len);

#endif
