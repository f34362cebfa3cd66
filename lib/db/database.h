/* database.h - an open database, for the files of this folder */
#ifndef VPI_DB_DATABASE_H
#define VPI_DB_DATABASE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "db/db.h"
#include "io/map.h"

/* The chunks that this version reads. */
enum db_slot {
    SLOT_KIND,
    SLOT_SUBJ,
    SLOT_RECS,
    SLOT_GATE,
    SLOT_FILX,
    SLOT_TABX,
    SLOT_ENTX,
    SLOT_FILT,
    SLOT_TABT,
    SLOT_ENTT,
    SLOT_FILL,
    SLOT_TABL,
    SLOT_ENTL,
    SLOT_POLI,
    SLOT_PITM,
    SLOT_CALI,
    SLOT_ANCH,
    SLOT_STRS,
    SLOT_COUNT
};

enum { DB_GROUPS = 3, KINDS_MOST = 4096, STRING_MOST = 4096 };

/* A kind's row, copied at open. */
struct db_kind {
    uint16_t number;
    uint16_t confirm;
    uint8_t group; /* index of a db_table */
    uint64_t keys, ungated;
};

struct db_table {
    const uint8_t *filter;
    uint32_t filter_words; /* 0: no filter */
    struct span buckets;   /* without the head */
    uint32_t homes;        /* at least 1 when there are keys */
    uint64_t bucket_count; /* at least `homes` */
    uint64_t keys;
    uint32_t probes; /* 0: no keys */
    struct span entries;
    uint32_t entry_count;
};

/* A row of the chunk table, known or not. */
struct db_chunk {
    char id[5];
    uint64_t off, len, rows, checksum;
};

/* Everything but the chunks' bytes was copied at open and is never read from the map again. */
struct vp_db {
    struct arena arena; /* owns this struct too */
    atomic_uint refs;
    struct map map;
    struct span bytes;
    const char *path; /* or NULL */
    uint64_t serial;
    uint32_t date, expires;
    uint16_t major, minor;
    char digest[33];
    struct db_chunk chunks[VPDB_CHUNKS_MOST];
    uint32_t chunk_count;
    struct span slots[SLOT_COUNT];
    uint32_t rows[SLOT_COUNT];
    struct db_table tables[DB_GROUPS];
    struct db_kind *kinds;
    uint32_t kind_count;
    /* By the halves of a kind's number: 1 + the index of its table, 0 for a kind without keys. */
    uint8_t kind_page[256];
    uint8_t (*kind_tables)[256];
};

/* A row of a chunk of fixed rows; false beyond the end. */
bool vpi_db_row(const struct vp_db *db, enum db_slot slot, uint32_t row, struct span *ret);

/* A string by its number: "" unless it is UTF-8 without control characters and ends in NUL. */
const char *vpi_db_string(const struct vp_db *db, uint64_t number);

const struct db_kind *vpi_db_kind(const struct vp_db *db, unsigned number);

/* Parses the header and the chunk table of db->bytes into the rest of `db`. */
enum vp_status vpi_db_structure(struct vp_db *db, struct vp_error *err);

/* The digest that stands in the header: of header, with the digest as zeros, and chunk rows. */
struct hash128 vpi_db_digest_of(struct span bytes, uint32_t chunks);

/* The key in a slot of a table and the row of its entry, or false. */
bool vpi_db_key_at(const struct db_table *table, uint64_t bucket, unsigned slot,
                   struct hash128 *ret_key, uint64_t *ret_row);

/* Where a key belongs among `count` buckets or words: never descends while `high` ascends, so that
 * a table is written from front to back. */
static inline uint32_t vpi_db_home(uint64_t high, uint32_t count)
{
    return (uint32_t)((high >> 32) * count >> 32);
}

/* 1 + the index of the table of a key's kind, or 0. */
static inline unsigned vpi_db_table_of(const struct vp_db *db, const struct vp_key *key)
{
    return db->kind_tables[db->kind_page[key->kind >> 8]][key->kind & 255];
}

/* The bits that a key sets in its word of the filter. */
static inline uint64_t vpi_db_filter_bits(uint64_t low)
{
    uint64_t one = 1;
    return one << (low >> 32 & 63) | one << (low >> 38 & 63) | one << (low >> 44 & 63) |
           one << (low >> 50 & 63);
}

/* The class of a key that overflows. */
static inline unsigned vpi_db_overflow_bit(uint64_t low)
{
    return low >> 56 & 15;
}

#endif
