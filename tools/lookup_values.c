/* lookup_values.c - from a value as people have it to the keys that it may mean */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lookup_values.h"
#include "terminal.h"

enum { CANONICAL_MOST = 1 << 18, WIDTH_MOST = 64 };

static bool parses(const struct value_kinds *kinds, unsigned kind, const char *text, size_t len,
                   size_t *ret_len)
{
    return vp_value_parse(kind, text, len, kinds->buffer, CANONICAL_MOST, ret_len, NULL) == VP_OK;
}

static enum value_shape shape_of(const struct value_kinds *kinds, unsigned kind, size_t *ret_width)
{
    char zeros[2 * WIDTH_MOST];
    size_t len, fits = 0;
    memset(zeros, '0', sizeof zeros);
    if (parses(kinds, kind, "zz", 2, &len))
        return SHAPE_TEXT;
    for (size_t width = 1; width <= WIDTH_MOST; width++) {
        if (parses(kinds, kind, zeros, 2 * width, &len)) {
            *ret_width = width;
            fits++;
        }
    }
    return fits == 0 ? SHAPE_SIZED : fits == 1 ? SHAPE_DIGITS : SHAPE_ANY_DIGITS;
}

/* Most text kinds have one canonical form, which is costly: it is made once a value.  Two kinds
 * share it if they agree on a text with everything in it that a form may treat in its own way. */
static size_t first_like(const struct value_kinds *kinds, size_t row)
{
    static const char probe[] = " A\xef\xbc\xa2\xc2\xae \"c\\x64'  1\xd0\x96-\xef\xac\x81 ";
    uint8_t first[256];
    size_t first_len = 0, len = 0;
    if (vp_value_parse(kinds->rows[row].kind, probe, sizeof probe - 1, first, sizeof first,
                       &first_len, NULL) != VP_OK)
        return row;
    for (size_t i = 0; i < row; i++) {
        if (kinds->rows[i].shape == SHAPE_TEXT &&
            parses(kinds, kinds->rows[i].kind, probe, sizeof probe - 1, &len) && len == first_len &&
            memcmp(kinds->buffer, first, len) == 0)
            return i;
    }
    return row;
}

bool value_kinds_init(struct value_kinds *kinds)
{
    kinds->count = 0;
    kinds->buffer = malloc(CANONICAL_MOST);
    if (kinds->buffer == NULL) {
        complain("out of memory");
        return false;
    }
    for (size_t i = 0; i < VALUE_KINDS && vp_kind_at(i) != 0; i++) {
        kinds->rows[i].kind = vp_kind_at(i);
        kinds->rows[i].width = 0;
        kinds->rows[i].shape = shape_of(kinds, kinds->rows[i].kind, &kinds->rows[i].width);
        kinds->rows[i].like = i;
        if (kinds->rows[i].shape == SHAPE_TEXT)
            kinds->rows[i].like = first_like(kinds, i);
        kinds->count++;
    }
    return true;
}

void value_kinds_done(struct value_kinds *kinds)
{
    free(kinds->buffer);
}

/* "SHA-256" and "sha_256" are "sha256". */
static bool same_name(const char *given, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++) {
        char c = given[i];
        if (c == '-' || c == '_' || c == ' ')
            continue;
        while (*name == '-')
            name++;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (*name == '\0' || *name++ != c)
            return false;
    }
    return len > 0 && *name == '\0';
}

