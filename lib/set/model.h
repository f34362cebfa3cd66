/* model.h - a signature set in memory
 *
 * Read in steps: each file by itself (read_*.c, fields.c), what files say of each other
 * (resolve.c), the tables of keys, row by row (tables.c, gather.c), what is wrong (lint.c), and the
 * rows of a database (compile.c).  Everything but the rows of tables lives in the set's arena;
 * arena.failed is how memory runs out.
 */
#ifndef VPI_SET_MODEL_H
#define VPI_SET_MODEL_H

#include "base/arena.h"
#include "feature/feature.h"
#include "set/build.h"
#include "set/text.h"
#include "trust/anchor.h"
#include "vendorprint/set.h"

enum { DIAGNOSTICS_MOST = 10000 };

/* Where something stands. */
struct place {
    const char *file;
    uint32_t line, column;
};

struct diagnostic {
    struct place place;
    enum vp_severity severity;
    const char *text;
};

struct set_subject {
    const char *id, *name;
    const char *vendor_id; /* of a product */
    enum vp_subject_type type;
    bool signs_for_others, deprecated;
    const char *owner_id; /* or NULL */
    uint32_t owner;       /* index, or VP_NO_INDEX */
    uint32_t vendor;      /* index; its own for what is no product */
    struct place place, vendor_place, owner_place;
};

/* A condition of the text; compiled once for each kind and size that uses it. */
struct set_gate {
    uint32_t subject; /* or VP_NO_INDEX: every subject may name it */
    const char *name;
    uint32_t formats, roles;
    uint64_t size_least, size_most;
    uint8_t prefix[16];
    uint8_t prefix_len;
    uint16_t has; /* kind, or 0 */
    bool has_key; /* the feature must have this key */
    struct hash128 key;
    bool never;           /* keys behind it are only looked up */
    const char *requires; /* id, or NULL */
    uint32_t requires_vendor;
    struct place place, requires_place;
};

/* One value of one kind, from `names`, `keys` or a row of CSV. */
struct set_key {
    uint32_t subject;
    const char *subject_id; /* of a CSV row, until it is resolved; in this column */
    const char *subject_field;
    const struct kind *kind;
    struct span value;  /* canonical */
    struct span phrase; /* of a text: how it is found inside longer text; empty: it isn't */
    size_t words;
    bool has_phrase;           /* `phrase` may be used: at most PHRASE_WORDS words */
    enum vp_relation relation; /* 0 until resolved: what the kind may yield for the subject */
    enum vp_confidence confidence;
    const char *gate_name; /* or NULL */
    uint32_t gate;         /* index, or VP_NO_INDEX */
    uint64_t size;         /* or VP_NONE */
    const char *version, *file, *date, *source;
    struct place place, gate_place;
    bool is_name;    /* stood under `names` */
    bool was_signed; /* the original was */
};

struct set_rule {
    const char *subject_id;
    uint32_t subject;
    uint32_t relations, levels;
    enum vp_answer answer;
    const char *why;
    struct place place;
};

struct set_policy {
    const char *id, *title, *basis, *since;
    uint32_t first, count;
    struct place place;
};

struct set_calibration {
    uint16_t kind;
    enum vp_relation relation;
    uint32_t right, wrong;
    const char *source;
    struct place place;
};

struct set_anchor {
    struct trust_anchor row;
    const char *source;
    const char *key; /* base64, or "" */
    struct place place;
};

/* A table of keys, which may be larger than memory: read after everything else. */
struct set_table {
    const char *file; /* as people see it */
    const char *path; /* NULL: `bytes`, which outlive vpi_set_finish */
    struct span bytes;
    bool hashes; /* of hashes/, else of keys/ */
};

struct set_origin {
    const char *file;
};

/* How many digests of a kind one file has that nothing saves from being computed. */
struct set_ungated {
    const struct kind *kind;
    uint32_t origin;
    uint64_t count;
    struct place place; /* of the first */
};

#define SET_ARRAY(type, name)                                                                      \
    struct type *name;                                                                             \
    size_t name##_count, name##_capacity

