/* signed_data.h - PKCS#7/CMS SignedData (RFC 5652) taken apart, nothing verified
 *
 * Follows Authenticode's nested signatures (attribute 1.3.6.1.4.1.311.2.4.1, several in one SET) by
 * a work list of at most SIGNED_DATA_NESTED_MOST entries, not by recursion.
 */
#ifndef VPI_TRUST_SIGNED_DATA_H
#define VPI_TRUST_SIGNED_DATA_H

#include "crypto/certificate.h"

enum {
    SIGNED_DATA_NESTED_MOST = 16,
    SIGNED_DATA_CERTIFICATES_MOST = 64,
    SIGNED_DATA_SIGNERS_MOST = 16
};

struct signer_info {
    struct span issuer, serial;      /* which certificate signed */
    const struct certificate *leaf;  /* that certificate, or NULL when it is not enclosed */
    struct span opus_name, opus_url; /* SpcSpOpusInfo, UTF-8 */
    unsigned layer;                  /* 0 outermost; n for the n-th nested signature found */
};

struct signed_data {
    struct certificate *certificates;
    size_t certificate_count, certificate_capacity;
    struct signer_info *signers;
    size_t signer_count, signer_capacity;
    /* The digest inside SpcIndirectDataContent of the outermost layer, or empty. */
    struct span message_digest;
    bool cut_short; /* a named maximum was reached, or the arena's limit */
};

/* Reads one blob and everything nested in it.  False: not SignedData at all. */
bool vpi_signed_data_read(struct arena *arena, struct span der, struct signed_data *ret);

#endif
