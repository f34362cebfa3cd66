/* lookup.c - looks up values in the database, thousands at a time */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "database.h"
#include "lookup.h"
#include "terminal.h"

enum { COMPLAINTS = 10 };

static void flush_batch(struct lookup *lookup)
{
    if (lookup->key_count > 0 && !lookup->stopped &&
        vp_lookup_batch(lookup->db, lookup->keys, lookup->key_count, lookup->hits) != VP_OK) {
        complain("the look-up failed");
        lookup->stopped = lookup->failed = true;
    }
    for (size_t i = 0; i < lookup->value_count; i++) {
        if (!lookup->stopped)
            lookup_show(lookup, &lookup->batch[i]);
        free(lookup->batch[i].text);
    }
    lookup->value_count = 0;
    lookup->key_count = 0;
}

void lookup_invalid(struct lookup *lookup, uint64_t line, const char *message)
{
    if (++lookup->invalid > COMPLAINTS)
        return;
    complain("%s %" PRIu64 ": %s", lookup->from_stdin ? "line" : "value", line, message);
    if (lookup->invalid == COMPLAINTS)
        complain("further ones are only counted");
}

void lookup_add(struct lookup *lookup, unsigned kind, const char *text, size_t len,
                const char *label, uint64_t line)
{
    char message[VALUE_MESSAGE];
    lookup->values++;
    size_t count =
        value_keys(&lookup->kinds, kind, text, len, lookup->keys + lookup->key_count, message);
    if (count == 0) {
        lookup_invalid(lookup, line, message);
        return;
    }
    size_t label_len = label != NULL ? strlen(label) : 0;
    char *copy = malloc(len + label_len + 2);
    if (copy == NULL) {
        complain("out of memory");
        lookup->stopped = lookup->failed = true;
        return;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (label != NULL)
        memcpy(copy + len + 1, label, label_len + 1);
    lookup->batch[lookup->value_count++] = (struct value){
        .text = copy,
        .label = label != NULL ? copy + len + 1 : NULL,
        .line = line,
        .first = lookup->key_count,
        .count = count,
    };
    lookup->key_count += count;
    if (lookup->value_count == BATCH_VALUES || lookup->key_count >= BATCH_KEYS)
        flush_batch(lookup);
}

static void read_arguments(struct lookup *lookup)
{
    for (int i = 0; i < lookup->options->count && !lookup->stopped; i++) {
        const char *text = lookup->options->arguments[i];
        lookup_add(lookup, 0, text, strlen(text), NULL, (uint64_t)i + 1);
    }
}

static void show_summary(struct lookup *lookup)
{
    uint64_t missed = lookup->values - lookup->found - lookup->invalid;
    struct json *json = &lookup->output.json;
    if (lookup->output.format == OUTPUT_JSON) {
        output_begin_summary(&lookup->output);
        json_unsigned(json, "values", lookup->values);
        json_unsigned(json, "found", lookup->found);
        json_unsigned(json, "not_found", missed);
        json_unsigned(json, "invalid", lookup->invalid);
        output_end_summary(&lookup->output);
        return;
    }
    FILE *stream = lookup->output.format == OUTPUT_TEXT ? lookup->output.stream : stderr;
    fprintf(stream,
            "%" PRIu64 " values: %" PRIu64 " found, %" PRIu64 " not in the database, %" PRIu64
            " not understood\n",
            lookup->values, lookup->found, missed, lookup->invalid);
}

static int run(struct lookup *lookup)
{
    const struct options *options = lookup->options;
    output_start(&lookup->output, options, lookup->db,
                 "line,label,kind,value,found,type,vendor_id,vendor,product_id,product,version,"
                 "file,relation,confidence,source,date");
    if (options->count == 0 || (options->count == 1 && strcmp(options->arguments[0], "-") == 0))
        lookup_read_stdin(lookup);
    else
        read_arguments(lookup);
    flush_batch(lookup);
    show_summary(lookup);
    int status = lookup->failed ? EXIT_FAILED
                                : (lookup->found > 0 ? EXIT_FOUND : 0) +
                                      (lookup->invalid > 0 ? EXIT_NOT_EXAMINED : 0);
    return output_finish(&lookup->output, status);
}

int command_lookup(const struct options *options)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    int status = EXIT_FAILED;
    if (lookup == NULL) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    lookup->options = options;
    lookup->db = database_open(options, NULL);
    if (lookup->db != NULL && value_kinds_init(&lookup->kinds)) {
        status = run(lookup);
        value_kinds_done(&lookup->kinds);
    }
    vp_db_unref(lookup->db);
    free(lookup);
    return status;
}
