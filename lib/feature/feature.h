/* feature.h - observations of an object, and the families that make them
 *
 * A feature is a kind, a canonical value and a place.  A family is a file of this folder; it makes
 * the features of one or a few kinds from the image.  What needs the object's bytes joins the pass.
 */
#ifndef VPI_FEATURE_FEATURE_H
#define VPI_FEATURE_FEATURE_H

#include "base/hash.h"
#include "crypto/digest.h"
#include "format/image.h"
#include "trust/apple.h"
#include "trust/authenticode.h"
#include "trust/catalog_index.h"

enum {
#define KIND(number, NAME, name, class, form) KIND_##NAME = number,
#include "feature/list.h"
#undef KIND
    KIND_NONE = 0
};

/* What a hit of a kind is worth; lib/verdict says how they combine. */
enum kind_class {
    CLASS_EXACT = 1,     /* unchanged content */
    CLASS_NARROW = 2,    /* narrows, never identifies: no cryptographic digest */
    CLASS_SIGNER = 3,    /* who signed; a claim until verified */
    CLASS_STRUCTURE = 4, /* how it was built */
    CLASS_TEXT = 5,      /* what it says of itself; yields phrases */
    CLASS_NAME = 6,      /* what it is called */
    CLASS_VERSION = 7    /* never looked up; gives a finding its version */
};

enum kind_form {
    FORM_HEX = 1,
    FORM_TEXT = 2,
    FORM_NAME = 3,
    FORM_SIZED = 4,
    FORM_BYTES = 5,
    FORM_ANYHEX = 6
};

struct kind {
    uint16_t number;
    const char *name;
    enum kind_class class;
    enum kind_form form;
    uint16_t width; /* of FORM_HEX, bytes */
};

/* All kinds, ascending. */
extern const struct kind vpi_kinds[];
extern const size_t vpi_kind_count;
const struct kind *vpi_kind(unsigned number);
const struct kind *vpi_kind_named(struct span name);

struct feature {
    uint16_t kind;
    uint16_t language;
    struct span value;  /* canonical */
    const char *text;   /* for people; parses back to `value` */
    uint64_t off, len;  /* in the object, or in `beside`; VP_NONE */
    const char *beside; /* the file beside the object in which it stands, or NULL */
    /* Of a signer's certificate: which one it is of (from 1), and whether a signature by it is
     * believed. */
    uint16_t certificate;
    bool verified;
    /* Of a program name that a believed signature gives: the certificate by which it was signed. */
    uint16_t attested;
    const char *catalog; /* by whose signer it is one of this object; NULL: by itself */
};

enum { SIGNED_BLOBS_MOST = 16, CERTIFICATES_MOST = 256, LEAVES_MOST = 64 };

/* What the certificate family found, for the trust family to verify. */
struct feature_trust {
    struct trust_blob *blobs[SIGNED_BLOBS_MOST];
    size_t blob_count;
    uint64_t off; /* of the first of them */
    struct trust_signature *signatures;
    size_t count, capacity;
    uint8_t certificates[CERTIFICATES_MOST][32]; /* SHA-256 of each, in the order of their number */
    size_t certificate_count;
    uint8_t leaves[LEAVES_MOST][32]; /* signers whose names were added */
    size_t leaf_count;
    struct trust_digests digests;
    struct feature_openpgp *openpgp; /* of packages (openpgp.c), or NULL */
    struct feature_ima *ima;         /* of security.ima (ima.c), or NULL */
    struct apple_code *code;         /* of SIGNING_CODE_DIRECTORY */
    bool nobody;                     /* there is no signer in any of them */
    bool verified;                   /* the signatures' states are made */
};

/* Catalogs that list the object: until the pass is over. */
enum { CATALOG_SHELVES = 3, CATALOG_HITS_MOST = 32 };

struct catalog_hit {
    unsigned shelf;
    uint32_t number;
    enum digest_algorithm algorithm;
    uint8_t digest[INDEX_DIGEST];
};

struct feature_catalogs {
    struct catalog_hit hits[CATALOG_HITS_MOST];
    size_t count;
};

/* Everything a family may use.  `wanted` says which features somebody asks for: a family makes no
 * other ones. */
struct feature_work {
    const struct image *image;
    struct source *src;
    struct crypto *crypto;
    struct arena *arena; /* scratch: as long as the object's examination */
    struct source_pass pass;
    struct span name;              /* the object's name, or empty */
    uint64_t wanted;               /* enum wanted */
    const struct kind_set *needed; /* NULL: all kinds */
    struct feature *items;
    size_t count, capacity;
    struct feature_trust *signatures; /* NULL: there is none */
    const struct trust *trust;
    struct catalog_shelf *shelves; /* CATALOG_SHELVES of them, or NULL */
    struct feature_catalogs *listed;
    struct image *notes; /* where families add notes and gaps: the same image, writable */
};

