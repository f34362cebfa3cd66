/* detached.c - signatures over bytes that stand outside of them (RFC 5652, 5.2 and 5.4)
 *
 * Linux signs modules without attributes (scripts/sign-file.c, CMS_NOATTR): the signature is of the
 * content's digest itself.  The certificate is not enclosed either (CMS_NOCERTS); the kernel has it
 * in its keyring, we have it in the set.
 */
#include "trust/detached.h"

static bool verifies(struct crypto *crypto, struct arena *arena, const struct signer_info *info,
                     const struct trust_digests *digests)
{
    enum digest_algorithm algorithm = info->digest_algorithm;
    struct trust_message message = {.digests = digests};
    if (info->attributes.len)
        return vpi_signer_verify(crypto, arena, info, &message, span_of(NULL, 0));
    return digests->known[algorithm] &&
           vpi_signature_verify_digest(
               crypto, info->leaf->spki, info->algorithm, algorithm,
               span_of(digests->values[algorithm], vpi_digest_len(algorithm)), info->signature);
}

/* What the signature is known to be over, now that it verifies. */
static bool say_digest(struct arena *arena, struct trust_blob *blob,
                       const struct trust_digests *digests, const struct signer_info *info)
{
    struct signed_content *content = &blob->data.contents[info->layer];
    size_t len = vpi_digest_len(info->digest_algorithm);
    uint8_t *copy = vpi_arena_bytes(arena, len);
    if (!copy)
        return false;
    memcpy(copy, digests->values[info->digest_algorithm], len);
    content->digest = span_of(copy, len);
    return true;
}

bool vpi_detached_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                         struct trust_blob *blob, const struct trust_digests *digests,
                         struct trust_signature *s)
{
    s->states = VP_SIGNATURE_CHECKED;
    blob->data.contents[s->info->layer].digest_algorithm = s->info->digest_algorithm;
    s->states |= blob->padded ? VP_SIGNATURE_PADDED : 0;
    if (!s->info->leaf || !s->info->digest_algorithm || !verifies(crypto, arena, s->info, digests))
        return !arena->failed;
    s->states |= VP_SIGNATURE_VERIFIES | VP_SIGNATURE_DIGEST_MATCHES;
    if (!say_digest(arena, blob, digests, s->info))
        return false;
    return vpi_signature_judge(crypto, arena, trust, blob, PURPOSE_DRIVER, s);
}
