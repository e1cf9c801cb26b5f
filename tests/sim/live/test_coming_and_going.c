/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One open hearing whose people lose the line and come back, again and again, as in a day
 * of bad networks: WebSocket, hello, media, chat, the line is cut, the peer is gone. Once
 * its logs are full the house no longer grows.
 *
 * HEARD_SOAK_RETURNS (200) is how often; a day of three people who each come back every two
 * minutes has 2160. Real signaling and a real database; media workers are stand-ins.
 */
#include "tests/unit/app/live_house.h"

#include <malloc.h>
#include <sqlite3.h>
#include <stdlib.h>

/* The logs of events go up and down by some 150 KB as old texts make room for new ones; what
 * counts is the highest point of the last quarter against that of the one before. */
enum { PEOPLE = 3, GROWTH_MAX = 64 * 1024 };

static const char *const roles[PEOPLE] = {"presiding", "clerk", "petitioner"};

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

/* The house's database lies in memory: its rows grow as they should. */
static size_t heap_bytes(void)
{
    size_t all = __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes()
                                                         : mallinfo2().uordblks;

    return all - (size_t)sqlite3_memory_used();
}

static void enter(House *house, Client *client, const char *role)
{
    json_decref(client_enter(client, house, house_seat(house, role)));
}

static void admit(House *house, Client *clerk, Client *petitioner)
{
    const char *who = house_seat(house, "petitioner");
    g_autofree char *person = g_strdup_printf("{\"participant\":\"%s\"}", who);
    g_autofree char *identity =
        g_strdup_printf("{\"participant\":\"%s\",\"method\":\"id_card\",\"document\":\"1234\","
                        "\"result\":\"ok\"}",
                        who);

    client_do(petitioner, "consent.give",
              "{\"subject\":\"online_mode\",\"decision\":\"given\",\"text_version\":\"2026-11\"}");
    client_do(petitioner, "consent.give",
              "{\"subject\":\"recording\",\"decision\":\"given\",\"text_version\":\"2026-11\"}");
    client_do(clerk, "participant.check_identity", identity);
    client_do(clerk, "participant.admit", person);
    json_decref(client_event(petitioner, "media.admitted"));
}

static void join(House *house, const char *role)
{
    g_autofree char *peer = house_join(house, HEARD_LIVE_PEER, house->demo->hearing_id,
                                       house_seat(house, role), NULL, NULL);

    house_worker_event(house, HEARD_WORKER_PEER_CONNECTED, house_last_peer());
    house_worker_event(house, HEARD_WORKER_SOURCE_STARTED, house_last_peer());
    house_worker_event(house, HEARD_WORKER_SPEAKERS, house_last_peer());
}

/* The line of one of them is cut and he comes back: with a reload, or on the same page. */
static void come_back(House *house, Client *clients, unsigned turn)
{
    unsigned who = turn % PEOPLE;
    unsigned old_peer;

    join(house, roles[who]);
    old_peer = house_last_peer();
    client_cut(&clients[who]);
    client_close(&clients[who]);
    if (turn % 2)
        house_worker_event(house, HEARD_WORKER_PEER_GONE, old_peer);
    enter(house, &clients[who], roles[who]);
    json_decref(client_ask(&clients[who], "hand.raise", NULL));
    json_decref(client_ask(&clients[who], "hand.lower", NULL));
    join(house, roles[who]);
    house_worker_event(house, HEARD_WORKER_PEER_GONE, house_last_peer());
    /* Those who stay read what came. */
    for (unsigned i = 0; i < PEOPLE; i++) {
        json_t *event;

        json_decref(client_ask(&clients[i], "hand.lower", NULL));
        while ((event = g_queue_pop_head(&clients[i].events)))
            json_decref(event);
    }
    g_string_truncate(house_told, 0);
}

static void a_house_of_bad_lines_does_not_grow(void **state)
{
    const char *text = g_getenv("HEARD_SOAK_RETURNS");
    unsigned returns = text ? (unsigned)strtoul(text, NULL, 10) : 200;
    Client clients[PEOPLE];
    size_t highest[4] = {0}, heap;
    House house;
    (void)state;

    house_open(&house);
    for (unsigned i = 0; i < PEOPLE; i++)
        enter(&house, &clients[i], roles[i]);
    admit(&house, &clients[1], &clients[2]);
    client_do(&clients[0], "hearing.open", NULL);
    for (unsigned turn = 0; turn < returns; turn++) {
        come_back(&house, clients, turn);
        house_number(&house, "SELECT 1"); /* what the store gave back before is freed by now */
        heap = heap_bytes();
        highest[turn * 4 / returns] = MAX(highest[turn * 4 / returns], heap);
        if ((turn + 1) % MAX(returns / 8, 1) == 0)
            print_message("# %u returns: heap %zu B\n", turn + 1, heap);
    }
    assert_true(highest[3] <= highest[2] + GROWTH_MAX);
    for (unsigned i = 0; i < PEOPLE; i++)
        client_close(&clients[i]);
    house_close(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_house_of_bad_lines_does_not_grow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
