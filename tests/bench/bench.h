/* bench.h - what the benchmarks share: a clock, medians, keys that can be made again, memory */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vendorprint/vendorprint.h"

enum { BENCH_KIND = 0x0101, BENCH_ROUNDS = 9 };

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline int bench_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static inline double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_compare);
    return values[count / 2];
}

/* splitmix64, by Sebastiano Vigna (public domain). */
static inline uint64_t bench_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Key number i: those below the number of keys are in the set. */
static inline struct vp_key bench_key(uint64_t i)
{
    uint64_t state = i * 2;
    struct vp_key key = {bench_random(&state), 0, BENCH_KIND, {0, 0, 0}};
    state = ~i * 2;
    key.high = bench_random(&state);
    return key;
}

/* A field of a file of kilobytes below /proc/self, in bytes, or 0. */
static inline uint64_t bench_proc(const char *path, const char *name)
{
    char line[256];
    unsigned long long kilobytes = 0;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        size_t len = strlen(name);
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            kilobytes = strtoull(line + len + 1, NULL, 10);
    }
    if (file)
        fclose(file);
    return kilobytes << 10;
}

/* Resident memory of this process (VmRSS) or its peak (VmHWM). */
static inline uint64_t bench_status(const char *name)
{
    return bench_proc("/proc/self/status", name);
}

/* What is mapped with huge pages. */
static inline uint64_t bench_huge(void)
{
    return bench_proc("/proc/self/smaps_rollup", "AnonHugePages") +
           bench_proc("/proc/self/smaps_rollup", "FilePmdMapped");
}

#endif
