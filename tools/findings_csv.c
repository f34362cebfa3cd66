/* findings_csv.c - findings as CSV: a row each, and a row for a file without any */
#include <stdlib.h>
#include <string.h>

#include "findings_csv.h"

/* What of the evidence fits into a cell: "kind: matched; kind: matched". */
static void write_evidence(struct csv *csv, const struct vp_result *result, uint32_t finding,
                           uint32_t count)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    if (memory == NULL) {
        csv_text(csv, "");
        return;
    }
    struct vp_evidence evidence = {.size = sizeof evidence};
    for (uint32_t i = 0; i < count; i++) {
        if (vp_result_evidence(result, finding, i, &evidence) == VP_OK)
            fprintf(memory, "%s%s: %s", i ? "; " : "", vp_name(VP_NAMES_KIND, evidence.kind),
                    evidence.matched);
    }
    fclose(memory);
    csv_bytes(csv, text, len);
    free(text);
}

static void write_policy(struct report *report, const struct vp_result *result, uint32_t finding)
{
    struct csv *csv = &report->output.csv;
    const char *policy = report->options->policy;
    enum vp_answer answer;
    const char *why;
    if (policy == NULL) {
        csv_text(csv, "");
        csv_text(csv, "");
        csv_text(csv, "");
        return;
    }
    if (vp_policy_judge(result, finding, policy, &answer, &why, NULL) != VP_OK) {
        answer = VP_ANSWER_NEEDS_HUMAN;
        why = "the policy could not be read";
    }
    csv_text(csv, policy);
    csv_text(csv, vp_name(VP_NAMES_ANSWER, (unsigned)answer));
    csv_text(csv, why);
}

static void write_file(struct report *report, const struct item *item)
{
    struct csv *csv = &report->output.csv;
    struct vp_summary summary = {.size = sizeof summary};
    csv_bytes(csv, item->path, item->path_len);
    csv_base64(csv, item->path, item->path_len);
    csv_text(csv, vp_name(VP_NAMES_STATUS, (unsigned)item->status));
    if (item->result == NULL) {
        csv_text(csv, "");
        csv_text(csv, "false");
        return;
    }
    vp_result_summary(item->result, &summary);
    csv_text(csv, summary.outcome == VP_OUTCOME_FINDINGS ? "findings" : "nothing");
    csv_text(csv, summary.complete ? "true" : "false");
}

static void write_object(struct csv *csv, const struct vp_result *result, uint32_t index)
{
    struct vp_object object = {.size = sizeof object, .name = ""};
    if (result == NULL || vp_result_object(result, index, &object) != VP_OK) {
        for (unsigned i = 0; i < 5; i++)
            csv_text(csv, "");
        return;
    }
    csv_unsigned(csv, index);
    csv_bytes(csv, object.name, object.name_len);
    csv_text(csv, vp_name(VP_NAMES_FORMAT, (unsigned)object.format));
    csv_text(csv, vp_name(VP_NAMES_ROLE, (unsigned)object.role));
    csv_text(csv, object.machine);
}

static void write_finding(struct report *report, const struct item *item, uint32_t index,
                          const struct vp_finding *finding)
{
    struct csv *csv = &report->output.csv;
    write_file(report, item);
    write_object(csv, item->result, finding->object);
    csv_text(csv, finding->vendor_id);
    csv_text(csv, finding->vendor);
    csv_text(csv, finding->product_id);
    csv_text(csv, finding->product);
    csv_text(csv, finding->version);
    csv_text(csv, vp_name(VP_NAMES_VERSION_FROM, (unsigned)finding->version_from));
    csv_text(csv, vp_name(VP_NAMES_SUBJECT_TYPE, (unsigned)finding->type));
    csv_text(csv, vp_name(VP_NAMES_RELATION, (unsigned)finding->relation));
    csv_text(csv, vp_name(VP_NAMES_LEVEL, (unsigned)finding->level));
    csv_text(csv, finding->reason);
    write_evidence(csv, item->result, index, finding->evidence);
    write_policy(report, item->result, index);
    csv_end(csv);
}

void findings_csv(struct report *report, const struct item *item)
{
    struct vp_finding finding = {.size = sizeof finding};
    uint32_t count = 0;
    while (item->result != NULL && vp_result_finding(item->result, count, &finding) == VP_OK)
        write_finding(report, item, count++, &finding);
    if (count > 0)
        return;
    /* "nothing" stands beside its completeness, so a file without findings has a row, too. */
    struct csv *csv = &report->output.csv;
    write_file(report, item);
    write_object(csv, item->result, 0);
    for (unsigned i = 0; i < 14; i++)
        csv_text(csv, "");
    csv_end(csv);
}
