/* fuzz_lookup_input.c - what `vendorprint lookup -` reads: lines, CSV, and the values in them
 *
 * The first byte chooses the way of reading.  What is found must lie inside its buffers; fields of
 * a CSV that is written and read again must be the same.
 */
#define _GNU_SOURCE /* fmemopen on old C libraries */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/csv.h"
#include "../../tools/lookup_values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* A key is that of the value under its kind, however many kinds share the work. */
static void check_key(const struct value_kinds *kinds, const char *text, size_t len,
                      const struct vp_key *key)
{
    size_t value_len;
    const char *colon = memchr(text, ':', len);
    if (colon != NULL && value_kind_named(kinds, text, (size_t)(colon - text)) != 0) {
        len -= (size_t)(colon + 1 - text);
        text = colon + 1;
    }
    check(vp_value_parse(key->kind, text, len, kinds->buffer, 1 << 18, &value_len, NULL) == VP_OK);
    struct vp_key again = vp_key_make(key->kind, kinds->buffer, value_len);
    check(again.low == key->low && again.high == key->high);
}

static void values(const struct value_kinds *kinds, const char *text, size_t len)
{
    struct vp_key keys[VALUE_KINDS];
    char message[VALUE_MESSAGE];
    size_t name = 0, digits = value_sum_line(text, len, &name);
    check(digits <= len && name <= len);
    size_t count = value_keys(kinds, 0, text, len, keys, message);
    check(count <= VALUE_KINDS);
    if (count == 0)
        check(memchr(message, '\0', sizeof message) != NULL);
    else
        check_key(kinds, text, len, &keys[(len + count) % count]);
}

/* Writes the fields of a record and reads them back. */
static void round_trip(const struct csv_reader *reader)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    check(memory != NULL);
    struct csv csv = {.stream = memory};
    for (unsigned i = 0; i < reader->count; i++)
        csv_text(&csv, reader->buffer + reader->field[i]);
    csv_end(&csv);
    fclose(memory);

    struct csv_reader again = {.buffer = malloc(CSV_RECORD + 1)};
    again.stream = fmemopen(text, len, "r");
    check(again.buffer != NULL && again.stream != NULL);
    check(csv_read_record(&again));
    /* Quoting can make a record longer than what is read at once; U+FFFD can, too. */
    if (!again.too_long) {
        check(again.count == reader->count);
        for (unsigned i = 0; i < reader->count; i++) {
            const char *a = reader->buffer + reader->field[i], *b = again.buffer + again.field[i];
            check(strchr(b, '\xef') != NULL || strcmp(a, b) == 0);
        }
    }
    fclose(again.stream);
    free(again.buffer);
    free(text);
}

static void fields(const struct value_kinds *kinds, const struct csv_reader *reader)
{
    check(reader->count >= 1 && reader->count <= CSV_FIELDS);
    for (unsigned i = 0; i < reader->count; i++) {
        const char *field = reader->buffer + reader->field[i];
        check(reader->field[i] + strlen(field) <= CSV_RECORD);
        values(kinds, field, strlen(field));
    }
    round_trip(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { RECORDS_MOST = 64 };
    if (size < 2)
        return 0;
    static struct value_kinds kinds; /* finding the shapes takes a while */
    struct csv_reader reader = {.buffer = malloc(CSV_RECORD + 1)};
    char *copy = malloc(size);
    check(reader.buffer != NULL && copy != NULL && (kinds.count > 0 || value_kinds_init(&kinds)));
    memcpy(copy, data, size);
    reader.stream = fmemopen(copy + 1, size - 1, "r");
    check(reader.stream != NULL);
    bool lines = data[0] & 1;
    for (unsigned i = 0; i < RECORDS_MOST; i++) {
        if (!(lines ? csv_read_line(&reader) : csv_read_record(&reader)))
            break;
        check(reader.len <= CSV_RECORD + 1);
        if (lines) {
            values(&kinds, reader.buffer, reader.len);
            csv_split(&reader);
        }
        fields(&kinds, &reader);
    }
    fclose(reader.stream);
    free(reader.buffer);
    free(copy);
    return 0;
}
