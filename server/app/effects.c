/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include <string.h>

G_STATIC_ASSERT((int)HEARD_SEND_MICROPHONE == (int)HEARD_SOURCE_MICROPHONE);
G_STATIC_ASSERT((int)HEARD_SEND_CAMERA == (int)HEARD_SOURCE_CAMERA);
G_STATIC_ASSERT((int)HEARD_SEND_SCREEN == (int)HEARD_SOURCE_SCREEN);

static void allow(HeardLiveHearing *hearing, const HeardEffect *effect, bool allowed)
{
    for (guint i = 0; i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == effect->person && !(allowed && peer->waits))
            heard_worker_allow_source(hearing->worker, peer->id, (HeardSource)effect->source,
                                      allowed);
    }
}

static const char *why_dropped(const HeardLiveHearing *hearing, uint16_t person)
{
    if (heard_room_has_media(heard_hearing_room_of(&hearing->rules, person)))
        return "room";
    return hearing->rules.people[person].presence == HEARD_PRESENCE_REMOVED ? "removed" : "on_hold";
}

static void admit(HeardLiveHearing *hearing, uint16_t person)
{
    HeardRoomKind room = heard_hearing_room_of(&hearing->rules, person);

    heard_live_quality_leave(hearing, person);
    heard_live_tell(hearing, person, "media.admitted",
                    json_pack("{s:s}", "room", heard_room_name(room)));
}

static void end_hearing(HeardLiveHearing *hearing)
{
    g_autoptr(json_t) data =
        json_pack("{s:s, s:s}", "state", heard_state_name(hearing->rules.state), "outcome_note",
                  hearing->rules.note);

    heard_live_tell_all(hearing, "hearing.ended", data);
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (hearing->people[i].link)
            heard_connection_close(hearing->people[i].link->connection, HEARD_CLOSE_NORMAL);
    }
}

/* One who only had a media peer needs no connection any more. */
static void disconnect(HeardLiveHearing *hearing, uint16_t person)
{
    HeardLivePerson *live = &hearing->people[person];

    live->media_only = false;
    if (live->link)
        heard_connection_close(live->link->connection, HEARD_CLOSE_NORMAL);
}

static void start_recording(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    if (hearing->reserved) {
        heard_live_opening_done(hearing);
        return;
    }
    g_free(hearing->recording_id);
    g_free(hearing->recording_number);
    hearing->recording_id = g_strdup(save->recording_id);
    hearing->recording_number = g_strdup(save->recording_number);
    hearing->recording_epoch = save->recording_epoch;
    heard_live_record_start(hearing, strrchr(save->recording_number, '-') + 1,
                            save->recording_epoch);
}

static void run_one(HeardLiveHearing *hearing, const HeardLiveSave *save, const HeardEffect *effect)
{
    switch (effect->kind) {
    case HEARD_EFFECT_AUDIT:
    case HEARD_EFFECT_PERSIST_HEARING:
    case HEARD_EFFECT_PERSIST_PERSON:
    case HEARD_EFFECT_PERSIST_CONSENT:
    case HEARD_EFFECT_PERSIST_OUTCOME:
        return; /* durable by now: live_store.c */
    case HEARD_EFFECT_PERSIST_SUMMONS:
        heard_live_summons_done(hearing, save, effect->person);
        return;
    case HEARD_EFFECT_ROOM_FLOW_OFF:
    case HEARD_EFFECT_ROOM_FLOW_ON:
        heard_worker_set_room_flow(hearing->worker, hearing->rooms[HEARD_ROOM_MAIN].id,
                                   effect->kind == HEARD_EFFECT_ROOM_FLOW_ON);
        return;
    case HEARD_EFFECT_ROOM_OPEN:
        heard_live_room_open(hearing, effect->room);
        return;
    case HEARD_EFFECT_ROOM_CLOSE:
        heard_live_room_close(hearing, effect->room);
        return;
    case HEARD_EFFECT_MEDIA_DENY:
    case HEARD_EFFECT_MEDIA_ALLOW:
        allow(hearing, effect, effect->kind == HEARD_EFFECT_MEDIA_ALLOW);
        return;
    case HEARD_EFFECT_DROP_MEDIA:
        heard_live_drop_person(hearing, effect->person, why_dropped(hearing, effect->person));
        return;
    case HEARD_EFFECT_RECORDING_START:
        start_recording(hearing, save);
        return;
    case HEARD_EFFECT_RECORDING_PAUSE:
        heard_live_record_pause(hearing);
        return;
    case HEARD_EFFECT_RECORDING_RESUME:
        heard_live_record_resume(hearing);
        return;
    case HEARD_EFFECT_RECORDING_FINISH:
        heard_live_record_finish(hearing);
        return;
    case HEARD_EFFECT_ADMIT_MEDIA:
        admit(hearing, effect->person);
        heard_live_exhibit_greet(hearing, effect->person);
        return;
    case HEARD_EFFECT_TELL_HEARING:
        heard_live_tell_hearing(hearing, &save->command->command);
        return;
    case HEARD_EFFECT_TELL_PERSON:
        heard_live_tell_person(hearing, effect->person);
        return;
    case HEARD_EFFECT_TELL_MAY:
        heard_live_tell_may(hearing, effect->person);
        return;
    case HEARD_EFFECT_ENDED:
        end_hearing(hearing);
        return;
    case HEARD_EFFECT_DISCONNECT:
        disconnect(hearing, effect->person);
        return;
    case HEARD_EFFECT_COUNT:
        break;
    }
    g_assert_not_reached();
}

