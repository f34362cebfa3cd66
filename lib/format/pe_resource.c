/* pe_resource.c - the resource tree: type, name, language, and then the data's place
 *
 * Three levels of directories, walked with one frame a level.  Every entry of every directory costs
 * one of ENTRIES_MOST, whichever way it was reached, so directories that point at each other or are
 * shared end like any other long tree.
 */
#include "format/pe.h"
#include "base/utf16.h"

enum {
    LEVELS = 3,
    DIRECTORY_LEN = 16,
    ENTRY_LEN = 8,
    DATA_LEN = 16,
    ENTRIES_MOST = 32768,
    ENTRIES_OF_ONE_MOST = 4096,
    NAME_MOST = 256, /* characters of a type's or a resource's name */
    VERSION_MOST = 128 << 10,
    VERSIONS_MOST = 64,
    MANIFEST_MOST = 1 << 20,
    MANIFESTS_MOST = 16
};

enum { TYPE_ICON = 3, TYPE_RCDATA = 10, TYPE_VERSION = 16, TYPE_MANIFEST = 24 };

/* What the entries on the way down say. */
struct label {
    uint32_t id;
    struct span name; /* UTF-8; then id is 0 */
};

struct frame {
    uint64_t next; /* address of the next entry */
    uint32_t left;
    struct label label; /* of the entry that was taken last */
};

struct resource_walk {
    struct pe *pe;
    uint64_t base; /* address of the root */
    unsigned entries;
    unsigned versions, manifests;
    struct frame frames[LEVELS];
    unsigned depth;
};

static void directory_enter(struct resource_walk *walk, uint64_t address)
{
    struct span bytes;
    if (!vpi_pe_get(walk->pe, address, DIRECTORY_LEN, &bytes)) {
        vpi_image_note(walk->pe->image, VP_NOTE_TRUNCATED, VP_NONE, "a resource directory");
        return;
    }
    struct reader r = reader_at(bytes, 12);
    uint32_t count = reader_u16(&r);
    count += reader_u16(&r);
    if (count > ENTRIES_OF_ONE_MOST) {
        vpi_image_gap(walk->pe->image, VP_GAP_COUNT_LIMIT, "resources");
        count = ENTRIES_OF_ONE_MOST;
    }
    struct frame *frame = &walk->frames[walk->depth++];
    memset(frame, 0, sizeof *frame);
    frame->next = address + DIRECTORY_LEN;
    frame->left = count;
}

/* A name is a counted UTF-16 string somewhere behind the directories. */
static struct label label_read(struct resource_walk *walk, uint32_t word)
{
    struct label label = {.id = word};
    struct span bytes;
    uint64_t count;
    if (!(word & 0x80000000u))
        return label;
    label.id = 0;
    uint64_t address = walk->base + (word & 0x7fffffff);
    if (!vpi_pe_get(walk->pe, address, 2, &bytes) || !span_uint(bytes, 0, 2, &count))
        return label;
    if (count > NAME_MOST)
        count = NAME_MOST;
    if (vpi_pe_get_some(walk->pe, address + 2, count * 2, &bytes) &&
        !vpi_utf16_to_utf8(walk->pe->image->arena, bytes, &label.name))
        vpi_image_gap(walk->pe->image, VP_GAP_MEMORY_LIMIT, "a resource's name");
    return label;
}

/* Inno Setup keeps its offset table as RCDATA 11111, and no other tool does. */
static bool is_inno_setup(struct resource_walk *walk, const struct image_blob *blob)
{
    static const uint8_t sign[] = {'r', 'D', 'l', 'P', 't', 'S'};
    struct span bytes;
    return blob->kind == TYPE_RCDATA && blob->id == 11111 && blob->off != VP_NONE &&
           vpi_pe_file_some(walk->pe, blob->off, sizeof sign, &bytes) &&
           span_equal(bytes, span_of(sign, sizeof sign));
}

