/* certificate.c - who signed: every certificate of every entry of the certificate table
 *
 * Nothing is verified here, so all of it is a claim until trust.c says more.  Each certificate
 * yields its digests: a set may know an issuer as well as a signer.  Only the certificate that a
 * signer info refers to yields names: what a certification authority is called never says whose
 * code it is.
 */
#include "feature/feature.h"
#include "trust/catalog.h"

enum { SIGNATURE_LEN_MOST = 8 << 20, SHA256_LEN = 32, KEY_ID_MOST = 64 };

static bool add_digest(struct feature_work *work, unsigned kind, enum digest_algorithm algorithm,
                       struct span bytes)
{
    uint8_t value[DIGEST_MOST];
    if (!vpi_feature_needed(work, kind))
        return true;
    if (!vpi_digest_again(work->crypto, algorithm, bytes, value)) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "certificates");
        return false;
    }
    vpi_feature_add(work, kind, span_of(value, vpi_digest_len(algorithm)), NULL);
    return true;
}

/* True when `digest` is new; it is then kept.  False also when there is no more room. */
static bool remember(uint8_t (*digests)[SHA256_LEN], size_t *count, size_t most,
                     const uint8_t *digest)
{
    for (size_t i = 0; i < *count; i++) {
        if (memcmp(digests[i], digest, SHA256_LEN) == 0)
            return false;
    }
    if (*count == most)
        return false;
    memcpy(digests[(*count)++], digest, SHA256_LEN);
    return true;
}

static bool digest_pair(struct feature_work *work, struct span first, struct span second,
                        uint8_t ret[DIGEST_MOST])
{
    struct digest *digest = vpi_digest_begin(work->crypto, DIGEST_SHA256);
    if (digest) {
        vpi_digest_add(digest, first);
        vpi_digest_add(digest, second);
    }
    if (digest && vpi_digest_end(digest, ret))
        return true;
    vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "certificates");
    return false;
}

bool vpi_signer_digest(struct feature_work *work, const struct signer_info *signer,
                       uint8_t ret[DIGEST_MOST])
{
    if (signer->key_identifier.len)
        return digest_pair(work, signer->key_identifier, span_of(NULL, 0), ret);
    return signer->issuer.len && digest_pair(work, signer->issuer, signer->serial, ret);
}

/* SHA-256 of the issuer's DER followed by the octets of the serial number: the pair names a
 * certificate (RFC 5280, 4.1.2.2) and is what a signer info and most block lists have. */
static void add_issuer_serial(struct feature_work *work, struct span issuer, struct span serial)
{
    uint8_t value[DIGEST_MOST];
    if (!vpi_feature_needed(work, KIND_CERTIFICATE_ISSUER_SERIAL) ||
        !digest_pair(work, issuer, serial, value))
        return;
    vpi_feature_add(work, KIND_CERTIFICATE_ISSUER_SERIAL, span_of(value, SHA256_LEN), NULL);
}

static void add_certificate(struct feature_work *work, const struct certificate *certificate)
{
    struct span tbs = certificate->tbs;
    bool good = add_digest(work, KIND_CERTIFICATE_SHA256, DIGEST_SHA256, certificate->whole) &&
                add_digest(work, KIND_CERTIFICATE_SHA1, DIGEST_SHA1, certificate->whole) &&
                add_digest(work, KIND_CERTIFICATE_TBS_SHA256, DIGEST_SHA256, tbs) &&
                add_digest(work, KIND_CERTIFICATE_TBS_SHA1, DIGEST_SHA1, tbs) &&
                add_digest(work, KIND_CERTIFICATE_SPKI_SHA256, DIGEST_SHA256, certificate->spki);
    if (!good)
        return;
    if (certificate->signature_digest)
        add_digest(work, KIND_CERTIFICATE_TBS, certificate->signature_digest, tbs);
    add_issuer_serial(work, certificate->issuer, certificate->serial);
}

