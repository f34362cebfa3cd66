/* one_file.c - one PE in the page cache, examined in this process again and again
 *
 *     one_file FILE DATABASE...
 *
 * beside the same by hand (open, read, XXH3-128 of the file, of each section and of the imports),
 * and beside libmagic and libyara where these are installed.  Prints rows of a Markdown table:
 * medians in microseconds and ratios to the loop by hand. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "vendorprint/vendorprint.h"

enum { ROUNDS = 201, LARGEST = 64 << 20, BUFFER = 256 << 10, DATABASES = 8 };

struct job {
    const char *name;
    bool (*run)(struct job *job);
    const char *path;
    struct vp_session *session;
    void *state;
    double times[ROUNDS];
};

/* ---- by hand */

static uint8_t *file;
static uint64_t mix;

static uint32_t number(size_t off, unsigned len, size_t size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < len && off + i < size; i++)
        value |= (uint32_t)file[off + i] << (8 * i);
    return value;
}

struct sections {
    size_t table, count, size;
};

static size_t place(const struct sections *s, uint32_t address)
{
    for (size_t i = 0; i < s->count; i++) {
        size_t row = s->table + i * 40;
        uint32_t start = number(row + 12, 4, s->size), len = number(row + 16, 4, s->size);
        if (address >= start && address - start < len)
            return (size_t)number(row + 20, 4, s->size) + (address - start);
    }
    return SIZE_MAX;
}

static void add_name(struct hash_stream *stream, size_t off, size_t size)
{
    char lower[256];
    size_t len = 0;
    for (; off < size && file[off] && len < sizeof lower; off++)
        lower[len++] = (char)(file[off] | (file[off] >= 'A' && file[off] <= 'Z' ? 0x20 : 0));
    vpi_hash_add(stream, span_of(lower, len));
}

static void add_imports(struct hash_stream *stream, const struct sections *s, size_t directory,
                        unsigned width)
{
    for (size_t row = directory; row + 20 <= s->size && number(row + 12, 4, s->size); row += 20) {
        size_t thunk = place(s, number(row, 4, s->size));
        size_t library = place(s, number(row + 12, 4, s->size));
        for (; thunk < s->size && number(thunk, 4, s->size); thunk += width) {
            size_t name = place(s, number(thunk, 4, s->size));
            add_name(stream, library, s->size);
            add_name(stream, name < s->size ? name + 2 : thunk, s->size);
        }
    }
}

static void hash_parts(size_t size)
{
    size_t header = number(60, 4, size);
    bool plus = number(header + 24, 2, size) == 0x20b;
    struct sections s = {header + 24 + number(header + 20, 2, size), number(header + 6, 2, size),
                         size};
    mix ^= vpi_hash128(span_of(file, size)).low;
    for (size_t i = 0; i < s.count; i++) {
        size_t off = number(s.table + i * 40 + 20, 4, size),
               len = number(s.table + i * 40 + 16, 4, size);
        if (off < size && len <= size - off)
            mix ^= vpi_hash128(span_of(file + off, len)).low;
    }
    struct hash_stream stream;
    vpi_hash_begin(&stream);
    size_t directory = place(&s, number(header + 24 + (plus ? 120 : 104), 4, size));
    if (directory < size)
        add_imports(&stream, &s, directory, plus ? 8 : 4);
    mix ^= vpi_hash_end(&stream).low;
}

