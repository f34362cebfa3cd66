/* sort.c - records by the order of their keys */
#include "set/sort.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    DIGIT_BITS = 16, /* two of them the group */
    GROUP_BITS = 2,
    FEW = 4096, /* records that are dealt out by group alone */
    FIRST_CAPACITY = 1024,
    WRITE_ITEMS = 8192,
    AHEAD = 12
};

void vpi_sorter_init(struct sorter *sorter, const char *beside, size_t memory, unsigned threads)
{
    memset(sorter, 0, sizeof *sorter);
    sorter->memory = memory;
    sorter->beside = beside;
    sorter->threads = threads == 0 ? 1 : threads > SORT_THREADS_MOST ? SORT_THREADS_MOST : threads;
    sorter->most = memory / (sizeof(struct sort_item) + sizeof(struct sort_place));
    if (sorter->most < FIRST_CAPACITY)
        sorter->most = FIRST_CAPACITY;
}

void vpi_sorter_done(struct sorter *sorter)
{
    vpi_relay_stop(&sorter->relay);
    for (size_t i = 0; i < sorter->run_count; i++)
        free(sorter->runs[i].buffer);
    free(sorter->runs);
    free((void *)sorter->heap);
    free(sorter->items);
    free(sorter->places);
    for (unsigned i = 0; i < SORT_THREADS_MOST; i++)
        vpi_spool_done(&sorter->spools[i]);
    memset(sorter, 0, sizeof *sorter);
}

