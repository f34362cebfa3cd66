/* examine.c - one object from its bytes to its result
 *
 *     head -> format -> cheap features -> look-up -> gates -> dear features -> look-up -> verdict
 *
 * Dear features that no gate guards go with the cheap ones, so that a file is read once.
 */
#include "engine/engine.h"

enum { DESCRIBE_BYTES = 64 << 10 };

/* ---- stopping */

static bool stop(void *context, uint64_t done, uint64_t total)
{
    struct vp_session *session = context;
    if (session->stopped)
        return true;
    if (session->options.progress &&
        session->options.progress(session->options.context, done, total))
        session->stopped = VP_GAP_CANCELLED;
    else if (session->deadline && vpi_clock_ms() >= session->deadline)
        session->stopped = VP_GAP_DEADLINE;
    return session->stopped != 0;
}

/* What the last failure of the source leaves unexamined.  False: no memory for saying so. */
static bool say_gap(struct examination *x, const char *what)
{
    enum vp_gap_reason reason = VP_GAP_READ_FAILED;
    if (x->session->stopped)
        reason = x->session->stopped;
    else if (x->src.failure == SOURCE_MEMORY || x->session->scratch.failed)
        reason = VP_GAP_MEMORY_LIMIT;
    return vpi_result_gap(x->result, 0, reason, what);
}

/* ---- the steps */

static bool make_features(struct examination *x, uint64_t want)
{
    if (!want)
        return true;
    x->work.wanted = want;
    size_t gaps = x->image.gap_count;
    bool made = vpi_features_make(&x->work);
    x->result->bytes_hashed += x->work.pass.bytes_hashed;
    memset(&x->work.pass, 0, sizeof x->work.pass);
    if (!made && x->image.gap_count == gaps)
        vpi_image_gap(&x->image, VP_GAP_READ_FAILED, "features");
    return made;
}

static bool take_notes(struct examination *x, const struct verdict *verdict)
{
    for (size_t i = 0; i < x->image.note_count; i++) {
        const struct image_note *note = &x->image.notes[i];
        if (!vpi_result_note(x->result, 0, note->code, note->off, note->text))
            return false;
    }
    for (size_t i = 0; i < x->image.gap_count; i++) {
        enum vp_gap_reason reason = x->image.gaps[i].reason;
        if (x->session->stopped && reason == VP_GAP_READ_FAILED)
            reason = x->session->stopped;
        if (!vpi_result_gap(x->result, 0, reason, x->image.gaps[i].what))
            return false;
    }
    if (verdict->shared_count)
        return vpi_result_note(x->result, 0, VP_NOTE_SHARED_KEY, VP_NONE,
                               x->work.items[verdict->shared_feature].text);
    return true;
}

/* libmagic's words for what no reader of ours knows. */
static const char *describe(struct examination *x)
{
    struct vp_session *session = x->session;
    struct span first;
    const char *why = NULL, *words = NULL;
    if (!(session->options.flags & VP_SESSION_DESCRIBE) || x->image.format != VP_FORMAT_OTHER)
        return "";
    if (vpi_source_get_some(&x->src, 0, DESCRIBE_BYTES, &first)) {
        if (!session->magic)
            session->magic = vpi_magic_new(session->options.magic_file);
        words = session->magic ? vpi_magic_describe(session->magic, first, &why) : NULL;
    }
    if (!words)
        (void)say_gap(x, why ? why : "description by libmagic");
    return words ? words : "";
}

static bool add_object(struct examination *x, struct span name)
{
    struct vp_object object = {.parent = VP_NO_INDEX,
                               .name = (const char *)name.data,
                               .name_len = name.len,
                               .offset = VP_NONE,
                               .bytes = x->src.size,
                               .format = x->image.format,
                               .role = x->image.role,
                               .machine = x->image.machine ? x->image.machine : "",
                               .description = describe(x)};
    return vpi_result_object(x->result, &object) != VP_NO_INDEX;
}

static bool judge(struct examination *x)
{
    struct verdict verdict = {0};
    if (x->session->db && !vpi_verdict(&x->session->scratch, x->session->db, x->work.items,
                                       x->work.count, x->evidence, x->evidence_count, &verdict))
        return false;
    return take_notes(x, &verdict) &&
           vpi_result_take(x->result, 0, x->work.items, x->work.count, &verdict);
}

