/* SPDX-License-Identifier: Apache-2.0 */
#include "live_party.h"

#include "server/app/live_private.h"
#include "server/base/error.h"

static Client department;

/* Wait for participant.changed of this person with this presence. */
static void see(Client *client, const char *role, const char *presence)
{
    const char *id = house_seat(&house, role);

    for (;;) {
        g_autoptr(json_t) event = client_event(client, "participant.changed");
        json_t *data = json_object_get(event, "data");

        if (strcmp(house_member(data, "participant", "id"), id) == 0 &&
            strcmp(house_member(data, "participant", "presence"), presence) == 0)
            return;
    }
}

static void join(const char *role)
{
    g_autofree char *peer = house_join(&house, HEARD_LIVE_PEER, house.demo->hearing_id,
                                       house_seat(&house, role), NULL, NULL);

    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, house_last_peer());
}

static void told(const char *text)
{
    if (!strstr(house_told->str, text))
        fail_msg("not told: %s\nbut: %s", text, house_told->str);
}

static void a_hearing_from_lobby_to_close(void **state)
{
    g_autoptr(json_t) lobby = NULL;
    g_autoptr(json_t) ended = NULL;
    HeardError error;
    (void)state;

    enter(&presiding, "presiding");
    enter(&clerk, "clerk");
    lobby = client_enter(&petitioner, &house, house_seat(&house, "petitioner"));
    assert_string_equal(house_member(json_object_get(lobby, "data"), "hearing", "state"), "ready");
    assert_string_equal(house_member(json_object_get(lobby, "data"), "hearing", "phase"),
                        "check_in");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(lobby, "data"), "ahead")),
                     0);
    assert_null(house_join(&house, HEARD_LIVE_PEER, house.demo->hearing_id,
                           house_seat(&house, "petitioner"), NULL, &error));
    assert_int_equal(error, HEARD_ERROR_NOT_ADMITTED);
    assert_string_equal(client_refused(&presiding, "hearing.open", NULL), "petitioner_missing");
    assert_string_equal(client_refused(&petitioner, "hearing.open", NULL), "wrong_role");
    admit_petitioner();
    join("petitioner");
    see(&clerk, "petitioner", "present");

    g_string_truncate(house_told, 0);
    client_do(&presiding, "hearing.open", NULL);
    client_do(&presiding, "hearing.recess", "{\"reason\":\"tea\"}");
    client_do(&presiding, "hearing.resume", NULL);
    /* what is heard is recorded, and nothing else */
    assert_true(strstr(house_told->str, "attach") < strstr(house_told->str, "flow 1"));
    assert_true(strstr(house_told->str, "flow 0") < strstr(house_told->str, "pause recess (tea)"));
    assert_true(strstr(house_told->str, "resume;") < strrchr(house_told->str, 'f'));
    told("event {\"participant\":");
    told("\"type\":\"join\"");
    told("\"phase\":\"opening\"");

    client_do(&presiding, "hearing.close", "{\"outcome\":\"explained\",\"note\":\"all said\"}");
    ended = client_event(&petitioner, "hearing.ended");
    assert_string_equal(house_member(ended, "data", "state"), "concluded");
    assert_int_equal(client_close_code(&petitioner), 1000);
    told("remove 1");
    told("seal");
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM hearing WHERE state = 'concluded'"
                                          " AND phase = 'closed' AND actual_end_ms > 0"),
                     1);
    assert_int_equal(
        house_number(&house, "SELECT COUNT(*) FROM outcome WHERE result = 'explained'"), 1);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM consent"), 2);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM participant WHERE"
                                          " presence_state = 'completed'"),
                     3);
    assert_true(house_number(&house, "SELECT COUNT(*) FROM audit WHERE result = 'done'") > 10);
    /* a refusal for want of the role stands in the trail, one for want of people does not */
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM audit WHERE result <> 'done'"), 1);
    hang_up();
}

