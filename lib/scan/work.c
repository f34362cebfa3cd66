/* work.c - the threads of a scan: one walks, others examine */
#define _XOPEN_SOURCE 700 /* realpath */
#include "scan/beside.h"
#include "scan/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void vpi_scan_wake_all(struct vp_scan *scan)
{
    pthread_cond_broadcast(&scan->room);
    pthread_cond_broadcast(&scan->work);
    pthread_cond_broadcast(&scan->turn);
    pthread_cond_broadcast(&scan->ready);
}

void vpi_scan_fail(struct vp_scan *scan, enum vp_status status)
{
    pthread_mutex_lock(&scan->lock);
    scan->failure = status;
    atomic_store(&scan->cancelled, true);
    vpi_scan_wake_all(scan);
    pthread_mutex_unlock(&scan->lock);
}

/* ---- the walker */

static void set_error(struct file *file, int code)
{
    file->is_done = true;
    file->error.status = code == ENOENT   ? VP_E_NOT_FOUND
                         : code == EINVAL ? VP_E_NOT_REGULAR
                                          : VP_E_IO;
    file->error.system_error = code;
    strerror_r(code, file->error.text, sizeof file->error.text);
}

/* Appends an entry to a batch that nobody else sees yet.  False: no memory. */
static bool add(struct batch *batch, const struct walk_entry *entry)
{
    struct file *file = &batch->files[batch->count];
    *file = (struct file){.path = strdup(entry->path),
                          .folder = vpi_walk_folder_ref(entry->folder),
                          .opened = {.fd = -1},
                          .catalogs = entry->catalogs,
                          .package = entry->package};
    batch->count++;
    if (entry->error)
        set_error(file, entry->error);
    return file->path != NULL;
}

static void leave_folder(struct file *file)
{
    vpi_walk_folder_unref(file->folder);
    file->folder = NULL;
}

void vpi_batch_free(struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        vp_result_unref(batch->files[i].result);
        leave_folder(&batch->files[i]);
        free(batch->files[i].path);
    }
    batch->count = 0;
}

/* Waits for room and hands the batch over.  False: cancelled. */
static bool hand_over(struct vp_scan *scan, struct batch *batch)
{
    pthread_mutex_lock(&scan->lock);
    while (!atomic_load(&scan->cancelled) && scan->queued - scan->returned == BATCHES)
        pthread_cond_wait(&scan->room, &scan->lock);
    bool good = !atomic_load(&scan->cancelled);
    if (good) {
        batch->state = BATCH_QUEUED;
        *batch_at(scan, scan->queued++) = *batch;
        batch->count = 0;
        pthread_cond_signal(&scan->work);
    }
    pthread_mutex_unlock(&scan->lock);
    return good;
}

static bool too_many_folders(const struct vp_scan *scan)
{
    return atomic_load(&scan->folders.open) >= scan->folders.most;
}

/* Hands over what holds folders open, and waits until some are closed.  False: cancelled. */
static bool wait_for_folders(struct vp_scan *scan, struct batch *batch)
{
    if (batch->count && !hand_over(scan, batch))
        return false;
    pthread_mutex_lock(&scan->lock);
    scan->wants_folders = true;
    while (!atomic_load(&scan->cancelled) && too_many_folders(scan))
        pthread_cond_wait(&scan->room, &scan->lock);
    scan->wants_folders = false;
    pthread_mutex_unlock(&scan->lock);
    return !atomic_load(&scan->cancelled);
}

/* Small batches first, so that every worker soon has one and the caller soon a result. */
static uint32_t batch_size(uint64_t number)
{
    return number < BATCH_FILES ? (uint32_t)number + 1 : BATCH_FILES;
}