/* Versions and manifests are read here; of the rest only the place is kept. */
static void content_read(struct resource_walk *walk, struct image_blob *blob)
{
    struct pe *pe = walk->pe;
    struct span bytes;
    if (blob->kind == TYPE_VERSION) {
        uint64_t len = blob->len < VERSION_MOST ? blob->len : VERSION_MOST;
        if (walk->versions++ == VERSIONS_MOST)
            vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "version resources");
        if (walk->versions <= VERSIONS_MOST && vpi_pe_file_some(pe, blob->off, len, &bytes))
            vpi_pe_version_read(pe, bytes, blob->off);
    } else if (blob->kind == TYPE_MANIFEST) {
        uint64_t len = blob->len < MANIFEST_MOST ? blob->len : MANIFEST_MOST;
        blob->type = BLOB_MANIFEST;
        if (walk->manifests++ == MANIFESTS_MOST)
            vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "manifests");
        if (walk->manifests <= MANIFESTS_MOST && vpi_pe_file_some(pe, blob->off, len, &bytes))
            blob->bytes = bytes;
    } else if (blob->kind == TYPE_ICON) {
        blob->type = BLOB_ICON;
    } else if (pe->image->role == VP_ROLE_PROGRAM && is_inno_setup(walk, blob)) {
        pe->image->role = VP_ROLE_INSTALLER;
    }
}

static void data_add(struct resource_walk *walk, uint64_t address)
{
    struct pe *pe = walk->pe;
    struct span bytes;
    uint64_t off, available;
    if (!vpi_pe_get(pe, address, DATA_LEN, &bytes)) {
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, VP_NONE, "a resource's entry");
        return;
    }
    struct image_blob *blob = vpi_image_blob(pe->image);
    if (!blob)
        return;
    struct reader r = reader_at(bytes, 0);
    uint32_t data = reader_u32(&r);
    blob->type = BLOB_RESOURCE;
    blob->len = reader_u32(&r);
    blob->kind = walk->frames[0].label.id;
    blob->kind_name = walk->frames[0].label.name;
    if (walk->depth > 1) {
        blob->id = walk->frames[1].label.id;
        blob->name = walk->frames[1].label.name;
    }
    if (walk->depth > 2)
        blob->language = (uint16_t)walk->frames[2].label.id;
    blob->off = VP_NONE;
    if (vpi_pe_locate(pe, data, &off, &available) && off < pe->src->size &&
        available <= pe->src->size - off && blob->len <= available) {
        blob->off = off;
        content_read(walk, blob);
    } else if (blob->len) {
        vpi_image_note(pe->image, VP_NOTE_TRUNCATED, VP_NONE, "a resource's data");
    }
}

/* Takes the next entry of the innermost directory. */
static void entry_read(struct resource_walk *walk)
{
    struct frame *frame = &walk->frames[walk->depth - 1];
    struct span bytes;
    uint64_t address = frame->next;
    frame->next += ENTRY_LEN;
    frame->left--;
    if (!vpi_pe_get(walk->pe, address, ENTRY_LEN, &bytes)) {
        vpi_image_note(walk->pe->image, VP_NOTE_TRUNCATED, VP_NONE, "a resource directory");
        frame->left = 0;
        return;
    }
    struct reader r = reader_at(bytes, 0);
    frame->label = label_read(walk, reader_u32(&r));
    uint32_t target = reader_u32(&r);
    if (!(target & 0x80000000u))
        data_add(walk, walk->base + target);
    else if (walk->depth < LEVELS)
        directory_enter(walk, walk->base + (target & 0x7fffffff));
    else
        vpi_image_note(walk->pe->image, VP_NOTE_MALFORMED, VP_NONE, "resources four levels deep");
}

void vpi_pe_resource_read(struct pe *pe)
{
    struct resource_walk walk = {.pe = pe};
    struct pe_directory directory;
    if (!vpi_pe_directory(pe, PE_RESOURCE, &directory))
        return;
    walk.base = directory.address;
    directory_enter(&walk, walk.base);
    while (walk.depth && !pe->stopped && pe->image->blob_count < IMAGE_BLOBS_MOST) {
        if (walk.frames[walk.depth - 1].left == 0) {
            walk.depth--;
            continue;
        }
        if (walk.entries++ == ENTRIES_MOST) {
            vpi_image_gap(pe->image, VP_GAP_COUNT_LIMIT, "resources");
            return;
        }
        entry_read(&walk);
    }
}
