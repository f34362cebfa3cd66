/* consume.c - consumers of the pass that end as a feature */
#include "feature/feature.h"

struct digest_consumer {
    struct source_consumer consumer;
    struct feature_work *work;
    struct digest *digest;
    enum digest_algorithm algorithm;
    unsigned kind, padding;
    uint64_t off, len;
};

struct hash_consumer {
    struct source_consumer consumer;
    struct feature_work *work;
    struct hash_stream stream;
    struct source_range range;
    unsigned kind;
};

static void no_memory(struct feature_work *work, const char *what)
{
    vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, what);
}

static void digest_update(void *context, struct span bytes)
{
    struct digest_consumer *c = context;
    vpi_digest_add(c->digest, bytes);
}

static void digest_finish(void *context)
{
    static const uint8_t zeros[8];
    struct digest_consumer *c = context;
    uint8_t value[DIGEST_MOST];
    vpi_digest_add(c->digest, span_of(zeros, c->padding));
    if (!vpi_digest_end(c->digest, value)) {
        no_memory(c->work, vpi_kind(c->kind)->name);
        return;
    }
    struct feature *feature =
        vpi_feature_add(c->work, c->kind, span_of(value, vpi_digest_len(c->algorithm)), NULL);
    if (feature) {
        feature->off = c->off;
        feature->len = c->len;
    }
}

void vpi_consume_digest(struct feature_work *work, unsigned kind, enum digest_algorithm algorithm,
                        const struct source_range *ranges, size_t count, unsigned padding)
{
    struct digest_consumer *c = vpi_arena_alloc(work->arena, sizeof *c);
    struct digest *digest = c ? vpi_digest_begin(work->crypto, algorithm) : NULL;
    if (!digest) {
        no_memory(work, vpi_kind(kind)->name);
        return;
    }
    c->work = work;
    c->digest = digest;
    c->algorithm = algorithm;
    c->kind = kind;
    c->padding = padding < 8 ? padding : 0;
    /* One piece has a place; what leaves gaps has none. */
    c->off = count == 1 ? ranges[0].off : VP_NONE;
    c->len = count == 1 ? ranges[0].len : VP_NONE;
    c->consumer = (struct source_consumer){.ranges = ranges,
                                           .range_count = count,
                                           .update = digest_update,
                                           .finish = digest_finish,
                                           .context = c,
                                           .cryptographic = true};
    vpi_pass_add(&work->pass, &c->consumer);
}

static void hash_update(void *context, struct span bytes)
{
    struct hash_consumer *c = context;
    vpi_hash_add(&c->stream, bytes);
}

static void hash_finish(void *context)
{
    struct hash_consumer *c = context;
    uint8_t value[24];
    vpi_hash_bytes(vpi_hash_end(&c->stream), value);
    for (unsigned i = 0; i < 8; i++)
        value[16 + i] = (uint8_t)(c->range.len >> (8 * i));
    size_t len = vpi_kind(c->kind)->form == FORM_SIZED ? 24 : 16;
    struct feature *feature = vpi_feature_add(c->work, c->kind, span_of(value, len), NULL);
    if (feature) {
        feature->off = c->range.off;
        feature->len = c->range.len;
    }
}

/* The running hash wants an alignment that an arena doesn't promise. */
static struct hash_consumer *hash_consumer_new(struct arena *arena)
{
    uint8_t *bytes = vpi_arena_alloc(arena, sizeof(struct hash_consumer) + 63);
    if (!bytes)
        return NULL;
    return (void *)(bytes + (64 - (uintptr_t)bytes % 64) % 64);
}

void vpi_consume_hash(struct feature_work *work, unsigned kind, uint64_t off, uint64_t len)
{
    /* A file may be empty and still has a digest; an empty part of one says nothing. */
    if ((off >= work->src->size || len == 0) && kind != KIND_FILE_XXH3)
        return;
    struct hash_consumer *c = hash_consumer_new(work->arena);
    if (!c) {
        no_memory(work, vpi_kind(kind)->name);
        return;
    }
    uint64_t left = work->src->size > off ? work->src->size - off : 0;
    c->work = work;
    c->kind = kind;
    c->range = (struct source_range){off, len < left ? len : left};
    vpi_hash_begin(&c->stream);
    c->consumer = (struct source_consumer){.ranges = &c->range,
                                           .range_count = 1,
                                           .update = hash_update,
                                           .finish = hash_finish,
                                           .context = c};
    vpi_pass_add(&work->pass, &c->consumer);
}

struct consume_budget vpi_consume_budget(const struct feature_work *work)
{
    uint64_t size = work->src->size;
    struct consume_budget budget = {.left = size < UINT64_MAX / 2 ? 2 * size : UINT64_MAX};
    return budget;
}

bool vpi_consume_afford(struct feature_work *work, struct consume_budget *budget, uint64_t len,
                        const char *what)
{
    if (len <= budget->left) {
        budget->left -= len;
        return true;
    }
    vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, what);
    return false;
}
