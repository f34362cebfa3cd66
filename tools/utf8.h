/* utf8.h - code points of bytes that may be anything */
#ifndef TOOLS_UTF8_H
#define TOOLS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What utf8_next returns for a byte that is no UTF-8. */
#define UTF8_INVALID UINT32_MAX

/* Decodes the code point at `bytes` (len > 0) and tells its length; an invalid byte has length 1.
 * Overlong forms, surrogates and values above 10FFFF are invalid (RFC 3629). */
uint32_t utf8_next(const char *bytes, size_t len, size_t *ret_len);

bool utf8_valid(const char *bytes, size_t len);

/* True for what a terminal acts on, or what reorders, hides or breaks a line: C0, DEL, C1, bidi
 * controls, zero-width and line-separating characters, byte order mark, tags. */
bool utf8_is_control(uint32_t point);

#endif
