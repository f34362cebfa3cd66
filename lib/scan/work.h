/* work.h - a scan under way, for the files of this folder
 *
 * A ring of batches, numbered in the order of the walk, holds what is under way:
 *
 *     walker: FREE -> QUEUED    worker: QUEUED -> RUNNING -> DONE    caller: DONE -> FREE
 *
 * One mutex guards the ring.  Files travel in batches, so that nobody takes it, or wakes anybody,
 * for each file: nine files of ten cost less than a wake-up.
 *
 * A worker opens all files of a batch, which tells the names that they have.  When some have
 * several, it waits for its turn to look for the others: turns are in the order of the walk, so
 * that the first name in that order is the one that is examined, whoever was faster.
 */
#ifndef VPI_SCAN_WORK_H
#define VPI_SCAN_WORK_H

#include <pthread.h>
#include <stdatomic.h>

#include "scan/cache.h"
#include "scan/group.h"
#include "scan/links.h"

enum { BATCHES = 64, BATCH_FILES = 32, JOBS_MOST = 256 };

/* One path, and what came of it. */
struct file {
    char *path;
    struct walk_folder *folder; /* until its batch is DONE; or NULL */
    struct walk_file opened;    /* while its batch is RUNNING */
    struct link_file *link;     /* of a file with several names */
    bool is_link;               /* not its first name: the result is link->result */
    bool is_done;               /* an error of the walk: nothing to examine */
    bool cached;                /* the result is that of an earlier scan */
    bool catalogs;              /* some may lie beside it */
    bool package;               /* it may belong to a driver package */
    struct vp_result *result;
    struct vp_error error;
};

enum batch_state { BATCH_FREE, BATCH_QUEUED, BATCH_RUNNING, BATCH_DONE };

struct batch {
    enum batch_state state;
    bool turned; /* its files were looked for under other names */
    struct file files[BATCH_FILES];
    uint32_t count;
    uint32_t given; /* to the caller, who alone reads a batch that is DONE */
};

struct vp_scan {
    struct vp_db *db;
    struct vp_session_options session;
    char *magic_file, *spool_folder, *anchors_file;
    struct cache *cache; /* or NULL */
    struct vp_catalogs *catalogs;
    char **paths;
    size_t path_count;
    bool unordered, one_file_system;

    atomic_bool cancelled;
    struct walk_folders folders;
    pthread_mutex_t lock; /* of all that follows, up to the threads */
    pthread_cond_t room;  /* for the walker: half of the ring is free, or folders were closed */
    pthread_cond_t work;  /* for workers: a batch was queued, or none will be */
    pthread_cond_t turn;  /* for workers: `turns` grew */
    pthread_cond_t ready; /* for the caller: a batch was done, or the walk */
    struct batch batches[BATCHES];
    uint64_t queued;   /* batches filled by the walker so far */
    uint64_t taken;    /* batches taken by workers so far */
    uint64_t turns;    /* batches from the first on that are all `turned` */
    uint64_t returned; /* batches given back, in the order of the walk */
    bool walked;
    bool wants_folders;     /* the walker waits until some were closed */
    enum vp_status failure; /* of the walker or of a worker's start */
    struct link_table links;

    pthread_t threads[JOBS_MOST + 1];
    unsigned thread_count;

    struct batch *current; /* from which vp_scan_next gives */
    struct groups groups;  /* of what it gave */
    char *last_path;       /* of the item that it gave last */
    char last_error[256];
};

static inline struct batch *batch_at(struct vp_scan *scan, uint64_t number)
{
    return &scan->batches[number % BATCHES];
}

/* The threads; `context` is the scan. */
void *vpi_scan_walk(void *context);
void *vpi_scan_examine(void *context);

/* Frees what the files of a batch hold. */
void vpi_batch_free(struct batch *batch);

/* Wakes everybody after the scan was cancelled; the lock is held. */
void vpi_scan_wake_all(struct vp_scan *scan);

/* Ends the scan with a failure; takes the lock. */
void vpi_scan_fail(struct vp_scan *scan, enum vp_status status);

#endif
