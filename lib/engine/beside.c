/* beside.c - what lies beside a file and speaks of it: the Info.plist of its bundle
 *
 *     X.app/Contents/MacOS/prog          X.app/Contents/Info.plist       also .kext, .bundle, .xpc
 *     X.framework/Versions/A/X           X.framework/Versions/A/Resources/Info.plist; in wheels,
 * which hold no links, also X.framework/Resources/Info.plist X.framework/X
 * X.framework/Resources/Info.plist, X.framework/Info.plist X.app/prog X.app/Info.plist iOS, and old
 * .kext
 *
 * It speaks of the bundle's main executable only (CFBundleExecutable, or else the file called like
 * the bundle): a helper in the same folder may be anybody's.  The path is taken as it is written;
 * what a link leads to is not looked for.
 */
#include "engine/engine.h"

#include <stdio.h>

#include "format/plist.h"

enum { PARTS = 4, CANDIDATES = 2, PLIST_MOST = 1 << 20 };

/* The last parts of a path: its file name first, then the folders upwards. */
struct path_parts {
    struct span part[PARTS];
    size_t end[PARTS]; /* of each in the path */
};

static struct path_parts split(struct span path)
{
    struct path_parts parts = {0};
    size_t at = path.len;
    for (size_t i = 0; i < PARTS && at > 0; i++) {
        size_t end = at;
        while (at > 0 && path.data[at - 1] != '/')
            at--;
        parts.part[i] = span_first(span_from(path, at), end - at);
        parts.end[i] = end;
        while (at > 0 && path.data[at - 1] == '/')
            at--;
    }
    return parts;
}

static bool is(struct span part, const char *name)
{
    return span_equal(part, span_text(name));
}

/* The name before the ending of a bundle's folder, or an empty span. */
static struct span stem(struct span folder)
{
    size_t dot = folder.len;
    while (dot > 0 && folder.data[dot - 1] != '.')
        dot--;
    return span_first(folder, dot > 0 ? dot - 1 : 0);
}

static bool ends(struct span part, const char *ending)
{
    struct span tail = span_text(ending);
    return part.len > tail.len && span_equal(span_from(part, part.len - tail.len), tail);
}

static bool is_bundle(struct span part)
{
    static const char *const endings[] = {".app", ".appex", ".kext", ".bundle", ".plugin", ".xpc"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (ends(part, endings[i]))
            return true;
    }
    return false;
}

/* Where a bundle's list may be, the likelier place first. */
struct place {
    struct {
        size_t folder_end; /* of the folder in the path */
        const char *name;  /* in that folder; NULL: no more */
    } candidates[CANDIDATES];
    struct span bundle; /* what the bundle is called */
};

/* False: no bundle that the path tells of. */
static bool find_place(const struct path_parts *p, struct place *ret)
{
    static const char deep[] = "Resources/Info.plist", flat[] = "Info.plist";
    if (is(p->part[1], "MacOS") && is(p->part[2], "Contents")) {
        *ret = (struct place){{{p->end[2], flat}}, stem(p->part[3])};
        return true;
    }
    if (is(p->part[2], "Versions") && ends(p->part[3], ".framework")) {
        *ret = (struct place){{{p->end[1], deep}, {p->end[3], deep}}, stem(p->part[3])};
        return true;
    }
    if (ends(p->part[1], ".framework")) {
        *ret = (struct place){{{p->end[1], deep}, {p->end[1], flat}}, stem(p->part[1])};
        return true;
    }
    *ret = (struct place){{{p->end[1], flat}}, stem(p->part[1])};
    return is_bundle(p->part[1]);
}

/* Whether the texts from `first` on say that they are of the file `name`. */
static bool speaks_of(const struct image *image, size_t first, struct span name, struct span bundle)
{
    for (size_t i = first; i < image->text_count; i++) {
        if (strcmp(image->texts[i].field, "CFBundleExecutable") == 0)
            return span_equal(image->texts[i].utf8, name);
    }
    return span_equal(bundle, name);
}

static void read_list(struct examination *x, struct os_file *file, const char *beside,
                      const struct path_parts *parts, const struct place *place)
{
    struct image *image = &x->image;
    struct source src;
    struct span bytes;
    size_t first = image->text_count;
    vpi_source_init(&src, &vpi_file_ops, file, file->size, &x->arena);
    src.stop = x->src.stop;
    src.stop_context = x->src.stop_context;
    if (file->size > PLIST_MOST)
        vpi_image_gap(image, VP_GAP_COUNT_LIMIT, "the end of the bundle's Info.plist");
    if (vpi_source_get_some(&src, 0, PLIST_MOST, &bytes))
        vpi_plist_read(image, bytes, 0);
    else
        vpi_image_gap(image, x->arena.failed ? VP_GAP_MEMORY_LIMIT : VP_GAP_READ_FAILED,
                      "the bundle's Info.plist");
    x->result->bytes_read += src.bytes_read;
    if (!speaks_of(image, first, parts->part[0], place->bundle))
        image->text_count = first;
    for (size_t i = first; i < image->text_count; i++)
        image->texts[i].beside = beside;
}

/* False: there is none at this place. */
static bool try_candidate(struct examination *x, size_t number, const struct path_parts *parts,
                          const struct place *place)
{
    struct os_file file;
    struct vp_error err;
    const char *path = x->session->path;
    char *beside = vpi_arena_printf(&x->arena, "%.*s/%s", (int)place->candidates[number].folder_end,
                                    path, place->candidates[number].name);
    if (!beside) {
        vpi_image_gap(&x->image, VP_GAP_MEMORY_LIMIT, "the bundle's Info.plist");
        return true;
    }
    x->result->beside++;
    enum vp_status status = vpi_file_open(beside, &file, &err);
    if (status == VP_E_NOT_FOUND)
        return false;
    if (status != VP_OK) {
        vpi_image_gap(&x->image, VP_GAP_READ_FAILED, "the bundle's Info.plist");
        return true;
    }
    read_list(x, &file, beside, parts, place);
    vpi_file_close(&file);
    return true;
}

void vpi_beside_read(struct examination *x)
{
    const struct vp_session *session = x->session;
    bool macho = x->image.format == VP_FORMAT_MACHO32 || x->image.format == VP_FORMAT_MACHO64;
    /* The file itself, or a slice of it. */
    bool top = x->parent == VP_NO_INDEX ||
               (x->parent == 0 && x->result->objects[0].format == VP_FORMAT_MACHO_FAT);
    if (!session->path || !macho || !top)
        return;
    struct span path = span_text(session->path);
    struct path_parts parts = split(path);
    struct place place;
    if (path.len > INT32_MAX || !find_place(&parts, &place))
        return;
    for (size_t i = 0; i < CANDIDATES && place.candidates[i].name; i++) {
        if (try_candidate(x, i, &parts, &place))
            return;
    }
}
