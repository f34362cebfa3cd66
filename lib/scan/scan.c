/* scan.c - many files: one thread walks, others examine, the caller takes results
 *
 * A ring of slots, numbered in the order of the walk, holds what is under way:
 *
 *     walker: FREE -> QUEUED    worker: QUEUED -> RUNNING -> DONE    vp_scan_next: DONE -> FREE
 *
 * One mutex guards it; it is held for moments only, since a file costs far more than a hand-over.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "vendorprint/vendorprint.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan/links.h"

enum { SLOTS = 256, JOBS_MOST = 256 };

enum slot_state { SLOT_FREE, SLOT_QUEUED, SLOT_RUNNING, SLOT_LINK, SLOT_DONE };

struct slot {
    enum slot_state state;
    char *path;
    struct link_file *link; /* of a file with several names */
    struct vp_result *result;
    struct vp_error error;
};

struct vp_scan {
    struct vp_db *db;
    struct vp_session_options session;
    char *magic_file, *spool_folder;
    char **paths;
    size_t path_count;
    bool unordered, one_file_system;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot slots[SLOTS];
    uint64_t queued;   /* slots filled by the walker so far */
    uint64_t taken;    /* slots taken by workers so far */
    uint64_t returned; /* slots given back, in the order of the walk */
    bool walked, cancelled;
    enum vp_status failure; /* of the walker or of a worker's start */
    struct link_table links;

    pthread_t threads[JOBS_MOST + 1];
    unsigned thread_count;
    char *last_path; /* of the item that vp_scan_next gave last */
    char last_error[256];
};

static struct slot *slot_at(struct vp_scan *scan, uint64_t number)
{
    return &scan->slots[number % SLOTS];
}

/* ---- the walker */

/* Waits for a free slot; false: cancelled. */
static bool wait_for_room(struct vp_scan *scan)
{
    while (!scan->cancelled && scan->queued - scan->returned == SLOTS)
        pthread_cond_wait(&scan->changed, &scan->lock);
    return !scan->cancelled;
}

/* Fills the next slot with an entry; the lock is held.  False: no memory. */
static bool enqueue(struct vp_scan *scan, const struct walk_entry *entry)
{
    struct slot slot = {.state = SLOT_QUEUED, .path = strdup(entry->path)};
    if (!slot.path)
        return false;
    if (entry->error) {
        slot.state = SLOT_DONE;
        slot.error.status = entry->error == ENOENT   ? VP_E_NOT_FOUND
                            : entry->error == EINVAL ? VP_E_NOT_REGULAR
                                                     : VP_E_IO;
        slot.error.system_error = entry->error;
        strerror_r(entry->error, slot.error.text, sizeof slot.error.text);
    } else if (entry->links > 1) {
        bool first;
        slot.link = vpi_link_find(&scan->links, entry, &first);
        if (!slot.link) {
            free(slot.path);
            return false;
        }
        if (!first)
            slot.state = SLOT_LINK;
    }
    *slot_at(scan, scan->queued++) = slot;
    pthread_cond_broadcast(&scan->changed);
    return true;
}

/* False: cancelled, or scan->failure is set. */
static bool walk_one(struct vp_scan *scan, struct walk *walk)
{
    struct walk_entry entry;
    int got;
    while ((got = vpi_walk_next(walk, &entry)) > 0) {
        pthread_mutex_lock(&scan->lock);
        bool room = wait_for_room(scan);
        bool good = room && enqueue(scan, &entry);
        if (room && !good)
            scan->failure = VP_E_MEMORY;
        pthread_mutex_unlock(&scan->lock);
        if (!good)
            return false;
    }
    if (got < 0) {
        pthread_mutex_lock(&scan->lock);
        scan->failure = VP_E_MEMORY;
        pthread_mutex_unlock(&scan->lock);
    }
    return got == 0;
}

