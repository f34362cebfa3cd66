/* fuzz_db.c - opens a database, looks keys up in it, reads its rows and verifies it */
#include <stdint.h>
#include <stdlib.h>

#include "../db/exercise.h"
#include "db/open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vp_db *db = NULL;
    struct vp_error err;
    if (size < HEADER_SIZE)
        return 0;
    /* The size and the digest are right, or no change would ever be looked at. */
    uint8_t *copy = malloc(size);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    for (int i = 0; i < 8; i++)
        copy[HEADER_FILE_SIZE + i] = (uint8_t)((uint64_t)size >> (8 * i));
    exercise_fix_digest(copy, size);
    if (vpi_db_open(NULL, span_of(copy, size), NULL, 0, &db, &err) == VP_OK)
        exercise(db);
    vp_db_unref(db);
    db = NULL;
    /* And under a cap on memory that the input chooses. */
    if (vpi_db_open(NULL, span_of(copy, size), NULL, copy[size - 1] * (size_t)512 + 1, &db, &err) ==
        VP_OK)
        exercise(db);
    vp_db_unref(db);
    free(copy);
    return 0;
}
