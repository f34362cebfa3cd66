/* saved.c - a result as bytes, and back
 *
 * For a cache of answers, so for the same library and the same set only: who changes the structs
 * below raises SAVED_VERSION.  An XXH3-128 of all that precedes ends it: it tells damage, and stops
 * nobody who means harm, so every count and index is checked again.
 */
#include "engine/saved.h"

#include "base/hash.h"

enum { SAVED_VERSION = 3, SUM_LEN = 16 };

#define UINT(type, name)                                                                           \
    {                                                                                              \
        offsetof(struct type, name), FIELD_UINT, sizeof((struct type *)0)->name                    \
    }
#define TEXT(type, name)                                                                           \
    {                                                                                              \
        offsetof(struct type, name), FIELD_TEXT, 0                                                 \
    }
#define SPAN(type, name)                                                                           \
    {                                                                                              \
        offsetof(struct type, name), FIELD_SPAN, 0                                                 \
    }
#define FORM(type)                                                                                 \
    {                                                                                              \
        type##_fields, sizeof type##_fields / sizeof(struct field), sizeof(struct type)            \
    }

static const struct field vp_object_fields[] = {
    UINT(vp_object, parent), UINT(vp_object, offset),   UINT(vp_object, bytes),
    UINT(vp_object, format), UINT(vp_object, role),     TEXT(vp_object, machine),
    TEXT(vp_object, name),   UINT(vp_object, name_len), TEXT(vp_object, description)};

static const struct field result_feature_fields[] = {
    UINT(result_feature, object),           UINT(result_feature, feature.kind),
    UINT(result_feature, feature.off),      UINT(result_feature, feature.language),
    UINT(result_feature, feature.len),      SPAN(result_feature, feature.value),
    TEXT(result_feature, feature.text),     UINT(result_feature, feature.certificate),
    UINT(result_feature, feature.verified), TEXT(result_feature, feature.beside)};

static const struct field result_finding_fields[] = {
    UINT(result_finding, object),           UINT(result_finding, finding.subject),
    UINT(result_finding, finding.vendor),   UINT(result_finding, finding.type),
    UINT(result_finding, finding.relation), UINT(result_finding, finding.level),
    TEXT(result_finding, finding.version),  UINT(result_finding, finding.version_from),
    UINT(result_finding, finding.right),    UINT(result_finding, finding.wrong),
    TEXT(result_finding, finding.reason)};

/* Of its record only what vp_result_evidence tells. */
static const struct field evidence_fields[] = {
    UINT(evidence, feature),       UINT(evidence, kind),
    UINT(evidence, class),         SPAN(evidence, matched),
    UINT(evidence, verified),      UINT(evidence, set_aside),
    TEXT(evidence, record.source), UINT(evidence, record.confidence)};

static const struct field vp_note_fields[] = {UINT(vp_note, object), UINT(vp_note, code),
                                              UINT(vp_note, offset), TEXT(vp_note, text)};

static const struct field vp_gap_fields[] = {UINT(vp_gap, object), UINT(vp_gap, reason),
                                             TEXT(vp_gap, what)};

static const struct field vp_signature_fields[] = {UINT(vp_signature, object),
                                                   UINT(vp_signature, entry),
                                                   UINT(vp_signature, layer),
                                                   UINT(vp_signature, states),
                                                   TEXT(vp_signature, signer),
                                                   TEXT(vp_signature, organization),
                                                   TEXT(vp_signature, issuer),
                                                   TEXT(vp_signature, certificate_sha256),
                                                   TEXT(vp_signature, digest_algorithm),
                                                   TEXT(vp_signature, digest),
                                                   TEXT(vp_signature, program),
                                                   TEXT(vp_signature, url),
                                                   TEXT(vp_signature, anchor),
                                                   TEXT(vp_signature, distrust),
                                                   TEXT(vp_signature, catalog),
                                                   UINT(vp_signature, time_from),
                                                   UINT(vp_signature, time_verifies),
                                                   UINT(vp_signature, time),
                                                   TEXT(vp_signature, time_signer)};

