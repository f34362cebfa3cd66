/* catalog.h - the members of a Windows catalog, and whether its signature is right
 *
 * A catalog's content, all of which is signed, is a certificate trust list ([MS-CAESO], 4.4.5.1):
 *
 *     SEQUENCE { version?, usage SEQUENCE { OID }, identifier?, number?, time, time?,
 *                algorithm SEQUENCE, members SEQUENCE OF { tag OCTET STRING, SET OF attribute }?,
 *                [0] { extensions }? }
 *
 * A member's digest stands in its attribute SpcIndirectDataContent.  What else may look like one,
 * the member's tag or attributes of the signer, is not read: nobody but the list says what it
 * lists.
 */
#ifndef VPI_TRUST_CATALOG_H
#define VPI_TRUST_CATALOG_H

#include "trust/signature.h"

enum { CATALOG_MEMBERS_MOST = 1 << 20, CATALOG_LEN_MOST = 32 << 20 };

struct catalog_list {
    struct span members, extensions; /* what is left of them */
    size_t count;                    /* members read so far */
};

struct catalog_member {
    struct span digest;              /* or empty: nothing that we read */
    enum digest_algorithm algorithm; /* or 0 */
    bool flat;                       /* of all bytes; else Authenticode's, of an image */
    struct span file, systems;       /* UTF-16LE without its NUL: attributes File and OSAttr */
};

/* False: the content is no list of files. */
bool vpi_catalog_read_list(const struct signed_content *content, struct catalog_list *ret);

/* The next member; false after the last one that can be read, or the most. */
bool vpi_catalog_next(struct catalog_list *list, struct catalog_member *ret);

/* The next attribute of the whole list: name as a BMPString's octets, value as UTF-16LE. */
bool vpi_catalog_attribute(struct catalog_list *list, struct span *ret_name, struct span *ret_text);

/* Verifies one signature over a catalog: over what it encloses, or over content with these digests.
 * False: no memory. */
bool vpi_catalog_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                        struct trust_blob *blob, const struct trust_digests *digests,
                        struct trust_signature *signature);

#endif
