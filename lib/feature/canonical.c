/* canonical.c - canonical form 1 of a text
 *
 * As docs/features.md defines it: drop signs and quotes, decompose with case folding, drop again,
 * make white space single, order the marks, compose.  utf8proc's own driver is not used for the
 * ordering: it sorts marks by swapping neighbours, which is quadratic in a run of marks, and a run
 * is as long as whoever wrote the file wants.
 */
#include "feature/feature.h"
#include "feature/unicode.h"

enum {
    RUN_SHORT = 32,  /* marks that are sorted by insertion */
    TEXT_SHORT = 512 /* code points that are kept on the stack */
};

/* (C) (R) (TM) (SM), Unicode's Quotation_Mark property, and what people type instead of it. */
static bool is_dropped(int32_t c)
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

static bool is_blank(int32_t c)
{
    enum unicode_class class = vpi_unicode_class(c);
    return class == UNICODE_BLANK || class == UNICODE_CONTROL;
}

/* Writes the folded code points to `to` (NULL: only counts them), blanks already single. */
static size_t fold(struct span utf8, int32_t *to)
{
    size_t count = 0;
    bool blank = true; /* as at the start: none is written there */
    int32_t c;
    size_t len;
    for (size_t off = 0; (len = vpi_utf8_next(utf8, off, &c)) > 0; off += len) {
        int32_t part[UNICODE_FOLDED_MOST];
        size_t parts = is_dropped(c) ? 0 : vpi_unicode_fold(c, part);
        /* Quotes may also appear by folding: U+0149 is an apostrophe and n. */
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

static void sort_short(int32_t *run, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        int32_t c = run[i];
        unsigned order = vpi_unicode_order(c);
        size_t at = i;
        for (; at > 0 && vpi_unicode_order(run[at - 1]) > order; at--)
            run[at] = run[at - 1];
        run[at] = c;
    }
}

static bool sort_long(struct arena *arena, int32_t *run, size_t count)
{
    size_t first[257] = {0};
    int32_t *copy = vpi_arena_array(arena, count, sizeof *copy);
    if (!copy)
        return false;
    memcpy(copy, run, count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        first[vpi_unicode_order(copy[i]) + 1]++;
    for (size_t i = 1; i < 257; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < count; i++)
        run[first[vpi_unicode_order(copy[i])]++] = copy[i];
    return true;
}

/* The canonical ordering algorithm (Unicode, D109): runs of marks, stable by combining class. */
static bool order_marks(struct arena *arena, int32_t *all, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && vpi_unicode_order(all[end]) != 0)
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

static bool is_ascii(struct span utf8)
{
    uint8_t all = 0;
    for (size_t i = 0; i < utf8.len; i++)
        all |= utf8.data[i];
    return all < 0x80;
}

/* The same for ASCII, which most texts are: nothing decomposes, composes or has an order. */
static bool canonical_ascii(struct arena *arena, struct span ascii, struct span *ret)
{
    uint8_t *bytes = vpi_arena_bytes(arena, ascii.len + 1);
    if (!bytes)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < ascii.len; i++) {
        uint8_t c = ascii.data[i];
        if (is_dropped(c))
            continue;
        if (c <= ' ' || c == 0x7f) {
            if (len > 0 && bytes[len - 1] != ' ')
                bytes[len++] = ' ';
        } else {
            bytes[len++] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
        }
    }
    *ret = span_of(bytes, len > 0 && bytes[len - 1] == ' ' ? len - 1 : len);
    return true;
}

bool vpi_canonical_text(struct arena *arena, struct span utf8, struct span *ret)
{
    utf8 = vpi_utf8_cut(utf8, CANONICAL_MOST);
    if (is_ascii(utf8))
        return canonical_ascii(arena, utf8, ret);
    /* One more than is kept: a blank at the end is written before it is known to be the last. */
    int32_t few[TEXT_SHORT], *all = few;
    size_t count = fold(utf8, NULL);
    if (count >= TEXT_SHORT)
        all = vpi_arena_array(arena, count + 1, sizeof *all);
    if (!all)
        return false;
    count = fold(utf8, all);
    if (!order_marks(arena, all, count))
        return false;
    count = vpi_unicode_compose(all, count);
    size_t len = 0;
    uint8_t one[4];
    for (size_t i = 0; i < count; i++)
        len += vpi_utf8_put(all[i], one);
    uint8_t *bytes = vpi_arena_alloc(arena, len + 1);
    if (!bytes)
        return false;
    len = 0;
    for (size_t i = 0; i < count; i++)
        len += vpi_utf8_put(all[i], bytes + len);
    *ret = vpi_utf8_cut(span_of(bytes, len), CANONICAL_MOST);
    while (ret->len > 0 && ret->data[ret->len - 1] == ' ')
        ret->len--;
    return true;
}
