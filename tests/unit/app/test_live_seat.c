/* SPDX-License-Identifier: Apache-2.0 */

/* One seat, and a newer peer that wants it: nothing changes before that one is connected. */
#include "live_party.h"

#include "server/app/live_private.h"
#include "server/base/error.h"

static void connected(unsigned peer)
{
    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, peer);
}

static void gone(unsigned peer)
{
    house_worker_event(&house, HEARD_WORKER_PEER_GONE, peer);
}

/* An offer and nothing more; the worker's number of the peer. */
static unsigned offer(HeardLiveJoinKind kind, const char *role, char **ret_address)
{
    g_autofree char *address =
        house_join(&house, kind, house.demo->hearing_id, house_seat(&house, role), NULL, NULL);

    if (ret_address)
        *ret_address = g_steal_pointer(&address);
    return house_last_peer();
}

static HeardLiveHearing *hearing_of_house(void)
{
    return heard_live_find(house.live, house.demo->hearing_id);
}

/* The rules have settled, whatever the tick of a second would have found. */
static bool in_media(const char *role)
{
    HeardLiveHearing *hearing = hearing_of_house();
    uint16_t person = heard_hearing_find(&hearing->rules, house_seat(&house, role));

    heard_live_reconcile(hearing, person);
    json_decref(client_ask(&clerk, "hand.lower", NULL));
    return hearing->rules.people[person].in_media;
}

/* Where the stand-ins were told this, or NULL. */
G_GNUC_PRINTF(1, 2) static const char *found(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return strstr(house_told->str, text);
}

static void forget_what_was_told(void)
{
    g_string_truncate(house_told, 0);
}

/* What came until now, by type and "; " after each. */
static char *events_of(Client *client)
{
    GString *types = g_string_new(NULL);
    json_t *event;

    json_decref(client_ask(client, "hand.lower", NULL));
    while ((event = g_queue_pop_head(&client->events))) {
        g_string_append_printf(types, "%s; ", json_string_value(json_object_get(event, "type")));
        json_decref(event);
    }
    return g_string_free(types, FALSE);
}

static void none_came(Client *client, const char *type)
{
    g_autofree char *events = events_of(client);

    if (strstr(events, type))
        fail_msg("%s came: %s", type, events);
}

static void forget_events(void)
{
    g_free(events_of(&presiding));
    g_free(events_of(&clerk));
    g_free(events_of(&petitioner));
    g_string_truncate(house_told, 0);
}

/* The petitioner is heard and seen by the presiding officer; the numbers of their peers. */
static unsigned seen_and_heard(unsigned *ret_viewer)
{
    unsigned holder;

    open_hearing();
    holder = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    connected(holder);
    client_do(&petitioner, "media.state", "{\"microphone\":true,\"camera\":true,\"screen\":false}");
    *ret_viewer = offer(HEARD_LIVE_PEER, "presiding", NULL);
    connected(*ret_viewer);
    house_worker_event(&house, HEARD_WORKER_SPEAKERS, holder);
    assert_true(in_media("petitioner"));
    assert_non_null(found("slot %u.0=%u/1", *ret_viewer, holder));
    forget_events();
    return holder;
}

static void one_that_never_connects_changes_nothing(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    assert_true(in_media("petitioner"));
    assert_null(found("remove %u", holder));
    assert_null(found("=%u/", newcomer)); /* in nobody's slot */
    assert_non_null(found("deny %u/0", newcomer));
    assert_non_null(found("deny %u/1", newcomer));
    assert_null(found("allow %u", newcomer));
    gone(newcomer);
    assert_true(in_media("petitioner"));
    none_came(&petitioner, "media.dropped");
    none_came(&petitioner, "slots.changed");
    none_came(&presiding, "participant.changed");
    none_came(&presiding, "slots.changed");
    assert_null(found("remove"));
    assert_null(found("slot %u.", viewer));
    assert_int_equal(hearing_of_house()->peers->len, 2);
    hang_up();
}

