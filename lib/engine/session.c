/* session.c - what belongs to one thread, and its limits */
#include "engine/engine.h"

#include <stdlib.h>

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

enum vp_status vp_session_new(struct vp_db *db, const struct vp_session_options *options,
                              struct vp_session **ret_session, struct vp_error *err)
{
    struct vp_session *session = calloc(1, sizeof *session);
    if (!session)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a session");
    vpi_struct_in(&session->options, sizeof session->options, options);
    const char *magic_file = session->options.magic_file;
    const char *spool_folder = session->options.spool_folder;
    session->options.magic_file = session->options.spool_folder = NULL;
    session->limits = session->options.limits;
    fill_limits(&session->limits);
    vpi_arena_init(&session->scratch,
                   session->limits.memory > SIZE_MAX ? 0 : (size_t)session->limits.memory);
    session->db = vp_db_ref(db);
    enum vp_status status = vpi_crypto_new(&session->crypto, err);
    if (status == VP_OK && !vpi_plan_session(session))
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a session");
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
    vpi_magic_free(session->magic);
    vpi_crypto_free(session->crypto);
    vpi_arena_done(&session->scratch);
    vp_db_unref(session->db);
    free(session->gates);
    free((void *)(uintptr_t)session->options.magic_file);
    free((void *)(uintptr_t)session->options.spool_folder);
    free(session);
}
