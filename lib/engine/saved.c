/* saved.c - a result as bytes, and back
 *
 * For a cache of answers, so for the same library and the same set only: who changes the structs
 * below raises SAVED_VERSION.  Numbers are LEB128 of the value plus one, so that VP_NONE is one
 * byte; texts are counted.  An XXH3-128 of all that precedes ends it: it tells damage, and stops
 * nobody who means harm, so every count and index is checked again.
 */
#include "base/hash.h"
#include "engine/engine.h"

enum { SAVED_VERSION = 3, SUM_LEN = 16 };

enum field_type { FIELD_UINT, FIELD_TEXT, FIELD_SPAN };

struct field {
    size_t off;
    uint8_t type, len;
};

/* Rows of one type: what of each is kept. */
struct row_form {
    const struct field *fields;
    size_t field_count, row_len;
};

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

/* ---- writing: beyond the capacity it only counts */

struct writer {
    uint8_t *bytes;
    size_t capacity, len;
};

static void put_bytes(struct writer *w, struct span bytes)
{
    if (bytes.len && w->len <= w->capacity && bytes.len <= w->capacity - w->len)
        memcpy(w->bytes + w->len, bytes.data, bytes.len);
    w->len += bytes.len;
}

static void put_uint(struct writer *w, uint64_t value)
{
    value++;
    do {
        uint8_t byte = (uint8_t)(value & 0x7f) | (value > 0x7f ? 0x80 : 0);
        put_bytes(w, span_of(&byte, 1));
        value >>= 7;
    } while (value);
}

static void put_counted(struct writer *w, struct span bytes)
{
    put_uint(w, bytes.len);
    put_bytes(w, bytes);
}

static uint64_t load_uint(const void *at, unsigned len)
{
    uint8_t one;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (len) {
    case 1:
        memcpy(&one, at, sizeof one);
        return one;
    case 2:
        memcpy(&two, at, sizeof two);
        return two;
    case 4:
        memcpy(&four, at, sizeof four);
        return four;
    default:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
}

static void store_uint(void *at, unsigned len, uint64_t value)
{
    uint8_t one = (uint8_t)value;
    uint16_t two = (uint16_t)value;
    uint32_t four = (uint32_t)value;
    switch (len) {
    case 1:
        memcpy(at, &one, sizeof one);
        break;
    case 2:
        memcpy(at, &two, sizeof two);
        break;
    case 4:
        memcpy(at, &four, sizeof four);
        break;
    default:
        memcpy(at, &value, sizeof value);
    }
}

static void put_row(struct writer *w, const struct row_form *form, const void *row)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        const char *at = (const char *)row + field->off;
        const char *text;
        struct span span;
        switch ((enum field_type)field->type) {
        case FIELD_UINT:
            put_uint(w, load_uint(at, field->len));
            break;
        case FIELD_TEXT:
            memcpy(&text, at, sizeof text);
            put_counted(w, span_text(text ? text : ""));
            break;
        case FIELD_SPAN:
            memcpy(&span, at, sizeof span);
            put_counted(w, span);
            break;
        }
    }
}

static void put_rows(struct writer *w, const struct row_form *form, const void *rows, size_t count)
{
    put_uint(w, count);
    for (size_t i = 0; i < count; i++)
        put_row(w, form, (const char *)rows + i * form->row_len);
}

enum vp_status vp_result_save(const struct vp_result *result, void *buffer, size_t capacity,
                              size_t *ret_len)
{
    struct writer w = {.bytes = buffer, .capacity = capacity};
    put_uint(&w, SAVED_VERSION);
    put_counted(&w, span_text(result->db ? vpi_db_digest(result->db) : ""));
    put_uint(&w, result->beside);
    put_rows(&w, &object_form, result->objects, result->object_count);
    put_rows(&w, &feature_form, result->features, result->feature_count);
    put_rows(&w, &finding_form, result->findings, result->finding_count);
    for (uint32_t i = 0; i < result->finding_count; i++)
        put_rows(&w, &evidence_form, result->findings[i].finding.evidence,
                 result->findings[i].finding.evidence_count);
    put_rows(&w, &note_form, result->notes, result->note_count);
    put_rows(&w, &gap_form, result->gaps, result->gap_count);
    put_rows(&w, &signature_form, result->signatures, result->signature_count);
    for (uint32_t i = 0; i < result->signature_count; i++)
        put_rows(&w, &certificate_form, result->signatures[i].chain,
                 result->signatures[i].facts.chain);
    uint8_t sum[SUM_LEN] = {0};
    if (w.len <= capacity)
        vpi_hash_bytes(vpi_hash128(span_of(buffer, w.len)), sum);
    put_bytes(&w, span_of(sum, sizeof sum));
    *ret_len = w.len;
    return w.len <= capacity ? VP_OK : VP_E_ARGUMENT;
}

