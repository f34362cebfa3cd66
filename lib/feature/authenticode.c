/* authenticode.c - the digest that an Authenticode signature covers
 *
 * Windows Authenticode Portable Executable Signature Format (2008), "Calculating the PE image
 * hash": the object without the checksum, the entry of the certificate table, and the table.  A
 * signer first fills an unsigned file with zeros up to a multiple of 8, and public lists have the
 * digest of that; tools that don't sign hash the file as it is.  Where they differ there are both.
 */
#include "feature/feature.h"

static void consume(struct feature_work *work, unsigned kind, enum digest_algorithm algorithm)
{
    const struct image *image = work->image;
    if (image->signed_padding)
        vpi_consume_digest(work, kind, algorithm, image->signed_ranges, image->signed_range_count,
                           image->signed_padding);
    vpi_consume_digest(work, kind, algorithm, image->signed_ranges, image->signed_range_count, 0);
}

void vpi_family_authenticode(struct feature_work *work)
{
    if (work->image->signed_range_count == 0)
        return;
    if (work->wanted & WANT_AUTHENTICODE_SHA1)
        consume(work, KIND_AUTHENTICODE_SHA1, DIGEST_SHA1);
    if (work->wanted & WANT_AUTHENTICODE_SHA256)
        consume(work, KIND_AUTHENTICODE_SHA256, DIGEST_SHA256);
}
