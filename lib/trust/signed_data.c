/* signed_data.c - PKCS#7/CMS SignedData (RFC 5652) taken apart, nothing verified
 *
 *     ContentInfo     SEQUENCE { OID signedData, [0] { SignedData } }
 *     SignedData      SEQUENCE { version, digestAlgorithms SET, encapContentInfo,
 *                                [0] certificates?, [1] crls?, signerInfos SET }
 *     SignerInfo      SEQUENCE { version, sid, digestAlgorithm, [0] signed attributes?,
 *                                signatureAlgorithm, signature, [1] unsigned attributes? }
 *     Attribute       SEQUENCE { OID, SET OF value }
 *
 * The SpcXxx types are those of "Windows Authenticode Portable Executable Signature Format"
 * (Microsoft, 2008).  Damage inside costs what it hides and no more: real blobs have some.
 */
#include "trust/signed_data.h"

#define OID(bytes)               (bytes), sizeof(bytes) - 1
#define OID_SIGNED_DATA          OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define OID_SPC_OPUS_INFO        OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0c")
#define OID_SPC_NESTED_SIGNATURE OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x04\x01")

/* The blobs still to be read; those nested in one are put behind it. */
struct work {
    struct arena *arena;
    struct signed_data *data;
    struct span blobs[SIGNED_DATA_NESTED_MOST + 1];
    unsigned count;
};

static void nested_add(struct work *work, struct span values)
{
    struct der_value blob;
    while (vpi_der_expect(&values, DER_SEQUENCE, &blob)) {
        if (work->count > SIGNED_DATA_NESTED_MOST) {
            work->data->cut_short = true;
            return;
        }
        work->blobs[work->count++] = blob.whole;
    }
}

/* Signed and unsigned ones alike: what is looked for stands in one or the other only, and a
 * nested signature has no business to be missed because of where someone put it. */
static void attributes_read(struct work *work, struct span attributes, struct signer_info *signer)
{
    struct der_value attribute, oid, values;
    while (vpi_der_expect(&attributes, DER_SEQUENCE, &attribute)) {
        if (!vpi_der_expect(&attribute.content, DER_OID, &oid) ||
            !vpi_der_expect(&attribute.content, DER_SET, &values))
            continue;
        if (der_oid_is(oid.content, OID_SPC_OPUS_INFO))
            vpi_spc_opus_read(work->arena, values.content, signer);
        else if (der_oid_is(oid.content, OID_SPC_NESTED_SIGNATURE))
            nested_add(work, values.content);
    }
}

/* SignerIdentifier: issuer and serial, or [0] the subject key identifier. */
static bool identifier_read(struct span *info, struct signer_info *signer)
{
    struct der_value pair, issuer, serial, key;
    if (vpi_der_expect(info, DER_CONTEXT, &key)) {
        signer->key_identifier = key.content;
        return true;
    }
    if (!vpi_der_expect(info, DER_SEQUENCE, &pair) ||
        !vpi_der_expect(&pair.content, DER_SEQUENCE, &issuer) ||
        !vpi_der_expect(&pair.content, DER_INTEGER, &serial))
        return false;
    signer->issuer = issuer.whole;
    signer->serial = serial.content;
    return true;
}

/* What follows the identifier: each part at most once, in the order of the syntax. */
static void parts_read(struct span *info, struct signer_info *signer)
{
    struct der_value part;
    if (vpi_der_expect(info, DER_SEQUENCE, &part))
        signer->digest_algorithm = vpi_algorithm_digest(part.content);
    if (vpi_der_expect(info, DER_CONTEXT_CONSTRUCTED, &part))
        signer->attributes = part.whole;
    if (vpi_der_expect(info, DER_SEQUENCE, &part))
        signer->algorithm = part.content;
    if (vpi_der_expect(info, DER_OCTET_STRING, &part))
        signer->signature = part.content;
    if (vpi_der_expect(info, DER_CONTEXT_CONSTRUCTED | 1, &part))
        signer->unsigned_attributes = part.content;
}

static struct span attributes_content(struct span whole)
{
    struct der_value value;
    return vpi_der_next(&whole, &value) ? value.content : span_of(NULL, 0);
}

bool vpi_attribute_find(struct span attributes, const char *oid, size_t len, struct span *ret)
{
    struct der_value attribute, type, values;
    struct span found = {NULL, 0};
    unsigned count = 0;
    while (vpi_der_expect(&attributes, DER_SEQUENCE, &attribute)) {
        if (!vpi_der_expect(&attribute.content, DER_OID, &type) ||
            !der_oid_is(type.content, oid, len) || count++ ||
            !vpi_der_expect(&attribute.content, DER_SET, &values))
            continue;
        found = values.content;
    }
    if (count != 1 || found.len == 0)
        return false;
    *ret = found;
    return true;
}

