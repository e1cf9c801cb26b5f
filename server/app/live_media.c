/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "media/sdp/answer.h"
#include "media/sdp/credentials.h"
#include "media/sdp/fragment.h"
#include "media/sdp/parse.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <string.h>

typedef struct {
    HeardLive *live;
    HeardLiveJoinKind kind;
    char hearing[HEARD_ID_SIZE], participant[HEARD_ID_SIZE];
    char label[HEARD_SINK_LABEL_SIZE], of[HEARD_SINK_LABEL_SIZE];
    HeardRoomKind room; /* that the caller believes to be in; NONE: whichever */
    HeardSdpOffer *offer;
    GError *error; /* the offer could not be read */
    HeardLiveJoined done;
    void *data;
} Join;

static void join_free(Join *self)
{
    heard_sdp_offer_free(self->offer);
    g_clear_error(&self->error);
    g_free(self);
}

static void join_fail_take(Join *self, const GError *error)
{
    self->done(NULL, NULL, error, self->data);
    join_free(self);
}

static void join_refuse(Join *self, HeardError code, const char *why)
{
    g_autoptr(GError) error = g_error_new(HEARD_ERROR, (gint)code, "%s", why);

    join_fail_take(self, error);
}

/* ---- joining ---- */

unsigned heard_live_candidates(const HeardLive *self, const HeardWorker *worker,
                               HeardCandidate candidates[static HEARD_CANDIDATES_MAX])
{
    const char *const *addresses = self->config.addresses;
    unsigned count = 0;

    for (; addresses && addresses[count] && count < HEARD_CANDIDATES_MAX; count++) {
        HeardCandidate *candidate = &candidates[count];

        memset(candidate, 0, sizeof *candidate);
        g_strlcpy(candidate->address, addresses[count], sizeof candidate->address);
        candidate->udp_port = heard_worker_udp_port(worker);
        candidate->tcp_port = heard_worker_tcp_port(worker);
    }
    return count;
}

static unsigned set_candidates(const HeardLiveHearing *hearing,
                               HeardCandidate candidates[static HEARD_CANDIDATES_MAX])
{
    return heard_live_candidates(hearing->live, hearing->worker, candidates);
}

static HeardSdpPolicy policy_of(const HeardLiveHearing *hearing, uint16_t person,
                                HeardLiveJoinKind kind)
{
    HeardSdpPolicy policy = {0};

    if (kind == HEARD_LIVE_PEER)
        policy.slots_max = HEARD_SLOTS_MAX;
    else if (kind == HEARD_LIVE_ATTEND)
        policy.slots_max = HEARD_LIVE_PICTURES_MAX + HEARD_WORKER_SPEAKERS_MAX;
    else if (kind == HEARD_LIVE_WHEP)
        policy.slots_max = 1;
    if (kind == HEARD_LIVE_WHEP || kind == HEARD_LIVE_ATTEND)
        return policy;
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++) {
        HeardPermission permission = s == HEARD_SEND_SCREEN ? HEARD_MAY_SHARE : HEARD_MAY_SPEAK;

        policy.may_send[s] =
            person == HEARD_NOBODY ||
            heard_role_permit(hearing->rules.people[person].role, permission) != HEARD_PERMIT_NO;
    }
    return policy;
}

/* Watching devices stand beside the seat: the newest ones of them. */
static void limit_watching(HeardLiveHearing *hearing, uint16_t person)
{
    unsigned watching = 0;

    for (guint i = hearing->peers->len; person != HEARD_NOBODY && i-- > 0;) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        /* the oldest ones come last in this walk */
        if (peer->person == person && peer->kind == HEARD_LIVE_WHEP &&
            ++watching >= HEARD_LIVE_WHEP_MAX)
            heard_live_peer_remove(peer);
    }
}

/* Exactly three slots without a place for a picture behind the others are for voices. */
static unsigned count_pictures(const HeardPeerPlan *plan)
{
    unsigned count = plan->slot_count;

    while (count > 0 && !plan->slots[count - 1].video.used)
        count--;
    return count;
}

