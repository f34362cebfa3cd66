/* script.c - scripts with an Authenticode signature in a comment: PowerShell, Windows Script Host
 *
 * A script has no magic number; what tells is the end of the signature, near the end of the file.
 * That costs a read, so it is made only for names that such scripts have, for texts that begin as
 * PowerShell and VBScript do, and where the end was read already.
 *
 * What is hashed is the text in UTF-16LE without the signature and the line end before it.  With
 * Windows Script Host's, not its byte order mark, and the place of the signature is added.  A file
 * without a mark is taken for Windows-1252, but for PowerShell's own scripts and .wsf, which may be
 * UTF-8.  Microsoft has not published it; jsign and osslsigncode (script.c) do so.
 */
#define _GNU_SOURCE /* memmem */
#include "format/format.h"

/* Every last line has it: for most files the only search. */
#define COMMON "ignature"

enum {
    TAIL = 256,
    WINDOW_LEAST = 64 << 10, /* where the beginning of the signature is looked for first */
    WINDOW_MOST = 4 << 20
};

struct style {
    const char *begin, *end, *open, *close; /* lines, and what stands around the base64 text */
    bool host;                              /* Windows Script Host's */
    bool utf8;                              /* without a byte order mark */
};

static const struct style styles[] = {
    {"# SIG # Begin signature block", "# SIG # End signature block", "# ", "", false, true},
    {"<!-- SIG # Begin signature block -->", "<!-- SIG # End signature block -->", "<!-- ", " -->",
     false, false},
    {"/* SIG # Begin signature block */", "/* SIG # End signature block */", "/* ", " */", false,
     true},
    {"// SIG // Begin signature block", "// SIG // End signature block", "// SIG // ", "", true,
     false},
    {"'' SIG '' Begin signature block", "'' SIG '' End signature block", "'' SIG '' ", "", true,
     false},
    {"<signature>", "</signature>", "** SIG ** ", "", true, true},
};

struct script {
    struct image *image;
    struct source *src;
    const struct style *style;
    unsigned unit; /* 2 for UTF-16LE */
    size_t mark;   /* bytes of the byte order mark */
};

static bool same_letters(struct span text, const char *lower)
{
    size_t len = strlen(lower);
    for (size_t i = 0; i < len; i++) {
        if (i >= text.len || (text.data[i] | 0x20) != (lower[i] | 0x20))
            return false;
    }
    return true;
}

static bool name_tells(struct span name)
{
    static const char *const ends[] = {".ps1",   ".psm1", ".psd1", ".ps1xml", ".psc1",
                                       ".cdxml", ".mof",  ".js",   ".vbs",    ".wsf"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (name.len > len && same_letters(span_from(name, name.len - len), ends[i]))
            return true;
    }
    return false;
}

static bool head_tells(struct span head)
{
    static const char *const begins[] = {
        "<#", "#requires",      "param",  "[cmdletbinding",  "function", "@{",
        "$",  "set-strictmode", "using ", "option explicit", "'",        "on error resume"};
    if (head.len >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0)
        head = span_from(head, 3);
    while (head.len && (head.data[0] <= ' '))
        head = span_from(head, 1);
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        if (same_letters(head, begins[i]))
            return true;
    }
    return head.len > 1 && head.data[0] == 0xff && head.data[1] == 0xfe;
}

/* The last place where `text` is a line's beginning, or VP_NONE. */
static uint64_t last_line(struct span bytes, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = bytes.len >= len ? bytes.len - len + 1 : 0; at-- > 0;) {
        if (bytes.data[at] == (uint8_t)text[0] && memcmp(bytes.data + at, text, len) == 0 &&
            (at == 0 || bytes.data[at - 1] == '\n'))
            return at;
    }
    return VP_NONE;
}

/* One byte a character; what isn't ASCII in UTF-16 becomes 0xff. */
static struct span narrow(const struct script *s, uint8_t *bytes, size_t len)
{
    if (s->unit == 1)
        return span_of(bytes, len);
    for (size_t i = 0; i < len / 2; i++)
        bytes[i] = bytes[2 * i + 1] ? 0xff : bytes[2 * i];
    return span_of(bytes, len / 2);
}

/* The last `len` bytes up to `end`, in whole characters from the byte order mark on. */
static bool window(struct script *s, uint64_t end, size_t len, uint8_t *bytes, uint64_t *ret_off,
                   struct span *ret)
{
    uint64_t all = end - s->mark;
    if (all < len)
        len = (size_t)(all - all % s->unit);
    *ret_off = end - len;
    if (!vpi_source_copy(s->src, *ret_off, bytes, len))
        return false;
    *ret = narrow(s, bytes, len);
    return true;
}

/* Where the signature's last line begins. */
static bool end_find(struct script *s, uint64_t *ret)
{
    uint8_t bytes[TAIL];
    struct span tail;
    uint64_t off, end = s->src->size - (s->src->size - s->mark) % s->unit;
    if (end < s->mark || !window(s, end, TAIL, bytes, &off, &tail) ||
        !memmem(tail.data, tail.len, COMMON, sizeof COMMON - 1))
        return false;
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        uint64_t at = last_line(tail, styles[i].end);
        /* At the edge of the window it may be the middle of a line; that is too far from the end.
         */
        if (at == VP_NONE || at == 0)
            continue;
        s->style = &styles[i];
        *ret = off + at * s->unit;
        return true;
    }
    return false;
}

