/* catalog_index.c - which catalog lists a digest */
#include "trust/catalog_index.h"

#include <stdlib.h>

enum { BLOB_MOST = 1 << 20, HEADER = 6, ROWS_FIRST = 64, FLAT = 2, STRONG = 1, NUMBER_SHIFT = 2 };

void vpi_catalog_index_init(struct catalog_index *index, size_t limit)
{
    memset(index, 0, sizeof *index);
    vpi_arena_init(&index->arena, limit);
    vpi_arena_init(&index->rows_arena, limit);
}

void vpi_catalog_index_done(struct catalog_index *index)
{
    vpi_arena_done(&index->arena);
    vpi_arena_done(&index->rows_arena);
}

/* A value's header with a length of four octets; returns where its content goes. */
static uint8_t *put_header(uint8_t *to, uint8_t tag, size_t len)
{
    *to++ = tag;
    *to++ = 0x84;
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (uint8_t)(len >> shift);
    return to;
}

static uint8_t *put(uint8_t *to, struct span bytes)
{
    if (bytes.len)
        memcpy(to, bytes.data, bytes.len);
    return to + bytes.len;
}

/* The SignedData without what is signed: the type stays, certificates and signers too. */
static bool strip(struct arena *arena, struct span der, struct span *ret)
{
    struct der_value info, type, wrapped, data, version, algorithms, encapsulated, oid;
    if (!vpi_der_expect(&der, DER_SEQUENCE, &info) ||
        !vpi_der_expect(&info.content, DER_OID, &type) ||
        !vpi_der_expect(&info.content, DER_CONTEXT_CONSTRUCTED, &wrapped) ||
        !vpi_der_expect(&wrapped.content, DER_SEQUENCE, &data) ||
        !vpi_der_expect(&data.content, DER_INTEGER, &version) ||
        !vpi_der_expect(&data.content, DER_SET, &algorithms) ||
        !vpi_der_expect(&data.content, DER_SEQUENCE, &encapsulated) ||
        !vpi_der_expect(&encapsulated.content, DER_OID, &oid))
        return false;
    struct span rest = data.content;
    if (rest.len > BLOB_MOST)
        return false;
    size_t inner = version.whole.len + algorithms.whole.len + HEADER + oid.whole.len + rest.len;
    size_t outer = type.whole.len + 2 * HEADER + inner;
    uint8_t *bytes = vpi_arena_bytes(arena, HEADER + outer), *to = bytes;
    if (!bytes)
        return false;
    to = put_header(to, DER_SEQUENCE, outer);
    to = put(to, type.whole);
    to = put_header(to, DER_CONTEXT_CONSTRUCTED, HEADER + inner);
    to = put_header(to, DER_SEQUENCE, inner);
    to = put(put(to, version.whole), algorithms.whole);
    to = put_header(to, DER_SEQUENCE, oid.whole.len);
    to = put(put(to, oid.whole), rest);
    *ret = span_of(bytes, (size_t)(to - bytes));
    return true;
}

/* The digests of the content that its signers may have made. */
static void content_digests(struct crypto *crypto, const struct signed_data *data,
                            struct trust_digests *ret)
{
    for (size_t i = 0; i < data->signer_count; i++) {
        enum digest_algorithm algorithm = data->signers[i].digest_algorithm;
        if (data->signers[i].layer == 0 && algorithm && !ret->known[algorithm])
            ret->known[algorithm] =
                vpi_digest(crypto, algorithm, data->contents[0].octets, ret->values[algorithm]);
    }
}

