/* SPDX-License-Identifier: Apache-2.0 */

/* A hearing that must be recorded, and a disk that does not take it. */
#include "live_party.h"

#include "server/app/live_private.h"

static HeardLiveHearing *live_hearing(void)
{
    return heard_live_find(house.live, house.demo->hearing_id);
}

/* As the tick sees it so many seconds from now. */
static void later(unsigned seconds)
{
    heard_live_opening_tick(live_hearing(),
                            heard_live_now_us(house.live) + seconds * INT64_C(1000000));
}

static bool was_told(const char *text)
{
    return strstr(house_told->str, text) != NULL;
}

static int64_t rows(const char *state)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT COUNT(*) FROM recording WHERE state LIKE '%s'", state);

    return house_number(&house, sql);
}

static bool is_ok(json_t *reply_take)
{
    g_autoptr(json_t) reply = reply_take;

    return json_is_true(json_object_get(reply, "ok"));
}

static void refused(json_t *reply_take, const char *code, const char *reason, const char *detail)
{
    g_autoptr(json_t) reply = reply_take;

    assert_string_equal(house_member(reply, "error", "code"), code);
    assert_string_equal(house_member(reply, "error", "reason"), reason);
    if (detail)
        assert_string_equal(house_member(reply, "error", "detail"), detail);
}

/* The opening waits at the disk; the clerk's command goes through meanwhile. */
static int64_t say_open(void)
{
    int64_t id = client_say(&presiding, "hearing.open", NULL);

    while (!was_told("record R"))
        g_main_context_iteration(house.context, TRUE);
    client_do(&clerk, "hand.raise", NULL);
    client_do(&clerk, "hand.lower", NULL);
    return id;
}

static void it_opens_when_the_first_chunk_is_durable(void **state)
{
    g_autoptr(json_t) snapshot = NULL;
    int64_t id;
    (void)state;

    gather();
    house.disk_hangs = true;
    g_string_truncate(house_told, 0);
    id = say_open();
    assert_false(was_told("attach"));
    assert_false(was_told("flow 1"));
    assert_int_equal(rows("armed"), 1);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM hearing WHERE state = 'live'"), 0);
    client_close(&clerk);
    snapshot = client_enter(&clerk, &house, house_seat(&house, "clerk"));
    assert_string_equal(house_member(json_object_get(snapshot, "data"), "recording", "state"),
                        "armed");
    house_record_status(&house, HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_NONE);
    assert_true(is_ok(client_reply(&presiding, id)));
    assert_true(was_told("attach"));
    assert_true(strstr(house_told->str, "attach") < strstr(house_told->str, "flow 1"));
    assert_true(was_told("\"type\":\"open\""));
    assert_false(was_told("pause"));
    assert_int_equal(rows("recording"), 1);
    assert_int_equal(rows("%"), 1);
    hang_up();
}

static void after_five_seconds_it_is_refused_with_the_fault(void **state)
{
    int64_t id;
    (void)state;

    gather();
    house.disk_full = true;
    g_string_truncate(house_told, 0);
    id = say_open();
    later(4);
    assert_int_equal(g_queue_get_length(&live_hearing()->openings), 1);
    later(6);
    refused(client_reply(&presiding, id), "storage", "recording_not_durable", "disk_full");
    assert_true(was_told("pause not_open"));
    /* the same record is there for the next try, durable or not */
    id = client_say(&presiding, "hearing.open", NULL);
    client_do(&clerk, "hand.raise", NULL);
    later(6);
    refused(client_reply(&presiding, id), "storage", "recording_not_durable", "disk_full");
    house_record_status(&house, HEARD_RECORD_PAUSED, HEARD_RECORD_FAULT_NONE);
    client_do(&presiding, "hearing.open", NULL);
    assert_true(was_told("resume; attach"));
    assert_int_equal(rows("%"), 1);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM hearing WHERE state = 'live'"), 1);
    hang_up();
}

static void what_was_durable_long_ago_opens_nothing(void **state)
{
    int64_t id;
    (void)state;

    gather();
    house.disk_hangs = true;
    id = say_open();
    later(6);
    json_decref(client_reply(&presiding, id));
    house_record_status(&house, HEARD_RECORD_PAUSED, HEARD_RECORD_FAULT_NONE);
    client_do(&clerk, "hand.raise", NULL);
    live_hearing()->durable_us -= HEARD_LIVE_DURABLE_US;
    id = client_say(&presiding, "hearing.open", NULL);
    client_do(&clerk, "hand.lower", NULL);
    assert_int_equal(g_queue_get_length(&live_hearing()->openings), 1);
    house_record_status(&house, HEARD_RECORD_PAUSED, HEARD_RECORD_FAULT_NONE);
    assert_true(is_ok(client_reply(&presiding, id)));
    hang_up();
}

