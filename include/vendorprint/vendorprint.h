/* vendorprint.h - whose code is in this file?
 *
 * What holds for all of it:
 *
 * Handles.  A vp_db is immutable and counted: any number of threads may share it.  A vp_session
 * belongs to one thread at a time.  A vp_result is immutable, counted and owns its memory; pointers
 * read from it live as long as it does, those read from a vp_db as long as that.  Sessions, results
 * and scans hold a reference on their database.  Nothing but a vp_db survives fork().  NULL may be
 * freed.  The library has no global state, no init function, installs no signal handler, prints
 * nothing and leaves the locale alone.
 *
 * Errors.  Functions return an enum vp_status.  `err` may be NULL; otherwise its text says in one
 * line what happened.  What is returned through `ret_*` is written on success only.  The content of
 * an examined file is never an error: damage gives a result with notes and gaps.
 *
 * Structs.  The first member, `size`, is set by the caller to sizeof the struct, for structs that
 * are passed in and for those that are filled alike; members beyond it are neither read nor
 * written, so older callers keep working.  Zero is the default of every option.
 *
 * Enumerators are numbered for ever.  New ones will come: expect unknown values.
 *
 * Text is UTF-8, NUL-terminated and without control characters unless it is called bytes.  Paths
 * are bytes on POSIX and UTF-8 on Windows.  Sizes and offsets are bytes from the start of the
 * object.
 */
#ifndef VENDORPRINT_VENDORPRINT_H
#define VENDORPRINT_VENDORPRINT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define VP_API
#else
#define VP_API __attribute__((visibility("default")))
#endif

/* "No offset", "no object", "size not known". */
#define VP_NONE     UINT64_MAX
#define VP_NO_INDEX UINT32_MAX

enum vp_status {
    VP_OK = 0,
    VP_E_ARGUMENT = 1,    /* the call is wrong */
    VP_E_MEMORY = 2,      /* the machine, or a limit, has no memory left */
    VP_E_IO = 3,          /* reading or writing failed */
    VP_E_NOT_FOUND = 4,   /* no such file, kind, policy or record */
    VP_E_DATABASE = 5,    /* not a database, damaged, or older than the caller accepts */
    VP_E_SET = 6,         /* a signature set has errors */
    VP_E_CALLBACK = 7,    /* a callback of the caller reported failure */
    VP_E_CANCELLED = 8,   /* a callback asked to stop */
    VP_E_NOT_REGULAR = 9, /* not a regular file: nothing was read */
    VP_E_END = 10         /* vp_scan_next: no item is left */
};

struct vp_error {
    enum vp_status status;
    int system_error; /* errno, or 0 */
    char text[256];
};

/* ---------------------------------------------------------------- words */

/* Formats, roles and machines of an object. */
enum vp_format {
    VP_FORMAT_OTHER = 0,
    VP_FORMAT_PE32 = 1,
    VP_FORMAT_PE32_PLUS = 2,
    VP_FORMAT_ELF32 = 3,
    VP_FORMAT_ELF64 = 4,
    VP_FORMAT_MACHO32 = 5,
    VP_FORMAT_MACHO64 = 6,
    VP_FORMAT_MACHO_FAT = 7, /* its slices are objects */
    VP_FORMAT_DEX = 8,
    VP_FORMAT_JAVA_CLASS = 9,
    VP_FORMAT_GZIP = 10, /* a compressed stream: what it holds is an object */
    VP_FORMAT_XZ = 11,
    VP_FORMAT_ZSTD = 12,
    VP_FORMAT_CATALOG = 13,  /* a list of digests, signed by one who vouches for the files */
    VP_FORMAT_INF = 14,      /* what a driver package says of itself */
    VP_FORMAT_MSI = 15,      /* a Windows Installer package, patch, transform or merge module */
    VP_FORMAT_CAB = 16,      /* a cabinet */
    VP_FORMAT_SCRIPT = 17,   /* a script with an Authenticode signature in it */
    VP_FORMAT_MSIX = 18,     /* MSIX or AppX: a package or a bundle of packages */
    VP_FORMAT_COMPOUND = 19, /* another compound file: documents of Office, thumbnails */
    VP_FORMAT_RPM = 20,
    VP_FORMAT_DEB = 21
};

enum vp_role {
    VP_ROLE_OTHER = 0,
    VP_ROLE_PROGRAM = 1,
    VP_ROLE_LIBRARY = 2,
    VP_ROLE_DRIVER = 3, /* runs in a Windows kernel or as another native image */
    VP_ROLE_KERNEL_MODULE = 4,
    VP_ROLE_FIRMWARE = 5, /* EFI applications, drivers and ROM images */
    VP_ROLE_INSTALLER = 6,
    VP_ROLE_PACKAGE = 7,
    VP_ROLE_OBJECT = 8, /* relocatable, for a linker */
    VP_ROLE_CORE = 9,   /* the memory of a process that crashed */
    VP_ROLE_DEBUG = 10  /* debug information apart from its program */
};

