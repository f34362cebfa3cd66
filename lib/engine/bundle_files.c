/* bundle_files.c - the files that a bundle's signature lists, beside those that are there
 *
 * Each is read once and hashed; all of them together at most as many bytes as may be taken out of
 * containers.  Nested code is compared by the hash of its code directory if it is a file; a nested
 * bundle has a signature of its own and is compared when its executable is examined.  Files that no
 * entry names are not looked for.
 */
#include "engine/bundle.h"
#include "trust/code_resources.h"

enum { BUFFER = 64 << 10, SIGNATURE_MOST = 16 << 20 };

enum verdict_of_file { FILE_SAME, FILE_DIFFERS, FILE_MISSING, FILE_NOT_COMPARED };

struct tally {
    unsigned counts[FILE_NOT_COMPARED + 1];
    struct span first; /* that differs or is missing */
    uint64_t left;     /* bytes that may be read */
    uint8_t *buffer;
};

char *vpi_bundle_path(struct bundle *b, struct span name)
{
    char *path = vpi_arena_printf(&b->x->arena, "%.*s%s%.*s", (int)b->root.len,
                                  b->root.len ? (const char *)b->root.data : "",
                                  b->root.len ? "/" : "", (int)name.len, (const char *)name.data);
    if (!path)
        vpi_image_gap(&b->x->image, VP_GAP_MEMORY_LIMIT, "files of the bundle");
    return path;
}

/* False: reading failed, or was stopped. */
static bool hash_file(struct bundle *b, struct tally *tally, struct os_file *file,
                      enum digest_algorithm algorithm, uint8_t *ret)
{
    struct examination *x = b->x;
    struct digest *digest = vpi_digest_begin(x->session->crypto, algorithm);
    uint64_t off = 0;
    bool good = digest != NULL;
    while (good && off < file->size) {
        uint64_t left = file->size - off;
        int64_t got = vpi_file_ops.read(file, off, tally->buffer, left < BUFFER ? left : BUFFER);
        good = got > 0 && !(x->src.stop && x->src.stop(x->src.stop_context, 0, VP_NONE));
        if (good) {
            vpi_digest_add(digest, span_of(tally->buffer, (size_t)got));
            off += (uint64_t)got;
        }
    }
    x->result->bytes_read += off;
    x->result->bytes_hashed += off;
    return digest && vpi_digest_end(digest, ret) && good;
}

/* Nested code in a file of one slice: the hash of the directory that the kernel goes by. */
static enum verdict_of_file compare_code(struct bundle *b, struct os_file *file,
                                         const struct code_resource *entry)
{
    struct arena arena;
    struct image *image;
    struct source src;
    enum verdict_of_file verdict = FILE_NOT_COMPARED;
    vpi_arena_init(&arena, b->x->session->limits.memory);
    image = vpi_arena_alloc(&arena, sizeof *image);
    vpi_source_init(&src, &vpi_file_ops, file, file->size, &arena);
    src.stop = b->x->src.stop;
    src.stop_context = b->x->src.stop_context;
    if (image) {
        vpi_image_init(image, &arena);
        vpi_format_read(image, &src);
    }
    for (size_t i = 0; image && i < image->blob_count; i++) {
        struct code_signature signature;
        struct span bytes;
        if (image->blobs[i].type != BLOB_CODE_SIGNATURE || image->blobs[i].len > SIGNATURE_MOST ||
            !vpi_source_get_some(&src, image->blobs[i].off, image->blobs[i].len, &bytes) ||
            !vpi_code_signature_read(b->x->session->crypto, bytes, &signature) ||
            signature.chosen == signature.directory_count)
            continue;
        verdict = FILE_DIFFERS;
        for (size_t k = 0; k < signature.directory_count; k++) {
            if (memcmp(signature.directories[k].cdhash, entry->cdhash, CDHASH_LEN) == 0)
                verdict = FILE_SAME;
        }
        break;
    }
    b->x->result->bytes_read += src.bytes_read;
    vpi_arena_done(&arena);
    return verdict;
}

