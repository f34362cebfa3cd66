/* openpgp_judge.c - an OpenPGP signature and the keys of the set
 *
 * Nothing but the set says whose a key is.  The time is what the signer says: a thief of a key may
 * say another, so that a row's `until` limits what was made before the theft only for honest ones,
 * and distrust of a key is for all times unless its row says more.
 */
#include "trust/openpgp.h"

enum { FINGERPRINT_4 = 20, RSA_LEAST = 1024 };

static bool is_row_of(const struct trust_anchor *row, const struct openpgp_signature *s)
{
    if (row->what != ANCHOR_OPENPGP)
        return false;
    if (s->fingerprint.len == FINGERPRINT_4)
        return memcmp(row->hash, s->fingerprint.data, FINGERPRINT_4) == 0;
    return s->has_key_id &&
           memcmp(row->hash + FINGERPRINT_4 - OPENPGP_KEY_ID, s->key_id, OPENPGP_KEY_ID) == 0;
}

/* The rows of the key that the signature names; of several keys of one short name, none. */
static void marks_find(const struct trust *trust, const struct openpgp_signature *s,
                       struct anchor_marks *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < trust->anchors.count && ret->count < MARKS_MOST; i++) {
        const struct trust_anchor *row = &trust->anchors.items[i];
        if (!is_row_of(row, s))
            continue;
        if (ret->count && memcmp(ret->rows[0]->hash, row->hash, sizeof row->hash) != 0) {
            ret->count = 0;
            return;
        }
        ret->rows[ret->count++] = row;
    }
}

bool vpi_openpgp_known(const struct trust *trust, const struct openpgp_signature *signature,
                       struct span *ret)
{
    struct anchor_marks marks;
    marks_find(trust, signature, &marks);
    if (marks.count)
        *ret = span_of(marks.rows[0]->hash, FINGERPRINT_4);
    return marks.count > 0;
}

static bool is_weak(struct crypto *crypto, struct arena *arena, const struct openpgp_key *key,
                    const struct openpgp_signature *s)
{
    struct span spki;
    struct key_facts facts = {NULL, 0};
    if (vpi_openpgp_spki(arena, key, &spki))
        facts = vpi_key_facts(crypto, spki);
    bool curve = key->algorithm == 19 || key->algorithm == 22 || key->algorithm == 27;
    return s->digest == DIGEST_MD5 || s->digest == DIGEST_SHA1 || !facts.type ||
           (!curve && facts.bits < RSA_LEAST);
}

/* Made after its key, and not expired at the date of the set. */
static bool is_timely(const struct trust *trust, const struct openpgp_key *key,
                      const struct openpgp_signature *s)
{
    int64_t end = (int64_t)s->time + (int64_t)s->lifetime;
    return s->has_time && s->time >= key->time && (!s->expires || trust->now < end);
}

static bool key_find(struct crypto *crypto, const struct anchor_marks *marks,
                     const struct openpgp_signature *s, struct openpgp_key *ret)
{
    for (size_t i = 0; i < marks->count; i++) {
        if (vpi_openpgp_key_read(crypto, marks->rows[i]->key, ret) && vpi_openpgp_is_by(s, ret))
            return true;
    }
    return false;
}

bool vpi_openpgp_judge(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                       const struct openpgp_signature *signature, struct span digest,
                       unsigned purposes, struct trust_signature *ret)
{
    struct anchor_marks marks;
    struct openpgp_key key;
    ret->states = VP_SIGNATURE_CHECKED;
    marks_find(trust, signature, &marks);
    if (signature->type != OPENPGP_BINARY || !key_find(crypto, &marks, signature, &key) ||
        !vpi_openpgp_verify(crypto, arena, signature, &key, digest))
        return !arena->failed;
    ret->states |= VP_SIGNATURE_VERIFIES | VP_SIGNATURE_DIGEST_MATCHES;
    const struct trust_anchor *good = vpi_marks_trusted(&marks, purposes, signature->time);
    const struct trust_anchor *bad = vpi_marks_distrusted(&marks, signature->time);
    if (good) { /* a row for packages says that it may sign them */
        ret->states |= VP_SIGNATURE_ANCHORED | VP_SIGNATURE_CODE_SIGNING;
        ret->anchor = good->name;
    }
    if (bad) {
        ret->states |= VP_SIGNATURE_REVOKED;
        ret->distrust = bad->name;
    }
    ret->states |= is_timely(trust, &key, signature) ? VP_SIGNATURE_TIMELY : 0;
    ret->states |= is_weak(crypto, arena, &key, signature) ? VP_SIGNATURE_WEAK : 0;
    return !arena->failed;
}
