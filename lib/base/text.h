/* text.h - what may stand in text that people see */
#ifndef VPI_BASE_TEXT_H
#define VPI_BASE_TEXT_H

#include "base/span.h"

/* Bytes of the well-formed UTF-8 character at `off` if it is no control character, else 0. */
size_t vpi_text_character(struct span text, size_t off);

/* Well-formed UTF-8 without control characters (C0, DEL, C1). */
bool vpi_text_clean(struct span text);

/* Writes a character (at most U+10FFFF, no surrogate) as UTF-8, 1 to 4 bytes; returns how many. */
size_t vpi_text_put(uint32_t c, uint8_t *to);

#endif