static const struct field vp_certificate_fields[] = {
    TEXT(vp_certificate, subject),     TEXT(vp_certificate, sha256),
    TEXT(vp_certificate, spki_sha256), TEXT(vp_certificate, key),
    UINT(vp_certificate, key_bits),    TEXT(vp_certificate, digest_algorithm),
    UINT(vp_certificate, not_before),  UINT(vp_certificate, not_after)};

static const struct row_form object_form = FORM(vp_object);
static const struct row_form feature_form = FORM(result_feature);
static const struct row_form finding_form = FORM(result_finding);
static const struct row_form evidence_form = FORM(evidence);
static const struct row_form note_form = FORM(vp_note);
static const struct row_form gap_form = FORM(vp_gap);
/* Its facts come first in struct result_signature. */
static const struct row_form signature_form = {vp_signature_fields,
                                               sizeof vp_signature_fields / sizeof(struct field),
                                               sizeof(struct result_signature)};
static const struct row_form certificate_form = FORM(vp_certificate);

_Static_assert(offsetof(struct result_signature, facts) == 0, "signature_form counts on it");

enum vp_status vp_result_save(const struct vp_result *result, void *buffer, size_t capacity,
                              size_t *ret_len)
{
    struct writer w = {.bytes = buffer, .capacity = capacity};
    vpi_saved_put_uint(&w, SAVED_VERSION);
    vpi_saved_put_counted(&w, span_text(result->db ? vpi_db_digest(result->db) : ""));
    vpi_saved_put_uint(&w, result->beside);
    vpi_saved_put_rows(&w, &object_form, result->objects, result->object_count);
    vpi_saved_put_rows(&w, &feature_form, result->features, result->feature_count);
    vpi_saved_put_rows(&w, &finding_form, result->findings, result->finding_count);
    for (uint32_t i = 0; i < result->finding_count; i++)
        vpi_saved_put_rows(&w, &evidence_form, result->findings[i].finding.evidence,
                           result->findings[i].finding.evidence_count);
    vpi_saved_put_rows(&w, &note_form, result->notes, result->note_count);
    vpi_saved_put_rows(&w, &gap_form, result->gaps, result->gap_count);
    vpi_saved_put_rows(&w, &signature_form, result->signatures, result->signature_count);
    for (uint32_t i = 0; i < result->signature_count; i++)
        vpi_saved_put_rows(&w, &certificate_form, result->signatures[i].chain,
                           result->signatures[i].facts.chain);
    uint8_t sum[SUM_LEN] = {0};
    if (w.len <= capacity)
        vpi_hash_bytes(vpi_hash128(span_of(buffer, w.len)), sum);
    vpi_saved_put_bytes(&w, span_of(sum, sizeof sum));
    *ret_len = w.len;
    return w.len <= capacity ? VP_OK : VP_E_ARGUMENT;
}

/* ---- reading */

static bool take_objects(struct saved *s, struct vp_result *r)
{
    r->objects = vpi_saved_take_rows(s, &object_form, &r->object_count);
    for (uint32_t i = 0; i < r->object_count; i++) {
        struct vp_object *o = &r->objects[i];
        o->size = sizeof *o;
        /* A text has no NUL inside: what is longer is damaged. */
        if (o->name_len != strlen(o->name) || (o->parent != VP_NO_INDEX && o->parent >= i))
            return false;
    }
    return r->object_count > 0;
}

static bool take_features(struct saved *s, struct vp_result *r)
{
    r->features = vpi_saved_take_rows(s, &feature_form, &r->feature_count);
    for (uint32_t i = 0; i < r->feature_count; i++) {
        if (r->features[i].object >= r->object_count)
            return false;
    }
    return !s->in.bad;
}

