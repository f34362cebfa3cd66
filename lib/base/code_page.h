/* code_page.h - texts in a Windows code page */
#ifndef VPI_BASE_CODE_PAGE_H
#define VPI_BASE_CODE_PAGE_H

#include "base/arena.h"

enum { CODE_PAGE_CYRILLIC = 1251, CODE_PAGE_WESTERN = 1252, CODE_PAGE_UTF8 = 65001 };

/* The character that a byte stands for; U+FFFD above ASCII when the page isn't known. */
unsigned vpi_code_page_character(unsigned code_page, uint8_t byte);

/* UTF-8 of `bytes`, NUL-terminated in the arena; that of a text in UTF-8 is not checked.  False:
 * memory. */
bool vpi_code_page_text(struct arena *arena, unsigned code_page, struct span bytes,
                        struct span *ret);

#endif
