/* signer.c - one SignerInfo: its attributes, its signature, and the counter-signatures of it
 *
 * RFC 5652, 5.4 and 5.6; RFC 2985, 5.3.6 (PKCS#9 counter-signature); RFC 3161 (time-stamp token),
 * which Microsoft puts into the unsigned attribute 1.3.6.1.4.1.311.3.3.1, Apple into RFC 3161's
 * own.
 */
#include "trust/signature.h"

#define OID(bytes)            (bytes), sizeof(bytes) - 1
#define OID_CONTENT_TYPE      OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
#define OID_MESSAGE_DIGEST    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")
#define OID_SIGNING_TIME      OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05")
#define OID_COUNTER_SIGNATURE OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06")
#define OID_RFC3161_TOKEN     OID("\x2b\x06\x01\x04\x01\x82\x37\x03\x03\x01")
/* RFC 3161, appendix A: where Apple has it. */
#define OID_TOKEN_ATTRIBUTE OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e")
#define OID_TST_INFO        OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04")

enum { INDEFINITE = 0x80, STAMPS_MOST = 4, ATTRIBUTES_MOST = 64 << 10 };

static struct span content_of(struct span whole)
{
    struct der_value value;
    return vpi_der_next(&whole, &value) ? value.content : span_of(NULL, 0);
}

static bool digest_is(struct crypto *crypto, enum digest_algorithm algorithm, struct span octets,
                      struct span expected)
{
    uint8_t value[DIGEST_MOST];
    return algorithm && vpi_digest(crypto, algorithm, octets, value) &&
           span_equal(span_of(value, vpi_digest_len(algorithm)), expected);
}

static bool message_is(struct crypto *crypto, enum digest_algorithm algorithm,
                       const struct trust_message *message, struct span expected)
{
    const struct trust_digests *digests = message->digests;
    if (!digests)
        return digest_is(crypto, algorithm, message->octets, expected);
    return digests->known[algorithm] &&
           span_equal(span_of(digests->values[algorithm], vpi_digest_len(algorithm)), expected);
}

/* The attributes are signed as a SET, though they stand under [0]: RFC 5652, 5.4. */
static bool attributes_as_set(struct arena *arena, struct span whole, struct span *ret)
{
    if (whole.len < 2 || whole.len > ATTRIBUTES_MOST || whole.data[1] == INDEFINITE)
        return false;
    uint8_t *copy = vpi_arena_alloc(arena, whole.len);
    if (!copy)
        return false;
    memcpy(copy, whole.data, whole.len);
    copy[0] = DER_SET;
    *ret = span_of(copy, whole.len);
    return true;
}

/* messageDigest and contentType are right; then `ret` is what the signature has to be over. */
static bool attributes_check(struct crypto *crypto, struct arena *arena,
                             const struct signer_info *info, const struct trust_message *message,
                             struct span type, struct span *ret)
{
    struct span values;
    struct der_value value;
    /* Content other than plain data is never signed without attributes: RFC 5652, 5.3. */
    struct span attributes = content_of(info->attributes);
    if (!info->leaf || attributes.len == 0 || !info->digest_algorithm)
        return false;
    if (!vpi_attribute_find(attributes, OID_MESSAGE_DIGEST, &values) ||
        !vpi_der_expect(&values, DER_OCTET_STRING, &value) || values.len ||
        !message_is(crypto, info->digest_algorithm, message, value.content))
        return false;
    if (type.len && (!vpi_attribute_find(attributes, OID_CONTENT_TYPE, &values) ||
                     !vpi_der_expect(&values, DER_OID, &value) || values.len ||
                     !span_equal(value.content, type)))
        return false;
    return attributes_as_set(arena, info->attributes, ret);
}

bool vpi_signer_verify(struct crypto *crypto, struct arena *arena, const struct signer_info *info,
                       const struct trust_message *message, struct span type)
{
    struct span set;
    return attributes_check(crypto, arena, info, message, type, &set) &&
           vpi_signature_verify(crypto, info->leaf->spki, info->algorithm, info->digest_algorithm,
                                set, info->signature);
}

/* As vpi_signer_verify, and as Symantec's signers G4 (2012 to 2020) did it: without a DigestInfo.
 * CryptVerifySignature takes both (tests/rsaenh.c of Wine, run on Windows). */
