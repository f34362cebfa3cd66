/* words.c - a finding's reason, in one sentence */
#include "feature/unicode.h"
#include "verdict/verdict.h"

enum { NAMED_MOST = 3, SHOWN_MOST = 80 };

/* The kinds of the evidence, strongest first, with what they say. */
static const char *list(struct arena *arena, const struct finding *finding,
                        const struct feature *features)
{
    const char *text = "";
    unsigned last = KIND_NONE, named = 0;
    for (size_t i = 0; i < finding->evidence_count && named < NAMED_MOST; i++) {
        const struct evidence *e = &finding->evidence[i];
        const struct kind *kind = vpi_kind(e->kind);
        if (!kind || e->kind == last)
            continue;
        last = e->kind;
        bool words = kind->form == FORM_TEXT || kind->form == FORM_NAME;
        const char *shown = words ? vpi_arena_text(arena, e->matched) : features[e->feature].text;
        if (!shown)
            return NULL;
        int len = (int)vpi_utf8_cut(span_text(shown), SHOWN_MOST).len;
        text = vpi_arena_printf(arena, "%s%s%s \"%.*s\"", text, named ? ", " : "", kind->name, len,
                                shown);
        if (!text)
            return NULL;
        named++;
    }
    return text;
}

static const char *verb(const struct finding *finding, const struct feature *features)
{
    const struct evidence *best = &finding->evidence[0];
    switch (best->class) {
    case CLASS_EXACT:
        return best->record.confidence >= VP_CONFIDENCE_MEDIUM
                   ? "its content is that of a known file"
                   : "its content is that of a file known from one weak source";
    case CLASS_STRUCTURE:
        return "it is built like a known file";
    case CLASS_SIGNER:
        if (best->verified && features[best->feature].catalog)
            return "a catalog that lists it says so, whose signature is believed";
        if (best->attested)
            return "whoever signed it signs for others, is believed, and says so";
        return best->verified ? "its signature says so and is believed"
                              : "a certificate inside it says so, without a signature to believe";
    case CLASS_TEXT:
        return "its own text says so, which anybody can write";
    default:
        return "it is called so, which proves nothing";
    }
}

const char *vpi_reason(struct arena *arena, const struct finding *finding,
                       const struct feature *features)
{
    const char *kinds = list(arena, finding, features);
    return kinds ? vpi_arena_printf(arena, "%s: %s", verb(finding, features), kinds) : NULL;
}
