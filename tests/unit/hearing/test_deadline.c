/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/deadline.h"

#include <glib.h>
#include <string.h>

/* National Day 2026 with two weekend days made up for. */
static const HeardCalendar *october(void)
{
    static HeardCalendar calendar;

    assert_true(heard_calendar_read("2026-10-01/2026-10-07, 2027-01-01", "2026-09-27,2026-10-10",
                                    &calendar));
    return &calendar;
}

static void falls_on(const HeardCalendar *calendar, const char *day, unsigned days,
                     const char *wanted)
{
    char last[HEARD_DAY_SIZE];

    assert_true(heard_calendar_after(calendar, day, days, last));
    assert_string_equal(last, wanted);
}

static void the_first_day_is_not_counted(void **state)
{
    HeardCalendar plain = {.off_count = 0};
    (void)state;

    falls_on(&plain, "2026-11-23", 3, "2026-11-26"); /* a Monday */
    falls_on(&plain, "2026-11-26", 3, "2026-12-01"); /* a Thursday */
    falls_on(&plain, "2026-11-28", 3, "2026-12-02"); /* a Saturday */
    falls_on(&plain, "2028-02-28", 1, "2028-02-29"); /* leap day */
    falls_on(&plain, "2026-11-23", 0, "2026-11-23");
}

static void holidays_do_not_count_and_made_up_days_do(void **state)
{
    bool is = false;
    (void)state;

    falls_on(october(), "2026-09-30", 3, "2026-10-10"); /* 8, 9, and the Saturday */
    falls_on(october(), "2026-09-25", 1, "2026-09-27"); /* the Sunday */
    falls_on(october(), "2026-12-31", 1, "2027-01-04");
    assert_true(heard_calendar_is_working(october(), "2026-10-10", &is));
    assert_true(is);
    assert_true(heard_calendar_is_working(october(), "2026-10-05", &is));
    assert_false(is);
}

/* Against counting by hand, over three years of days and random holidays. */
static void equals_a_slow_count(void **state)
{
    HeardCalendar calendar = {.off_count = 0};
    GRand *rand = g_rand_new_with_seed(20261128);
    GDate date;
    (void)state;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, 1, G_DATE_JANUARY, 2026);
    for (unsigned i = 0; i < 100; i++)
        calendar.off[calendar.off_count++] =
            g_date_get_julian(&date) + (uint32_t)g_rand_int_range(rand, 0, 1200);
    for (unsigned i = 0; i < 1096; i++) {
        unsigned days = (unsigned)g_rand_int_range(rand, 1, 12), counted = 0;
        char from[HEARD_DAY_SIZE], last[HEARD_DAY_SIZE], at[HEARD_DAY_SIZE];
        GDate step = date;
        bool is = false;

        g_date_strftime(from, sizeof from, "%Y-%m-%d", &date);
        assert_true(heard_calendar_after(&calendar, from, days, last));
        do {
            g_date_add_days(&step, 1);
            g_date_strftime(at, sizeof at, "%Y-%m-%d", &step);
            assert_true(heard_calendar_is_working(&calendar, at, &is));
            counted += is;
        } while (strcmp(at, last) != 0);
        assert_int_equal(counted, days);
        assert_true(is);
        g_date_add_days(&date, 1);
    }
    g_rand_free(rand);
}

static void what_is_no_day_is_refused(void **state)
{
    static const char *const bad[] = {"2026-13-01",
                                      "2026-02-30",
                                      "tomorrow",
                                      "2026-10-07/2026-10-01",
                                      "2026-01-01/2026-12-31",
                                      "2026-1-1",
                                      "2026-10-01x",
                                      "2026-10-01,,",
                                      "/"};
    HeardCalendar calendar;
    char last[HEARD_DAY_SIZE];
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(heard_calendar_read(bad[i], NULL, &calendar));
    assert_true(heard_calendar_read(NULL, NULL, &calendar));
    assert_false(heard_calendar_after(&calendar, "yesterday", 3, last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_day_is_not_counted),
        cmocka_unit_test(holidays_do_not_count_and_made_up_days_do),
        cmocka_unit_test(equals_a_slow_count),
        cmocka_unit_test(what_is_no_day_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
