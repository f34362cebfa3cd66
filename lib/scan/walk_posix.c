/* walk_posix.c - walking folders on POSIX systems
 *
 * A stack of folders in place of recursion; each folder's names are read at once and sorted, so
 * that two walks of one tree are equal.  A folder mostly says what its names are; only where it
 * doesn't is a name looked at before it is opened.
 *
 * What stands in a folder is opened by the folder's descriptor, not by its path, so that nobody who
 * moves folders and links about while they are walked can lead the walk elsewhere.  Descriptors are
 * few: in very deep folders, what stands there is opened by its path.
 */
#define _GNU_SOURCE /* d_type */
#include "scan/walk_folder.h"

#include "scan/beside.h"
#include "scan/group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name, after a byte that says what the folder says of it. */
enum name_type { NAME_UNKNOWN = 'u', NAME_FILE = 'f', NAME_FOLDER = 'd', NAME_OTHER = 'o' };

struct folder {
    struct folder *above;
    struct walk_folder *open; /* or NULL: not kept open */
    size_t path_len;          /* of the folder in `path` */
    char **names;
    size_t count, next;
    bool catalogs; /* some name ends with ".cat" */
    bool packages; /* some name ends with ".inf" */
};

struct walk {
    char *path;
    size_t capacity;
    struct folder *top;
    size_t depth;
    struct walk_folders *folders;
    uint64_t device; /* of the start */
    bool one_file_system;
    bool started;
};

struct walk *vpi_walk_new(const char *path, bool one_file_system, struct walk_folders *folders)
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
    walk->folders = folders;
    return walk;
}

static void folder_free(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->names[i]);
    free(folder->names);
    vpi_walk_folder_unref(folder->open);
    free(folder);
}

static void pop(struct walk *walk)
{
    struct folder *folder = walk->top;
    walk->top = folder->above;
    walk->depth--;
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

/* Only the start may be a link. */
static int open_folder(const struct walk *walk)
{
    const struct folder *above = walk->top;
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (above ? O_NOFOLLOW : 0);
    return vpi_walk_openat(above ? above->open : NULL, walk->path, flags);
}

/* Opens the folder at walk->path.  0, or an errno value. */
static int push(struct walk *walk)
{
    int fd = open_folder(walk);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return error;
    }
    struct folder *folder = calloc(1, sizeof *folder);
    int error = folder ? read_names(dir, folder) : ENOMEM;
    if (!error && walk->depth < walk->folders->most / 4)
        folder->open = vpi_walk_folder_new(dirfd(dir), walk->folders);
    closedir(dir);
    if (error) {
        if (folder)
            folder_free(folder);
        return error;
    }
    if (folder->count > 0) /* else there is no array */
        qsort(folder->names, folder->count, sizeof *folder->names, by_bytes);
    folder->path_len = strlen(walk->path);
    folder->above = walk->top;
    walk->top = folder;
    walk->depth++;
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
    if ((first ? stat(walk->path, &st) : vpi_walk_lstat(walk->top->open, walk->path, &st)) != 0) {
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
                                   .folder = folder->open,
                                   .catalogs = may_have_catalogs(folder),
                                   .package = may_be_of_package(folder)};
        int got = visit_typed(walk, (enum name_type)name[0], ret);
        if (got)
            return got;
    }
    return 0;
}
