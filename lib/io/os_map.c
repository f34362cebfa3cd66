/* os_map.c - mapping a file on POSIX */
#define _XOPEN_SOURCE 700 /* realpath */
#include "io/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_MOST = 256 };

static bool others_may_write(const struct stat *st)
{
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return true;
    return st->st_uid != 0 && st->st_uid != geteuid();
}

/* The folder in which the file really stands; what can't be found out isn't safe. */
static bool folder_is_safe(const char *path)
{
    char *real = realpath(path, NULL); /* malloc is realpath's own */
    if (!real)
        return false;
    char *slash = strrchr(real, '/');
    bool safe = false;
    if (slash) {
        struct stat st;
        slash[slash == real] = 0;
        safe = stat(real, &st) == 0 && !others_may_write(&st);
    }
    free(real);
    return safe;
}

/* False: the system failed (errno), or the file ended early (errno is 0). */
static bool read_all(int fd, uint8_t *to, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = pread(fd, to + done, len - done, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got == 0)
                errno = 0;
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

static enum vp_status copy(struct map *map, int fd, size_t len, const char *path,
                           struct arena *arena, struct vp_error *err)
{
    /* A database has buckets of one cache line: keep them on one. */
    const size_t line = 64;
    uint8_t *raw = len > SIZE_MAX - line ? NULL : vpi_arena_alloc(arena, len + line);
    if (!raw)
        return vpi_fail(err, VP_E_MEMORY, "%s: no memory for %zu bytes", path, len);
    uint8_t *bytes = raw + (line - (uintptr_t)raw % line) % line;
    if (!read_all(fd, bytes, len)) {
        if (errno)
            return vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
        return vpi_fail(err, VP_E_IO, "%s: became shorter while it was read", path);
    }
    map->bytes = span_of(bytes, len);
    return VP_OK;
}

static enum vp_status open_fd(struct map *map, int fd, const char *path, enum map_how how,
                              const struct map_check *check, struct arena *arena,
                              struct vp_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
    if (!S_ISREG(st.st_mode))
        return vpi_fail(err, VP_E_NOT_REGULAR, "%s: not a regular file", path);
    if ((uint64_t)st.st_size > SIZE_MAX)
        return vpi_fail(err, VP_E_MEMORY, "%s: larger than the address space", path);
    size_t len = (size_t)st.st_size;
    uint8_t head[HEAD_MOST];
    size_t head_len = check->head_len < len ? check->head_len : len;
    if (head_len > sizeof head)
        head_len = sizeof head;
    if (!read_all(fd, head, head_len))
        return vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
    if (!check->accept(span_of(head, head_len), len, err))
        return err ? err->status : VP_E_DATABASE;
    if (how == MAP_AUTO && (others_may_write(&st) || !folder_is_safe(path)))
        how = MAP_COPY;
    if (how == MAP_COPY || len == 0)
        return copy(map, fd, len, path, arena, err);
    void *base = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (base == MAP_FAILED)
        return copy(map, fd, len, path, arena, err); /* a file system that can't map */
    map->base = base;
    map->bytes = span_of(base, len);
    return VP_OK;
}

enum vp_status vpi_map_open(struct map *map, const char *path, enum map_how how,
                            const struct map_check *check, struct arena *arena,
                            struct vp_error *err)
{
    memset(map, 0, sizeof *map);
    int fd;
    do {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return vpi_fail_errno(err, errno == ENOENT ? VP_E_NOT_FOUND : VP_E_IO, errno, "%s", path);
    enum vp_status status = open_fd(map, fd, path, how, check, arena, err);
    close(fd);
    return status;
}

void vpi_map_done(struct map *map)
{
    if (map->base)
        munmap(map->base, map->bytes.len);
    memset(map, 0, sizeof *map);
}

const char *vpi_map_environment(const char *name)
{
    if (getuid() != geteuid() || getgid() != getegid())
        return NULL;
    return getenv(name);
}
