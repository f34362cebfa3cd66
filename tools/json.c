/* json.c - a small JSON writer (RFC 8259)
 *
 * Pieces are a few bytes long: a call of stdio for each would cost more than writing them does, so
 * they are put together here first.
 */
#include <errno.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

static void write_out(struct json *json, const char *bytes, size_t len)
{
    if (len > 0 && fwrite(bytes, 1, len, json->stream) != len && json->error == 0)
        json->error = errno;
}

void json_flush(struct json *json)
{
    write_out(json, json->bytes, json->used);
    json->used = 0;
}

static void put(struct json *json, const char *bytes, size_t len)
{
    if (len > sizeof json->bytes - json->used)
        json_flush(json);
    if (len > sizeof json->bytes) {
        write_out(json, bytes, len);
        return;
    }
    memcpy(json->bytes + json->used, bytes, len);
    json->used += len;
}

void json_byte(struct json *json, char byte)
{
    put(json, &byte, 1);
}

static void put_escape(struct json *json, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    char text[] = {'\\',
                   'u',
                   digits[unit >> 12 & 15],
                   digits[unit >> 8 & 15],
                   digits[unit >> 4 & 15],
                   digits[unit & 15]};
    put(json, text, sizeof text);
}

static void put_point(struct json *json, uint32_t point)
{
    if (point < 0x10000) {
        put_escape(json, point);
        return;
    }
    put_escape(json, 0xd800 + ((point - 0x10000) >> 10));
    put_escape(json, 0xdc00 + ((point - 0x10000) & 0x3ff));
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

static void put_string(struct json *json, const char *bytes, size_t len)
{
    json_byte(json, '"');
    size_t used;
    for (size_t i = 0; i < len; i += used) {
        used = plain_run(bytes + i, len - i);
        if (used > 0) {
            put(json, bytes + i, used);
            continue;
        }
        uint32_t point = utf8_next(bytes + i, len - i, &used);
        if (point == UTF8_INVALID)
            put(json, "\xef\xbf\xbd", 3);
        else if (point == '\n')
            put(json, "\\n", 2);
        else if (utf8_is_control(point))
            put_point(json, point);
        else if (point == '"' || point == '\\')
            put(json, (const char[]){'\\', (char)point}, 2);
        else
            put(json, bytes + i, used);
    }
    json_byte(json, '"');
}

/* Keys are ours: plain letters. */
static void begin(struct json *json, const char *key)
{
    if (json->comma)
        json_byte(json, ',');
    json->comma = true;
    if (key != NULL) {
        json_byte(json, '"');
        put(json, key, strlen(key));
        put(json, "\":", 2);
    }
}

void json_object(struct json *json, const char *key)
{
    begin(json, key);
    json_byte(json, '{');
    json->comma = false;
}

void json_object_end(struct json *json)
{
    json_byte(json, '}');
    json->comma = true;
}

void json_array(struct json *json, const char *key)
{
    begin(json, key);
    json_byte(json, '[');
    json->comma = false;
}

void json_array_end(struct json *json)
{
    json_byte(json, ']');
    json->comma = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
    begin(json, key);
    put_string(json, text, strlen(text));
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
    put_string(json, bytes, len);
    if (utf8_valid(bytes, len))
        return;
    put(json, ",\"", 2);
    put(json, key, strlen(key));
    put(json, "_base64\":\"", 10);
    json_flush(json);
    base64_write(json->stream, bytes, len);
    json_byte(json, '"');
}

void json_hex(struct json *json, const char *key, const void *bytes, size_t len)
{
    begin(json, key);
    json_byte(json, '"');
    const unsigned char *p = bytes;
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        json_byte(json, digits[p[i] >> 4]);
        json_byte(json, digits[p[i] & 15]);
    }
    json_byte(json, '"');
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
    begin(json, key);
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    put(json, digits + at, sizeof digits - at);
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
    put(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json, const char *key)
{
    begin(json, key);
    put(json, "null", 4);
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
