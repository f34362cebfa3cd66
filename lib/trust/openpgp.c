/* openpgp.c - OpenPGP packets (RFC 4880, 4 and 5; RFC 9580)
 *
 *     packet       0x80 | tag << 2 | kind of length, length; or 0xc0 | tag, length in the new form
 *     signature 4  version, type, key algorithm, hash, 2: length, hashed subpackets,
 *                  2: length, other subpackets, 2: left of the digest, numbers
 *     signature 3  version, 5, type, 4: time, 8: key id, key algorithm, hash, 2: left, numbers
 *     public key 4 version, 4: time, algorithm, numbers
 *     number       2: bits, bytes
 *
 * All big-endian.  Lengths in pieces (RFC 4880, 4.2.2.4) are for data packets only: none is read.
 */
#include "trust/openpgp.h"

#include "base/base64.h"

enum { TAG_SIGNATURE = 2, FINGERPRINT_4 = 20, CRITICAL = 0x80 };

enum key_algorithm {
    ALGORITHM_RSA = 1,
    ALGORITHM_RSA_SIGN = 3,
    ALGORITHM_DSA = 17,
    ALGORITHM_ECDSA = 19,
    ALGORITHM_EDDSA = 22,
    ALGORITHM_ED25519 = 27
};

static struct reader big_reader(struct span all)
{
    struct reader r = reader_at(all, 0);
    r.big = true;
    return r;
}

enum digest_algorithm vpi_openpgp_digest(unsigned hash)
{
    static const enum digest_algorithm digests[] = {[1] = DIGEST_MD5,
                                                    [2] = DIGEST_SHA1,
                                                    [8] = DIGEST_SHA256,
                                                    [9] = DIGEST_SHA384,
                                                    [10] = DIGEST_SHA512};
    return hash < sizeof digests / sizeof *digests ? digests[hash] : 0;
}

/* ---- armor: RFC 4880, 6.2 */

static struct span line_next(struct span *rest)
{
    const uint8_t *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    struct span line = span_first(*rest, end ? (uint64_t)(end - rest->data) : rest->len);
    *rest = span_from(*rest, line.len + 1);
    while (line.len && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' '))
        line.len--;
    return line;
}

static bool begins(struct span line, const char *text)
{
    return line.len >= strlen(text) && memcmp(line.data, text, strlen(text)) == 0;
}

bool vpi_openpgp_unarmor(struct arena *arena, struct span bytes, struct span *ret)
{
    if (!begins(bytes, "-----BEGIN PGP ")) {
        *ret = bytes;
        return bytes.len <= OPENPGP_BYTES_MOST;
    }
    struct span rest = span_first(bytes, OPENPGP_BYTES_MOST);
    (void)line_next(&rest);
    while (rest.len && line_next(&rest).len > 0)
        ; /* headers end with an empty line */
    struct span text = rest;
    for (struct span line; rest.len;) {
        size_t before = (size_t)(rest.data - text.data);
        line = line_next(&rest);
        /* "=" and four digits is the checksum, which is no part of a signature's safety. */
        if (begins(line, "-----END PGP ") || (begins(line, "=") && line.len == 5)) {
            text = span_first(text, before);
            size_t len;
            uint8_t *decoded = vpi_arena_bytes(arena, text.len / 4 * 3 + 3);
            if (!decoded || !vpi_base64_decode(text, decoded, &len))
                return false;
            *ret = span_of(decoded, len);
            return true;
        }
    }
    return false;
}

/* ---- packets */

static bool length_new(struct reader *r, uint64_t *ret)
{
    unsigned first = reader_u8(r);
    *ret = first;
    if (first >= 192 && first < 224)
        *ret = ((first - 192u) << 8) + reader_u8(r) + 192u;
    else if (first == 255)
        *ret = reader_u32(r);
    return !r->bad && (first < 224 || first == 255);
}

static bool packet_next(struct span *rest, unsigned *ret_tag, struct span *ret_body)
{
    struct reader r = big_reader(*rest);
    unsigned first = reader_u8(&r);
    uint64_t len = 0;
    if (r.bad || !(first & 0x80))
        return false;
    if (first & 0x40) {
        *ret_tag = first & 0x3f;
        if (!length_new(&r, &len))
            return false;
    } else {
        *ret_tag = first >> 2 & 15;
        if ((first & 3) == 3) /* to the end */
            len = rest->len - r.off;
        else
            len = reader_uint(&r, 1u << (first & 3));
    }
    *ret_body = reader_span(&r, len);
    if (r.bad)
        return false;
    *rest = span_from(*rest, r.off);
    return true;
}

