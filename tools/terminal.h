/* terminal.h - what reaches a person's eyes: escaped text, messages, the progress line */
#ifndef TOOLS_TERMINAL_H
#define TOOLS_TERMINAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes bytes of unknown origin so that they stay on their line: control characters, bidi controls
 * and bytes that are no UTF-8 as \n, \xNN or \u{N}.  Backslashes stay single. */
void terminal_text(FILE *stream, const char *text);

/* Like terminal_text, but for paths: backslashes are doubled, so that what is printed names one
 * path and no other. */
void terminal_path(FILE *stream, const char *bytes, size_t len);

/* "vendorprint: ", the message, escaped, on standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The line on standard error that says how far a scan is.  Only on a terminal, ten times a second
 * at most. */
struct progress {
    bool on;
    bool shown;
    int64_t last; /* milliseconds */
};

void progress_init(struct progress *progress, bool wanted);
void progress_show(struct progress *progress, uint64_t files, uint64_t found, const char *path,
                   size_t path_len);
/* Takes the line away; before anything else is written. */
void progress_clear(struct progress *progress);

#endif
