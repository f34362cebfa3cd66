/* test_scan.c - many files through the public API */
#include "test_folder.h"

#include <fcntl.h>

#include "scan/walk.h"
#include "vendorprint/vendorprint.h"

enum { FILES = 700 };

/* FILES files in two folders, a link to a file and to a folder, a pipe, and two names of one file.
 */
static void make_tree(void)
{
    char name[64];
    folder_begin();
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "%s/%04d", i % 2 ? "a" : "b", i);
        folder_put_text(name, i % 3 ? "text" : "");
    }
    folder_put_text("c", "linked");
    ck_assert_int_eq(link(folder_path("c"), folder_path("d")), 0);
    ck_assert_int_eq(symlink("c", folder_path("e")), 0);
    ck_assert_int_eq(symlink("a", folder_path("f")), 0);
    ck_assert_int_eq(mkfifo(folder_path("pipe"), 0600), 0);
}

static struct vp_scan *start(const char *const *paths, size_t count, struct vp_scan_options options)
{
    struct vp_scan *scan = NULL;
    options.size = sizeof options;
    ck_assert_int_eq(vp_scan_start(NULL, paths, count, &options, &scan, NULL), VP_OK);
    return scan;
}

START_TEST(every_regular_file_comes_once_in_the_order_of_the_walk)
{
    make_tree();
    const char *paths[] = {root};
    for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
        struct vp_scan *scan = start(paths, 1, (struct vp_scan_options){.jobs = jobs});
        struct vp_scan_item item = {.size = sizeof item};
        char last[256] = "";
        int files = 0, links = 0;
        while (vp_scan_next(scan, &item, NULL) == VP_OK) {
            ck_assert_int_lt(strcmp(last, item.path), 0);
            snprintf(last, sizeof last, "%s", item.path);
            ck_assert_int_eq(item.status, VP_OK);
            ck_assert_ptr_nonnull(item.result);
            vp_result_unref(item.result);
            files++;
            links += item.hard_link;
        }
        ck_assert_int_eq(files, FILES + 2);
        ck_assert_int_eq(links, 1);
        vp_scan_free(scan);
    }
    folder_end();
}
END_TEST

enum { LINKED = 300 };

/* Half of the files of a folder have a second name in a folder that is walked later. */
static void make_linked_tree(void)
{
    char name[64], other[64];
    folder_begin();
    folder_make("b");
    for (int i = 0; i < LINKED; i++) {
        snprintf(name, sizeof name, "a/%04d", i);
        snprintf(other, sizeof other, "b/%04d", LINKED - i);
        folder_put_text(name, "text");
        if (i % 2)
            ck_assert_int_eq(link(folder_path(name), folder_path(other)), 0);
    }
}

START_TEST(the_first_name_of_the_walk_is_examined_whichever_thread_is_faster)
{
    make_linked_tree();
    const char *paths[] = {root};
    for (int unordered = 0; unordered <= 1; unordered++) {
        struct vp_scan *scan =
            start(paths, 1, (struct vp_scan_options){.jobs = 8, .unordered = unordered});
        struct vp_scan_item item = {.size = sizeof item};
        struct vp_object object = {.size = sizeof object};
        int links = 0;
        char first[256];
        snprintf(first, sizeof first, "%s", folder_path("a/"));
        while (vp_scan_next(scan, &item, NULL) == VP_OK) {
            ck_assert_int_eq(vp_result_object(item.result, 0, &object), VP_OK);
            ck_assert_int_eq(strncmp(object.name, first, strlen(first)), 0);
            ck_assert_int_eq(item.hard_link, strncmp(item.path, first, strlen(first)) != 0);
            links += item.hard_link;
            vp_result_unref(item.result);
        }
        ck_assert_int_eq(links, LINKED / 2);
        vp_scan_free(scan);
    }
    folder_end();
}
END_TEST

/* Where a file system keeps everything in memory, nothing lies on storage. */
START_TEST(files_whose_starts_lie_on_storage_are_read_like_others)
{
    static const char *const names[] = {"c", "a/0001", "a/0003"}; /* the last is empty */
    struct walk_file none = {.fd = -1};
    ck_assert_int_eq(vpi_walk_start(&none), WALK_START_UNKNOWN);
    vpi_walk_fetch(&none);
    make_tree();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char bytes[8];
        struct walk_file file;
        vpi_walk_open(NULL, folder_path(names[i]), &file);
        ck_assert_int_ge(file.fd, 0);
        enum walk_start found = vpi_walk_start(&file);
        ck_assert_int_ne(found, WALK_START_STORED); /* it was just written */
        ck_assert(i < 2 || found == WALK_START_UNKNOWN);
        fsync(file.fd);
        ck_assert_int_eq(posix_fadvise(file.fd, 0, 0, POSIX_FADV_DONTNEED), 0);
        found = vpi_walk_start(&file);
        ck_assert(i < 2 || found == WALK_START_UNKNOWN);
        vpi_walk_fetch(&file);
        ck_assert_int_eq(read(file.fd, bytes, sizeof bytes), i == 0 ? 6 : i == 1 ? 4 : 0);
        vpi_walk_close(&file);
    }
    folder_end();
}
END_TEST

