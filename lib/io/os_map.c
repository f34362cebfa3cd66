/* os_map.c - mapping a file on POSIX */
#define _XOPEN_SOURCE   700 /* realpath */
#define _DEFAULT_SOURCE     /* madvise, MAP_ANONYMOUS */
#include "io/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_MOST = 256, HUGE_PAGE = 2 << 20, LINE = 64 };

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

/* Memory for a copy, aligned to a huge page if it is larger than a few, and to a line otherwise. */
static uint8_t *room_for_copy(struct map *map, size_t len, struct arena *arena)
{
    size_t whole = len > SIZE_MAX - 2 * (size_t)HUGE_PAGE ? 0 : len + HUGE_PAGE;
    if (whole < 4 * (size_t)HUGE_PAGE) {
        uint8_t *raw = whole ? vpi_arena_alloc(arena, len + LINE) : NULL;
        return raw ? raw + (LINE - (uintptr_t)raw % LINE) % LINE : NULL;
    }
    if (arena->limit && (arena->used > arena->limit || whole > arena->limit - arena->used))
        return NULL;
    void *raw = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED)
        return NULL;
    map->copy = raw;
    map->copy_len = whole;
    uint8_t *bytes = (uint8_t *)raw + (HUGE_PAGE - (uintptr_t)raw % HUGE_PAGE) % HUGE_PAGE;
#ifdef MADV_HUGEPAGE
    /* A look-up goes anywhere: small pages would cost it a walk through the page tables a line. */
    (void)madvise(bytes, len, MADV_HUGEPAGE);
#endif
    return bytes;
}

static enum vp_status copy(struct map *map, int fd, size_t len, const char *path,
                           struct arena *arena, struct vp_error *err)
{
    uint8_t *bytes = room_for_copy(map, len, arena);
    if (!bytes)
        return vpi_fail(err, VP_E_MEMORY, "%s: no memory for %zu bytes", path, len);
    if (!read_all(fd, bytes, len)) {
        if (errno)
            return vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
        return vpi_fail(err, VP_E_IO, "%s: became shorter while it was read", path);
    }
    if (map->copy)
        (void)mprotect(map->copy, map->copy_len, PROT_READ);
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
#ifdef MADV_HUGEPAGE
    if (len >= 4 * (size_t)HUGE_PAGE)
        (void)madvise(base, len, MADV_HUGEPAGE); /* what is read from now on comes in huge pages */
#endif
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
    if (map->copy)
        munmap(map->copy, map->copy_len);
    memset(map, 0, sizeof *map);
}

const char *vpi_map_environment(const char *name)
{
    if (getuid() != geteuid() || getgid() != getegid())
        return NULL;
    return getenv(name);
}
