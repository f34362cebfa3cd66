/* signature.c - the signatures of an object, as facts without pointers into the file */
#include "base/text.h"
#include "engine/engine.h"

static const char *const digest_names[] = {"", "md5", "sha1", "sha256", "sha384", "sha512"};

/* A name without control characters; what is no UTF-8 is none. */
static const char *name_text(struct arena *arena, struct span utf8)
{
    enum { NAME_MOST = 512 };
    return utf8.len && utf8.len <= NAME_MOST && vpi_text_clean(utf8) ? vpi_arena_text(arena, utf8)
                                                                     : "";
}

static const char *hex_text(struct arena *arena, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = vpi_arena_alloc(arena, 2 * bytes.len + 1);
    for (size_t i = 0; text && i < bytes.len; i++) {
        text[2 * i] = digits[bytes.data[i] >> 4];
        text[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    return text;
}

static const char *sha256_text(struct arena *arena, struct crypto *crypto, struct span bytes)
{
    uint8_t value[DIGEST_MOST];
    if (!vpi_digest_again(crypto, DIGEST_SHA256, bytes, value))
        return NULL;
    return hex_text(arena, span_of(value, vpi_digest_len(DIGEST_SHA256)));
}

static uint64_t seconds(struct span time)
{
    int64_t value;
    return vpi_der_time(time, &value) && value >= 0 ? (uint64_t)value : VP_NONE;
}

static bool take_certificate(struct arena *arena, struct crypto *crypto,
                             const struct certificate *from, struct vp_certificate *to)
{
    struct key_facts key = vpi_key_facts(crypto, from->spki);
    struct span subject = from->common_name.len ? from->common_name : from->organization;
    *to = (struct vp_certificate){.size = sizeof *to,
                                  .subject = name_text(arena, subject),
                                  .sha256 = sha256_text(arena, crypto, from->whole),
                                  .spki_sha256 = sha256_text(arena, crypto, from->spki),
                                  .key = key.type ? key.type : "",
                                  .key_bits = key.bits,
                                  .digest_algorithm = digest_names[from->signature_digest],
                                  .not_before = seconds(from->not_before),
                                  .not_after = seconds(from->not_after)};
    return to->subject && to->sha256 && to->spki_sha256;
}

static bool take_chain(struct arena *arena, struct crypto *crypto, const struct chain *chain,
                       struct result_signature *to)
{
    to->chain = vpi_arena_array(arena, chain->len, sizeof *to->chain);
    if (!to->chain)
        return false;
    for (size_t i = 0; i < chain->len; i++) {
        if (!take_certificate(arena, crypto, chain->path[i], &to->chain[i]))
            return false;
    }
    to->facts.chain = (uint32_t)chain->len;
    to->facts.issuer = chain->len > 1 ? to->chain[1].subject : "";
    return true;
}

static bool take_signer(struct arena *arena, struct crypto *crypto, const struct certificate *leaf,
                        struct vp_signature *f)
{
    f->signer = f->organization = f->certificate_sha256 = "";
    if (!leaf)
        return true;
    f->signer = name_text(arena, leaf->common_name);
    f->organization = name_text(arena, leaf->organization);
    f->certificate_sha256 = sha256_text(arena, crypto, leaf->whole);
    return f->signer && f->organization && f->certificate_sha256;
}

static bool take_time(struct arena *arena, const struct trust_time *time, struct vp_signature *f)
{
    f->time_from = time->from;
    f->time_verifies = time->verifies;
    f->time = time->from != VP_TIME_NONE && time->time >= 0 ? (uint64_t)time->time : VP_NONE;
    f->time_signer = time->leaf ? name_text(arena, time->leaf->common_name) : "";
    return f->time_signer != NULL;
}

static bool take_signature(struct arena *arena, uint32_t object, struct crypto *crypto,
                           const struct trust_signature *from, struct result_signature *to)
{
    struct span digest = span_first(from->content->digest, DIGEST_MOST);
    struct vp_signature *f = &to->facts;
    *f = (struct vp_signature){
        .size = sizeof *f,
        .object = object,
        .entry = from->entry,
        .layer = from->info->layer,
        .states = from->states,
        .digest_algorithm = digest_names[from->content->digest_algorithm],
        .digest = hex_text(arena, digest),
        .program = name_text(arena, from->info->opus_name),
        .url = name_text(arena, from->info->opus_url),
        .catalog = vpi_arena_text(arena, span_text(from->catalog ? from->catalog : "")),
        .anchor = vpi_arena_text(arena, span_text(from->anchor ? from->anchor : "")),
        .distrust = vpi_arena_text(arena, span_text(from->distrust ? from->distrust : ""))};
    return f->digest && f->program && f->url && f->catalog && f->anchor && f->distrust &&
           take_signer(arena, crypto, from->info->leaf, f) && take_time(arena, &from->time, f) &&
           take_chain(arena, crypto, &from->chain, to);
}

bool vpi_result_signatures(struct vp_result *result, uint32_t object, struct crypto *crypto,
                           const struct feature_trust *trust)
{
    for (size_t i = 0; trust && i < trust->count; i++) {
        struct result_signature *grown =
            vpi_arena_grow(&result->arena, result->signatures, result->signature_count,
                           &result->signature_capacity, sizeof *grown);
        if (!grown)
            return false;
        result->signatures = grown;
        struct result_signature *to = &grown[result->signature_count];
        if (!take_signature(&result->arena, object, crypto, &trust->signatures[i], to))
            return false;
        result->signature_count++;
    }
    return true;
}

enum vp_status vp_result_signature(const struct vp_result *result, uint32_t index,
                                   struct vp_signature *ret_signature)
{
    if (index >= result->signature_count)
        return VP_E_NOT_FOUND;
    vpi_struct_out(ret_signature, &result->signatures[index].facts,
                   sizeof result->signatures[index].facts);
    return VP_OK;
}

enum vp_status vp_result_chain(const struct vp_result *result, uint32_t signature, uint32_t index,
                               struct vp_certificate *ret_certificate)
{
    if (signature >= result->signature_count || index >= result->signatures[signature].facts.chain)
        return VP_E_NOT_FOUND;
    const struct vp_certificate *from = &result->signatures[signature].chain[index];
    vpi_struct_out(ret_certificate, from, sizeof *from);
    return VP_OK;
}
