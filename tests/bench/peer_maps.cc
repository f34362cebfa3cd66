/* peer_maps.cc KEYS - misses and hits of what programs keep in memory: hash maps and sorted arrays
 *
 * The keys are those of look_up.c, 16 bytes each, and so is the way of timing.  A map gets the key's
 * low half as its hash: keys are random.  Prints "name value" lines as look_up does: nanoseconds a
 * look-up of independent keys.  What isn't installed is left out.
 */
#include <algorithm>
#include <vector>

#include "bench.h"

#if __has_include(<absl/container/flat_hash_set.h>)
#include <absl/container/flat_hash_set.h>
#define HAVE_ABSL
#endif
#if __has_include(<boost/unordered/unordered_flat_set.hpp>)
#include <boost/unordered/unordered_flat_set.hpp>
#define HAVE_BOOST
#endif
#if __has_include(<htslib/khash.h>)
#include <htslib/khash.h>
#define HAVE_KHASH
#endif

namespace {

struct key {
    uint64_t low, high;
    bool operator==(const key &other) const { return low == other.low && high == other.high; }
    bool operator<(const key &other) const
    {
        return high != other.high ? high < other.high : low < other.low;
    }
};

struct hash {
    using is_avalanching = void;
    size_t operator()(const key &k) const { return k.low; }
};

constexpr int segment = 4096, segments = 64;

key make(uint64_t i)
{
    struct vp_key k = bench_key(i);
    return {k.low, k.high};
}

/* `look` looks `count` keys up and says how many are there. */
template <class F> void run(const char *name, uint64_t keys, size_t bytes, F look)
{
    uint64_t state = 42;
    std::vector<key> batch(segment);
    for (int present = 0; present < 2; present++) {
        double medians[BENCH_ROUNDS];
        for (double &median : medians) {
            double times[segments];
            for (double &time : times) {
                for (key &k : batch) {
                    uint64_t r = bench_random(&state);
                    k = make(present ? r % keys : r | UINT64_C(1) << 62);
                }
                double began = bench_now();
                int found = look(batch.data());
                time = bench_now() - began;
                if (found != (present ? segment : 0))
                    exit(70);
            }
            median = bench_median(times, segments) * 1e9 / segment;
        }
        printf("%s-%s %.2f\n", name, present ? "hit" : "miss",
               bench_median(medians, BENCH_ROUNDS));
    }
    printf("%s-bytes %.1f\n", name, (double)bytes / (double)keys);
}

template <class S> void run_set(const char *name, uint64_t keys)
{
    uint64_t before = bench_status("VmRSS");
    S set;
    for (uint64_t i = 0; i < keys; i++)
        set.insert(make(i));
    size_t bytes = bench_status("VmRSS") - before;
    run(name, keys, bytes, [&](const key *batch) {
        int found = 0;
        for (int i = 0; i < segment; i++)
            found += set.find(batch[i]) != set.end();
        return found;
    });
}

/* Binary search without branches, 32 keys at once. */
void run_sorted(uint64_t keys)
{
    constexpr int width = 32;
    std::vector<key> sorted(keys);
    for (uint64_t i = 0; i < keys; i++)
        sorted[i] = make(i);
    std::sort(sorted.begin(), sorted.end());
    run("sorted-array", keys, keys * sizeof(key), [&](const key *batch) {
        int found = 0;
        for (int first = 0; first < segment; first += width) {
            const key *from[width];
            std::fill(from, from + width, sorted.data());
            for (size_t left = keys; left > 1; left -= left / 2) {
                size_t half = left / 2, next = (left - half) / 2;
                for (int i = 0; i < width; i++) {
                    from[i] += batch[first + i] < from[i][half] ? 0 : half;
                    __builtin_prefetch(from[i] + next);
                }
            }
            for (int i = 0; i < width; i++)
                found += *from[i] == batch[first + i];
        }
        return found;
    });
}

#ifdef HAVE_KHASH
#define key_hash(k)     ((khint_t)(k).low)
#define key_equal(a, b) ((a) == (b))
using khash_key = key; /* the macro calls variables `key` */
KHASH_INIT(keys, khash_key, char, 0, key_hash, key_equal)

void run_khash(uint64_t keys)
{
    uint64_t before = bench_status("VmRSS");
    khash_t(keys) *set = kh_init(keys);
    for (uint64_t i = 0; i < keys; i++) {
        int fresh;
        kh_put(keys, set, make(i), &fresh);
    }
    size_t bytes = bench_status("VmRSS") - before;
    run("khash", keys, bytes, [&](const key *batch) {
        int found = 0;
        for (int i = 0; i < segment; i++)
            found += kh_get(keys, set, batch[i]) != kh_end(set);
        return found;
    });
    kh_destroy(keys, set);
}
#endif

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2)
        return 64;
    uint64_t keys = (uint64_t)strtod(argv[1], nullptr);
#ifdef HAVE_ABSL
    run_set<absl::flat_hash_set<key, hash>>("absl-flat-hash-set", keys);
#endif
#ifdef HAVE_BOOST
    run_set<boost::unordered_flat_set<key, hash>>("boost-unordered-flat-set", keys);
#endif
#ifdef HAVE_KHASH
    run_khash(keys);
#endif
    run_sorted(keys);
    return 0;
}
