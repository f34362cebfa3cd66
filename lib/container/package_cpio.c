/* package_cpio.c - the payload of an RPM: cpio in the form "newc" (cpio(5))
 *
 *     "070701" or "070702", 13 numbers of 8 hexadecimal digits: inode, 1: mode, user, group, links,
 *     time, 6: size, 4 of devices, 11: length of the name with its NUL, check; the name and the
 * bytes, each filled up to 4
 *
 * What is skipped is decoded into a small buffer.  rpm's own form for files over 4 GiB ("07070X")
 * has the sizes elsewhere and isn't read.
 */
#include "container/package.h"

enum { HEADER_LEN = 110, NUMBERS = 13, FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAME = 11 };
enum { MODE_TYPE = 0170000, MODE_REGULAR = 0100000, SCRATCH = 4096 };

static bool number_read(const uint8_t *digits, uint64_t *ret)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        uint8_t c = digits[i] | 0x20;
        if (digits[i] >= '0' && digits[i] <= '9')
            value = value << 4 | (uint64_t)(digits[i] - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *ret = value;
    return true;
}

/* False: damaged. */
static bool skip(struct packed *packed)
{
    uint8_t scratch[SCRATCH];
    while (packed->left) {
        size_t len = packed->left < sizeof scratch ? (size_t)packed->left : sizeof scratch;
        bool damaged = false;
        if (vpi_packed_read(packed, scratch, len, &damaged) < len || damaged)
            return false;
    }
    return true;
}

static bool read_exactly(struct packed *packed, uint8_t *bytes, size_t len)
{
    bool damaged = false;
    packed->left = len;
    return vpi_packed_read(packed, bytes, len, &damaged) == len && !damaged;
}

static uint64_t filled(uint64_t len)
{
    return (len + 3) & ~UINT64_C(3);
}

enum packed_result vpi_packed_cpio(struct packed *packed, uint8_t *name, struct packed_entry *ret)
{
    uint8_t header[HEADER_LEN];
    uint64_t numbers[NUMBERS];
    if (!skip(packed) || !read_exactly(packed, header, sizeof header))
        return PACKED_DAMAGED;
    if (memcmp(header, "07070", 5) != 0)
        return PACKED_DAMAGED;
    if (header[5] != '1' && header[5] != '2')
        return PACKED_OTHER;
    for (size_t i = 0; i < NUMBERS; i++) {
        if (!number_read(header + 6 + 8 * i, &numbers[i]))
            return PACKED_DAMAGED;
    }
    uint64_t len = numbers[FIELD_NAME];
    if (len == 0 || len > CPIO_NAME_MOST || !read_exactly(packed, name, (size_t)len))
        return PACKED_DAMAGED;
    packed->left = filled(HEADER_LEN + len) - HEADER_LEN - len;
    if (!skip(packed))
        return PACKED_DAMAGED;
    ret->name = span_of(name, (size_t)len - 1);
    ret->size = numbers[FIELD_SIZE];
    ret->regular = (numbers[FIELD_MODE] & MODE_TYPE) == MODE_REGULAR;
    packed->left = filled(ret->size);
    return span_equal(ret->name, span_text("TRAILER!!!")) ? PACKED_END : PACKED_ENTRY;
}
