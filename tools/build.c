/* build.c - compiles a signature set, of one folder or several, to a database */
#include "commands.h"
#include "diagnostics.h"
#include "terminal.h"

int command_build(const struct options *options)
{
    if (options->count == 0)
        return command_usage(options, "which DIR?");
    if (options->output == NULL)
        return command_usage(options, "which file to write (-o FILE)?");
    struct vp_set *set;
    struct vp_error err;
    struct vp_set_options set_options = {.size = sizeof set_options,
                                         .beside = options->output,
                                         .memory = options->memory,
                                         .threads = options->jobs};
    if (vp_set_load_folders((const char *const *)options->arguments, (size_t)options->count,
                            &set_options, &set, &err) != VP_OK) {
        complain("%s", err.text);
        return EXIT_FAILED;
    }
    /* Warnings are lint's; here only what keeps the set from being built. */
    struct vp_diagnostic diagnostic = {.size = sizeof diagnostic};
    for (uint32_t i = 0; vp_set_diagnostic(set, i, &diagnostic) == VP_OK; i++) {
        if (diagnostic.severity == VP_SEVERITY_ERROR)
            diagnostic_text(stderr, &diagnostic);
    }
    enum vp_status status = vp_set_build(set, options->output, &err);
    if (status != VP_OK)
        complain("%s", err.text);
    vp_set_free(set);
    return status == VP_OK ? 0 : EXIT_FAILED;
}
