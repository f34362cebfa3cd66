/* msi.c - Windows Installer packages, patches, transforms and merge modules: compound files
 *
 * Which of them a compound file is, its root storage's class says.  A signature is over the streams
 * in the order of their names and the class of each storage behind its streams, so over what they
 * hold.  Over their names, lengths and times only if there is a stream MsiDigitalSignatureEx: it
 * holds the digest of these, which then comes before the streams.  Microsoft has not published
 * this; it is so in libmsi and osslsigncode (msi.c), and real packages agree.
 */
#include "format/msi.h"

#include "format/format.h"

enum { SIGNATURE_MOST = 8 << 20, SUMMARY_MOST = 1 << 20, EXTRA_MOST = 64 };

static const char base64[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";

/* Two characters of 64 in one of UTF-16 from U+3800, one from U+4800; U+4840 marks a table. */
void vpi_msi_name(struct span utf16, char *ret)
{
    size_t used = 0;
    uint64_t unit;
    for (size_t at = 0; span_uint(utf16, at, 2, &unit); at += 2) {
        char first = (char)unit, second = 0;
        if (unit >= 0x3800 && unit < 0x4800) {
            first = base64[unit & 0x3f];
            second = base64[(unit - 0x3800) >> 6];
        } else if (unit >= 0x4800 && unit < 0x4840) {
            first = base64[unit - 0x4800];
        } else if (unit == 0x4840) {
            first = '!';
        } else if (unit == 0 || unit >= 0x80) {
            used = 0;
            break;
        }
        if (used + 2 >= MSI_NAME_MOST) {
            used = 0;
            break;
        }
        ret[used++] = first;
        if (second)
            ret[used++] = second;
    }
    ret[used] = 0;
}

const struct compound_entry *vpi_msi_stream(struct compound *c, const char *name)
{
    char own[MSI_NAME_MOST];
    const struct compound_entry **children;
    size_t count;
    bool *seen = vpi_arena_array(c->image->arena, c->entry_count, sizeof *seen);
    if (!seen || !vpi_compound_children(c, &c->entries[0], seen, &children, &count))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        vpi_msi_name(children[i]->name, own);
        if (children[i]->type == COMPOUND_STREAM && strcmp(own, name) == 0)
            return children[i];
    }
    return NULL;
}

/* ---- what a signature is over */

struct covered {
    struct compound *c;
    struct compound_pieces pieces;
    uint64_t left; /* streams share no bytes, so all of them are no longer than the file */
    uint8_t *extra;
    size_t extra_len;
};

static void extra_add(struct covered *covered, const struct compound_entry *entry, size_t off,
                      size_t len)
{
    memcpy(covered->extra + covered->extra_len, entry->row.data + off, len);
    covered->extra_len += len;
}

/* Name, class or length, state bits, times. */
static void extra_entry(struct covered *covered, const struct compound_entry *entry)
{
    bool root = entry->type == COMPOUND_ROOT;
    if (!root)
        extra_add(covered, entry, 0, entry->name.len);
    if (entry->type == COMPOUND_STREAM)
        extra_add(covered, entry, 120, 4);
    else
        extra_add(covered, entry, 80, 16);
    extra_add(covered, entry, 96, root ? 4 : 4 + 16);
}

static bool is_signature(const struct compound_entry *entry, unsigned depth)
{
    char name[MSI_NAME_MOST];
    vpi_msi_name(entry->name, name);
    return depth == 1 && (strcmp(name, "\005DigitalSignature") == 0 ||
                          strcmp(name, "\005MsiDigitalSignatureEx") == 0);
}

static bool cover(void *context, const struct compound_entry *entry, unsigned depth, bool leaving)
{
    struct covered *covered = context;
    if (leaving) {
        /* The class of the storage, behind what it holds. */
        return vpi_compound_piece_add(covered->c, &covered->pieces, entry->off + 80, 16);
    }
    if (is_signature(entry, depth))
        return true;
    if (entry->type != COMPOUND_STREAM && entry->type != COMPOUND_STORAGE)
        return true;
    extra_entry(covered, entry);
    if (entry->type == COMPOUND_STORAGE || entry->len == 0)
        return true;
    if (entry->len > covered->left)
        return false;
    covered->left -= entry->len;
    return vpi_compound_pieces(covered->c, entry, &covered->pieces);
}