static bool counter_verify(struct crypto *crypto, struct arena *arena,
                           const struct signer_info *info, struct span octets)
{
    struct trust_message message = {.octets = octets};
    struct span set;
    if (!attributes_check(crypto, arena, info, &message, span_of(NULL, 0), &set))
        return false;
    return vpi_signature_verify(crypto, info->leaf->spki, info->algorithm, info->digest_algorithm,
                                set, info->signature) ||
           vpi_signature_verify_bare(crypto, info->leaf->spki, info->algorithm,
                                     info->digest_algorithm, set, info->signature);
}

static bool marks_make(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                       struct trust_blob *blob)
{
    if (blob->marks)
        return true;
    size_t count = blob->data.certificate_count;
    struct anchor_marks *marks = vpi_arena_array(arena, count, sizeof *marks);
    for (size_t i = 0; marks && i < count; i++) {
        if (!vpi_anchor_marks(crypto, &trust->anchors, &blob->data.certificates[i], &marks[i]))
            return false;
    }
    blob->marks = marks;
    return marks != NULL;
}

bool vpi_chain_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                      struct trust_blob *blob, const struct certificate *leaf, unsigned purposes,
                      int64_t time, struct chain *ret)
{
    bool trusted[SIGNED_DATA_CERTIFICATES_MOST] = {false};
    struct chain_input input = {.leaf = leaf,
                                .certificates = blob->data.certificates,
                                .trusted = trusted,
                                .count = blob->data.certificate_count,
                                .extra = trust->extra,
                                .extra_count = trust->extra_count,
                                .time = time};
    if (!marks_make(crypto, arena, trust, blob))
        return false;
    for (size_t i = 0; i < input.count; i++)
        trusted[i] = vpi_marks_trusted(&blob->marks[i], purposes, time) != NULL;
    return vpi_chain_build(crypto, &input, ret);
}

static bool may_stamp(const struct certificate *leaf)
{
    return leaf->time_stamping || leaf->any_usage; /* RFC 3161, 2.3 */
}

/* Whether the chain below its anchor rests on MD5.  A collision makes a stamp of any time, so that
 * the time which it says can't excuse it. */
static bool rests_on_md5(const struct trust_blob *blob, const struct chain *chain, int64_t time)
{
    for (size_t i = 0; i < chain->len; i++) {
        ptrdiff_t at = chain->path[i] - blob->data.certificates;
        bool enclosed = at >= 0 && (size_t)at < blob->data.certificate_count;
        if (!enclosed || vpi_marks_trusted(&blob->marks[at], PURPOSE_TIME, time))
            return false; /* an anchor is known by its hash */
        if (chain->path[i]->signature_digest == DIGEST_MD5)
            return true;
    }
    return false;
}

/* The chain of a counter-signature by `info`, at its own time.  False: no memory. */
static bool time_anchor(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                        struct trust_blob *blob, const struct signer_info *info,
                        struct trust_time *stamp)
{
    struct chain chain = {.len = 0};
    if (!stamp->verifies || !may_stamp(stamp->leaf) || info->digest_algorithm == DIGEST_MD5)
        return true;
    if (!vpi_chain_verify(crypto, arena, trust, blob, stamp->leaf, PURPOSE_TIME, stamp->time,
                          &chain))
        return !arena->failed;
    stamp->anchored = chain.anchored && chain.timely && !rests_on_md5(blob, &chain, stamp->time);
    for (size_t i = 0; i < chain.len; i++) {
        ptrdiff_t at = chain.path[i] - blob->data.certificates;
        if (at >= 0 && (size_t)at < blob->data.certificate_count &&
            vpi_marks_distrusted(&blob->marks[at], stamp->time))
            stamp->anchored = false;
    }
    return true;
}

/* PKCS#9: a SignerInfo over the signature, whose certificates stand with the signer's. */
static bool counter_read(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                         struct trust_blob *blob, const struct signer_info *info, struct span der,
                         struct trust_time *ret)
{
    struct signer_info counter;
    struct span values;
    struct der_value time;
    if (!vpi_counter_signature_read(der, &blob->data, &counter))
        return true;
    if (!vpi_attribute_find(content_of(counter.attributes), OID_SIGNING_TIME, &values) ||
        !vpi_der_next(&values, &time) || !vpi_der_time(time.content, &ret->time))
        return true;
    ret->from = VP_TIME_PKCS9;
    ret->leaf = counter.leaf;
    ret->verifies = counter_verify(crypto, arena, &counter, info->signature);
    return time_anchor(crypto, arena, trust, blob, &counter, ret);
}

/* TSTInfo ::= SEQUENCE { version, policy, MessageImprint { algorithm, digest }, serial, genTime }
 */
