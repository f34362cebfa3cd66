/* catalog.c - Windows catalogs (.cat): told by their first bytes
 *
 *     ContentInfo  SEQUENCE { OID signedData, [0] { SEQUENCE { version, digestAlgorithms SET,
 *                             SEQUENCE { OID 1.3.6.1.4.1.311.10.1, [0] { list } } ... } } }
 *
 * The list is a certificate trust list ([MS-CAESO], 4.4.5.1) that says by its usage that it lists
 * files; other lists (.stl) are none of ours.  All of the file is one signature that encloses what
 * it is over, so there is nothing to take apart here: lib/trust/catalog.c reads the members.
 */
#include "crypto/der.h"
#include "format/format.h"

#define OID(bytes)       (bytes), sizeof(bytes) - 1
#define OID_SIGNED_DATA  OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define OID_TRUST_LIST   OID("\x2b\x06\x01\x04\x01\x82\x37\x0a\x01")
#define OID_CATALOG_LIST OID("\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x01")

enum { LENGTH_LONG = 0x80, LENGTH_OCTETS_MOST = 8, CONSTRUCTED = 0x20 };

/* Goes into a value whose end may lie beyond what there is: `rest` becomes what there is of its
 * content. */
static bool enter(struct span *rest, uint8_t tag)
{
    uint64_t value_tag, length;
    if (!span_uint(*rest, 0, 1, &value_tag) || value_tag != tag || !span_uint(*rest, 1, 1, &length))
        return false;
    uint64_t octets = length > LENGTH_LONG ? length - LENGTH_LONG : 0;
    if (octets > LENGTH_OCTETS_MOST)
        return false;
    *rest = span_from(*rest, 2 + octets);
    return true;
}

static bool expect_oid(struct span *rest, const char *oid, size_t len)
{
    struct der_value value;
    return vpi_der_expect(rest, DER_OID, &value) && der_oid_is(value.content, oid, len);
}

bool vpi_catalog_probe(struct span head)
{
    struct der_value version, algorithms;
    struct span rest = head;
    if (!enter(&rest, DER_SEQUENCE) || !expect_oid(&rest, OID_SIGNED_DATA) ||
        !enter(&rest, DER_CONTEXT_CONSTRUCTED) || !enter(&rest, DER_SEQUENCE) ||
        !vpi_der_expect(&rest, DER_INTEGER, &version) ||
        !vpi_der_expect(&rest, DER_SET, &algorithms) || !enter(&rest, DER_SEQUENCE) ||
        !expect_oid(&rest, OID_TRUST_LIST) || !enter(&rest, DER_CONTEXT_CONSTRUCTED))
        return false;
    /* CMS puts an OCTET STRING around, or pieces of one. */
    if (enter(&rest, DER_OCTET_STRING | CONSTRUCTED) || enter(&rest, DER_OCTET_STRING))
        (void)enter(&rest, DER_OCTET_STRING);
    if (!enter(&rest, DER_SEQUENCE))
        return false;
    (void)vpi_der_expect(&rest, DER_INTEGER, &version);
    return enter(&rest, DER_SEQUENCE) && expect_oid(&rest, OID_CATALOG_LIST);
}

void vpi_catalog_read(struct image *image, struct source *src)
{
    image->format = VP_FORMAT_CATALOG;
    image->signing = SIGNING_ENCLOSED;
    struct image_blob *blob = vpi_image_blob(image);
    if (!blob)
        return;
    blob->type = BLOB_SIGNATURE;
    blob->off = 0;
    blob->len = src->size;
}
