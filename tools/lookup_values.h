/* lookup_values.h - from a value as people have it to the keys that it may mean */
#ifndef TOOLS_LOOKUP_VALUES_H
#define TOOLS_LOOKUP_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vendorprint/vendorprint.h>

enum { VALUE_KINDS = 256, VALUE_MESSAGE = 160 };

/* What the text of a kind looks like, found by trying the library's own parser. */
enum value_shape {
    SHAPE_TEXT,       /* any text */
    SHAPE_DIGITS,     /* `width` bytes of hexadecimal digits */
    SHAPE_ANY_DIGITS, /* any number of them */
    SHAPE_SIZED       /* digits, a colon and a length */
};

struct value_kinds {
    size_t count;
    struct {
        unsigned kind;
        enum value_shape shape;
        size_t width;
        size_t like; /* the first text kind with the same canonical form */
    } rows[VALUE_KINDS];
    uint8_t *buffer; /* for canonical values */
};

bool value_kinds_init(struct value_kinds *kinds);
void value_kinds_done(struct value_kinds *kinds);

/* The kind that a column or a prefix names: a kind's own name, or md5, sha1, sha256, xxh3 for those
 * of the whole file.  Case, hyphens, underscores and spaces don't matter.  0: none. */
unsigned value_kind_named(const struct value_kinds *kinds, const char *name, size_t len);

/* Whether the kind's values are hexadecimal digits alone. */
bool value_kind_is_digest(const struct value_kinds *kinds, unsigned kind);

/* The keys that `text` may mean under `kind`; 0: KIND:VALUE or bare.  Writes at most VALUE_KINDS to
 * ret_keys and says how many; 0: no value, and `message` says why. */
size_t value_keys(const struct value_kinds *kinds, unsigned kind, const char *text, size_t len,
                  struct vp_key *ret_keys, char message[VALUE_MESSAGE]);

/* Whether `text` has the digits of an MD5, SHA-1 or SHA-256, and nothing else. */
bool value_looks_like_digest(const char *text, size_t len);

/* The length of the digest at the start of a line of sha256sum, sha1sum or md5sum, after which a
 * file name stands at *ret_name; 0: no such line. */
size_t value_sum_line(const char *line, size_t len, size_t *ret_name);

#endif
