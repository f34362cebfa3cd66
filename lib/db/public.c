/* public.c - rows of the database for callers of vendorprint.h */
#include "db/database.h"

enum vp_status vp_db_kind_at(struct vp_db *db, uint32_t index, struct vp_db_kind *ret_kind)
{
    if (index >= db->kind_count)
        return VP_E_NOT_FOUND;
    const struct db_kind *row = &db->kinds[index];
    struct vp_db_kind kind = {
        .kind = row->number,
        .confirm_bits = row->confirm,
        .keys = row->keys,
        .ungated = row->ungated,
    };
    vpi_struct_out(ret_kind, &kind, sizeof kind);
    return VP_OK;
}

enum vp_status vp_db_subject_at(struct vp_db *db, uint32_t index, struct vp_subject *ret_subject)
{
    struct db_subject row;
    if (!vpi_db_subject(db, index, &row))
        return VP_E_NOT_FOUND;
    struct vp_subject subject = {
        .type = row.type,
        .id = row.id,
        .name = row.name,
        .vendor = row.vendor,
        .signs_for_others = row.signs_for_others,
    };
    vpi_struct_out(ret_subject, &subject, sizeof subject);
    return VP_OK;
}

enum vp_status vp_db_policy_at(struct vp_db *db, uint32_t index, struct vp_policy *ret_policy)
{
    struct span bytes;
    if (!vpi_db_row(db, SLOT_POLI, index, &bytes))
        return VP_E_NOT_FOUND;
    struct reader r = reader_at(bytes, 0);
    struct vp_policy policy = {.id = vpi_db_string(db, reader_u32(&r))};
    policy.title = vpi_db_string(db, reader_u32(&r));
    policy.basis = vpi_db_string(db, reader_u32(&r));
    policy.since = vpi_db_string(db, reader_u32(&r));
    vpi_struct_out(ret_policy, &policy, sizeof policy);
    return VP_OK;
}

enum vp_status vp_db_record_at(struct vp_db *db, struct vp_hit hit, uint32_t index,
                               struct vp_record *ret_record)
{
    struct db_record row;
    if (index >= hit.count || index > UINT32_MAX - hit.first ||
        !vpi_db_record(db, hit.first + index, &row))
        return VP_E_NOT_FOUND;
    struct vp_record record = {
        .subject = row.subject,
        .vendor = row.vendor,
        .version = row.version,
        .file = row.file,
        .source = row.source,
        .date = row.date,
        .relation = row.relation,
        .confidence = row.confidence,
        .gated = row.gate != VPDB_NO_ROW,
    };
    vpi_struct_out(ret_record, &record, sizeof record);
    return VP_OK;
}
