/* row.c - rows of the database, copied out and clamped; nothing here trusts the map twice */
#include "db/database.h"

#include "base/base64.h"
#include "base/text.h"

enum { POLICIES_MOST = 4096 };

bool vpi_db_row(const struct vp_db *db, enum db_slot slot, uint32_t row, struct span *ret)
{
    if (row >= db->rows[slot])
        return false;
    uint64_t size = db->slots[slot].len / db->rows[slot];
    return span_sub(db->slots[slot], row * size, size, ret);
}

const char *vpi_db_string(const struct vp_db *db, uint64_t number)
{
    struct span chunk = db->slots[SLOT_STRS], text;
    uint64_t len;
    if (!span_uint(chunk, number, 4, &len) || len > STRING_MOST ||
        !span_sub(chunk, number + 4, len + 1, &text) || text.data[len] != 0)
        return "";
    text.len = (size_t)len;
    if (!vpi_text_clean(text))
        return "";
    return (const char *)text.data;
}

static const char *string_at(const struct vp_db *db, struct reader *r)
{
    return vpi_db_string(db, reader_u32(r));
}

bool vpi_db_subject(const struct vp_db *db, uint32_t row, struct db_subject *ret)
{
    struct span bytes;
    if (!vpi_db_row(db, SLOT_SUBJ, row, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    struct db_subject subject = {.id = string_at(db, &r), .name = string_at(db, &r)};
    subject.vendor = reader_u32(&r);
    unsigned type = reader_u8(&r);
    unsigned flags = reader_u8(&r);
    unsigned status = reader_u16(&r);
    reader_skip(&r, SUBJ_OWNER - SUBJ_FROM);
    uint32_t owner = reader_u32(&r);
    if (r.bad || type < VP_SUBJECT_VENDOR || type > VP_SUBJECT_BUILDER || status > 1 ||
        subject.vendor >= db->rows[SLOT_SUBJ] ||
        (type != VP_SUBJECT_PRODUCT && subject.vendor != row))
        return false;
    subject.type = (enum vp_subject_type)type;
    subject.signs_for_others = flags & 1;
    subject.deprecated = status == 1;
    subject.owner = owner <= db->rows[SLOT_SUBJ] ? owner : 0;
    *ret = subject;
    return true;
}

bool vpi_db_record(const struct vp_db *db, uint32_t row, struct db_record *ret)
{
    struct span bytes;
    struct db_subject subject;
    if (!vpi_db_row(db, SLOT_RECS, row, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    struct db_record record = {.subject = reader_u32(&r), .gate = reader_u32(&r)};
    record.version = string_at(db, &r);
    record.file = string_at(db, &r);
    record.source = string_at(db, &r);
    record.date = string_at(db, &r);
    record.kind = reader_u16(&r);
    unsigned relation = reader_u8(&r);
    unsigned confidence = reader_u8(&r);
    unsigned status = reader_u8(&r);
    unsigned flags = reader_u8(&r);
    if (r.bad || !vpi_db_subject(db, record.subject, &subject) ||
        relation < VP_RELATION_PUBLISHER || relation > VP_RELATION_BUILDER ||
        confidence < VP_CONFIDENCE_LOW || confidence > VP_CONFIDENCE_HIGH || status > 1)
        return false;
    if (record.gate != VPDB_NO_ROW && record.gate >= db->rows[SLOT_GATE])
        return false;
    record.vendor = subject.vendor;
    record.relation = (enum vp_relation)relation;
    record.confidence = (enum vp_confidence)confidence;
    record.deprecated = status == 1;
    record.was_signed = flags & 1;
    *ret = record;
    return true;
}

bool vpi_db_gate(const struct vp_db *db, uint32_t row, struct db_gate *ret)
{
    struct span bytes;
    if (!vpi_db_row(db, SLOT_GATE, row, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    struct db_gate gate = {.kind = reader_u16(&r), .prefix_len = reader_u8(&r)};
    unsigned flags = reader_u8(&r);
    gate.never = flags & 1;
    gate.has_key = flags >> 1 & 1;
    gate.formats = reader_u32(&r);
    gate.roles = reader_u32(&r);
    gate.vendor = reader_u32(&r);
    gate.size_least = reader_u64(&r);
    gate.size_most = reader_u64(&r);
    struct span prefix = reader_span(&r, sizeof gate.prefix);
    struct reader key = reader_at(prefix, 0);
    if (gate.has_key) { /* it stands where the prefix would */
        gate.key.high = reader_u64(&key);
        gate.key.low = reader_u64(&key);
    }
    gate.keys = reader_u64(&r);
    gate.has = reader_u16(&r);
    if (r.bad || gate.prefix_len > sizeof gate.prefix ||
        (gate.has_key && (gate.prefix_len || !gate.has)) || gate.size_least > gate.size_most ||
        (gate.vendor != VPDB_NO_ROW && gate.vendor >= db->rows[SLOT_SUBJ]))
        return false;
    if (!gate.has_key)
        memcpy(gate.prefix, prefix.data, sizeof gate.prefix);
    *ret = gate;
    return true;
}

bool vpi_db_anchor(const struct vp_db *db, uint32_t row, struct trust_anchor *ret,
                   const char **ret_source, const char **ret_key)
{
    struct span bytes;
    if (!vpi_db_row(db, SLOT_ANCH, row, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    unsigned what = reader_u8(&r), algorithm = reader_u8(&r), purposes = reader_u16(&r);
    uint32_t flags = reader_u32(&r);
    struct span hash = reader_span(&r, ANCHOR_HASH);
    reader_skip(&r, ANCH_NAME - ANCH_SUBJECT);
    const char *name = string_at(db, &r);
    const char *source = string_at(db, &r);
    const char *key = string_at(db, &r);
    uint64_t from = reader_u64(&r), until = reader_u64(&r);
    if (r.bad || what < ANCHOR_TBS || what > ANCHOR_OPENPGP || algorithm < 1 || algorithm > 4)
        return false;
    *ret = (struct trust_anchor){.what = (enum anchor_what)what,
                                 .algorithm = (enum digest_algorithm)(algorithm + 1),
                                 .purposes = purposes,
                                 .distrusted = flags & 1,
                                 .from = from,
                                 .until = until,
                                 .name = name};
    memcpy(ret->hash, hash.data, sizeof ret->hash);
    *ret_source = source;
    *ret_key = key;
    return true;
}

/* The key of an anchor; a text that is none leaves the anchor without one.  False: no memory. */
static bool anchor_key(struct arena *arena, const char *text, struct span *ret)
{
    struct span base64 = span_text(text);
    if (base64.len == 0)
        return true;
    uint8_t *bytes = vpi_arena_bytes(arena, base64.len / 4 * 3 + 3);
    size_t len;
    if (bytes && vpi_base64_decode(base64, bytes, &len))
        *ret = span_of(bytes, len);
    return bytes != NULL;
}

bool vpi_db_anchors(const struct vp_db *db, struct arena *arena, struct trust_anchors *ret)
{
    uint32_t rows = db->rows[SLOT_ANCH] < ANCHORS_MOST ? db->rows[SLOT_ANCH] : ANCHORS_MOST;
    struct trust_anchor *items = vpi_arena_array(arena, rows, sizeof *items);
    size_t count = 0;
    if (!items)
        return false;
    for (uint32_t row = 0; row < rows; row++) {
        const char *source, *key;
        if (!vpi_db_anchor(db, row, &items[count], &source, &key))
            continue;
        if (!anchor_key(arena, key, &items[count++].key))
            return false;
    }
    vpi_anchors_sort(items, count);
    *ret = (struct trust_anchors){items, count};
    return true;
}

uint32_t vpi_db_date(const struct vp_db *db)
{
    return db->date;
}

bool vpi_db_calibration(const struct vp_db *db, uint32_t row, struct db_calibration *ret)
{
    struct span bytes;
    if (!vpi_db_row(db, SLOT_CALI, row, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    struct db_calibration calibration = {.kind = reader_u16(&r)};
    unsigned relation = reader_u8(&r);
    reader_skip(&r, 1);
    calibration.right = reader_u32(&r);
    calibration.wrong = reader_u32(&r);
    if (r.bad || relation < VP_RELATION_PUBLISHER || relation > VP_RELATION_BUILDER)
        return false;
    calibration.relation = (enum vp_relation)relation;
    *ret = calibration;
    return true;
}

bool vpi_db_policy_named(const struct vp_db *db, const char *id, uint32_t *ret_first,
                         uint32_t *ret_count)
{
    uint32_t policies = db->rows[SLOT_POLI] < POLICIES_MOST ? db->rows[SLOT_POLI] : POLICIES_MOST;
    for (uint32_t row = 0; row < policies; row++) {
        struct span bytes;
        if (!vpi_db_row(db, SLOT_POLI, row, &bytes))
            return false;
        struct reader r = reader_at(bytes, POLI_ID);
        if (strcmp(string_at(db, &r), id) != 0)
            continue;
        r = reader_at(bytes, POLI_FIRST);
        uint32_t first = reader_u32(&r), count = reader_u32(&r), rules = db->rows[SLOT_PITM];
        if (first > rules || count > rules - first)
            return false;
        *ret_first = first;
        *ret_count = count;
        return true;
    }
    return false;
}

bool vpi_db_rule(const struct vp_db *db, uint32_t row, struct db_rule *ret)
{
    struct span bytes;
    if (!vpi_db_row(db, SLOT_PITM, row, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    struct db_rule rule = {.subject = reader_u32(&r), .relations = reader_u32(&r)};
    unsigned answer = reader_u8(&r);
    rule.levels = reader_u8(&r);
    reader_skip(&r, 2);
    rule.why = string_at(db, &r);
    if (r.bad || rule.subject >= db->rows[SLOT_SUBJ] || answer > VP_ANSWER_NEEDS_HUMAN)
        return false;
    rule.answer = (enum vp_answer)answer;
    *ret = rule;
    return true;
}

bool vpi_db_has_kind(const struct vp_db *db, unsigned kind)
{
    const struct db_kind *row = vpi_db_kind(db, kind);
    return row && row->keys > 0;
}

bool vpi_db_has_ungated(const struct vp_db *db, unsigned kind)
{
    const struct db_kind *row = vpi_db_kind(db, kind);
    return row && row->ungated > 0;
}

uint32_t vpi_db_gate_count(const struct vp_db *db)
{
    return db->rows[SLOT_GATE];
}

uint64_t vpi_db_serial(const struct vp_db *db)
{
    return db->serial;
}

const char *vpi_db_digest(const struct vp_db *db)
{
    return db->digest;
}
