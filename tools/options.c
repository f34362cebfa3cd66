/* options.c - the command line: one table, from which parsing and --help are made */
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "terminal.h"

enum {
    EXAMINING = COMMAND_SCAN | COMMAND_IDENTIFY | COMMAND_FEATURES | COMMAND_EXPLAIN,
    JUDGING = COMMAND_SCAN | COMMAND_EXPLAIN,
    LOADING = COMMAND_SCAN | COMMAND_FEATURES | COMMAND_EXPLAIN | COMMAND_LOOKUP | COMMAND_DB,
    EVERY = 255
};

enum option_id {
    ID_FORMAT,
    ID_JOBS,
    ID_POLICY,
    ID_DATABASE,
    ID_DIGESTS,
    ID_ALL,
    ID_FEATURES,
    ID_UNORDERED,
    ID_ONE_FILE_SYSTEM,
    ID_BUNDLES,
    ID_QUIET,
    ID_OUTPUT,
    ID_MEMORY,
    ID_LIMIT_MEMORY,
    ID_LIMIT_MEMBER,
    ID_LIMIT_EXPANDED,
    ID_LIMIT_DEPTH,
    ID_LIMIT_MEMBERS,
    ID_LIMIT_TIME,
    ID_MAGIC_FILE,
    ID_ANCHORS,
    ID_CATALOGS,
    ID_CACHE,
    ID_SPOOL_FOLDER,
    ID_HELP
};

static const struct option_row {
    enum option_id id;
    unsigned commands;
    char letter;
    const char *name;
    const char *argument;
    const char *help;
} rows[] = {
    {ID_FORMAT, EVERY & ~COMMAND_BUILD, 'f', "format", "FORMAT",
     "text (default), json, ndjson or csv"},
    {ID_JOBS, COMMAND_BUILD | COMMAND_DB, 'j', "jobs", "N",
     "threads that read tables, sort and write (default: 1)"},
    {ID_JOBS, COMMAND_SCAN, 'j', "jobs", "N", "threads (default: one a processor)"},
    {ID_POLICY, JUDGING, 'p', "policy", "ID", "answer each finding by this policy of the database"},
    {ID_DATABASE, LOADING, 'd', "database", "FILE", "use this database, not the installed one"},
    {ID_DIGESTS, EXAMINING, 'g', "digests", "LIST",
     "also compute md5, sha1, sha256, xxh3 (comma-separated)"},
    {ID_ALL, COMMAND_SCAN, 'a', "all", NULL, "list the files without findings too"},
    {ID_ALL, COMMAND_FEATURES, 'a', "all", NULL, "also what no key of the database asks for"},
    {ID_ALL, COMMAND_LOOKUP, 'a', "all", NULL, "list the values that are not in the database too"},
    {ID_FEATURES, JUDGING, 0, "features", NULL, "list the features in JSON too"},
    {ID_UNORDERED, COMMAND_SCAN, 'u', "unordered", NULL,
     "results as they come, not in the order of the walk"},
    {ID_BUNDLES, COMMAND_SCAN, 0, "bundles", NULL, "compare the files that signed bundles list"},
    {ID_ONE_FILE_SYSTEM, COMMAND_SCAN, 'x', "one-file-system", NULL, "don't cross mount points"},
    {ID_CACHE, COMMAND_SCAN, 0, "cache", "FILE",
     "take the answers about unchanged files from FILE, and keep them there"},
    {ID_QUIET, COMMAND_SCAN, 'q', "quiet", NULL, "no progress line, no summary beside the results"},
    {ID_OUTPUT, COMMAND_BUILD | COMMAND_DB, 'o', "output", "FILE", "the database to write"},
    {ID_MEMORY, COMMAND_BUILD | COMMAND_DB, 'm', "memory", "SIZE",
     "for keys; more are sorted in temporary files (default 512M)"},
    {ID_LIMIT_MEMORY, EXAMINING, 0, "limit-memory", "SIZE", "memory a file (default 64M)"},
    {ID_LIMIT_MEMBER, EXAMINING, 0, "limit-member-memory", "SIZE",
     "of a member or pipe kept in memory (default 32M)"},
    {ID_LIMIT_EXPANDED, EXAMINING, 0, "limit-expanded", "SIZE",
     "taken out of containers a file (default 2G)"},
    {ID_LIMIT_DEPTH, EXAMINING, 0, "limit-depth", "N", "containers in containers (default 8)"},
    {ID_LIMIT_MEMBERS, EXAMINING, 0, "limit-members", "N", "objects a file (default 100000)"},
    {ID_LIMIT_TIME, EXAMINING, 0, "limit-time", "SECONDS",
     "wall clock a file (default none); answers then differ from run to run"},
    {ID_ANCHORS, EXAMINING, 0, "anchors", "FILE", "certificates to trust beside the set's"},
    {ID_CATALOGS, EXAMINING & ~COMMAND_IDENTIFY, 0, "catalogs", "DIR",
     "look files up in the catalogs (.cat) there too; may be repeated"},
    {ID_MAGIC_FILE, EXAMINING, 0, "magic-file", "FILE", "compiled data for libmagic"},
    {ID_SPOOL_FOLDER, EXAMINING, 0, "spool-folder", "DIR",
     "where large members may be kept while they are read"},
    {ID_HELP, EVERY, 'h', "help", NULL, "this text"},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

void options_help(const struct command *command)
{
    printf("Usage: vendorprint %s [OPTION]... %s\n\n%s\n%s\nOptions:\n", command->name,
           command->arguments, command->summary, command->more);
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &rows[i];
        if (!(row->commands & command->bit))
            continue;
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
                 row->argument ? row->argument : "");
        if (row->letter)
            printf("  -%c, %-27s %s\n", row->letter, left, row->help);
        else
            printf("      %-27s %s\n", left, row->help);
    }
}

