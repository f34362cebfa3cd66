/* output.c - results on standard output, in the format asked for */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output.h"
#include "terminal.h"

enum { FLUSH_MS = 50 };

static void write_tool(struct json *json, const struct options *options, struct vp_db *db)
{
    json_object(json, "tool");
    json_text(json, "name", "vendorprint");
    json_text(json, "version", vp_version());
    json_text(json, "command", options->command->name);
    if (db != NULL) {
        struct vp_db_info info = {.size = sizeof info};
        vp_db_info(db, &info);
        json_object(json, "database");
        json_unsigned(json, "serial", info.serial);
        json_text(json, "digest", info.digest);
        json_text(json, "date", info.date);
        json_text_or_null(json, "expires", info.expires);
        json_object_end(json);
    }
    json_object_end(json);
}

void output_start(struct output *output, const struct options *options, struct vp_db *db,
                  const char *columns)
{
    *output = (struct output){.format = options->format, .stream = stdout};
    output->json.stream = stdout;
    csv_init(&output->csv, stdout);
    if (output->format == OUTPUT_CSV)
        csv_header(&output->csv, columns);
    if (output->format != OUTPUT_JSON)
        return;
    json_object(&output->json, NULL);
    json_unsigned(&output->json, "schema_version", SCHEMA_VERSION);
    write_tool(&output->json, options, db);
    json_array(&output->json, "results");
}

void output_begin_result(struct output *output)
{
    if (!output_is_json(output))
        return;
    /* The comma goes before the line feed, so that each result is a line in json, too. */
    if (output->json.comma && output->format == OUTPUT_JSON)
        json_byte(&output->json, ',');
    if (output->format == OUTPUT_JSON)
        json_byte(&output->json, '\n');
    output->json.comma = false;
    json_object(&output->json, NULL);
    json_unsigned(&output->json, "schema_version", SCHEMA_VERSION);
}

static bool is_due(struct output *output)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return true;
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    if (ms < output->flushed_ms + FLUSH_MS)
        return false;
    output->flushed_ms = ms;
    return true;
}

bool output_end_result(struct output *output)
{
    if (output_is_json(output))
        json_object_end(&output->json);
    if (output->format == OUTPUT_NDJSON)
        json_byte(&output->json, '\n');
    /* Who reads from a pipe wants results soon; a system call for each would cost more than most
     * files do. */
    if (output->format != OUTPUT_JSON && is_due(output)) {
        json_flush(&output->json);
        if (fflush(output->stream) != 0 && output->error == 0)
            output->error = errno;
    }
    return !ferror(output->stream);
}

void output_begin_summary(struct output *output)
{
    json_byte(&output->json, '\n');
    json_array_end(&output->json);
    json_object(&output->json, "summary");
}

void output_end_summary(struct output *output)
{
    json_object_end(&output->json);
    json_object_end(&output->json);
    json_byte(&output->json, '\n');
    json_flush(&output->json);
}

int output_finish(struct output *output, int status)
{
    json_flush(&output->json);
    if (output->error == 0)
        output->error = output->json.error;
    /* What a write inside a result failed with is lost; flushing the rest again tells the same. */
    if (fflush(output->stream) != 0 && output->error == 0)
        output->error = errno;
    if (!ferror(output->stream))
        return status;
    /* A reader that went away knows that it did. */
    if (output->error != EPIPE)
        complain("writing the results: %s", strerror(output->error ? output->error : EIO));
    return EXIT_FAILED;
}

bool output_is_json(const struct output *output)
{
    return output->format == OUTPUT_JSON || output->format == OUTPUT_NDJSON;
}
