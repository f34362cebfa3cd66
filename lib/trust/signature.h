/* signature.h - what is true of one signature, whatever it is over
 *
 * The states are kept apart, since each can be right while another is wrong: the digest is that of
 * the content; the signature is that of the signer's key; the chain ends at an anchor of the set;
 * all of it was valid when it was signed; none of it is distrusted.  docs/trust.md has a row for
 * each case.  What a signature is over is the business of one file a scheme: authenticode.c.
 */
#ifndef VPI_TRUST_SIGNATURE_H
#define VPI_TRUST_SIGNATURE_H

#include "crypto/verify.h"
#include "trust/anchor.h"
#include "trust/signed_data.h"

/* What verification needs beside the file.  All of it outlives the examination. */
struct trust {
    struct trust_anchors anchors;
    const struct certificate *extra; /* anchors for every purpose, from the caller's bundle */
    size_t extra_count;
    int64_t now; /* when no time is proven: the date of the set, or 0 */
    /* Certificates that stand in the set in full, for signers who enclose none. */
    const struct certificate *known;
    size_t known_count;
};

/* Fills `known` from the anchors.  False: no memory. */
bool vpi_trust_know(struct arena *arena, struct trust *trust);

/* Adds to `data` the known certificates of signers who enclose none.  False: no memory. */
bool vpi_trust_adopt(struct arena *arena, const struct trust *trust, struct signed_data *data);

/* The time that a counter-signature proves. */
struct trust_time {
    enum vp_time_from from; /* VP_TIME_NONE: there is no counter-signature that can be read */
    int64_t time;           /* that it says */
    const struct certificate *leaf;
    bool verifies; /* it is over this signature, and by its signer's key */
    bool anchored; /* its chain ends at an anchor for time stamps, valid at that time */
};

struct trust_signature {
    const struct signer_info *info;
    const struct signed_content *content;
    unsigned entry, states; /* enum vp_signature_state, a sum */
    struct trust_time time;
    struct chain chain;
    const char *anchor;   /* its name in the set, or NULL */
    const char *distrust; /* the name of the row that distrusts it, or NULL */
    const char *catalog;  /* the name of the catalog that it is of, or NULL */
};

/* One blob of the certificate table. */
struct trust_blob {
    struct signed_data data;
    struct anchor_marks *marks; /* of each certificate, made when something is verified */
    unsigned entry;
    bool padded;   /* bytes that are not zeros follow the DER */
    bool complete; /* the issuers that only the set has are among the certificates */
};

struct trust_digests {
    uint8_t values[DIGEST_SHA512 + 1][DIGEST_MOST]; /* of the file, by algorithm */
    bool known[DIGEST_SHA512 + 1];
};

/* What a signer signs: bytes, or the digests of bytes that were hashed already. */
struct trust_message {
    struct span octets;
    const struct trust_digests *digests; /* instead of octets, or NULL */
};

/* Time and chain of a signature that verifies, for anchors of `purposes`.  False: no memory. */
bool vpi_signature_judge(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                         struct trust_blob *blob, unsigned purposes,
                         struct trust_signature *signature);

/* Adds those certificates of the set to the blob's that issued one of them and that nobody
 * enclosed: trusted as their rows say, like any other.  To be called before a pointer to a
 * certificate is kept outside of the blob.  False: no memory. */
bool vpi_trust_complete(struct arena *arena, const struct trust *trust, struct trust_blob *blob);

/* Whether the states add up to a signer that can be believed. */
bool vpi_signature_believed(const struct trust_signature *signature);

/* ---- signer.c: one SignerInfo */

/* Attributes and signature are right for the message.  `type` is what contentType must say; empty:
 * a counter-signature, which needs none. */
bool vpi_signer_verify(struct crypto *crypto, struct arena *arena, const struct signer_info *info,
                       const struct trust_message *message, struct span type);

/* The best counter-signature of a signature: one that proves its time, or else the first. */
bool vpi_time_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                     struct trust_blob *blob, const struct signer_info *info,
                     struct trust_time *ret);

/* The chain of one certificate of the blob to an anchor for one of `purposes`.  False: no memory.
 */
bool vpi_chain_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                      struct trust_blob *blob, const struct certificate *leaf, unsigned purposes,
                      int64_t time, struct chain *ret);

#endif
