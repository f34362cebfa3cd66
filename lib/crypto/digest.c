/* digest.c - cryptographic digests through a private OpenSSL context
 *
 * OSSL_LIB_CTX_new reads no configuration, and the default provider is loaded by name: a host whose
 * configuration allows FIPS algorithms only still gives MD5 and SHA-1 here, and nothing that the
 * process set up for itself is changed.  OpenSSL's own error queue is a thread's; what we put there
 * is taken away again.
 *
 * Fetching an algorithm and making an EVP_MD_CTX cost more than hashing a small section, so both
 * are kept: the algorithm for the life of the context, a few finished digests for reuse.
 */
#include "crypto/digest.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "crypto/kept.h"
#include "crypto/library.h"

enum { ALGORITHMS = DIGEST_SHA512 + 1, FREE_MOST = 8 };

/* On the running list of its crypto, or on the free list of its algorithm (`next` only). */
struct digest {
    struct crypto *crypto;
    struct digest *next, *previous;
    EVP_MD_CTX *context;
    enum digest_algorithm algorithm;
    bool failed;
};

struct free_list {
    struct digest *first;
    size_t count;
};

struct crypto {
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *provider;
    struct parsed *parsed;
    struct kept *chains, *digests;
    EVP_MD *algorithms[ALGORITHMS]; /* fetched at first use */
    struct digest *running;
    struct free_list idle[ALGORITHMS];
};

static const struct {
    const char *name;
    size_t len;
} algorithm_facts[ALGORITHMS] = {
    [DIGEST_MD5] = {"MD5", 16},         [DIGEST_SHA1] = {"SHA1", 20},
    [DIGEST_SHA256] = {"SHA2-256", 32}, [DIGEST_SHA384] = {"SHA2-384", 48},
    [DIGEST_SHA512] = {"SHA2-512", 64},
};

/* malloc, not an arena: a crypto outlives the objects whose arenas are reset. */
enum vp_status vpi_crypto_new(struct crypto **ret_crypto, struct vp_error *err)
{
    enum vp_status status = VP_OK;
    ERR_set_mark();
    struct crypto *crypto = calloc(1, sizeof *crypto);
    if (!crypto) {
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a digest context");
        goto done;
    }
    crypto->library = OSSL_LIB_CTX_new();
    if (!crypto->library) {
        status = vpi_fail(err, VP_E_MEMORY, "no memory for an OpenSSL library context");
        goto done;
    }
    crypto->parsed = vpi_parsed_new();
    crypto->chains = vpi_kept_chains_new();
    crypto->digests = vpi_kept_digests_new();
    if (!crypto->parsed || !crypto->chains || !crypto->digests) {
        status = vpi_fail(err, VP_E_MEMORY, "no memory for a digest context");
        goto done;
    }
    crypto->provider = OSSL_PROVIDER_load(crypto->library, "default");
    if (!crypto->provider) {
        status = vpi_fail(err, VP_E_IO, "OpenSSL's default provider can't be loaded");
        goto done;
    }
    *ret_crypto = crypto;
    crypto = NULL;
done:
    ERR_pop_to_mark();
    vpi_crypto_free(crypto);
    return status;
}

