/* apple.h - whether a code directory is over a file, and whose signature is over it
 *
 * Apple's CMS signs the primary code directory, detached; attributes of the signer tie the others
 * to it.  The directories have digests of the code's pages and of what else belongs to it.
 */
#ifndef VPI_TRUST_APPLE_H
#define VPI_TRUST_APPLE_H

#include "format/image.h"
#include "trust/code_pages.h"
#include "trust/signature.h"

/* What Apple issued a certificate for, by its marker extensions (1.2.840.113635.100.6). */
enum apple_signer {
    APPLE_NOBODY = 0, /* it has no marker that we know */
    APPLE_DEVELOPER_ID = 1,
    APPLE_DISTRIBUTION = 2, /* what a team sends to the store */
    APPLE_DEVELOPMENT = 3,  /* given for the asking: Apple vouches for the team, not for the name */
    APPLE_STORE = 4,        /* the store's: the code directory says whose code it is */
    APPLE_SOFTWARE = 5,     /* Apple's own */
    APPLE_SIGNERS
};

/* What is wrong between the directories, the file and the signature. */
enum apple_fault {
    APPLE_PAGES = 1,      /* a page has another digest than the directory says */
    APPLE_SPECIAL = 2,    /* requirements, entitlements or the like have */
    APPLE_UNCOVERED = 4,  /* sections lie behind what the directory covers */
    APPLE_REPEATED = 8,   /* two directories of one hash, or two signatures: the kernel refuses */
    APPLE_ALTERNATES = 16 /* the signature doesn't cover each directory */
};

/* The code signature of one object. */
struct apple_code {
    struct code_signature signature;
    uint64_t off, len; /* of it in the object */
    bool repeated;     /* the object has another one */
    struct signed_content content;
    struct code_pages pages[CODE_DIRECTORIES_MOST];
    bool paged[CODE_DIRECTORIES_MOST]; /* which of them are fed */
    unsigned faults;                   /* enum apple_fault, once it was verified */
    enum apple_signer signer;          /* of the last signature that was verified */
};

/* What the CMS signs: fills `code->content`. */
void vpi_apple_content(struct apple_code *code);

/* Begins to check the pages of each directory; feed code->pages[i] where code->paged[i]. */
void vpi_apple_begin(struct crypto *crypto, struct apple_code *code);

/* Whether directory `index` is over this object.  Once all pages were fed. */
bool vpi_apple_holds(struct crypto *crypto, const struct image *image,
                     const struct apple_code *code, size_t index, unsigned *faults);

/* By the leaf alone, or, with its issuer, by what Apple's own requirements demand of both. */
enum apple_signer vpi_apple_signer(const struct certificate *leaf,
                                   const struct certificate *issuer);
const char *vpi_apple_signer_name(enum apple_signer signer);

/* The Team ID in a certificate of a developer, or empty. */
struct span vpi_apple_team(const struct certificate *leaf);

/* Verifies one signature, or an ad hoc one, which has no signer.  False: no memory. */
bool vpi_apple_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                      struct trust_blob *blob, const struct image *image, struct apple_code *code,
                      struct trust_signature *signature);

/* ---- apple_signer.c */

/* Whether the signer's attributes name the digest of each directory. */
bool vpi_apple_ties(struct arena *arena, const struct signer_info *info,
                    const struct code_signature *code);

#endif
