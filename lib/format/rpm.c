/* rpm.c - RPM packages (rpm.org: "RPM V4 Package format"; rpm's lib/rpmtag.h)
 *
 *     lead, 96 | signature header, filled up to 8 | header | payload
 *     header: 8e ad e8 01, 4: 0, 4: count, 4: length of the store
 *             { 4: tag, 4: type, 4: offset in the store, 4: count } ... store
 *
 * All big-endian.  The signature header says nothing that is signed: what it has is the signatures,
 * over the header or over header and payload.  The header has a digest of the payload.
 */
#include "base/base64.h"
#include "format/format.h"

enum {
    LEAD_LEN = 96,
    HEADER_LEN = 16,
    ROW_LEN = 16,
    ROWS_MOST = 65535, /* rpm's own limit, as the next one */
    STORE_MOST = 256 << 20,
    READ_MOST = 8 << 20, /* of a header: the list of files may be long, and comes last */
    TEXT_MOST = 4096,
    SIGNATURES_MOST = 8,
    SIGNATURE_MOST = 64 << 10
};

enum type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_BIN = 7, TYPE_ARRAY = 8, TYPE_I18N = 9 };

enum tag {
    SIGTAG_DSA = 267, /* over the header */
    SIGTAG_RSA = 268,
    SIGTAG_OPENPGP = 278, /* the same in base64, several */
    SIGTAG_PGP = 1002,    /* over header and payload */
    SIGTAG_GPG = 1005,
    TAG_NAME = 1000,
    TAG_VERSION = 1001,
    TAG_RELEASE = 1002,
    TAG_EPOCH = 1003,
    TAG_PAYLOAD_DIGEST = 5092,
    TAG_PAYLOAD_DIGEST_ALGORITHM = 5093
};

enum { OVER_HEADER = 1, OVER_PAYLOAD = 2 };

static const uint8_t lead_magic[] = {0xed, 0xab, 0xee, 0xdb};
static const uint8_t header_magic[] = {0x8e, 0xad, 0xe8, 1};

struct header {
    uint64_t off, len;  /* of all of it */
    uint64_t store_off; /* in the file */
    struct span rows, store;
};

struct rpm {
    struct image *image;
    struct source *src;
    struct span version, release;
    bool has_epoch;
    uint32_t epoch;
    unsigned signatures;
    uint32_t payload_algorithm; /* a number of RFC 9580, 9.5 */
    struct span payload_digest; /* hexadecimal */
};

bool vpi_rpm_probe(struct span head)
{
    struct span first;
    return head.len > LEAD_LEN && span_sub(head, 0, sizeof lead_magic, &first) &&
           span_equal(first, span_of(lead_magic, sizeof lead_magic)) &&
           span_sub(head, LEAD_LEN, sizeof header_magic, &first) &&
           span_equal(first, span_of(header_magic, sizeof header_magic));
}

/* False: no header, or one that reaches beyond the file; said. */
static bool header_read(struct rpm *rpm, uint64_t off, struct header *ret)
{
    struct span bytes;
    if (!vpi_source_get(rpm->src, off, HEADER_LEN, &bytes)) {
        vpi_image_short(rpm->image, rpm->src, off, "a header");
        return false;
    }
    struct reader r = reader_at(bytes, 0);
    r.big = true;
    struct span magic = reader_span(&r, sizeof header_magic);
    reader_skip(&r, 4);
    uint64_t count = reader_u32(&r), store = reader_u32(&r);
    if (!span_equal(magic, span_of(header_magic, sizeof header_magic)) || count > ROWS_MOST ||
        store > STORE_MOST) {
        vpi_image_note(rpm->image, VP_NOTE_MALFORMED, off, "a header");
        return false;
    }
    uint64_t rows = count * ROW_LEN, all = HEADER_LEN + rows + store;
    if (off + all > rpm->src->size) {
        vpi_image_note(rpm->image, VP_NOTE_TRUNCATED, off, "a header");
        return false;
    }
    uint64_t len = all;
    if (len > READ_MOST) {
        vpi_image_gap(rpm->image, VP_GAP_COUNT_LIMIT, "the end of a header");
        len = READ_MOST;
    }
    if (!vpi_source_get(rpm->src, off, len, &bytes)) {
        vpi_image_short(rpm->image, rpm->src, off, "a header");
        return false;
    }
    *ret = (struct header){.off = off,
                           .len = all,
                           .store_off = off + HEADER_LEN + rows,
                           .rows = span_first(span_from(bytes, HEADER_LEN), rows),
                           .store = span_from(bytes, HEADER_LEN + rows)};
    return true;
}

