/* json.c - a small JSON writer (RFC 8259)
 *
 * One thread writes; the unlocked calls save a lock a character. */
#include <string.h>

#include "json.h"
#include "utf8.h"

static void write_point(FILE *stream, uint32_t point)
{
    if (point >= 0x10000) {
        point -= 0x10000;
        fprintf(stream, "\\u%04x\\u%04x", (unsigned)(0xd800 + (point >> 10)),
                (unsigned)(0xdc00 + (point & 0x3ff)));
    } else {
        fprintf(stream, "\\u%04x", (unsigned)point);
    }
}

/* Bytes that stand for themselves, so that a run of them is written at once. */
static size_t plain_run(const char *bytes, size_t len)
{
    size_t i = 0;
    while (i < len && (unsigned char)bytes[i] >= 0x20 && (unsigned char)bytes[i] < 0x7f &&
           bytes[i] != '"' && bytes[i] != '\\')
        i++;
    return i;
}

static void write_string(FILE *stream, const char *bytes, size_t len)
{
    putc_unlocked('"', stream);
    size_t used;
    for (size_t i = 0; i < len; i += used) {
        used = plain_run(bytes + i, len - i);
        if (used > 0) {
            fwrite(bytes + i, 1, used, stream);
            continue;
        }
        uint32_t point = utf8_next(bytes + i, len - i, &used);
        if (point == UTF8_INVALID)
            fputs("\xef\xbf\xbd", stream);
        else if (point == '\n')
            fputs("\\n", stream);
        else if (utf8_is_control(point))
            write_point(stream, point);
        else if (point == '"' || point == '\\')
            fprintf(stream, "\\%c", (int)point);
        else
            fwrite(bytes + i, 1, used, stream);
    }
    putc_unlocked('"', stream);
}

static void begin(struct json *json, const char *key)
{
    if (json->comma)
        putc_unlocked(',', json->stream);
    json->comma = true;
    if (key != NULL) {
        write_string(json->stream, key, strlen(key));
        putc_unlocked(':', json->stream);
    }
}

void json_object(struct json *json, const char *key)
{
    begin(json, key);
    putc_unlocked('{', json->stream);
    json->comma = false;
}

void json_object_end(struct json *json)
{
    putc_unlocked('}', json->stream);
    json->comma = true;
}

void json_array(struct json *json, const char *key)
{
    begin(json, key);
    putc_unlocked('[', json->stream);
    json->comma = false;
}

void json_array_end(struct json *json)
{
    putc_unlocked(']', json->stream);
    json->comma = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
    begin(json, key);
    write_string(json->stream, text, strlen(text));
}

void json_text_or_null(struct json *json, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_text(json, key, text);
    else
        json_null(json, key);
}

void json_bytes(struct json *json, const char *key, const char *bytes, size_t len)
{
    begin(json, key);
    write_string(json->stream, bytes, len);
    if (utf8_valid(bytes, len))
        return;
    fprintf(json->stream, ",\"%s_base64\":\"", key);
    base64_write(json->stream, bytes, len);
    putc_unlocked('"', json->stream);
}

void json_hex(struct json *json, const char *key, const void *bytes, size_t len)
{
    begin(json, key);
    putc_unlocked('"', json->stream);
    const unsigned char *p = bytes;
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        putc_unlocked(digits[p[i] >> 4], json->stream);
        putc_unlocked(digits[p[i] & 15], json->stream);
    }
    putc_unlocked('"', json->stream);
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
    begin(json, key);
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    fwrite(digits + at, 1, sizeof digits - at, json->stream);
}

void json_unsigned_or_null(struct json *json, const char *key, uint64_t value)
{
    if (value == UINT64_MAX)
        json_null(json, key);
    else
        json_unsigned(json, key, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
    begin(json, key);
    fputs(value ? "true" : "false", json->stream);
}

void json_null(struct json *json, const char *key)
{
    begin(json, key);
    fputs("null", json->stream);
}

void base64_write(FILE *stream, const char *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t group = (uint32_t)p[i] << 16;
        group |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        group |= left > 2 ? p[i + 2] : 0;
        putc_unlocked(digits[group >> 18], stream);
        putc_unlocked(digits[group >> 12 & 63], stream);
        putc_unlocked(left > 1 ? digits[group >> 6 & 63] : '=', stream);
        putc_unlocked(left > 2 ? digits[group & 63] : '=', stream);
    }
}