static bool token_info(struct crypto *crypto, struct span octets, struct span signature,
                       int64_t *ret_time)
{
    struct der_value info, version, policy, imprint, algorithm, digest, serial, time;
    if (!vpi_der_expect(&octets, DER_SEQUENCE, &info))
        return false;
    struct span rest = info.content;
    return vpi_der_expect(&rest, DER_INTEGER, &version) &&
           vpi_der_expect(&rest, DER_OID, &policy) &&
           vpi_der_expect(&rest, DER_SEQUENCE, &imprint) &&
           vpi_der_expect(&imprint.content, DER_SEQUENCE, &algorithm) &&
           vpi_der_expect(&imprint.content, DER_OCTET_STRING, &digest) &&
           digest_is(crypto, vpi_algorithm_digest(algorithm.content), signature, digest.content) &&
           vpi_der_expect(&rest, DER_INTEGER, &serial) &&
           vpi_der_expect(&rest, DER_GENERALIZED_TIME, &time) &&
           vpi_der_time(time.content, ret_time);
}

/* The authorities of a token may stand with those of the signature instead: its own certificates
 * come first, then as many of the others as there is room for.  False: no memory. */
static bool certificates_join(struct arena *arena, struct signed_data *token,
                              const struct signed_data *outer)
{
    size_t own = token->certificate_count, room = SIGNED_DATA_CERTIFICATES_MOST - own;
    size_t more = outer->certificate_count < room ? outer->certificate_count : room;
    struct certificate *all = vpi_arena_array(arena, own + more, sizeof *all);
    if (!all)
        return false;
    for (size_t i = 0; i < own; i++)
        all[i] = token->certificates[i];
    for (size_t i = 0; i < more; i++)
        all[own + i] = outer->certificates[i];
    for (size_t i = 0; i < token->signer_count; i++) {
        if (token->signers[i].leaf)
            token->signers[i].leaf = all + (token->signers[i].leaf - token->certificates);
    }
    token->certificates = all;
    token->certificate_count = own + more;
    return true;
}

/* RFC 3161: SignedData of its own. */
static bool token_read(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                       const struct trust_blob *blob, const struct signer_info *info,
                       struct span der, struct trust_time *ret)
{
    struct trust_blob *token = vpi_arena_alloc(arena, sizeof *token);
    if (!token)
        return false;
    if (!vpi_signed_data_read(arena, der, &token->data) || token->data.signer_count == 0)
        return !arena->failed;
    const struct signed_content *content = &token->data.contents[0];
    const struct signer_info *signer = &token->data.signers[0];
    if (signer->layer != 0 || !der_oid_is(content->type, OID_TST_INFO))
        return true;
    if (!certificates_join(arena, &token->data, &blob->data) ||
        !vpi_trust_complete(arena, trust, token))
        return false;
    ret->from = VP_TIME_RFC3161;
    ret->leaf = signer->leaf;
    struct trust_message message = {.octets = content->octets};
    ret->verifies = token_info(crypto, content->octets, info->signature, &ret->time) &&
                    vpi_signer_verify(crypto, arena, signer, &message, content->type);
    return time_anchor(crypto, arena, trust, token, signer, ret);
}

bool vpi_time_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                     struct trust_blob *blob, const struct signer_info *info,
                     struct trust_time *ret)
{
    struct span attributes = info->unsigned_attributes;
    struct der_value attribute, oid, values, value;
    unsigned count = 0;
    while (vpi_der_expect(&attributes, DER_SEQUENCE, &attribute)) {
        if (!vpi_der_expect(&attribute.content, DER_OID, &oid) ||
            !vpi_der_expect(&attribute.content, DER_SET, &values))
            continue;
        bool token = der_oid_is(oid.content, OID_RFC3161_TOKEN) ||
                     der_oid_is(oid.content, OID_TOKEN_ATTRIBUTE);
        if (!token && !der_oid_is(oid.content, OID_COUNTER_SIGNATURE))
            continue;
        while (vpi_der_expect(&values.content, DER_SEQUENCE, &value) && count++ < STAMPS_MOST) {
            struct trust_time stamp = {.from = VP_TIME_NONE};
            if (!(token ? token_read(crypto, arena, trust, blob, info, value.whole, &stamp)
                        : counter_read(crypto, arena, trust, blob, info, value.whole, &stamp)))
                return false;
            if (ret->from == VP_TIME_NONE || (stamp.anchored && !ret->anchored))
                *ret = stamp;
        }
    }
    return true;
}