static void signer_read(struct work *work, struct span info, unsigned layer)
{
    struct signed_data *data = work->data;
    struct der_value version;
    struct signer_info signer = {.layer = layer};
    if (!vpi_der_expect(&info, DER_INTEGER, &version) || !identifier_read(&info, &signer))
        return;
    if (data->signer_count >= SIGNED_DATA_SIGNERS_MOST) {
        data->cut_short = true;
        return;
    }
    struct signer_info *signers = vpi_arena_grow(work->arena, data->signers, data->signer_count,
                                                 &data->signer_capacity, sizeof *signers);
    if (!signers) {
        data->cut_short = true;
        return;
    }
    parts_read(&info, &signer);
    attributes_read(work, attributes_content(signer.attributes), &signer);
    attributes_read(work, signer.unsigned_attributes, &signer);
    data->signers = signers;
    signers[data->signer_count++] = signer;
}

/* Adds what isn't there yet: a nested signature often brings the same chain again. */
static bool certificate_add(struct work *work, struct span whole)
{
    struct signed_data *data = work->data;
    for (size_t i = 0; i < data->certificate_count; i++) {
        if (span_equal(data->certificates[i].whole, whole))
            return true;
    }
    if (data->certificate_count >= SIGNED_DATA_CERTIFICATES_MOST) {
        data->cut_short = true;
        return false;
    }
    struct certificate *certificates =
        vpi_arena_grow(work->arena, data->certificates, data->certificate_count,
                       &data->certificate_capacity, sizeof *certificates);
    if (certificates) {
        data->certificates = certificates;
        if (vpi_certificate_read(work->arena, whole, &certificates[data->certificate_count]))
            data->certificate_count++;
    }
    if (work->arena->failed)
        data->cut_short = true;
    return !work->arena->failed;
}

/* One blob, without those nested in it.  False: it is no SignedData. */
static bool blob_read(struct work *work, struct span blob, unsigned layer)
{
    struct der_value info, oid, wrapped, data, version, algorithms, encapsulated, part, item;
    if (!vpi_der_expect(&blob, DER_SEQUENCE, &info) ||
        !vpi_der_expect(&info.content, DER_OID, &oid) ||
        !der_oid_is(oid.content, OID_SIGNED_DATA) ||
        !vpi_der_expect(&info.content, DER_CONTEXT_CONSTRUCTED, &wrapped) ||
        !vpi_der_expect(&wrapped.content, DER_SEQUENCE, &data) ||
        !vpi_der_expect(&data.content, DER_INTEGER, &version) ||
        !vpi_der_expect(&data.content, DER_SET, &algorithms) ||
        !vpi_der_expect(&data.content, DER_SEQUENCE, &encapsulated))
        return false;
    struct signed_content *content = &work->data->contents[layer];
    vpi_spc_content_read(work->arena, encapsulated.content, content);
    if (layer == 0)
        work->data->message_digest = content->digest;
    while (vpi_der_next(&data.content, &part)) {
        if (part.tag == DER_CONTEXT_CONSTRUCTED) {
            while (vpi_der_next(&part.content, &item)) {
                if (item.tag == DER_SEQUENCE && !certificate_add(work, item.whole))
                    break;
            }
        } else if (part.tag == DER_SET) {
            while (vpi_der_expect(&part.content, DER_SEQUENCE, &item))
                signer_read(work, item.content, layer);
        }
    }
    return true;
}

/* Serials are compared without leading zeros: some writers drop the one that keeps a serial from
 * being negative, in one of the two places. */
static struct span serial_trim(struct span serial)
{
    while (serial.len > 1 && serial.data[0] == 0)
        serial = span_from(serial, 1);
    return serial;
}

bool vpi_signer_names(const struct signer_info *signer, const struct certificate *certificate)
{
    if (signer->key_identifier.len)
        return span_equal(signer->key_identifier, certificate->key_identifier);
    return span_equal(signer->issuer, certificate->issuer) &&
           span_equal(serial_trim(signer->serial), serial_trim(certificate->serial));
}

static const struct certificate *leaf_find(const struct signed_data *data,
                                           const struct signer_info *signer)
{
    for (size_t k = 0; k < data->certificate_count; k++) {
        if (vpi_signer_names(signer, &data->certificates[k]))
            return &data->certificates[k];
    }
    return NULL;
}

bool vpi_counter_signature_read(struct span info, const struct signed_data *data,
                                struct signer_info *ret)
{
    struct der_value whole, version;
    struct signer_info signer = {.layer = 0};
    if (!vpi_der_expect(&info, DER_SEQUENCE, &whole) ||
        !vpi_der_expect(&whole.content, DER_INTEGER, &version) ||
        !identifier_read(&whole.content, &signer))
        return false;
    parts_read(&whole.content, &signer);
    signer.leaf = leaf_find(data, &signer);
    *ret = signer;
    return true;
}

bool vpi_signed_data_read(struct arena *arena, struct span der, struct signed_data *ret)
{
    struct signed_data data = {.certificates = NULL};
    struct work work = {.arena = arena, .data = &data, .blobs = {der}, .count = 1};
    if (!blob_read(&work, der, 0))
        return false;
    for (unsigned layer = 1; layer < work.count; layer++)
        (void)blob_read(&work, work.blobs[layer], layer);
    /* Only now: the array of certificates has stopped to move. */
    for (size_t i = 0; i < data.signer_count; i++)
        data.signers[i].leaf = leaf_find(&data, &data.signers[i]);
    data.cut_short |= arena->failed;
    *ret = data;
    return true;
}
