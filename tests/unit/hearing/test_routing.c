/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/routing.h"

enum { PEOPLE = 12 };

static HeardRoutingPerson people[PEOPLE];
static const uint32_t silence[HEARD_ROUTING_SPEAKERS_MAX];

static int gather(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PEOPLE; i++) {
        HeardRoutingPerson person = {.id = i + 1, .rank = i, .camera = true, .talks = true};

        people[i] = person;
    }
    return 0;
}

static int slot_of(const HeardRoutingView *view, uint32_t person, HeardShow show)
{
    for (unsigned i = 0; i < view->slot_count; i++) {
        if (view->slots[i].person == person && view->slots[i].show == show)
            return (int)i;
    }
    return -1;
}

static void everybody_fits_and_nobody_sees_himself(void **state)
{
    HeardRoutingView view = {.viewer = 3, .slot_count = 16};
    (void)state;

    assert_int_equal(heard_routing_update(&view, people, PEOPLE, silence), (1u << 11) - 1);
    assert_int_equal(slot_of(&view, 3, HEARD_SHOW_CAMERA), -1);
    for (uint32_t id = 1; id <= PEOPLE; id++)
        assert_true(id == 3 || slot_of(&view, id, HEARD_SHOW_CAMERA) >= 0);
    assert_int_equal(heard_routing_update(&view, people, PEOPLE, silence), 0);
}

static void speakers_come_in_and_the_others_keep_their_slots(void **state)
{
    HeardRoutingView view = {.viewer = 1, .slot_count = 4}, before;
    const uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {11};
    unsigned kept = 0;
    (void)state;

    heard_routing_update(&view, people, PEOPLE, silence);
    before = view;
    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_true(slot_of(&view, 11, HEARD_SHOW_CAMERA) >= 0);
    for (unsigned i = 0; i < 4; i++)
        kept += view.slots[i].person == before.slots[i].person;
    assert_int_equal(kept, 3);
    assert_true(view.slots[slot_of(&view, 11, HEARD_SHOW_CAMERA)].height >
                view.slots[slot_of(&view, 2, HEARD_SHOW_CAMERA)].height);
}

static void a_new_connection_keeps_everybodys_slot(void **state)
{
    HeardRoutingView view = {.viewer = 1, .slot_count = 4}, again = view;
    const uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {11};
    (void)state;

    heard_routing_update(&view, people, PEOPLE, silence);
    heard_routing_update(&view, people, PEOPLE, speaks);
    memcpy(again.slots, view.slots, sizeof view.slots);
    /* Nothing changed, and all of it is new to this connection. */
    assert_int_equal(heard_routing_update(&again, people, PEOPLE, speaks), 0xf);
    assert_memory_equal(again.slots, view.slots, sizeof view.slots);
    assert_int_equal(heard_routing_update(&again, people, PEOPLE, speaks), 0);
    again.begun = false;
    heard_routing_update(&again, people, 2, silence);
    assert_int_equal(slot_of(&again, 11, HEARD_SHOW_CAMERA), -1); /* left meanwhile */
}

static void silence_after_speech_changes_nobody(void **state)
{
    HeardRoutingView view = {.viewer = 1, .slot_count = 2};
    const uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {11, 9};
    (void)state;

    heard_routing_update(&view, people, PEOPLE, speaks);
    heard_routing_update(&view, people, PEOPLE, silence);
    assert_true(slot_of(&view, 11, HEARD_SHOW_CAMERA) >= 0);
    assert_true(slot_of(&view, 9, HEARD_SHOW_CAMERA) >= 0);
}

