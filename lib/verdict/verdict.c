/* verdict.c - evidence to findings: one for each vendor that is left */
#include "verdict/verdict.h"

#include <stdlib.h>

enum rank {
    RANK_CONTENT,
    RANK_SIGNER,
    RANK_WEAK_CONTENT,
    RANK_STRUCTURE,
    RANK_ATTESTED,
    RANK_SIGNER_CLAIM,
    RANK_TEXT,
    RANK_NAME
};

/* What an evidence's class is worth beside others of the same vendor; smaller is stronger. */
static enum rank rank(const struct evidence *e)
{
    switch (e->class) {
    case CLASS_EXACT:
        return e->record.confidence >= VP_CONFIDENCE_MEDIUM ? RANK_CONTENT : RANK_WEAK_CONTENT;
    case CLASS_STRUCTURE:
        return RANK_STRUCTURE;
    case CLASS_SIGNER:
        if (e->attested)
            return RANK_ATTESTED;
        return e->verified ? RANK_SIGNER : RANK_SIGNER_CLAIM;
    case CLASS_TEXT:
        return RANK_TEXT;
    default:
        return RANK_NAME;
    }
}

/* By vendor; within one by strength, then longer matches, then the place: a total order, so that
 * answers repeat. */
static int compare(const void *left, const void *right)
{
    const struct evidence *a = left, *b = right;
    if (a->set_aside != b->set_aside)
        return a->set_aside ? 1 : -1;
    if (a->record.vendor != b->record.vendor)
        return a->record.vendor < b->record.vendor ? -1 : 1;
    if (rank(a) != rank(b))
        return rank(a) < rank(b) ? -1 : 1;
    if (a->matched.len != b->matched.len)
        return a->matched.len > b->matched.len ? -1 : 1;
    if (a->feature != b->feature)
        return a->feature < b->feature ? -1 : 1;
    if (a->record.subject != b->record.subject)
        return a->record.subject < b->record.subject ? -1 : 1;
    return span_compare(a->matched, b->matched);
}

/* The product that the strongest evidence names, if any of it does.  Content speaks for itself; a
 * signature covers the texts beside it, and what is weaker than it has nothing better. */
static uint32_t subject_of(const struct finding *finding)
{
    enum rank best = rank(&finding->evidence[0]);
    bool any = best == RANK_SIGNER || best >= RANK_STRUCTURE;
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *e = &finding->evidence[i];
        if (e->record.subject != e->record.vendor && (any || rank(e) == best))
            return e->record.subject;
    }
    return finding->vendor;
}

static const char *text_of(const struct feature *features, size_t count, unsigned kind)
{
    for (size_t i = 0; i < count; i++) {
        if (features[i].kind == kind && features[i].text && features[i].text[0])
            return features[i].text;
    }
    return NULL;
}

/* Whether a key of this kind is of one build, so that the version that it came with is the
 * object's.
 */
static bool names_a_build(const struct evidence *e)
{
    return e->class == CLASS_EXACT || e->kind == KIND_BUILD_ID || e->kind == KIND_MACHO_UUID ||
           e->kind == KIND_PDB_ID || e->kind == KIND_DOTNET_MVID;
}

static void set_version(struct finding *finding, const struct feature *features, size_t count)
{
    finding->version = "";
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *e = &finding->evidence[i];
        if (names_a_build(e) && e->record.version[0]) {
            finding->version = e->record.version;
            finding->version_from = VP_VERSION_FROM_KEY;
            return;
        }
    }
    if (finding->relation != VP_RELATION_PUBLISHER && finding->relation != VP_RELATION_SIGNER &&
        finding->relation != VP_RELATION_CLAIM)
        return;
    static const struct {
        unsigned kind;
        enum vp_version_from from;
    } places[] = {{KIND_FIXED_FILE_VERSION, VP_VERSION_FROM_FIXED},
                  {KIND_FIXED_PRODUCT_VERSION, VP_VERSION_FROM_FIXED},
                  {KIND_FILE_VERSION, VP_VERSION_FROM_TEXT},
                  {KIND_PRODUCT_VERSION, VP_VERSION_FROM_TEXT}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *text = text_of(features, count, places[i].kind);
        if (text && strcmp(text, "0.0.0.0") != 0) {
            finding->version = text;
            finding->version_from = places[i].from;
            return;
        }
    }
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    if (a->relation != b->relation)
        return a->relation < b->relation ? -1 : 1;
    return (a->vendor > b->vendor) - (a->vendor < b->vendor);
}

static bool is_signed(const struct finding *finding)
{
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (finding->evidence[i].verified)
            return true;
    }
    return false;
}

bool vpi_verdict(struct arena *arena, const struct vp_db *db, const struct feature *features,
                 size_t feature_count, struct evidence *evidence, size_t evidence_count,
                 struct verdict *ret)
{
    memset(ret, 0, sizeof *ret);
    if (evidence_count == 0)
        return true;
    vpi_gather(db, features, evidence, evidence_count, ret);
    qsort(evidence, evidence_count, sizeof *evidence, compare);
    size_t capacity = 0, signers = 0;
    for (size_t i = 0; i < evidence_count && !evidence[i].set_aside;) {
        size_t end = i + 1;
        while (end < evidence_count && !evidence[end].set_aside &&
               evidence[end].record.vendor == evidence[i].record.vendor)
            end++;
        ret->findings = vpi_arena_grow(arena, ret->findings, ret->finding_count, &capacity,
                                       sizeof *ret->findings);
        if (!ret->findings)
            return false;
        struct finding *finding = &ret->findings[ret->finding_count++];
        struct db_subject vendor;
        if (!vpi_db_subject(db, evidence[i].record.vendor, &vendor))
            return false; /* gather has set such evidence aside */
        *finding = (struct finding){.vendor = evidence[i].record.vendor,
                                    .type = vendor.type,
                                    .evidence = evidence + i,
                                    .evidence_count = end - i};
        vpi_weigh(db, finding);
        signers += is_signed(finding);
        finding->subject = subject_of(finding);
        set_version(finding, features, feature_count);
        finding->reason = vpi_reason(arena, finding, features);
        if (!finding->reason)
            return false;
        i = end;
    }
    ret->signers_disagree = signers > 1;
    if (!vpi_resigned(arena, db, features, feature_count, ret))
        return false;
    if (ret->finding_count)
        qsort(ret->findings, ret->finding_count, sizeof *ret->findings, compare_findings);
    return true;
}
