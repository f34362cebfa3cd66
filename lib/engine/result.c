/* result.c - what an examination leaves behind: building it and reading it */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>

/* Thousands wait for whoever scans to take them, most of which say nothing. */
enum { FIRST_CHUNK = 2 << 10 };

struct vp_result *vpi_result_empty(struct vp_db *db, uint64_t memory)
{
    struct arena arena;
    vpi_arena_init(&arena, memory > SIZE_MAX ? 0 : (size_t)memory);
    arena.first = FIRST_CHUNK;
    struct vp_result *result = vpi_arena_alloc(&arena, sizeof *result);
    if (!result) {
        vpi_arena_done(&arena);
        return NULL;
    }
    result->arena = arena;
    atomic_init(&result->references, 1);
    result->db = vp_db_ref(db);
    return result;
}

struct vp_result *vp_result_ref(struct vp_result *result)
{
    if (result)
        atomic_fetch_add_explicit(&result->references, 1, memory_order_relaxed);
    return result;
}

void vp_result_unref(struct vp_result *result)
{
    if (!result || atomic_fetch_sub_explicit(&result->references, 1, memory_order_acq_rel) != 1)
        return;
    struct arena arena = result->arena; /* the result itself lives in it */
    vp_db_unref(result->db);
    vpi_arena_done(&arena);
}

bool vpi_result_note(struct vp_result *result, uint32_t object, enum vp_note_code code,
                     uint64_t offset, const char *text)
{
    struct vp_note *notes = vpi_arena_grow(&result->arena, result->notes, result->note_count,
                                           &result->note_capacity, sizeof *notes);
    char *copy = vpi_arena_text(&result->arena, span_text(text));
    if (!notes || !copy)
        return false;
    result->notes = notes;
    notes[result->note_count++] = (struct vp_note){
        .size = sizeof *notes, .object = object, .code = code, .offset = offset, .text = copy};
    return true;
}

bool vpi_result_gap(struct vp_result *result, uint32_t object, enum vp_gap_reason reason,
                    const char *what)
{
    struct vp_gap *gaps = vpi_arena_grow(&result->arena, result->gaps, result->gap_count,
                                         &result->gap_capacity, sizeof *gaps);
    char *copy = vpi_arena_text(&result->arena, span_text(what));
    if (!gaps || !copy)
        return false;
    result->gaps = gaps;
    gaps[result->gap_count++] =
        (struct vp_gap){.size = sizeof *gaps, .object = object, .reason = reason, .what = copy};
    return true;
}

static bool take_span(struct arena *arena, struct span *span)
{
    span->data = (const uint8_t *)vpi_arena_text(arena, *span);
    return span->data != NULL;
}

uint32_t vpi_result_object(struct vp_result *result, const struct vp_object *object)
{
    struct arena *arena = &result->arena;
    struct vp_object *objects = vpi_arena_grow(arena, result->objects, result->object_count,
                                               &result->object_capacity, sizeof *objects);
    if (!objects)
        return VP_NO_INDEX;
    result->objects = objects;
    struct vp_object *to = &objects[result->object_count];
    *to = *object;
    to->size = sizeof *to;
    to->name = vpi_arena_text(arena, span_of(object->name, object->name_len));
    to->machine = vpi_arena_text(arena, span_text(object->machine));
    to->description = vpi_arena_text(arena, span_text(object->description));
    if (!to->name || !to->machine || !to->description)
        return VP_NO_INDEX;
    return result->object_count++;
}

static bool take_feature(struct vp_result *result, uint32_t object, const struct feature *from)
{
    struct arena *arena = &result->arena;
    struct result_feature *grown = vpi_arena_grow(arena, result->features, result->feature_count,
                                                  &result->feature_capacity, sizeof *grown);
    if (!grown)
        return false;
    result->features = grown;
    struct result_feature to = {*from, object};
    to.feature.catalog = NULL; /* the reasons say it, and the signatures */
    to.feature.text = vpi_arena_text(arena, span_text(from->text ? from->text : ""));
    if (!to.feature.text || !take_span(arena, &to.feature.value))
        return false;
    if (from->beside && !(to.feature.beside = vpi_arena_text(arena, span_text(from->beside))))
        return false;
    grown[result->feature_count++] = to;
    return true;
}

static bool take_finding(struct vp_result *result, uint32_t object, uint32_t first_feature,
                         const struct finding *from)
{
    struct arena *arena = &result->arena;
    struct result_finding *grown = vpi_arena_grow(arena, result->findings, result->finding_count,
                                                  &result->finding_capacity, sizeof *grown);
    if (!grown)
        return false;
    result->findings = grown;
    struct result_finding to = {*from, object};
    struct finding *f = &to.finding;
    f->version = vpi_arena_text(arena, span_text(from->version));
    f->reason = vpi_arena_text(arena, span_text(from->reason));
    f->evidence = vpi_arena_array(arena, from->evidence_count, sizeof *f->evidence);
    if (!f->version || !f->reason || !f->evidence)
        return false;
    for (size_t i = 0; i < from->evidence_count; i++) {
        f->evidence[i] = from->evidence[i];
        f->evidence[i].feature += first_feature;
        if (!take_span(arena, &f->evidence[i].matched))
            return false;
    }
    grown[result->finding_count++] = to;
    return true;
}

