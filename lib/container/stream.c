/* stream.c - one compressed stream: gzip (RFC 1952), xz, Zstandard (RFC 8878)
 *
 * Kernel modules are shipped so.  A stream is opened only when its first bytes are of a format that
 * lib/format reads: most compressed files of a system are manuals.  Decoded by libarchive's filters
 * with its raw format, whole, into memory: readers seek.
 */
#include "container/container.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/inflate.h"
#include "format/format.h"

enum {
    INPUT = 64 << 10,
    FIRST = 512,           /* decoded bytes that tell what isn't for us */
    RATIO_FREE = 16 << 20, /* decoded bytes that any ratio may give */
    RATIO_MOST = 1000
};

static const struct {
    enum vp_format format;
    uint8_t len;
    uint8_t magic[6];
    const char *suffix;
} streams[] = {
    {VP_FORMAT_GZIP, 3, {0x1f, 0x8b, 8}, ".gz"},
    {VP_FORMAT_XZ, 6, {0xfd, '7', 'z', 'X', 'Z', 0}, ".xz"},
    {VP_FORMAT_ZSTD, 4, {0x28, 0xb5, 0x2f, 0xfd}, ".zst"},
};

enum { STREAMS = sizeof streams / sizeof *streams };

struct stream {
    struct container *c;
    struct archive *archive;
    uint64_t off; /* of the next compressed bytes */
    uint8_t head[SOURCE_HEAD];
    size_t head_len;
    bool damaged;
    const char *suffix; /* that the stream's name has beyond its content's */
};

static int which(struct span head)
{
    for (int i = 0; i < STREAMS; i++) {
        struct span first;
        if (span_sub(head, 0, streams[i].len, &first) &&
            span_equal(first, span_of(streams[i].magic, streams[i].len)))
            return i;
    }
    return -1;
}

static bool probe(struct span head)
{
    return which(head) >= 0;
}

/* libarchive asks for the next compressed bytes; they live until it asks again. */
static la_ssize_t feed(struct archive *archive, void *context, const void **ret)
{
    struct stream *s = context;
    struct span bytes;
    uint64_t len = INPUT - s->off % INPUT; /* never over a block's edge: no copies */
    (void)archive;
    if (!vpi_source_get_some(s->c->src, s->off, len, &bytes)) {
        vpi_image_short(s->c->image, s->c->src, s->off, "compressed stream");
        return -1;
    }
    s->off += bytes.len;
    *ret = bytes.data;
    return (la_ssize_t)bytes.len;
}

/* Decodes up to `len` bytes; fewer only at the end, or where the stream is damaged. */
static size_t decode(struct stream *s, uint8_t *bytes, size_t len)
{
    size_t got = 0;
    while (got < len && !s->damaged) {
        la_ssize_t count = archive_read_data(s->archive, bytes + got, len - got);
        if (count == 0)
            break;
        s->damaged = count < 0;
        got += count > 0 ? (size_t)count : 0;
    }
    return got;
}

/* Decodes the first bytes.  False: the stream is damaged there. */
static bool start(struct stream *s)
{
    struct archive_entry *entry;
    s->archive = archive_read_new();
    if (!s->archive)
        return false;
    archive_read_support_filter_gzip(s->archive);
    archive_read_support_filter_xz(s->archive);
    archive_read_support_filter_zstd(s->archive);
    archive_read_support_format_raw(s->archive);
    archive_read_support_format_empty(s->archive); /* raw refuses a stream of nothing */
    if (archive_read_open(s->archive, s, NULL, feed, NULL) != ARCHIVE_OK)
        return false;
    int status = archive_read_next_header(s->archive, &entry);
    if (status == ARCHIVE_OK)
        s->head_len = decode(s, s->head, sizeof s->head);
    return !s->damaged && (status == ARCHIVE_OK || status == ARCHIVE_EOF); /* EOF: of nothing */
}

static void close_stream(struct container *c)
{
    struct stream *s = c->state;
    archive_read_free(s->archive); /* NULL is fine */
    s->archive = NULL;
}

