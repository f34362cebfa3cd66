/* openpgp.c - who signed a package: key ids, fingerprints, and whether the signature is believed
 *
 * A signature is over some ranges of the object.  One over the header of an RPM alone covers the
 * rest by the digest that the header has of it; without that it is not believed.
 */
#include "feature/feature.h"
#include "trust/openpgp.h"

enum { BLOB_MOST = OPENPGP_BYTES_MOST, SIGNATURES_MOST = 16, RANGES_MOST = 4 };

/* A digest over some of the ranges, taken in the pass. */
struct over {
    struct source_consumer consumer;
    struct source_range ranges[RANGES_MOST];
    struct span behind; /* what is hashed after them */
    enum digest_algorithm algorithm;
    struct digest *digest;
    uint8_t value[DIGEST_MOST];
    bool known;
};

struct one {
    struct openpgp_signature packet;
    struct over over;
    uint32_t mask;
    uint16_t number; /* of its features */
};

struct feature_openpgp {
    struct one *all[SIGNATURES_MOST];
    size_t count;
    struct over rest; /* what a digest of the object itself is over */
    const struct image_blob *says;
};

static void over_update(void *context, struct span bytes)
{
    struct over *over = context;
    vpi_digest_add(over->digest, bytes);
}

static void over_finish(void *context)
{
    struct over *over = context;
    vpi_digest_add(over->digest, over->behind);
    over->known = vpi_digest_end(over->digest, over->value);
}

static void over_begin(struct feature_work *work, struct over *over, uint32_t mask)
{
    size_t count = 0;
    for (size_t i = 0; i < work->image->signed_range_count && i < RANGES_MOST; i++) {
        if (mask >> i & 1)
            over->ranges[count++] = work->image->signed_ranges[i];
    }
    over->digest = vpi_digest_begin(work->crypto, over->algorithm);
    if (!over->digest) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
        return;
    }
    over->consumer = (struct source_consumer){.ranges = over->ranges,
                                              .range_count = count,
                                              .update = over_update,
                                              .finish = over_finish,
                                              .context = over,
                                              .cryptographic = true};
    vpi_pass_add(&work->pass, &over->consumer);
}

/* ---- what the signatures say */

static void add_names(struct feature_work *work, struct one *one, const struct image_blob *blob)
{
    const struct openpgp_signature *packet = &one->packet;
    struct span fingerprint = packet->fingerprint;
    size_t first = work->count;
    if (packet->has_key_id)
        vpi_feature_add(work, KIND_SIGNER_KEY_ID, span_of(packet->key_id, OPENPGP_KEY_ID), NULL);
    if (fingerprint.len || (work->trust && vpi_openpgp_known(work->trust, packet, &fingerprint)))
        vpi_feature_add(work, KIND_OPENPGP_FINGERPRINT, fingerprint, NULL);
    for (size_t i = first; i < work->count; i++) {
        work->items[i].certificate = one->number;
        work->items[i].off = blob->off;
        work->items[i].len = blob->len;
    }
}

static bool add_signature(struct feature_work *work, const struct image_blob *blob,
                          const struct openpgp_signature *packet)
{
    static const struct signer_info nobody;
    static const struct signed_content nothing;
    struct feature_trust *trust = work->signatures;
    struct feature_openpgp *openpgp = trust->openpgp;
    struct one *one = vpi_arena_alloc(work->arena, sizeof *one);
    struct trust_signature *grown = vpi_arena_grow(work->arena, trust->signatures, trust->count,
                                                   &trust->capacity, sizeof *grown);
    if (!one || !grown) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
        return false;
    }
    trust->signatures = grown;
    grown[trust->count] = (struct trust_signature){
        .info = &nobody, .content = &nothing, .entry = (unsigned)trust->count};
    trust->count++;
    *one = (struct one){.packet = *packet, .mask = blob->id, .number = (uint16_t)trust->count};
    openpgp->all[openpgp->count++] = one;
    add_names(work, one, blob);
    return true;
}

static void add_blob(struct feature_work *work, const struct image_blob *blob)
{
    struct openpgp_signature packet;
    struct span bytes, packets;
    unsigned found = 0;
    if (!vpi_feature_blob(work, blob, BLOB_MOST, &bytes))
        return;
    if (vpi_openpgp_unarmor(work->arena, bytes, &packets)) {
        while (vpi_openpgp_signature_next(&packets, &packet)) {
            found++;
            if (work->signatures->openpgp->count == SIGNATURES_MOST) {
                vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "signatures");
                return;
            }
            if (!add_signature(work, blob, &packet))
                return;
        }
    }
    if (!found)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNREADABLE, blob->off, "OpenPGP signature");
}

static bool begin(struct feature_work *work, const struct image_blob *first)
{
    struct feature_trust *trust = vpi_arena_alloc(work->arena, sizeof *trust);
    struct feature_openpgp *openpgp = vpi_arena_alloc(work->arena, sizeof *openpgp);
    if (!trust || !openpgp) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
        return false;
    }
    trust->openpgp = openpgp;
    trust->off = first->off;
    work->signatures = trust;
    return true;
}

