/* bundle.c - a file of certificates: PEM (RFC 7468) or one in DER */
#include "crypto/verify.h"

#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

enum { BUNDLE_MOST = 4096 };

static bool add(struct arena *arena, struct span der, struct certificate **list, size_t *count,
                size_t *capacity)
{
    struct certificate *grown = vpi_arena_grow(arena, *list, *count, capacity, sizeof **list);
    if (!grown)
        return false;
    *list = grown;
    if (vpi_certificate_read(arena, der, &grown[*count]))
        ++*count;
    return !arena->failed;
}

static bool is_certificate(const char *name)
{
    return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0;
}

static bool pem_read(struct arena *arena, BIO *bio, struct certificate **list, size_t *count)
{
    size_t capacity = 0;
    bool good = true;
    char *name, *header;
    unsigned char *data;
    long len;
    while (good && *count < BUNDLE_MOST && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
        /* OpenSSL frees its buffer; ours must live as long as the arena. */
        char *copy = is_certificate(name) && len > 0
                         ? vpi_arena_text(arena, span_of(data, (size_t)len))
                         : NULL;
        if (copy)
            good = add(arena, span_of(copy, (size_t)len), list, count, &capacity);
        good = good && !arena->failed;
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    return good;
}

bool vpi_bundle_read(struct arena *arena, struct span bytes, struct certificate **ret,
                     size_t *ret_count)
{
    struct certificate *list = NULL;
    size_t count = 0, capacity = 0;
    bool good;
    if (bytes.len == 0 || bytes.len > INT_MAX)
        return false;
    if (bytes.data[0] == DER_SEQUENCE) {
        good = add(arena, bytes, &list, &count, &capacity);
    } else {
        ERR_set_mark();
        BIO *bio = BIO_new_mem_buf(bytes.data, (int)bytes.len);
        good = bio && pem_read(arena, bio, &list, &count);
        BIO_free(bio);
        ERR_pop_to_mark();
    }
    if (!good || count == 0)
        return false;
    *ret = list;
    *ret_count = count;
    return true;
}
