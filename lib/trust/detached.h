/* detached.h - signatures over bytes that stand outside of them: of Linux kernel modules */
#ifndef VPI_TRUST_DETACHED_H
#define VPI_TRUST_DETACHED_H

#include "trust/signature.h"

/* Verifies one signature over content of which `digests` has the digests.  Only what verifies is
 * known to be of this content: a signature without attributes doesn't say its digest.  False: no
 * memory. */
bool vpi_detached_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                         struct trust_blob *blob, const struct trust_digests *digests,
                         struct trust_signature *signature);

#endif
