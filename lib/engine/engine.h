/* engine.h - one object at a time: session, plan, look-up, result */
#ifndef VPI_ENGINE_ENGINE_H
#define VPI_ENGINE_ENGINE_H

#include <stdatomic.h>

#include "container/container.h"
#include "format/format.h"
#include "io/os.h"
#include "verdict/verdict.h"

enum { FORMATS = 32 }; /* bits of a gate */

struct vp_session {
    struct vp_db *db; /* or NULL */
    struct vp_session_options options;
    struct vp_limits limits; /* with the defaults filled in */
    struct crypto *crypto;
    struct magic_words *magic; /* opened at the first use */
    struct db_gate *gates;     /* of the database, decoded once */
    uint32_t gate_count;
    struct gate_of *gates_of;         /* the gates that each format may open, one after the other */
    uint32_t gates_from[FORMATS + 1]; /* where those of a format begin */
    uint64_t ungated;                 /* enum wanted: what some key demands of every file */
    struct kind_set needed;           /* kinds that may lead to a finding, or are asked for */
    unsigned unwanted;                /* enum image_part: what none of these is made of */
    struct arena scratch;             /* of the object under examination */
    uint64_t deadline;                /* of vpi_clock_ms, or 0 */
    enum vp_gap_reason stopped;       /* why the last examination was stopped, or 0 */
    bool callback_failed;
    uint64_t furthest;  /* offset that the progress function was told */
    struct trust trust; /* anchors of the database and of the caller, in `kept` */
    struct arena kept;  /* as long as the session */
    struct vp_catalogs *catalogs[CATALOG_SHELVES]; /* of the options, and beside the files; or NULL
                                                    */
    struct catalog_shelf shelves[CATALOG_SHELVES];
    uint64_t expanded_left; /* of limits.expanded, for the top-level file */
    const char *path;       /* of the top-level file, when what lies beside it may be read */
};

struct result_feature {
    struct feature feature;
    uint32_t object;
};

struct result_finding {
    struct finding finding; /* its evidence's features count from the result's first */
    uint32_t object;
};

struct result_signature {
    struct vp_signature facts;
    struct vp_certificate *chain;
};

/* Everything in a result lives in its arena or in its database.  Objects are numbered as they are
 * examined, so a parent comes before its members. */
struct vp_result {
    atomic_uint references;
    struct arena arena;
    struct vp_db *db;
    struct vp_object *objects;
    struct result_feature *features;
    struct result_finding *findings;
    struct vp_note *notes;
    struct vp_gap *gaps;
    struct result_signature *signatures;
    uint32_t signature_count;
    size_t signature_capacity;
    uint32_t object_count, feature_count, finding_count, note_count, gap_count;
    size_t object_capacity, feature_capacity, finding_capacity, note_capacity, gap_capacity;
    uint64_t bytes_read, bytes_hashed;
    uint32_t beside; /* files beside the object that were looked for */
};

/* result.c */
/* `memory`: its limit, 0 for none.  NULL: no memory. */
struct vp_result *vpi_result_empty(struct vp_db *db, uint64_t memory);
bool vpi_result_note(struct vp_result *result, uint32_t object, enum vp_note_code code,
                     uint64_t offset, const char *text);
bool vpi_result_gap(struct vp_result *result, uint32_t object, enum vp_gap_reason reason,
                    const char *what);
/* A new object; its texts are copied.  VP_NO_INDEX: no memory. */
uint32_t vpi_result_object(struct vp_result *result, const struct vp_object *object);
/* Copies an object's features and findings out of the session's scratch memory. */
bool vpi_result_take(struct vp_result *result, uint32_t object, const struct feature *features,
                     size_t feature_count, const struct verdict *verdict);

/* signature.c: the signatures of an object, as facts without pointers into the file. */
bool vpi_result_signatures(struct vp_result *result, uint32_t object, struct crypto *crypto,
                           const struct feature_trust *trust);

/* One object under examination.  The top-level one borrows the session's scratch arena; a member's
 * is its own, and the struct lives in its container's. */
struct examination {
    struct vp_session *session;
    struct vp_result *result;
    struct arena arena;
    struct span name;
    uint32_t parent; /* object number, or VP_NO_INDEX */
    uint32_t object; /* its own number, once it has one */
    uint64_t off;    /* in the parent, or VP_NONE */
    struct source src;
    struct image image;
    struct container container; /* open when it has a reader */
    struct feature_work work;
    struct evidence *evidence;
    size_t evidence_count, evidence_capacity;
    size_t looked_up; /* features whose keys were looked up */
    size_t notes_taken, gaps_taken;
};

/* attribute.c: what the file system keeps beside the object's bytes becomes blobs of its image. */
void vpi_attributes_read(struct examination *x);

/* object.c.  All return false when there is no memory for the result. */
bool vpi_object_examine(struct examination *x);
/* For features without a file: adds the object; then judges what was looked up. */
bool vpi_object_begin(struct examination *x);
bool vpi_object_judge(struct examination *x);
/* Takes the notes and gaps of the image that were not taken yet. */
bool vpi_object_notes(struct examination *x);

/* tree.c: the object and all that is inside it. */
bool vpi_tree_examine(struct examination *top);

/* bundle.c: compares what belongs to the bundle of a verified main executable. */
void vpi_bundle_check(struct examination *x);
/* Whether the caller wants its files compared, so that its signature is worth verifying. */
bool vpi_bundle_wanted(struct examination *x);

/* beside.c: adds what the Info.plist of the object's bundle says to its image. */
void vpi_beside_read(struct examination *x);

/* catalogs.c: immutable once it is open. */
struct vp_catalogs {
    atomic_uint references;
    struct catalog_index index;
    struct vp_catalogs_info info;
};

void vpi_session_shelve(struct vp_session *session, unsigned shelf, struct vp_catalogs *catalogs);

/* plan.c: what the object is due, before and after the first look-ups. */
/* Fills the session's gates; false: no memory. */
bool vpi_plan_session(struct vp_session *session);
uint64_t vpi_plan_first(const struct examination *x);
/* The kinds whose features the caller will see; NULL: all. */
const struct kind_set *vpi_plan_needed(const struct vp_session *session);
uint64_t vpi_plan_gated(const struct examination *x);
/* Whether a certificate of the object hit a key, so that its signature is worth verifying. */
bool vpi_plan_trust(const struct examination *x);

/* lookup.c: looks up the features that were not looked up yet, gathers evidence.  False: no memory.
 */
bool vpi_lookup_features(struct examination *x);

#endif