static void the_rules_are_asked_again(void **state)
{
    g_autofree char *petitioner_data = house_at(&house, "petitioner");
    int64_t id, second;
    (void)state;

    gather();
    /* what the rules refuse arms nothing */
    assert_string_equal(client_refused(&petitioner, "hearing.open", NULL), "wrong_role");
    assert_int_equal(rows("%"), 0);
    house.disk_hangs = true;
    id = say_open();
    client_do(&clerk, "participant.hold", petitioner_data);
    house_record_status(&house, HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_NONE);
    refused(client_reply(&presiding, id), "conflict", "petitioner_missing", NULL);
    later(0);
    assert_true(was_told("pause not_open"));
    client_do(&clerk, "participant.admit", petitioner_data);
    /* two at once: one opens it, the other comes late */
    live_hearing()->durable_us = 0;
    id = client_say(&presiding, "hearing.open", NULL);
    second = client_say(&presiding, "hearing.open", NULL);
    client_do(&clerk, "hand.raise", NULL);
    assert_int_equal(g_queue_get_length(&live_hearing()->openings), 2);
    house_record_status(&house, HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_NONE);
    assert_true(is_ok(client_reply(&presiding, id)));
    refused(client_reply(&presiding, second), "wrong_phase", "not_ready", NULL);
    assert_int_equal(rows("%"), 1);
    hang_up();
}

static void openings_that_wait_have_a_bound(void **state)
{
    g_autoptr(json_t) reply = NULL;
    int64_t id = 0;
    (void)state;

    gather();
    house.disk_hangs = true;
    for (unsigned i = 0; i <= HEARD_LIVE_OPENINGS_MAX; i++)
        id = client_say(&presiding, "hearing.open", NULL);
    reply = client_reply(&presiding, id);
    assert_string_equal(house_member(reply, "error", "code"), "too_many");
    hang_up();
}

static void a_store_that_refuses_is_an_answer(void **state)
{
    (void)state;
    gather();
    house_sql(&house, "ALTER TABLE recording RENAME TO gone");
    assert_string_equal(client_refused(&presiding, "hearing.open", NULL), "storage");
    house_sql(&house, "ALTER TABLE gone RENAME TO recording");
    client_do(&presiding, "hearing.open", NULL);
    assert_int_equal(rows("recording"), 1);
    hang_up();
}

static bool is_anybody_here(void)
{
    for (unsigned i = 0; i < live_hearing()->rules.person_count; i++)
        if (live_hearing()->people[i].link)
            return true;
    return live_hearing()->busy;
}

/* Everybody goes home: the armed record ends and the list stays clean. */
static void what_nobody_opens_ends(void **state)
{
    int64_t id;
    (void)state;

    gather();
    house.disk_hangs = house.seals = true;
    id = say_open();
    later(6);
    json_decref(client_reply(&presiding, id));
    later(100); /* people are here */
    assert_false(was_told("seal"));
    hang_up();
    while (is_anybody_here())
        g_main_context_iteration(house.context, TRUE);
    live_hearing()->armed_seen_us = heard_live_now_us(house.live);
    later(59);
    assert_false(was_told("seal"));
    later(61);
    assert_true(was_told("seal"));
    while (live_hearing()->record)
        g_main_context_iteration(house.context, TRUE);
    assert_int_equal(rows("unused"), 1);
    assert_false(live_hearing()->reserved);
    house.disk_hangs = false;
    come();
    client_do(&presiding, "hearing.open", NULL);
    assert_true(was_told("record R02"));
    assert_int_equal(rows("recording"), 1);
    hang_up();
}

static void a_stop_ends_an_armed_record(void **state)
{
    (void)state;
    gather();
    house.disk_hangs = house.seals = true;
    say_open();
    heard_live_stop(house.live);
    assert_int_equal(client_close_code(&presiding), 1001);
    assert_true(was_told("seal"));
    assert_false(was_told("detach")); /* no room was ever in it */
    while (live_hearing()->record)
        g_main_context_iteration(house.context, TRUE);
    assert_int_equal(rows("unused"), 1);
    hang_up();
}

static void a_crash_between_leaves_the_hearing_closed(void **state)
{
    (void)state;
    gather();
    house.disk_hangs = true;
    say_open();
    hang_up();
    house_crash(&house);
    house.disk_hangs = false;
    assert_int_equal(rows("armed"), 1);
    come();
    client_do(&presiding, "hearing.open", NULL);
    assert_true(was_told("record R02")); /* never a folder twice */
    assert_int_equal(rows("recording"), 1);
    hang_up();
}