static void *run_walker(void *context)
{
    struct vp_scan *scan = context;
    for (size_t i = 0; i < scan->path_count; i++) {
        struct walk *walk = vpi_walk_new(scan->paths[i], scan->one_file_system);
        bool good = walk && walk_one(scan, walk);
        vpi_walk_free(walk);
        if (!walk) {
            pthread_mutex_lock(&scan->lock);
            scan->failure = VP_E_MEMORY;
            pthread_mutex_unlock(&scan->lock);
        }
        if (!good)
            break;
    }
    pthread_mutex_lock(&scan->lock);
    scan->walked = true;
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    return NULL;
}

/* ---- the workers */

/* The next queued slot, or NULL when there will be none. */
static struct slot *take(struct vp_scan *scan)
{
    for (;;) {
        while (scan->taken < scan->queued) {
            struct slot *slot = slot_at(scan, scan->taken++);
            if (slot->state == SLOT_QUEUED) {
                slot->state = SLOT_RUNNING;
                return slot;
            }
        }
        if (scan->walked || scan->cancelled)
            return NULL;
        pthread_cond_wait(&scan->changed, &scan->lock);
    }
}

static void complete(struct vp_scan *scan, struct slot *slot, struct vp_result *result,
                     const struct vp_error *error)
{
    slot->result = result;
    slot->error = *error;
    slot->state = SLOT_DONE;
    if (slot->link) {
        slot->link->done = true;
        slot->link->error = *error;
        slot->link->result = vp_result_ref(result);
    }
    pthread_cond_broadcast(&scan->changed);
}

static int is_cancelled(void *context, uint64_t done, uint64_t total)
{
    struct vp_scan *scan = context;
    (void)done;
    (void)total;
    pthread_mutex_lock(&scan->lock);
    bool cancelled = scan->cancelled;
    pthread_mutex_unlock(&scan->lock);
    return cancelled;
}

/* A path of the caller may itself be a link; what the walk found is none. */
static enum vp_status examine(struct vp_session *session, const char *path,
                              struct vp_result **ret_result, struct vp_error *err)
{
    enum vp_status status = vp_examine_path(session, path, ret_result, err);
    if (status != VP_E_NOT_REGULAR)
        return status;
    char *real = realpath(path, NULL);
    if (real)
        status = vp_examine_path(session, real, ret_result, err);
    free(real);
    return status;
}

static void *run_worker(void *context)
{
    struct vp_scan *scan = context;
    struct vp_session_options options = scan->session;
    struct vp_session *session = NULL;
    options.progress = is_cancelled;
    options.context = scan;
    enum vp_status started = vp_session_new(scan->db, &options, &session, NULL);
    pthread_mutex_lock(&scan->lock);
    if (started != VP_OK) {
        scan->failure = started;
        scan->cancelled = true;
        pthread_cond_broadcast(&scan->changed);
    }
    struct slot *slot;
    while (session && (slot = take(scan))) {
        struct vp_error error = {.status = VP_OK};
        struct vp_result *result = NULL;
        pthread_mutex_unlock(&scan->lock);
        error.status = examine(session, slot->path, &result, &error);
        pthread_mutex_lock(&scan->lock);
        complete(scan, slot, result, &error);
    }
    pthread_mutex_unlock(&scan->lock);
    vp_session_free(session);
    return NULL;
}

/* ---- the caller's side */

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
    scan->unordered = options->unordered;
    scan->one_file_system = options->one_file_system;
    scan->paths = calloc(count ? count : 1, sizeof *scan->paths);
    for (size_t i = 0; scan->paths && i < count; i++)
        scan->paths[scan->path_count++] = copy_text(paths[i], &failed);
    return scan->paths && !failed;
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
    pthread_cond_init(&scan->changed, NULL);
    scan->db = vp_db_ref(db);
    unsigned jobs = known.jobs ? known.jobs : vpi_processors();
    if (jobs > JOBS_MOST)
        jobs = JOBS_MOST;
    bool good = take_options(scan, paths, count, &known) && start_thread(scan, run_walker);
    for (unsigned i = 0; good && i < jobs; i++)
        good = start_thread(scan, run_worker) || i > 0; /* fewer threads will do */
    if (!good) {
        vp_scan_free(scan);
        return fail(err, VP_E_MEMORY, "no memory or threads for a scan");
    }
    *ret_scan = scan;
    return VP_OK;
}

