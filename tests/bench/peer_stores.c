/* peer_stores.c sqlite|lmdb PATH KEYS - what keeps keys in a file: opening, one look-up, memory
 *
 * Makes PATH if it isn't there.  Prints "name value" lines: build seconds, microseconds to open
 * with one look-up, nanoseconds a miss after 20,000 of them, resident memory.
 */
#include "bench.h"

#include <lmdb.h>
#include <sqlite3.h>

enum { MISSES = 20000, PATH_BYTES = 16 };

static void key_bytes(uint64_t i, uint8_t ret[PATH_BYTES])
{
    struct vp_key key = bench_key(i);
    memcpy(ret, &key.low, 8);
    memcpy(ret + 8, &key.high, 8);
}

static int compare_keys(const void *left, const void *right)
{
    return memcmp(left, right, PATH_BYTES);
}

/* Both stores are filled in order, which is the best that they can do. */
static uint8_t *sorted_keys(uint64_t keys)
{
    uint8_t *all = malloc(keys * PATH_BYTES);
    for (uint64_t i = 0; all && i < keys; i++)
        key_bytes(i, all + i * PATH_BYTES);
    if (all)
        qsort(all, keys, PATH_BYTES, compare_keys);
    return all;
}

static void check(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s failed\n", what);
        exit(70);
    }
}

static int is_there(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file != NULL;
}

/* ---- SQLite */

static void sqlite_build(const char *path, uint64_t keys)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert;
    uint8_t *all = sorted_keys(keys);
    check(all && sqlite3_open(path, &db) == SQLITE_OK, path);
    check(sqlite3_exec(db,
                       "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                       "CREATE TABLE k(k BLOB PRIMARY KEY, v INTEGER) WITHOUT ROWID; BEGIN",
                       NULL, NULL, NULL) == SQLITE_OK,
          "create");
    check(sqlite3_prepare_v2(db, "INSERT INTO k VALUES(?, ?)", -1, &insert, NULL) == SQLITE_OK,
          "insert");
    for (uint64_t i = 0; i < keys; i++) {
        sqlite3_bind_blob(insert, 1, all + i * PATH_BYTES, PATH_BYTES, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, (sqlite3_int64)i);
        check(sqlite3_step(insert) == SQLITE_DONE, "insert");
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "commit");
    sqlite3_close(db);
    free(all);
}

static sqlite3 *sqlite_db;
static sqlite3_stmt *sqlite_select;

static void sqlite_start(const char *path)
{
    check(sqlite3_open_v2(path, &sqlite_db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, path);
    sqlite3_exec(sqlite_db, "PRAGMA mmap_size=68719476736", NULL, NULL, NULL);
    check(sqlite3_prepare_v2(sqlite_db, "SELECT v FROM k WHERE k=?", -1, &sqlite_select, NULL) ==
              SQLITE_OK,
          "select");
}

static int sqlite_get(const uint8_t *key)
{
    sqlite3_bind_blob(sqlite_select, 1, key, PATH_BYTES, SQLITE_STATIC);
    int found = sqlite3_step(sqlite_select) == SQLITE_ROW;
    sqlite3_reset(sqlite_select);
    return found;
}

static void sqlite_stop(void)
{
    sqlite3_finalize(sqlite_select);
    sqlite3_close(sqlite_db);
}

/* ---- LMDB */

static MDB_env *lmdb_env;
static MDB_txn *lmdb_txn;
static MDB_dbi lmdb_dbi;

static void lmdb_open(const char *path, unsigned flags)
{
    check(mdb_env_create(&lmdb_env) == 0, "mdb_env_create");
    mdb_env_set_mapsize(lmdb_env, (size_t)64 << 30);
    check(mdb_env_open(lmdb_env, path, flags | MDB_NOSUBDIR | MDB_NOLOCK, 0644) == 0, path);
    check(mdb_txn_begin(lmdb_env, NULL, flags & MDB_RDONLY, &lmdb_txn) == 0, "mdb_txn_begin");
    check(mdb_dbi_open(lmdb_txn, NULL, 0, &lmdb_dbi) == 0, "mdb_dbi_open");
}

static void lmdb_build(const char *path, uint64_t keys)
{
    uint8_t *all = sorted_keys(keys);
    check(all != NULL, "memory");
    lmdb_open(path, MDB_NOSYNC | MDB_WRITEMAP);
    for (uint64_t i = 0; i < keys; i++) {
        uint32_t number = (uint32_t)i;
        MDB_val key = {PATH_BYTES, all + i * PATH_BYTES}, value = {sizeof number, &number};
        check(mdb_put(lmdb_txn, lmdb_dbi, &key, &value, MDB_APPEND) == 0, "mdb_put");
    }
    check(mdb_txn_commit(lmdb_txn) == 0, "commit");
    mdb_env_close(lmdb_env);
    free(all);
}

static void lmdb_start(const char *path)
{
    lmdb_open(path, MDB_RDONLY);
}

static int lmdb_get(const uint8_t *bytes)
{
    uint8_t copy[PATH_BYTES];
    memcpy(copy, bytes, sizeof copy);
    MDB_val key = {sizeof copy, copy}, value;
    return mdb_get(lmdb_txn, lmdb_dbi, &key, &value) == 0;
}

static void lmdb_stop(void)
{
    mdb_txn_abort(lmdb_txn);
    mdb_env_close(lmdb_env);
}

struct store {
    const char *name;
    void (*build)(const char *path, uint64_t keys);
    void (*start)(const char *path);
    int (*get)(const uint8_t *key);
    void (*stop)(void);
};

static const struct store stores[] = {
    {"sqlite", sqlite_build, sqlite_start, sqlite_get, sqlite_stop},
    {"lmdb", lmdb_build, lmdb_start, lmdb_get, lmdb_stop},
};

static void measure(const struct store *s, const char *path, uint64_t keys)
{
    double times[BENCH_ROUNDS];
    uint8_t key[PATH_BYTES];
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        key_bytes((uint64_t)i % keys, key);
        double began = bench_now();
        s->start(path);
        check(s->get(key), "a look-up");
        times[i] = (bench_now() - began) * 1e6;
        s->stop();
    }
    printf("open-us %.1f\n", bench_median(times, BENCH_ROUNDS));
    uint64_t before = bench_status("VmRSS"), state = 7;
    s->start(path);
    for (int round = -1; round < BENCH_ROUNDS; round++) {
        double began = bench_now();
        for (int i = 0; i < MISSES; i++) {
            key_bytes(bench_random(&state) | UINT64_C(1) << 62, key);
            check(!s->get(key), "a miss");
        }
        if (round >= 0)
            times[round] = (bench_now() - began) * 1e9 / MISSES;
    }
    printf("miss %.1f\n", bench_median(times, BENCH_ROUNDS));
    printf("resident-MiB %.0f\n", ((double)bench_status("VmRSS") - (double)before) / 1048576);
    s->stop();
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 64;
    uint64_t keys = (uint64_t)strtod(argv[3], NULL);
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
        if (strcmp(stores[i].name, argv[1]) != 0)
            continue;
        double began = bench_now();
        if (!is_there(argv[2])) {
            stores[i].build(argv[2], keys);
            printf("build-seconds %.1f\n", bench_now() - began);
        }
        measure(&stores[i], argv[2], keys);
        return 0;
    }
    return 64;
}