static bool parse_number(const char *text, uint64_t most, uint64_t *ret)
{
    uint64_t value = 0;
    if (text[0] == '\0')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    /* 0 would be the library's "default": no number that somebody means. */
    if (*text != '\0' || value == 0 || value > most)
        return false;
    *ret = value;
    return true;
}

/* Digits and perhaps one of K, M, G, T: powers of 1024. */
static bool parse_size(const char *text, uint64_t *ret)
{
    static const char units[] = "KMGT";
    char digits[24];
    size_t len = strspn(text, "0123456789");
    if (len == 0 || len >= sizeof digits)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    unsigned shift = 0;
    if (text[len] != '\0') {
        const char *unit = strchr(units, text[len] >= 'a' ? text[len] - 32 : text[len]);
        if (unit == NULL || text[len + 1] != '\0')
            return false;
        shift = 10 * (unsigned)(unit - units + 1);
    }
    uint64_t value;
    if (!parse_number(digits, UINT64_MAX >> shift, &value))
        return false;
    *ret = value << shift;
    return true;
}

static bool parse_format(const char *text, enum output_format *ret)
{
    static const char *const names[] = {"text", "json", "ndjson", "csv"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *ret = (enum output_format)i;
            return true;
        }
    }
    return false;
}

static bool parse_digests(const char *text, unsigned *ret)
{
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {{"md5", VP_DIGEST_MD5},
                 {"sha1", VP_DIGEST_SHA1},
                 {"sha256", VP_DIGEST_SHA256},
                 {"xxh3", VP_DIGEST_XXH3}};
    for (;;) {
        size_t len = strcspn(text, ",");
        unsigned bit = 0;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strlen(names[i].name) == len && memcmp(names[i].name, text, len) == 0)
                bit = names[i].bit;
        }
        if (bit == 0)
            return false;
        *ret |= bit;
        if (text[len] == '\0')
            return true;
        text += len + 1;
    }
}

static bool parse_count(const char *text, uint64_t most, unsigned *ret)
{
    uint64_t value;
    if (!parse_number(text, most, &value))
        return false;
    *ret = (unsigned)value;
    return true;
}

static bool parse_seconds(const char *text, uint32_t *ret_ms)
{
    uint64_t value;
    if (!parse_number(text, UINT32_MAX / 1000, &value))
        return false;
    *ret_ms = (uint32_t)value * 1000;
    return true;
}