static void say_damaged(struct image *image)
{
    vpi_image_note(image, VP_NOTE_MALFORMED, VP_NONE, "the compressed stream is damaged");
    vpi_image_gap(image, VP_GAP_READ_FAILED, "what the damaged stream holds");
}

/* Whether the stream surely begins with nothing that we read.  One file of seven on a Linux system
 * is a compressed manual, and libarchive decodes 64 KiB before it gives the first byte: more than
 * all else that is done for such a file. */
static bool is_other(struct container *c, struct span head, enum vp_format format)
{
    uint8_t first[FIRST];
    size_t len;
    if (format != VP_FORMAT_GZIP || !vpi_inflate(c->arena, INFLATE_GZIP, head, first, 1, &len))
        return false;
    if (len == 1 && !vpi_format_may_begin(first[0]))
        return true;
    return vpi_inflate(c->arena, INFLATE_GZIP, head, first, sizeof first, &len) &&
           !vpi_format_probe(span_of(first, len));
}

static bool open_stream(struct container *c)
{
    struct span head;
    if (!vpi_source_get_some(c->src, 0, SOURCE_HEAD, &head))
        return false;
    int index = which(head);
    if (index < 0 || is_other(c, head, streams[index].format))
        return false;
    struct stream *s = vpi_arena_alloc(c->arena, sizeof *s);
    if (!s)
        return false;
    s->c = c;
    c->state = s;
    c->format = streams[index].format;
    s->suffix = streams[index].suffix;
    s->damaged = !start(s);
    if (vpi_format_probe(span_of(s->head, s->head_len)))
        return true;
    close_stream(c);
    if (s->damaged)
        say_damaged(c->image); /* it might have held anything */
    return s->damaged;
}

/* How much of the stream may be decoded. */
static uint64_t decoded_most(const struct container *c)
{
    uint64_t most = c->src->size < UINT64_MAX / RATIO_MOST ? c->src->size * RATIO_MOST : UINT64_MAX;
    if (most < RATIO_FREE)
        most = RATIO_FREE;
    if (most > c->limits.member_memory)
        most = c->limits.member_memory;
    return most < *c->limits.expanded ? most : *c->limits.expanded;
}

/* All of the stream in growing memory.  False: a gap says why. */
static bool decode_all(struct stream *s, struct arena *arena, struct span *ret)
{
    struct image *image = s->c->image;
    uint64_t most = decoded_most(s->c);
    size_t capacity = 256 << 10, len = s->head_len;
    uint8_t *bytes = vpi_arena_alloc(arena, capacity);
    if (bytes)
        memcpy(bytes, s->head, len);
    while (bytes) {
        len += decode(s, bytes + len, capacity - len);
        if (s->damaged) {
            say_damaged(image);
            return false;
        }
        if (len > most) {
            vpi_image_gap(image, VP_GAP_MEMBER_TOO_LARGE, "what the compressed stream holds");
            return false;
        }
        if (len < capacity) {
            *ret = span_of(bytes, len);
            return true;
        }
        /* One more than is allowed, to see whether it ends there. */
        size_t longer = capacity > most / 2 ? (size_t)most + 1 : capacity * 2;
        bytes = vpi_arena_extend(arena, bytes, capacity, longer);
        capacity = longer;
    }
    vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "what the compressed stream holds");
    return false;
}

/* The name without what the compressor added. */
static struct span inner_name(const struct container *c)
{
    const struct stream *s = c->state;
    struct span name = c->name, suffix = span_text(s->suffix);
    if (name.len > suffix.len && span_equal(span_from(name, name.len - suffix.len), suffix))
        name.len -= suffix.len;
    return name;
}

static bool next(struct container *c, struct arena *arena, struct member *ret)
{
    struct stream *s = c->state;
    struct span bytes;
    if (!s->archive)
        return false;
    bool whole = decode_all(s, arena, &bytes);
    close_stream(c);
    if (!whole)
        return false;
    *c->limits.expanded -= bytes.len;
    *ret = (struct member){.name = inner_name(c), .off = VP_NONE};
    vpi_source_init_memory(&ret->src, bytes, arena);
    return true;
}

const struct container_reader vpi_container_stream = {probe, open_stream, next, close_stream};
