/* json.h - a small JSON writer (RFC 8259)
 *
 * The caller writes in order; commas are put by the writer.  `key` is NULL inside an array. Control
 * and bidi characters are written as \u escapes, so the output may be looked at in a terminal.
 * Errors are the stream's: test ferror once, `error` says which it was.  What was written is in the
 * stream after json_flush.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *stream;
    bool comma; /* a value stands before the next one */
    int error;  /* errno of the first write that failed, or 0 */
    size_t used;
    char bytes[64 << 10];
};

void json_flush(struct json *json);
/* A byte between values, such as a line feed. */
void json_byte(struct json *json, char byte);

void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);

void json_text(struct json *json, const char *key, const char *text);
/* Like json_text, but null for "". */
void json_text_or_null(struct json *json, const char *key, const char *text);
/* Bytes as text, what is no UTF-8 as U+FFFD; then also KEY_base64, so that nothing is lost. */
void json_bytes(struct json *json, const char *key, const char *bytes, size_t len);
void json_hex(struct json *json, const char *key, const void *bytes, size_t len);
void json_unsigned(struct json *json, const char *key, uint64_t value);
/* Like json_unsigned, but null for VP_NONE. */
void json_unsigned_or_null(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* Base64 of RFC 4648, section 4. */
void base64_write(FILE *stream, const char *bytes, size_t len);

#endif
