/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include <string.h>

/* ---- for pages ---- */

static json_t *floor_json(const HeardHearing *rules, uint16_t viewer)
{
    const HeardOrder *order = &rules->order;

    if (order->holder == HEARD_NOBODY || !heard_hearing_sees(rules, viewer, order->holder))
        return json_null();
    return json_pack("{s:s, s:I, s:I, s:s}", "participant", rules->people[order->holder].id,
                     "since_ms", (json_int_t)order->since_ms, "limit_ms",
                     (json_int_t)order->limit_ms, "by", rules->people[order->given_by].id);
}

static bool counts(const HeardHearing *rules)
{
    return rules->config.profile->phases[rules->phase].equal_time &&
           (rules->state == HEARD_STATE_LIVE || rules->state == HEARD_STATE_RECESSED);
}

static json_t *time_json(const HeardLiveHearing *hearing)
{
    const HeardHearing *rules = &hearing->rules;
    json_t *time;

    if (!counts(rules))
        return json_null();
    time = json_object();
    for (unsigned i = 0; i < HEARD_TALK_COUNT; i++) {
        g_autofree char *key = g_strdup_printf("%s_ms", heard_talk_name((HeardTalk)i));
        int64_t ms = rules->order.spoken_ms[rules->phase][i];

        if (hearing->spoken_phase == rules->phase)
            ms += hearing->spoken_ms[i];
        json_object_set_new(time, key, json_integer(ms));
    }
    return time;
}

void heard_json_add_floor(json_t *hearing_json, const HeardLiveHearing *hearing, uint16_t viewer)
{
    const HeardHearing *rules = &hearing->rules;
    uint16_t shown = rules->order.spotlight;
    bool sees = shown != HEARD_NOBODY && heard_hearing_sees(rules, viewer, shown);

    json_object_set_new(hearing_json, "floor", floor_json(rules, viewer));
    json_object_set_new(hearing_json, "locked", json_boolean(rules->order.locked));
    json_object_set_new(hearing_json, "spotlight",
                        sees ? json_string(rules->people[shown].id) : json_null());
    json_object_set_new(hearing_json, "time", time_json(hearing));
}

void heard_json_add_warnings(json_t *person_json, const HeardLiveHearing *hearing, uint16_t person)
{
    const HeardWarning *last = heard_order_warning(&hearing->rules.order, person);

    json_object_set_new(person_json, "warnings",
                        json_integer(hearing->rules.people[person].warnings));
    json_object_set_new(
        person_json, "warning",
        last ? json_pack("{s:s, s:I}", "reason", last->reason, "at_ms", (json_int_t)last->at_ms)
             : json_null());
}

/* ---- for the sealed log ---- */

static const char *id_or_null(const HeardHearing *rules, uint16_t person)
{
    return person == HEARD_NOBODY ? NULL : rules->people[person].id;
}

void heard_live_floor_record(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;
    const HeardOrder *was = &save->before->order, *is = &hearing->rules.order;
    const char *by = command->actor ? command->actor : "server";

    if (save->before->phase_since_ms != hearing->rules.phase_since_ms && counts(&hearing->rules))
        heard_worker_request_stats(hearing->worker, hearing->rooms[HEARD_ROOM_MAIN].id);
    if (was->holder != is->holder)
        heard_live_record_event(hearing, "floor",
                                json_pack("{s:s?, s:s}", "participant",
                                          id_or_null(&hearing->rules, is->holder), "by", by));
    if (was->locked != is->locked)
        heard_live_record_event(hearing, "lock",
                                json_pack("{s:b, s:s}", "locked", is->locked, "by", by));
    if (was->spotlight != is->spotlight)
        heard_live_record_event(hearing, "spotlight",
                                json_pack("{s:s?, s:s}", "participant",
                                          id_or_null(&hearing->rules, is->spotlight), "by", by));
    if (command->verb == HEARD_VERB_ORDER_WARN)
        heard_live_record_event(hearing, "warning",
                                json_pack("{s:s, s:s, s:s}", "participant", command->target, "by",
                                          by, "reason", command->reason));
}

