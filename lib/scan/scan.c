/* scan.c - many files: starting a scan, taking its results, ending it */
#include "scan/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy_text(const char *text, bool *failed)
{
    char *copy = text ? strdup(text) : NULL;
    *failed |= text && !copy;
    return copy;
}

/* Copies what the caller gave.  False: no memory. */
static bool take_options(struct vp_scan *scan, const char *const *paths, size_t count,
                         const struct vp_scan_options *options)
{
    bool failed = false;
    if (options->session) {
        size_t size = options->session->size;
        memcpy(&scan->session, options->session,
               size < sizeof scan->session ? size : sizeof scan->session);
    }
    scan->session.size = sizeof scan->session;
    scan->session.magic_file = scan->magic_file = copy_text(scan->session.magic_file, &failed);
    scan->session.spool_folder = scan->spool_folder =
        copy_text(scan->session.spool_folder, &failed);
    scan->session.anchors_file = scan->anchors_file =
        copy_text(scan->session.anchors_file, &failed);
    scan->session.catalogs = scan->catalogs = vp_catalogs_ref(scan->session.catalogs);
    scan->unordered = options->unordered;
    scan->one_file_system = options->one_file_system;
    scan->paths = calloc(count ? count : 1, sizeof *scan->paths);
    for (size_t i = 0; scan->paths && i < count; i++)
        scan->paths[scan->path_count++] = copy_text(paths[i], &failed);
    return scan->paths && !failed;
}

/* What an answer depends on beside its file. */
static struct vp_key cache_identity(const struct vp_scan *scan)
{
    struct vp_db_info info = {.size = sizeof info};
    const struct vp_session_options *session = &scan->session;
    const struct vp_limits *limits = &session->limits;
    struct vp_key anchors = {0};
    struct vp_catalogs_info catalogs = {.size = sizeof catalogs};
    char text[512];
    if (scan->db)
        vp_db_info(scan->db, &info);
    if (session->anchors_file)
        (void)vpi_cache_content(session->anchors_file, &anchors);
    if (session->catalogs)
        vp_catalogs_info(session->catalogs, &catalogs);
    int len = snprintf(
        text, sizeof text, "%s %s %u %u %llu %llu %llu %u %u %u %llx%llx %s %.200s", vp_version(),
        info.digest, session->flags, session->digests, (unsigned long long)limits->memory,
        (unsigned long long)limits->member_memory, (unsigned long long)limits->expanded,
        limits->depth, limits->members, limits->deadline_ms, (unsigned long long)anchors.high,
        (unsigned long long)anchors.low, catalogs.digest,
        session->magic_file ? session->magic_file : "");
    return vp_key_make(0, text, len > 0 ? (size_t)len : 0);
}

/* False: no memory. */
static bool open_cache(struct vp_scan *scan, const char *path)
{
    if (path)
        scan->cache = vpi_cache_open(path, cache_identity(scan));
    return !path || scan->cache;
}

static bool start_thread(struct vp_scan *scan, void *(*run)(void *))
{
    if (pthread_create(&scan->threads[scan->thread_count], NULL, run, scan) != 0)
        return false;
    scan->thread_count++;
    return true;
}

static enum vp_status fail(struct vp_error *err, enum vp_status status, const char *text)
{
    if (err) {
        *err = (struct vp_error){.status = status};
        snprintf(err->text, sizeof err->text, "%s", text);
    }
    return status;
}

enum vp_status vp_scan_start(struct vp_db *db, const char *const *paths, size_t count,
                             const struct vp_scan_options *options, struct vp_scan **ret_scan,
                             struct vp_error *err)
{
    struct vp_scan_options known = {.size = sizeof known};
    if (options)
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    struct vp_scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        return fail(err, VP_E_MEMORY, "no memory for a scan");
    pthread_mutex_init(&scan->lock, NULL);
    pthread_cond_init(&scan->room, NULL);
    pthread_cond_init(&scan->work, NULL);
    pthread_cond_init(&scan->turn, NULL);
    pthread_cond_init(&scan->ready, NULL);
    vpi_walk_folders_init(&scan->folders);
    scan->db = vp_db_ref(db);
    unsigned jobs = known.jobs ? known.jobs : vpi_processors();
    if (jobs > JOBS_MOST)
        jobs = JOBS_MOST;
    bool good = take_options(scan, paths, count, &known) && open_cache(scan, known.cache_file) &&
                start_thread(scan, vpi_scan_walk);
    for (unsigned i = 0; good && i < jobs; i++)
        good = start_thread(scan, vpi_scan_examine) || i > 0; /* fewer threads will do */
    if (!good) {
        vp_scan_free(scan);
        return fail(err, VP_E_MEMORY, "no memory or threads for a scan");
    }
    *ret_scan = scan;
    return VP_OK;
}

/* Whether all of a batch can be given out; the lock is held. */
static bool is_ready(const struct batch *batch)
{
    if (batch->state != BATCH_DONE)
        return false;
    for (uint32_t i = 0; i < batch->count; i++) {
        if (batch->files[i].is_link && !batch->files[i].link->done)
            return false;
    }
    return true;
}

