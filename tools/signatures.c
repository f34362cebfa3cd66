/* signatures.c - the signatures of a file in words, for explain */
#include <inttypes.h>
#include <time.h>

#include "signatures.h"
#include "terminal.h"

/* What a state means where it speaks against the signer; docs/trust.md says more. */
static const struct {
    unsigned bit;
    bool when; /* the bit has this value */
    const char *words;
} reasons[] = {
    {VP_SIGNATURE_DIGEST_MATCHES, false, "it is of other content"},
    {VP_SIGNATURE_VERIFIES, false, "it is not by the key of the signer's certificate"},
    {VP_SIGNATURE_ANCHORED, false, "its chain ends at nobody whom the set trusts"},
    {VP_SIGNATURE_TIMELY, false,
     "its chain was not valid when it was signed, as far as that is proven"},
    {VP_SIGNATURE_CODE_SIGNING, false, "its chain may not sign code"},
    {VP_SIGNATURE_REVOKED, true, "the set distrusts a certificate of its chain"},
    {VP_SIGNATURE_WEAK, true, "its digest or a key of its chain can be forged"},
    {VP_SIGNATURE_OVERLAP, true, "its table lies over or before code"},
    {VP_SIGNATURE_ADHOC, true, "it is nobody's"},
    {VP_SIGNATURE_TEAM_DIFFERS, true, "it names two teams"},
};

static void quoted(FILE *stream, const char *text)
{
    fputc('"', stream);
    terminal_text(stream, text);
    fputc('"', stream);
}

static void show_belief(FILE *stream, unsigned states)
{
    const char *apart = "not believed: ";
    if (!(states & VP_SIGNATURE_CHECKED)) {
        fputs("    not verified: no key of the set needed it\n", stream);
        return;
    }
    if (states & VP_SIGNATURE_BELIEVED) {
        fputs(
            "    believed: it is of this content, by this signer, and nothing speaks against it\n",
            stream);
        return;
    }
    fputs("    ", stream);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        /* What comes after a wrong signature was not looked at. */
        unsigned bit = reasons[i].bit;
        bool late = bit == VP_SIGNATURE_TIMELY || bit == VP_SIGNATURE_CODE_SIGNING;
        if ((late || bit == VP_SIGNATURE_ANCHORED) && !(states & VP_SIGNATURE_VERIFIES))
            continue;
        if ((late && !(states & VP_SIGNATURE_ANCHORED)) || ((states & bit) != 0) != reasons[i].when)
            continue;
        fprintf(stream, "%s%s", apart, reasons[i].words);
        apart = "; ";
    }
    fputs(apart[0] == ';' ? "\n" : "not believed\n", stream);
}

static void show_states(FILE *stream, unsigned states)
{
    fputs("    states:", stream);
    for (unsigned bit = 0; bit < 32; bit++) {
        if (states >> bit & 1)
            fprintf(stream, " %s", vp_name(VP_NAMES_SIGNATURE_STATE, 1u << bit));
    }
    fputs(states ? "\n" : " none\n", stream);
}

static void show_time(FILE *stream, const struct vp_signature *signature)
{
    char text[32];
    time_t seconds = (time_t)signature->time;
    struct tm parts;
    if (signature->time_from == VP_TIME_NONE)
        return;
    fputs("    time: ", stream);
    if (signature->time <= INT32_MAX * UINT64_C(64) && gmtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts))
        fputs(text, stream);
    else
        fputs("none that can be read", stream);
    fprintf(stream, " (%s by ", vp_name(VP_NAMES_TIME_FROM, (unsigned)signature->time_from));
    quoted(stream, signature->time_signer);
    fprintf(stream, "; %s)\n",
            signature->states & VP_SIGNATURE_STAMPED ? "proven"
            : signature->time_verifies               ? "by nobody whom the set trusts"
                                                     : "not proven");
}

static void show_chain(FILE *stream, const struct vp_result *result, uint32_t index,
                       const struct vp_signature *signature)
{
    struct vp_certificate certificate = {.size = sizeof certificate};
    for (uint32_t i = 0; vp_result_chain(result, index, i, &certificate) == VP_OK; i++) {
        fputs(i == 0 ? "    chain: " : " < ", stream);
        quoted(stream, certificate.subject);
        fprintf(stream, " (%s %" PRIu32 ")", certificate.key, certificate.key_bits);
    }
    if (signature->chain)
        fputc('\n', stream);
    if (signature->anchor[0]) {
        fputs("    anchor: ", stream);
        terminal_text(stream, signature->anchor);
        fputc('\n', stream);
    }
    if (signature->distrust[0]) {
        fputs("    distrusted: ", stream);
        terminal_text(stream, signature->distrust);
        fputc('\n', stream);
    }
}

static void show_one(FILE *stream, const struct vp_result *result, uint32_t index,
                     const struct vp_signature *signature)
{
    fprintf(stream, "\n  signature %" PRIu32 ": ", index + 1);
    quoted(stream, signature->signer);
    if (signature->organization[0]) {
        fputs(" of ", stream);
        quoted(stream, signature->organization);
    }
    fprintf(stream, ", object %" PRIu32, signature->object);
    if (signature->layer)
        fprintf(stream, ", nested %" PRIu32, signature->layer);
    fputc('\n', stream);
    if (signature->catalog[0]) {
        fputs("    in the catalog ", stream);
        terminal_path(stream, signature->catalog, strlen(signature->catalog));
        fputc('\n', stream);
    }
    show_belief(stream, signature->states);
    show_states(stream, signature->states);
    show_chain(stream, result, index, signature);
    show_time(stream, signature);
    if (signature->program[0]) {
        fputs("    calls it ", stream);
        quoted(stream, signature->program);
        fputc('\n', stream);
    }
}

void signatures_text(FILE *stream, const struct vp_result *result)
{
    struct vp_signature signature = {.size = sizeof signature};
    for (uint32_t i = 0; vp_result_signature(result, i, &signature) == VP_OK; i++)
        show_one(stream, result, i, &signature);
}
