/* test_beside.c - what the Info.plist beside a file says of it */
#include "test_folder.h"

#include <fcntl.h>
#include <time.h>

#include "engine/judge_db.h"
#include "macho_build.h"

static struct vp_session *session;
static struct vp_result *result;

#define LIST_OF(executable)                                                                        \
    "<?xml version=\"1.0\"?><plist><dict>" executable                                              \
    "<key>CFBundleIdentifier</key><string>com.example.thing</string>"                              \
    "<key>CFBundleShortVersionString</key><string>1.2.3</string></dict></plist>"
#define EXECUTABLE "<key>CFBundleExecutable</key><string>thing</string>"

static const char list[] = LIST_OF(EXECUTABLE);

static void begin(void)
{
    folder_begin();
    ck_assert_int_eq(vp_session_new(NULL, NULL, &session, NULL), VP_OK);
}

static void end(void)
{
    vp_session_free(session);
    folder_end();
}

static void put_program(const char *name)
{
    struct macho_build m;
    macho_build_init(&m, true, false);
    macho_section(&m, "__TEXT", "__text", 0, "code", 4);
    macho_build_finish(&m);
    folder_put(name, m.bytes, m.len);
    macho_build_done(&m);
}

static void examine(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    ck_assert_int_eq(vp_examine_path(session, path, &result, NULL), VP_OK);
}

/* Where the bundle identifier of object `object` stands, or NULL: it has none. */
static const char *beside_of(uint32_t object)
{
    struct vp_feature feature = {.size = sizeof feature};
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.object != object || feature.kind != KIND_BUNDLE_ID)
            continue;
        ck_assert_str_eq(feature.text, "com.example.thing");
        return feature.beside;
    }
    return NULL;
}

static enum vp_gap_reason gap(void)
{
    struct vp_gap gap = {.size = sizeof gap};
    return vp_result_gap(result, 0, &gap) == VP_OK ? gap.reason : (enum vp_gap_reason)0;
}

/* The program's texts come from `info`, or from nowhere if that is NULL. */
static void told_by(const char *program, const char *info)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, info ? info : "");
    put_program(program);
    examine(program);
    const char *beside = beside_of(0);
    if (info)
        ck_assert_str_eq(beside, path);
    else
        ck_assert_ptr_null(beside);
    ck_assert_int_eq(gap(), 0);
    vp_result_unref(result);
}

START_TEST(a_bundle_speaks_of_its_main_executable_wherever_it_stands)
{
    static const char *const pairs[][2] = {
        {"A.app/Contents/MacOS/thing", "A.app/Contents/Info.plist"},
        {"K.kext/Contents/MacOS/thing", "K.kext/Contents/Info.plist"},
        {"F.framework/Versions/A/thing", "F.framework/Versions/A/Resources/Info.plist"},
        {"W.framework/Versions/5/thing", "W.framework/Resources/Info.plist"},
        {"G.framework/thing", "G.framework/Resources/Info.plist"},
        {"I.framework/thing", "I.framework/Info.plist"},
        {"P.app/thing", "P.app/Info.plist"},
        {"A.app/Contents/PlugIns/X.appex/Contents/MacOS/thing",
         "A.app/Contents/PlugIns/X.appex/Contents/Info.plist"},
    };
    begin();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        folder_put(pairs[i][1], list, sizeof list - 1);
        told_by(pairs[i][0], pairs[i][1]);
    }
    end();
}
END_TEST

START_TEST(a_bundle_speaks_of_no_other_file)
{
    begin();
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    folder_put("Info.plist", list, sizeof list - 1);
    folder_put("F.framework/Resources/Info.plist", list, sizeof list - 1);
    told_by("A.app/Contents/MacOS/helper", NULL);
    told_by("A.app/Contents/MacOS/thing.dylib", NULL);
    told_by("A.app/Contents/Frameworks/thing", NULL);
    told_by("A.app/Contents/thing", NULL);
    told_by("MacOS/thing", NULL);
    told_by("thing", NULL);
    told_by("F.framework/Libraries/thing", NULL);
    told_by("B.app/Contents/MacOS/thing", NULL);
    end();
}
END_TEST

START_TEST(without_an_executable_the_file_called_like_the_bundle_is_meant)
{
    static const char nameless[] = LIST_OF("");
    begin();
    folder_put("thing.bundle/Contents/Info.plist", nameless, sizeof nameless - 1);
    told_by("thing.bundle/Contents/MacOS/thing", "thing.bundle/Contents/Info.plist");
    told_by("thing.bundle/Contents/MacOS/other", NULL);
    end();
}
END_TEST

