/* der_time.c - UTCTime and GeneralizedTime to seconds since 1970, without the C library's clock */
#include "crypto/certificate.h"

enum { UTC_DIGITS = 12, UTC_SHORT = 10, GENERAL_DIGITS = 14, PIVOT = 50 };

static int64_t days_before(int64_t year, unsigned month, unsigned day)
{
    static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int64_t past = year - 1;
    int64_t days = past * 365 + past / 4 - past / 100 + past / 400 - 719162; /* 0001 to 1970 */
    return days + before[month - 1] + (leap && month > 2) + day - 1;
}

static unsigned days_of(int64_t year, unsigned month)
{
    return (
        unsigned)((month == 12 ? days_before(year + 1, 1, 1) : days_before(year, month + 1, 1)) -
                  days_before(year, month, 1));
}

static unsigned two(const uint8_t *digits)
{
    return (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
}

/* +hhmm or -hhmm, which RFC 5280 forbids and old time-stampers wrote; "Z"; a fraction before. */
static bool zone_read(struct span rest, int64_t *ret)
{
    *ret = 0;
    if (rest.len && (rest.data[0] == '.' || rest.data[0] == ',')) {
        rest = span_from(rest, 1);
        while (rest.len && rest.data[0] >= '0' && rest.data[0] <= '9')
            rest = span_from(rest, 1);
    }
    if (rest.len == 1 && rest.data[0] == 'Z')
        return true;
    if (rest.len != 5 || (rest.data[0] != '+' && rest.data[0] != '-'))
        return false;
    for (size_t i = 1; i < rest.len; i++) {
        if (rest.data[i] < '0' || rest.data[i] > '9')
            return false;
    }
    *ret = (int64_t)two(rest.data + 1) * 3600 + (int64_t)two(rest.data + 3) * 60;
    if (rest.data[0] == '-')
        *ret = -*ret;
    return true;
}

bool vpi_der_time(struct span content, int64_t *ret)
{
    size_t digits = 0;
    int64_t zone;
    while (digits < content.len && content.data[digits] >= '0' && content.data[digits] <= '9')
        digits++;
    if ((digits != UTC_DIGITS && digits != UTC_SHORT && digits != GENERAL_DIGITS) ||
        !zone_read(span_from(content, digits), &zone))
        return false;
    const uint8_t *at = content.data;
    int64_t year = two(at);
    if (digits == GENERAL_DIGITS) {
        year = year * 100 + two(at + 2);
        at += 2;
    } else {
        year += year < PIVOT ? 2000 : 1900; /* RFC 5280, 4.1.2.5.1 */
    }
    unsigned month = two(at + 2), day = two(at + 4), hour = two(at + 6), minute = two(at + 8);
    unsigned second = digits == UTC_SHORT ? 0 : two(at + 10);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of(year, month) || hour > 23 ||
        minute > 59 || second > 60)
        return false;
    *ret = days_before(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 +
           second - zone;
    return true;
}
