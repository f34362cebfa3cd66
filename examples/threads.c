/* threads.c - one database, many threads, a session each
 *
 *     ./threads 4 *.dll
 *
 * A vp_db is immutable and shared.  A vp_session belongs to one thread.  A vp_result is immutable:
 * it may be read by another thread than the one that made it, as here by the main thread.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <vendorprint/vendorprint.h>

struct work {
    struct vp_db *db;
    char **paths;
    size_t count;
    atomic_size_t next; /* the first file that no thread has taken */
    struct vp_result **results;
};

static void *examine_files(void *context)
{
    struct work *work = context;
    struct vp_error error;
    struct vp_session *session = NULL;
    if (vp_session_new(work->db, NULL, &session, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return NULL;
    }
    for (size_t i; (i = atomic_fetch_add(&work->next, 1)) < work->count;) {
        if (vp_examine_path(session, work->paths[i], &work->results[i], &error))
            fprintf(stderr, "%s: %s\n", work->paths[i], error.text);
    }
    vp_session_free(session);
    return NULL;
}

static void print_result(const char *path, const struct vp_result *result)
{
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_finding finding = {.size = sizeof finding};
    vp_result_summary(result, &summary);
    if (vp_result_finding(result, 0, &finding) == VP_OK)
        printf("%s: %s\n", path, finding.vendor);
    else
        printf("%s: nothing%s\n", path, summary.complete ? "" : " in what was examined");
}

int main(int argc, char **argv)
{
    enum { MOST_THREADS = 64 };
    long wanted = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (argc < 3 || wanted < 1 || wanted > MOST_THREADS) {
        fprintf(stderr, "usage: threads 1-%d FILE...\n", MOST_THREADS);
        return 64;
    }
    struct vp_error error;
    struct work work = {.paths = argv + 2, .count = (size_t)argc - 2};
    work.results = calloc(work.count, sizeof(struct vp_result *));
    if (!work.results || vp_db_open(NULL, NULL, &work.db, &error)) {
        fprintf(stderr, "%s\n", work.results ? error.text : "out of memory");
        free(work.results);
        return 1;
    }
    pthread_t threads[MOST_THREADS];
    long started = 0;
    while (started < wanted && !pthread_create(&threads[started], NULL, examine_files, &work))
        started++;
    /* The sessions hold the database for as long as they need it. */
    for (long i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    vp_db_unref(work.db);
    for (size_t i = 0; i < work.count; i++) {
        if (work.results[i])
            print_result(work.paths[i], work.results[i]);
        vp_result_unref(work.results[i]);
    }
    free(work.results);
    return started ? 0 : 1;
}
