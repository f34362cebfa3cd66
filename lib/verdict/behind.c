/* behind.c - what stands behind a signer that signs for others
 *
 * Such a signature never names the vendor, but two things in the file are worth more by it.  The
 * program name (SpcSpOpusInfo) is written by whoever signs: in Microsoft's hardware programme it is
 * the company that handed the file in.  And a programme that signs its owner's own files too names
 * the owner where the file says the same of itself: Windows is signed like the drivers of others
 * that come with it, and their company names tell them apart.
 */
#include "verdict/verdict.h"

enum { OWNERS_MOST = 8 };

struct behind {
    const struct feature *features;
    bool others[CERTIFICATES_MOST + 1]; /* by number: believed, and signs for others */
    uint32_t owners[OWNERS_MOST];       /* of those, row + 1 */
    bool says_so[OWNERS_MOST];          /* the file's company name is the owner's */
    size_t owner_count;
};

static bool is_whole(const struct behind *b, const struct evidence *e)
{
    return span_equal(e->matched, b->features[e->feature].value);
}

/* The owner of a believed signer that signs for others, row + 1, or 0. */
static uint32_t owner_of(const struct vp_db *db, const struct evidence *e, bool *ret_others)
{
    struct db_subject vendor;
    *ret_others = e->verified && !e->record.deprecated &&
                  vpi_db_subject(db, e->record.vendor, &vendor) && vendor.signs_for_others &&
                  !vendor.deprecated;
    return *ret_others ? vendor.owner : 0;
}

static size_t owner_index(const struct behind *b, uint32_t owner)
{
    size_t i = 0;
    while (i < b->owner_count && b->owners[i] != owner)
        i++;
    return i;
}

static void find_signers(struct behind *b, const struct vp_db *db, const struct evidence *evidence,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool others;
        uint32_t owner = owner_of(db, &evidence[i], &others);
        unsigned number = b->features[evidence[i].feature].certificate;
        if (others && number <= CERTIFICATES_MOST)
            b->others[number] = true;
        if (owner && owner_index(b, owner) == b->owner_count && b->owner_count < OWNERS_MOST)
            b->owners[b->owner_count++] = owner;
    }
    for (size_t i = 0; i < count && b->owner_count; i++) {
        const struct evidence *e = &evidence[i];
        if (e->kind != KIND_COMPANY_NAME || e->set_aside || !is_whole(b, e))
            continue;
        size_t index = owner_index(b, e->record.vendor + 1);
        if (index < b->owner_count)
            b->says_so[index] = true;
    }
}

static void attest(const struct behind *b, struct evidence *e)
{
    unsigned number = b->features[e->feature].attested;
    e->attested = number && number <= CERTIFICATES_MOST && b->others[number] && is_whole(b, e);
    /* A word of what it calls itself is no organization's name. */
    if (e->borrowed && !e->attested)
        e->set_aside = true;
}

void vpi_behind(const struct vp_db *db, const struct feature *features, struct evidence *evidence,
                size_t count)
{
    struct behind b = {.features = features};
    find_signers(&b, db, evidence, count);
    for (size_t i = 0; i < count; i++) {
        struct evidence *e = &evidence[i];
        bool others;
        if (e->kind == KIND_OPUS_NAME)
            attest(&b, e);
        uint32_t owner = owner_of(db, e, &others);
        size_t index = owner_index(&b, owner);
        if (!owner || index == b.owner_count || !b.says_so[index])
            continue;
        e->record.vendor = e->record.subject = owner - 1;
        e->set_aside = false;
    }
}