static void digest_free(struct digest *digest)
{
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void vpi_crypto_free(struct crypto *crypto)
{
    if (!crypto)
        return;
    vpi_crypto_reset(crypto);
    for (size_t i = 0; i < ALGORITHMS; i++) {
        while (crypto->idle[i].first) {
            struct digest *next = crypto->idle[i].first->next;
            digest_free(crypto->idle[i].first);
            crypto->idle[i].first = next;
        }
        EVP_MD_free(crypto->algorithms[i]);
    }
    vpi_parsed_free(crypto->parsed);
    vpi_kept_free(crypto->chains);
    vpi_kept_free(crypto->digests);
    if (crypto->provider)
        OSSL_PROVIDER_unload(crypto->provider);
    OSSL_LIB_CTX_free(crypto->library);
    free(crypto);
}

OSSL_LIB_CTX *vpi_crypto_library(struct crypto *crypto)
{
    return crypto->library;
}

struct parsed *vpi_crypto_parsed(struct crypto *crypto)
{
    return crypto->parsed;
}

struct kept *vpi_crypto_chains(struct crypto *crypto)
{
    return crypto->chains;
}

struct kept *vpi_crypto_digests(struct crypto *crypto)
{
    return crypto->digests;
}

const char *vpi_digest_library_name(enum digest_algorithm algorithm)
{
    return (unsigned)algorithm < ALGORITHMS ? algorithm_facts[algorithm].name : NULL;
}

size_t vpi_digest_len(enum digest_algorithm algorithm)
{
    return (unsigned)algorithm < ALGORITHMS ? algorithm_facts[algorithm].len : 0;
}

static const EVP_MD *algorithm_get(struct crypto *crypto, enum digest_algorithm algorithm)
{
    EVP_MD **slot = &crypto->algorithms[algorithm];
    if (!*slot)
        *slot = EVP_MD_fetch(crypto->library, algorithm_facts[algorithm].name, NULL);
    return *slot;
}

/* One from the free list, or a new one; not started and on no list. */
static struct digest *digest_take(struct crypto *crypto, enum digest_algorithm algorithm)
{
    struct free_list *idle = &crypto->idle[algorithm];
    struct digest *digest = idle->first;
    if (digest) {
        idle->first = digest->next;
        idle->count--;
        return digest;
    }
    digest = calloc(1, sizeof *digest);
    if (!digest)
        return NULL;
    digest->crypto = crypto;
    digest->algorithm = algorithm;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context) {
        digest_free(digest);
        return NULL;
    }
    return digest;
}

static void digest_give_back(struct digest *digest)
{
    struct free_list *idle = &digest->crypto->idle[digest->algorithm];
    if (idle->count >= FREE_MOST || digest->failed) {
        digest_free(digest);
        return;
    }
    digest->previous = NULL;
    digest->next = idle->first;
    idle->first = digest;
    idle->count++;
}

static void digest_unlink(struct digest *digest)
{
    if (digest->previous)
        digest->previous->next = digest->next;
    else
        digest->crypto->running = digest->next;
    if (digest->next)
        digest->next->previous = digest->previous;
}

struct digest *vpi_digest_begin(struct crypto *crypto, enum digest_algorithm algorithm)
{
    assert(vpi_digest_len(algorithm) != 0);
    struct digest *digest = NULL;
    ERR_set_mark();
    const EVP_MD *md = algorithm_get(crypto, algorithm);
    if (md)
        digest = digest_take(crypto, algorithm);
    if (digest && EVP_DigestInit_ex2(digest->context, md, NULL) != 1) {
        digest_free(digest);
        digest = NULL;
    }
    ERR_pop_to_mark();
    if (!digest)
        return NULL;
    digest->failed = false;
    digest->previous = NULL;
    digest->next = crypto->running;
    if (crypto->running)
        crypto->running->previous = digest;
    crypto->running = digest;
    return digest;
}

void vpi_digest_add(struct digest *digest, struct span bytes)
{
    if (bytes.len == 0 || digest->failed)
        return;
    ERR_set_mark();
    digest->failed = EVP_DigestUpdate(digest->context, bytes.data, bytes.len) != 1;
    ERR_pop_to_mark();
}

bool vpi_digest_end(struct digest *digest, uint8_t ret[DIGEST_MOST])
{
    unsigned len = 0;
    uint8_t value[EVP_MAX_MD_SIZE];
    size_t expected = vpi_digest_len(digest->algorithm);
    ERR_set_mark();
    if (!digest->failed)
        digest->failed = EVP_DigestFinal_ex(digest->context, value, &len) != 1 || len != expected;
    ERR_pop_to_mark();
    bool good = !digest->failed;
    if (good)
        memcpy(ret, value, expected);
    digest_unlink(digest);
    digest_give_back(digest);
    return good;
}

void vpi_crypto_reset(struct crypto *crypto)
{
    while (crypto->running) {
        struct digest *digest = crypto->running;
        digest_unlink(digest);
        digest_give_back(digest);
    }
}

bool vpi_digest(struct crypto *crypto, enum digest_algorithm algorithm, struct span bytes,
                uint8_t ret[DIGEST_MOST])
{
    struct digest *digest = vpi_digest_begin(crypto, algorithm);
    if (!digest)
        return false;
    vpi_digest_add(digest, bytes);
    return vpi_digest_end(digest, ret);
}
