/* relay.c - blocks of bytes that one thread gives and another one takes, in order */
#include "set/relay.h"

#include <stdlib.h>

bool vpi_relay_start(struct relay *relay, size_t size, void *(*run)(void *context), void *context)
{
    memset(relay, 0, sizeof *relay);
    relay->size = size;
    relay->blocks = malloc(RELAY_BLOCKS * size);
    if (!relay->blocks)
        return false;
    pthread_mutex_init(&relay->mutex, NULL);
    pthread_cond_init(&relay->changed, NULL);
    relay->running = true;
    if (pthread_create(&relay->thread, NULL, run, context) == 0)
        return true;
    relay->running = false;
    pthread_cond_destroy(&relay->changed);
    pthread_mutex_destroy(&relay->mutex);
    free(relay->blocks);
    return false;
}

static uint8_t *block_at(const struct relay *relay, uint64_t number)
{
    return relay->blocks + number % RELAY_BLOCKS * relay->size;
}

void *vpi_relay_room(struct relay *relay)
{
    pthread_mutex_lock(&relay->mutex);
    while (relay->given - relay->taken == RELAY_BLOCKS && !relay->ended)
        pthread_cond_wait(&relay->changed, &relay->mutex);
    void *block = relay->ended ? NULL : block_at(relay, relay->given);
    pthread_mutex_unlock(&relay->mutex);
    return block;
}

void vpi_relay_give(struct relay *relay, size_t len)
{
    pthread_mutex_lock(&relay->mutex);
    relay->lens[relay->given++ % RELAY_BLOCKS] = len;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->mutex);
}

void vpi_relay_end(struct relay *relay)
{
    pthread_mutex_lock(&relay->mutex);
    relay->ended = true;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->mutex);
}

struct span vpi_relay_take(struct relay *relay)
{
    struct span block = span_of(NULL, 0);
    pthread_mutex_lock(&relay->mutex);
    relay->taken += relay->used;
    if (relay->used)
        pthread_cond_broadcast(&relay->changed);
    while (relay->taken == relay->given && !relay->ended)
        pthread_cond_wait(&relay->changed, &relay->mutex);
    relay->used = relay->taken < relay->given;
    if (relay->used)
        block = span_of(block_at(relay, relay->taken), relay->lens[relay->taken % RELAY_BLOCKS]);
    pthread_mutex_unlock(&relay->mutex);
    return block;
}

void vpi_relay_stop(struct relay *relay)
{
    if (!relay->running)
        return;
    vpi_relay_end(relay);
    pthread_join(relay->thread, NULL);
    pthread_cond_destroy(&relay->changed);
    pthread_mutex_destroy(&relay->mutex);
    free(relay->blocks);
    relay->running = false;
}
