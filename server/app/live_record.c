/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/error.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

/* The log knows from its first line on who is there. */
static void tell_the_log_who_is_there(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (hearing->rules.people[i].in_media &&
            heard_hearing_room_of(&hearing->rules, (uint16_t)i) == HEARD_ROOM_MAIN)
            heard_live_record_join(hearing, (uint16_t)i);
    }
}

static bool make_record(HeardLiveHearing *hearing, const char *folder, unsigned epoch)
{
    g_autoptr(GError) error = NULL;
    HeardRecordSpec spec = {.hearing = hearing->id,
                            .recording = folder,
                            .room = heard_room_name(HEARD_ROOM_MAIN),
                            .number = hearing->recording_number,
                            .epoch = epoch ? epoch : 1,
                            .owner = hearing};

    hearing->record = heard_record_open(hearing->live->writer, &spec, &error);
    memset(&hearing->status, 0, sizeof hearing->status);
    hearing->status.state = HEARD_RECORD_ARMED;
    hearing->durable_us = 0;
    if (hearing->record)
        return true;
    heard_log(&topic, HEARD_LOG_ERROR, "recording-not-opened hearing=%s error=%s", hearing->id,
              heard_error_name(heard_error_code(error)));
    hearing->status.state = HEARD_RECORD_INTERRUPTED;
    hearing->status.fault = heard_error_code(error) == HEARD_ERROR_STORAGE_FULL
                                ? HEARD_RECORD_FAULT_DISK_FULL
                                : HEARD_RECORD_FAULT_IO;
    return false;
}

bool heard_live_record_arm(HeardLiveHearing *hearing)
{
    return make_record(hearing, strrchr(hearing->recording_number, '-') + 1,
                       hearing->recording_epoch);
}

void heard_live_record_attach(HeardLiveHearing *hearing)
{
    hearing->recorded_ever = true;
    heard_live_risk_begin(hearing);
    heard_worker_attach_sink(hearing->worker, hearing->rooms[HEARD_ROOM_MAIN].id,
                             heard_record_sink(hearing->record));
    heard_live_speech_attach(hearing);
    tell_the_log_who_is_there(hearing);
    heard_live_tell_recording(hearing);
}

static void open_record(HeardLiveHearing *hearing, const char *folder, unsigned epoch)
{
    if (!hearing->live->writer || hearing->record)
        return;
    hearing->record_retry_us = heard_live_now_us(hearing->live) + HEARD_LIVE_RECORD_RETRY_US;
    if (make_record(hearing, folder, epoch)) {
        hearing->record_wanted = false;
        heard_live_record_attach(hearing);
        return;
    }
    hearing->record_wanted = true;
    hearing->recorded_ever = true;
    heard_live_risk_begin(hearing);
    if (!hearing->fault_told)
        heard_live_tell_notice(hearing, HEARD_NOBODY, "recording_interrupted", NULL);
    hearing->fault_told = true;
    heard_live_tell_recording(hearing);
}

void heard_live_record_start(HeardLiveHearing *hearing, const char *folder, unsigned epoch)
{
    open_record(hearing, folder, epoch);
}

void heard_live_record_retry(HeardLiveHearing *hearing)
{
    const char *folder;

    if (!hearing->record_wanted || hearing->record ||
        heard_live_now_us(hearing->live) < hearing->record_retry_us || !hearing->recording_number)
        return;
    folder = strrchr(hearing->recording_number, '-') + 1;
    open_record(hearing, folder, (unsigned)g_ascii_strtoull(folder + 1, NULL, 10));
    if (hearing->record && heard_hearing_recording(&hearing->rules) == HEARD_RECORDING_PAUSED)
        heard_live_record_pause(hearing);
}

void heard_live_record_pause(HeardLiveHearing *hearing)
{
    const char *note = heard_hearing_pause_reason(&hearing->rules);

    heard_live_speech_pause(hearing, true);
    if (hearing->record)
        heard_record_pause(hearing->record, heard_hearing_pause_cause(&hearing->rules),
                           note[0] ? note : NULL, heard_live_now_us(hearing->live));
}

void heard_live_record_resume(HeardLiveHearing *hearing)
{
    heard_live_speech_pause(hearing, false);
    if (hearing->record)
        heard_record_resume(hearing->record, heard_live_now_us(hearing->live));
}

void heard_live_record_finish(HeardLiveHearing *hearing)
{
    hearing->record_wanted = false;
    heard_live_speech_finish(hearing);
    if (!hearing->record || hearing->reserved)
        return;
    heard_worker_detach_sink(hearing->worker, hearing->rooms[HEARD_ROOM_MAIN].id,
                             heard_record_sink(hearing->record));
    heard_record_close(hearing->record);
}

void heard_live_record_event(HeardLiveHearing *hearing, const char *type, json_t *data_take)
{
    g_autoptr(json_t) event = data_take;
    g_autofree char *text = NULL;

    if (!hearing->record)
        return;
    json_object_set_new(event, "type", json_string(type));
    text = heard_json_dump(event);
    if (strlen(text) <= HEARD_RECORD_EVENT_MAX)
        heard_record_event(hearing->record, text, heard_live_now_us(hearing->live));
}

void heard_live_record_join(HeardLiveHearing *hearing, uint16_t person)
{
    const HeardPerson *p = &hearing->rules.people[person];
    const HeardLivePerson *live = &hearing->people[person];

    heard_live_record_event(hearing, "join",
                            json_pack("{s:s, s:s, s:s, s:s?, s:s}", "participant", p->id, "name",
                                      live->name, "role", heard_role_name(p->role), "unit",
                                      live->unit, "side", heard_side_name(p->side)));
}

/* The writer tells each second and on each change. */
void heard_live_on_record_status(const HeardRecordStatus *status, void *data)
{
    HeardLive *self = data;
    HeardLiveHearing *hearing = status->owner;
    int64_t now_us = heard_live_now_us(self);
    bool changed;

    if (hearing->record != status->record)
        return;
    changed = hearing->status.state != status->state || hearing->status.fault != status->fault;
    heard_live_risk_status(hearing, status);
    hearing->status = *status;
    if (hearing->reserved) {
        heard_live_opening_status(hearing);
        if (changed)
            heard_live_tell_recording(hearing);
        return;
    }
    if (status->fault != HEARD_RECORD_FAULT_NONE && !hearing->fault_told) {
        hearing->fault_told = true;
        heard_live_tell_notice(hearing, HEARD_NOBODY, "recording_interrupted",
                               heard_record_fault_name(status->fault));
    } else if (status->fault == HEARD_RECORD_FAULT_NONE && hearing->fault_told &&
               status->state == HEARD_RECORD_RECORDING) {
        hearing->fault_told = false;
        heard_live_tell_notice(hearing, HEARD_NOBODY, "recording_restored", NULL);
    }
    heard_live_faults_follow(hearing);
    heard_live_speech_fault(hearing, status->fault != HEARD_RECORD_FAULT_NONE);
    if (status->state == HEARD_RECORD_SEALED) {
        hearing->record = NULL;
        heard_live_save_recording(hearing, HEARD_LIVE_SEALED, status);
    } else if (changed || now_us - hearing->recording_row_us >= HEARD_LIVE_RECORDING_TELL_US) {
        hearing->recording_row_us = now_us;
        heard_live_save_recording(hearing, changed ? HEARD_LIVE_STATE : HEARD_LIVE_DURABLE, status);
    }
    if (changed || now_us - hearing->recording_told_us >= HEARD_LIVE_RECORDING_TELL_US)
        heard_live_tell_recording(hearing);
}
