/* authenticode.h - whether the signatures of a file are over that file, as Windows has it */
#ifndef VPI_TRUST_AUTHENTICODE_H
#define VPI_TRUST_AUTHENTICODE_H

#include "format/image.h"
#include "trust/signature.h"

/* Whether the certificate table lies over headers or sections, or before them, so that other code
 * is loaded than the digest is of. */
bool vpi_authenticode_overlaps(const struct image *image);

/* Whether the digests of an MSIX package beside the one that is compared anyway are right. */
bool vpi_package_matches(struct crypto *crypto, const struct image_package *package,
                         const struct signed_content *content);

/* Verifies one signature.  False: no memory. */
bool vpi_authenticode_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                             struct trust_blob *blob, const struct trust_digests *digests,
                             bool overlaps, struct trust_signature *signature);

#endif