START_TEST(where_a_text_stands_is_told_in_its_own_file)
{
    struct vp_feature feature = {.size = sizeof feature};
    bool seen = false;
    begin();
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    put_program("A.app/Contents/MacOS/thing");
    examine("A.app/Contents/MacOS/thing");
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.kind != KIND_PRODUCT_VERSION)
            continue;
        seen = true;
        ck_assert_uint_eq(feature.offset, strstr(list, "1.2.3") - list);
        ck_assert_uint_eq(feature.bytes, 5);
    }
    ck_assert(seen);
    vp_result_unref(result);
    end();
}
END_TEST

START_TEST(each_slice_of_a_fat_file_is_told_of_and_nothing_deeper)
{
    struct macho_build m;
    struct macho_part fat = {0};
    begin();
    macho_build_init(&m, true, false);
    macho_section(&m, "__TEXT", "__text", 0, "code", 4);
    macho_build_finish(&m);
    const uint32_t fields[] = {0xcafebabe,      2, 0x0100000c, 0, 48,
                               (uint32_t)m.len, 0, 7,          0, 48 + (uint32_t)m.len,
                               (uint32_t)m.len, 0};
    for (size_t i = 0; i < 12; i++)
        macho_put_uint(&fat, fields[i], 4, true);
    macho_put(&fat, m.bytes, m.len);
    macho_put(&fat, m.bytes, m.len);
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    folder_put("A.app/Contents/MacOS/thing", fat.data, fat.len);
    examine("A.app/Contents/MacOS/thing");
    ck_assert_ptr_null(beside_of(0));
    ck_assert_ptr_nonnull(beside_of(1));
    ck_assert_ptr_nonnull(beside_of(2));
    vp_result_unref(result);
    free(fat.data);
    macho_build_done(&m);
    end();
}
END_TEST

START_TEST(a_name_is_a_path_only_where_the_caller_says_so)
{
    char path[256];
    begin();
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    put_program("A.app/Contents/MacOS/thing");
    snprintf(path, sizeof path, "%s/A.app/Contents/MacOS/thing", root);
    int fd = open(path, O_RDONLY);
    ck_assert_int_eq(vp_examine_fd(session, fd, path, &result, NULL), VP_OK);
    ck_assert_ptr_null(beside_of(0));
    vp_result_unref(result);
    const struct vp_session_options options = {.size = sizeof options, .flags = VP_SESSION_BESIDE};
    struct vp_session *other = NULL;
    ck_assert_int_eq(vp_session_new(NULL, &options, &other, NULL), VP_OK);
    ck_assert_int_eq(vp_examine_fd(other, fd, path, &result, NULL), VP_OK);
    ck_assert_ptr_nonnull(beside_of(0));
    vp_result_unref(result);
    /* Bytes that are called so are no file, also right after one. */
    uint8_t bytes[8192];
    ssize_t len = read(fd, bytes, sizeof bytes);
    ck_assert_int_gt(len, 0);
    ck_assert_int_eq(vp_examine_memory(other, bytes, (size_t)len, path, &result, NULL), VP_OK);
    ck_assert_ptr_null(beside_of(0));
    vp_result_unref(result);
    vp_session_free(other);
    close(fd);
    end();
}
END_TEST