static bool is_ready(const struct slot *slot)
{
    return slot->state == SLOT_DONE || (slot->state == SLOT_LINK && slot->link->done);
}

/* A slot that can be given out, or NULL. */
static struct slot *find_ready(struct vp_scan *scan)
{
    uint64_t end = scan->unordered ? scan->queued : scan->returned + 1;
    for (uint64_t i = scan->returned; i < end && i < scan->queued; i++) {
        if (is_ready(slot_at(scan, i)))
            return slot_at(scan, i);
    }
    return NULL;
}

static void give(struct vp_scan *scan, struct slot *slot, struct vp_scan_item *item)
{
    bool linked = slot->state == SLOT_LINK;
    struct link_file *link = slot->link;
    free(scan->last_path);
    scan->last_path = slot->path;
    const struct vp_error *error = linked ? &link->error : &slot->error;
    memcpy(scan->last_error, error->text, sizeof scan->last_error);
    item->path = scan->last_path;
    item->path_len = strlen(scan->last_path);
    item->status = error->status;
    item->error = error->status == VP_OK ? "" : scan->last_error;
    item->result = linked ? vp_result_ref(link->result) : slot->result;
    item->hard_link = linked;
    if (link && --link->left == 0) { /* its last name: nobody asks again */
        vp_result_unref(link->result);
        link->result = NULL;
        link->device = link->inode = UINT64_MAX; /* a name made meanwhile is a new file */
    }
    memset(slot, 0, sizeof *slot);
    /* Slots are reused in order: those at the front that were given out go back. */
    while (scan->returned < scan->queued && slot_at(scan, scan->returned)->state == SLOT_FREE)
        scan->returned++;
    pthread_cond_broadcast(&scan->changed);
}

enum vp_status vp_scan_next(struct vp_scan *scan, struct vp_scan_item *ret_item,
                            struct vp_error *err)
{
    struct vp_scan_item item = {.size = sizeof item};
    enum vp_status status = VP_OK;
    pthread_mutex_lock(&scan->lock);
    struct slot *slot;
    while (!(slot = find_ready(scan)) && !scan->cancelled &&
           !(scan->walked && scan->returned == scan->queued))
        pthread_cond_wait(&scan->changed, &scan->lock);
    if (slot)
        give(scan, slot, &item);
    else
        status = scan->failure != VP_OK ? scan->failure : VP_E_END;
    pthread_mutex_unlock(&scan->lock);
    if (status != VP_OK)
        return fail(err, status, status == VP_E_END ? "no file is left" : "the scan failed");
    size_t size = ret_item->size < sizeof item ? ret_item->size : sizeof item;
    memcpy((char *)ret_item + sizeof size, (const char *)&item + sizeof size, size - sizeof size);
    return VP_OK;
}

void vp_scan_free(struct vp_scan *scan)
{
    if (!scan)
        return;
    pthread_mutex_lock(&scan->lock);
    scan->cancelled = true;
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    for (unsigned i = 0; i < scan->thread_count; i++)
        pthread_join(scan->threads[i], NULL);
    for (size_t i = 0; i < SLOTS; i++) {
        vp_result_unref(scan->slots[i].result);
        free(scan->slots[i].path);
    }
    vpi_links_free(&scan->links);
    for (size_t i = 0; i < scan->path_count; i++)
        free(scan->paths[i]);
    free(scan->paths);
    free(scan->magic_file);
    free(scan->spool_folder);
    free(scan->last_path);
    vp_db_unref(scan->db);
    pthread_cond_destroy(&scan->changed);
    pthread_mutex_destroy(&scan->lock);
    free(scan);
}
