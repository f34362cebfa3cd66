/* der.c - a bounded walk over BER/DER (ITU-T X.690) */
#include "crypto/der.h"

enum {
    TAG_NUMBER = 0x1f, /* all ones: the number follows in more octets */
    TAG_CONSTRUCTED = 0x20,
    LENGTH_LONG = 0x80, /* | octets that follow; alone: the indefinite form */
    LENGTH_RESERVED = 0xff
};

struct header {
    uint8_t tag;
    bool indefinite;
    size_t len;     /* of the header */
    size_t content; /* its length, if definite: not beyond `rest` */
};

/* 8.1.2 and 8.1.3.  Leading zeros of a length are allowed, as BER does. */
static bool header_read(struct span rest, struct header *ret)
{
    struct reader r = reader_at(rest, 0);
    struct header header = {.tag = reader_u8(&r)};
    uint8_t first = reader_u8(&r);
    if (r.bad || (header.tag & TAG_NUMBER) == TAG_NUMBER || first == LENGTH_RESERVED)
        return false;
    uint64_t content = first;
    if (first == LENGTH_LONG) {
        header.indefinite = true;
        content = 0;
    } else if (first > LENGTH_LONG) {
        content = 0;
        for (unsigned octets = first & ~LENGTH_LONG; octets > 0; octets--) {
            if (content > UINT32_MAX)
                return false; /* far beyond any blob, and the next shift must not wrap */
            content = content << 8 | reader_u8(&r);
        }
    }
    if (r.bad || content > rest.len - r.off)
        return false;
    if (header.indefinite && !(header.tag & TAG_CONSTRUCTED))
        return false;
    header.len = (size_t)r.off;
    header.content = (size_t)content;
    *ret = header;
    return true;
}

/* How long the content of an indefinite value is, whose header `after` follows.  Definite values
 * inside are stepped over, indefinite ones only counted, so one look at each is enough. */
static bool indefinite_content(struct span after, size_t *ret_len)
{
    unsigned depth = 1;
    size_t off = 0;
    for (;;) {
        struct header header;
        if (!header_read(span_from(after, off), &header))
            return false;
        if (header.tag == 0) { /* end-of-contents is two zero octets: 8.1.5 */
            if (header.len != 2 || header.content != 0)
                return false;
            if (--depth == 0) {
                *ret_len = off;
                return true;
            }
        } else if (header.indefinite && ++depth > DER_DEPTH_MOST) {
            return false;
        }
        off += header.len + header.content;
    }
}

bool vpi_der_next(struct span *rest, struct der_value *ret)
{
    struct header header;
    if (!header_read(*rest, &header) || header.tag == 0)
        return false;
    struct span after = span_from(*rest, header.len);
    size_t end_mark = 0;
    if (header.indefinite) {
        if (!indefinite_content(after, &header.content))
            return false;
        end_mark = 2;
    }
    size_t whole = header.len + header.content + end_mark;
    ret->tag = header.tag;
    ret->content = span_first(after, header.content);
    ret->whole = span_first(*rest, whole);
    *rest = span_from(*rest, whole);
    return true;
}

bool vpi_der_expect(struct span *rest, uint8_t tag, struct der_value *ret)
{
    struct span after = *rest;
    struct der_value value;
    if (after.len == 0 || after.data[0] != tag || !vpi_der_next(&after, &value))
        return false;
    *ret = value;
    *rest = after;
    return true;
}