static HeardLivePeer *add_peer(HeardLiveHearing *hearing, const Join *join, uint16_t person,
                               HeardRoomKind room, const HeardPeerPlan *plan)
{
    HeardLivePeer *peer = g_new0(HeardLivePeer, 1);

    peer->hearing = hearing;
    peer->id = hearing->live->next_peer++;
    peer->kind = join->kind;
    peer->room = room;
    peer->person = person;
    heard_random_text(peer->address, HEARD_LIVE_PEER_ID_SIZE - 1);
    g_strlcpy(peer->label, person != HEARD_NOBODY ? hearing->rules.people[person].id : join->label,
              sizeof peer->label);
    g_strlcpy(peer->of, join->of, sizeof peer->of);
    if (join->kind == HEARD_LIVE_ATTEND)
        g_strlcpy(peer->attendee, join->participant, sizeof peer->attendee);
    g_strlcpy(peer->remote_ufrag, plan->remote.ufrag, sizeof peer->remote_ufrag);
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
        peer->has[s] = plan->sources[s].used;
    peer->view.slot_count = count_pictures(plan);
    peer->view.hears_voices = plan->slot_count == peer->view.slot_count + HEARD_WORKER_SPEAKERS_MAX;
    if (!peer->view.hears_voices)
        peer->view.slot_count = plan->slot_count;
    g_ptr_array_add(hearing->peers, peer);
    g_hash_table_insert(hearing->live->peers, GUINT_TO_POINTER(peer->id), peer);
    return peer;
}

/* Where the peer goes; NONE with an error. */
static HeardRoomKind choose_room(const Join *self, const HeardLiveHearing *hearing, uint16_t person,
                                 GError **error)
{
    HeardRoomKind room =
        person == HEARD_NOBODY ? HEARD_ROOM_MAIN : heard_hearing_room_of(&hearing->rules, person);

    if (!heard_room_has_media(room))
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_ADMITTED, "wait until the desk admits you");
    else if (!heard_live_room_is_sure(hearing, person) || hearing->rooms[room].id == 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "wait until you are told where");
    else if (self->room != HEARD_ROOM_NONE && self->room != room)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "%s: you are in %s",
                    heard_answer_name(HEARD_ANSWER_WRONG_ROOM), heard_room_name(room));
    else
        return room;
    return HEARD_ROOM_NONE;
}

static void finish_join(Join *self, HeardLiveHearing *hearing, uint16_t person)
{
    HeardCandidate candidates[HEARD_CANDIDATES_MAX];
    HeardSdpPolicy policy = policy_of(hearing, person, self->kind);
    g_autoptr(HeardPeerPlan) plan = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = NULL;
    HeardRoomKind room = choose_room(self, hearing, person, &error);
    HeardLivePeer *peer;

    if (room == HEARD_ROOM_NONE) {
        join_fail_take(self, error);
        return;
    }
    if (hearing->peers->len >= HEARD_LIVE_PEERS_MAX) {
        join_refuse(self, HEARD_ERROR_HEARING_FULL, "too many devices in this hearing");
        return;
    }
    plan = heard_sdp_accept(self->offer, &policy, &error);
    if (!plan) {
        join_fail_take(self, error);
        return;
    }
    if (self->kind == HEARD_LIVE_WHEP)
        limit_watching(hearing, person);
    peer = add_peer(hearing, self, person, room, plan);
    if (self->kind == HEARD_LIVE_ATTEND)
        heard_live_attendee_enter(peer);
    heard_live_seat_enter(peer);
    answer = heard_sdp_answer(self->offer, plan,
                              heard_dtls_identity_fingerprint(hearing->live->config.identity),
                              candidates, set_candidates(hearing, candidates));
    heard_worker_add_peer(hearing->worker, hearing->rooms[room].id, peer->id, peer->label,
                          g_steal_pointer(&plan));
    heard_live_seat_deny(peer);
    heard_slots_update(
        hearing, self->kind == HEARD_LIVE_WHEP || self->kind == HEARD_LIVE_ATTEND ? peer : NULL);
    self->done(answer, peer->address, NULL, self->data);
    join_free(self);
}

static void start_test(Join *self, HeardLiveHearing *hearing, uint16_t person)
{
    g_autoptr(GError) error = NULL;
    const char *address = NULL;
    g_autofree char *answer = heard_live_test_start(hearing, person, self->offer, &address, &error);

    if (!answer) {
        join_fail_take(self, error);
        return;
    }
    self->done(answer, address, NULL, self->data);
    join_free(self);
}

static void on_connected(HeardLiveHearing *hearing, HeardAnswer answer, const GError *error,
                         void *data)
{
    Join *self = data;
    uint16_t person = heard_hearing_find(&hearing->rules, self->participant);

    if (!error && (answer == HEARD_ANSWER_OK || answer == HEARD_ANSWER_UNCHANGED)) {
        finish_join(self, hearing, person);
        return;
    }
    hearing->people[person].media_only = false;
    if (error)
        join_fail_take(self, error);
    else
        join_refuse(self, heard_answer_error(answer), heard_answer_name(answer));
}