/* How a vendor relates to an object. */
enum vp_relation {
    VP_RELATION_PUBLISHER = 1, /* released this object */
    VP_RELATION_COMPONENT = 2, /* its code is inside */
    VP_RELATION_MEMBER = 3,    /* an object of its is inside */
    VP_RELATION_SIGNER = 4,    /* a verified signature of its covers the object */
    VP_RELATION_CLAIM = 5,     /* only text or unverified data says so */
    VP_RELATION_BUILDER = 6    /* its tool built the package */
};

enum vp_level { VP_LEVEL_POSSIBLE = 1, VP_LEVEL_PROBABLE = 2, VP_LEVEL_IDENTIFIED = 3 };

enum vp_outcome { VP_OUTCOME_NOTHING = 0, VP_OUTCOME_FINDINGS = 1 };

/* Facts about an object that are no vendor. */
enum vp_note_code {
    VP_NOTE_TRUNCATED = 1,            /* a structure reaches beyond the end of the object */
    VP_NOTE_MALFORMED = 2,            /* a structure contradicts itself */
    VP_NOTE_SIGNATURE_UNVERIFIED = 3, /* signatures were parsed, nobody needed them verified */
    VP_NOTE_SIGNATURE_UNREADABLE = 4, /* a signature is there and can't be parsed */
    VP_NOTE_CHANGED_WHILE_READ = 5,
    VP_NOTE_SHARED_KEY = 6, /* evidence was set aside: its key is shared by several vendors */
    VP_NOTE_OVERLAY = 7,    /* bytes after the last structure that the format knows */
    VP_NOTE_PACKED = 8,
    VP_NOTE_SIGNATURE_INVALID = 9,     /* not of this content, or not by its signer's key */
    VP_NOTE_SIGNATURE_UNANCHORED = 10, /* right in itself, and its chain ends at nobody known */
    VP_NOTE_SIGNATURE_UNTIMELY = 11,   /* the chain was not valid when it was signed */
    VP_NOTE_SIGNATURE_REVOKED = 12,    /* the set distrusts its signer */
    VP_NOTE_SIGNATURE_WEAK = 13,       /* a digest or a key that can be forged */
    VP_NOTE_SIGNATURE_PADDED = 14,     /* bytes in the certificate table that no signature covers */
    VP_NOTE_SIGNATURE_OVERLAP = 15,    /* the certificate table lies over or before code */
    VP_NOTE_SIGNERS_DISAGREE = 16,     /* believed signatures of several vendors */
    VP_NOTE_SIGNATURE_REPLACED = 17,   /* code that one vendor signed, signed by somebody else */
    VP_NOTE_LISTED_IN_CATALOG = 20,    /* a catalog has its digest */
    VP_NOTE_SIGNATURE_PARTIAL = 25,   /* parts of the object that no signature of its kind covers */
    VP_NOTE_PAGES_DIFFER = 26,        /* the digests of pages are of other pages */
    VP_NOTE_PUBLISHER_DIFFERS = 27,   /* the package names another publisher than its signer */
    VP_NOTE_SIGNATURE_ADHOC = 30,     /* Apple's: it says what the code is, and is nobody's */
    VP_NOTE_SIGNATURE_REMOVED = 31,   /* a signature was taken away */
    VP_NOTE_TEAM_DIFFERS = 32,        /* certificate and code directory name different teams */
    VP_NOTE_DIRECTORIES_DIFFER = 33,  /* code directories disagree, or not all are signed */
    VP_NOTE_NOTARIZATION_TICKET = 34, /* a ticket is there; it was not verified */
    VP_NOTE_BUNDLE_DIFFERS = 35,      /* files of a bundle are not those that it lists */
    VP_NOTE_BUNDLE_HOLDS = 36,        /* files of a bundle are those that it lists */
    VP_NOTE_SIGNATURE_KEY_UNKNOWN = 40, /* the signer's key is not enclosed, nor in the set */
    VP_NOTE_DIGEST_DIFFERS = 41 /* a digest that the object has of itself is of other content */
};

/* Why something was not examined. */
enum vp_gap_reason {
    VP_GAP_READ_FAILED = 1,
    VP_GAP_MEMORY_LIMIT = 2,
    VP_GAP_COUNT_LIMIT = 3, /* more records than the limit */
    VP_GAP_CANCELLED = 4,
    VP_GAP_DEADLINE = 5,
    VP_GAP_MEMBER_TOO_LARGE = 6,
    VP_GAP_NOT_PERMITTED = 7,
    VP_GAP_DEPTH_LIMIT = 8,
    VP_GAP_UNSUPPORTED = 9 /* the format is known and not read by this version */
};

/* What a policy says of a finding. */
enum vp_answer { VP_ANSWER_NOT_COVERED = 0, VP_ANSWER_COVERED = 1, VP_ANSWER_NEEDS_HUMAN = 2 };

