/* db.h - the compiled set, for the layers above
 *
 * All rows are copied out and every reference in them is clamped at use: a hostile database can
 * make an answer wrong, never the process.  Immutable after opening; any thread.
 */
#ifndef VPI_DB_DB_H
#define VPI_DB_DB_H

#include "base/error.h"
#include "base/hash.h"
#include "db/layout.h"
#include "trust/anchor.h"

struct db_record {
    uint32_t subject; /* row */
    uint32_t vendor;  /* row of the subject's vendor */
    uint32_t gate;    /* row or VPDB_NO_ROW */
    uint16_t kind;
    enum vp_relation relation;
    enum vp_confidence confidence;
    bool deprecated, was_signed;                /* the latter: the original had a signature */
    const char *version, *file, *source, *date; /* in the database */
};

struct db_gate {
    uint16_t kind;
    uint16_t has; /* kind of a feature that must be there, or 0 */
    bool never;
    bool has_key; /* the feature has `key`, and there is no prefix */
    struct hash128 key;
    uint32_t formats, roles;
    uint32_t vendor; /* row or VPDB_NO_ROW */
    uint64_t size_least, size_most;
    uint8_t prefix[16];
    uint8_t prefix_len;
    uint64_t keys;
};

struct db_subject {
    const char *id, *name;
    uint32_t vendor;
    enum vp_subject_type type;
    bool signs_for_others;
    bool deprecated;
    uint32_t owner; /* row + 1 of whose own files it signs too, or 0 */
};

struct db_rule {
    uint32_t subject;
    uint32_t relations;
    uint32_t levels;
    enum vp_answer answer;
    const char *why;
};

struct db_calibration {
    uint16_t kind;
    enum vp_relation relation;
    uint32_t right, wrong;
};

/* False beyond the end, or when the row contradicts itself. */
bool vpi_db_record(const struct vp_db *db, uint32_t row, struct db_record *ret);
bool vpi_db_gate(const struct vp_db *db, uint32_t row, struct db_gate *ret);
bool vpi_db_subject(const struct vp_db *db, uint32_t row, struct db_subject *ret);
bool vpi_db_calibration(const struct vp_db *db, uint32_t row, struct db_calibration *ret);
/* The rules of policy `id`; false: no such policy. */
bool vpi_db_policy_named(const struct vp_db *db, const char *id, uint32_t *ret_first,
                         uint32_t *ret_count);
bool vpi_db_rule(const struct vp_db *db, uint32_t row, struct db_rule *ret);

/* Kinds that have at least one record without a gate, tested by number; and whether any key of this
 * kind exists at all. */
bool vpi_db_has_kind(const struct vp_db *db, unsigned kind);
bool vpi_db_has_ungated(const struct vp_db *db, unsigned kind);
uint32_t vpi_db_gate_count(const struct vp_db *db);

/* One of the anchors but for its key, where it comes from, and its key in base64 or ""; false as
 * above. */
bool vpi_db_anchor(const struct vp_db *db, uint32_t row, struct trust_anchor *ret,
                   const char **ret_source, const char **ret_key);

/* The anchors, sorted, in `arena`; their names in the database.  Rows that contradict themselves
 * are left out.  False: no memory. */
bool vpi_db_anchors(const struct vp_db *db, struct arena *arena, struct trust_anchors *ret);

uint32_t vpi_db_date(const struct vp_db *db); /* days */
uint64_t vpi_db_serial(const struct vp_db *db);
const char *vpi_db_digest(const struct vp_db *db); /* hexadecimal */

#endif
