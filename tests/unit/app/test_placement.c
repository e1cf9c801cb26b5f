/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/placement.h"

static void test_the_first_hearing_takes_the_first_worker(void **state)
{
    unsigned people[4] = {0};

    (void)state;
    assert_int_equal(heard_placement_pick(people, 1, 8), 0);
    assert_int_equal(heard_placement_pick(people, 4, 8), 0);
}

static void test_hearings_share_a_worker_until_it_is_full(void **state)
{
    unsigned people[3] = {0};

    (void)state;
    for (unsigned hearing = 0; hearing < 3 * HEARD_WORKER_FILL / 8; hearing++) {
        unsigned worker = heard_placement_pick(people, 3, 8);

        assert_int_equal(worker, hearing / (HEARD_WORKER_FILL / 8));
        people[worker] += 8;
    }
}

static void test_with_all_full_the_emptiest_takes_it(void **state)
{
    unsigned people[3] = {HEARD_WORKER_FILL + 9, HEARD_WORKER_FILL - 3, HEARD_WORKER_FILL};

    (void)state;
    assert_int_equal(heard_placement_pick(people, 3, 3), 1); /* just fits */
    assert_int_equal(heard_placement_pick(people, 3, 4), 1); /* the emptiest */
    people[1] = 2 * HEARD_WORKER_FILL;
    assert_int_equal(heard_placement_pick(people, 3, 8), 2);
}

/* Larger than any worker should carry with others: alone where nobody is. */
static void test_a_large_hearing_goes_where_nobody_is(void **state)
{
    unsigned people[3] = {40, 0, 16};

    (void)state;
    assert_int_equal(heard_placement_pick(people, 3, HEARD_WORKER_FILL + 1), 1);
    people[1] = HEARD_WORKER_FILL + 1;
    assert_int_equal(heard_placement_pick(people, 3, 8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_hearing_takes_the_first_worker),
        cmocka_unit_test(test_hearings_share_a_worker_until_it_is_full),
        cmocka_unit_test(test_with_all_full_the_emptiest_takes_it),
        cmocka_unit_test(test_a_large_hearing_goes_where_nobody_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