static void one_that_connects_takes_the_seat(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    const char *shown, *removed, *heard;
    g_autofree char *told = NULL, *own = NULL;
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    /* What it will see is bound before it is there, so that its first picture waits for nobody. */
    assert_non_null(found("slot %u.0=%u/", newcomer, viewer));
    connected(newcomer);
    shown = found("slot %u.0=%u/1", viewer, newcomer);
    removed = found("remove %u; ", holder);
    heard = found("allow %u/0; allow %u/1; ", newcomer, newcomer);
    assert_true(shown && removed && heard);
    /* The old picture stays until the new one; and nobody is recorded twice at a time. */
    assert_true(shown < removed && removed < heard);
    assert_int_equal(hearing_of_house()->rooms[HEARD_ROOM_MAIN].speakers[0], newcomer);
    assert_true(in_media("petitioner"));
    told = events_of(&presiding);
    assert_null(strstr(told, "participant.changed"));
    assert_null(strstr(told, "slots.changed"));
    own = events_of(&petitioner);
    assert_null(strstr(own, "media.dropped"));
    assert_non_null(strstr(own, "slots.changed")); /* of the new one: it may have others */
    gone(holder); /* the worker's word about the one that was removed comes late */
    assert_true(in_media("petitioner"));
    hang_up();
}

static void its_slots_are_told_when_it_has_the_seat(void **state)
{
    unsigned viewer, newcomer;
    g_autoptr(json_t) changed = NULL;
    g_autoptr(json_t) now = NULL;
    HeardLiveHearing *hearing;
    uint16_t person;
    (void)state;

    seen_and_heard(&viewer);
    hearing = hearing_of_house();
    person = heard_hearing_find(&hearing->rules, house_seat(&house, "petitioner"));
    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    house_worker_event(&house, HEARD_WORKER_SPEAKERS, viewer);
    now = heard_slots_json(hearing, person);
    assert_int_equal(json_array_size(now), 1); /* of one peer, not of both */
    connected(newcomer);
    changed = client_event(&petitioner, "slots.changed");
    assert_int_equal(json_array_size(json_object_get(json_object_get(changed, "data"), "slots")),
                     1);
    hang_up();
}

static void only_one_waits(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), first, second;
    (void)state;

    first = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    second = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    assert_non_null(found("remove %u; add %u; ", first, second));
    assert_null(found("remove %u", holder));
    assert_int_equal(hearing_of_house()->peers->len, 3);
    connected(first); /* a word that was on its way */
    assert_null(found("remove %u", holder));
    connected(second);
    assert_non_null(found("remove %u", holder));
    assert_int_equal(hearing_of_house()->peers->len, 2);
    assert_true(in_media("petitioner"));
    hang_up();
}

/* An offer of a page that is gone arrives late, while the page that is there shakes hands. */
static void a_late_one_does_not_stop_one_on_its_way(void **state)
{
    unsigned here, late, later;
    (void)state;

    open_hearing();
    here = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    late = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    assert_null(found("remove %u", here));
    connected(here);
    assert_true(in_media("petitioner"));
    later = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    assert_non_null(found("remove %u", late));
    gone(later);
    none_came(&petitioner, "media.dropped");
    assert_null(found("remove %u", here));
    assert_true(in_media("petitioner"));
    hang_up();
}

static void two_a_seat_where_none_connects(void **state)
{
    unsigned oldest, older, newest;
    (void)state;

    open_hearing();
    oldest = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    older = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    newest = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    assert_non_null(found("remove %u; ", oldest));
    assert_non_null(found("allow %u/0", older)); /* the seat is its own now */
    assert_null(found("remove %u", older));
    connected(newest);
    assert_non_null(found("remove %u", older));
    assert_true(in_media("petitioner"));
    hang_up();
}

static void whoever_is_sent_out_loses_both(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    g_autofree char *hold = NULL, *events = NULL;
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    hold = g_strdup_printf("{\"participant\":\"%s\",\"reason\":\"later\"}",
                           house_seat(&house, "petitioner"));
    forget_what_was_told();
    client_do(&clerk, "participant.hold", hold);
    assert_non_null(found("remove %u; ", holder));
    assert_non_null(found("remove %u; ", newcomer));
    assert_null(found("allow %u", newcomer));
    events = events_of(&petitioner);
    assert_non_null(strstr(events, "media.dropped"));
    assert_null(strstr(strstr(events, "media.dropped") + 1, "media.dropped")); /* once */
    connected(newcomer);
    assert_false(in_media("petitioner"));
    hang_up();
}

static void a_close_ends_both(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    client_do(&presiding, "hearing.close", "{\"outcome\":\"explained\",\"note\":\"all said\"}");
    assert_non_null(found("remove %u; ", holder));
    assert_non_null(found("remove %u; ", newcomer));
    assert_int_equal(hearing_of_house()->peers->len, 0);
    hang_up();
}

