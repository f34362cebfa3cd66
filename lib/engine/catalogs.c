/* catalogs.c - reading catalogs from files and folders into an index
 *
 * A list of folders in place of recursion, in the order in which they are met; names in byte order,
 * so that two runs number the catalogs alike.
 */
#include <stdlib.h>

#include "base/text.h"
#include "engine/engine.h"
#include "io/folder.h"

enum { FOLDER_DEPTH_MOST = 16, FOLDERS_MOST = 1 << 16 };

struct folder {
    const char *path;
    unsigned depth;
};

struct reading {
    struct vp_catalogs *catalogs;
    struct vp_catalogs_options options;
    struct crypto *crypto;
    struct arena arena, scratch; /* of the folders, of one file */
    struct folder *folders;
    size_t count, next, capacity;
};

/* A path as text for people: what is no well-formed character, or a control character, is a '?'. */
static char *clean(struct arena *arena, const char *path)
{
    struct span text = span_text(path);
    char *copy = vpi_arena_text(arena, text);
    for (size_t off = 0, len; copy && off < text.len; off += len ? len : 1) {
        len = vpi_text_character(text, off);
        if (!len)
            copy[off] = '?';
    }
    return copy;
}

/* Takes `file` over. */
static void read_file(struct reading *reading, const char *path, struct os_file *file)
{
    struct catalog_index *index = &reading->catalogs->index;
    struct source src;
    struct span head, all;
    bool added = false, full = index->full;
    vpi_arena_reset(&reading->scratch);
    vpi_source_init(&src, &vpi_file_ops, file, file->size, &reading->scratch);
    if (index->count >= reading->options.catalogs) {
        index->full = true;
    } else if (vpi_source_get_some(&src, 0, SOURCE_HEAD, &head) && vpi_catalog_probe(head) &&
               file->size <= CATALOG_LEN_MOST && vpi_source_get(&src, 0, file->size, &all)) {
        const char *name = clean(&reading->scratch, path);
        added = name && vpi_catalog_index_add(index, reading->crypto, name, all);
    }
    reading->catalogs->info.unread += !added && index->full == full;
    vpi_file_close(file);
}

/* Opens what stands at `path`: a file is read, a folder put on the list.  Only what a caller named
 * may be a link, and has to be there. */
static enum vp_status visit(struct reading *reading, const char *path, unsigned depth,
                            struct vp_error *err)
{
    struct os_file file;
    enum vp_status status = vpi_file_open(path, &file, err);
    if (status == VP_OK) {
        read_file(reading, path, &file);
        return VP_OK;
    }
    if (status != VP_E_NOT_REGULAR)
        return status;
    if (depth > 0 && (reading->options.flags & VP_CATALOGS_FLAT))
        return VP_OK;
    struct folder *grown = vpi_arena_grow(&reading->arena, reading->folders, reading->count,
                                          &reading->capacity, sizeof *grown);
    if (!grown)
        return vpi_fail(err, VP_E_MEMORY, "no memory for catalogs");
    reading->folders = grown;
    grown[reading->count++] = (struct folder){path, depth};
    return VP_OK;
}

static bool is_called_catalog(const char *name)
{
    static const char end[] = ".cat";
    size_t len = strlen(name);
    for (size_t i = 0; len >= sizeof end && i < sizeof end - 1; i++) {
        char c = name[len - (sizeof end - 1) + i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != end[i])
            return false;
    }
    return len >= sizeof end;
}

/* The names in a folder: catalogs are read, what may be a folder is put on the list. */
static enum vp_status read_folder(struct reading *reading, const struct folder *folder,
                                  struct vp_error *err)
{
    const char **names;
    size_t count;
    bool deeper = !(reading->options.flags & VP_CATALOGS_FLAT);
    enum vp_status status =
        folder->depth == 0
            ? vpi_folder_list(folder->path, &reading->arena, &names, &count, err)
            : vpi_folder_list_here(folder->path, &reading->arena, &names, &count, err);
    for (size_t i = 0; status == VP_OK && i < count; i++) {
        bool catalog = is_called_catalog(names[i]);
        if (!catalog && !deeper)
            continue;
        char *path = vpi_arena_printf(&reading->arena, "%s/%s", folder->path, names[i]);
        if (!path)
            return vpi_fail(err, VP_E_MEMORY, "no memory for catalogs");
        if (catalog) {
            if (visit(reading, path, folder->depth + 1, err) == VP_E_MEMORY)
                return VP_E_MEMORY;
            continue;
        }
        if (folder->depth == FOLDER_DEPTH_MOST || reading->count == FOLDERS_MOST) {
            reading->catalogs->index.full = true;
            continue;
        }
        struct folder *grown = vpi_arena_grow(&reading->arena, reading->folders, reading->count,
                                              &reading->capacity, sizeof *grown);
        if (!grown)
            return vpi_fail(err, VP_E_MEMORY, "no memory for catalogs");
        reading->folders = grown;
        grown[reading->count++] = (struct folder){path, folder->depth + 1};
    }
    return status;
}

