/* fuzz_catalog.c - catalogs: members, an index of them, signatures that nobody vouches for */
#include <stdint.h>
#include <stdlib.h>

#include "format/format.h"
#include "trust/catalog_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct trust nobody = {.now = 1800000000};

static unsigned sum_of(struct span s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += s.data[i];
    return sum;
}

/* Touches all that is given out; each digest of a kind that is looked up must be found. */
static void use_list(const struct catalog_index *index, const struct signed_content *content)
{
    struct catalog_list list;
    struct catalog_member m;
    struct span name, text;
    uint32_t numbers[1];
    volatile unsigned sum = 0;
    if (!vpi_catalog_read_list(content, &list))
        abort();
    while (vpi_catalog_next(&list, &m)) {
        sum += sum_of(m.file) + sum_of(m.systems) + sum_of(m.digest);
        if (m.digest.len != vpi_digest_len(m.algorithm))
            abort();
        if ((m.algorithm == DIGEST_SHA1 || m.algorithm == DIGEST_SHA256) &&
            vpi_catalog_index_find(index, m.flat, m.algorithm, m.digest.data, numbers, 1) != 1)
            abort();
    }
    while (vpi_catalog_attribute(&list, &name, &text))
        sum += sum_of(name) + sum_of(text);
    (void)sum;
}

static void use_shelf(struct crypto *crypto, const struct catalog_index *index, size_t limit)
{
    struct catalog_shelf shelf = {.index = NULL};
    vpi_arena_init(&shelf.arena, limit);
    vpi_catalog_shelf_set(&shelf, index);
    const struct shelf_catalog *catalog =
        vpi_catalog_shelf_get(&shelf, crypto, &nobody, 0, DIGEST_SHA256);
    for (size_t i = 0; catalog && i < catalog->count; i++) {
        if (catalog->signatures[i].states & (VP_SIGNATURE_BELIEVED | VP_SIGNATURE_ANCHORED))
            abort();
    }
    vpi_catalog_shelf_done(&shelf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto;
    struct arena arena;
    struct signed_data parts;
    struct catalog_index index;
    if (size == 0 || (!crypto && vpi_crypto_new(&crypto, NULL) != VP_OK))
        return 0;
    /* The first byte is the memory cap, from less than one certificate to plenty. */
    size_t limit = data[0] == 0 ? 0 : (size_t)data[0] * 256;
    struct span rest = span_of(data + 1, size - 1);
    vpi_catalog_index_init(&index, limit);
    (void)vpi_catalog_probe(rest);
    if (vpi_catalog_index_add(&index, crypto, "x", rest)) {
        vpi_catalog_index_sort(&index);
        vpi_arena_init(&arena, 0);
        if (!vpi_signed_data_read(&arena, rest, &parts))
            abort();
        use_list(&index, &parts.contents[0]);
        vpi_arena_done(&arena);
        use_shelf(crypto, &index, limit);
    }
    vpi_catalog_index_done(&index);
    return 0;
}
