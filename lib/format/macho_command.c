/* macho_command.c - load commands: segments, libraries, ids, where the tables and the signature are
 *
 *     command | length, with this header | what belongs to it ... | text that offsets lead to
 */
#include "format/macho.h"

enum {
    LC_NUMBER = 0x7fffffff, /* the highest bit: a loader that doesn't know it must give up */
    LC_SEGMENT = 0x1,
    LC_SYMTAB = 0x2,
    LC_DYSYMTAB = 0xb,
    LC_LOAD_DYLIB = 0xc,
    LC_ID_DYLIB = 0xd,
    LC_LOAD_WEAK_DYLIB = 0x18,
    LC_SEGMENT_64 = 0x19,
    LC_UUID = 0x1b,
    LC_CODE_SIGNATURE = 0x1d,
    LC_REEXPORT_DYLIB = 0x1f,
    LC_LAZY_LOAD_DYLIB = 0x20,
    LC_SEGMENT_SPLIT_INFO = 0x1e,
    LC_ENCRYPTION_INFO = 0x21,
    LC_DYLD_INFO = 0x22,
    LC_LOAD_UPWARD_DYLIB = 0x23,
    LC_VERSION_MIN_MACOSX = 0x24,
    LC_VERSION_MIN_IPHONEOS = 0x25,
    LC_FUNCTION_STARTS = 0x26,
    LC_DATA_IN_CODE = 0x29,
    LC_DYLIB_CODE_SIGN_DRS = 0x2b,
    LC_ENCRYPTION_INFO_64 = 0x2c,
    LC_LINKER_OPTIMIZATION_HINT = 0x2e,
    LC_VERSION_MIN_TVOS = 0x2f,
    LC_VERSION_MIN_WATCHOS = 0x30,
    LC_BUILD_VERSION = 0x32,
    LC_EXPORTS_TRIE = 0x33,
    LC_CHAINED_FIXUPS = 0x34
};

enum { NAME_LEN = 16, UUID_LEN = 16, COMMAND_LEN = 8 };

/* A version has 16, 8 and 8 bits.  A build without one leaves 0 or, with Xcode, 1.0.0. */
enum { DEFAULT_VERSION = 1 << 16 };

/* Section types whose bytes are zeros that the file doesn't have. */
enum { SECTION_TYPE = 0xff, S_ZEROFILL = 0x1, S_GB_ZEROFILL = 0xc, S_THREAD_LOCAL_ZEROFILL = 0x12 };

/* Platforms of LC_BUILD_VERSION, from 1. */
static const char *const platforms[] = {"macOS",
                                        "iOS",
                                        "tvOS",
                                        "watchOS",
                                        "bridgeOS",
                                        "Mac Catalyst",
                                        "iOS simulator",
                                        "tvOS simulator",
                                        "watchOS simulator",
                                        "DriverKit",
                                        "visionOS",
                                        "visionOS simulator"};

/* Up to the first NUL. */
static struct span text_in(struct span field)
{
    const uint8_t *end = field.len ? memchr(field.data, 0, field.len) : NULL;
    return end ? span_of(field.data, (size_t)(end - field.data)) : field;
}

/* "__TEXT,__text", in the arena. */
static struct span section_name(struct macho *m, struct span segment, struct span section)
{
    segment = text_in(segment);
    section = text_in(section);
    uint8_t *both = vpi_arena_alloc(m->image->arena, segment.len + 1 + section.len);
    if (!both) {
        vpi_image_gap(m->image, VP_GAP_MEMORY_LIMIT, "sections");
        return span_of(NULL, 0);
    }
    memcpy(both, segment.data, segment.len);
    both[segment.len] = ',';
    memcpy(both + segment.len + 1, section.data, section.len);
    return span_of(both, segment.len + 1 + section.len);
}

/* False: there are too many. */
static bool section_read(struct macho *m, struct span row, bool wide, bool in_file)
{
    unsigned width = wide ? 8 : 4;
    struct reader r = macho_reader(m, row, 0);
    struct span name = reader_span(&r, NAME_LEN), segment = reader_span(&r, NAME_LEN);
    uint64_t address = reader_uint(&r, width), len = reader_uint(&r, width), off = reader_u32(&r);
    reader_skip(&r, 12); /* alignment, relocations */
    uint32_t flags = reader_u32(&r), type = flags & SECTION_TYPE;
    struct image_section *section = vpi_image_section(m->image);
    if (r.bad || !section)
        return false;
    section->name = section_name(m, segment, name);
    section->address = address;
    section->address_len = len;
    section->flags = flags;
    if (!in_file || type == S_ZEROFILL || type == S_GB_ZEROFILL || type == S_THREAD_LOCAL_ZEROFILL)
        return true;
    section->len = vpi_macho_cover(m, off, len);
    section->off = section->len ? off : 0;
    if (m->info_len == 0 && span_equal(section->name, span_text("__TEXT,__info_plist"))) {
        m->info_off = section->off;
        m->info_len = section->len;
    }
    return true;
}

