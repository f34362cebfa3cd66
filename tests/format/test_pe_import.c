/* test_pe_import.c - imports and exports, with pefile's limits */
#include "pe_read.h"

static struct pe_build pe;
static struct pe_read read;

static void import_is(size_t index, const char *library, const char *name, unsigned ordinal)
{
    ck_assert_uint_lt(index, read.image.import_count);
    const struct image_import *import = &read.image.imports[index];
    pe_read_is(import->library, library);
    pe_read_is(import->name, name);
    ck_assert_uint_eq(import->ordinal, ordinal);
    ck_assert_int_eq(import->by_ordinal, ordinal != 0);
}

static void done(void)
{
    pe_read_done(&read);
    pe_build_done(&pe);
}

START_TEST(imports_keep_their_order_and_delayed_ones_come_last)
{
    for (int plus = 0; plus < 2; plus++) {
        pe_build_init(&pe, plus);
        struct pe_bytes *data = pe_section(&pe, ".rdata");
        pe_delay_imports(&pe, data, "user32.dll:MessageBoxA,#7");
        pe_imports(&pe, data, "KERNEL32.dll:ExitProcess,GetLastError WS2_32.dll:#3,bind");
        pe_read_build(&read, &pe);
        ck_assert_uint_eq(read.image.import_count, 6);
        import_is(0, "KERNEL32.dll", "ExitProcess", 0);
        import_is(1, "KERNEL32.dll", "GetLastError", 0);
        import_is(2, "WS2_32.dll", "", 3);
        import_is(3, "WS2_32.dll", "bind", 0);
        ck_assert(!read.image.imports[3].delayed);
        import_is(4, "user32.dll", "MessageBoxA", 0);
        import_is(5, "user32.dll", "", 7);
        ck_assert(read.image.imports[4].delayed);
        done();
    }
}
END_TEST

START_TEST(functions_that_pefile_leaves_out_are_left_out)
{
    pe_build_init(&pe, true);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    pe_imports(&pe, data, "a.dll:One,T*o,Thr-ee,#0,,?Four@@YAXXZ");
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 2);
    import_is(0, "a.dll", "One", 0);
    import_is(1, "a.dll", "?Four@@YAXXZ", 0);
    done();
}
END_TEST

START_TEST(a_library_with_an_odd_name_is_called_invalid_and_one_without_is_left_out)
{
    pe_build_init(&pe, true);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    pe_imports(&pe, data, "a*b.dll:One :Two d\\c.dll:Three");
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 2);
    import_is(0, "*invalid*", "One", 0);
    import_is(1, "d\\c.dll", "Three", 0);
    done();
}
END_TEST

START_TEST(a_name_is_at_most_512_bytes_long)
{
    char text[700] = "a.dll:";
    memset(text + 6, 'n', 600);
    pe_build_init(&pe, true);
    pe_imports(&pe, pe_section(&pe, ".rdata"), text);
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 1);
    ck_assert_uint_eq(read.image.imports[0].name.len, 512);
    done();
}
END_TEST

START_TEST(without_a_lookup_table_the_address_table_counts)
{
    pe_build_init(&pe, false);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    pe_imports(&pe, data, "a.dll:One,Two");
    pe_set_uint(data, 0, 0, 4); /* OriginalFirstThunk */
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 2);
    import_is(1, "a.dll", "Two", 0);
    done();
}
END_TEST

START_TEST(one_name_from_nowhere_costs_the_library_its_functions)
{
    pe_build_init(&pe, false);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    pe_imports(&pe, data, "a.dll:One,Two b.dll:Three");
    /* The second thunk of a.dll's look-up table, which stands behind three descriptors. */
    pe_set_uint(data, 64 + 4, 0x900000, 4);
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 1);
    import_is(0, "b.dll", "Three", 0);
    done();
}
END_TEST

START_TEST(old_delay_imports_hold_virtual_addresses)
{
    pe_build_init(&pe, false);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    pe_delay_imports(&pe, data, "a.dll:One");
    pe_set_uint(data, 0, 0, 4); /* attributes: none */
    const size_t fields[] = {4, 12, 16, 64, 88};
    for (size_t i = 0; i < 5; i++) {
        uint64_t value = 0;
        for (size_t k = 4; k > 0; k--)
            value = value << 8 | data->data[fields[i] + k - 1];
        if (value)
            pe_set_uint(data, fields[i], value + pe.image_base, 4);
    }
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 1);
    import_is(0, "a.dll", "One", 0);
    done();
}
END_TEST

/* One library with `count` functions of one name each, at addresses `step` apart. */
static void many_imports(size_t count, size_t step)
{
    pe_build_init(&pe, false);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    size_t thunks = 40, names = thunks + (count + 1) * 4;
    for (size_t i = 0; i < names; i++)
        pe_put_uint(data, 0, 1);
    pe_set_uint(data, 0, data->address + thunks, 4);
    pe_set_uint(data, 12, pe_here(data), 4);
    pe_put_text(data, "a.dll");
    pe_align(data, 2);
    uint32_t first = pe_here(data);
    pe_put_uint(data, 0, 2);
    pe_put_text(data, "Fun"); /* and then one of one letter every two bytes */
    for (size_t i = 0; i < count * step; i++)
        pe_put(data, "x", 2);
    for (size_t i = 0; i < count; i++)
        pe_set_uint(data, thunks + i * 4, first + i * step, 4);
    pe.directories[1].address = data->address;
    pe.sections[0].virtual_len = pe.image_len = 0x1000000;
}

