/* package.c - the digests of an MSIX package
 *
 * Where other formats have one digest there is "APPX", then for each part four letters and its
 * digest; the first part is the ZIP file up to the signature (lib/format/msix.c says what they are
 * of).
 */
#include "trust/authenticode.h"

enum { LETTERS = 4 };

/* The digest behind these letters; false: it isn't there, or twice. */
static bool part_find(const struct signed_content *content, const char *letters, struct span *ret)
{
    size_t len = vpi_digest_len(content->digest_algorithm);
    unsigned count = 0;
    for (struct span rest = content->package; rest.len >= LETTERS + len;
         rest = span_from(rest, LETTERS + len)) {
        if (memcmp(rest.data, letters, LETTERS) != 0)
            continue;
        *ret = span_of(rest.data + LETTERS, len);
        count++;
    }
    return count == 1;
}

void vpi_package_digests_read(struct signed_content *content)
{
    struct span first;
    size_t len = vpi_digest_len(content->digest_algorithm);
    if (len == 0 || content->digest.len < LETTERS ||
        memcmp(content->digest.data, "APPX", LETTERS) != 0 ||
        (content->digest.len - LETTERS) % (LETTERS + len) != 0)
        return;
    content->package = span_from(content->digest, LETTERS);
    if (part_find(content, "AXPC", &first))
        content->digest = first;
    else
        content->package = span_of(NULL, 0);
}

static bool part_matches(struct crypto *crypto, const struct signed_content *content,
                         const char *letters, struct span bytes)
{
    uint8_t digest[DIGEST_MOST];
    struct span said;
    return part_find(content, letters, &said) &&
           vpi_digest(crypto, content->digest_algorithm, bytes, digest) &&
           span_equal(said, span_of(digest, vpi_digest_len(content->digest_algorithm)));
}

bool vpi_package_matches(struct crypto *crypto, const struct image_package *package,
                         const struct signed_content *content)
{
    struct span said;
    if (!package || content->package.len == 0)
        return false;
    return part_matches(crypto, content, "AXCD", package->directory) &&
           part_matches(crypto, content, "AXCT", package->content_types) &&
           part_matches(crypto, content, "AXBM", package->block_map) &&
           (package->has_integrity ? part_matches(crypto, content, "AXCI", package->integrity)
                                   : !part_find(content, "AXCI", &said));
}