static bool take_findings(struct saved *s, struct vp_result *r)
{
    r->findings = vpi_saved_take_rows(s, &finding_form, &r->finding_count);
    for (uint32_t i = 0; i < r->finding_count; i++) {
        struct finding *f = &r->findings[i].finding;
        uint32_t count;
        struct db_subject subject;
        f->evidence = vpi_saved_take_rows(s, &evidence_form, &count);
        f->evidence_count = count;
        /* Both are shifted by: see policy.c. */
        if ((unsigned)f->relation > VP_RELATION_BUILDER || (unsigned)f->level > VP_LEVEL_IDENTIFIED)
            return false;
        if (r->findings[i].object >= r->object_count || !r->db ||
            !vpi_db_subject(r->db, f->subject, &subject) ||
            !vpi_db_subject(r->db, f->vendor, &subject))
            return false;
        for (uint32_t k = 0; k < count; k++) {
            if (f->evidence[k].feature >= r->feature_count)
                return false;
        }
    }
    return !s->in.bad;
}

static bool take_facts(struct saved *s, struct vp_result *r)
{
    r->notes = vpi_saved_take_rows(s, &note_form, &r->note_count);
    r->gaps = vpi_saved_take_rows(s, &gap_form, &r->gap_count);
    for (uint32_t i = 0; i < r->note_count; i++) {
        r->notes[i].size = sizeof r->notes[i];
        if (r->notes[i].object >= r->object_count)
            return false;
    }
    for (uint32_t i = 0; i < r->gap_count; i++) {
        r->gaps[i].size = sizeof r->gaps[i];
        if (r->gaps[i].object >= r->object_count)
            return false;
    }
    return !s->in.bad;
}

static bool take_signatures(struct saved *s, struct vp_result *r)
{
    r->signatures = vpi_saved_take_rows(s, &signature_form, &r->signature_count);
    for (uint32_t i = 0; i < r->signature_count; i++) {
        struct result_signature *signature = &r->signatures[i];
        uint32_t count;
        signature->facts.size = sizeof signature->facts;
        signature->chain = vpi_saved_take_rows(s, &certificate_form, &count);
        signature->facts.chain = count;
        if (signature->facts.object >= r->object_count)
            return false;
        for (uint32_t k = 0; k < count; k++)
            signature->chain[k].size = sizeof signature->chain[k];
    }
    return !s->in.bad;
}

/* Whole, of this version and of this set? */
static bool check(struct saved *s, struct span bytes, const struct vp_db *db)
{
    uint8_t sum[SUM_LEN];
    if (bytes.len < SUM_LEN)
        return false;
    struct span body = span_first(bytes, bytes.len - SUM_LEN);
    vpi_hash_bytes(vpi_hash128(body), sum);
    s->in = reader_at(body, 0);
    return span_equal(span_from(bytes, body.len), span_of(sum, sizeof sum)) &&
           vpi_saved_take_uint(&s->in) == SAVED_VERSION &&
           span_equal(vpi_saved_take_counted(s), span_text(db ? vpi_db_digest(db) : ""));
}

static bool take_beside(struct saved *s, struct vp_result *r)
{
    uint64_t beside = vpi_saved_take_uint(&s->in);
    r->beside = (uint32_t)beside;
    return beside <= UINT32_MAX;
}

enum vp_status vp_result_load(struct vp_db *db, const void *data, size_t len,
                              struct vp_result **ret_result, struct vp_error *err)
{
    struct vp_result *result = vpi_result_empty(db, 0);
    if (!result)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a result");
    struct saved saved = {.arena = &result->arena};
    if (check(&saved, span_of(data, len), db) && take_beside(&saved, result) &&
        take_objects(&saved, result) && take_features(&saved, result) &&
        take_findings(&saved, result) && take_facts(&saved, result) &&
        take_signatures(&saved, result) && saved.in.off == saved.in.all.len) {
        *ret_result = result;
        return VP_OK;
    }
    bool no_memory = result->arena.failed;
    vp_result_unref(result);
    return no_memory ? vpi_fail(err, VP_E_MEMORY, "no memory for a result")
                     : vpi_fail(err, VP_E_ARGUMENT, "no result of this library and this set");
}
