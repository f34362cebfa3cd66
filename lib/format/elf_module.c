/* elf_module.c - Linux kernel modules: their fields and their signature
 *
 * .modinfo is a list of "field=value", NUL-terminated (include/linux/moduleparam.h).  The fields
 * `alias` are left out: there may be thousands, and they say which hardware is driven, not by whose
 * code.
 *
 * A signature stands behind the file (include/linux/module_signature.h, scripts/sign-file.c):
 *
 *     signature | algorithm, 1 | hash, 1 | id type, 1 | signer's length, 1 | key id's length, 1 |
 *     zeros, 3 | length of the signature, 4, big-endian | "~Module signature appended~\n"
 */
#include "format/elf.h"

enum { MODINFO_MOST = 4 << 20, FIELD_MOST = 128, NAME_MOST = 56 };
enum { TRAILER_LEN = 12, ID_PKCS7 = 2 };

static const char *field_name(struct elf *elf, struct span name)
{
    static const char *const known[] = {"author", "description", "license", "version", "name"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (span_equal(name, span_text(known[i])))
            return known[i];
    }
    const char *text = vpi_arena_text(elf->image->arena, name);
    if (!text)
        vpi_image_gap(elf->image, VP_GAP_MEMORY_LIMIT, "module fields");
    return text;
}

/* False: there was a failure to remember more. */
static bool field_add(struct elf *elf, struct span piece, uint64_t off, bool *ret_named)
{
    const uint8_t *equals = memchr(piece.data, '=', piece.len);
    if (!equals)
        return true;
    struct span name = span_first(piece, (uint64_t)(equals - piece.data));
    struct span value = span_from(piece, name.len + 1);
    if (name.len == 0 || name.len > FIELD_MOST || value.len == 0 ||
        span_equal(name, span_text("alias")))
        return true;
    const char *field = field_name(elf, name);
    *ret_named |= span_equal(name, span_text("name"));
    return field && vpi_elf_text(elf, TEXT_MODINFO, field, value, off + name.len + 1);
}

/* Before modules had the field `name`: struct module has it behind its state and its list. */
static void name_read(struct elf *elf)
{
    const struct elf_section *section = vpi_elf_section(elf, ".gnu.linkonce.this_module");
    uint64_t off = elf->wide ? 24 : 12;
    struct span bytes, name;
    if (!section || !vpi_elf_section_get(elf, section, off + NAME_MOST, &bytes))
        return;
    if (vpi_elf_string(bytes, off, &name) && name.len > 0)
        (void)vpi_elf_text(elf, TEXT_MODINFO, "name", name, section->off + off);
}

void vpi_elf_modinfo_read(struct elf *elf)
{
    const struct elf_section *section = vpi_elf_section(elf, ".modinfo");
    struct span bytes, piece;
    bool named = false;
    if (elf->image->role != VP_ROLE_KERNEL_MODULE)
        return;
    if (section && section->len > MODINFO_MOST)
        vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, "module fields");
    if (section && vpi_elf_section_get(elf, section, MODINFO_MOST, &bytes)) {
        const uint8_t *start = bytes.data;
        while (vpi_elf_piece(&bytes, &piece)) {
            if (!field_add(elf, piece, section->off + (uint64_t)(piece.data - start), &named))
                break;
        }
    }
    if (!named)
        name_read(elf);
}

void vpi_elf_trailer_read(struct elf *elf)
{
    static const char mark[] = "~Module signature appended~\n";
    enum { MARK_LEN = sizeof mark - 1, END_LEN = TRAILER_LEN + MARK_LEN };
    uint64_t size = elf->src->size, len;
    struct span end;
    if (size < END_LEN || !vpi_elf_get(elf, size - END_LEN, END_LEN, "the signature", &end) ||
        !span_equal(span_from(end, TRAILER_LEN), span_of(mark, MARK_LEN)) ||
        !span_uint_in(end, 8, 4, true, &len))
        return;
    if (end.data[2] != ID_PKCS7 || len == 0 || len > size - END_LEN) {
        vpi_image_note(elf->image, VP_NOTE_SIGNATURE_UNREADABLE, size - END_LEN,
                       "the signature of a kernel module");
        return;
    }
    struct image_blob *blob = vpi_image_blob(elf->image);
    if (!blob)
        return;
    blob->type = BLOB_SIGNATURE;
    blob->off = size - END_LEN - len;
    blob->len = len;
    elf->image->signing = SIGNING_DETACHED;
    elf->image->signed_ranges[0] = (struct source_range){0, blob->off};
    elf->image->signed_range_count = 1;
    /* Nothing but the signature may stand behind the last section. */
    if (elf->content_end == blob->off)
        elf->content_end = size;
}
