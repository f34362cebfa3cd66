/* elf_note.c - notes: the build id, and who packaged the file
 *
 *     name length, 4 | content length, 4 | type, 4 | name | content
 *
 * Both are padded to 4 bytes; to 8 where the section or segment says so (only GNU properties do).
 * The package note is systemd's (https://systemd.io/ELF_PACKAGE_METADATA): JSON, NUL-terminated.
 */
#include "format/elf.h"

enum { NT_GNU_BUILD_ID = 3 };
#define NT_FDO_PACKAGING 0xcafe1a7eu

enum { NOTES_LEN_MOST = 1 << 20, NOTES_MOST = 4096, BUILD_ID_MOST = 64, PACKAGE_MOST = 64 << 10 };

struct budget {
    unsigned notes;
    unsigned build_ids, packages; /* found */
};

static bool known(const struct image *image, struct span id)
{
    for (size_t i = 0; i < image->blob_count; i++) {
        if (image->blobs[i].type == BLOB_BUILD_ID && span_equal(image->blobs[i].bytes, id))
            return true;
    }
    return false;
}

static void build_id_add(struct elf *elf, struct span id, uint64_t off, struct budget *budget)
{
    if (id.len == 0 || id.len > BUILD_ID_MOST || budget->build_ids == 8 || known(elf->image, id))
        return;
    struct image_blob *blob = vpi_image_blob(elf->image);
    if (!blob)
        return;
    blob->type = BLOB_BUILD_ID;
    blob->off = off;
    blob->len = id.len;
    blob->bytes = id;
    budget->build_ids++;
}

static uint64_t padded(uint64_t len, uint64_t alignment)
{
    uint64_t unit = alignment == 8 ? 8 : 4;
    return (len + unit - 1) / unit * unit;
}

static void notes_walk(struct elf *elf, struct span notes, uint64_t off, uint64_t alignment,
                       struct budget *budget)
{
    struct reader r = vpi_elf_reader(elf, notes);
    while (r.off < notes.len && budget->notes > 0) {
        budget->notes--;
        uint32_t name_len = reader_u32(&r), len = reader_u32(&r), type = reader_u32(&r);
        struct span name = reader_span(&r, name_len);
        uint64_t start = padded(r.off, alignment);
        struct span content;
        if (r.bad || !span_sub(notes, start, len, &content)) {
            vpi_image_note(elf->image, VP_NOTE_MALFORMED, off, "notes");
            return;
        }
        if (type == NT_GNU_BUILD_ID && span_equal(name, span_of("GNU", 4)))
            build_id_add(elf, content, off + start, budget);
        else if (type == NT_FDO_PACKAGING && span_equal(name, span_of("FDO", 4)) &&
                 budget->packages++ == 0)
            vpi_elf_package_read(elf, span_first(content, PACKAGE_MOST), off + start);
        /* The last note of some files lacks its padding. */
        r.off = padded(start + len, alignment);
    }
}

void vpi_elf_notes_read(struct elf *elf)
{
    struct budget budget = {.notes = NOTES_MOST};
    struct span notes;
    bool any = false;
    for (size_t i = 0; i < elf->section_count; i++) {
        const struct elf_section *s = &elf->sections[i];
        if (s->type != SHT_NOTE || !vpi_elf_section_get(elf, s, NOTES_LEN_MOST, &notes))
            continue;
        any = true;
        notes_walk(elf, notes, s->off, s->alignment, &budget);
    }
    for (size_t i = 0; !any && i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];
        uint64_t len = s->file_len < NOTES_LEN_MOST ? s->file_len : NOTES_LEN_MOST;
        if (s->type == PT_NOTE && len > 0 && vpi_elf_some(elf, s->off, len, "notes", &notes))
            notes_walk(elf, notes, s->off, s->alignment, &budget);
    }
}
