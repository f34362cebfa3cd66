/* catalog_index.h - which catalog lists a digest, and who signed it
 *
 * Of a catalog only what it takes to verify it later is kept: its certificates and signers, and the
 * digests of its content; of each member a digest.  So the index of a Windows system fits into
 * memory, and no catalog is read again.  An index is made by one thread; once it is sorted it is
 * only read, by any.
 */
#ifndef VPI_TRUST_CATALOG_INDEX_H
#define VPI_TRUST_CATALOG_INDEX_H

#include "trust/catalog.h"

enum {
    INDEX_CATALOGS_MOST = 1 << 17,
    INDEX_MEMBERS_MOST = 1 << 24,
    INDEX_DIGEST = 32 /* bytes; zeros behind a shorter one */
};

struct catalog_facts {
    const char *name;
    struct span blob;             /* its SignedData, without the content */
    struct trust_digests digests; /* of the content, by the algorithms of its signers */
};

struct catalog_row {
    uint8_t digest[INDEX_DIGEST];
    uint32_t where; /* number of the catalog << 2 | flat << 1 | SHA-256 */
};

struct catalog_index {
    struct arena arena, rows_arena;
    struct catalog_facts *catalogs;
    size_t count, capacity;
    struct catalog_row *rows;
    size_t row_count, row_capacity;
    bool has[2][2]; /* [flat][SHA-256]: whether a member has such a digest */
    bool full;      /* a named maximum was reached */
};

/* `limit` is of the memory, 0: none. */
void vpi_catalog_index_init(struct catalog_index *index, size_t limit);
void vpi_catalog_index_done(struct catalog_index *index);

/* Adds a catalog, whose bytes may go afterwards.  False: it is none, or doesn't fit; then the index
 * is what it was, and `full` says which. */
bool vpi_catalog_index_add(struct catalog_index *index, struct crypto *crypto, const char *name,
                           struct span der);

/* After the last one. */
void vpi_catalog_index_sort(struct catalog_index *index);

/* The numbers of the different catalogs that list a digest, ascending, at most `most`. */
size_t vpi_catalog_index_find(const struct catalog_index *index, bool flat,
                              enum digest_algorithm algorithm, const uint8_t *digest,
                              uint32_t *ret_numbers, size_t most);

/* ---- catalog_shelf.c: an index and what one session knows of the signatures in it */

enum { SHELF_CHAINS = 64 };

struct shelf_catalog {
    struct shelf_catalog *next;
    uint32_t number;
    enum digest_algorithm algorithm; /* of the digest that was looked up: it may be a weak one */
    struct trust_blob blob;
    struct trust_signature *signatures;
    size_t count;
};

struct catalog_shelf {
    const struct catalog_index *index; /* or NULL */
    struct arena arena;
    struct shelf_catalog *chains[SHELF_CHAINS];
};

/* Forgets everything; `index` outlives the shelf, or the next call. */
void vpi_catalog_shelf_set(struct catalog_shelf *shelf, const struct catalog_index *index);
void vpi_catalog_shelf_done(struct catalog_shelf *shelf);
/* Between files: forgets what was verified if it is much. */
void vpi_catalog_shelf_trim(struct catalog_shelf *shelf);

/* Catalog `number` with its signatures verified, as over a file by a digest of `algorithm`; it
 * lives until the shelf forgets.  NULL: no memory. */
const struct shelf_catalog *vpi_catalog_shelf_get(struct catalog_shelf *shelf,
                                                  struct crypto *crypto, const struct trust *trust,
                                                  uint32_t number, enum digest_algorithm algorithm);

#endif
