/* explain.c - each finding of a file in words, with its evidence and what was not seen */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "database.h"
#include "examine.h"
#include "findings_csv.h"
#include "signatures.h"
#include "terminal.h"

static const char *relation_words(enum vp_relation relation)
{
    switch (relation) {
    case VP_RELATION_PUBLISHER:
        return "it released this object";
    case VP_RELATION_COMPONENT:
        return "its code is inside";
    case VP_RELATION_MEMBER:
        return "an object of its is inside";
    case VP_RELATION_SIGNER:
        return "a verified signature of its covers the object";
    case VP_RELATION_CLAIM:
        return "only text or unverified data says so";
    case VP_RELATION_BUILDER:
        return "its tool built the package";
    }
    return "a relation newer than this command";
}

static const char *level_words(enum vp_level level)
{
    switch (level) {
    case VP_LEVEL_POSSIBLE:
        return "worth a look, no more";
    case VP_LEVEL_PROBABLE:
        return "evidence of this kind is right nine times in ten or more";
    case VP_LEVEL_IDENTIFIED:
        return "exact content, or independent strong evidence";
    }
    return "a level newer than this command";
}

static void explain_evidence(FILE *stream, const struct vp_result *result,
                             const struct vp_evidence *evidence)
{
    struct vp_feature feature = {.size = sizeof feature};
    fprintf(stream, "      %s", vp_name(VP_NAMES_KIND, evidence->kind));
    if (vp_result_feature(result, evidence->feature, &feature) == VP_OK) {
        fputs(" \"", stream);
        terminal_text(stream, feature.text);
        fputc('"', stream);
        if (feature.language != 0)
            fprintf(stream, " (language %u)", feature.language);
        if (feature.offset != VP_NONE)
            fprintf(stream, " at %" PRIu64, feature.offset);
        if (feature.beside[0] != 0) {
            fputs(" of ", stream);
            terminal_path(stream, feature.beside, strlen(feature.beside));
        }
    }
    fputs("\n        matched: ", stream);
    terminal_text(stream, evidence->matched);
    fputs("\n        source: ", stream);
    terminal_text(stream, evidence->source);
    fprintf(stream, " (confidence %s)\n",
            vp_name(VP_NAMES_CONFIDENCE, (unsigned)evidence->confidence));
}

static void explain_policy(struct report *report, const struct vp_result *result, uint32_t index)
{
    FILE *stream = report->output.stream;
    struct vp_policy policy = {.size = sizeof policy};
    for (uint32_t i = 0; vp_db_policy_at(report->db, i, &policy) == VP_OK; i++) {
        const char *asked = report->options->policy;
        enum vp_answer answer;
        const char *why;
        if (asked != NULL && strcmp(asked, policy.id) != 0)
            continue;
        if (vp_policy_judge(result, index, policy.id, &answer, &why, NULL) != VP_OK)
            continue;
        fprintf(stream, "    policy %s: %s", policy.id, vp_name(VP_NAMES_ANSWER, (unsigned)answer));
        if (why[0] != '\0') {
            fputs(": ", stream);
            terminal_text(stream, why);
        }
        fputc('\n', stream);
    }
}

static void explain_version(FILE *stream, const struct vp_finding *finding)
{
    if (finding->version[0] == '\0')
        return;
    fputs("    version ", stream);
    terminal_text(stream, finding->version);
    fprintf(stream, " (from: %s)\n",
            vp_name(VP_NAMES_VERSION_FROM, (unsigned)finding->version_from));
}

static void explain_finding(struct report *report, const struct vp_result *result, uint32_t index,
                            const struct vp_finding *finding)
{
    FILE *stream = report->output.stream;
    fprintf(stream, "\n  finding %" PRIu32 ": ", index + 1);
    report_text_subject(stream, finding->vendor, finding->product, "");
    fputs(" (", stream);
    terminal_text(stream, finding->product_id[0] ? finding->product_id : finding->vendor_id);
    fprintf(stream, "), object %" PRIu32 "\n", finding->object);
    explain_version(stream, finding);
    fprintf(stream, "    relation: %s: %s\n",
            vp_name(VP_NAMES_RELATION, (unsigned)finding->relation),
            relation_words(finding->relation));
    fprintf(stream, "    level: %s: %s\n", vp_name(VP_NAMES_LEVEL, (unsigned)finding->level),
            level_words(finding->level));
    if (finding->measured_right != 0 || finding->measured_wrong != 0)
        fprintf(stream,
                "    measured: such evidence was right %" PRIu32 " and wrong %" PRIu32 " times\n",
                finding->measured_right, finding->measured_wrong);
    else
        fputs("    measured: not yet, for evidence of this kind\n", stream);
    fputs("    why: ", stream);
    terminal_text(stream, finding->reason);
    fputs("\n    evidence:\n", stream);
    struct vp_evidence evidence = {.size = sizeof evidence};
    for (uint32_t i = 0; i < finding->evidence; i++) {
        if (vp_result_evidence(result, index, i, &evidence) == VP_OK)
            explain_evidence(stream, result, &evidence);
    }
    explain_policy(report, result, index);
}

static void explain_objects(struct report *report, const struct vp_result *result)
{
    FILE *stream = report->output.stream;
    struct vp_object object = {.size = sizeof object};
    for (uint32_t i = 0; vp_result_object(result, i, &object) == VP_OK; i++) {
        fprintf(stream, "  object %" PRIu32 ": ", i);
        if (object.parent != VP_NO_INDEX) {
            terminal_path(stream, object.name, object.name_len);
            fputs(": ", stream);
        }
        report_text_object(report, &object);
        fputc('\n', stream);
    }
}

static void explain_notes(struct report *report, const struct vp_result *result)
{
    FILE *stream = report->output.stream;
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_note(result, i, &note) == VP_OK; i++) {
        fprintf(stream, "%s  note: %s", i == 0 ? "\n" : "",
                vp_name(VP_NAMES_NOTE, (unsigned)note.code));
        if (note.offset != VP_NONE)
            fprintf(stream, " at %" PRIu64, note.offset);
        fputs(": ", stream);
        terminal_text(stream, note.text);
        fputc('\n', stream);
    }
}

static void show_text(struct report *report, const struct item *item)
{
    FILE *stream = report->output.stream;
    if (item->result == NULL) {
        report_text_failure(report, item);
        return;
    }
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(item->result, &summary);
    report_text_path(report, item);
    fputc('\n', stream);
    explain_objects(report, item->result);
    struct vp_finding finding = {.size = sizeof finding};
    for (uint32_t i = 0; vp_result_finding(item->result, i, &finding) == VP_OK; i++)
        explain_finding(report, item->result, i, &finding);
    if (summary.findings == 0)
        fprintf(stream, "\n  nothing was found in what was examined (%" PRIu32 " features)\n",
                summary.features);
    signatures_text(stream, item->result);
    explain_notes(report, item->result);
    fputc('\n', stream);
    if (summary.complete)
        fputs("  everything was examined\n", stream);
    report_text_gaps(report, item, "  ");
}

int command_explain(const struct options *options)
{
    static const struct view view = {
        .columns = FINDINGS_COLUMNS, .text = show_text, .csv = findings_csv};
    if (options->count == 0)
        return command_usage(options, "which FILE?");
    struct vp_db *db = database_open(options, NULL);
    if (db == NULL)
        return EXIT_FAILED;
    int status = database_has_policy(db, options)
                     ? examine_files(options, db, VP_SESSION_DESCRIBE, &view, false)
                     : EXIT_USAGE;
    vp_db_unref(db);
    return status;
}