/* Over the sorted rows, and each catalog's place and signers. */
static void make_digest(struct vp_catalogs *catalogs)
{
    static const char digits[] = "0123456789abcdef";
    const struct catalog_index *index = &catalogs->index;
    struct hash_stream stream;
    uint8_t bytes[16];
    vpi_hash_begin(&stream);
    for (size_t i = 0; i < index->count; i++) {
        vpi_hash_add(&stream, span_text(index->catalogs[i].name));
        vpi_hash_add(&stream, index->catalogs[i].blob);
    }
    for (size_t i = 0; i < index->row_count; i++)
        vpi_hash_add(&stream, span_of(index->rows[i].digest, sizeof index->rows[i].digest));
    vpi_hash_bytes(vpi_hash_end(&stream), bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        catalogs->info.digest[2 * i] = digits[bytes[i] >> 4];
        catalogs->info.digest[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static enum vp_status read_all(struct reading *reading, const char *const *paths, size_t count,
                               struct vp_error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum vp_status status = visit(reading, paths[i], 0, err);
        if (status != VP_OK)
            return status;
    }
    while (reading->next < reading->count) {
        struct folder folder = reading->folders[reading->next++];
        enum vp_status status = read_folder(reading, &folder, err);
        if (status == VP_E_MEMORY || (status != VP_OK && folder.depth == 0))
            return status;
    }
    return VP_OK;
}

enum vp_status vp_catalogs_open(const char *const *paths, size_t count,
                                const struct vp_catalogs_options *options,
                                struct vp_catalogs **ret_catalogs, struct vp_error *err)
{
    struct reading reading = {.catalogs = calloc(1, sizeof *reading.catalogs)};
    vpi_struct_in(&reading.options, sizeof reading.options, options);
    if (!reading.catalogs)
        return vpi_fail(err, VP_E_MEMORY, "no memory for catalogs");
    if (!reading.options.catalogs || reading.options.catalogs > INDEX_CATALOGS_MOST)
        reading.options.catalogs = INDEX_CATALOGS_MOST;
    uint64_t memory = reading.options.memory ? reading.options.memory : UINT64_C(1) << 30;
    struct vp_catalogs *catalogs = reading.catalogs;
    atomic_init(&catalogs->references, 1);
    vpi_catalog_index_init(&catalogs->index, memory > SIZE_MAX ? 0 : (size_t)memory);
    vpi_arena_init(&reading.arena, 0);
    vpi_arena_init(&reading.scratch, 0);
    enum vp_status status = vpi_crypto_new(&reading.crypto, err);
    if (status == VP_OK)
        status = read_all(&reading, paths, count, err);
    vpi_crypto_free(reading.crypto);
    vpi_arena_done(&reading.scratch);
    vpi_arena_done(&reading.arena);
    if (status != VP_OK) {
        vp_catalogs_unref(catalogs);
        return status;
    }
    vpi_catalog_index_sort(&catalogs->index);
    make_digest(catalogs);
    catalogs->info.catalogs = (uint32_t)catalogs->index.count;
    catalogs->info.members = catalogs->index.row_count;
    catalogs->info.complete = !catalogs->index.full;
    *ret_catalogs = catalogs;
    return VP_OK;
}

struct vp_catalogs *vp_catalogs_ref(struct vp_catalogs *catalogs)
{
    if (catalogs)
        atomic_fetch_add_explicit(&catalogs->references, 1, memory_order_relaxed);
    return catalogs;
}

void vp_catalogs_unref(struct vp_catalogs *catalogs)
{
    if (!catalogs || atomic_fetch_sub_explicit(&catalogs->references, 1, memory_order_acq_rel) != 1)
        return;
    vpi_catalog_index_done(&catalogs->index);
    free(catalogs);
}

void vp_catalogs_info(const struct vp_catalogs *catalogs, struct vp_catalogs_info *ret_info)
{
    struct vp_catalogs_info info = catalogs->info;
    info.size = sizeof info;
    vpi_struct_out(ret_info, &info, sizeof info);
}

void vpi_session_shelve(struct vp_session *session, unsigned shelf, struct vp_catalogs *catalogs)
{
    struct vp_catalogs *before = session->catalogs[shelf];
    if (before == catalogs)
        return;
    session->catalogs[shelf] = vp_catalogs_ref(catalogs);
    vpi_catalog_shelf_set(&session->shelves[shelf], catalogs ? &catalogs->index : NULL);
    vp_catalogs_unref(before);
}

enum vp_status vp_session_set_beside(struct vp_session *session,
                                     struct vp_catalogs *const *catalogs, size_t count,
                                     struct vp_error *err)
{
    enum { MOST = CATALOG_SHELVES - 1 };
    if (count > MOST)
        return vpi_fail(err, VP_E_ARGUMENT, "more than %d catalogs beside a file", MOST);
    for (unsigned i = 0; i < MOST; i++)
        vpi_session_shelve(session, i + 1, i < count ? catalogs[i] : NULL);
    return VP_OK;
}
