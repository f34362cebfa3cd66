/* authenticode.c - the digest that an Authenticode signature covers
 *
 * Windows Authenticode Portable Executable Signature Format (2008), "Calculating the PE image
 * hash": the object without the checksum, the entry of the certificate table, and the table.  A
 * signer first fills an unsigned file with zeros up to a multiple of 8, and public lists have the
 * digest of that; tools that don't sign hash the file as it is.  Where they differ there are both.
 */
#include "feature/feature.h"

static void add(struct feature_work *work, enum digest_algorithm algorithm, const uint8_t *digest)
{
    unsigned kind = algorithm == DIGEST_SHA1 ? KIND_AUTHENTICODE_SHA1 : KIND_AUTHENTICODE_SHA256;
    vpi_feature_add(work, kind, span_of(digest, vpi_digest_len(algorithm)), NULL);
}

static void consume(struct feature_work *work, enum digest_algorithm algorithm)
{
    if (work->image->signed_padding)
        vpi_consume_signed(work, algorithm, work->image->signed_padding, add);
    vpi_consume_signed(work, algorithm, 0, add);
}

void vpi_family_authenticode(struct feature_work *work)
{
    if ((work->image->signed_range_count == 0 && !work->image->scattered) ||
        work->image->signing == SIGNING_PACKAGE)
        return;
    if (work->wanted & WANT_AUTHENTICODE_SHA1)
        consume(work, DIGEST_SHA1);
    if (work->wanted & WANT_AUTHENTICODE_SHA256)
        consume(work, DIGEST_SHA256);
}