static bool by_hand(struct job *job)
{
    int fd = open(job->path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t got;
    if (fd < 0)
        return false;
    while (size + BUFFER <= LARGEST && (got = read(fd, file + size, BUFFER)) > 0)
        size += (size_t)got;
    close(fd);
    if (size > 64)
        hash_parts(size);
    return size > 64;
}

/* ---- the library */

static bool examine(struct job *job)
{
    struct vp_result *result;
    if (vp_examine_path(job->session, job->path, &result, NULL) != VP_OK)
        return false;
    vp_result_unref(result);
    return true;
}

/* ---- libmagic and libyara, by their documented functions: neither header is needed */

/* ISO C has no conversion of an address to a function. */
static bool find(void *library, const char *name, void *ret_function)
{
    void *address = dlsym(library, name);
    memcpy(ret_function, &address, sizeof address);
    return address != NULL;
}

static const char *(*magic_file)(void *cookie, const char *path);

static bool magic(struct job *job)
{
    return magic_file(job->state, job->path) != NULL;
}

static bool magic_open(struct job *job)
{
    void *library = dlopen("libmagic.so.1", RTLD_NOW);
    void *(*open_cookie)(int flags);
    int (*load)(void *cookie, const char *path);
    if (!library || !find(library, "magic_file", &magic_file) ||
        !find(library, "magic_open", &open_cookie) || !find(library, "magic_load", &load))
        return false;
    job->state = open_cookie(0);
    return job->state && load(job->state, NULL) == 0;
}

static int ignore(void *context, int message, void *data, void *user)
{
    (void)context;
    (void)message;
    (void)data;
    (void)user;
    return 0;
}

typedef int yara_callback(void *context, int message, void *data, void *user);
static int (*yara_scan)(void *rules, const char *path, int flags, yara_callback *callback,
                        void *user, int timeout);

static bool yara(struct job *job)
{
    return yara_scan(job->state, job->path, 0, ignore, NULL, 0) == 0;
}

static bool yara_open(struct job *job, const char *rule)
{
    void *library = dlopen("libyara.so.9", RTLD_NOW), *compiler = NULL;
    int (*initialize)(void), (*create)(void **compiler);
    int (*add)(void *compiler, const char *rule, const char *name);
    int (*rules)(void *compiler, void **rules);
    return library && find(library, "yr_rules_scan_file", &yara_scan) &&
           find(library, "yr_initialize", &initialize) &&
           find(library, "yr_compiler_create", &create) &&
           find(library, "yr_compiler_add_string", &add) &&
           find(library, "yr_compiler_get_rules", &rules) && initialize() == 0 &&
           create(&compiler) == 0 && add(compiler, rule, NULL) == 0 &&
           rules(compiler, &job->state) == 0;
}

/* ---- turns */

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static bool measure(struct job *jobs, size_t count)
{
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            double began = now_us();
            if (!jobs[i].run(&jobs[i]))
                return false;
            jobs[i].times[round] = now_us() - began;
        }
    }
    for (size_t i = 0; i < count; i++)
        qsort(jobs[i].times, ROUNDS, sizeof *jobs[i].times, ascending);
    return true;
}

static struct vp_session *session_of(const char *path)
{
    struct vp_session_options options = {.size = sizeof options, .flags = VP_SESSION_FINDINGS};
    struct vp_session *session = NULL;
    struct vp_db *db = NULL;
    if (vp_db_open(path, NULL, &db, NULL) == VP_OK)
        (void)vp_session_new(db, &options, &session, NULL);
    vp_db_unref(db);
    return session;
}

int main(int argc, char **argv)
{
    static struct job jobs[DATABASES + 4];
    size_t count = 0;
    file = malloc(LARGEST);
    if (argc < 3 || argc > 2 + DATABASES || !file)
        return 1;
    jobs[count++] = (struct job){.name = "by hand", .run = by_hand};
    for (int i = 2; i < argc; i++) {
        struct job job = {.name = argv[i], .run = examine, .session = session_of(argv[i])};
        if (!job.session)
            return 1;
        jobs[count++] = job;
    }
    struct job job = {.name = "libmagic", .run = magic};
    if (magic_open(&job))
        jobs[count++] = job;
    job = (struct job){.name = "libyara, pe.imphash", .run = yara};
    if (yara_open(&job, "import \"pe\"\nrule a { condition: pe.imphash() == \"0\" }"))
        jobs[count++] = job;
    job = (struct job){.name = "libyara, hash.sha256", .run = yara};
    if (yara_open(&job, "import \"hash\"\nrule a { condition: hash.sha256(0, filesize) == \"0\" }"))
        jobs[count++] = job;
    for (size_t i = 0; i < count; i++)
        jobs[i].path = argv[1];
    if (!measure(jobs, count))
        return 1;
    for (size_t i = 0; i < count; i++)
        printf("| %s | %.0f | %.2f |\n", jobs[i].name, jobs[i].times[ROUNDS / 2],
               jobs[i].times[ROUNDS / 2] / jobs[0].times[ROUNDS / 2]);
    for (size_t i = 0; i < count; i++)
        vp_session_free(jobs[i].session);
    free(file);
    return mix == 1; /* the hashes are used, so that they can't be left out */
}
