/* lines.c - the filter's and the buckets' inner loops, dispatched to what the processor has */
#include "db/lines.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#include <arm_neon.h>
#endif

bool vpi_lines_pass_one(const uint8_t *filter, uint32_t words, const struct vp_key *key)
{
    uint64_t bits = vpi_db_filter_bits(key->low);
    return (vpi_lines_u64(filter + (size_t)vpi_db_home(key->high, words) * FILTER_WORD) & bits) ==
           bits;
}

/* Without a branch on the answer: what passes is written, and kept by counting it. */
static unsigned pass_from(const uint8_t *filter, const uint32_t *at, const struct vp_key *keys,
                          unsigned from, unsigned count, unsigned passed, uint8_t *ret_passed)
{
    for (unsigned i = from; i < count; i++) {
        uint64_t bits = vpi_db_filter_bits(keys[i].low);
        uint64_t word = vpi_lines_u64(filter + (size_t)at[i] * FILTER_WORD);
        ret_passed[passed] = (uint8_t)i;
        passed += (word & bits) == bits;
    }
    return passed;
}

static unsigned pass_plain(const uint8_t *filter, const uint32_t *at, const struct vp_key *keys,
                           unsigned count, uint8_t *ret_passed)
{
    return pass_from(filter, at, keys, 0, count, 0, ret_passed);
}

static unsigned line_plain(const uint8_t *bucket, uint32_t tag)
{
    unsigned slots = 0;
    for (unsigned i = 0; i < BUCKET_SLOTS; i++)
        slots |= (unsigned)(vpi_lines_u32(bucket + BUCKET_TAGS + (size_t)4 * i) == tag) << i;
    return slots;
}

/* The loop around each variant's `match`.  Without a branch on the answer: what has no such tag is
 * counted, and asks for the entries behind its bucket's; there those of the next bucket stand. */
__attribute__((always_inline)) static inline unsigned
find_with(unsigned (*match)(const uint8_t *, uint32_t), const struct lines_find *find,
          uint8_t *ret_none)
{
    const struct lines_find f =
        *find; /* bytes may be anything's: not read again after each store */
    uint64_t entry_count = f.entry_count;
    unsigned none = 0;
    for (unsigned i = 0; i < f.count; i++) {
        const uint8_t *bucket = f.line[i];
        unsigned slots = match(bucket, (uint32_t)f.keys[f.key[i]].low);
        uint64_t row = (uint64_t)vpi_lines_u32(bucket + BUCKET_BASE) +
                       (unsigned)__builtin_ctz(slots | 1u << BUCKET_SLOTS);
        const uint8_t *entry = f.entries + (row < entry_count ? row : 0) * ENTRY_SIZE;
        __builtin_prefetch(entry);
        f.line[i] = entry;
        ret_none[none] = (uint8_t)i;
        none += slots == 0;
    }
    return none;
}

static unsigned find_plain(const struct lines_find *find, uint8_t *ret_none)
{
    return find_with(line_plain, find, ret_none);
}

static const struct lines_variant plain = {"plain", pass_plain, line_plain, find_plain};

/* The vectors below compare the whole line; its first two words are no tags. */
enum { HEAD_WORDS = BUCKET_TAGS / 4 };

#if defined(__x86_64__)

static unsigned line_sse2(const uint8_t *bucket, uint32_t tag)
{
    const __m128i wanted = _mm_set1_epi32((int)tag);
    unsigned words = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i four = _mm_loadu_si128((const void *)(bucket + (size_t)16 * i));
        four = _mm_cmpeq_epi32(four, wanted);
        words |= (unsigned)_mm_movemask_ps(_mm_castsi128_ps(four)) << 4 * i;
    }
    return words >> HEAD_WORDS;
}

static unsigned find_sse2(const struct lines_find *find, uint8_t *ret_none)
{
    return find_with(line_sse2, find, ret_none);
}

