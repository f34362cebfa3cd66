/* hot_loops.c LOOP DATABASE KEYS - one hot loop, a fixed number of times, for counting instructions
 *
 * LOOP: `none` (everything but the loop), `miss`, `hit`, `half` (of either), `mixed` (two kinds in
 * turn), `single`, `key` (made of 32 bytes, as of a SHA-256) or `name` (made of 12).
 * The plain and vector variants differ: instructions.py runs it under valgrind, which has AVX2.
 */
#include "bench.h"

#include <stdbool.h>

enum { KEYS = 4096, ROUNDS = 8 };

static void make_keys(struct vp_key *made, size_t len)
{
    static const uint8_t bytes[KEYS + 32];
    for (size_t i = 0; i < KEYS; i++)
        made[i] = vp_key_make(BENCH_KIND, bytes + i, len);
}

int main(int argc, char **argv)
{
    static struct vp_key keys[KEYS];
    static struct vp_hit hits[KEYS];
    struct vp_db *db = NULL;
    struct vp_db_options options = {.size = sizeof options, .flags = VP_DB_MAP};
    uint64_t random = 42, found = 0;
    if (argc < 4 || vp_db_open(argv[2], &options, &db, NULL) != VP_OK)
        return 64;
    const char *loop = argv[1];
    uint64_t present = (uint64_t)strtod(argv[3], NULL);
    for (size_t i = 0; i < KEYS; i++) {
        uint64_t r = bench_random(&random);
        bool hit = strcmp(loop, "hit") == 0 || (strcmp(loop, "half") == 0 && r >> 63);
        keys[i] = bench_key(hit ? r % present : r | UINT64_C(1) << 62);
        if (strcmp(loop, "mixed") == 0 && i % 2)
            keys[i].kind = 0x0402;
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (strcmp(loop, "key") == 0 || strcmp(loop, "name") == 0) {
            make_keys(keys, loop[0] == 'k' ? 32 : 12);
        } else if (strcmp(loop, "single") == 0) {
            for (size_t i = 0; i < KEYS; i++)
                vp_lookup_batch(db, &keys[i], 1, &hits[i]);
        } else if (strcmp(loop, "none") != 0) {
            vp_lookup_batch(db, keys, KEYS, hits);
        }
        found += hits[round].count;
    }
    printf("%llu\n", (unsigned long long)found);
    vp_db_unref(db);
    return 0;
}
