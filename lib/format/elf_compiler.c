/* elf_compiler.c - who made the code: what compilers leave in .comment, and Rust in its messages
 *
 * .comment is a list of NUL-terminated texts, each once if a linker merged them; distributions
 * strip it.  A Rust program keeps the paths of the standard library's files, in which a panic may
 * occur:
 * "/rustc/COMMIT/library/core/src/str/mod.rs", or as Debian builds it "/usr/src/rustc-1.63.0/...".
 */
#define _GNU_SOURCE /* memmem */
#include "format/elf.h"

enum { COMMENT_MOST = 64 << 10, COMMENTS_MOST = 64 };
enum { MESSAGES_MOST = 256 << 10, VERSION_MOST = 32, COMMIT_LEN = 40 };

static bool known(const struct image *image, struct span text)
{
    for (size_t i = 0; i < image->text_count; i++) {
        if (image->texts[i].group == TEXT_COMPILER && span_equal(image->texts[i].utf8, text))
            return true;
    }
    return false;
}

static void comments_read(struct elf *elf)
{
    const struct elf_section *section = vpi_elf_section(elf, ".comment");
    struct span bytes, piece;
    unsigned count = 0;
    if (!section || !vpi_elf_section_get(elf, section, COMMENT_MOST, &bytes))
        return;
    const uint8_t *start = bytes.data;
    while (vpi_elf_piece(&bytes, &piece)) {
        if (known(elf->image, piece))
            continue;
        if (count++ == COMMENTS_MOST) {
            vpi_image_gap(elf->image, VP_GAP_COUNT_LIMIT, "comments");
            return;
        }
        (void)vpi_elf_text(elf, TEXT_COMPILER, "comment", piece,
                           section->off + (uint64_t)(piece.data - start));
    }
}

static bool is_one_of(uint8_t c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

/* What stands between "/rustc" and the next slash, if that can be a version or a commit. */
static bool rust_version(struct span rest, struct span *ret)
{
    bool commit = rest.len > 0 && rest.data[0] == '/';
    const char *set = commit ? "0123456789abcdef" : "0123456789.-abcdefghijklmnopqrstuvwxyz";
    size_t len = 1;
    if (rest.len == 0 || (!commit && rest.data[0] != '-'))
        return false;
    while (len < rest.len && is_one_of(rest.data[len], set))
        len++;
    *ret = span_of(rest.data + 1, len - 1);
    if (len == rest.len || rest.data[len] != '/')
        return false;
    return commit ? ret->len == COMMIT_LEN
                  : ret->len > 0 && ret->len <= VERSION_MOST && ret->data[0] <= '9';
}

static void rust_add(struct elf *elf, struct span version, uint64_t off)
{
    char *text = vpi_arena_alloc(elf->image->arena, version.len + sizeof "rustc ");
    if (!text) {
        vpi_image_gap(elf->image, VP_GAP_MEMORY_LIMIT, "compilers");
        return;
    }
    memcpy(text, "rustc ", 6);
    memcpy(text + 6, version.data, version.len);
    struct image_text *added =
        vpi_elf_text(elf, TEXT_COMPILER, "rustc", span_of(text, version.len + 6), off);
    if (added)
        added->len = version.len;
}

static void rust_read(struct elf *elf)
{
    static const char mark[] = "/rustc";
    const struct elf_section *section = vpi_elf_section(elf, ".rodata");
    struct span bytes, version;
    if (!section || !vpi_elf_section_get(elf, section, MESSAGES_MOST, &bytes))
        return;
    const uint8_t *start = bytes.data, *at;
    while ((at = memmem(bytes.data, bytes.len, mark, sizeof mark - 1)) != NULL) {
        bytes = span_from(bytes, (uint64_t)(at - bytes.data) + sizeof mark - 1);
        if (!rust_version(bytes, &version))
            continue;
        rust_add(elf, version, section->off + (uint64_t)(version.data - start));
        return;
    }
}

void vpi_elf_compiler_read(struct elf *elf)
{
    comments_read(elf);
    rust_read(elf);
}
