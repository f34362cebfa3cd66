/* table.c - filter, hash table and entries of one group of keys (docs/database-format.md) */
#include "set/table.h"

#include "db/database.h"

enum {
    KEYS_A_HOME = 11, /* of 14 slots: one key in 19 then stands in the next bucket */
    FILTER_BITS = 12, /* a key: one miss in 90 passes */
    ATTEMPTS = 8,
    BUFFER_KEYS = 4096,
    RING = PROBES_MOST /* no key stands further from its home */
};

/* Reads the keys in order. */
struct cursor {
    const struct table *table;
    uint64_t done;
    size_t buffered, next;
    bool failed;
    struct table_key keys[BUFFER_KEYS];
};

static void cursor_init(struct cursor *cursor, const struct table *table)
{
    cursor->table = table;
    cursor->done = cursor->buffered = cursor->next = 0;
    cursor->failed = false;
}

static const struct table_key *cursor_next(struct cursor *cursor)
{
    const struct table *table = cursor->table;
    if (cursor->next == cursor->buffered) {
        uint64_t left = table->count - cursor->done;
        size_t here = left < BUFFER_KEYS ? (size_t)left : BUFFER_KEYS;
        if (here == 0 || cursor->failed)
            return NULL;
        if (!vpi_spool_read(table->spool, table->off + cursor->done * sizeof(struct table_key),
                            cursor->keys, here * sizeof *cursor->keys)) {
            cursor->failed = true;
            return NULL;
        }
        cursor->done += here;
        cursor->buffered = here;
        cursor->next = 0;
    }
    return &cursor->keys[cursor->next++];
}

/* Where the next key stands, given that keys come in order. */
struct place {
    uint64_t home, at;
    unsigned slot;
    unsigned used; /* of the bucket `at` */
};

static void place_next(struct place *place, const struct table *table, uint64_t high)
{
    place->home = vpi_db_home(high, table->homes);
    if (place->home > place->at) {
        place->at = place->home;
        place->used = 0;
    }
    if (place->used == BUCKET_SLOTS) {
        place->at++;
        place->used = 0;
    }
    place->slot = place->used++;
}

/* With `homes`; false when a key would stand too far from its home. */
static bool try_plan(struct table *table)
{
    struct cursor cursor;
    struct place place = {0};
    const struct table_key *key;
    table->probes = 0;
    cursor_init(&cursor, table);
    while ((key = cursor_next(&cursor))) {
        place_next(&place, table, key->key.high);
        if (place.at - place.home >= PROBES_MOST)
            return false;
        if (place.at - place.home >= table->probes)
            table->probes = (uint32_t)(place.at - place.home) + 1;
    }
    table->buckets = place.at + 1 > table->homes ? place.at + 1 : table->homes;
    return !cursor.failed;
}

bool vpi_table_plan(struct table *table)
{
    uint64_t homes = table->count / KEYS_A_HOME + 1;
    table->filter_words = (uint32_t)(table->count * FILTER_BITS / 64 + 1);
    for (int attempt = 0; attempt < ATTEMPTS && homes < UINT32_MAX; attempt++, homes *= 2) {
        table->homes = (uint32_t)homes;
        if (try_plan(table))
            return true;
        if (table->spool->failed)
            return false;
    }
    return false;
}

bool vpi_table_filter(const struct table *table, struct sink *sink)
{
    struct cursor cursor;
    const struct table_key *key;
    uint64_t word = 0, at = 0;
    uint8_t bytes[FILTER_WORD];
    cursor_init(&cursor, table);
    while ((key = cursor_next(&cursor))) {
        for (; at < vpi_db_home(key->key.high, table->filter_words); at++, word = 0) {
            vpi_put_uint(bytes, word, sizeof bytes);
            vpi_sink_bytes(sink, bytes, sizeof bytes);
        }
        word |= vpi_db_filter_bits(key->key.low);
    }
    for (; at < table->filter_words; at++, word = 0) {
        vpi_put_uint(bytes, word, sizeof bytes);
        vpi_sink_bytes(sink, bytes, sizeof bytes);
    }
    return !cursor.failed;
}

struct bucket {
    uint32_t base, count, overflow;
    uint32_t tags[BUCKET_SLOTS];
};

static void write_bucket(struct sink *sink, struct bucket *bucket)
{
    uint8_t line[BUCKET_SIZE] = {0};
    vpi_put_uint(line + BUCKET_BASE, bucket->base, 4);
    vpi_put_uint(line + BUCKET_COUNT, bucket->count, 1);
    vpi_put_uint(line + BUCKET_OVERFLOW, bucket->overflow, 2);
    for (unsigned i = 0; i < bucket->count; i++)
        vpi_put_uint(line + BUCKET_TAGS + (size_t)4 * i, bucket->tags[i], 4);
    vpi_sink_bytes(sink, line, sizeof line);
    memset(bucket, 0, sizeof *bucket);
}

bool vpi_table_buckets(const struct table *table, struct sink *sink)
{
    struct cursor cursor;
    struct place place = {0};
    struct bucket ring[RING] = {{0}};
    const struct table_key *key;
    uint64_t written = 0;
    uint32_t row = 0;
    uint8_t head[TABLE_HEAD] = {0};
    vpi_put_uint(head + TABLE_HOMES, table->homes, 8);
    vpi_put_uint(head + TABLE_BUCKETS, table->buckets, 8);
    vpi_put_uint(head + TABLE_KEYS, table->count, 8);
    vpi_put_uint(head + TABLE_PROBES, table->probes, 4);
    vpi_sink_bytes(sink, head, sizeof head);
    cursor_init(&cursor, table);
    for (; (key = cursor_next(&cursor)); row++) {
        place_next(&place, table, key->key.high);
        /* What is before a key's home is finished: homes don't descend. */
        for (; written < place.home; written++)
            write_bucket(sink, &ring[written % RING]);
        for (uint64_t passed = place.home; passed < place.at; passed++)
            ring[passed % RING].overflow |= 1u << vpi_db_overflow_bit(key->key.low);
        struct bucket *bucket = &ring[place.at % RING];
        if (place.slot == 0)
            bucket->base = row;
        bucket->tags[place.slot] = (uint32_t)key->key.low;
        bucket->count = place.slot + 1;
    }
    for (; written < table->buckets; written++)
        write_bucket(sink, &ring[written % RING]);
    return !cursor.failed;
}

bool vpi_table_entries(const struct table *table, struct sink *sink)
{
    struct cursor cursor;
    const struct table_key *key;
    cursor_init(&cursor, table);
    while ((key = cursor_next(&cursor))) {
        uint8_t entry[ENTRY_SIZE];
        vpi_put_uint(entry + ENTRY_HIGH, key->key.high, 8);
        vpi_put_uint(entry + ENTRY_LOW, key->key.low >> 32, 4);
        vpi_put_uint(entry + ENTRY_RECORD, key->record, 4);
        vpi_sink_bytes(sink, entry, sizeof entry);
    }
    return !cursor.failed;
}