bool vpi_result_take(struct vp_result *result, uint32_t object, const struct feature *features,
                     size_t feature_count, const struct verdict *verdict)
{
    uint32_t first_feature = result->feature_count;
    for (size_t i = 0; i < feature_count; i++) {
        if (!take_feature(result, object, &features[i]))
            return false;
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (!take_finding(result, object, first_feature, &verdict->findings[i]))
            return false;
    }
    return true;
}

void vp_result_summary(const struct vp_result *result, struct vp_summary *ret_summary)
{
    struct vp_summary s = {
        .size = sizeof s,
        .outcome = result->finding_count ? VP_OUTCOME_FINDINGS : VP_OUTCOME_NOTHING,
        .complete = result->gap_count == 0,
        .objects = result->object_count,
        .features = result->feature_count,
        .findings = result->finding_count,
        .notes = result->note_count,
        .gaps = result->gap_count,
        .bytes_read = result->bytes_read,
        .bytes_hashed = result->bytes_hashed,
        .db_serial = result->db ? vpi_db_serial(result->db) : 0,
        .db_digest = result->db ? vpi_db_digest(result->db) : "",
        .signatures = result->signature_count,
        .beside = result->beside,
    };
    vpi_struct_out(ret_summary, &s, sizeof s);
}

enum vp_status vp_result_object(const struct vp_result *result, uint32_t index,
                                struct vp_object *ret_object)
{
    if (index >= result->object_count)
        return VP_E_NOT_FOUND;
    vpi_struct_out(ret_object, &result->objects[index], sizeof *result->objects);
    return VP_OK;
}

enum vp_status vp_result_feature(const struct vp_result *result, uint32_t index,
                                 struct vp_feature *ret_feature)
{
    if (index >= result->feature_count)
        return VP_E_NOT_FOUND;
    const struct feature *f = &result->features[index].feature;
    struct vp_feature feature = {.size = sizeof feature,
                                 .object = result->features[index].object,
                                 .kind = f->kind,
                                 .language = f->language,
                                 .value = f->value.data,
                                 .value_len = f->value.len,
                                 .text = f->text,
                                 .offset = f->off,
                                 .bytes = f->len,
                                 .key = vp_key_make(f->kind, f->value.data, f->value.len),
                                 .beside = f->beside ? f->beside : ""};
    vpi_struct_out(ret_feature, &feature, sizeof feature);
    return VP_OK;
}

enum vp_status vp_result_finding(const struct vp_result *result, uint32_t index,
                                 struct vp_finding *ret_finding)
{
    if (index >= result->finding_count)
        return VP_E_NOT_FOUND;
    const struct finding *f = &result->findings[index].finding;
    struct db_subject vendor = {.id = "", .name = ""}, product = {.id = "", .name = ""};
    (void)vpi_db_subject(result->db, f->vendor, &vendor);
    if (f->subject != f->vendor)
        (void)vpi_db_subject(result->db, f->subject, &product);
    struct vp_finding finding = {.size = sizeof finding,
                                 .object = result->findings[index].object,
                                 .subject = f->subject,
                                 .vendor_id = vendor.id,
                                 .vendor = vendor.name,
                                 .product_id = product.id,
                                 .product = product.name,
                                 .version = f->version,
                                 .version_from = f->version_from,
                                 .type = f->type,
                                 .relation = f->relation,
                                 .level = f->level,
                                 .measured_right = f->right,
                                 .measured_wrong = f->wrong,
                                 .evidence = (uint32_t)f->evidence_count,
                                 .reason = f->reason};
    vpi_struct_out(ret_finding, &finding, sizeof finding);
    return VP_OK;
}

enum vp_status vp_result_evidence(const struct vp_result *result, uint32_t finding, uint32_t index,
                                  struct vp_evidence *ret_evidence)
{
    if (finding >= result->finding_count ||
        index >= result->findings[finding].finding.evidence_count)
        return VP_E_NOT_FOUND;
    const struct evidence *e = &result->findings[finding].finding.evidence[index];
    const struct kind *kind = vpi_kind(e->kind);
    bool words = kind && (kind->form == FORM_TEXT || kind->form == FORM_NAME);
    struct vp_evidence evidence = {.size = sizeof evidence,
                                   .feature = e->feature,
                                   .kind = e->kind,
                                   .matched = words ? (const char *)e->matched.data
                                                    : result->features[e->feature].feature.text,
                                   .source = e->record.source,
                                   .confidence = e->record.confidence};
    vpi_struct_out(ret_evidence, &evidence, sizeof evidence);
    return VP_OK;
}

enum vp_status vp_result_note(const struct vp_result *result, uint32_t index,
                              struct vp_note *ret_note)
{
    if (index >= result->note_count)
        return VP_E_NOT_FOUND;
    vpi_struct_out(ret_note, &result->notes[index], sizeof *result->notes);
    return VP_OK;
}

enum vp_status vp_result_gap(const struct vp_result *result, uint32_t index, struct vp_gap *ret_gap)
{
    if (index >= result->gap_count)
        return VP_E_NOT_FOUND;
    vpi_struct_out(ret_gap, &result->gaps[index], sizeof *result->gaps);
    return VP_OK;
}
