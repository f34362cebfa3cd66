/* apple_forge.h - Mach-O files signed as Apple does, as right or as wrong as a test wants
 *
 * The directories have the real digests of the file's pages, and the CMS is over the primary one,
 * unless a test asks for a lie.
 */
#ifndef TESTS_TRUST_APPLE_FORGE_H
#define TESTS_TRUST_APPLE_FORGE_H

#include "forge.h"
#include "macho_build.h"
#include "trust/code_signature.h"
#include "trust/requirement.h"

#define OID_CDHASHES  "\x2a\x86\x48\x86\xf7\x63\x64\x09\x01"
#define OID_CDHASHES2 "\x2a\x86\x48\x86\xf7\x63\x64\x09\x02"

enum { ROOM = 16 << 10, CODE_LEN = 9000, PAGE = 4096 };

enum tie { TIE_DIGESTS, TIE_LIST, TIE_NONE, TIE_ONLY_FIRST };

/* What is not set is right: one SHA-256 directory, covered by the CMS of `signer`. */
struct apple_forgery {
    const struct party *signer; /* NULL: nobody */
    const struct party *named;
    const struct party *enclosed[6];
    const char *demanded;           /* the team that its designated requirement names, or NULL */
    const char *team, *second_team; /* of the primary directory, of the others (NULL: the same) */
    uint8_t hash_types[3];          /* primary first; 0 and 0: SHA-256 alone */
    uint32_t flags;
    enum tie tie;
    bool other_directory; /* the CMS is of a directory that is not here */
    bool change_page, change_requirements, add_entitlements, short_limit, ticket, twice;
    bool entitlements;           /* with their digest */
    struct span info, resources; /* files beside it that it has the digests of */
    bool removed;                /* no load command points to the signature any more */
    enum stamp stamp;
    const struct party *stamper;
    const char *time;
};

static const EVP_MD *md_of(uint8_t hash_type)
{
    return hash_type == 1 ? EVP_sha1() : hash_type == 4 ? EVP_sha384() : EVP_sha256();
}

static inline size_t slot_len(uint8_t hash_type)
{
    return hash_type == 1 || hash_type == 3 ? 20 : hash_type == 4 ? 48 : 32;
}

static inline size_t md_put(uint8_t hash_type, struct span bytes, uint8_t *to)
{
    unsigned len = 0;
    ck_assert_int_eq(EVP_Digest(bytes.data, bytes.len, to, &len, md_of(hash_type), NULL), 1);
    return len;
}

/* What special slot `index` has the digest of, or empty. */
static inline struct span special_of(const struct apple_forgery *f, struct macho_part *parts,
                                     size_t index)
{
    if (index == 1 || index == 3)
        return index == 1 ? f->info : f->resources;
    if (index == 2 || (index == 5 && f->entitlements))
        return span_of(parts[index].data, parts[index].len);
    return span_of(NULL, 0);
}

static inline struct macho_part directory_put(const struct apple_forgery *f, struct span code,
                                              struct macho_part *parts, uint8_t type,
                                              const char *team)
{
    static const char identifier[] = "com.example.thing";
    struct macho_part to = {0};
    size_t specials = 5, len = slot_len(type);
    size_t limit = f->short_limit ? code.len - PAGE : code.len;
    size_t pages = (limit + PAGE - 1) / PAGE, team_len = team ? strlen(team) + 1 : 0;
    size_t hashes = 52 + sizeof identifier + team_len + specials * len;
    const uint32_t fields[] = {0xfade0c02,
                               (uint32_t)(hashes + pages * len),
                               0x20200,
                               f->flags,
                               (uint32_t)hashes,
                               52,
                               (uint32_t)specials,
                               (uint32_t)pages,
                               (uint32_t)limit};
    for (size_t i = 0; i < 9; i++)
        macho_put_uint(&to, fields[i], 4, true);
    macho_put_uint(&to, len, 1, true);
    macho_put_uint(&to, type, 1, true);
    macho_put_uint(&to, 12, 2, true);
    macho_put_uint(&to, 0, 8, true);
    macho_put_uint(&to, team ? 52 + sizeof identifier : 0, 4, true);
    macho_put(&to, identifier, sizeof identifier);
    macho_put(&to, team, team_len);
    for (size_t i = specials; i > 0; i--) {
        uint8_t digest[EVP_MAX_MD_SIZE] = {0};
        struct span blob = special_of(f, parts, i);
        if (blob.len)
            md_put(type, blob, digest);
        macho_put(&to, digest, len);
    }
    for (size_t i = 0; i < pages; i++) {
        uint8_t digest[EVP_MAX_MD_SIZE];
        md_put(type,
               span_first(span_from(code, i * PAGE),
                          limit - i * PAGE < PAGE ? limit - i * PAGE : PAGE),
               digest);
        macho_put(&to, digest, len);
    }
    return to;
}

