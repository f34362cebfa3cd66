/* der.h - a bounded walk over BER/DER (ITU-T X.690)
 *
 * Accepts what signers really write: definite lengths in any number of octets, and the indefinite
 * form of constructed values, which some Authenticode and Apple signatures use.  No recursion: the
 * caller goes down with der_reader over a value's content.
 */
#ifndef VPI_CRYPTO_DER_H
#define VPI_CRYPTO_DER_H

#include "base/span.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0c,
    DER_PRINTABLE_STRING = 0x13,
    DER_T61_STRING = 0x14,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_UNIVERSAL_STRING = 0x1c,
    DER_BMP_STRING = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,             /* | number, primitive */
    DER_CONTEXT_CONSTRUCTED = 0xa0, /* | number */
    DER_DEPTH_MOST = 32             /* nesting of indefinite lengths */
};

struct der_value {
    uint8_t tag;       /* one octet: high tag numbers are refused */
    struct span whole; /* header, content and, for the indefinite form, the end mark */
    struct span content;
};

/* The next value of `rest`, which then begins after it; false at the end or when it is malformed
 * (an empty `rest` tells them apart). */
bool vpi_der_next(struct span *rest, struct der_value *ret);

/* Like vpi_der_next, but the value must have this tag; `rest` stays when it has another. */
bool vpi_der_expect(struct span *rest, uint8_t tag, struct der_value *ret);

/* Whether an OBJECT IDENTIFIER's content equals the octets of `oid` (a string literal's bytes). */
static inline bool der_oid_is(struct span content, const char *oid, size_t len)
{
    return span_equal(content, span_of(oid, len));
}

#endif
