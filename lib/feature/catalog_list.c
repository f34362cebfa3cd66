/* catalog_list.c - what a catalog lists
 *
 * Digests, names and hardware that the catalog vouches for: facts about other files.  A catalog of
 * Windows itself has tens of thousands of members, which nobody reads unless a key asks.
 */
#include "base/utf16.h"
#include "feature/feature.h"
#include "trust/catalog.h"

enum { MEMBERS_SHOWN = 16384, ATTRIBUTES_SHOWN = 4096 };

static bool any_needed(const struct feature_work *work)
{
    for (unsigned kind = KIND_CATALOG_MEMBER_SHA256; kind <= KIND_CATALOG_SYSTEM; kind++) {
        if (vpi_feature_needed(work, kind))
            return true;
    }
    return false;
}

static void add_utf16(struct feature_work *work, unsigned kind, struct span utf16)
{
    struct span utf8;
    if (utf16.len == 0 || !vpi_feature_needed(work, kind))
        return;
    if (vpi_utf16_to_utf8(work->arena, span_first(utf16, 2 * CANONICAL_MOST), &utf8))
        vpi_feature_add_text(work, kind, utf8);
    else
        vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "members of the catalog");
}

static void add_members(struct feature_work *work, struct catalog_list *list)
{
    struct catalog_member member;
    while (vpi_catalog_next(list, &member)) {
        if (list->count > MEMBERS_SHOWN || work->arena->failed) {
            vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "members of the catalog");
            return;
        }
        if (member.algorithm == DIGEST_SHA256)
            vpi_feature_add(work, KIND_CATALOG_MEMBER_SHA256, member.digest, NULL);
        else if (member.algorithm == DIGEST_SHA1)
            vpi_feature_add(work, KIND_CATALOG_MEMBER_SHA1, member.digest, NULL);
        add_utf16(work, KIND_CATALOG_MEMBER_NAME, member.file);
    }
}

/* Attributes of the whole list are called "OS", and "HWID1", "HWID2", ... */
static void add_attributes(struct feature_work *work, struct catalog_list *list)
{
    static const uint8_t hardware[] = "\0H\0W\0I\0D", systems[] = "\0O\0S";
    struct span name, text;
    unsigned count = 0;
    while (vpi_catalog_attribute(list, &name, &text)) {
        if (++count > ATTRIBUTES_SHOWN || work->arena->failed) {
            vpi_image_gap(work->notes, VP_GAP_COUNT_LIMIT, "attributes of the catalog");
            return;
        }
        struct span start = span_first(name, sizeof hardware - 1);
        if (span_equal(start, span_of(hardware, sizeof hardware - 1)))
            add_utf16(work, KIND_CATALOG_HARDWARE, text);
        else if (span_equal(name, span_of(systems, sizeof systems - 1)))
            add_utf16(work, KIND_CATALOG_SYSTEM, text);
    }
}

void vpi_family_catalog_list(struct feature_work *work)
{
    const struct feature_trust *trust = work->signatures;
    struct catalog_list list;
    if (!(work->wanted & WANT_REST) || work->image->format != VP_FORMAT_CATALOG || !trust ||
        trust->blob_count == 0 || !any_needed(work) ||
        !vpi_catalog_read_list(&trust->blobs[0]->data.contents[0], &list))
        return;
    add_members(work, &list);
    add_attributes(work, &list);
}
