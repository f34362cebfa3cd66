/* weigh.c - how strong one vendor's evidence is
 *
 * The level follows from the kind of the evidence and from measurement, never from a number that
 * someone tuned (design, section 4):
 *
 *     exact content, from a source of medium or high confidence     identified
 *     a signature that is believed (docs/trust.md)                  identified
 *     exact content, from a weak source                             possible
 *     structure, two independent kinds measured at 0.9 or better    identified
 *     structure, one kind measured at 0.9 or better                 probable
 *     structure, else                                               possible
 *     the program name by a believed signer that signs for others   probable, if measured so
 *     other certificates, text, names                               claim, possible
 */
#include "verdict/verdict.h"

enum {
    CALIBRATED_LEAST = 20, /* fewer observations are no measurement */
    STRONG_PERCENT = 90
};

static bool measured(const struct vp_db *db, unsigned kind, enum vp_relation relation,
                     struct db_calibration *ret)
{
    for (uint32_t row = 0; vpi_db_calibration(db, row, ret); row++) {
        if (ret->kind == kind && ret->relation == relation)
            return true;
    }
    return false;
}

static bool is_strong(const struct vp_db *db, unsigned kind, enum vp_relation relation)
{
    struct db_calibration c;
    if (!measured(db, kind, relation, &c))
        return false;
    uint64_t all = (uint64_t)c.right + c.wrong;
    return all >= CALIBRATED_LEAST && (uint64_t)c.right * 100 >= all * STRONG_PERCENT;
}

/* A Rich header and an imphash come from one build, but from different tools of it; two kinds that
 * both describe the debug record, or one table of symbols, do not. */
static unsigned independent_group(unsigned kind)
{
    switch (kind) {
    case KIND_PDB_ID:
        return KIND_PDB_PATH;
    case KIND_SYMBOL_UNDEFINED_SET:
    case KIND_TELFHASH:
        return KIND_SYMBOL_DEFINED_SET;
    default:
        return kind;
    }
}

static enum vp_level structure_level(const struct vp_db *db, const struct finding *finding,
                                     enum vp_relation relation)
{
    unsigned first = KIND_NONE;
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *e = &finding->evidence[i];
        if (e->class != CLASS_STRUCTURE || !is_strong(db, e->kind, relation))
            continue;
        unsigned group = independent_group(e->kind);
        if (first != KIND_NONE && first != group)
            return VP_LEVEL_IDENTIFIED;
        first = group;
    }
    return first == KIND_NONE ? VP_LEVEL_POSSIBLE : VP_LEVEL_PROBABLE;
}

static enum vp_relation content_relation(const struct evidence *e)
{
    bool usual =
        e->record.relation == VP_RELATION_COMPONENT || e->record.relation == VP_RELATION_BUILDER;
    return usual ? e->record.relation : VP_RELATION_PUBLISHER;
}

static bool is_attested(const struct finding *finding)
{
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (finding->evidence[i].attested)
            return true;
    }
    return false;
}

void vpi_weigh(const struct vp_db *db, struct finding *finding)
{
    /* Evidence is sorted, the strongest class first. */
    const struct evidence *best = &finding->evidence[0];
    bool capped = best->record.relation == VP_RELATION_CLAIM;
    finding->relation = VP_RELATION_CLAIM;
    finding->level = VP_LEVEL_POSSIBLE;
    if (best->class == CLASS_EXACT && !capped) {
        finding->relation = content_relation(best);
        if (best->record.confidence >= VP_CONFIDENCE_MEDIUM)
            finding->level = VP_LEVEL_IDENTIFIED;
    } else if (best->verified && !capped && finding->type != VP_SUBJECT_BUILDER) {
        /* Whether the signer released it or only passed it on, a signature doesn't say. */
        finding->relation = VP_RELATION_SIGNER;
        if (best->record.confidence >= VP_CONFIDENCE_MEDIUM)
            finding->level = VP_LEVEL_IDENTIFIED;
    } else if (best->class == CLASS_STRUCTURE && !capped) {
        finding->relation = content_relation(best);
        finding->level = structure_level(db, finding, finding->relation);
    } else if (finding->type == VP_SUBJECT_BUILDER ||
               best->record.relation == VP_RELATION_BUILDER) {
        finding->relation = VP_RELATION_BUILDER;
    }
    if (finding->level < VP_LEVEL_PROBABLE && !capped && is_attested(finding) &&
        is_strong(db, KIND_OPUS_NAME, VP_RELATION_PUBLISHER)) {
        finding->relation = VP_RELATION_PUBLISHER;
        finding->level = VP_LEVEL_PROBABLE;
    }
    struct db_calibration c;
    /* What a programme attests has a measurement of its own: how often it is the publisher. */
    enum vp_relation as = best->attested ? VP_RELATION_PUBLISHER : finding->relation;
    if (measured(db, best->kind, as, &c)) {
        finding->right = c.right;
        finding->wrong = c.wrong;
    }
}
