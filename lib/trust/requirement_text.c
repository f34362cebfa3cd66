/* requirement_text.c - how the values of requirements are written
 *
 * As Apple's Security-61901.0.87.0.1 does (OSX/libsecurity_codesigning/lib/reqdumper.cpp, data;
 * words that need quotes: RequirementKeywords.h), so that csreq would read it back
 * (requirements.grammar).
 */
#include "trust/requirement.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"

enum { OID_SHIFT = 7, DAY_SECONDS = 86400, DAYS_TO_2001 = 11323 };

static void put_byte(struct requirement_text *to, uint8_t byte)
{
    if (to->len == REQUIREMENT_TEXT_MOST) {
        to->full = true;
        return;
    }
    to->bytes[to->len++] = byte;
}

void vpi_requirement_put(struct requirement_text *to, const char *words)
{
    for (; *words; words++)
        put_byte(to, (uint8_t)*words);
}

void vpi_requirement_number(struct requirement_text *to, int64_t number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    vpi_requirement_put(to, digits);
}

void vpi_requirement_hex(struct requirement_text *to, struct span bytes)
{
    for (size_t i = 0; i < bytes.len && !to->full; i++) {
        put_byte(to, (uint8_t) "0123456789abcdef"[bytes.data[i] >> 4]);
        put_byte(to, (uint8_t) "0123456789abcdef"[bytes.data[i] & 15]);
    }
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Of ASCII, as isgraph and isspace are in the C locale. */
static bool is_quotable(uint8_t c)
{
    return (c > ' ' && c < 0x7f) || c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_keyword(struct span bytes)
{
    static const char *const words[] = {
        "",         "absent",  "always",      "anchor",     "and",         "apple",
        "cdhash",   "cert",    "certificate", "designated", "entitlement", "exists",
        "false",    "generic", "guest",       "host",       "identifier",  "info",
        "leaf",     "legacy",  "library",     "never",      "notarized",   "or",
        "platform", "plugin",  "root",        "timestamp",  "true",        "trusted"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (span_equal(bytes, span_text(words[i])))
            return true;
    }
    return false;
}

static bool is_word(struct span bytes, bool dots)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        if (!is_letter(c) && !(is_digit(c) && i > 0) && !(c == '.' && dots))
            return false;
    }
    return !is_keyword(bytes);
}

void vpi_requirement_value(struct requirement_text *to, struct span bytes, bool dots)
{
    bool word = is_word(bytes, dots), quotable = true;
    for (size_t i = 0; i < bytes.len; i++)
        quotable &= is_quotable(bytes.data[i]);
    if (!quotable) {
        vpi_requirement_put(to, "0x");
        vpi_requirement_hex(to, bytes);
        return;
    }
    if (!word)
        put_byte(to, '"');
    for (size_t i = 0; i < bytes.len && !to->full; i++) {
        if (bytes.data[i] == '"' || bytes.data[i] == '\\')
            put_byte(to, '\\');
        put_byte(to, bytes.data[i]);
    }
    if (!word)
        put_byte(to, '"');
}

/* The next arc; false: it has no end, or is larger than any that is in use. */
static bool next_arc(struct span content, size_t *at, uint64_t *ret)
{
    uint64_t arc = 0;
    while (*at < content.len && arc <= UINT64_MAX >> OID_SHIFT) {
        uint8_t byte = content.data[(*at)++];
        arc = arc << OID_SHIFT | (byte & 0x7f);
        if (!(byte & 0x80)) {
            *ret = arc;
            return arc <= INT64_MAX;
        }
    }
    return false;
}

void vpi_requirement_oid(struct requirement_text *to, struct span content)
{
    size_t begin = to->len, at = 0;
    uint64_t arc;
    bool good = next_arc(content, &at, &arc);
    if (good) {
        uint64_t first = arc < 80 ? arc / 40 : 2;
        vpi_requirement_number(to, (int64_t)first);
        put_byte(to, '.');
        vpi_requirement_number(to, (int64_t)(arc - first * 40));
    }
    while (good && at < content.len && !to->full) {
        good = next_arc(content, &at, &arc);
        put_byte(to, '.');
        vpi_requirement_number(to, (int64_t)arc);
    }
    if (good)
        return;
    to->len = begin;
    vpi_requirement_put(to, "0x");
    vpi_requirement_hex(to, content);
}

/* As the grammar has it; Apple's own printer writes how CoreFoundation describes a date, which
 * can't be read back. */
void vpi_requirement_time(struct requirement_text *to, int64_t seconds)
{
    char day[DATE_TEXT], text[48];
    int64_t within = seconds % DAY_SECONDS, days = seconds / DAY_SECONDS + DAYS_TO_2001;
    if (within < 0) {
        within += DAY_SECONDS;
        days--;
    }
    if (days <= 0 || days > DATE_DAYS_MOST) {
        vpi_requirement_put(to, "timestamp /* seconds from 2001: ");
        vpi_requirement_number(to, seconds);
        vpi_requirement_put(to, " */");
        return;
    }
    vpi_date_print((uint64_t)days, day);
    snprintf(text, sizeof text, "timestamp \"%.4s%.2s%.2s%02d%02d%02dZ\"", day, day + 5, day + 8,
             (int)(within / 3600), (int)(within / 60 % 60), (int)(within % 60));
    vpi_requirement_put(to, text);
}