static void read_all(struct feature_work *work)
{
    const struct image *image = work->image;
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob blob = image->blobs[i];
        if (blob.type == BLOB_OPENPGP) {
            if (!work->signatures && !begin(work, &blob))
                return;
            add_blob(work, &blob);
        }
    }
    for (size_t i = 0; work->signatures && i < image->blob_count; i++) {
        if (image->blobs[i].type == BLOB_DIGEST)
            work->signatures->openpgp->says = &image->blobs[i];
    }
}

/* ---- whether they are believed */

static void join_pass(struct feature_work *work)
{
    struct feature_openpgp *openpgp = work->signatures->openpgp;
    for (size_t i = 0; i < openpgp->count; i++) {
        struct one *one = openpgp->all[i];
        one->over.algorithm = one->packet.digest;
        if (one->packet.digest && vpi_openpgp_trailer(work->arena, &one->packet, &one->over.behind))
            over_begin(work, &one->over, one->mask);
    }
    if (openpgp->says) {
        openpgp->rest.algorithm = vpi_openpgp_digest(openpgp->says->kind);
        if (openpgp->rest.algorithm)
            over_begin(work, &openpgp->rest, openpgp->says->id);
    }
}

void vpi_family_openpgp(struct feature_work *work)
{
    if (work->image->signing != SIGNING_OPENPGP)
        return;
    if ((work->wanted & WANT_REST) && !work->signatures)
        read_all(work);
    struct feature_trust *trust = work->signatures;
    if ((work->wanted & WANT_TRUST) && trust && trust->openpgp && !trust->verified)
        join_pass(work);
}

enum coverage { COVERS_ALL, COVERS_PART, COVERS_OTHER };

/* What of the object the signature is over, directly and by a digest that it is over. */
static enum coverage coverage_of(struct feature_work *work, const struct one *one)
{
    const struct feature_openpgp *openpgp = work->signatures->openpgp;
    const struct over *rest = &openpgp->rest;
    uint32_t all = (UINT32_C(1) << work->image->signed_range_count) - 1, mask = one->mask;
    if ((mask & all) == all)
        return COVERS_ALL;
    if (!openpgp->says || !rest->known || !(mask & 1))
        return COVERS_PART;
    if (span_equal(openpgp->says->bytes, span_of(rest->value, vpi_digest_len(rest->algorithm))))
        return ((mask | openpgp->says->id) & all) == all ? COVERS_ALL : COVERS_PART;
    vpi_image_note(work->notes, VP_NOTE_DIGEST_DIFFERS, work->image->signed_ranges[1].off,
                   "the header's digest is not that of the payload");
    return COVERS_OTHER;
}

static void tell(struct feature_work *work, const struct one *one, const struct trust_signature *s)
{
    struct span known;
    uint64_t off = work->signatures->off;
    if (!(s->states & VP_SIGNATURE_VERIFIES)) {
        bool has = work->trust && vpi_openpgp_known(work->trust, &one->packet, &known);
        vpi_image_note(work->notes, has ? VP_NOTE_SIGNATURE_INVALID : VP_NOTE_SIGNATURE_KEY_UNKNOWN,
                       off,
                       has ? "it is of other content, or not by that key"
                           : "its signer's key is not in the set");
        return;
    }
    if (!(s->states & VP_SIGNATURE_ANCHORED))
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNANCHORED, off,
                       "the set has its key for other things");
    if (!(s->states & VP_SIGNATURE_TIMELY))
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNTIMELY, off, "it has expired");
    if (s->states & VP_SIGNATURE_REVOKED)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_REVOKED, off, "the set distrusts its signer");
    if (s->states & VP_SIGNATURE_WEAK)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_WEAK, off,
                       "its digest or its key can be forged");
}

void vpi_openpgp_finish(struct feature_work *work)
{
    static const struct trust nobody;
    const struct trust *known = work->trust ? work->trust : &nobody;
    struct feature_trust *trust = work->signatures;
    struct feature_openpgp *openpgp = trust->openpgp;
    bool whole = false, part = false;
    trust->verified = true;
    for (size_t i = 0; i < openpgp->count; i++) {
        struct one *one = openpgp->all[i];
        struct trust_signature *s = &trust->signatures[i];
        size_t len = one->over.known ? vpi_digest_len(one->over.algorithm) : 0;
        if (!vpi_openpgp_judge(work->crypto, work->arena, known, &one->packet,
                               span_of(one->over.value, len), PURPOSE_PACKAGE, s)) {
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
            s->states = 0;
            return;
        }
        enum coverage coverage = COVERS_OTHER;
        if (s->states & VP_SIGNATURE_VERIFIES)
            coverage = coverage_of(work, one);
        if (coverage != COVERS_ALL)
            s->states &= ~(unsigned)VP_SIGNATURE_DIGEST_MATCHES;
        whole |= coverage == COVERS_ALL;
        part |= coverage == COVERS_PART;
        if (vpi_signature_believed(s)) {
            s->states |= VP_SIGNATURE_BELIEVED;
            for (size_t k = 0; k < work->count; k++)
                work->items[k].verified |= work->items[k].certificate == one->number;
        }
        tell(work, one, s);
    }
    if (part && !whole)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_PARTIAL, trust->off,
                       "the signature is over the header alone, which has no digest of the rest");
}