static void join_attendee(Join *self, HeardLiveHearing *hearing)
{
    if (!heard_live_is_attended(hearing))
        join_refuse(self, HEARD_ERROR_FORBIDDEN, "nobody attends this hearing");
    else if (heard_hearing_over(&hearing->rules))
        join_refuse(self, HEARD_ERROR_HEARING_CLOSED, "this hearing is over");
    else
        finish_join(self, hearing, HEARD_NOBODY);
}

static void on_hearing(HeardLiveHearing *hearing, const GError *error, void *data)
{
    Join *self = data;
    uint16_t person = HEARD_NOBODY;

    if (error) {
        join_fail_take(self, error);
        return;
    }
    if (self->error) {
        join_fail_take(self, self->error);
        return;
    }
    if (self->kind == HEARD_LIVE_ATTEND) {
        join_attendee(self, hearing);
        return;
    }
    if (hearing->is_load != (self->participant[0] == '\0')) {
        join_refuse(self, HEARD_ERROR_FORBIDDEN, "no seat in this hearing");
        return;
    }
    if (hearing->is_load) {
        finish_join(self, hearing, HEARD_NOBODY);
        return;
    }
    person = heard_hearing_find(&hearing->rules, self->participant);
    if (person == HEARD_NOBODY) {
        join_refuse(self, HEARD_ERROR_FORBIDDEN, "no seat in this hearing");
    } else if (heard_hearing_over(&hearing->rules)) {
        join_refuse(self, HEARD_ERROR_HEARING_CLOSED, "this hearing is over");
    } else if (self->kind == HEARD_LIVE_TEST) {
        start_test(self, hearing, person);
    } else if (self->kind == HEARD_LIVE_PEER || hearing->rules.people[person].online) {
        finish_join(self, hearing, person);
    } else {
        /* An encoder has no signaling: its POST is the connection. */
        hearing->people[person].media_only = true;
        heard_live_report(hearing, HEARD_VERB_CONNECT, person, NULL, on_connected, self);
    }
}

void heard_live_join(HeardLive *self, const HeardLiveJoin *join, HeardLiveJoined done, void *data)
{
    Join *state = g_new0(Join, 1);

    state->live = self;
    state->kind = join->kind;
    g_strlcpy(state->hearing, join->hearing, sizeof state->hearing);
    g_strlcpy(state->participant, join->participant ? join->participant : "",
              sizeof state->participant);
    g_strlcpy(state->label, join->label ? join->label : "", sizeof state->label);
    g_strlcpy(state->of, join->of ? join->of : "", sizeof state->of);
    state->room = join->room;
    state->done = done;
    state->data = data;
    state->offer = heard_sdp_parse(join->offer, join->offer_size, &state->error);
    heard_live_with_hearing(self, state->hearing, on_hearing, state);
}

/* ---- afterwards ---- */

static HeardLivePeer *find_owned(HeardLive *self, const char *hearing_id, const char *participant,
                                 const char *address, GError **error)
{
    HeardLiveHearing *hearing = heard_live_find(self, hearing_id);

    for (guint i = 0; hearing && i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);
        const char *owner = peer->person != HEARD_NOBODY ? hearing->rules.people[peer->person].id
                            : *peer->attendee            ? peer->attendee
                                                         : NULL;

        if (g_strcmp0(participant, owner) == 0 && strcmp(peer->address, address) == 0)
            return peer;
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such peer; join again");
    return NULL;
}

char *heard_live_restart_ice(HeardLive *self, const char *hearing, const char *participant,
                             const char *peer_address, const char *fragment, size_t size,
                             GError **error)
{
    HeardLivePeer *peer = find_owned(self, hearing, participant, peer_address, error);
    g_autofree HeardSdpFragment *request = g_new0(HeardSdpFragment, 1);
    g_autofree HeardIceCredentials *local = g_new0(HeardIceCredentials, 1);
    HeardCandidate candidates[HEARD_CANDIDATES_MAX];

    if (!peer || !heard_sdp_fragment_parse(fragment, size, request, error))
        return NULL;
    if (strcmp(request->ice.ufrag, peer->remote_ufrag) == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "no new credentials: candidates need not be sent");
        return NULL;
    }
    heard_ice_credentials_new(local);
    g_strlcpy(peer->remote_ufrag, request->ice.ufrag, sizeof peer->remote_ufrag);
    heard_worker_restart_ice(peer->hearing->worker, peer->id, local, &request->ice);
    return heard_sdp_fragment_answer(request, local, candidates,
                                     set_candidates(peer->hearing, candidates));
}

