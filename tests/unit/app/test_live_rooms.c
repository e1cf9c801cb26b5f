/* SPDX-License-Identifier: Apache-2.0 */
#include "live_house.h"

#include "server/app/live_private.h"
#include "server/base/error.h"

#include <sys/ioctl.h>

static House house;
static Client mediator, clerk, party;

/* The demo's mediation instead of its reception. */
static int open_house(void **state)
{
    HeardSeedHearing *mediation;
    char *id;
    (void)state;

    house_open(&house);
    mediation = &house.demo->more[0];
    id = house.demo->hearing_id;
    house.demo->hearing_id = mediation->hearing_id;
    mediation->hearing_id = id;
    for (unsigned i = 0; i < HEARD_SEED_SEATS_MAX; i++) {
        HeardSeedSeat seat = house.demo->seats[i];

        house.demo->seats[i] = mediation->seats[i];
        mediation->seats[i] = seat;
    }
    house.demo->seat_count = mediation->seat_count;
    mediation->seat_count = HEARD_SEED_SEATS_MAX;
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    client_close(&mediator);
    client_close(&clerk);
    client_close(&party);
    house_close(&house);
    return 0;
}

static HeardLiveHearing *hearing_of_house(void)
{
    return heard_live_find(house.live, house.demo->hearing_id);
}

static unsigned join(const char *role)
{
    g_autofree char *peer = house_join(&house, HEARD_LIVE_PEER, house.demo->hearing_id,
                                       house_seat(&house, role), NULL, NULL);

    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, house_last_peer());
    return house_last_peer();
}

static HeardError refused_join(const char *role, HeardRoomKind room)
{
    HeardError error;

    house.room = room;
    assert_null(house_join(&house, HEARD_LIVE_PEER, house.demo->hearing_id,
                           house_seat(&house, role), NULL, &error));
    house.room = HEARD_ROOM_NONE;
    return error;
}

static void told(const char *text)
{
    if (!strstr(house_told->str, text))
        fail_msg("not told: %s\nbut: %s", text, house_told->str);
}

static void not_told(const char *text)
{
    if (strstr(house_told->str, text))
        fail_msg("told: %s\nin: %s", text, house_told->str);
}

static void told_before(const char *first, const char *second)
{
    told(first);
    told(second);
    if (strstr(house_told->str, first) > strstr(house_told->str, second))
        fail_msg("%s after %s: %s", first, second, house_told->str);
}

static void open_hearing(void)
{
    g_autofree char *at = house_at(&house, "petitioner");
    g_autofree char *identity =
        g_strdup_printf("{\"participant\":\"%s\",\"method\":\"id_card\",\"document\":\"1234\","
                        "\"result\":\"ok\"}",
                        house_seat(&house, "petitioner"));
    const char *subjects[] = {"online_mode", "recording"};

    json_decref(client_enter(&mediator, &house, house_seat(&house, "mediator")));
    json_decref(client_enter(&clerk, &house, house_seat(&house, "department")));
    json_decref(client_enter(&party, &house, house_seat(&house, "petitioner")));
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *consent = g_strdup_printf(
            "{\"subject\":\"%s\",\"decision\":\"given\",\"text_version\":\"1\"}", subjects[i]);

        client_do(&party, "consent.give", consent);
    }
    client_do(&mediator, "participant.check_identity", identity);
    client_do(&mediator, "participant.admit", at);
    client_do(&mediator, "hearing.open", NULL);
}

static void expect(Client *client, const char *type, const char *key, const char *value)
{
    g_autoptr(json_t) event = client_event(client, type);

    assert_string_equal(house_member(event, "data", key), value);
}

static void a_move_is_another_connection(void **state)
{
    unsigned old, other, inside;
    g_autofree char *gone = NULL, *shown = NULL;
    (void)state;

    open_hearing();
    old = join("petitioner");
    other = join("department");
    client_do(&mediator, "room.open", "{\"room\":\"caucus_a\"}");
    expect(&mediator, "media.admitted", "room", "caucus_a");
    told_before("flow 0; ", "pause caucus");
    told_before("pause caucus", "open room=2");
    assert_int_equal(refused_join("mediator", HEARD_ROOM_MAIN), HEARD_ERROR_CONFLICT);
    g_string_truncate(house_told, 0);
    client_do(&party, "room.answer", "{\"room\":\"caucus_a\",\"decision\":\"accepted\"}");
    expect(&party, "media.dropped", "reason", "room");
    expect(&party, "media.admitted", "room", "caucus_a");
    gone = g_strdup_printf("remove %u; ", old);
    told(gone);

    /* inside they see each other, and nobody else */
    inside = join("mediator");
    g_string_truncate(house_told, 0);
    house.room = HEARD_ROOM_CAUCUS_A;
    join("petitioner");
    house.room = HEARD_ROOM_NONE;
    shown = g_strdup_printf("=%u/", inside);
    told(shown);
    g_free(shown);
    shown = g_strdup_printf("=%u/", other);
    not_told(shown);
    assert_int_equal(heard_live_peer_of(hearing_of_house(), inside)->room, HEARD_ROOM_CAUCUS_A);

    g_string_truncate(house_told, 0);
    client_do(&mediator, "room.close", "{\"room\":\"caucus_a\"}");
    expect(&party, "media.admitted", "room", "main");
    told_before("close room=2", "resume; ");
    told_before("resume; ", "flow 1; ");
    not_told("attach");
    assert_int_equal(hearing_of_house()->peers->len, 1);
}

