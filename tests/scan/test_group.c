/* test_group.c - the files of a driver package are told together */
#include "test_folder.h"

#include "vendorprint/vendorprint.h"

static const char inf[] = "[Version]\nSignature=\"$Windows NT$\"\nProvider=%P%\n"
                          "CatalogFile=x.cat\nDriverVer=01/02/2020,3.4.5.6\n"
                          "[SourceDisksNames]\n1=disk,,,amd64\n2=disk\n"
                          "[SourceDisksFiles]\nx.sys=1\nX.DLL=2\nx.dll=2\ngone.dll=2\n"
                          "..\\other.txt=2\n[Strings]\nP=\"Example\"\n";

static void make_tree(void)
{
    folder_begin();
    folder_put_text("other.txt", "not of the package");
    folder_put_text("p/X.inf", inf);
    folder_put_text("p/X.CAT", "no catalog, but called so");
    folder_put_text("p/x.dll", "");
    folder_put_text("p/AMD64/x.sys", "");
    folder_put_text("empty/y.inf", "no INF at all");
}

static struct vp_scan *scan_all(const char *path)
{
    struct vp_scan *scan = NULL;
    struct vp_scan_options options = {.size = sizeof options, .jobs = 2};
    struct vp_scan_item item = {.size = sizeof item};
    ck_assert_int_eq(vp_scan_start(NULL, &path, 1, &options, &scan, NULL), VP_OK);
    while (vp_scan_next(scan, &item, NULL) == VP_OK)
        vp_result_unref(item.result);
    return scan;
}

/* The path of the member called `name` behind the root, "" when there is none, NULL when nobody is
 * called so. */
static const char *path_of(struct vp_scan *scan, const char *name, enum vp_group_role role)
{
    struct vp_group_member member = {.size = sizeof member};
    for (uint32_t i = 0; vp_scan_group_member(scan, 0, i, &member) == VP_OK; i++) {
        if (strcmp(member.name, name) == 0) {
            ck_assert_int_eq(member.role, role);
            ck_assert_uint_eq(member.path_len, strlen(member.path));
            return member.path_len ? member.path + strlen(root) : "";
        }
    }
    return NULL;
}

START_TEST(an_inf_its_catalog_and_its_files_are_one_group)
{
    make_tree();
    struct vp_scan *scan = scan_all(root);
    struct vp_group group = {.size = sizeof group};
    ck_assert_int_eq(vp_scan_group(scan, 0, &group), VP_OK);
    ck_assert_int_eq(group.type, VP_GROUP_TYPE_DRIVER_PACKAGE);
    ck_assert_str_eq(group.path + strlen(root), "/p/X.inf");
    ck_assert_str_eq(group.provider, "Example");
    ck_assert_str_eq(group.version, "3.4.5.6");
    /* X.DLL and x.dll are one name. */
    ck_assert_uint_eq(group.members, 6);
    ck_assert_str_eq(path_of(scan, "X.inf", VP_GROUP_ROLE_INF), "/p/X.inf");
    ck_assert_str_eq(path_of(scan, "x.cat", VP_GROUP_ROLE_CATALOG), "/p/X.CAT");
    ck_assert_str_eq(path_of(scan, "amd64/x.sys", VP_GROUP_ROLE_FILE), "/p/AMD64/x.sys");
    ck_assert_str_eq(path_of(scan, "X.DLL", VP_GROUP_ROLE_FILE), "/p/x.dll");
    ck_assert_str_eq(path_of(scan, "gone.dll", VP_GROUP_ROLE_FILE), "");
    ck_assert_ptr_null(path_of(scan, "x.dll", VP_GROUP_ROLE_FILE));
    /* What is above the INF's folder belongs to somebody else. */
    ck_assert_str_eq(path_of(scan, "../other.txt", VP_GROUP_ROLE_FILE), "");
    ck_assert_int_eq(vp_scan_group(scan, 1, &group), VP_E_NOT_FOUND);
    struct vp_group_member member = {.size = sizeof member};
    ck_assert_int_eq(vp_scan_group_member(scan, 0, 6, &member), VP_E_NOT_FOUND);
    ck_assert_int_eq(vp_scan_group_member(scan, 1, 0, &member), VP_E_NOT_FOUND);
    vp_scan_free(scan);
}
END_TEST

START_TEST(a_scan_without_an_inf_has_no_group)
{
    char path[128];
    struct vp_group group = {.size = sizeof group};
    snprintf(path, sizeof path, "%s/empty", root);
    struct vp_scan *scan = scan_all(path);
    ck_assert_int_eq(vp_scan_group(scan, 0, &group), VP_E_NOT_FOUND);
    vp_scan_free(scan);
    snprintf(path, sizeof path, "%s/p/AMD64", root);
    scan = scan_all(path);
    ck_assert_int_eq(vp_scan_group(scan, 0, &group), VP_E_NOT_FOUND);
    vp_scan_free(scan);
}
END_TEST

START_TEST(an_inf_alone_is_a_group_too)
{
    char path[128];
    struct vp_group group = {.size = sizeof group};
    snprintf(path, sizeof path, "%s/p/X.inf", root);
    struct vp_scan *scan = scan_all(path);
    ck_assert_int_eq(vp_scan_group(scan, 0, &group), VP_OK);
    ck_assert_str_eq(path_of(scan, "X.inf", VP_GROUP_ROLE_INF), "/p/X.inf");
    ck_assert_str_eq(path_of(scan, "x.cat", VP_GROUP_ROLE_CATALOG), "");
    vp_scan_free(scan);
    folder_end();
}
END_TEST

#define TESTS                                                                                      \
    TEST(an_inf_its_catalog_and_its_files_are_one_group)                                           \
    TEST(a_scan_without_an_inf_has_no_group)                                                       \
    TEST(an_inf_alone_is_a_group_too)
#include "../check_main.h"