static bool leave(const char *role, const char *address)
{
    return heard_live_leave(house.live, house.demo->hearing_id, house_seat(&house, role), address,
                            NULL);
}

static void each_leaves_alone(void **state)
{
    g_autofree char *old = NULL, *next = NULL, *last = NULL;
    unsigned holder, newcomer;
    (void)state;

    open_hearing();
    holder = offer(HEARD_LIVE_PEER, "petitioner", &old);
    connected(holder);
    newcomer = offer(HEARD_LIVE_PEER, "petitioner", &next);
    assert_true(leave("petitioner", next));
    assert_false(leave("petitioner", next));
    assert_non_null(found("remove %u", newcomer));
    assert_null(found("remove %u", holder));
    assert_true(in_media("petitioner"));

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", &last);
    assert_true(leave("petitioner", old));
    assert_non_null(found("remove %u; allow %u/0", holder, newcomer));
    assert_false(in_media("petitioner"));
    connected(newcomer);
    assert_true(in_media("petitioner"));
    assert_true(leave("petitioner", last));
    assert_false(in_media("petitioner"));
    hang_up();
}

static void a_lost_seat_is_told_when_nobody_is_on_the_way(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    g_autofree char *events = NULL;
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    gone(holder);
    none_came(&petitioner, "media.dropped"); /* it would end the one that is on its way */
    none_came(&presiding, "slots.changed");
    assert_non_null(found("slot %u.0=%u/1", viewer, newcomer));
    assert_non_null(found("allow %u/0", newcomer));
    gone(newcomer);
    events = events_of(&petitioner);
    assert_non_null(strstr(events, "media.dropped"));
    assert_false(in_media("petitioner"));
    hang_up();
}

static char *block(bool blocked)
{
    return g_strdup_printf("{\"participant\":\"%s\",\"source\":\"microphone\",\"blocked\":%s}",
                           house_seat(&house, "petitioner"), blocked ? "true" : "false");
}

static void the_presiding_officers_word_counts_for_both(void **state)
{
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    g_autofree char *off = block(true), *on = block(false);
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    client_do(&clerk, "participant.block", off);
    forget_what_was_told();
    client_do(&clerk, "participant.block", on);
    assert_non_null(found("allow %u/0", holder));
    assert_null(found("allow %u", newcomer)); /* it waits */
    client_do(&clerk, "participant.block", off);
    forget_what_was_told();
    connected(newcomer);
    assert_null(found("allow %u/0", newcomer));
    assert_non_null(found("allow %u/1", newcomer));
    hang_up();
}

static void figures_are_those_of_the_seat(void **state)
{
    static const HeardPeerStats fine = {.rtt_us = 40000, .up_bps = 900000};
    unsigned viewer, holder = seen_and_heard(&viewer), newcomer;
    g_autofree char *events = NULL;
    (void)state;

    newcomer = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    house_worker_event(&house, HEARD_WORKER_SOURCE_STARTED, newcomer);
    house_stats(&house, newcomer, &fine);
    none_came(&clerk, "quality.changed");
    house_stats(&house, holder, &fine);
    events = events_of(&clerk);
    assert_non_null(strstr(events, "quality.changed"));
    connected(newcomer);
    heard_live_quality_tick(hearing_of_house());
    heard_live_quality_tick(hearing_of_house());
    none_came(&clerk, "quality.changed"); /* neither lost nor anew */
    hang_up();
}

static void the_old_one_may_restart_ice_meanwhile(void **state)
{
    static const char fragment[] = "a=ice-ufrag:newu\r\na=ice-pwd:newpwdnewpwdnewpwdnewpwd\r\n"
                                   "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
    g_autofree char *old = NULL, *answer = NULL;
    unsigned holder;
    (void)state;

    open_hearing();
    holder = offer(HEARD_LIVE_PEER, "petitioner", &old);
    connected(holder);
    offer(HEARD_LIVE_PEER, "petitioner", NULL);
    answer =
        heard_live_restart_ice(house.live, house.demo->hearing_id, house_seat(&house, "petitioner"),
                               old, fragment, strlen(fragment), NULL);
    assert_non_null(answer);
    assert_non_null(found("restart %u newu", holder));
    hang_up();
}

