/* anchor.c - which rows of a set speak of a certificate */
#include "trust/anchor.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const struct trust_anchor *a = left, *b = right;
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    if (a->algorithm != b->algorithm)
        return a->algorithm < b->algorithm ? -1 : 1;
    return memcmp(a->hash, b->hash, sizeof a->hash);
}

void vpi_anchors_sort(struct trust_anchor *items, size_t count)
{
    if (count)
        qsort(items, count, sizeof *items, compare);
}

/* The first row that is not before `key`. */
static size_t lower(const struct trust_anchors *anchors, const struct trust_anchor *key)
{
    size_t from = 0, to = anchors->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare(&anchors->items[middle], key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct span part_of(const struct certificate *certificate, enum anchor_what what)
{
    if (what == ANCHOR_TBS)
        return certificate->tbs;
    return what == ANCHOR_SPKI ? certificate->spki : certificate->whole;
}

bool vpi_anchor_marks(struct crypto *crypto, const struct trust_anchors *anchors,
                      const struct certificate *certificate, struct anchor_marks *ret)
{
    ret->count = 0;
    for (int what = ANCHOR_TBS; what <= ANCHOR_CERTIFICATE; what++) {
        for (int algorithm = DIGEST_SHA1; algorithm <= DIGEST_SHA512; algorithm++) {
            struct trust_anchor key = {.what = (enum anchor_what)what,
                                       .algorithm = (enum digest_algorithm)algorithm};
            uint8_t value[DIGEST_MOST] = {0};
            size_t row = lower(anchors, &key);
            /* Hash only what the set has rows of. */
            if (row == anchors->count || (int)anchors->items[row].what != what ||
                (int)anchors->items[row].algorithm != algorithm)
                continue;
            if (!vpi_digest_again(crypto, key.algorithm, part_of(certificate, key.what), value))
                return false;
            memcpy(key.hash, value, sizeof key.hash);
            for (row = lower(anchors, &key); row < anchors->count && ret->count < MARKS_MOST &&
                                             compare(&anchors->items[row], &key) == 0;
                 row++)
                ret->rows[ret->count++] = &anchors->items[row];
        }
    }
    return true;
}

/* Time before 1970 is none that a certificate has. */
static bool applies(const struct trust_anchor *row, int64_t time)
{
    uint64_t at = time > 0 ? (uint64_t)time : 0;
    return (row->from == 0 || at >= row->from) && (row->until == 0 || at < row->until);
}

const struct trust_anchor *vpi_marks_trusted(const struct anchor_marks *marks, unsigned purposes,
                                             int64_t time)
{
    for (size_t i = 0; i < marks->count; i++) {
        const struct trust_anchor *row = marks->rows[i];
        if (!row->distrusted && (row->purposes & purposes) && applies(row, time))
            return row;
    }
    return NULL;
}

const struct trust_anchor *vpi_marks_distrusted(const struct anchor_marks *marks, int64_t time)
{
    for (size_t i = 0; i < marks->count; i++) {
        if (marks->rows[i]->distrusted && applies(marks->rows[i], time))
            return marks->rows[i];
    }
    return NULL;
}
