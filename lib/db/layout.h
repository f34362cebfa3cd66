/* layout.h - the bytes of a .vpdb file: docs/database-format.md is the specification
 *
 * Everything is little-endian and at fixed offsets, so that a file is mapped as it is.  Structs are
 * not laid over the bytes: fields are read with span_uint at the offsets named here.
 *
 *   header | chunk rows | chunk | chunk | ...       chunks begin at multiples of 64
 */
#ifndef VPI_DB_LAYOUT_H
#define VPI_DB_LAYOUT_H

#define VPDB_MAGIC "\x89VPDB\r\n\x1a"

enum {
    VPDB_MAGIC_LEN = 8,
    VPDB_MAJOR = 1, /* another major is refused; a higher minor only adds chunks */
    VPDB_MINOR = 0,
    VPDB_ALIGN = 64,
    VPDB_CHUNKS_MOST = 64,

    /* header */
    HEADER_MAGIC = 0,
    HEADER_MAJOR = 8,      /* u16 */
    HEADER_MINOR = 10,     /* u16 */
    HEADER_CHUNKS = 12,    /* u32 */
    HEADER_FILE_SIZE = 16, /* u64 */
    HEADER_SERIAL = 24,    /* u64 */
    HEADER_DIGEST = 32,  /* 16 bytes: canonical XXH3-128 of header (these 16 as 0) and chunk rows */
    HEADER_DATE = 48,    /* u32 days since 1970-01-01 */
    HEADER_EXPIRES = 52, /* u32 days, 0: never */
    HEADER_CANONICAL = 56, /* u32 version of the canonical forms: 1 */
    HEADER_RESERVED = 60,  /* u32 0 */
    HEADER_SIZE = 64,

    /* chunk row */
    CHUNK_ID = 0,        /* 4 bytes of ASCII */
    CHUNK_FLAGS = 4,     /* u32 0 */
    CHUNK_OFF = 8,       /* u64 from the start of the file */
    CHUNK_LEN = 16,      /* u64 bytes */
    CHUNK_COUNT = 24,    /* u64 rows */
    CHUNK_CHECKSUM = 32, /* u64 low half of the XXH3-128 of the chunk's bytes */
    CHUNK_ROW = 40,

    /* KIND: one row a kind that has keys, ascending */
    KINDROW_NUMBER = 0,     /* u16 */
    KINDROW_GROUP = 2,      /* u8: 'X', 'T' or 'L' */
    KINDROW_RESERVED = 3,   /* u8 0 */
    KINDROW_CONFIRM = 4,    /* u16 bits */
    KINDROW_FORM = 6,       /* u16 enum kind_form */
    KINDROW_NAME = 8,       /* u32 string */
    KINDROW_RESERVED2 = 12, /* u32 0 */
    KINDROW_KEYS = 16,      /* u64 */
    KINDROW_UNGATED = 24,   /* u64 keys that have a record without a gate */
    KINDROW_SIZE = 32,

    /* SUBJ: vendors, products, origins and builders, by ascending id */
    SUBJ_ID = 0,        /* u32 string */
    SUBJ_NAME = 4,      /* u32 string */
    SUBJ_VENDOR = 8,    /* u32 row: a product's vendor, else itself */
    SUBJ_TYPE = 12,     /* u8 enum vp_subject_type */
    SUBJ_FLAGS = 13,    /* u8 1: signs for others */
    SUBJ_STATUS = 14,   /* u16 0 active, 1 deprecated */
    SUBJ_FROM = 16,     /* u32 days, 0: not known */
    SUBJ_TO = 20,       /* u32 days, 0: not ended */
    SUBJ_OWNER = 24,    /* u32 row + 1: whose own files it signs too; 0: nobody's */
    SUBJ_RESERVED = 28, /* 4 bytes 0 */
    SUBJ_SIZE = 32,

    /* RECS: what the set says of keys; the records of one key stand together.  Keys of which the
     * same is said may share them. */
    RECS_SUBJECT = 0,     /* u32 row */
    RECS_GATE = 4,        /* u32 row, or VPDB_NO_ROW */
    RECS_VERSION = 8,     /* u32 string */
    RECS_FILE = 12,       /* u32 string */
    RECS_SOURCE = 16,     /* u32 string */
    RECS_DATE = 20,       /* u32 string: as exact as its source is */
    RECS_KIND = 24,       /* u16 */
    RECS_RELATION = 26,   /* u8 enum vp_relation: the strongest that it may yield */
    RECS_CONFIDENCE = 27, /* u8 enum vp_confidence */
    RECS_STATUS = 28,     /* u8 0 active, 1 deprecated */
    RECS_FLAGS = 29,      /* u8 1: the original was signed */
    RECS_RUN = 30,        /* u16 records from this one on that belong to the same key */
    RECS_SIZE = 32,