struct vp_set {
    struct arena arena; /* owns this struct too */
    const char *folder;
    uint64_t serial;
    uint32_t date, expires;
    SET_ARRAY(set_subject, subjects);
    SET_ARRAY(set_gate, gates);
    SET_ARRAY(set_key, keys);
    SET_ARRAY(set_policy, policies);
    SET_ARRAY(set_rule, rules);
    SET_ARRAY(set_calibration, calibrations);
    SET_ARRAY(set_anchor, anchors);
    SET_ARRAY(diagnostic, diagnostics);
    SET_ARRAY(set_table, tables);
    SET_ARRAY(set_ungated, ungated);
    SET_ARRAY(set_origin, origins);       /* files that keys come from, by number */
    const char **common;                  /* phrases that say nothing */
    size_t common_count, common_capacity; /* for vpi_set_add */
    uint32_t errors;
    struct build_options build_options;
    struct vpi_build *build; /* all keys */
    enum vp_status status;   /* not VP_OK: the keys could not be gathered, as `failure` says */
    struct vp_error failure;
    struct span database;  /* when compiled */
    struct crypto *crypto; /* made when a key is read */
};

/* Appends a zeroed item to an array of the set; NULL: no memory. */
#define vpi_set_add(set, name)                                                                     \
    vpi_set_add_item(&(set)->arena, (void **)&(set)->name, &(set)->name##_count,                   \
                     &(set)->name##_capacity, sizeof *(set)->name)
void *vpi_set_add_item(struct arena *arena, void **items, size_t *count, size_t *capacity,
                       size_t len);

/* Adds a diagnostic. */
void vpi_set_say(struct vp_set *set, enum vp_severity severity, struct place place,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
void vpi_set_sort_diagnostics(struct vp_set *set);

static inline struct place place_of(const char *file, const struct node *node)
{
    struct place place = {file, node ? node->line : 0, node ? node->column : 0};
    return place;
}

/* ---- one file each; `relative` is the path inside the set, `file` what people see */

void vpi_set_read_head(struct vp_set *set, const char *file, const struct node *root);
void vpi_set_read_subject(struct vp_set *set, const char *file, const char *expected_id,
                          bool product, const struct node *root);
void vpi_set_read_policy(struct vp_set *set, const char *file, const char *expected_id,
                         const struct node *root);
/* A gate of a subject, or of the set (VP_NO_INDEX). */
void vpi_set_read_gate(struct vp_set *set, const char *file, uint32_t subject,
                       const struct node *map);
void vpi_set_read_gates(struct vp_set *set, const char *file, const struct node *root);
void vpi_set_read_stubs(struct vp_set *set, const char *file, struct span text);
void vpi_set_read_products(struct vp_set *set, const char *file, struct span text);
void vpi_set_read_calibration(struct vp_set *set, const char *file, struct span text);
void vpi_set_read_anchors(struct vp_set *set, const char *file, struct span text);
void vpi_set_read_public_keys(struct vp_set *set, const char *file, struct span text);

/* Fills a key's canonical value and phrase, in `arena`, from its text; false after saying why not.
 */
bool vpi_set_key_value(struct vp_set *set, struct arena *arena, struct set_key *key,
                       struct span text);
/* The strongest relation that a kind may yield for a subject of a type. */
enum vp_relation vpi_set_relation(const struct kind *kind, enum vp_subject_type type);

/* ---- between files */

void vpi_set_resolve(struct vp_set *set);
/* The same for one key. */
void vpi_set_resolve_key(struct vp_set *set, struct set_key *key);
/* Reads the tables of keys. */
void vpi_set_read_tables(struct vp_set *set);
/* Hands a key that is resolved to the build. */
void vpi_set_gather_key(struct vp_set *set, const struct set_key *key);
/* Whether a key counts: one of a subject that isn't deprecated. */
bool vpi_set_key_counts(const struct vp_set *set, const struct set_key *key);
void vpi_set_lint(struct vp_set *set);

#endif
