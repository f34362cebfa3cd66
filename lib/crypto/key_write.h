/* key_write.h - public keys and signatures in DER, from the bare numbers that OpenPGP writes */
#ifndef VPI_CRYPTO_KEY_WRITE_H
#define VPI_CRYPTO_KEY_WRITE_H

#include "base/arena.h"

enum key_kind {
    KEY_RSA = 1,    /* numbers: modulus, exponent */
    KEY_DSA = 2,    /* p, q, g, y */
    KEY_EC = 3,     /* the curve's OID (its content), the point */
    KEY_ED25519 = 4 /* the point, 32 bytes */
};

enum { KEY_NUMBERS_MOST = 4, KEY_NUMBER_LEN_MOST = 2 << 10 };

/* Unsigned, big-endian; leading zeros don't matter. */
struct key_numbers {
    enum key_kind kind;
    struct span numbers[KEY_NUMBERS_MOST];
};

/* SubjectPublicKeyInfo (RFC 5280, 4.1; RFC 3279, RFC 5480, RFC 8410).  False: a number is missing
 * or too long, or no memory (arena->failed). */
bool vpi_spki_write(struct arena *arena, const struct key_numbers *key, struct span *ret);

/* Dss-Sig-Value and ECDSA-Sig-Value: SEQUENCE { INTEGER, INTEGER }. */
bool vpi_number_pair_write(struct arena *arena, struct span r, struct span s, struct span *ret);

#endif