struct row {
    uint32_t tag, type, off, count;
};

static bool row_at(const struct header *header, size_t index, struct row *ret)
{
    struct span bytes;
    if (!span_sub(header->rows, (uint64_t)index * ROW_LEN, ROW_LEN, &bytes))
        return false;
    struct reader r = reader_at(bytes, 0);
    r.big = true;
    ret->tag = reader_u32(&r);
    ret->type = reader_u32(&r);
    ret->off = reader_u32(&r);
    ret->count = reader_u32(&r);
    return true;
}

/* The text at the begin of `rest`, which then begins behind it. */
static bool text_next(struct span *rest, struct span *ret)
{
    const uint8_t *end = rest->len ? memchr(rest->data, 0, rest->len) : NULL;
    if (!end)
        return false;
    *ret = span_first(*rest, (uint64_t)(end - rest->data));
    *rest = span_from(*rest, ret->len + 1);
    return true;
}

static bool text_of(const struct header *header, const struct row *row, struct span *ret)
{
    struct span rest = span_from(header->store, row->off);
    return (row->type == TYPE_STRING || row->type == TYPE_ARRAY || row->type == TYPE_I18N) &&
           text_next(&rest, ret);
}

static void text_add(struct rpm *rpm, const char *field, struct span utf8, uint64_t off)
{
    utf8 = span_first(utf8, TEXT_MOST);
    struct image_text *text = utf8.len ? vpi_image_text(rpm->image) : NULL;
    if (text)
        *text = (struct image_text){
            .group = TEXT_PACKAGE, .field = field, .utf8 = utf8, .off = off, .len = utf8.len};
}

/* ---- signatures */

static void blob_add(struct rpm *rpm, unsigned over, uint64_t off, struct span bytes)
{
    if (rpm->signatures++ >= SIGNATURES_MOST) {
        vpi_image_gap(rpm->image, VP_GAP_COUNT_LIMIT, "signatures");
        return;
    }
    struct image_blob *blob = vpi_image_blob(rpm->image);
    if (!blob)
        return;
    blob->type = BLOB_OPENPGP;
    blob->off = off;
    blob->len = bytes.len;
    blob->bytes = bytes;
    blob->id = over;
}

static void base64_signatures(struct rpm *rpm, const struct header *header, const struct row *row)
{
    struct span rest = span_from(header->store, row->off), text;
    for (uint32_t i = 0; i < row->count && i <= SIGNATURES_MOST && text_next(&rest, &text); i++) {
        size_t len, most = text.len / 4 * 3 + 3;
        uint8_t *bytes =
            text.len <= SIGNATURE_MOST ? vpi_arena_bytes(rpm->image->arena, most) : NULL;
        if (bytes && vpi_base64_decode(text, bytes, &len))
            blob_add(rpm, OVER_HEADER, VP_NONE, span_of(bytes, len));
        else
            vpi_image_note(rpm->image, VP_NOTE_SIGNATURE_UNREADABLE, header->store_off + row->off,
                           "a signature of the package");
    }
}

static void signatures_read(struct rpm *rpm, const struct header *header)
{
    struct row row;
    for (size_t i = 0; row_at(header, i, &row); i++) {
        bool narrow = row.tag == SIGTAG_DSA || row.tag == SIGTAG_RSA;
        bool wide = row.tag == SIGTAG_PGP || row.tag == SIGTAG_GPG;
        struct span bytes;
        if (row.tag == SIGTAG_OPENPGP && row.type == TYPE_ARRAY)
            base64_signatures(rpm, header, &row);
        if ((!narrow && !wide) || row.type != TYPE_BIN)
            continue;
        if (row.count > SIGNATURE_MOST || !span_sub(header->store, row.off, row.count, &bytes))
            vpi_image_note(rpm->image, VP_NOTE_SIGNATURE_UNREADABLE, header->off,
                           "a signature of the package");
        else
            blob_add(rpm, narrow ? OVER_HEADER : OVER_HEADER | OVER_PAYLOAD,
                     header->store_off + row.off, bytes);
    }
}

