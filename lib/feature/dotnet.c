/* dotnet.c - the identity of a .NET assembly (ECMA-335, partition II)
 *
 * Of the metadata only a few small pieces are read: the root and its streams (II.24.2), the counts
 * of the tables (II.24.2.6), the rows of Module and Assembly (II.22), and what these refer to in
 * the heaps.  To find Assembly, the sizes of the rows of all tables before it must be known:
 * dotnet_schema.c.
 */
#include "feature/dotnet_schema.h"
#include "feature/feature.h"

enum {
    STREAMS_MOST = 32,
    STREAM_HEADER_MOST = 8 + 32,
    NAME_MOST = 1024,
    PUBLIC_KEY_MOST = 16 << 10,
    TOKEN_LEN = 8
};

struct stream {
    uint64_t off, len; /* in the metadata */
};

struct metadata {
    struct feature_work *work;
    const struct image_blob *blob;
    struct stream tables, strings, guids, blobs;
    struct dotnet_schema schema;
};

/* `len` bytes at `off` of a stream; those of the file when the reader didn't keep them. */
static bool get(const struct metadata *m, struct stream stream, uint64_t off, uint64_t len,
                struct span *ret)
{
    if (off > stream.len || len > stream.len - off)
        return false;
    off += stream.off;
    if (m->blob->bytes.len > 0)
        return span_sub(m->blob->bytes, off, len, ret);
    if (off > m->blob->len || len > m->blob->len - off)
        return false;
    return vpi_source_get(m->work->src, m->blob->off + off, len, ret);
}

/* As much of `most` bytes as the stream has. */
static bool get_some(const struct metadata *m, struct stream stream, uint64_t off, uint64_t most,
                     struct span *ret)
{
    uint64_t end = m->blob->bytes.len > 0 ? m->blob->bytes.len : m->blob->len;
    if (off >= stream.len || stream.off >= end || off >= end - stream.off)
        return false;
    uint64_t left = stream.len - off;
    if (left > end - stream.off - off)
        left = end - stream.off - off;
    return get(m, stream, off, left < most ? left : most, ret);
}

/* One stream header: offset, size, name padded to four bytes.  Returns its length, 0 at fault. */
static size_t read_stream(struct metadata *m, struct span header)
{
    struct reader r = reader_at(header, 0);
    struct stream stream = {.off = reader_u32(&r)};
    stream.len = reader_u32(&r);
    struct span name = span_from(header, 8);
    const uint8_t *end = name.len ? memchr(name.data, 0, name.len) : NULL;
    if (r.bad || !end)
        return 0;
    name.len = (size_t)(end - name.data);
    if (span_equal(name, span_text("#~")) || span_equal(name, span_text("#-")))
        m->tables = stream;
    else if (span_equal(name, span_text("#Strings")))
        m->strings = stream;
    else if (span_equal(name, span_text("#GUID")))
        m->guids = stream;
    else if (span_equal(name, span_text("#Blob")))
        m->blobs = stream;
    return 8 + (name.len / 4 + 1) * 4;
}

static bool read_root(struct metadata *m)
{
    struct stream all = {0, UINT32_MAX};
    struct span part;
    if (!get(m, all, 0, 16, &part) || !span_equal(span_first(part, 4), span_text("BSJB")))
        return false;
    struct reader r = reader_at(part, 12);
    uint64_t off = 16 + (uint64_t)reader_u32(&r);
    if (!get(m, all, off, 4, &part))
        return false;
    r = reader_at(part, 2);
    unsigned count = reader_u16(&r);
    off += 4;
    for (unsigned i = 0; i < count && i < STREAMS_MOST; i++) {
        if (!get_some(m, all, off, STREAM_HEADER_MOST, &part))
            return false;
        size_t len = read_stream(m, part);
        if (len == 0)
            return false;
        off += len;
    }
    return m->tables.len > 0;
}

static bool read_schema(struct metadata *m)
{
    struct span part;
    return get_some(m, m->tables, 0, DOTNET_TABLES_HEADER_MOST, &part) &&
           vpi_dotnet_schema_read(part, &m->schema);
}