enum vp_subject_type {
    VP_SUBJECT_VENDOR = 1,
    VP_SUBJECT_PRODUCT = 2,
    VP_SUBJECT_ORIGIN = 3,
    VP_SUBJECT_BUILDER = 4
};

/* How well a record's source stands. */
enum vp_confidence { VP_CONFIDENCE_LOW = 1, VP_CONFIDENCE_MEDIUM = 2, VP_CONFIDENCE_HIGH = 3 };

/* What is true of a signature; bits, each apart from the others (docs/trust.md). */
enum vp_signature_state {
    VP_SIGNATURE_CHECKED = 1,           /* the others mean something */
    VP_SIGNATURE_DIGEST_MATCHES = 2,    /* it is over this content */
    VP_SIGNATURE_VERIFIES = 4,          /* by the key of the signer's certificate */
    VP_SIGNATURE_ANCHORED = 8,          /* the chain ends at an anchor of the set or the caller */
    VP_SIGNATURE_TIMELY = 16,           /* the chain was valid when it was signed */
    VP_SIGNATURE_CODE_SIGNING = 32,     /* the chain may sign code */
    VP_SIGNATURE_STAMPED = 64,          /* a counter-signature with an anchor proves the time */
    VP_SIGNATURE_REVOKED = 128,         /* the set distrusts a certificate of the chain */
    VP_SIGNATURE_WEAK = 256,            /* a digest or a key that can be forged */
    VP_SIGNATURE_LIFETIME = 512,        /* a time stamp doesn't outlive the certificate */
    VP_SIGNATURE_OVERLAP = 1024,        /* the certificate table lies over or before code */
    VP_SIGNATURE_PADDED = 2048,         /* bytes in the table that no signature covers */
    VP_SIGNATURE_PAGE_HASHES = 4096,    /* has digests of each page */
    VP_SIGNATURE_BELIEVED = 8192,       /* all that it takes to believe the signer's name */
    VP_SIGNATURE_CATALOG = 16384,       /* stands in a catalog that lists this object */
    VP_SIGNATURE_PAGES_MATCH = 32768,   /* the digests of pages are those of the object's pages */
    VP_SIGNATURE_ADHOC = 65536,         /* Apple's: nobody's signature */
    VP_SIGNATURE_TEAM_DIFFERS = 131072, /* certificate and code directory name different teams */
    VP_SIGNATURE_TICKET = 262144        /* a notarization ticket is enclosed; not verified */
};

/* What kind of counter-signature says when it was signed. */
enum vp_time_from { VP_TIME_NONE = 0, VP_TIME_PKCS9 = 1, VP_TIME_RFC3161 = 2 };

/* Which enumeration vp_name() is asked about. */
enum vp_names {
    VP_NAMES_STATUS = 1,
    VP_NAMES_FORMAT = 2,
    VP_NAMES_ROLE = 3,
    VP_NAMES_RELATION = 4,
    VP_NAMES_LEVEL = 5,
    VP_NAMES_NOTE = 6,
    VP_NAMES_GAP = 7,
    VP_NAMES_ANSWER = 8,
    VP_NAMES_SUBJECT_TYPE = 9,
    VP_NAMES_CONFIDENCE = 10,
    VP_NAMES_KIND = 11,
    VP_NAMES_VERSION_FROM = 12,
    VP_NAMES_SIGNATURE_STATE = 13, /* of one bit */
    VP_NAMES_TIME_FROM = 14,
    VP_NAMES_CACHE_STATE = 15,
    VP_NAMES_GROUP_TYPE = 16,
    VP_NAMES_GROUP_ROLE = 17
};

/* The library's version, "0.1.0".  Static. */
VP_API const char *vp_version(void);

/* The word for an enumerator as the JSON output spells it, or "unknown".  Static. */
VP_API const char *vp_name(enum vp_names which, unsigned value);

/* ---------------------------------------------------------------- keys */

/* A key is XXH3-128 of the kind (16-bit little-endian) followed by the canonical value, as
 * docs/features.md defines it for each kind. */
struct vp_key {
    uint64_t low;
    uint64_t high;
    uint16_t kind;
    uint16_t reserved[3];
};

/* The kind called `name` ("file-sha256"), or 0. */
VP_API unsigned vp_kind_from_name(const char *name);

/* Kind number `index` of the library's list, in ascending order, or 0 beyond its end. */
VP_API unsigned vp_kind_at(size_t index);

/* Turns the text of a value, as `vendorprint features` prints it, into canonical bytes: digests
 * from hexadecimal digits, texts to canonical form 1.  Writes at most `capacity` bytes to `buffer`
 * and the full length to ret_len.  VP_E_ARGUMENT: the text is no value of that kind, or the buffer
 * is short. */
VP_API enum vp_status vp_value_parse(unsigned kind, const char *text, size_t len, uint8_t *buffer,
                                     size_t capacity, size_t *ret_len, struct vp_error *err);