static bool row_add(struct catalog_index *index, const struct catalog_member *member)
{
    if (index->row_count == index->row_capacity) {
        size_t capacity = index->row_capacity ? index->row_capacity * 2 : ROWS_FIRST;
        size_t len = sizeof *index->rows;
        if (capacity > INDEX_MEMBERS_MOST)
            return false;
        struct catalog_row *rows = index->rows
                                       ? vpi_arena_extend(&index->rows_arena, index->rows,
                                                          index->row_capacity * len, capacity * len)
                                       : vpi_arena_bytes(&index->rows_arena, capacity * len);
        if (!rows)
            return false;
        index->rows = rows;
        index->row_capacity = capacity;
    }
    bool strong = member->algorithm == DIGEST_SHA256;
    struct catalog_row *row = &index->rows[index->row_count++];
    memset(row, 0, sizeof *row);
    memcpy(row->digest, member->digest.data, member->digest.len);
    row->where =
        (uint32_t)index->count << NUMBER_SHIFT | (member->flat ? FLAT : 0) | (strong ? STRONG : 0);
    index->has[member->flat][strong] = true;
    return true;
}

static bool rows_add(struct catalog_index *index, struct catalog_list *list)
{
    struct catalog_member member;
    while (vpi_catalog_next(list, &member)) {
        if ((member.algorithm == DIGEST_SHA1 || member.algorithm == DIGEST_SHA256) &&
            !row_add(index, &member))
            return false;
    }
    return list->members.len == 0 || list->count < CATALOG_MEMBERS_MOST;
}

bool vpi_catalog_index_add(struct catalog_index *index, struct crypto *crypto, const char *name,
                           struct span der)
{
    struct arena arena;
    struct signed_data data;
    struct catalog_list list;
    size_t row_count = index->row_count;
    bool added = false;
    vpi_arena_init(&arena, 0);
    if (vpi_signed_data_read(&arena, der, &data) && data.signer_count > 0 &&
        vpi_catalog_read_list(&data.contents[0], &list)) {
        struct catalog_facts facts = {.name = vpi_arena_text(&index->arena, span_text(name))};
        struct catalog_facts *grown = vpi_arena_grow(&index->arena, index->catalogs, index->count,
                                                     &index->capacity, sizeof *grown);
        content_digests(crypto, &data, &facts.digests);
        if (grown)
            index->catalogs = grown;
        added = grown && facts.name && index->count < INDEX_CATALOGS_MOST &&
                strip(&index->arena, der, &facts.blob) && rows_add(index, &list);
        if (added)
            index->catalogs[index->count++] = facts;
        else
            index->row_count = row_count;
        index->full |= !added;
    }
    vpi_arena_done(&arena);
    return added;
}

static int compare(const void *left, const void *right)
{
    const struct catalog_row *a = left, *b = right;
    int order = memcmp(a->digest, b->digest, sizeof a->digest);
    if (order != 0)
        return order;
    return (a->where > b->where) - (a->where < b->where);
}

void vpi_catalog_index_sort(struct catalog_index *index)
{
    if (index->row_count)
        qsort(index->rows, index->row_count, sizeof *index->rows, compare);
}

/* The first row that is not before the digest. */
static size_t lower_bound(const struct catalog_index *index, const uint8_t *digest)
{
    size_t low = 0, high = index->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(index->rows[middle].digest, digest, INDEX_DIGEST) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t vpi_catalog_index_find(const struct catalog_index *index, bool flat,
                              enum digest_algorithm algorithm, const uint8_t *digest,
                              uint32_t *ret_numbers, size_t most)
{
    uint8_t wanted[INDEX_DIGEST] = {0};
    uint32_t kind = (flat ? FLAT : 0) | (algorithm == DIGEST_SHA256 ? STRONG : 0);
    size_t count = 0;
    if (algorithm != DIGEST_SHA1 && algorithm != DIGEST_SHA256)
        return 0;
    memcpy(wanted, digest, vpi_digest_len(algorithm));
    for (size_t i = lower_bound(index, wanted); i < index->row_count && count < most; i++) {
        const struct catalog_row *row = &index->rows[i];
        if (memcmp(row->digest, wanted, INDEX_DIGEST) != 0)
            break;
        uint32_t number = row->where >> NUMBER_SHIFT;
        if ((row->where & (FLAT | STRONG)) == kind &&
            (count == 0 || ret_numbers[count - 1] != number))
            ret_numbers[count++] = number;
    }
    return count;
}