/* The signed attributes that name the directories. */
static inline struct der_builder *ties_put(const struct apple_forgery *f,
                                           const struct macho_part *parts, const uint8_t *types,
                                           size_t count)
{
    struct der_builder *b = builder_new();
    size_t named = f->tie == TIE_ONLY_FIRST ? 1 : count;
    uint8_t digest[EVP_MAX_MD_SIZE];
    if (f->tie == TIE_NONE)
        return b;
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, f->tie == TIE_LIST ? OID_CDHASHES : OID_CDHASHES2);
    open_value(b, DER_SET);
    if (f->tie == TIE_LIST) {
        char text[1024] = "<plist><dict>\n\t<key>cdhashes</key>\n\t<array>\n";
        for (size_t i = 0; i < count; i++) {
            char base64[32] = "";
            md_put(types[i], span_of(parts[i].data, parts[i].len), digest);
            EVP_EncodeBlock((unsigned char *)base64, digest, CDHASH_LEN);
            snprintf(text + strlen(text), sizeof text - strlen(text),
                     "\t\t<data>\n\t\t%s\n\t\t</data>\n", base64);
        }
        strcat(text, "\t</array>\n</dict></plist>\n");
        put_text(b, DER_OCTET_STRING, text);
    }
    for (size_t i = 0; f->tie != TIE_LIST && i < named; i++) {
        size_t len = md_put(types[i], span_of(parts[i].data, parts[i].len), digest);
        open_value(b, DER_SEQUENCE);
        put_text(b, DER_OID,
                 types[i] == 1   ? HASH_SHA1_OID
                 : types[i] == 4 ? "\x60\x86\x48\x01\x65\x03\x04\x02\x02"
                                 : HASH_SHA256_OID);
        put_value(b, DER_OCTET_STRING, digest, len);
        close_value(b);
    }
    close_value(b);
    close_value(b);
    return b;
}

static inline struct macho_part cms_put(const struct apple_forgery *f, struct span primary,
                                        const struct der_builder *ties, bool sha1)
{
    struct der_builder *b = builder_new();
    struct macho_part blob = {0};
    struct forgery how = {.signer = f->signer,
                          .named = f->named,
                          .digest = sha1 ? DIGEST_SHA1 : DIGEST_SHA256,
                          .more = span_of(ties->bytes, ties->len),
                          .stamp = f->stamp,
                          .stamper = f->stamper,
                          .time = f->time};
    open_signed(b, sha1 ? DIGEST_SHA1 : DIGEST_SHA256);
    open_value(b, DER_SEQUENCE);
    put_text(b, DER_OID, TYPE_DATA);
    close_value(b);
    put_parties(b, f->enclosed);
    open_value(b, DER_SET);
    put_signer_info(b, &how, TYPE_DATA, primary, NULL, f->stamp ? put_unsigned : NULL);
    close_value(b);
    close_signed(b);
    signature_blob(&blob, 0xfade0b01, b->bytes, b->len);
    free(b);
    return blob;
}

