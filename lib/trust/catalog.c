/* catalog.c - the members of a Windows catalog, and whether its signature is right */
#include "trust/catalog.h"

#define OID(bytes)            (bytes), sizeof(bytes) - 1
#define OID_TRUST_LIST        OID("\x2b\x06\x01\x04\x01\x82\x37\x0a\x01")
#define OID_CATALOG_LIST      OID("\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x01")
#define OID_SPC_INDIRECT_DATA OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04")
#define OID_SPC_IMAGE_DATA    OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f")
#define OID_SPC_CABINET_DATA  OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x19")
#define OID_NAME_VALUE        OID("\x2b\x06\x01\x04\x01\x82\x37\x0c\x02\x01")

static const uint8_t name_file[] = "\0F\0i\0l\0e", name_systems[] = "\0O\0S\0A\0t\0t\0r";

bool vpi_catalog_read_list(const struct signed_content *content, struct catalog_list *ret)
{
    struct der_value value, usage;
    struct span rest = content->octets, inside = rest;
    *ret = (struct catalog_list){.count = 0};
    if (!der_oid_is(content->type, OID_TRUST_LIST))
        return false;
    /* Inside an OCTET STRING the list has its header, else it was taken off (PKCS#7, 9.3). */
    if (vpi_der_expect(&inside, DER_SEQUENCE, &value) && inside.len == 0)
        rest = value.content;
    (void)vpi_der_expect(&rest, DER_INTEGER, &value);
    if (!vpi_der_expect(&rest, DER_SEQUENCE, &usage) ||
        !vpi_der_expect(&usage.content, DER_OID, &value) ||
        !der_oid_is(value.content, OID_CATALOG_LIST))
        return false;
    (void)vpi_der_expect(&rest, DER_OCTET_STRING, &value);
    (void)vpi_der_expect(&rest, DER_INTEGER, &value);
    while (vpi_der_expect(&rest, DER_UTC_TIME, &value) ||
           vpi_der_expect(&rest, DER_GENERALIZED_TIME, &value))
        continue;
    if (!vpi_der_expect(&rest, DER_SEQUENCE, &value)) /* the algorithm of the tags */
        return false;
    if (vpi_der_expect(&rest, DER_SEQUENCE, &value))
        ret->members = value.content;
    if (vpi_der_expect(&rest, DER_CONTEXT_CONSTRUCTED, &value) &&
        vpi_der_expect(&value.content, DER_SEQUENCE, &usage))
        ret->extensions = usage.content;
    return true;
}

/* CatalogNameValue ::= SEQUENCE { name BMPString, flags INTEGER, value OCTET STRING } */
static bool name_value(struct span *values, struct span *ret_name, struct span *ret_text)
{
    struct der_value pair, name, flags, text;
    if (!vpi_der_expect(values, DER_SEQUENCE, &pair) ||
        !vpi_der_expect(&pair.content, DER_BMP_STRING, &name) ||
        !vpi_der_expect(&pair.content, DER_INTEGER, &flags) ||
        !vpi_der_expect(&pair.content, DER_OCTET_STRING, &text))
        return false;
    *ret_name = name.content;
    *ret_text = text.content;
    while (ret_text->len >= 2 && ret_text->data[ret_text->len - 1] == 0 &&
           ret_text->data[ret_text->len - 2] == 0)
        ret_text->len -= 2;
    return true;
}

/* SpcIndirectDataContent ::= SEQUENCE { SEQUENCE { type OID, value }, SEQUENCE { algorithm, OCTET
 * STRING } } */
static void indirect_data(struct span values, struct catalog_member *ret)
{
    struct der_value indirect, data, type, info, algorithm, digest;
    if (!vpi_der_expect(&values, DER_SEQUENCE, &indirect) || values.len ||
        !vpi_der_expect(&indirect.content, DER_SEQUENCE, &data) ||
        !vpi_der_expect(&data.content, DER_OID, &type) ||
        !vpi_der_expect(&indirect.content, DER_SEQUENCE, &info) ||
        !vpi_der_expect(&info.content, DER_SEQUENCE, &algorithm) ||
        !vpi_der_expect(&info.content, DER_OCTET_STRING, &digest))
        return;
    bool image = der_oid_is(type.content, OID_SPC_IMAGE_DATA);
    enum digest_algorithm known = vpi_algorithm_digest(algorithm.content);
    if ((!image && !der_oid_is(type.content, OID_SPC_CABINET_DATA)) || !known ||
        digest.content.len != vpi_digest_len(known))
        return;
    ret->digest = digest.content;
    ret->algorithm = known;
    ret->flat = !image;
}

static void member_attributes(struct span attributes, struct catalog_member *ret)
{
    struct der_value attribute, oid, values;
    struct span name, text, indirect;
    if (vpi_attribute_find(attributes, OID_SPC_INDIRECT_DATA, &indirect))
        indirect_data(indirect, ret);
    while (vpi_der_expect(&attributes, DER_SEQUENCE, &attribute)) {
        if (!vpi_der_expect(&attribute.content, DER_OID, &oid) ||
            !der_oid_is(oid.content, OID_NAME_VALUE) ||
            !vpi_der_expect(&attribute.content, DER_SET, &values) ||
            !name_value(&values.content, &name, &text))
            continue;
        if (span_equal(name, span_of(name_file, sizeof name_file - 1)))
            ret->file = text;
        else if (span_equal(name, span_of(name_systems, sizeof name_systems - 1)))
            ret->systems = text;
    }
}

bool vpi_catalog_next(struct catalog_list *list, struct catalog_member *ret)
{
    struct der_value member, tag, attributes;
    *ret = (struct catalog_member){.algorithm = 0};
    if (list->count >= CATALOG_MEMBERS_MOST ||
        !vpi_der_expect(&list->members, DER_SEQUENCE, &member))
        return false;
    list->count++;
    if (vpi_der_expect(&member.content, DER_OCTET_STRING, &tag) &&
        vpi_der_expect(&member.content, DER_SET, &attributes))
        member_attributes(attributes.content, ret);
    return true;
}

bool vpi_catalog_attribute(struct catalog_list *list, struct span *ret_name, struct span *ret_text)
{
    struct der_value extension, oid, octets;
    while (vpi_der_expect(&list->extensions, DER_SEQUENCE, &extension)) {
        if (vpi_der_expect(&extension.content, DER_OID, &oid) &&
            der_oid_is(oid.content, OID_NAME_VALUE) &&
            vpi_der_expect(&extension.content, DER_OCTET_STRING, &octets) &&
            name_value(&octets.content, ret_name, ret_text))
            return true;
    }
    return false;
}

bool vpi_catalog_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                        struct trust_blob *blob, const struct trust_digests *digests,
                        struct trust_signature *s)
{
    struct trust_message message = {.octets = s->content->octets, .digests = digests};
    s->states = VP_SIGNATURE_CHECKED;
    if (!s->info->leaf || !der_oid_is(s->content->type, OID_TRUST_LIST) ||
        !vpi_signer_verify(crypto, arena, s->info, &message, s->content->type))
        return !arena->failed;
    /* What it is over stands in it, so that one can't be right without the other. */
    s->states |= VP_SIGNATURE_DIGEST_MATCHES | VP_SIGNATURE_VERIFIES;
    return vpi_signature_judge(crypto, arena, trust, blob,
                               PURPOSE_CODE | PURPOSE_DRIVER | PURPOSE_FIRMWARE, s);
}
