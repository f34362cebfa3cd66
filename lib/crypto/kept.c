/* kept.c - a table of objects by bytes, with one place for each hash: the newest stays */
#include "crypto/kept.h"

#include <stdlib.h>

#include "base/hash.h"

/* The files of a system are signed by few, and those of a collection by hundreds. */
enum { PLACES = 1024, OF_ALL_BYTES = 32 };

struct place {
    uint8_t *bytes; /* NULL: free */
    size_t len;
    void *object;
};

struct kept {
    void (*release)(void *object);
    size_t bytes, bytes_most;
    struct place places[PLACES];
};

struct kept *vpi_kept_new(size_t bytes_most, void (*release)(void *object))
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        return NULL;
    kept->bytes_most = bytes_most;
    kept->release = release;
    return kept;
}

static void forget(struct kept *kept, struct place *place)
{
    if (!place->bytes)
        return;
    kept->release(place->object);
    kept->bytes -= place->len;
    free(place->bytes);
    *place = (struct place){.bytes = NULL};
}

static void forget_all(struct kept *kept)
{
    for (size_t i = 0; i < PLACES; i++)
        forget(kept, &kept->places[i]);
}

void vpi_kept_free(struct kept *kept)
{
    if (kept)
        forget_all(kept);
    free(kept);
}

void *vpi_kept_find(const struct kept *kept, struct span bytes)
{
    const struct place *place = &kept->places[vpi_hash64(bytes) % PLACES];
    bool same = place->bytes && span_equal(span_of(place->bytes, place->len), bytes);
    return same ? place->object : NULL;
}

void vpi_kept_put(struct kept *kept, struct span bytes, void *object)
{
    struct place *place = &kept->places[vpi_hash64(bytes) % PLACES];
    uint8_t *copy = bytes.len <= kept->bytes_most / OF_ALL_BYTES ? malloc(bytes.len + 1) : NULL;
    if (!copy) {
        kept->release(object);
        return;
    }
    forget(kept, place);
    if (kept->bytes + bytes.len > kept->bytes_most)
        forget_all(kept);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    *place = (struct place){copy, bytes.len, object};
    kept->bytes += bytes.len;
}
