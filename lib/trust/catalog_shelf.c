/* catalog_shelf.c - an index and what one session knows of the signatures in it
 *
 * A catalog vouches for many files, so that its signatures are verified once and kept.
 */
#include "trust/catalog_index.h"

enum { SHELF_MOST = 16 << 20 };

void vpi_catalog_shelf_set(struct catalog_shelf *shelf, const struct catalog_index *index)
{
    vpi_arena_reset(&shelf->arena);
    memset(shelf->chains, 0, sizeof shelf->chains);
    shelf->index = index;
}

void vpi_catalog_shelf_done(struct catalog_shelf *shelf)
{
    vpi_arena_done(&shelf->arena);
}

void vpi_catalog_shelf_trim(struct catalog_shelf *shelf)
{
    if (shelf->arena.used > SHELF_MOST || shelf->arena.failed)
        vpi_catalog_shelf_set(shelf, shelf->index);
}

/* Whether content that is nested in a signature is the list itself: a second signature over it. */
static bool is_same_list(struct crypto *crypto, const struct catalog_facts *facts,
                         struct span octets)
{
    uint8_t value[DIGEST_MOST];
    for (int a = DIGEST_SHA512; a >= DIGEST_SHA1; a--) {
        if (facts->digests.known[a])
            return vpi_digest(crypto, (enum digest_algorithm)a, octets, value) &&
                   memcmp(value, facts->digests.values[a],
                          vpi_digest_len((enum digest_algorithm)a)) == 0;
    }
    return false;
}

/* The list was left out of the outermost layer, whose digests are known instead; what is nested
 * still has its own. */
static bool verify(struct catalog_shelf *shelf, struct crypto *crypto, const struct trust *trust,
                   const struct catalog_facts *facts, struct shelf_catalog *catalog)
{
    struct arena *arena = &shelf->arena;
    struct signed_data *data = &catalog->blob.data;
    if (!vpi_signed_data_read(arena, facts->blob, data))
        return false;
    catalog->signatures =
        vpi_arena_array(arena, data->signer_count + 1, sizeof *catalog->signatures);
    for (size_t i = 0; catalog->signatures && i < data->signer_count; i++) {
        unsigned layer = data->signers[i].layer;
        const struct signed_content *signs = &data->contents[layer];
        if (layer > 0 && !is_same_list(crypto, facts, signs->octets))
            continue;
        struct signed_content *content = vpi_arena_alloc(arena, sizeof *content);
        struct trust_signature *s = &catalog->signatures[catalog->count++];
        if (!content)
            return false;
        *content = *signs;
        content->digest_algorithm = catalog->algorithm;
        s->info = &data->signers[i];
        s->content = content;
        if (!vpi_catalog_verify(crypto, arena, trust, &catalog->blob,
                                layer > 0 ? NULL : &facts->digests, s))
            return false;
        s->states |= VP_SIGNATURE_CATALOG;
        if (vpi_signature_believed(s))
            s->states |= VP_SIGNATURE_BELIEVED;
    }
    return !arena->failed;
}

const struct shelf_catalog *vpi_catalog_shelf_get(struct catalog_shelf *shelf,
                                                  struct crypto *crypto, const struct trust *trust,
                                                  uint32_t number, enum digest_algorithm algorithm)
{
    struct shelf_catalog **chain = &shelf->chains[number % SHELF_CHAINS];
    for (struct shelf_catalog *c = *chain; c; c = c->next) {
        if (c->number == number && c->algorithm == algorithm)
            return c;
    }
    struct shelf_catalog *catalog = vpi_arena_alloc(&shelf->arena, sizeof *catalog);
    if (!catalog)
        return NULL;
    catalog->number = number;
    catalog->algorithm = algorithm;
    if (!verify(shelf, crypto, trust, &shelf->index->catalogs[number], catalog))
        return NULL;
    catalog->next = *chain;
    *chain = catalog;
    return catalog;
}