static void segment_read(struct macho *m, struct span command, bool wide)
{
    unsigned width = wide ? 8 : 4;
    size_t row_len = wide ? 80 : 68;
    struct reader r = macho_reader(m, command, COMMAND_LEN + NAME_LEN);
    reader_skip(&r, 2 * width); /* address */
    uint64_t off = reader_uint(&r, width), len = reader_uint(&r, width);
    reader_skip(&r, 8); /* protection */
    uint64_t count = reader_u32(&r);
    reader_skip(&r, 4);
    if (r.bad)
        return;
    vpi_macho_cover(m, off, len);
    /* Debug files have the table of the program's sections and the bytes of few. */
    for (uint64_t i = 0; i < count; i++) {
        struct span row = reader_span(&r, row_len);
        if (r.bad) {
            vpi_image_note(m->image, VP_NOTE_MALFORMED, m->commands_off, "a segment's sections");
            return;
        }
        if (!section_read(m, row, wide, len > 0))
            return;
    }
}

/* The text that the offset at `field` of a command leads to, and where it is in the file. */
static bool command_text(struct macho *m, struct span command, uint64_t command_off,
                         struct span *ret, uint64_t *ret_off)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    uint64_t off = reader_u32(&r);
    if (r.bad || off >= command.len)
        return false;
    *ret = text_in(span_from(command, off));
    *ret_off = command_off + off;
    return ret->len > 0;
}

static void library_read(struct macho *m, struct span command, uint64_t off)
{
    struct span name;
    uint64_t name_off;
    if (!command_text(m, command, off, &name, &name_off))
        return;
    struct image_library *library = vpi_image_library(m->image);
    if (!library)
        return;
    library->name = name;
    library->off = name_off;
}

static void own_name_read(struct macho *m, struct span command, uint64_t off)
{
    struct image *image = m->image;
    if (image->own_name.len > 0 ||
        !command_text(m, command, off, &image->own_name, &image->own_name_off))
        return;
    struct reader r = macho_reader(m, command, COMMAND_LEN + 8); /* name, time stamp */
    uint32_t version = reader_u32(&r);
    if (r.bad || version == 0 || version == DEFAULT_VERSION)
        return;
    image->fixed_file_version = vpi_arena_printf(image->arena, "%u.%u.%u", version >> 16,
                                                 version >> 8 & 255, version & 255);
    if (!image->fixed_file_version)
        vpi_image_gap(image, VP_GAP_MEMORY_LIMIT, "versions");
}

static void uuid_read(struct macho *m, struct span command, uint64_t off)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    struct span uuid = reader_span(&r, UUID_LEN);
    struct image_blob *blob = r.bad ? NULL : vpi_image_blob(m->image);
    if (!blob)
        return;
    blob->type = BLOB_BUILD_ID;
    blob->off = off + COMMAND_LEN;
    blob->len = UUID_LEN;
    blob->bytes = uuid;
}

static void signature_find(struct macho *m, struct span command)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    uint64_t off = reader_u32(&r), len = reader_u32(&r);
    if (r.bad || len == 0)
        return;
    uint64_t there = vpi_macho_cover(m, off, len);
    struct image_blob *blob = there ? vpi_image_blob(m->image) : NULL;
    if (!blob) {
        vpi_image_note(m->image, VP_NOTE_SIGNATURE_UNREADABLE, off, "the code signature");
        return;
    }
    blob->type = BLOB_CODE_SIGNATURE;
    blob->off = off;
    blob->len = there;
    blob->id = CODE_SIGNATURE_IN_PLACE;
    m->image->has_signature_table = true;
    m->image->signing = SIGNING_CODE_DIRECTORY;
}

static void tables_find(struct macho *m, struct span command, uint32_t number)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    if (number == LC_SYMTAB && !m->has_symbols) {
        m->symbols_off = reader_u32(&r);
        m->symbol_count = reader_u32(&r);
        m->strings_off = reader_u32(&r);
        m->strings_len = reader_u32(&r);
        m->has_symbols = !r.bad;
        vpi_macho_table(m, m->symbols_off, (uint64_t)m->symbol_count * (m->wide ? 16 : 12));
        vpi_macho_table(m, m->strings_off, m->strings_len);
    } else if (number == LC_DYSYMTAB && !m->has_rows) {
        struct macho_rows *rows[] = {&m->local_rows, &m->export_rows, &m->import_rows};
        for (size_t i = 0; i < 3; i++) {
            rows[i]->first = reader_u32(&r);
            rows[i]->count = reader_u32(&r);
        }
        reader_skip(&r, 6 * 4); /* contents, modules, references */
        uint32_t indirect_off = reader_u32(&r), indirect_count = reader_u32(&r);
        m->has_rows = !r.bad;
        vpi_macho_table(m, indirect_off, 4 * (uint64_t)indirect_count);
    }
}