static void a_screen_has_its_own_slot(void **state)
{
    HeardRoutingView view = {.viewer = 1, .slot_count = 4};
    (void)state;

    heard_routing_update(&view, people, PEOPLE, silence);
    people[4].screen = true;
    heard_routing_update(&view, people, PEOPLE, silence);
    assert_true(slot_of(&view, 5, HEARD_SHOW_SCREEN) >= 0);
    people[0].screen = true; /* the viewer's own screen is not shown to him */
    heard_routing_update(&view, people, PEOPLE, silence);
    assert_int_equal(slot_of(&view, 1, HEARD_SHOW_SCREEN), -1);
    people[4].screen = false;
    heard_routing_update(&view, people, PEOPLE, silence);
    assert_int_equal(slot_of(&view, 5, HEARD_SHOW_SCREEN), -1);
}

static void wishes_come_first_and_a_speaker_is_still_heard(void **state)
{
    HeardRoutingView view = {.viewer = 1, .slot_count = 2, .wish_count = 2};
    const uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {12};
    HeardRoutingWish first = {
        .person = 7, .show = HEARD_SHOW_CAMERA, .height = 540, .pinned = true};
    HeardRoutingWish second = {
        .person = 8, .show = HEARD_SHOW_CAMERA, .height = 90, .pinned = true};
    (void)state;

    view.wishes[0] = first;
    view.wishes[1] = second;
    heard_routing_update(&view, people, PEOPLE, silence);
    assert_int_equal(view.slots[slot_of(&view, 7, HEARD_SHOW_CAMERA)].height, 540);
    assert_true(slot_of(&view, 8, HEARD_SHOW_CAMERA) >= 0);
    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_true(slot_of(&view, 7, HEARD_SHOW_CAMERA) >= 0);
    assert_true(slot_of(&view, 12, HEARD_SHOW_NOTHING) >= 0);
}

static void a_voice_without_a_slot_takes_nobodys_picture(void **state)
{
    HeardRoutingView view = {.viewer = 1, .slot_count = 2, .wish_count = 2, .hears_voices = true};
    const uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {12, 11};
    HeardRoutingWish wish = {.person = 7, .show = HEARD_SHOW_CAMERA, .height = 180};
    (void)state;

    view.wishes[0] = wish;
    wish.person = 8;
    view.wishes[1] = wish;
    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_true(slot_of(&view, 7, HEARD_SHOW_CAMERA) >= 0);
    assert_true(slot_of(&view, 8, HEARD_SHOW_CAMERA) >= 0);
    view.wish_count = 1; /* where there is room, who speaks is shown before others */
    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_true(slot_of(&view, 12, HEARD_SHOW_CAMERA) >= 0);
}

static void a_single_viewer_follows_the_speaker(void **state)
{
    HeardRoutingView view = {.slot_count = 1};
    uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {4};
    (void)state;

    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_int_equal(view.slots[0].person, 4);
    speaks[0] = 6;
    speaks[1] = 4;
    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_int_equal(view.slots[0].person, 6);
}

static void watching_one_shows_nobody_else(void **state)
{
    HeardRoutingView view = {.slot_count = 1, .only_wishes = true, .wish_count = 1};
    HeardRoutingWish wish = {.person = 9, .show = HEARD_SHOW_CAMERA, .height = 720};
    const uint32_t speaks[HEARD_ROUTING_SPEAKERS_MAX] = {4};
    (void)state;

    view.wishes[0] = wish;
    heard_routing_update(&view, people, PEOPLE, speaks);
    assert_int_equal(view.slots[0].person, 9);
    heard_routing_update(&view, people, 5, speaks); /* gone */
    assert_int_equal(view.slots[0].person, 0);
}

/* Slots are never doubled, never the viewer, never somebody who is not there; speakers
 * always have one; a kept person keeps the slot. */
static bool same_slot(const HeardRoutingSlot *a, const HeardRoutingSlot *b)
{
    return a->person == b->person && a->show == b->show && a->height == b->height &&
           a->important == b->important;
}