static inline void code_build(struct macho_build *m, bool twice)
{
    static uint8_t code[CODE_LEN], room[ROOM];
    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (uint8_t)(i * 7 + i / 256);
    macho_build_init(m, true, false);
    macho_section(m, "__TEXT", "__text", 0, code, sizeof code);
    macho_symbol(m, "_main", 0x0f);
    macho_symbols(m, true);
    macho_put(&m->content, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", (16 - m->content.len % 16) % 16);
    macho_signature(m, room, sizeof room);
    if (twice) {
        const uint32_t fields[] = {(uint32_t)(MACHO_CONTENT_OFF + m->content.len - ROOM), ROOM};
        macho_command(m, 0x1d, fields, 2);
    }
    macho_build_finish(m);
}

/* A set of nothing, or "designated => certificate leaf[subject.OU] = TEAM", of 10 letters. */
static inline void requirements_put(const struct apple_forgery *f, struct macho_part *to)
{
    struct macho_part set = {0};
    if (f->demanded) {
        ck_assert_uint_eq(strlen(f->demanded), 10);
        const uint32_t fields[] = {1, 3, 20, 0xfade0c00, 56, 1, 11, 0, 10};
        for (size_t i = 0; i < 9; i++)
            macho_put_uint(&set, fields[i], 4, true);
        macho_put(&set, "subject.OU\0\0\0\0\0\1\0\0\0\x0a", 20);
        macho_put(&set, f->demanded, 10);
        macho_put(&set, "\0\0", 2);
    }
    signature_blob(to, 0xfade0c01, f->demanded ? (const char *)set.data : "\0\0\0\0",
                   f->demanded ? set.len : 4);
    free(set.data);
    struct requirement one;
    struct requirement_text text;
    if (f->demanded) {
        ck_assert(vpi_requirements_at(span_of(to->data, to->len), 0, &one));
        ck_assert_int_eq(vpi_requirement_print(&one, &text), REQUIREMENT_READ);
    }
}

/* The whole file; exact_free() it. */
static inline struct span apple_forge(const struct apple_forgery *f)
{
    static const uint8_t usual[3] = {2};
    struct macho_build m;
    code_build(&m, f->twice);
    const uint8_t *types = f->hash_types[0] ? f->hash_types : usual;
    struct span code = span_of(m.bytes, m.len - ROOM);
    struct macho_part parts[6] = {{0}}, directories[3] = {{0}}, whole = {0};
    struct signature_slot slots[8];
    size_t count = 0, directory_count = 0;
    requirements_put(f, &parts[2]);
    signature_blob(&parts[5], 0xfade7171, "<plist><dict/></plist>", 22);
    for (; directory_count < 3 && types[directory_count]; directory_count++) {
        const char *team = directory_count && f->second_team ? f->second_team : f->team;
        directories[directory_count] = directory_put(f, code, parts, types[directory_count], team);
        slots[count++] =
            (struct signature_slot){directory_count ? 0xfff + (uint32_t)directory_count : 0, {0}};
        macho_put(&slots[count - 1].blob, directories[directory_count].data,
                  directories[directory_count].len);
    }
    parts[2].data[11] ^= f->change_requirements;
    slots[count++] = (struct signature_slot){2, parts[2]};
    if (f->entitlements || f->add_entitlements)
        slots[count++] = (struct signature_slot){5, parts[5]};
    else
        free(parts[5].data);
    if (f->signer) {
        struct der_builder *ties = ties_put(f, directories, types, directory_count);
        directories[0].data[20] ^= f->other_directory; /* a byte of the name's offset */
        struct span primary = span_of(directories[0].data, directories[0].len);
        slots[count++] = (struct signature_slot){
            0x10000, cms_put(f, primary, ties, types[0] == 1 && directory_count == 1)};
        free(ties);
    }
    if (f->ticket) {
        slots[count] = (struct signature_slot){0x10002, {0}};
        signature_blob(&slots[count++].blob, 0xfade0b01, "ticket", 6);
    }
    signature_super(&whole, slots, count);
    ck_assert_uint_le(whole.len, ROOM);
    memcpy(m.bytes + code.len, whole.data, whole.len);
    m.bytes[MACHO_CONTENT_OFF + 5000] ^= f->change_page;
    if (f->removed) {
        size_t last = m.bytes[20] + 256u * m.bytes[21] + 32 - 16; /* the last load command */
        ck_assert_uint_eq(m.bytes[last], 0x1d);
        m.bytes[last] = 0x31; /* LC_NOTE */
    }
    free(whole.data);
    for (size_t i = 0; i < directory_count; i++)
        free(directories[i].data);
    struct span file = exact_copy(span_of(m.bytes, m.len));
    macho_build_done(&m);
    return file;
}

#endif
