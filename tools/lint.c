/* lint.c - checks a signature set and says what is wrong, as a compiler does */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "diagnostics.h"
#include "output.h"
#include "terminal.h"

const char *diagnostic_severity(const struct vp_diagnostic *diagnostic)
{
    switch (diagnostic->severity) {
    case VP_SEVERITY_ERROR:
        return "error";
    case VP_SEVERITY_NOTE:
        return "note";
    case VP_SEVERITY_WARNING:
        break;
    }
    return "warning";
}

void diagnostic_text(FILE *stream, const struct vp_diagnostic *diagnostic)
{
    terminal_path(stream, diagnostic->file, strlen(diagnostic->file));
    if (diagnostic->line != 0)
        fprintf(stream, ":%" PRIu32 ":%" PRIu32, diagnostic->line, diagnostic->column);
    fprintf(stream, ": %s: ", diagnostic_severity(diagnostic));
    terminal_text(stream, diagnostic->text);
    fputc('\n', stream);
}

static void show_json(struct json *json, const struct vp_diagnostic *diagnostic)
{
    json_bytes(json, "file", diagnostic->file, strlen(diagnostic->file));
    json_unsigned(json, "line", diagnostic->line);
    json_unsigned(json, "column", diagnostic->column);
    json_text(json, "severity", diagnostic_severity(diagnostic));
    json_text(json, "text", diagnostic->text);
}

static void show_csv(struct csv *csv, const struct vp_diagnostic *diagnostic)
{
    csv_text(csv, diagnostic->file);
    csv_unsigned(csv, diagnostic->line);
    csv_unsigned(csv, diagnostic->column);
    csv_text(csv, diagnostic_severity(diagnostic));
    csv_text(csv, diagnostic->text);
    csv_end(csv);
}

static bool show(struct output *output, const struct vp_diagnostic *diagnostic)
{
    output_begin_result(output);
    if (output->format == OUTPUT_TEXT)
        diagnostic_text(output->stream, diagnostic);
    else if (output->format == OUTPUT_CSV)
        show_csv(&output->csv, diagnostic);
    else
        show_json(&output->json, diagnostic);
    return output_end_result(output);
}

int command_lint(const struct options *options)
{
    if (options->count == 0)
        return command_usage(options, "which DIR?");
    struct vp_set *set;
    struct vp_error err;
    if (vp_set_load_folders((const char *const *)options->arguments, (size_t)options->count, NULL,
                            &set, &err) != VP_OK) {
        complain("%s", err.text);
        return EXIT_FAILED;
    }
    struct output output;
    output_start(&output, options, NULL, "file,line,column,severity,text");
    struct vp_diagnostic diagnostic = {.size = sizeof diagnostic};
    uint32_t count = 0, warnings = 0;
    while (vp_set_diagnostic(set, count, &diagnostic) == VP_OK) {
        count++;
        warnings += diagnostic.severity == VP_SEVERITY_WARNING;
        if (!show(&output, &diagnostic))
            break;
    }
    uint32_t errors = vp_set_errors(set);
    if (output.format == OUTPUT_JSON) {
        output_begin_summary(&output);
        json_unsigned(&output.json, "errors", errors);
        json_unsigned(&output.json, "warnings", warnings);
        output_end_summary(&output);
    }
    if (count > 0)
        fprintf(stderr, "%" PRIu32 " errors, %" PRIu32 " warnings\n", errors, warnings);
    vp_set_free(set);
    return output_finish(&output, errors > 0 ? EXIT_FOUND : 0);
}