/* False: cancelled, or no memory, which is said. */
static bool walk_path(struct vp_scan *scan, const char *path, struct batch *batch, uint64_t *number)
{
    struct walk *walk = vpi_walk_new(path, scan->one_file_system, &scan->folders);
    struct walk_entry entry;
    int got = walk ? 1 : -1;
    while (got > 0 && (got = vpi_walk_next(walk, &entry)) > 0) {
        if (!add(batch, &entry)) {
            got = -1;
        } else if (batch->count >= batch_size(*number)) {
            ++*number;
            if (!hand_over(scan, batch))
                break;
        }
        if (too_many_folders(scan) && !wait_for_folders(scan, batch))
            break;
    }
    vpi_walk_free(walk);
    if (got < 0)
        vpi_scan_fail(scan, VP_E_MEMORY);
    return got == 0;
}

void *vpi_scan_walk(void *context)
{
    struct vp_scan *scan = context;
    struct batch batch = {.count = 0};
    uint64_t number = 0;
    bool good = true;
    for (size_t i = 0; good && i < scan->path_count; i++)
        good = walk_path(scan, scan->paths[i], &batch, &number);
    if (good && batch.count)
        (void)hand_over(scan, &batch);
    vpi_batch_free(&batch);
    pthread_mutex_lock(&scan->lock);
    scan->walked = true;
    pthread_cond_broadcast(&scan->work);
    pthread_cond_signal(&scan->ready);
    pthread_mutex_unlock(&scan->lock);
    return NULL;
}

/* ---- the workers */

/* The next queued batch and its number, or NULL when there will be none. */
static struct batch *take(struct vp_scan *scan, uint64_t *ret_number)
{
    struct batch *batch = NULL;
    pthread_mutex_lock(&scan->lock);
    while (scan->taken == scan->queued && !scan->walked && !atomic_load(&scan->cancelled))
        pthread_cond_wait(&scan->work, &scan->lock);
    if (scan->taken < scan->queued && !atomic_load(&scan->cancelled)) {
        *ret_number = scan->taken++;
        batch = batch_at(scan, *ret_number);
        batch->state = BATCH_RUNNING;
    }
    pthread_mutex_unlock(&scan->lock);
    return batch;
}

/* What lies on storage is fetched for all files at once instead of one after the other.  One file
 * is asked in place of all, for where they are cached, asking costs more than it saves. */
static void fetch_starts(const struct batch *batch)
{
    enum walk_start start = WALK_START_UNKNOWN;
    for (uint32_t i = 0; i < batch->count && start == WALK_START_UNKNOWN; i++)
        start = vpi_walk_start(&batch->files[i].opened);
    for (uint32_t i = 0; i < batch->count && start == WALK_START_STORED; i++)
        vpi_walk_fetch(&batch->files[i].opened);
}

static void open_files(struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        if (!batch->files[i].is_done)
            vpi_walk_open(batch->files[i].folder, batch->files[i].path, &batch->files[i].opened);
    }
    fetch_starts(batch);
}

static bool has_links(const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        if (batch->files[i].opened.links > 1)
            return true;
    }
    return false;
}

/* Finds the files that have several names; the lock is held.  False: no memory. */
static bool find_links(struct vp_scan *scan, struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        struct file *file = &batch->files[i];
        bool first = true;
        if (file->opened.links < 2)
            continue;
        if (!vpi_link_find(&scan->links, &file->opened, &file->link, &first))
            return false;
        file->is_link = file->link && !first;
    }
    return true;
}

/* Waits for the batch's turn if it needs one.  False: cancelled or no memory. */
static bool take_turn(struct vp_scan *scan, struct batch *batch, uint64_t number)
{
    bool good = true;
    pthread_mutex_lock(&scan->lock);
    if (has_links(batch)) {
        while (scan->turns != number && !atomic_load(&scan->cancelled))
            pthread_cond_wait(&scan->turn, &scan->lock);
        good = find_links(scan, batch);
    }
    batch->turned = true;
    if (scan->turns == number) {
        while (scan->turns < scan->taken && batch_at(scan, scan->turns)->turned)
            scan->turns++;
        pthread_cond_broadcast(&scan->turn);
    }
    pthread_mutex_unlock(&scan->lock);
    if (!good)
        vpi_scan_fail(scan, VP_E_MEMORY);
    return good && !atomic_load(&scan->cancelled);
}

