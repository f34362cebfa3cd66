/* openpgp.h - OpenPGP signatures and public keys (RFC 4880, RFC 9580) taken apart and verified
 *
 * What packages are signed with.  Signatures of version 4 and 3 and keys of version 4 are read in
 * full; other versions are named and never verified.  A key is the body of one public-key packet,
 * as the set has it: who may use it and what its subkeys are was looked at when it was added there,
 * so that no self-signature is read here.  Spans point into the bytes that were given, or into the
 * arena.
 */
#ifndef VPI_TRUST_OPENPGP_H
#define VPI_TRUST_OPENPGP_H

#include "trust/signature.h"

enum {
    OPENPGP_KEY_ID = 8,
    OPENPGP_FINGERPRINT = 32, /* 20 bytes for version 4 */
    OPENPGP_NUMBERS_MOST = 4,
    OPENPGP_PACKETS_MOST = 32,
    OPENPGP_BYTES_MOST = 64 << 10,
    OPENPGP_TRAILER_MOST = OPENPGP_BYTES_MOST + 16
};

/* The numbers of the registry that signatures of files use. */
enum openpgp_signature_type { OPENPGP_BINARY = 0, OPENPGP_TEXT = 1 };

struct openpgp_signature {
    unsigned version, type;
    unsigned key_algorithm, hash_algorithm; /* numbers of RFC 9580, 9.1 and 9.5 */
    enum digest_algorithm digest;           /* the latter as ours, or 0 */
    struct span hashed; /* bytes that are hashed behind the content, without the last 6 */
    uint8_t left[2];    /* the first two of the digest, for a quick look */
    bool has_time, expires, has_key_id, strange; /* strange: a critical subpacket nobody knows */
    uint32_t time, lifetime;                     /* seconds since 1970; seconds after that */
    uint8_t key_id[OPENPGP_KEY_ID];
    struct span fingerprint; /* of the signer's key, as it says; or empty */
    struct span numbers[OPENPGP_NUMBERS_MOST];
};

struct openpgp_key {
    unsigned version, algorithm;
    uint32_t time;
    uint8_t fingerprint[OPENPGP_FINGERPRINT];
    size_t fingerprint_len;
    uint8_t key_id[OPENPGP_KEY_ID];
    struct span body; /* of its packet */
    struct span numbers[OPENPGP_NUMBERS_MOST];
};

/* The bytes inside of ASCII armor; of what is none, the same bytes.  False: damaged armor, too
 * long, or no memory (arena->failed). */
bool vpi_openpgp_unarmor(struct arena *arena, struct span bytes, struct span *ret);

/* The next signature among the packets of `rest`, which then begins behind it; other packets are
 * skipped.  False: there is no more, or a packet is damaged (`rest` is then not empty). */
bool vpi_openpgp_signature_next(struct span *rest, struct openpgp_signature *ret);

/* The body of a public-key packet.  False: it can't be read, or the digest failed. */
bool vpi_openpgp_key_read(struct crypto *crypto, struct span body, struct openpgp_key *ret);

/* A number of RFC 9580, 9.5 as our algorithm, or 0. */
enum digest_algorithm vpi_openpgp_digest(unsigned hash);

/* Whether the signature names this key. */
bool vpi_openpgp_is_by(const struct openpgp_signature *signature, const struct openpgp_key *key);

/* What is hashed behind the content: at most OPENPGP_TRAILER_MOST bytes, in the arena.  False: a
 * version that we don't know, or no memory (arena->failed). */
bool vpi_openpgp_trailer(struct arena *arena, const struct openpgp_signature *signature,
                         struct span *ret);

/* ---- openpgp_key.c */

/* The key as SubjectPublicKeyInfo.  False: an algorithm that we don't know, or no memory. */
bool vpi_openpgp_spki(struct arena *arena, const struct openpgp_key *key, struct span *ret);

/* Whether the signature is by that key; `digest` is of content and trailer, by signature->digest.
 */
bool vpi_openpgp_verify(struct crypto *crypto, struct arena *arena,
                        const struct openpgp_signature *signature, const struct openpgp_key *key,
                        struct span digest);

/* ---- openpgp_judge.c */

/* The key's fingerprint as the set has it, when it has one key of the signature's name alone. */
bool vpi_openpgp_known(const struct trust *trust, const struct openpgp_signature *signature,
                       struct span *ret);

/* What is true of the signature, with the keys of the set for `purposes`: `digest` is of content
 * and trailer.  states, anchor and distrust of `ret` are filled; VP_SIGNATURE_DIGEST_MATCHES is set
 * when it verifies.  False: no memory. */
bool vpi_openpgp_judge(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                       const struct openpgp_signature *signature, struct span digest,
                       unsigned purposes, struct trust_signature *ret);

#endif
