/* manifest.c - the identity that an application manifest gives its object
 *
 * The `name` of the first <assemblyIdentity> that is not inside <dependency>: the identities there
 * are those of other assemblies.  A walk over the tags, UTF-8 only, each byte looked at a bounded
 * number of times; what isn't well-formed ends it.
 */
#include "feature/feature.h"

enum { MANIFEST_MOST = 64 << 10, MANIFESTS_MOST = 8 };

struct tag {
    struct span name;       /* without the prefix of its name space */
    struct span attributes; /* the rest of it */
    bool closes, empty;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What follows the first `mark`, or nothing. */
static struct span after(struct span text, const char *mark)
{
    size_t len = strlen(mark);
    for (size_t i = 0; text.len >= len && i <= text.len - len; i++) {
        if (memcmp(text.data + i, mark, len) == 0)
            return span_from(text, i + len);
    }
    return span_from(text, text.len);
}

static bool begins(struct span text, const char *mark)
{
    return span_equal(span_first(text, strlen(mark)), span_text(mark));
}

/* The end of a tag that starts after '<': a '>' in quotes is none. */
static size_t tag_end(struct span text)
{
    uint8_t quote = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return i;
        }
    }
    return text.len;
}

static bool next_tag(struct span *rest, struct tag *ret)
{
    for (;;) {
        *rest = after(*rest, "<");
        if (rest->len == 0)
            return false;
        if (begins(*rest, "!--"))
            *rest = after(span_from(*rest, 3), "-->");
        else if (begins(*rest, "![CDATA["))
            *rest = after(*rest, "]]>");
        else
            break;
    }
    size_t end = tag_end(*rest);
    struct span body = span_first(*rest, end);
    *rest = span_from(*rest, end + 1);
    memset(ret, 0, sizeof *ret);
    ret->closes = begins(body, "/");
    ret->empty = body.len > 0 && body.data[body.len - 1] == '/';
    body = span_from(body, ret->closes);
    size_t name = 0, prefix = 0;
    for (; name < body.len && !is_blank(body.data[name]) && body.data[name] != '/'; name++) {
        if (body.data[name] == ':')
            prefix = name + 1;
    }
    ret->name = span_of(body.data + prefix, name - prefix);
    ret->attributes = span_from(body, name);
    return true;
}

static bool attribute(struct span text, const char *wanted, struct span *ret)
{
    while (text.len > 0) {
        size_t start = 0, end;
        while (start < text.len && is_blank(text.data[start]))
            start++;
        text = span_from(text, start);
        for (end = 0; end < text.len && text.data[end] != '=' && !is_blank(text.data[end]);)
            end++;
        struct span name = span_first(text, end);
        text = after(span_from(text, end), "=");
        for (start = 0; start < text.len && is_blank(text.data[start]);)
            start++;
        text = span_from(text, start);
        if (text.len == 0 || (text.data[0] != '"' && text.data[0] != '\''))
            return false;
        const uint8_t *quote = memchr(text.data + 1, text.data[0], text.len - 1);
        if (!quote)
            return false;
        struct span value = span_of(text.data + 1, (size_t)(quote - text.data) - 1);
        if (span_equal(name, span_text(wanted))) {
            *ret = value;
            return true;
        }
        text = span_from(text, value.len + 2);
    }
    return false;
}

/* The five entities that XML knows by itself; others stay as they are. */
static struct span resolve(struct arena *arena, struct span text)
{
    static const struct {
        const char *name;
        uint8_t c;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    uint8_t *to = vpi_arena_alloc(arena, text.len + 1);
    size_t used = 0, step;
    for (size_t off = 0; to && off < text.len; off += step) {
        to[used] = text.data[off];
        step = 1;
        for (size_t e = 0; text.data[off] == '&' && e < sizeof entities / sizeof *entities; e++) {
            if (begins(span_from(text, off), entities[e].name)) {
                to[used] = entities[e].c;
                step = strlen(entities[e].name);
                break;
            }
        }
        used++;
    }
    return span_of(to, used);
}

/* True: this manifest has an identity, whatever it is. */
static bool add_identity(struct feature_work *work, const struct image_blob *blob)
{
    struct span rest, name;
    struct tag tag;
    size_t dependencies = 0;
    if (!vpi_feature_blob(work, blob, MANIFEST_MOST, &rest))
        return false;
    while (next_tag(&rest, &tag)) {
        if (span_equal(tag.name, span_text("dependency"))) {
            if (!tag.closes)
                dependencies += !tag.empty;
            else if (dependencies > 0)
                dependencies--;
        }
        if (dependencies > 0 || tag.closes || !span_equal(tag.name, span_text("assemblyIdentity")))
            continue;
        if (!attribute(tag.attributes, "name", &name))
            return false;
        struct feature *feature =
            vpi_feature_add_text(work, KIND_MANIFEST_IDENTITY, resolve(work->arena, name));
        if (feature) {
            feature->off = blob->off;
            feature->len = blob->len;
            feature->language = blob->language;
        }
        return true;
    }
    return false;
}

void vpi_family_manifest(struct feature_work *work)
{
    const struct image *image = work->image;
    size_t count = 0;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->blob_count && count < MANIFESTS_MOST; i++) {
        if (image->blobs[i].type != BLOB_MANIFEST)
            continue;
        count++;
        if (add_identity(work, &image->blobs[i]))
            return;
    }
}
