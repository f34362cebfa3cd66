/* key_write.c - public keys and signatures in DER, from the bare numbers that OpenPGP writes
 *
 * Written from the end to the front: a value's length is known when its header is due.
 */
#include "crypto/key_write.h"

#include "crypto/der.h"

#define OID(bytes)  (bytes), sizeof(bytes) - 1
#define OID_RSA     OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
#define OID_DSA     OID("\x2a\x86\x48\xce\x38\x04\x01")
#define OID_EC      OID("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_ED25519 OID("\x2b\x65\x70")

struct writer {
    uint8_t *bytes;
    size_t at; /* where what was written begins */
    bool full;
};

static void put(struct writer *w, const void *bytes, size_t len)
{
    if (len > w->at) {
        w->full = true;
        return;
    }
    w->at -= len;
    if (len)
        memcpy(w->bytes + w->at, bytes, len);
}

static void put_byte(struct writer *w, size_t byte)
{
    put(w, &(uint8_t){(uint8_t)byte}, 1);
}

/* The header of a value whose content ends at `end`. */
static void put_header(struct writer *w, uint8_t tag, size_t end)
{
    size_t len = end - w->at;
    if (len < 0x80) {
        put_byte(w, len);
    } else {
        unsigned count = 0;
        for (size_t rest = len; rest; rest >>= 8, count++)
            put_byte(w, rest & 0xff);
        put_byte(w, 0x80 | count);
    }
    put_byte(w, tag);
}

static void put_value(struct writer *w, uint8_t tag, const void *bytes, size_t len)
{
    size_t end = w->at;
    put(w, bytes, len);
    put_header(w, tag, end);
}

static struct span number_trim(struct span number)
{
    while (number.len && number.data[0] == 0)
        number = span_from(number, 1);
    return number;
}

static void put_number(struct writer *w, struct span number)
{
    size_t end = w->at;
    number = number_trim(number);
    put(w, number.data, number.len);
    if (number.len == 0 || number.data[0] & 0x80)
        put_byte(w, 0);
    put_header(w, DER_INTEGER, end);
}

/* What the algorithm identifier has beside the OID. */
static void put_parameters(struct writer *w, const struct key_numbers *key)
{
    size_t end = w->at;
    switch (key->kind) {
    case KEY_RSA:
        put_value(w, DER_NULL, NULL, 0);
        break;
    case KEY_DSA:
        for (int i = 2; i >= 0; i--)
            put_number(w, key->numbers[i]);
        put_header(w, DER_SEQUENCE, end);
        break;
    case KEY_EC:
        put_value(w, DER_OID, key->numbers[0].data, key->numbers[0].len);
        break;
    case KEY_ED25519:
        break;
    }
}

static void put_key(struct writer *w, const struct key_numbers *key)
{
    size_t end = w->at;
    switch (key->kind) {
    case KEY_RSA:
        put_number(w, key->numbers[1]);
        put_number(w, key->numbers[0]);
        put_header(w, DER_SEQUENCE, end);
        break;
    case KEY_DSA:
        put_number(w, key->numbers[3]);
        break;
    case KEY_EC:
        put(w, key->numbers[1].data, key->numbers[1].len);
        break;
    case KEY_ED25519:
        put(w, key->numbers[0].data, key->numbers[0].len);
        break;
    }
    put_byte(w, 0); /* of the BIT STRING: no bits are unused */
    put_header(w, DER_BIT_STRING, end);
}

static void put_algorithm(struct writer *w, enum key_kind kind)
{
    switch (kind) {
    case KEY_RSA:
        put_value(w, DER_OID, OID_RSA);
        break;
    case KEY_DSA:
        put_value(w, DER_OID, OID_DSA);
        break;
    case KEY_EC:
        put_value(w, DER_OID, OID_EC);
        break;
    case KEY_ED25519:
        put_value(w, DER_OID, OID_ED25519);
        break;
    }
}

/* Room for the numbers and for the headers between them; false: one is too long. */
static bool begin(struct writer *w, struct arena *arena, const struct span *numbers, size_t count)
{
    size_t len = 128;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i].len > KEY_NUMBER_LEN_MOST)
            return false;
        len += numbers[i].len + 8;
    }
    *w = (struct writer){.bytes = vpi_arena_bytes(arena, len), .at = len};
    return w->bytes != NULL;
}

static bool finish(const struct writer *w, size_t end, struct span *ret)
{
    if (w->full)
        return false;
    *ret = span_of(w->bytes + w->at, end - w->at);
    return true;
}

bool vpi_spki_write(struct arena *arena, const struct key_numbers *key, struct span *ret)
{
    static const uint8_t counts[] = {[KEY_RSA] = 2, [KEY_DSA] = 4, [KEY_EC] = 2, [KEY_ED25519] = 1};
    struct writer w;
    for (unsigned i = 0; i < counts[key->kind]; i++) {
        if (key->numbers[i].len == 0)
            return false;
    }
    if (key->kind == KEY_ED25519 && key->numbers[0].len != 32)
        return false;
    if (!begin(&w, arena, key->numbers, counts[key->kind]))
        return false;
    size_t end = w.at;
    put_key(&w, key);
    size_t identifier_end = w.at;
    put_parameters(&w, key);
    put_algorithm(&w, key->kind);
    put_header(&w, DER_SEQUENCE, identifier_end);
    put_header(&w, DER_SEQUENCE, end);
    return finish(&w, end, ret);
}

bool vpi_number_pair_write(struct arena *arena, struct span r, struct span s, struct span *ret)
{
    struct writer w;
    if (!begin(&w, arena, (struct span[]){r, s}, 2))
        return false;
    size_t end = w.at;
    put_number(&w, s);
    put_number(&w, r);
    put_header(&w, DER_SEQUENCE, end);
    return finish(&w, end, ret);
}
