/* SPDX-License-Identifier: Apache-2.0 */

/* Connection tests: who may run one, how many, how they end, and that nobody else notices. */
#include "live_house.h"

#include "server/app/live_private.h"
#include "server/base/error.h"

static House house;

static int open_house(void **state)
{
    (void)state;
    house_open(&house);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    house_close(&house);
    return 0;
}

/* One house for all stories: the tests of the last one end, and what was told is forgotten. */
static int begin(void **state)
{
    (void)state;
    heard_live_tests_drop(house.live, NULL);
    g_string_truncate(house_told, 0);
    return 0;
}

static char *begin_test(const char *role, HeardError *ret_error)
{
    return house_join(&house, HEARD_LIVE_TEST, house.demo->hearing_id, house_seat(&house, role),
                      NULL, ret_error);
}

static bool end_test(const char *role, const char *address)
{
    return heard_live_test_end(house.live, house.demo->hearing_id, house_seat(&house, role),
                               address, NULL);
}

/* The worker was told to close the room that the newest test has, n rooms ago. */
static void told_close(unsigned ago)
{
    g_autofree char *text = g_strdup_printf("close room=%u; ", house.live->next_room - 1 - ago);

    if (!strstr(house_told->str, text))
        fail_msg("not told: %s\nbut: %s", text, house_told->str);
}

static HeardSdpOffer *read_offer(void)
{
    g_autofree char *path = g_build_filename(OFFERS, "chromium-full6.sdp", NULL);
    g_autofree char *text = NULL;
    size_t size;

    assert_true(g_file_get_contents(path, &text, &size, NULL));
    return heard_sdp_parse(text, size, NULL);
}

static unsigned open_tests(void)
{
    return house.live->tests->len;
}

/* Before anybody is admitted, in a room that is not the hearing's. */
static void a_person_in_the_lobby_sees_itself(void **state)
{
    g_autofree char *first = begin_test("petitioner", NULL); /* brings the hearing to life */
    g_autofree char *address = NULL;
    g_autofree char *alone = NULL;
    int64_t trail = house_number(&house, "SELECT count(*) FROM audit");
    unsigned room = house.live->next_room;
    (void)state;

    g_string_truncate(house_told, 0);
    address = begin_test("observer", NULL);
    alone = g_strdup_printf("open room=%u; flow 1; add %u; slot %u.0=%u/%d@1080!; ", room,
                            house_last_peer(), house_last_peer(), house_last_peer(),
                            HEARD_SOURCE_CAMERA);
    assert_string_equal(house_told->str, alone);
    assert_int_equal(house_number(&house, "SELECT count(*) FROM audit"), trail);
    assert_int_equal(heard_live_find(house.live, house.demo->hearing_id)->peers->len, 0);
    assert_true(end_test("observer", address));
    told_close(0);
    assert_false(end_test("observer", address));
}

static void nobody_ends_anothers(void **state)
{
    g_autofree char *address = begin_test("petitioner", NULL);
    (void)state;

    assert_false(end_test("clerk", address));
    assert_false(end_test("petitioner", "nosuchaddress"));
    assert_false(
        heard_live_test_end(house.live, "load-0", house_seat(&house, "petitioner"), address, NULL));
    assert_false(heard_live_test_end(house.live, house.demo->hearing_id, NULL, address, NULL));
    assert_int_equal(open_tests(), 1);
    assert_true(end_test("petitioner", address));
}

static void a_new_one_replaces_the_old(void **state)
{
    g_autofree char *first = begin_test("petitioner", NULL);
    g_autofree char *second = begin_test("petitioner", NULL);
    g_autofree char *other = begin_test("clerk", NULL);
    (void)state;

    told_close(2);
    assert_int_equal(open_tests(), 2);
    assert_false(end_test("petitioner", first));
    assert_true(end_test("petitioner", second));
    assert_true(end_test("clerk", other));
}

static void it_ends_by_itself(void **state)
{
    g_autofree char *address = begin_test("petitioner", NULL);
    int64_t now_us = heard_live_now_us(house.live);
    (void)state;

    heard_live_tests_tick(house.live, now_us + HEARD_LIVE_TEST_US / 2);
    assert_int_equal(open_tests(), 1);
    heard_live_tests_tick(house.live, now_us + HEARD_LIVE_TEST_US);
    assert_int_equal(open_tests(), 0);
    told_close(0);
    assert_false(end_test("petitioner", address));
}

static void it_ends_with_its_peer(void **state)
{
    g_autofree char *address = begin_test("petitioner", NULL);
    unsigned peer = house_last_peer();
    (void)state;

    house_worker_event(&house, HEARD_WORKER_PEER_CONNECTED, peer);
    house_worker_event(&house, HEARD_WORKER_SOURCE_STARTED, peer);
    house_worker_event(&house, HEARD_WORKER_PEER_GONE, peer + 1);
    assert_int_equal(open_tests(), 1);
    house_worker_event(&house, HEARD_WORKER_PEER_GONE, peer);
    assert_int_equal(open_tests(), 0);
    told_close(0);
    assert_false(end_test("petitioner", address));
}

