/* output.h - results on standard output, in the format asked for
 *
 * text    for people
 * json    one document: {"schema_version", "tool", "results": [...], "summary"}
 * ndjson  one result a line, then one group
 * csv     a header and rows
 *
 * A result is written whole between output_begin_result and output_end_result.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include "csv.h"
#include "json.h"
#include "options.h"

enum { SCHEMA_VERSION = 1 };

struct output {
    enum output_format format;
    FILE *stream;
    struct json json;
    struct csv csv;
    int error; /* errno of the first write that failed */
    uint64_t flushed_ms;
};

/* Writes what stands before the first result.  `db` may be NULL; `columns` is the CSV header. */
void output_start(struct output *output, const struct options *options, struct vp_db *db,
                  const char *columns);
/* In json and ndjson: opens the object of a result, up to "schema_version". */
void output_begin_result(struct output *output);
/* False when standard output takes no more, such as a closed pipe: there's no use in going on. */
bool output_end_result(struct output *output);
/* json: closes the results and opens "summary". */
void output_begin_summary(struct output *output);
void output_end_summary(struct output *output);
/* Flushes.  `status`, or EXIT_FAILED when not everything could be written, which is complained of
 * unless the reader of a pipe just went away. */
int output_finish(struct output *output, int status);

bool output_is_json(const struct output *output); /* json or ndjson */

#endif
