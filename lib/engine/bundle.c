/* bundle.c - what the main executable's signature says of the files beside it
 *
 *     X.app/Contents/MacOS/prog      Info.plist, _CodeSignature/CodeResources in X.app/Contents
 *     X.framework/Versions/A/X       _CodeSignature/CodeResources there, Resources/Info.plist
 *     X.app/prog, X.framework/X      the same there
 *
 * Its code directory has their digests in special slots 1 and 3; a file that has neither is no
 * main executable.  The files that CodeResources lists are compared only when the caller wants it
 * (VP_SESSION_BUNDLES), since that reads them all.  Apple Security,
 * OSX/libsecurity_codesigning/lib: bundlediskrep.cpp, StaticCode.cpp (validateResources).
 */
#include "engine/bundle.h"

enum { LIST_MOST = 16 << 20, INFO_MOST = 1 << 20, TICKET_LEN = 4 };

/* The folder that names are relative to: where "MacOS" is, or else that of the executable. */
static struct span root_of(struct span path)
{
    size_t end = path.len;
    while (end > 0 && path.data[end - 1] != '/')
        end--;
    while (end > 1 && path.data[end - 1] == '/')
        end--;
    struct span folder = span_first(path, end);
    static const char inner[] = "/MacOS";
    size_t len = sizeof inner - 1;
    if (folder.len > len && memcmp(folder.data + folder.len - len, inner, len) == 0)
        folder.len -= len;
    return folder;
}

static void say(struct bundle *b, enum vp_note_code code, const char *text)
{
    vpi_image_note(&b->x->image, code, b->code->off, text);
}

/* All of a file below the root, at most `most` bytes of it.  False: it is not there. */
static bool read_file(struct bundle *b, const char *name, uint64_t most, struct span *ret)
{
    struct examination *x = b->x;
    struct os_file file;
    struct vp_error err;
    char *path = vpi_bundle_path(b, span_text(name));
    x->result->beside++;
    if (!path || vpi_file_open(path, &file, &err) != VP_OK)
        return false;
    struct source src;
    vpi_source_init(&src, &vpi_file_ops, &file, file.size, &x->arena);
    src.stop = x->src.stop;
    src.stop_context = x->src.stop_context;
    bool good = file.size <= most && vpi_source_get(&src, 0, file.size, ret);
    x->result->bytes_read += src.bytes_read;
    vpi_file_close(&file);
    if (!good)
        vpi_image_gap(&x->image, x->arena.failed ? VP_GAP_MEMORY_LIMIT : VP_GAP_COUNT_LIMIT, name);
    return good;
}

static bool has_digest(struct bundle *b, struct span slot, struct span bytes)
{
    uint8_t value[DIGEST_MOST];
    return vpi_digest(b->x->session->crypto, b->directory->algorithm, bytes, value) &&
           span_equal(slot, span_of(value, slot.len));
}

/* False: the directory has no digest of it. */
static bool slot_of(const struct bundle *b, uint32_t index, struct span *ret)
{
    static const uint8_t zeros[DIGEST_MOST];
    return vpi_code_special(b->directory, index, ret) &&
           !span_equal(*ret, span_of(zeros, ret->len));
}

/* A program alone has it inside. */
static bool info_is_inside(struct bundle *b, struct span slot)
{
    const struct image *image = &b->x->image;
    for (size_t i = 0; i < image->section_count; i++) {
        const struct image_section *section = &image->sections[i];
        struct span bytes;
        if (span_equal(section->name, span_text("__TEXT,__info_plist")) &&
            section->len <= INFO_MOST &&
            vpi_source_get(&b->x->src, section->off, section->len, &bytes))
            return has_digest(b, slot, bytes);
    }
    return false;
}

static void check_info(struct bundle *b)
{
    struct span slot, bytes;
    if (!slot_of(b, CODE_INFO, &slot) || info_is_inside(b, slot))
        return;
    if (!read_file(b, "Info.plist", INFO_MOST, &bytes) &&
        !read_file(b, "Resources/Info.plist", INFO_MOST, &bytes))
        return;
    if (!has_digest(b, slot, bytes))
        say(b, VP_NOTE_BUNDLE_DIFFERS, "Info.plist is not the one that was signed");
}

static void check_list(struct bundle *b)
{
    struct span slot, bytes, ticket;
    if (!slot_of(b, CODE_RESOURCES, &slot))
        return;
    if (read_file(b, "CodeResources", INFO_MOST, &ticket) && ticket.len >= TICKET_LEN &&
        memcmp(ticket.data, "s8ch", TICKET_LEN) == 0) {
        say(b, VP_NOTE_NOTARIZATION_TICKET, "stapled to the bundle");
        for (size_t i = 0; i < b->x->work.signatures->count; i++)
            b->x->work.signatures->signatures[i].states |= VP_SIGNATURE_TICKET;
    }
    if (!read_file(b, "_CodeSignature/CodeResources", LIST_MOST, &bytes))
        return;
    if (!has_digest(b, slot, bytes))
        say(b, VP_NOTE_BUNDLE_DIFFERS, "the list of its files is not the one that was signed");
    else if (b->x->session->options.flags & VP_SESSION_BUNDLES)
        vpi_bundle_files(b, bytes);
}

/* False: the object is no file that can be the executable of a bundle. */
static bool begin(struct examination *x, struct bundle *ret)
{
    const struct feature_trust *trust = x->work.signatures;
    bool top = x->parent == VP_NO_INDEX ||
               (x->parent == 0 && x->result->objects[0].format == VP_FORMAT_MACHO_FAT);
    if (!x->session->path || !top || !trust || !trust->code)
        return false;
    const struct code_signature *signature = &trust->code->signature;
    struct span path = span_text(x->session->path);
    if (signature->chosen >= signature->directory_count || path.len > INT32_MAX)
        return false;
    *ret = (struct bundle){.x = x,
                           .code = trust->code,
                           .directory = &signature->directories[signature->chosen],
                           .root = root_of(path)};
    return true;
}

bool vpi_bundle_wanted(struct examination *x)
{
    struct bundle b;
    struct span slot;
    return (x->session->options.flags & VP_SESSION_BUNDLES) && begin(x, &b) &&
           !x->work.signatures->verified && slot_of(&b, CODE_RESOURCES, &slot);
}

void vpi_bundle_check(struct examination *x)
{
    const struct feature_trust *trust = x->work.signatures;
    struct bundle b;
    if (!begin(x, &b) || !trust->verified || trust->count == 0 ||
        !(trust->signatures[0].states & VP_SIGNATURE_DIGEST_MATCHES))
        return;
    check_info(&b);
    check_list(&b);
}