START_TEST(an_address_seen_fifteen_times_spoils_the_table)
{
    many_imports(15, 0); /* fourteen repetitions */
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 15);
    done();
    many_imports(16, 0);
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 0);
    done();
}
END_TEST

START_TEST(beyond_8192_thunks_nothing_is_imported)
{
    many_imports(9000, 2);
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 8193);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    done();
}
END_TEST

START_TEST(an_import_table_that_points_into_itself_ends)
{
    pe_build_init(&pe, false);
    struct pe_bytes *data = pe_section(&pe, ".rdata");
    for (int i = 0; i < 4000; i++) /* every field of every descriptor is the table's address */
        pe_put_uint(data, data->address, 4);
    pe.directories[1].address = pe.directories[13].address = data->address;
    pe_read_build(&read, &pe);
    ck_assert_uint_eq(read.image.import_count, 0);
    ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
    done();
}
END_TEST

START_TEST(exports_are_named_ones_in_order_and_then_bare_ordinals)
{
    pe_build_init(&pe, false);
    pe_exports(&pe, pe_section(&pe, ".edata"), "thing.dll", "Alpha,-,=Beta,Gam ma");
    pe_read_build(&read, &pe);
    pe_read_is(read.image.export_library, "thing.dll");
    ck_assert_uint_eq(read.image.export_count, 4);
    const struct image_export *e = read.image.exports;
    pe_read_is(e[0].name, "Alpha");
    ck_assert_uint_eq(e[0].ordinal, 1);
    ck_assert(!e[0].forwarded);
    pe_read_is(e[1].name, "Beta");
    ck_assert(e[1].forwarded);
    pe_read_is(e[2].name, "Gam ma");
    ck_assert_uint_eq(e[2].ordinal, 4);
    pe_read_is(e[3].name, "");
    ck_assert_uint_eq(e[3].ordinal, 2);
    done();
}
END_TEST

START_TEST(exports_that_nobody_wants_are_left_out_and_what_is_wrong_with_them_is_not)
{
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        pe_build_init(&pe, false);
        struct pe_bytes *data = pe_section(&pe, ".edata");
        pe_exports(&pe, data, "thing.dll", "Alpha,Beta");
        if (wrong)
            pe_set_uint(data, 40 + 8 + 8 + 2, 9, 2); /* the second ordinal */
        pe_finish(&pe);
        pe_read_begin(&read, pe.bytes, pe.len, 0);
        read.image.unwanted = IMAGE_PART_EXPORTS;
        vpi_format_read(&read.image, &read.src);
        pe_read_is(read.image.export_library, "thing.dll");
        ck_assert_uint_eq(read.image.export_count, 0);
        ck_assert(read.image.exports_partial);
        ck_assert_int_eq(pe_read_noted(&read, VP_NOTE_MALFORMED), wrong);
        done();
    }
}
END_TEST

START_TEST(exports_beyond_the_maximum_or_the_functions_are_refused)
{
    pe_build_init(&pe, false);
    struct pe_bytes *data = pe_section(&pe, ".edata");
    pe_exports(&pe, data, "thing.dll", "Alpha,Beta");
    pe_set_uint(data, 20, 0xffffffff, 4); /* functions */
    pe_set_uint(data, 24, 0xffffffff, 4); /* names */
    pe_read_build(&read, &pe);
    ck_assert(pe_read_gap(&read, VP_GAP_COUNT_LIMIT));
    ck_assert_uint_ge(read.image.export_count, 2);
    ck_assert_uint_le(read.image.export_count, IMAGE_EXPORTS_MOST);
    done();
    pe_build_init(&pe, false);
    data = pe_section(&pe, ".edata");
    pe_exports(&pe, data, "thing.dll", "Alpha,Beta");
    pe_set_uint(data, 40 + 8 + 8 + 2, 9, 2); /* the second ordinal */
    pe_read_build(&read, &pe);
    ck_assert(pe_read_noted(&read, VP_NOTE_MALFORMED));
    ck_assert_uint_eq(read.image.export_count, 2); /* Alpha, and the other one without its name */
    done();
}
END_TEST

#define TESTS                                                                                      \
    TEST(imports_keep_their_order_and_delayed_ones_come_last)                                      \
    TEST(functions_that_pefile_leaves_out_are_left_out)                                            \
    TEST(a_library_with_an_odd_name_is_called_invalid_and_one_without_is_left_out)                 \
    TEST(a_name_is_at_most_512_bytes_long)                                                         \
    TEST(without_a_lookup_table_the_address_table_counts)                                          \
    TEST(one_name_from_nowhere_costs_the_library_its_functions)                                    \
    TEST(old_delay_imports_hold_virtual_addresses)                                                 \
    TEST(an_address_seen_fifteen_times_spoils_the_table)                                           \
    TEST(beyond_8192_thunks_nothing_is_imported)                                                   \
    TEST(an_import_table_that_points_into_itself_ends)                                             \
    TEST(exports_are_named_ones_in_order_and_then_bare_ordinals)                                   \
    TEST(exports_that_nobody_wants_are_left_out_and_what_is_wrong_with_them_is_not)                \
    TEST(exports_beyond_the_maximum_or_the_functions_are_refused)
#include "check_main.h"
