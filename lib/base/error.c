/* error.c - how a function says what went wrong */
#define _GNU_SOURCE /* strerrordesc_np would do; strerror_r's GNU form is not relied on */
#include "base/error.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One line of UTF-8, whatever a file name in it contains, and wherever its end was cut off. */
static void clean(char *text)
{
    struct span all = span_text(text);
    for (size_t off = 0, len; off < all.len; off += len) {
        len = vpi_text_character(all, off);
        if (len == 0) {
            text[off] = '?';
            len = 1;
        }
    }
}

__attribute__((format(printf, 3, 0))) static void say(struct vp_error *err, enum vp_status status,
                                                      const char *format, va_list args)
{
    err->status = status;
    err->system_error = 0;
    vsnprintf(err->text, sizeof err->text, format, args);
    clean(err->text);
}

enum vp_status vpi_fail(struct vp_error *err, enum vp_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        say(err, status, format, args);
        va_end(args);
    }
    return status;
}

enum vp_status vpi_fail_errno(struct vp_error *err, enum vp_status status, int code,
                              const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        say(err, status, format, args);
        va_end(args);
        err->system_error = code;
        char words[96] = "";
#if defined(__GLIBC__)
        snprintf(words, sizeof words, "%s", strerror_r(code, words, sizeof words));
#else
        if (strerror_r(code, words, sizeof words) != 0)
            words[0] = 0;
#endif
        size_t used = strlen(err->text);
        snprintf(err->text + used, sizeof err->text - used, ": %s", words);
        clean(err->text);
    }
    return status;
}

void vpi_struct_in(void *to, size_t to_len, const void *from)
{
    size_t size = 0;
    memset(to, 0, to_len);
    if (from)
        memcpy(&size, from, sizeof size);
    if (size > to_len)
        size = to_len;
    if (size)
        memcpy(to, from, size);
    memcpy(to, &to_len, sizeof to_len);
}

void vpi_struct_out(void *to, const void *from, size_t from_len)
{
    size_t size;
    memcpy(&size, to, sizeof size);
    size_t common = size < from_len ? size : from_len;
    if (common > sizeof size)
        memcpy((char *)to + sizeof size, (const char *)from + sizeof size, common - sizeof size);
}