/* The key of canonical bytes.  XXH3: https://github.com/Cyan4973/xxHash. */
VP_API struct vp_key vp_key_make(unsigned kind, const void *value, size_t len);

/* ---------------------------------------------------------------- database */

struct vp_db;

enum vp_db_flags {
    VP_DB_COPY = 1, /* read into memory: immune to later changes of the file */
    VP_DB_MAP = 2   /* map even where others may write to the file or its folder */
};

struct vp_db_options {
    size_t size;
    unsigned flags;          /* enum vp_db_flags */
    uint64_t minimum_serial; /* refuse an older database (roll-back) */
};

/* Opens the database at `path`; NULL: the default one (the file named by VENDORPRINT_DATABASE, else
 * the installed one).  The file is mapped unless it or its folder is writable by others than the
 * owner and this user, or VP_DB_COPY is given; then it is read.  Costs the same for any number of
 * keys.  A mapped file must be replaced by rename, never written in place. */
VP_API enum vp_status vp_db_open(const char *path, const struct vp_db_options *options,
                                 struct vp_db **ret_db, struct vp_error *err);

/* Like vp_db_open, but takes bytes, which are copied. */
VP_API enum vp_status vp_db_open_memory(const void *data, size_t len,
                                        const struct vp_db_options *options, struct vp_db **ret_db,
                                        struct vp_error *err);

VP_API struct vp_db *vp_db_ref(struct vp_db *db);
VP_API void vp_db_unref(struct vp_db *db);

/* Reads every byte and compares the checksums of all chunks. */
VP_API enum vp_status vp_db_verify(struct vp_db *db, struct vp_error *err);

struct vp_db_info {
    size_t size;
    const char *path; /* NULL for one opened from memory */
    uint64_t serial;
    char digest[33];  /* XXH3-128 over the chunks, hexadecimal */
    char date[11];    /* of the set, YYYY-MM-DD */
    char expires[11]; /* or "" */
    uint16_t format_major, format_minor;
    uint64_t bytes;
    uint32_t subjects, vendors, products, origins, builders, records, policies;
    uint64_t keys;
    uint32_t kinds; /* rows of vp_db_kind */
    int mapped;
};

VP_API void vp_db_info(struct vp_db *db, struct vp_db_info *ret_info);

/* One kind of key in the database. */
struct vp_db_kind {
    size_t size;
    uint16_t kind;
    uint16_t confirm_bits; /* a hit is confirmed to this many bits */
    uint64_t keys;
    uint64_t ungated; /* keys that demand their digest of every file */
};

VP_API enum vp_status vp_db_kind_at(struct vp_db *db, uint32_t index, struct vp_db_kind *ret_kind);

struct vp_subject {
    size_t size;
    enum vp_subject_type type;
    const char *id;       /* "kaspersky", "kaspersky/kvrt" */
    const char *name;     /* "AO Kaspersky Lab" */
    uint32_t vendor;      /* index of a product's vendor, else its own */
    int signs_for_others; /* a signature of this subject never names the vendor */
};

VP_API enum vp_status vp_db_subject_at(struct vp_db *db, uint32_t index,
                                       struct vp_subject *ret_subject);

struct vp_policy {
    size_t size;
    const char *id; /* "us-bod-17-01" */
    const char *title;
    const char *basis; /* legal basis */
    const char *since; /* YYYY-MM-DD */
};

VP_API enum vp_status vp_db_policy_at(struct vp_db *db, uint32_t index,
                                      struct vp_policy *ret_policy);

/* The records of one key: `count` of them, 0 for a miss. */
struct vp_hit {
    uint32_t first;
    uint32_t count;
};

/* Looks up `count` keys with prefetch; hits[i] belongs to keys[i].  Any thread. */
VP_API enum vp_status vp_lookup_batch(struct vp_db *db, const struct vp_key *keys, size_t count,
                                      struct vp_hit *ret_hits);

/* What the set says of a key. */
struct vp_record {
    size_t size;
    uint32_t subject; /* for vp_db_subject_at */
    uint32_t vendor;
    const char *version;       /* of the product, or "" */
    const char *file;          /* original file name, or "" */
    const char *source;        /* where the fact comes from */
    const char *date;          /* of the source, YYYY-MM-DD or "" */
    enum vp_relation relation; /* the strongest that it may yield */
    enum vp_confidence confidence;
    int gated;
};

VP_API enum vp_status vp_db_record_at(struct vp_db *db, struct vp_hit hit, uint32_t index,
                                      struct vp_record *ret_record);

/* ---------------------------------------------------------------- sessions */

