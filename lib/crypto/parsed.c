/* parsed.c - certificates and keys that were parsed already, by their bytes
 *
 * OpenSSL 3.0 searches all its decoders for each public key that it reads, which takes twenty times
 * as long as verifying a signature with it.
 */
#include <limits.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/der.h"
#include "crypto/kept.h"
#include "crypto/library.h"

/* A parsed certificate takes some five times its bytes. */
enum { CERTIFICATE_BYTES_MOST = 1 << 20, KEY_BYTES_MOST = 256 << 10, RSA_BYTES_MOST = 1024 };

struct parsed {
    struct kept *certificates, *keys;
};

static void release_certificate(void *object)
{
    X509_free(object);
}

static void release_key(void *object)
{
    EVP_PKEY_free(object);
}

struct parsed *vpi_parsed_new(void)
{
    struct parsed *parsed = calloc(1, sizeof *parsed);
    if (!parsed)
        return NULL;
    parsed->certificates = vpi_kept_new(CERTIFICATE_BYTES_MOST, release_certificate);
    parsed->keys = vpi_kept_new(KEY_BYTES_MOST, release_key);
    if (parsed->certificates && parsed->keys)
        return parsed;
    vpi_parsed_free(parsed);
    return NULL;
}

void vpi_parsed_free(struct parsed *parsed)
{
    if (!parsed)
        return;
    vpi_kept_free(parsed->certificates);
    vpi_kept_free(parsed->keys);
    free(parsed);
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
    struct kept *kept = vpi_crypto_parsed(crypto)->certificates;
    X509 *x509 = vpi_kept_find(kept, whole);
    if (x509) {
        X509_up_ref(x509);
        return x509;
    }
    x509 = certificate_read(crypto, whole);
    if (x509) {
        X509_up_ref(x509);
        vpi_kept_put(kept, whole, x509);
    }
    return x509;
}

EVP_PKEY *vpi_parsed_key(struct crypto *crypto, struct span spki)
{
    struct kept *kept = vpi_crypto_parsed(crypto)->keys;
    EVP_PKEY *key = vpi_kept_find(kept, spki);
    if (key) {
        EVP_PKEY_up_ref(key);
        return key;
    }
    key = key_read(crypto, spki);
    if (key) {
        EVP_PKEY_up_ref(key);
        vpi_kept_put(kept, spki, key);
    }
    return key;
}
