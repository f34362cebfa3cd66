/* apple.c - whether a code directory is over a file, and whose signature is over it
 *
 * xnu, bsd/kern/ubc_subr.c (cs_validate_csblob): what the kernel refuses.  Apple Security,
 * OSX/libsecurity_codesigning/lib/StaticCode.cpp: verifySignature, component, validateExecutable.
 */
#include "trust/apple.h"

#define TYPE_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"

enum {
    /* The signature begins at a multiple of 16, so that a few bytes may stand before it. */
    ALIGNMENT = 16
};

void vpi_apple_content(struct apple_code *code)
{
    const struct code_signature *signature = &code->signature;
    if (signature->directory_count == 0)
        return;
    size_t best = signature->chosen < signature->directory_count ? signature->chosen : 0;
    const struct code_directory *told = &signature->directories[best];
    code->content = (struct signed_content){
        .type = span_of(TYPE_DATA, sizeof TYPE_DATA - 1),
        .octets = signature->directories[0].whole,
        .digest = span_of(told->digest, vpi_digest_len(told->algorithm)),
        .digest_algorithm = told->algorithm,
        .page_hashes = true,
    };
}

/* A hash that an earlier directory has. */
static bool is_repeated(const struct code_signature *signature, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (signature->directories[i].hash_type == signature->directories[index].hash_type)
            return true;
    }
    return false;
}

void vpi_apple_begin(struct crypto *crypto, struct apple_code *code)
{
    const struct code_signature *signature = &code->signature;
    for (size_t i = 0; i < signature->directory_count; i++)
        code->paged[i] = !is_repeated(signature, i) &&
                         vpi_code_pages_begin(&code->pages[i], crypto, &signature->directories[i]);
}

/* What the directory says of the other blobs: each is there and has its digest, or neither. */
static bool special_holds(struct crypto *crypto, const struct apple_code *code,
                          const struct code_directory *directory)
{
    static const uint8_t zeros[DIGEST_MOST];
    for (uint32_t i = 1; i < CODE_SPECIAL_MOST; i++) {
        struct span blob = code->signature.special[i], slot;
        uint8_t value[DIGEST_MOST];
        if (i == CODE_INFO || i == CODE_RESOURCES)
            continue; /* files beside this one */
        bool has =
            vpi_code_special(directory, i, &slot) && !span_equal(slot, span_of(zeros, slot.len));
        if (has != (blob.len != 0))
            return false;
        if (has && (!vpi_digest(crypto, directory->algorithm, blob, value) ||
                    !span_equal(slot, span_of(value, slot.len))))
            return false;
    }
    return true;
}

/* Whether all that is loaded lies before the limit. */
static bool covers(const struct image *image, const struct apple_code *code,
                   const struct code_directory *directory)
{
    uint64_t limit = directory->code_limit;
    if (limit < code->off && code->off - limit >= ALIGNMENT)
        return false;
    for (size_t i = 0; i < image->section_count; i++) {
        const struct image_section *section = &image->sections[i];
        if (section->len && (section->off >= limit || section->len > limit - section->off))
            return false;
    }
    return image->section_count < IMAGE_SECTIONS_MOST;
}

bool vpi_apple_holds(struct crypto *crypto, const struct image *image,
                     const struct apple_code *code, size_t index, unsigned *faults)
{
    const struct code_directory *directory = &code->signature.directories[index];
    unsigned found = 0;
    found |= code->repeated || is_repeated(&code->signature, index) ? APPLE_REPEATED : 0;
    found |= code->paged[index] && vpi_code_pages_end(&code->pages[index]) ? 0 : APPLE_PAGES;
    found |= covers(image, code, directory) ? 0 : APPLE_UNCOVERED;
    found |= special_holds(crypto, code, directory) ? 0 : APPLE_SPECIAL;
    *faults |= found;
    return found == 0;
}

/* Whether certificate and directories disagree; what only one of them says is no contradiction. */
static bool team_differs(const struct code_signature *signature, const struct certificate *leaf)
{
    struct span team = vpi_apple_team(leaf);
    if (team.len == 0)
        return false;
    for (size_t i = 0; i < signature->directory_count; i++) {
        struct span said = signature->directories[i].team_id;
        if (said.len && !span_equal(said, team))
            return true;
    }
    return false;
}

static unsigned flags_of(const struct code_signature *signature)
{
    unsigned flags = 0;
    for (size_t i = 0; i < signature->directory_count; i++)
        flags |= signature->directories[i].flags;
    return flags;
}

/* Everything but the signer. */
static void judge_code(struct crypto *crypto, const struct image *image, struct apple_code *code,
                       struct trust_signature *s)
{
    const struct code_signature *signature = &code->signature;
    bool holds = signature->chosen < signature->directory_count;
    code->faults = holds ? 0 : APPLE_PAGES;
    for (size_t i = 0; i < signature->directory_count; i++) {
        /* A hash that the kernel knows nothing of is nobody's business, the others are. */
        if (signature->directories[i].algorithm)
            holds &= vpi_apple_holds(crypto, image, code, i, &code->faults);
    }
    s->states |= VP_SIGNATURE_PAGE_HASHES;
    s->states |= code->faults & APPLE_PAGES ? 0 : VP_SIGNATURE_PAGES_MATCH;
    s->states |= code->faults & APPLE_UNCOVERED ? VP_SIGNATURE_OVERLAP : 0;
    s->states |= holds ? VP_SIGNATURE_DIGEST_MATCHES : 0;
    s->states |= flags_of(signature) & CODE_ADHOC ? VP_SIGNATURE_ADHOC : 0;
    s->states |= signature->ticket ? VP_SIGNATURE_TICKET : 0;
}

bool vpi_apple_verify(struct crypto *crypto, struct arena *arena, const struct trust *trust,
                      struct trust_blob *blob, const struct image *image, struct apple_code *code,
                      struct trust_signature *s)
{
    const struct code_signature *signature = &code->signature;
    const struct certificate *leaf = s->info->leaf;
    code->signer = APPLE_NOBODY;
    s->states = VP_SIGNATURE_CHECKED;
    if (s->content != &code->content)
        return true; /* nested: Apple has no such thing */
    judge_code(crypto, image, code, s);
    if (!leaf)
        return true;
    if (!vpi_apple_ties(arena, s->info, signature)) {
        code->faults |= APPLE_ALTERNATES;
        s->states &= ~(unsigned)VP_SIGNATURE_DIGEST_MATCHES;
    }
    s->states |= team_differs(signature, leaf) ? VP_SIGNATURE_TEAM_DIFFERS : 0;
    struct trust_message message = {.octets = code->content.octets};
    if (vpi_signer_verify(crypto, arena, s->info, &message, code->content.type))
        s->states |= VP_SIGNATURE_VERIFIES;
    if (!(s->states & VP_SIGNATURE_VERIFIES))
        return !arena->failed;
    if (!vpi_signature_judge(crypto, arena, trust, blob, PURPOSE_APPLE, s))
        return false;
    if (s->chain.anchored && s->chain.len > 1)
        code->signer = vpi_apple_signer(leaf, s->chain.path[1]);
    /* What Apple issued for something else signs no code. */
    if (code->signer == APPLE_NOBODY)
        s->states &= ~(unsigned)VP_SIGNATURE_CODE_SIGNING;
    return true;
}