static void speakers_are_told_inside_only(void **state)
{
    HeardWorkerEvent event = {.kind = HEARD_WORKER_SPEAKERS, .room = 2};
    (void)state;

    open_hearing();
    client_do(&mediator, "room.open", "{\"room\":\"caucus_a\"}");
    event.speakers[0] = join("mediator");
    heard_live_on_worker_event(&event, house.live);
    json_decref(client_event(&mediator, "speakers.changed"));
    client_do(&mediator, "room.close", "{\"room\":\"caucus_a\"}");
    assert_true(client_never(&clerk, "speakers.changed", "hearing.changed"));
    /* of a room that is closed by now */
    heard_live_on_worker_event(&event, house.live);
    assert_int_equal(hearing_of_house()->rooms[HEARD_ROOM_MAIN].speakers[0], 0);
}

static void submit_open(void)
{
    HeardLiveCommand *command = g_new0(HeardLiveCommand, 1);

    g_strlcpy(command->actor, house_seat(&house, "mediator"), sizeof command->actor);
    command->command = (HeardCommand){.verb = HEARD_VERB_ROOM_OPEN,
                                      .actor = command->actor,
                                      .reason = "",
                                      .text_version = "",
                                      .document = "",
                                      .phase = "",
                                      .note = "",
                                      .room = HEARD_ROOM_CAUCUS_A};
    heard_live_submit_take(hearing_of_house(), command);
}

typedef struct {
    HeardError error;
    bool done;
} Joined;

static void on_joined(const char *answer, const char *peer, const GError *error, void *data)
{
    Joined *self = data;

    (void)answer;
    (void)peer;
    self->error = error ? heard_error_code(error) : HEARD_ERROR_COUNT;
    self->done = true;
}

static void nobody_joins_while_the_move_is_being_written(void **state)
{
    g_autofree char *path = g_build_filename(OFFERS, "chromium-full6.sdp", NULL);
    g_autofree char *offer = NULL;
    HeardLiveJoin wish = {.kind = HEARD_LIVE_PEER, .hearing = NULL};
    Joined joined = {0};
    (void)state;

    open_hearing();
    assert_true(g_file_get_contents(path, &offer, &wish.offer_size, NULL));
    wish.offer = offer;
    wish.hearing = house.demo->hearing_id;
    wish.participant = house_seat(&house, "mediator");
    heard_live_join(house.live, &wish, on_joined, &joined); /* looked at in the next turn */
    submit_open();
    assert_true(hearing_of_house()->busy);
    house_wait(&house, &joined.done);
    assert_int_equal(joined.error, HEARD_ERROR_UNAVAILABLE);
}

static int unread_bytes(const Client *client)
{
    int size = 0;

    assert_int_equal(ioctl(client->fd, FIONREAD, &size), 0);
    return size;
}

/* The worker has everything, and has not said so yet. */
static void hang_in_a_move(void)
{
    house.worker_hangs = true;
    submit_open();
    while (house.hung.fence == 0)
        g_main_context_iteration(house.context, TRUE);
    told("open room=2");
}

static void nobody_is_told_before_the_worker_has_done_it(void **state)
{
    int before[2], still[2];
    (void)state;

    open_hearing();
    before[0] = unread_bytes(&mediator);
    before[1] = unread_bytes(&party);
    hang_in_a_move();
    /* what comes by itself waits as well, and nobody moves on */
    heard_live_tell_notice(hearing_of_house(), HEARD_NOBODY, "phase_limit", NULL);
    assert_int_equal(refused_join("mediator", HEARD_ROOM_NONE), HEARD_ERROR_UNAVAILABLE);
    still[0] = unread_bytes(&mediator);
    still[1] = unread_bytes(&party);
    assert_memory_equal(before, still, sizeof before);

    house.hung.fence--; /* an answer to another question is none */
    heard_live_on_worker_event(&house.hung, house.live);
    assert_int_equal(unread_bytes(&mediator), before[0]);
    house.hung.fence++;
    house.worker_hangs = false;
    heard_live_on_worker_event(&house.hung, house.live);
    assert_true(unread_bytes(&mediator) > before[0]);
    expect(&mediator, "media.admitted", "room", "caucus_a");
    expect(&mediator, "notice", "code", "phase_limit");
    join("mediator");
}

static void a_worker_that_hangs_is_not_waited_for_for_ever(void **state)
{
    int64_t now_us;
    (void)state;

    open_hearing();
    hang_in_a_move();
    now_us = heard_live_now_us(house.live);
    heard_live_settle_tick(hearing_of_house(), now_us + HEARD_LIVE_SETTLE_US / 2);
    assert_true(hearing_of_house()->busy);
    heard_live_settle_tick(hearing_of_house(), now_us + HEARD_LIVE_SETTLE_US);
    assert_false(hearing_of_house()->busy);
    expect(&mediator, "media.admitted", "room", "caucus_a");
    /* its late word changes nothing */
    heard_live_on_worker_event(&house.hung, house.live);
    house.worker_hangs = false;
    client_do(&mediator, "room.close", "{\"room\":\"caucus_a\"}");
}

static void after_a_halt_nothing_is_caused(void **state)
{
    (void)state;
    open_hearing();
    submit_open();
    heard_live_stop(house.live);
    heard_live_halt(house.live);
    g_string_truncate(house_told, 0);
    while (hearing_of_house()->busy)
        g_main_context_iteration(house.context, TRUE);
    assert_string_equal(house_told->str, "");
    /* and yet it is done: it stands in the trail */
    assert_int_equal(house_number(&house, "SELECT count(*) FROM audit WHERE action = 'room.open'"),
                     1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest tests[] = {
        CASE(a_move_is_another_connection),
        CASE(speakers_are_told_inside_only),
        CASE(nobody_joins_while_the_move_is_being_written),
        CASE(nobody_is_told_before_the_worker_has_done_it),
        CASE(a_worker_that_hangs_is_not_waited_for_for_ever),
        CASE(after_a_halt_nothing_is_caused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
