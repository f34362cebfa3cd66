/* parsed.c - certificates and keys that were parsed already, by their bytes
 *
 * OpenSSL 3.0 searches all its decoders for each public key that it reads, which takes twenty times
 * as long as verifying a signature with it, and the files of a system are signed by few.  What
 * bytes mean depends on nothing else, so that nothing is carried from one file to the next but
 * time.  A table has one place for each hash: the newest stays.
 */
#include <limits.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/hash.h"
#include "crypto/library.h"

enum { PLACES = 128, BYTES_MOST = 8 << 10 };

struct place {
    uint8_t *bytes;
    size_t len;
    void *object;
};

struct parsed {
    struct place certificates[PLACES], keys[PLACES];
};

struct parsed *vpi_parsed_new(void)
{
    return calloc(1, sizeof(struct parsed));
}

void vpi_parsed_free(struct parsed *parsed)
{
    for (size_t i = 0; parsed && i < PLACES; i++) {
        X509_free(parsed->certificates[i].object);
        EVP_PKEY_free(parsed->keys[i].object);
        free(parsed->certificates[i].bytes);
        free(parsed->keys[i].bytes);
    }
    free(parsed);
}

static struct place *place_of(struct place *places, struct span bytes)
{
    return &places[vpi_hash64(bytes) % PLACES];
}

static bool is_kept(const struct place *place, struct span bytes)
{
    return place->object && span_equal(span_of(place->bytes, place->len), bytes);
}

/* Copies the bytes; false: they are too many, or no memory. */
static bool place_bytes(struct place *place, struct span bytes)
{
    uint8_t *copy = bytes.len <= BYTES_MOST ? malloc(bytes.len + 1) : NULL;
    if (!copy)
        return false;
    memcpy(copy, bytes.data, bytes.len);
    free(place->bytes);
    place->bytes = copy;
    place->len = bytes.len;
    return true;
}

static X509 *certificate_read(struct crypto *crypto, struct span whole)
{
    const unsigned char *at = whole.data;
    X509 *x509 = whole.len <= LONG_MAX ? X509_new_ex(vpi_crypto_library(crypto), NULL) : NULL;
    /* On failure it frees what it was given. */
    return x509 ? d2i_X509(&x509, &at, (long)whole.len) : NULL;
}

static EVP_PKEY *key_read(struct crypto *crypto, struct span spki)
{
    const unsigned char *at = spki.data;
    if (spki.len > LONG_MAX)
        return NULL;
    return d2i_PUBKEY_ex(NULL, &at, (long)spki.len, vpi_crypto_library(crypto), NULL);
}

X509 *vpi_parsed_certificate(struct crypto *crypto, struct span whole)
{
    struct place *place = place_of(vpi_crypto_parsed(crypto)->certificates, whole);
    if (is_kept(place, whole)) {
        X509_up_ref(place->object);
        return place->object;
    }
    X509 *x509 = certificate_read(crypto, whole);
    if (x509 && place_bytes(place, whole)) {
        X509_free(place->object);
        X509_up_ref(x509);
        place->object = x509;
    }
    return x509;
}

EVP_PKEY *vpi_parsed_key(struct crypto *crypto, struct span spki)
{
    struct place *place = place_of(vpi_crypto_parsed(crypto)->keys, spki);
    if (is_kept(place, spki)) {
        EVP_PKEY_up_ref(place->object);
        return place->object;
    }
    EVP_PKEY *key = key_read(crypto, spki);
    if (key && place_bytes(place, spki)) {
        EVP_PKEY_free(place->object);
        EVP_PKEY_up_ref(key);
        place->object = key;
    }
    return key;
}
