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

enum { PIECE = 256, LIBRARY_MOST = 0x200 /* pefile: MAX_DLL_LENGTH */ };

static struct span lower(struct span text, uint8_t *to)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        to[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
    }
    return span_of(to, text.len);
}

static void add_lower(struct digest *digest, struct span text)
{
    uint8_t piece[PIECE];
    for (size_t off = 0; off < text.len; off += PIECE)
        vpi_digest_add(digest, lower(span_first(span_from(text, off), PIECE), piece));
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
static bool add(struct digest *digest, const struct image_import *import, bool first)
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
        vpi_digest_add(digest, span_text(","));
    vpi_digest_add(digest, without_extension(library));
    vpi_digest_add(digest, span_text("."));
    add_lower(digest, name);
    return true;
}

static void hash_imports(struct feature_work *work, unsigned kind, bool delayed)
{
    const struct image *image = work->image;
    struct digest *digest = vpi_digest_begin(work->crypto, DIGEST_MD5);
    uint8_t value[DIGEST_MOST];
    bool any = false;
    if (!digest) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "imports");
        return;
    }
    for (size_t i = 0; i < image->import_count; i++) {
        if (image->imports[i].delayed == delayed && add(digest, &image->imports[i], !any))
            any = true;
    }
    if (vpi_digest_end(digest, value) && any)
        vpi_feature_add(work, kind, span_of(value, 16), NULL);
}

void vpi_family_import_hash(struct feature_work *work)
{
    if (!(work->wanted & WANT_REST))
        return;
    hash_imports(work, KIND_IMPHASH, false);
    hash_imports(work, KIND_DELAY_IMPHASH, true);
}
