/* examine.c - what identify, features and explain share: files named one by one */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "examine.h"
#include "terminal.h"

bool examine_options(const struct options *options, unsigned flags, struct vp_session_options *ret)
{
    *ret = (struct vp_session_options){
        .size = sizeof *ret,
        .flags = flags,
        .digests = options->digests,
        .limits = options->limits,
        .magic_file = options->magic_file,
        .spool_folder = options->spool_folder,
        .anchors_file = options->anchors_file,
    };
    struct vp_error err;
    if (options->catalogs_count == 0)
        return true;
    if (vp_catalogs_open(options->catalogs, options->catalogs_count, NULL, &ret->catalogs, &err) !=
        VP_OK) {
        complain("--catalogs: %s", err.text);
        return false;
    }
    struct vp_catalogs_info info = {.size = sizeof info};
    vp_catalogs_info(ret->catalogs, &info);
    if (info.catalogs == 0 || !info.complete)
        complain("--catalogs: %s", info.catalogs == 0 ? "no catalog there" : "not all were read");
    return true;
}

/* The catalogs beside the file: those of the last folder are kept. */
struct folder {
    char *path;
    struct vp_catalogs *catalogs;
};

static void folder_done(struct folder *folder)
{
    vp_catalogs_unref(folder->catalogs);
    free(folder->path);
    *folder = (struct folder){.path = NULL};
}

static void look_beside(struct vp_session *session, struct folder *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) : 0;
    if (folder->path == NULL || strlen(folder->path) != len ||
        memcmp(folder->path, path, len) != 0) {
        folder_done(folder);
        folder->path = strndup(path, len);
        if (vp_catalogs_beside(path, &folder->catalogs, NULL) != VP_OK)
            folder->catalogs = NULL;
    }
    (void)vp_session_set_beside(session, &folder->catalogs, folder->catalogs != NULL, NULL);
}

/* False when standard output takes no more. */
static bool examine_one(struct report *report, struct vp_session *session, struct folder *folder,
                        const char *path, struct tally *tally)
{
    struct vp_result *result = NULL;
    struct vp_error err = {.status = VP_OK};
    struct item item = {.path = path, .path_len = strlen(path), .error = "", .named = true};
    if (report->options->command->bit != COMMAND_IDENTIFY && strcmp(path, "-") != 0)
        look_beside(session, folder, path);
    if (strcmp(path, "-") == 0)
        item.status = vp_examine_fd(session, STDIN_FILENO, NULL, &result, &err);
    else
        item.status = vp_examine_path(session, path, &result, &err);
    if (item.status == VP_OK) {
        item.result = result;
    } else {
        item.error = err.text;
        if (report->output.format != OUTPUT_TEXT)
            complain("%s: %s", path, err.text);
    }
    tally_add(tally, &item, report->options->policy);
    bool go_on = report_item(report, &item);
    vp_result_unref(result);
    return go_on;
}

int examine_files(const struct options *options, struct vp_db *db, unsigned flags,
                  const struct view *view, bool features)
{
    struct vp_session_options session_options;
    if (!examine_options(options, flags, &session_options))
        return EXIT_FAILED;
    struct vp_session *session;
    struct folder folder = {.path = NULL};
    struct vp_error err;
    struct tally tally;
    if (vp_session_new(db, &session_options, &session, &err) != VP_OK) {
        complain("%s", err.text);
        vp_catalogs_unref(session_options.catalogs);
        return EXIT_FAILED;
    }
    int status = EXIT_FAILED;
    if (!tally_init(&tally, db))
        goto done;

    struct report report;
    report_start(&report, options, db, view);
    report.features = report.features || features;
    for (int i = 0; i < options->count; i++) {
        if (!examine_one(&report, session, &folder, options->arguments[i], &tally))
            break;
    }
    if (report.output.format == OUTPUT_JSON) {
        output_begin_summary(&report.output);
        tally_json(&tally, &report.output.json);
        output_end_summary(&report.output);
    }
    status = output_finish(&report.output, tally_status(&tally, options->policy));
    tally_done(&tally);
done:
    vp_session_free(session);
    folder_done(&folder);
    vp_catalogs_unref(session_options.catalogs);
    return status;
}
