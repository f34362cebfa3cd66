/* verify.h - public-key signatures and chains of certificates, through the private context
 *
 * Security level 0 and any purpose: what is weak is told, not refused.  Nothing here reads a clock,
 * a file or the network.  Which answers are good enough is for lib/trust to say.
 */
#ifndef VPI_CRYPTO_VERIFY_H
#define VPI_CRYPTO_VERIFY_H

#include "crypto/certificate.h"

/* A public key's type ("rsa", "ec", ...: static) and size; NULL and 0 when it can't be read. */
struct key_facts {
    const char *type;
    unsigned bits;
};

struct key_facts vpi_key_facts(struct crypto *crypto, struct span spki);

/* Whether `signature` is that of `message` by the key.  `algorithm` is the content of the
 * AlgorithmIdentifier: PKCS#1 v1.5, PSS, ECDSA, DSA or Ed25519.  `digest` is what the signer said
 * that it hashed with; a PSS or ECDSA algorithm that says otherwise does not verify. */
bool vpi_signature_verify(struct crypto *crypto, struct span spki, struct span algorithm,
                          enum digest_algorithm digest, struct span message, struct span signature);

/* Like vpi_signature_verify, but of a message of which only the digest is known.  Ed25519 signs no
 * digests: it does not verify. */
bool vpi_signature_verify_digest(struct crypto *crypto, struct span spki, struct span algorithm,
                                 enum digest_algorithm digest, struct span value,
                                 struct span signature);

/* Like vpi_signature_verify, of the form that Symantec's time stamps have: RSA, PKCS#1 v1.5 padding
 * around the digest alone, without the DigestInfo that would say which one it is.  It has to be the
 * signer's digest in all its length, so nothing is left to choose but the algorithm's name. */
bool vpi_signature_verify_bare(struct crypto *crypto, struct span spki, struct span algorithm,
                               enum digest_algorithm digest, struct span message,
                               struct span signature);

enum { CHAIN_MOST = 10 };

struct chain_input {
    const struct certificate *leaf; /* one of `certificates` */
    const struct certificate *certificates;
    const bool *trusted; /* which of them are anchors */
    size_t count;
    const struct certificate *extra; /* anchors from elsewhere; those that fit are used */
    size_t extra_count;
    int64_t time; /* seconds since 1970 at which validity is judged */
};

struct chain {
    const struct certificate *path[CHAIN_MOST]; /* leaf first */
    size_t len;
    bool anchored; /* each signature up to an anchor is right, and each issuer may issue */
    bool timely;   /* all of them are valid at that time */
};

/* False: no memory, or the leaf can't be read by the library. */
bool vpi_chain_build(struct crypto *crypto, const struct chain_input *input, struct chain *ret);

/* The certificates of a bundle: PEM with any text between, or one DER.  `bytes` outlives them when
 * it is DER.  False: there is none in it, or no memory. */
bool vpi_bundle_read(struct arena *arena, struct span bytes, struct certificate **ret,
                     size_t *ret_count);

#endif
