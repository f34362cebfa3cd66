/* span.h - bytes with a length, and the only bounds checks of the library
 *
 * Offsets are 64-bit, so a sum of two 32-bit fields can't wrap.  Nothing forms a pointer before the
 * check.  Values are read once, as bytes, so alignment and byte order of the host don't matter.
 */
#ifndef VPI_BASE_SPAN_H
#define VPI_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const uint8_t *data;
    size_t len;
};

static inline struct span span_of(const void *data, size_t len)
{
    struct span s = {data, len};
    return s;
}

static inline struct span span_text(const char *text)
{
    return span_of(text, strlen(text));
}

/* `len` bytes at `off`, or false. */
static inline bool span_sub(struct span s, uint64_t off, uint64_t len, struct span *ret)
{
    if (off > s.len || len > s.len - off)
        return false;
    ret->data = len ? s.data + off : s.data;
    ret->len = (size_t)len;
    return true;
}

/* What begins at `off`: empty at or beyond the end. */
static inline struct span span_from(struct span s, uint64_t off)
{
    if (off >= s.len)
        return span_of(s.data, 0);
    return span_of(s.data + off, s.len - (size_t)off);
}

/* The first `len` bytes, or all if there are fewer. */
static inline struct span span_first(struct span s, uint64_t len)
{
    if (len < s.len)
        s.len = (size_t)len;
    return s;
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Bytewise, the shorter first. */
static inline int span_compare(struct span a, struct span b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

/* An unsigned integer of 1 to 8 bytes, little-endian. */
static inline bool span_uint(struct span s, uint64_t off, unsigned bytes, uint64_t *ret)
{
    struct span field;
    if (bytes > 8 || !span_sub(s, off, bytes, &field))
        return false;
    uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;)
        value = value << 8 | field.data[i];
    *ret = value;
    return true;
}

/* Like span_uint, but one load instead of a loop, for inner loops. */
static inline bool span_u32(struct span s, uint64_t off, uint32_t *ret)
{
    struct span field;
    if (!span_sub(s, off, 4, &field))
        return false;
    const uint8_t *b = field.data;
    *ret = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

static inline bool span_u64(struct span s, uint64_t off, uint64_t *ret)
{
    uint32_t low, high;
    if (!span_u32(s, off, &low) || !span_u32(s, off + 4, &high))
        return false;
    *ret = (uint64_t)high << 32 | low;
    return true;
}

/* Like span_uint, but big-endian if `big`. */
static inline bool span_uint_in(struct span s, uint64_t off, unsigned bytes, bool big,
                                uint64_t *ret)
{
    struct span field;
    if (!big)
        return span_uint(s, off, bytes, ret);
    if (bytes > 8 || !span_sub(s, off, bytes, &field))
        return false;
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | field.data[i];
    *ret = value;
    return true;
}

/* A reader for headers: read every field, then test `bad` once.  A field beyond the end is 0. */
struct reader {
    struct span all;
    uint64_t off;
    bool bad;
    bool big; /* big-endian; little-endian unless set */
};

static inline struct reader reader_at(struct span all, uint64_t off)
{
    struct reader r = {all, off, off > all.len, false};
    return r;
}

static inline uint64_t reader_uint(struct reader *r, unsigned bytes)
{
    uint64_t value = 0;
    if (r->bad || !span_uint_in(r->all, r->off, bytes, r->big, &value)) {
        r->bad = true;
        return 0;
    }
    r->off += bytes;
    return value;
}

static inline uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_uint(r, 1);
}

static inline uint16_t reader_u16(struct reader *r)
{
    return (uint16_t)reader_uint(r, 2);
}

static inline uint32_t reader_u32(struct reader *r)
{
    return (uint32_t)reader_uint(r, 4);
}

static inline uint64_t reader_u64(struct reader *r)
{
    return reader_uint(r, 8);
}

static inline struct span reader_span(struct reader *r, uint64_t len)
{
    struct span part = {NULL, 0};
    if (r->bad || !span_sub(r->all, r->off, len, &part)) {
        r->bad = true;
        return part;
    }
    r->off += len;
    return part;
}

static inline void reader_skip(struct reader *r, uint64_t len)
{
    (void)reader_span(r, len);
}

#endif
