/* date.h - days since 1970-01-01 and YYYY-MM-DD, without the C library's clock and locale */
#ifndef VPI_BASE_DATE_H
#define VPI_BASE_DATE_H

#include "base/span.h"

enum { DATE_TEXT = 11, DATE_DAYS_MOST = 2932896 /* 9999-12-31 */ };

/* "" for 0 (not known) and for what lies beyond year 9999. */
void vpi_date_print(uint64_t days, char ret[DATE_TEXT]);

/* YYYY-MM-DD of a day that exists, from 1970-01-02 on. */
bool vpi_date_parse(struct span text, uint32_t *ret_days);

/* YYYY, YYYY-MM or YYYY-MM-DD: as exact as a source is. */
bool vpi_date_partial(struct span text);

#endif
