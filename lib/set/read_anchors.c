/* read_anchors.c - anchors/NAME.csv: who is trusted to say who signed, and who is not any more */
#include "base/date.h"
#include "set/read_anchors.h"

enum anchor_column {
    COLUMN_HASH_OF,
    COLUMN_ALGORITHM,
    COLUMN_VALUE,
    COLUMN_PURPOSES,
    COLUMN_TRUST,
    COLUMN_NAME,
    COLUMN_FROM,
    COLUMN_UNTIL,
    COLUMN_SOURCE,
    COLUMNS
};

static const char *const words_hash_of[] = {"tbs", "spki", "certificate", NULL};
static const char *const words_algorithm[] = {"sha1", "sha256", "sha384", "sha512", NULL};
static const char *const words_purpose[] = {"code",     "time",  "driver", "package",
                                            "firmware", "apple", NULL};
const char *const vpi_words_trust[] = {"trusted", "distrusted", NULL};

static const struct csv_column columns[COLUMNS] = {
    [COLUMN_HASH_OF] = {"hash_of", FIELD_WORD, true, words_hash_of},
    [COLUMN_ALGORITHM] = {"algorithm", FIELD_WORD, true, words_algorithm},
    [COLUMN_VALUE] = {"value", FIELD_TEXT, true, NULL},
    [COLUMN_PURPOSES] = {"purposes", FIELD_TEXT, false, NULL},
    [COLUMN_TRUST] = {"trust", FIELD_WORD, true, vpi_words_trust},
    [COLUMN_NAME] = {"name", FIELD_TEXT, true, NULL},
    [COLUMN_FROM] = {"from", FIELD_DATE, false, NULL},
    [COLUMN_UNTIL] = {"until", FIELD_DATE, false, NULL},
    [COLUMN_SOURCE] = {"source", FIELD_TEXT, true, NULL},
};

bool vpi_anchor_purposes(struct span text, unsigned *ret)
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

uint64_t vpi_anchor_seconds(struct span date)
{
    uint32_t days = 0;
    return date.len && vpi_date_parse(date, &days) ? (uint64_t)days * 86400 : 0;
}

static void take(struct vp_set *set, const char *file, const struct csv_row *row)
{
    const struct csv_field *fields = row->fields;
    struct trust_anchor anchor = {
        .what =
            (enum anchor_what)(ANCHOR_TBS + vpi_word(words_hash_of, fields[COLUMN_HASH_OF].text)),
        .algorithm = (enum digest_algorithm)(
            DIGEST_SHA1 + vpi_word(words_algorithm, fields[COLUMN_ALGORITHM].text)),
        .distrusted = vpi_word(vpi_words_trust, fields[COLUMN_TRUST].text) == 1,
        .from = vpi_anchor_seconds(fields[COLUMN_FROM].text),
        .until = vpi_anchor_seconds(fields[COLUMN_UNTIL].text),
        .name = (const char *)fields[COLUMN_NAME].text.data,
    };
    if (!vpi_anchor_hash(fields[COLUMN_VALUE].text, anchor.algorithm, anchor.hash)) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &fields[COLUMN_VALUE]),
                    "value: '%s' is no %s in lower-case hexadecimal",
                    (const char *)fields[COLUMN_VALUE].text.data,
                    (const char *)fields[COLUMN_ALGORITHM].text.data);
        return;
    }
    /* Distrust is for every purpose. */
    if (anchor.distrusted ? fields[COLUMN_PURPOSES].text.len != 0
                          : !vpi_anchor_purposes(fields[COLUMN_PURPOSES].text, &anchor.purposes)) {
        vpi_set_say(set, VP_SEVERITY_ERROR, vpi_csv_place(file, &fields[COLUMN_PURPOSES]),
                    "purposes: '%s' %s", (const char *)fields[COLUMN_PURPOSES].text.data,
                    anchor.distrusted ? "stands beside 'distrusted'" : "is no list of them");
        return;
    }
    struct set_anchor *to = vpi_set_add(set, anchors);
    if (to)
        *to = (struct set_anchor){.row = anchor,
                                  .source = (const char *)fields[COLUMN_SOURCE].text.data,
                                  .key = "",
                                  .place = vpi_csv_place(file, &fields[COLUMN_VALUE])};
}

void vpi_set_read_anchors(struct vp_set *set, const char *file, struct span text)
{
    vpi_csv_read(set, file, text, columns, COLUMNS, take);
}
