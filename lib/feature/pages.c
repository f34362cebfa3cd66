/* pages.c - the digests of pages that an Authenticode signature may have, compared with the pages
 *
 * A row for the headers without what the file's digest leaves out, one for each page of each
 * section in the order of the section table, and a last one of zeros that says where they end.
 * Pages are filled with zeros to 4,096 bytes.  As "signtool /ph" writes it; osslsigncode (pe.c) and
 * jsign.
 */
#include "feature/feature.h"

enum { PAGE = 4096, OFFSET = 4 };

struct pages {
    struct feature_work *work;
    const struct signed_content *content;
    struct span rest; /* rows that were not compared yet */
    struct digest *digest;
    uint64_t off; /* of the page that is hashed */
    size_t filled;
    bool wrong;
};

static void row_compare(struct pages *p, uint64_t off, struct span digest)
{
    uint64_t said;
    struct span value;
    p->wrong |= !span_uint(p->rest, 0, OFFSET, &said) || said != off ||
                !span_sub(p->rest, OFFSET, digest.len, &value) || !span_equal(value, digest);
    p->rest = span_from(p->rest, OFFSET + digest.len);
}

static void page_begin(struct pages *p, size_t filled)
{
    p->filled = filled;
    p->digest = vpi_digest_begin(p->work->crypto, p->content->pages_algorithm);
    p->wrong |= !p->digest;
}

static void page_end(struct pages *p)
{
    static const uint8_t zeros[PAGE];
    uint8_t value[DIGEST_MOST];
    if (!p->digest)
        return;
    vpi_digest_add(p->digest, span_of(zeros, PAGE - p->filled));
    if (vpi_digest_end(p->digest, value))
        row_compare(p, p->off, span_of(value, vpi_digest_len(p->content->pages_algorithm)));
    else
        p->wrong = true;
    p->digest = NULL;
    p->off += PAGE;
}

static void page_bytes(void *context, struct span bytes)
{
    struct pages *p = context;
    while (bytes.len && !p->wrong) {
        if (!p->digest)
            page_begin(p, 0);
        if (p->wrong)
            return;
        struct span part = span_first(bytes, PAGE - p->filled);
        vpi_digest_add(p->digest, part);
        p->filled += part.len;
        bytes = span_from(bytes, part.len);
        if (p->filled == PAGE)
            page_end(p);
    }
}

/* The pages of some pieces of the file, the first with the offset `off` in its row. */
static bool pieces(struct pages *p, uint64_t off, const struct source_range *ranges, size_t count)
{
    p->off = off;
    if (!vpi_source_scatter(p->work->src, ranges, count, page_bytes, p)) {
        vpi_image_short(p->work->notes, p->work->src, off, "pages");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        p->work->pass.bytes_hashed += ranges[i].len;
    page_end(p);
    return !p->wrong;
}

/* The page is filled up as if what is left out were there. */
static bool headers(struct pages *p)
{
    const struct image *image = p->work->image;
    struct source_range ranges[4];
    size_t count = 0;
    uint64_t end = image->signed_header_len, left_out = end;
    if (end == 0 || end > PAGE)
        return false;
    for (size_t i = 0; i < image->signed_range_count && image->signed_ranges[i].off < end; i++) {
        struct source_range range = image->signed_ranges[i];
        if (range.len > end - range.off)
            range.len = end - range.off;
        left_out -= range.len;
        ranges[count++] = range;
    }
    page_begin(p, (size_t)left_out);
    return !p->wrong && pieces(p, 0, ranges, count);
}

bool vpi_pages_match(struct feature_work *work, const struct signed_content *content)
{
    static const uint8_t zeros[DIGEST_MOST];
    const struct image *image = work->image;
    struct pages p = {.work = work, .content = content, .rest = content->pages};
    struct consume_budget budget = vpi_consume_budget(work);
    uint64_t end = 0;
    if (!content->pages_algorithm || image->section_count >= IMAGE_SECTIONS_MOST || !headers(&p))
        return false;
    for (size_t i = 0; i < image->section_count; i++) {
        struct source_range range = {image->sections[i].off, image->sections[i].len};
        if (range.len == 0)
            continue;
        if (!vpi_consume_afford(work, &budget, range.len, "pages") ||
            !pieces(&p, range.off, &range, 1))
            return false;
        end = range.off + range.len;
    }
    row_compare(&p, end, span_of(zeros, vpi_digest_len(content->pages_algorithm)));
    return !p.wrong && p.rest.len == 0;
}
