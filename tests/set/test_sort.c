/* test_sort.c - sorted runs are merged in any number of threads; failures and early ends leave none
 */
#include "test_folder.h"

#include "set/sort.h"

enum { MANY = 20000 };

static const unsigned threads_tried[] = {1, 2, 4};

/* Each number below MANY once; memory for 1,024 items. */
static void fill(struct sorter *sorter, const char *beside, unsigned threads)
{
    vpi_sorter_init(sorter, beside, 1, threads);
    for (uint32_t i = 0; i < MANY; i++) {
        struct sort_item item = {.key.high = (uint64_t)(i * 7919 % MANY) << 40,
                                 .line = i * 7919 % MANY};
        ck_assert_int_eq(vpi_sorter_add(sorter, &item, NULL), VP_OK);
    }
}

START_TEST(items_come_in_order_as_often_as_they_are_asked_for)
{
    folder_begin();
    for (size_t n = 0; n < 2 * sizeof threads_tried / sizeof *threads_tried; n++) {
        struct sorter sorter;
        struct sort_item item;
        fill(&sorter, n % 2 ? folder_path("a") : NULL, threads_tried[n / 2]);
        /* All, some, none and all of them again. */
        for (uint32_t count = MANY, round = 0; round < 4; round++) {
            count = round == 1 ? 5000 : round == 2 ? 0 : MANY;
            ck_assert_int_eq(vpi_sorter_end(&sorter, NULL), VP_OK);
            ck_assert_int_eq(sorter.relay.running, sorter.threads > 1);
            for (uint32_t i = 0; i < count; i++) {
                ck_assert(vpi_sorter_next(&sorter, &item));
                ck_assert_uint_eq(item.line, i);
            }
            ck_assert(count < MANY || !vpi_sorter_next(&sorter, &item));
            ck_assert(count < MANY || !vpi_sorter_next(&sorter, &item));
        }
        ck_assert(!sorter.failed);
        vpi_sorter_done(&sorter);
    }
    ck_assert_int_eq(rmdir(root), 0); /* nothing was left behind */
}
END_TEST

START_TEST(a_sorter_may_be_left_at_any_time)
{
    folder_begin();
    for (size_t n = 0; n < sizeof threads_tried / sizeof *threads_tried; n++) {
        for (int count = -1; count < 3; count++) {
            struct sorter sorter;
            struct sort_item item;
            fill(&sorter, folder_path("a"), threads_tried[n]);
            if (count >= 0)
                ck_assert_int_eq(vpi_sorter_end(&sorter, NULL), VP_OK);
            for (int i = 0; i < count; i++)
                ck_assert(vpi_sorter_next(&sorter, &item));
            vpi_sorter_done(&sorter); /* joins the thread that merges */
        }
    }
    ck_assert_int_eq(rmdir(root), 0);
}
END_TEST

START_TEST(runs_that_cannot_be_read_are_noticed)
{
    folder_begin();
    for (size_t n = 0; n < sizeof threads_tried / sizeof *threads_tried; n++) {
        struct sorter sorter;
        struct sort_item item;
        fill(&sorter, folder_path("a"), threads_tried[n]);
        ck_assert_int_eq(vpi_sorter_end(&sorter, NULL), VP_OK);
        vpi_relay_stop(&sorter.relay);
        fclose(sorter.spools[0].file);
        sorter.spools[0].file = fopen("/dev/null", "rb");
        ck_assert_ptr_nonnull(sorter.spools[0].file);
        ck_assert_int_eq(vpi_sorter_end(&sorter, NULL), VP_OK);
        ck_assert(!vpi_sorter_next(&sorter, &item));
        ck_assert(sorter.failed);
        vpi_sorter_done(&sorter);
    }
    ck_assert_int_eq(rmdir(root), 0);
}
END_TEST

#define TESTS                                                                                      \
    TEST(items_come_in_order_as_often_as_they_are_asked_for)                                       \
    TEST(a_sorter_may_be_left_at_any_time)                                                         \
    TEST(runs_that_cannot_be_read_are_noticed)
#include "check_main.h"
