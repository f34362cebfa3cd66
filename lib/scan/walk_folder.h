/* walk_folder.h - what stands in an open folder, for walk_*.c */
#ifndef VPI_SCAN_WALK_FOLDER_H
#define VPI_SCAN_WALK_FOLDER_H

#include "scan/walk.h"

struct stat;

/* Keeps a copy of the folder's descriptor.  NULL: no memory, or no descriptor is left. */
struct walk_folder *vpi_walk_folder_new(int fd, struct walk_folders *folders);

/* open() and lstat() of the last part of the path, in the folder; of the path if there is none. */
int vpi_walk_openat(const struct walk_folder *folder, const char *path, int flags);
int vpi_walk_lstat(const struct walk_folder *folder, const char *path, struct stat *ret);

#endif