static void a_lost_connection_resumes_where_it_stopped(void **state)
{
    g_autoptr(json_t) snapshot = NULL;
    g_autoptr(json_t) reply = NULL;
    g_autoptr(json_t) missed = NULL;
    g_autofree char *resume = NULL;
    const char *epoch;
    json_int_t seq;
    (void)state;

    enter(&presiding, "presiding");
    snapshot = client_enter(&clerk, &house, house_seat(&house, "clerk"));
    epoch = json_string_value(json_object_get(json_object_get(snapshot, "data"), "epoch"));
    seq = clerk.last_seq;
    client_close(&clerk);
    see(&presiding, "clerk", "disconnected");
    client_do(&presiding, "hand.raise", NULL);

    client_open(&clerk, &house, house_seat(&house, "clerk"));
    resume = g_strdup_printf("{\"resume\":{\"epoch\":\"%s\",\"seq\":%lld}}", epoch, (long long)seq);
    reply = client_ask(&clerk, "hello", resume);
    assert_true(json_is_true(json_object_get(json_object_get(reply, "data"), "resumed")));
    clerk.last_seq = seq;
    missed = client_event(&clerk, "participant.changed");
    assert_int_equal(json_integer_value(json_object_get(missed, "seq")), seq + 1);
    see(&presiding, "clerk", "admitted");
    client_close(&presiding);
    client_close(&clerk);
}

static void an_old_epoch_gets_a_snapshot(void **state)
{
    g_autoptr(json_t) reply = NULL;
    (void)state;

    client_open(&clerk, &house, house_seat(&house, "clerk"));
    reply = client_ask(&clerk, "hello", "{\"resume\":{\"epoch\":\"another\",\"seq\":3}}");
    assert_true(json_is_false(json_object_get(json_object_get(reply, "data"), "resumed")));
    json_decref(client_event(&clerk, "snapshot"));
    client_close(&clerk);
}

static void a_second_connection_replaces_the_first(void **state)
{
    Client second;
    (void)state;

    enter(&clerk, "clerk");
    json_decref(client_enter(&second, &house, house_seat(&house, "clerk")));
    assert_int_equal(client_close_code(&clerk), 4001);
    client_close(&clerk);
    client_do(&second, "hand.raise", NULL);
    client_close(&second);
}

static gboolean set_flag(void *flag)
{
    *(bool *)flag = true;
    return G_SOURCE_REMOVE;
}

static void a_crash_loses_nobody(void **state)
{
    bool restored = false;
    g_autoptr(json_t) snapshot = NULL;
    (void)state;

    open_hearing();
    hang_up();
    house_crash(&house);
    g_string_truncate(house_told, 0);
    heard_live_restore(house.live, set_flag, &restored);
    house_wait(&house, &restored);
    snapshot = client_enter(&petitioner, &house, house_seat(&house, "petitioner"));
    assert_string_equal(house_member(json_object_get(snapshot, "data"), "hearing", "state"),
                        "live");
    told("record R02"); /* recording goes on in a log of its own */
    told("flow 1");
    join("petitioner"); /* admitted as before */
    enter(&presiding, "presiding");
    client_do(&presiding, "hearing.advance", "{\"phase\":\"statement\"}");
    client_close(&petitioner);
    client_close(&presiding);
}

static void what_cannot_be_written_did_not_happen(void **state)
{
    (void)state;
    open_hearing();
    house_sql(&house, "ALTER TABLE phase_event RENAME TO gone");
    assert_string_equal(client_refused(&presiding, "hearing.advance", "{\"phase\":\"statement\"}"),
                        "storage");
    house_sql(&house, "ALTER TABLE gone RENAME TO phase_event");
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM hearing WHERE phase = 'opening'"),
                     1);
    /* not already there */
    client_do(&presiding, "hearing.advance", "{\"phase\":\"statement\"}");
    hang_up();
}

static void mute_reaches_the_worker_and_the_person(void **state)
{
    g_autofree char *block =
        g_strdup_printf("{\"participant\":\"%s\",\"source\":\"microphone\",\"blocked\":true}",
                        house_seat(&house, "petitioner"));
    g_autofree char *wanted = NULL;
    g_autoptr(json_t) notice = NULL;
    (void)state;

    open_hearing();
    join("petitioner");
    wanted = g_strdup_printf("deny %u/0", house_last_peer());
    g_string_truncate(house_told, 0);
    client_do(&clerk, "participant.block", block);
    told(wanted);
    notice = client_event(&petitioner, "notice");
    assert_string_equal(house_member(notice, "data", "code"), "muted_by_presiding");
    hang_up();
}

