/* code_resources.h - the files that a bundle's signature lists (_CodeSignature/CodeResources)
 *
 * A property list in XML.  The main executable's code directory has its digest (special slot 3), so
 * that it is as good as the signature over that directory.
 */
#ifndef VPI_TRUST_CODE_RESOURCES_H
#define VPI_TRUST_CODE_RESOURCES_H

#include "crypto/digest.h"

enum {
    CODE_RESOURCES_MOST = 1 << 16,
    CODE_RESOURCE_SHA1 = 20,
    CODE_RESOURCE_SHA256 = 32,
    CODE_RESOURCE_PATH_MOST = 1024
};

struct code_resource {
    struct span path; /* below the folder that has _CodeSignature; relative, without ".." */
    struct span link; /* what the symbolic link `path` leads to, or empty */
    bool has_sha1, has_sha256, has_cdhash;
    bool optional; /* may be absent */
    uint8_t sha1[CODE_RESOURCE_SHA1], sha256[CODE_RESOURCE_SHA256];
    uint8_t cdhash[CODE_RESOURCE_SHA1]; /* of nested code */
};

struct code_resources {
    struct code_resource *items;
    size_t count, capacity;
    bool old;       /* of the first version: "files", SHA-1 */
    bool malformed; /* some entry can't be read: the rest is here */
    bool cut_short; /* a named maximum was reached, or the arena's limit */
};

/* The arena keeps what is returned; spans point into it or into `xml`.  False: it lists nothing. */
bool vpi_code_resources_read(struct arena *arena, struct span xml, struct code_resources *ret);

#endif
