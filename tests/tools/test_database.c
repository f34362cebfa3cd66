/* test_database.c - which serial the command demands, and remembers, of which database
 *
 * The library is replaced: what counts is how it is called.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "../../tools/database.h"
#include "../../tools/state.h"

static uint64_t serial_of_database, minimum_asked;
static const char *path_asked;

enum vp_status vp_db_open(const char *path, const struct vp_db_options *options,
                          struct vp_db **ret_db, struct vp_error *err)
{
    path_asked = path;
    minimum_asked = options->minimum_serial;
    if (serial_of_database < options->minimum_serial) {
        *err = (struct vp_error){.status = VP_E_DATABASE, .text = "too old"};
        return VP_E_DATABASE;
    }
    *ret_db = (struct vp_db *)&serial_of_database;
    return VP_OK;
}

void vp_db_info(struct vp_db *db, struct vp_db_info *ret_info)
{
    ret_info->serial = serial_of_database;
    strcpy(ret_info->expires, "9999-12-31");
}

enum vp_status vp_db_policy_at(struct vp_db *db, uint32_t index, struct vp_policy *ret_policy)
{
    return VP_E_NOT_FOUND;
}

static char folder[] = "/tmp/vendorprint-state-XXXXXX";

static void start(uint64_t serial)
{
    static bool made;
    char command[64];
    if (!made)
        ck_assert_ptr_nonnull(mkdtemp(folder));
    made = true;
    setenv("XDG_STATE_HOME", folder, 1);
    unsetenv("VENDORPRINT_DATABASE");
    snprintf(command, sizeof command, "rm -rf '%s/vendorprint'", folder);
    ck_assert_int_eq(system(command), 0);
    serial_of_database = serial;
}

static bool opens(const char *path)
{
    struct options options = {.database = path};
    return database_open(&options, NULL) != NULL;
}

static void write_state(const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/vendorprint", folder);
    mkdir(path, 0700);
    strcat(path, "/serial");
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(an_older_default_database_is_refused)
{
    start(7);
    ck_assert(opens(NULL));
    ck_assert_ptr_null(path_asked);
    ck_assert_uint_eq(minimum_asked, 0);
    ck_assert_uint_eq(state_serial(), 7);
    ck_assert(opens(NULL));
    ck_assert_uint_eq(minimum_asked, 7);
    serial_of_database = 6;
    ck_assert(!opens(NULL));
    ck_assert_uint_eq(state_serial(), 7);
    serial_of_database = 8;
    ck_assert(opens(NULL));
    ck_assert_uint_eq(state_serial(), 8);
}
END_TEST

START_TEST(a_database_that_is_named_may_be_older_and_is_not_remembered)
{
    start(7);
    ck_assert(opens(NULL));
    serial_of_database = 3;
    ck_assert(opens("named.vpdb"));
    ck_assert_uint_eq(minimum_asked, 0);
    setenv("VENDORPRINT_DATABASE", "named.vpdb", 1);
    serial_of_database = 9;
    ck_assert(opens(NULL));
    ck_assert_uint_eq(state_serial(), 7);
}
END_TEST

START_TEST(the_file_is_private_and_alone)
{
    struct stat status;
    char path[128];
    start(5);
    state_remember(5);
    snprintf(path, sizeof path, "%s/vendorprint/serial", folder);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/vendorprint", folder);
    ck_assert_int_eq(unlink(strcat(path, "/serial")), 0);
    path[strlen(path) - strlen("/serial")] = '\0';
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(what_is_no_number_is_ignored)
{
    static const char *const texts[] = {"", "\n", "x", "-1", " 5", "\xff"};
    start(1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_state(texts[i]);
        ck_assert_uint_eq(state_serial(), 0);
    }
    write_state("12\n");
    ck_assert_uint_eq(state_serial(), 12);
}
END_TEST

START_TEST(without_a_folder_nothing_is_remembered)
{
    start(4);
    setenv("XDG_STATE_HOME", "relative", 1);
    unsetenv("HOME");
    state_remember(4);
    ck_assert_uint_eq(state_serial(), 0);
    ck_assert_int_ne(access("relative", F_OK), 0);
    ck_assert(opens(NULL));
    setenv("XDG_STATE_HOME", "/proc/nonexistent", 1);
    state_remember(4);
    ck_assert_uint_eq(state_serial(), 0);
}
END_TEST

#define TESTS                                                                                      \
    TEST(an_older_default_database_is_refused)                                                     \
    TEST(a_database_that_is_named_may_be_older_and_is_not_remembered)                              \
    TEST(the_file_is_private_and_alone)                                                            \
    TEST(what_is_no_number_is_ignored)                                                             \
    TEST(without_a_folder_nothing_is_remembered)
#include "check_main.h"
