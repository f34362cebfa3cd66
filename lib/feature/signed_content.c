/* signed_content.c - the digest of what the signatures of an object cover
 *
 * Ranges of the file join the pass.  A text is hashed as UTF-16LE, whatever its file has.  Pieces
 * in an order of their own are read at once, before the pass.
 */
#include "base/code_page.h"
#include "feature/feature.h"

enum { TEXT_UNITS = 2048 };

/* UTF-16LE on its way to a digest. */
struct text_sink {
    struct digest *digest;
    uint8_t bytes[2 * TEXT_UNITS];
    size_t used;
    uint32_t position; /* units of the first range */
};

struct signed_consumer {
    struct source_consumer consumer;
    struct feature_work *work;
    enum digest_algorithm algorithm;
    unsigned padding;
    vpi_signed_done *done, *also; /* the second or NULL */
    struct digest *digest;
    /* For a text. */
    struct text_sink utf8, western;
    uint64_t first; /* bytes of the first range that are still to come */
    uint32_t character, least;
    unsigned awaited; /* bytes of a character in UTF-8 */
    bool not_utf8;
};

static void sink_flush(struct text_sink *sink)
{
    vpi_digest_add(sink->digest, span_of(sink->bytes, sink->used));
    sink->used = 0;
}

static void sink_put(struct text_sink *sink, uint32_t c, bool first)
{
    uint32_t units[2] = {c, 0};
    unsigned count = 1;
    if (c >= 0x10000) {
        units[0] = 0xd800 + ((c - 0x10000) >> 10);
        units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
        count = 2;
    }
    sink->position += first ? count : 0;
    for (unsigned i = 0; i < count; i++) {
        sink->bytes[sink->used++] = (uint8_t)units[i];
        sink->bytes[sink->used++] = (uint8_t)(units[i] >> 8);
    }
    if (sink->used > sizeof sink->bytes - 4)
        sink_flush(sink);
}

/* The Unicode Standard, table 3-7. */
static void utf8_byte(struct signed_consumer *c, uint8_t byte)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (c->awaited == 0) {
        unsigned more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        c->not_utf8 |= (byte >= 0x80 && byte < 0xc2) || byte > 0xf4;
        c->character = more == 0 ? byte : byte & (0x3fu >> more);
        c->least = least[more];
        c->awaited = more;
    } else {
        c->not_utf8 |= (byte & 0xc0) != 0x80;
        c->character = c->character << 6 | (byte & 0x3f);
        c->awaited--;
    }
    if (c->awaited > 0 || c->not_utf8)
        return;
    if (c->character < c->least || c->character > 0x10ffff ||
        (c->character >= 0xd800 && c->character < 0xe000))
        c->not_utf8 = true;
    else
        sink_put(&c->utf8, c->character, c->first > 0);
}

static void text_update(void *context, struct span bytes)
{
    struct signed_consumer *c = context;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned western = vpi_code_page_character(CODE_PAGE_WESTERN, bytes.data[i]);
        if (!c->not_utf8)
            utf8_byte(c, bytes.data[i]);
        sink_put(&c->western, western, c->first > 0);
        c->first -= c->first > 0;
    }
}

static void bytes_update(void *context, struct span bytes)
{
    struct signed_consumer *c = context;
    vpi_digest_add(c->digest, bytes);
}

static void no_memory(struct feature_work *work)
{
    vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
}

/* The number of characters before the signature, of a script that adds it. */
static void add_position(struct signed_consumer *c, uint64_t position)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(position >> 8 * i);
    if (c->work->image->signed_position)
        vpi_digest_add(c->digest, span_of(bytes, sizeof bytes));
}

