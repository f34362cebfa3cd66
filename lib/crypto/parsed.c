/* parsed.c - certificates and keys that were parsed already, by their bytes
 *
 * OpenSSL 3.0 searches all its decoders for each public key that it reads, which takes twenty times
 * as long as verifying a signature with it, and the files of a system are signed by few.  What
 * bytes mean depends on nothing else, so that nothing is carried from one file to the next but
 * time.  A table has one place for each hash: the newest stays.
 */
#include <limits.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/hash.h"
#include "crypto/der.h"
#include "crypto/library.h"

enum { PLACES = 128, BYTES_MOST = 8 << 10, RSA_BYTES_MOST = 1024 };

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

/* A number as DER demands it: not negative, and no octet too many. */
static bool number_read(struct span *rest, struct span *ret)
{
    struct der_value value;
    if (!vpi_der_expect(rest, DER_INTEGER, &value) || value.content.len == 0 ||
        value.content.data[0] & 0x80)
        return false;
    *ret = value.content;
    if (ret->len > 1 && ret->data[0] == 0) {
        *ret = span_from(*ret, 1);
        return ret->data[0] & 0x80;
    }
    return true;
}

/* RFC 8017, A.1.1: RSAPublicKey ::= SEQUENCE { modulus, publicExponent }, in the one way that DER
 * has to write it; what is written in another is for the library. */
static bool rsa_read(struct span spki, struct span *ret_modulus, struct span *ret_exponent)
{
    static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    struct der_value all, named, bits, key;
    struct span rest = spki;
    if (!vpi_der_expect(&rest, DER_SEQUENCE, &all) || rest.len ||
        !vpi_der_expect(&all.content, DER_SEQUENCE, &named) ||
        !span_equal(named.whole, span_of(algorithm, sizeof algorithm)) ||
        !vpi_der_expect(&all.content, DER_BIT_STRING, &bits) || all.content.len ||
        bits.content.len == 0 || bits.content.data[0] != 0)
        return false;
    rest = span_from(bits.content, 1);
    return vpi_der_expect(&rest, DER_SEQUENCE, &key) && rest.len == 0 &&
           number_read(&key.content, ret_modulus) && number_read(&key.content, ret_exponent) &&
           key.content.len == 0;
}

/* In the order of the machine, as the library wants numbers. */
static OSSL_PARAM number_param(const char *name, struct span number, uint8_t *native)
{
    const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (size_t i = 0; i < number.len; i++)
        native[i] = number.data[big ? i : number.len - 1 - i];
    return OSSL_PARAM_construct_BN(name, native, number.len);
}

/* The decoders that are searched for each key take a quarter of a millisecond. */
static EVP_PKEY *rsa_make(struct crypto *crypto, struct span modulus, struct span exponent)
{
    uint8_t numbers[2][RSA_BYTES_MOST];
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(vpi_crypto_library(crypto), "RSA", NULL);
    OSSL_PARAM params[] = {number_param(OSSL_PKEY_PARAM_RSA_N, modulus, numbers[0]),
                           number_param(OSSL_PKEY_PARAM_RSA_E, exponent, numbers[1]),
                           OSSL_PARAM_construct_end()};
    if (context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *key_read(struct crypto *crypto, struct span spki)
{
    struct span modulus, exponent;
    if (rsa_read(spki, &modulus, &exponent) && modulus.len <= RSA_BYTES_MOST &&
        exponent.len <= modulus.len)
        return rsa_make(crypto, modulus, exponent);
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
