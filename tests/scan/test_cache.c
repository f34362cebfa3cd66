/* test_cache.c - answers of earlier scans: for the same file in the same state only */
#include "test_folder.h"

#include <time.h>

#include "vendorprint/vendorprint.h"

enum { FILES = 40 };

static char cache_path[96];

static void put(int number, const char *content)
{
    char name[64];
    snprintf(name, sizeof name, "files/%02d", number);
    folder_put_text(name, content);
}

static void wait_until_settled(void)
{
    struct timespec pause = {.tv_sec = 2, .tv_nsec = 200000000};
    nanosleep(&pause, NULL);
}

/* What changed just now is not kept, so the files are old enough after a pause. */
static void make_tree(void)
{
    folder_begin();
    snprintf(cache_path, sizeof cache_path, "%s/cache", root);
    for (int i = 0; i < FILES; i++)
        put(i, "text");
    wait_until_settled();
}

struct outcome {
    unsigned files, cached;
    enum vp_status saved;
    struct vp_scan_cache cache;
};

static struct outcome scan(const char *cache, unsigned digests)
{
    char path[96];
    snprintf(path, sizeof path, "%s/files", root);
    const char *const paths[] = {path};
    struct vp_session_options session = {.size = sizeof session, .digests = digests};
    struct vp_scan_options options = {
        .size = sizeof options, .session = &session, .jobs = 3, .cache_file = cache};
    struct outcome seen = {.cache = {.size = sizeof seen.cache}};
    struct vp_scan_item item = {.size = sizeof item};
    struct vp_scan *scan = NULL;
    ck_assert_int_eq(vp_scan_start(NULL, paths, 1, &options, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK) {
        struct vp_object object = {.size = sizeof object};
        ck_assert_int_eq(vp_result_object(item.result, 0, &object), VP_OK);
        ck_assert_mem_eq(object.name, item.path, item.path_len);
        seen.files++;
        seen.cached += item.cached != 0;
        vp_result_unref(item.result);
    }
    seen.saved = vp_scan_save_cache(scan, &seen.cache, NULL);
    vp_scan_free(scan);
    return seen;
}

START_TEST(unchanged_files_are_answered_from_it)
{
    make_tree();
    struct outcome seen = scan(cache_path, 0);
    ck_assert_uint_eq(seen.cached, 0);
    ck_assert_int_eq(seen.cache.state, VP_CACHE_NEW);
    ck_assert_uint_eq(seen.cache.kept, FILES);
    seen = scan(cache_path, 0);
    ck_assert_uint_eq(seen.files, FILES);
    ck_assert_uint_eq(seen.cached, FILES);
    ck_assert_int_eq(seen.cache.state, VP_CACHE_USED);
    ck_assert_uint_eq(seen.cache.answers, FILES);
    ck_assert_uint_eq(seen.cache.kept, FILES);

    put(7, "another text");
    seen = scan(cache_path, 0);
    ck_assert_uint_eq(seen.cached, FILES - 1);
    /* What changed just now may change again unseen, so it is examined again. */
    ck_assert_uint_eq(scan(cache_path, 0).cached, FILES - 1);
    wait_until_settled();
    ck_assert_uint_eq(scan(cache_path, 0).cached, FILES - 1);
    ck_assert_uint_eq(scan(cache_path, 0).cached, FILES);
    folder_end();
}
END_TEST

START_TEST(other_options_are_another_cache)
{
    make_tree();
    ck_assert_uint_eq(scan(cache_path, 0).cache.kept, FILES);
    struct outcome seen = scan(cache_path, VP_DIGEST_MD5);
    ck_assert_int_eq(seen.cache.state, VP_CACHE_OTHER);
    ck_assert_uint_eq(seen.cached, 0);
    ck_assert_uint_eq(scan(cache_path, VP_DIGEST_MD5).cached, FILES);
    folder_end();
}
END_TEST

static void flip(long at)
{
    FILE *file = fopen(cache_path, "r+");
    ck_assert_ptr_nonnull(file);
    fseek(file, at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

START_TEST(a_damaged_one_is_begun_anew)
{
    make_tree();
    struct stat st;
    for (int i = 0; i < 24; i++) {
        (void)scan(cache_path, 0);
        ck_assert_int_eq(stat(cache_path, &st), 0);
        if (i < 16)
            flip(i * (st.st_size - 1) / 15);
        else
            ck_assert_int_eq(truncate(cache_path, (i - 15) * st.st_size / 9), 0);
        struct outcome seen = scan(cache_path, 0);
        ck_assert_int_eq(seen.cache.state, VP_CACHE_DAMAGED);
        ck_assert_uint_eq(seen.cached, 0);
        ck_assert_uint_eq(seen.files, FILES);
    }
    ck_assert_int_eq(truncate(cache_path, 0), 0);
    ck_assert_int_eq(scan(cache_path, 0).cache.state, VP_CACHE_NEW);
    folder_end();
}
END_TEST

START_TEST(one_that_others_may_write_is_left_alone)
{
    make_tree();
    struct stat before, after;
    (void)scan(cache_path, 0);
    ck_assert_int_eq(chmod(cache_path, 0666), 0);
    ck_assert_int_eq(stat(cache_path, &before), 0);
    struct outcome seen = scan(cache_path, 0);
    ck_assert_int_eq(seen.cache.state, VP_CACHE_REFUSED);
    ck_assert_uint_eq(seen.cached, 0);
    ck_assert_int_eq(stat(cache_path, &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
    folder_end();
}
END_TEST

START_TEST(what_no_scan_has_use_for_falls_out)
{
    make_tree();
    char path[96];
    ck_assert_uint_eq(scan(cache_path, 0).cache.kept, FILES);
    for (int i = 0; i < FILES / 2; i++) {
        snprintf(path, sizeof path, "%s/files/%02d", root, i);
        ck_assert_int_eq(unlink(path), 0);
    }
    for (int i = 0; i < 16; i++)
        ck_assert_uint_eq(scan(cache_path, 0).cache.kept, FILES);
    ck_assert_uint_eq(scan(cache_path, 0).cache.kept, FILES / 2);
    folder_end();
}
END_TEST

START_TEST(it_is_saved_after_the_end_only_and_says_when_it_can_not_be)
{
    make_tree();
    char path[96];
    snprintf(path, sizeof path, "%s/files", root);
    const char *const paths[] = {path};
    struct vp_scan_options options = {.size = sizeof options, .cache_file = cache_path};
    struct vp_scan_cache cache = {.size = sizeof cache};
    struct vp_scan *early = NULL;
    ck_assert_int_eq(vp_scan_start(NULL, paths, 1, &options, &early, NULL), VP_OK);
    ck_assert_int_eq(vp_scan_save_cache(early, &cache, NULL), VP_E_ARGUMENT);
    vp_scan_free(early);
    ck_assert_int_ne(access(cache_path, F_OK), 0);

    snprintf(path, sizeof path, "%s/missing/cache", root);
    struct outcome seen = scan(path, 0);
    ck_assert_int_eq(seen.saved, VP_E_IO);
    ck_assert_uint_eq(seen.files, FILES);
    ck_assert_int_eq(scan(NULL, 0).cache.state, VP_CACHE_NONE);
    folder_end();
}
END_TEST

#define TESTS                                                                                      \
    TEST(unchanged_files_are_answered_from_it)                                                     \
    TEST(other_options_are_another_cache)                                                          \
    TEST(a_damaged_one_is_begun_anew)                                                              \
    TEST(one_that_others_may_write_is_left_alone)                                                  \
    TEST(what_no_scan_has_use_for_falls_out)                                                       \
    TEST(it_is_saved_after_the_end_only_and_says_when_it_can_not_be)
#include "check_main.h"
