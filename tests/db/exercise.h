/* exercise.h - does with an open database all that can be done with one */
#include "db/database.h"

enum { EXERCISE_ROWS = 300 };

static inline size_t exercise_text(const char *text)
{
    return strlen(text);
}

static inline size_t exercise_lookups(struct vp_db *db)
{
    struct vp_key keys[EXERCISE_ROWS];
    struct vp_hit hits[EXERCISE_ROWS];
    size_t sum = 0;
    for (int group = 0; group < DB_GROUPS; group++) {
        const struct db_table *table = &db->tables[group];
        size_t count = 0;
        for (uint64_t at = 0; at / BUCKET_SLOTS < table->bucket_count && count < EXERCISE_ROWS;
             at++) {
            struct hash128 stored;
            uint64_t row;
            if (at / BUCKET_SLOTS > EXERCISE_ROWS)
                break;
            if (!vpi_db_key_at(table, at / BUCKET_SLOTS, at % BUCKET_SLOTS, &stored, &row))
                continue;
            struct vp_key *key = &keys[count++];
            memset(key, 0, sizeof *key);
            key->low = stored.low;
            key->high = stored.high;
            for (uint32_t kind = 0; kind < db->kind_count; kind++) {
                if (db->kinds[kind].group == group)
                    key->kind = db->kinds[kind].number;
            }
            /* Some pass the filter and miss, and walk as far as the overflow bits say. */
            key->low ^= row % 4 == 1 ? UINT64_C(1) << 63 : 0;
        }
        vp_lookup_batch(db, keys, count, hits);
        for (size_t i = 0; i < count; i++) {
            struct vp_record record = {.size = sizeof record};
            for (uint32_t index = 0; index < 3; index++) {
                if (vp_db_record_at(db, hits[i], index, &record) == VP_OK)
                    sum += exercise_text(record.source) + exercise_text(record.date) +
                           exercise_text(record.file) + exercise_text(record.version);
            }
        }
    }
    return sum;
}

static inline size_t exercise_rows(struct vp_db *db)
{
    size_t sum = 0;
    for (uint32_t row = 0; row < EXERCISE_ROWS; row++) {
        struct db_gate gate;
        struct db_calibration calibration;
        struct db_rule rule;
        struct vp_subject subject = {.size = sizeof subject};
        struct vp_policy policy = {.size = sizeof policy};
        struct vp_db_kind kind = {.size = sizeof kind};
        uint32_t first, count;
        if (vpi_db_gate(db, row, &gate))
            sum += gate.prefix[0];
        if (vpi_db_calibration(db, row, &calibration))
            sum += calibration.right;
        if (vpi_db_rule(db, row, &rule))
            sum += exercise_text(rule.why);
        if (vp_db_subject_at(db, row, &subject) == VP_OK)
            sum += exercise_text(subject.id) + exercise_text(subject.name);
        if (vp_db_policy_at(db, row, &policy) == VP_OK) {
            sum += exercise_text(policy.title) + exercise_text(policy.basis) +
                   exercise_text(policy.since);
            if (vpi_db_policy_named(db, policy.id, &first, &count))
                sum += first + count;
        }
        if (vp_db_kind_at(db, row, &kind) == VP_OK)
            sum += vpi_db_has_ungated(db, kind.kind) + vpi_db_has_kind(db, kind.kind);
    }
    return sum;
}

/* The sum keeps a compiler from leaving anything out. */
static inline size_t exercise(struct vp_db *db)
{
    struct vp_error err;
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    size_t sum = exercise_lookups(db) + exercise_rows(db) + info.subjects;
    return sum + (size_t)vp_db_verify(db, &err);
}

/* Makes the digest that the header holds right again after bytes were changed. */
static inline void exercise_fix_digest(uint8_t *bytes, size_t len)
{
    uint64_t chunks;
    struct span all = span_of(bytes, len);
    if (len < HEADER_SIZE || !span_uint(all, HEADER_CHUNKS, 4, &chunks))
        return;
    vpi_hash_bytes(vpi_db_digest_of(all, (uint32_t)chunks), bytes + HEADER_DIGEST);
}