enum { FEATURES_MOST = 1 << 16 };

/* Which kinds somebody reads; one that is no number of ours is always needed. */
enum { KIND_SET_BITS = 4096 };
struct kind_set {
    uint64_t bits[KIND_SET_BITS / 64];
};
void vpi_kind_set_add(struct kind_set *set, unsigned kind);
/* Kinds beyond the set's numbers are in every set. */
bool vpi_kind_set_has(const struct kind_set *set, unsigned kind);
/* Whether a feature of this kind would be kept.  vpi_feature_add and its kin ask themselves; a
 * family asks before what costs more. */
bool vpi_feature_needed(const struct feature_work *work, unsigned kind);

/* Dear features: computed only when a key, a gate or the caller asks. */
enum wanted {
    WANT_FILE_XXH3 = 1 << 0,
    WANT_FILE_MD5 = 1 << 1,
    WANT_FILE_SHA1 = 1 << 2,
    WANT_FILE_SHA256 = 1 << 3,
    WANT_AUTHENTICODE_SHA1 = 1 << 4,
    WANT_AUTHENTICODE_SHA256 = 1 << 5,
    WANT_SECTIONS = 1 << 6,
    WANT_RESOURCES = 1 << 7, /* icons and resources */
    WANT_EXPORTS = 1 << 9,   /* each exported name; the set of them is cheap */
    WANT_TRUST = 1 << 10,    /* verify signatures; they were found with WANT_REST */
    WANT_CATALOGS = 1 << 11, /* look for catalogs that list the object */
    WANT_REST = 1 << 8       /* everything that isn't named above and costs next to nothing */
};

/* Adds a feature; `value` is copied to the arena.  Returns it to be completed, or NULL (memory: a
 * gap is recorded; or nobody needs it).  `text` NULL: made from the value by the kind's form. */
struct feature *vpi_feature_add(struct feature_work *work, unsigned kind, struct span value,
                                const char *text);

/* Adds a text or a name in its canonical form, with the original as its text; nothing if that is
 * empty. */
struct feature *vpi_feature_add_text(struct feature_work *work, unsigned kind, struct span utf8);

/* Adds a text whose field has no kind of its own as "field: value", so that both can be read and
 * the value's phrases are found; nothing if the value is empty. */
struct feature *vpi_feature_add_field(struct feature_work *work, unsigned kind,
                                      const struct image_text *text);

/* Sorts names bytewise, each once; returns how many are left. */
size_t vpi_names_sort(struct span *names, size_t count);

/* Adds XXH3-128 of sorted names, joined by line feeds; nothing for no names. */
void vpi_feature_add_set(struct feature_work *work, unsigned kind, const struct span *names,
                         size_t count);

/* The bytes of a blob, at most `most` of them: those that the reader kept, or else from the source.
 * False, with a note or a gap, when they can't be had. */
bool vpi_feature_blob(struct feature_work *work, const struct image_blob *blob, uint64_t most,
                      struct span *ret);

/* The key of a kind and a canonical value. */
struct hash128 vpi_feature_key(unsigned kind, struct span value);

/* ---- consumers of the pass that end as a feature (consume.c) */

/* The digest of `ranges` (which live as long as the arena), followed by `padding` zeros. */
void vpi_consume_digest(struct feature_work *work, unsigned kind, enum digest_algorithm algorithm,
                        const struct source_range *ranges, size_t count, unsigned padding);

/* XXH3-128 of one range; as a SIZED kind with its length.  Empty ranges make nothing. */
void vpi_consume_hash(struct feature_work *work, unsigned kind, uint64_t off, uint64_t len);

/* The digest of what the object's signatures cover (signed_content.c), followed by `padding` zeros:
 * `done` gets it, at the end of the pass or at once; not when it can't be had. */
typedef void vpi_signed_done(struct feature_work *work, enum digest_algorithm algorithm,
                             const uint8_t *digest);
void vpi_consume_signed(struct feature_work *work, enum digest_algorithm algorithm,
                        unsigned padding, vpi_signed_done *done);

/* What the ranges of one family may add up to: a crafted file describes one piece of itself many
 * times.  False, and a gap with `what`, when `len` more is too much. */
struct consume_budget {
    uint64_t left;
};
struct consume_budget vpi_consume_budget(const struct feature_work *work);
bool vpi_consume_afford(struct feature_work *work, struct consume_budget *budget, uint64_t len,
                        const char *what);

/* ---- families: one line each in families.h */

