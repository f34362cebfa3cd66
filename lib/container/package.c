/* package.c - what is inside of RPM and deb packages
 *
 * lib/format has found where the compressed archive is (signed_ranges): cpio in an RPM, tar in a
 * deb.  Regular files whose first bytes are of a format that lib/format reads are members; a
 * package has thousands of others, and whose they are is what the package itself says.  What is
 * passed over is decoded too, and counted.
 */
#include "container/package.h"

#include <archive.h>
#include <archive_entry.h>

#include "format/format.h"

enum {
    INPUT = 64 << 10,
    HEAD = 512, /* enough for every probe of lib/format */
    ENTRIES_MOST = 1 << 20,
    RATIO_FREE = 16 << 20, /* decoded bytes that any ratio may give */
    RATIO_MOST = 1000
};

struct package {
    struct packed packed;
    enum packed_kind kind;
    uint8_t name[CPIO_NAME_MOST];
    uint64_t most; /* decoded bytes that the compressed ones may give */
    unsigned entries;
    bool over;
};

static bool probe(struct span head)
{
    return vpi_rpm_probe(head) || vpi_deb_probe(head);
}

/* libarchive asks for the next compressed bytes; they live until it asks again. */
static la_ssize_t feed(struct archive *archive, void *context, const void **ret)
{
    struct packed *p = context;
    struct span bytes;
    uint64_t len = INPUT - p->off % INPUT; /* never over a block's edge: no copies */
    (void)archive;
    if (len > p->end - p->off)
        len = p->end - p->off;
    if (!vpi_source_get_some(p->c->src, p->off, len, &bytes)) {
        vpi_image_short(p->c->image, p->c->src, p->off, "the archive in the package");
        return -1;
    }
    p->off += bytes.len;
    *ret = bytes.data;
    return (la_ssize_t)bytes.len;
}

bool vpi_packed_open(struct packed *packed, enum packed_kind kind, struct container *c,
                     const struct source_range *range)
{
    struct archive_entry *entry;
    *packed = (struct packed){.c = c, .off = range->off, .end = range->off + range->len};
    packed->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    packed->archive = archive_read_new();
    if (!packed->archive)
        return false;
    archive_read_support_filter_gzip(packed->archive);
    archive_read_support_filter_xz(packed->archive);
    archive_read_support_filter_zstd(packed->archive);
    archive_read_support_filter_bzip2(packed->archive);
    archive_read_support_filter_lzma(packed->archive);
    if (kind == PACKED_TAR)
        archive_read_support_format_tar(packed->archive);
    else
        archive_read_support_format_raw(packed->archive);
    return archive_read_open(packed->archive, packed, NULL, feed, NULL) == ARCHIVE_OK &&
           (kind == PACKED_TAR || archive_read_next_header(packed->archive, &entry) == ARCHIVE_OK);
}

void vpi_packed_close(struct packed *packed)
{
    archive_read_free(packed->archive); /* NULL is fine */
    packed->archive = NULL;
    if (packed->locale)
        freelocale(packed->locale);
    packed->locale = (locale_t)0;
}

static void say_damaged(struct image *image)
{
    vpi_image_note(image, VP_NOTE_MALFORMED, VP_NONE, "the archive in the package");
    vpi_image_gap(image, VP_GAP_READ_FAILED, "files of the package");
}

static void close_package(struct container *c)
{
    struct package *package = c->state;
    vpi_packed_close(&package->packed);
}

static bool open_package(struct container *c)
{
    const struct image *image = c->image;
    bool deb = image->format == VP_FORMAT_DEB;
    size_t at = deb ? 2 : 1;
    c->format = image->format;
    if (deb && image->signed_range_count > 1)
        vpi_package_control(c, &image->signed_ranges[1]);
    struct package *package = NULL;
    if (image->signed_range_count > at && image->signed_ranges[at].len)
        package = vpi_arena_alloc(c->arena, sizeof *package);
    if (!package)
        return false;
    const struct source_range *range = &image->signed_ranges[at];
    c->state = package;
    package->most = range->len < UINT64_MAX / RATIO_MOST ? range->len * RATIO_MOST : UINT64_MAX;
    if (package->most < RATIO_FREE)
        package->most = RATIO_FREE;
    package->kind = deb ? PACKED_TAR : PACKED_CPIO;
    if (vpi_packed_open(&package->packed, package->kind, c, range))
        return true;
    vpi_image_gap(c->image, VP_GAP_UNSUPPORTED, "files of the package");
    vpi_packed_close(&package->packed);
    return false;
}

/* Takes `len` decoded bytes out of what is allowed; false, and a gap, when it is too much. */
static bool afford(struct container *c, struct package *package, uint64_t len)
{
    if (len > package->most || len > *c->limits.expanded) {
        vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "files of the package: too many bytes");
        return false;
    }
    package->most -= len;
    *c->limits.expanded -= len;
    return true;
}

