/* code_signature.c - Apple's code signature taken apart, nothing verified
 *
 *     superblob:  magic | length | count | { slot, offset } ... | blobs
 *     blob:       magic | length, with this header | content
 *
 * All numbers are big-endian.  A signature may also be a code directory alone, as the kernel
 * allows.
 */
#include "trust/code_signature.h"

/* Beyond what an enumerator may be. */
static const uint32_t magic_requirements = 0xfade0c01, magic_code_directory = 0xfade0c02,
                      magic_signature = 0xfade0cc0, magic_wrapper = 0xfade0b01,
                      magic_entitlements = 0xfade7171, magic_entitlements_der = 0xfade7172;

enum {
    SLOT_CODE_DIRECTORY = 0,
    SLOT_REQUIREMENTS = 2,
    SLOT_ENTITLEMENTS = 5,
    SLOT_ENTITLEMENTS_DER = 7,
    SLOT_ALTERNATES = 0x1000,
    ALTERNATES_MOST = 5,
    SLOT_CMS = 0x10000,
    SLOT_TICKET = 0x10002
};

enum {
    BLOB_HEADER = 8,
    DIRECTORY_LEAST = 44,
    VERSION_SCATTER = 0x20100,
    VERSION_TEAM = 0x20200,
    VERSION_LIMIT_64 = 0x20300
};

enum { TYPE_SHA256_TRUNCATED = 3 };

/* Hash types of the kernel, the better ones behind (hashPriorities).  5 is SHA-512, of which the
 * kernel knows nothing. */
static const struct hash {
    uint8_t type;
    enum digest_algorithm algorithm;
    unsigned rank;
} hashes[] = {{1, DIGEST_SHA1, 1},
              {TYPE_SHA256_TRUNCATED, DIGEST_SHA256, 2}, /* to 20 bytes in the slots */
              {2, DIGEST_SHA256, 3},
              {4, DIGEST_SHA384, 4},
              {5, DIGEST_SHA512, 0}};

static const struct hash *hash_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (hashes[i].type == type)
            return &hashes[i];
    }
    return NULL;
}

static size_t hash_len_of(uint8_t type)
{
    const struct hash *hash = hash_of(type);
    if (!hash)
        return 0;
    return type == TYPE_SHA256_TRUNCATED ? CDHASH_LEN : vpi_digest_len(hash->algorithm);
}

static struct reader big_reader(struct span bytes, uint64_t off)
{
    struct reader r = reader_at(bytes, off);
    r.big = true;
    return r;
}

/* The blob at `off`, with its header, if it has that magic number (0: any). */
static bool blob_at(struct span all, uint64_t off, uint32_t magic, struct span *ret)
{
    struct reader r = big_reader(all, off);
    uint32_t found = reader_u32(&r), len = reader_u32(&r);
    return !r.bad && len >= BLOB_HEADER && (magic == 0 || found == magic) &&
           span_sub(all, off, len, ret);
}

/* Up to the NUL, which must be there. */
static struct span text_at(struct span blob, uint64_t off)
{
    struct span rest = span_from(blob, off);
    const uint8_t *end = off >= DIRECTORY_LEAST && rest.len ? memchr(rest.data, 0, rest.len) : NULL;
    return span_of(rest.data, end ? (size_t)(end - rest.data) : 0);
}

static bool cdhash_make(struct crypto *crypto, struct span blob, struct code_directory *directory)
{
    uint8_t digest[DIGEST_MOST];
    const struct hash *hash = hash_of(directory->hash_type);
    if (!hash)
        return true;
    if (!vpi_digest(crypto, hash->algorithm, blob, digest))
        return false;
    memcpy(directory->cdhash, digest, CDHASH_LEN);
    memcpy(directory->digest, digest, vpi_digest_len(hash->algorithm));
    directory->algorithm = hash->algorithm;
    directory->has_cdhash = true;
    return true;
}

/* What later versions of the directory added. */
static void later_fields_read(struct span blob, struct code_directory *directory)
{
    struct reader r = big_reader(blob, DIRECTORY_LEAST);
    if (directory->version < VERSION_SCATTER)
        return;
    directory->scattered = reader_u32(&r) != 0 || r.bad;
    uint32_t team = directory->version >= VERSION_TEAM ? reader_u32(&r) : 0;
    if (team != 0 && !r.bad)
        directory->team_id = text_at(blob, team);
    if (directory->version < VERSION_LIMIT_64)
        return;
    reader_skip(&r, 4);
    uint64_t limit = reader_uint(&r, 8);
    if (!r.bad && limit != 0)
        directory->code_limit = limit;
}