/* An encoder that was switched off and on: no signaling, its packets say what it sends. */
static void an_encoder_that_comes_again(void **state)
{
    unsigned viewer, holder, newcomer;
    (void)state;

    enter(&presiding, "presiding");
    enter(&clerk, "clerk");
    viewer = offer(HEARD_LIVE_PEER, "presiding", NULL);
    connected(viewer);
    holder = offer(HEARD_LIVE_WHIP, "department", NULL);
    connected(holder);
    for (unsigned s = 0; s < 2; s++) {
        HeardWorkerEvent event = {
            .kind = HEARD_WORKER_SOURCE_STARTED, .room = 1, .peer = holder, .source = s};

        heard_live_on_worker_event(&event, house.live);
    }
    assert_true(in_media("department"));
    assert_non_null(found("slot %u.0=%u/1@3", viewer, holder));
    g_free(events_of(&presiding));
    newcomer = offer(HEARD_LIVE_WHIP, "department", NULL);
    gone(newcomer);
    newcomer = offer(HEARD_LIVE_WHIP, "department", NULL);
    assert_null(found("remove %u", holder));
    forget_what_was_told();
    connected(newcomer);
    assert_non_null(found("slot %u.0=%u/1@3", viewer, newcomer));
    assert_null(found("slot %u.0=%u/1@0", viewer, newcomer)); /* the picture stays */
    assert_non_null(found("remove %u", holder));
    assert_true(in_media("department"));
    none_came(&presiding, "slots.changed");
    client_close(&presiding);
    client_close(&clerk);
}

static void a_programs_label_is_a_seat(void **state)
{
    g_autofree char *first = house_join(&house, HEARD_LIVE_WHIP, "load-0", NULL, NULL, NULL);
    g_autofree char *watching = NULL, *second = NULL;
    unsigned holder = house_last_peer(), viewer, newcomer;
    (void)state;

    connected(holder);
    house_worker_event(&house, HEARD_WORKER_SOURCE_STARTED, holder);
    watching = house_join(&house, HEARD_LIVE_WHEP, "load-0", NULL, "camera-1", NULL);
    viewer = house_last_peer();
    connected(viewer);
    assert_non_null(found("slot %u.0=%u/", viewer, holder));
    second = house_join(&house, HEARD_LIVE_WHIP, "load-0", NULL, NULL, NULL);
    newcomer = house_last_peer();
    assert_null(found("remove"));
    connected(newcomer);
    assert_non_null(found("slot %u.0=%u/", viewer, newcomer));
    assert_non_null(found("remove %u; allow %u/0", holder, newcomer));
}

static void watching_devices_stand_beside_it(void **state)
{
    unsigned holder, watching[HEARD_LIVE_WHEP_MAX + 1];
    (void)state;

    open_hearing();
    holder = offer(HEARD_LIVE_PEER, "petitioner", NULL);
    connected(holder);
    for (unsigned i = 0; i < G_N_ELEMENTS(watching); i++) {
        watching[i] = offer(HEARD_LIVE_WHEP, "petitioner", NULL);
        connected(watching[i]);
    }
    assert_non_null(found("remove %u; ", watching[0]));
    assert_null(found("remove %u; ", watching[1]));
    assert_null(found("remove %u; ", holder));
    connected(offer(HEARD_LIVE_PEER, "petitioner", NULL));
    assert_non_null(found("remove %u; ", holder));
    assert_null(found("remove %u; ", watching[1]));
    hang_up();
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest tests[] = {
        CASE(one_that_never_connects_changes_nothing),
        CASE(one_that_connects_takes_the_seat),
        CASE(its_slots_are_told_when_it_has_the_seat),
        CASE(only_one_waits),
        CASE(a_late_one_does_not_stop_one_on_its_way),
        CASE(two_a_seat_where_none_connects),
        CASE(whoever_is_sent_out_loses_both),
        CASE(a_close_ends_both),
        CASE(each_leaves_alone),
        CASE(a_lost_seat_is_told_when_nobody_is_on_the_way),
        CASE(the_presiding_officers_word_counts_for_both),
        CASE(figures_are_those_of_the_seat),
        CASE(the_old_one_may_restart_ice_meanwhile),
        CASE(an_encoder_that_comes_again),
        CASE(a_programs_label_is_a_seat),
        CASE(watching_devices_stand_beside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