unsigned value_kind_named(const struct value_kinds *kinds, const char *name, size_t len)
{
    static const char *const files[][2] = {{"md5", "file-md5"},
                                           {"sha1", "file-sha1"},
                                           {"sha256", "file-sha256"},
                                           {"xxh3", "file-xxh3-128"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (same_name(name, len, files[i][0]))
            return vp_kind_from_name(files[i][1]);
    }
    for (size_t i = 0; i < kinds->count; i++) {
        if (same_name(name, len, vp_name(VP_NAMES_KIND, kinds->rows[i].kind)))
            return kinds->rows[i].kind;
    }
    return 0;
}

bool value_kind_is_digest(const struct value_kinds *kinds, unsigned kind)
{
    for (size_t i = 0; i < kinds->count; i++) {
        if (kinds->rows[i].kind == kind)
            return kinds->rows[i].shape == SHAPE_DIGITS || kinds->rows[i].shape == SHAPE_ANY_DIGITS;
    }
    return false;
}

static size_t digits_at(const char *text, size_t len)
{
    size_t count = 0;
    while (count < len && memchr("0123456789abcdefABCDEF", text[count], 22) != NULL)
        count++;
    return count;
}

static bool add_key(const struct value_kinds *kinds, unsigned kind, const char *text, size_t len,
                    struct vp_key *ret_keys, size_t *count)
{
    size_t value_len;
    if (!parses(kinds, kind, text, len, &value_len))
        return false;
    ret_keys[(*count)++] = vp_key_make(kind, kinds->buffer, value_len);
    return true;
}

/* Under each kind of text, one canonical form after the other. */
static void text_keys(const struct value_kinds *kinds, const char *text, size_t len,
                      struct vp_key *ret_keys, size_t *count)
{
    for (size_t first = 0; first < kinds->count; first++) {
        size_t value_len;
        if (kinds->rows[first].shape != SHAPE_TEXT || kinds->rows[first].like != first ||
            !parses(kinds, kinds->rows[first].kind, text, len, &value_len))
            continue;
        for (size_t i = first; i < kinds->count; i++) {
            if (kinds->rows[i].shape == SHAPE_TEXT && kinds->rows[i].like == first)
                ret_keys[(*count)++] = vp_key_make(kinds->rows[i].kind, kinds->buffer, value_len);
        }
    }
}

/* Digits of the length of some digest are that digest; everything else is text. */
static size_t bare_keys(const struct value_kinds *kinds, const char *text, size_t len,
                        struct vp_key *ret_keys)
{
    size_t count = 0;
    bool is_digits = digits_at(text, len) == len, is_digest = false;
    for (size_t i = 0; i < kinds->count; i++) {
        enum value_shape shape = kinds->rows[i].shape;
        bool exact = shape == SHAPE_SIZED ||
                     (shape == SHAPE_DIGITS && is_digits && 2 * kinds->rows[i].width == len);
        bool any = shape == SHAPE_ANY_DIGITS && is_digits;
        if ((exact || any) && add_key(kinds, kinds->rows[i].kind, text, len, ret_keys, &count))
            is_digest = is_digest || exact;
    }
    if (!is_digest)
        text_keys(kinds, text, len, ret_keys, &count);
    return count;
}

size_t value_keys(const struct value_kinds *kinds, unsigned kind, const char *text, size_t len,
                  struct vp_key *ret_keys, char message[VALUE_MESSAGE])
{
    enum { MISTYPED_DIGITS = 16 };
    size_t count = 0;
    const char *colon = kind == 0 ? memchr(text, ':', len) : NULL;
    if (colon != NULL) {
        size_t prefix = (size_t)(colon - text), rest = len - prefix - 1;
        kind = value_kind_named(kinds, text, prefix);
        /* "sha265:…" must not be looked up as a name and be missed in silence. */
        if (kind == 0 && rest >= MISTYPED_DIGITS && digits_at(colon + 1, rest) == rest &&
            digits_at(text, prefix) != prefix) {
            snprintf(message, VALUE_MESSAGE, "no such kind: %.*s", prefix > 64 ? 64 : (int)prefix,
                     text);
            return 0;
        }
        if (kind != 0) {
            text = colon + 1;
            len = rest;
        }
    }
    if (kind == 0) {
        count = bare_keys(kinds, text, len, ret_keys);
        if (count == 0)
            snprintf(message, VALUE_MESSAGE, "no kind has such a value");
        return count;
    }
    if (!add_key(kinds, kind, text, len, ret_keys, &count))
        snprintf(message, VALUE_MESSAGE, "no value of kind %s", vp_name(VP_NAMES_KIND, kind));
    return count;
}

bool value_looks_like_digest(const char *text, size_t len)
{
    return (len == 32 || len == 40 || len == 64) && digits_at(text, len) == len;
}

size_t value_sum_line(const char *line, size_t len, size_t *ret_name)
{
    size_t digits = digits_at(line, len);
    if (!value_looks_like_digest(line, digits) || len < digits + 3 || line[digits] != ' ' ||
        (line[digits + 1] != ' ' && line[digits + 1] != '*'))
        return 0;
    *ret_name = digits + 2;
    return digits;
}
