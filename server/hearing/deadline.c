/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/deadline.h"

#include <stdio.h>
#include <string.h>

enum { SPAN_MAX = 31 }; /* days of one "from/to": longer is a slip of the pen */

static bool read_day(const char *text, GDate *ret_day)
{
    unsigned year = 0, month = 0, day = 0;
    int used = 0;

    if (sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &used) != 3 || used != 10 ||
        text[used] != '\0' || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(ret_day, 1);
    g_date_set_dmy(ret_day, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return true;
}

/* "2026-10-01", or "2026-10-01/2026-10-07" with both ends. */
static bool read_span(const char *text, uint32_t *ret_from, uint32_t *ret_to)
{
    g_auto(GStrv) ends = g_strsplit(text, "/", 3);
    guint count = g_strv_length(ends);
    GDate from, to;

    if (count < 1 || count > 2 || !read_day(g_strstrip(ends[0]), &from) ||
        !read_day(g_strstrip(ends[count - 1]), &to))
        return false;
    *ret_from = g_date_get_julian(&from);
    *ret_to = g_date_get_julian(&to);
    return *ret_from <= *ret_to && *ret_to - *ret_from < SPAN_MAX;
}

static bool read_list(const char *text, uint32_t days[static HEARD_CALENDAR_DAYS_MAX],
                      unsigned *ret_count)
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", ",", HEARD_CALENDAR_DAYS_MAX + 1);

    *ret_count = 0;
    for (unsigned i = 0; parts[i]; i++) {
        uint32_t from, to;

        if (!read_span(g_strstrip(parts[i]), &from, &to))
            return false;
        for (; from <= to; from++) {
            if (*ret_count == HEARD_CALENDAR_DAYS_MAX)
                return false;
            days[(*ret_count)++] = from;
        }
    }
    return true;
}

bool heard_calendar_read(const char *off, const char *on, HeardCalendar *ret_calendar)
{
    return read_list(off, ret_calendar->off, &ret_calendar->off_count) &&
           read_list(on, ret_calendar->on, &ret_calendar->on_count);
}

static bool has(const uint32_t *days, unsigned count, uint32_t day)
{
    for (unsigned i = 0; i < count; i++)
        if (days[i] == day)
            return true;
    return false;
}

static bool is_working(const HeardCalendar *self, const GDate *day)
{
    uint32_t julian = g_date_get_julian(day);

    if (has(self->on, self->on_count, julian))
        return true;
    return g_date_get_weekday(day) <= G_DATE_FRIDAY && !has(self->off, self->off_count, julian);
}

bool heard_calendar_is_working(const HeardCalendar *self, const char *day, bool *ret_is)
{
    GDate date;

    if (!read_day(day, &date))
        return false;
    *ret_is = is_working(self, &date);
    return true;
}

bool heard_calendar_after(const HeardCalendar *self, const char *day, unsigned days,
                          char ret_last[static HEARD_DAY_SIZE])
{
    GDate date;

    if (!read_day(day, &date))
        return false;
    while (days > 0) {
        g_date_add_days(&date, 1);
        days -= is_working(self, &date);
    }
    g_date_strftime(ret_last, HEARD_DAY_SIZE, "%Y-%m-%d", &date);
    return true;
}
