/* names.c - enumerators as the JSON output spells them */
#include "feature/feature.h"

const char *vp_version(void)
{
    return VPI_VERSION;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const statuses[] = {
    "ok",      "wrong-argument",  "no-memory", "io-failed",   "not-found", "bad-database",
    "bad-set", "callback-failed", "cancelled", "not-regular", "end"};
static const char *const formats[] = {
    "other", "pe32",       "pe32-plus", "elf32",    "elf64", "macho32", "macho64", "macho-fat",
    "dex",   "java-class", "gzip",      "xz",       "zstd",  "catalog", "inf",     "msi",
    "cab",   "script",     "msix",      "compound", "rpm",   "deb"};
static const char *const roles[] = {"other",         "program",  "library",   "driver",
                                    "kernel-module", "firmware", "installer", "package",
                                    "object",        "core",     "debug"};
static const char *const relations[] = {NULL,     "publisher", "component", "member",
                                        "signer", "claim",     "builder"};
static const char *const levels[] = {NULL, "possible", "probable", "identified"};
static const char *const notes[] = {NULL,
                                    "truncated",
                                    "malformed",
                                    "signature-unverified",
                                    "signature-unreadable",
                                    "changed-while-read",
                                    "shared-key",
                                    "overlay",
                                    "packed",
                                    "signature-invalid",
                                    "signature-unanchored",
                                    "signature-untimely",
                                    "signature-revoked",
                                    "signature-weak",
                                    "signature-padded",
                                    "signature-overlap",
                                    "signers-disagree",
                                    "signature-replaced",
                                    [VP_NOTE_LISTED_IN_CATALOG] = "listed-in-catalog",
                                    [VP_NOTE_SIGNATURE_PARTIAL] = "signature-partial",
                                    [VP_NOTE_PAGES_DIFFER] = "pages-differ",
                                    [VP_NOTE_PUBLISHER_DIFFERS] = "publisher-differs",
                                    [VP_NOTE_SIGNATURE_ADHOC] = "signature-adhoc",
                                    [VP_NOTE_SIGNATURE_REMOVED] = "signature-removed",
                                    [VP_NOTE_TEAM_DIFFERS] = "team-differs",
                                    [VP_NOTE_DIRECTORIES_DIFFER] = "directories-differ",
                                    [VP_NOTE_NOTARIZATION_TICKET] = "notarization-ticket",
                                    [VP_NOTE_BUNDLE_DIFFERS] = "bundle-differs",
                                    [VP_NOTE_BUNDLE_HOLDS] = "bundle-holds",
                                    [VP_NOTE_SIGNATURE_KEY_UNKNOWN] = "signature-key-unknown",
                                    [VP_NOTE_DIGEST_DIFFERS] = "digest-differs"};
static const char *const gaps[] = {
    NULL,       "read-failed",      "memory-limit",  "count-limit", "cancelled",
    "deadline", "member-too-large", "not-permitted", "depth-limit", "unsupported"};
static const char *const answers[] = {"not-covered", "covered", "needs-human"};
static const char *const subject_types[] = {NULL, "vendor", "product", "origin", "builder"};
static const char *const confidences[] = {NULL, "low", "medium", "high"};
static const char *const cache_states[] = {"none", "new", "used", "other", "damaged", "refused"};
static const char *const time_froms[] = {"none", "pkcs9", "rfc3161"};
static const char *const group_types[] = {NULL, "driver-package", "bundle"};
static const char *const group_roles[] = {
    NULL,         "inf",   "catalog", "file", "main-executable", "info-plist", "code-resources",
    "executable", "bundle"};
/* By the number of the bit. */
static const char *const signature_states[] = {"checked",        "digest-matches",
                                               "verifies",       "anchored",
                                               "timely",         "code-signing",
                                               "stamped",        "revoked",
                                               "weak",           "lifetime",
                                               "overlap",        "padded",
                                               "page-hashes",    "believed",
                                               [14] = "catalog", [15] = "pages-match",
                                               [16] = "adhoc",   [17] = "team-differs",
                                               [18] = "ticket"};
static const char *const version_froms[] = {"none", "key", "fixed", "text"};

static const struct {
    enum vp_names which;
    const char *const *names;
    size_t count;
} lists[] = {{VP_NAMES_STATUS, statuses, COUNT(statuses)},
             {VP_NAMES_FORMAT, formats, COUNT(formats)},
             {VP_NAMES_ROLE, roles, COUNT(roles)},
             {VP_NAMES_RELATION, relations, COUNT(relations)},
             {VP_NAMES_LEVEL, levels, COUNT(levels)},
             {VP_NAMES_NOTE, notes, COUNT(notes)},
             {VP_NAMES_GAP, gaps, COUNT(gaps)},
             {VP_NAMES_ANSWER, answers, COUNT(answers)},
             {VP_NAMES_SUBJECT_TYPE, subject_types, COUNT(subject_types)},
             {VP_NAMES_CONFIDENCE, confidences, COUNT(confidences)},
             {VP_NAMES_VERSION_FROM, version_froms, COUNT(version_froms)},
             {VP_NAMES_TIME_FROM, time_froms, COUNT(time_froms)},
             {VP_NAMES_CACHE_STATE, cache_states, COUNT(cache_states)},
             {VP_NAMES_GROUP_TYPE, group_types, COUNT(group_types)},
             {VP_NAMES_GROUP_ROLE, group_roles, COUNT(group_roles)}};

static const char *state_name(unsigned value)
{
    for (size_t bit = 0; bit < COUNT(signature_states); bit++) {
        if (value == 1u << bit)
            return signature_states[bit];
    }
    return NULL;
}

const char *vp_name(enum vp_names which, unsigned value)
{
    const char *name = NULL;
    if (which == VP_NAMES_KIND) {
        const struct kind *kind = vpi_kind(value);
        name = kind ? kind->name : NULL;
    }
    if (which == VP_NAMES_SIGNATURE_STATE)
        name = state_name(value);
    for (size_t i = 0; i < COUNT(lists); i++) {
        if (lists[i].which == which && value < lists[i].count)
            name = lists[i].names[value];
    }
    return name ? name : "unknown";
}
