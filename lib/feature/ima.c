/* ima.c - who signed the file for Linux's integrity subsystem (security.ima)
 *
 * Features are the key id and, when the set has one certificate of that id, its digest: that hits a
 * vendor's key, and then the signature is verified.  An object with a signature of its own keeps
 * that one; of its security.ima only the key id is told.
 */
#include "trust/ima.h"

#include "feature/feature.h"

struct feature_ima {
    struct source_consumer consumer;
    struct source_range all;
    struct feature_work *work;
    struct ima ima;
    struct digest *digest;
    uint8_t value[DIGEST_MOST];
    bool known;
};

enum { NUMBER = 1 };

static void update(void *context, struct span bytes)
{
    struct feature_ima *f = context;
    vpi_digest_add(f->digest, bytes);
}

static void finish(void *context)
{
    struct feature_ima *f = context;
    f->known = vpi_digest_end(f->digest, f->value);
}

static void join_pass(struct feature_work *work, struct feature_ima *f)
{
    f->digest = f->ima.algorithm ? vpi_digest_begin(work->crypto, f->ima.algorithm) : NULL;
    if (!f->digest)
        return;
    f->all = (struct source_range){0, work->src->size};
    f->consumer = (struct source_consumer){.ranges = &f->all,
                                           .range_count = 1,
                                           .update = update,
                                           .finish = finish,
                                           .context = f,
                                           .cryptographic = true};
    vpi_pass_add(&work->pass, &f->consumer);
}

static void add_names(struct feature_work *work, const struct ima *ima)
{
    uint8_t value[DIGEST_MOST];
    size_t first = work->count;
    if (ima->key_id.len)
        vpi_feature_add(work, KIND_SIGNER_KEY_ID, ima->key_id, NULL);
    const struct certificate *signer = work->trust ? vpi_ima_signer(work->trust, ima) : NULL;
    if (signer && vpi_digest(work->crypto, DIGEST_SHA256, signer->whole, value))
        vpi_feature_add(work, KIND_CERTIFICATE_SHA256,
                        span_of(value, vpi_digest_len(DIGEST_SHA256)), NULL);
    for (size_t i = first; i < work->count; i++)
        work->items[i].certificate = NUMBER;
}

/* Makes it the object's signature.  False: no memory. */
static bool begin(struct feature_work *work, const struct ima *ima)
{
    static const struct signer_info nobody;
    static const struct signed_content nothing;
    struct feature_trust *trust = vpi_arena_alloc(work->arena, sizeof *trust);
    struct feature_ima *f = vpi_arena_alloc(work->arena, sizeof *f);
    struct trust_signature *signature = vpi_arena_alloc(work->arena, sizeof *signature);
    if (!trust || !f || !signature)
        return false;
    f->ima = *ima;
    f->work = work;
    *signature = (struct trust_signature){.info = &nobody, .content = &nothing};
    trust->signatures = signature;
    trust->count = trust->capacity = ima->signature.len ? 1 : 0;
    trust->nobody = trust->count == 0;
    trust->off = VP_NONE;
    trust->ima = f;
    work->signatures = trust;
    work->notes->signing = SIGNING_IMA;
    return true;
}

static void read_all(struct feature_work *work)
{
    for (size_t i = 0; i < work->image->blob_count; i++) {
        struct ima ima;
        if (work->image->blobs[i].type != BLOB_IMA)
            continue;
        if (!vpi_ima_read(work->image->blobs[i].bytes, &ima)) {
            vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNREADABLE, VP_NONE, "security.ima");
            continue;
        }
        if (work->signatures || work->image->signing != SIGNING_NONE) {
            if (ima.key_id.len)
                vpi_feature_add(work, KIND_SIGNER_KEY_ID, ima.key_id, NULL);
            continue;
        }
        add_names(work, &ima);
        if (!begin(work, &ima))
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "security.ima");
    }
}

void vpi_family_ima(struct feature_work *work)
{
    struct feature_trust *trust = work->signatures;
    if ((work->wanted & WANT_REST) && !(trust && trust->ima)) {
        read_all(work);
        trust = work->signatures;
    }
    if ((work->wanted & WANT_TRUST) && trust && trust->ima && !trust->verified)
        join_pass(work, trust->ima);
}

static void tell(struct feature_work *work, const struct trust_signature *s, bool has)
{
    if (!(s->states & VP_SIGNATURE_VERIFIES))
        vpi_image_note(work->notes, has ? VP_NOTE_SIGNATURE_INVALID : VP_NOTE_SIGNATURE_KEY_UNKNOWN,
                       VP_NONE,
                       has ? "security.ima is of other content, or not by that key"
                           : "the key of security.ima is not in the set");
    else if (!(s->states & VP_SIGNATURE_ANCHORED))
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNANCHORED, VP_NONE,
                       "the set has the key of security.ima for other things");
    if (s->states & VP_SIGNATURE_REVOKED)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_REVOKED, VP_NONE,
                       "the set distrusts the signer of security.ima");
    if (s->states & VP_SIGNATURE_WEAK)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_WEAK, VP_NONE,
                       "the digest or the key of security.ima can be forged");
}

void vpi_ima_finish(struct feature_work *work)
{
    static const struct trust nobody;
    const struct trust *known = work->trust ? work->trust : &nobody;
    struct feature_trust *trust = work->signatures;
    struct feature_ima *f = trust->ima;
    size_t len = f->known ? vpi_digest_len(f->ima.algorithm) : 0;
    struct span digest = span_of(f->value, len);
    trust->verified = true;
    if (f->ima.digest.len && len && !span_equal(f->ima.digest, digest))
        vpi_image_note(work->notes, VP_NOTE_DIGEST_DIFFERS, VP_NONE,
                       "security.ima has the digest of other content");
    if (trust->count == 0)
        return;
    struct trust_signature *s = &trust->signatures[0];
    if (!vpi_ima_verify(work->crypto, known, &f->ima, digest, s)) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "security.ima");
        s->states = 0;
        return;
    }
    if (vpi_signature_believed(s)) {
        s->states |= VP_SIGNATURE_BELIEVED;
        for (size_t i = 0; i < work->count; i++)
            work->items[i].verified |= work->items[i].certificate == NUMBER;
    }
    tell(work, s, vpi_ima_signer(known, &f->ima) != NULL);
}
