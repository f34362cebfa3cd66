/* table.h - filter, hash table and entries of one group of keys (docs/database-format.md)
 *
 * The keys ascend, and so do their places: each of the three is written from front to back.
 */
#ifndef VPI_SET_TABLE_H
#define VPI_SET_TABLE_H

#include "base/hash.h"
#include "set/sink.h"
#include "set/spool.h"

/* A distinct key, in a spool. */
struct table_key {
    struct hash128 key;
    uint32_t record; /* as ENTRY_RECORD */
    uint32_t unused;
};

/* The keys of a group: a stretch of the spool, and how its table is laid out. */
struct table {
    struct spool *spool;
    uint64_t off;   /* in the spool, bytes */
    uint64_t count; /* keys */
    uint32_t homes, probes, filter_words;
    uint64_t buckets;
};

/* Lays the table out; false: the keys crowd one place, or can't be read (spool->failed). */
bool vpi_table_plan(struct table *table);

/* Each writes the bytes of one chunk; false when the keys can't be read. */
bool vpi_table_filter(const struct table *table, struct sink *sink);
bool vpi_table_buckets(const struct table *table, struct sink *sink);
bool vpi_table_entries(const struct table *table, struct sink *sink);

#endif
