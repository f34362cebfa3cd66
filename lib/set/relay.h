/* relay.h - blocks of bytes that one thread gives and another one takes, in order
 *
 * One of the two is the caller's, the other one is started here; the caller's alone starts and
 * stops it.  Three blocks go round, so that neither waits while both are about as fast.
 */
#ifndef VPI_SET_RELAY_H
#define VPI_SET_RELAY_H

#include <pthread.h>

#include "base/span.h"

enum { RELAY_BLOCKS = 3 };

/* Zeros: not running. */
struct relay {
    uint8_t *blocks;
    size_t size;
    pthread_t thread;
    bool running;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t changed;
    size_t lens[RELAY_BLOCKS];
    uint64_t given, taken; /* blocks; one that is still used isn't taken yet */
    bool used, ended;
};

/* Blocks of `size` bytes, and a thread that does `run`.  False: neither. */
bool vpi_relay_start(struct relay *relay, size_t size, void *(*run)(void *context), void *context);

/* The giver: a block to fill, NULL when nobody takes any more; then how much of it was filled. */
void *vpi_relay_room(struct relay *relay);
void vpi_relay_give(struct relay *relay, size_t len);

/* The giver: nothing is given any more. */
void vpi_relay_end(struct relay *relay);

/* The taker: the next block, which is valid until the next call.  Nothing: there are no more. */
struct span vpi_relay_take(struct relay *relay);

/* The caller: waits for the thread.  What was given to it is taken, what it gave is lost. */
void vpi_relay_stop(struct relay *relay);

#endif
