/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/local_time.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

void heard_local_date(const char *zone, int64_t wall_ms, char ret_date[static 9])
{
    g_autoptr(GTimeZone) named = zone ? g_time_zone_new_identifier(zone) : NULL;
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(wall_ms / 1000);
    g_autoptr(GDateTime) here = g_date_time_to_timezone(utc, named ? named : local);
    g_autofree char *text = g_date_time_format(here, "%Y%m%d");

    g_strlcpy(ret_date, text, 9);
}

static GDateTime *midnight_of(const char *day, int64_t wall_ms)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(wall_ms / 1000);
    int year = 0, month = 0, date = 0, used = 0;

    if (!day)
        g_date_time_get_ymd(now, &year, &month, &date);
    else if (strlen(day) != 10 || sscanf(day, "%4d-%2d-%2d%n", &year, &month, &date, &used) != 3 ||
             used != 10)
        return NULL;
    return g_date_time_new_local(year, month, date, 0, 0, 0);
}

bool heard_local_day(const char *day, int64_t wall_ms, int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    g_autoptr(GDateTime) from = midnight_of(day, wall_ms);
    g_autoptr(GDateTime) to = from ? g_date_time_add_days(from, 1) : NULL;

    if (!to)
        return false;
    *ret_from_ms = g_date_time_to_unix(from) * 1000;
    *ret_to_ms = g_date_time_to_unix(to) * 1000;
    return true;
}
