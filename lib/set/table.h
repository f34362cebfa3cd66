/* table.h - the hash table of one group of keys, for the writer */
#ifndef VPI_SET_TABLE_H
#define VPI_SET_TABLE_H

#include "base/hash.h"
#include "set/output.h"

/* Appends head and buckets for `count` keys, ascending by (high, low) and distinct; key i gets
 * entry row i.  False: no memory (out->failed), or keys that crowd one place beyond help. */
bool vpi_table_write(struct output *out, const struct hash128 *keys, uint32_t count);

#endif
