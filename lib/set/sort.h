/* sort.h - records by the order of their keys, in memory or in sorted runs on disk
 *
 * Up to `memory` bytes are held; what is more goes to a file beside the database in sorted runs,
 * which are merged when they are read.  Each run is sorted in `threads` parts at once.  The order
 * of equal keys is not defined: the caller puts them in order, so that nothing depends on it.
 */
#ifndef VPI_SET_SORT_H
#define VPI_SET_SORT_H

#include "base/hash.h"
#include "set/spool.h"

enum { SORT_THREADS_MOST = 64 };

/* A record and its key; strings by their ordinals. */
struct sort_item {
    struct hash128 key;
    uint32_t version, file, source, date;
    uint32_t subject, gate;
    uint16_t kind;
    uint8_t relation, confidence;
    bool deprecated : 1, was_signed : 1;
    uint8_t group; /* 0..3: orders before the key */
    /* Where the text says so, for diagnostics; 0: nowhere. */
    uint16_t column;
    uint32_t line, origin;
};

struct sort_place;
struct sort_run;

struct sorter {
    size_t memory;
    unsigned threads;
    const char *beside; /* NULL: everything stays in memory */
    struct sort_item *items;
    size_t count, capacity, most;
    struct sort_place *places; /* of the items, in order */
    struct spool spool;
    struct sort_run *runs;
    size_t run_count, run_capacity;
    struct sort_run **heap;
    size_t heap_count;
    bool spooled, ended;
};

void vpi_sorter_init(struct sorter *sorter, const char *beside, size_t memory, unsigned threads);
void vpi_sorter_done(struct sorter *sorter);

enum vp_status vpi_sorter_add(struct sorter *sorter, const struct sort_item *item,
                              struct vp_error *err);

/* Nothing is added any more; vpi_sorter_next gives the items in order, from the first one on.
 * Again: from the first one on again. */
enum vp_status vpi_sorter_end(struct sorter *sorter, struct vp_error *err);

/* False after the last one, or when the runs can't be read: sorter->spool.failed. */
bool vpi_sorter_next(struct sorter *sorter, struct sort_item *ret);

#endif