/* ---- while it runs ---- */

static void risk_tick(unsigned seconds)
{
    heard_live_risk_tick(live_hearing(),
                         heard_live_now_us(house.live) + seconds * INT64_C(1000000));
}

/* The next recording.changed that says at_risk or not, whatever else comes before. */
static json_t *see_risk(Client *client, bool at_risk)
{
    for (;;) {
        g_autoptr(json_t) event = client_event(client, "recording.changed");
        json_t *recording = json_object_get(json_object_get(event, "data"), "recording");

        if (json_is_true(json_object_get(recording, "at_risk")) == at_risk)
            return json_incref(recording);
    }
}

static void start_hearing(void)
{
    gather();
    client_do(&presiding, "hearing.open", NULL);
}

/* The status is delivered when a command that was sent after it is answered. */
static void status(HeardRecordState what, HeardRecordFault fault)
{
    house_record_status(&house, what, fault);
    client_do(&clerk, "hand.raise", NULL);
    client_do(&clerk, "hand.lower", NULL);
}

static void silence_of_the_writer_is_told_after_five_seconds(void **state)
{
    g_autoptr(json_t) risk = NULL, again = NULL, snapshot = NULL;
    (void)state;

    start_hearing();
    risk_tick(4);
    assert_false(live_hearing()->at_risk);
    risk_tick(6);
    risk = see_risk(&petitioner, true);
    assert_true(json_integer_value(json_object_get(risk, "at_risk_since_ms")) > 0);
    client_close(&clerk);
    snapshot = client_enter(&clerk, &house, house_seat(&house, "clerk"));
    assert_true(json_is_true(json_object_get(
        json_object_get(json_object_get(snapshot, "data"), "recording"), "at_risk")));
    /* no fault of the disk: nobody is sent home */
    client_do(&clerk, "hand.raise", NULL);
    assert_int_equal(live_hearing()->rules.state, HEARD_STATE_LIVE);
    status(HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_NONE);
    risk_tick(0);
    again = see_risk(&petitioner, false);
    assert_true(json_is_null(json_object_get(again, "at_risk_since_ms")));
    hang_up();
}

static void packets_that_are_dropped_are_a_risk(void **state)
{
    (void)state;
    start_hearing();
    live_hearing()->safe_us -= HEARD_LIVE_DURABLE_US - 1000000;
    status(HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_OVERRUN); /* durable, not whole */
    risk_tick(2);
    assert_true(live_hearing()->at_risk);
    hang_up();
}

static void a_recess_is_no_risk(void **state)
{
    (void)state;
    start_hearing();
    client_do(&presiding, "hearing.recess", "{\"reason\":\"tea\"}");
    risk_tick(60);
    assert_false(live_hearing()->at_risk);
    client_do(&presiding, "hearing.resume", NULL);
    risk_tick(4); /* counted from the resumption */
    assert_false(live_hearing()->at_risk);
    hang_up();
}

static void a_full_disk_suspends_the_hearing(void **state)
{
    g_autoptr(json_t) event = NULL;
    (void)state;

    start_hearing();
    status(HEARD_RECORD_INTERRUPTED, HEARD_RECORD_FAULT_DISK_FULL);
    risk_tick(3);
    assert_int_equal(live_hearing()->rules.state, HEARD_STATE_LIVE);
    risk_tick(6);
    do {
        json_decref(event);
        event = client_event(&petitioner, "hearing.changed");
    } while (strcmp(house_member(json_object_get(event, "data"), "hearing", "state"), "recessed"));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(event, "data"), "reason")),
        "recording_disk_full");
    assert_true(was_told("flow 0"));
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'server.suspend' AND actor_id = 'server'"),
                     1);
    /* not while it is full, and who may not says so first */
    assert_string_equal(client_refused(&petitioner, "hearing.resume", NULL), "wrong_role");
    assert_string_equal(client_refused(&presiding, "hearing.resume", NULL),
                        "recording_not_durable");
    status(HEARD_RECORD_PAUSED, HEARD_RECORD_FAULT_NONE);
    client_do(&presiding, "hearing.resume", NULL);
    risk_tick(0);
    assert_false(live_hearing()->at_risk);
    hang_up();
}

