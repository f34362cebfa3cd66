/* signature.c - time and chain of one signature, and whether they are enough to believe it */
#include "trust/signature.h"

enum {
    /* Windows refuses what was signed with these since then: Microsoft Security Advisory 2862973
     * (MD5: "2009-03-01"), "Windows Enforcement of SHA1 Certificates" (2016-01-01). */
    MD5_UNTIL = 1235865600,
    SHA1_UNTIL = 1451606400,
    RSA_LEAST = 1024 /* Microsoft Security Advisory 2661254 */
};

static bool is_old(enum digest_algorithm algorithm, bool proven, int64_t time)
{
    if (algorithm == DIGEST_MD5)
        return !proven || time >= MD5_UNTIL;
    return algorithm == DIGEST_SHA1 && (!proven || time >= SHA1_UNTIL);
}

/* A digest or a key that can be forged with the money of today, unless the time is proven to be one
 * when it couldn't. */
static bool is_weak(struct crypto *crypto, const struct trust_signature *s, size_t known,
                    bool proven, int64_t time)
{
    if (is_old(s->content->digest_algorithm, proven, time) ||
        is_old(s->info->digest_algorithm, proven, time))
        return true;
    for (size_t i = 0; i < s->chain.len; i++) {
        /* An anchor is known by its hash: its own signature proves nothing. */
        if (i < known && is_old(s->chain.path[i]->signature_digest, proven, time))
            return true;
        struct key_facts key = vpi_key_facts(crypto, s->chain.path[i]->spki);
        if (!key.type || (key.bits < RSA_LEAST && strncmp(key.type, "ec", 2) != 0 &&
                          strncmp(key.type, "ed", 2) != 0))
            return true;
    }
    return false;
}

/* Each certificate below the anchor allows code to be signed: RFC 5280, 4.2.1.12, read as Windows
 * does, where the usages of an authority limit what it issues for. */
static bool may_sign_code(const struct chain *chain)
{
    for (size_t i = 0; i < chain->len; i++) {
        const struct certificate *c = chain->path[i];
        bool last = i + 1 == chain->len && i > 0;
        if (c->has_usages && !c->code_signing && !c->any_usage && !last)
            return false;
    }
    return chain->len > 0;
}

/* Where in the chain the first anchor is. */
static size_t anchor_of(const struct trust_blob *blob, const struct chain *chain, unsigned purposes,
                        int64_t time)
{
    for (size_t i = 0; i < chain->len; i++) {
        ptrdiff_t at = chain->path[i] - blob->data.certificates;
        if (at >= 0 && (size_t)at < blob->data.certificate_count &&
            vpi_marks_trusted(&blob->marks[at], purposes, time))
            return i;
    }
    return chain->len ? chain->len - 1 : 0;
}

static void marks_report(const struct trust_blob *blob, struct trust_signature *s,
                         unsigned purposes, int64_t time)
{
    for (size_t i = 0; i < s->chain.len; i++) {
        ptrdiff_t at = s->chain.path[i] - blob->data.certificates;
        if (at < 0 || (size_t)at >= blob->data.certificate_count)
            continue;
        const struct trust_anchor *bad = vpi_marks_distrusted(&blob->marks[at], time);
        const struct trust_anchor *good = vpi_marks_trusted(&blob->marks[at], purposes, time);
        if (bad) {
            s->states |= VP_SIGNATURE_REVOKED;
            s->distrust = bad->name;
        }
        if (good && i + 1 == s->chain.len)
            s->anchor = good->name;
    }
}

/* The chain, judged at the proven time, or else at the date of the set. */
static bool chain_judge(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                        struct trust_blob *blob, unsigned purposes, struct trust_signature *s)
{
    const struct certificate *leaf = s->info->leaf;
    bool proven = s->time.anchored && !leaf->lifetime_signing;
    int64_t time = s->time.time, begins = 0;
    if (!proven) {
        /* A set may be older than what it is asked about. */
        (void)vpi_der_time(leaf->not_before, &begins);
        time = trust->now > begins ? trust->now : begins;
    }
    if (!vpi_chain_verify(crypto, arena, trust, blob, leaf, purposes, time, &s->chain))
        return !arena->failed;
    s->states |= s->time.anchored ? VP_SIGNATURE_STAMPED : 0;
    s->states |= leaf->lifetime_signing ? VP_SIGNATURE_LIFETIME : 0;
    s->states |= s->chain.anchored ? VP_SIGNATURE_ANCHORED : 0;
    s->states |= s->chain.timely ? VP_SIGNATURE_TIMELY : 0;
    s->states |= may_sign_code(&s->chain) ? VP_SIGNATURE_CODE_SIGNING : 0;
    size_t known = anchor_of(blob, &s->chain, purposes, time);
    s->states |= is_weak(crypto, s, known, s->time.anchored, s->time.time) ? VP_SIGNATURE_WEAK : 0;
    marks_report(blob, s, purposes, time);
    return true;
}

bool vpi_signature_judge(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                         struct trust_blob *blob, unsigned purposes, struct trust_signature *s)
{
    return vpi_trust_complete(arena, trust, blob) &&
           vpi_time_verify(crypto, arena, trust, blob, s->info, &s->time) &&
           chain_judge(crypto, arena, trust, blob, purposes, s) && !arena->failed;
}

bool vpi_signature_believed(const struct trust_signature *signature)
{
    const unsigned good = VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_VERIFIES |
                          VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING;
    const unsigned bad = VP_SIGNATURE_REVOKED | VP_SIGNATURE_OVERLAP | VP_SIGNATURE_WEAK |
                         VP_SIGNATURE_ADHOC | VP_SIGNATURE_TEAM_DIFFERS;
    return (signature->states & (good | bad)) == good;
}
