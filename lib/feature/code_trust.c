/* code_trust.c - code directories beside the code, and what a verified one makes of the features */
#include "feature/feature.h"

struct page_feed {
    struct source_consumer consumer;
    struct source_range range;
    struct code_pages *pages;
};

static void pages_update(void *context, struct span bytes)
{
    struct page_feed *feed = context;
    vpi_code_pages_add(feed->pages, bytes);
}

static void pages_finish(void *context)
{
    (void)context; /* the digests were compared one by one */
}

void vpi_code_consume(struct feature_work *work)
{
    struct apple_code *code = work->signatures->code;
    if (!code)
        return;
    vpi_apple_begin(work->crypto, code);
    for (size_t i = 0; i < code->signature.directory_count; i++) {
        struct page_feed *feed = NULL;
        if (!code->paged[i])
            continue;
        feed = vpi_arena_alloc(work->arena, sizeof *feed);
        if (!feed) {
            code->paged[i] = false;
            vpi_image_gap(work->notes, VP_GAP_MEMORY_LIMIT, "code directories");
            return;
        }
        feed->range = (struct source_range){0, code->signature.directories[i].code_limit};
        feed->pages = &code->pages[i];
        feed->consumer = (struct source_consumer){.ranges = &feed->range,
                                                  .range_count = 1,
                                                  .update = pages_update,
                                                  .finish = pages_finish,
                                                  .context = feed,
                                                  .cryptographic = true};
        vpi_pass_add(&work->pass, &feed->consumer);
    }
}

/* Where the first page is that differs. */
static uint64_t wrong_page(const struct apple_code *code)
{
    for (size_t i = 0; i < code->signature.directory_count; i++) {
        const struct code_pages *pages = &code->pages[i];
        if (code->paged[i] && pages->first_wrong < pages->pages)
            return pages->first_wrong * pages->page_len;
    }
    return code->off;
}

unsigned vpi_code_tell(struct feature_work *work, const struct trust_signature *s)
{
    const struct apple_code *code = work->signatures->code;
    static const struct {
        unsigned fault;
        enum vp_note_code code;
        const char *text;
    } faults[] = {
        {APPLE_PAGES, VP_NOTE_PAGES_DIFFER,
         "a code directory has not the digests of the pages that are there"},
        {APPLE_SPECIAL, VP_NOTE_SIGNATURE_INVALID,
         "requirements or entitlements are not those that a code directory has the digest of"},
        {APPLE_UNCOVERED, VP_NOTE_SIGNATURE_OVERLAP,
         "sections lie behind what a code directory covers"},
        {APPLE_REPEATED, VP_NOTE_DIRECTORIES_DIFFER,
         "several signatures, or directories of one hash: the kernel refuses them"},
        {APPLE_ALTERNATES, VP_NOTE_DIRECTORIES_DIFFER,
         "the signature doesn't cover each code directory"},
    };
    if (!code || s->content != &code->content)
        return 0;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        uint64_t off = faults[i].fault == APPLE_PAGES ? wrong_page(code) : code->off;
        if (code->faults & faults[i].fault)
            vpi_image_note(work->notes, faults[i].code, off, faults[i].text);
    }
    if (s->states & VP_SIGNATURE_TEAM_DIFFERS)
        vpi_image_note(work->notes, VP_NOTE_TEAM_DIFFERS, code->off,
                       "the signer's certificate is of another team than the code directory says");
    unsigned told = VP_SIGNATURE_OVERLAP;
    told |= code->faults ? VP_SIGNATURE_DIGEST_MATCHES : 0;
    told |= s->info->leaf ? 0 : VP_SIGNATURE_VERIFIES; /* nobody's: that was told before */
    return told;
}

bool vpi_code_vouches(const struct feature_work *work, unsigned kind)
{
    const struct apple_code *code = work->signatures->code;
    switch (code ? code->signer : APPLE_NOBODY) {
    case APPLE_DEVELOPER_ID:
    case APPLE_DISTRIBUTION:
    case APPLE_SOFTWARE:
        return true;
    case APPLE_DEVELOPMENT:
        /* Whoever asks for it is called what he says that he is called. */
        return kind == KIND_APPLE_TEAM_ID;
    default:
        return false;
    }
}

static const struct code_directory *directory_at(const struct apple_code *code, uint64_t off,
                                                 size_t *ret_index)
{
    for (size_t i = 0; i < code->signature.directory_count; i++) {
        *ret_index = i;
        if (off == code->off + code->signature.directories[i].off)
            return &code->signature.directories[i];
    }
    return NULL;
}

/* Whether Apple vouches for the team of the directories: it is that of the certificate, or the
 * store's signature is over it. */
static bool team_holds(const struct apple_code *code, const struct trust_signature *s)
{
    if (!(s->states & VP_SIGNATURE_BELIEVED) || s->content != &code->content)
        return false;
    return code->signer == APPLE_STORE || vpi_apple_team(s->info->leaf).len != 0;
}

void vpi_code_mark(struct feature_work *work, const struct trust_signature *s)
{
    const struct apple_code *code = work->signatures->code;
    bool team = code && team_holds(code, s);
    for (size_t i = 0; code && i < work->count; i++) {
        struct feature *feature = &work->items[i];
        size_t index;
        unsigned faults = 0;
        if ((feature->kind != KIND_CDHASH && feature->kind != KIND_APPLE_TEAM_ID) ||
            feature->off == VP_NONE || !directory_at(code, feature->off, &index))
            continue;
        feature->verified |= feature->kind == KIND_CDHASH
                                 ? vpi_apple_holds(work->crypto, work->image, code, index, &faults)
                                 : team;
    }
}
