/* options.h - the command line: one table, from which parsing and --help are made */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>

#include <vendorprint/vendorprint.h>

/* Exit statuses.  The first two add up. */
enum {
    EXIT_FOUND = 1,        /* something was found; lint: the set has errors */
    EXIT_NOT_EXAMINED = 2, /* something was not examined */
    EXIT_USAGE = 64,       /* EX_USAGE of sysexits.h */
    EXIT_FAILED = 70       /* EX_SOFTWARE */
};

enum { CATALOG_FOLDERS_MOST = 16 };

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_NDJSON, OUTPUT_CSV };

/* Subcommands, as bits: an option belongs to some of them. */
enum {
    COMMAND_SCAN = 1,
    COMMAND_IDENTIFY = 2,
    COMMAND_FEATURES = 4,
    COMMAND_LOOKUP = 8,
    COMMAND_EXPLAIN = 16,
    COMMAND_LINT = 32,
    COMMAND_BUILD = 64,
    COMMAND_DB = 128
};

struct command {
    const char *name;
    unsigned bit;
    const char *arguments; /* "PATH..." */
    const char *summary;   /* one line */
    const char *more;      /* further lines of --help */
};

struct options {
    const struct command *command;
    enum output_format format;
    unsigned jobs;
    const char *policy;
    const char *database;
    unsigned digests; /* enum vp_digests */
    bool all, features, quiet, unordered, one_file_system, bundles;
    uint64_t memory;
    struct vp_limits limits;
    const char *magic_file, *spool_folder, *anchors_file, *cache_file, *output;
    const char *catalogs[CATALOG_FOLDERS_MOST];
    size_t catalogs_count;
    char **arguments; /* what is left, in order */
    int count;
};

/* Fills `options` from the arguments of `command`; argv[0] is its name.  -1: go on; otherwise the
 * exit status (--help was printed, or the usage is wrong and was complained of). */
int options_parse(struct options *options, const struct command *command, int argc, char **argv);

void options_help(const struct command *command);

#endif