static void slots_follow_who_is_there(void **state)
{
    g_autoptr(json_t) slots = NULL;
    g_autofree char *shown = NULL;
    unsigned first;
    (void)state;

    open_hearing();
    join("petitioner");
    first = house_last_peer();
    client_do(&petitioner, "media.state", "{\"microphone\":true,\"camera\":true,\"screen\":false}");
    join("presiding");
    slots = client_event(&presiding, "slots.changed");
    shown = heard_json_dump(slots);
    assert_non_null(strstr(shown, house_seat(&house, "petitioner")));
    assert_null(strstr(shown, house_seat(&house, "presiding"))); /* nobody sees himself */
    g_string_truncate(house_told, 0);
    house_worker_event(&house, HEARD_WORKER_SPEAKERS, first);
    {
        g_autofree char *larger = g_strdup_printf("slot %u.0=%u/1@720", house_last_peer(), first);

        told(larger);
    }
    house_worker_event(&house, HEARD_WORKER_PEER_GONE, first);
    {
        g_autofree char *empty = g_strdup_printf("slot %u.0=0", house_last_peer());

        told(empty);
    }
    see(&clerk, "petitioner", "admitted");
    hang_up();
}

static char *slots_told(Client *client)
{
    g_autoptr(json_t) slots = client_event(client, "slots.changed");

    return heard_json_dump(slots);
}

static void voices_without_a_slot_have_names(void **state)
{
    g_autofree char *asked = NULL, *faces = NULL, *heard = NULL, *gone = NULL, *name = NULL;
    unsigned petitioner_peer, clerk_peer;
    (void)state;

    open_hearing();
    join("petitioner");
    petitioner_peer = house_last_peer();
    join("clerk");
    clerk_peer = house_last_peer();
    house.pictures = 1;
    join("presiding");
    house.pictures = 0;
    asked = g_strdup_printf("voices %u.1-%u; ", house_last_peer(), house_last_peer());
    told(asked); /* behind one with a picture, never the own voice */
    faces = slots_told(&presiding);
    assert_non_null(strstr(faces, house_seat(&house, "petitioner")));
    assert_null(strstr(faces, house_seat(&house, "clerk")));
    house_worker_event(&house, HEARD_WORKER_VOICES, petitioner_peer); /* has a slot: no news */
    house_worker_event(&house, HEARD_WORKER_VOICES, clerk_peer);
    heard = slots_told(&presiding);
    name = g_strdup_printf("\"%s\"", house_seat(&house, "clerk"));
    assert_non_null(strstr(heard, name));
    assert_non_null(strstr(heard, "\"slot\":1"));
    house_worker_event(&house, HEARD_WORKER_PEER_GONE, clerk_peer);
    gone = slots_told(&presiding);
    assert_null(strstr(gone, name));
    hang_up();
}

static void an_encoder_takes_a_seat_without_signaling(void **state)
{
    g_autofree char *peer = NULL;
    g_autoptr(GError) error = NULL;
    (void)state;

    enter(&clerk, "clerk");
    peer = house_join(&house, HEARD_LIVE_WHIP, house.demo->hearing_id,
                      house_seat(&house, "department"), NULL, NULL);
    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, house_last_peer());
    see(&clerk, "department", "present");
    assert_false(heard_live_leave(house.live, house.demo->hearing_id, house_seat(&house, "clerk"),
                                  peer, &error)); /* not his */
    assert_true(heard_live_leave(house.live, house.demo->hearing_id,
                                 house_seat(&house, "department"), peer, NULL));
    see(&clerk, "department", "disconnected");
    client_close(&clerk);
}

static const HeardPeerStats fine = {.rtt_us = 40000, .up_bps = 900000, .up_video_bps = 800000};
static const HeardPeerStats lossy = {
    .rtt_us = 90000, .up_bps = 500000, .up_video_bps = 400000, .up_loss_permille = 130};

static void see_quality(Client *client, const char *role, const char *level)
{
    g_autoptr(json_t) event = client_event(client, "quality.changed");
    json_t *data = json_object_get(event, "data");

    assert_string_equal(json_string_value(json_object_get(data, "participant")),
                        house_seat(&house, role));
    assert_string_equal(json_string_value(json_object_get(data, "level")), level);
}

static json_t *person_in(json_t *snapshot, const char *role)
{
    json_t *people = json_object_get(json_object_get(snapshot, "data"), "participants");
    size_t i;
    json_t *one;

    json_array_foreach(people, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "id")), house_seat(&house, role)) == 0)
            return one;
    }
    fail_msg("%s is not in the snapshot", role);
    return NULL;
}

