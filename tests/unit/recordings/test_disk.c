/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "recordings/disk_gauge.h"
#include "recordings/disk_ladder.h"
#include "recordings/reserve.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOURS(minutes) ((minutes) / 60.0)

static void each_rung_has_its_bound(void **state)
{
    static const struct {
        double hours;
        HeardDiskRung rung;
    } rows[] = {{1000, HEARD_DISK_FINE},
                {8, HEARD_DISK_FINE},
                {7.99, HEARD_DISK_WARN},
                {2, HEARD_DISK_WARN},
                {1.99, HEARD_DISK_LOW},
                {HOURS(5), HEARD_DISK_LOW},
                {HOURS(4.9), HEARD_DISK_ENDING},
                {HOURS(0.5), HEARD_DISK_ENDING},
                {0, HEARD_DISK_FULL}};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardDiskLadder ladder = {0};
        assert_int_equal(heard_disk_ladder_step(&ladder, rows[i].hours), rows[i].rung);
    }
}

static void it_goes_down_at_once_and_up_with_room_to_spare(void **state)
{
    HeardDiskLadder ladder = {0};
    (void)state;

    assert_int_equal(heard_disk_ladder_step(&ladder, 0), HEARD_DISK_FULL);
    assert_int_equal(heard_disk_ladder_step(&ladder, HOURS(0.9)), HEARD_DISK_FULL);
    assert_int_equal(heard_disk_ladder_step(&ladder, HOURS(1.1)), HEARD_DISK_ENDING);
    assert_int_equal(heard_disk_ladder_step(&ladder, HOURS(7.9)), HEARD_DISK_ENDING);
    assert_int_equal(heard_disk_ladder_step(&ladder, 2.4), HEARD_DISK_LOW);
    assert_int_equal(heard_disk_ladder_step(&ladder, 2.6), HEARD_DISK_WARN);
    assert_int_equal(heard_disk_ladder_step(&ladder, 9.9), HEARD_DISK_WARN);
    assert_int_equal(heard_disk_ladder_step(&ladder, 10.1), HEARD_DISK_FINE);
    assert_int_equal(heard_disk_ladder_step(&ladder, 9), HEARD_DISK_FINE);
}

static void what_is_not_known_changes_nothing(void **state)
{
    HeardDiskLadder ladder = {HEARD_DISK_LOW};
    (void)state;

    assert_int_equal(heard_disk_ladder_step(&ladder, -1), HEARD_DISK_LOW);
}

/* Against the words of the header: down to the first bound above, never up within the spare. */
static void random_hours_never_flutter(void **state)
{
    GRand *rand = g_rand_new_with_seed(20261128);
    HeardDiskLadder ladder = {0};
    (void)state;

    for (unsigned i = 0; i < 100000; i++) {
        static const double bounds[] = {8, 2, HOURS(5), HOURS(1) / 12};
        double middle = bounds[g_rand_int_range(rand, 0, 4)];
        double hours = middle * g_rand_double_range(rand, 0.95, 1.05);
        HeardDiskRung before = ladder.rung, plain = HEARD_DISK_FINE;

        for (unsigned b = 0; b < 4; b++)
            plain = hours < bounds[b] ? (HeardDiskRung)(b + 1) : plain;
        heard_disk_ladder_step(&ladder, hours);
        assert_true(ladder.rung >= plain);
        if (plain >= before) /* worse or as bad: told at once */
            assert_int_equal(ladder.rung, plain);
        if (before > plain &&
            hours <= bounds[before - 1] * 1.05) /* five per cent up and down is nothing to tell */
            assert_int_equal(ladder.rung, before);
    }
    g_rand_free(rand);
}

static void hours_are(double got, double wanted)
{
    if (got < wanted - 0.001 || got > wanted + 0.001)
        fail_msg("%f hours, not %f", got, wanted);
}

static void a_young_hearing_counts_with_a_nominal_rate(void **state)
{
    const double hour = HEARD_DISK_GAUGE_NOMINAL * 3600.0;
    (void)state;

    hours_are(heard_disk_gauge_reckon(8 * hour, 0, 0, 0), 8);
    hours_are(heard_disk_gauge_reckon(8 * hour, 0, 1, 1), 8);
    hours_are(heard_disk_gauge_reckon(8 * hour, 0, 2, 2), 4);
    /* one has shown that it needs half, the other is new */
    hours_are(heard_disk_gauge_reckon(8 * hour, HEARD_DISK_GAUGE_NOMINAL / 2, 2, 1), 8 / 1.5);
    hours_are(heard_disk_gauge_reckon(8 * hour, 0, 1, 0),
              8.0 * HEARD_DISK_GAUGE_NOMINAL / HEARD_DISK_GAUGE_LEAST);
    hours_are(heard_disk_gauge_reckon(0, 1, 1, 0), 0);
}

static int64_t size_of(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? info.st_size : -1;
}

static void the_reserve_gives_a_piece_and_takes_it_back(void **state)
{
    g_autofree char *dir = g_dir_make_tmp("heard-reserve-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, HEARD_RESERVE_NAME, NULL);
    HeardReserve reserve, again;
    int64_t whole;
    (void)state;

    heard_reserve_init(&reserve, dir);
    assert_false(heard_reserve_yield(&reserve)); /* nothing there to give */
    heard_reserve_fill(&reserve);
    whole = size_of(path);
    if (whole < 0) { /* a disk that is nearly full, or one that sets nothing aside */
        print_message("# no reserve on this file system\n");
        g_rmdir(dir);
        skip();
    }
    assert_true(whole <= HEARD_RESERVE_BYTES);
    assert_int_equal(reserve.size, whole);
    assert_true(heard_reserve_yield(&reserve));
    assert_int_equal(size_of(path), MAX(whole - HEARD_RESERVE_PIECE, -1));
    heard_reserve_init(&again, dir); /* another server finds it */
    assert_int_equal(again.size, reserve.size);
    while (heard_reserve_yield(&again))
        continue;
    assert_int_equal(size_of(path), -1);
    heard_reserve_fill(&again);
    assert_int_equal(size_of(path), whole);
    g_unlink(path);
    g_rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rung_has_its_bound),
        cmocka_unit_test(it_goes_down_at_once_and_up_with_room_to_spare),
        cmocka_unit_test(what_is_not_known_changes_nothing),
        cmocka_unit_test(random_hours_never_flutter),
        cmocka_unit_test(a_young_hearing_counts_with_a_nominal_rate),
        cmocka_unit_test(the_reserve_gives_a_piece_and_takes_it_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