/* Limits are amounts of work, so that answers repeat.  0: the default in brackets. */
struct vp_limits {
    uint64_t memory;        /* bytes a top-level file [64 MiB] */
    uint64_t member_memory; /* bytes of a member or pipe kept in memory [32 MiB] */
    uint64_t expanded;      /* bytes taken out of containers [2 GiB] */
    uint32_t depth;         /* containers in containers [8] */
    uint32_t members;       /* objects a top-level file [100,000] */
    uint32_t
        deadline_ms; /* wall clock a top-level file [none]; answers then differ from run to run */
    uint64_t reserved[4]; /* 0: the struct stands by value in others, so it can't grow */
};

enum vp_session_flags {
    VP_SESSION_DESCRIBE = 1,     /* name unknown formats in libmagic's words */
    VP_SESSION_ALL_FEATURES = 2, /* also compute what no key of the database asks for */
    /* For who reads findings only: no features that can't lead to one, and of what they are made of
     * not even whether it is well-formed. */
    VP_SESSION_FINDINGS = 4,
    VP_SESSION_BESIDE = 8,  /* the name given to vp_examine_fd is a path: see vp_examine_path */
    VP_SESSION_BUNDLES = 32 /* compare the files that a signed bundle lists: reads them all */
};

/* Whole-file digests to compute whether or not a key asks for them. */
enum vp_digests { VP_DIGEST_XXH3 = 1, VP_DIGEST_MD5 = 2, VP_DIGEST_SHA1 = 4, VP_DIGEST_SHA256 = 8 };

/* Called between blocks: `done` is the furthest offset that was read, and never goes back; `total`
 * may be VP_NONE.  Non-zero cancels: the result is then incomplete. */
typedef int (*vp_progress)(void *context, uint64_t done, uint64_t total);

struct vp_session_options {
    size_t size;
    unsigned flags;   /* enum vp_session_flags */
    unsigned digests; /* enum vp_digests */
    struct vp_limits limits;
    vp_progress progress;
    void *context;
    const char *magic_file; /* libmagic's compiled data; NULL: libmagic's own default */
    const char
        *spool_folder; /* where what exceeds member_memory may be kept, unlinked; NULL: nowhere */
    const char *anchors_file; /* certificates (PEM, or one DER) to trust beside those of the set */
    struct vp_catalogs *catalogs; /* in which files are looked up; referenced by the session */
};

/* Windows catalogs (.cat): lists of digests, each signed by one who vouches for the files.  With
 * them an unsigned file has a signer too: the digest of each file is made and looked up
 * (docs/trust.md).  A vp_catalogs is immutable and counted: any number of threads may share it. */
struct vp_catalogs;

enum vp_catalogs_flags { VP_CATALOGS_FLAT = 1 /* no folders below the paths */ };

struct vp_catalogs_options {
    size_t size;
    unsigned flags;    /* enum vp_catalogs_flags */
    uint32_t catalogs; /* at most [131,072] */
    uint64_t memory;   /* bytes of the index at most [1 GiB] */
};

/* Reads the catalogs at `paths`: files, or folders such as a CatRoot, links in which are not
 * followed, at most 16 levels deep.  A file is a catalog by its content; in a folder those that are
 * called .cat are opened.  What can't be read is counted, not an error.  `options` may be NULL. */
VP_API enum vp_status vp_catalogs_open(const char *const *paths, size_t count,
                                       const struct vp_catalogs_options *options,
                                       struct vp_catalogs **ret_catalogs, struct vp_error *err);
/* The catalogs in the folder of `path` and in the one above it, where those of a driver package lie
 * whose files are parted by machine; at most 64 of each.  A scan looks there by itself. */
VP_API enum vp_status vp_catalogs_beside(const char *path, struct vp_catalogs **ret_catalogs,
                                         struct vp_error *err);
VP_API struct vp_catalogs *vp_catalogs_ref(struct vp_catalogs *catalogs);
VP_API void vp_catalogs_unref(struct vp_catalogs *catalogs);

struct vp_catalogs_info {
    size_t size;
    uint32_t catalogs;
    uint32_t unread;  /* called .cat or named by the caller, and none that can be read */
    uint64_t members; /* with a digest that is looked up */
    int complete;     /* 0: a limit was reached */
    char digest[33];  /* XXH3-128 over what is in them, and where they lie, hexadecimal */
};

VP_API void vp_catalogs_info(const struct vp_catalogs *catalogs, struct vp_catalogs_info *ret_info);

struct vp_session;

/* `db` may be NULL: features without findings.  `options` may be NULL. */
VP_API enum vp_status vp_session_new(struct vp_db *db, const struct vp_session_options *options,
                                     struct vp_session **ret_session, struct vp_error *err);
VP_API void vp_session_free(struct vp_session *session);

/* Catalogs in which the next files are looked up as well because they lie beside them, at most two;
 * none for a count of 0.  The session references them. */
VP_API enum vp_status vp_session_set_beside(struct vp_session *session,
                                            struct vp_catalogs *const *catalogs, size_t count,
                                            struct vp_error *err);

struct vp_result;

/* Examines the regular file at `path` (opened without following a link in its last part).  Of a
 * Mach-O file that is the main executable of a bundle, as its path tells, the bundle's Info.plist
 * is read too: what it says is in the object's features, each with its path (`beside`). */
