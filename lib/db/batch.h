/* batch.h - many keys of one table at once, with the lines that they need asked for ahead */
#ifndef VPI_DB_BATCH_H
#define VPI_DB_BATCH_H

#include "db/database.h"

/* Looks up the first of `count` keys, as far as they are of table number `group` in whole parts;
 * the first part has to be.  hits[i] belongs to keys[i] and says that it misses.  Returns how many
 * were. */
size_t vpi_db_lookup_many(const struct vp_db *db, unsigned group, const struct vp_key *keys,
                          size_t count, struct vp_hit *hits);

/* Whether vpi_db_table_of says `table` of all keys. */
bool vpi_db_all_of(const struct vp_db *db, unsigned table, const struct vp_key *keys,
                   unsigned count);

/* One key; writes *hit when it is there. */
void vpi_db_search(const struct vp_db *db, const struct db_table *table, const struct vp_key *key,
                   struct vp_hit *hit);

#endif