/* A batch that can be given out, or NULL; the lock is held. */
static struct batch *find_ready(struct vp_scan *scan)
{
    uint64_t end = scan->unordered ? scan->queued : scan->returned + 1;
    for (uint64_t i = scan->returned; i < end && i < scan->queued; i++) {
        if (is_ready(batch_at(scan, i)))
            return batch_at(scan, i);
    }
    return NULL;
}

/* Batches are reused in order: those at the front that were given out go back. */
static void give_back(struct vp_scan *scan)
{
    scan->current->state = BATCH_FREE;
    scan->current->count = 0;
    scan->current = NULL;
    while (scan->returned < scan->queued && batch_at(scan, scan->returned)->state == BATCH_FREE)
        scan->returned++;
    /* Not for each batch: who is woken twice as often does half as much each time. */
    if (scan->queued - scan->returned <= BATCHES / 2)
        pthread_cond_signal(&scan->room);
}

/* Makes scan->current a batch with a file left, or says why there is none. */
static enum vp_status next_batch(struct vp_scan *scan)
{
    if (scan->current && scan->current->given < scan->current->count)
        return VP_OK;
    pthread_mutex_lock(&scan->lock);
    if (scan->current)
        give_back(scan);
    while (!(scan->current = find_ready(scan)) && !atomic_load(&scan->cancelled) &&
           !(scan->walked && scan->returned == scan->queued))
        pthread_cond_wait(&scan->ready, &scan->lock);
    enum vp_status status = VP_OK;
    if (!scan->current)
        status = scan->failure != VP_OK ? scan->failure : VP_E_END;
    pthread_mutex_unlock(&scan->lock);
    return status;
}

/* The result of a file with several names. */
static void take_linked(struct vp_scan *scan, struct file *file)
{
    pthread_mutex_lock(&scan->lock);
    if (file->is_link) {
        file->error = file->link->error;
        file->result = vp_result_ref(file->link->result);
    }
    vpi_link_given(&scan->links, file->link);
    pthread_mutex_unlock(&scan->lock);
}

static void give(struct vp_scan *scan, struct file *file, struct vp_scan_item *item)
{
    if (file->link)
        take_linked(scan, file);
    free(scan->last_path);
    scan->last_path = file->path;
    file->path = NULL;
    memcpy(scan->last_error, file->error.text, sizeof scan->last_error);
    item->path = scan->last_path;
    item->path_len = strlen(scan->last_path);
    item->status = file->error.status;
    item->error = file->error.status == VP_OK ? "" : scan->last_error;
    item->result = file->result;
    item->hard_link = file->is_link;
    item->cached = file->cached;
    vpi_groups_see(&scan->groups, item, file->package);
    file->result = NULL;
}

enum vp_status vp_scan_next(struct vp_scan *scan, struct vp_scan_item *ret_item,
                            struct vp_error *err)
{
    struct vp_scan_item item = {.size = sizeof item};
    enum vp_status status = next_batch(scan);
    if (status != VP_OK)
        return fail(err, status, status == VP_E_END ? "no file is left" : "the scan failed");
    give(scan, &scan->current->files[scan->current->given++], &item);
    size_t size = ret_item->size < sizeof item ? ret_item->size : sizeof item;
    memcpy((char *)ret_item + sizeof size, (const char *)&item + sizeof size, size - sizeof size);
    return VP_OK;
}

enum vp_status vp_scan_save_cache(struct vp_scan *scan, struct vp_scan_cache *ret_cache,
                                  struct vp_error *err)
{
    static const struct vp_scan_cache none = {.size = sizeof none};
    pthread_mutex_lock(&scan->lock);
    bool ended = scan->walked && scan->returned == scan->queued;
    pthread_mutex_unlock(&scan->lock);
    if (!ended)
        return fail(err, VP_E_ARGUMENT, "the scan has not ended");
    if (scan->cache)
        return vpi_cache_save(scan->cache, ret_cache, err);
    size_t size = ret_cache->size < sizeof none ? ret_cache->size : sizeof none;
    memcpy((char *)ret_cache + sizeof size, (const char *)&none + sizeof size, size - sizeof size);
    return VP_OK;
}

void vp_scan_free(struct vp_scan *scan)
{
    if (!scan)
        return;
    pthread_mutex_lock(&scan->lock);
    atomic_store(&scan->cancelled, true);
    vpi_scan_wake_all(scan);
    pthread_mutex_unlock(&scan->lock);
    for (unsigned i = 0; i < scan->thread_count; i++)
        pthread_join(scan->threads[i], NULL);
    for (size_t i = 0; i < BATCHES; i++)
        vpi_batch_free(&scan->batches[i]);
    vpi_links_free(&scan->links);
    for (size_t i = 0; i < scan->path_count; i++)
        free(scan->paths[i]);
    free(scan->paths);
    vp_catalogs_unref(scan->catalogs);
    free(scan->magic_file);
    free(scan->spool_folder);
    free(scan->anchors_file);
    vpi_cache_free(scan->cache);
    vpi_groups_free(&scan->groups);
    free(scan->last_path);
    vp_db_unref(scan->db);
    pthread_cond_destroy(&scan->room);
    pthread_cond_destroy(&scan->work);
    pthread_cond_destroy(&scan->turn);
    pthread_cond_destroy(&scan->ready);
    pthread_mutex_destroy(&scan->lock);
    free(scan);
}
