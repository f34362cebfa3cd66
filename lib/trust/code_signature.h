/* code_signature.h - Apple's code signature taken apart, nothing verified
 *
 * What LC_CODE_SIGNATURE points to: a superblob of numbered slots (xnu, osfmk/kern/cs_blobs.h;
 * Apple Security, CodeDirectory).  The signature covers the code directories, these cover the code
 * by one digest a page.  Spans point into the bytes that were given.
 */
#ifndef VPI_TRUST_CODE_SIGNATURE_H
#define VPI_TRUST_CODE_SIGNATURE_H

#include "crypto/digest.h"

enum {
    CDHASH_LEN = 20,
    CODE_DIRECTORIES_MOST = 6,
    CODE_SIGNATURE_SLOTS_MOST = 256,
    CODE_SPECIAL_MOST = 12 /* special slots have numbers below it */
};

/* Special slots: a directory has their digests before those of the pages. */
enum code_special {
    CODE_INFO = 1, /* Info.plist */
    CODE_REQUIREMENTS = 2,
    CODE_RESOURCES = 3, /* CodeResources */
    CODE_ENTITLEMENTS = 5,
    CODE_ENTITLEMENTS_DER = 7
};

enum code_directory_flag {
    CODE_ADHOC = 0x2,             /* nobody's signature */
    CODE_RUNTIME = 0x10000,       /* hardened runtime */
    CODE_LINKER_SIGNED = 0x20000, /* ad hoc, by the linker */
};

/* One statement of what the code is; a signature has one for each kind of digest. */
struct code_directory {
    uint64_t off, len; /* in the signature */
    uint32_t slot, version, flags;
    uint8_t hash_type, hash_len, platform; /* platform: not 0 for Apple's own */
    struct span identifier, team_id;       /* up to the NUL; team_id empty when there is none */
    bool has_cdhash;                       /* false: a hash type that we don't know */
    uint8_t cdhash[CDHASH_LEN];  /* digest of the directory by its own hash, the first 20 bytes */
    uint8_t digest[DIGEST_MOST]; /* all of it */
    /* What it says of the code. */
    enum digest_algorithm algorithm; /* 0: a hash type that we don't know */
    struct span whole;               /* with its header: what the signer signs */
    uint64_t code_limit;             /* bytes of the file from its beginning */
    uint32_t hash_off, special_count, code_count;
    uint8_t page_shift; /* 0: one page for all */
    bool scattered;     /* pages are not where they are counted */
};

struct code_signature {
    struct code_directory directories[CODE_DIRECTORIES_MOST]; /* the primary one first */
    size_t directory_count;
    /* The directory that the kernel goes by: that of the highest hash it knows (xnu,
     * bsd/kern/ubc_subr.c, hash_rank); == directory_count: none. */
    size_t chosen;
    struct span requirements;     /* the whole blob, or empty */
    uint64_t requirements_off;    /* in the signature */
    struct span entitlements;     /* XML property list, without the blob's header */
    struct span entitlements_der; /* the same in DER, without the blob's header */
    /* The whole blob of a special slot, or empty: the first of several, as the kernel takes it. */
    struct span special[CODE_SPECIAL_MOST];
    struct span cms; /* SignedData in DER; empty for one that nobody signed */
    uint64_t cms_off;
    bool ticket;    /* of notarization (slot 0x10002) */
    bool malformed; /* some slot is damaged: the rest is here */
    bool cut_short; /* a named maximum was reached */
};

/* False: not a code signature at all, or the digest failed. */
bool vpi_code_signature_read(struct crypto *crypto, struct span bytes, struct code_signature *ret);

/* The digest of a page, or of special slot `index` (from 1), as the directory has it.  False: it
 * has none. */
bool vpi_code_slot(const struct code_directory *directory, uint32_t page, struct span *ret);
bool vpi_code_special(const struct code_directory *directory, uint32_t index, struct span *ret);

#endif
