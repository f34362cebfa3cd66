/* make_database.c PATH KEYS [MEMORY-MIB [THREADS]] - a database of random keys, and how fast it
 * came
 *
 * Every thousandth key has two records.  One line: keys, seconds, keys a second, bytes, peak
 * memory.
 */
#include "bench.h"

#include "set/build.h"

static const struct write_kind kinds[] = {{BENCH_KIND, 1, "file-sha256"}};
static const struct db_subject subjects[] = {
    {.id = "acme", .name = "Acme Ltd", .vendor = 0, .type = VP_SUBJECT_VENDOR},
    {.id = "zenith", .name = "Zenith GmbH", .vendor = 1, .type = VP_SUBJECT_VENDOR},
};

static const struct write_content content = {
    .serial = 1, .kinds = kinds, .kind_count = 1, .subjects = subjects, .subject_count = 2};

static enum vp_status add_key(struct vpi_build *build, uint64_t i, struct vp_error *err)
{
    static const char *const versions[] = {"1.0", "1.1", "2.0", "2.0.1"};
    struct vp_key key = bench_key(i);
    struct hash128 hash = {key.low, key.high};
    struct db_record record = {.gate = VPDB_NO_ROW,
                               .kind = BENCH_KIND,
                               .relation = VP_RELATION_PUBLISHER,
                               .confidence = VP_CONFIDENCE_HIGH,
                               .version = versions[i & 3],
                               .file = "anvil.exe",
                               .source = "a list",
                               .date = "2026"};
    enum vp_status status = vpi_build_add(build, hash, &record, err);
    record.subject = 1;
    if (status == VP_OK && i % 1000 == 0)
        status = vpi_build_add(build, hash, &record, err);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: make_database PATH KEYS [MEMORY-MIB [THREADS]]\n");
        return 64;
    }
    struct build_options options = {argv[1], 0, 1};
    uint64_t keys = (uint64_t)strtod(argv[2], NULL);
    if (argc > 3)
        options.memory = (size_t)strtoul(argv[3], NULL, 10) << 20;
    if (argc > 4)
        options.threads = (unsigned)strtoul(argv[4], NULL, 10);
    struct arena arena;
    struct vpi_build *build = NULL;
    struct vp_error err = {0};
    vpi_arena_init(&arena, 0);
    double began = bench_now();
    enum vp_status status = vpi_build_new(&options, &arena, &build, &err);
    for (uint64_t i = 0; i < keys && status == VP_OK; i++)
        status = add_key(build, i, &err);
    double added = bench_now();
    if (status == VP_OK)
        status = vpi_build_file(build, &content, argv[1], &err);
    double took = bench_now() - began;
    vpi_build_free(build);
    vpi_arena_done(&arena);
    if (status != VP_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 70;
    }
    double processor = (double)clock() / CLOCKS_PER_SEC;
    printf("keys %llu\nseconds %.3f\nseconds-adding %.3f\nprocessor-seconds %.3f\n"
           "keys/s %.0f\nkeys/s-core %.0f\npeak-MiB %.0f\n",
           (unsigned long long)keys, took, added - began, processor, (double)keys / took,
           (double)keys / processor, (double)bench_status("VmHWM") / 1048576);
    return 0;
}