static enum verdict_of_file compare_open(struct bundle *b, struct tally *tally,
                                         struct os_file *file, const struct code_resource *entry)
{
    uint8_t value[DIGEST_MOST];
    if (entry->has_cdhash)
        return compare_code(b, file, entry);
    if ((!entry->has_sha256 && !entry->has_sha1) || file->size > tally->left)
        return FILE_NOT_COMPARED;
    tally->left -= file->size;
    if (!hash_file(b, tally, file, entry->has_sha256 ? DIGEST_SHA256 : DIGEST_SHA1, value))
        return FILE_NOT_COMPARED;
    bool same = entry->has_sha256 ? memcmp(value, entry->sha256, sizeof entry->sha256) == 0
                                  : memcmp(value, entry->sha1, sizeof entry->sha1) == 0;
    return same ? FILE_SAME : FILE_DIFFERS;
}

static enum verdict_of_file compare(struct bundle *b, struct tally *tally,
                                    const struct code_resource *entry)
{
    struct os_file file;
    struct vp_error err;
    char *path = entry->link.len ? NULL : vpi_bundle_path(b, entry->path);
    if (!path)
        return FILE_NOT_COMPARED; /* links are not followed */
    enum vp_status status = vpi_file_open(path, &file, &err);
    if (status == VP_E_NOT_FOUND)
        return entry->optional ? FILE_SAME : FILE_MISSING;
    if (status != VP_OK) /* a link or a nested bundle, which is a folder */
        return entry->has_sha256 || entry->has_sha1 ? FILE_DIFFERS : FILE_NOT_COMPARED;
    enum verdict_of_file verdict = compare_open(b, tally, &file, entry);
    vpi_file_close(&file);
    return verdict;
}

static void tell(struct bundle *b, const struct tally *tally)
{
    struct examination *x = b->x;
    unsigned differ = tally->counts[FILE_DIFFERS], missing = tally->counts[FILE_MISSING];
    const char *text;
    if (differ || missing)
        text = vpi_arena_printf(&x->arena, "%u files differ and %u are missing, first %.*s", differ,
                                missing, (int)tally->first.len, (const char *)tally->first.data);
    else
        text = vpi_arena_printf(&x->arena, "%u files are what its signature lists, %u not compared",
                                tally->counts[FILE_SAME], tally->counts[FILE_NOT_COMPARED]);
    vpi_image_note(&x->image, differ || missing ? VP_NOTE_BUNDLE_DIFFERS : VP_NOTE_BUNDLE_HOLDS,
                   b->code->off, text ? text : "");
}

void vpi_bundle_files(struct bundle *b, struct span list)
{
    struct examination *x = b->x;
    struct code_resources resources;
    struct tally tally = {.left = x->session->limits.expanded,
                          .buffer = vpi_arena_alloc(&x->arena, BUFFER)};
    if (!tally.buffer || !vpi_code_resources_read(&x->arena, list, &resources)) {
        if (x->arena.failed)
            vpi_image_gap(&x->image, VP_GAP_MEMORY_LIMIT, "files of the bundle");
        return;
    }
    if (resources.malformed)
        vpi_image_note(&x->image, VP_NOTE_MALFORMED, b->code->off, "the list of a bundle's files");
    if (resources.cut_short)
        vpi_image_gap(&x->image, x->arena.failed ? VP_GAP_MEMORY_LIMIT : VP_GAP_COUNT_LIMIT,
                      "files of the bundle");
    for (size_t i = 0; i < resources.count && !x->arena.failed; i++) {
        enum verdict_of_file verdict = compare(b, &tally, &resources.items[i]);
        if ((verdict == FILE_DIFFERS || verdict == FILE_MISSING) && !tally.first.len)
            tally.first = resources.items[i].path;
        tally.counts[verdict]++;
        if (x->src.stop && x->src.stop(x->src.stop_context, 0, VP_NONE)) {
            vpi_image_gap(&x->image, VP_GAP_READ_FAILED, "files of the bundle");
            return;
        }
    }
    tell(b, &tally);
}
