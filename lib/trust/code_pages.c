/* code_pages.c - the digests of pages in a code directory beside the pages themselves
 *
 * xnu, bsd/kern/ubc_subr.c (cs_validate_codedirectory, cs_validate_hash): pages of 2^pageSize bytes
 * from the beginning of the file (of a slice) up to codeLimit, the last one shorter.
 */
#include "trust/code_pages.h"

/* The kernel takes 4 or 16 KiB; signers of resources have written others. */
enum { PAGE_SHIFT_MOST = 30 };

bool vpi_code_pages_begin(struct code_pages *pages, struct crypto *crypto,
                          const struct code_directory *directory)
{
    struct span slot;
    uint64_t limit = directory->code_limit;
    if (!directory->algorithm || directory->scattered || limit == 0 ||
        directory->page_shift > PAGE_SHIFT_MOST)
        return false;
    uint64_t page_len = directory->page_shift ? UINT64_C(1) << directory->page_shift : limit;
    uint64_t count = limit / page_len + (limit % page_len != 0);
    if (count != directory->code_count || !vpi_code_slot(directory, 0, &slot) ||
        !vpi_code_slot(directory, directory->code_count - 1, &slot))
        return false;
    *pages = (struct code_pages){.directory = directory,
                                 .crypto = crypto,
                                 .page_len = page_len,
                                 .pages = directory->code_count,
                                 .first_wrong = directory->code_count};
    return true;
}

static void page_end(struct code_pages *pages)
{
    struct span slot;
    uint8_t value[DIGEST_MOST];
    bool good = vpi_digest_end(pages->digest, value);
    pages->digest = NULL;
    pages->failed |= !good;
    if (!good || !vpi_code_slot(pages->directory, pages->page, &slot) ||
        !span_equal(slot, span_of(value, slot.len))) {
        if (pages->first_wrong == pages->pages)
            pages->first_wrong = pages->page;
    }
    pages->page++;
}

void vpi_code_pages_add(struct code_pages *pages, struct span bytes)
{
    uint64_t limit = pages->directory->code_limit;
    while (bytes.len && pages->fed < limit && !pages->failed) {
        uint64_t end = (uint64_t)(pages->page + 1) * pages->page_len;
        uint64_t left = (end < limit ? end : limit) - pages->fed;
        struct span part = span_first(bytes, left);
        if (!pages->digest)
            pages->digest = vpi_digest_begin(pages->crypto, pages->directory->algorithm);
        if (!pages->digest) {
            pages->failed = true;
            return;
        }
        vpi_digest_add(pages->digest, part);
        pages->fed += part.len;
        bytes = span_from(bytes, part.len);
        if (part.len == left)
            page_end(pages);
    }
}

bool vpi_code_pages_end(const struct code_pages *pages)
{
    return !pages->failed && pages->page == pages->pages && pages->first_wrong == pages->pages;
}