size_t vpi_packed_read(struct packed *packed, uint8_t *bytes, size_t len, bool *ret_damaged)
{
    size_t got = 0;
    while (got < len) {
        la_ssize_t count = archive_read_data(packed->archive, bytes + got, len - got);
        *ret_damaged = count < 0;
        if (count <= 0)
            break;
        got += (size_t)count;
    }
    packed->left -= got < packed->left ? got : packed->left;
    return got;
}

enum packed_result vpi_packed_tar(struct packed *packed, struct packed_entry *ret)
{
    struct archive_entry *entry;
    int status = archive_read_next_header(packed->archive, &entry);
    if (status == ARCHIVE_EOF)
        return PACKED_END;
    int64_t size = status == ARCHIVE_OK || status == ARCHIVE_WARN ? archive_entry_size(entry) : -1;
    if (size < 0)
        return PACKED_DAMAGED;
    const char *name = archive_entry_pathname(entry);
    if (!name)
        name = archive_entry_pathname_utf8(entry);
    *ret = (struct packed_entry){.name = span_text(name ? name : ""),
                                 .size = (uint64_t)size,
                                 .regular = archive_entry_filetype(entry) == AE_IFREG};
    return PACKED_ENTRY;
}

/* "./usr/bin/a" and "/usr/bin/a" are usr/bin/a. */
static struct span name_of(struct container *c, struct span name)
{
    while (name.len > 1 &&
           (name.data[0] == '/' || (name.data[0] == '.' && name.len > 2 && name.data[1] == '/')))
        name = span_from(name, 1);
    const char *copy = vpi_arena_text(c->arena, name);
    return span_of(copy, copy ? name.len : 0);
}

/* One entry that is worth a member.  False: this one is none. */
static bool member_read(struct container *c, struct arena *arena, const struct packed_entry *entry,
                        struct member *ret)
{
    struct package *package = c->state;
    uint64_t size = entry->size;
    uint8_t head[HEAD];
    bool damaged = false;
    size_t len =
        vpi_packed_read(&package->packed, head, size < HEAD ? (size_t)size : HEAD, &damaged);
    if (!damaged && !vpi_format_probe(span_of(head, len)))
        return false;
    if (size > c->limits.member_memory) {
        vpi_image_gap(c->image, VP_GAP_MEMBER_TOO_LARGE, "a file of the package");
        return false;
    }
    uint8_t *bytes = damaged ? NULL : vpi_arena_bytes(arena, (size_t)size);
    if (bytes) {
        memcpy(bytes, head, len);
        len += vpi_packed_read(&package->packed, bytes + len, (size_t)size - len, &damaged);
    } else if (!damaged) {
        vpi_image_gap(c->image, VP_GAP_MEMORY_LIMIT, "a file of the package");
        return false;
    }
    if (damaged) {
        say_damaged(c->image);
        package->over = true;
        return false;
    }
    *ret = (struct member){.name = name_of(c, entry->name), .off = VP_NONE};
    vpi_source_init_memory(&ret->src, span_of(bytes, len), arena);
    return true;
}

/* The next regular file with bytes that are there.  False: there are no more, or it is enough. */
static bool entry_next(struct container *c, struct packed_entry *ret)
{
    struct package *package = c->state;
    for (;;) {
        enum packed_result result = package->kind == PACKED_TAR
                                        ? vpi_packed_tar(&package->packed, ret)
                                        : vpi_packed_cpio(&package->packed, package->name, ret);
        if (result == PACKED_DAMAGED)
            say_damaged(c->image);
        if (result == PACKED_OTHER)
            vpi_image_gap(c->image, VP_GAP_UNSUPPORTED, "files of the package");
        if (result != PACKED_ENTRY)
            return false;
        if (package->entries++ == ENTRIES_MOST) {
            vpi_image_gap(c->image, VP_GAP_COUNT_LIMIT, "files of the package");
            return false;
        }
        if (!afford(c, package, ret->size))
            return false;
        if (ret->regular && ret->size > 0)
            return true;
    }
}

static bool next(struct container *c, struct arena *arena, struct member *ret)
{
    struct package *package = c->state;
    struct packed_entry entry;
    if (package->over)
        return false;
    locale_t before = package->packed.locale ? uselocale(package->packed.locale) : (locale_t)0;
    bool found = false;
    while (!found && !package->over) {
        if (entry_next(c, &entry))
            found = member_read(c, arena, &entry, ret);
        else
            package->over = true;
    }
    if (before)
        uselocale(before);
    return found;
}

const struct container_reader vpi_container_package = {probe, open_package, next, close_package};
