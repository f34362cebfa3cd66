/* forge_catalog.h - catalogs that list what a test wants */
#ifndef TESTS_TRUST_FORGE_CATALOG_H
#define TESTS_TRUST_FORGE_CATALOG_H

#include "forge.h"

#define TYPE_TRUST_LIST "\x2b\x06\x01\x04\x01\x82\x37\x0a\x01"
#define CATALOG_USAGE   "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x01"
#define CATALOG_VALUE   "\x2b\x06\x01\x04\x01\x82\x37\x0c\x02\x01"
#define INDIRECT_IMAGE  "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f"
#define INDIRECT_FLAT   "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x19"

struct forged_member {
    const uint8_t *digest; /* NULL: the member has none */
    bool sha1, flat;
    const char *file; /* attribute File, or NULL */
    bool twice;       /* two attributes with a digest */
};

/* ASCII as UTF-16LE with its NUL. */
static void put_utf16(struct der_builder *b, const char *ascii)
{
    open_value(b, DER_OCTET_STRING);
    for (size_t i = 0; i <= strlen(ascii); i++)
        put_raw(b, (uint8_t[]){(uint8_t)ascii[i], 0}, 2);
    close_value(b);
}

static void put_name_value(struct der_builder *b, const char *name, const char *value)
{
    open_value(b, DER_SEQUENCE);
    put_bmp(b, DER_BMP_STRING, name);
    put_value(b, DER_INTEGER, "\x10\x01\x00\x01", 4);
    put_utf16(b, value);
    close_value(b);
}

static void put_indirect(struct der_builder *b, const struct forged_member *m)
{
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, TYPE_INDIRECT);
    open_value(b, DER_SET);
    open_value(b, DER_SEQUENCE);
    put_algorithm_of(b, m->flat ? INDIRECT_FLAT : INDIRECT_IMAGE);
    open_value(b, DER_SEQUENCE);
    put_algorithm_of(b, m->sha1 ? HASH_SHA1_OID : HASH_SHA256_OID);
    put_value(b, DER_OCTET_STRING, m->digest, m->sha1 ? 20 : 32);
    close_value(b);
    close_value(b);
    close_value(b);
    close_value(b);
}

static void put_member(struct der_builder *b, const struct forged_member *m)
{
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OCTET_STRING, "a tag");
    open_value(b, DER_SET);
    if (m->file) {
        open_value(b, DER_SEQUENCE);
        put_text(b, DER_OID, CATALOG_VALUE);
        open_value(b, DER_SET);
        put_name_value(b, "File", m->file);
        close_value(b);
        close_value(b);
    }
    if (m->digest)
        put_indirect(b, m);
    if (m->digest && m->twice)
        put_indirect(b, m);
    close_value(b);
    close_value(b);
}

/* The list itself; exact_free() it. */
static struct span forge_list(const struct forged_member *members, size_t count)
{
    struct der_builder *b = builder_new(), *extension = builder_new();
    open_value(b, DER_SEQUENCE);
    put_algorithm_of(b, CATALOG_USAGE);
    put_text(b, DER_OCTET_STRING, "an identifier");
    put_text(b, DER_UTC_TIME, "200101000000Z");
    put_algorithm_of(b, "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x02");
    open_value(b, DER_SEQUENCE);
    for (size_t i = 0; i < count; i++)
        put_member(b, &members[i]);
    close_value(b);
    put_name_value(extension, "HWID1", "usb\\vid_1234");
    open_value(b, DER_CONTEXT_CONSTRUCTED);
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, CATALOG_VALUE);
    put_value(b, DER_OCTET_STRING, extension->bytes, extension->len);
    close_value(b);
    close_value(b);
    close_value(b);
    close_value(b);
    free(extension);
    return builder_take(b);
}

/* A catalog, as right or as wrong as the forgery says; exact_free() it. */
static struct span forge_catalog(const struct forgery *f, const struct forged_member *members,
                                 size_t count)
{
    struct span list = forge_list(members, count);
    struct span catalog = forge_over(f, TYPE_TRUST_LIST, list);
    exact_free(list);
    return catalog;
}

#endif
