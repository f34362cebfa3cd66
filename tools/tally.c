/* tally.c - what a run saw, found and left out: the summary and the exit status */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"
#include "terminal.h"

bool tally_init(struct tally *tally, struct vp_db *db)
{
    *tally = (struct tally){.db = db};
    if (db == NULL)
        return true;
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    tally->vendor_count = info.subjects;
    tally->vendors = calloc((size_t)info.subjects + 1, sizeof *tally->vendors);
    if (tally->vendors == NULL)
        complain("out of memory");
    return tally->vendors != NULL;
}

void tally_done(struct tally *tally)
{
    free(tally->vendors);
}

/* A file counts once a vendor, at the best level. */
static void count_vendor(struct tally *tally, const struct vp_finding *finding)
{
    struct vp_subject subject = {.size = sizeof subject};
    if (tally->vendors == NULL ||
        vp_db_subject_at(tally->db, finding->subject, &subject) != VP_OK ||
        subject.vendor >= tally->vendor_count || (unsigned)finding->level >= TALLY_LEVELS)
        return;
    struct tally_vendor *vendor = &tally->vendors[subject.vendor];
    if (vendor->stamp == tally->files) {
        if (finding->level <= vendor->level)
            return;
        vendor->files[vendor->level]--;
    }
    vendor->stamp = tally->files;
    vendor->level = finding->level;
    vendor->files[vendor->level]++;
}

static bool needs_attention(const struct vp_result *result, uint32_t finding, const char *policy)
{
    enum vp_answer answer;
    const char *why;
    return vp_policy_judge(result, finding, policy, &answer, &why, NULL) != VP_OK ||
           answer != VP_ANSWER_NOT_COVERED;
}

static void count_result(struct tally *tally, const struct vp_result *result, const char *policy)
{
    struct vp_summary summary = {.size = sizeof summary};
    struct vp_object top = {.size = sizeof top};
    vp_result_summary(result, &summary);
    bool known = vp_result_object(result, 0, &top) == VP_OK && top.format != VP_FORMAT_OTHER;
    tally->examined += known;
    tally->other += !known;
    tally->incomplete += !summary.complete;
    tally->bytes += summary.bytes_read;

    struct vp_gap gap = {.size = sizeof gap};
    for (uint32_t i = 0; vp_result_gap(result, i, &gap) == VP_OK; i++)
        tally->gaps[(unsigned)gap.reason < TALLY_REASONS ? (unsigned)gap.reason : 0]++;

    if (tally->db == NULL)
        return;
    struct vp_finding finding = {.size = sizeof finding};
    bool attention = false;
    uint32_t count = 0;
    for (; vp_result_finding(result, count, &finding) == VP_OK; count++) {
        count_vendor(tally, &finding);
        if (policy != NULL && !attention)
            attention = needs_attention(result, count, policy);
    }
    tally->with_findings += count > 0;
    tally->answered += attention;
}

void tally_add(struct tally *tally, const struct item *item, const char *policy)
{
    tally->files++;
    tally->cached += item->cached;
    if (item->result != NULL) {
        count_result(tally, item->result, policy);
    } else if (item->status == VP_E_NOT_REGULAR && !item->named) {
        /* Links, sockets and devices in a tree have no content of their own. */
        tally->special++;
    } else {
        unsigned status = (unsigned)item->status;
        tally->failed++;
        tally->failures[status < TALLY_STATUSES ? status : 0]++;
    }
}

bool tally_complete(const struct tally *tally)
{
    return tally->failed == 0 && tally->incomplete == 0;
}

int tally_status(const struct tally *tally, const char *policy)
{
    uint64_t found = policy != NULL ? tally->answered : tally->with_findings;
    return (found > 0 ? EXIT_FOUND : 0) + (tally_complete(tally) ? 0 : EXIT_NOT_EXAMINED);
}

