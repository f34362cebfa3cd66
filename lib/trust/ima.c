/* ima.c - security.ima: a digest of the file, or a signature of it */
#include "trust/ima.h"

enum type { TYPE_DIGEST = 1, TYPE_SIGNATURE = 3, TYPE_DIGEST_NG = 4 };
enum { VERSION_2 = 2, RSA_LEAST = 1024 };

static enum digest_algorithm algorithm_of(unsigned hash)
{
    static const enum digest_algorithm algorithms[] = {[1] = DIGEST_MD5,
                                                       [2] = DIGEST_SHA1,
                                                       [4] = DIGEST_SHA256,
                                                       [5] = DIGEST_SHA384,
                                                       [6] = DIGEST_SHA512};
    return hash < sizeof algorithms / sizeof *algorithms ? algorithms[hash] : 0;
}

static bool signature_read(struct reader *r, struct ima *ret)
{
    unsigned version = reader_u8(r);
    ret->algorithm = algorithm_of(reader_u8(r));
    ret->key_id = reader_span(r, IMA_KEY_ID);
    ret->signature = reader_span(r, reader_u16(r));
    return !r->bad && version == VERSION_2 && ret->signature.len > 0;
}

bool vpi_ima_read(struct span bytes, struct ima *ret)
{
    struct ima ima = {.algorithm = DIGEST_SHA1};
    struct reader r = reader_at(bytes, 0);
    r.big = true;
    unsigned type = reader_u8(&r);
    if (type == TYPE_SIGNATURE) {
        if (!signature_read(&r, &ima))
            return false;
    } else if (type == TYPE_DIGEST || type == TYPE_DIGEST_NG) {
        if (type == TYPE_DIGEST_NG)
            ima.algorithm = algorithm_of(reader_u8(&r));
        ima.digest = span_from(bytes, r.off);
        if (r.bad || !ima.algorithm || ima.digest.len != vpi_digest_len(ima.algorithm))
            return false;
    } else {
        return false;
    }
    *ret = ima;
    return true;
}

const struct certificate *vpi_ima_signer(const struct trust *trust, const struct ima *ima)
{
    const struct certificate *found = NULL;
    for (size_t i = 0; ima->key_id.len && i < trust->known_count; i++) {
        struct span id = trust->known[i].key_identifier;
        if (id.len < IMA_KEY_ID || !span_equal(span_from(id, id.len - IMA_KEY_ID), ima->key_id))
            continue;
        if (found)
            return NULL;
        found = &trust->known[i];
    }
    return found;
}

static bool is_weak(struct crypto *crypto, const struct certificate *signer, const struct ima *ima)
{
    struct key_facts key = vpi_key_facts(crypto, signer->spki);
    return ima->algorithm == DIGEST_MD5 || ima->algorithm == DIGEST_SHA1 || !key.type ||
           (key.bits < RSA_LEAST && strncmp(key.type, "ec", 2) != 0);
}

bool vpi_ima_verify(struct crypto *crypto, const struct trust *trust, const struct ima *ima,
                    struct span digest, struct trust_signature *ret)
{
    const struct certificate *signer = vpi_ima_signer(trust, ima);
    struct anchor_marks marks;
    ret->states = VP_SIGNATURE_CHECKED;
    if (!signer || !vpi_signature_verify_digest(crypto, signer->spki, span_of(NULL, 0),
                                                ima->algorithm, digest, ima->signature))
        return true;
    if (!vpi_anchor_marks(crypto, &trust->anchors, signer, &marks))
        return false;
    ret->states |= VP_SIGNATURE_VERIFIES | VP_SIGNATURE_DIGEST_MATCHES;
    /* The kernel looks at no dates, and nothing says when it was signed: the row's count, today. */
    const unsigned purposes = PURPOSE_CODE | PURPOSE_PACKAGE;
    const struct trust_anchor *good = vpi_marks_trusted(&marks, purposes, trust->now);
    const struct trust_anchor *bad = vpi_marks_distrusted(&marks, trust->now);
    if (good) {
        ret->states |= VP_SIGNATURE_ANCHORED | VP_SIGNATURE_TIMELY | VP_SIGNATURE_CODE_SIGNING;
        ret->anchor = good->name;
    }
    if (bad) {
        ret->states |= VP_SIGNATURE_REVOKED;
        ret->distrust = bad->name;
    }
    ret->states |= is_weak(crypto, signer, ima) ? VP_SIGNATURE_WEAK : 0;
    return true;
}
