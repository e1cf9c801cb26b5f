/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/error.h"
#include "server/base/metrics.h"
#include "server/base/random.h"

#include <string.h>

/*
 * Connection tests. A person who waits wants to know whether the line carries a hearing: a
 * peer alone in a room gets its own microphone and camera back, so both directions are
 * measured on real media through the real path. It needs a seat but neither identity nor
 * consent, because nobody else is in the room, no recorder is attached to it, and the room
 * is never one of a hearing. It is no join: neither the rules nor the audit trail hear of it.
 */

/* A single layer is sent, whatever its height: show it. */
enum { TEST_HEIGHT = 1080 };

typedef struct {
    HeardWorker *worker; /* the hearing's own: the same port as later */
    HeardRoomId room;
    HeardPeerId peer;
    char hearing[HEARD_ID_SIZE], participant[HEARD_ID_SIZE];
    char address[HEARD_LIVE_PEER_ID_SIZE];
    int64_t deadline_us;
} Test;

#define TESTS_HELP "Connection tests before a hearing"
static HeardMetric started = {.name = "heard_connection_tests_total",
                              .labels = "what=\"started\"",
                              .help = TESTS_HELP,
                              .kind = HEARD_METRIC_COUNTER};
static HeardMetric refused = {.name = "heard_connection_tests_total",
                              .labels = "what=\"refused\"",
                              .help = TESTS_HELP,
                              .kind = HEARD_METRIC_COUNTER};
static HeardMetric expired = {.name = "heard_connection_tests_total",
                              .labels = "what=\"expired\"",
                              .help = TESTS_HELP,
                              .kind = HEARD_METRIC_COUNTER};

static void register_metrics(void)
{
    heard_metric_register(&started);
    heard_metric_register(&refused);
    heard_metric_register(&expired);
}

/* Also after the peer has gone by itself: its room is still there. */
static void end_at(HeardLive *self, guint index)
{
    const Test *test = g_ptr_array_index(self->tests, index);

    heard_worker_close_room(test->worker, test->room);
    g_ptr_array_remove_index_fast(self->tests, index);
}

void heard_live_tests_drop(HeardLive *self, const char *participant)
{
    for (guint i = self->tests->len; i-- > 0;) {
        const Test *test = g_ptr_array_index(self->tests, i);

        if (!participant || strcmp(test->participant, participant) == 0)
            end_at(self, i);
    }
}

void heard_live_tests_tick(HeardLive *self, int64_t now_us)
{
    for (guint i = self->tests->len; i-- > 0;) {
        const Test *test = g_ptr_array_index(self->tests, i);

        if (test->deadline_us > now_us)
            continue;
        heard_metric_add(&expired, 1);
        end_at(self, i);
    }
}

void heard_live_test_event(HeardLive *self, const HeardWorkerEvent *event)
{
    for (guint i = self->tests->len; event->kind == HEARD_WORKER_PEER_GONE && i-- > 0;) {
        const Test *test = g_ptr_array_index(self->tests, i);

        if (test->peer == event->peer)
            end_at(self, i);
    }
}

static const Test *add_test(HeardLiveHearing *hearing, uint16_t person)
{
    HeardLive *self = hearing->live;
    Test *test = g_new0(Test, 1);

    test->worker = hearing->worker;
    test->room = self->next_room++;
    test->peer = self->next_peer++;
    g_strlcpy(test->hearing, hearing->id, sizeof test->hearing);
    g_strlcpy(test->participant, hearing->rules.people[person].id, sizeof test->participant);
    heard_random_text(test->address, HEARD_LIVE_PEER_ID_SIZE - 1);
    test->deadline_us = heard_live_now_us(self) + HEARD_LIVE_TEST_US;
    g_ptr_array_add(self->tests, test);
    return test;
}

char *heard_live_test_start(HeardLiveHearing *hearing, uint16_t person, const HeardSdpOffer *offer,
                            const char **ret_address, GError **error)
{
    static const HeardSdpPolicy policy = {
        .may_send = {[HEARD_SOURCE_MICROPHONE] = true, [HEARD_SOURCE_CAMERA] = true},
        .slots_max = 1};
    HeardLive *self = hearing->live;
    HeardCandidate candidates[HEARD_CANDIDATES_MAX];
    g_autoptr(HeardPeerPlan) plan = NULL;
    char *answer;
    const Test *test;

    register_metrics();
    if (hearing->rules.people[person].presence == HEARD_PRESENCE_REMOVED) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_FORBIDDEN, "removed from this hearing");
        return NULL;
    }
    plan = heard_sdp_accept(offer, &policy, error);
    if (!plan || !heard_live_rooms_open(hearing, error))
        return NULL;
    heard_live_tests_drop(self, hearing->rules.people[person].id);
    if (self->tests->len >= HEARD_LIVE_TESTS_MAX) {
        heard_metric_add(&refused, 1);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE,
                    "%d connection tests run now; try again in half a minute",
                    HEARD_LIVE_TESTS_MAX);
        return NULL;
    }
    heard_metric_add(&started, 1);
    test = add_test(hearing, person);
    answer = heard_sdp_answer(offer, plan, heard_dtls_identity_fingerprint(self->config.identity),
                              candidates, heard_live_candidates(self, test->worker, candidates));
    heard_worker_open_room(test->worker, test->room);
    heard_worker_set_room_flow(test->worker, test->room, true);
    heard_worker_add_peer(test->worker, test->room, test->peer, "test", g_steal_pointer(&plan));
    heard_worker_set_slot(test->worker, test->peer, 0, test->peer, HEARD_SOURCE_CAMERA, TEST_HEIGHT,
                          true);
    *ret_address = test->address;
    return answer;
}

bool heard_live_test_end(HeardLive *self, const char *hearing, const char *participant,
                         const char *address, GError **error)
{
    for (guint i = 0; i < self->tests->len; i++) {
        const Test *test = g_ptr_array_index(self->tests, i);

        if (strcmp(test->address, address) != 0 || strcmp(test->hearing, hearing) != 0 ||
            g_strcmp0(test->participant, participant) != 0)
            continue;
        end_at(self, i);
        return true;
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such test; it may have ended");
    return false;
}