/* As if everybody of a large office tested at once. The last story: it spoils the seats. */
static void the_server_runs_only_so_many(void **state)
{
    HeardSdpOffer *offer = read_offer();
    HeardLiveHearing *hearing;
    uint16_t person;
    HeardError error;
    (void)state;

    g_free(begin_test("presiding", NULL));
    hearing = heard_live_find(house.live, house.demo->hearing_id);
    person = heard_hearing_find(&hearing->rules, house_seat(&house, "clerk"));
    while (open_tests() < HEARD_LIVE_TESTS_MAX) {
        const char *address;
        g_autofree char *answer = NULL;

        hearing->rules.people[person].id[0] = (char)('0' + open_tests());
        answer = heard_live_test_start(hearing, person, offer, &address, NULL);
        assert_non_null(answer);
    }
    assert_null(begin_test("petitioner", &error));
    assert_int_equal(error, HEARD_ERROR_UNAVAILABLE);
    assert_int_equal(open_tests(), HEARD_LIVE_TESTS_MAX);
    heard_live_stop(house.live);
    assert_int_equal(open_tests(), 0);
    heard_sdp_offer_free(offer);
}

static void who_may_not(void **state)
{
    HeardError error;
    (void)state;

    assert_null(
        house_join(&house, HEARD_LIVE_TEST, house.demo->hearing_id, "nobody", NULL, &error));
    assert_int_equal(error, HEARD_ERROR_FORBIDDEN);
    assert_null(
        house_join(&house, HEARD_LIVE_TEST, "load-0", house_seat(&house, "clerk"), NULL, &error));
    assert_int_equal(error, HEARD_ERROR_FORBIDDEN);
    assert_null(house_join(&house, HEARD_LIVE_TEST, house.demo->case_id,
                           house_seat(&house, "clerk"), NULL, &error));
    assert_int_equal(error, HEARD_ERROR_UNKNOWN_HEARING);
    assert_int_equal(open_tests(), 0);
}

static void a_spent_link_ends_it(void **state)
{
    g_autofree char *petitioner = begin_test("petitioner", NULL);
    g_autofree char *clerk = begin_test("clerk", NULL);
    HeardLiveHearing *hearing = heard_live_find(house.live, house.demo->hearing_id);
    uint16_t person = heard_hearing_find(&hearing->rules, house_seat(&house, "petitioner"));
    HeardSdpOffer *offer = read_offer();
    const char *address;
    g_autoptr(GError) error = NULL;
    (void)state;

    heard_live_revoke(house.live, house.demo->hearing_id, house_seat(&house, "petitioner"));
    assert_false(end_test("petitioner", petitioner));
    assert_true(end_test("clerk", clerk));
    /* within one turn of the loop: a command under way would put the rules back */
    hearing->rules.people[person].presence = HEARD_PRESENCE_REMOVED;
    assert_null(heard_live_test_start(hearing, person, offer, &address, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_FORBIDDEN);
    hearing->rules.people[person].presence = HEARD_PRESENCE_ABSENT;
    heard_sdp_offer_free(offer);
}

static json_t *line_of(Client *viewer, const char *role)
{
    for (;;) {
        g_autoptr(json_t) event = client_event(viewer, "participant.changed");
        json_t *person = json_object_get(json_object_get(event, "data"), "participant");

        if (strcmp(json_string_value(json_object_get(person, "id")), house_seat(&house, role)) == 0)
            return json_incref(json_object_get(person, "line"));
    }
}

static void the_desk_learns_of_a_weak_line(void **state)
{
    static const char report[] = "{\"level\":\"audio_only\",\"path\":\"tcp\",\"rtt_ms\":180,"
                                 "\"loss_permille\":12,\"up_bps\":64000,\"down_bps\":90000}";
    Client clerk, observer, petitioner;
    g_autoptr(json_t) line = NULL;
    g_autoptr(json_t) before = NULL;
    g_autoptr(json_t) unseen = NULL;
    (void)state;

    json_decref(client_enter(&clerk, &house, house_seat(&house, "clerk")));
    json_decref(client_enter(&observer, &house, house_seat(&house, "observer")));
    json_decref(client_enter(&petitioner, &house, house_seat(&house, "petitioner")));
    before = line_of(&clerk, "petitioner");
    assert_true(json_is_null(before));
    client_do(&petitioner, "network.report", report);
    line = line_of(&clerk, "petitioner");
    assert_string_equal(json_string_value(json_object_get(line, "level")), "audio_only");
    assert_string_equal(json_string_value(json_object_get(line, "path")), "tcp");
    assert_int_equal(json_integer_value(json_object_get(line, "down_bps")), 90000);
    assert_true(json_integer_value(json_object_get(line, "at_ms")) > 0);
    assert_string_equal(client_refused(&petitioner, "network.report", report), "too_many");
    assert_string_equal(client_refused(&observer, "network.report", "{\"level\":\"good\"}"),
                        "bad_field");
    /* one's own line is one's own business and the desk's */
    client_do(&clerk, "network.report", report);
    unseen = line_of(&petitioner, "clerk");
    assert_null(unseen);
    client_close(&clerk);
    client_close(&observer);
    client_close(&petitioner);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        CASE(a_person_in_the_lobby_sees_itself),
        CASE(nobody_ends_anothers),
        CASE(a_new_one_replaces_the_old),
        CASE(it_ends_by_itself),
        CASE(it_ends_with_its_peer),
        CASE(who_may_not),
        CASE(the_desk_learns_of_a_weak_line),
        CASE(a_spent_link_ends_it),
        CASE(the_server_runs_only_so_many),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
