/* signed_data.h - PKCS#7/CMS SignedData (RFC 5652) taken apart, nothing verified
 *
 * Follows Authenticode's nested signatures (attribute 1.3.6.1.4.1.311.2.4.1, several in one SET) by
 * a work list of at most SIGNED_DATA_NESTED_MOST entries, not by recursion.
 */
#ifndef VPI_TRUST_SIGNED_DATA_H
#define VPI_TRUST_SIGNED_DATA_H

#include "crypto/certificate.h"

enum {
    SIGNED_DATA_NESTED_MOST = 40, /* drivers handed in again and again have been seen with 27 */
    SIGNED_DATA_CERTIFICATES_MOST = 128,
    SIGNED_DATA_SIGNERS_MOST = 41
};

struct signer_info {
    struct span issuer, serial;      /* which certificate signed */
    struct span key_identifier;      /* instead of these, or empty */
    const struct certificate *leaf;  /* that certificate, or NULL when it is not enclosed */
    struct span opus_name, opus_url; /* SpcSpOpusInfo, UTF-8 */
    unsigned layer;                  /* 0 outermost; n for the n-th nested signature found */
    /* What it takes to verify it. */
    enum digest_algorithm digest_algorithm; /* or 0 */
    struct span attributes;                 /* the signed ones: [0] with its header, or empty */
    struct span unsigned_attributes;        /* content of [1] */
    struct span algorithm; /* of the signature: content of the AlgorithmIdentifier */
    struct span signature;
};

/* What the signers of one layer sign. */
struct signed_content {
    struct span type;   /* OID */
    struct span octets; /* what messageDigest is the digest of */
    /* SpcIndirectDataContent: digest of the file. */
    struct span digest;
    enum digest_algorithm digest_algorithm; /* or 0 */
    bool page_hashes;                       /* digests of each page stand beside it */
    struct span pages; /* rows of a page's offset in the file, 32 bits, and its digest */
    enum digest_algorithm pages_algorithm; /* or 0 */
    struct span package;                   /* MSIX: all digests; `digest` is the first of them */
};

struct signed_data {
    struct certificate *certificates;
    size_t certificate_count, certificate_capacity;
    struct signer_info *signers;
    size_t signer_count, signer_capacity;
    /* The digest inside SpcIndirectDataContent of the outermost layer, or empty. */
    struct span message_digest;
    struct signed_content contents[SIGNED_DATA_NESTED_MOST + 1]; /* by layer */
    bool cut_short; /* a named maximum was reached, or the arena's limit */
};

/* Reads one blob and everything nested in it.  False: not SignedData at all. */
bool vpi_signed_data_read(struct arena *arena, struct span der, struct signed_data *ret);

/* Whether the signer says that it is this certificate's owner. */
bool vpi_signer_names(const struct signer_info *signer, const struct certificate *certificate);

/* A SignerInfo that stands alone: the content of a counter-signature (PKCS#9, RFC 2985).  Its leaf
 * is looked for in `data`. */
bool vpi_counter_signature_read(struct span info, const struct signed_data *data,
                                struct signer_info *ret);

/* The values of the attribute `oid`; false unless it stands exactly once in `attributes`, which is
 * their content. */
bool vpi_attribute_find(struct span attributes, const char *oid, size_t len, struct span *ret);

/* ---- spc.c: Authenticode's own types */

/* SpcSpOpusInfo: fills the signer's opus fields. */
void vpi_spc_opus_read(struct arena *arena, struct span values, struct signer_info *signer);
/* package.c: takes the digests of an MSIX package apart, if it is one. */
void vpi_package_digests_read(struct signed_content *content);
/* EncapsulatedContentInfo's content: type, octets and what SpcIndirectDataContent says. */
void vpi_spc_content_read(struct arena *arena, struct span encapsulated,
                          struct signed_content *ret);

#endif
