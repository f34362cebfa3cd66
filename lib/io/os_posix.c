/* os_posix.c - files on POSIX systems */
#define _GNU_SOURCE /* O_NOATIME, O_TMPFILE */
#include "io/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/xattr.h>
#endif
#include <time.h>
#include <unistd.h>

#ifndef O_NOATIME
#define O_NOATIME 0
#endif

static enum vp_status take_stat(struct os_file *file, struct vp_error *err)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0)
        return vpi_fail_errno(err, VP_E_IO, errno, "can't look at the open file");
    file->regular = S_ISREG(st.st_mode);
    file->size = st.st_size < 0 ? 0 : (uint64_t)st.st_size;
    file->modified[0] = st.st_mtim.tv_sec;
    file->modified[1] = st.st_mtim.tv_nsec;
    file->changed[0] = st.st_ctim.tv_sec;
    file->changed[1] = st.st_ctim.tv_nsec;
    return VP_OK;
}

static int open_quietly(const char *path)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int fd = open(path, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM) /* O_NOATIME is the owner's and root's */
        fd = open(path, flags);
    return fd;
}

enum vp_status vpi_file_open(const char *path, struct os_file *ret, struct vp_error *err)
{
    struct os_file file = {.fd = open_quietly(path), .owned = true};
    if (file.fd < 0) {
        int code = errno;
        if (code == ELOOP || code == ENXIO)
            return vpi_fail_errno(err, VP_E_NOT_REGULAR, code, "not a regular file");
        bool absent = code == ENOENT || code == ENOTDIR;
        return vpi_fail_errno(err, absent ? VP_E_NOT_FOUND : VP_E_IO, code, "can't open it");
    }
    enum vp_status status = take_stat(&file, err);
    if (status == VP_OK && !file.regular)
        status = vpi_fail(err, VP_E_NOT_REGULAR, "not a regular file");
    if (status != VP_OK) {
        vpi_file_close(&file);
        return status;
    }
    *ret = file;
    return VP_OK;
}

enum vp_status vpi_file_of(int fd, struct os_file *ret, struct vp_error *err)
{
    struct os_file file = {.fd = fd};
    enum vp_status status = take_stat(&file, err);
    if (status == VP_OK)
        *ret = file;
    return status;
}

void vpi_file_close(struct os_file *file)
{
    if (file->owned && file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

bool vpi_file_changed(const struct os_file *file)
{
    struct os_file now = {.fd = file->fd};
    if (!file->regular || take_stat(&now, NULL) != VP_OK)
        return false;
    return now.size != file->size ||
           memcmp(now.modified, file->modified, sizeof now.modified) != 0 ||
           memcmp(now.changed, file->changed, sizeof now.changed) != 0;
}

static int64_t file_read(void *context, uint64_t off, void *buffer, size_t len)
{
    struct os_file *file = context;
    if (off > INT64_MAX)
        return 0;
    for (;;) {
        ssize_t count = pread(file->fd, buffer, len < SSIZE_MAX ? len : SSIZE_MAX, (off_t)off);
        if (count >= 0)
            return count;
        if (errno != EINTR) {
            file->error = errno;
            return -1;
        }
    }
}

const struct source_ops vpi_file_ops = {file_read};

int64_t vpi_file_attribute(void *file, const char *name, void *buffer, size_t len)
{
#ifdef __linux__
    return fgetxattr(((struct os_file *)file)->fd, name, buffer, len);
#else
    return -1;
#endif
}

/* An unlinked file in `folder`, or -1. */
static int open_unlinked(const char *folder)
{
    int fd = -1;
#ifdef O_TMPFILE
    fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/vendorprint-XXXXXX", folder);
    if (len < 0 || (size_t)len >= sizeof path)
        return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len) {
        ssize_t count = write(fd, bytes, len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        len -= (size_t)count;
    }
    return true;
}

/* Fills up to `len` bytes; fewer only at the pipe's end; -1 on failure. */
static int64_t pipe_fill(int fd, uint8_t *buffer, size_t len)
{
    size_t got = 0;
    while (got < len) {
        ssize_t count = read(fd, buffer + got, len - got);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        got += (size_t)count;
    }
    return (int64_t)got;
}

/* The rest of a pipe to an unlinked file. */
static enum vp_status spill(struct os_file *file, const struct os_spool *spool, struct span start,
                            uint8_t *buffer, bool *ret_whole, struct vp_error *err)
{
    int fd = open_unlinked(spool->folder);
    if (fd < 0)
        return vpi_fail_errno(err, VP_E_IO, errno, "can't make a file in the spool folder");
    uint64_t total = start.len;
    bool good = write_all(fd, start.data, start.len);
    int64_t count = 0;
    while (good && total <= spool->in_folder &&
           (count = pipe_fill(file->fd, buffer, SOURCE_BLOCK)) > 0) {
        good = write_all(fd, buffer, (size_t)count);
        total += (uint64_t)count;
    }
    if (!good || count < 0) {
        int code = errno;
        close(fd);
        return vpi_fail_errno(err, VP_E_IO, code, "can't spool the pipe");
    }
    *ret_whole = total <= spool->in_folder;
    if (!*ret_whole) {
        close(fd);
        return VP_OK;
    }
    *file = (struct os_file){.fd = fd, .owned = true, .regular = true, .size = total};
    return take_stat(file, err);
}

enum vp_status vpi_file_spool(struct os_file *file, const struct os_spool *spool,
                              struct arena *arena, struct span *ret_bytes, bool *ret_whole,
                              struct vp_error *err)
{
    size_t capacity = SOURCE_BLOCK, len = 0;
    uint8_t *bytes = vpi_arena_alloc(arena, capacity);
    *ret_bytes = span_of(NULL, 0);
    *ret_whole = true;
    while (bytes) {
        int64_t count = pipe_fill(file->fd, bytes + len, capacity - len);
        if (count < 0)
            return vpi_fail_errno(err, VP_E_IO, errno, "can't read the pipe");
        len += (size_t)count;
        if (len < capacity) {
            *ret_bytes = span_of(bytes, len);
            return VP_OK;
        }
        if (capacity > spool->in_memory / 2) {
            *ret_whole = false;
            uint8_t *buffer = spool->folder ? vpi_arena_alloc(arena, SOURCE_BLOCK) : NULL;
            return buffer ? spill(file, spool, span_of(bytes, len), buffer, ret_whole, err) : VP_OK;
        }
        uint8_t *larger = vpi_arena_alloc(arena, capacity * 2);
        if (larger)
            memcpy(larger, bytes, len);
        bytes = larger;
        capacity *= 2;
    }
    return vpi_fail(err, VP_E_MEMORY, "no memory for the pipe");
}

uint64_t vpi_clock_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