START_TEST(results_may_come_as_they_are_ready)
{
    make_tree();
    const char *paths[] = {root};
    struct vp_scan *scan = start(paths, 1, (struct vp_scan_options){.jobs = 3, .unordered = 1});
    struct vp_scan_item item = {.size = sizeof item};
    int files = 0;
    while (vp_scan_next(scan, &item, NULL) == VP_OK) {
        ck_assert_ptr_nonnull(item.result);
        vp_result_unref(item.result);
        files++;
    }
    ck_assert_int_eq(files, FILES + 2);
    vp_scan_free(scan);
    folder_end();
}
END_TEST

START_TEST(a_scan_may_be_left_at_any_time)
{
    make_tree();
    const char *paths[] = {root};
    for (int stop = 0; stop < 300; stop += 37) {
        struct vp_scan *scan = start(paths, 1, (struct vp_scan_options){.jobs = 2});
        struct vp_scan_item item = {.size = sizeof item};
        for (int i = 0; i < stop; i++) {
            ck_assert_int_eq(vp_scan_next(scan, &item, NULL), VP_OK);
            vp_result_unref(item.result);
        }
        vp_scan_free(scan);
    }
    folder_end();
}
END_TEST

START_TEST(what_cannot_be_read_is_an_item_that_says_why)
{
    make_tree();
    const char *paths[] = {folder_path("absent"), folder_path("pipe"), folder_path("e")};
    static const enum vp_status wants[] = {VP_E_NOT_FOUND, VP_E_NOT_REGULAR, VP_OK};
    struct vp_scan *scan = start(paths, 3, (struct vp_scan_options){.jobs = 1});
    for (int i = 0; i < 3; i++) {
        struct vp_scan_item item = {.size = sizeof item};
        ck_assert_int_eq(vp_scan_next(scan, &item, NULL), VP_OK);
        ck_assert_int_eq(item.status, wants[i]);
        ck_assert_int_eq(item.error[0] == 0, wants[i] == VP_OK);
        ck_assert_str_eq(item.path, paths[i]);
        vp_result_unref(item.result);
    }
    struct vp_scan_item item = {.size = sizeof item};
    ck_assert_int_eq(vp_scan_next(scan, &item, NULL), VP_E_END);
    ck_assert_int_eq(vp_scan_next(scan, &item, NULL), VP_E_END);
    vp_scan_free(scan);
    folder_end();
}
END_TEST

/* A thousand more than the scan remembers, each with one name in either folder. */
START_TEST(names_that_never_come_keep_no_results)
{
    enum { PAIRS = 4096 + 1000 };
    char name[64], other[64];
    folder_begin();
    folder_make("b");
    for (int i = 0; i < PAIRS; i++) {
        snprintf(name, sizeof name, "a/%05d", i);
        snprintf(other, sizeof other, "b/%05d", i);
        folder_put_text(name, "");
        ck_assert_int_eq(link(folder_path(name), folder_path(other)), 0);
    }
    for (int unordered = 0; unordered < 2; unordered++) {
        struct vp_scan_options options = {
            .size = sizeof options, .jobs = 2, .unordered = unordered};
        struct vp_scan_item item = {.size = sizeof item};
        const char *paths[] = {root};
        struct vp_scan *scan = NULL;
        int files = 0, links = 0;
        ck_assert_int_eq(vp_scan_start(NULL, paths, 1, &options, &scan, NULL), VP_OK);
        while (vp_scan_next(scan, &item, NULL) == VP_OK) {
            ck_assert_int_eq(item.status, VP_OK);
            ck_assert_ptr_nonnull(item.result);
            vp_result_unref(item.result);
            files++;
            links += item.hard_link;
        }
        vp_scan_free(scan);
        ck_assert_int_eq(files, 2 * PAIRS);
        ck_assert_int_eq(links, 4096);
    }
    folder_end();
}
END_TEST

#define TESTS                                                                                      \
    TEST(every_regular_file_comes_once_in_the_order_of_the_walk)                                   \
    TEST(files_whose_starts_lie_on_storage_are_read_like_others)                                   \
    TEST(the_first_name_of_the_walk_is_examined_whichever_thread_is_faster)                        \
    TEST(results_may_come_as_they_are_ready)                                                       \
    TEST(a_scan_may_be_left_at_any_time)                                                           \
    TEST(what_cannot_be_read_is_an_item_that_says_why)                                             \
    TEST(names_that_never_come_keep_no_results)
#include "check_main.h"
