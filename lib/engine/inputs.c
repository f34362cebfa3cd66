/* inputs.c - the ways in: a path, a descriptor, bytes, a source of the caller, features alone */
#include "engine/engine.h"

/* Asked between blocks. */
static bool stop(void *context, uint64_t done, uint64_t total)
{
    struct vp_session *session = context;
    if (session->stopped)
        return true;
    /* Readers go back and forth; what the caller is told only grows. */
    if (done < session->furthest)
        done = session->furthest;
    session->furthest = done;
    if (session->options.progress &&
        session->options.progress(session->options.context, done, total))
        session->stopped = VP_GAP_CANCELLED;
    else if (session->deadline && vpi_clock_ms() >= session->deadline)
        session->stopped = VP_GAP_DEADLINE;
    return session->stopped != 0;
}

/* The session's scratch memory becomes the object's, and comes back in finish(). */
static enum vp_status begin(struct vp_session *session, struct examination *x, struct vp_error *err)
{
    memset(x, 0, sizeof *x);
    vpi_crypto_reset(session->crypto);
    for (unsigned i = 0; i < CATALOG_SHELVES; i++)
        vpi_catalog_shelf_trim(&session->shelves[i]);
    session->stopped = 0;
    session->callback_failed = false;
    session->deadline =
        session->limits.deadline_ms ? vpi_clock_ms() + session->limits.deadline_ms : 0;
    session->expanded_left = session->limits.expanded;
    session->furthest = 0;
    session->path = NULL;
    x->session = session;
    x->parent = VP_NO_INDEX;
    x->off = VP_NONE;
    x->result = vpi_result_empty(session->db, session->limits.memory);
    if (!x->result)
        return vpi_fail(err, VP_E_MEMORY, "no memory for a result");
    vpi_arena_reset(&session->scratch);
    x->arena = session->scratch;
    x->arena.limit = session->limits.memory > SIZE_MAX ? 0 : (size_t)session->limits.memory;
    return VP_OK;
}

static enum vp_status finish(struct examination *x, bool good, struct vp_result **ret_result,
                             struct vp_error *err)
{
    x->session->scratch = x->arena;
    if (good) {
        *ret_result = x->result;
        return VP_OK;
    }
    vp_result_unref(x->result);
    return vpi_fail(err, VP_E_MEMORY, "no memory for the result");
}

static enum vp_status examine(struct examination *x, const char *name,
                              struct vp_result **ret_result, struct vp_error *err)
{
    x->src.stop = stop;
    x->src.stop_context = x->session;
    x->name = span_text(name ? name : "");
    return finish(x, vpi_tree_examine(x), ret_result, err);
}

enum vp_status vp_examine_memory(struct vp_session *session, const void *data, size_t len,
                                 const char *name, struct vp_result **ret_result,
                                 struct vp_error *err)
{
    struct examination x;
    if (!data && len)
        return vpi_fail(err, VP_E_ARGUMENT, "no bytes");
    enum vp_status status = begin(session, &x, err);
    if (status != VP_OK)
        return status;
    vpi_source_init_memory(&x.src, span_of(data, len), &x.arena);
    return examine(&x, name, ret_result, err);
}

/* Takes `file` over.  `path`: where it is, or NULL. */
static enum vp_status examine_file(struct vp_session *session, struct os_file *file,
                                   const char *name, const char *path,
                                   struct vp_result **ret_result, struct vp_error *err)
{
    struct examination x;
    struct vp_result *result = NULL;
    enum vp_status status = begin(session, &x, err);
    if (status == VP_OK) {
        vpi_source_init(&x.src, &vpi_file_ops, file, file->size, &x.arena);
        session->path = path;
        x.src.attribute = vpi_file_attribute;
        status = examine(&x, name, &result, err);
    }
    /* What a single read of the first bytes gave can't contradict itself. */
    if (status == VP_OK && result->bytes_read > SOURCE_HEAD && vpi_file_changed(file) &&
        !vpi_result_note(result, 0, VP_NOTE_CHANGED_WHILE_READ, VP_NONE,
                         "size or times changed while it was read")) {
        vp_result_unref(result);
        status = vpi_fail(err, VP_E_MEMORY, "no memory for the result");
    }
    vpi_file_close(file);
    if (status == VP_OK)
        *ret_result = result;
    return status;
}

enum vp_status vp_examine_path(struct vp_session *session, const char *path,
                               struct vp_result **ret_result, struct vp_error *err)
{
    struct os_file file;
    enum vp_status status = vpi_file_open(path, &file, err);
    return status == VP_OK ? examine_file(session, &file, path, path, ret_result, err) : status;
}

/* What couldn't be kept, so that nothing but its name is known. */
static enum vp_status examine_unread(struct vp_session *session, const char *name,
                                     struct vp_result **ret_result, struct vp_error *err)
{
    struct examination x;
    enum vp_status status = begin(session, &x, err);
    if (status != VP_OK)
        return status;
    vpi_source_init_memory(&x.src, span_of(NULL, 0), &x.arena);
    x.src.size = VP_NONE;
    x.name = span_text(name ? name : "");
    bool good = vpi_object_begin(&x);
    vpi_image_gap(&x.image, VP_GAP_MEMBER_TOO_LARGE, "a pipe longer than may be kept");
    return finish(&x, good && vpi_object_judge(&x), ret_result, err);
}

