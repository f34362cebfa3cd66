/* sort.h - records by the order of their keys, in memory or in sorted runs on disk
 *
 * Up to `memory` bytes are held; what is more goes to files beside the database in sorted runs,
 * which are merged when they are read.  `threads` sort and write at once, a part each; while what
 * was sorted is read, one of them merges.  The order of equal keys is not defined: the caller puts
 * them in order, so that nothing depends on it.
 */
#ifndef VPI_SET_SORT_H
#define VPI_SET_SORT_H

#include "base/hash.h"
#include "set/relay.h"
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

/* Where an item is, with what it is sorted by. */
struct sort_place {
    struct hash128 key;
    size_t index;
};

/* A part that is in order, and how far it was read. */
struct sort_run {
    const struct sort_item *items;   /* in memory, by `places`; NULL: in the spool */
    const struct sort_place *places; /* of the first item */
    struct spool *spool;
    uint64_t off; /* of the first item in the spool */
    uint64_t count, done;
    struct sort_item *buffer; /* of the spool */
    size_t buffered, next;
    struct sort_item head;
};

struct sorter {
    size_t memory;
    unsigned threads;
    const char *beside; /* NULL: everything stays in memory */
    struct sort_item *items;
    size_t count, capacity, most;
    struct sort_place *places;              /* of the items, in order */
    struct spool spools[SORT_THREADS_MOST]; /* one a thread */
    struct sort_run *runs;
    size_t run_count, run_capacity;
    bool spooled, ended;
    bool failed; /* a spool can't be read */
    struct sort_run **heap;
    size_t heap_count;
    struct relay relay; /* of sorted items, if it runs */
    struct span block;  /* taken from it, and not read yet */
};

void vpi_sorter_init(struct sorter *sorter, const char *beside, size_t memory, unsigned threads);
void vpi_sorter_done(struct sorter *sorter);

enum vp_status vpi_sorter_add(struct sorter *sorter, const struct sort_item *item,
                              struct vp_error *err);

/* Nothing is added any more; vpi_sorter_next gives the items in order, from the first one on.
 * Again: from the first one on again. */
enum vp_status vpi_sorter_end(struct sorter *sorter, struct vp_error *err);

/* False after the last one, or when the runs can't be read: sorter->failed. */
bool vpi_sorter_next(struct sorter *sorter, struct sort_item *ret);

/* For sort_merge.c: sorts the rest, so that everything stands in runs. */
enum vp_status vpi_sorter_make_runs(struct sorter *sorter, struct vp_error *err);
/* An item of a run in memory; they come one after the other. */
const struct sort_item *vpi_sorter_item(const struct sort_run *run, uint64_t at);

#endif
