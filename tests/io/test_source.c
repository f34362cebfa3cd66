/* test_source.c - spans over blocks, and the pass */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/os.h"

enum { BYTES = SOURCE_BLOCK * 3 + 1234 };

/* A context that counts its reads and can fail from an offset on. */
struct fake {
    uint8_t *bytes;
    uint64_t fail_from;
    unsigned reads;
};

static int64_t fake_read(void *context, uint64_t off, void *buffer, size_t len)
{
    struct fake *fake = context;
    fake->reads++;
    if (off + len > fake->fail_from)
        return -1;
    if (len > 100000) /* short reads are allowed */
        len = 100000;
    memcpy(buffer, fake->bytes + off, len);
    return (int64_t)len;
}

static const struct source_ops fake_ops = {fake_read};

static struct fake fake_new(void)
{
    struct fake fake = {malloc(BYTES), UINT64_MAX, 0};
    for (size_t i = 0; i < BYTES; i++)
        fake.bytes[i] = (uint8_t)(i * 31 + (i >> 8));
    return fake;
}

START_TEST(spans_equal_the_bytes_wherever_they_stand)
{
    struct fake fake = fake_new();
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct source src;
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    static const uint64_t places[][2] = {
        {0, 16},        {SOURCE_HEAD - 1, 2}, {SOURCE_BLOCK - 3, 6}, {SOURCE_BLOCK, SOURCE_BLOCK},
        {5, BYTES - 5}, {BYTES, 0},           {BYTES - 1, 1}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct span got;
        ck_assert(vpi_source_get(&src, places[i][0], places[i][1], &got));
        ck_assert_uint_eq(got.len, places[i][1]);
        if (got.len)
            ck_assert_mem_eq(got.data, fake.bytes + places[i][0], got.len);
    }
    struct span none;
    ck_assert(!vpi_source_get(&src, BYTES, 1, &none));
    ck_assert_int_eq(src.failure, SOURCE_SHORT);
    ck_assert(!vpi_source_get(&src, UINT64_MAX, 2, &none));
    ck_assert(vpi_source_get_some(&src, BYTES - 2, 100, &none));
    ck_assert_uint_eq(none.len, 2);
    vpi_arena_done(&arena);
    free(fake.bytes);
}
END_TEST

START_TEST(a_look_at_the_head_is_one_small_read)
{
    struct fake fake = fake_new();
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct source src;
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    struct span got;
    for (uint64_t off = 0; off < SOURCE_HEAD; off += 64)
        ck_assert(vpi_source_get(&src, off, 64, &got));
    ck_assert_uint_eq(fake.reads, 1);
    ck_assert_uint_eq(src.bytes_read, SOURCE_HEAD);
    vpi_arena_done(&arena);
    free(fake.bytes);
}
END_TEST

START_TEST(a_failed_read_and_a_full_arena_are_told_apart)
{
    struct fake fake = fake_new();
    fake.fail_from = SOURCE_BLOCK;
    struct arena arena;
    vpi_arena_init(&arena, SOURCE_BLOCK + 65536);
    struct source src;
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    struct span got;
    ck_assert(vpi_source_get(&src, 10000, 100, &got));
    ck_assert(!vpi_source_get(&src, SOURCE_BLOCK * 2, 100, &got));
    ck_assert_int_eq(src.failure, SOURCE_MEMORY);
    vpi_arena_done(&arena);
    vpi_arena_init(&arena, 0);
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    ck_assert(!vpi_source_get(&src, SOURCE_BLOCK * 2, 100, &got));
    ck_assert_int_eq(src.failure, SOURCE_READ);
    vpi_arena_done(&arena);
    free(fake.bytes);
}
END_TEST

struct collected {
    uint8_t *bytes;
    size_t len;
    bool finished;
};

static void collect(void *context, struct span bytes)
{
    struct collected *c = context;
    memcpy(c->bytes + c->len, bytes.data, bytes.len);
    c->len += bytes.len;
}

static void finished(void *context)
{
    ((struct collected *)context)->finished = true;
}

