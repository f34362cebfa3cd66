/* features.c - everything that is seen of a file, as keys are written */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "database.h"
#include "examine.h"
#include "terminal.h"

static void text_feature(FILE *stream, const struct vp_feature *feature)
{
    fprintf(stream, "    %-26s ", vp_name(VP_NAMES_KIND, feature->kind));
    terminal_text(stream, feature->text);
    if (feature->language != 0)
        fprintf(stream, "  (language %u)", feature->language);
    if (feature->offset != VP_NONE)
        fprintf(stream, "  at %" PRIu64, feature->offset);
    if (feature->offset != VP_NONE && feature->bytes != 0)
        fprintf(stream, ", %" PRIu64 " bytes", feature->bytes);
    if (feature->beside[0] != 0) {
        fputs("  of ", stream);
        terminal_path(stream, feature->beside, strlen(feature->beside));
    }
    fputc('\n', stream);
}

static void text_object(struct report *report, const struct vp_result *result, uint32_t index,
                        const struct vp_object *object)
{
    FILE *stream = report->output.stream;
    fprintf(stream, "  object %" PRIu32 ": ", index);
    report_text_object(report, object);
    fputc('\n', stream);
    struct vp_feature feature = {.size = sizeof feature};
    for (uint32_t i = 0; vp_result_feature(result, i, &feature) == VP_OK; i++) {
        if (feature.object == index)
            text_feature(stream, &feature);
    }
}

static void show_text(struct report *report, const struct item *item)
{
    FILE *stream = report->output.stream;
    if (item->result == NULL) {
        report_text_failure(report, item);
        return;
    }
    report_text_path(report, item);
    fputc('\n', stream);
    struct vp_object object = {.size = sizeof object};
    for (uint32_t i = 0; vp_result_object(item->result, i, &object) == VP_OK; i++)
        text_object(report, item->result, i, &object);
    struct vp_note note = {.size = sizeof note};
    for (uint32_t i = 0; vp_result_note(item->result, i, &note) == VP_OK; i++) {
        fprintf(stream, "  note: %s: ", vp_name(VP_NAMES_NOTE, (unsigned)note.code));
        terminal_text(stream, note.text);
        fputc('\n', stream);
    }
    report_text_gaps(report, item, "  ");
}

/* The columns kind and value are those of lookup and of hashes/ in a signature set: a value is
 * written there as it is here. */
static void show_csv(struct report *report, const struct item *item)
{
    struct csv *csv = &report->output.csv;
    struct vp_feature feature = {.size = sizeof feature};
    for (uint32_t i = 0;
         item->result != NULL && vp_result_feature(item->result, i, &feature) == VP_OK; i++) {
        csv_bytes(csv, item->path, item->path_len);
        csv_base64(csv, item->path, item->path_len);
        csv_unsigned(csv, feature.object);
        csv_text(csv, vp_name(VP_NAMES_KIND, feature.kind));
        csv_text(csv, feature.text);
        csv_unsigned(csv, feature.language);
        csv_unsigned(csv, feature.offset);
        csv_unsigned(csv, feature.bytes);
        csv_text(csv, feature.beside);
        csv_end(csv);
    }
}

int command_features(const struct options *options)
{
    static const struct view view = {
        .columns = "path,path_base64,object,kind,value,language,offset,bytes,beside",
        .text = show_text,
        .csv = show_csv,
    };
    if (options->count == 0)
        return command_usage(options, "which FILE?");
    /* With --all no database says what is wanted, so none is needed, unless it is named. */
    struct vp_db *db = NULL;
    if (!options->all || options->database != NULL) {
        db = database_open(options, NULL);
        if (db == NULL)
            return EXIT_FAILED;
    }
    unsigned flags = options->all ? VP_SESSION_ALL_FEATURES : 0;
    int status = examine_files(options, db, flags, &view, true);
    vp_db_unref(db);
    return status;
}
