/* write.h - rows to the bytes of a database
 *
 * The same content gives the same bytes on any machine: nothing here depends on the order of keys,
 * the clock, the locale, pointers or byte order.
 */
#ifndef VPI_SET_WRITE_H
#define VPI_SET_WRITE_H

#include "base/arena.h"
#include "db/db.h"
#include "set/sink.h"

/* What the set says of one key; record.vendor is ignored. */
struct write_key {
    struct hash128 key;
    struct db_record record;
};

struct write_kind {
    uint16_t number;
    uint16_t form; /* enum kind_form */
    const char *name;
};

struct write_policy {
    const char *id, *title, *basis, *since;
    uint32_t first, count; /* of the rules */
};

struct write_calibration {
    struct db_calibration row;
    const char *source;
};

struct write_anchor {
    struct trust_anchor row;
    const char *source, *key;
};

/* Subjects are sorted by id, kinds ascend and name every kind of a key. */
struct write_content {
    uint64_t serial;
    uint32_t date, expires;
    const struct write_kind *kinds;
    size_t kind_count;
    const struct db_subject *subjects;
    size_t subject_count;
    const struct write_key *keys; /* for vpi_write only */
    size_t key_count;
    const struct db_gate *gates; /* their `keys` is counted here */
    size_t gate_count;
    const struct write_policy *policies;
    size_t policy_count;
    const struct db_rule *rules;
    size_t rule_count;
    const struct write_calibration *calibrations;
    size_t calibration_count;
    const struct write_anchor *anchors; /* ascending by what, algorithm and hash */
    size_t anchor_count;
};

/* Puts anchors in the order of a database, equal ones once; returns how many are left. */
size_t vpi_write_sort_anchors(struct write_anchor *rows, size_t count);

struct emit;
struct strings;

/* The chunks, after the keys were sorted: for build.h. */
enum vp_status vpi_write_chunks(struct arena *arena, const struct write_content *content,
                                struct emit *emit, struct strings *strings, struct span strs,
                                struct sink *sink, struct vp_error *err);

/* A database in memory, from keys in memory.  VP_E_MEMORY, or VP_E_SET when there is more of
 * something than the format can hold. */
enum vp_status vpi_write(struct arena *arena, const struct write_content *content, struct span *ret,
                         struct vp_error *err);

#endif
