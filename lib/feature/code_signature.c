/* code_signature.c - who signed Apple code: identifiers, Team IDs, code directory hashes
 *
 * Nothing is verified here, so all of it is a claim until code_trust.c says more.  The hash of the
 * directory that the kernel goes by comes first.  The certificates are in a CMS blob, which is
 * handed on as a signature of the image, for the family that reads certificates.
 */
#include "feature/feature.h"
#include "trust/code_signature.h"

enum { SIGNATURE_MOST = 16 << 20, SIGNATURES_MOST = 4 };

static void place(struct feature *feature, const struct image_blob *blob,
                  const struct code_directory *directory)
{
    if (!feature)
        return;
    feature->off = blob->off == VP_NONE ? VP_NONE : blob->off + directory->off;
    feature->len = directory->len;
}

/* Whether an earlier directory says the same: alternates repeat identifier and team. */
static bool is_repeated(const struct code_signature *signature, size_t index, bool team)
{
    const struct code_directory *all = signature->directories;
    for (size_t i = 0; i < index; i++) {
        if (team ? span_equal(all[i].team_id, all[index].team_id)
                 : span_equal(all[i].identifier, all[index].identifier))
            return true;
    }
    return false;
}

static void add_directory(struct feature_work *work, const struct image_blob *blob,
                          const struct code_signature *signature, size_t index)
{
    const struct code_directory *directory = &signature->directories[index];
    if (!is_repeated(signature, index, false))
        place(vpi_feature_add_text(work, KIND_SIGNING_IDENTIFIER, directory->identifier), blob,
              directory);
    if (directory->team_id.len && !is_repeated(signature, index, true))
        place(vpi_feature_add_text(work, KIND_APPLE_TEAM_ID, directory->team_id), blob, directory);
}

static void add_cdhash(struct feature_work *work, const struct image_blob *blob,
                       const struct code_directory *directory)
{
    if (directory->has_cdhash)
        place(vpi_feature_add(work, KIND_CDHASH, span_of(directory->cdhash, CDHASH_LEN), NULL),
              blob, directory);
}

/* What the trust family needs; the first signature of an object counts. */
static struct apple_code *keep(struct feature_work *work, const struct image_blob *blob,
                               const struct code_signature *signature)
{
    struct apple_code *code = NULL;
    if (work->signatures && work->signatures->code) {
        work->signatures->code->repeated = true;
        return NULL;
    }
    if (!work->signatures)
        work->signatures = vpi_arena_alloc(work->arena, sizeof *work->signatures);
    if (work->signatures)
        code = vpi_arena_alloc(work->arena, sizeof *code);
    if (!code) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
        return NULL;
    }
    work->signatures->off = blob->off;
    work->signatures->code = code;
    code->signature = *signature;
    code->off = blob->off;
    code->len = blob->len;
    vpi_apple_content(code);
    return code;
}

/* A signature without a signer stands beside the others, so that it can be seen. */
static void keep_nobody(struct feature_work *work, struct apple_code *code, bool adhoc)
{
    struct feature_trust *trust = work->signatures;
    struct trust_blob *blob = vpi_arena_alloc(work->arena, sizeof *blob);
    struct signer_info *info = vpi_arena_alloc(work->arena, sizeof *info);
    struct trust_signature *grown = vpi_arena_grow(work->arena, trust->signatures, trust->count,
                                                   &trust->capacity, sizeof *grown);
    if (!blob || !info || !grown) {
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "signatures");
        return;
    }
    trust->nobody = true;
    trust->blobs[trust->blob_count++] = blob;
    trust->signatures = grown;
    grown[trust->count++] = (struct trust_signature){
        .info = info, .content = &code->content, .states = adhoc ? VP_SIGNATURE_ADHOC : 0};
}

static void tell_nobody(struct feature_work *work, const struct image_blob *blob,
                        const struct code_signature *signature)
{
    unsigned flags = 0;
    bool claimed = false;
    for (size_t i = 0; i < signature->directory_count; i++) {
        flags |= signature->directories[i].flags;
        claimed |= signature->directories[i].team_id.len > 0;
    }
    if (flags & CODE_ADHOC)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_ADHOC, blob->off,
                       flags & CODE_LINKER_SIGNED ? "by the linker" : "ad hoc");
    else if (signature->cms.len == 0)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_REMOVED, blob->off,
                       "code directories without a signer, and not ad hoc");
    if (claimed && signature->cms.len == 0)
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNVERIFIED, blob->off,
                       "a team is named and nobody signed");
    if (signature->ticket)
        vpi_image_note(work->notes, VP_NOTE_NOTARIZATION_TICKET, blob->off,
                       "in the code signature");
}

/* The certificates go where those of other formats are. */
static void hand_on(struct feature_work *work, const struct image_blob *blob,
                    const struct code_signature *signature)
{
    bool removed = blob->id == CODE_SIGNATURE_REMOVED;
    struct apple_code *code = removed ? NULL : keep(work, blob, signature);
    size_t chosen = signature->chosen < signature->directory_count ? signature->chosen : 0;
    if (!removed)
        tell_nobody(work, blob, signature);
    if (signature->cms.len == 0) {
        if (code && signature->directory_count)
            keep_nobody(work, code, signature->directories[chosen].flags & CODE_ADHOC);
        return;
    }
    uint64_t off = blob->off == VP_NONE ? VP_NONE : blob->off + signature->cms_off;
    struct image_blob *cms = vpi_image_blob(work->notes); /* `blob` is a copy: these may move */
    if (!cms)
        return;
    cms->type = BLOB_SIGNATURE;
    cms->off = off;
    cms->len = signature->cms.len;
    cms->bytes = signature->cms;
}

static void add_signature(struct feature_work *work, const struct image_blob *blob)
{
    struct code_signature signature;
    struct span bytes;
    if (blob->len > SIGNATURE_MOST)
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "the code signature");
    if (!vpi_feature_blob(work, blob, SIGNATURE_MOST, &bytes))
        return;
    if (!vpi_code_signature_read(work->crypto, bytes, &signature)) {
        vpi_image_note(work->notes, VP_NOTE_SIGNATURE_UNREADABLE, blob->off, "code signature");
        return;
    }
    if (signature.malformed)
        vpi_image_note(work->notes, VP_NOTE_MALFORMED, blob->off, "code signature");
    if (signature.cut_short)
        vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "code directories");
    if (signature.chosen < signature.directory_count)
        add_cdhash(work, blob, &signature.directories[signature.chosen]);
    for (size_t i = 0; i < signature.directory_count; i++) {
        if (i != signature.chosen)
            add_cdhash(work, blob, &signature.directories[i]);
        add_directory(work, blob, &signature, i);
    }
    if (signature.requirements.len)
        vpi_code_requirements(work, signature.requirements,
                              blob->off == VP_NONE ? VP_NONE
                                                   : blob->off + signature.requirements_off);
    vpi_code_entitlements(work, signature.entitlements);
    hand_on(work, blob, &signature);
}

void vpi_family_code_signature(struct feature_work *work)
{
    size_t count = 0, blob_count = work->image->blob_count;
    if (!(work->wanted & WANT_REST))
        return;
    for (size_t i = 0; i < blob_count && count < SIGNATURES_MOST; i++) {
        struct image_blob blob = work->image->blobs[i];
        if (blob.type != BLOB_CODE_SIGNATURE)
            continue;
        count++;
        add_signature(work, &blob);
    }
}