static void complete(struct vp_scan *scan, struct batch *batch)
{
    pthread_mutex_lock(&scan->lock);
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct file *file = &batch->files[i];
        if (!file->link || file->is_link)
            continue;
        file->link->done = true;
        file->link->error = file->error;
        file->link->result = vp_result_ref(file->result);
    }
    batch->state = BATCH_DONE;
    if (scan->wants_folders)
        pthread_cond_signal(&scan->room);
    pthread_cond_signal(&scan->ready);
    pthread_mutex_unlock(&scan->lock);
}

static int is_cancelled(void *context, uint64_t done, uint64_t total)
{
    struct vp_scan *scan = context;
    (void)done;
    (void)total;
    return atomic_load_explicit(&scan->cancelled, memory_order_relaxed);
}

/* A path of the caller may itself be a link; what the walk found in a folder is none. */
static void examine_file(struct vp_session *session, struct file *file)
{
    enum vp_status status =
        file->opened.fd >= 0
            ? vp_examine_fd(session, file->opened.fd, file->path, &file->result, &file->error)
            : vp_examine_path(session, file->path, &file->result, &file->error);
    char *real = status == VP_E_NOT_REGULAR ? realpath(file->path, NULL) : NULL;
    if (real)
        status = vp_examine_path(session, real, &file->result, &file->error);
    free(real);
    file->error.status = status;
}

/* The file, and the catalogs in which it is looked up beside those of the whole scan. */
static bool cache_key(const struct file *file, const struct beside *beside, struct vp_key *ret_key)
{
    if (!vpi_cache_key(file->opened.fd, file->path, ret_key))
        return false;
    vpi_beside_key(beside, ret_key);
    return true;
}

/* The answer of an earlier scan, or one that the next scan will have. */
static void examine(struct vp_scan *scan, struct vp_session *session, struct beside *beside,
                    struct file *file)
{
    struct vp_key key;
    if (file->opened.fd < 0 && file->folder) { /* when it was tried, others were open */
        vpi_walk_open(file->folder, file->path, &file->opened);
        if (file->opened.fd < 0) {
            set_error(file, file->opened.error);
            return;
        }
    }
    vpi_beside_set(beside, session, file->path, file->catalogs);
    bool keyed = scan->cache && file->opened.fd >= 0 && cache_key(file, beside, &key);
    file->result = keyed ? vpi_cache_find(scan->cache, scan->db, key) : NULL;
    file->cached = file->result != NULL;
    if (file->cached)
        return;
    examine_file(session, file);
    struct vp_key after;
    /* Not if it changed while it was read. */
    if (keyed && file->result && cache_key(file, beside, &after) && after.low == key.low &&
        after.high == key.high)
        vpi_cache_add(scan->cache, key, file->result);
}

void *vpi_scan_examine(void *context)
{
    struct vp_scan *scan = context;
    struct vp_session_options options = scan->session;
    struct vp_session *session = NULL;
    struct beside beside = {.count = 0};
    options.progress = is_cancelled;
    options.context = scan;
    options.flags |= VP_SESSION_BESIDE;
    enum vp_status status = vp_session_new(scan->db, &options, &session, NULL);
    if (status != VP_OK) {
        vpi_scan_fail(scan, status);
        return NULL;
    }
    struct batch *batch;
    uint64_t number;
    while ((batch = take(scan, &number))) {
        open_files(batch);
        bool good = take_turn(scan, batch, number);
        for (uint32_t i = 0; i < batch->count; i++) {
            struct file *file = &batch->files[i];
            if (good && !file->is_link && !file->is_done && !is_cancelled(scan, 0, 0))
                examine(scan, session, &beside, file);
            vpi_walk_close(&file->opened);
            leave_folder(file);
        }
        complete(scan, batch);
    }
    vp_session_free(session);
    vpi_beside_done(&beside);
    return NULL;
}
