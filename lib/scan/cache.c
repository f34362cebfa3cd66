/* cache.c - answers of earlier scans
 *
 * The file: "vpcache1", the identity (16 bytes), entries of { key 16, age 4, length 4, a saved
 * result }, and the hash of all before (16), all little-endian.  Entries that no scan has use for
 * grow older and fall out.
 */
#include "scan/cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAGIC_LEN = 8,
    KEY_LEN = 16,
    HEADER_LEN = MAGIC_LEN + KEY_LEN,
    ENTRY_LEN = KEY_LEN + 8,
    AGE_MOST = 16,
    RESULT_MOST = 1 << 20, /* one answer */
    CACHE_MOST = 256 << 20,
    CONTENT_MOST = 16 << 20, /* sessions refuse a longer file of anchors */
    CACHE_KIND = 0x8001      /* private: keys of the cache meet no others */
};

static const char magic[MAGIC_LEN + 1] = "vpcache1";

/* An answer in the file that was read. */
struct entry {
    struct vp_key key;
    uint32_t age;
    const uint8_t *bytes;
    uint32_t len;
    atomic_bool used;
};

struct cache {
    char *path;
    struct vp_key identity;
    enum vp_cache_state state;
    uint8_t *old; /* the file */
    size_t old_len;
    struct entry *entries;
    uint32_t *slots; /* entry number + 1 by its key, or 0 */
    size_t count, slot_count;
    atomic_uint_fast64_t answers;
    pthread_mutex_t lock; /* of what is new */
    uint8_t *fresh;
    size_t fresh_len, fresh_capacity;
    uint64_t fresh_count;
};

