/* verify.c - public-key signatures (RFC 8017, RFC 5480, RFC 8032) */
#include "crypto/verify.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/library.h"

#define OID(bytes) (bytes), sizeof(bytes) - 1
#define OID_PSS    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")

static const char *key_type(const EVP_PKEY *key)
{
    static const struct {
        int id;
        const char *name;
    } types[] = {{EVP_PKEY_RSA, "rsa"}, {EVP_PKEY_RSA_PSS, "rsa-pss"}, {EVP_PKEY_EC, "ec"},
                 {EVP_PKEY_DSA, "dsa"}, {EVP_PKEY_ED25519, "ed25519"}, {EVP_PKEY_ED448, "ed448"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (EVP_PKEY_get_base_id(key) == types[i].id)
            return types[i].name;
    }
    return "other";
}

struct key_facts vpi_key_facts(struct crypto *crypto, struct span spki)
{
    struct key_facts facts = {NULL, 0};
    ERR_set_mark();
    EVP_PKEY *key = vpi_parsed_key(crypto, spki);
    if (key) {
        int bits = EVP_PKEY_get_bits(key);
        facts.type = key_type(key);
        facts.bits = bits > 0 ? (unsigned)bits : 0;
    }
    EVP_PKEY_free(key);
    ERR_pop_to_mark();
    return facts;
}

/* The digest that a signature algorithm names must be the signer's; rsaEncryption and
 * id-ecPublicKey name none.  PKCS#1 v1.5 carries the digest's name inside the signature. */
static bool names_other(const EVP_PKEY *key, struct span algorithm, enum digest_algorithm digest)
{
    enum digest_algorithm named = vpi_algorithm_digest(algorithm);
    int id = EVP_PKEY_get_base_id(key);
    return named && named != digest && id != EVP_PKEY_RSA && id != EVP_PKEY_ED25519;
}

static bool is_pss(struct span algorithm)
{
    struct der_value oid;
    return vpi_der_expect(&algorithm, DER_OID, &oid) && der_oid_is(oid.content, OID_PSS);
}

/* The salt may have any length: its length is no secret and adds nothing to what is verified. */
static bool pss_set(EVP_PKEY_CTX *context)
{
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) > 0;
}

static bool verify(struct crypto *crypto, EVP_PKEY *key, struct span algorithm,
                   enum digest_algorithm digest, struct span message, struct span signature)
{
    bool pss = is_pss(algorithm), good = false;
    int id = EVP_PKEY_get_base_id(key);
    bool own_digest = id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448;
    if (pss && vpi_algorithm_digest(algorithm) != digest)
        return false;
    if (names_other(key, algorithm, digest))
        return false;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    const char *name = own_digest ? NULL : vpi_digest_library_name(digest);
    if (context && (own_digest || name) &&
        EVP_DigestVerifyInit_ex(context, &key_context, name, vpi_crypto_library(crypto), NULL, key,
                                NULL) == 1 &&
        (!pss || pss_set(key_context)))
        good = EVP_DigestVerify(context, signature.data, signature.len, message.data,
                                message.len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

bool vpi_signature_verify(struct crypto *crypto, struct span spki, struct span algorithm,
                          enum digest_algorithm digest, struct span message, struct span signature)
{
    bool good = false;
    if (!digest || message.len == 0 || signature.len == 0)
        return false;
    ERR_set_mark();
    EVP_PKEY *key = vpi_parsed_key(crypto, spki);
    if (key)
        good = verify(crypto, key, algorithm, digest, message, signature);
    EVP_PKEY_free(key);
    ERR_pop_to_mark();
    return good;
}

static bool verify_digest(struct crypto *crypto, EVP_PKEY *key, struct span algorithm,
                          enum digest_algorithm digest, struct span value, struct span signature)
{
    int id = EVP_PKEY_get_base_id(key);
    const char *name = vpi_digest_library_name(digest);
    bool pss = is_pss(algorithm), good = false;
    if (id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448 || names_other(key, algorithm, digest) ||
        (pss && vpi_algorithm_digest(algorithm) != digest))
        return false;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(vpi_crypto_library(crypto), key, NULL);
    EVP_MD *md = EVP_MD_fetch(vpi_crypto_library(crypto), name, NULL);
    if (context && md && EVP_PKEY_verify_init(context) == 1 && (!pss || pss_set(context)) &&
        EVP_PKEY_CTX_set_signature_md(context, md) == 1)
        good = EVP_PKEY_verify(context, signature.data, signature.len, value.data, value.len) == 1;
    EVP_MD_free(md);
    EVP_PKEY_CTX_free(context);
    return good;
}

bool vpi_signature_verify_digest(struct crypto *crypto, struct span spki, struct span algorithm,
                                 enum digest_algorithm digest, struct span value,
                                 struct span signature)
{
    bool good = false;
    if (!digest || value.len != vpi_digest_len(digest) || signature.len == 0)
        return false;
    ERR_set_mark();
    EVP_PKEY *key = vpi_parsed_key(crypto, spki);
    if (key)
        good = verify_digest(crypto, key, algorithm, digest, value, signature);
    EVP_PKEY_free(key);
    ERR_pop_to_mark();
    return good;
}

/* Without a digest's name the library compares what is inside the padding with the value itself. */
static bool verify_bare(struct crypto *crypto, EVP_PKEY *key, struct span value,
                        struct span signature)
{
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return false;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(vpi_crypto_library(crypto), key, NULL);
    bool good = context && EVP_PKEY_verify_init(context) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
                EVP_PKEY_verify(context, signature.data, signature.len, value.data, value.len) == 1;
    EVP_PKEY_CTX_free(context);
    return good;
}

bool vpi_signature_verify_bare(struct crypto *crypto, struct span spki, struct span algorithm,
                               enum digest_algorithm digest, struct span message,
                               struct span signature)
{
    uint8_t value[DIGEST_MOST];
    bool good = false;
    if (!digest || signature.len == 0 || is_pss(algorithm) ||
        !vpi_digest(crypto, digest, message, value))
        return false;
    ERR_set_mark();
    EVP_PKEY *key = vpi_parsed_key(crypto, spki);
    if (key)
        good = verify_bare(crypto, key, span_of(value, vpi_digest_len(digest)), signature);
    EVP_PKEY_free(key);
    ERR_pop_to_mark();
    return good;
}