/* ---- what happened, for the sealed log: a recording explains itself without the database ---- */

/* What happens in a closed room is nothing of the recording's, who sends what included. */
static bool is_heard(const HeardHearing *rules, unsigned person)
{
    return rules->people[person].in_media &&
           heard_hearing_room_of(rules, (uint16_t)person) == HEARD_ROOM_MAIN;
}

static void record_media(HeardLiveHearing *hearing, uint16_t person)
{
    json_t *data = json_object();

    json_object_set_new(data, "participant", json_string(hearing->rules.people[person].id));
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
        json_object_set_new(data, heard_send_name((HeardSend)s),
                            json_string(heard_source_word(hearing, person, (HeardSend)s)));
    heard_live_record_event(hearing, "media", data);
}

static void record_people(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        const HeardPerson *was = &save->before->people[i], *is = &hearing->rules.people[i];
        bool sends = memcmp(was->sends, is->sends, sizeof was->sends) != 0 ||
                     memcmp(was->blocked, is->blocked, sizeof was->blocked) != 0;

        bool was_heard = is_heard(save->before, i), heard = is_heard(&hearing->rules, i);

        if (!was_heard && heard)
            heard_live_record_join(hearing, (uint16_t)i);
        else if (was_heard && !heard)
            heard_live_record_event(hearing, "leave",
                                    json_pack("{s:s, s:s}", "participant", is->id, "reason",
                                              heard_presence_name(is->presence)));
        if (heard && (sends || !was_heard))
            record_media(hearing, (uint16_t)i);
    }
}

static void record_events(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;
    const char *by = command->actor ? command->actor : "server";
    const char *type = command->verb == HEARD_VERB_OPEN     ? "open"
                       : command->verb == HEARD_VERB_RECESS ? "recess"
                       : command->verb == HEARD_VERB_RESUME ? "resume"
                       : command->verb == HEARD_VERB_CLOSE  ? "close"
                                                            : NULL;

    record_people(hearing, save);
    heard_live_floor_record(hearing, save);
    heard_live_record_decision(hearing, save);
    if (type)
        heard_live_record_event(hearing, type,
                                json_pack("{s:s, s:s}", "by", by, "reason", command->reason));
    if (save->before->phase != hearing->rules.phase) {
        const HeardProfile *profile = hearing->rules.config.profile;

        heard_live_record_event(
            hearing, "phase",
            json_pack("{s:s, s:s}", "phase", profile->phases[hearing->rules.phase].code, "by", by));
    }
}

static void notify_rooms(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;

    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        const HeardPerson *was = &save->before->people[i], *is = &hearing->rules.people[i];

        if (is->invited != HEARD_ROOM_NONE && is->invited != was->invited)
            heard_live_tell_notice(hearing, (uint16_t)i, "room_invited",
                                   heard_room_name(is->invited));
        if (command->verb == HEARD_VERB_ROOM_CLOSE && was->room == command->room &&
            strcmp(is->id, command->actor) != 0)
            heard_live_tell_notice(hearing, (uint16_t)i, "room_closed_by_mediator",
                                   heard_room_name(command->room));
    }
}

static void notify_blocked(HeardLiveHearing *hearing, const HeardCommand *command)
{
    uint16_t target = heard_hearing_find(&hearing->rules, command->target);

    heard_live_tell_notice(hearing, target,
                           command->blocked ? "muted_by_presiding" : "unmuted_by_presiding",
                           heard_send_name(command->source));
}

void heard_effects_run(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;
    bool finishes = heard_hearing_over(&hearing->rules);

    if (save->answer != HEARD_ANSWER_OK)
        return; /* only the audit entry of a refusal */
    /* The last words of the log belong before its end. */
    if (finishes)
        record_events(hearing, save);
    for (unsigned i = 0; i < save->effects->count; i++)
        run_one(hearing, save, &save->effects->items[i]);
    heard_live_rooms_sweep(hearing);
    if (!finishes)
        record_events(hearing, save);
    notify_rooms(hearing, save);
    heard_live_notify_summons(hearing, save);
    heard_live_notify_recusal(hearing, save);
    if (command->verb == HEARD_VERB_BLOCK)
        notify_blocked(hearing, command);
    if (command->verb == HEARD_VERB_MEDIA_STATE)
        hearing->people[heard_hearing_find(&hearing->rules, command->actor)].told_sends = true;
    heard_live_tell_queue(hearing);
    heard_slots_hide(hearing);
    heard_live_summons_seat(hearing, save);
}
