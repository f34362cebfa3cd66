/* cab.c - cabinets ([MS-CAB]): the header, the signature behind the file, what it covers
 *
 *     0 "MSCF"   8 length   16 first file   26 folders   28 files   30 flags   32 set   34 number
 *     with the flag "reserve": 36 length of the header's (20), of the folders' (0), of the data's
 * (0) 40 0x00100000, 44 place and 48 length of the signature, 52 to 60
 *
 * "Cabinet signing" was never published; the layout and what is covered are those of osslsigncode
 * (cab.c), and real cabinets agree: all but the first reserved field and what lies from the number
 * of the cabinet to the signature's length, up to the signature.
 */
#include "format/format.h"

enum {
    HEADER = 36,
    RESERVE = 60, /* behind the reserved fields of a signed cabinet */
    FLAG_RESERVE = 4,
    SIGNATURE_MOST = 8 << 20
};
#define SIGNED_RESERVE 20u         /* lengths: 20 for the header, none for the others */
#define SIGNED_MARK    0x00100000u /* what the signer's reserve begins with */

bool vpi_cab_probe(struct span head)
{
    uint64_t major;
    return head.len >= HEADER && memcmp(head.data, "MSCF\0\0\0\0", 8) == 0 &&
           span_uint(head, 25, 1, &major) && major == 1;
}

static void cover(struct image *image, uint64_t off, uint64_t end)
{
    image->signed_ranges[image->signed_range_count++] = (struct source_range){off, end - off};
}

static void signature_read(struct image *image, struct source *src, uint64_t off, uint64_t len)
{
    struct image_blob *blob;
    if (off < RESERVE || off > src->size || len > src->size - off) {
        vpi_image_note(image, VP_NOTE_TRUNCATED, off, "the signature");
        return;
    }
    if (off + len < src->size)
        vpi_image_note(image, VP_NOTE_SIGNATURE_PARTIAL, off + len,
                       "bytes behind the signature are in no digest");
    if (len > SIGNATURE_MOST) {
        vpi_image_gap(image, VP_GAP_COUNT_LIMIT, "signatures");
        return;
    }
    blob = vpi_image_blob(image);
    if (!blob)
        return;
    *blob = (struct image_blob){.type = BLOB_SIGNATURE, .off = off, .len = len};
    image->signing = SIGNING_AUTHENTICODE;
    cover(image, 0, 4);
    cover(image, 8, 34);
    cover(image, 56, off);
}

void vpi_cab_read(struct image *image, struct source *src)
{
    struct span head;
    uint64_t flags = 0, lengths, mark, off, len, end = 0;
    if (!vpi_source_get_some(src, 0, RESERVE, &head) || !vpi_cab_probe(head))
        return;
    image->format = VP_FORMAT_CAB;
    image->role = VP_ROLE_PACKAGE;
    (void)span_uint(head, 8, 4, &end);
    (void)span_uint(head, 30, 2, &flags);
    bool reserve = flags & FLAG_RESERVE && span_uint(head, 36, 4, &lengths) &&
                   span_uint(head, 40, 4, &mark) && span_uint(head, 44, 4, &off) &&
                   span_uint(head, 48, 4, &len) && head.len == RESERVE &&
                   lengths == SIGNED_RESERVE && mark == SIGNED_MARK;
    if (end > src->size)
        vpi_image_note(image, VP_NOTE_TRUNCATED, src->size, "the cabinet");
    if (reserve && len > 0)
        signature_read(image, src, off, len);
    else if (end < src->size)
        vpi_image_note(image, VP_NOTE_OVERLAY, end, "bytes behind the cabinet");
}
