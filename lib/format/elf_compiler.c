/* elf_compiler.c - who made the code: what compilers leave in .comment, and Rust in .rustc
 *
 * .comment is a list of NUL-terminated texts, each once if a linker merged them.  A Rust library's
 * .rustc begins with "rust", a format number and, in all formats so far, close behind, the text
 * that "rustc --version" prints (rustc_metadata, METADATA_HEADER).
 */
#define _GNU_SOURCE /* memmem */
#include "format/elf.h"

enum { COMMENT_MOST = 64 << 10, COMMENTS_MOST = 64, RUSTC_HEAD = 256 };

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

static void rustc_read(struct elf *elf)
{
    static const char mark[] = "rustc ";
    const struct elf_section *section = vpi_elf_section(elf, ".rustc");
    struct span head;
    if (!section || !vpi_elf_section_get(elf, section, RUSTC_HEAD, &head) || head.len < 8 ||
        memcmp(head.data, "rust", 4) != 0)
        return;
    const uint8_t *at = memmem(head.data, head.len, mark, sizeof mark - 1);
    if (!at)
        return;
    struct span text = span_from(head, (uint64_t)(at - head.data));
    size_t len = 0;
    while (len < text.len && text.data[len] >= ' ' && text.data[len] < 0x7f &&
           text.data[len] != ')')
        len++;
    /* "rustc 1.63.0 (4b91a6ea7 2022-08-08)": the closing parenthesis belongs to it. */
    if (len < text.len && text.data[len] == ')')
        len++;
    (void)vpi_elf_text(elf, TEXT_COMPILER, "rustc", span_first(text, len),
                       section->off + (uint64_t)(at - head.data));
}

void vpi_elf_compiler_read(struct elf *elf)
{
    comments_read(elf);
    rustc_read(elf);
}