__attribute__((target("avx2"))) static unsigned line_avx2(const uint8_t *bucket, uint32_t tag)
{
    const __m256i wanted = _mm256_set1_epi32((int)tag);
    __m256i low = _mm256_loadu_si256((const void *)bucket);
    __m256i high = _mm256_loadu_si256((const void *)(bucket + 32));
    low = _mm256_cmpeq_epi32(low, wanted);
    high = _mm256_cmpeq_epi32(high, wanted);
    unsigned words = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(low)) |
                     (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(high)) << 8;
    return words >> HEAD_WORDS;
}

__attribute__((target("avx2"))) static unsigned find_avx2(const struct lines_find *find,
                                                          uint8_t *ret_none)
{
    return find_with(line_avx2, find, ret_none);
}

__attribute__((target("avx512f"))) static unsigned line_avx512(const uint8_t *bucket, uint32_t tag)
{
    __m512i line = _mm512_loadu_si512((const void *)bucket);
    return (unsigned)_mm512_cmpeq_epi32_mask(line, _mm512_set1_epi32((int)tag)) >> HEAD_WORDS;
}

__attribute__((target("avx512f"))) static unsigned find_avx512(const struct lines_find *find,
                                                               uint8_t *ret_none)
{
    return find_with(line_avx512, find, ret_none);
}

_Static_assert(sizeof(struct vp_key) == 24 && offsetof(struct vp_key, low) == 0,
               "the shuffles below are for keys of three words");

__attribute__((target("avx2"))) static __m256i bits_avx2(__m256i low)
{
    const __m256i one = _mm256_set1_epi64x(1), six = _mm256_set1_epi64x(63);
    __m256i a = _mm256_sllv_epi64(one, _mm256_and_si256(_mm256_srli_epi64(low, 32), six));
    __m256i b = _mm256_sllv_epi64(one, _mm256_and_si256(_mm256_srli_epi64(low, 38), six));
    __m256i c = _mm256_sllv_epi64(one, _mm256_and_si256(_mm256_srli_epi64(low, 44), six));
    __m256i d = _mm256_sllv_epi64(one, _mm256_and_si256(_mm256_srli_epi64(low, 50), six));
    return _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
}

__attribute__((target("avx2"))) static unsigned pass_avx2(const uint8_t *filter, const uint32_t *at,
                                                          const struct vp_key *keys, unsigned count,
                                                          uint8_t *ret_passed)
{
    unsigned passed = 0, i = 0;
    for (; i + 4 <= count; i += 4) {
        const struct vp_key *k = &keys[i];
        __m256i low = _mm256_setr_epi64x((long long)k[0].low, (long long)k[1].low,
                                         (long long)k[2].low, (long long)k[3].low);
        __m256i bits = bits_avx2(low);
        __m256i places = _mm256_cvtepu32_epi64(_mm_loadu_si128((const void *)&at[i]));
        __m256i found = _mm256_i64gather_epi64((const void *)filter, places, FILTER_WORD);
        found = _mm256_cmpeq_epi64(_mm256_and_si256(found, bits), bits);
        unsigned good = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(found));
        for (; good; good &= good - 1)
            ret_passed[passed++] = (uint8_t)(i + (unsigned)__builtin_ctz(good));
    }
    return pass_from(filter, at, keys, i, count, passed, ret_passed);
}

__attribute__((target("avx512f"))) static __m512i bits_avx512(__m512i low)
{
    const __m512i one = _mm512_set1_epi64(1), six = _mm512_set1_epi64(63);
    __m512i a = _mm512_sllv_epi64(one, _mm512_and_si512(_mm512_srli_epi64(low, 32), six));
    __m512i b = _mm512_sllv_epi64(one, _mm512_and_si512(_mm512_srli_epi64(low, 38), six));
    __m512i c = _mm512_sllv_epi64(one, _mm512_and_si512(_mm512_srli_epi64(low, 44), six));
    __m512i d = _mm512_sllv_epi64(one, _mm512_and_si512(_mm512_srli_epi64(low, 50), six));
    return _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
}

