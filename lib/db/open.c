/* open.c - opening and closing a database, and what it says of itself */
#include "db/open.h"

#include "base/date.h"

/* Before anything is mapped or read: is this a database at all, and is it whole? */
static bool accept_head(struct span head, uint64_t file_size, struct vp_error *err)
{
    uint64_t size = 0;
    if (head.len < HEADER_SIZE || memcmp(head.data, VPDB_MAGIC, VPDB_MAGIC_LEN) != 0) {
        vpi_fail(err, VP_E_DATABASE, "not a database");
        return false;
    }
    if (!span_uint(head, HEADER_FILE_SIZE, 8, &size) || size != file_size) {
        vpi_fail(err, VP_E_DATABASE, "the database is %llu bytes long, not %llu",
                 (unsigned long long)file_size, (unsigned long long)size);
        return false;
    }
    return true;
}

/* The struct lives in the arena that it owns. */
static struct vp_db *database_new(size_t memory)
{
    struct arena arena;
    vpi_arena_init(&arena, memory);
    struct vp_db *db = vpi_arena_alloc(&arena, sizeof *db);
    if (!db) {
        vpi_arena_done(&arena);
        return NULL;
    }
    db->arena = arena;
    atomic_init(&db->refs, 1);
    return db;
}

static void database_free(struct vp_db *db)
{
    vpi_map_done(&db->map);
    struct arena arena = db->arena;
    vpi_arena_done(&arena);
}

static enum vp_status finish(struct vp_db *db, const struct vp_db_options *options,
                             struct vp_error *err)
{
    enum vp_status status = vpi_db_structure(db, err);
    if (status == VP_OK && db->serial < options->minimum_serial)
        status =
            vpi_fail(err, VP_E_DATABASE, "serial %llu is older than %llu",
                     (unsigned long long)db->serial, (unsigned long long)options->minimum_serial);
    return status;
}

static enum vp_status open_path(struct vp_db *db, const char *path,
                                const struct vp_db_options *options, struct vp_error *err)
{
    static const struct map_check check = {accept_head, HEADER_SIZE};
    enum map_how how = options->flags & VP_DB_COPY  ? MAP_COPY
                       : options->flags & VP_DB_MAP ? MAP_MAP
                                                    : MAP_AUTO;
    enum vp_status status = vpi_map_open(&db->map, path, how, &check, &db->arena, err);
    if (status != VP_OK)
        return status;
    db->bytes = db->map.bytes;
    db->path = vpi_arena_text(&db->arena, span_text(path));
    if (!db->path)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    return VP_OK;
}

static enum vp_status open_bytes(struct vp_db *db, struct span bytes, struct vp_error *err)
{
    if (!accept_head(bytes, bytes.len, err))
        return VP_E_DATABASE;
    uint8_t *copy = bytes.len > SIZE_MAX - VPDB_ALIGN
                        ? NULL
                        : vpi_arena_alloc(&db->arena, bytes.len + VPDB_ALIGN);
    if (!copy)
        return vpi_fail(err, VP_E_MEMORY, "no memory for %zu bytes", bytes.len);
    copy += (VPDB_ALIGN - (uintptr_t)copy % VPDB_ALIGN) % VPDB_ALIGN;
    memcpy(copy, bytes.data, bytes.len);
    db->bytes = span_of(copy, bytes.len);
    return VP_OK;
}

enum vp_status vpi_db_open(const char *path, struct span bytes,
                           const struct vp_db_options *caller_options, size_t memory,
                           struct vp_db **ret_db, struct vp_error *err)
{
    struct vp_db_options options;
    vpi_struct_in(&options, sizeof options, caller_options);
    if ((options.flags & ~(unsigned)(VP_DB_COPY | VP_DB_MAP)) != 0 ||
        options.flags == (VP_DB_COPY | VP_DB_MAP))
        return vpi_fail(err, VP_E_ARGUMENT, "flags %#x of a database", options.flags);
    struct vp_db *db = database_new(memory);
    if (!db)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a database");
    enum vp_status status = path ? open_path(db, path, &options, err) : open_bytes(db, bytes, err);
    if (status == VP_OK)
        status = finish(db, &options, err);
    if (status != VP_OK) {
        database_free(db);
        return status;
    }
    *ret_db = db;
    return VP_OK;
}

enum vp_status vp_db_open(const char *path, const struct vp_db_options *options,
                          struct vp_db **ret_db, struct vp_error *err)
{
    if (!ret_db)
        return vpi_fail(err, VP_E_ARGUMENT, "no place for the database");
    if (!path)
        path = vpi_map_environment("VENDORPRINT_DATABASE");
    if (!path || !*path)
        path = VPI_DATABASE_DEFAULT;
    return vpi_db_open(path, span_of(NULL, 0), options, 0, ret_db, err);
}

enum vp_status vp_db_open_memory(const void *data, size_t len, const struct vp_db_options *options,
                                 struct vp_db **ret_db, struct vp_error *err)
{
    if (!ret_db || (!data && len))
        return vpi_fail(err, VP_E_ARGUMENT, "no bytes, or no place for the database");
    return vpi_db_open(NULL, span_of(data, len), options, 0, ret_db, err);
}

struct vp_db *vp_db_ref(struct vp_db *db)
{
    if (db)
        atomic_fetch_add_explicit(&db->refs, 1, memory_order_relaxed);
    return db;
}

void vp_db_unref(struct vp_db *db)
{
    if (db && atomic_fetch_sub_explicit(&db->refs, 1, memory_order_acq_rel) == 1)
        database_free(db);
}

void vp_db_info(struct vp_db *db, struct vp_db_info *ret_info)
{
    struct vp_db_info info = {
        .path = db->path,
        .serial = db->serial,
        .format_major = db->major,
        .format_minor = db->minor,
        .bytes = db->bytes.len,
        .subjects = db->rows[SLOT_SUBJ],
        .records = db->rows[SLOT_RECS],
        .policies = db->rows[SLOT_POLI],
        .kinds = db->kind_count,
        .mapped = db->map.base != NULL,
    };
    memcpy(info.digest, db->digest, sizeof info.digest);
    vpi_date_print(db->date, info.date);
    vpi_date_print(db->expires, info.expires);
    for (int i = 0; i < DB_GROUPS; i++)
        info.keys += db->tables[i].keys;
    for (uint32_t row = 0; row < info.subjects; row++) {
        struct db_subject subject;
        if (!vpi_db_subject(db, row, &subject))
            continue;
        info.vendors += subject.type == VP_SUBJECT_VENDOR;
        info.products += subject.type == VP_SUBJECT_PRODUCT;
        info.origins += subject.type == VP_SUBJECT_ORIGIN;
        info.builders += subject.type == VP_SUBJECT_BUILDER;
    }
    vpi_struct_out(ret_info, &info, sizeof info);
}
