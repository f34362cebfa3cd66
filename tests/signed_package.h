/* signed_package.h - RPM and deb packages for tests, and OpenPGP keys of our own that sign them */
#ifndef TESTS_SIGNED_PACKAGE_H
#define TESTS_SIGNED_PACKAGE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/span.h"

enum { PACKAGE_MOST = 64 << 10, SIGNER_TIME = 1700000000 };

struct bytes {
    uint8_t data[PACKAGE_MOST];
    size_t len;
};

static inline void put(struct bytes *b, const void *data, size_t len)
{
    ck_assert_uint_le(len, sizeof b->data - b->len);
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
}

static inline void put_big(struct bytes *b, uint64_t value, unsigned len)
{
    for (unsigned i = len; i-- > 0;)
        put(b, &(uint8_t){(uint8_t)(value >> (8 * i))}, 1);
}

/* ---- OpenPGP: a key of Ed25519 and its signatures (RFC 4880; RFC 9580, 5.2.3.3 and 5.5.5.5) */

struct signer {
    EVP_PKEY *key;
    struct bytes body; /* of the public-key packet */
    uint8_t fingerprint[20];
    char fingerprint_hex[41], base64[128];
};

static inline struct signer *signer_new(void)
{
    struct signer *s = calloc(1, sizeof *s);
    uint8_t point[33] = {0x40};
    size_t len = 32;
    ck_assert_ptr_nonnull(s);
    s->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    ck_assert_int_eq(EVP_PKEY_get_raw_public_key(s->key, point + 1, &len), 1);
    put(&s->body, "\4", 1);
    put_big(&s->body, SIGNER_TIME - 100, 4);
    put(&s->body, "\x16\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01", 11);
    put_big(&s->body, 263, 2); /* bits of the point */
    put(&s->body, point, sizeof point);
    struct bytes named = {.len = 0};
    put(&named, "\x99", 1);
    put_big(&named, s->body.len, 2);
    put(&named, s->body.data, s->body.len);
    SHA1(named.data, named.len, s->fingerprint);
    for (size_t i = 0; i < 20; i++)
        snprintf(s->fingerprint_hex + 2 * i, 3, "%02x", s->fingerprint[i]);
    EVP_EncodeBlock((unsigned char *)s->base64, s->body.data, (int)s->body.len);
    return s;
}

static inline void signer_free(struct signer *s)
{
    EVP_PKEY_free(s->key);
    free(s);
}

/* A detached signature over `content`; `named` is whose fingerprint it says, the signer's if NULL.
 */
static inline void put_openpgp(struct bytes *b, const struct signer *s, const struct signer *named,
                               struct span content)
{
    struct bytes hashed = {.len = 0};
    uint8_t digest[32], signature[64];
    size_t len = sizeof signature;
    put(&hashed, "\4\0\x16\x08", 4); /* version, binary, EdDSA, SHA-256 */
    put_big(&hashed, 6 + 23, 2);
    put(&hashed, "\x05\x02", 2);
    put_big(&hashed, SIGNER_TIME, 4);
    put(&hashed, "\x16\x21\x04", 3);
    put(&hashed, (named ? named : s)->fingerprint, 20);
    struct bytes *message = calloc(1, sizeof *message);
    put(message, content.data, content.len);
    put(message, hashed.data, hashed.len);
    put(message, "\4\xff", 2);
    put_big(message, hashed.len, 4);
    SHA256(message->data, message->len, digest);
    free(message);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestSignInit(context, NULL, NULL, NULL, s->key), 1);
    ck_assert_int_eq(EVP_DigestSign(context, signature, &len, digest, sizeof digest), 1);
    EVP_MD_CTX_free(context);
    struct bytes packet = {.len = 0};
    put(&packet, hashed.data, hashed.len);
    put_big(&packet, 0, 2); /* nothing that is not hashed */
    put(&packet, digest, 2);
    for (int half = 0; half < 2; half++) {
        put_big(&packet, 256, 2); /* bits: zeros at the front do no harm */
        put(&packet, signature + 32 * half, 32);
    }
    put(b, "\xc2", 1);
    put_big(b, packet.len, 1);
    put(b, packet.data, packet.len);
}

/* ---- RPM */

enum { RPM_ROWS = 16, RPM_INT32 = 4, RPM_STRING = 6, RPM_BIN = 7, RPM_ARRAY = 8 };