static void put(uint8_t *at, uint64_t value, unsigned len)
{
    for (unsigned i = 0; i < len; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *at, unsigned len)
{
    uint64_t value = 0;
    for (unsigned i = len; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

static void put_key(uint8_t *at, struct vp_key key)
{
    put(at, key.low, 8);
    put(at + 8, key.high, 8);
}

static struct vp_key get_key(const uint8_t *at)
{
    return (struct vp_key){.low = get(at, 8), .high = get(at + 8, 8), .kind = CACHE_KIND};
}

static bool same(struct vp_key a, struct vp_key b)
{
    return a.low == b.low && a.high == b.high;
}

/* ---- reading */

/* Calls for each entry of the file; false when they don't fill it exactly. */
static bool each_entry(struct cache *cache, void (*see)(struct cache *, const uint8_t *, uint32_t))
{
    size_t off = HEADER_LEN, end = cache->old_len - KEY_LEN;
    while (off < end) {
        if (end - off < ENTRY_LEN)
            return false;
        const uint8_t *at = cache->old + off;
        uint32_t len = (uint32_t)get(at + KEY_LEN + 4, 4);
        off += ENTRY_LEN;
        if (len > end - off)
            return false;
        off += len;
        see(cache, at, len);
    }
    return true;
}

static void count_entry(struct cache *cache, const uint8_t *at, uint32_t len)
{
    (void)at;
    (void)len;
    cache->count++;
}

static void take_entry(struct cache *cache, const uint8_t *at, uint32_t len)
{
    struct entry *entry = &cache->entries[cache->count++];
    entry->key = get_key(at);
    entry->age = (uint32_t)get(at + KEY_LEN, 4);
    entry->bytes = at + ENTRY_LEN;
    entry->len = len;
    size_t slot = (size_t)entry->key.low & (cache->slot_count - 1);
    while (cache->slots[slot])
        slot = (slot + 1) & (cache->slot_count - 1);
    cache->slots[slot] = (uint32_t)cache->count;
}

static enum vp_cache_state index_entries(struct cache *cache)
{
    if (!each_entry(cache, count_entry) || cache->count >= UINT32_MAX / 4)
        return VP_CACHE_DAMAGED;
    cache->slot_count = 16;
    while (cache->slot_count < 2 * cache->count)
        cache->slot_count *= 2;
    cache->entries = calloc(cache->count + 1, sizeof *cache->entries);
    cache->slots = calloc(cache->slot_count, sizeof *cache->slots);
    cache->count = 0;
    if (!cache->entries || !cache->slots) {
        cache->slot_count = 0;
        return VP_CACHE_REFUSED;
    }
    return each_entry(cache, take_entry) ? VP_CACHE_USED : VP_CACHE_DAMAGED;
}

static enum vp_cache_state read_file(struct cache *cache)
{
    int error;
    if (!vpi_walk_read(cache->path, CACHE_MOST, &cache->old, &cache->old_len, &error))
        return error == ENOENT ? VP_CACHE_NEW : VP_CACHE_REFUSED;
    if (cache->old_len == 0)
        return VP_CACHE_NEW;
    if (cache->old_len < HEADER_LEN + KEY_LEN || memcmp(cache->old, magic, MAGIC_LEN) != 0)
        return VP_CACHE_DAMAGED;
    size_t body = cache->old_len - KEY_LEN;
    if (!same(get_key(cache->old + body), vp_key_make(CACHE_KIND, cache->old, body)))
        return VP_CACHE_DAMAGED;
    if (!same(get_key(cache->old + MAGIC_LEN), cache->identity))
        return VP_CACHE_OTHER;
    return index_entries(cache);
}

struct cache *vpi_cache_open(const char *path, struct vp_key identity)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache || !(cache->path = strdup(path))) {
        free(cache);
        return NULL;
    }
    pthread_mutex_init(&cache->lock, NULL);
    cache->identity = identity;
    cache->state = read_file(cache);
    if (cache->state != VP_CACHE_USED)
        cache->count = cache->slot_count = 0;
    return cache;
}

void vpi_cache_free(struct cache *cache)
{
    if (!cache)
        return;
    pthread_mutex_destroy(&cache->lock);
    free(cache->path);
    free(cache->old);
    free(cache->entries);
    free(cache->slots);
    free(cache->fresh);
    free(cache);
}

bool vpi_cache_key(int fd, const char *path, struct vp_key *ret_key)
{
    struct walk_identity identity;
    size_t path_len = strlen(path), len = sizeof identity.values + path_len;
    uint8_t small[512], *bytes = small;
    if (!vpi_walk_identity(fd, &identity) || !identity.settled)
        return false;
    if (len > sizeof small && !(bytes = malloc(len)))
        return false;
    for (size_t i = 0; i < sizeof identity.values / 8; i++)
        put(bytes + 8 * i, identity.values[i], 8);
    memcpy(bytes + sizeof identity.values, path, path_len);
    *ret_key = vp_key_make(CACHE_KIND, bytes, len);
    if (bytes != small)
        free(bytes);
    return true;
}

bool vpi_cache_content(const char *path, struct vp_key *ret_key)
{
    FILE *file = fopen(path, "rb");
    size_t len = 0;
    uint8_t *bytes = file ? malloc(CONTENT_MOST) : NULL;
    if (bytes)
        len = fread(bytes, 1, CONTENT_MOST, file);
    if (file)
        fclose(file);
    if (bytes)
        *ret_key = vp_key_make(CACHE_KIND, bytes, len);
    free(bytes);
    return bytes != NULL;
}

struct vp_result *vpi_cache_find(struct cache *cache, struct vp_db *db, struct vp_key key)
{
    size_t slot = (size_t)key.low;
    struct vp_result *result = NULL;
    for (size_t i = 0; i < cache->slot_count; i++, slot++) {
        uint32_t number = cache->slots[slot & (cache->slot_count - 1)];
        if (number == 0)
            return NULL;
        struct entry *entry = &cache->entries[number - 1];
        if (!same(entry->key, key))
            continue;
        if (vp_result_load(db, entry->bytes, entry->len, &result, NULL) != VP_OK)
            return NULL;
        atomic_store_explicit(&entry->used, true, memory_order_relaxed);
        atomic_fetch_add_explicit(&cache->answers, 1, memory_order_relaxed);
        return result;
    }
    return NULL;
}

/* ---- writing */

/* Room for `len` more bytes of what is new; the lock is held.  NULL: there is none. */
static uint8_t *make_room(struct cache *cache, size_t len)
{
    if (len > CACHE_MOST / 2 - cache->fresh_len)
        return NULL;
    size_t need = cache->fresh_len + len;
    if (need > cache->fresh_capacity) {
        size_t capacity = need + need / 2 + 4096;
        uint8_t *grown = realloc(cache->fresh, capacity);
        if (!grown)
            return NULL;
        cache->fresh = grown;
        cache->fresh_capacity = capacity;
    }
    uint8_t *at = cache->fresh + cache->fresh_len;
    cache->fresh_len = need;
    return at;
}

static void put_entry(uint8_t *at, struct vp_key key, uint32_t age, const uint8_t *bytes,
                      uint32_t len)
{
    put_key(at, key);
    put(at + KEY_LEN, age, 4);
    put(at + KEY_LEN + 4, len, 4);
    memcpy(at + ENTRY_LEN, bytes, len);
}

void vpi_cache_add(struct cache *cache, struct vp_key key, const struct vp_result *result)
{
    uint8_t small[4096], *bytes = small;
    size_t len = 0;
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(result, &summary);
    /* The key of a file doesn't tell when another one changes. */
    if (!summary.complete || summary.beside || cache->state == VP_CACHE_REFUSED)
        return;
    if (vp_result_save(result, small, sizeof small, &len) != VP_OK) {
        bytes = len <= RESULT_MOST ? malloc(len) : NULL;
        if (!bytes || vp_result_save(result, bytes, len, &len) != VP_OK) {
            free(bytes);
            return;
        }
    }
    pthread_mutex_lock(&cache->lock);
    uint8_t *at = make_room(cache, ENTRY_LEN + len);
    if (at) {
        put_entry(at, key, 0, bytes, (uint32_t)len);
        cache->fresh_count++;
    }
    pthread_mutex_unlock(&cache->lock);
    if (bytes != small)
        free(bytes);
}

/* The bytes of a new file from what is new, what was used, and what is not too old. */
static uint8_t *assemble(struct cache *cache, size_t *ret_len, uint64_t *ret_kept)
{
    size_t most = HEADER_LEN + cache->fresh_len + cache->old_len + KEY_LEN;
    uint8_t *bytes = malloc(most);
    if (!bytes)
        return NULL;
    memcpy(bytes, magic, MAGIC_LEN);
    put_key(bytes + MAGIC_LEN, cache->identity);
    size_t len = HEADER_LEN;
    if (cache->fresh_len)
        memcpy(bytes + len, cache->fresh, cache->fresh_len);
    len += cache->fresh_len;
    *ret_kept = cache->fresh_count;
    for (size_t i = 0; i < cache->count; i++) {
        const struct entry *entry = &cache->entries[i];
        uint32_t age = atomic_load(&entry->used) ? 0 : entry->age + 1;
        if (age > AGE_MOST || ENTRY_LEN + entry->len > CACHE_MOST - KEY_LEN - len)
            continue;
        put_entry(bytes + len, entry->key, age, entry->bytes, entry->len);
        len += ENTRY_LEN + entry->len;
        ++*ret_kept;
    }
    put_key(bytes + len, vp_key_make(CACHE_KIND, bytes, len));
    *ret_len = len + KEY_LEN;
    return bytes;
}

enum vp_status vpi_cache_save(struct cache *cache, struct vp_scan_cache *ret, struct vp_error *err)
{
    struct vp_scan_cache facts = {
        .size = sizeof facts, .state = cache->state, .answers = atomic_load(&cache->answers)};
    int error = 0;
    if (cache->state != VP_CACHE_REFUSED) {
        size_t len = 0;
        uint8_t *bytes = assemble(cache, &len, &facts.kept);
        error = bytes ? vpi_walk_replace(cache->path, bytes, len) : ENOMEM;
        free(bytes);
    }
    size_t size = ret->size < sizeof facts ? ret->size : sizeof facts;
    memcpy((char *)ret + sizeof size, (const char *)&facts + sizeof size, size - sizeof size);
    if (!error)
        return VP_OK;
    if (err) {
        *err = (struct vp_error){.status = VP_E_IO, .system_error = error};
        strerror_r(error, err->text, sizeof err->text);
    }
    return VP_E_IO;
}
