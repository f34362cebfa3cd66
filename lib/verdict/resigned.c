/* resigned.c - a signature that is not there any more
 *
 * What a signature covers stays the same when it is taken away or another one takes its place, so
 * the set finds the code all the same: by its Authenticode digest, or by how it was built.  Whoever
 * signs it now is then told beside whose it is.
 */
#include "feature/unicode.h"
#include "verdict/verdict.h"

enum { SHOWN_MOST = 120 };

/* Code that is known, though not as this file.  What the set knows by the digest of the whole file
 * is as it was released. */
static bool is_known_code(const struct finding *finding)
{
    if (finding->relation != VP_RELATION_PUBLISHER || finding->level < VP_LEVEL_PROBABLE)
        return false;
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *e = &finding->evidence[i];
        /* An own certificate is enough to leave it: names of companies change. */
        if (e->class == CLASS_SIGNER ||
            (e->class == CLASS_EXACT && e->kind != KIND_AUTHENTICODE_SHA1 &&
             e->kind != KIND_AUTHENTICODE_SHA256))
            return false;
    }
    return true;
}

static bool was_signed(const struct finding *finding)
{
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (finding->evidence[i].record.was_signed)
            return true;
    }
    return false;
}

/* The name of who signs now: a believed signer's before any other, an organization's first.  NULL:
 * there is none.  What is given to others too tells nothing: the vendor may have handed it in. */
static const struct feature *signer_of(const struct feature *features, size_t count)
{
    const struct feature *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct feature *f = &features[i];
        if (f->kind != KIND_CERTIFICATE_O && f->kind != KIND_CERTIFICATE_CN)
            continue;
        if (!best || f->verified > best->verified ||
            (f->verified == best->verified && f->kind < best->kind))
            best = f;
    }
    return best;
}

bool vpi_resigned(struct arena *arena, const struct vp_db *db, const struct feature *features,
                  size_t feature_count, struct verdict *verdict)
{
    const struct finding *code = NULL;
    for (size_t i = 0; i < verdict->finding_count && !code; i++) {
        if (is_known_code(&verdict->findings[i]))
            code = &verdict->findings[i];
    }
    struct db_subject vendor;
    if (!code || !vpi_db_subject(db, code->vendor, &vendor))
        return true;
    const struct feature *signer = signer_of(features, feature_count);
    if (!signer) {
        verdict->removed = was_signed(code)
                               ? vpi_arena_printf(arena, "this code of %s was signed", vendor.name)
                               : NULL;
        return verdict->removed || !was_signed(code);
    }
    if (verdict->others_sign)
        return true;
    int len = (int)vpi_utf8_cut(span_text(signer->text), SHOWN_MOST).len;
    verdict->replaced =
        vpi_arena_printf(arena, "code of %s, signed by \"%.*s\"%s", vendor.name, len, signer->text,
                         signer->verified ? "" : ", a name that nothing proves");
    return verdict->replaced != NULL;
}
