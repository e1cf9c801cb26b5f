/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/app/veil.h"
#include "server/base/clock.h"

#include <string.h>

static bool is_ready(const HeardLivePerson *person)
{
    return person->link && person->link->ready;
}

/* Events are kept for who may come back within the grace. */
static bool may_come_back(const HeardPerson *person)
{
    return person->online || person->presence == HEARD_PRESENCE_DISCONNECTED ||
           person->presence == HEARD_PRESENCE_PRESENT ||
           person->presence == HEARD_PRESENCE_IN_CAUCUS;
}

/* Who is screened from the viewer has no name for him. */
static json_t *cover_take(const HeardLiveHearing *hearing, uint16_t viewer, json_t *data_take)
{
    g_autoptr(HeardVeil) veil = NULL;
    json_t *covered;

    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (heard_hearing_shows(&hearing->rules, viewer, (uint16_t)i) || !hearing->people[i].name)
            continue;
        if (!veil)
            veil = heard_veil_new();
        heard_veil_add(veil, hearing->people[i].name);
    }
    if (!veil)
        return data_take;
    covered = heard_veil_cover(veil, data_take, hearing->people[viewer].language);
    json_decref(data_take);
    return covered;
}

void heard_live_tell(HeardLiveHearing *hearing, uint16_t person, const char *type,
                     json_t *data_take)
{
    HeardLivePerson *live = &hearing->people[person];
    const char *text;

    if (!live->log || (!is_ready(live) && !may_come_back(&hearing->rules.people[person]))) {
        live->log_broken = true;
        json_decref(data_take);
        return;
    }
    text = heard_event_log_add_take(live->log, type, cover_take(hearing, person, data_take));
    if (is_ready(live))
        heard_connection_send_event(live->link->connection, text);
}

void heard_live_tell_all(HeardLiveHearing *hearing, const char *type, json_t *data)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        heard_live_tell(hearing, (uint16_t)i, type, json_incref(data));
}

void heard_live_tell_notice(HeardLiveHearing *hearing, uint16_t person, const char *code,
                            const char *detail)
{
    g_autoptr(json_t) data = json_pack("{s:s, s:s}", "code", code, "detail", detail ? detail : "");

    if (person == HEARD_NOBODY)
        heard_live_tell_all(hearing, "notice", data);
    else
        heard_live_tell(hearing, person, "notice", json_incref(data));
}

void heard_live_tell_hearing(HeardLiveHearing *hearing, const HeardCommand *command)
{
    heard_live_attendance_mark(hearing);
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        json_t *data = json_object();

        json_object_set_new(data, "hearing", heard_json_hearing(hearing, (uint16_t)i));
        json_object_set_new(data, "by", command->actor ? json_string(command->actor) : json_null());
        json_object_set_new(data, "reason", json_string(command->reason));
        heard_live_tell(hearing, (uint16_t)i, "hearing.changed", data);
    }
}

static json_t *changed_json(HeardLiveHearing *hearing, uint16_t viewer, uint16_t person)
{
    json_t *data = json_object();

    json_object_set_new(data, "participant", heard_json_participant(hearing, viewer, person));
    if (viewer == person && heard_person_waiting(&hearing->rules.people[person]))
        json_object_set_new(data, "ahead",
                            json_integer(heard_hearing_ahead(&hearing->rules, person)));
    return data;
}

static bool has_seen(const HeardLivePerson *viewer, uint16_t person)
{
    return (viewer->seen[person / 8] >> (person % 8)) & 1;
}

static void set_seen(HeardLivePerson *viewer, uint16_t person, bool seen)
{
    uint8_t bit = (uint8_t)(1u << (person % 8));

    if (seen)
        viewer->seen[person / 8] |= bit;
    else
        viewer->seen[person / 8] &= (uint8_t)~bit;
}

static void show_person(HeardLiveHearing *hearing, uint16_t viewer, uint16_t person)
{
    HeardLivePerson *live = &hearing->people[viewer];

    if (!live->log)
        return;
    if (heard_hearing_sees(&hearing->rules, viewer, person)) {
        set_seen(live, person, true);
        heard_live_tell(hearing, viewer, "participant.changed",
                        changed_json(hearing, viewer, person));
    } else if (has_seen(live, person)) {
        set_seen(live, person, false);
        heard_live_tell(hearing, viewer, "participant.gone",
                        json_pack("{s:s}", "participant", hearing->rules.people[person].id));
    }
}

void heard_live_tell_person(HeardLiveHearing *hearing, uint16_t person)
{
    HeardLivePerson *live = &hearing->people[person];

    heard_live_attendance_mark(hearing);
    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        show_person(hearing, (uint16_t)i, person);
    /* Let in or sent out, the person sees others than before. */
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (i != person &&
            has_seen(live, (uint16_t)i) != heard_hearing_sees(&hearing->rules, person, (uint16_t)i))
            show_person(hearing, person, (uint16_t)i);
    }
}