/* A number without its count of bits. */
static struct span number_read(struct reader *r)
{
    return reader_span(r, (reader_u16(r) + 7u) / 8u);
}

static void numbers_read(struct reader *r, struct span *numbers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        numbers[i] = number_read(r);
}

/* ---- signatures */

static unsigned signature_numbers(unsigned algorithm)
{
    switch (algorithm) {
    case ALGORITHM_RSA:
    case ALGORITHM_RSA_SIGN:
        return 1;
    case ALGORITHM_DSA:
    case ALGORITHM_ECDSA:
    case ALGORITHM_EDDSA:
        return 2;
    default:
        return 0;
    }
}

static void signature_values(struct reader *r, struct openpgp_signature *s)
{
    struct span left = reader_span(r, sizeof s->left);
    if (left.len == sizeof s->left)
        memcpy(s->left, left.data, sizeof s->left);
    if (s->key_algorithm == ALGORITHM_ED25519)
        s->numbers[0] = reader_span(r, 64);
    else
        numbers_read(r, s->numbers, signature_numbers(s->key_algorithm));
}

static void subpacket_read(struct openpgp_signature *s, unsigned type, struct span body,
                           bool hashed)
{
    struct reader r = big_reader(body);
    switch (type & ~(unsigned)CRITICAL) {
    case 2: /* creation time */
        if (hashed && body.len == 4) {
            s->has_time = true;
            s->time = reader_u32(&r);
        }
        break;
    case 3: /* expiration of the signature */
        if (hashed && body.len == 4) {
            s->lifetime = reader_u32(&r);
            s->expires = s->lifetime != 0;
        }
        break;
    case 16: /* issuer: often not hashed, and it need not be: a wrong key doesn't verify */
        if (body.len == OPENPGP_KEY_ID && !s->has_key_id) {
            memcpy(s->key_id, body.data, OPENPGP_KEY_ID);
            s->has_key_id = true;
        }
        break;
    case 33: /* issuer's fingerprint: version, bytes */
        if (body.len == 1 + FINGERPRINT_4 && body.data[0] == 4 && s->fingerprint.len == 0)
            s->fingerprint = span_from(body, 1);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 9:
    case 11:
    case 12:
    case 20:
    case 21:
    case 22:
    case 23:
    case 24:
    case 25:
    case 26:
    case 27:
    case 28:
    case 29:
    case 30:
    case 31:
    case 32:
    case 35:
        break; /* known, and of no weight for a file */
    default:
        s->strange |= hashed && (type & CRITICAL) != 0;
    }
}

static bool subpackets_read(struct openpgp_signature *s, struct span area, bool hashed)
{
    while (area.len) {
        struct reader r = big_reader(area);
        uint64_t len = reader_u8(&r);
        if (len >= 192 && len < 255)
            len = ((len - 192) << 8) + reader_u8(&r) + 192;
        else if (len == 255)
            len = reader_u32(&r);
        struct span whole = reader_span(&r, len);
        if (r.bad || whole.len == 0)
            return false;
        subpacket_read(s, whole.data[0], span_from(whole, 1), hashed);
        area = span_from(area, r.off);
    }
    return true;
}

static bool signature_4(struct span body, struct openpgp_signature *s)
{
    struct reader r = big_reader(body);
    reader_skip(&r, 1);
    s->type = reader_u8(&r);
    s->key_algorithm = reader_u8(&r);
    s->hash_algorithm = reader_u8(&r);
    struct span hashed = reader_span(&r, reader_u16(&r));
    s->hashed = span_first(body, r.off);
    struct span other = reader_span(&r, reader_u16(&r));
    signature_values(&r, s);
    return !r.bad && subpackets_read(s, hashed, true) && subpackets_read(s, other, false);
}

static bool signature_3(struct span body, struct openpgp_signature *s)
{
    struct reader r = big_reader(body);
    reader_skip(&r, 1);
    unsigned len = reader_u8(&r);
    s->hashed = span_first(span_from(body, r.off), 5);
    s->type = reader_u8(&r);
    s->time = reader_u32(&r);
    s->has_time = true;
    struct span key = reader_span(&r, OPENPGP_KEY_ID);
    s->key_algorithm = reader_u8(&r);
    s->hash_algorithm = reader_u8(&r);
    signature_values(&r, s);
    if (r.bad || len != 5)
        return false;
    memcpy(s->key_id, key.data, OPENPGP_KEY_ID);
    s->has_key_id = true;
    return true;
}

