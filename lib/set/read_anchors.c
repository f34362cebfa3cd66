/* read_anchors.c - anchors/NAME.csv: who is trusted to say who signed, and who is not any more */
#include "base/date.h"
#include "set/read_anchors.h"

enum { COLUMN_HASH_OF, COLUMN_ALGORITHM, COLUMN_VALUE, COLUMNS = COLUMN_VALUE + ANCHOR_COLUMNS };

static const char *const words_hash_of[] = {"tbs", "spki", "certificate", NULL};
static const char *const words_algorithm[] = {"sha1", "sha256", "sha384", "sha512", NULL};
static const char *const words_purpose[] = {"code",     "time",  "driver", "package",
                                            "firmware", "apple", NULL};
const char *const vpi_words_trust[] = {"trusted", "distrusted", NULL};

static const struct csv_column columns[COLUMNS] = {
    [COLUMN_HASH_OF] = {"hash_of", FIELD_WORD, true, words_hash_of},
    [COLUMN_ALGORITHM] = {"algorithm", FIELD_WORD, true, words_algorithm},
    ANCHOR_COLUMNS_AT(COLUMN_VALUE),
};

/* Words apart by one space to a sum of enum anchor_purpose; false: another word, or none. */
static bool purposes_of(struct span text, unsigned *ret)
{
    for (size_t off = 0; off < text.len;) {
        struct span word = span_from(text, off);
        const uint8_t *end = memchr(word.data, ' ', word.len);
        word.len = end ? (size_t)(end - word.data) : word.len;
        int index = vpi_word(words_purpose, word);
        if (index < 0)
            return false;
        *ret |= 1u << index;
        off += word.len + 1;
    }
    return *ret != 0;
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool vpi_anchor_hash(struct span text, enum digest_algorithm algorithm, uint8_t ret[ANCHOR_HASH])
{
    size_t len = vpi_digest_len(algorithm);
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = digit(text.data[2 * i]), low = digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        if (i < ANCHOR_HASH)
            ret[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static uint64_t seconds_of(struct span date)
{
    uint32_t days = 0;
    return date.len && vpi_date_parse(date, &days) ? (uint64_t)days * 86400 : 0;
}

void vpi_anchor_add(struct vp_set *set, const char *file, const struct csv_field *fields,
                    struct trust_anchor anchor, const char *key)
{
    anchor.distrusted = vpi_word(vpi_words_trust, fields[ANCHOR_COLUMN_TRUST].text) == 1;
    anchor.from = seconds_of(fields[ANCHOR_COLUMN_FROM].text);
    anchor.until = seconds_of(fields[ANCHOR_COLUMN_UNTIL].text);
    anchor.name = (const char *)fields[ANCHOR_COLUMN_NAME].text.data;
    const struct csv_field *purposes = &fields[ANCHOR_COLUMN_PURPOSES];
    /* Distrust is for every purpose. */
    if (anchor.distrusted ? purposes->text.len != 0
                          : !purposes_of(purposes->text, &anchor.purposes)) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, purposes), "purposes: '%s' %s",
                    (const char *)purposes->text.data,
                    anchor.distrusted ? "stands beside 'distrusted'" : "is no list of them");
        return;
    }
    struct set_anchor *to = vpi_set_add(set, anchors);
    if (to)
        *to = (struct set_anchor){.row = anchor,
                                  .source = (const char *)fields[ANCHOR_COLUMN_SOURCE].text.data,
                                  .key = key,
                                  .place = vpi_csv_place(file, &fields[ANCHOR_COLUMN_VALUE])};
}

static void take(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    struct trust_anchor anchor = {
        .what =
            (enum anchor_what)(ANCHOR_TBS + vpi_word(words_hash_of, fields[COLUMN_HASH_OF].text)),
        .algorithm = (enum digest_algorithm)(
            DIGEST_SHA1 + vpi_word(words_algorithm, fields[COLUMN_ALGORITHM].text)),
    };
    if (!vpi_anchor_hash(fields[COLUMN_VALUE].text, anchor.algorithm, anchor.hash)) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &fields[COLUMN_VALUE]),
                    "value: '%s' is no %s in lower-case hexadecimal",
                    (const char *)fields[COLUMN_VALUE].text.data,
                    (const char *)fields[COLUMN_ALGORITHM].text.data);
        return;
    }
    vpi_anchor_add(set, file, &fields[COLUMN_VALUE], anchor, "");
}

void vpi_set_read_anchors(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, columns, COLUMNS, take);
}
