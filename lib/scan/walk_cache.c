/* walk_cache.c - what a cache needs of POSIX: which file this is, and a file replaced whole */
#define _DEFAULT_SOURCE /* mkstemp, st_mtim */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "scan/cache.h"

/* Coarser than any file system's clock: what changes within one tick keeps its times. */
enum { SETTLE_SECONDS = 2 };

static uint64_t nanoseconds(struct timespec time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

bool vpi_walk_identity(int fd, struct walk_identity *ret)
{
    struct stat st;
    struct statvfs system;
    if (fstat(fd, &st) != 0 || fstatvfs(fd, &system) != 0 || !S_ISREG(st.st_mode))
        return false;
    /* The number of a device changes from boot to boot; the id of a file system is 0 on some. */
    *ret = (struct walk_identity){.values = {system.f_fsid ? system.f_fsid : st.st_dev, st.st_ino,
                                             (uint64_t)st.st_size, nanoseconds(st.st_mtim),
                                             nanoseconds(st.st_ctim), st.st_mode},
                                  .settled = time(NULL) - st.st_ctim.tv_sec >= SETTLE_SECONDS};
    return true;
}

static bool is_private(const struct stat *st)
{
    return S_ISREG(st->st_mode) && !(st->st_mode & (S_IWGRP | S_IWOTH)) &&
           (st->st_uid == geteuid() || st->st_uid == 0);
}

static bool read_all(int fd, uint8_t *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = read(fd, bytes + done, len - done);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool vpi_walk_read(const char *path, size_t most, uint8_t **ret_bytes, size_t *ret_len,
                   int *ret_error)
{
    struct stat st;
    uint8_t *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    *ret_error = fd < 0 ? errno : EACCES;
    if (fd < 0)
        return false;
    bool good = fstat(fd, &st) == 0 && is_private(&st) && (uint64_t)st.st_size <= most;
    if (good) {
        bytes = malloc((size_t)st.st_size + 1);
        good = bytes && read_all(fd, bytes, (size_t)st.st_size);
        *ret_error = bytes ? EIO : ENOMEM;
    }
    close(fd);
    if (!good) {
        free(bytes);
        return false;
    }
    *ret_bytes = bytes;
    *ret_len = (size_t)st.st_size;
    return true;
}

static int write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno != EINTR)
            return errno;
        bytes += put > 0 ? put : 0;
        len -= put > 0 ? (size_t)put : 0;
    }
    return 0;
}

int vpi_walk_replace(const char *path, const uint8_t *bytes, size_t len)
{
    static const char suffix[] = ".XXXXXX";
    char *temporary = malloc(strlen(path) + sizeof suffix);
    if (!temporary)
        return ENOMEM;
    strcpy(temporary, path);
    strcat(temporary, suffix);
    int fd = mkstemp(temporary); /* for this user alone */
    int error = fd < 0 ? errno : write_all(fd, bytes, len);
    if (fd >= 0) {
        if (close(fd) != 0 && !error)
            error = errno;
        if (!error && rename(temporary, path) != 0)
            error = errno;
        if (error)
            unlink(temporary);
    }
    free(temporary);
    return error;
}
