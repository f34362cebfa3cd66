/* code_pages.h - the digests of pages in a code directory beside the pages themselves
 *
 * Fed with the code from its beginning, in pieces of any size; keeps one running digest.
 */
#ifndef VPI_TRUST_CODE_PAGES_H
#define VPI_TRUST_CODE_PAGES_H

#include "trust/code_signature.h"

struct code_pages {
    const struct code_directory *directory;
    struct crypto *crypto;
    struct digest *digest; /* of the page that has begun, or NULL */
    uint64_t page_len, fed;
    uint32_t pages, page; /* how many there are; the one that comes next */
    uint32_t first_wrong; /* == pages: none */
    bool failed;          /* a digest could not be made */
};

/* False: the directory has not one digest for each page of its code, or of a kind that we don't
 * know.  Both arguments outlive it. */
bool vpi_code_pages_begin(struct code_pages *pages, struct crypto *crypto,
                          const struct code_directory *directory);
void vpi_code_pages_add(struct code_pages *pages, struct span bytes);
/* Whether all of the code was fed and each page has its digest. */
bool vpi_code_pages_end(const struct code_pages *pages);

#endif
