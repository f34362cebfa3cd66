/* session.c - what belongs to one thread, and its limits */
#include "engine/engine.h"

#include <stdlib.h>

#include "io/map.h"

enum { BUNDLE_BYTES_MOST = 16 << 20 };

static const struct vp_limits defaults = {.memory = 64 << 20,
                                          .member_memory = 32 << 20,
                                          .expanded = UINT64_C(2) << 30,
                                          .depth = 8,
                                          .members = 100000,
                                          .deadline_ms = 0};

static void fill_limits(struct vp_limits *limits)
{
    if (!limits->memory)
        limits->memory = defaults.memory;
    if (!limits->member_memory)
        limits->member_memory = defaults.member_memory;
    if (!limits->expanded)
        limits->expanded = defaults.expanded;
    if (!limits->depth)
        limits->depth = defaults.depth;
    if (!limits->members)
        limits->members = defaults.members;
}

/* The caller's strings may go; ours stay with the session. */
static enum vp_status keep_text(const char **text)
{
    if (!*text)
        return VP_OK;
    size_t len = strlen(*text) + 1;
    char *copy = malloc(len);
    if (!copy)
        return VP_E_MEMORY;
    memcpy(copy, *text, len);
    *text = copy;
    return VP_OK;
}

static bool accept_bundle(struct span head, uint64_t file_size, struct vp_error *err)
{
    if (file_size <= BUNDLE_BYTES_MOST)
        return true;
    vpi_fail(err, VP_E_ARGUMENT, "an anchors file of more than %d bytes", BUNDLE_BYTES_MOST);
    return false;
}

/* The caller's anchors, beside those of the database. */
static enum vp_status read_anchors(struct vp_session *session, const char *path,
                                   struct vp_error *err)
{
    static const struct map_check check = {accept_bundle, 0};
    struct map map;
    struct certificate *list;
    size_t count;
    enum vp_status status = vpi_map_open(&map, path, MAP_COPY, &check, &session->kept, err);
    if (status != VP_OK)
        return status;
    bool good = vpi_bundle_read(&session->kept, map.bytes, &list, &count);
    vpi_map_done(&map);
    if (session->kept.failed)
        return vpi_fail(err, VP_E_MEMORY, "no memory for the anchors");
    if (!good)
        return vpi_fail(err, VP_E_ARGUMENT, "no certificate in the anchors file");
    session->trust.extra = list;
    session->trust.extra_count = count;
    return VP_OK;
}

static enum vp_status keep_anchors(struct vp_session *session, const char *path,
                                   struct vp_error *err)
{
    enum vp_status status = VP_OK;
    if (session->db) {
        session->trust.now = (int64_t)vpi_db_date(session->db) * 86400;
        if (!vpi_db_anchors(session->db, &session->kept, &session->trust.anchors) ||
            !vpi_trust_know(&session->kept, &session->trust))
            status = vpi_fail(err, VP_E_MEMORY, "no memory for the anchors");
    }
    if (status == VP_OK && path)
        status = read_anchors(session, path, err);
    return status;
}

enum vp_status vp_session_new(struct vp_db *db, const struct vp_session_options *options,
                              struct vp_session **ret_session, struct vp_error *err)
{
    struct vp_session *session = calloc(1, sizeof *session);
    if (!session)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a session");
    vpi_struct_in(&session->options, sizeof session->options, options);
    const char *magic_file = session->options.magic_file;
    const char *spool_folder = session->options.spool_folder;
    const char *anchors_file = session->options.anchors_file;
    session->options.magic_file = session->options.spool_folder = NULL;
    session->options.anchors_file = NULL;
    session->limits = session->options.limits;
    fill_limits(&session->limits);
    vpi_arena_init(&session->scratch,
                   session->limits.memory > SIZE_MAX ? 0 : (size_t)session->limits.memory);
    vpi_arena_init(&session->kept, 0);
    session->db = vp_db_ref(db);
    struct vp_catalogs *catalogs = session->options.catalogs;
    session->options.catalogs = NULL;
    for (unsigned i = 0; i < CATALOG_SHELVES; i++)
        vpi_arena_init(&session->shelves[i].arena, 0);
    vpi_session_shelve(session, 0, catalogs);
    enum vp_status status = vpi_crypto_new(&session->crypto, err);
    if (status == VP_OK && !vpi_plan_session(session))
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a session");
    if (status == VP_OK)
        status = keep_anchors(session, anchors_file, err);
    if (status == VP_OK && keep_text(&magic_file) == VP_OK) {
        session->options.magic_file = magic_file;
        if (keep_text(&spool_folder) == VP_OK) {
            session->options.spool_folder = spool_folder;
            *ret_session = session;
            return VP_OK;
        }
    }
    vp_session_free(session);
    return status != VP_OK ? status : vpi_fail(err, VP_E_MEMORY, "no memory for a session");
}

void vp_session_free(struct vp_session *session)
{
    if (!session)
        return;
    for (unsigned i = 0; i < CATALOG_SHELVES; i++) {
        vpi_catalog_shelf_done(&session->shelves[i]);
        vp_catalogs_unref(session->catalogs[i]);
    }
    vpi_magic_free(session->magic);
    vpi_crypto_free(session->crypto);
    vpi_arena_done(&session->scratch);
    vpi_arena_done(&session->kept);
    vp_db_unref(session->db);
    free(session->gates);
    free(session->gates_of);
    free((void *)(uintptr_t)session->options.magic_file);
    free((void *)(uintptr_t)session->options.spool_folder);
    free(session);
}
