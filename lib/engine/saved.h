/* saved.h - one row of a result as bytes, and back: between saved.c and saved_rows.c */
#ifndef VPI_ENGINE_SAVED_H
#define VPI_ENGINE_SAVED_H

#include "engine/engine.h"

enum field_type { FIELD_UINT, FIELD_TEXT, FIELD_SPAN };

struct field {
    size_t off;
    uint8_t type, len;
};

/* Rows of one type: what of each is kept. */
struct row_form {
    const struct field *fields;
    size_t field_count, row_len;
};

/* Beyond the capacity it only counts. */
struct writer {
    uint8_t *bytes;
    size_t capacity, len;
};

void vpi_saved_put_bytes(struct writer *w, struct span bytes);
void vpi_saved_put_uint(struct writer *w, uint64_t value);
void vpi_saved_put_counted(struct writer *w, struct span bytes);
void vpi_saved_put_rows(struct writer *w, const struct row_form *form, const void *rows,
                        size_t count);

/* What is wrong with the input, or no memory, sets in.bad. */
struct saved {
    struct reader in;
    struct arena *arena;
};

uint64_t vpi_saved_take_uint(struct reader *in);
struct span vpi_saved_take_counted(struct saved *s);
/* As many rows as there are bytes for, in the arena; NULL with in.bad otherwise. */
void *vpi_saved_take_rows(struct saved *s, const struct row_form *form, uint32_t *ret_count);

#endif