START_TEST(a_scan_reads_what_lies_beside)
{
    const char *const paths[] = {root};
    struct vp_scan *scan = NULL;
    struct vp_scan_item item = {.size = sizeof item};
    unsigned told = 0;
    begin();
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    put_program("A.app/Contents/MacOS/thing");
    ck_assert_int_eq(vp_scan_start(NULL, paths, 1, NULL, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK) {
        ck_assert_int_eq(item.status, VP_OK);
        result = item.result;
        told += beside_of(0) != NULL;
        vp_result_unref(result);
    }
    ck_assert_uint_eq(told, 1);
    vp_scan_free(scan);
    end();
}
END_TEST

/* How many answers of a scan with a cache are not from it; all files are old enough for it. */
static unsigned examined_anew(const char *cache)
{
    char path[256];
    snprintf(path, sizeof path, "%s/files", root);
    const char *const paths[] = {path};
    const struct vp_scan_options options = {.size = sizeof options, .cache_file = cache};
    struct vp_scan_cache saved = {.size = sizeof saved};
    struct vp_scan *scan = NULL;
    struct vp_scan_item item = {.size = sizeof item};
    unsigned anew = 0;
    ck_assert_int_eq(vp_scan_start(NULL, paths, 1, &options, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK) {
        anew += !item.cached;
        vp_result_unref(item.result);
    }
    ck_assert_int_eq(vp_scan_save_cache(scan, &saved, NULL), VP_OK);
    vp_scan_free(scan);
    return anew;
}

START_TEST(an_answer_that_depends_on_two_files_is_not_cached)
{
    char cache[256];
    begin();
    folder_put("files/A.app/Contents/Info.plist", list, sizeof list - 1);
    put_program("files/A.app/Contents/MacOS/thing");
    put_program("files/A.app/Contents/thing");
    put_program("files/B.app/Contents/MacOS/thing"); /* a list may come */
    snprintf(cache, sizeof cache, "%s/cache", root);
    struct timespec pause = {.tv_sec = 2, .tv_nsec = 200000000};
    nanosleep(&pause, NULL);
    ck_assert_uint_eq(examined_anew(cache), 4);
    ck_assert_uint_eq(examined_anew(cache), 2);
    end();
}
END_TEST

START_TEST(a_saved_result_keeps_where_its_texts_stand)
{
    uint8_t bytes[4096];
    size_t len;
    struct vp_summary summary = {.size = sizeof summary};
    begin();
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    put_program("A.app/Contents/MacOS/thing");
    examine("A.app/Contents/MacOS/thing");
    char *beside = strdup(beside_of(0));
    ck_assert_ptr_nonnull(beside);
    ck_assert_int_eq(vp_result_save(result, bytes, sizeof bytes, &len), VP_OK);
    vp_result_unref(result);
    ck_assert_int_eq(vp_result_load(NULL, bytes, len, &result, NULL), VP_OK);
    ck_assert_str_eq(beside_of(0), beside);
    vp_result_summary(result, &summary);
    ck_assert_uint_eq(summary.beside, 1);
    vp_result_unref(result);
    free(beside);
    end();
}
END_TEST

START_TEST(what_is_there_and_cannot_be_read_is_a_gap)
{
    char path[256], other[256];
    enum { LONG = (1 << 20) + 1 };
    begin();
    put_program("A.app/Contents/MacOS/thing");
    folder_put("elsewhere", list, sizeof list - 1);
    snprintf(path, sizeof path, "%s/A.app/Contents/Info.plist", root);
    snprintf(other, sizeof other, "%s/elsewhere", root);
    ck_assert_int_eq(symlink(other, path), 0); /* may lead anywhere */
    examine("A.app/Contents/MacOS/thing");
    ck_assert_ptr_null(beside_of(0));
    ck_assert_int_eq(gap(), VP_GAP_READ_FAILED);
    vp_result_unref(result);
    ck_assert_int_eq(remove(path), 0);
    char *bytes = malloc(LONG);
    ck_assert_ptr_nonnull(bytes);
    memset(bytes, ' ', LONG);
    memcpy(bytes, list, sizeof list - 1);
    folder_put("A.app/Contents/Info.plist", bytes, LONG);
    examine("A.app/Contents/MacOS/thing");
    ck_assert_ptr_nonnull(beside_of(0));
    ck_assert_int_eq(gap(), VP_GAP_COUNT_LIMIT);
    vp_result_unref(result);
    free(bytes);
    end();
}
END_TEST

START_TEST(every_prefix_every_flipped_byte_and_every_memory_limit_is_safe)
{
    char copy[sizeof list];
    begin();
    put_program("A.app/Contents/MacOS/thing");
    for (size_t len = 0; len < sizeof list; len++) {
        folder_put("A.app/Contents/Info.plist", list, len);
        examine("A.app/Contents/MacOS/thing");
        vp_result_unref(result);
        memcpy(copy, list, sizeof list);
        copy[len] ^= 0x10;
        folder_put("A.app/Contents/Info.plist", copy, sizeof list - 1);
        examine("A.app/Contents/MacOS/thing");
        vp_result_unref(result);
    }
    folder_put("A.app/Contents/Info.plist", list, sizeof list - 1);
    for (size_t memory = 4096; memory < 400000; memory += 1777) {
        char path[256];
        const struct vp_session_options options = {.size = sizeof options, .limits.memory = memory};
        struct vp_session *small = NULL;
        snprintf(path, sizeof path, "%s/A.app/Contents/MacOS/thing", root);
        ck_assert_int_eq(vp_session_new(NULL, &options, &small, NULL), VP_OK);
        if (vp_examine_path(small, path, &result, NULL) == VP_OK) {
            ck_assert(beside_of(0) || gap());
            vp_result_unref(result);
        }
        vp_session_free(small);
    }
    end();
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_bundle_speaks_of_its_main_executable_wherever_it_stands)                                \
    TEST(a_bundle_speaks_of_no_other_file)                                                         \
    TEST(without_an_executable_the_file_called_like_the_bundle_is_meant)                           \
    TEST(where_a_text_stands_is_told_in_its_own_file)                                              \
    TEST(each_slice_of_a_fat_file_is_told_of_and_nothing_deeper)                                   \
    TEST(a_name_is_a_path_only_where_the_caller_says_so)                                           \
    TEST(a_scan_reads_what_lies_beside)                                                            \
    TEST(an_answer_that_depends_on_two_files_is_not_cached)                                        \
    TEST(a_saved_result_keeps_where_its_texts_stand)                                               \
    TEST(what_is_there_and_cannot_be_read_is_a_gap)                                                \
    TEST(every_prefix_every_flipped_byte_and_every_memory_limit_is_safe)
#include "check_main.h"
