/* gates.h - the gates of a database: each once, and numbered by their order, not by who came first
 *
 * While a database is gathered a gate is known by its ordinal; vpi_gates_sort gives the rows.
 */
#ifndef VPI_SET_GATES_H
#define VPI_SET_GATES_H

#include "base/arena.h"
#include "db/db.h"

struct gates {
    struct arena *arena;
    struct db_gate *items;
    size_t count, capacity;
    uint32_t *slots; /* hash table of ordinals + 1, 0: free */
    size_t slot_count;
    uint32_t *rows;         /* of each ordinal */
    struct db_gate *sorted; /* by row */
};

/* The ordinal of `gate` (whose `keys` says nothing); VPDB_NO_ROW: no memory. */
uint32_t vpi_gates_add(struct gates *gates, const struct db_gate *gate);

/* Fills rows and sorted, again if there are more by now; false: no memory. */
bool vpi_gates_sort(struct gates *gates);

#endif