VP_API enum vp_status vp_examine_path(struct vp_session *session, const char *path,
                                      struct vp_result **ret_result, struct vp_error *err);

/* Like vp_examine_path, but reads `fd`, which stays the caller's; its position doesn't matter and
 * doesn't change.  A pipe is read to its end.  `name` may be NULL: no file name evidence. */
VP_API enum vp_status vp_examine_fd(struct vp_session *session, int fd, const char *name,
                                    struct vp_result **ret_result, struct vp_error *err);

/* Like vp_examine_path, but bytes, which are only read during the call. */
VP_API enum vp_status vp_examine_memory(struct vp_session *session, const void *data, size_t len,
                                        const char *name, struct vp_result **ret_result,
                                        struct vp_error *err);

/* A source of the caller.  read_at fills up to `len` bytes at `offset`, tells how many in ret_len
 * (fewer only at the end) and returns 0, or non-zero for failure: the examination then ends with
 * VP_E_CALLBACK.  `bytes` is the size of the object. */
struct vp_source {
    size_t size;
    void *context;
    uint64_t bytes;
    int (*read_at)(void *context, uint64_t offset, void *buffer, size_t len, size_t *ret_len);
};

VP_API enum vp_status vp_examine_source(struct vp_session *session, const struct vp_source *source,
                                        const char *name, struct vp_result **ret_result,
                                        struct vp_error *err);

/* A feature that the caller knows: the text as `vendorprint features` prints it. */
struct vp_known_feature {
    size_t size;
    uint16_t kind;
    const char *text;
    size_t len;
};

/* Judges features without their file, such as the rows of a table of facts. */
VP_API enum vp_status vp_examine_features(struct vp_session *session,
                                          const struct vp_known_feature *features, size_t count,
                                          const char *name, struct vp_result **ret_result,
                                          struct vp_error *err);

/* ---------------------------------------------------------------- results */

VP_API struct vp_result *vp_result_ref(struct vp_result *result);
VP_API void vp_result_unref(struct vp_result *result);

struct vp_summary {
    size_t size;
    enum vp_outcome outcome;
    int complete; /* 0: see the gaps */
    uint32_t objects, features, findings, notes, gaps;
    uint64_t bytes_read;   /* from the source */
    uint64_t bytes_hashed; /* by cryptographic digests of the whole object */
    uint64_t db_serial;
    const char *db_digest; /* "" without a database */
    uint32_t signatures;
    uint32_t beside; /* files beside the object that were looked for: the answer depends on them */
};

VP_API void vp_result_summary(const struct vp_result *result, struct vp_summary *ret_summary);

struct vp_object {
    size_t size;
    uint32_t parent;  /* VP_NO_INDEX for the top */
    const char *name; /* bytes, name_len of them, NUL-terminated */
    size_t name_len;
    uint64_t offset; /* in the parent, or VP_NONE */
    uint64_t bytes;  /* or VP_NONE */
    enum vp_format format;
    enum vp_role role;
    const char *machine;     /* "x86-64", or "" */
    const char *description; /* libmagic's words, or "" */
};

VP_API enum vp_status vp_result_object(const struct vp_result *result, uint32_t index,
                                       struct vp_object *ret_object);

struct vp_feature {
    size_t size;
    uint32_t object;
    uint16_t kind;
    uint16_t language;    /* Windows language id of a version text, or 0 */
    const uint8_t *value; /* canonical bytes */
    size_t value_len;
    const char *text; /* the same for people; parses back with vp_value_parse */
    uint64_t offset;  /* where it stands, or VP_NONE */
    uint64_t bytes;
    struct vp_key key;
    const char *beside; /* bytes: path of the file beside the object where it stands, or "" */
};

VP_API enum vp_status vp_result_feature(const struct vp_result *result, uint32_t index,
                                        struct vp_feature *ret_feature);

enum vp_version_from {
    VP_VERSION_NONE = 0,
    VP_VERSION_FROM_KEY = 1,
    VP_VERSION_FROM_FIXED = 2,
    VP_VERSION_FROM_TEXT = 3
};

struct vp_finding {
    size_t size;
    uint32_t object;
    uint32_t subject; /* index in the database: the product, or else the vendor */
    const char *vendor_id, *vendor;
    const char *product_id, *product; /* "" when not known */
    const char *version;              /* "" when not known */
    enum vp_version_from version_from;
    enum vp_subject_type type;
    enum vp_relation relation;
    enum vp_level level;
    uint32_t measured_right, measured_wrong; /* of this kind of evidence; 0 and 0: not measured */
    uint32_t evidence;                       /* how many for vp_result_evidence */
    const char *reason;                      /* one sentence */
};

VP_API enum vp_status vp_result_finding(const struct vp_result *result, uint32_t index,
                                        struct vp_finding *ret_finding);

