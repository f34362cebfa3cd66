/* plist_binary.c - binary property lists (CoreFoundation, CFBinaryPList.c)
 *
 *     "bplist00" | objects | table of their offsets | trailer, 32 bytes
 *     dictionary: 0xdn, n references to keys, n to values;  texts: 0x5n ASCII, 0x6n UTF-16BE
 *
 * Numbers are big-endian.  n is 15 when the count follows as an integer object.
 */
#include "format/plist.h"

#include "base/utf16.h"

enum { TRAILER_LEN = 32, KEYS_MOST = 4096 };

struct list {
    struct span all;
    uint64_t table_off, count;
    unsigned off_len, ref_len;
};

enum object_type { OBJECT_INTEGER = 1, OBJECT_ASCII = 5, OBJECT_UTF16 = 6, OBJECT_DICT = 13 };

struct object {
    unsigned type;
    uint64_t count;
    uint64_t off; /* of what follows type and count */
};

static bool trailer_read(struct span all, struct list *ret)
{
    if (all.len < TRAILER_LEN)
        return false;
    struct reader r = reader_at(all, all.len - TRAILER_LEN);
    r.big = true;
    reader_skip(&r, 6);
    ret->all = all;
    ret->off_len = reader_u8(&r);
    ret->ref_len = reader_u8(&r);
    ret->count = reader_u64(&r);
    return ret->off_len > 0 && ret->off_len <= 8 && ret->ref_len > 0 && ret->ref_len <= 8;
}

static bool object_read(const struct list *list, uint64_t number, struct object *ret)
{
    uint64_t off, marker;
    if (number >= list->count || number > list->all.len ||
        !span_uint_in(list->all, list->table_off + number * list->off_len, list->off_len, true,
                      &off) ||
        !span_uint_in(list->all, off, 1, true, &marker))
        return false;
    ret->type = (unsigned)marker >> 4;
    ret->count = marker & 15;
    ret->off = off + 1;
    if (ret->count < 15)
        return true;
    uint64_t integer;
    if (!span_uint_in(list->all, ret->off, 1, true, &integer) || integer >> 4 != OBJECT_INTEGER ||
        (integer & 15) > 3)
        return false;
    unsigned len = 1u << (integer & 15);
    if (!span_uint_in(list->all, ret->off + 1, len, true, &ret->count))
        return false;
    ret->off += 1 + len;
    return true;
}

static bool reference(const struct list *list, uint64_t off, uint64_t index, struct object *ret)
{
    uint64_t number;
    return span_uint_in(list->all, off + index * list->ref_len, list->ref_len, true, &number) &&
           object_read(list, number, ret);
}

/* UTF-16BE to UTF-8. */
static bool turned(struct image *image, struct span bytes, struct span *ret)
{
    uint8_t *little = vpi_arena_alloc(image->arena, bytes.len);
    for (size_t i = 0; little && i + 1 < bytes.len; i += 2) {
        little[i] = bytes.data[i + 1];
        little[i + 1] = bytes.data[i];
    }
    if (little && vpi_utf16_to_utf8(image->arena, span_of(little, bytes.len), ret))
        return true;
    vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "the property list");
    return false;
}

static void text_read(struct image *image, const struct list *list, const char *field,
                      const struct object *object, uint64_t list_off)
{
    struct span bytes;
    uint64_t width = object->type == OBJECT_UTF16 ? 2 : 1;
    if ((object->type != OBJECT_ASCII && object->type != OBJECT_UTF16) ||
        object->count > list->all.len ||
        !span_sub(list->all, object->off, object->count * width, &bytes))
        return;
    uint64_t len = bytes.len;
    bytes = span_first(bytes, PLIST_TEXT_MOST);
    if (bytes.len && (width == 1 || turned(image, bytes, &bytes)))
        vpi_plist_text(image, field, bytes, list_off + object->off, len);
}

void vpi_plist_binary_read(struct image *image, struct span bytes, uint64_t off)
{
    struct list list;
    struct object top, key, value;
    struct span name;
    if (!trailer_read(bytes, &list))
        return;
    struct reader r = reader_at(bytes, bytes.len - 16);
    r.big = true;
    uint64_t number = reader_u64(&r);
    list.table_off = reader_u64(&r);
    if (list.table_off > bytes.len || !object_read(&list, number, &top) ||
        top.type != OBJECT_DICT || top.count > bytes.len)
        return;
    if (top.count > KEYS_MOST)
        vpi_image_gap(image, VP_GAP_COUNT_LIMIT, "the property list");
    for (uint64_t i = 0; i < top.count && i < KEYS_MOST; i++) {
        if (!reference(&list, top.off, i, &key) || key.type != OBJECT_ASCII ||
            !span_sub(bytes, key.off, key.count, &name))
            continue;
        const char *field = vpi_plist_field(name);
        if (field && reference(&list, top.off, top.count + i, &value))
            text_read(image, &list, field, &value, off);
    }
}
