/* property_set.c - the summary information of a compound file ([MS-OLEPS] 2.21, 2.25.1)
 *
 *     header   byte order, version, system, class: 28 bytes; then one set's format and offset
 *     set      length, count, (property, offset) for each
 *     value    type, and for a text: length with its NUL, bytes in the code page of property 1
 */
#include "base/code_page.h"
#include "base/utf16.h"
#include "format/msi.h"

enum {
    PROPERTIES_MOST = 256,
    TEXT_MOST = 4096,
    CODE_PAGE = 1,
    TYPE_INT16 = 2,
    TYPE_ANSI = 30,
    TYPE_UTF16 = 31,
    CODE_PAGE_UTF16 = 1200
};

static const struct {
    unsigned property;
    const char *field;
} fields[] = {{2, "summary.Title"},      {3, "summary.Subject"},  {4, "summary.Author"},
              {5, "summary.Keywords"},   {6, "summary.Comments"}, {7, "summary.Template"},
              {8, "summary.LastAuthor"}, {9, "summary.Revision"}, {18, "summary.Application"}};

struct property {
    unsigned number, type;
    struct span value; /* from behind the type to the end of the set */
};

static bool property_at(struct span set, unsigned index, struct property *ret)
{
    uint64_t number, off, type;
    if (!span_uint(set, 8 + 8 * (uint64_t)index, 4, &number) ||
        !span_uint(set, 12 + 8 * (uint64_t)index, 4, &off) || !span_uint(set, off, 4, &type))
        return false;
    *ret = (struct property){(unsigned)number, (unsigned)type & 0xffff, span_from(set, off + 4)};
    return true;
}

static bool text_of(struct arena *arena, const struct property *p, unsigned code_page,
                    struct span *ret)
{
    uint64_t len;
    struct span bytes;
    bool wide = p->type == TYPE_UTF16 || code_page == CODE_PAGE_UTF16;
    if ((p->type != TYPE_ANSI && p->type != TYPE_UTF16) || !span_uint(p->value, 0, 4, &len))
        return false;
    bytes = span_first(span_from(p->value, 4), p->type == TYPE_UTF16 ? 2 * len : len);
    bytes = span_first(bytes, TEXT_MOST);
    if (wide) {
        bytes = vpi_utf16_until_nul(bytes, 0, TEXT_MOST);
        return vpi_utf16_to_utf8(arena, bytes, ret);
    }
    const uint8_t *nul = bytes.len ? memchr(bytes.data, 0, bytes.len) : NULL;
    if (nul)
        bytes.len = (size_t)(nul - bytes.data);
    return vpi_code_page_text(arena, code_page, bytes, ret);
}

static void property_take(struct image *image, const struct property *p, unsigned code_page)
{
    struct span utf8;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (p->number != fields[i].property || !text_of(image->arena, p, code_page, &utf8) ||
            utf8.len == 0)
            continue;
        struct image_text *text = vpi_image_text(image);
        if (text)
            *text = (struct image_text){.group = TEXT_MSI,
                                        .field = fields[i].field,
                                        .utf8 = utf8,
                                        .off = VP_NONE,
                                        .len = VP_NONE,
                                        .code_page = (uint16_t)code_page};
    }
}

void vpi_summary_read(struct image *image, struct span stream)
{
    uint64_t off, count, page;
    unsigned code_page = CODE_PAGE_WESTERN;
    struct property p;
    if (!span_uint(stream, 44, 4, &off) || !span_uint(span_from(stream, off), 4, 4, &count)) {
        vpi_image_note(image, VP_NOTE_MALFORMED, VP_NONE, "summary information");
        return;
    }
    struct span set = span_from(stream, off);
    if (count > PROPERTIES_MOST)
        count = PROPERTIES_MOST;
    for (unsigned i = 0; i < count && property_at(set, i, &p); i++) {
        if (p.number == CODE_PAGE && p.type == TYPE_INT16 && span_uint(p.value, 0, 2, &page))
            code_page = (unsigned)page;
    }
    for (unsigned i = 0; i < count && property_at(set, i, &p); i++)
        property_take(image, &p, code_page);
}