/* ---- reading */

struct saved {
    struct reader in;
    struct arena *arena;
};

static uint64_t take_uint(struct reader *in)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader_u8(in);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value - 1;
    }
    in->bad = true;
    return 0;
}

static struct span take_counted(struct saved *s)
{
    uint64_t len = take_uint(&s->in);
    return reader_span(&s->in, len);
}

/* A copy with a NUL behind it; NULL: no memory, or the input ended. */
static const char *take_text(struct saved *s, size_t *ret_len)
{
    struct span bytes = take_counted(s);
    const char *text = s->in.bad ? NULL : vpi_arena_text(s->arena, bytes);
    s->in.bad |= !text;
    *ret_len = bytes.len;
    return text;
}

static void take_row(struct saved *s, const struct row_form *form, void *row)
{
    for (size_t i = 0; i < form->field_count && !s->in.bad; i++) {
        const struct field *field = &form->fields[i];
        char *at = (char *)row + field->off;
        size_t len;
        const char *text;
        struct span span;
        if (field->type == FIELD_UINT) {
            store_uint(at, field->len, take_uint(&s->in));
            continue;
        }
        text = take_text(s, &len);
        span = span_of(text, len);
        if (field->type == FIELD_TEXT)
            memcpy(at, &text, sizeof text);
        else
            memcpy(at, &span, sizeof span);
    }
}

/* As many rows as there are bytes for; NULL with in.bad otherwise. */
static void *take_rows(struct saved *s, const struct row_form *form, uint32_t *ret_count)
{
    uint64_t count = take_uint(&s->in);
    uint64_t left = s->in.bad ? 0 : s->in.all.len - s->in.off;
    void *rows = NULL;
    if (!s->in.bad && count <= left / form->field_count && count < VP_NO_INDEX)
        rows = vpi_arena_array(s->arena, (size_t)count + 1, form->row_len);
    s->in.bad |= !rows;
    for (uint64_t i = 0; i < count && !s->in.bad; i++)
        take_row(s, form, (char *)rows + i * form->row_len);
    *ret_count = s->in.bad ? 0 : (uint32_t)count;
    return rows;
}

static bool take_objects(struct saved *s, struct vp_result *r)
{
    r->objects = take_rows(s, &object_form, &r->object_count);
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
    r->features = take_rows(s, &feature_form, &r->feature_count);
    for (uint32_t i = 0; i < r->feature_count; i++) {
        if (r->features[i].object >= r->object_count)
            return false;
    }
    return !s->in.bad;
}

static bool take_findings(struct saved *s, struct vp_result *r)
{
    r->findings = take_rows(s, &finding_form, &r->finding_count);
    for (uint32_t i = 0; i < r->finding_count; i++) {
        struct finding *f = &r->findings[i].finding;
        uint32_t count;
        struct db_subject subject;
        f->evidence = take_rows(s, &evidence_form, &count);
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
    r->notes = take_rows(s, &note_form, &r->note_count);
    r->gaps = take_rows(s, &gap_form, &r->gap_count);
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
    r->signatures = take_rows(s, &signature_form, &r->signature_count);
    for (uint32_t i = 0; i < r->signature_count; i++) {
        struct result_signature *signature = &r->signatures[i];
        uint32_t count;
        signature->facts.size = sizeof signature->facts;
        signature->chain = take_rows(s, &certificate_form, &count);
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
           take_uint(&s->in) == SAVED_VERSION &&
           span_equal(take_counted(s), span_text(db ? vpi_db_digest(db) : ""));
}

static bool take_beside(struct saved *s, struct vp_result *r)
{
    uint64_t beside = take_uint(&s->in);
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
