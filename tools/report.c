/* report.c - one examined file, as each subcommand shows it: the shared pieces */
#include <inttypes.h>
#include <string.h>

#include "report.h"
#include "terminal.h"

const struct digest_row digest_rows[DIGEST_ROWS] = {
    {VP_DIGEST_MD5, "md5", "file-md5"},
    {VP_DIGEST_SHA1, "sha1", "file-sha1"},
    {VP_DIGEST_SHA256, "sha256", "file-sha256"},
    {VP_DIGEST_XXH3, "xxh3", "file-xxh3-128"},
};

void report_start(struct report *report, const struct options *options, struct vp_db *db,
                  const struct view *view)
{
    *report = (struct report){.options = options, .db = db, .view = view};
    report->features = options->features;
    output_start(&report->output, options, db, view->columns);
}

bool report_item(struct report *report, const struct item *item)
{
    output_begin_result(&report->output);
    switch (report->output.format) {
    case OUTPUT_TEXT:
        report->view->text(report, item);
        break;
    case OUTPUT_CSV:
        report->view->csv(report, item);
        break;
    default:
        report_json(report, item);
    }
    return output_end_result(&report->output);
}

void report_text_path(struct report *report, const struct item *item)
{
    terminal_path(report->output.stream, item->path, item->path_len);
}

void report_text_failure(struct report *report, const struct item *item)
{
    report_text_path(report, item);
    fprintf(report->output.stream, ": not examined: %s",
            vp_name(VP_NAMES_STATUS, (unsigned)item->status));
    if (item->error[0] != '\0') {
        fputs(": ", report->output.stream);
        terminal_text(report->output.stream, item->error);
    }
    fputc('\n', report->output.stream);
}

void report_text_object(struct report *report, const struct vp_object *object)
{
    FILE *stream = report->output.stream;
    fputs(vp_name(VP_NAMES_FORMAT, (unsigned)object->format), stream);
    if (object->role != VP_ROLE_OTHER)
        fprintf(stream, " %s", vp_name(VP_NAMES_ROLE, (unsigned)object->role));
    if (object->machine[0] != '\0') {
        fputs(", ", stream);
        terminal_text(stream, object->machine);
    }
    if (object->bytes != VP_NONE)
        fprintf(stream, ", %" PRIu64 " bytes", object->bytes);
    if (object->description[0] != '\0') {
        fputs(", ", stream);
        terminal_text(stream, object->description);
    }
}

void report_text_subject(FILE *stream, const char *vendor, const char *product, const char *version)
{
    terminal_text(stream, vendor);
    if (product[0] != '\0') {
        fputs(", ", stream);
        terminal_text(stream, product);
    }
    if (version[0] != '\0') {
        fputs(product[0] != '\0' ? " " : ", version ", stream);
        terminal_text(stream, version);
    }
}

void report_text_gaps(struct report *report, const struct item *item, const char *indent)
{
    FILE *stream = report->output.stream;
    struct vp_gap gap = {.size = sizeof gap};
    for (uint32_t i = 0; vp_result_gap(item->result, i, &gap) == VP_OK; i++) {
        fprintf(stream, "%snot examined: %s: ", indent,
                vp_name(VP_NAMES_GAP, (unsigned)gap.reason));
        terminal_text(stream, gap.what);
        fputc('\n', stream);
    }
}

const char *report_digest(const struct vp_result *result, uint32_t object, unsigned bit)
{
    unsigned kind = 0;
    for (unsigned i = 0; i < DIGEST_ROWS; i++) {
        if (digest_rows[i].bit == bit)
            kind = vp_kind_from_name(digest_rows[i].kind);
    }
    struct vp_feature feature = {.size = sizeof feature};
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.kind == kind && feature.object == object)
            return feature.text;
    }
    return NULL;
}