struct rpm_header {
    struct {
        uint32_t tag, type, off, count;
    } rows[RPM_ROWS];
    size_t count;
    struct bytes store;
};

static inline void rpm_row(struct rpm_header *h, uint32_t tag, uint32_t type, const void *data,
                           size_t len)
{
    bool text = type == RPM_STRING || type == RPM_ARRAY;
    ck_assert_uint_lt(h->count, RPM_ROWS);
    while (type == RPM_INT32 && h->store.len % 4)
        put(&h->store, "", 1);
    h->rows[h->count].tag = tag;
    h->rows[h->count].type = type;
    h->rows[h->count].off = (uint32_t)h->store.len;
    h->rows[h->count++].count = type == RPM_BIN ? (uint32_t)len : 1;
    put(&h->store, data, len);
    if (text)
        put(&h->store, "", 1);
}

static inline void rpm_text(struct rpm_header *h, uint32_t tag, const char *text)
{
    rpm_row(h, tag, RPM_STRING, text, strlen(text));
}

static inline void put_header(struct bytes *b, const struct rpm_header *h)
{
    put(b, "\x8e\xad\xe8\1\0\0\0", 8);
    put_big(b, h->count, 4);
    put_big(b, h->store.len, 4);
    for (size_t i = 0; i < h->count; i++) {
        put_big(b, h->rows[i].tag, 4);
        put_big(b, h->rows[i].type, 4);
        put_big(b, h->rows[i].off, 4);
        put_big(b, h->rows[i].count, 4);
    }
    put(b, h->store.data, h->store.len);
}

/* Lead, signature header with one signature of `tag` (0: none), header and payload. */
static inline void put_rpm(struct bytes *b, const struct rpm_header *header, struct span payload,
                           uint32_t tag, const struct bytes *signature)
{
    struct rpm_header *signatures = calloc(1, sizeof *signatures);
    uint8_t lead[96] = {0xed, 0xab, 0xee, 0xdb, 3, 0};
    if (tag)
        rpm_row(signatures, tag, RPM_BIN, signature->data, signature->len);
    put(b, lead, sizeof lead);
    put_header(b, signatures);
    free(signatures);
    while (b->len % 8)
        put(b, "", 1);
    put_header(b, header);
    put(b, payload.data, payload.len);
}

/* ---- cpio ("newc"), tar ("ustar") and ar, for what packages hold */

static inline void put_cpio(struct bytes *b, const char *name, struct span content)
{
    char row[128];
    snprintf(row, sizeof row, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1,
             0100644, 0, 0, 1, 0, content.len, 0, 0, 0, 0, strlen(name) + 1, 0);
    put(b, row, 110);
    put(b, name, strlen(name) + 1);
    while (b->len % 4)
        put(b, "", 1);
    put(b, content.data, content.len);
    while (b->len % 4)
        put(b, "", 1);
}

static inline void put_cpio_end(struct bytes *b)
{
    put_cpio(b, "TRAILER!!!", span_of("", 0));
}

static inline void put_tar(struct bytes *b, const char *name, struct span content)
{
    char row[512] = "";
    unsigned sum = 0;
    snprintf(row, 100, "%s", name);
    snprintf(row + 100, 8, "%07o", 0644);
    snprintf(row + 108, 8, "%07o", 0);
    snprintf(row + 116, 8, "%07o", 0);
    snprintf(row + 124, 12, "%011o", (unsigned)content.len);
    snprintf(row + 136, 12, "%011o", 0);
    memset(row + 148, ' ', 8);
    row[156] = '0';
    memcpy(row + 257, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof row; i++)
        sum += (uint8_t)row[i];
    snprintf(row + 148, 8, "%06o", sum);
    put(b, row, sizeof row);
    put(b, content.data, content.len);
    while (b->len % 512)
        put(b, "", 1);
}

static inline void put_ar(struct bytes *b, const char *name, struct span content)
{
    char row[64];
    if (b->len == 0)
        put(b, "!<arch>\n", 8);
    snprintf(row, sizeof row, "%-16s%-12u%-6u%-6u%-8s%-10zu`\n", name, 0, 0, 0, "100644",
             content.len);
    put(b, row, 60);
    put(b, content.data, content.len);
    if (content.len % 2)
        put(b, "\n", 1);
}

#endif
