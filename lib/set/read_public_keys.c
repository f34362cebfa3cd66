/* read_public_keys.c - public-keys/NAME.csv: keys of signers who don't enclose them
 *
 * The key stands there in full: a certificate in DER, or the body of an OpenPGP public-key packet,
 * in base64.  Its name stands beside it, so that people can compare it with what the source says.
 */
#include "base/base64.h"
#include "set/read_anchors.h"
#include "trust/openpgp.h"

enum { COLUMN_FORM, COLUMN_VALUE, COLUMN_KEY = COLUMN_VALUE + ANCHOR_COLUMNS, COLUMNS };

enum form { FORM_CERTIFICATE, FORM_OPENPGP };

static const char *const words_form[] = {"certificate", "openpgp", NULL};

static const struct csv_column columns[COLUMNS] = {
    [COLUMN_FORM] = {"form", FIELD_WORD, true, words_form},
    ANCHOR_COLUMNS_AT(COLUMN_VALUE),
    [COLUMN_KEY] = {"key", FIELD_TEXT, true, NULL},
};

/* A certificate's SHA-256, an OpenPGP key's fingerprint.  False: the bytes are no such key. */
static bool key_name(struct vp_set *set, enum form form, struct span bytes,
                     uint8_t ret[ANCHOR_HASH])
{
    uint8_t value[DIGEST_MOST] = {0};
    if (!set->crypto && vpi_crypto_new(&set->crypto, NULL) != VP_OK)
        return false;
    if (form == FORM_OPENPGP) {
        struct openpgp_key key;
        struct span spki;
        if (!vpi_openpgp_key_read(set->crypto, bytes, &key) ||
            !vpi_openpgp_spki(&set->arena, &key, &spki))
            return false;
        memcpy(value, key.fingerprint, key.fingerprint_len);
    } else {
        struct certificate certificate;
        if (!vpi_certificate_read(&set->arena, bytes, &certificate) ||
            !span_equal(certificate.whole, bytes) ||
            !vpi_digest(set->crypto, DIGEST_SHA256, bytes, value))
            return false;
    }
    memcpy(ret, value, ANCHOR_HASH);
    return true;
}

static const char *problem(struct vp_set *set, enum form form, const struct csv_field *fields,
                           const struct trust_anchor *anchor)
{
    struct span text = fields[COLUMN_KEY].text;
    uint8_t *bytes = vpi_arena_bytes(&set->arena, text.len / 4 * 3 + 3), name[ANCHOR_HASH];
    size_t len;
    if (!bytes || !vpi_base64_decode(text, bytes, &len))
        return "the key is no base64";
    if (!key_name(set, form, span_of(bytes, len), name))
        return "the key can't be read";
    return memcmp(name, anchor->hash, sizeof name) == 0 ? NULL : "it is not of the key beside it";
}

static void take(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    enum form form = (enum form)vpi_word(words_form, fields[COLUMN_FORM].text);
    bool openpgp = form == FORM_OPENPGP;
    struct trust_anchor anchor = {
        .what = openpgp ? ANCHOR_OPENPGP : ANCHOR_CERTIFICATE,
        .algorithm = openpgp ? DIGEST_SHA1 : DIGEST_SHA256,
    };
    const char *why = NULL;
    if (!vpi_anchor_hash(fields[COLUMN_VALUE].text, anchor.algorithm, anchor.hash))
        why = openpgp ? "is no fingerprint in lower-case hexadecimal"
                      : "is no sha256 in lower-case hexadecimal";
    else
        why = problem(set, form, fields, &anchor);
    if (why) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &fields[COLUMN_VALUE]),
                    "value: '%s': %s", (const char *)fields[COLUMN_VALUE].text.data, why);
        return;
    }
    vpi_anchor_add(set, file, &fields[COLUMN_VALUE], anchor,
                   (const char *)fields[COLUMN_KEY].text.data);
}

void vpi_set_read_public_keys(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, columns, COLUMNS, take);
}
