/* pe_build_parts.c - PE files field by field, for tests: what directories point to */
#include "pe_build.h"

#include <stdlib.h>
#include <string.h>

enum {
    DIRECTORY_EXPORT = 0,
    DIRECTORY_IMPORT = 1,
    DIRECTORY_RESOURCE = 2,
    DIRECTORY_DEBUG = 6,
    DIRECTORY_DELAY_IMPORT = 13,
    DIRECTORY_CLR = 14
};

static void directory_set(struct pe_build *pe, int index, uint32_t address, uint32_t len)
{
    pe->directories[index].address = address;
    pe->directories[index].len = len;
}

static void put_part(struct pe_bytes *to, const char *text, size_t len)
{
    pe_put(to, text, len);
    pe_put_uint(to, 0, 1);
}

static size_t count_of(const char *text, size_t len, char separator)
{
    size_t count = 1;
    for (size_t i = 0; i < len; i++)
        count += text[i] == separator;
    return count;
}

/* Thunks of "a,b,#5" with their names; returns the table's address. */
static uint32_t thunks_put(struct pe_build *pe, struct pe_bytes *to, const char *text, size_t len)
{
    unsigned width = pe->plus ? 8 : 4;
    size_t count = count_of(text, len, ','), table = to->len;
    uint32_t address = pe_here(to);
    for (size_t i = 0; i <= count; i++)
        pe_put_uint(to, 0, width);
    for (size_t i = 0; i < count; i++) {
        size_t part = strcspn(text, ", ");
        if (text[0] == '#') {
            uint64_t flag = UINT64_C(1) << (8 * width - 1);
            pe_set_uint(to, table + i * width, flag | strtoul(text + 1, NULL, 10), width);
        } else {
            pe_align(to, 2);
            pe_set_uint(to, table + i * width, pe_here(to), width);
            pe_put_uint(to, 0, 2); /* hint */
            put_part(to, text, part);
        }
        text += part + 1;
    }
    pe_align(to, 8);
    return address;
}

static void imports_put(struct pe_build *pe, struct pe_bytes *to, const char *what, bool delayed)
{
    size_t row = delayed ? 32 : 20;
    size_t libraries = count_of(what, strlen(what), ' ');
    pe_align(to, 8);
    size_t table = to->len;
    directory_set(pe, delayed ? DIRECTORY_DELAY_IMPORT : DIRECTORY_IMPORT, pe_here(to),
                  (uint32_t)((libraries + 1) * row));
    for (size_t i = 0; i < (libraries + 1) * row; i++)
        pe_put_uint(to, 0, 1);
    pe_align(to, 8);
    for (size_t i = 0; i < libraries; i++) {
        size_t len = strcspn(what, " "), name = strcspn(what, ":");
        size_t at = table + i * row;
        if (delayed)
            pe_set_uint(to, at, 1, 4); /* addresses are relative */
        pe_set_uint(to, at + (delayed ? 16 : 0),
                    thunks_put(pe, to, what + name + 1, len - name - 1), 4);
        pe_set_uint(to, at + (delayed ? 12 : 16),
                    thunks_put(pe, to, what + name + 1, len - name - 1), 4);
        pe_set_uint(to, at + (delayed ? 4 : 12), pe_here(to), 4);
        put_part(to, what, name);
        pe_align(to, 8);
        what += len + 1;
    }
}

void pe_imports(struct pe_build *pe, struct pe_bytes *to, const char *what)
{
    imports_put(pe, to, what, false);
}

void pe_delay_imports(struct pe_build *pe, struct pe_bytes *to, const char *what)
{
    imports_put(pe, to, what, true);
}

