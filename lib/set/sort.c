/* sort.c - records by the order of their keys */
#include "set/sort.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    DIGIT_BITS = 16, /* two of them the group */
    GROUP_BITS = 2,
    FEW = 4096, /* records that are dealt out by group alone */
    FIRST_CAPACITY = 1024,
    BUFFER_ITEMS = 8192, /* of a run that is read or written */
    AHEAD = 12
};

/* Where an item is, with what it is sorted by. */
struct sort_place {
    struct hash128 key;
    size_t index;
};

/* A part that is in order. */
struct sort_run {
    const struct sort_item *items; /* in memory, with `places`; else in the spool */
    const struct sort_place *places;
    uint64_t off, left;
    const struct sort_place *first; /* `places`, `off` and `left` at the beginning */
    uint64_t start, count;
    struct sort_item *buffer; /* of the spool */
    size_t buffered, next;
    struct sort_item head;
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
    for (size_t i = 0; i < sorter->run_count; i++)
        free(sorter->runs[i].buffer);
    free(sorter->runs);
    free((void *)sorter->heap);
    free(sorter->items);
    free(sorter->places);
    vpi_spool_done(&sorter->spool);
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
    bool failed;
};

/* One pass that deals the places out by the first bits; what falls together is few, or was made to.
 */
static void *sort_part(void *context)
{
    struct part *part = context;
    unsigned bits = part->count < FEW ? GROUP_BITS : DIGIT_BITS, digits = 1u << bits;
    size_t *starts = calloc(digits + 1, sizeof *starts);
    if (!starts) {
        part->failed = true;
        return NULL;
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
    bool failed = false;
    free(sorter->places);
    sorter->places = malloc((count ? count : 1) * sizeof *sorter->places);
    if (!sorter->places)
        return no_memory(sorter, err);
    for (unsigned i = 0; i < used; i++) {
        size_t here = (count - first) / (used - i);
        parts[i] = (struct part){sorter->items, sorter->places, first, here, false};
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
        if (!run) {
            failed = true;
            continue;
        }
        run->items = sorter->items;
        run->places = run->first = sorter->places + parts[i].first;
        run->left = run->count = parts[i].count;
    }
    return failed ? no_memory(sorter, err) : VP_OK;
}

/* The next item of a run in memory; those after it are asked for ahead, they lie anywhere. */
static const struct sort_item *item_in_memory(struct sort_run *run)
{
    if (run->left > AHEAD)
        __builtin_prefetch(&run->items[run->places[AHEAD].index]);
    run->left--;
    return &run->items[run->places++->index];
}

/* Sorts what is in memory, and writes its runs to the spool. */
static enum vp_status spill(struct sorter *sorter, struct vp_error *err)
{
    enum vp_status status = VP_OK;
    if (!sorter->spooled)
        status = vpi_spool_init(&sorter->spool, sorter->beside, "runs", err);
    if (status != VP_OK)
        return status;
    sorter->spooled = true;
    size_t first = sorter->run_count;
    status = sort_items(sorter, err);
    struct sort_item *buffer = malloc(BUFFER_ITEMS * sizeof *buffer);
    if (!buffer && status == VP_OK)
        status = no_memory(sorter, err);
    for (size_t i = first; i < sorter->run_count && status == VP_OK; i++) {
        struct sort_run *run = &sorter->runs[i];
        run->start = sorter->spool.len;
        while (run->left > 0) {
            size_t here = 0;
            while (here < BUFFER_ITEMS && run->left > 0)
                buffer[here++] = *item_in_memory(run);
            vpi_spool_write(&sorter->spool, buffer, here * sizeof *buffer);
        }
        run->items = NULL;
        run->places = NULL;
    }
    free(buffer);
    sorter->count = 0;
    if (status == VP_OK && sorter->spool.failed)
        status = vpi_fail(err, VP_E_IO, "%s: no room for sorted runs", sorter->beside);
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

/* ---- merging */

/* Loads the run's next item; false: it has no more. */
static bool advance(struct sorter *sorter, struct sort_run *run)
{
    if (run->items) {
        if (run->left == 0)
            return false;
        run->head = *item_in_memory(run);
        return true;
    }
    if (run->next == run->buffered) {
        size_t here = run->left < BUFFER_ITEMS ? (size_t)run->left : BUFFER_ITEMS;
        if (here == 0)
            return false;
        if (!vpi_spool_read(&sorter->spool, run->off, run->buffer, here * sizeof *run->buffer))
            return false;
        run->off += here * sizeof *run->buffer;
        run->left -= here;
        run->buffered = here;
        run->next = 0;
    }
    run->head = run->buffer[run->next++];
    return true;
}

static bool before(const struct sort_run *a, const struct sort_run *b)
{
    if (a->head.group != b->head.group)
        return a->head.group < b->head.group;
    return compare_keys(a->head.key, b->head.key) < 0;
}

static void sift_down(struct sorter *sorter, size_t at)
{
    struct sort_run **heap = sorter->heap;
    struct sort_run *run = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= sorter->heap_count)
            break;
        if (child + 1 < sorter->heap_count && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], run))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = run;
}

/* Sorts the rest, and makes room to merge. */
static enum vp_status prepare(struct sorter *sorter, struct vp_error *err)
{
    enum vp_status status = sorter->spooled ? spill(sorter, err) : sort_items(sorter, err);
    if (status != VP_OK)
        return status;
    if (sorter->spooled) {
        free(sorter->items);
        free(sorter->places);
        sorter->items = NULL;
        sorter->places = NULL;
    }
    sorter->heap = calloc(sorter->run_count + 1, sizeof(struct sort_run *));
    if (!sorter->heap)
        return no_memory(sorter, err);
    for (size_t i = 0; i < sorter->run_count; i++) {
        struct sort_run *run = &sorter->runs[i];
        if (run->items)
            continue;
        run->buffer = malloc(BUFFER_ITEMS * sizeof *run->buffer);
        if (!run->buffer)
            return no_memory(sorter, err);
    }
    return VP_OK;
}

enum vp_status vpi_sorter_end(struct sorter *sorter, struct vp_error *err)
{
    if (!sorter->ended) {
        enum vp_status status = prepare(sorter, err);
        if (status != VP_OK)
            return status;
        sorter->ended = true;
    }
    sorter->heap_count = 0;
    for (size_t i = 0; i < sorter->run_count; i++) {
        struct sort_run *run = &sorter->runs[i];
        run->places = run->first;
        run->off = run->start;
        run->left = run->count;
        run->buffered = run->next = 0;
        if (advance(sorter, run))
            sorter->heap[sorter->heap_count++] = run;
    }
    for (size_t i = sorter->heap_count / 2; i-- > 0;)
        sift_down(sorter, i);
    return VP_OK;
}

bool vpi_sorter_next(struct sorter *sorter, struct sort_item *ret)
{
    if (sorter->heap_count == 0 || sorter->spool.failed)
        return false;
    struct sort_run *run = sorter->heap[0];
    *ret = run->head;
    if (!advance(sorter, run))
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    if (sorter->heap_count > 0)
        sift_down(sorter, 0);
    return true;
}