/* What can't be read of a signature is not verified; that it is there stays a fact. */
static void signature_read(struct span body, struct openpgp_signature *ret)
{
    struct openpgp_signature s = {.version = body.len ? body.data[0] : 0};
    bool good = (s.version == 4 && signature_4(body, &s)) ||
                ((s.version == 3 || s.version == 2) && signature_3(body, &s));
    if (good)
        s.digest = vpi_openpgp_digest(s.hash_algorithm);
    else
        s.strange = true;
    *ret = s;
}

bool vpi_openpgp_signature_next(struct span *rest, struct openpgp_signature *ret)
{
    struct span body;
    unsigned tag;
    for (unsigned i = 0; i < OPENPGP_PACKETS_MOST && rest->len; i++) {
        if (!packet_next(rest, &tag, &body))
            return false;
        if (tag == TAG_SIGNATURE) {
            signature_read(body, ret);
            return true;
        }
    }
    return false;
}

bool vpi_openpgp_trailer(struct arena *arena, const struct openpgp_signature *signature,
                         struct span *ret)
{
    struct span hashed = signature->hashed;
    *ret = hashed;
    if (signature->strange || hashed.len > OPENPGP_BYTES_MOST)
        return false;
    if (signature->version != 4)
        return signature->version == 3 || signature->version == 2;
    uint8_t *bytes = vpi_arena_bytes(arena, hashed.len + 6);
    if (!bytes)
        return false;
    memcpy(bytes, hashed.data, hashed.len);
    memcpy(bytes + hashed.len, "\x04\xff", 2);
    for (int i = 0; i < 4; i++)
        bytes[hashed.len + 2 + (size_t)i] = (uint8_t)(hashed.len >> (24 - 8 * i));
    *ret = span_of(bytes, hashed.len + 6);
    return true;
}

/* ---- keys */

static void key_numbers(struct reader *r, struct openpgp_key *key)
{
    switch (key->algorithm) {
    case ALGORITHM_RSA:
    case ALGORITHM_RSA_SIGN:
        numbers_read(r, key->numbers, 2);
        break;
    case ALGORITHM_DSA:
        numbers_read(r, key->numbers, 4);
        break;
    case ALGORITHM_ECDSA:
    case ALGORITHM_EDDSA: /* the curve's OID behind its length, the point */
        key->numbers[0] = reader_span(r, reader_u8(r));
        key->numbers[1] = number_read(r);
        break;
    case ALGORITHM_ED25519:
        key->numbers[1] = reader_span(r, 32);
        break;
    default:
        break;
    }
}

/* RFC 4880, 12.2: SHA-1 of 0x99, the length in two bytes and the body. */
static bool key_name(struct crypto *crypto, struct openpgp_key *key)
{
    uint8_t value[DIGEST_MOST];
    struct digest *digest = vpi_digest_begin(crypto, DIGEST_SHA1);
    if (!digest)
        return false;
    uint8_t head[3] = {0x99, (uint8_t)(key->body.len >> 8), (uint8_t)key->body.len};
    vpi_digest_add(digest, span_of(head, sizeof head));
    vpi_digest_add(digest, key->body);
    if (!vpi_digest_end(digest, value))
        return false;
    memcpy(key->fingerprint, value, FINGERPRINT_4);
    key->fingerprint_len = FINGERPRINT_4;
    memcpy(key->key_id, value + FINGERPRINT_4 - OPENPGP_KEY_ID, OPENPGP_KEY_ID);
    return true;
}

bool vpi_openpgp_key_read(struct crypto *crypto, struct span body, struct openpgp_key *ret)
{
    struct openpgp_key key = {.body = body};
    struct reader r = big_reader(body);
    key.version = reader_u8(&r);
    key.time = reader_u32(&r);
    key.algorithm = reader_u8(&r);
    key_numbers(&r, &key);
    if (r.bad || key.version != 4 || body.len > UINT16_MAX || r.off != body.len ||
        !key_name(crypto, &key))
        return false;
    *ret = key;
    return true;
}

bool vpi_openpgp_is_by(const struct openpgp_signature *signature, const struct openpgp_key *key)
{
    if (signature->fingerprint.len)
        return span_equal(signature->fingerprint, span_of(key->fingerprint, key->fingerprint_len));
    return signature->has_key_id && memcmp(signature->key_id, key->key_id, OPENPGP_KEY_ID) == 0;
}