__attribute__((target("avx512f"))) static unsigned pass_avx512(const uint8_t *filter,
                                                               const uint32_t *at,
                                                               const struct vp_key *keys,
                                                               unsigned count, uint8_t *ret_passed)
{
    /* Eight keys are three vectors; the low halves are picked out of them. */
    const __m512i low_ab = _mm512_setr_epi64(0, 3, 6, 9, 12, 15, 0, 0);
    const __m512i low_c = _mm512_setr_epi64(0, 0, 0, 0, 0, 0, 2, 5);
    unsigned passed = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        const uint8_t *from = (const uint8_t *)&keys[i];
        __m512i a = _mm512_loadu_si512((const void *)from);
        __m512i b = _mm512_loadu_si512((const void *)(from + 64));
        __m512i c = _mm512_loadu_si512((const void *)(from + 128));
        __m512i low = _mm512_permutex2var_epi64(a, low_ab, b);
        low = _mm512_mask_permutexvar_epi64(low, 0xc0, low_c, c);
        __m512i bits = bits_avx512(low);
        __m512i places = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const void *)&at[i]));
        __m512i found = _mm512_i64gather_epi64(places, (const void *)filter, FILTER_WORD);
        unsigned good = (unsigned)_mm512_cmpeq_epi64_mask(_mm512_and_si512(found, bits), bits);
        for (; good; good &= good - 1)
            ret_passed[passed++] = (uint8_t)(i + (unsigned)__builtin_ctz(good));
    }
    return pass_from(filter, at, keys, i, count, passed, ret_passed);
}

static const struct lines_variant sse2 = {"SSE2", pass_plain, line_sse2, find_sse2};
static const struct lines_variant avx2 = {"AVX2", pass_avx2, line_avx2, find_avx2};
static const struct lines_variant avx512 = {"AVX-512", pass_avx512, line_avx512, find_avx512};

#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)

/* Of eight words, which are `wanted`. */
static inline uint16x8_t eight_neon(const uint8_t *from, uint32x4_t wanted)
{
    uint32x4_t low = vceqq_u32(vreinterpretq_u32_u8(vld1q_u8(from)), wanted);
    uint32x4_t high = vceqq_u32(vreinterpretq_u32_u8(vld1q_u8(from + 16)), wanted);
    return vuzp1q_u16(vreinterpretq_u16_u32(low), vreinterpretq_u16_u32(high));
}

/* There is no movemask: each word that is equal keeps its own bit, and one sum has them all. */
static unsigned line_neon(const uint8_t *bucket, uint32_t tag)
{
    static const uint16_t places[16] = {0x1,   0x2,   0x4,   0x8,   0x10,   0x20,   0x40,   0x80,
                                        0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000};
    const uint32x4_t wanted = vdupq_n_u32(tag);
    uint16x8_t low = vandq_u16(eight_neon(bucket, wanted), vld1q_u16(places));
    uint16x8_t high = vandq_u16(eight_neon(bucket + 32, wanted), vld1q_u16(places + 8));
    return (unsigned)vaddvq_u16(vorrq_u16(low, high)) >> HEAD_WORDS;
}

static unsigned find_neon(const struct lines_find *find, uint8_t *ret_none)
{
    return find_with(line_neon, find, ret_none);
}

/* Nothing gathers the words of the filter; the rest gains nothing by two keys a vector. */
static const struct lines_variant neon = {"NEON", pass_plain, line_neon, find_neon};

#endif

unsigned vpi_lines_variants(const struct lines_variant *ret[LINES_VARIANTS_MOST])
{
    unsigned count = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        ret[count++] = &avx512;
    if (__builtin_cpu_supports("avx2"))
        ret[count++] = &avx2;
    ret[count++] = &sse2;
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
    ret[count++] = &neon;
#endif
    ret[count++] = &plain;
    return count;
}

const struct lines_variant *vpi_lines(void)
{
#if defined(__x86_64__)
    /* Words that libgcc filled at load. */
    return __builtin_cpu_supports("avx512f") ? &avx512
           : __builtin_cpu_supports("avx2")  ? &avx2
                                             : &sse2;
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
    return &neon;
#else
    return &plain;
#endif
}
