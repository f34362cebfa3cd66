/* elf_build.c - ELF files field by field, for tests */
#include "elf_build.h"

#include <stdlib.h>
#include <string.h>

#include "format/elf.h"

void elf_put(struct elf_bytes *to, const void *data, size_t len)
{
    if (to->len + len > to->capacity) {
        size_t capacity = 2 * to->capacity + len + 64;
        uint8_t *larger = realloc(to->data, capacity);
        if (!larger)
            abort();
        to->data = larger;
        to->capacity = capacity;
    }
    if (len)
        memcpy(to->data + to->len, data, len);
    to->len += len;
}

void elf_put_uint(struct elf_bytes *to, uint64_t value, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (to->elf->big ? len - 1 - i : i));
        elf_put(to, &byte, 1);
    }
}

void elf_put_word(struct elf_bytes *to, uint64_t value)
{
    elf_put_uint(to, value, to->elf->wide ? 8 : 4);
}

void elf_put_text(struct elf_bytes *to, const char *text)
{
    elf_put(to, text, strlen(text) + 1);
}

void elf_align(struct elf_bytes *to, size_t align)
{
    while (to->len % align)
        elf_put(to, "", 1);
}

void elf_bytes_done(struct elf_bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

void elf_build_init(struct elf_build *elf, bool wide, bool big, uint16_t type)
{
    memset(elf, 0, sizeof *elf);
    elf->wide = wide;
    elf->big = big;
    elf->type = type;
    elf->machine = wide ? 62 : 3;
    elf->section_count = 1;
    elf->slot = ELF_SLOT;
    elf->tail.elf = elf;
}

void elf_build_done(struct elf_build *elf)
{
    for (unsigned i = 0; i < elf->section_count; i++)
        free(elf->sections[i].content.data);
    free(elf->tail.data);
    free(elf->bytes);
    memset(elf, 0, sizeof *elf);
}

struct elf_bytes *elf_section(struct elf_build *elf, const char *name, uint32_t type,
                              uint64_t flags)
{
    if (elf->section_count == ELF_SECTIONS_ROOM)
        abort();
    struct elf_build_section *s = &elf->sections[elf->section_count];
    s->name = name;
    s->type = type;
    s->flags = flags;
    s->off = ELF_FIRST + (uint64_t)(elf->section_count - 1) * elf->slot;
    s->address = flags & SHF_ALLOC ? ELF_ADDRESS + s->off : 0;
    s->alignment = 4;
    s->content.elf = elf;
    elf->section_count++;
    return &s->content;
}

unsigned elf_index(struct elf_build *elf, const char *name)
{
    for (unsigned i = 1; i < elf->section_count; i++) {
        if (strcmp(elf->sections[i].name, name) == 0)
            return i;
    }
    abort();
}

struct elf_build_section *elf_section_row(struct elf_build *elf, const char *name)
{
    return &elf->sections[elf_index(elf, name)];
}

struct elf_build_segment *elf_segment(struct elf_build *elf, uint32_t type, unsigned section)
{
    if (elf->segment_count == ELF_SEGMENTS_ROOM)
        abort();
    struct elf_build_segment *s = &elf->segments[elf->segment_count++];
    s->type = type;
    s->alignment = section ? elf->sections[section].alignment : 0x1000;
    s->off = section ? elf->sections[section].off : 0;
    s->file_len = section ? elf->sections[section].content.len : 0;
    s->address = ELF_ADDRESS + s->off;
    return s;
}

void elf_note(struct elf_bytes *to, const char *owner, uint32_t type, const void *content,
              size_t len, unsigned align)
{
    elf_put_uint(to, strlen(owner) + 1, 4);
    elf_put_uint(to, len, 4);
    elf_put_uint(to, type, 4);
    elf_put_text(to, owner);
    elf_align(to, align);
    elf_put(to, content, len);
    elf_align(to, align);
}

void elf_symbol(struct elf_bytes *to, struct elf_bytes *strings, const char *name, uint8_t info,
                uint8_t other, uint16_t section)
{
    if (strings->len == 0)
        elf_put(strings, "", 1);
    size_t at = *name ? strings->len : 0;
    if (*name)
        elf_put_text(strings, name);
    elf_put_uint(to, at, 4);
    if (!to->elf->wide) {
        elf_put_uint(to, 0, 4);
        elf_put_uint(to, 0, 4);
    }
    elf_put_uint(to, info, 1);
    elf_put_uint(to, other, 1);
    elf_put_uint(to, section, 2);
    if (to->elf->wide) {
        elf_put_uint(to, 0, 8);
        elf_put_uint(to, 0, 8);
    }
}

void elf_dynamic(struct elf_bytes *to, uint64_t tag, uint64_t value)
{
    elf_put_word(to, tag);
    elf_put_word(to, value);
}

static void header_put(const struct elf_build *elf, struct elf_bytes *to, uint64_t sections_off)
{
    uint8_t ident[16] = {
        0x7f, 'E', 'L', 'F', (uint8_t)(elf->wide ? 2 : 1), (uint8_t)(elf->big ? 2 : 1), 1};
    unsigned section_len = elf->wide ? 64 : 40;
    elf_put(to, ident, sizeof ident);
    elf_put_uint(to, elf->type, 2);
    elf_put_uint(to, elf->machine, 2);
    elf_put_uint(to, 1, 4);
    elf_put_word(to, ELF_ADDRESS);
    elf_put_word(to, elf->segment_count ? (elf->wide ? 64 : 52) : 0);
    elf_put_word(to, sections_off);
    elf_put_uint(to, 0, 4);
    elf_put_uint(to, elf->wide ? 64 : 52, 2);
    elf_put_uint(to, elf->wide ? 56 : 32, 2);
    elf_put_uint(to, elf->segment_count, 2);
    elf_put_uint(to, elf->section_len ? elf->section_len : section_len, 2);
    elf_put_uint(to, elf->section_total, 2);
    elf_put_uint(to, elf->names_index, 2);
}

static void segment_put(struct elf_bytes *to, const struct elf_build_segment *s)
{
    elf_put_uint(to, s->type, 4);
    if (to->elf->wide)
        elf_put_uint(to, s->flags, 4);
    elf_put_word(to, s->off);
    elf_put_word(to, s->address);
    elf_put_word(to, s->address);
    elf_put_word(to, s->file_len);
    elf_put_word(to, s->file_len);
    if (!to->elf->wide)
        elf_put_uint(to, s->flags, 4);
    elf_put_word(to, s->alignment);
}

static void section_put(struct elf_bytes *to, const struct elf_build_section *s, uint32_t name)
{
    elf_put_uint(to, name, 4);
    elf_put_uint(to, s->type, 4);
    elf_put_word(to, s->flags);
    elf_put_word(to, s->address);
    elf_put_word(to, s->off);
    elf_put_word(to, s->len ? s->len : s->content.len);
    elf_put_uint(to, s->link, 4);
    elf_put_uint(to, s->info, 4);
    elf_put_word(to, s->alignment);
    elf_put_word(to, s->entry_len);
}

static void pad_to(struct elf_bytes *to, uint64_t off)
{
    if (to->len > off)
        abort(); /* a section that isn't the last one outgrew its slot */
    while (to->len < off)
        elf_put(to, "", 1);
}

static void names_add(struct elf_build *elf, uint32_t *names)
{
    const struct elf_build_section *last = &elf->sections[elf->section_count - 1];
    uint64_t end = last->off + (last->content.len + 7) / 8 * 8;
    struct elf_bytes *table = elf_section(elf, ".shstrtab", SHT_STRTAB, 0);
    if (elf->sections[elf->section_count - 1].off < end)
        elf->sections[elf->section_count - 1].off = end;
    elf_put(table, "", 1);
    for (unsigned i = 1; i < elf->section_count; i++) {
        names[i] = (uint32_t)table->len;
        elf_put_text(table, elf->sections[i].name);
    }
    if (elf->names_index == 0)
        elf->names_index = (uint16_t)(elf->section_count - 1);
}

void elf_finish(struct elf_build *elf)
{
    struct elf_bytes out = {.elf = elf};
    uint32_t names[ELF_SECTIONS_ROOM] = {0};
    if (!elf->headerless)
        names_add(elf, names);
    const struct elf_build_section *last = &elf->sections[elf->section_count - 1];
    uint64_t end = elf->section_count > 1 ? last->off + last->content.len : ELF_FIRST;
    end = (end + 7) / 8 * 8;
    if (elf->section_total == 0 && !elf->headerless)
        elf->section_total = (uint16_t)elf->section_count;
    if (elf->sections_off == 0 && !elf->headerless)
        elf->sections_off = end;
    header_put(elf, &out, elf->sections_off);
    for (unsigned i = 0; i < elf->segment_count; i++) {
        struct elf_build_segment *s = &elf->segments[i];
        if (s->type == PT_LOAD && s->file_len == 0)
            s->file_len = end;
        segment_put(&out, s);
    }
    for (unsigned i = 1; i < elf->section_count; i++) {
        pad_to(&out, elf->sections[i].off);
        if (elf->sections[i].type != SHT_NOBITS)
            elf_put(&out, elf->sections[i].content.data, elf->sections[i].content.len);
    }
    pad_to(&out, end);
    for (unsigned i = 0; !elf->headerless && i < elf->section_count; i++)
        section_put(&out, &elf->sections[i], names[i]);
    elf_put(&out, elf->tail.data, elf->tail.len);
    free(elf->bytes);
    /* Exactly as long as the file, so that a byte too far is seen. */
    elf->bytes = realloc(out.data, out.len);
    elf->len = out.len;
    if (!elf->bytes)
        abort();
}
