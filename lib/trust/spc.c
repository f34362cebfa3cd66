/* spc.c - Authenticode's own types inside SignedData
 *
 * "Windows Authenticode Portable Executable Signature Format" (Microsoft, 2008).
 */
#include "trust/signed_data.h"

#define OID(bytes)            (bytes), sizeof(bytes) - 1
#define OID_SPC_INDIRECT_DATA OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04")
#define OID_PAGE_HASHES_1     OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x03\x01")
#define OID_PAGE_HASHES_2     OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x03\x02")

enum { CONSTRUCTED = 0x20 };

/* SpcSerializedObject's class for page hashes. */
static const uint8_t page_hash_class[] = {0xa6, 0xb5, 0x86, 0xd5, 0xb4, 0xa1, 0x24, 0x66,
                                          0xae, 0x05, 0xa2, 0x17, 0xda, 0x8e, 0x60, 0xd6};

/* SpcString ::= CHOICE { [0] IMPLICIT BMPString, [1] IMPLICIT IA5String }; the URL of SpcLink has
 * the same tag as the BMPString, so the caller says what [0] means.  Some signers wrote the
 * universal tag instead. */
static void spc_string(struct arena *arena, struct span content, uint8_t zero, struct span *ret)
{
    struct der_value value;
    if (!vpi_der_next(&content, &value))
        return;
    if (value.tag == DER_CONTEXT)
        value.tag = zero;
    else if (value.tag == (DER_CONTEXT | 1))
        value.tag = DER_IA5_STRING;
    (void)vpi_der_string(arena, &value, ret);
}

/* SpcSpOpusInfo ::= SEQUENCE { [0] { programName SpcString }?, [1] { moreInfo SpcLink }? }
 * SpcLink ::= CHOICE { [0] IMPLICIT url IA5String, [1] moniker, [2] { file SpcString } } */
void vpi_spc_opus_read(struct arena *arena, struct span values, struct signer_info *signer)
{
    struct der_value opus, part, file;
    if (!vpi_der_expect(&values, DER_SEQUENCE, &opus))
        return;
    while (vpi_der_next(&opus.content, &part)) {
        if (part.tag == DER_CONTEXT_CONSTRUCTED && signer->opus_name.len == 0) {
            spc_string(arena, part.content, DER_BMP_STRING, &signer->opus_name);
        } else if (part.tag == (DER_CONTEXT_CONSTRUCTED | 1) && signer->opus_url.len == 0) {
            if (vpi_der_expect(&part.content, DER_CONTEXT_CONSTRUCTED | 2, &file))
                spc_string(arena, file.content, DER_BMP_STRING, &signer->opus_url);
            else if (part.content.len && part.content.data[0] == DER_CONTEXT)
                spc_string(arena, part.content, DER_IA5_STRING, &signer->opus_url);
        }
    }
}

/* The octets of the content, as a value to read (`ret_whole`) and as what is hashed.  Authenticode
 * puts the SEQUENCE itself there and hashes what is inside it (PKCS#7, 9.3), CMS puts an OCTET
 * STRING around, BER writers one made of pieces. */
static bool content_octets(struct arena *arena, struct span wrapped, struct span *ret_whole,
                           struct span *ret_hashed)
{
    struct der_value value, piece;
    struct span whole = wrapped;
    if (!vpi_der_next(&wrapped, &value))
        return false;
    *ret_whole = *ret_hashed = value.content;
    if (value.tag == DER_OCTET_STRING)
        return true;
    if (value.tag != (DER_OCTET_STRING | CONSTRUCTED)) {
        *ret_whole = whole;
        return true;
    }
    uint8_t *joined = vpi_arena_alloc(arena, value.content.len);
    if (!joined)
        return false;
    size_t used = 0;
    while (vpi_der_expect(&value.content, DER_OCTET_STRING, &piece)) {
        memcpy(joined + used, piece.content.data, piece.content.len);
        used += piece.content.len;
    }
    *ret_whole = *ret_hashed = span_of(joined, used);
    return true;
}

/* The digests in the serialized data: SET { SEQUENCE { OID, SET { OCTET STRING } } }. */
static void page_table_read(struct span data, struct signed_content *ret)
{
    struct der_value set, attribute, type, values, table;
    if (!vpi_der_expect(&data, DER_SET, &set) ||
        !vpi_der_expect(&set.content, DER_SEQUENCE, &attribute) ||
        !vpi_der_expect(&attribute.content, DER_OID, &type) ||
        !vpi_der_expect(&attribute.content, DER_SET, &values) ||
        !vpi_der_expect(&values.content, DER_OCTET_STRING, &table))
        return;
    ret->pages = table.content;
    if (der_oid_is(type.content, OID_PAGE_HASHES_1))
        ret->pages_algorithm = DIGEST_SHA1;
    else if (der_oid_is(type.content, OID_PAGE_HASHES_2))
        ret->pages_algorithm = DIGEST_SHA256;
}

/* SpcPeImageData ::= SEQUENCE { flags, [0] { [1] SpcSerializedObject { class, data } } }; some
 * writers leave the outer tag out. */
static void page_hashes_read(struct span image_data, struct signed_content *ret)
{
    struct der_value part, class, data;
    if (!vpi_der_expect(&image_data, DER_SEQUENCE, &part))
        return;
    struct span rest = part.content;
    (void)vpi_der_expect(&rest, DER_BIT_STRING, &part);
    if (vpi_der_expect(&rest, DER_CONTEXT_CONSTRUCTED, &part))
        rest = part.content;
    ret->page_hashes = vpi_der_expect(&rest, DER_CONTEXT_CONSTRUCTED | 1, &part) &&
                       vpi_der_expect(&part.content, DER_OCTET_STRING, &class) &&
                       span_equal(class.content, span_of(page_hash_class, sizeof page_hash_class));
    if (ret->page_hashes && vpi_der_expect(&part.content, DER_OCTET_STRING, &data))
        page_table_read(data.content, ret);
}

void vpi_spc_content_read(struct arena *arena, struct span encapsulated, struct signed_content *ret)
{
    struct der_value oid, wrapped, indirect, data, info, algorithm, digest, type;
    struct span octets;
    if (!vpi_der_expect(&encapsulated, DER_OID, &oid))
        return;
    ret->type = oid.content;
    if (!vpi_der_expect(&encapsulated, DER_CONTEXT_CONSTRUCTED, &wrapped) ||
        !content_octets(arena, wrapped.content, &octets, &ret->octets) ||
        !der_oid_is(oid.content, OID_SPC_INDIRECT_DATA))
        return;
    /* SpcIndirectDataContent ::= SEQUENCE { data, SEQUENCE { algorithm, OCTET STRING } } */
    if (!vpi_der_expect(&octets, DER_SEQUENCE, &indirect) ||
        !vpi_der_next(&indirect.content, &data) ||
        !vpi_der_expect(&indirect.content, DER_SEQUENCE, &info) ||
        !vpi_der_expect(&info.content, DER_SEQUENCE, &algorithm) ||
        !vpi_der_expect(&info.content, DER_OCTET_STRING, &digest))
        return;
    ret->digest = digest.content;
    ret->digest_algorithm = vpi_algorithm_digest(algorithm.content);
    vpi_package_digests_read(ret);
    if (vpi_der_expect(&data.content, DER_OID, &type))
        page_hashes_read(data.content, ret);
}