START_TEST(the_pass_feeds_every_consumer_its_ranges_and_reads_each_block_once)
{
    struct fake fake = fake_new();
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct source src;
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    static const struct source_range all[] = {{0, VP_NONE}};
    static const struct source_range some[] = {
        {3, 10}, {SOURCE_BLOCK - 1, 2}, {SOURCE_BLOCK * 2 + 7, VP_NONE}};
    static const struct source_range none[] = {{BYTES, 5}, {BYTES + 9, 5}};
    struct collected c[3] = {
        {malloc(BYTES), 0, false}, {malloc(BYTES), 0, false}, {NULL, 0, false}};
    struct source_consumer consumers[3] = {
        {.ranges = all, .range_count = 1, .context = &c[0], .cryptographic = true},
        {.ranges = some, .range_count = 3, .context = &c[1]},
        {.ranges = none, .range_count = 2, .context = &c[2]}};
    struct source_pass pass = {0};
    for (int i = 0; i < 3; i++) {
        consumers[i].update = collect;
        consumers[i].finish = finished;
        vpi_pass_add(&pass, &consumers[i]);
    }
    ck_assert(vpi_pass_run(&pass, &src));
    ck_assert_uint_eq(src.bytes_read, BYTES);
    ck_assert_uint_eq(pass.bytes_hashed, BYTES);
    ck_assert_uint_eq(c[0].len, BYTES);
    ck_assert_mem_eq(c[0].bytes, fake.bytes, BYTES);
    ck_assert_uint_eq(c[1].len, 12 + BYTES - (SOURCE_BLOCK * 2 + 7));
    ck_assert_mem_eq(c[1].bytes, fake.bytes + 3, 10);
    ck_assert_mem_eq(c[1].bytes + 10, fake.bytes + SOURCE_BLOCK - 1, 2);
    ck_assert_uint_eq(c[2].len, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert(c[i].finished);
        free(c[i].bytes);
    }
    vpi_arena_done(&arena);
    free(fake.bytes);
}
END_TEST

START_TEST(the_pass_skips_blocks_that_nobody_wants)
{
    struct fake fake = fake_new();
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct source src;
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    static const struct source_range last[] = {{BYTES - 1, 1}};
    uint8_t byte;
    struct collected c = {&byte, 0, false};
    struct source_consumer consumer = {
        .ranges = last, .range_count = 1, .update = collect, .finish = finished, .context = &c};
    struct source_pass pass = {0};
    vpi_pass_add(&pass, &consumer);
    ck_assert(vpi_pass_run(&pass, &src));
    ck_assert_uint_eq(src.bytes_read, BYTES % SOURCE_BLOCK);
    ck_assert_uint_eq(byte, fake.bytes[BYTES - 1]);
    vpi_arena_done(&arena);
    free(fake.bytes);
}
END_TEST

START_TEST(a_pass_reads_runs_of_blocks_around_those_that_are_cached)
{
    struct fake fake = fake_new();
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct source src;
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    struct span block;
    ck_assert(vpi_source_get(&src, SOURCE_BLOCK, 1, &block));
    uint64_t before = src.bytes_read;
    static const struct source_range all[] = {{0, VP_NONE}};
    struct collected c = {malloc(BYTES), 0, false};
    struct source_consumer consumer = {
        .ranges = all, .range_count = 1, .update = collect, .finish = finished, .context = &c};
    struct source_pass pass = {0};
    vpi_pass_add(&pass, &consumer);
    ck_assert(vpi_pass_run(&pass, &src));
    ck_assert_uint_eq(c.len, BYTES);
    ck_assert_mem_eq(c.bytes, fake.bytes, BYTES);
    ck_assert_uint_eq(src.bytes_read - before, BYTES - SOURCE_BLOCK);
    vpi_arena_done(&arena);
    free(c.bytes);
    free(fake.bytes);
}
END_TEST

