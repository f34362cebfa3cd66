/* walk.h - the files below some paths, in a fixed order */
#ifndef VPI_SCAN_WALK_H
#define VPI_SCAN_WALK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* An open folder, shared by the walk and the files that it found there. */
struct walk_folder;

/* How many are open, and may be: a walk itself holds a quarter at most. */
struct walk_folders {
    atomic_uint open;
    unsigned most;
};

/* As many as the limit on descriptors leaves room for. */
void vpi_walk_folders_init(struct walk_folders *folders);

struct walk_folder *vpi_walk_folder_ref(struct walk_folder *folder);
void vpi_walk_folder_unref(struct walk_folder *folder);

/* A regular file as far as its folder tells, or what could not be looked at. */
struct walk_entry {
    char *path;                 /* the walk's, until the next call */
    struct walk_folder *folder; /* likewise; NULL: the start, or one that isn't kept open */
    int error;                  /* errno: a path that can't be opened or read; 0 for a file */
    /* A name in its folder, or in the one above, ends with ".cat", or nobody looked; ends with
     * ".inf", or it is the start of the walk. */
    bool catalogs, package;
};

/* A file as it was when it was opened. */
struct walk_file {
    int fd;    /* -1: it can't be opened, or not now, or is not regular */
    int error; /* errno, of one that isn't open */
    uint64_t device, inode;
    uint64_t links; /* names that it has; 0: not known */
};

struct walk;

/* Walks a file or a folder depth first, names in byte order.  Only the path itself may be a link;
 * what isn't a regular file is passed over.  `folders` outlives the walk and what it opened.
 * NULL: no memory. */
struct walk *vpi_walk_new(const char *path, bool one_file_system, struct walk_folders *folders);
void vpi_walk_free(struct walk *walk);

/* 1: *ret is filled; 0: the end; -1: no memory. */
int vpi_walk_next(struct walk *walk, struct walk_entry *ret);

/* Opens a file that the walk found in `folder`, without following a link, without waiting. */
void vpi_walk_open(const struct walk_folder *folder, const char *path, struct walk_file *ret);
void vpi_walk_close(struct walk_file *file);

/* What a read of a file's first bytes would take. */
enum walk_start {
    WALK_START_UNKNOWN, /* there are none, or the system doesn't say */
    WALK_START_CACHED,
    WALK_START_STORED /* they have to come from storage */
};
enum walk_start vpi_walk_start(const struct walk_file *file);

/* Asks the system to fetch a file's first bytes, and doesn't wait for them. */
void vpi_walk_fetch(const struct walk_file *file);

/* Processors that this process may use, at least 1. */
unsigned vpi_processors(void);

#endif
