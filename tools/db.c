/* db.c - what a database holds, whether it is whole, and one of several */
#include <inttypes.h>
#include <string.h>

#include <vendorprint/set.h>

#include "commands.h"
#include "database.h"
#include "output.h"
#include "terminal.h"

/* Bytes that kinds without a gate cost: each such digest hashes every byte of a file that it
 * applies to, once. */
static bool is_whole_file_digest(unsigned kind)
{
    static const char *const names[] = {"file-sha256", "file-sha1", "file-md5",
                                        "authenticode-sha256", "authenticode-sha1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (vp_kind_from_name(names[i]) == kind)
            return true;
    }
    return false;
}

static unsigned price(const struct vp_db_kind *kind)
{
    return kind->ungated > 0 && is_whole_file_digest(kind->kind) ? 1 : 0;
}

static unsigned total_price(struct vp_db *db)
{
    unsigned sum = 0;
    struct vp_db_kind kind = {.size = sizeof kind};
    for (uint32_t i = 0; vp_db_kind_at(db, i, &kind) == VP_OK; i++)
        sum += price(&kind);
    return sum;
}

static void json_kinds(struct json *json, struct vp_db *db)
{
    struct vp_db_kind kind = {.size = sizeof kind};
    json_array(json, "kinds");
    for (uint32_t i = 0; vp_db_kind_at(db, i, &kind) == VP_OK; i++) {
        json_object(json, NULL);
        json_text(json, "kind", vp_name(VP_NAMES_KIND, kind.kind));
        json_unsigned(json, "keys", kind.keys);
        json_unsigned(json, "ungated", kind.ungated);
        json_unsigned(json, "confirm_bits", kind.confirm_bits);
        json_unsigned(json, "bytes_hashed_per_byte", price(&kind));
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_policies(struct json *json, struct vp_db *db)
{
    struct vp_policy policy = {.size = sizeof policy};
    json_array(json, "policies");
    for (uint32_t i = 0; vp_db_policy_at(db, i, &policy) == VP_OK; i++) {
        json_object(json, NULL);
        json_text(json, "id", policy.id);
        json_text(json, "title", policy.title);
        json_text(json, "basis", policy.basis);
        json_text(json, "since", policy.since);
        json_object_end(json);
    }
    json_array_end(json);
}

static void info_json(struct json *json, struct vp_db *db, const struct vp_db_info *info)
{
    char version[16];
    snprintf(version, sizeof version, "%u.%u", info->format_major, info->format_minor);
    if (info->path != NULL)
        json_bytes(json, "path", info->path, strlen(info->path));
    json_text(json, "format", version);
    json_unsigned(json, "serial", info->serial);
    json_text(json, "digest", info->digest);
    json_text(json, "date", info->date);
    json_text_or_null(json, "expires", info->expires);
    json_unsigned(json, "bytes", info->bytes);
    json_bool(json, "mapped", info->mapped);
    json_unsigned(json, "subjects", info->subjects);
    json_unsigned(json, "vendors", info->vendors);
    json_unsigned(json, "products", info->products);
    json_unsigned(json, "origins", info->origins);
    json_unsigned(json, "builders", info->builders);
    json_unsigned(json, "records", info->records);
    json_unsigned(json, "keys", info->keys);
    json_unsigned(json, "bytes_hashed_per_byte", total_price(db));
    json_kinds(json, db);
    json_policies(json, db);
}

static void info_text(FILE *stream, struct vp_db *db, const struct vp_db_info *info)
{
    if (info->path != NULL) {
        fputs("database  ", stream);
        terminal_path(stream, info->path, strlen(info->path));
        fputc('\n', stream);
    }
    fprintf(stream, "format    %u.%u, %" PRIu64 " bytes, %s\n", info->format_major,
            info->format_minor, info->bytes, info->mapped ? "mapped" : "copied");
    fprintf(stream, "serial    %" PRIu64 "\ndate      %s\n", info->serial, info->date);
    if (info->expires[0] != '\0')
        fprintf(stream, "expires   %s\n", info->expires);
    fprintf(stream, "digest    %s\n", info->digest);
    fprintf(stream,
            "subjects  %" PRIu32 " (%" PRIu32 " vendors, %" PRIu32 " products, %" PRIu32
            " origins, %" PRIu32 " builders)\n",
            info->subjects, info->vendors, info->products, info->origins, info->builders);
    fprintf(stream, "records   %" PRIu32 "\nkeys      %" PRIu64 "\n", info->records, info->keys);
    struct vp_db_kind kind = {.size = sizeof kind};
    for (uint32_t i = 0; vp_db_kind_at(db, i, &kind) == VP_OK; i++) {
        fprintf(stream, "  %-26s %10" PRIu64, vp_name(VP_NAMES_KIND, kind.kind), kind.keys);
        if (price(&kind) > 0)
            fprintf(stream, "  %" PRIu64 " without a gate", kind.ungated);
        fputc('\n', stream);
    }
    fprintf(stream, "price     %u bytes hashed for each byte scanned\n", total_price(db));
    struct vp_policy policy = {.size = sizeof policy};
    for (uint32_t i = 0; vp_db_policy_at(db, i, &policy) == VP_OK; i++) {
        fputs("policy    ", stream);
        terminal_text(stream, policy.id);
        fputs(": ", stream);
        terminal_text(stream, policy.title);
        fputc('\n', stream);
    }
}

static void info_csv(struct csv *csv, struct vp_db *db)
{
    struct vp_db_kind kind = {.size = sizeof kind};
    for (uint32_t i = 0; vp_db_kind_at(db, i, &kind) == VP_OK; i++) {
        csv_text(csv, vp_name(VP_NAMES_KIND, kind.kind));
        csv_unsigned(csv, kind.keys);
        csv_unsigned(csv, kind.ungated);
        csv_unsigned(csv, kind.confirm_bits);
        csv_unsigned(csv, price(&kind));
        csv_end(csv);
    }
}

static int db_info(const struct options *options, struct vp_db *db)
{
    struct output output;
    output_start(&output, options, db, "kind,keys,ungated,confirm_bits,bytes_hashed_per_byte");
    struct vp_db_info info = {.size = sizeof info};
    vp_db_info(db, &info);
    output_begin_result(&output);
    if (output.format == OUTPUT_TEXT)
        info_text(output.stream, db, &info);
    else if (output.format == OUTPUT_CSV)
        info_csv(&output.csv, db);
    else
        info_json(&output.json, db, &info);
    output_end_result(&output);
    if (output.format == OUTPUT_JSON) {
        output_begin_summary(&output);
        output_end_summary(&output);
    }
    return output_finish(&output, 0);
}

static int db_verify(const struct options *options, struct vp_db *db)
{
    struct vp_error err = {.text = ""};
    bool whole = vp_db_verify(db, &err) == VP_OK;
    struct output output;
    output_start(&output, options, db, "whole,error");
    output_begin_result(&output);
    if (output.format == OUTPUT_CSV) {
        csv_text(&output.csv, whole ? "true" : "false");
        csv_text(&output.csv, err.text);
        csv_end(&output.csv);
    } else if (output.format != OUTPUT_TEXT) {
        json_bool(&output.json, "whole", whole);
        if (!whole)
            json_text(&output.json, "error", err.text);
    } else if (whole) {
        fputs("the database is whole\n", output.stream);
    }
    output_end_result(&output);
    if (output.format == OUTPUT_JSON) {
        output_begin_summary(&output);
        output_end_summary(&output);
    }
    if (!whole)
        complain("%s", err.text);
    return output_finish(&output, whole ? 0 : EXIT_FAILED);
}

static int db_merge(const struct options *options)
{
    if (options->count < 2)
        return command_usage(options, "which databases?");
    if (options->output == NULL)
        return command_usage(options, "which file to write (-o FILE)?");
    struct vp_error err;
    struct vp_set_options set_options = {.size = sizeof set_options,
                                         .beside = options->output,
                                         .memory = options->memory,
                                         .threads = options->jobs};
    if (vp_set_merge((const char *const *)options->arguments + 1, (size_t)options->count - 1,
                     options->output, &set_options, &err) == VP_OK)
        return 0;
    complain("%s", err.text);
    return EXIT_FAILED;
}

int command_db(const struct options *options)
{
    const char *what = options->count > 0 ? options->arguments[0] : "";
    bool is_info = strcmp(what, "info") == 0, is_merge = strcmp(what, "merge") == 0;
    if (!is_info && !is_merge && strcmp(what, "verify") != 0)
        return command_usage(options, "info, verify or merge?");
    if (is_merge)
        return db_merge(options);
    if (options->count > 2)
        return command_usage(options, "one FILE, please");
    struct vp_db *db = database_open(options, options->count == 2 ? options->arguments[1] : NULL);
    if (db == NULL)
        return EXIT_FAILED;
    int status = is_info ? db_info(options, db) : db_verify(options, db);
    vp_db_unref(db);
    return status;
}