static void signed_content_read(struct compound *c)
{
    enum { EXTRA_ENTRY = 64 + 16 + 4 + 16 };
    struct image *image = c->image;
    struct covered covered = {.c = c, .left = c->src->size};
    struct image_scattered *scattered = vpi_arena_alloc(image->arena, sizeof *scattered);
    covered.extra = vpi_arena_array(image->arena, c->entry_count, EXTRA_ENTRY);
    if (!scattered || !covered.extra) {
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "what a signature covers");
        return;
    }
    extra_entry(&covered, &c->entries[0]);
    if (!vpi_compound_walk(c, cover, &covered)) {
        if (image->arena->failed)
            vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "what a signature covers");
        else
            vpi_image_note(image, VP_NOTE_MALFORMED, VP_NONE, "the tree of streams");
        return;
    }
    scattered->ranges = covered.pieces.ranges;
    scattered->count = covered.pieces.count;
    scattered->extra_message = span_of(covered.extra, covered.extra_len);
    image->scattered = scattered;
}

static void signature_read(struct compound *c)
{
    struct image *image = c->image;
    const struct compound_entry *entry = vpi_msi_stream(c, "\005DigitalSignature");
    const struct compound_entry *extra = vpi_msi_stream(c, "\005MsiDigitalSignatureEx");
    struct span bytes;
    if (!entry || !vpi_compound_bytes(c, entry, SIGNATURE_MOST, &bytes))
        return;
    struct image_blob *blob = vpi_image_blob(image);
    if (!blob)
        return;
    *blob = (struct image_blob){
        .type = BLOB_SIGNATURE, .off = VP_NONE, .len = bytes.len, .bytes = bytes};
    image->signing = SIGNING_AUTHENTICODE;
    if (!extra)
        vpi_image_note(image, VP_NOTE_SIGNATURE_PARTIAL, VP_NONE,
                       "names, lengths and times of the streams are in no digest "
                       "(MsiDigitalSignatureEx)");
    else if (image->scattered && vpi_compound_bytes(c, extra, EXTRA_MOST, &image->scattered->extra))
        image->scattered->has_extra = true;
    else
        image->scattered = NULL; /* without it nothing can be compared */
}

/* Behind the last sector that the FAT knows: appended, and in no digest. */
static void overlay_note(struct compound *c)
{
    size_t used = c->fat_count;
    while (used > 0 && c->fat[used - 1] == COMPOUND_NOBODY)
        used--;
    uint64_t end = ((uint64_t)used + 1) << c->sector_shift;
    if (used == 0 || end >= c->src->size)
        return;
    vpi_image_note(c->image, VP_NOTE_OVERLAY, end, "bytes behind the last sector in use");
    if (c->image->signing != SIGNING_NONE)
        vpi_image_note(c->image, VP_NOTE_SIGNATURE_PARTIAL, end,
                       "bytes behind the last sector are in no digest");
}

static void package_read(struct compound *c)
{
    struct span summary;
    if (!vpi_compound_load(c))
        return;
    signed_content_read(c);
    signature_read(c);
    overlay_note(c);
    const struct compound_entry *entry = vpi_msi_stream(c, "\005SummaryInformation");
    if (entry && vpi_compound_bytes(c, entry, SUMMARY_MOST, &summary))
        vpi_summary_read(c->image, summary);
    vpi_msi_properties(c);
}

void vpi_compound_read(struct image *image, struct source *src)
{
    /* {000C1084-0000-0000-C000-000000000046} is a package, 1082 a transform, 1086 a patch. */
    static const uint8_t rest[14] = {0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
    struct compound c;
    uint8_t class[16];
    if (!vpi_compound_open(&c, image, src, class)) {
        struct span head;
        if (vpi_source_get_some(src, 0, SOURCE_HEAD, &head) && vpi_compound_probe(head)) {
            image->format = VP_FORMAT_COMPOUND;
            vpi_image_note(image, VP_NOTE_MALFORMED, 48, "no root storage");
        }
        return;
    }
    image->format = VP_FORMAT_COMPOUND;
    bool installer = memcmp(class + 2, rest, sizeof rest) == 0 && class[1] == 0x10 &&
                     (class[0] == 0x82 || class[0] == 0x84 || class[0] == 0x86);
    if (!installer)
        return;
    image->format = VP_FORMAT_MSI;
    image->role = VP_ROLE_INSTALLER;
    package_read(&c);
    if (image->arena->failed)
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "the installer");
}
