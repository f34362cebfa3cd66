/* emit.h - sorted records to distinct keys and rows of RECS, and what is counted on the way */
#ifndef VPI_SET_EMIT_H
#define VPI_SET_EMIT_H

#include "db/layout.h"
#include "set/sort.h"
#include "set/strings.h"
#include "set/table.h"

enum { EMIT_GROUPS = 3, RECORDS_OF_A_KEY_MOST = 65535 };

struct emit_shared;

struct emit {
    struct arena *arena;
    const struct strings *strings;
    struct spool keys;    /* struct table_key: group by group, ascending */
    struct spool records; /* rows of RECS */
    uint64_t group_keys[EMIT_GROUPS];
    uint64_t (*kinds)[2];      /* by number: keys, and keys with a record that has no gate */
    uint64_t *behind;          /* gates: records behind each */
    const uint32_t *gate_rows; /* of the gates' ordinals; NULL: they are rows */
    uint32_t gate_count;
    struct emit_shared *shared;
    struct sort_item *same; /* the records of one key */
    size_t same_count, same_capacity;
};

/* Temporary files stand beside `beside`; NULL: in memory. */
enum vp_status vpi_emit_init(struct emit *emit, struct arena *arena, const struct strings *strings,
                             uint32_t gate_count, const char *beside, struct vp_error *err);
void vpi_emit_done(struct emit *emit);

/* Takes all that the sorter has. */
enum vp_status vpi_emit_all(struct emit *emit, struct sorter *sorter, struct vp_error *err);

#endif
