/* scan.c - whose code lies in the files below some folders */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "database.h"
#include "examine.h"
#include "findings_csv.h"
#include "groups.h"
#include "terminal.h"

static void text_finding(struct report *report, const struct item *item, uint32_t index,
                         const struct vp_finding *finding)
{
    FILE *stream = report->output.stream;
    fprintf(stream, "  %-10s %-9s ", vp_name(VP_NAMES_LEVEL, (unsigned)finding->level),
            vp_name(VP_NAMES_RELATION, (unsigned)finding->relation));
    report_text_subject(stream, finding->vendor, finding->product, finding->version);
    struct vp_object object = {.size = sizeof object};
    if (finding->object != 0 && vp_result_object(item->result, finding->object, &object) == VP_OK) {
        fputs(" in ", stream);
        terminal_path(stream, object.name, object.name_len);
    }
    const char *policy = report->options->policy;
    enum vp_answer answer = VP_ANSWER_NEEDS_HUMAN;
    const char *why = "";
    if (policy != NULL) {
        if (vp_policy_judge(item->result, index, policy, &answer, &why, NULL) != VP_OK)
            answer = VP_ANSWER_NEEDS_HUMAN;
        fprintf(stream, "  [%s: %s]", policy, vp_name(VP_NAMES_ANSWER, (unsigned)answer));
    }
    fputs("\n      ", stream);
    terminal_text(stream, finding->reason);
    fputc('\n', stream);
}

static void show_text(struct report *report, const struct item *item)
{
    FILE *stream = report->output.stream;
    if (item->result == NULL) {
        if (item->status != VP_E_NOT_REGULAR || item->named || report->options->all)
            report_text_failure(report, item);
        return;
    }
    struct vp_summary summary = {.size = sizeof summary};
    vp_result_summary(item->result, &summary);
    if (summary.findings == 0 && summary.complete && !report->options->all)
        return;
    report_text_path(report, item);
    fputs(item->hard_link ? " (hard link)\n" : "\n", stream);
    struct vp_finding finding = {.size = sizeof finding};
    for (uint32_t i = 0; vp_result_finding(item->result, i, &finding) == VP_OK; i++)
        text_finding(report, item, i, &finding);
    if (summary.findings == 0)
        fprintf(stream, "  nothing%s\n", summary.complete ? "" : " in what was examined");
    report_text_gaps(report, item, "  ");
}

/* Whether the path of an item is one of the arguments, not one that the walk found. */
static bool is_argument(const struct options *options, const struct vp_scan_item *found)
{
    for (int i = 0; i < options->count; i++) {
        if (strlen(options->arguments[i]) == found->path_len &&
            memcmp(options->arguments[i], found->path, found->path_len) == 0)
            return true;
    }
    return false;
}

/* Reads the scan to its end, or until nobody reads our output. */
static bool show_all(struct vp_scan *scan, struct report *report, struct tally *tally,
                     struct progress *progress)
{
    struct vp_scan_item found = {.size = sizeof found};
    struct vp_error err;
    bool go_on = true;
    while (go_on) {
        enum vp_status status = vp_scan_next(scan, &found, &err);
        if (status == VP_E_END)
            return true;
        if (status != VP_OK) {
            progress_clear(progress);
            complain("%s", err.text);
            return false;
        }
        struct item item = {.path = found.path,
                            .path_len = found.path_len,
                            .status = found.status,
                            .error = found.error,
                            .result = found.result,
                            .hard_link = found.hard_link,
                            .cached = found.cached};
        item.named = item.result == NULL && is_argument(report->options, &found);
        tally_add(tally, &item, report->options->policy);
        progress_clear(progress);
        go_on = report_item(report, &item);
        progress_show(progress, tally->files, tally->with_findings, found.path, found.path_len);
        vp_result_unref(found.result);
    }
    return true;
}

static void show_summary(struct report *report, const struct tally *tally, struct vp_scan *scan)
{
    struct output *output = &report->output;
    if (output->format == OUTPUT_JSON) {
        output_begin_summary(output);
        tally_json(tally, &output->json);
        groups_json(scan, &output->json);
        output_end_summary(output);
    } else if (output->format == OUTPUT_TEXT) {
        tally_text(tally, output->stream);
        groups_text(scan, output->stream, report->options->all);
    } else {
        if (output->format == OUTPUT_NDJSON)
            groups_ndjson(scan, output);
        if (!report->options->quiet)
            tally_text(tally, stderr);
    }
}

/* What was in the way of the cache never changes the answers, so it is said and no failure. */
static void save_cache(struct vp_scan *scan, const struct options *options)
{
    static const char *const why[] = {
        [VP_CACHE_OTHER] = "is of another version, set or limits: begun anew",
        [VP_CACHE_DAMAGED] = "is damaged: begun anew",
        [VP_CACHE_REFUSED] = "can't be read, or others may write to it: not used"};
    struct vp_scan_cache cache = {.size = sizeof cache};
    struct vp_error err = {.text = ""};
    if (options->cache_file == NULL)
        return;
    if (vp_scan_save_cache(scan, &cache, &err) != VP_OK)
        complain("the cache was not written: %s", err.text);
    if ((unsigned)cache.state < sizeof why / sizeof *why && why[cache.state] != NULL)
        complain("the cache %s", why[cache.state]);
}

static int scan(const struct options *options, struct vp_db *db)
{
    static const struct view view = {
        .columns = FINDINGS_COLUMNS, .text = show_text, .csv = findings_csv};
    struct vp_session_options session;
    /* Features that can't lead to a finding are made only to be listed. */
    unsigned flags = options->features ? 0 : VP_SESSION_FINDINGS;
    flags |= options->bundles ? VP_SESSION_BUNDLES : 0;
    if (!examine_options(options, flags, &session))
        return EXIT_FAILED;
    struct vp_scan_options scan_options = {
        .size = sizeof scan_options,
        .session = &session,
        .jobs = options->jobs,
        .unordered = options->unordered,
        .one_file_system = options->one_file_system,
        .cache_file = options->cache_file,
    };
    struct vp_scan *scan;
    struct vp_error err;
    const char *const *paths = (const char *const *)options->arguments;
    if (vp_scan_start(db, paths, (size_t)options->count, &scan_options, &scan, &err) != VP_OK) {
        complain("%s", err.text);
        vp_catalogs_unref(session.catalogs);
        return EXIT_FAILED;
    }
    int status = EXIT_FAILED;
    struct tally tally;
    struct progress progress;
    struct report report;
    if (!tally_init(&tally, db))
        goto done;
    progress_init(&progress, !options->quiet);
    report_start(&report, options, db, &view);
    bool whole = show_all(scan, &report, &tally, &progress);
    progress_clear(&progress);
    if (whole)
        save_cache(scan, options);
    show_summary(&report, &tally, scan);
    status =
        output_finish(&report.output, whole ? tally_status(&tally, options->policy) : EXIT_FAILED);
    tally_done(&tally);
done:
    vp_scan_free(scan);
    vp_catalogs_unref(session.catalogs);
    return status;
}

int command_scan(const struct options *options)
{
    if (options->count == 0)
        return command_usage(options, "which PATH?");
    struct vp_db *db = database_open(options, NULL);
    if (db == NULL)
        return EXIT_FAILED;
    int status = database_has_policy(db, options) ? scan(options, db) : EXIT_USAGE;
    vp_db_unref(db);
    return status;
}