START_TEST(links_pipes_and_folders_are_not_read)
{
    char folder[] = "/tmp/vendorprint-test-XXXXXX", path[128];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    struct os_file file;
    snprintf(path, sizeof path, "%s/fifo", folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(vpi_file_open(path, &file, NULL), VP_E_NOT_REGULAR); /* and doesn't wait */
    unlink(path);
    snprintf(path, sizeof path, "%s/link", folder);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert_int_eq(vpi_file_open(path, &file, NULL), VP_E_NOT_REGULAR);
    unlink(path);
    ck_assert_int_eq(vpi_file_open(folder, &file, NULL), VP_E_NOT_REGULAR);
    snprintf(path, sizeof path, "%s/none", folder);
    struct vp_error err;
    ck_assert_int_eq(vpi_file_open(path, &file, &err), VP_E_NOT_FOUND);
    ck_assert_int_eq(err.status, VP_E_NOT_FOUND);
    rmdir(folder);
}
END_TEST

static int pipe_with(size_t len)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    if (fork() == 0) {
        close(ends[0]);
        char block[1000];
        memset(block, 'x', sizeof block);
        for (size_t sent = 0; sent < len;) {
            size_t part = len - sent < sizeof block ? len - sent : sizeof block;
            ssize_t count = write(ends[1], block, part);
            if (count <= 0)
                _exit(1);
            sent += (size_t)count;
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

START_TEST(a_pipe_is_kept_whole_or_not_at_all)
{
    struct arena arena;
    vpi_arena_init(&arena, 0);
    struct os_file file;
    struct span bytes;
    int fd = pipe_with(700000);
    ck_assert_int_eq(vpi_file_of(fd, &file, NULL), VP_OK);
    ck_assert(!file.regular);
    bool whole;
    struct os_spool spool = {.in_memory = 1 << 20};
    ck_assert_int_eq(vpi_file_spool(&file, &spool, &arena, &bytes, &whole, NULL), VP_OK);
    ck_assert(whole);
    ck_assert_uint_eq(bytes.len, 700000);
    close(fd);
    fd = pipe_with(700000);
    ck_assert_int_eq(vpi_file_of(fd, &file, NULL), VP_OK);
    spool = (struct os_spool){.in_memory = SOURCE_BLOCK};
    ck_assert_int_eq(vpi_file_spool(&file, &spool, &arena, &bytes, &whole, NULL), VP_OK);
    ck_assert(!whole && !file.regular);
    close(fd);
    fd = pipe_with(700000);
    ck_assert_int_eq(vpi_file_of(fd, &file, NULL), VP_OK);
    spool = (struct os_spool){SOURCE_BLOCK, "/tmp", 600000};
    ck_assert_int_eq(vpi_file_spool(&file, &spool, &arena, &bytes, &whole, NULL), VP_OK);
    ck_assert(!whole && !file.regular);
    close(fd);
    fd = pipe_with(700000);
    ck_assert_int_eq(vpi_file_of(fd, &file, NULL), VP_OK);
    spool.in_folder = 700000;
    ck_assert_int_eq(vpi_file_spool(&file, &spool, &arena, &bytes, &whole, NULL), VP_OK);
    ck_assert(whole && file.regular);
    ck_assert_uint_eq(file.size, 700000);
    vpi_file_close(&file);
    close(fd);
    vpi_arena_done(&arena);
}
END_TEST

struct gathered {
    uint8_t bytes[BYTES * 2];
    size_t len;
};

static void gather(void *context, struct span bytes)
{
    struct gathered *g = context;
    ck_assert_uint_le(bytes.len, sizeof g->bytes - g->len);
    memcpy(g->bytes + g->len, bytes.data, bytes.len);
    g->len += bytes.len;
}

START_TEST(scattered_ranges_come_in_the_order_given)
{
    static const struct source_range ranges[] = {
        {BYTES - 100, 100}, {5, 60000}, {70000, 3}, {0, 0}, {2, 3}, {5, 60000}};
    struct fake fake = fake_new();
    static struct gathered got;
    for (int from_memory = 0; from_memory < 2; from_memory++) {
        struct arena arena;
        struct source src;
        size_t at = 0;
        vpi_arena_init(&arena, 0);
        if (from_memory)
            vpi_source_init_memory(&src, span_of(fake.bytes, BYTES), &arena);
        else
            vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
        got.len = 0;
        ck_assert(vpi_source_scatter(&src, ranges, 6, gather, &got));
        for (size_t i = 0; i < 6; i++) {
            ck_assert_mem_eq(got.bytes + at, fake.bytes + ranges[i].off, ranges[i].len);
            at += ranges[i].len;
        }
        ck_assert_uint_eq(got.len, at);
        struct source_range beyond = {BYTES - 1, 2};
        ck_assert(!vpi_source_scatter(&src, &beyond, 1, gather, &got));
        ck_assert_int_eq(src.failure, SOURCE_SHORT);
        vpi_arena_done(&arena);
    }
    free(fake.bytes);
}
END_TEST

START_TEST(a_copy_leaves_nothing_in_the_cache)
{
    struct fake fake = fake_new();
    struct arena arena;
    struct source src;
    uint8_t piece[100];
    vpi_arena_init(&arena, 0);
    vpi_source_init(&src, &fake_ops, &fake, BYTES, &arena);
    for (uint64_t off = 0; off + sizeof piece <= BYTES; off += 9999) {
        ck_assert(vpi_source_copy(&src, off, piece, sizeof piece));
        ck_assert_mem_eq(piece, fake.bytes + off, sizeof piece);
        ck_assert_ptr_null(vpi_source_cached(&src, off / SOURCE_BLOCK));
    }
    ck_assert(!vpi_source_copy(&src, BYTES, piece, 1));
    ck_assert_int_eq(src.failure, SOURCE_SHORT);
    fake.fail_from = 0;
    ck_assert(!vpi_source_copy(&src, SOURCE_BLOCK, piece, 1));
    ck_assert_int_eq(src.failure, SOURCE_READ);
    vpi_arena_done(&arena);
    free(fake.bytes);
}
END_TEST

#define TESTS                                                                                      \
    TEST(scattered_ranges_come_in_the_order_given)                                                 \
    TEST(a_copy_leaves_nothing_in_the_cache)                                                       \
    TEST(spans_equal_the_bytes_wherever_they_stand)                                                \
    TEST(a_look_at_the_head_is_one_small_read)                                                     \
    TEST(a_failed_read_and_a_full_arena_are_told_apart)                                            \
    TEST(the_pass_feeds_every_consumer_its_ranges_and_reads_each_block_once)                       \
    TEST(the_pass_skips_blocks_that_nobody_wants)                                                  \
    TEST(a_pass_reads_runs_of_blocks_around_those_that_are_cached)                                 \
    TEST(links_pipes_and_folders_are_not_read)                                                     \
    TEST(a_pipe_is_kept_whole_or_not_at_all)
#include "check_main.h"