/* "RU:1027739867473": a number means nothing without the register that gave it. */
static void add_registration(struct feature_work *work, const struct certificate *leaf)
{
    struct span country =
        leaf->jurisdiction_country.len ? leaf->jurisdiction_country : leaf->country;
    struct span number = span_first(leaf->serial_number, CANONICAL_MOST);
    country = span_first(country, 64);
    if (country.len == 0 || number.len == 0)
        return;
    uint8_t *both = vpi_arena_alloc(work->arena, country.len + 1 + number.len);
    if (!both) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "certificates");
        return;
    }
    memcpy(both, country.data, country.len);
    both[country.len] = ':';
    memcpy(both + country.len + 1, number.data, number.len);
    vpi_feature_add_text(work, KIND_CERTIFICATE_REGISTRATION,
                         span_of(both, country.len + 1 + number.len));
}

/* What Apple issued it for, and to which team. */
static void add_apple(struct feature_work *work, const struct certificate *leaf)
{
    enum apple_signer signer = vpi_apple_signer(leaf, NULL);
    vpi_feature_add_text(work, KIND_APPLE_TEAM_ID, vpi_apple_team(leaf));
    vpi_feature_add_text(work, KIND_APPLE_CERTIFICATE, span_text(vpi_apple_signer_name(signer)));
}

/* What is not of one certificate, such as the opus name, gets no number. */
static void number_features(struct feature_work *work, size_t first, const uint8_t *digest)
{
    const struct feature_trust *trust = work->signatures;
    for (size_t i = 0; i < trust->certificate_count; i++) {
        if (memcmp(trust->certificates[i], digest, SHA256_LEN) != 0)
            continue;
        for (size_t k = first; k < work->count; k++)
            work->items[k].certificate = (uint16_t)(i + 1);
    }
}

/* Kernel modules don't bring their signer's certificate along, only its name. */
static void add_unenclosed(struct feature_work *work, const struct signer_info *signer)
{
    struct feature_trust *trust = work->signatures;
    uint8_t digest[DIGEST_MOST];
    struct span name;
    if (!vpi_signer_digest(work, signer, digest))
        return;
    (void)remember(trust->certificates, &trust->certificate_count, CERTIFICATES_MOST, digest);
    size_t first = work->count;
    if (signer->issuer.len)
        add_issuer_serial(work, signer->issuer, signer->serial);
    if (vpi_name_common(work->arena, signer->issuer, &name))
        vpi_feature_add_text(work, KIND_SIGNER_NAME, name);
    struct span id = signer->key_identifier.len ? signer->key_identifier : signer->serial;
    if (id.len && id.len <= KEY_ID_MOST)
        vpi_feature_add(work, KIND_SIGNER_KEY_ID, id, NULL);
    number_features(work, first, digest);
}

static void add_signer(struct feature_work *work, const struct signer_info *signer)
{
    struct feature_trust *trust = work->signatures;
    uint8_t digest[DIGEST_MOST];
    vpi_feature_add_text(work, KIND_OPUS_NAME, signer->opus_name);
    vpi_feature_add_text(work, KIND_OPUS_URL, signer->opus_url);
    if (!signer->leaf)
        add_unenclosed(work, signer);
    if (!signer->leaf ||
        !vpi_digest_again(work->crypto, DIGEST_SHA256, signer->leaf->whole, digest) ||
        !remember(trust->leaves, &trust->leaf_count, LEAVES_MOST, digest))
        return;
    size_t first = work->count;
    vpi_feature_add_text(work, KIND_CERTIFICATE_O, signer->leaf->organization);
    vpi_feature_add_text(work, KIND_CERTIFICATE_CN, signer->leaf->common_name);
    add_registration(work, signer->leaf);
    if (work->image->signing == SIGNING_CODE_DIRECTORY)
        add_apple(work, signer->leaf);
    number_features(work, first, digest);
}

