/* test_build.c - the same bytes whatever the order, the memory and the threads; nothing is lost */
#include "test_folder.h"

#include <signal.h>
#include <sys/resource.h>

#include "../db/sample.h"
#include "set/build.h"

enum { MANY = 60000 };

static char path[128];

static void make_folder(void)
{
    folder_begin();
    snprintf(path, sizeof path, "%s/a.vpdb", root);
}

static const struct write_content content = {
    .serial = 7,
    .kinds = sample_kinds,
    .kind_count = sizeof sample_kinds / sizeof *sample_kinds,
    .subjects = sample_subjects,
    .subject_count = SAMPLE_SUBJECTS,
    .gates = sample_gates,
    .gate_count = 1,
};

/* Adds the sample's keys, each `step` from the last one: another order for another step. */
static enum vp_status build_steps(struct vpi_build *build, size_t step)
{
    struct write_key keys[2];
    enum vp_status status = VP_OK;
    for (size_t n = 0, i = 0; n < MANY; n++, i = (i + step) % MANY) {
        size_t count = sample_fill_one(keys, i);
        for (size_t k = 0; k < count && status == VP_OK; k++)
            status = vpi_build_add(build, keys[k].key, &keys[k].record, NULL);
    }
    return status;
}

/* The file's bytes, of which the caller frees the data. */
static struct span built(size_t step, const struct build_options *options)
{
    struct arena arena;
    struct vpi_build *build = NULL;
    struct stat st;
    struct vp_error err = {0};
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_build_new(options, &arena, &build, NULL), VP_OK);
    ck_assert_int_eq(build_steps(build, step), VP_OK);
    ck_assert_msg(vpi_build_file(build, &content, path, &err) == VP_OK, "%s", err.text);
    vpi_build_free(build);
    vpi_arena_done(&arena);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &st), 0);
    uint8_t *data = malloc((size_t)st.st_size);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(fread(data, 1, (size_t)st.st_size, file), (size_t)st.st_size);
    fclose(file);
    ck_assert_int_eq(unlink(path), 0);
    return span_of(data, (size_t)st.st_size);
}

START_TEST(order_memory_and_threads_dont_show)
{
    struct vp_db *db = NULL;
    make_folder();
    /* In memory in one part; then in 12 and more sorted runs of several parts each. */
    struct build_options one = {NULL, 0, 1}, spilled = {path, 400000, 1},
                         threads = {path, 900000, 3};
    struct span a = built(1, &one);
    struct span b = built(MANY - 1, &spilled);
    struct span c = built(7919, &threads);
    ck_assert(span_equal(a, b));
    ck_assert(span_equal(a, c));
    ck_assert_int_eq(vp_db_open_memory(a.data, a.len, NULL, &db, NULL), VP_OK);
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    ck_assert_uint_eq(info.keys, MANY);
    ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK); /* looks every key up */
    vp_db_unref(db);
    free((void *)(uintptr_t)a.data);
    free((void *)(uintptr_t)b.data);
    free((void *)(uintptr_t)c.data);
    ck_assert_int_eq(rmdir(root), 0); /* nothing was left behind */
}
END_TEST

START_TEST(any_number_of_threads_writes_the_same_bytes_from_the_spool)
{
    struct span first = {NULL, 0};
    make_folder();
    /* 1 byte: memory for 1,024 records, so that there are 65 runs of as many parts. */
    for (unsigned threads = 1; threads <= 4; threads *= 2) {
        struct build_options options = {path, 1, threads};
        struct span bytes = built(7919, &options);
        if (threads == 1)
            first = bytes;
        ck_assert(span_equal(first, bytes));
        if (threads > 1)
            free((void *)(uintptr_t)bytes.data);
    }
    free((void *)(uintptr_t)first.data);
    ck_assert_int_eq(rmdir(root), 0);
}
END_TEST

/* What a build says when no file may be longer than `most`. */
static enum vp_status build_on_full_disk(const struct build_options *options, rlim_t most)
{
    struct arena arena;
    struct vpi_build *build = NULL;
    struct vp_error err = {0};
    struct rlimit whole, limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &whole), 0);
    limit = whole;
    limit.rlim_cur = most;
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_build_new(options, &arena, &build, NULL), VP_OK);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum vp_status status = build_steps(build, 1);
    if (status == VP_OK)
        status = vpi_build_file(build, &content, path, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &whole), 0);
    vpi_build_free(build);
    vpi_arena_done(&arena);
    return status;
}

