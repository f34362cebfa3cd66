/* sort_merge.c - sorted runs to one order */
#include "set/sort.h"

#include <stdlib.h>

enum {
    BUFFER_ITEMS = 8192, /* of a run that is read */
    BLOCK_ITEMS = 2048   /* of the merge in a thread of its own */
};

/* Loads the run's next item; false: it has no more. */
static bool advance(struct sorter *sorter, struct sort_run *run)
{
    if (run->items) {
        if (run->done == run->count)
            return false;
        run->head = *vpi_sorter_item(run, run->done++);
        return true;
    }
    if (run->next == run->buffered) {
        uint64_t left = run->count - run->done;
        size_t here = left < BUFFER_ITEMS ? (size_t)left : BUFFER_ITEMS;
        if (here == 0)
            return false;
        if (!vpi_spool_read(run->spool, run->off + run->done * sizeof *run->buffer, run->buffer,
                            here * sizeof *run->buffer)) {
            sorter->failed = true;
            return false;
        }
        run->done += here;
        run->buffered = here;
        run->next = 0;
    }
    run->head = run->buffer[run->next++];
    return true;
}

static bool before(const struct sort_run *a, const struct sort_run *b)
{
    const struct sort_item *x = &a->head, *y = &b->head;
    if (x->group != y->group)
        return x->group < y->group;
    return x->key.high != y->key.high ? x->key.high < y->key.high : x->key.low < y->key.low;
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

static bool merge_next(struct sorter *sorter, struct sort_item *ret)
{
    if (sorter->heap_count == 0 || sorter->failed)
        return false;
    struct sort_run *run = sorter->heap[0];
    *ret = run->head;
    if (!advance(sorter, run))
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    if (sorter->heap_count > 0)
        sift_down(sorter, 0);
    return true;
}

static void *merge_all(void *context)
{
    struct sorter *sorter = context;
    struct sort_item *block;
    size_t count = BLOCK_ITEMS;
    while (count == BLOCK_ITEMS && (block = vpi_relay_room(&sorter->relay))) {
        count = 0;
        while (count < BLOCK_ITEMS && merge_next(sorter, &block[count]))
            count++;
        vpi_relay_give(&sorter->relay, count * sizeof *block);
    }
    vpi_relay_end(&sorter->relay);
    return NULL;
}

/* Sorts the rest, and makes room to merge. */
static enum vp_status prepare(struct sorter *sorter, struct vp_error *err)
{
    enum vp_status status = vpi_sorter_make_runs(sorter, err);
    if (status != VP_OK)
        return status;
    sorter->heap = calloc(sorter->run_count + 1, sizeof(struct sort_run *));
    bool enough = sorter->heap != NULL;
    for (size_t i = 0; i < sorter->run_count; i++) {
        struct sort_run *run = &sorter->runs[i];
        if (!run->items)
            run->buffer = malloc(BUFFER_ITEMS * sizeof *run->buffer);
        enough = enough && (run->items || run->buffer);
    }
    return enough ? VP_OK : vpi_fail(err, VP_E_MEMORY, "no memory to merge sorted runs");
}

enum vp_status vpi_sorter_end(struct sorter *sorter, struct vp_error *err)
{
    if (!sorter->ended) {
        enum vp_status status = prepare(sorter, err);
        if (status != VP_OK)
            return status;
        sorter->ended = true;
    }
    vpi_relay_stop(&sorter->relay); /* of the last time */
    sorter->heap_count = 0;
    for (size_t i = 0; i < sorter->run_count; i++) {
        struct sort_run *run = &sorter->runs[i];
        run->done = 0;
        run->buffered = run->next = 0;
        if (advance(sorter, run))
            sorter->heap[sorter->heap_count++] = run;
    }
    for (size_t i = sorter->heap_count / 2; i-- > 0;)
        sift_down(sorter, i);
    sorter->block = span_of(NULL, 0);
    if (sorter->threads > 1) /* without a thread the caller merges */
        (void)vpi_relay_start(&sorter->relay, BLOCK_ITEMS * sizeof(struct sort_item), merge_all,
                              sorter);
    return VP_OK;
}

bool vpi_sorter_next(struct sorter *sorter, struct sort_item *ret)
{
    if (!sorter->relay.running)
        return merge_next(sorter, ret);
    if (sorter->block.len == 0)
        sorter->block = vpi_relay_take(&sorter->relay);
    if (sorter->block.len == 0)
        return false;
    memcpy(ret, sorter->block.data, sizeof *ret);
    sorter->block = span_from(sorter->block, sizeof *ret);
    return true;
}