static int base64_value(uint8_t c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool line_next(struct span *rest, struct span *ret)
{
    if (rest->len == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->data) : rest->len;
    *ret = span_first(*rest, len);
    *rest = span_from(*rest, len + 1);
    if (ret->len && ret->data[ret->len - 1] == '\r')
        ret->len--;
    return true;
}

/* The base64 text of the lines between the first and the last.  False: something else is there. */
static bool decode(const struct script *s, struct span lines, uint8_t *to, size_t *ret_len)
{
    struct span line, open = span_text(s->style->open), close = span_text(s->style->close), first;
    uint32_t bits = 0;
    unsigned count = 0;
    size_t used = 0;
    (void)line_next(&lines, &line); /* the first */
    while (line_next(&lines, &line)) {
        if (!span_sub(line, 0, open.len, &first) || !span_equal(first, open) ||
            line.len < open.len + close.len ||
            !span_equal(span_from(line, line.len - close.len), close))
            return false;
        line = span_first(span_from(line, open.len), line.len - open.len - close.len);
        for (size_t i = 0; i < line.len; i++) {
            int value = base64_value(line.data[i]);
            if (value < 0 && line.data[i] == '=')
                continue;
            if (value < 0)
                return false;
            bits = bits << 6 | (uint32_t)value;
            count += 6;
            if (count >= 8) {
                count -= 8;
                to[used++] = (uint8_t)(bits >> count);
            }
        }
    }
    *ret_len = used;
    return true;
}

static void cover(struct script *s, uint64_t begin, uint64_t end, struct span before)
{
    struct image *image = s->image;
    /* The line end before the signature belongs to it. */
    uint64_t line_end = 0;
    if (before.len && before.data[before.len - 1] == '\n')
        line_end = before.len > 1 && before.data[before.len - 2] == '\r' ? 2 : 1;
    uint64_t from = s->style->host ? s->mark : 0, to = begin - line_end * s->unit;
    image->signed_ranges[0] = (struct source_range){from, to > from ? to - from : 0};
    image->signed_range_count = 1;
    if (end < s->src->size) {
        image->signed_ranges[1] = (struct source_range){end, s->src->size - end};
        image->signed_range_count = 2;
    }
    image->signed_position = s->style->host;
    if (s->unit == 2)
        image->signed_as = SIGNED_AS_UTF16;
    else
        image->signed_as = s->mark || s->style->utf8 ? SIGNED_AS_UTF8 : SIGNED_AS_WESTERN;
}

/* Behind the last line, when only blanks follow; else where it ends. */
static uint64_t block_end(struct script *s, uint64_t last)
{
    uint8_t bytes[TAIL];
    size_t len = (size_t)(s->src->size - last);
    uint64_t line = strlen(s->style->end) * s->unit;
    if (len > TAIL || !vpi_source_copy(s->src, last, bytes, len))
        return last + line;
    struct span rest = span_from(narrow(s, bytes, len), strlen(s->style->end));
    size_t blank = 0;
    while (blank < rest.len && (rest.data[blank] == '\r' || rest.data[blank] == '\n' ||
                                rest.data[blank] == ' ' || rest.data[blank] == '\t'))
        blank++;
    if (blank == rest.len)
        return s->src->size;
    /* The rest of its own line is not text of the script. */
    blank = rest.len > 1 && rest.data[0] == '\r' && rest.data[1] == '\n' ? 2 : 0;
    return last + line + blank * s->unit;
}

static void block_read(struct script *s, uint64_t last)
{
    struct span text;
    uint64_t off, at = VP_NONE;
    uint8_t *bytes = NULL;
    struct image *image = s->image;
    for (size_t len = WINDOW_LEAST; at == VP_NONE && len <= WINDOW_MOST; len *= 4) {
        bytes = vpi_arena_bytes(image->arena, last < len ? (size_t)last : len);
        if (!bytes || !window(s, last, len, bytes, &off, &text))
            return;
        at = last_line(text, s->style->begin);
        if (at == 0 && off > s->mark)
            at = VP_NONE; /* the middle of a line, perhaps */
        if (off <= s->mark + 1)
            break;
    }
    if (at == VP_NONE)
        return;
    size_t der_len;
    struct span lines = span_from(text, at);
    uint8_t *der = vpi_arena_bytes(image->arena, lines.len);
    bool good = der && decode(s, lines, der, &der_len) && der_len > 0;
    image->format = VP_FORMAT_SCRIPT;
    image->role = VP_ROLE_PROGRAM;
    if (!good) {
        vpi_image_note(image, VP_NOTE_SIGNATURE_UNREADABLE, off + at * s->unit, "signature");
        return;
    }
    cover(s, off + at * s->unit, block_end(s, last), span_first(text, at));
    struct image_blob *blob = vpi_image_blob(image);
    if (blob) {
        *blob = (struct image_blob){
            .type = BLOB_SIGNATURE, .off = VP_NONE, .len = der_len, .bytes = span_of(der, der_len)};
        image->signing = SIGNING_AUTHENTICODE;
    }
}

void vpi_script_read(struct image *image, struct source *src, struct span head)
{
    struct script s = {.image = image, .src = src, .unit = 1};
    uint64_t last;
    if (src->size < 64 || (src->size > head.len && !name_tells(image->name) && !head_tells(head)))
        return;
    if (head.len >= 2 && head.data[0] == 0xff && head.data[1] == 0xfe) {
        s.unit = 2;
        s.mark = 2;
    } else if (head.len >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0) {
        s.mark = 3;
    }
    if (end_find(&s, &last))
        block_read(&s, last);
    if (image->arena->failed)
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "signatures");
}
