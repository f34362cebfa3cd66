/* import_hash.c - imphash, as pefile 2024.8.26 computes it
 *
 * MD5 of "library.function" for each import, in the order of the tables, joined by commas, in lower
 * case; the library without .dll, .ocx or .sys.  Ordinals have a name from a frozen table or are
 * "ord5".  Which imports there are, and pefile's limits on them, is the format reader's part.
 * Delay imports, which pefile leaves out, make a hash of their own by the same rule.
 */
#include "feature/feature.h"
#include "feature/import_ordinals.h"

#include <stdio.h>

enum { PIECE = 4096, LIBRARY_MOST = 0x200 /* pefile: MAX_DLL_LENGTH */ };

/* Names are short: they are put together before they are hashed. */
struct text {
    struct digest *digest;
    size_t used;
    uint8_t piece[PIECE];
};

static struct span lower(struct span text, uint8_t *to)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        to[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
    }
    return span_of(to, text.len);
}

static void flush(struct text *text)
{
    vpi_digest_add(text->digest, span_of(text->piece, text->used));
    text->used = 0;
}

static void add_lower(struct text *text, struct span more)
{
    for (size_t off = 0; off < more.len;) {
        if (text->used == PIECE)
            flush(text);
        struct span part = span_first(span_from(more, off), PIECE - text->used);
        lower(part, text->piece + text->used);
        text->used += part.len;
        off += part.len;
    }
}

static struct span without_extension(struct span library)
{
    static const char *const extensions[] = {".ocx", ".sys", ".dll"};
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (library.len >= 4 &&
            span_equal(span_from(library, library.len - 4), span_text(extensions[i])))
            return span_first(library, library.len - 4);
    }
    return library;
}

/* False: an import that has nothing to be called by. */
static bool add(struct text *text, const struct image_import *import, bool first)
{
    uint8_t buffer[LIBRARY_MOST];
    char ordinal[16];
    struct span name = import->name;
    struct span library = lower(span_first(import->library, LIBRARY_MOST), buffer);
    if (import->by_ordinal) {
        const char *known = vpi_import_ordinal(library, import->ordinal);
        snprintf(ordinal, sizeof ordinal, "ord%u", (unsigned)import->ordinal);
        name = span_text(known ? known : ordinal);
    }
    if (library.len == 0 || name.len == 0)
        return false;
    if (!first)
        add_lower(text, span_text(","));
    add_lower(text, without_extension(library));
    add_lower(text, span_text("."));
    add_lower(text, name);
    return true;
}

static void hash_imports(struct feature_work *work, unsigned kind, bool delayed)
{
    const struct image *image = work->image;
    struct text text = {.used = 0};
    uint8_t value[DIGEST_MOST];
    bool any = false;
    if (!vpi_feature_needed(work, kind))
        return;
    text.digest = vpi_digest_begin(work->crypto, DIGEST_MD5);
    if (!text.digest) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "imports");
        return;
    }
    for (size_t i = 0; i < image->import_count; i++) {
        if (image->imports[i].delayed == delayed && add(&text, &image->imports[i], !any))
            any = true;
    }
    flush(&text);
    if (vpi_digest_end(text.digest, value) && any)
        vpi_feature_add(work, kind, span_of(value, 16), NULL);
}

void vpi_family_import_hash(struct feature_work *work)
{
    /* A hash of a part of the imports would be another file's. */
    if (!(work->wanted & WANT_REST) || work->image->imports_partial)
        return;
    if (work->image->import_count == 0)
        return;
    hash_imports(work, KIND_IMPHASH, false);
    hash_imports(work, KIND_DELAY_IMPHASH, true);
}