    /* GATE: when the digest of an exact key is worth computing */
    GATE_KIND = 0,        /* u16 kind that it guards */
    GATE_PREFIX_LEN = 2,  /* u8 0..16 */
    GATE_FLAGS = 3,       /* u8 1: never open, for keys that are only looked up; 2: GATE_KEY */
    GATE_FORMATS = 4,     /* u32 bit 1 << enum vp_format; 0: any */
    GATE_ROLES = 8,       /* u32 bit 1 << enum vp_role; 0: any */
    GATE_SUBJECT = 12,    /* u32 vendor row of which some key must hit first, or VPDB_NO_ROW */
    GATE_SIZE_LEAST = 16, /* u64 */
    GATE_SIZE_MOST = 24,  /* u64, inclusive */
    GATE_PREFIX = 32,     /* 16 bytes: the object begins with the first GATE_PREFIX_LEN of them */
    GATE_KEY = 32,        /* or u64 high, u64 low: key of the feature that the object has */
    GATE_KEYS = 48,       /* u64 records behind it */
    GATE_HAS = 56,        /* u16 kind of which the object has a feature, or 0 */
    GATE_RESERVED = 58,   /* 6 bytes 0 */
    GATE_SIZE = 64,

    /* FILX, FILT, FILL: filters of a group, u64 words; a key sets four bits of one word.  A group
     * without one is looked up in its table at once. */
    FILTER_WORD = 8,

    /* TABX, TABT, TABL: hash tables of a group.  A 64-byte head, then buckets of one cache line. */
    TABLE_HOMES = 0,   /* u64 buckets that keys begin at */
    TABLE_BUCKETS = 8, /* u64: some more, for what overflows at the end */
    TABLE_KEYS = 16,   /* u64 */
    TABLE_PROBES = 24, /* u32 the most buckets that a look-up visits */
    TABLE_RESERVED = 28,
    TABLE_HEAD = 64,
    BUCKET_BASE = 0,     /* u32 row of the first key's entry; the others follow it */
    BUCKET_COUNT = 4,    /* u8 keys, 0..14 */
    BUCKET_RESERVED = 5, /* u8 0 */
    BUCKET_OVERFLOW = 6, /* u16 bit set: a key whose overflow bit this is stands further on */
    BUCKET_TAGS = 8,     /* 14 x u32 */
    BUCKET_SLOTS = 14,
    BUCKET_SIZE = 64,
    PROBES_MOST = 64,

    /* ENTX, ENTT, ENTL: what the tables don't say of the keys, ascending by (high, low) */
    ENTRY_HIGH = 0,    /* u64 */
    ENTRY_LOW = 8,     /* u32: the upper half of low; the lower one is the tag */
    ENTRY_RECORD = 12, /* u32 row of RECS, and ENTRY_MANY if the key has more than one */
    ENTRY_SIZE = 16,

    /* POLI and PITM: policies and their rules; the first rule that fits answers */
    POLI_ID = 0,     /* u32 string */
    POLI_TITLE = 4,  /* u32 string */
    POLI_BASIS = 8,  /* u32 string */
    POLI_SINCE = 12, /* u32 string */
    POLI_FIRST = 16, /* u32 row of PITM */
    POLI_COUNT = 20, /* u32 */
    POLI_SIZE = 24,
    PITM_SUBJECT = 0,   /* u32 row: a vendor (and all its products) or one product */
    PITM_RELATIONS = 4, /* u32 bit 1 << enum vp_relation; 0: any */
    PITM_ANSWER = 8,    /* u8 enum vp_answer */
    PITM_LEVELS = 9,    /* u8 bit 1 << enum vp_level; 0: any */
    PITM_RESERVED = 10, /* u16 0 */
    PITM_WHY = 12,      /* u32 string */
    PITM_SIZE = 16,

    /* CALI: how often evidence of a kind was right, on files that were not learned from */
    CALI_KIND = 0,     /* u16 */
    CALI_RELATION = 2, /* u8 */
    CALI_RESERVED = 3, /* u8 0 */
    CALI_RIGHT = 4,    /* u32 */
    CALI_WRONG = 8,    /* u32 */
    CALI_SOURCE = 12,  /* u32 string */
    CALI_SIZE = 16,

    /* ANCH: trust anchors, and what is not trusted any more */
    ANCH_WHAT = 0,      /* u8 enum anchor_what */
    ANCH_ALGORITHM = 1, /* u8 1 SHA-1, 2 SHA-256, 3 SHA-384, 4 SHA-512 */
    ANCH_PURPOSES = 2,  /* u16 enum anchor_purpose, a sum */
    ANCH_FLAGS = 4,     /* u32 1: distrusted */
    ANCH_HASH = 8,      /* 32 bytes */
    ANCH_SUBJECT = 40,  /* u32 row, or VPDB_NO_ROW */
    ANCH_NAME = 44,     /* u32 string */
    ANCH_SOURCE = 48,   /* u32 string */
    ANCH_KEY = 52,      /* u32 string: the key in base64, or "" */
    ANCH_FROM = 56,     /* u64 seconds since 1970, 0: always */
    ANCH_UNTIL = 64,    /* u64 */
    ANCH_SIZE = 72,

    /* STRS: strings: u32 length, bytes, NUL; a string's number is its offset.  0 is the empty one.
     */
};

#define VPDB_NO_ROW UINT32_MAX
#define ENTRY_MANY  (UINT32_C(1) << 31)

#endif
