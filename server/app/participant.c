/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include <string.h>

static json_t *time_or_null(int64_t wall_ms)
{
    return wall_ms ? json_integer(wall_ms) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *phases_json(const HeardHearing *rules)
{
    const HeardProfile *profile = rules->config.profile;
    json_t *list = json_array();

    for (unsigned i = 0; i < profile->phase_count; i++) {
        const HeardPhase *phase = &profile->phases[i];
        json_t *item = json_pack("{s:s, s:b, s:I, s:o}", "code", phase->code, "required",
                                 phase->required, "limit_ms", (json_int_t)phase->limit_ms,
                                 "entered_at_ms", time_or_null(rules->phase_entered_ms[i]));

        if (phase->title_zh)
            json_object_set_new(
                item, "title",
                json_pack("{s:s, s:s}", "zh", phase->title_zh, "en", phase->title_en));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *rooms_json(const HeardHearing *rules)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        const HeardRoom *room = &rules->rooms[i];
        const char *by = room->open && room->by != HEARD_NOBODY ? rules->people[room->by].id : NULL;

        if ((rules->config.profile->rooms & HEARD_ROOM_BIT(i)) &&
            heard_room_is_closed((HeardRoomKind)i))
            json_array_append_new(list, json_pack("{s:s, s:b, s:b, s:o, s:s?}", "room",
                                                  heard_room_name((HeardRoomKind)i), "open",
                                                  room->open, "locked", room->locked, "since_ms",
                                                  time_or_null(room->since_ms), "by", by));
    }
    return list;
}

static json_t *apart_json(const HeardHearing *rules)
{
    HeardRoomKind reason;

    if (!heard_hearing_apart(rules, &reason))
        return json_null();
    return json_pack("{s:I, s:s}", "since_ms", (json_int_t)rules->apart_since_ms, "reason",
                     heard_hearing_pause_cause(rules));
}

/* The case is the business of those on duty, and of the petitioner's side. */
static bool sees_case(const HeardPerson *viewer)
{
    return heard_role_on_duty(viewer->role) || viewer->side == HEARD_SIDE_PETITIONER;
}

json_t *heard_json_hearing(const HeardLiveHearing *self, uint16_t viewer)
{
    const HeardHearing *rules = &self->rules;
    const HeardProfile *profile = rules->config.profile;
    json_t *hearing = json_object();
    bool recessed = rules->state == HEARD_STATE_RECESSED;

    json_object_set_new(hearing, "id", json_string(self->id));
    json_object_set_new(hearing, "number", text_or_null(self->number));
    json_object_set_new(hearing, "kind", json_string(heard_kind_name(profile->kind)));
    json_object_set_new(hearing, "title", json_string(self->title ? self->title : ""));
    json_object_set_new(hearing, "case",
                        self->case_id && sees_case(&rules->people[viewer])
                            ? json_pack("{s:s, s:s?, s:s?}", "id", self->case_id, "number",
                                        self->case_number, "title", self->case_title)
                            : json_null());
    json_object_set_new(hearing, "organiser", json_string(self->organiser ? self->organiser : ""));
    /* scheduled and notified are over as soon as the first person is here to see it */
    json_object_set_new(hearing, "state",
                        json_string(heard_state_name(
                            rules->state < HEARD_STATE_READY ? HEARD_STATE_READY : rules->state)));
    json_object_set_new(hearing, "phase", json_string(profile->phases[rules->phase].code));
    json_object_set_new(hearing, "phases", phases_json(rules));
    json_object_set_new(hearing, "planned_start_ms", json_integer(self->planned_start_ms));
    json_object_set_new(hearing, "started_at_ms", time_or_null(rules->started_at_ms));
    json_object_set_new(hearing, "ended_at_ms", time_or_null(rules->ended_at_ms));
    json_object_set_new(hearing, "phase_since_ms", json_integer(rules->phase_since_ms));
    json_object_set_new(hearing, "recorded", json_boolean(rules->config.recorded));
    json_object_set_new(hearing, "rooms", rooms_json(rules));
    json_object_set_new(hearing, "apart", apart_json(rules));
    json_object_set_new(hearing, "recusal", heard_json_recusal(self, viewer));
    json_object_set_new(hearing, "panel", heard_json_panel(rules));
    json_object_set_new(hearing, "summons", heard_json_summons(self, viewer));
    json_object_set_new(
        hearing, "recess",
        recessed
            ? json_pack("{s:I, s:s, s:o}", "since_ms", (json_int_t)rules->recess_since_ms, "reason",
                        rules->recess_reason, "until_ms", time_or_null(rules->recess_until_ms))
            : json_null());
    heard_json_add_floor(hearing, self, viewer);
    return hearing;
}

const char *heard_source_word(const HeardLiveHearing *self, uint16_t person, HeardSend source)
{
    const HeardPerson *p = &self->rules.people[person];

    if (p->blocked[source] ||
        (p->admitted && !heard_hearing_may_send(&self->rules, person, source)))
        return "blocked";
    if (p->sends[source])
        return "on";
    /* A sender without signaling says nothing of itself: its packets do. */
    for (guint i = 0; !self->people[person].told_sends && i < self->peers->len; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(self->peers, i);

        if (peer->person == person && peer->started[source] && !peer->waits)
            return "on";
    }
    return "off";
}

static json_t *identity_json(const HeardLiveHearing *self, uint16_t person, bool file)
{
    const HeardPerson *p = &self->rules.people[person];
    bool checked = p->method != HEARD_METHOD_NONE;
    json_t *identity = json_pack("{s:b}", "checked", checked);

    if (!file)
        return identity;
    json_object_set_new(identity, "method",
                        checked ? json_string(heard_method_name(p->method)) : json_null());
    json_object_set_new(identity, "document", text_or_null(p->document));
    json_object_set_new(identity, "claimed", text_or_null(self->people[person].claimed));
    json_object_set_new(identity, "at_ms", time_or_null(p->identified_at_ms));
    return identity;
}

static json_t *consents_json(const HeardPerson *person)
{
    json_t *consents = json_object();

    for (unsigned i = 0; i < HEARD_CONSENT_COUNT; i++)
        json_object_set_new(consents, heard_consent_name((HeardConsentSubject)i),
                            json_string(heard_decision_name(person->consents[i].decision)));
    return consents;
}

static json_t *line_json(const HeardLivePerson *person)
{
    const HeardLine *line = &person->line;

    if (person->line_at_ms == 0)
        return json_null();
    return json_pack("{s:s, s:s, s:i, s:i, s:I, s:I, s:I}", "level",
                     heard_line_level_name(line->level), "path", heard_line_path_name(line->path),
                     "rtt_ms", (int)line->rtt_ms, "loss_permille", (int)line->loss_permille,
                     "up_bps", (json_int_t)line->up_bps, "down_bps", (json_int_t)line->down_bps,
                     "at_ms", (json_int_t)person->line_at_ms);
}

json_t *heard_json_participant(const HeardLiveHearing *self, uint16_t viewer, uint16_t person)
{
    const HeardPerson *p = &self->rules.people[person];
    const HeardLivePerson *live = &self->people[person];
    bool file = heard_hearing_sees_file(&self->rules, viewer, person);
    bool mask = viewer != person && self->rules.people[viewer].role == HEARD_ROLE_OBSERVER &&
                (p->side == HEARD_SIDE_PETITIONER || p->role == HEARD_ROLE_PETITIONER);
    bool shows = heard_hearing_shows(&self->rules, viewer, person);
    unsigned place = heard_floor_place(&self->rules.floor, person);
    json_t *out = json_object();

    json_object_set_new(out, "id", json_string(p->id));
    json_object_set_new(out, "role", json_string(heard_role_name(p->role)));
    json_object_set_new(out, "side", json_string(heard_side_name(p->side)));
    json_object_set_new(out, "name", json_string(mask ? live->name_masked : live->name));
    json_object_set_new(out, "unit", text_or_null(shows ? live->unit : NULL));
    json_object_set_new(out, "title", json_string(shows && live->title ? live->title : ""));
    json_object_set_new(out, "presence", json_string(heard_presence_name(p->presence)));
    json_object_set_new(out, "online", json_boolean(p->online));
    json_object_set_new(out, "in_media", json_boolean(p->in_media));
    json_object_set_new(out, "room",
                        json_string(heard_room_name(heard_hearing_room_of(&self->rules, person))));
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
        json_object_set_new(out, heard_send_name((HeardSend)s),
                            json_string(heard_source_word(self, person, (HeardSend)s)));
    json_object_set_new(out, "hand", place ? json_integer(place) : json_null());
    json_object_set_new(out, "identity", identity_json(self, person, file));
    heard_json_set_protection(self, viewer, person, out);
    if (file) {
        json_object_set_new(out, "consents", consents_json(p));
        json_object_set_new(out, "invited",
                            p->invited != HEARD_ROOM_NONE ? json_string(heard_room_name(p->invited))
                                                          : json_null());
        json_object_set_new(out, "waiting_since_ms", time_or_null(p->waiting_since_ms));
        json_object_set_new(out, "quality",
                            live->quality.level != HEARD_QUALITY_NONE
                                ? heard_json_quality(&live->quality)
                                : json_null());
        json_object_set_new(out, "line", line_json(live));
        heard_json_add_warnings(out, self, person);
    }
    return out;
}

/* Whatever stands on the disk already: nothing of the hearing does before it opens. */
static json_t *recording_to_come(const HeardLiveHearing *self)
{
    const char *fault = self->reserved ? heard_record_fault_name(self->status.fault) : NULL;
    bool wanted = self->rules.config.recorded && self->live->writer;
    double hours = wanted ? heard_writer_hours_left(self->live->writer, true) : -1;

    return json_pack("{s:s, s:i, s:i, s:o, s:s?, s:n}", "state", wanted ? "armed" : "none",
                     "recorded_ms", 0, "durable_at_ms", 0, "hours_left",
                     hours < 0 ? json_null() : json_real(hours), "fault", fault, "number");
}

json_t *heard_json_recording(const HeardLiveHearing *self)
{
    const HeardRecordStatus *status = &self->status;
    json_t *recording;

    if (self->recorded_ever)
        recording = json_pack(
            "{s:s, s:I, s:I, s:f, s:s?, s:s?}", "state", heard_record_state_name(status->state),
            "recorded_ms", (json_int_t)status->recorded_ms, "durable_at_ms",
            (json_int_t)status->durable_wall_ms, "hours_left", status->hours_left, "fault",
            heard_record_fault_name(status->fault), "number", self->recording_number);
    else
        recording = recording_to_come(self);
    json_object_set_new(recording, "disk",
                        json_string(heard_disk_rung_name(heard_live_disk_rung(self))));
    json_object_set_new(recording, "at_risk", json_boolean(self->at_risk));
    json_object_set_new(recording, "transcribed",
                        json_boolean(self->live->config.speech_socket != NULL));
    json_object_set_new(recording, "at_risk_since_ms", time_or_null(self->at_risk_since_ms));
    return recording;
}

json_t *heard_json_may(const HeardLiveHearing *self, uint16_t person)
{
    uint64_t may = heard_hearing_may(&self->rules, person);
    json_t *list = json_array();

    for (unsigned verb = 0; verb < HEARD_VERB_CLIENT_COUNT; verb++) {
        if (may & (UINT64_C(1) << verb))
            json_array_append_new(list, json_string(heard_verb_name((HeardVerb)verb)));
    }
    if (heard_room_has_media(heard_hearing_room_of(&self->rules, person)))
        json_array_append_new(list, json_string("view.set"));
    return list;
}