static void a_bad_line_is_told_to_the_desk_and_the_person(void **state)
{
    g_autoptr(json_t) desk = NULL;
    g_autoptr(json_t) beside = NULL;
    unsigned peer;
    (void)state;

    open_hearing();
    enter(&department, "department");
    join("petitioner");
    see(&clerk, "petitioner", "present");
    peer = house_last_peer();
    house_stats(&house, peer, &fine);
    see_quality(&clerk, "petitioner", "good");
    see_quality(&petitioner, "petitioner", "good");
    g_string_truncate(house_told, 0);
    house_stats(&house, peer, &lossy);
    house_stats(&house, peer, &lossy);
    see_quality(&presiding, "petitioner", "good");
    see_quality(&presiding, "petitioner", "weak");
    see_quality(&petitioner, "petitioner", "weak");
    told("\"level\":\"weak\",\"up\":\"weak\",\"down\":\"good\",\"type\":\"quality\"");
    client_close(&clerk);
    desk = client_enter(&clerk, &house, house_seat(&house, "clerk"));
    assert_string_equal(house_member(person_in(desk, "petitioner"), "quality", "level"), "weak");
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(person_in(desk, "petitioner"), "quality"), "rtt_ms")),
                     90);
    /* nobody else learns of the figures, neither live nor by a snapshot */
    client_do(&presiding, "hearing.advance", "{\"phase\":\"statement\"}");
    assert_true(client_never(&department, "quality.changed", "hearing.changed"));
    client_close(&department);
    beside = client_enter(&department, &house, house_seat(&house, "department"));
    assert_null(json_object_get(person_in(beside, "petitioner"), "quality"));
    client_close(&department);
    hang_up();
}

static void lost_media_is_told_at_once_and_history_is_kept(void **state)
{
    unsigned peer;
    (void)state;

    open_hearing();
    join("petitioner");
    see(&clerk, "petitioner", "present");
    peer = house_last_peer();
    house_stats(&house, peer, &fine);
    house_worker_event(&house, HEARD_WORKER_PEER_GONE, peer);
    see_quality(&clerk, "petitioner", "good");
    see_quality(&clerk, "petitioner", "lost");
    see(&clerk, "petitioner", "admitted");
    heard_live_quality_tick(heard_live_find(house.live, house.demo->hearing_id));
    join("petitioner");
    see(&clerk, "petitioner", "present");
    for (unsigned i = 0; i < HEARD_QUALITY_BETTER_SAMPLES; i++)
        house_stats(&house, house_last_peer(), &fine);
    see_quality(&clerk, "petitioner", "good");
    client_do(&presiding, "hearing.close", "{\"outcome\":\"explained\",\"note\":\"all said\"}");
    heard_live_quality_tick(heard_live_find(house.live, house.demo->hearing_id));
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM line_quality"), 4);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM line_quality WHERE level = 'good'"
                                          " AND rtt_ms = 40 AND up_bps = 900000"),
                     2);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM line_quality WHERE level = 'lost'"
                                          " AND rtt_ms IS NULL"),
                     1);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM line_quality WHERE level = 'none'"
                                          " AND at_ms = (SELECT max(at_ms) FROM line_quality)"),
                     1);
    hang_up();
}

static void a_crash_is_in_the_history(void **state)
{
    bool restored = false;
    (void)state;

    open_hearing();
    join("petitioner");
    see(&clerk, "petitioner", "present");
    house_stats(&house, house_last_peer(), &fine);
    hang_up();
    house_crash(&house);
    heard_live_restore(house.live, set_flag, &restored);
    house_wait(&house, &restored);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM line_quality"), 2);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM line_quality WHERE level = 'lost'"),
                     1);
}

static void figures_are_asked_each_two_seconds_and_never_of_load(void **state)
{
    g_autofree char *camera = NULL;
    HeardLiveHearing *hearing;
    (void)state;

    open_hearing();
    hearing = heard_live_find(house.live, house.demo->hearing_id);
    g_string_truncate(house_told, 0);
    heard_live_quality_tick(hearing);
    heard_live_quality_tick(hearing);
    assert_null(strstr(house_told->str, "stats")); /* nobody has media yet */
    join("petitioner");
    see(&clerk, "petitioner", "present");
    hearing->quality_ticks = 0;
    g_string_truncate(house_told, 0);
    heard_live_quality_tick(hearing);
    assert_null(strstr(house_told->str, "stats"));
    heard_live_quality_tick(hearing);
    told("stats room=1");
    camera = house_join(&house, HEARD_LIVE_WHIP, "load-0", NULL, NULL, NULL);
    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, house_last_peer());
    heard_live_quality_tick(heard_live_find(house.live, "load-0"));
    heard_live_quality_tick(heard_live_find(house.live, "load-0"));
    assert_null(strstr(house_told->str, "stats room=2"));
    hang_up();
}

