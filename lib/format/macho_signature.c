/* macho_signature.c - what is left of a signature to which no command points
 *
 * A signature stands behind the tables of __LINKEDIT, at the next multiple of 16.  Who takes it
 * away by hand drops LC_CODE_SIGNATURE and leaves the bytes; codesign and strip leave none.
 */
#include "format/macho.h"

static const uint32_t magic_signature = 0xfade0cc0; /* xnu, osfmk/kern/cs_blobs.h */

enum { ALIGNMENT = 16, HEADER = 12 };

void vpi_macho_table(struct macho *m, uint64_t off, uint64_t len)
{
    if (off != 0 && len != 0 && off + len > m->tables_end)
        m->tables_end = off + len;
}

void vpi_macho_removed_find(struct macho *m)
{
    uint64_t off = (m->tables_end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct span head;
    if (m->image->signing == SIGNING_CODE_DIRECTORY || m->tables_end == 0 ||
        m->tables_end >= m->src->size || !vpi_source_get(m->src, off, HEADER, &head))
        return;
    struct reader r = reader_at(head, 0);
    r.big = true;
    uint32_t magic = reader_u32(&r);
    uint64_t len = reader_u32(&r), left = m->src->size - off;
    if (magic != magic_signature)
        return;
    struct image_blob *blob = vpi_image_blob(m->image);
    vpi_image_note(m->image, VP_NOTE_SIGNATURE_REMOVED, off,
                   "a code signature to which no load command points");
    if (!blob)
        return;
    blob->type = BLOB_CODE_SIGNATURE;
    blob->off = off;
    blob->len = len < left ? len : left;
    blob->id = CODE_SIGNATURE_REMOVED;
}