/* ---- the header */

static const struct {
    uint32_t tag;
    const char *field;
} texts[] = {{TAG_NAME, "name"},     {1004, "summary"},   {1007, "buildhost"},
             {1010, "Distribution"}, {1011, "vendor"},    {1014, "License"},
             {1015, "maintainer"},   {1016, "Group"},     {1020, "url"},
             {1022, "Architecture"}, {1044, "Source RPM"}};

static void row_read(struct rpm *rpm, const struct header *header, const struct row *row)
{
    struct span text;
    uint64_t value;
    if (row->type == TYPE_INT32 && row->count &&
        span_uint_in(header->store, row->off, 4, true, &value)) {
        if (row->tag == TAG_EPOCH) {
            rpm->has_epoch = true;
            rpm->epoch = (uint32_t)value;
        } else if (row->tag == TAG_PAYLOAD_DIGEST_ALGORITHM) {
            rpm->payload_algorithm = (uint32_t)value;
        }
        return;
    }
    if (!text_of(header, row, &text))
        return;
    if (row->tag == TAG_VERSION)
        rpm->version = text;
    else if (row->tag == TAG_RELEASE)
        rpm->release = text;
    else if (row->tag == TAG_PAYLOAD_DIGEST)
        rpm->payload_digest = text;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].tag == row->tag)
            text_add(rpm, texts[i].field, text, header->store_off + row->off);
    }
}

/* [epoch:]version-release */
static void version_add(struct rpm *rpm)
{
    struct span version = span_first(rpm->version, TEXT_MOST);
    struct span release = span_first(rpm->release, TEXT_MOST);
    if (version.len == 0)
        return;
    const char *epoch = "";
    if (rpm->has_epoch)
        epoch = vpi_arena_printf(rpm->image->arena, "%u:", (unsigned)rpm->epoch);
    if (!epoch)
        return;
    char *text = vpi_arena_printf(rpm->image->arena, "%s%.*s%s%.*s", epoch, (int)version.len,
                                  (const char *)version.data, release.len ? "-" : "",
                                  (int)release.len, (const char *)release.data);
    if (text)
        text_add(rpm, "version", span_text(text), VP_NONE);
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What the header says of the payload, for who verifies the header. */
static void payload_digest_add(struct rpm *rpm)
{
    struct span text = rpm->payload_digest;
    uint8_t *bytes = vpi_arena_bytes(rpm->image->arena, 64);
    struct image_blob *blob = bytes && text.len ? vpi_image_blob(rpm->image) : NULL;
    if (!blob)
        return;
    blob->type = BLOB_DIGEST;
    blob->off = VP_NONE;
    blob->id = OVER_PAYLOAD;
    blob->kind = rpm->payload_algorithm;
    for (size_t i = 0; i + 1 < text.len && i / 2 < 64; i += 2) {
        int high = digit(text.data[i]), low = digit(text.data[i + 1]);
        if (high < 0 || low < 0)
            break;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
        blob->bytes = span_of(bytes, i / 2 + 1);
    }
    blob->len = blob->bytes.len;
}

void vpi_rpm_read(struct image *image, struct source *src)
{
    struct rpm rpm = {.image = image, .src = src};
    struct header signature, header;
    struct row row;
    image->format = VP_FORMAT_RPM;
    image->has_members = true;
    image->role = VP_ROLE_PACKAGE;
    if (!header_read(&rpm, LEAD_LEN, &signature))
        return;
    signatures_read(&rpm, &signature);
    uint64_t off = signature.off + ((signature.len + 7) & ~UINT64_C(7));
    if (!header_read(&rpm, off, &header))
        return;
    for (size_t i = 0; row_at(&header, i, &row); i++)
        row_read(&rpm, &header, &row);
    version_add(&rpm);
    payload_digest_add(&rpm);
    image->signing = SIGNING_OPENPGP;
    image->signed_ranges[0] = (struct source_range){off, header.len};
    image->signed_ranges[1] = (struct source_range){off + header.len, src->size - off - header.len};
    image->signed_range_count = 2;
}
