/* fuzz_feature.c - what families parse themselves: manifests, CodeView records, .NET metadata,
 * signatures; and what they make of texts and names
 *
 * The first byte chooses the piece and whether the reader kept it, the second the memory cap; the
 * rest is the piece.
 */
#include <stdint.h>
#include <stdlib.h>

#include "feature/feature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct feature_work *work)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    for (size_t i = 0; i < work->count; i++) {
        const struct feature *feature = &work->items[i];
        struct span value;
        const char *why;
        if (!vpi_canonical_value(&arena, vpi_kind(feature->kind), span_text(feature->text), &value,
                                 &why) ||
            !span_equal(value, feature->value))
            abort();
    }
    vpi_arena_done(&arena);
}

static void fill(struct image *image, unsigned choice, struct span piece)
{
    static const enum image_blob_type types[] = {BLOB_MANIFEST,  BLOB_CODEVIEW, BLOB_CLR_METADATA,
                                                 BLOB_SIGNATURE, BLOB_RICH,     BLOB_ICON};
    struct image_blob *blob = vpi_image_blob(image);
    struct image_text *text = vpi_image_text(image);
    struct image_export *export = vpi_image_export(image);
    struct image_import *import = vpi_image_import(image);
    struct image_section *section = vpi_image_section(image);
    if (!blob || !text || !export || !import || !section)
        return;
    blob->type = types[choice % 6];
    blob->len = piece.len;
    if (choice & 0x80)
        blob->bytes = piece;
    text->field = choice & 0x40 ? "CompanyName" : "Other";
    text->utf8 = piece;
    export->name = import->library = piece;
    import->name = span_first(piece, choice);
    section->len = piece.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto; /* reachable to the end; making one costs more than its use */
    struct arena arena;
    struct image image;
    struct source src;
    if (size < 2 || (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK))
        return 0;
    struct span piece = span_of(data + 2, size - 2);
    vpi_arena_init(&arena, data[1] == 0 ? 0 : (size_t)data[1] * 1024);
    vpi_image_init(&image, &arena);
    vpi_source_init_memory(&src, piece, &arena);
    fill(&image, data[0], piece);
    struct feature_work work = {.image = &image,
                                .src = &src,
                                .crypto = crypto,
                                .arena = &arena,
                                .wanted = UINT64_MAX,
                                .name = piece,
                                .notes = &image};
    vpi_features_make(&work);
    check(&work);
    if (arena.failed && image.gap_count == 0)
        abort();
    vpi_crypto_reset(crypto);
    vpi_arena_done(&arena);
    return 0;
}
