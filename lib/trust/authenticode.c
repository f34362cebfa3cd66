/* authenticode.c - signatures over a digest of the file (SpcIndirectDataContent) */
#include "trust/authenticode.h"

#define OID(bytes)            (bytes), sizeof(bytes) - 1
#define OID_SPC_INDIRECT_DATA OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04")

bool vpi_authenticode_overlaps(const struct image *image)
{
    uint64_t from = VP_NONE;
    for (size_t i = 0; i < image->blob_count; i++) {
        const struct image_blob *blob = &image->blobs[i];
        if (blob->type == BLOB_SIGNATURE && blob->off < from)
            from = blob->off;
    }
    /* The digest leaves out all of the table, not only what is an entry of it. */
    if (image->has_signature_table && image->signature_table_len)
        from = image->signature_table_off;
    /* What is signed doesn't change when a table is put somewhere into it; what is loaded does,
     * be it covered by the table or moved by it. */
    if (from < image->headers_end && from != VP_NONE)
        return true;
    for (size_t i = 0; i < image->section_count; i++) {
        const struct image_section *section = &image->sections[i];
        if (section->len && section->off + section->len > from)
            return true;
    }
    return image->section_count >= IMAGE_SECTIONS_MOST;
}

bool vpi_authenticode_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                             struct trust_blob *blob, const struct trust_digests *digests,
                             bool overlaps, struct trust_signature *s)
{
    const struct signed_content *content = s->content;
    enum digest_algorithm algorithm = content->digest_algorithm;
    s->states = VP_SIGNATURE_CHECKED;
    s->states |= overlaps ? VP_SIGNATURE_OVERLAP : 0;
    s->states |= blob->padded ? VP_SIGNATURE_PADDED : 0;
    s->states |= content->page_hashes ? VP_SIGNATURE_PAGE_HASHES : 0;
    if (algorithm && digests->known[algorithm] &&
        span_equal(content->digest, span_of(digests->values[algorithm], vpi_digest_len(algorithm))))
        s->states |= VP_SIGNATURE_DIGEST_MATCHES;
    if (!s->info->leaf)
        return true;
    struct trust_message message = {.octets = content->octets};
    if (der_oid_is(content->type, OID_SPC_INDIRECT_DATA) &&
        vpi_signer_verify(crypto, arena, s->info, &message, content->type))
        s->states |= VP_SIGNATURE_VERIFIES;
    /* Chains and times of what does not verify say nothing. */
    if (!(s->states & VP_SIGNATURE_VERIFIES))
        return !arena->failed;
    return vpi_signature_judge(crypto, arena, trust, blob,
                               PURPOSE_CODE | PURPOSE_DRIVER | PURPOSE_FIRMWARE, s);
}