static int compare_keys(struct hash128 a, struct hash128 b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

static int compare_places(const void *left, const void *right)
{
    const struct sort_place *a = left, *b = right;
    return compare_keys(a->key, b->key);
}

static unsigned digit_of(const struct sort_item *item, unsigned bits)
{
    uint64_t first = (uint64_t)(item->group & 3) << 62 | item->key.high >> GROUP_BITS;
    return (unsigned)(first >> (64 - bits));
}

struct part {
    const struct sort_item *items;
    struct sort_place *places;
    size_t first, count;
    struct spool *spool; /* where the run goes, or NULL */
    uint64_t off;
    bool failed;
};

/* One pass that deals the places out by the first bits; what falls together is few, or was made to.
 */
static void sort_places(struct part *part)
{
    unsigned bits = part->count < FEW ? GROUP_BITS : DIGIT_BITS, digits = 1u << bits;
    size_t *starts = calloc(digits + 1, sizeof *starts);
    if (!starts) {
        part->failed = true;
        return;
    }
    const struct sort_item *items = part->items + part->first;
    struct sort_place *places = part->places + part->first;
    for (size_t i = 0; i < part->count; i++)
        starts[digit_of(&items[i], bits) + 1]++;
    for (unsigned d = 0; d < digits; d++)
        starts[d + 1] += starts[d];
    for (size_t i = 0; i < part->count; i++)
        places[starts[digit_of(&items[i], bits)]++] =
            (struct sort_place){items[i].key, part->first + i};
    /* Each start is now the end of its digit. */
    for (unsigned d = 0; d < digits; d++) {
        size_t first = d ? starts[d - 1] : 0, count = starts[d] - first;
        if (count > 1)
            qsort(places + first, count, sizeof *places, compare_places);
    }
    free(starts);
}

/* They lie anywhere: those to come are asked for ahead. */
const struct sort_item *vpi_sorter_item(const struct sort_run *run, uint64_t at)
{
    if (run->count - at > AHEAD)
        __builtin_prefetch(&run->items[run->places[at + AHEAD].index]);
    return &run->items[run->places[at].index];
}

static struct sort_run run_of(const struct part *part)
{
    return (struct sort_run){.items = part->items,
                             .places = part->places + part->first,
                             .spool = part->spool,
                             .off = part->off,
                             .count = part->count};
}

/* To the spool, in pieces that it needn't gather. */
static void write_part(struct part *part)
{
    struct sort_run run = run_of(part);
    struct sort_item *buffer = malloc(WRITE_ITEMS * sizeof *buffer);
    if (!buffer) {
        part->failed = true;
        return;
    }
    for (uint64_t i = 0; i < run.count;) {
        size_t here = 0;
        while (here < WRITE_ITEMS && i < run.count)
            buffer[here++] = *vpi_sorter_item(&run, i++);
        vpi_spool_write(part->spool, buffer, here * sizeof *buffer);
    }
    free(buffer);
}

static void *sort_part(void *context)
{
    struct part *part = context;
    sort_places(part);
    if (!part->failed && part->spool)
        write_part(part);
    return NULL;
}

static struct sort_run *run_new(struct sorter *sorter)
{
    if (sorter->run_count == sorter->run_capacity) {
        size_t larger = sorter->run_capacity ? 2 * sorter->run_capacity : 16;
        struct sort_run *runs = realloc(sorter->runs, larger * sizeof *runs);
        if (!runs)
            return NULL;
        sorter->runs = runs;
        sorter->run_capacity = larger;
    }
    struct sort_run *run = &sorter->runs[sorter->run_count++];
    memset(run, 0, sizeof *run);
    return run;
}

static enum vp_status no_memory(const struct sorter *sorter, struct vp_error *err)
{
    return vpi_fail(err, VP_E_MEMORY, "no memory to sort %zu records", sorter->count);
}

/* Sorts what is in memory, in one part a thread; each becomes a run. */
static enum vp_status sort_items(struct sorter *sorter, struct vp_error *err)
{
    struct part parts[SORT_THREADS_MOST];
    pthread_t threads[SORT_THREADS_MOST];
    bool started[SORT_THREADS_MOST] = {false};
    size_t first = 0, count = sorter->count;
    unsigned used = count < FIRST_CAPACITY ? 1 : sorter->threads;
    enum vp_status status = VP_OK;
    free(sorter->places);
    sorter->places = malloc((count ? count : 1) * sizeof *sorter->places);
    if (!sorter->places)
        return no_memory(sorter, err);
    for (unsigned i = 0; i < used; i++) {
        size_t here = (count - first) / (used - i);
        parts[i] = (struct part){
            .items = sorter->items, .places = sorter->places, .first = first, .count = here};
        if (sorter->spooled) {
            parts[i].spool = &sorter->spools[i];
            parts[i].off = sorter->spools[i].len;
        }
        first += here;
        started[i] = i > 0 && pthread_create(&threads[i], NULL, sort_part, &parts[i]) == 0;
    }
    for (unsigned i = 0; i < used; i++) {
        if (!started[i])
            sort_part(&parts[i]);
    }
    for (unsigned i = 0; i < used; i++) {
        if (started[i])
            pthread_join(threads[i], NULL);
        struct sort_run *run = parts[i].failed ? NULL : run_new(sorter);
        if (run)
            *run = run_of(&parts[i]);
        else
            status = no_memory(sorter, err);
        if (sorter->spools[i].failed && status == VP_OK)
            status = vpi_fail(err, VP_E_IO, "%s: no room for sorted runs", sorter->beside);
        if (run && sorter->spooled)
            run->items = NULL;
    }
    return status;
}

/* Sorts what is in memory, and writes its runs to the spools. */
static enum vp_status spill(struct sorter *sorter, struct vp_error *err)
{
    enum vp_status status = VP_OK;
    for (unsigned i = 0; i < sorter->threads && !sorter->spooled && status == VP_OK; i++)
        status = vpi_spool_init(&sorter->spools[i], sorter->beside, "runs", err);
    if (status != VP_OK)
        return status;
    sorter->spooled = true;
    status = sort_items(sorter, err);
    sorter->count = 0;
    return status;
}

enum vp_status vpi_sorter_add(struct sorter *sorter, const struct sort_item *item,
                              struct vp_error *err)
{
    if (sorter->count == sorter->capacity) {
        size_t larger = sorter->capacity ? 2 * sorter->capacity : FIRST_CAPACITY;
        if (sorter->beside && larger > sorter->most)
            larger = sorter->most;
        if (larger == sorter->capacity) {
            enum vp_status status = spill(sorter, err);
            if (status != VP_OK)
                return status;
        } else {
            struct sort_item *items = realloc(sorter->items, larger * sizeof *items);
            if (!items)
                return no_memory(sorter, err);
            sorter->items = items;
            sorter->capacity = larger;
        }
    }
    sorter->items[sorter->count++] = *item;
    return VP_OK;
}

enum vp_status vpi_sorter_make_runs(struct sorter *sorter, struct vp_error *err)
{
    enum vp_status status = sorter->spooled ? spill(sorter, err) : sort_items(sorter, err);
    if (sorter->spooled) {
        free(sorter->items);
        free(sorter->places);
        sorter->items = NULL;
        sorter->places = NULL;
        sorter->capacity = 0;
    }
    return status;
}
