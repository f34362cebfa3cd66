/* gather.c - what of the evidence counts
 *
 * Evidence is explained away before it is weighed: a key that several vendors share speaks for none
 * of them, a phrase inside a longer phrase that hit as well says nothing of its own ("apple" in
 * "apple valley software"), and a signer that signs for others never names the vendor.
 */
#define _GNU_SOURCE /* memmem */
#include "verdict/verdict.h"

/* Compared pairwise within one feature: this many records are, more are not needed. */
enum { PAIRS_MOST = 256 };

static bool same_key(const struct evidence *a, const struct evidence *b)
{
    return a->feature == b->feature && a->kind == b->kind && span_equal(a->matched, b->matched);
}

static bool inside(const struct evidence *part, const struct evidence *all)
{
    return part->matched.len < all->matched.len &&
           memmem(all->matched.data, all->matched.len, part->matched.data, part->matched.len);
}

/* A name and its form as a phrase ("anti-virus", "anti virus") that hit the same place. */
static bool same_words(const struct evidence *a, const struct evidence *b)
{
    return a->matched.len == b->matched.len && a->record.subject == b->record.subject;
}

/* Evidence comes in the order of the features, so that of one feature stands together. */
static void compare_within(struct evidence *first, size_t count, struct verdict *verdict)
{
    if (count > PAIRS_MOST)
        count = PAIRS_MOST;
    for (size_t i = 0; i < count; i++) {
        bool shared = false, covered = false;
        for (size_t j = 0; j < count; j++) {
            if (first[j].record.deprecated)
                continue;
            if (same_key(&first[i], &first[j]))
                shared |= first[i].record.vendor != first[j].record.vendor;
            else if (first[i].class == CLASS_TEXT || first[i].class == CLASS_SIGNER)
                covered |=
                    inside(&first[i], &first[j]) || (j < i && same_words(&first[i], &first[j]));
        }
        if (shared && !first[i].set_aside && verdict->shared_count++ == 0)
            verdict->shared_feature = first[i].feature;
        if (shared || covered)
            first[i].set_aside = true;
    }
}

void vpi_gather(const struct vp_db *db, const struct feature *features, struct evidence *evidence,
                size_t count, struct verdict *verdict)
{
    for (size_t i = 0; i < count; i++) {
        struct db_subject vendor = {.id = NULL};
        const struct feature *feature = &features[evidence[i].feature];
        /* A word of a signer's name proves nothing, however good the signature is: anybody may
         * found a company whose name has it. */
        evidence[i].verified = evidence[i].class == CLASS_SIGNER && feature->verified &&
                               span_equal(evidence[i].matched, feature->value);
        if (evidence[i].kind == KIND_CDHASH && evidence[i].verified) {
            /* The directory holds: its hash is that of the code. */
            evidence[i].class = CLASS_EXACT;
            evidence[i].verified = false;
        }
        evidence[i].set_aside = evidence[i].record.deprecated ||
                                !vpi_db_subject(db, evidence[i].record.vendor, &vendor) ||
                                vendor.deprecated || vendor.signs_for_others;
        verdict->others_sign |= evidence[i].verified && evidence[i].set_aside &&
                                !evidence[i].record.deprecated && vendor.signs_for_others;
    }
    vpi_behind(db, features, evidence, count);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && evidence[end].feature == evidence[i].feature)
            end++;
        compare_within(evidence + i, end - i, verdict);
        i = end;
    }
}