static json_t *room_json(const HeardLiveHearing *hearing, uint16_t person)
{
    return json_string(heard_room_name(heard_hearing_room_of(&hearing->rules, person)));
}

void heard_live_tell_may(HeardLiveHearing *hearing, uint16_t person)
{
    json_t *data = json_object();

    json_object_set_new(data, "may", heard_json_may(hearing, person));
    json_object_set_new(data, "room", room_json(hearing, person));
    heard_live_tell(hearing, person, "you.changed", data);
}

void heard_live_tell_recording(HeardLiveHearing *hearing)
{
    g_autoptr(json_t) data = json_object();

    heard_live_attendance_mark(hearing);
    hearing->recording_told_us = heard_live_now_us(hearing->live);
    json_object_set_new(data, "recording", heard_json_recording(hearing));
    heard_live_tell_all(hearing, "recording.changed", data);
}

void heard_live_tell_speakers(HeardLiveHearing *hearing, HeardRoomKind room)
{
    const HeardPeerId *speakers = hearing->rooms[room].speakers;
    g_autoptr(json_t) data = json_object();
    json_t *list = json_array();

    for (unsigned i = 0; i < HEARD_WORKER_SPEAKERS_MAX && speakers[i] != 0; i++) {
        const HeardLivePeer *peer = heard_live_peer_of(hearing, speakers[i]);

        if (peer && peer->person != HEARD_NOBODY)
            json_array_append_new(list, json_string(hearing->rules.people[peer->person].id));
    }
    json_object_set_new(data, "speakers", list);
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (heard_hearing_room_of(&hearing->rules, (uint16_t)i) == room)
            heard_live_tell(hearing, (uint16_t)i, "speakers.changed", json_incref(data));
    }
}

void heard_live_tell_queue(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        HeardLivePerson *live = &hearing->people[i];
        unsigned ahead;

        if (!heard_person_waiting(&hearing->rules.people[i]) || !is_ready(live))
            continue;
        ahead = heard_hearing_ahead(&hearing->rules, (uint16_t)i);
        if (ahead == live->ahead)
            continue;
        live->ahead = ahead;
        heard_live_tell(hearing, (uint16_t)i, "participant.changed",
                        changed_json(hearing, (uint16_t)i, (uint16_t)i));
    }
}

static json_t *snapshot(HeardLiveHearing *hearing, uint16_t person)
{
    HeardLivePerson *live = &hearing->people[person];
    const HeardPerson *p = &hearing->rules.people[person];
    json_t *data = json_object(), *people = json_array(), *you = json_object();

    memset(live->seen, 0, sizeof live->seen);
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (!heard_hearing_sees(&hearing->rules, person, (uint16_t)i))
            continue;
        set_seen(live, (uint16_t)i, true);
        json_array_append_new(people, heard_json_participant(hearing, person, (uint16_t)i));
    }
    json_object_set_new(you, "participant", json_string(p->id));
    json_object_set_new(you, "role", json_string(heard_role_name(p->role)));
    json_object_set_new(you, "may", heard_json_may(hearing, person));
    json_object_set_new(you, "room", room_json(hearing, person));
    json_object_set_new(you, "language", json_string(live->language));
    live->ahead = heard_hearing_ahead(&hearing->rules, person);
    if (heard_person_waiting(p))
        json_object_set_new(data, "ahead", json_integer(live->ahead));
    json_object_set_new(data, "epoch", json_string(hearing->epoch));
    json_object_set_new(data, "server_time_ms", json_integer(heard_clock_wall_ms()));
    json_object_set_new(data, "hearing", heard_json_hearing(hearing, person));
    json_object_set_new(data, "participants", people);
    json_object_set_new(data, "recording", heard_json_recording(hearing));
    json_object_set_new(data, "slots", heard_slots_json(hearing, person));
    json_object_set_new(data, "shown", heard_json_shown(hearing, person));
    json_object_set_new(data, "attendance", heard_json_attendance(hearing));
    json_object_set_new(data, "you", you);
    return data;
}

void heard_live_greet(HeardLiveHearing *hearing, uint16_t person)
{
    HeardLivePerson *live = &hearing->people[person];
    HeardLiveLink *link = live->link;
    bool resumed;

    if (!link || !link->hello_waits)
        return;
    resumed = live->log && !live->log_broken && strcmp(link->epoch, hearing->epoch) == 0 &&
              heard_event_log_reaches(live->log, link->seq);
    link->hello_waits = false;
    heard_connection_reply_take(link->connection, link->hello_id,
                                json_pack("{s:b}", "resumed", resumed));
    link->ready = true;
    if (resumed) {
        heard_connection_send_missed(link->connection, live->log, link->seq);
        return;
    }
    if (!live->log)
        live->log = heard_event_log_new();
    live->log_broken = false;
    heard_live_tell(hearing, person, "snapshot", snapshot(hearing, person));
}
