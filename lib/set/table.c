/* table.c - the hash table of one group of keys, for the writer (docs/database-format.md) */
#include "set/table.h"

#include "db/database.h"

/* Three quarters full: about one bucket in seven overflows, and a miss reads a second cache line
 * in about one look-up of a hundred. */
enum { FULL_NUMERATOR = 3, FULL_DENOMINATOR = 4, ATTEMPTS = 8 };

static uint64_t field(const uint8_t *bucket, size_t off, unsigned bytes)
{
    uint64_t value = 0;
    (void)span_uint(span_of(bucket, BUCKET_SIZE), off, bytes, &value);
    return value;
}

static bool put_in_bucket(uint8_t *bucket, uint32_t tag, uint32_t row)
{
    for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
        if (field(bucket, BUCKET_ENTRIES + 4 * i, 4) != VPDB_NO_ROW)
            continue;
        vpi_put_uint(bucket + BUCKET_TAGS + 4 * i, tag, 4);
        vpi_put_uint(bucket + BUCKET_ENTRIES + 4 * i, row, 4);
        return true;
    }
    return false;
}

/* Fills `buckets`; the most that a look-up visits, or 0 if that is more than readers accept. */
static uint32_t fill(uint8_t *buckets, uint64_t bucket_count, const struct hash128 *keys,
                     uint32_t count)
{
    uint32_t most = 0;
    memset(buckets, 0, bucket_count * BUCKET_SIZE);
    for (uint64_t b = 0; b < bucket_count; b++)
        memset(buckets + b * BUCKET_SIZE + BUCKET_ENTRIES, 0xff, 4 * BUCKET_SLOTS);
    for (uint32_t row = 0; row < count; row++) {
        uint64_t at = vpi_db_home(keys[row].high, bucket_count);
        uint32_t visited = 1;
        while (!put_in_bucket(buckets + at * BUCKET_SIZE, (uint32_t)keys[row].low, row)) {
            uint8_t *bucket = buckets + at * BUCKET_SIZE;
            uint64_t bit = UINT64_C(1) << (keys[row].low >> 32 & 63);
            vpi_put_uint(bucket + BUCKET_OVERFLOW, field(bucket, BUCKET_OVERFLOW, 8) | bit, 8);
            if (++visited > PROBES_MOST)
                return 0;
            at = at + 1 == bucket_count ? 0 : at + 1;
        }
        if (visited > most)
            most = visited;
    }
    return most;
}

bool vpi_table_write(struct output *out, const struct hash128 *keys, uint32_t count)
{
    uint64_t slots = (uint64_t)count * FULL_DENOMINATOR / FULL_NUMERATOR;
    uint64_t bucket_count = slots / BUCKET_SLOTS + 1;
    size_t start = out->len;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++, bucket_count *= 2) {
        out->len = start;
        uint8_t *head = bucket_count > SIZE_MAX / BUCKET_SIZE - 2
                            ? NULL
                            : vpi_output_room(out, TABLE_HEAD + (size_t)bucket_count * BUCKET_SIZE);
        if (!head)
            return false;
        memset(head, 0, TABLE_HEAD);
        uint32_t probes = fill(head + TABLE_HEAD, bucket_count, keys, count);
        if (probes == 0)
            continue;
        vpi_put_uint(head + TABLE_BUCKETS, bucket_count, 8);
        vpi_put_uint(head + TABLE_KEYS, count, 8);
        vpi_put_uint(head + TABLE_PROBES, probes, 4);
        return true;
    }
    return false;
}