static void random_rooms_keep_the_promises(void **state)
{
    guint32 seed = 20261123;
    GRand *rand = g_rand_new_with_seed(seed);
    HeardRoutingView view = {.viewer = 2, .slot_count = 5};
    (void)state;

    print_message("# seed %u\n", seed);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned count = (unsigned)g_rand_int_range(rand, 0, PEOPLE + 1);
        uint32_t speakers[HEARD_ROUTING_SPEAKERS_MAX] = {0};
        HeardRoutingView before = view;
        uint32_t changed;

        if (step % 50 == 0) {
            view.slot_count = (unsigned)g_rand_int_range(rand, 1, 9);
            memset(view.slots, 0, sizeof view.slots);
            before = view;
        }
        for (unsigned i = 0; i < PEOPLE; i++) {
            people[i].camera = g_rand_int_range(rand, 0, 4) > 0;
            people[i].screen = g_rand_int_range(rand, 0, 9) == 0;
            people[i].talks = g_rand_int_range(rand, 0, 8) > 0;
        }
        for (unsigned i = 0; i < HEARD_ROUTING_SPEAKERS_MAX; i++)
            speakers[i] = (uint32_t)g_rand_int_range(rand, 1, PEOPLE + 1);
        view.wish_count = (unsigned)g_rand_int_range(rand, 0, 6);
        for (unsigned i = 0; i < view.wish_count; i++) {
            HeardRoutingWish wish = {(uint32_t)g_rand_int_range(rand, 0, PEOPLE + 3),
                                     (HeardShow)g_rand_int_range(rand, 0, 3),
                                     (unsigned)g_rand_int_range(rand, 0, 5000),
                                     g_rand_boolean(rand)};
            view.wishes[i] = wish;
        }
        changed = heard_routing_update(&view, people, count, speakers);
        for (unsigned i = 0; i < view.slot_count; i++) {
            const HeardRoutingSlot *slot = &view.slots[i];
            bool pinned;

            assert_int_not_equal(slot->person, view.viewer);
            assert_true(slot->person <= count);
            assert_true(slot->height <= HEARD_ROUTING_HEIGHT_MAX);
            assert_int_equal((changed >> i) & 1, !same_slot(slot, &before.slots[i]));
            pinned = false;
            for (unsigned k = 0; k < view.wish_count; k++)
                pinned |= view.wishes[k].pinned && view.wishes[k].person == slot->person;
            assert_int_equal(slot->important,
                             slot->person && (pinned || slot->person == speakers[0]));
            for (unsigned j = 0; slot->person && j < view.slot_count; j++) {
                bool same =
                    view.slots[j].person == slot->person &&
                    (view.slots[j].show == HEARD_SHOW_SCREEN) == (slot->show == HEARD_SHOW_SCREEN);

                assert_int_equal(same, i == j);
                same = before.slots[j].person == slot->person &&
                       (before.slots[j].show == HEARD_SHOW_SCREEN) ==
                           (slot->show == HEARD_SHOW_SCREEN);
                assert_true(!same || i == j);
            }
        }
        if (speakers[0] <= count && speakers[0] != view.viewer && people[speakers[0] - 1].talks &&
            (view.slot_count > 1 || view.wish_count == 0))
            assert_true(slot_of(&view, speakers[0], HEARD_SHOW_CAMERA) >= 0 ||
                        slot_of(&view, speakers[0], HEARD_SHOW_NOTHING) >= 0);
    }
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everybody_fits_and_nobody_sees_himself, gather),
        cmocka_unit_test_setup(speakers_come_in_and_the_others_keep_their_slots, gather),
        cmocka_unit_test_setup(a_new_connection_keeps_everybodys_slot, gather),
        cmocka_unit_test_setup(silence_after_speech_changes_nobody, gather),
        cmocka_unit_test_setup(a_screen_has_its_own_slot, gather),
        cmocka_unit_test_setup(wishes_come_first_and_a_speaker_is_still_heard, gather),
        cmocka_unit_test_setup(a_voice_without_a_slot_takes_nobodys_picture, gather),
        cmocka_unit_test_setup(a_single_viewer_follows_the_speaker, gather),
        cmocka_unit_test_setup(watching_one_shows_nobody_else, gather),
        cmocka_unit_test_setup(random_rooms_keep_the_promises, gather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
