/* test_digest.c - digests, their reuse, and that the process is left alone */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "crypto/digest.h"

static struct crypto *crypto_make(void)
{
    struct crypto *crypto = NULL;
    struct vp_error err;
    ck_assert_int_eq(vpi_crypto_new(&crypto, &err), VP_OK);
    return crypto;
}

static const char *hex(const uint8_t *bytes, size_t len)
{
    static char text[2 * DIGEST_MOST + 1];
    text[0] = 0;
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return text;
}

/* "abc": RFC 1321 A.5 and FIPS 180-4's examples. */
static const struct {
    enum digest_algorithm algorithm;
    const char *digest;
} vectors[] = {
    {DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72"},
    {DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                    "8086072ba1e7cc2358baeca134c825a7"},
    {DIGEST_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};
enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static void vectors_hold(struct crypto *crypto)
{
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t digest[DIGEST_MOST];
        size_t len = vpi_digest_len(vectors[i].algorithm);
        ck_assert(vpi_digest(crypto, vectors[i].algorithm, span_text("abc"), digest));
        ck_assert_str_eq(hex(digest, len), vectors[i].digest);
    }
}

START_TEST(the_published_vectors_hold)
{
    struct crypto *crypto = crypto_make();
    vectors_hold(crypto);
    vectors_hold(crypto);
    vpi_crypto_free(crypto);
}
END_TEST

START_TEST(an_unknown_algorithm_has_no_length)
{
    ck_assert_uint_eq(vpi_digest_len((enum digest_algorithm)0), 0);
    ck_assert_uint_eq(vpi_digest_len((enum digest_algorithm)6), 0);
}
END_TEST

START_TEST(digests_that_run_side_by_side_do_not_mix)
{
    enum { ROUNDS = 3, SAME = 12 };
    struct crypto *crypto = crypto_make();
    for (size_t round = 0; round < ROUNDS; round++) {
        struct digest *running[SAME][VECTORS];
        for (size_t i = 0; i < SAME * VECTORS; i++) {
            running[i / VECTORS][i % VECTORS] =
                vpi_digest_begin(crypto, vectors[i % VECTORS].algorithm);
            ck_assert_ptr_nonnull(running[i / VECTORS][i % VECTORS]);
        }
        for (size_t letter = 0; letter < 3; letter++) {
            for (size_t i = 0; i < SAME * VECTORS; i++)
                vpi_digest_add(running[i / VECTORS][i % VECTORS], span_of(&"abc"[letter], 1));
        }
        for (size_t i = 0; i < SAME * VECTORS; i++) {
            uint8_t digest[DIGEST_MOST];
            size_t len = vpi_digest_len(vectors[i % VECTORS].algorithm);
            ck_assert(vpi_digest_end(running[i / VECTORS][i % VECTORS], digest));
            ck_assert_str_eq(hex(digest, len), vectors[i % VECTORS].digest);
        }
    }
    vpi_crypto_free(crypto);
}
END_TEST

START_TEST(a_digest_begun_after_a_reset_starts_anew)
{
    struct crypto *crypto = crypto_make();
    for (size_t i = 0; i < 20; i++)
        vpi_digest_add(vpi_digest_begin(crypto, DIGEST_SHA256), span_text("left over"));
    vpi_crypto_reset(crypto);
    vectors_hold(crypto);
    vpi_digest_add(vpi_digest_begin(crypto, DIGEST_MD5), span_text("still running"));
    vpi_crypto_free(crypto); /* the leak checker watches */
    vpi_crypto_free(NULL);
}
END_TEST

START_TEST(openssl_s_error_queue_keeps_what_the_process_put_there)
{
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 77);
    struct crypto *crypto = crypto_make();
    vectors_hold(crypto);
    vpi_crypto_free(crypto);
    ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()), 77);
    ck_assert_uint_eq(ERR_get_error(), 0);
}
END_TEST

/* The host's configuration is made to forbid everything but FIPS; it must be last, because OpenSSL
 * reads the file once a process. */
START_TEST(a_host_that_allows_fips_algorithms_only_still_gives_every_digest)
{
    char path[] = "/tmp/vendorprint-test-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *file = fdopen(fd, "w");
    fputs("openssl_conf = all\n[all]\nalg_section = alg\n[alg]\n"
          "default_properties = fips=yes\n",
          file);
    fclose(file);
    /* What such a host's process has: its default context refuses MD5. */
    ck_assert_int_eq(OSSL_LIB_CTX_load_config(NULL, path), 1);
    unlink(path);
    EVP_MD *refused = EVP_MD_fetch(NULL, "MD5", NULL);
    ck_assert_ptr_null(refused);
    ERR_clear_error();

    setenv("OPENSSL_CONF", "/nonexistent", 1);
    struct crypto *crypto = crypto_make();
    vectors_hold(crypto);
    vpi_crypto_free(crypto);
    ck_assert_ptr_null(EVP_MD_fetch(NULL, "MD5", NULL));
    ERR_clear_error();
}
END_TEST

START_TEST(what_comes_again_has_the_digest_that_it_had)
{
    struct crypto *crypto = crypto_make();
    /* More than are kept, of few lengths, twice in different orders. */
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 3000; i++) {
            uint8_t bytes[600] = {0}, again[DIGEST_MOST], once[DIGEST_MOST];
            unsigned number = round ? 2999 - i : i, algorithm = DIGEST_MD5 + (i + round) % 5;
            size_t len = 200 + number % 3 * 200;
            memcpy(bytes, &number, sizeof number);
            ck_assert(vpi_digest(crypto, algorithm, span_of(bytes, len), once));
            for (unsigned time = 0; time < 2; time++) {
                ck_assert(vpi_digest_again(crypto, algorithm, span_of(bytes, len), again));
                ck_assert_mem_eq(again, once, vpi_digest_len(algorithm));
            }
        }
    }
    vpi_crypto_free(crypto);
}
END_TEST

#define TESTS                                                                                      \
    TEST(the_published_vectors_hold)                                                               \
    TEST(an_unknown_algorithm_has_no_length)                                                       \
    TEST(what_comes_again_has_the_digest_that_it_had)                                              \
    TEST(digests_that_run_side_by_side_do_not_mix)                                                 \
    TEST(a_digest_begun_after_a_reset_starts_anew)                                                 \
    TEST(openssl_s_error_queue_keeps_what_the_process_put_there)                                   \
    TEST(a_host_that_allows_fips_algorithms_only_still_gives_every_digest)
#include "check_main.h"