static void load_hearings_take_programs_only(void **state)
{
    g_autofree char *camera = NULL;
    g_autofree char *viewer = NULL;
    g_autofree char *slot = NULL;
    unsigned source;
    HeardError error;
    (void)state;

    camera = house_join(&house, HEARD_LIVE_WHIP, "load-0", NULL, NULL, NULL);
    source = house_last_peer();
    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, source);
    house_worker_event(&house, HEARD_WORKER_SOURCE_STARTED, source);
    viewer = house_join(&house, HEARD_LIVE_WHEP, "load-0", NULL, "camera-1", NULL);
    slot = g_strdup_printf("slot %u.0=%u/", house_last_peer(), source);
    told(slot);
    assert_null(house_join(&house, HEARD_LIVE_WHIP, "load-1", NULL, NULL, &error));
    assert_int_equal(error, HEARD_ERROR_UNKNOWN_HEARING);
    assert_null(house_join(&house, HEARD_LIVE_WHIP, house.demo->hearing_id, NULL, NULL, &error));
    assert_int_equal(error, HEARD_ERROR_FORBIDDEN);
    assert_null(
        house_join(&house, HEARD_LIVE_WHIP, house.demo->hearing_id, "nobody", NULL, &error));
    assert_int_equal(error, HEARD_ERROR_FORBIDDEN);
}

static void ice_restarts_with_new_credentials(void **state)
{
    static const char fragment[] = "a=ice-ufrag:newu\r\na=ice-pwd:newpwdnewpwdnewpwdnewpwd\r\n"
                                   "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
    const char *id = house_seat(&house, "clerk");
    g_autofree char *peer = NULL;
    g_autofree char *answer = NULL;
    g_autoptr(GError) error = NULL;
    (void)state;

    enter(&clerk, "clerk");
    peer = house_join(&house, HEARD_LIVE_PEER, house.demo->hearing_id, id, NULL, NULL);
    answer = heard_live_restart_ice(house.live, house.demo->hearing_id, id, peer, fragment,
                                    strlen(fragment), &error);
    assert_non_null(answer);
    assert_non_null(strstr(answer, "a=ice-ufrag:"));
    told("restart 1 newu");
    assert_null(heard_live_restart_ice(house.live, house.demo->hearing_id, id, peer, fragment,
                                       strlen(fragment), &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    client_close(&clerk);
}

static void a_stop_tells_everybody(void **state)
{
    (void)state;
    open_hearing();
    heard_live_stop(house.live);
    assert_int_equal(client_close_code(&presiding), 1001);
    assert_int_equal(client_close_code(&petitioner), 1001);
    told("seal");
    hang_up();
}

static void who_has_no_seat_stays_out(void **state)
{
    (void)state;
    client_open(&department, &house, "nobody");
    assert_int_equal(department.refused, HEARD_ERROR_FORBIDDEN);
    client_close(&department);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest tests[] = {
        CASE(a_hearing_from_lobby_to_close),
        CASE(a_lost_connection_resumes_where_it_stopped),
        CASE(an_old_epoch_gets_a_snapshot),
        CASE(a_second_connection_replaces_the_first),
        CASE(a_crash_loses_nobody),
        CASE(what_cannot_be_written_did_not_happen),
        CASE(mute_reaches_the_worker_and_the_person),
        CASE(slots_follow_who_is_there),
        CASE(voices_without_a_slot_have_names),
        CASE(an_encoder_takes_a_seat_without_signaling),
        CASE(a_bad_line_is_told_to_the_desk_and_the_person),
        CASE(lost_media_is_told_at_once_and_history_is_kept),
        CASE(a_crash_is_in_the_history),
        CASE(figures_are_asked_each_two_seconds_and_never_of_load),
        CASE(load_hearings_take_programs_only),
        CASE(ice_restarts_with_new_credentials),
        CASE(a_stop_tells_everybody),
        CASE(who_has_no_seat_stays_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
