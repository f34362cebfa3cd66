/* walk_posix.c - walking folders on POSIX systems
 *
 * A stack of folders in place of recursion; each folder's names are read at once and sorted, so
 * that two walks of one tree are equal and no descriptor stays open.  A folder mostly says what its
 * names are; only where it doesn't is a name looked at before it is opened.
 */
#define _GNU_SOURCE /* sched_getaffinity, O_NOATIME, d_type */
#include "scan/walk.h"

#include "scan/beside.h"
#include "scan/group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef O_NOATIME
#define O_NOATIME 0
#endif

/* A name, after a byte that says what the folder says of it. */
enum name_type { NAME_UNKNOWN = 'u', NAME_FILE = 'f', NAME_FOLDER = 'd', NAME_OTHER = 'o' };

struct folder {
    struct folder *above;
    size_t path_len; /* of the folder in `path` */
    char **names;
    size_t count, next;
    bool catalogs; /* some name ends with ".cat" */
    bool packages; /* some name ends with ".inf" */
};

struct walk {
    char *path;
    size_t capacity;
    struct folder *top;
    uint64_t device; /* of the start */
    bool one_file_system;
    bool started;
};

struct walk *vpi_walk_new(const char *path, bool one_file_system)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return NULL;
    walk->capacity = strlen(path) + 1;
    walk->path = malloc(walk->capacity);
    if (!walk->path) {
        free(walk);
        return NULL;
    }
    memcpy(walk->path, path, walk->capacity);
    walk->one_file_system = one_file_system;
    return walk;
}

static void folder_free(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->names[i]);
    free(folder->names);
    free(folder);
}

static void pop(struct walk *walk)
{
    struct folder *folder = walk->top;
    walk->top = folder->above;
    folder_free(folder);
}

void vpi_walk_free(struct walk *walk)
{
    if (!walk)
        return;
    while (walk->top)
        pop(walk);
    free(walk->path);
    free(walk);
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(char *const *)left + 1, *(char *const *)right + 1);
}

static enum name_type type_of(const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_UNKNOWN:
        return NAME_UNKNOWN;
    case DT_REG:
        return NAME_FILE;
    case DT_DIR:
        return NAME_FOLDER;
    default:
        return NAME_OTHER;
    }
}

static char *copy_name(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name) + 1;
    char *name = malloc(len + 1);
    if (name) {
        name[0] = (char)type_of(entry);
        memcpy(name + 1, entry->d_name, len);
    }
    return name;
}

/* The names of an open folder.  0, or an errno value. */
static int read_names(DIR *dir, struct folder *folder)
{
    size_t capacity = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry)
            return errno;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (folder->count == capacity) {
            capacity = capacity ? capacity * 2 : 32;
            char **grown = realloc(folder->names, capacity * sizeof *grown);
            if (!grown)
                return ENOMEM;
            folder->names = grown;
        }
        char *name = copy_name(entry);
        if (!name)
            return ENOMEM;
        folder->names[folder->count++] = name;
        folder->catalogs |= vpi_is_catalog_name(entry->d_name);
        folder->packages |= vpi_is_inf_name(entry->d_name);
    }
}

/* Opens the folder at walk->path.  0, or an errno value. */
static int push(struct walk *walk)
{
    DIR *dir = opendir(walk->path);
    if (!dir)
        return errno;
    struct folder *folder = calloc(1, sizeof *folder);
    int error = folder ? read_names(dir, folder) : ENOMEM;
    closedir(dir);
    if (error) {
        if (folder)
            folder_free(folder);
        return error;
    }
    qsort(folder->names, folder->count, sizeof *folder->names, by_bytes);
    folder->path_len = strlen(walk->path);
    folder->above = walk->top;
    walk->top = folder;
    return 0;
}

/* Appends a name to the folder's path.  False: no memory. */
static bool set_path(struct walk *walk, const struct folder *folder, const char *name)
{
    size_t len = folder->path_len, name_len = strlen(name);
    if (walk->capacity < len + name_len + 2) {
        char *grown = realloc(walk->path, (len + name_len + 2) * 2);
        if (!grown)
            return false;
        walk->path = grown;
        walk->capacity = (len + name_len + 2) * 2;
    }
    if (len && walk->path[len - 1] != '/')
        walk->path[len++] = '/';
    memcpy(walk->path + len, name, name_len + 1);
    return true;
}

static int enter(struct walk *walk, struct walk_entry *ret)
{
    ret->error = push(walk);
    if (ret->error == ENOMEM)
        return -1;
    return ret->error != 0;
}

/* What stands at walk->path: 1 an entry for the caller, 0 nothing, -1 no memory. */
static int visit(struct walk *walk, bool first, struct walk_entry *ret)
{
    struct stat st;
    if ((first ? stat(walk->path, &st) : lstat(walk->path, &st)) != 0) {
        ret->error = errno;
        return 1;
    }
    if (first)
        walk->device = st.st_dev;
    else if (walk->one_file_system && st.st_dev != walk->device)
        return 0;
    if (S_ISDIR(st.st_mode))
        return enter(walk, ret);
    if (S_ISREG(st.st_mode))
        return 1;
    ret->error = first ? EINVAL : 0;
    return first;
}

/* What the folder says is enough, unless it says nothing or a mount may stand here. */
static int visit_typed(struct walk *walk, enum name_type type, struct walk_entry *ret)
{
    if (type == NAME_UNKNOWN || walk->one_file_system)
        return visit(walk, false, ret);
    if (type == NAME_FOLDER)
        return enter(walk, ret);
    return type == NAME_FILE;
}

/* In a folder, or in the one above it; nobody looked into what is above the start. */
static bool may_have_catalogs(const struct folder *folder)
{
    return folder->catalogs || !folder->above || folder->above->catalogs;
}

static bool may_be_of_package(const struct folder *folder)
{
    return folder->packages || (folder->above && folder->above->packages);
}

int vpi_walk_next(struct walk *walk, struct walk_entry *ret)
{
    if (!walk->started) {
        walk->started = true;
        *ret = (struct walk_entry){.path = walk->path, .catalogs = true, .package = true};
        int got = visit(walk, true, ret);
        if (got)
            return got;
    }
    while (walk->top) {
        struct folder *folder = walk->top;
        if (folder->next == folder->count) {
            pop(walk);
            continue;
        }
        const char *name = folder->names[folder->next++];
        if (!set_path(walk, folder, name + 1))
            return -1;
        *ret = (struct walk_entry){.path = walk->path,
                                   .catalogs = may_have_catalogs(folder),
                                   .package = may_be_of_package(folder)};
        int got = visit_typed(walk, (enum name_type)name[0], ret);
        if (got)
            return got;
    }
    return 0;
}

static int open_quietly(const char *path)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int fd = open(path, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM) /* O_NOATIME is the owner's and root's */
        fd = open(path, flags);
    return fd;
}

/* What can't be opened may still be one of several names of a file that was: a link that the caller
 * named, or no descriptor is left. */
void vpi_walk_open(const char *path, struct walk_file *ret)
{
    struct stat st;
    *ret = (struct walk_file){.fd = open_quietly(path)};
    if ((ret->fd < 0 ? stat(path, &st) : fstat(ret->fd, &st)) == 0 && S_ISREG(st.st_mode)) {
        ret->device = st.st_dev;
        ret->inode = st.st_ino;
        ret->links = st.st_nlink;
    } else {
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