/* All of it.  False: no memory for the result. */
static bool examine(struct examination *x, struct span name)
{
    struct vp_session *session = x->session;
    struct span head;
    vpi_image_init(&x->image, &session->scratch);
    bool readable = vpi_source_get_some(&x->src, 0, SOURCE_HEAD, &head);
    if (readable)
        vpi_format_read(&x->image, &x->src);
    else if (!say_gap(x, "all of it"))
        return false;
    x->work = (struct feature_work){.image = &x->image,
                                    .src = &x->src,
                                    .crypto = session->crypto,
                                    .arena = &session->scratch,
                                    .name = name,
                                    .notes = &x->image};
    if (!add_object(x, name))
        return false;
    if (readable && make_features(x, vpi_plan_first(x)) && vpi_lookup_features(x)) {
        uint64_t gated = vpi_plan_gated(x);
        if (gated && make_features(x, gated))
            (void)vpi_lookup_features(x);
    }
    if (session->scratch.failed && x->image.gap_count == 0)
        vpi_image_gap(&x->image, VP_GAP_MEMORY_LIMIT, "features and look-ups");
    /* Judged with memory of its own, so that a full arena doesn't hide what was found. */
    bool full = session->scratch.failed;
    session->scratch.failed = false;
    session->scratch.limit = 0;
    bool judged = judge(x);
    session->scratch.failed = full;
    x->result->bytes_read = x->src.bytes_read;
    return judged;
}

/* ---- the ways in */

static enum vp_status begin(struct vp_session *session, struct examination *x, struct vp_error *err)
{
    memset(x, 0, sizeof *x);
    vpi_arena_reset(&session->scratch);
    session->scratch.limit = session->limits.memory > SIZE_MAX ? 0 : (size_t)session->limits.memory;
    vpi_crypto_reset(session->crypto);
    session->stopped = 0;
    session->callback_failed = false;
    session->deadline =
        session->limits.deadline_ms ? vpi_clock_ms() + session->limits.deadline_ms : 0;
    x->session = session;
    x->result = vpi_result_new(session);
    return x->result ? VP_OK : vpi_fail(err, VP_E_MEMORY, "no memory for a result");
}

static enum vp_status finish(struct examination *x, const char *name, struct vp_result **ret_result,
                             struct vp_error *err)
{
    x->src.stop = stop;
    x->src.stop_context = x->session;
    if (examine(x, span_text(name ? name : ""))) {
        *ret_result = x->result;
        return VP_OK;
    }
    vp_result_unref(x->result);
    return vpi_fail(err, VP_E_MEMORY, "no memory for the result");
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
    vpi_source_init_memory(&x.src, span_of(data, len), &session->scratch);
    return finish(&x, name, ret_result, err);
}

/* Takes `file` over. */
static enum vp_status examine_file(struct vp_session *session, struct os_file *file,
                                   const char *name, struct vp_result **ret_result,
                                   struct vp_error *err)
{
    struct examination x;
    struct vp_result *result = NULL;
    enum vp_status status = begin(session, &x, err);
    if (status == VP_OK) {
        vpi_source_init(&x.src, &vpi_file_ops, file, file->size, &session->scratch);
        status = finish(&x, name, &result, err);
    }
    if (status == VP_OK && vpi_file_changed(file) &&
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
    return status == VP_OK ? examine_file(session, &file, path, ret_result, err) : status;
}

static enum vp_status examine_pipe(struct vp_session *session, struct os_file *file,
                                   const char *name, struct vp_result **ret_result,
                                   struct vp_error *err)
{
    struct arena spool;
    struct span bytes;
    vpi_arena_init(&spool, 0);
    enum vp_status status = vpi_file_spool(file, session->limits.member_memory,
                                           session->options.spool_folder, &spool, &bytes, err);
    if (status == VP_OK && file->regular)
        status = examine_file(session, file, name, ret_result, err);
    else if (status == VP_OK)
        status = vp_examine_memory(session, bytes.data, bytes.len, name, ret_result, err);
    vpi_arena_done(&spool);
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
    return examine_file(session, &file, name, ret_result, err);
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
    vpi_source_init(&x.src, &callback_ops, &callback, callback.source.bytes, &session->scratch);
    status = finish(&x, name, &result, err);
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
    if (!vpi_canonical_value(&x->session->scratch, kind, text, &value, why))
        return false;
    char *copy = vpi_arena_text(&x->session->scratch, text);
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
    vpi_image_init(&x.image, &session->scratch);
    vpi_source_init_memory(&x.src, span_of(NULL, 0), &session->scratch);
    x.work = (struct feature_work){.image = &x.image,
                                   .src = &x.src,
                                   .crypto = session->crypto,
                                   .arena = &session->scratch,
                                   .notes = &x.image};
    for (size_t i = 0; i < count && status == VP_OK; i++) {
        struct vp_known_feature known;
        const char *why = "";
        /* The caller's structs may be longer than ours: step by their own size. */
        size_t step = features->size ? features->size : sizeof known;
        vpi_struct_in(&known, sizeof known, (const char *)features + i * step);
        if (!add_known(&x, &known, &why))
            status = vpi_fail(err, VP_E_ARGUMENT, "feature %zu: %s", i, why);
    }
    if (status == VP_OK) {
        bool good =
            add_object(&x, span_text(name ? name : "")) && vpi_lookup_features(&x) && judge(&x);
        if (good) {
            *ret_result = x.result;
            return VP_OK;
        }
        status = vpi_fail(err, VP_E_MEMORY, "no memory for the result");
    }
    vp_result_unref(x.result);
    return status;
}
