/* object.c - one object from its bytes to its part of the result
 *
 *     head -> format -> cheap features -> look-up -> gates -> dear features -> look-up -> verdict
 *
 * Dear features that no gate guards go with the cheap ones, so that a file is read once.
 */
#include "engine/engine.h"

enum {
    DESCRIBE_BYTES = 64 << 10,
    LOOKUP_RESERVE = 4 << 20 /* beyond the limit, so that what was read is looked up all the same */
};

/* What the last failure of the source leaves unexamined.  False: no memory for saying so. */
static bool say_gap(struct examination *x, const char *what)
{
    enum vp_gap_reason reason = VP_GAP_READ_FAILED;
    if (x->session->stopped)
        reason = x->session->stopped;
    else if (x->src.failure == SOURCE_MEMORY || x->arena.failed)
        reason = VP_GAP_MEMORY_LIMIT;
    return vpi_result_gap(x->result, x->object, reason, what);
}

static bool make_features(struct examination *x, uint64_t want)
{
    if (!want)
        return true;
    x->work.wanted = want;
    size_t gaps = x->image.gap_count;
    bool made = vpi_features_make(&x->work);
    x->result->bytes_hashed += x->work.pass.bytes_hashed;
    memset(&x->work.pass, 0, sizeof x->work.pass);
    if (!made && x->image.gap_count == gaps)
        vpi_image_gap(&x->image, VP_GAP_READ_FAILED, "features");
    return made;
}

bool vpi_object_notes(struct examination *x)
{
    for (; x->notes_taken < x->image.note_count; x->notes_taken++) {
        const struct image_note *note = &x->image.notes[x->notes_taken];
        if (!vpi_result_note(x->result, x->object, note->code, note->off, note->text))
            return false;
    }
    for (; x->gaps_taken < x->image.gap_count; x->gaps_taken++) {
        enum vp_gap_reason reason = x->image.gaps[x->gaps_taken].reason;
        if (x->session->stopped && reason == VP_GAP_READ_FAILED)
            reason = x->session->stopped;
        if (!vpi_result_gap(x->result, x->object, reason, x->image.gaps[x->gaps_taken].what))
            return false;
    }
    return true;
}

/* libmagic's words for what no reader of ours knows. */
static const char *describe(struct examination *x)
{
    struct vp_session *session = x->session;
    struct span first;
    const char *why = NULL, *words = NULL;
    if (!(session->options.flags & VP_SESSION_DESCRIBE) || x->image.format != VP_FORMAT_OTHER)
        return "";
    if (vpi_source_get_some(&x->src, 0, DESCRIBE_BYTES, &first)) {
        if (!session->magic)
            session->magic = vpi_magic_new(session->options.magic_file);
        words = session->magic ? vpi_magic_describe(session->magic, first, &why) : NULL;
    }
    if (!words)
        vpi_image_gap(&x->image, VP_GAP_READ_FAILED, why ? why : "description by libmagic");
    return words ? words : "";
}

static bool add_object(struct examination *x)
{
    struct vp_object object = {.parent = x->parent,
                               .name = (const char *)x->name.data,
                               .name_len = x->name.len,
                               .offset = x->off,
                               .bytes = x->src.size,
                               .format = x->image.format,
                               .role = x->image.role,
                               .machine = x->image.machine ? x->image.machine : "",
                               .description = describe(x)};
    x->object = vpi_result_object(x->result, &object);
    return x->object != VP_NO_INDEX;
}

/* Also one that can't be read. */
static bool has_signature(const struct examination *x)
{
    return x->work.signatures || x->image.has_signature_table;
}

