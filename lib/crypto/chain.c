/* chain.c - from a certificate up to an anchor (RFC 5280, section 6), by X509_verify_cert
 *
 * The store holds nothing: anchors are given for each chain, so that what one file encloses is
 * never there for the next.  An anchor may be an intermediate authority, since signers rarely
 * enclose the root itself.  Errors of time are noted and stepped over, and so are
 * Apple's own critical extensions; any other error ends the walk.
 */
#include "crypto/verify.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/library.h"

enum { EXTRA_MOST = 64 };

struct parsed {
    X509 *x509;
    const struct certificate *from;
};

struct walk {
    struct parsed *all; /* the enclosed ones, then extra anchors */
    size_t count, capacity;
    STACK_OF(X509) * untrusted, *trusted;
    X509_STORE *store;
    X509_STORE_CTX *context;
    bool late; /* one of them is not valid at the time */
};

static bool parsed_add(struct walk *w, struct crypto *crypto, const struct certificate *certificate,
                       bool trusted)
{
    X509 *x509 = NULL;
    if (w->count < w->capacity)
        x509 = vpi_parsed_certificate(crypto, certificate->whole);
    if (!x509)
        return true;
    w->all[w->count++] = (struct parsed){x509, certificate};
    return sk_X509_push(trusted ? w->trusted : w->untrusted, x509) > 0;
}

/* Only those whose name an enclosed certificate gives as its issuer: a bundle has many. */
static bool extra_fits(const struct chain_input *input, const struct certificate *extra)
{
    for (size_t i = 0; i < input->count; i++) {
        if (span_equal(input->certificates[i].issuer, extra->subject))
            return true;
    }
    return false;
}

static bool walk_fill(struct walk *w, struct crypto *crypto, const struct chain_input *input)
{
    w->capacity = input->count + EXTRA_MOST;
    w->all = calloc(w->capacity, sizeof *w->all);
    w->untrusted = sk_X509_new_null();
    w->trusted = sk_X509_new_null();
    w->store = X509_STORE_new();
    w->context = X509_STORE_CTX_new_ex(vpi_crypto_library(crypto), NULL);
    if (!w->all || !w->untrusted || !w->trusted || !w->store || !w->context)
        return false;
    for (size_t i = 0; i < input->count; i++) {
        if (!parsed_add(w, crypto, &input->certificates[i], input->trusted[i]))
            return false;
    }
    for (size_t i = 0; i < input->extra_count; i++) {
        if (extra_fits(input, &input->extra[i]) && !parsed_add(w, crypto, &input->extra[i], true))
            return false;
    }
    return true;
}

static void walk_done(struct walk *w)
{
    X509_STORE_CTX_free(w->context);
    X509_STORE_free(w->store);
    sk_X509_free(w->trusted);
    sk_X509_free(w->untrusted);
    for (size_t i = 0; w->all && i < w->count; i++)
        X509_free(w->all[i].x509);
    free(w->all);
}

/* Apple marks what a certificate is for by critical extensions under 1.2.840.113635.100.6, which
 * lib/trust reads; the library knows none of them. */
static bool only_apples_are_unknown(const X509 *x509)
{
    static const uint8_t apple[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 0x06};
    for (int i = 0; x509 && i < X509_get_ext_count(x509); i++) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);
        const ASN1_OBJECT *oid = X509_EXTENSION_get_object(extension);
        if (X509_EXTENSION_get_critical(extension) && !X509_supported_extension(extension) &&
            (OBJ_length(oid) < sizeof apple ||
             memcmp(OBJ_get0_data(oid), apple, sizeof apple) != 0))
            return false;
    }
    return x509 != NULL;
}

static int step_over(int good, X509_STORE_CTX *context)
{
    struct walk *w = X509_STORE_CTX_get_app_data(context);
    int error = X509_STORE_CTX_get_error(context);
    if (good)
        return 1;
    if (error == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION &&
        only_apples_are_unknown(X509_STORE_CTX_get_current_cert(context))) {
        X509_STORE_CTX_set_error(context, X509_V_OK);
        return 1;
    }
    if (error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID)
        return 0;
    w->late = true;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

static const struct certificate *origin(const struct walk *w, const X509 *x509)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->all[i].x509 == x509)
            return w->all[i].from;
    }
    return NULL;
}

static void path_take(const struct walk *w, struct chain *chain)
{
    STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(w->context);
    for (int i = 0; path && i < sk_X509_num(path) && chain->len < CHAIN_MOST; i++) {
        const struct certificate *from = origin(w, sk_X509_value(path, i));
        if (from)
            chain->path[chain->len++] = from;
    }
}

static bool walk_run(struct walk *w, const struct chain_input *input, struct chain *chain)
{
    X509 *leaf = NULL;
    for (size_t i = 0; i < w->count && !leaf; i++) {
        if (w->all[i].from == input->leaf)
            leaf = w->all[i].x509;
    }
    if (!leaf || X509_STORE_CTX_init(w->context, w->store, leaf, w->untrusted) != 1)
        return false;
    X509_STORE_CTX_set0_trusted_stack(w->context, w->trusted);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(w->context);
    X509_VERIFY_PARAM_set_auth_level(param, 0);
    X509_VERIFY_PARAM_set_depth(param, CHAIN_MOST - 2);
    X509_VERIFY_PARAM_set_time(param, (time_t)input->time);
    X509_STORE_CTX_set_flags(w->context, X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_CTX_set_app_data(w->context, w);
    X509_STORE_CTX_set_verify_cb(w->context, step_over);
    chain->anchored = X509_verify_cert(w->context) == 1;
    chain->timely = chain->anchored && !w->late;
    path_take(w, chain);
    return true;
}

bool vpi_chain_build(struct crypto *crypto, const struct chain_input *input, struct chain *ret)
{
    struct walk w = {.all = NULL};
    struct chain chain = {.len = 0};
    struct span question = vpi_kept_question(input);
    if (vpi_kept_answer(crypto, question, input, ret)) {
        free((void *)(uintptr_t)question.data);
        return true;
    }
    ERR_set_mark();
    bool good = walk_fill(&w, crypto, input) && walk_run(&w, input, &chain);
    walk_done(&w);
    ERR_pop_to_mark();
    /* What ends nowhere may do so because memory ran out. */
    if (good && chain.anchored)
        vpi_kept_take(crypto, question, input, &chain);
    free((void *)(uintptr_t)question.data);
    if (good)
        *ret = chain;
    return good;
}
