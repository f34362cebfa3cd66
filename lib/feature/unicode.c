/* unicode.c - utf8proc, as far as it is needed */
#include "feature/unicode.h"
#include "feature/feature.h"

#include <utf8proc.h>

size_t vpi_utf8_next(struct span utf8, size_t off, int32_t *ret)
{
    struct span rest = span_from(utf8, off);
    if (rest.len == 0)
        return 0;
    if (rest.data[0] < 0x80) {
        *ret = rest.data[0];
        return 1;
    }
    utf8proc_int32_t c;
    utf8proc_ssize_t len = utf8proc_iterate(rest.data, rest.len < 4 ? (int)rest.len : 4, &c);
    if (len <= 0 || c < 0) {
        *ret = 0xfffd;
        return 1;
    }
    *ret = c;
    return (size_t)len;
}

size_t vpi_utf8_put(int32_t c, uint8_t *to)
{
    return (size_t)utf8proc_encode_char(c, to);
}

struct span vpi_utf8_cut(struct span utf8, size_t most)
{
    if (utf8.len <= most)
        return utf8;
    /* Back to the start of the character that the cut would split. */
    size_t len = most;
    while (len > 0 && most - len < 3 && (utf8.data[len] & 0xc0) == 0x80)
        len--;
    if ((utf8.data[len] & 0xc0) == 0x80)
        len = most;
    return span_first(utf8, len);
}

static enum unicode_class ascii_class(int32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return UNICODE_LETTER;
    if (c >= '0' && c <= '9')
        return UNICODE_DIGIT;
    if (c < ' ' || c == 0x7f)
        return UNICODE_CONTROL;
    return c == ' ' ? UNICODE_BLANK : UNICODE_OTHER;
}

enum unicode_class vpi_unicode_class(int32_t c)
{
    if (c >= 0 && c < 0x80)
        return ascii_class(c);
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return UNICODE_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return UNICODE_MARK;
    case UTF8PROC_CATEGORY_ND:
        return UNICODE_DIGIT;
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return UNICODE_NUMBER;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return UNICODE_BLANK;
    case UTF8PROC_CATEGORY_CC:
        return UNICODE_CONTROL;
    default:
        return UNICODE_OTHER;
    }
}

unsigned vpi_unicode_order(int32_t c)
{
    return (unsigned)utf8proc_get_property(c)->combining_class & 0xff;
}

size_t vpi_unicode_fold(int32_t c, int32_t to[UNICODE_FOLDED_MOST])
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    int boundary = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose_char(c, to, UNICODE_FOLDED_MOST, options, &boundary);
    return count < 0 || count > UNICODE_FOLDED_MOST ? 0 : (size_t)count;
}

size_t vpi_unicode_compose(int32_t *all, size_t count)
{
    utf8proc_ssize_t left =
        utf8proc_normalize_utf32(all, (utf8proc_ssize_t)count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return left < 0 ? 0 : (size_t)left;
}

const char *vpi_canonical_unicode(void)
{
    return utf8proc_unicode_version();
}