/* ---- how long the sides spoke ---- */

static bool any(const int64_t ms[static HEARD_TALK_COUNT])
{
    return ms[HEARD_TALK_PETITIONER] > 0 || ms[HEARD_TALK_RESPONDENT] > 0 ||
           ms[HEARD_TALK_NEUTRAL] > 0;
}

static void on_counted(HeardLiveHearing *hearing, HeardAnswer answer, const GError *error,
                       void *data)
{
    (void)answer; /* a hearing that is over counts no more */
    (void)data;
    hearing->spoken_sending = false;
    for (unsigned i = 0; error && i < HEARD_TALK_COUNT; i++)
        hearing->spoken_ms[i] += hearing->spoken_sent_ms[i];
}

/* One entry of the trail; until it is durable nothing else is sent. */
static void send_counts(HeardLiveHearing *hearing, int64_t now_us)
{
    HeardLiveCommand *command = g_new0(HeardLiveCommand, 1);

    command->command.verb = HEARD_VERB_SPOKE;
    command->command.reason = "";
    command->command.text_version = "";
    command->command.document = "";
    command->command.note = "";
    command->command.phase = hearing->rules.config.profile->phases[hearing->spoken_phase].code;
    command->done = on_counted;
    for (unsigned i = 0; i < HEARD_TALK_COUNT; i++) {
        int64_t ms = MIN(hearing->spoken_ms[i], HEARD_ORDER_SPOKE_MS_MAX);

        command->command.spoken_ms[i] = ms;
        hearing->spoken_sent_ms[i] = ms;
        hearing->spoken_ms[i] -= ms;
    }
    hearing->spoken_sending = true;
    hearing->spoken_sent_us = now_us;
    heard_live_submit_take(hearing, command);
}

static void tell_time(HeardLiveHearing *hearing)
{
    g_autoptr(json_t) data = json_pack("{s:o}", "time", time_json(hearing));

    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (heard_room_has_media(heard_hearing_room_of(&hearing->rules, (uint16_t)i)))
            heard_live_tell(hearing, (uint16_t)i, "time.changed", json_incref(data));
    }
}

void heard_live_floor_stats(HeardLivePeer *peer, int64_t spoken_us)
{
    HeardLiveHearing *hearing = peer->hearing;
    const HeardHearing *rules = &hearing->rules;
    int64_t more_us = spoken_us - peer->spoken_us;

    peer->spoken_us = spoken_us;
    if (peer->spoken_since_ms != rules->phase_since_ms) {
        peer->spoken_since_ms = rules->phase_since_ms; /* was said in the phase before */
        return;
    }
    if (more_us < 1000 || hearing->is_load || peer->person == HEARD_NOBODY || peer->waits ||
        peer->room != HEARD_ROOM_MAIN || !heard_hearing_flows(rules) || !counts(rules))
        return;
    /* What was measured of another phase goes to the rules first (tick). */
    if (hearing->spoken_phase != rules->phase &&
        (any(hearing->spoken_ms) || hearing->spoken_sending))
        return;
    hearing->spoken_phase = rules->phase;
    hearing->spoken_ms[heard_hearing_talk_of(rules, peer->person)] += more_us / 1000;
    hearing->spoken_untold = true;
}

void heard_live_floor_tick(HeardLiveHearing *hearing, int64_t now_us)
{
    bool is_other = hearing->spoken_phase != hearing->rules.phase || !counts(&hearing->rules);

    if (hearing->is_load)
        return;
    if (hearing->spoken_untold) {
        hearing->spoken_untold = false;
        tell_time(hearing);
    }
    if (any(hearing->spoken_ms) && !hearing->spoken_sending &&
        !heard_hearing_over(&hearing->rules) &&
        (is_other || now_us - hearing->spoken_sent_us >= HEARD_LIVE_SPOKE_US))
        send_counts(hearing, now_us);
}
