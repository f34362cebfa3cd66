/* build.c - compiles a signature set to a database */
#include "commands.h"
#include "diagnostics.h"
#include "terminal.h"

int command_build(const struct options *options)
{
    if (options->count != 1)
        return command_usage(options, "one DIR, please");
    if (options->output == NULL)
        return command_usage(options, "which file to write (-o FILE)?");
    struct vp_set *set;
    struct vp_error err;
    if (vp_set_load(options->arguments[0], &set, &err) != VP_OK) {
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