static void json_vendors(const struct tally *tally, struct json *json)
{
    struct vp_subject subject = {.size = sizeof subject};
    json_array(json, "vendors");
    for (uint32_t i = 0; i < tally->vendor_count; i++) {
        const uint64_t *files = tally->vendors[i].files;
        if (tally->vendors[i].stamp == 0 || vp_db_subject_at(tally->db, i, &subject) != VP_OK)
            continue;
        json_object(json, NULL);
        json_text(json, "vendor_id", subject.id);
        json_text(json, "vendor", subject.name);
        for (unsigned level = VP_LEVEL_IDENTIFIED; level >= VP_LEVEL_POSSIBLE; level--)
            json_unsigned(json, vp_name(VP_NAMES_LEVEL, level), files[level]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_reasons(const struct tally *tally, struct json *json)
{
    json_array(json, "not_examined");
    for (unsigned i = 0; i < TALLY_STATUSES + TALLY_REASONS; i++) {
        bool is_gap = i >= TALLY_STATUSES;
        unsigned code = is_gap ? i - TALLY_STATUSES : i;
        uint64_t count = is_gap ? tally->gaps[code] : tally->failures[code];
        if (count == 0)
            continue;
        json_object(json, NULL);
        json_text(json, "reason", vp_name(is_gap ? VP_NAMES_GAP : VP_NAMES_STATUS, code));
        json_text(json, "of", is_gap ? "part" : "file");
        json_unsigned(json, "count", count);
        json_object_end(json);
    }
    json_array_end(json);
}

void tally_json(const struct tally *tally, struct json *json)
{
    json_unsigned(json, "files", tally->files);
    json_unsigned(json, "examined", tally->examined);
    json_unsigned(json, "other", tally->other);
    json_unsigned(json, "not_regular", tally->special);
    json_unsigned(json, "failed", tally->failed);
    json_unsigned(json, "incomplete", tally->incomplete);
    json_unsigned(json, "cached", tally->cached);
    json_unsigned(json, "bytes_read", tally->bytes);
    json_bool(json, "complete", tally_complete(tally));
    if (tally->db != NULL) {
        json_unsigned(json, "with_findings", tally->with_findings);
        json_vendors(tally, json);
    }
    json_reasons(tally, json);
}

static void text_vendors(const struct tally *tally, FILE *stream)
{
    struct vp_subject subject = {.size = sizeof subject};
    for (uint32_t i = 0; i < tally->vendor_count; i++) {
        const uint64_t *files = tally->vendors[i].files;
        if (tally->vendors[i].stamp == 0 || vp_db_subject_at(tally->db, i, &subject) != VP_OK)
            continue;
        fputs("  ", stream);
        terminal_text(stream, subject.name);
        const char *before = ": ";
        for (unsigned level = VP_LEVEL_IDENTIFIED; level >= VP_LEVEL_POSSIBLE; level--) {
            if (files[level] == 0)
                continue;
            fprintf(stream, "%s%" PRIu64 " %s", before, files[level],
                    vp_name(VP_NAMES_LEVEL, level));
            before = ", ";
        }
        fputc('\n', stream);
    }
}

static void text_reasons(const struct tally *tally, FILE *stream)
{
    if (tally_complete(tally))
        return;
    fprintf(stream, "not examined: %" PRIu64 " files, and parts of %" PRIu64 " files\n",
            tally->failed, tally->incomplete);
    for (unsigned i = 0; i < TALLY_STATUSES; i++) {
        if (tally->failures[i] > 0)
            fprintf(stream, "  %" PRIu64 " files: %s\n", tally->failures[i],
                    vp_name(VP_NAMES_STATUS, i));
    }
    for (unsigned i = 0; i < TALLY_REASONS; i++) {
        if (tally->gaps[i] > 0)
            fprintf(stream, "  %" PRIu64 " parts: %s\n", tally->gaps[i], vp_name(VP_NAMES_GAP, i));
    }
}

void tally_text(const struct tally *tally, FILE *stream)
{
    fprintf(stream, "%" PRIu64 " files seen: %" PRIu64 " examined, %" PRIu64 " of other formats",
            tally->files, tally->examined, tally->other);
    if (tally->special > 0)
        fprintf(stream, ", %" PRIu64 " not regular", tally->special);
    if (tally->failed > 0)
        fprintf(stream, ", %" PRIu64 " not examined", tally->failed);
    if (tally->cached > 0)
        fprintf(stream, "; %" PRIu64 " answers are from the cache", tally->cached);
    fputc('\n', stream);
    if (tally->db != NULL && tally->with_findings == 0)
        fprintf(stream, "nothing found%s\n",
                tally_complete(tally) ? "; everything was examined" : " in what was examined");
    else if (tally->db != NULL)
        fprintf(stream, "%" PRIu64 " files with findings; by vendor:\n", tally->with_findings);
    text_vendors(tally, stream);
    text_reasons(tally, stream);
}
