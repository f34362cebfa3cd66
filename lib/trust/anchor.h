/* anchor.h - whom a set trusts to say who signed, as plain data that lib/db fills
 *
 * An anchor is the hash of a certificate, of its TBS part or of its public key: the certificate
 * itself comes with the signature.  So an anchor is a root or an intermediate authority that
 * signers enclose.  Signers of packages and of kernel modules enclose nothing: their rows have the
 * key itself.  The same rows say what is not trusted any more.
 */
#ifndef VPI_TRUST_ANCHOR_H
#define VPI_TRUST_ANCHOR_H

#include "crypto/certificate.h"

enum anchor_what {
    ANCHOR_TBS = 1,
    ANCHOR_SPKI = 2,
    ANCHOR_CERTIFICATE = 3,
    ANCHOR_OPENPGP = 4 /* a key's fingerprint; the key stands beside it */
};

enum anchor_purpose {
    PURPOSE_CODE = 1,
    PURPOSE_TIME = 2,
    PURPOSE_DRIVER = 4,
    PURPOSE_PACKAGE = 8,
    PURPOSE_FIRMWARE = 16,
    PURPOSE_APPLE = 32 /* code directories: who may say which team signed */
};

enum { ANCHOR_HASH = 32, ANCHORS_MOST = 1 << 16 };

struct trust_anchor {
    enum anchor_what what;
    enum digest_algorithm algorithm;
    uint8_t hash[ANCHOR_HASH]; /* a longer one is cut, zeros behind a shorter one */
    unsigned purposes;         /* enum anchor_purpose, a sum */
    bool distrusted;           /* what it signs is not believed */
    uint64_t from, until;      /* seconds since 1970 of the signing, 0: always */
    const char *name;
    struct span key; /* the certificate, or the body of the OpenPGP packet; or empty */
};

/* Ascending by what, algorithm and hash (vpi_anchors_sort). */
struct trust_anchors {
    const struct trust_anchor *items;
    size_t count;
};

void vpi_anchors_sort(struct trust_anchor *items, size_t count);

/* The rows that speak of one certificate. */
enum { MARKS_MOST = 8 };

struct anchor_marks {
    const struct trust_anchor *rows[MARKS_MOST];
    size_t count;
};

/* False: no memory. */
bool vpi_anchor_marks(struct crypto *crypto, const struct trust_anchors *anchors,
                      const struct certificate *certificate, struct anchor_marks *ret);

/* The row that makes it an anchor for one of `purposes` at `time`, or NULL. */
const struct trust_anchor *vpi_marks_trusted(const struct anchor_marks *marks, unsigned purposes,
                                             int64_t time);
/* The row that says that it was not to be trusted at `time`, or NULL. */
const struct trust_anchor *vpi_marks_distrusted(const struct anchor_marks *marks, int64_t time);

#endif