static enum vp_status examine_pipe(struct vp_session *session, struct os_file *file,
                                   const char *name, struct vp_result **ret_result,
                                   struct vp_error *err)
{
    struct os_spool spool = {.in_memory = session->limits.member_memory,
                             .folder = session->options.spool_folder,
                             .in_folder = session->limits.expanded};
    struct arena arena;
    struct span bytes;
    bool whole;
    vpi_arena_init(&arena, 0);
    enum vp_status status = vpi_file_spool(file, &spool, &arena, &bytes, &whole, err);
    if (status == VP_OK && !whole)
        status = examine_unread(session, name, ret_result, err);
    else if (status == VP_OK && file->regular)
        status = examine_file(session, file, name, NULL, ret_result, err);
    else if (status == VP_OK)
        status = vp_examine_memory(session, bytes.data, bytes.len, name, ret_result, err);
    vpi_arena_done(&arena);
    return status;
}

enum vp_status vp_examine_fd(struct vp_session *session, int fd, const char *name,
                             struct vp_result **ret_result, struct vp_error *err)
{
    struct os_file file;
    enum vp_status status = vpi_file_of(fd, &file, err);
    if (status != VP_OK)
        return status;
    if (!file.regular)
        return examine_pipe(session, &file, name, ret_result, err);
    const char *path = session->options.flags & VP_SESSION_BESIDE ? name : NULL;
    return examine_file(session, &file, name, path, ret_result, err);
}

/* ---- a source of the caller */

struct callback {
    struct vp_source source;
    struct vp_session *session;
};

static int64_t callback_read(void *context, uint64_t off, void *buffer, size_t len)
{
    struct callback *callback = context;
    size_t got = 0;
    if (callback->source.read_at(callback->source.context, off, buffer, len, &got) != 0 ||
        got > len) {
        callback->session->callback_failed = true;
        return -1;
    }
    return (int64_t)got;
}

static const struct source_ops callback_ops = {callback_read};

enum vp_status vp_examine_source(struct vp_session *session, const struct vp_source *source,
                                 const char *name, struct vp_result **ret_result,
                                 struct vp_error *err)
{
    struct examination x;
    struct callback callback = {.session = session};
    vpi_struct_in(&callback.source, sizeof callback.source, source);
    if (!callback.source.read_at)
        return vpi_fail(err, VP_E_ARGUMENT, "a source needs read_at");
    enum vp_status status = begin(session, &x, err);
    if (status != VP_OK)
        return status;
    struct vp_result *result = NULL;
    vpi_source_init(&x.src, &callback_ops, &callback, callback.source.bytes, &x.arena);
    status = examine(&x, name, &result, err);
    if (status == VP_OK && session->callback_failed) {
        vp_result_unref(result);
        return vpi_fail(err, VP_E_CALLBACK, "read_at reported failure");
    }
    if (status == VP_OK)
        *ret_result = result;
    return status;
}

/* ---- features without a file */

static bool add_known(struct examination *x, const struct vp_known_feature *known, const char **why)
{
    const struct kind *kind = vpi_kind(known->kind);
    struct span value, text = span_of(known->text, known->len);
    if (!kind) {
        *why = "no such kind";
        return false;
    }
    if (!vpi_canonical_value(&x->arena, kind, text, &value, why))
        return false;
    char *copy = vpi_arena_text(&x->arena, text);
    *why = "no memory";
    return copy && vpi_feature_add(&x->work, known->kind, value, copy);
}

enum vp_status vp_examine_features(struct vp_session *session,
                                   const struct vp_known_feature *features, size_t count,
                                   const char *name, struct vp_result **ret_result,
                                   struct vp_error *err)
{
    struct examination x;
    enum vp_status status = begin(session, &x, err);
    if (status != VP_OK)
        return status;
    vpi_source_init_memory(&x.src, span_of(NULL, 0), &x.arena);
    x.name = span_text(name ? name : "");
    bool good = vpi_object_begin(&x);
    for (size_t i = 0; good && i < count && status == VP_OK; i++) {
        struct vp_known_feature known;
        const char *why = "";
        /* The caller's structs may be longer than ours: step by their own size. */
        size_t step = features->size ? features->size : sizeof known;
        vpi_struct_in(&known, sizeof known, (const char *)features + i * step);
        if (!add_known(&x, &known, &why))
            status = vpi_fail(err, VP_E_ARGUMENT, "feature %zu: %s", i, why);
    }
    if (status != VP_OK) {
        (void)finish(&x, false, ret_result, NULL);
        return status;
    }
    good = good && vpi_lookup_features(&x) && vpi_object_judge(&x);
    return finish(&x, good, ret_result, err);
}