/* False: the digest failed. */
static bool directory_read(struct crypto *crypto, struct span all, uint32_t slot, uint64_t off,
                           struct code_signature *signature)
{
    struct span blob;
    if (!blob_at(all, off, magic_code_directory, &blob) || blob.len < DIRECTORY_LEAST) {
        signature->malformed = true;
        return true;
    }
    if (signature->directory_count == CODE_DIRECTORIES_MOST) {
        signature->cut_short = true;
        return true;
    }
    struct code_directory directory = {.off = off, .len = blob.len, .slot = slot, .whole = blob};
    struct reader r = big_reader(blob, BLOB_HEADER);
    directory.version = reader_u32(&r);
    directory.flags = reader_u32(&r);
    directory.hash_off = reader_u32(&r);
    directory.identifier = text_at(blob, reader_u32(&r));
    directory.special_count = reader_u32(&r);
    directory.code_count = reader_u32(&r);
    directory.code_limit = reader_u32(&r);
    directory.hash_len = reader_u8(&r);
    directory.hash_type = reader_u8(&r);
    directory.platform = reader_u8(&r);
    directory.page_shift = reader_u8(&r);
    later_fields_read(blob, &directory);
    if (!cdhash_make(crypto, blob, &directory))
        return false;
    signature->directories[signature->directory_count++] = directory;
    return true;
}

static unsigned rank_of(const struct code_directory *directory)
{
    const struct hash *hash = hash_of(directory->hash_type);
    return hash ? hash->rank : 0;
}

static void choose(struct code_signature *signature)
{
    unsigned best = 0;
    signature->chosen = signature->directory_count;
    for (size_t i = 0; i < signature->directory_count; i++) {
        unsigned rank = rank_of(&signature->directories[i]);
        if (rank > best) {
            best = rank;
            signature->chosen = i;
        }
    }
}

static void content_read(struct span all, uint64_t off, uint32_t magic, struct span *ret,
                         struct code_signature *signature)
{
    struct span blob;
    if (ret->len > 0)
        return; /* the first of several, as the kernel takes it */
    if (blob_at(all, off, magic, &blob))
        *ret = span_from(blob, BLOB_HEADER);
    else
        signature->malformed = true;
}

/* False: the digest failed. */
static bool slot_read(struct crypto *crypto, struct span all, uint32_t slot, uint64_t off,
                      struct code_signature *signature)
{
    if (slot > 0 && slot < CODE_SPECIAL_MOST && signature->special[slot].len == 0 &&
        !blob_at(all, off, 0, &signature->special[slot]))
        signature->malformed = true;
    switch (slot) {
    case SLOT_TICKET:
        signature->ticket = true;
        return true;
    case SLOT_REQUIREMENTS:
        if (signature->requirements.len)
            return true; /* the first of several, as the kernel takes it */
        signature->requirements_off = off;
        if (!blob_at(all, off, magic_requirements, &signature->requirements))
            signature->malformed = true;
        return true;
    case SLOT_ENTITLEMENTS:
        content_read(all, off, magic_entitlements, &signature->entitlements, signature);
        return true;
    case SLOT_ENTITLEMENTS_DER:
        content_read(all, off, magic_entitlements_der, &signature->entitlements_der, signature);
        return true;
    case SLOT_CMS:
        if (signature->cms.len == 0)
            signature->cms_off = off + BLOB_HEADER;
        content_read(all, off, magic_wrapper, &signature->cms, signature);
        return true;
    default:
        break;
    }
    if (slot == SLOT_CODE_DIRECTORY ||
        (slot >= SLOT_ALTERNATES && slot < SLOT_ALTERNATES + ALTERNATES_MOST))
        return directory_read(crypto, all, slot, off, signature);
    return true;
}

bool vpi_code_signature_read(struct crypto *crypto, struct span bytes, struct code_signature *ret)
{
    struct code_signature signature = {.directory_count = 0};
    struct span all;
    if (blob_at(bytes, 0, magic_code_directory, &all)) {
        if (!directory_read(crypto, all, SLOT_CODE_DIRECTORY, 0, &signature))
            return false;
        choose(&signature);
        *ret = signature;
        return true;
    }
    struct reader r = big_reader(bytes, 0);
    uint32_t magic = reader_u32(&r), len = reader_u32(&r), count = reader_u32(&r);
    if (r.bad || magic != magic_signature)
        return false;
    signature.malformed = len > bytes.len || len < BLOB_HEADER;
    all = span_first(bytes, len);
    r.all = all;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = reader_u32(&r), off = reader_u32(&r);
        if (r.bad) {
            signature.malformed = true;
            break;
        }
        if (i == CODE_SIGNATURE_SLOTS_MOST) {
            signature.cut_short = true;
            break;
        }
        if (!slot_read(crypto, all, slot, off, &signature))
            return false;
    }
    choose(&signature);
    *ret = signature;
    return true;
}

/* `index` counts from the digest of the first page, and down from it. */
static bool slot_at(const struct code_directory *directory, int64_t index, struct span *ret)
{
    int64_t len = directory->hash_len, off = (int64_t)directory->hash_off + index * len;
    return len != 0 && len == (int64_t)hash_len_of(directory->hash_type) &&
           off >= DIRECTORY_LEAST && span_sub(directory->whole, (uint64_t)off, (uint64_t)len, ret);
}

bool vpi_code_slot(const struct code_directory *directory, uint32_t page, struct span *ret)
{
    return page < directory->code_count && slot_at(directory, page, ret);
}

bool vpi_code_special(const struct code_directory *directory, uint32_t index, struct span *ret)
{
    return index != 0 && index <= directory->special_count &&
           slot_at(directory, -(int64_t)index, ret);
}
