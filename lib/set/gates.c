/* gates.c - the gates of a database */
#include "set/gates.h"

#include <stdlib.h>

#include "base/hash.h"

enum { FIRST_SLOTS = 64 };

static int compare_gates(const void *left, const void *right)
{
    const struct db_gate *a = left, *b = right;
    const uint64_t x[] = {a->kind,       a->size_least, a->size_most, a->formats,
                          a->roles,      a->vendor,     a->has,       a->never,
                          a->prefix_len, a->has_key,    a->key.high,  a->key.low};
    const uint64_t y[] = {b->kind,       b->size_least, b->size_most, b->formats,
                          b->roles,      b->vendor,     b->has,       b->never,
                          b->prefix_len, b->has_key,    b->key.high,  b->key.low};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return memcmp(a->prefix, b->prefix, sizeof a->prefix);
}

static uint64_t hash_of(const struct db_gate *gate)
{
    const uint64_t words[] = {gate->kind,       gate->size_least, gate->size_most, gate->formats,
                              gate->roles,      gate->vendor,     gate->has,       gate->never,
                              gate->prefix_len, gate->has_key,    gate->key.high,  gate->key.low};
    return vpi_hash64(span_of(words, sizeof words)) ^
           vpi_hash64(span_of(gate->prefix, sizeof gate->prefix));
}

/* The slot of `gate`: its own, or the free one where it belongs. */
static uint32_t *find_slot(const struct gates *gates, const struct db_gate *gate)
{
    size_t i = (size_t)hash_of(gate) & (gates->slot_count - 1);
    while (gates->slots[i] && compare_gates(&gates->items[gates->slots[i] - 1], gate) != 0)
        i = (i + 1) & (gates->slot_count - 1);
    return &gates->slots[i];
}

static bool make_slots(struct gates *gates)
{
    size_t count = gates->slot_count ? 2 * gates->slot_count : (size_t)FIRST_SLOTS;
    uint32_t *slots = vpi_arena_array(gates->arena, count, sizeof *slots);
    if (!slots)
        return false;
    gates->slots = slots;
    gates->slot_count = count;
    for (size_t i = 0; i < gates->count; i++)
        *find_slot(gates, &gates->items[i]) = (uint32_t)i + 1;
    return true;
}

uint32_t vpi_gates_add(struct gates *gates, const struct db_gate *gate)
{
    if (gates->count * 2 >= gates->slot_count && !make_slots(gates))
        return VPDB_NO_ROW;
    uint32_t *slot = find_slot(gates, gate);
    if (*slot)
        return *slot - 1;
    struct db_gate *items =
        vpi_arena_grow(gates->arena, gates->items, gates->count, &gates->capacity, sizeof *items);
    if (!items || gates->count >= VPDB_NO_ROW - 1)
        return VPDB_NO_ROW;
    gates->items = items;
    items[gates->count++] = *gate;
    *slot = (uint32_t)gates->count;
    return *slot - 1;
}

bool vpi_gates_sort(struct gates *gates)
{
    size_t count = gates->count;
    gates->sorted = vpi_arena_array(gates->arena, count, sizeof *gates->sorted);
    gates->rows = vpi_arena_array(gates->arena, count, sizeof *gates->rows);
    if (!gates->sorted || !gates->rows)
        return false;
    if (count == 0)
        return true;
    memcpy(gates->sorted, gates->items, count * sizeof *gates->sorted);
    qsort(gates->sorted, count, sizeof *gates->sorted, compare_gates);
    for (size_t i = 0; i < count; i++)
        gates->rows[*find_slot(gates, &gates->sorted[i]) - 1] = (uint32_t)i;
    return true;
}
