/* test_group_bundle.c - the files of an Apple bundle are told together */
#include "test_folder.h"

#include "macho_build.h"
#include "scan/group.h"
#include "vendorprint/vendorprint.h"

enum { PROGRAM = 2, DEBUG_FILE = 10 };

#define INFO(executable, identifier)                                                               \
    "<?xml version=\"1.0\"?><plist><dict><key>CFBundleExecutable</key><string>" executable         \
    "</string><key>CFBundleIdentifier</key><string>" identifier                                    \
    "</string><key>CFBundleShortVersionString</key><string>1.2.3</string></dict></plist>"

static struct vp_scan *scan;

static void end(void)
{
    vp_scan_free(scan);
    scan = NULL;
    folder_end();
}

static void put_macho(const char *name, uint32_t filetype)
{
    struct macho_build m;
    macho_build_init(&m, true, false);
    m.filetype = filetype;
    macho_section(&m, "__TEXT", "__text", 0, "code", 4);
    macho_build_finish(&m);
    folder_put(name, m.bytes, m.len);
    macho_build_done(&m);
}

/* Each name is below the root; NULL ends them. */
static void scan_names(const char *const *names)
{
    static char texts[4][256];
    const char *paths[4];
    size_t count = 0;
    struct vp_scan_options options = {.size = sizeof options, .jobs = 2};
    struct vp_scan_item item = {.size = sizeof item};
    for (; names[count]; count++) {
        snprintf(texts[count], sizeof texts[count], "%s%s", root, names[count]);
        paths[count] = texts[count];
    }
    ck_assert_int_eq(vp_scan_start(NULL, paths, count, &options, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK)
        vp_result_unref(item.result);
}

static void scan_all(void)
{
    scan_names((const char *const[]){"", NULL});
}

/* Group `index` is of this folder, its members are these, a line each: role, name, and "-" when it
 * was not scanned. */
static void group_is(uint32_t index, const char *path, const char *members)
{
    struct vp_group group = {.size = sizeof group};
    struct vp_group_member member = {.size = sizeof member};
    char lines[2048] = "";
    ck_assert_int_eq(vp_scan_group(scan, index, &group), VP_OK);
    ck_assert_int_eq(group.type, VP_GROUP_TYPE_BUNDLE);
    ck_assert_uint_eq(group.path_len, strlen(group.path));
    ck_assert_str_eq(group.path + strlen(root), path);
    ck_assert_str_eq(group.provider, "");
    for (uint32_t i = 0; vp_scan_group_member(scan, index, i, &member) == VP_OK; i++) {
        size_t len = strlen(lines), below = strlen(group.path) + 1;
        snprintf(lines + len, sizeof lines - len, "%s %s%s\n",
                 vp_name(VP_NAMES_GROUP_ROLE, (unsigned)member.role), member.name,
                 member.path_len ? "" : " -");
        ck_assert(member.path_len == 0 || strcmp(member.path + below, member.name) == 0);
    }
    ck_assert_str_eq(lines, members);
}

static void says(uint32_t index, const char *identifier, const char *version)
{
    struct vp_group group = {.size = sizeof group};
    ck_assert_int_eq(vp_scan_group(scan, index, &group), VP_OK);
    ck_assert_str_eq(group.identifier, identifier);
    ck_assert_str_eq(group.version, version);
}

static void no_group(uint32_t index)
{
    struct vp_group group = {.size = sizeof group};
    ck_assert_int_eq(vp_scan_group(scan, index, &group), VP_E_NOT_FOUND);
}

START_TEST(a_program_its_parts_and_the_bundles_in_it_are_groups)
{
    folder_begin();
    folder_put_text("X.app/Contents/Info.plist", INFO("prog", "com.example.thing"));
    folder_put_text("X.app/Contents/_CodeSignature/CodeResources", "");
    folder_put_text("X.app/Contents/Resources/text.txt", "no member");
    put_macho("X.app/Contents/MacOS/prog", PROGRAM);
    put_macho("X.app/Contents/MacOS/helper", PROGRAM);
    put_macho("X.app/Contents/Resources/deep/tool", PROGRAM);
    put_macho("X.app/Contents/MacOS/prog.dSYM/Contents/Resources/DWARF/prog", DEBUG_FILE);
    folder_put_text("X.app/Contents/MacOS/prog.dSYM/Contents/Info.plist", INFO("", "of.debug"));
    put_macho("X.app/Contents/Frameworks/Y.framework/Versions/A/Y", PROGRAM);
    put_macho("X.app/Contents/Frameworks/Y.framework/Versions/A/Helpers/h", PROGRAM);
    folder_put_text("X.app/Contents/Frameworks/Y.framework/Versions/A/Resources/Info.plist",
                    INFO("Y", "com.example.y"));
    folder_put_text("X.app/Contents/Frameworks/Y.framework/Versions/A/_CodeSignature/CodeResources",
                    "");
    put_macho("outside", PROGRAM);
    scan_all();
    group_is(0, "/X.app",
             "main-executable Contents/MacOS/prog\n"
             "info-plist Contents/Info.plist\n"
             "code-resources Contents/_CodeSignature/CodeResources\n"
             "executable Contents/MacOS/helper\n"
             "executable Contents/Resources/deep/tool\n"
             "bundle Contents/Frameworks/Y.framework\n");
    says(0, "com.example.thing", "1.2.3");
    group_is(1, "/X.app/Contents/Frameworks/Y.framework",
             "main-executable Versions/A/Y\n"
             "info-plist Versions/A/Resources/Info.plist\n"
             "code-resources Versions/A/_CodeSignature/CodeResources\n"
             "executable Versions/A/Helpers/h\n");
    no_group(2);
    end();
}
END_TEST

START_TEST(flat_bundles_and_frameworks_without_links_are_groups)
{
    folder_begin();
    folder_put_text("Flat.appex/Info.plist", INFO("prog", "com.example.flat"));
    put_macho("Flat.appex/prog", PROGRAM);
    folder_put_text("W.framework/Resources/Info.plist", INFO("W", "com.example.w"));
    put_macho("W.framework/Versions/A/W", PROGRAM);
    put_macho("W.framework/W", PROGRAM);
    /* Nothing in its name, and nothing to run, but a list of its files. */
    folder_put_text("data/Info.plist", INFO("", "com.example.data"));
    folder_put_text("data/_CodeSignature/CodeResources", "");
    scan_all();
    group_is(0, "/Flat.appex", "main-executable prog\ninfo-plist Info.plist\n");
    group_is(1, "/W.framework",
             "main-executable Versions/A/W\nmain-executable W\ninfo-plist Resources/Info.plist\n");
    group_is(2, "/data", "info-plist Info.plist\ncode-resources _CodeSignature/CodeResources\n");
    says(2, "", ""); /* no executable told what it says */
    no_group(3);
    end();
}
END_TEST

START_TEST(an_info_plist_that_names_another_file_makes_none_the_main_executable)
{
    folder_begin();
    folder_put_text("A.app/Contents/Info.plist", INFO("../../outside", "com.example.lie"));
    folder_put_text("A.app/Contents/_CodeSignature/CodeResources", "");
    put_macho("A.app/Contents/MacOS/prog", PROGRAM);
    put_macho("outside", PROGRAM);
    folder_put_text("B.app/Contents/Info.plist", INFO("gone", "com.example.lie"));
    put_macho("B.app/Contents/MacOS/B", PROGRAM);
    folder_put_text("C.app/Contents/Info.plist", "no property list");
    put_macho("C.app/Contents/MacOS/prog", PROGRAM);
    scan_all();
    group_is(0, "/A.app",
             "info-plist Contents/Info.plist\n"
             "code-resources Contents/_CodeSignature/CodeResources\n"
             "executable Contents/MacOS/prog\n");
    says(0, "", "");
    no_group(1);
    end();
}
END_TEST

START_TEST(names_in_another_case_are_other_names)
{
    folder_begin();
    folder_put_text("X.app/contents/info.plist", INFO("prog", "com.example.lower"));
    put_macho("X.app/contents/macos/prog", PROGRAM);
    folder_put_text("Y.app/Contents/Info.plist", INFO("prog", "com.example.y"));
    put_macho("Y.app/Contents/MacOS/prog", PROGRAM);
    folder_put_text("y.app/Contents/Info.plist", INFO("prog", "com.example.small"));
    put_macho("y.app/Contents/MacOS/prog", PROGRAM);
    put_macho("y.app/Contents/MacOS/PROG", PROGRAM);
    scan_all();
    group_is(0, "/Y.app", "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist\n");
    says(0, "com.example.y", "1.2.3");
    group_is(1, "/y.app",
             "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist\n"
             "executable Contents/MacOS/PROG\n");
    says(1, "com.example.small", "1.2.3");
    no_group(2);
    end();
}
END_TEST

START_TEST(folders_that_begin_alike_are_no_bundles_in_each_other)
{
    folder_begin();
    folder_put_text("a/X.app/Contents/Info.plist", INFO("prog", "com.example.x"));
    put_macho("a/X.app/Contents/MacOS/prog", PROGRAM);
    folder_put_text("a/X.app.backup/Contents/Info.plist", INFO("prog", "com.example.backup"));
    put_macho("a/X.app.backup/Contents/MacOS/prog", PROGRAM);
    put_macho("a/X.apple", PROGRAM);
    scan_all();
    group_is(0, "/a/X.app",
             "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist\n");
    group_is(1, "/a/X.app.backup",
             "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist\n");
    no_group(2);
    end();
}
END_TEST

START_TEST(another_name_of_a_main_executable_is_none)
{
    char from[256], to[256];
    folder_begin();
    folder_put_text("A.app/Contents/Info.plist", INFO("prog", "com.example.a"));
    put_macho("A.app/Contents/MacOS/prog", PROGRAM);
    folder_put_text("B.app/Contents/Info.plist", INFO("else", "com.example.b"));
    folder_put_text("B.app/Contents/_CodeSignature/CodeResources", "");
    folder_put_text("B.app/Contents/MacOS/none", "");
    snprintf(from, sizeof from, "%s/A.app/Contents/MacOS/prog", root);
    snprintf(to, sizeof to, "%s/B.app/Contents/MacOS/prog", root);
    ck_assert_int_eq(link(from, to), 0);
    snprintf(to, sizeof to, "%s/A.app/Contents/MacOS/z", root);
    ck_assert_int_eq(link(from, to), 0);
    scan_all();
    group_is(0, "/A.app",
             "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist\n"
             "executable Contents/MacOS/z\n");
    says(0, "com.example.a", "1.2.3");
    group_is(1, "/B.app",
             "info-plist Contents/Info.plist\n"
             "code-resources Contents/_CodeSignature/CodeResources\n"
             "executable Contents/MacOS/prog\n");
    says(1, "", "");
    end();
}
END_TEST

START_TEST(links_are_neither_parts_nor_ways)
{
    char to[256];
    folder_begin();
    folder_put_text("elsewhere.plist", INFO("prog", "com.example.x"));
    put_macho("X.app/Contents/MacOS/prog", PROGRAM);
    snprintf(to, sizeof to, "%s/X.app/Contents/Info.plist", root);
    ck_assert_int_eq(symlink("../../elsewhere.plist", to), 0);
    put_macho("Y.framework/Versions/A/Y", PROGRAM);
    folder_put_text("Y.framework/Versions/A/Resources/Info.plist", INFO("Y", "com.example.y"));
    snprintf(to, sizeof to, "%s/Y.framework/Versions/Current", root);
    ck_assert_int_eq(symlink("A", to), 0);
    scan_all();
    group_is(0, "/Y.framework",
             "main-executable Versions/A/Y\ninfo-plist Versions/A/Resources/Info.plist\n");
    no_group(1);
    end();
}
END_TEST

START_TEST(a_main_executable_alone_tells_of_its_bundle)
{
    folder_begin();
    folder_put_text("X.app/Contents/Info.plist", INFO("prog", "com.example.x"));
    put_macho("X.app/Contents/MacOS/prog", PROGRAM);
    scan_names((const char *const[]){"/X.app/Contents/MacOS/prog", NULL});
    group_is(0, "/X.app",
             "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist -\n");
    says(0, "com.example.x", "1.2.3");
    vp_scan_free(scan);
    /* What is named twice is there once. */
    scan_names((const char *const[]){"", "/X.app/Contents/MacOS/prog", "", NULL});
    group_is(0, "/X.app", "main-executable Contents/MacOS/prog\ninfo-plist Contents/Info.plist\n");
    no_group(1);
    end();
}
END_TEST

START_TEST(parts_of_a_bundle_alone_are_no_group)
{
    folder_begin();
    folder_put_text("A.app/Contents/Info.plist", INFO("prog", "com.example.x"));
    folder_put_text("B.app/Contents/_CodeSignature/CodeResources", "");
    put_macho("B.app/Contents/MacOS/prog", PROGRAM);
    put_macho("C.app/Contents/MacOS/prog", PROGRAM);
    folder_put_text("Info.plist", INFO("prog", "com.example.x"));
    put_macho("prog", PROGRAM);
    scan_all();
    no_group(0);
    end();
}
END_TEST

START_TEST(driver_packages_come_before_bundles)
{
    struct vp_group group = {.size = sizeof group};
    folder_begin();
    folder_put_text("A.app/Contents/Info.plist", INFO("prog", "com.example.x"));
    put_macho("A.app/Contents/MacOS/prog", PROGRAM);
    folder_put_text("x.inf", "[Version]\nSignature=\"$Windows NT$\"\nProvider=Example\n");
    scan_all();
    ck_assert_int_eq(vp_scan_group(scan, 0, &group), VP_OK);
    ck_assert_int_eq(group.type, VP_GROUP_TYPE_DRIVER_PACKAGE);
    ck_assert_str_eq(group.identifier, "");
    ck_assert_int_eq(vp_scan_group(scan, 1, &group), VP_OK);
    ck_assert_int_eq(group.type, VP_GROUP_TYPE_BUNDLE);
    no_group(2);
    end();
}
END_TEST

/* By their paths alone: an Info.plist and a list. */
static void see_bundle(struct groups *groups, const char *folder)
{
    static char path[8192];
    struct vp_scan_item item = {.size = sizeof item, .path = path};
    snprintf(path, sizeof path, "%s/Info.plist", folder);
    vpi_groups_see(groups, &item, false);
    snprintf(path, sizeof path, "%s/_CodeSignature/CodeResources", folder);
    vpi_groups_see(groups, &item, false);
}

START_TEST(bundles_beyond_the_limit_are_left_out)
{
    struct groups groups = {0};
    for (unsigned i = 0; i < GROUPS_MOST + 10; i++) {
        char folder[32];
        snprintf(folder, sizeof folder, "%05x.app", i);
        see_bundle(&groups, folder);
    }
    vpi_groups_resolve(&groups);
    ck_assert_uint_eq(groups.count, GROUPS_MOST);
    ck_assert_uint_eq(groups.items[GROUPS_MOST - 1].count, 2);
    ck_assert_str_eq(groups.items[GROUPS_MOST - 1].path, "0ffff.app");
    vpi_groups_free(&groups);
}
END_TEST

START_TEST(bundles_nest_as_deep_as_paths_are_long)
{
    enum { DEPTH = 1000 };
    struct groups groups = {0};
    char folder[4 * DEPTH + 1] = "";
    for (unsigned i = 0; i < DEPTH; i++) {
        snprintf(folder + strlen(folder), 5, i ? "/x.b" : "a.b");
        see_bundle(&groups, folder);
    }
    vpi_groups_resolve(&groups);
    ck_assert_uint_eq(groups.count, DEPTH);
    for (unsigned i = 0; i < DEPTH; i++) {
        ck_assert_uint_eq(groups.items[i].count, i + 1 < DEPTH ? 3 : 2);
        ck_assert_int_eq(groups.items[i].members[groups.items[i].count - 1].role,
                         i + 1 < DEPTH ? VP_GROUP_ROLE_BUNDLE : VP_GROUP_ROLE_CODE_RESOURCES);
    }
    vpi_groups_free(&groups);
}
END_TEST

#define TESTS                                                                                      \
    TEST(a_program_its_parts_and_the_bundles_in_it_are_groups)                                     \
    TEST(flat_bundles_and_frameworks_without_links_are_groups)                                     \
    TEST(an_info_plist_that_names_another_file_makes_none_the_main_executable)                     \
    TEST(names_in_another_case_are_other_names)                                                    \
    TEST(folders_that_begin_alike_are_no_bundles_in_each_other)                                    \
    TEST(another_name_of_a_main_executable_is_none)                                                \
    TEST(links_are_neither_parts_nor_ways)                                                         \
    TEST(a_main_executable_alone_tells_of_its_bundle)                                              \
    TEST(parts_of_a_bundle_alone_are_no_group)                                                     \
    TEST(driver_packages_come_before_bundles)                                                      \
    TEST(bundles_beyond_the_limit_are_left_out)                                                    \
    TEST(bundles_nest_as_deep_as_paths_are_long)
#include "check_main.h"