bool heard_live_leave(HeardLive *self, const char *hearing, const char *participant,
                      const char *peer_address, GError **error)
{
    HeardLivePeer *peer = find_owned(self, hearing, participant, peer_address, error);
    HeardLiveHearing *home;
    uint16_t person;
    bool followed;

    if (!peer)
        return false;
    home = peer->hearing;
    person = peer->person;
    followed = heard_live_seat_next(peer) != NULL;
    heard_live_seat_leave(peer, false);
    heard_slots_update(home, NULL);
    if (person != HEARD_NOBODY && !followed)
        heard_live_reconcile(home, person);
    return true;
}

/* ---- what the workers tell ---- */

static void on_gone(HeardLivePeer *peer, HeardPeerGone why)
{
    HeardLiveHearing *hearing = peer->hearing;
    uint16_t person = peer->person;
    HeardLiveJoinKind kind = peer->kind;
    /* Not with one that waited, nor where another is on its way: the tick looks again. */
    bool lost = !peer->waits && !heard_live_seat_next(peer);

    heard_live_seat_leave(peer, true);
    heard_slots_update(hearing, NULL);
    if (person == HEARD_NOBODY || !lost)
        return;
    if (kind == HEARD_LIVE_PEER &&
        (why == HEARD_PEER_GONE_TIMEOUT || why == HEARD_PEER_GONE_FAILED))
        heard_live_tell(
            hearing, person, "media.dropped",
            json_pack("{s:s}", "reason", why == HEARD_PEER_GONE_TIMEOUT ? "timeout" : "failed"));
    heard_live_reconcile(hearing, person);
    heard_live_quality_check(hearing, person);
}

static void on_source_started(HeardLivePeer *peer, HeardSend source)
{
    HeardLiveHearing *hearing = peer->hearing;

    if (peer->started[source])
        return;
    peer->started[source] = true;
    if (peer->waits)
        return;
    if (peer->person != HEARD_NOBODY && !hearing->people[peer->person].told_sends)
        heard_live_tell_person(hearing, peer->person);
    heard_slots_update(hearing, NULL);
}

static void on_speakers(HeardLive *self, const HeardWorkerEvent *event)
{
    HeardLiveHearing *hearing;
    HeardRoomKind kind;
    HeardLiveRoom *room = heard_live_room_find(self, event->room, &hearing, &kind);

    if (!room)
        return;
    memcpy(room->speakers, event->speakers, sizeof room->speakers);
    heard_live_tell_speakers(hearing, kind);
    heard_slots_update(hearing, NULL);
}

static void on_voices(HeardLive *self, const HeardWorkerEvent *event)
{
    HeardLiveHearing *hearing;
    HeardRoomKind kind;
    HeardLiveRoom *room = heard_live_room_find(self, event->room, &hearing, &kind);

    if (!room)
        return;
    memcpy(room->voices, event->speakers, sizeof room->voices);
    heard_slots_update_voices(hearing);
}

void heard_live_on_worker_event(const HeardWorkerEvent *event, void *data)
{
    HeardLive *self = data;
    HeardLivePeer *peer = g_hash_table_lookup(self->peers, GUINT_TO_POINTER(event->peer));

    if (event->kind == HEARD_WORKER_FENCED) {
        heard_live_settle_fenced(self, event);
        return;
    }
    if (self->stopping)
        return;
    if (event->kind == HEARD_WORKER_SPEAKERS) {
        on_speakers(self, event);
        return;
    }
    if (event->kind == HEARD_WORKER_VOICES) {
        on_voices(self, event);
        return;
    }
    if (!peer) { /* of a test, or removed meanwhile */
        heard_live_test_event(self, event);
        return;
    }
    switch (event->kind) {
    case HEARD_WORKER_PEER_CONNECTED:
        heard_live_seat_connected(peer);
        return;
    case HEARD_WORKER_PEER_GONE:
        on_gone(peer, event->gone);
        return;
    case HEARD_WORKER_SOURCE_STARTED:
        on_source_started(peer, (HeardSend)event->source);
        return;
    case HEARD_WORKER_STATS:
        heard_live_quality_stats(peer, &event->stats);
        heard_live_floor_stats(peer, event->stats.spoken_us);
        return;
    case HEARD_WORKER_SPEAKERS:
    case HEARD_WORKER_VOICES:
    case HEARD_WORKER_FENCED:
        return;
    }
    g_assert_not_reached();
}
