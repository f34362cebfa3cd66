/* android.c - what virtual machines run: named, not read
 *
 * Dalvik executables (https://source.android.com/docs/core/runtime/dex-format) and Java classes
 * (JVM specification, 4.1).  A class begins with the same four bytes as a fat Mach-O; there they
 * are followed by a number of slices, here by the version of the format, 45 or more in its low
 * half.
 */
#include "format/format.h"

enum { CLASS_VERSION_LEAST = 45, CLASS_VERSION_MOST = 255, DEX_HEADER = 112 };
#define DEX_ORDER 0x12345678u

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "dex\n035\0"; the header's own length and its mark of byte order must agree. */
bool vpi_dex_probe(struct span head)
{
    uint64_t header_len, order;
    if (head.len < DEX_HEADER || memcmp(head.data, "dex\n", 4) != 0 || head.data[7] != 0)
        return false;
    if (!is_digit(head.data[4]) || !is_digit(head.data[5]) || !is_digit(head.data[6]))
        return false;
    return span_uint(head, 36, 4, &header_len) && header_len >= DEX_HEADER &&
           span_uint(head, 40, 4, &order) && order == DEX_ORDER;
}

void vpi_dex_read(struct image *image, struct source *src)
{
    struct span head;
    uint64_t len;
    image->format = VP_FORMAT_DEX;
    image->machine = "dalvik";
    if (vpi_source_get_some(src, 0, DEX_HEADER, &head) && span_uint(head, 32, 4, &len) &&
        len > src->size)
        vpi_image_note(image, VP_NOTE_TRUNCATED, src->size, "the file");
}

/* Magic, minor and major version, the count of constants and the type of the first one. */
bool vpi_java_class_probe(struct span head)
{
    uint64_t major, constants;
    if (head.len < 11 || memcmp(head.data, "\xca\xfe\xba\xbe", 4) != 0 ||
        !span_uint_in(head, 6, 2, true, &major) || !span_uint_in(head, 8, 2, true, &constants))
        return false;
    uint8_t tag = head.data[10];
    return major >= CLASS_VERSION_LEAST && major <= CLASS_VERSION_MOST && constants > 1 &&
           tag >= 1 && tag <= 20 && tag != 2 && tag != 13 && tag != 14;
}

void vpi_java_class_read(struct image *image, struct source *src)
{
    image->format = VP_FORMAT_JAVA_CLASS;
    image->machine = "jvm";
}
