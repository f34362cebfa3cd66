/* date.c - days since 1970-01-01 and YYYY-MM-DD */
#include "base/date.h"

static bool leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year));
}

/* Days from 0001-01-01 to the first day of `year`. */
static uint32_t year_start(unsigned year)
{
    unsigned before = year - 1;
    return before * 365 + before / 4 - before / 100 + before / 400;
}

static void put_digits(char *to, unsigned value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
}

void vpi_date_print(uint64_t days, char ret[DATE_TEXT])
{
    ret[0] = 0;
    if (days == 0 || days > DATE_DAYS_MOST)
        return;
    uint32_t left = (uint32_t)days + year_start(1970);
    unsigned year = left / 366 + 1; /* never too late, and at most some years early */
    while (year_start(year + 1) <= left)
        year++;
    left -= year_start(year);
    unsigned month = 1;
    while (left >= month_days(year, month))
        left -= month_days(year, month++);
    put_digits(ret, year, 4);
    ret[4] = '-';
    put_digits(ret + 5, month, 2);
    ret[7] = '-';
    put_digits(ret + 8, left + 1, 2);
    ret[10] = 0;
}

static bool get_digits(struct span text, size_t off, size_t digits, unsigned *ret)
{
    struct span field;
    if (!span_sub(text, off, digits, &field))
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (field.data[i] < '0' || field.data[i] > '9')
            return false;
        value = value * 10 + (unsigned)(field.data[i] - '0');
    }
    *ret = value;
    return true;
}

static bool parse(struct span text, unsigned *ret_year, unsigned *ret_month, unsigned *ret_day)
{
    *ret_month = 1;
    *ret_day = 1;
    if (text.len != 4 && text.len != 7 && text.len != 10)
        return false;
    if (!get_digits(text, 0, 4, ret_year) || *ret_year == 0)
        return false;
    if (text.len >= 7 && (text.data[4] != '-' || !get_digits(text, 5, 2, ret_month)))
        return false;
    if (*ret_month < 1 || *ret_month > 12)
        return false;
    if (text.len == 10 && (text.data[7] != '-' || !get_digits(text, 8, 2, ret_day)))
        return false;
    return *ret_day >= 1 && *ret_day <= month_days(*ret_year, *ret_month);
}

bool vpi_date_parse(struct span text, uint32_t *ret_days)
{
    unsigned year, month, day;
    if (text.len != 10 || !parse(text, &year, &month, &day) || year < 1970)
        return false;
    uint32_t days = year_start(year) - year_start(1970);
    for (unsigned m = 1; m < month; m++)
        days += month_days(year, m);
    days += day - 1;
    if (days == 0)
        return false;
    *ret_days = days;
    return true;
}

bool vpi_date_partial(struct span text)
{
    unsigned year, month, day;
    return parse(text, &year, &month, &day);
}