START_TEST(a_disk_that_is_full_at_any_time_is_an_error)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    make_folder();
    ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, &before), 0);
    for (unsigned threads = 1; threads <= 4; threads *= 2) {
        struct build_options options = {path, 1, threads};
        enum vp_status status = VP_E_IO;
        unsigned failures = 0;
        /* Runs, keys, records and the database have different lengths. */
        for (rlim_t most = 4096; status != VP_OK; most += most / 4, failures++) {
            ck_assert_uint_lt(most, 64 << 20);
            status = build_on_full_disk(&options, most);
            ck_assert(status == VP_OK || status == VP_E_IO);
            ck_assert_int_eq(unlink(path), status == VP_OK ? 0 : -1);
        }
        ck_assert_uint_gt(failures, 10);
    }
    ck_assert_int_eq(sigaction(SIGXFSZ, &before, NULL), 0);
    ck_assert_int_eq(rmdir(root), 0);
}
END_TEST

static enum vp_status write_same_key(uint32_t records, struct vp_db **ret_db)
{
    static char versions[70000][8];
    struct arena arena;
    struct span bytes;
    vpi_arena_init(&arena, 0);
    struct write_key *keys = vpi_arena_array(&arena, records, sizeof *keys);
    ck_assert_ptr_nonnull(keys);
    for (uint32_t i = 0; i < records; i++) {
        struct vp_key key = sample_key(KIND_FILE_MD5, 1);
        snprintf(versions[i], sizeof versions[i], "%06u", (records - 1 - i) % 100000);
        keys[i].key = (struct hash128){key.low, key.high};
        keys[i].record = (struct db_record){.kind = KIND_FILE_MD5,
                                            .gate = VPDB_NO_ROW,
                                            .relation = VP_RELATION_PUBLISHER,
                                            .confidence = VP_CONFIDENCE_LOW,
                                            .version = versions[i]};
    }
    struct write_content c = content;
    c.keys = keys;
    c.key_count = records;
    enum vp_status status = vpi_write(&arena, &c, &bytes, NULL);
    if (status == VP_OK)
        status = vp_db_open_memory(bytes.data, bytes.len, NULL, ret_db, NULL);
    vpi_arena_done(&arena);
    return status;
}

START_TEST(a_key_may_have_65535_records_and_no_more)
{
    struct vp_db *db = NULL;
    struct vp_key key = sample_key(KIND_FILE_MD5, 1);
    struct vp_hit hit;
    struct vp_record record = {.size = sizeof record};
    ck_assert_int_eq(write_same_key(65536, &db), VP_E_SET);
    ck_assert_int_eq(write_same_key(65535, &db), VP_OK);
    vp_lookup_batch(db, &key, 1, &hit);
    ck_assert_uint_eq(hit.count, 65535);
    ck_assert_int_eq(vp_db_record_at(db, hit, 0, &record), VP_OK);
    ck_assert_str_eq(record.version, "000000");
    ck_assert_int_eq(vp_db_record_at(db, hit, 65534, &record), VP_OK);
    ck_assert_str_eq(record.version, "065534");
    ck_assert_int_eq(vp_db_verify(db, NULL), VP_OK);
    vp_db_unref(db);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_an_error)
{
    struct arena arena;
    struct vpi_build *build = NULL;
    struct vp_error err = {0};
    struct build_options options = {"/nonexistent/a.vpdb", 1, 1};
    vpi_arena_init(&arena, 0);
    ck_assert_int_eq(vpi_build_new(&options, &arena, &build, NULL), VP_OK);
    ck_assert_int_eq(build_steps(build, 1), VP_E_IO); /* it spills, and can't */
    vpi_build_free(build);
    options.beside = NULL;
    ck_assert_int_eq(vpi_build_new(&options, &arena, &build, NULL), VP_OK);
    ck_assert_int_eq(vpi_build_file(build, &content, "/nonexistent/a.vpdb", &err), VP_E_IO);
    ck_assert_int_eq(err.status, VP_E_IO);
    vpi_build_free(build);
    /* A device that is always full: what was written is noticed to be missing, whenever. */
    ck_assert_int_eq(vpi_build_new(&options, &arena, &build, NULL), VP_OK);
    ck_assert_int_eq(build_steps(build, 1), VP_OK);
    for (int threads = 1; threads <= 2; threads++) {
        FILE *full = fopen("/dev/full", "wb");
        struct sink sink;
        if (!full)
            continue;
        ck_assert(vpi_sink_init(&sink, &arena, NULL, full));
        if (threads > 1)
            vpi_sink_thread(&sink);
        ck_assert_int_eq(sink.relay.running, threads > 1);
        ck_assert_int_eq(vpi_build_write(build, &content, &sink, &err), VP_E_IO);
        vpi_sink_done(&sink);
        fclose(full);
    }
    vpi_build_free(build);
    vpi_arena_done(&arena);
}
END_TEST

#define TESTS                                                                                      \
    TEST(order_memory_and_threads_dont_show)                                                       \
    TEST(any_number_of_threads_writes_the_same_bytes_from_the_spool)                               \
    TEST(a_disk_that_is_full_at_any_time_is_an_error)                                              \
    TEST(a_key_may_have_65535_records_and_no_more)                                                 \
    TEST(a_file_that_cannot_be_written_is_an_error)
#include "check_main.h"