static void faults_have_rows(void **state)
{
    (void)state;
    start_hearing();
    status(HEARD_RECORD_INTERRUPTED, HEARD_RECORD_FAULT_IO);
    status(HEARD_RECORD_INTERRUPTED, HEARD_RECORD_FAULT_IO);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM recording_fault WHERE fault ="
                                          " 'io_error' AND to_ms IS NULL AND from_ms > 0"),
                     1);
    status(HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_NONE);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM recording_fault WHERE to_ms > 0"),
                     1);
    live_hearing()->safe_us -= HEARD_LIVE_DURABLE_US;
    risk_tick(1);
    risk_tick(2);
    client_do(&clerk, "hand.raise", NULL);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM recording_fault WHERE fault ="
                                          " 'stalled' AND to_ms IS NULL"),
                     1);
    /* a full disk takes its place; its end is the end, before any tick */
    status(HEARD_RECORD_INTERRUPTED, HEARD_RECORD_FAULT_DISK_FULL);
    status(HEARD_RECORD_RECORDING, HEARD_RECORD_FAULT_NONE);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM recording_fault"), 3);
    assert_int_equal(house_number(&house, "SELECT COUNT(*) FROM recording_fault WHERE to_ms > 0"),
                     3);
    client_do(&presiding, "hearing.close", "{\"outcome\":\"explained\",\"note\":\"all said\"}");
    risk_tick(8);
    assert_int_equal(
        house_number(&house, "SELECT COUNT(*) FROM recording_fault WHERE to_ms IS NULL"), 0);
    hang_up();
}

static void or_it_goes_on_and_everybody_knows(void **state)
{
    (void)state;
    house.goes_on_unrecorded = true;
    house_crash(&house);
    start_hearing();
    status(HEARD_RECORD_INTERRUPTED, HEARD_RECORD_FAULT_DISK_FULL);
    live_hearing()->safe_us -= HEARD_LIVE_DURABLE_US;
    risk_tick(1);
    json_decref(see_risk(&petitioner, true));
    client_do(&clerk, "hand.raise", NULL);
    assert_int_equal(live_hearing()->rules.state, HEARD_STATE_LIVE);
    client_do(&presiding, "hearing.recess", "{\"reason\":\"disk\"}");
    risk_tick(7);
    assert_false(live_hearing()->at_risk);
    client_do(&presiding, "hearing.resume", NULL);
    risk_tick(0); /* known already: no five seconds again */
    assert_true(live_hearing()->at_risk);
    hang_up();
}

static void a_disk_that_is_nearly_full_opens_nothing_new(void **state)
{
    g_autoptr(json_t) snapshot = NULL;
    json_t *recording;
    (void)state;

    gather();
    house.hours_left = 3.8;
    heard_live_disk_tick(house.live);
    client_close(&clerk);
    snapshot = client_enter(&clerk, &house, house_seat(&house, "clerk"));
    recording = json_object_get(json_object_get(snapshot, "data"), "recording");
    assert_string_equal(json_string_value(json_object_get(recording, "disk")), "low");
    assert_true(json_real_value(json_object_get(recording, "hours_left")) < 2);
    refused(client_ask(&presiding, "hearing.open", NULL), "storage_full", "recording_disk_low",
            "1.9 h");
    assert_int_equal(rows("%"), 0);
    house.hours_left = 5.2;
    heard_live_disk_tick(house.live);
    client_do(&presiding, "hearing.open", NULL);
    /* what runs is not stopped by it */
    house.hours_left = 0.05;
    heard_live_disk_tick(house.live);
    client_do(&clerk, "hand.raise", NULL);
    assert_int_equal(live_hearing()->rules.state, HEARD_STATE_LIVE);
    assert_int_equal(heard_live_disk_rung(live_hearing()), HEARD_DISK_ENDING);
    hang_up();
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
    const struct CMUnitTest tests[] = {
        CASE(it_opens_when_the_first_chunk_is_durable),
        CASE(after_five_seconds_it_is_refused_with_the_fault),
        CASE(what_was_durable_long_ago_opens_nothing),
        CASE(the_rules_are_asked_again),
        CASE(openings_that_wait_have_a_bound),
        CASE(a_store_that_refuses_is_an_answer),
        CASE(what_nobody_opens_ends),
        CASE(a_stop_ends_an_armed_record),
        CASE(a_crash_between_leaves_the_hearing_closed),
        CASE(silence_of_the_writer_is_told_after_five_seconds),
        CASE(packets_that_are_dropped_are_a_risk),
        CASE(a_recess_is_no_risk),
        CASE(a_full_disk_suspends_the_hearing),
        CASE(faults_have_rows),
        CASE(or_it_goes_on_and_everybody_knows),
        CASE(a_disk_that_is_nearly_full_opens_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
