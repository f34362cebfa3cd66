/* der_builder.h - writes DER for tests: open a value, put what is inside, close it */
#ifndef VPI_TESTS_DER_BUILDER_H
#define VPI_TESTS_DER_BUILDER_H

#include <check.h>
#include <stdlib.h>

#include "crypto/der.h"

struct der_builder {
    uint8_t bytes[64 << 10];
    size_t len;
    size_t open[64]; /* where the content of each open value begins */
    size_t depth;
};

static inline struct der_builder *builder_new(void)
{
    struct der_builder *b = calloc(1, sizeof *b);
    ck_assert_ptr_nonnull(b);
    return b;
}

static inline void put_raw(struct der_builder *b, const void *bytes, size_t len)
{
    ck_assert_uint_le(len, sizeof b->bytes - b->len);
    if (len)
        memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

static inline void open_value(struct der_builder *b, uint8_t tag)
{
    put_raw(b, &tag, 1);
    b->open[b->depth++] = b->len;
}

/* Puts the length before what was written since open_value. */
static inline void close_value(struct der_builder *b)
{
    size_t start = b->open[--b->depth], len = b->len - start, header = 1;
    uint8_t length[3] = {(uint8_t)len};
    if (len >= 0x80) {
        header = 3;
        length[0] = 0x82;
        length[1] = (uint8_t)(len >> 8);
        length[2] = (uint8_t)len;
    }
    put_raw(b, length, header);
    memmove(b->bytes + start + header, b->bytes + start, len);
    memcpy(b->bytes + start, length, header);
}

/* The indefinite form: the same, closed by two zero octets. */
static inline void open_indefinite(struct der_builder *b, uint8_t tag)
{
    put_raw(b, (uint8_t[]){tag, 0x80}, 2);
}

static inline void close_indefinite(struct der_builder *b)
{
    put_raw(b, (uint8_t[]){0, 0}, 2);
}

static inline void put_value(struct der_builder *b, uint8_t tag, const void *bytes, size_t len)
{
    open_value(b, tag);
    put_raw(b, bytes, len);
    close_value(b);
}

static inline void put_text(struct der_builder *b, uint8_t tag, const char *text)
{
    put_value(b, tag, text, strlen(text));
}

/* ASCII as UTF-16BE. */
static inline void put_bmp(struct der_builder *b, uint8_t tag, const char *ascii)
{
    open_value(b, tag);
    for (; *ascii; ascii++)
        put_raw(b, (uint8_t[]){0, (uint8_t)*ascii}, 2);
    close_value(b);
}

/* A Name with one attribute 2.5.4.`attribute`. */
static inline void put_name(struct der_builder *b, uint8_t attribute, uint8_t type,
                            const char *text)
{
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_SET);
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_OID, (uint8_t[]){0x55, 0x04, attribute}, 3);
    put_text(b, type, text);
    close_value(b);
    close_value(b);
    close_value(b);
}

/* A certificate that only has what a reader needs: no key of ours ever signed it. */
static inline void put_certificate(struct der_builder *b, const char *issuer, const uint8_t *serial,
                                   size_t serial_len, const char *subject)
{
    open_value(b, DER_SEQUENCE);
    open_value(b, DER_SEQUENCE); /* tbsCertificate */
    put_value(b, DER_INTEGER, serial, serial_len);
    open_value(b, DER_SEQUENCE);
    put_value(b, DER_OID, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9);
    close_value(b);
    put_name(b, 3, DER_UTF8_STRING, issuer);
    open_value(b, DER_SEQUENCE); /* validity */
    put_text(b, DER_UTC_TIME, "200101000000Z");
    put_text(b, DER_UTC_TIME, "300101000000Z");
    close_value(b);
    put_name(b, 10, DER_UTF8_STRING, subject);
    open_value(b, DER_SEQUENCE); /* subjectPublicKeyInfo */
    put_value(b, DER_BIT_STRING, "\0key", 4);
    close_value(b);
    close_value(b);
    open_value(b, DER_SEQUENCE); /* signatureAlgorithm */
    put_value(b, DER_OID, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9);
    close_value(b);
    put_value(b, DER_BIT_STRING, "\0sig", 4);
    close_value(b);
}

/* A copy of exactly its size, so that the address sanitizer sees the first byte too many. */
static inline struct span exact_copy(struct span s)
{
    uint8_t *copy = malloc(s.len ? s.len : 1);
    ck_assert_ptr_nonnull(copy);
    if (s.len)
        memcpy(copy, s.data, s.len);
    return span_of(copy, s.len);
}

static inline void exact_free(struct span s)
{
    free((void *)(uintptr_t)s.data);
}

static inline struct span builder_take(struct der_builder *b)
{
    ck_assert_uint_eq(b->depth, 0);
    struct span copy = exact_copy(span_of(b->bytes, b->len));
    free(b);
    return copy;
}

/* ck_assert_str_eq for a span. */
#define ck_assert_span_text(span, text)                                                            \
    ck_assert_msg(span_equal(span, span_text(text)), "\"%.*s\" is not \"%s\"", (int)(span).len,    \
                  (const char *)(span).data, text)

#endif
