/* batch.h - many keys of one table at once, with the lines that they need asked for ahead */
#ifndef VPI_DB_BATCH_H
#define VPI_DB_BATCH_H

#include "db/database.h"

/* Looks `count` keys up in `table`, which has keys; hits[i] belongs to keys[i] and says
 * that it misses. */
void vpi_db_lookup_many(const struct vp_db *db, const struct db_table *table,
                        const struct vp_key *keys, size_t count, struct vp_hit *hits);

/* One key; writes *hit when it is there. */
void vpi_db_search(const struct vp_db *db, const struct db_table *table, const struct vp_key *key,
                   struct vp_hit *hit);

#endif