void pe_exports(struct pe_build *pe, struct pe_bytes *to, const char *library, const char *names)
{
    size_t count = count_of(names, strlen(names), ','), named = 0;
    pe_align(to, 4);
    size_t head = to->len;
    uint32_t address = pe_here(to);
    for (size_t i = 0; i < 40 + count * 10; i++)
        pe_put_uint(to, 0, 1);
    pe_align(to, 4);
    size_t functions = head + 40, name_table = functions + count * 4;
    size_t ordinals = name_table + count * 4;
    for (size_t i = 0; i < count; i++) {
        size_t len = strcspn(names, ",");
        bool forwarded = names[0] == '=';
        pe_set_uint(to, functions + i * 4, forwarded ? pe_here(to) : 0x1000 + i, 4);
        if (forwarded)
            pe_put_text(to, "OTHER.Function");
        if (names[0] != '-') {
            pe_set_uint(to, name_table + named * 4, pe_here(to), 4);
            pe_set_uint(to, ordinals + named * 2, i, 2);
            put_part(to, names + forwarded, len - forwarded);
            named++;
        }
        names += len + 1;
    }
    pe_set_uint(to, head + 12, pe_here(to), 4);
    pe_put_text(to, library);
    pe_set_uint(to, head + 16, 1, 4); /* first ordinal */
    pe_set_uint(to, head + 20, count, 4);
    pe_set_uint(to, head + 24, named, 4);
    pe_set_uint(to, head + 28, address + 40, 4);
    pe_set_uint(to, head + 32, address + 40 + count * 4, 4);
    pe_set_uint(to, head + 36, address + 40 + count * 8, 4);
    directory_set(pe, DIRECTORY_EXPORT, address, pe_here(to) - address);
}

void pe_resource(struct pe_build *pe, struct pe_bytes *to, uint32_t type, uint32_t id,
                 uint16_t language, const void *data, size_t len)
{
    if (pe->resource_count == PE_RESOURCES_MOST)
        abort();
    pe_align(to, 4);
    struct pe_build_resource *r = &pe->resources[pe->resource_count++];
    r->type = type;
    r->id = id;
    r->language = language;
    r->address = pe_here(to);
    r->len = (uint32_t)len;
    pe_put(to, data, len);
}

/* Starts a block of VS_VERSIONINFO; returns its offset for block_end. */
static size_t block_begin(struct pe_bytes *to, const char *key, size_t value_len, uint16_t type)
{
    pe_align(to, 4);
    size_t off = to->len;
    pe_put_uint(to, 0, 2);
    pe_put_uint(to, value_len, 2);
    pe_put_uint(to, type, 2);
    pe_put_utf16(to, key);
    pe_align(to, 4);
    return off;
}

static void block_end(struct pe_bytes *to, size_t off)
{
    pe_set_uint(to, off, to->len - off, 2);
}

static void text_put(struct pe_bytes *to, const char *text)
{
    size_t name = strcspn(text, "=");
    char key[64] = {0};
    memcpy(key, text, name < sizeof key ? name : sizeof key - 1);
    size_t off = block_begin(to, key, 0, 1), value = to->len;
    pe_put_utf16(to, text + name + 1);
    pe_set_uint(to, off + 2, (to->len - value) / 2, 2);
    block_end(to, off);
}

void pe_version(struct pe_build *pe, struct pe_bytes *to, const char *table, const char *texts)
{
    static const uint32_t fixed[13] = {0xfeef04bd,  0x10000,     1 << 16 | 2, 3 << 16 | 4,
                                       5 << 16 | 6, 7 << 16 | 8, 0x3f};
    struct pe_bytes block = {0};
    size_t root = block_begin(&block, "VS_VERSION_INFO", sizeof fixed, 0);
    for (size_t i = 0; i < 13; i++)
        pe_put_uint(&block, fixed[i], 4);
    size_t info = block_begin(&block, "StringFileInfo", 0, 1);
    size_t strings = block_begin(&block, table, 0, 1);
    for (; *texts; texts += strlen(texts) + 1)
        text_put(&block, texts);
    block_end(&block, strings);
    block_end(&block, info);
    size_t vars = block_begin(&block, "VarFileInfo", 0, 1);
    size_t var = block_begin(&block, "Translation", 4, 0);
    pe_put_uint(&block, 0x04b00409, 4);
    block_end(&block, var);
    block_end(&block, vars);
    block_end(&block, root);
    pe_resource(pe, to, 16, 1, 0x409, block.data, block.len);
    free(block.data);
}

static void entry_name_put(struct pe_bytes *to, size_t entry, uint32_t base, uint32_t id,
                           const char *name)
{
    pe_set_uint(to, entry, name ? 0x80000000u | (pe_here(to) - base) : id, 4);
    if (!name)
        return;
    pe_put_uint(to, strlen(name), 2);
    pe_put_utf16(to, name);
    pe_align(to, 4);
}

