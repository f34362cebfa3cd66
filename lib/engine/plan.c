/* plan.c - which dear features an object is due
 *
 * A digest is computed when the caller asks for it, when a key of its kind has no gate, or when a
 * gate is open: the object is what every original behind that gate is known to be
 * (docs/database-format.md).
 */
#include "engine/engine.h"

#include <stdlib.h>

struct dear {
    unsigned kind;
    uint64_t want;
};

static const struct dear dear[] = {
    {KIND_FILE_XXH3, WANT_FILE_XXH3},
    {KIND_FILE_MD5, WANT_FILE_MD5},
    {KIND_FILE_SHA1, WANT_FILE_SHA1},
    {KIND_FILE_SHA256, WANT_FILE_SHA256},
    {KIND_AUTHENTICODE_SHA1, WANT_AUTHENTICODE_SHA1},
    {KIND_AUTHENTICODE_SHA256, WANT_AUTHENTICODE_SHA256},
    {KIND_SECTION, WANT_SECTIONS},
    {KIND_ICON, WANT_RESOURCES},
    {KIND_RESOURCE, WANT_RESOURCES},
    {KIND_EXPORT, WANT_EXPORTS},
};

enum { DEAR = sizeof dear / sizeof *dear };

/* A gate and what is behind it. */
struct gate_of {
    const struct db_gate *gate;
    uint64_t want;
};

static bool is_pe(const struct examination *x)
{
    return x->image.format != VP_FORMAT_OTHER;
}

static uint64_t asked_for(const struct vp_session *session)
{
    static const uint64_t digests[][2] = {{VP_DIGEST_XXH3, WANT_FILE_XXH3},
                                          {VP_DIGEST_MD5, WANT_FILE_MD5},
                                          {VP_DIGEST_SHA1, WANT_FILE_SHA1},
                                          {VP_DIGEST_SHA256, WANT_FILE_SHA256}};
    uint64_t want = 0;
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        if (session->options.digests & digests[i][0])
            want |= digests[i][1];
    }
    return want;
}

static uint64_t want_of(unsigned kind)
{
    for (size_t i = 0; i < DEAR; i++) {
        if (dear[i].kind == kind)
            return dear[i].want;
    }
    return 0;
}

/* What a key may hit, what gives a finding its version, what a gate asks for, and digests that the
 * caller wants. */
static void plan_needed(struct vp_session *session)
{
    static const struct {
        unsigned digest, kind;
    } asked[] = {{VP_DIGEST_XXH3, KIND_FILE_XXH3},
                 {VP_DIGEST_MD5, KIND_FILE_MD5},
                 {VP_DIGEST_SHA1, KIND_FILE_SHA1},
                 {VP_DIGEST_SHA256, KIND_FILE_SHA256}};
    for (size_t i = 0; i < vpi_kind_count; i++) {
        const struct kind *kind = &vpi_kinds[i];
        if (kind->class == CLASS_VERSION || vpi_db_has_kind(session->db, kind->number))
            vpi_kind_set_add(&session->needed, kind->number);
    }
    vpi_kind_set_add(&session->needed, KIND_OPUS_NAME); /* it is looked up as another kind too */
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        if (session->options.digests & asked[i].digest)
            vpi_kind_set_add(&session->needed, asked[i].kind);
    }
    /* Of these a scan makes groups. */
    vpi_kind_set_add(&session->needed, KIND_INF_CATALOG);
    vpi_kind_set_add(&session->needed, KIND_INF_FILE);
    vpi_kind_set_add(&session->needed, KIND_BUNDLE_ID);
    for (uint32_t i = 0; i < session->gate_count; i++) {
        if (session->gates[i].has)
            vpi_kind_set_add(&session->needed, session->gates[i].has);
    }
}

const struct kind_set *vpi_plan_needed(const struct vp_session *session)
{
    unsigned all = session->options.flags & (VP_SESSION_ALL_FEATURES | VP_SESSION_FINDINGS);
    return session->db && all == VP_SESSION_FINDINGS ? &session->needed : NULL;
}

/* Parts that take long to read, and the kinds that are made of them. */
static void plan_parts(struct vp_session *session)
{
    enum { KINDS = 3 };
    static const struct {
        enum image_part part;
        unsigned kinds[KINDS];
    } parts[] = {
        {IMAGE_PART_EXPORTS, {KIND_EXPORT_SET, KIND_EXPORT}},
        {IMAGE_PART_SYMBOLS, {KIND_TELFHASH, KIND_SYMBOL_DEFINED_SET, KIND_SYMBOL_UNDEFINED_SET}},
        {IMAGE_PART_COMPILERS, {KIND_COMPILER}},
    };
    const struct kind_set *needed = vpi_plan_needed(session);
    for (size_t i = 0; needed && i < sizeof parts / sizeof *parts; i++) {
        bool any = false;
        for (size_t k = 0; k < KINDS && parts[i].kinds[k]; k++)
            any |= vpi_kind_set_has(needed, parts[i].kinds[k]);
        session->unwanted |= any ? 0 : parts[i].part;
    }
}

/* Nine files of ten are of no format that we read, and few gates are for them.  False: no memory.
 */
