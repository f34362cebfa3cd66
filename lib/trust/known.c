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

static bool is_issuer_of_one(const struct certificate *all, size_t count,
                             const struct certificate *known)
{
    bool wanted = false;
    for (size_t i = 0; i < count; i++) {
        if (span_equal(all[i].whole, known->whole))
            return false; /* it is enclosed */
        wanted |= span_equal(all[i].issuer, known->subject);
    }
    return wanted;
}

/* Each round adds what issued something of the rounds before, and room bounds the rounds. */
static size_t add_issuers(const struct trust *trust, struct certificate *all, size_t count,
                          size_t room)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < trust->known_count && count < room; i++) {
            if (!is_issuer_of_one(all, count, &trust->known[i]))
                continue;
            all[count++] = trust->known[i];
            more = true;
        }
    }
    return count;
}

bool vpi_trust_complete(struct arena *arena, const struct trust *trust, struct trust_blob *blob)
{
    struct signed_data *data = &blob->data;
    size_t own = data->certificate_count, room = own + trust->known_count;
    if (blob->complete || trust->known_count == 0)
        return true;
    if (room > SIGNED_DATA_CERTIFICATES_MOST)
        room = SIGNED_DATA_CERTIFICATES_MOST;
    struct certificate *all = vpi_arena_array(arena, room, sizeof *all);
    if (!all)
        return false;
    blob->complete = true;
    for (size_t i = 0; i < own; i++)
        all[i] = data->certificates[i];
    size_t count = add_issuers(trust, all, own, room);
    if (count == own)
        return true;
    for (size_t i = 0; i < data->signer_count; i++) {
        if (data->signers[i].leaf)
            data->signers[i].leaf = all + (data->signers[i].leaf - data->certificates);
    }
    data->certificates = all;
    data->certificate_count = count;
    return true;
}

static bool is_signer(const struct signed_data *data, const struct certificate *known)
{
    for (size_t i = 0; i < data->signer_count; i++) {
        if (!data->signers[i].leaf && vpi_signer_names(&data->signers[i], known))
            return true;
    }
    return false;
}

bool vpi_trust_adopt(struct arena *arena, const struct trust *trust, struct signed_data *data)
{
    for (size_t i = 0; i < trust->known_count; i++) {
        size_t own = data->certificate_count;
        if (own >= SIGNED_DATA_CERTIFICATES_MOST || !is_signer(data, &trust->known[i]))
            continue;
        struct certificate *all = vpi_arena_array(arena, own + 1, sizeof *all);
        if (!all)
            return false;
        for (size_t k = 0; k < own; k++)
            all[k] = data->certificates[k];
        all[own] = trust->known[i];
        for (size_t k = 0; k < data->signer_count; k++) {
            struct signer_info *signer = &data->signers[k];
            if (signer->leaf)
                signer->leaf = all + (signer->leaf - data->certificates);
            else if (vpi_signer_names(signer, &all[own]))
                signer->leaf = &all[own];
        }
        data->certificates = all;
        data->certificate_count = data->certificate_capacity = own + 1;
    }
    return true;
}