static void add_mvid(struct metadata *m)
{
    struct span row, guid;
    struct dotnet_schema *s = &m->schema;
    if (s->rows[DOTNET_MODULE] == 0 ||
        !get(m, m->tables, s->off[DOTNET_MODULE], s->row_len[DOTNET_MODULE], &row))
        return;
    struct reader r = reader_at(row, 2 + s->string_len);
    uint64_t index = reader_uint(&r, s->guid_len);
    static const uint8_t zero[16];
    if (r.bad || index == 0 || !get(m, m->guids, (index - 1) * 16, 16, &guid) ||
        memcmp(guid.data, zero, 16) == 0)
        return;
    vpi_feature_add(m->work, KIND_DOTNET_MVID, guid, NULL);
}

/* The content of a blob: its length in one, two or four bytes stands before it (II.24.2.4). */
static bool blob_get(struct metadata *m, uint64_t index, struct span *ret)
{
    struct span head;
    if (index == 0 || !get_some(m, m->blobs, index, 4, &head))
        return false;
    uint8_t b = head.data[0];
    size_t size = b < 0x80 ? 1 : b < 0xc0 ? 2 : 4;
    uint64_t len = b < 0x80 ? b : b < 0xc0 ? b & 0x3fu : b & 0x1fu;
    if (b >= 0xe0 || head.len < size)
        return false;
    for (size_t i = 1; i < size; i++)
        len = len << 8 | head.data[i];
    return len > 0 && len <= PUBLIC_KEY_MOST && get(m, m->blobs, index + size, len, ret);
}

/* The last eight bytes of the key's SHA-1, reversed (II.6.3); printed the usual way. */
static void add_token(struct metadata *m, struct span key)
{
    uint8_t digest[DIGEST_MOST], token[TOKEN_LEN];
    if (!vpi_digest(m->work->crypto, DIGEST_SHA1, key, digest)) {
        vpi_image_gap(m->work->notes, VP_GAP_MEMORY_LIMIT, ".NET public key");
        return;
    }
    for (size_t i = 0; i < TOKEN_LEN; i++)
        token[i] = digest[19 - i];
    vpi_feature_add(m->work, KIND_DOTNET_PUBLIC_KEY_TOKEN, span_of(token, TOKEN_LEN), NULL);
}

static void add_assembly(struct metadata *m)
{
    struct span row, name, key;
    struct dotnet_schema *s = &m->schema;
    if (s->rows[DOTNET_ASSEMBLY] == 0 ||
        !get(m, m->tables, s->off[DOTNET_ASSEMBLY], s->row_len[DOTNET_ASSEMBLY], &row))
        return;
    /* HashAlgId, four parts of the version, Flags. */
    struct reader r = reader_at(row, 4 + 8 + 4);
    uint64_t key_index = reader_uint(&r, s->blob_len);
    uint64_t name_index = reader_uint(&r, s->string_len);
    if (r.bad)
        return;
    if (name_index && get_some(m, m->strings, name_index, NAME_MOST, &name)) {
        const uint8_t *end = memchr(name.data, 0, name.len);
        name.len = end ? (size_t)(end - name.data) : name.len;
        vpi_feature_add_text(m->work, KIND_DOTNET_ASSEMBLY, name);
    }
    if (blob_get(m, key_index, &key))
        add_token(m, key);
}

void vpi_family_dotnet(struct feature_work *work)
{
    const struct image *image = work->image;
    struct metadata m = {.work = work};
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < image->blob_count && !m.blob; i++) {
        if (image->blobs[i].type == BLOB_CLR_METADATA)
            m.blob = &image->blobs[i];
    }
    if (!m.blob || (m.blob->bytes.len == 0 && m.blob->off == VP_NONE))
        return;
    if (!read_root(&m) || !read_schema(&m)) {
        vpi_image_note(work->notes, VP_NOTE_MALFORMED, m.blob->off, ".NET metadata");
        return;
    }
    add_mvid(&m);
    add_assembly(&m);
}
