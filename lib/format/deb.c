/* deb.c - Debian packages (deb(5)): an ar archive of few members
 *
 *     "!<arch>\n" { 16: name, 12: time, 6: user, 6: group, 8: mode, 10: length, "`\n", bytes,
 *                   filled up to 2 } ...
 *
 * The members are debian-binary, control.tar and data.tar, compressed in one way or another.  A
 * member `_gpgNAME` is a signature over these three, one after the other (debsigs(1)).  What is
 * inside of them is read in lib/container.
 */
#include "format/format.h"

enum {
    MAGIC_LEN = 8,
    ROW_LEN = 60,
    NAME_LEN = 16,
    MEMBERS_MOST = 64,
    SIGNATURES_MOST = 8,
    SIGNATURE_MOST = 64 << 10,
    OVER_ALL = 7
};

enum part { PART_VERSION, PART_CONTROL, PART_DATA, PARTS };

struct deb {
    struct image *image;
    struct source *src;
    unsigned signatures;
    bool disorder; /* a part stands twice, or before one that it follows */
};

static bool begins(struct span text, const char *with)
{
    struct span first;
    return span_sub(text, 0, strlen(with), &first) && span_equal(first, span_text(with));
}

bool vpi_deb_probe(struct span head)
{
    return head.len >= MAGIC_LEN + ROW_LEN && begins(head, "!<arch>\ndebian-binary");
}

static struct span name_trim(struct span name)
{
    while (name.len && (name.data[name.len - 1] == ' ' || name.data[name.len - 1] == '/'))
        name.len--;
    return name;
}

static bool number_read(struct span text, uint64_t *ret)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    *ret = value;
    return i > 0;
}

static void signature_add(struct deb *deb, uint64_t off, uint64_t len)
{
    if (deb->signatures++ >= SIGNATURES_MOST || len > SIGNATURE_MOST) {
        vpi_image_gap(deb->image, VP_GAP_COUNT_LIMIT, "signatures");
        return;
    }
    struct image_blob *blob = vpi_image_blob(deb->image);
    if (!blob)
        return;
    blob->type = BLOB_OPENPGP;
    blob->off = off;
    blob->len = len;
    blob->id = OVER_ALL;
}

static void member_take(struct deb *deb, struct span name, uint64_t off, uint64_t len)
{
    static const char *const names[PARTS] = {"debian-binary", "control.tar", "data.tar"};
    struct image *image = deb->image;
    if (begins(name, "_gpg"))
        signature_add(deb, off, len);
    for (unsigned part = 0; part < PARTS; part++) {
        if (!begins(name, names[part]))
            continue;
        if (image->signed_range_count != part) {
            deb->disorder = true;
            return;
        }
        image->signed_ranges[part] = (struct source_range){off, len};
        image->signed_range_count++;
    }
}

void vpi_deb_read(struct image *image, struct source *src)
{
    struct deb deb = {.image = image, .src = src};
    uint64_t off = MAGIC_LEN, len;
    image->format = VP_FORMAT_DEB;
    image->has_members = true;
    image->role = VP_ROLE_PACKAGE;
    for (unsigned i = 0; off + ROW_LEN <= src->size; i++) {
        struct span row, name, digits;
        if (i == MEMBERS_MOST) {
            vpi_image_gap(image, VP_GAP_COUNT_LIMIT, "members of the archive");
            break;
        }
        if (!vpi_source_get(src, off, ROW_LEN, &row)) {
            vpi_image_short(image, src, off, "the archive");
            break;
        }
        if (!span_sub(row, 0, NAME_LEN, &name) || !span_sub(row, 48, 10, &digits) ||
            !number_read(digits, &len) || row.data[58] != '`') {
            vpi_image_note(image, VP_NOTE_MALFORMED, off, "a member of the archive");
            break;
        }
        off += ROW_LEN;
        if (len > src->size - off) {
            vpi_image_note(image, VP_NOTE_TRUNCATED, off, "a member of the archive");
            break;
        }
        member_take(&deb, name_trim(name), off, len);
        off += len + (len & 1);
    }
    if (deb.disorder)
        vpi_image_note(image, VP_NOTE_MALFORMED, VP_NONE, "the order of the members");
    if (!deb.disorder && image->signed_range_count == PARTS)
        image->signing = SIGNING_OPENPGP;
}
