/* openpgp_key.c - OpenPGP's numbers as keys and signatures that the library verifies */
#include "trust/openpgp.h"

#include "crypto/key_write.h"

#define OID(bytes)         (bytes), sizeof(bytes) - 1
#define OID_ED25519_LEGACY OID("\x2b\x06\x01\x04\x01\xda\x47\x0f\x01")

enum { EDDSA_HALF = 32, NATIVE = 0x40, EC_POINT_LEAST = 3 };

static bool is_eddsa(unsigned algorithm)
{
    return algorithm == 22 || algorithm == 27;
}

bool vpi_openpgp_spki(struct arena *arena, const struct openpgp_key *key, struct span *ret)
{
    struct key_numbers numbers = {.kind = KEY_RSA};
    const struct span *from = key->numbers;
    memcpy(numbers.numbers, from, sizeof numbers.numbers);
    switch (key->algorithm) {
    case 1:
    case 3:
        break;
    case 17:
        numbers.kind = KEY_DSA;
        break;
    case 19:
        numbers.kind = KEY_EC;
        if (from[0].len < EC_POINT_LEAST || from[1].len < EC_POINT_LEAST)
            return false;
        break;
    case 22: /* RFC 4880bis: the point behind a mark that it is in its native form */
        if (!span_equal(from[0], span_of(OID_ED25519_LEGACY)) || from[1].len != 1 + EDDSA_HALF ||
            from[1].data[0] != NATIVE)
            return false;
        numbers.kind = KEY_ED25519;
        numbers.numbers[0] = span_from(from[1], 1);
        break;
    case 27:
        numbers.kind = KEY_ED25519;
        numbers.numbers[0] = from[1];
        break;
    default:
        return false;
    }
    return vpi_spki_write(arena, &numbers, ret);
}

/* `len` bytes with the number at their end; numbers come without zeros at the front. */
static bool number_fill(struct span number, uint8_t *to, size_t len)
{
    while (number.len > len && number.data[0] == 0)
        number = span_from(number, 1);
    if (number.len > len)
        return false;
    memset(to, 0, len - number.len);
    if (number.len)
        memcpy(to + len - number.len, number.data, number.len);
    return true;
}

static bool rsa_write(struct arena *arena, const struct openpgp_signature *s,
                      const struct openpgp_key *key, struct span *ret)
{
    struct span modulus = key->numbers[0];
    while (modulus.len && modulus.data[0] == 0)
        modulus = span_from(modulus, 1);
    uint8_t *bytes = vpi_arena_bytes(arena, modulus.len);
    if (!bytes || !number_fill(s->numbers[0], bytes, modulus.len))
        return false;
    *ret = span_of(bytes, modulus.len);
    return true;
}

static bool eddsa_write(struct arena *arena, const struct openpgp_signature *s, struct span *ret)
{
    if (s->key_algorithm == 27) {
        *ret = s->numbers[0];
        return true;
    }
    uint8_t *bytes = vpi_arena_bytes(arena, 2 * EDDSA_HALF);
    if (!bytes || !number_fill(s->numbers[0], bytes, EDDSA_HALF) ||
        !number_fill(s->numbers[1], bytes + EDDSA_HALF, EDDSA_HALF))
        return false;
    *ret = span_of(bytes, 2 * EDDSA_HALF);
    return true;
}

static bool same_algorithm(unsigned a, unsigned b)
{
    bool rsa = (a == 1 || a == 3) && (b == 1 || b == 3);
    return a == b || rsa;
}

bool vpi_openpgp_verify(struct crypto *crypto, struct arena *arena,
                        const struct openpgp_signature *signature, const struct openpgp_key *key,
                        struct span digest)
{
    const struct span none = {NULL, 0};
    struct span spki, value;
    if (signature->strange || !signature->digest ||
        digest.len != vpi_digest_len(signature->digest) ||
        !same_algorithm(signature->key_algorithm, key->algorithm) ||
        !vpi_openpgp_spki(arena, key, &spki))
        return false;
    if (is_eddsa(key->algorithm)) /* it signs the digest as a message: RFC 9580, 5.2.3.3 */
        return eddsa_write(arena, signature, &value) &&
               vpi_signature_verify(crypto, spki, none, signature->digest, digest, value);
    bool written =
        key->algorithm == 17 || key->algorithm == 19
            ? vpi_number_pair_write(arena, signature->numbers[0], signature->numbers[1], &value)
            : rsa_write(arena, signature, key, &value);
    return written &&
           vpi_signature_verify_digest(crypto, spki, none, signature->digest, digest, value);
}
