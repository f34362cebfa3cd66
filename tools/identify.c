/* identify.c - what a file is: format, role, machine, digests; no database */
#include "commands.h"
#include "examine.h"
#include "terminal.h"

static void show_text(struct report *report, const struct item *item)
{
    FILE *stream = report->output.stream;
    if (item->result == NULL) {
        report_text_failure(report, item);
        return;
    }
    struct vp_object object = {.size = sizeof object};
    for (uint32_t i = 0; vp_result_object(item->result, i, &object) == VP_OK; i++) {
        report_text_path(report, item);
        if (object.parent != VP_NO_INDEX) {
            fputs(" > ", stream);
            terminal_path(stream, object.name, object.name_len);
        }
        fputs(": ", stream);
        report_text_object(report, &object);
        fputc('\n', stream);
        for (unsigned row = 0; row < DIGEST_ROWS; row++) {
            const char *digest = NULL;
            if (report->options->digests & digest_rows[row].bit)
                digest = report_digest(item->result, i, digest_rows[row].bit);
            if (digest != NULL)
                fprintf(stream, "  %-7s %s\n", digest_rows[row].name, digest);
        }
    }
    report_text_gaps(report, item, "  ");
}

static void csv_object(struct report *report, const struct item *item, uint32_t index,
                       const struct vp_object *object)
{
    struct csv *csv = &report->output.csv;
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(item->result, &summary);
    csv_text(csv, vp_name(VP_NAMES_STATUS, (unsigned)item->status));
    csv_text(csv, summary.complete ? "true" : "false");
    csv_unsigned(csv, index);
    csv_bytes(csv, object->name, object->name_len);
    csv_text(csv, vp_name(VP_NAMES_FORMAT, (unsigned)object->format));
    csv_text(csv, vp_name(VP_NAMES_ROLE, (unsigned)object->role));
    csv_text(csv, object->machine);
    csv_unsigned(csv, object->bytes);
    csv_text(csv, object->description);
    for (unsigned row = 0; row < DIGEST_ROWS; row++) {
        const char *digest = report_digest(item->result, index, digest_rows[row].bit);
        csv_text(csv, digest != NULL ? digest : "");
    }
}

static void show_csv(struct report *report, const struct item *item)
{
    struct csv *csv = &report->output.csv;
    struct vp_object object = {.size = sizeof object};
    if (item->result == NULL) {
        csv_bytes(csv, item->path, item->path_len);
        csv_base64(csv, item->path, item->path_len);
        csv_text(csv, vp_name(VP_NAMES_STATUS, (unsigned)item->status));
        for (unsigned i = 0; i < 8 + DIGEST_ROWS; i++)
            csv_text(csv, "");
        csv_end(csv);
        return;
    }
    for (uint32_t i = 0; vp_result_object(item->result, i, &object) == VP_OK; i++) {
        csv_bytes(csv, item->path, item->path_len);
        csv_base64(csv, item->path, item->path_len);
        csv_object(report, item, i, &object);
        csv_end(csv);
    }
}

int command_identify(const struct options *options)
{
    static const struct view view = {
        .columns = "path,path_base64,status,complete,object,name,format,role,machine,bytes,"
                   "description,md5,sha1,sha256,xxh3",
        .text = show_text,
        .csv = show_csv,
    };
    if (options->count == 0)
        return command_usage(options, "which FILE?");
    return examine_files(options, NULL, VP_SESSION_DESCRIBE, &view, false);
}
