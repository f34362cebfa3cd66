/* known.c - the certificates that stand in the set in full */
#include "trust/signature.h"

bool vpi_trust_know(struct arena *arena, struct trust *trust)
{
    const struct trust_anchors *anchors = &trust->anchors;
    size_t most = 0, count = 0;
    for (size_t i = 0; i < anchors->count; i++)
        most += anchors->items[i].what == ANCHOR_CERTIFICATE && anchors->items[i].key.len > 0;
    struct certificate *known = vpi_arena_array(arena, most, sizeof *known);
    if (!known)
        return false;
    for (size_t i = 0; i < anchors->count; i++) {
        const struct trust_anchor *anchor = &anchors->items[i];
        if (anchor->what == ANCHOR_CERTIFICATE && anchor->key.len > 0)
            count += vpi_certificate_read(arena, anchor->key, &known[count]);
    }
    trust->known = known;
    trust->known_count = count;
    return !arena->failed;
}
