/* fields.h - what may stand in a map of the text set
 *
 * A table of fields is checked against a map once; what the getters return afterwards has the type
 * that the table promises, or is absent.  The JSON schemas say the same to editors.
 */
#ifndef VPI_SET_FIELDS_H
#define VPI_SET_FIELDS_H

#include "set/model.h"

enum field_type {
    FIELD_TEXT = 1, /* not empty */
    FIELD_ID,       /* lower-case letters, digits, hyphens */
    FIELD_SUBJECT,  /* an id, or VENDOR/PRODUCT */
    FIELD_DIGITS,   /* fits 64 bits */
    FIELD_DATE,     /* YYYY-MM-DD */
    FIELD_PARTIAL,  /* YYYY, YYYY-MM or YYYY-MM-DD */
    FIELD_SIZE,     /* N or LEAST-MOST */
    FIELD_PREFIX,   /* 1 to 16 bytes in hexadecimal */
    FIELD_LANGUAGE, /* BCP 47 */
    FIELD_KIND,     /* name of a kind that can be looked up */
    FIELD_KINDS,    /* list of these */
    FIELD_WORD,     /* one of `words` */
    FIELD_WORDS,    /* list of these */
    FIELD_MAPS,     /* list of maps */
    FIELD_MAP
};

struct field {
    const char *name;
    enum field_type type;
    bool required;
    const char *const *words; /* ends in NULL */
};

extern const char *const vpi_words_type[];       /* from 0 */
extern const char *const vpi_words_status[];     /* from 0 */
extern const char *const vpi_words_yes[];        /* from 0 */
extern const char *const vpi_words_format[];     /* from 0, as vp_name spells them */
extern const char *const vpi_words_role[];       /* from 0 */
extern const char *const vpi_words_relation[];   /* from 1 */
extern const char *const vpi_words_level[];      /* from 1 */
extern const char *const vpi_words_answer[];     /* from 0 */
extern const char *const vpi_words_confidence[]; /* from 1 */

/* The index of `text` in `words`, or -1. */
int vpi_word(const char *const *words, struct span text);

/* Says what is wrong with `map`, whose fields are `fields` (ends in a NULL name).  False: it is not
 * usable. */
bool vpi_fields_check(struct vp_set *set, const char *file, const struct node *map,
                      const struct field *fields);

/* What the index of a word of vpi_words_type stands for. */
enum vp_subject_type vpi_subject_type(int word);

/* Checks a text against a type, for CSV too; NULL, or what it should be. */
const char *vpi_field_problem(enum field_type type, struct span text, const char *const *words);

/* Getters for checked maps.  Absent: NULL, -1, 0, VP_NONE. */
const char *vpi_field_text(const struct node *map, const char *name);
int vpi_field_word(const struct node *map, const char *name, const char *const *words);
/* Bits 1 << index of a list of words. */
uint32_t vpi_field_words(const struct node *map, const char *name, const char *const *words);

/* Values of checked texts. */
uint64_t vpi_digits(struct span text);
void vpi_size_range(struct span text, uint64_t *ret_least, uint64_t *ret_most);

#endif
