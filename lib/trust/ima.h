/* ima.h - security.ima: a digest of the file, or a signature of it (Linux, security/integrity)
 *
 *     01 sha1                                  04 hash digest
 *     03 02 hash, 4: key id, 2: length, signature of the digest
 *
 * Hashes have the numbers of include/uapi/linux/hash_info.h; the key id is the last 4 bytes of the
 * certificate's subject key identifier.
 */
#ifndef VPI_TRUST_IMA_H
#define VPI_TRUST_IMA_H

#include "trust/signature.h"

enum { IMA_KEY_ID = 4 };

struct ima {
    enum digest_algorithm algorithm; /* or 0 */
    struct span digest;              /* or empty: it is signed */
    struct span key_id, signature;   /* or empty */
};

/* False: neither a digest nor a signature of version 2. */
bool vpi_ima_read(struct span bytes, struct ima *ret);

/* The certificate of the set with this key id, or NULL: there is none, or there are several. */
const struct certificate *vpi_ima_signer(const struct trust *trust, const struct ima *ima);

/* What is true of the signature, `digest` being the file's; fills states, anchor and distrust.
 * False: no memory. */
bool vpi_ima_verify(struct crypto *crypto, const struct trust *trust, const struct ima *ima,
                    struct span digest, struct trust_signature *ret);

#endif
