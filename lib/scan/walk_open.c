/* walk_open.c - opening what a walk found, on POSIX systems */
#define _GNU_SOURCE /* sched_getaffinity, O_NOATIME, preadv2 */
#include "scan/walk_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef O_NOATIME
#define O_NOATIME 0
#endif

struct walk_folder {
    int fd;
    atomic_uint refs;
    struct walk_folders *all;
};

void vpi_walk_folders_init(struct walk_folders *folders)
{
    enum { LEAST = 8, MOST = 256, SHARE = 4 };
    struct rlimit limit;
    folders->most = LEAST;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / SHARE > LEAST)
        folders->most = limit.rlim_cur / SHARE < MOST ? (unsigned)limit.rlim_cur / SHARE : MOST;
    atomic_init(&folders->open, 0);
}

struct walk_folder *vpi_walk_folder_new(int fd, struct walk_folders *folders)
{
    struct walk_folder *folder = malloc(sizeof *folder);
    int copy = folder ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (copy < 0) {
        free(folder);
        return NULL;
    }
    folder->fd = copy;
    folder->all = folders;
    atomic_init(&folder->refs, 1);
    atomic_fetch_add(&folders->open, 1);
    return folder;
}

struct walk_folder *vpi_walk_folder_ref(struct walk_folder *folder)
{
    if (folder)
        atomic_fetch_add(&folder->refs, 1);
    return folder;
}

void vpi_walk_folder_unref(struct walk_folder *folder)
{
    if (!folder || atomic_fetch_sub(&folder->refs, 1) > 1)
        return;
    close(folder->fd);
    atomic_fetch_sub(&folder->all->open, 1);
    free(folder);
}

static const char *name_in(const struct walk_folder *folder, const char *path)
{
    const char *slash = folder ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

int vpi_walk_openat(const struct walk_folder *folder, const char *path, int flags)
{
    return openat(folder ? folder->fd : AT_FDCWD, name_in(folder, path), flags);
}

int vpi_walk_lstat(const struct walk_folder *folder, const char *path, struct stat *ret)
{
    return fstatat(folder ? folder->fd : AT_FDCWD, name_in(folder, path), ret, AT_SYMLINK_NOFOLLOW);
}

static int open_quietly(const struct walk_folder *folder, const char *path)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int fd = vpi_walk_openat(folder, path, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM) /* O_NOATIME is the owner's and root's */
        fd = vpi_walk_openat(folder, path, flags);
    return fd;
}

static int look_closed(const struct walk_folder *folder, const char *path, struct stat *ret)
{
    return folder ? vpi_walk_lstat(folder, path, ret) : stat(path, ret);
}

/* What can't be opened may still be one of several names of a file that was: a link that the caller
 * named, or no descriptor is left. */
void vpi_walk_open(const struct walk_folder *folder, const char *path, struct walk_file *ret)
{
    struct stat st;
    *ret = (struct walk_file){.fd = open_quietly(folder, path)};
    ret->error = ret->fd < 0 ? errno : 0;
    if ((ret->fd < 0 ? look_closed(folder, path, &st) : fstat(ret->fd, &st)) == 0 &&
        S_ISREG(st.st_mode)) {
        ret->device = st.st_dev;
        ret->inode = st.st_ino;
        ret->links = st.st_nlink;
    } else {
        ret->error = ret->error ? ret->error : EINVAL;
        vpi_walk_close(ret);
    }
}

void vpi_walk_close(struct walk_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

enum walk_start vpi_walk_start(const struct walk_file *file)
{
#ifdef RWF_NOWAIT
    char byte;
    struct iovec place = {&byte, 1};
    ssize_t got = file->fd < 0 ? 0 : preadv2(file->fd, &place, 1, 0, RWF_NOWAIT);
    if (got > 0)
        return WALK_START_CACHED;
    if (got < 0 && errno == EAGAIN)
        return WALK_START_STORED;
#endif
    return WALK_START_UNKNOWN;
}

void vpi_walk_fetch(const struct walk_file *file)
{
#ifdef POSIX_FADV_WILLNEED
    enum { FIRST = 4 << 10 };
    if (file->fd >= 0)
        (void)posix_fadvise(file->fd, 0, FIRST, POSIX_FADV_WILLNEED);
#endif
}

unsigned vpi_processors(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}