bool vpi_object_judge(struct examination *x)
{
    struct verdict verdict = {0};
    if (x->session->db && !vpi_verdict(&x->arena, x->session->db, x->work.items, x->work.count,
                                       x->evidence, x->evidence_count, &verdict))
        return false;
    if (verdict.shared_count && !vpi_result_note(x->result, x->object, VP_NOTE_SHARED_KEY, VP_NONE,
                                                 x->work.items[verdict.shared_feature].text))
        return false;
    if (verdict.signers_disagree &&
        !vpi_result_note(x->result, x->object, VP_NOTE_SIGNERS_DISAGREE, VP_NONE,
                         "signatures of several vendors are believed"))
        return false;
    if ((verdict.removed && !has_signature(x) &&
         !vpi_result_note(x->result, x->object, VP_NOTE_SIGNATURE_REMOVED, VP_NONE,
                          verdict.removed)) ||
        (verdict.replaced && !vpi_result_note(x->result, x->object, VP_NOTE_SIGNATURE_REPLACED,
                                              VP_NONE, verdict.replaced)))
        return false;
    if (x->work.signatures && !x->work.signatures->verified && !x->work.signatures->nobody &&
        !vpi_result_note(x->result, x->object, VP_NOTE_SIGNATURE_UNVERIFIED,
                         x->work.signatures->off, "signatures were read, not verified"))
        return false;
    return vpi_object_notes(x) &&
           vpi_result_signatures(x->result, x->object, x->session->crypto, x->work.signatures) &&
           vpi_result_take(x->result, x->object, x->work.items, x->work.count, &verdict);
}

static void begin_work(struct examination *x)
{
    vpi_image_init(&x->image, &x->arena);
    x->image.name = x->name;
    x->work = (struct feature_work){.image = &x->image,
                                    .src = &x->src,
                                    .crypto = x->session->crypto,
                                    .arena = &x->arena,
                                    .name = x->name,
                                    .trust = &x->session->trust,
                                    .shelves = x->session->shelves,
                                    .needed = vpi_plan_needed(x->session),
                                    .notes = &x->image};
    x->image.unwanted = x->session->unwanted;
}

bool vpi_object_begin(struct examination *x)
{
    begin_work(x);
    x->work.needed = NULL; /* the caller chose them */
    return add_object(x);
}

/* Reads the format; a container that is no image of its own is named after itself. */
static bool read_format(struct examination *x)
{
    struct span head;
    if (!vpi_source_get_some(&x->src, 0, SOURCE_HEAD, &head))
        return false;
    vpi_format_read(&x->image, &x->src);
    vpi_beside_read(x);
    x->container = (struct container){
        .src = &x->src,
        .arena = &x->arena,
        .image = &x->image,
        .name = x->name,
        .limits = {x->session->limits.member_memory, &x->session->expanded_left}};
    if ((x->image.format == VP_FORMAT_OTHER || x->image.has_members) &&
        vpi_container_open(&x->container, head))
        x->image.format = x->container.format;
    vpi_attributes_read(x);
    return true;
}

/* Makes the features that are wanted and looks up what there are of them, also when the making was
 * cut short.  False: it was, or there was no memory for looking up. */
static bool make_and_look_up(struct examination *x, uint64_t want)
{
    bool made = make_features(x, want);
    bool full = x->arena.failed;
    if (full) {
        x->arena.failed = false;
        if (x->arena.limit && x->arena.limit <= SIZE_MAX - LOOKUP_RESERVE)
            x->arena.limit += LOOKUP_RESERVE;
    }
    bool looked_up = vpi_lookup_features(x);
    if (!looked_up || (full && x->image.gap_count == 0))
        vpi_image_gap(&x->image, VP_GAP_MEMORY_LIMIT, looked_up ? "features" : "look-ups");
    return made && looked_up && !full;
}

bool vpi_object_examine(struct examination *x)
{
    size_t limit = x->arena.limit;
    begin_work(x);
    bool readable = read_format(x);
    if (!add_object(x) || (!readable && !say_gap(x, "all of it")))
        return false;
    if (readable && make_and_look_up(x, vpi_plan_first(x))) {
        uint64_t gated = vpi_plan_gated(x);
        gated |= vpi_plan_trust(x) || vpi_bundle_wanted(x) ? WANT_TRUST : 0;
        if (gated)
            (void)make_and_look_up(x, gated);
        vpi_bundle_check(x);
    }
    /* Judged beyond the limit, so that a full arena doesn't hide what was found. */
    x->arena.failed = false;
    x->arena.limit = 0;
    bool judged = vpi_object_judge(x);
    x->arena.limit = limit;
    return judged;
}