/* One entry in each directory on the way: longer than a linker would write it, and as valid. */
void pe_resources(struct pe_build *pe, struct pe_bytes *to)
{
    pe_align(to, 4);
    uint32_t base = pe_here(to);
    size_t root = to->len;
    pe_put_uint(to, 0, 8);
    pe_put_uint(to, 0, 6);
    pe_put_uint(to, pe->resource_count, 2);
    for (size_t i = 0; i < pe->resource_count; i++)
        pe_put_uint(to, 0, 8);
    for (size_t i = 0; i < pe->resource_count; i++) {
        const struct pe_build_resource *r = &pe->resources[i];
        size_t entry = root + 16 + i * 8;
        entry_name_put(to, entry, base, r->type, r->type_name);
        for (int level = 0; level < 2; level++) {
            pe_set_uint(to, entry + 4, 0x80000000u | (pe_here(to) - base), 4);
            pe_put_uint(to, 0, 8);
            pe_put_uint(to, 0, 6);
            pe_put_uint(to, 1, 2);
            entry = to->len;
            pe_put_uint(to, 0, 8);
            entry_name_put(to, entry, base, level == 0 ? r->id : r->language,
                           level == 0 ? r->name : NULL);
        }
        pe_set_uint(to, entry + 4, pe_here(to) - base, 4);
        pe_put_uint(to, r->address, 4);
        pe_put_uint(to, r->len, 4);
        pe_put_uint(to, 0, 8);
    }
    directory_set(pe, DIRECTORY_RESOURCE, base, pe_here(to) - base);
}

void pe_debug(struct pe_build *pe, struct pe_bytes *to, const char *path)
{
    pe_align(to, 4);
    size_t record = to->len + 28, len = 24 + strlen(path) + 1;
    directory_set(pe, DIRECTORY_DEBUG, pe_here(to), 28);
    pe_put_uint(to, 0, 8);
    pe_put_uint(to, 0, 4);
    pe_put_uint(to, 2, 4); /* CodeView */
    pe_put_uint(to, len, 4);
    pe_put_uint(to, to->address + record, 4);
    pe->debug_section = to->address / PE_SECTION_SPAN;
    pe->debug_field = to->len;
    pe_put_uint(to, record, 4); /* in the section; pe_finish knows where that is in the file */
    pe_put(to, "RSDS", 4);
    for (uint8_t i = 0; i < 16; i++)
        pe_put(to, &i, 1); /* GUID */
    pe_put_uint(to, 1, 4); /* age */
    pe_put_text(to, path);
}

void pe_clr(struct pe_build *pe, struct pe_bytes *to, const void *metadata, size_t len)
{
    pe_align(to, 4);
    directory_set(pe, DIRECTORY_CLR, pe_here(to), 72);
    pe_put_uint(to, 72, 4);
    pe_put_uint(to, 0x00050002, 4);
    pe_put_uint(to, pe_here(to) + 64, 4);
    pe_put_uint(to, len, 4);
    for (int i = 0; i < 7; i++)
        pe_put_uint(to, 0, 8);
    pe_put(to, metadata, len);
}

void pe_build_rich_file(struct pe_build *pe, bool plus)
{
    static const uint32_t pairs[] = {0x01047809, 3, 0x01017809, 7};
    pe_build_init(pe, plus);
    pe_rich(pe, 0x12345678, pairs, 4);
    struct pe_bytes *data = pe_section(pe, ".rdata");
    pe_debug(pe, data, "c:\\work\\thing.pdb");
    pe_imports(pe, data, "KERNEL32.dll:ExitProcess,GetLastError WS2_32.dll:#3,#115,bind");
    pe_delay_imports(pe, data, "user32.dll:MessageBoxA,#7");
    pe_exports(pe, data, "thing.dll", "Alpha,-,=Beta,Gamma");
    pe_clr(pe, data, "BSJB\1\0\1\0", 8);
    struct pe_bytes *resources = pe_section(pe, ".rsrc");
    pe_version(pe, resources, "040904b0",
               "CompanyName=Example Ltd\0ProductName=卡巴斯基\0Odd=value\0");
    pe_resource(pe, resources, 24, 1, 0x409, "<assembly/>", 11);
    pe_resource(pe, resources, 3, 1, 0, "icon", 4);
    pe_resource(pe, resources, 10, 7, 0x419, "data", 4);
    pe->resources[pe->resource_count - 1].name = "NAMED";
    pe_resource(pe, resources, 0, 1, 0, "typelib", 7);
    pe->resources[pe->resource_count - 1].type_name = "TYPELIB";
    pe_resources(pe, resources);
    pe_put(&pe->overlay, "overlay!", 8);
    pe_certificate(pe, "\x30\x03\x02\x01\x05", 5);
    pe_certificate(pe, "\x30\x00", 2);
    pe_finish(pe);
}