static bool apply(struct options *options, enum option_id id, const char *value)
{
    switch (id) {
    case ID_FORMAT:
        return parse_format(value, &options->format);
    case ID_JOBS:
        return parse_count(value, 1024, &options->jobs);
    case ID_POLICY:
        options->policy = value;
        return true;
    case ID_DATABASE:
        options->database = value;
        return true;
    case ID_DIGESTS:
        return parse_digests(value, &options->digests);
    case ID_ALL:
        options->all = true;
        return true;
    case ID_FEATURES:
        options->features = true;
        return true;
    case ID_UNORDERED:
        options->unordered = true;
        return true;
    case ID_ONE_FILE_SYSTEM:
        options->one_file_system = true;
        return true;
    case ID_BUNDLES:
        options->bundles = true;
        return true;
    case ID_CACHE:
        options->cache_file = value;
        return true;
    case ID_QUIET:
        options->quiet = true;
        return true;
    case ID_OUTPUT:
        options->output = value;
        return true;
    case ID_MEMORY:
        return parse_size(value, &options->memory);
    case ID_LIMIT_MEMORY:
        return parse_size(value, &options->limits.memory);
    case ID_LIMIT_MEMBER:
        return parse_size(value, &options->limits.member_memory);
    case ID_LIMIT_EXPANDED:
        return parse_size(value, &options->limits.expanded);
    case ID_LIMIT_DEPTH:
        return parse_count(value, UINT32_MAX, &options->limits.depth);
    case ID_LIMIT_MEMBERS:
        return parse_count(value, UINT32_MAX, &options->limits.members);
    case ID_LIMIT_TIME:
        return parse_seconds(value, &options->limits.deadline_ms);
    case ID_ANCHORS:
        options->anchors_file = value;
        break;
    case ID_CATALOGS:
        if (options->catalogs_count == CATALOG_FOLDERS_MOST)
            return false;
        options->catalogs[options->catalogs_count++] = value;
        return true;
    case ID_MAGIC_FILE:
        options->magic_file = value;
        return true;
    case ID_SPOOL_FOLDER:
        options->spool_folder = value;
        return true;
    case ID_HELP:
        break;
    }
    return true;
}

/* getopt's two tables for one subcommand; `val` of a row is 256 + its index. */
struct tables {
    struct option long_rows[ROWS + 1];
    char letters[2 * ROWS + 2];
};

static void make_tables(struct tables *tables, unsigned bit)
{
    size_t used = 0, len = 0;
    memset(tables, 0, sizeof *tables);
    tables->letters[len++] = ':';
    for (size_t i = 0; i < ROWS; i++) {
        if (!(rows[i].commands & bit))
            continue;
        tables->long_rows[used++] =
            (struct option){.name = rows[i].name,
                            .has_arg = rows[i].argument ? required_argument : no_argument,
                            .val = 256 + (int)i};
        if (rows[i].letter) {
            tables->letters[len++] = rows[i].letter;
            if (rows[i].argument)
                tables->letters[len++] = ':';
        }
    }
}

static const struct option_row *find_row(int value, unsigned bit)
{
    if (value >= 256)
        return &rows[value - 256];
    for (size_t i = 0; i < ROWS; i++) {
        if ((rows[i].commands & bit) && rows[i].letter == value)
            return &rows[i];
    }
    return NULL;
}

static int usage(const struct command *command)
{
    fprintf(stderr, "Try: vendorprint %s --help\n", command->name);
    return EXIT_USAGE;
}

int options_parse(struct options *options, const struct command *command, int argc, char **argv)
{
    *options = (struct options){.command = command};
    struct tables tables;
    make_tables(&tables, command->bit);
    opterr = 0;
    optind = 1;
    for (;;) {
        int value = getopt_long(argc, argv, tables.letters, tables.long_rows, NULL);
        if (value == -1)
            break;
        const char *given = argv[optind - 1];
        const struct option_row *row = find_row(value, command->bit);
        if (value == ':') {
            complain("%s: %s needs a value", command->name, given);
            return usage(command);
        }
        if (row == NULL) {
            complain("%s: no such option: %s", command->name, given);
            return usage(command);
        }
        if (row->id == ID_HELP) {
            options_help(command);
            return EXIT_SUCCESS;
        }
        if (!apply(options, row->id, optarg)) {
            complain("%s: --%s can't be \"%s\"", command->name, row->name, optarg);
            return usage(command);
        }
    }
    options->arguments = argv + optind;
    options->count = argc - optind;
    return -1;
}