/* Other tables of the loader: pairs of offset and length. */
static void loader_tables_find(struct macho *m, struct span command, unsigned pairs)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    while (pairs-- > 0) {
        uint32_t off = reader_u32(&r), len = reader_u32(&r);
        vpi_macho_table(m, off, len);
    }
}

/* Which system it is for, and with which SDK it was built. */
static void build_read(struct macho *m, struct span command, const char *platform)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    uint32_t number = platform ? 0 : reader_u32(&r);
    uint32_t system = reader_u32(&r), sdk = reader_u32(&r);
    if (number > 0 && number <= sizeof platforms / sizeof *platforms)
        platform = platforms[number - 1];
    struct image_text *text = r.bad ? NULL : vpi_image_text(m->image);
    if (!text)
        return;
    const char *words = vpi_arena_printf(
        m->image->arena, "%s %u.%u.%u, SDK %u.%u.%u", platform ? platform : "other", system >> 16,
        system >> 8 & 255, system & 255, sdk >> 16, sdk >> 8 & 255, sdk & 255);
    if (!words)
        vpi_image_gap(m->image, VP_GAP_MEMORY_LIMIT, "versions");
    text->field = "BuildVersion";
    text->utf8 = span_text(words ? words : "");
    text->off = text->len = VP_NONE;
}

static void encryption_read(struct macho *m, struct span command)
{
    struct reader r = macho_reader(m, command, COMMAND_LEN);
    uint32_t off = reader_u32(&r);
    reader_skip(&r, 4);
    uint32_t system = reader_u32(&r);
    if (!r.bad && system != 0)
        vpi_image_note(m->image, VP_NOTE_PACKED, off, "encrypted by the store");
}

static void command_read(struct macho *m, uint32_t number, struct span command, uint64_t off)
{
    switch (number & LC_NUMBER) {
    case LC_SEGMENT:
    case LC_SEGMENT_64:
        segment_read(m, command, number == LC_SEGMENT_64);
        break;
    case LC_SYMTAB:
    case LC_DYSYMTAB:
        tables_find(m, command, number);
        break;
    case LC_DYLD_INFO:
        loader_tables_find(m, command, 5);
        break;
    case LC_SEGMENT_SPLIT_INFO:
    case LC_FUNCTION_STARTS:
    case LC_DATA_IN_CODE:
    case LC_DYLIB_CODE_SIGN_DRS:
    case LC_LINKER_OPTIMIZATION_HINT:
    case LC_EXPORTS_TRIE:
    case LC_CHAINED_FIXUPS:
        loader_tables_find(m, command, 1);
        break;
    case LC_LOAD_DYLIB:
    case LC_LOAD_WEAK_DYLIB:
    case LC_REEXPORT_DYLIB:
    case LC_LAZY_LOAD_DYLIB:
    case LC_LOAD_UPWARD_DYLIB:
        library_read(m, command, off);
        break;
    case LC_ID_DYLIB:
        own_name_read(m, command, off);
        break;
    case LC_UUID:
        uuid_read(m, command, off);
        break;
    case LC_CODE_SIGNATURE:
        signature_find(m, command);
        break;
    case LC_ENCRYPTION_INFO:
    case LC_ENCRYPTION_INFO_64:
        encryption_read(m, command);
        break;
    case LC_VERSION_MIN_MACOSX:
        build_read(m, command, "macOS");
        break;
    case LC_VERSION_MIN_IPHONEOS:
        build_read(m, command, "iOS");
        break;
    case LC_VERSION_MIN_TVOS:
        build_read(m, command, "tvOS");
        break;
    case LC_VERSION_MIN_WATCHOS:
        build_read(m, command, "watchOS");
        break;
    case LC_BUILD_VERSION:
        build_read(m, command, NULL);
        break;
    default:
        break;
    }
}

void vpi_macho_commands_read(struct macho *m)
{
    struct span all = m->commands;
    for (uint64_t off = 0; off < all.len;) {
        struct span command;
        struct reader r = macho_reader(m, all, off);
        uint32_t number = reader_u32(&r);
        uint64_t len = reader_u32(&r);
        if (r.bad || len < COMMAND_LEN || !span_sub(all, off, len, &command)) {
            vpi_image_note(m->image, VP_NOTE_MALFORMED, m->commands_off + off, "a load command");
            return;
        }
        command_read(m, number, command, m->commands_off + off);
        off += len;
    }
}
