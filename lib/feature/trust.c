/* trust.c - verifies the signatures that certificate.c found
 *
 * Only when somebody needs it: the digests that the signatures name are a pass over the whole
 * object.  Features of a certificate by which a signature is believed are marked so.
 */
#include "feature/feature.h"
#include "trust/catalog.h"
#include "trust/detached.h"

static void digest_keep(struct feature_work *work, enum digest_algorithm algorithm,
                        const uint8_t *digest)
{
    struct trust_digests *digests = &work->signatures->digests;
    memcpy(digests->values[algorithm], digest, vpi_digest_len(algorithm));
    digests->known[algorithm] = true;
}

void vpi_family_trust(struct feature_work *work)
{
    const struct feature_trust *trust = work->signatures;
    bool wanted[DIGEST_SHA512 + 1] = {false};
    bool detached = work->image->signing == SIGNING_DETACHED;
    if (!(work->wanted & WANT_TRUST) || !trust)
        return;
    if (work->image->signing == SIGNING_CODE_DIRECTORY)
        vpi_code_consume(work);
    if (work->image->signing != SIGNING_AUTHENTICODE && work->image->signing != SIGNING_PACKAGE &&
        !detached)
        return;
    for (size_t i = 0; i < trust->count; i++) {
        const struct trust_signature *s = &trust->signatures[i];
        if (!s->catalog)
            wanted[detached ? s->info->digest_algorithm : s->content->digest_algorithm] = true;
    }
    for (int algorithm = DIGEST_MD5; algorithm <= DIGEST_SHA512; algorithm++) {
        if (wanted[algorithm])
            vpi_consume_signed(work, (enum digest_algorithm)algorithm, 0, digest_keep);
    }
}

static uint16_t number_find(const struct feature_work *work, const uint8_t *digest)
{
    const struct feature_trust *trust = work->signatures;
    for (size_t i = 0; i < trust->certificate_count; i++) {
        if (memcmp(trust->certificates[i], digest, sizeof trust->certificates[i]) == 0)
            return (uint16_t)(i + 1);
    }
    return 0;
}

/* Which number the features of this certificate have; 0: it has none. */
static uint16_t number_of(struct feature_work *work, const struct certificate *certificate)
{
    uint8_t digest[DIGEST_MOST];
    return vpi_digest_again(work->crypto, DIGEST_SHA256, certificate->whole, digest)
               ? number_find(work, digest)
               : 0;
}

/* Like number_of, but of a signer whose certificate came from the set. */
static uint16_t number_of_signer(struct feature_work *work, const struct signer_info *info)
{
    uint8_t digest[DIGEST_MOST];
    return vpi_signer_digest(work, info, digest) ? number_find(work, digest) : 0;
}

static void mark_features(struct feature_work *work, const struct signer_info *info)
{
    uint16_t number = number_of(work, info->leaf);
    if (!number)
        number = number_of_signer(work, info);
    bool apple = work->image->signing == SIGNING_CODE_DIRECTORY;
    for (size_t i = 0; number && i < work->count; i++)
        work->items[i].verified |= work->items[i].certificate == number &&
                                   (!apple || vpi_code_vouches(work, work->items[i].kind));
}

/* What the signer says of the program is said by whom is believed.  The same words may stand in
 * another signature of the file too: that one isn't asked. */
static void mark_program(struct feature_work *work, const struct signer_info *info)
{
    uint16_t number = number_of(work, info->leaf);
    struct span name;
    if (!number || !info->opus_name.len || !vpi_canonical_text(work->arena, info->opus_name, &name))
        return;
    for (size_t i = 0; i < work->count; i++) {
        if (work->items[i].kind == KIND_OPUS_NAME && span_equal(work->items[i].value, name))
            work->items[i].attested = number;
    }
}

