/* commands.h - the subcommands: each takes its parsed options and returns the exit status */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "options.h"

int command_scan(const struct options *options);
int command_identify(const struct options *options);
int command_features(const struct options *options);
int command_lookup(const struct options *options);
int command_explain(const struct options *options);
int command_lint(const struct options *options);
int command_build(const struct options *options);
int command_db(const struct options *options);

/* Complains that `command` lacks or has too many arguments; EXIT_USAGE. */
int command_usage(const struct options *options, const char *what);

#endif
