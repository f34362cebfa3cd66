/* test_walk.c - a walk stays where it began, whatever is moved about meanwhile */
#include "test_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "scan/walk.h"
#include "vendorprint/vendorprint.h"

/* What stood at `name` stands at `moved` now, and a link to `target` in its place. */
static void replace_by_link(const char *name, const char *moved, const char *target)
{
    ck_assert_int_eq(rename(folder_path(name), folder_path(moved)), 0);
    ck_assert_int_eq(symlink(target, folder_path(name)), 0);
}

/* root/in is walked: a/x, b/x; root/out has an x that nobody asked for. */
static struct walk *walk_tree(struct walk_folders *folders)
{
    folder_begin();
    folder_put_text("in/a/x", "inside a");
    folder_put_text("in/b/x", "inside b");
    folder_put_text("out/x", "outside");
    vpi_walk_folders_init(folders);
    struct walk *walk = vpi_walk_new(folder_path("in"), false, folders);
    ck_assert_ptr_nonnull(walk);
    return walk;
}

START_TEST(a_folder_that_becomes_a_link_is_not_walked)
{
    struct walk_folders folders;
    struct walk_entry entry;
    struct walk *walk = walk_tree(&folders);
    ck_assert_int_eq(vpi_walk_next(walk, &entry), 1);
    ck_assert_int_eq(entry.error, 0);
    replace_by_link("in/b", "in/moved", "../out");
    ck_assert_int_eq(vpi_walk_next(walk, &entry), 1);
    ck_assert_ptr_nonnull(strstr(entry.path, "/in/b"));
    ck_assert(entry.error == ELOOP || entry.error == ENOTDIR);
    ck_assert_int_eq(vpi_walk_next(walk, &entry), 0);
    vpi_walk_free(walk);
    ck_assert_uint_eq(atomic_load(&folders.open), 0);
    folder_end();
}
END_TEST

START_TEST(a_file_is_opened_in_the_folder_in_which_it_was_found)
{
    struct walk_folders folders;
    struct walk_entry entry;
    struct walk_file file;
    char bytes[16] = "";
    struct walk *walk = walk_tree(&folders);
    ck_assert_int_eq(vpi_walk_next(walk, &entry), 1);
    char *path = strdup(entry.path);
    struct walk_folder *folder = vpi_walk_folder_ref(entry.folder);
    ck_assert_ptr_nonnull(folder);
    replace_by_link("in/a", "in/moved", "../out");
    vpi_walk_open(folder, path, &file);
    ck_assert_int_ge(file.fd, 0);
    ck_assert_int_eq(read(file.fd, bytes, sizeof bytes), 8);
    ck_assert_mem_eq(bytes, "inside a", 8);
    vpi_walk_close(&file);
    vpi_walk_free(walk);
    ck_assert_uint_eq(atomic_load(&folders.open), 1);
    replace_by_link("in/moved/x", "in/moved/y", "../../out/x");
    vpi_walk_open(folder, path, &file);
    ck_assert_int_lt(file.fd, 0);
    ck_assert_int_eq(file.error, ELOOP);
    vpi_walk_folder_unref(folder);
    ck_assert_uint_eq(atomic_load(&folders.open), 0);
    free(path);
    folder_end();
}
END_TEST

static void put_wide(int count)
{
    char name[64];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%04d/x", i);
        folder_put_text(name, "text");
    }
}

static size_t scan_all(unsigned jobs)
{
    const char *paths[] = {root};
    struct vp_scan_options options = {.size = sizeof options, .jobs = jobs};
    struct vp_scan_item item = {.size = sizeof item};
    struct vp_scan *scan = NULL;
    size_t good = 0;
    ck_assert_int_eq(vp_scan_start(NULL, paths, 1, &options, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK) {
        good += item.status == VP_OK;
        ck_assert_msg(item.status == VP_OK, "%s: %s", item.path, item.error);
        vp_result_unref(item.result);
    }
    vp_scan_free(scan);
    return good;
}

/* More folders than may be open at once, side by side and inside of each other. */
START_TEST(any_number_of_folders_is_scanned_with_few_descriptors)
{
    enum { WIDE = 600, DEEP = 100, FEW = 100 };
    char name[512];
    struct rlimit before, few;
    folder_begin();
    put_wide(WIDE);
    strcpy(name, "d");
    for (int i = 0; i < DEEP; i++) {
        strcat(name, "/x");
        folder_put_text(name, "text");
        strcpy(name + strlen(name) - 1, "d");
    }
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = FEW;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    ck_assert_uint_eq(scan_all(1), WIDE + DEEP);
    ck_assert_uint_eq(scan_all(2), WIDE + DEEP);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    folder_end();
}
END_TEST

/* The folders that its batches hold are closed too. */
START_TEST(a_scan_that_is_given_up_leaves_no_folder_open)
{
    enum { WIDE = 300 };
    const char *paths[] = {root};
    folder_begin();
    put_wide(WIDE);
    int first = open("/dev/null", O_RDONLY);
    close(first);
    for (int round = 0; round < 10; round++) {
        struct vp_scan_item item = {.size = sizeof item};
        struct vp_scan *scan = NULL;
        ck_assert_int_eq(vp_scan_start(NULL, paths, 1, NULL, &scan, NULL), VP_OK);
        for (int i = 0; i < round; i++) {
            ck_assert_int_eq(vp_scan_next(scan, &item, NULL), VP_OK);
            vp_result_unref(item.result);
        }
        vp_scan_free(scan);
    }
    int last = open("/dev/null", O_RDONLY);
    ck_assert_int_eq(last, first);
    close(last);
    folder_end();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_folder_that_becomes_a_link_is_not_walked)                                               \
    TEST(a_file_is_opened_in_the_folder_in_which_it_was_found)                                     \
    TEST(any_number_of_folders_is_scanned_with_few_descriptors)                                    \
    TEST(a_scan_that_is_given_up_leaves_no_folder_open)
#include "check_main.h"