/* Bytes behind the DER that are not zeros: no digest covers them (CVE-2013-3900). */
static bool is_padded(const struct image *image, const struct image_blob *blob, struct span der)
{
    struct der_value value;
    struct span rest = der;
    if (image->signature_slack || blob->len > der.len || !vpi_der_next(&rest, &value))
        return true;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.data[i])
            return true;
    }
    return false;
}

/* What Apple signs stands beside the SignedData. */
static const struct signed_content *content_of(const struct feature_trust *trust,
                                               const struct signed_data *data,
                                               const struct signer_info *signer)
{
    return trust->code && signer->layer == 0 ? &trust->code->content
                                             : &data->contents[signer->layer];
}

static void keep_signatures(struct feature_work *work, struct trust_blob *kept)
{
    struct feature_trust *trust = work->signatures;
    const struct signed_data *data = &kept->data;
    trust->blobs[trust->blob_count++] = kept;
    for (size_t i = 0; i < data->signer_count; i++) {
        struct trust_signature *grown = vpi_arena_grow(work->arena, trust->signatures, trust->count,
                                                       &trust->capacity, sizeof *grown);
        if (!grown) {
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
            return;
        }
        trust->signatures = grown;
        grown[trust->count++] =
            (struct trust_signature){.info = &data->signers[i],
                                     .content = content_of(trust, data, &data->signers[i]),
                                     .entry = kept->entry};
    }
}

void vpi_signer_features(struct feature_work *work, const struct signed_data *data)
{
    struct feature_trust *trust = work->signatures;
    uint8_t digest[DIGEST_MOST];
    for (size_t i = 0; i < data->certificate_count; i++) {
        if (!vpi_digest_again(work->crypto, DIGEST_SHA256, data->certificates[i].whole, digest) ||
            !remember(trust->certificates, &trust->certificate_count, CERTIFICATES_MOST, digest))
            continue;
        size_t first = work->count;
        add_certificate(work, &data->certificates[i]);
        number_features(work, first, digest);
    }
    for (size_t i = 0; i < data->signer_count; i++)
        add_signer(work, &data->signers[i]);
    if (trust->certificate_count == CERTIFICATES_MOST || trust->leaf_count == LEAVES_MOST)
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "certificates");
}

static void add_signature(struct feature_work *work, const struct image_blob *blob, unsigned entry)
{
    struct trust_blob *kept = vpi_arena_alloc(work->arena, sizeof *kept);
    struct span der;
    uint64_t most =
        work->image->signing == SIGNING_ENCLOSED ? CATALOG_LEN_MOST : SIGNATURE_LEN_MOST;
    if (!kept || !vpi_feature_blob(work, blob, most, &der) ||
        !vpi_signed_data_read(work->arena, der, &kept->data)) {
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNREADABLE, blob->off, "signature");
        return;
    }
    const struct signed_data *data = &kept->data;
    kept->entry = entry;
    kept->padded = is_padded(work->image, blob, der);
    if (data->cut_short)
        vpi_image_gap(work->notes, work->arena->failed ? VP_GAP_MEMORY_LIMIT : VP_GAP_COUNT_LIMIT,
                      "certificates and signers");
    vpi_signer_features(work, data);
    if (work->trust && !vpi_trust_adopt(work->arena, work->trust, &kept->data))
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "certificates");
    keep_signatures(work, kept);
}

void vpi_family_certificate(struct feature_work *work)
{
    const struct image *image = work->image;
    size_t count = 0;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->blob_count; i++) {
        if (image->blobs[i].type != BLOB_SIGNATURE)
            continue;
        if (count == 0) {
            if (!work->signatures) {
                work->signatures = vpi_arena_alloc(work->arena, sizeof *work->signatures);
                if (work->signatures)
                    work->signatures->off = image->blobs[i].off;
            }
        }
        if (!work->signatures || count == SIGNED_BLOBS_MOST) {
            vpi_image_gap(work->notes, work->signatures ? VP_GAP_COUNT_LIMIT : VP_GAP_MEMORY_LIMIT,
                          "signatures");
            return;
        }
        add_signature(work, &image->blobs[i], (unsigned)count++);
    }
}
