/* terminal.c - what reaches a person's eyes: escaped text, messages, the progress line */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"
#include "utf8.h"

static void escape_point(FILE *stream, uint32_t point)
{
    switch (point) {
    case '\n':
        fputs("\\n", stream);
        break;
    case '\r':
        fputs("\\r", stream);
        break;
    case '\t':
        fputs("\\t", stream);
        break;
    default:
        fprintf(stream, point < 0x80 ? "\\x%02x" : "\\u{%x}", (unsigned)point);
    }
}

static void escape(FILE *stream, const char *bytes, size_t len, bool double_backslash)
{
    size_t used;
    for (size_t i = 0; i < len; i += used) {
        uint32_t point = utf8_next(bytes + i, len - i, &used);
        if (point == UTF8_INVALID)
            fprintf(stream, "\\x%02x", (unsigned)(unsigned char)bytes[i]);
        else if (utf8_is_control(point))
            escape_point(stream, point);
        else if (point == '\\' && double_backslash)
            fputs("\\\\", stream);
        else
            fwrite(bytes + i, 1, used, stream);
    }
}

void terminal_text(FILE *stream, const char *text)
{
    escape(stream, text, strlen(text), false);
}

void terminal_path(FILE *stream, const char *bytes, size_t len)
{
    escape(stream, bytes, len, true);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    /* Messages carry whole paths, so no fixed buffer will do. */
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (text == NULL) {
        fputs("vendorprint: out of memory\n", stderr);
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, (size_t)len + 1, format, arguments);
    va_end(arguments);
    fputs("vendorprint: ", stderr);
    terminal_text(stderr, text);
    fputc('\n', stderr);
    free(text);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_init(struct progress *progress, bool wanted)
{
    const char *term = getenv("TERM");
    bool capable = term != NULL && strcmp(term, "dumb") != 0;
    *progress = (struct progress){.on = wanted && capable && isatty(STDERR_FILENO)};
}

void progress_show(struct progress *progress, uint64_t files, uint64_t found, const char *path,
                   size_t path_len)
{
    enum { INTERVAL_MS = 100, PATH_BYTES = 40 };
    if (!progress->on)
        return;
    int64_t now = now_ms();
    if (progress->last != 0 && now - progress->last < INTERVAL_MS)
        return;
    progress->last = now;
    progress->shown = true;
    fprintf(stderr, "\r\033[K%llu files, %llu with findings: ", (unsigned long long)files,
            (unsigned long long)found);
    /* The end of a path says more than its beginning; a cut character is escaped. */
    size_t skip = path_len > PATH_BYTES ? path_len - PATH_BYTES : 0;
    while (skip > 0 && skip < path_len && ((unsigned char)path[skip] & 0xc0) == 0x80)
        skip++;
    terminal_path(stderr, path + skip, path_len - skip);
    fflush(stderr);
}

void progress_clear(struct progress *progress)
{
    if (!progress->shown)
        return;
    progress->shown = false;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}