struct vp_evidence {
    size_t size;
    uint32_t feature; /* index in the result */
    uint16_t kind;
    const char *matched; /* what of the feature's text hit: a phrase, or all of it */
    const char *source;  /* where the set has the key from */
    enum vp_confidence confidence;
};

VP_API enum vp_status vp_result_evidence(const struct vp_result *result, uint32_t finding,
                                         uint32_t index, struct vp_evidence *ret_evidence);

struct vp_note {
    size_t size;
    uint32_t object;
    enum vp_note_code code;
    uint64_t offset; /* or VP_NONE */
    const char *text;
};

VP_API enum vp_status vp_result_note(const struct vp_result *result, uint32_t index,
                                     struct vp_note *ret_note);

struct vp_gap {
    size_t size;
    uint32_t object;
    enum vp_gap_reason reason;
    const char *what; /* what was not examined */
};

VP_API enum vp_status vp_result_gap(const struct vp_result *result, uint32_t index,
                                    struct vp_gap *ret_gap);

/* One signature of an object: nested and appended ones stand beside the first. */
struct vp_signature {
    size_t size;
    uint32_t object;
    uint32_t entry;                 /* of the certificate table, from 0 */
    uint32_t layer;                 /* 0 outermost; n for the n-th nested one of its entry */
    unsigned states;                /* enum vp_signature_state, a sum */
    const char *signer;             /* commonName of its certificate, or "" */
    const char *organization;       /* organizationName, or "" */
    const char *issuer;             /* commonName of who issued that, when enclosed, or "" */
    const char *certificate_sha256; /* of the signer's, hexadecimal; "" when it is not enclosed */
    const char *digest_algorithm;   /* "sha256", or "" */
    const char *digest;             /* of the file, as signed, hexadecimal */
    const char *program;            /* what the signer says: opus programName, or "" */
    const char *url;                /* moreInfo, or "" */
    const char *anchor;             /* the set's name of where the chain ends, or "" */
    const char *distrust;           /* the set's name of what it distrusts, or "" */
    enum vp_time_from time_from;
    int time_verifies;       /* the counter-signature is over this one, by its signer's key */
    uint64_t time;           /* seconds since 1970 that it says, or VP_NONE */
    const char *time_signer; /* commonName, or "" */
    uint32_t chain;          /* certificates for vp_result_chain, the signer's first */
    const char *catalog;     /* path of the catalog that it is of; "" for one of the object's own */
};

VP_API enum vp_status vp_result_signature(const struct vp_result *result, uint32_t index,
                                          struct vp_signature *ret_signature);

/* A certificate of a signature's chain, as far as it could be built. */
struct vp_certificate {
    size_t size;
    const char *subject;     /* commonName, or else organizationName */
    const char *sha256;      /* hexadecimal */
    const char *spki_sha256; /* of its public key, hexadecimal */
    const char *key;         /* "rsa", "ec", ... */
    uint32_t key_bits;
    const char *digest_algorithm;   /* of the signature that it bears, or "" */
    uint64_t not_before, not_after; /* seconds since 1970, or VP_NONE */
};

VP_API enum vp_status vp_result_chain(const struct vp_result *result, uint32_t signature,
                                      uint32_t index, struct vp_certificate *ret_certificate);

/* All of a result but what it cost, as bytes that vp_result_load of the same library version takes,
 * with the same database.  Writes at most `capacity` bytes to `buffer` and the full length to
 * ret_len.  VP_E_ARGUMENT: the buffer is short. */
VP_API enum vp_status vp_result_save(const struct vp_result *result, void *buffer, size_t capacity,
                                     size_t *ret_len);

/* The bytes may be anybody's: what isn't whole, or of another version or database, is
 * VP_E_ARGUMENT.  But whoever can write them can make the result say anything. */
VP_API enum vp_status vp_result_load(struct vp_db *db, const void *data, size_t len,
                                     struct vp_result **ret_result, struct vp_error *err);

/* What the policy `policy_id` of the result's database says of finding `finding`.  ret_why is a
 * sentence of the database, "" if there is none.  What the policy has no source for needs a human.
 */
VP_API enum vp_status vp_policy_judge(const struct vp_result *result, uint32_t finding,
                                      const char *policy_id, enum vp_answer *ret_answer,
                                      const char **ret_why, struct vp_error *err);

/* ---------------------------------------------------------------- many files */

struct vp_scan;

struct vp_scan_options {
    size_t size;
    const struct vp_session_options *session; /* copied; its progress function is not called */
    unsigned jobs;                            /* threads; 0: one a processor */
    int unordered;       /* results as they come, not in the order of the walk */
    int one_file_system; /* don't cross mount points */
    /* Answers of earlier scans, see vp_scan_save_cache; NULL: none.  It need not exist. */
    const char *cache_file;
};