static bool list_gates(struct vp_session *session)
{
    uint32_t count = 0;
    session->gates_of =
        calloc((size_t)session->gate_count + 1, FORMATS * sizeof *session->gates_of);
    if (!session->gates_of)
        return false;
    for (unsigned format = 0; format < FORMATS; format++) {
        session->gates_from[format] = count;
        for (uint32_t i = 0; i < session->gate_count; i++) {
            const struct db_gate *gate = &session->gates[i];
            if (!gate->formats || gate->formats >> format & 1)
                session->gates_of[count++] = (struct gate_of){gate, want_of(gate->kind)};
        }
    }
    session->gates_from[FORMATS] = count;
    return true;
}

bool vpi_plan_session(struct vp_session *session)
{
    uint32_t count = session->db ? vpi_db_gate_count(session->db) : 0;
    session->gates = calloc(count ? count : 1, sizeof *session->gates);
    for (uint32_t row = 0; session->gates && row < count; row++) {
        struct db_gate gate;
        /* A gate with no key behind it, or before a feature that is never dear, opens nothing. */
        if (vpi_db_gate(session->db, row, &gate) && gate.keys && !gate.never && want_of(gate.kind))
            session->gates[session->gate_count++] = gate;
    }
    if (session->db) {
        plan_needed(session);
        plan_parts(session);
    }
    for (size_t i = 0; session->db && i < DEAR; i++) {
        if (vpi_db_has_ungated(session->db, dear[i].kind))
            session->ungated |= dear[i].want;
    }
    return session->gates != NULL && list_gates(session);
}

/* Catalogs list images, and beside them files of any kind, which only their size keeps cheap. */
static bool is_listable(const struct examination *x)
{
    enum { FLAT_BYTES_MOST = 64 << 20 };
    const struct vp_session *session = x->session;
    bool image = x->image.format == VP_FORMAT_PE32 || x->image.format == VP_FORMAT_PE32_PLUS;
    for (unsigned i = 0; i < CATALOG_SHELVES; i++) {
        const struct catalog_index *index = session->shelves[i].index;
        if (index && (image || index->has[true][0] || index->has[true][1]))
            return image ||
                   (x->image.format != VP_FORMAT_CATALOG && x->src.size <= FLAT_BYTES_MOST);
    }
    return false;
}

uint64_t vpi_plan_first(const struct examination *x)
{
    const struct vp_session *session = x->session;
    uint64_t want = asked_for(session) | session->ungated;
    if (is_pe(x))
        want |= WANT_REST;
    if (is_listable(x))
        want |= WANT_CATALOGS;
    if (session->options.flags & VP_SESSION_ALL_FEATURES)
        want |= WANT_TRUST;
    for (size_t i = 0; session->options.flags & VP_SESSION_ALL_FEATURES && i < DEAR; i++)
        want |= dear[i].want;
    return want;
}

/* Whether it depends on a signature what this feature is worth. */
static bool trust_decides(const struct examination *x, const struct feature *feature)
{
    return feature->certificate || feature->kind == KIND_CDHASH ||
           (feature->kind == KIND_APPLE_TEAM_ID && !x->work.signatures->nobody);
}

/* Whether some key of the vendor hit this object. */
static bool vendor_hit(const struct examination *x, uint32_t vendor)
{
    for (size_t i = 0; i < x->evidence_count; i++) {
        if (x->evidence[i].record.vendor == vendor)
            return true;
    }
    return false;
}

/* Whether the object has a feature of the gate's kind and, if it asks for one, key. */
static bool has_feature(const struct examination *x, const struct db_gate *gate)
{
    for (size_t i = 0; i < x->work.count; i++) {
        const struct feature *f = &x->work.items[i];
        if (f->kind != gate->has)
            continue;
        if (!gate->has_key)
            return true;
        struct hash128 key = vpi_feature_key(f->kind, f->value);
        if (key.high == gate->key.high && key.low == gate->key.low)
            return true;
    }
    return false;
}

static bool gate_open(const struct examination *x, const struct db_gate *gate)
{
    const struct image *image = &x->image;
    if (x->src.size < gate->size_least || x->src.size > gate->size_most)
        return false;
    if (gate->roles && !(gate->roles >> image->role & 1))
        return false;
    if (gate->prefix_len) {
        struct span first;
        struct span prefix = span_of(gate->prefix, gate->prefix_len);
        if (!span_sub(x->src.ops ? x->src.head : x->src.memory, 0, prefix.len, &first) ||
            !span_equal(first, prefix))
            return false;
    }
    if (gate->has && !has_feature(x, gate))
        return false;
    return gate->vendor == VPDB_NO_ROW || vendor_hit(x, gate->vendor);
}

bool vpi_plan_trust(const struct examination *x)
{
    if (!x->work.signatures || x->work.signatures->verified || x->image.signing == SIGNING_NONE)
        return false;
    for (size_t i = 0; i < x->evidence_count; i++) {
        if (x->evidence[i].class == CLASS_SIGNER &&
            trust_decides(x, &x->work.items[x->evidence[i].feature]))
            return true;
    }
    return false;
}

uint64_t vpi_plan_gated(const struct examination *x)
{
    const struct vp_session *session = x->session;
    uint64_t want = 0;
    unsigned format = (unsigned)x->image.format < FORMATS ? x->image.format : VP_FORMAT_OTHER;
    for (uint32_t i = session->gates_from[format]; i < session->gates_from[format + 1]; i++) {
        uint64_t behind = session->gates_of[i].want & ~x->work.wanted & ~want;
        if (behind && gate_open(x, session->gates_of[i].gate))
            want |= behind;
    }
    return want;
}