static void finish(void *context)
{
    static const uint8_t zeros[8];
    struct signed_consumer *c = context;
    uint8_t value[DIGEST_MOST];
    uint64_t position = c->consumer.ranges ? c->consumer.ranges[0].len / 2 : 0;
    if (c->consumer.update == text_update) {
        struct text_sink *right = c->not_utf8 || c->awaited ? &c->western : &c->utf8;
        sink_flush(right);
        c->digest = right->digest;
        position = right->position;
    }
    add_position(c, position);
    vpi_digest_add(c->digest, span_of(zeros, c->padding));
    if (!vpi_digest_end(c->digest, value)) {
        no_memory(c->work);
        return;
    }
    c->done(c->work, c->algorithm, value);
    if (c->also)
        c->also(c->work, c->algorithm, value);
}

/* The digest of the names and lengths first, when the object says that it is there; a wrong one
 * makes all of it wrong. */
static bool extra_begin(struct feature_work *work, const struct image_scattered *scattered,
                        enum digest_algorithm algorithm, struct digest *digest)
{
    uint8_t extra[DIGEST_MOST];
    if (!scattered->has_extra)
        return true;
    if (!vpi_digest(work->crypto, algorithm, scattered->extra_message, extra)) {
        no_memory(work);
        return false;
    }
    struct span own = span_of(extra, vpi_digest_len(algorithm));
    vpi_digest_add(digest, own);
    return span_equal(own, scattered->extra);
}

static void scattered_digest(struct feature_work *work, struct signed_consumer *c)
{
    const struct image_scattered *scattered = work->image->scattered;
    uint64_t len = 0;
    struct consume_budget budget = vpi_consume_budget(work);
    for (size_t i = 0; i < scattered->count; i++)
        len += scattered->ranges[i].len;
    if (!extra_begin(work, scattered, c->algorithm, c->digest) ||
        !vpi_consume_afford(work, &budget, len, "signatures"))
        return;
    if (!vpi_source_scatter(work->src, scattered->ranges, scattered->count, bytes_update, c)) {
        vpi_image_short(work->notes, work->src, VP_NONE, "what a signature covers");
        return;
    }
    work->pass.bytes_hashed += len;
    finish(c);
}

/* A digest is a key's and a signature's too: once is enough. */
static bool joins(struct feature_work *work, enum digest_algorithm algorithm, unsigned padding,
                  vpi_signed_done *done)
{
    for (struct source_consumer *at = work->pass.consumers; at; at = at->link) {
        struct signed_consumer *c = at->context;
        if (at->finish != finish || c->algorithm != algorithm || c->padding != padding || c->also)
            continue;
        c->also = done;
        return true;
    }
    return false;
}

void vpi_consume_signed(struct feature_work *work, enum digest_algorithm algorithm,
                        unsigned padding, vpi_signed_done *done)
{
    const struct image *image = work->image;
    bool text = image->signed_as >= SIGNED_AS_UTF8;
    if (joins(work, algorithm, padding, done))
        return;
    struct signed_consumer *c = vpi_arena_alloc(work->arena, sizeof *c);
    struct digest *digest = c ? vpi_digest_begin(work->crypto, algorithm) : NULL;
    struct digest *second = text && digest ? vpi_digest_begin(work->crypto, algorithm) : NULL;
    if (!digest || (text && !second)) {
        no_memory(work);
        return;
    }
    *c = (struct signed_consumer){.work = work,
                                  .algorithm = algorithm,
                                  .padding = padding < 8 ? padding : 0,
                                  .done = done,
                                  .digest = digest,
                                  .utf8.digest = digest,
                                  .western.digest = second,
                                  .first = image->signed_ranges[0].len,
                                  .not_utf8 = image->signed_as == SIGNED_AS_WESTERN};
    if (image->scattered) {
        scattered_digest(work, c);
        return;
    }
    c->consumer = (struct source_consumer){.ranges = image->signed_ranges,
                                           .range_count = image->signed_range_count,
                                           .update = text ? text_update : bytes_update,
                                           .finish = finish,
                                           .context = c,
                                           .cryptographic = true};
    vpi_pass_add(&work->pass, &c->consumer);
}
