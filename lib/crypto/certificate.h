/* certificate.h - the facts in an X.509 certificate (RFC 5280), by our own walk
 *
 * Only reading: nothing is verified here.  Real certificates break rules (negative serials, strings
 * of the wrong type), so nothing is refused that can be read.
 */
#ifndef VPI_CRYPTO_CERTIFICATE_H
#define VPI_CRYPTO_CERTIFICATE_H

#include "crypto/der.h"
#include "crypto/digest.h"

struct certificate {
    struct span whole;
    struct span tbs;    /* with its header: what is hashed */
    struct span spki;   /* with its header */
    struct span serial; /* content octets of the INTEGER, as they stand (may be negative) */
    struct span issuer, subject;            /* Name, with header */
    enum digest_algorithm signature_digest; /* of the certificate's own signature, or 0 */
    struct span not_before, not_after;      /* content of the time values */
    /* Subject attributes in UTF-8, empty when absent; the last one of each stands.  Like all spans
     * here they point into the certificate's own bytes, or into the arena. */
    struct span organization, organizational_unit, common_name, country, serial_number,
        jurisdiction_country;
    struct span key_identifier; /* subjectKeyIdentifier's octets, or empty */
    struct span extensions;     /* Extensions, with header, or empty */
    bool is_ca;
    /* What its extendedKeyUsage allows; everything if it has none. */
    bool code_signing;     /* 1.3.6.1.5.5.7.3.3 */
    bool time_stamping;    /* 1.3.6.1.5.5.7.3.8 */
    bool lifetime_signing; /* 1.3.6.1.4.1.311.10.3.13: a time stamp doesn't outlive it */
    bool has_usages, any_usage;
};

/* The digest that an AlgorithmIdentifier's content names, as a hash or as part of a signature
 * algorithm, or 0. */
enum digest_algorithm vpi_algorithm_digest(struct span algorithm);

/* UTCTime or GeneralizedTime to seconds since 1970; false unless it is one of a day that exists. */
bool vpi_der_time(struct span content, int64_t *ret);

/* False: it can't be read as a certificate, or no memory (arena->failed). */
bool vpi_certificate_read(struct arena *arena, struct span der, struct certificate *ret);

/* The last commonName of a Name, in UTF-8.  False: there is none, or no memory (arena->failed). */
bool vpi_name_common(struct arena *arena, struct span name, struct span *ret);

/* A string value of any type to UTF-8; of the value's own bytes if they are that already.  False:
 * not a string, or no memory (arena->failed). */
bool vpi_der_string(struct arena *arena, const struct der_value *value, struct span *ret);

#endif
