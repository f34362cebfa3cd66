/* main.c - the vendorprint command: finds the subcommand */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "terminal.h"

#define EXIT_WORDS                                                                                 \
    "Exit status is a sum: 1 something was found, 2 something was not examined.\n"                 \
    "64: wrong usage; 70: failed.\n"

static const struct row {
    struct command command;
    int (*run)(const struct options *options);
} rows[] = {
    {{"scan", COMMAND_SCAN, "PATH...", "Says whose code lies in the files below each PATH.",
      EXIT_WORDS "With --policy, \"found\" means covered by it, or needing a human.\n"},
     command_scan},
    {{"identify", COMMAND_IDENTIFY, "FILE...", "Says what each FILE is: format, role, machine.",
      "FILE may be - for standard input. No database is used.\n"},
     command_identify},
    {{"features", COMMAND_FEATURES, "FILE...",
      "Lists what is seen of each FILE, as keys are written in a signature set.",
      "FILE may be - for standard input.\n"},
     command_features},
    {{"explain", COMMAND_EXPLAIN, "FILE...",
      "Explains each finding in words: evidence, sources, what was not examined.",
      "FILE may be - for standard input.\n" EXIT_WORDS},
     command_explain},
    {{"lookup", COMMAND_LOOKUP, "[VALUE...|-]",
      "Looks up digests, names and other values in the database.",
      "Without VALUE, or for -, standard input is read: one value a line, or CSV with a header.\n"
      "A value is KIND:VALUE, or bare: then it is looked up under every kind that it fits.\n"
      "Exit status is a sum: 1 something was found, 2 something was no value.\n"},
     command_lookup},
    {{"lint", COMMAND_LINT, "DIR...", "Checks a signature set, of one folder or several.",
      "Exit status 1: the set has errors.\n"},
     command_lint},
    {{"build", COMMAND_BUILD, "DIR...",
      "Compiles a signature set, of one folder or several, to a database.", ""},
     command_build},
    {{"db", COMMAND_DB, "info|verify [FILE] | merge -o FILE FILE...",
      "Says what a database holds, or whether it is whole, or merges several.", ""},
     command_db},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

int command_usage(const struct options *options, const char *what)
{
    complain("%s: %s", options->command->name, what);
    fprintf(stderr, "Usage: vendorprint %s [OPTION]... %s\n", options->command->name,
            options->command->arguments);
    return EXIT_USAGE;
}

static void help(FILE *stream)
{
    fputs("Usage: vendorprint COMMAND [OPTION]... [ARGUMENT]...\n\n"
          "Whose code is in this file?\n\nCommands:\n",
          stream);
    for (size_t i = 0; i < ROWS; i++)
        fprintf(stream, "  %-10s %s\n", rows[i].command.name, rows[i].command.summary);
    fputs("\nOptions:\n"
          "  -h, --help                      this text; after a COMMAND, its own\n"
          "  -V, --version                   the version\n",
          stream);
}

/* A file opened as descriptor 1 or 2 would be written into. */
static bool open_standard_files(void)
{
    bool has_output = fcntl(STDOUT_FILENO, F_GETFD) != -1 || errno != EBADF;
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
    return has_output;
}

static int written(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        complain("writing: %s", strerror(errno));
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    if (!open_standard_files()) {
        complain("standard output is closed");
        return EXIT_FAILED;
    }
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        help(stdout);
        return written(EXIT_SUCCESS);
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("vendorprint %s\n", vp_version());
        return written(EXIT_SUCCESS);
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].command.name, name) != 0)
            continue;
        struct options options;
        int status = options_parse(&options, &rows[i].command, argc - 1, argv + 1);
        return status >= 0 ? written(status) : rows[i].run(&options);
    }
    if (name[0] != '\0')
        complain("no such command: %s", name);
    help(stderr);
    return EXIT_USAGE;
}