#define FAMILY(name) void vpi_family_##name(struct feature_work *work);
#include "feature/families.h"
#undef FAMILY

/* The features of every certificate and signer of work->signatures that wasn't met before
 * (certificate.c). */
void vpi_signer_features(struct feature_work *work, const struct signed_data *data);

/* ---- between the trust family and the family of code directories (code_trust.c) */

/* Adds what the code says that it may do (entitlement.c). */
void vpi_code_entitlements(struct feature_work *work, struct span xml);
/* Adds what the code signature demands; `off`: of the set in the object, or VP_NONE
 * (requirement.c). */
void vpi_code_requirements(struct feature_work *work, struct span set, uint64_t off);
/* Joins the pass with the pages of each directory. */
void vpi_code_consume(struct feature_work *work);
/* Notes about a signature; the states that are told with them. */
unsigned vpi_code_tell(struct feature_work *work, const struct trust_signature *signature);
/* Whether Apple vouches for such a feature of the signer's certificate. */
bool vpi_code_vouches(const struct feature_work *work, unsigned kind);
/* Marks the features of the directories: hashes that hold, and the team of a believed signature. */
void vpi_code_mark(struct feature_work *work, const struct trust_signature *signature);

/* What stands for a signer's certificate that is not enclosed: the digest of how it is named. */
bool vpi_signer_digest(struct feature_work *work, const struct signer_info *signer,
                       uint8_t ret[DIGEST_MOST]);

/* Verifies the OpenPGP signatures that its family read (openpgp.c). */
void vpi_openpgp_finish(struct feature_work *work);
/* The same of security.ima (ima.c). */
void vpi_ima_finish(struct feature_work *work);

/* Verifies what the trust family prepared: after the pass (trust.c). */
void vpi_trust_finish(struct feature_work *work);
/* Marks the features of a believed signer, and notes what is wrong with a signature. */
void vpi_trust_believe(struct feature_work *work, struct trust_signature *signature);
/* Takes the signers of the catalogs that the catalog family found: after the pass (catalog.c). */
void vpi_catalog_finish(struct feature_work *work);

/* Whether a signature's digests of pages are those of the pages of the object, a PE file (pages.c).
 */
bool vpi_pages_match(struct feature_work *work, const struct signed_content *content);

/* Notes that the manifest of a package doesn't name the subject of the certificate that signed it
 * as its publisher, as Windows demands (package_text.c). */
void vpi_package_publisher(struct feature_work *work, const struct certificate *leaf);

/* Runs every family: first they look at the image and join the pass, then the pass runs, whose
 * consumers add their features.  False: the pass did not reach the end (a gap is recorded). */
bool vpi_features_make(struct feature_work *work);

/* ---- canonical forms (canonical.c, value.c) */

enum { CANONICAL_MOST = 8192, VALUE_DIGITS_MOST = 64 };

/* Canonical form 1: NFKC, case folded, (R) (TM) (C) signs and quotes dropped, runs of white space
 * and control characters one space, none at the ends.  Invalid UTF-8 becomes U+FFFD.  Only the
 * first CANONICAL_MOST bytes count, and the result is no longer than that.  It is its own canonical
 * form.  Unicode version: vpi_canonical_unicode(). */
bool vpi_canonical_text(struct arena *arena, struct span utf8, struct span *ret);
const char *vpi_canonical_unicode(void);

/* Text to canonical value by the kind's form; false with a static reason. */
bool vpi_canonical_value(struct arena *arena, const struct kind *kind, struct span text,
                         struct span *ret, const char **ret_why);

/* Canonical value to text for people. */
const char *vpi_canonical_print(struct arena *arena, const struct kind *kind, struct span value);

/* ---- phrases (phrase.c) */

enum {
    PHRASE_WORDS = 4,
    PHRASE_CHARACTERS_LEAST = 2,
    PHRASE_CHARACTERS_MOST = 4,
    PHRASES_MOST = 512
};

/* The values under which a feature is looked up.  For TEXT forms: the canonical text, and every run
 * of 1 to 4 words of it (for scripts without spaces, of 2 to 4 characters); for names and texts
 * also each of them with runs of digits collapsed to "#".  For other forms the value itself.  Calls
 * `each` with distinct values; at most PHRASES_MOST.  False: the text has more, or no memory. */
bool vpi_phrases(struct arena *arena, const struct kind *kind, struct span value,
                 void (*each)(void *context, struct span phrase), void *context);

/* The form under which a name of the set is found inside longer text: its words joined by one
 * space; *ret_words says how many words (or characters of a script without spaces) it has. */
bool vpi_phrase_of(struct arena *arena, struct span canonical, struct span *ret, size_t *ret_words);

#endif
