/* os_folder.c - listing a folder and replacing a file on POSIX */
#include "io/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum vp_status read_names(DIR *dir, const char *path, struct arena *arena,
                                 const char ***ret_names, size_t *ret_count, struct vp_error *err)
{
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry && errno)
            return vpi_fail_errno(err, VP_E_IO, errno, "%s", path);
        if (!entry)
            break;
        if (entry->d_name[0] == '.')
            continue;
        if (count == FOLDER_NAMES_MOST)
            return vpi_fail(err, VP_E_IO, "%s: more than %d names", path, FOLDER_NAMES_MOST);
        const char *name = vpi_arena_text(arena, span_text(entry->d_name));
        const char **grown = vpi_arena_grow(arena, names, count, &capacity, sizeof *names);
        if (!name || !grown)
            return vpi_fail(err, VP_E_MEMORY, "%s: no memory", path);
        names = grown;
        names[count++] = name;
    }
    if (count)
        qsort(names, count, sizeof *names, compare_names);
    *ret_names = names;
    *ret_count = count;
    return VP_OK;
}

static enum vp_status list(DIR *dir, const char *path, struct arena *arena, const char ***ret_names,
                           size_t *ret_count, struct vp_error *err)
{
    if (!dir)
        return vpi_fail_errno(err, errno == ENOENT || errno == ENOTDIR ? VP_E_NOT_FOUND : VP_E_IO,
                              errno, "%s", path);
    enum vp_status status = read_names(dir, path, arena, ret_names, ret_count, err);
    closedir(dir);
    return status;
}

enum vp_status vpi_folder_list(const char *path, struct arena *arena, const char ***ret_names,
                               size_t *ret_count, struct vp_error *err)
{
    return list(opendir(path), path, arena, ret_names, ret_count, err);
}

enum vp_status vpi_folder_list_here(const char *path, struct arena *arena, const char ***ret_names,
                                    size_t *ret_count, struct vp_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !dir)
        close(fd);
    return list(dir, path, arena, ret_names, ret_count, err);
}

/* 0, or an errno. */
static int write_all(int fd, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.data, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return put < 0 ? errno : ENOSPC;
        bytes = span_from(bytes, (uint64_t)put);
    }
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

enum vp_status vpi_file_replace(const char *path, struct span bytes, struct vp_error *err)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    enum vp_status status = VP_OK;
    int code = 0;
    char *beside = vpi_arena_printf(&arena, "%s.XXXXXX", path);
    if (!beside) {
        status = vpi_fail(err, VP_E_MEMORY, "%s: no memory", path);
        goto done;
    }
    int fd = mkstemp(beside);
    if (fd < 0) {
        status = vpi_fail_errno(err, VP_E_IO, errno, "%s", beside);
        goto done;
    }
    /* mkstemp gives 0600; a database is for everybody to read, and for nobody else to write. */
    code = fchmod(fd, 0644) == 0 ? write_all(fd, bytes) : errno;
    if (close(fd) != 0 && !code)
        code = errno;
    if (!code && rename(beside, path) != 0)
        code = errno;
    if (code) {
        unlink(beside);
        status = vpi_fail_errno(err, VP_E_IO, code, "%s", path);
    }
done:
    vpi_arena_done(&arena);
    return status;
}

enum vp_status vpi_file_begin(struct file_new *file, const char *path, struct arena *arena,
                              struct vp_error *err)
{
    file->path = path;
    file->beside = vpi_arena_printf(arena, "%s.XXXXXX", path);
    if (!file->beside)
        return vpi_fail(err, VP_E_MEMORY, "%s: no memory", path);
    int fd = mkstemp(file->beside);
    if (fd < 0)
        return vpi_fail_errno(err, VP_E_IO, errno, "%s", file->beside);
    file->stream = fchmod(fd, 0644) == 0 ? fdopen(fd, "w+b") : NULL;
    if (file->stream)
        return VP_OK;
    int code = errno;
    close(fd);
    unlink(file->beside);
    return vpi_fail_errno(err, VP_E_IO, code, "%s", file->beside);
}

enum vp_status vpi_file_end(struct file_new *file, enum vp_status status, struct vp_error *err)
{
    int code = fflush(file->stream) == 0 ? 0 : errno;
    if (status == VP_OK && !code && fsync(fileno(file->stream)) != 0 && errno != EINVAL &&
        errno != EROFS)
        code = errno;
    if (fclose(file->stream) != 0 && !code)
        code = errno;
    if (status == VP_OK && !code && rename(file->beside, file->path) != 0)
        code = errno;
    if (status != VP_OK || code)
        unlink(file->beside);
    if (status == VP_OK && code)
        status = vpi_fail_errno(err, VP_E_IO, code, "%s", file->path);
    return status;
}
