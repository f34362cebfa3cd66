/* test_folder.h - a folder on disk that a test fills and takes away again
 *
 * To be included first: it asks for nftw.  Names are below the root; folders that a file needs are
 * made with it.
 */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_PATH_MOST = 1024 };

static char root[64];

static inline void folder_begin(void)
{
    strcpy(root, "/tmp/vendorprint-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static inline int folder_remove_one(const char *path, const struct stat *st, int flag,
                                    struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void folder_end(void)
{
    nftw(root, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name, until the fourth call after this one. */
static inline const char *folder_path(const char *name)
{
    static char paths[4][FOLDER_PATH_MOST];
    static unsigned next;
    char *path = paths[next++ % 4];
    int len = snprintf(path, FOLDER_PATH_MOST, "%s/%s", root, name);
    ck_assert(len > 0 && len < FOLDER_PATH_MOST);
    return path;
}

static inline void folder_make(const char *name)
{
    ck_assert_int_eq(mkdir(folder_path(name), 0700), 0);
}

static inline void folder_put(const char *name, const void *bytes, size_t len)
{
    char path[FOLDER_PATH_MOST];
    strcpy(path, folder_path(name));
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        (void)mkdir(path, 0700);
    }
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static inline void folder_put_text(const char *name, const char *text)
{
    folder_put(name, text, strlen(text));
}

#endif
