/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/layer.h"

static const HeardLayer all_alive[3] = {
    {true, 180, 150000}, {true, 360, 500000}, {true, 720, 1500000}};

static int choose(HeardLayerChoice *choice, const HeardLayer *layers, uint16_t height,
                  int64_t now_us)
{
    return heard_layer_choose(choice, layers, 3, height, UINT32_MAX, now_us);
}

static void takes_the_lowest_that_fills(void **state)
{
    static const struct {
        uint16_t height;
        int layer;
    } rows[] = {{0, HEARD_LAYER_NONE},
                {90, 0},
                {180, 0},
                {200, 0},
                {240, 1},
                {360, 1},
                {480, 2},
                {720, 2},
                {2160, 2}};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardLayerChoice choice = {0};
        assert_int_equal(choose(&choice, all_alive, rows[i].height, 0), rows[i].layer);
    }
}

static void guesses_heights_that_are_not_known(void **state)
{
    static const HeardLayer layers[3] = {{true, 0, 0}, {true, 0, 0}, {true, 0, 0}};
    HeardLayerChoice choice = {0};
    (void)state;

    assert_int_equal(choose(&choice, layers, 360, 0), 1);
}

static void falls_at_once_and_rises_calmly(void **state)
{
    HeardLayer layers[3];
    HeardLayerChoice choice = {0};
    (void)state;

    memcpy(layers, all_alive, sizeof(layers));
    assert_int_equal(choose(&choice, layers, 720, 0), 2);
    layers[2].alive = false;
    assert_int_equal(choose(&choice, layers, 720, 1000), 1);
    layers[2].alive = true;
    assert_int_equal(choose(&choice, layers, 720, 2000), 1);
    assert_int_equal(choose(&choice, layers, 720, 1000 + HEARD_LAYER_UP_US), 1);
    assert_int_equal(choose(&choice, layers, 720, 2000 + HEARD_LAYER_UP_US), 2);
}

static void serves_a_new_wish_at_once(void **state)
{
    HeardLayerChoice choice = {0};
    (void)state;

    assert_int_equal(choose(&choice, all_alive, 180, 0), 0);
    assert_int_equal(choose(&choice, all_alive, 720, 1), 2);
    assert_int_equal(choose(&choice, all_alive, 0, 2), HEARD_LAYER_NONE);
    assert_int_equal(choose(&choice, all_alive, 720, 3), 2);
}

static void respects_the_bandwidth(void **state)
{
    HeardLayerChoice choice = {0};
    (void)state;

    assert_int_equal(heard_layer_choose(&choice, all_alive, 3, 720, 600000, 0), 1);
    assert_int_equal(heard_layer_choose(&choice, all_alive, 3, 720, 100000, 1), 0);
}

static void waits_where_nothing_is_alive(void **state)
{
    static const HeardLayer dead[3];
    HeardLayerChoice choice = {0};
    (void)state;

    assert_int_equal(choose(&choice, dead, 720, 0), HEARD_LAYER_NONE);
    choose(&choice, all_alive, 720, 1);
    assert_int_equal(choose(&choice, dead, 720, 2), 2);
}

/* Whatever lives and dies: never a dead layer while another one lives, and never up twice
 * within the waiting time. */
static void never_shows_a_dead_layer(void **state)
{
    uint32_t seed = 3141;
    HeardLayerChoice choice = {0};
    int64_t risen_us = INT64_MIN / 2;
    int before = HEARD_LAYER_NONE;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int64_t now_us = 0; now_us < 100000000; now_us += 50000) {
        HeardLayer layers[3];
        bool any = false;
        int now;
        memcpy(layers, all_alive, sizeof(layers));
        for (int i = 0; i < 3; i++) {
            layers[i].alive = (now_us / 700000 + i) % 3 != 0 || next_random(&seed) % 4 != 0;
            any |= layers[i].alive;
        }
        now = choose(&choice, layers, 720, now_us);
        if (any)
            assert_true(now != HEARD_LAYER_NONE && layers[now].alive);
        if (before != HEARD_LAYER_NONE && now > before && any && layers[before].alive) {
            assert_true(now_us - risen_us >= HEARD_LAYER_UP_US);
            risen_us = now_us;
        }
        before = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_lowest_that_fills),
        cmocka_unit_test(guesses_heights_that_are_not_known),
        cmocka_unit_test(falls_at_once_and_rises_calmly),
        cmocka_unit_test(serves_a_new_wish_at_once),
        cmocka_unit_test(respects_the_bandwidth),
        cmocka_unit_test(waits_where_nothing_is_alive),
        cmocka_unit_test(never_shows_a_dead_layer),
    };

    return cmocka_run_group_tests_name("media layer", tests, NULL, NULL);
}
