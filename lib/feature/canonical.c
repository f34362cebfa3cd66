/* canonical.c - canonical form 1 of a text
 *
 * As docs/features.md defines it: drop signs and quotes, decompose with case folding, drop again,
 * make white space single, order the marks, compose.  utf8proc's own driver is not used for the
 * ordering: it sorts marks by swapping neighbours, which is quadratic in a run of marks, and a run
 * is as long as whoever wrote the file wants.
 */
#include "feature/feature.h"

#include <utf8proc.h>

enum {
    DECOMPOSED_MOST = 32, /* code points that one decomposes to: U+FDFA makes 18 */
    RUN_SHORT = 32,       /* marks that are sorted by insertion */
    TEXT_SHORT = 512      /* code points that are kept on the stack */
};

static const utf8proc_option_t FOLDING =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

/* (C) (R) (TM) (SM), Unicode's Quotation_Mark property, and what people type instead of it. */
static bool is_dropped(utf8proc_int32_t c)
{
    switch (c) {
    case '"':
    case '\'':
    case '`':
    case 0x00a9: /* copyright */
    case 0x00ab:
    case 0x00ae: /* registered */
    case 0x00b4: /* acute accent standing alone */
    case 0x00bb:
    case 0x02bc: /* modifier letter apostrophe: the apostrophe of Ukrainian */
    case 0x2039:
    case 0x203a:
    case 0x2117: /* sound recording copyright */
    case 0x2120: /* service mark */
    case 0x2122: /* trade mark */
    case 0x2e42:
    case 0xff02:
    case 0xff07:
    case 0xff40:
    case 0xff62:
    case 0xff63:
        return true;
    default:
        return (c >= 0x2018 && c <= 0x201f) || (c >= 0x300c && c <= 0x300f) ||
               (c >= 0x301d && c <= 0x301f) || (c >= 0xfe41 && c <= 0xfe44);
    }
}

static bool is_blank(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

size_t vpi_utf8_next(struct span utf8, size_t off, int32_t *ret)
{
    struct span rest = span_from(utf8, off);
    if (rest.len == 0)
        return 0;
    utf8proc_int32_t c;
    utf8proc_ssize_t len = utf8proc_iterate(rest.data, rest.len < 4 ? (int)rest.len : 4, &c);
    if (len <= 0 || c < 0) {
        *ret = 0xfffd;
        return 1;
    }
    *ret = c;
    return (size_t)len;
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

/* What one code point becomes; quotes that only appear by decomposition are left to the caller. */
static size_t decompose(utf8proc_int32_t c, utf8proc_int32_t *to)
{
    int boundary = 0;
    if (is_dropped(c))
        return 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(c, to, DECOMPOSED_MOST, FOLDING, &boundary);
    return count < 0 || count > DECOMPOSED_MOST ? 0 : (size_t)count;
}

/* Writes the folded code points to `to` (NULL: only counts them), blanks already single. */
static size_t fold(struct span utf8, utf8proc_int32_t *to)
{
    size_t count = 0;
    bool blank = true; /* as at the start: none is written there */
    int32_t c;
    size_t len;
    for (size_t off = 0; (len = vpi_utf8_next(utf8, off, &c)) > 0; off += len) {
        utf8proc_int32_t part[DECOMPOSED_MOST];
        size_t parts = decompose(c, part);
        for (size_t i = 0; i < parts; i++) {
            if (is_dropped(part[i]) || (is_blank(part[i]) && blank))
                continue;
            blank = is_blank(part[i]);
            if (to)
                to[count] = blank ? ' ' : part[i];
            count++;
        }
    }
    return count && blank ? count - 1 : count;
}

static void sort_short(utf8proc_int32_t *run, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        utf8proc_int32_t c = run[i];
        utf8proc_propval_t order = utf8proc_get_property(c)->combining_class;
        size_t at = i;
        for (; at > 0 && utf8proc_get_property(run[at - 1])->combining_class > order; at--)
            run[at] = run[at - 1];
        run[at] = c;
    }
}

static bool sort_long(struct arena *arena, utf8proc_int32_t *run, size_t count)
{
    size_t first[257] = {0};
    utf8proc_int32_t *copy = vpi_arena_array(arena, count, sizeof *copy);
    if (!copy)
        return false;
    memcpy(copy, run, count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        first[(utf8proc_get_property(copy[i])->combining_class & 0xff) + 1]++;
    for (size_t i = 1; i < 257; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < count; i++)
        run[first[utf8proc_get_property(copy[i])->combining_class & 0xff]++] = copy[i];
    return true;
}

/* The canonical ordering algorithm (Unicode, D109): runs of marks, stable by combining class. */
static bool order_marks(struct arena *arena, utf8proc_int32_t *all, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && utf8proc_get_property(all[end])->combining_class != 0)
            end++;
        if (end - i > RUN_SHORT) {
            if (!sort_long(arena, all + i, end - i))
                return false;
        } else {
            sort_short(all + i, end - i);
        }
        i = end + 1;
    }
    return true;
}

bool vpi_canonical_text(struct arena *arena, struct span utf8, struct span *ret)
{
    utf8 = vpi_utf8_cut(utf8, CANONICAL_MOST);
    /* One more than is kept: a blank at the end is written before it is known to be the last. */
    utf8proc_int32_t few[TEXT_SHORT], *all = few;
    size_t count = fold(utf8, NULL);
    if (count >= TEXT_SHORT)
        all = vpi_arena_array(arena, count + 1, sizeof *all);
    if (!all)
        return false;
    count = fold(utf8, all);
    if (!order_marks(arena, all, count))
        return false;
    utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(all, (utf8proc_ssize_t)count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    count = composed < 0 ? 0 : (size_t)composed;
    size_t len = 0;
    uint8_t one[4];
    for (size_t i = 0; i < count; i++)
        len += (size_t)utf8proc_encode_char(all[i], one);
    uint8_t *bytes = vpi_arena_alloc(arena, len + 1);
    if (!bytes)
        return false;
    len = 0;
    for (size_t i = 0; i < count; i++)
        len += (size_t)utf8proc_encode_char(all[i], bytes + len);
    *ret = vpi_utf8_cut(span_of(bytes, len), CANONICAL_MOST);
    while (ret->len > 0 && ret->data[ret->len - 1] == ' ')
        ret->len--;
    return true;
}

const char *vpi_canonical_unicode(void)
{
    return utf8proc_unicode_version();
}