static void tell(struct feature_work *work, const struct trust_signature *s)
{
    static const struct {
        unsigned bit;
        bool when; /* the bit has this value */
        enum vp_note_code code;
        const char *text;
    } facts[] = {
        {VP_SIGNATURE_DIGEST_MATCHES, false, VP_NOTE_SIGNATURE_INVALID, "it is of other content"},
        {VP_SIGNATURE_VERIFIES, false, VP_NOTE_SIGNATURE_INVALID,
         "it is not by the key of its signer's certificate"},
        {VP_SIGNATURE_OVERLAP, true, VP_NOTE_SIGNATURE_OVERLAP,
         "the certificate table lies over or before what is loaded"},
        {VP_SIGNATURE_PADDED, true, VP_NOTE_SIGNATURE_PADDED,
         "bytes in the certificate table that no signature covers: Windows refuses them only with "
         "EnableCertPaddingCheck"},
        {VP_SIGNATURE_ANCHORED, false, VP_NOTE_SIGNATURE_UNANCHORED,
         "its chain ends at no anchor of the set"},
        {VP_SIGNATURE_TIMELY, false, VP_NOTE_SIGNATURE_UNTIMELY,
         "a certificate was not valid at the time that is proven, or else at the date of the set"},
        {VP_SIGNATURE_REVOKED, true, VP_NOTE_SIGNATURE_REVOKED, "the set distrusts its signer"},
        {VP_SIGNATURE_WEAK, true, VP_NOTE_SIGNATURE_WEAK,
         "its digest or a key of its chain can be forged"},
    };
    if (!s->info->leaf && work->image->signing == SIGNING_DETACHED) {
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_KEY_UNKNOWN, work->signatures->off,
                       "its signer's key is not in the set");
        return;
    }
    bool right = (s->states & VP_SIGNATURE_VERIFIES) != 0;
    bool anchored = (s->states & VP_SIGNATURE_ANCHORED) != 0;
    unsigned told = 0;
    if (work->image->signing == SIGNING_CODE_DIRECTORY && !s->catalog)
        told = vpi_code_tell(work, s);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        /* What was not looked at because something before it is wrong is no fact. */
        if ((facts[i].bit & told) || (facts[i].bit == VP_SIGNATURE_ANCHORED && !right) ||
            (facts[i].bit == VP_SIGNATURE_TIMELY && !anchored))
            continue;
        if (((s->states & facts[i].bit) != 0) == facts[i].when)
            vpi_image_note(work->notes, facts[i].code, s->catalog ? VP_NONE : work->signatures->off,
                           facts[i].text);
    }
}

void vpi_trust_believe(struct feature_work *work, struct trust_signature *s)
{
    if (vpi_signature_believed(s)) {
        s->states |= VP_SIGNATURE_BELIEVED;
        mark_features(work, s->info);
        mark_program(work, s->info);
    }
    if (work->image->signing == SIGNING_CODE_DIRECTORY && !s->catalog)
        vpi_code_mark(work, s);
    tell(work, s);
}

enum { PAGES_TOLD = VP_SIGNATURE_PAGE_HASHES | VP_SIGNATURE_DIGEST_MATCHES };

/* One signature, by the scheme of its format.  False: no memory. */
static bool verify(struct feature_work *work, struct trust_blob *blob, struct trust_signature *s)
{
    static const struct trust nobody;
    const struct trust *trust = work->trust ? work->trust : &nobody;
    switch (work->image->signing) {
    case SIGNING_AUTHENTICODE:
        if (!vpi_authenticode_verify(work->crypto, work->arena, trust, blob,
                                     &work->signatures->digests,
                                     vpi_authenticode_overlaps(work->image), s))
            return false;
        /* They are of the same bytes: where those are others, there is nothing to compare. */
        if ((s->states & PAGES_TOLD) == PAGES_TOLD && vpi_pages_match(work, s->content))
            s->states |= VP_SIGNATURE_PAGES_MATCH;
        return true;
    case SIGNING_CODE_DIRECTORY:
        return vpi_apple_verify(work->crypto, work->arena, trust, blob, work->image,
                                work->signatures->code, s);
    case SIGNING_DETACHED:
        return vpi_detached_verify(work->crypto, work->arena, trust, blob,
                                   &work->signatures->digests, s);
    case SIGNING_ENCLOSED:
        return vpi_catalog_verify(work->crypto, work->arena, trust, blob, NULL, s);
    case SIGNING_PACKAGE:
        if (!vpi_authenticode_verify(work->crypto, work->arena, trust, blob,
                                     &work->signatures->digests, false, s))
            return false;
        if (!vpi_package_matches(work->crypto, work->image->package, s->content))
            s->states &= ~(unsigned)VP_SIGNATURE_DIGEST_MATCHES;
        if (s->info->leaf)
            vpi_package_publisher(work, s->info->leaf);
        return true;
    default:
        return true;
    }
}

void vpi_trust_finish(struct feature_work *work)
{
    struct feature_trust *trust = work->signatures;
    if (!(work->wanted & WANT_TRUST) || !trust || trust->verified ||
        work->image->signing == SIGNING_NONE)
        return;
    if (trust->openpgp || trust->ima) {
        if (trust->openpgp)
            vpi_openpgp_finish(work);
        else
            vpi_ima_finish(work);
        return;
    }
    trust->verified = true;
    for (size_t i = 0; i < trust->count; i++) {
        struct trust_signature *s = &trust->signatures[i];
        struct trust_blob *blob = NULL;
        if (s->catalog)
            continue;
        for (size_t k = 0; k < trust->blob_count; k++) {
            if (trust->blobs[k]->entry == s->entry)
                blob = trust->blobs[k];
        }
        if (!blob || !verify(work, blob, s)) {
            s->states = 0;
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
            return;
        }
        if ((s->states & PAGES_TOLD) == PAGES_TOLD && !(s->states & VP_SIGNATURE_PAGES_MATCH) &&
            work->image->signing == SIGNING_AUTHENTICODE)
            vpi_image_note(work->notes, VP_NOTE_PAGES_DIFFER, trust->off,
                           "the digests of pages in the signature are of other pages");
        vpi_trust_believe(work, s);
    }
}
