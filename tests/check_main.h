/* check_main.h - one suite a program: TESTS lists what it runs
 *
 *     #define TESTS TEST(every_prefix_of_a_pe_is_safe) TEST(...)
 *     #include "check_main.h"
 */
#include <check.h>
#include <stdlib.h>

int main(void)
{
    Suite *suite = suite_create("vendorprint");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 300);
#define TEST(name) tcase_add_test(tests, name);
    TESTS
#undef TEST
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    /* One process: sanitizers see everything, and fork costs nothing. */
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
