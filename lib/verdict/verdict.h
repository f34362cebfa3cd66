/* verdict.h - from evidence to findings, in pure arithmetic
 *
 * Takes what hit, wherever the features came from; opens nothing, reads no file.
 * docs/reliability.md says the rules in words.
 */
#ifndef VPI_VERDICT_VERDICT_H
#define VPI_VERDICT_VERDICT_H

#include "db/db.h"
#include "feature/feature.h"

/* One record that one feature of an object hit. */
struct evidence {
    uint32_t feature; /* index among the object's features */
    uint16_t kind;
    enum kind_class class;
    struct span matched; /* the value that hit: all of the feature's, or a phrase of it */
    struct db_record record;
    bool verified;  /* of a signer whose signature is believed, and all of its name or key hit */
    bool set_aside; /* explained away: see gather.c */
    bool borrowed;  /* a program name that was looked up as an organization's */
    bool attested;  /* a program name by a believed signer that signs for others */
};

struct finding {
    uint32_t subject, vendor; /* rows */
    enum vp_subject_type type;
    enum vp_relation relation;
    enum vp_level level;
    const char *version;
    enum vp_version_from version_from;
    uint32_t right, wrong;
    const char *reason;
    struct evidence *evidence; /* strongest first */
    size_t evidence_count;
};

struct verdict {
    struct finding *findings;
    size_t finding_count;
    /* Evidence that was set aside because several vendors share its key: the features. */
    size_t shared_count;
    uint32_t shared_feature; /* the first of them */
    bool signers_disagree;   /* believed signatures of several vendors */
    bool others_sign;        /* a signer that signs for others has a certificate in it */
    /* What became of the signature of the vendor whose code it is: a sentence, or NULL. */
    const char *removed, *replaced;
};

/* Judges the evidence of one object.  `evidence` is reordered.  What is returned lives in the
 * arena; its texts in the arena or the database.  False: no memory. */
bool vpi_verdict(struct arena *arena, const struct vp_db *db, const struct feature *features,
                 size_t feature_count, struct evidence *evidence, size_t evidence_count,
                 struct verdict *ret);

/* ---- between the files of this folder */

/* gather.c: marks what is verified, and what explains nothing (shared keys, shorter phrases inside
 * longer ones, signers that sign for others, deprecated records). */
void vpi_gather(const struct vp_db *db, const struct feature *features, struct evidence *evidence,
                size_t count, struct verdict *verdict);

/* behind.c: what stands behind signers that sign for others: marks what they attest, and gives to
 * their owner what it signed for itself.  Evidence is verified and set aside already. */
void vpi_behind(const struct vp_db *db, const struct feature *features, struct evidence *evidence,
                size_t count);

/* resigned.c: fills `removed` and `replaced` from the findings.  False: no memory. */
bool vpi_resigned(struct arena *arena, const struct vp_db *db, const struct feature *features,
                  size_t feature_count, struct verdict *verdict);

/* weigh.c: the relation and the level of one vendor's evidence.  `right` and `wrong` are the
 * measurement of its strongest kind. */
void vpi_weigh(const struct vp_db *db, struct finding *finding);

/* words.c: the sentence. */
const char *vpi_reason(struct arena *arena, const struct finding *finding,
                       const struct feature *features);

#endif