struct vp_scan_item {
    size_t size;
    const char *path; /* bytes; lives until the next call with this item or vp_scan_free */
    size_t path_len;
    enum vp_status status;    /* of this file; result is NULL unless VP_OK */
    const char *error;        /* "" or one line */
    struct vp_result *result; /* the caller's to vp_result_unref */
    /* The result is that of an earlier path of the same file.  0 also for a later path when
     * thousands of other files have names that weren't met yet: then it was examined again. */
    int hard_link;
    int cached; /* the result is that of an earlier scan */
};

/* Starts to walk `paths` (files or folders; links in them are not followed, and only regular files
 * are read).  `paths` is copied. */
VP_API enum vp_status vp_scan_start(struct vp_db *db, const char *const *paths, size_t count,
                                    const struct vp_scan_options *options,
                                    struct vp_scan **ret_scan, struct vp_error *err);

/* Waits for the next file.  VP_E_END after the last one.  One thread at a time. */
VP_API enum vp_status vp_scan_next(struct vp_scan *scan, struct vp_scan_item *ret_item,
                                   struct vp_error *err);

/* Files that are one thing.  A driver package is an INF, the catalogs that it names and its files;
 * a bundle is a folder of Apple's making, with an Info.plist that names a main executable which was
 * scanned, or that has a list of its files (_CodeSignature/CodeResources) beside it. */
enum vp_group_type { VP_GROUP_TYPE_DRIVER_PACKAGE = 1, VP_GROUP_TYPE_BUNDLE = 2 };
enum vp_group_role {
    VP_GROUP_ROLE_INF = 1,
    VP_GROUP_ROLE_CATALOG = 2,
    VP_GROUP_ROLE_FILE = 3,            /* that the INF lists */
    VP_GROUP_ROLE_MAIN_EXECUTABLE = 4, /* that the Info.plist names */
    VP_GROUP_ROLE_INFO_PLIST = 5,
    VP_GROUP_ROLE_CODE_RESOURCES = 6,
    VP_GROUP_ROLE_EXECUTABLE = 7, /* another Mach-O file below the folder, in no bundle in it */
    VP_GROUP_ROLE_BUNDLE = 8      /* a bundle in it, which is a group too: the path of its folder */
};

struct vp_group {
    size_t size;
    enum vp_group_type type;
    const char *path; /* of the INF, or of the bundle's folder; bytes */
    size_t path_len;
    const char *provider; /* what the INF claims, or "" */
    const char *version;  /* of DriverVer, or what the Info.plist claims, or "" */
    uint32_t members;     /* for vp_scan_group_member; the INF, or a main executable, comes first */
    const char *identifier; /* of a bundle: what the Info.plist claims, or "" */
};

struct vp_group_member {
    size_t size;
    enum vp_group_role role;
    const char *name; /* below the folder, with slashes: as the INF has it, or as it was found */
    const char *path; /* of the file of that name that was scanned, bytes; "" when there was none */
    size_t path_len;
};

/* Group number `index` of the scan, after vp_scan_next said VP_E_END; what is read lives as long as
 * the scan.  What an INF names is looked for in its folder and in those below it, without case;
 * paths in bundles are compared as they are.  At most 65,536 groups, bundles behind driver
 * packages. VP_E_NOT_FOUND: there are no more. */
VP_API enum vp_status vp_scan_group(struct vp_scan *scan, uint32_t index,
                                    struct vp_group *ret_group);
VP_API enum vp_status vp_scan_group_member(struct vp_scan *scan, uint32_t group, uint32_t index,
                                           struct vp_group_member *ret_member);

/* What became of the cache file when the scan started. */
enum vp_cache_state {
    VP_CACHE_NONE = 0, /* no file was named */
    VP_CACHE_NEW = 1,  /* there was none, or an empty one */
    VP_CACHE_USED = 2,
    VP_CACHE_OTHER = 3,   /* of another version, set, limits or options: not used */
    VP_CACHE_DAMAGED = 4, /* not used */
    VP_CACHE_REFUSED = 5  /* others may write it, or it can't be read: not used, not replaced */
};

struct vp_scan_cache {
    size_t size;
    enum vp_cache_state state;
    uint64_t answers; /* that came from it */
    uint64_t kept;    /* that the file has after vp_scan_save_cache */
};

/* Replaces the cache file, by rename, with one that has the answers of this scan too; after
 * vp_scan_next said VP_E_END.  An answer stands for the file system, path, inode, size, mtime and
 * ctime of a file, and for the library's version, the database, limits and options of the session.
 * Not kept are answers that are incomplete, that are about files which changed within two seconds
 * of being read, and those that sixteen scans had no use for.  VP_E_IO: it can't be written. */
VP_API enum vp_status vp_scan_save_cache(struct vp_scan *scan, struct vp_scan_cache *ret_cache,
                                         struct vp_error *err);

/* Cancels what is under way, waits for the threads and frees. */
VP_API void vp_scan_free(struct vp_scan *scan);

#ifdef __cplusplus
}
#endif
#endif
