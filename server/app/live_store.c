/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/app/after.h"
#include "server/store/audit_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/outcome_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/recording_rows.h"

#include <string.h>

void heard_live_save_free(void *data)
{
    HeardLiveSave *self = data;

    g_free(self->case_id);
    g_free(self->case_title);
    g_free(self->before);
    g_free(self->after);
    g_free(self->effects);
    g_free(self->recording_id);
    g_free(self->recording_number);
    g_free(self->recordings_dir);
    g_free(self->claimed);
    g_clear_error(&self->error);
    g_free(self->summons_unit);
    json_decref(self->minutes_line);
    if (self->command)
        heard_live_command_free(self->command);
    g_free(self);
}

/* The head is read and moved within one transaction, so nobody can come between. */
static bool append_audit(HeardStore *store, HeardLiveSave *self)
{
    g_autofree char *detail = heard_command_detail(&self->command->command);
    g_autofree char *object = NULL;
    HeardAuditChain chain;
    HeardAuditEntry entry;
    char before[HEARD_AUDIT_HASH_SIZE];
    int64_t seq;
    HeardAuditRow row = {0};

    if (!heard_audit_rows_head(store, &seq, before, &self->error))
        return false;
    chain.seq = (uint64_t)seq;
    memcpy(chain.head, before, sizeof before);
    heard_audit_describe(&entry, self->hearing_id, self->after, &self->command->command, detail,
                         self->answer);
    object = entry.object[0] ? g_strdup_printf("participant:%s", entry.object)
                             : g_strdup_printf("hearing:%s", self->hearing_id);
    entry.object = object;
    heard_audit_append(&chain, &entry);
    row.seq = (int64_t)entry.seq;
    row.at_ms = entry.at_ms;
    row.actor_id = entry.actor;
    row.role = entry.role;
    row.action = entry.action;
    row.object = entry.object;
    row.hearing_id = self->hearing_id;
    row.reason = self->command->command.reason[0] ? self->command->command.reason : NULL;
    row.result = entry.result;
    row.detail = detail;
    row.prev_hash = before;
    row.hash = chain.head;
    return heard_audit_rows_append(store, &row, &self->error);
}

static bool save_phase(HeardStore *store, HeardLiveSave *self)
{
    const HeardProfile *profile = self->after->config.profile;
    const HeardCommand *command = &self->command->command;
    char id[HEARD_ID_SIZE];
    HeardPhaseEventRow row = {.id = id,
                              .hearing_id = self->hearing_id,
                              .from_phase = profile->phases[self->before->phase].code,
                              .to_phase = profile->phases[self->after->phase].code,
                              .at_ms = command->wall_ms,
                              .by_id = command->actor,
                              .note = command->reason[0] ? command->reason : NULL};

    if (self->before->phase == self->after->phase)
        return true;
    heard_id_new(id, command->wall_ms);
    return heard_phase_event_rows_insert(store, &row, &self->error);
}

static bool save_hearing(HeardStore *store, HeardLiveSave *self)
{
    const HeardHearing *after = self->after;
    const char *phase = after->config.profile->phases[after->phase].code;

    if (!heard_hearing_rows_set_state(store, self->hearing_id, heard_state_name(after->state),
                                      phase, &self->error))
        return false;
    if (self->before->started_at_ms == 0 && after->started_at_ms != 0 &&
        !heard_hearing_rows_set_started(store, self->hearing_id, after->started_at_ms,
                                        &self->error))
        return false;
    if (self->before->ended_at_ms == 0 && after->ended_at_ms != 0 &&
        !heard_hearing_rows_set_ended(store, self->hearing_id, after->ended_at_ms,
                                      after->note[0] ? after->note : NULL, &self->error))
        return false;
    if (self->before->ended_at_ms == 0 && after->ended_at_ms != 0 &&
        !heard_participant_rows_extend_tokens(store, self->hearing_id, after->ended_at_ms,
                                              after->ended_at_ms + HEARD_AFTER_LINK_MS,
                                              &self->error))
        return false;
    return save_phase(store, self);
}

static bool save_person(HeardStore *store, HeardLiveSave *self, uint16_t person)
{
    const HeardPerson *was = &self->before->people[person], *is = &self->after->people[person];
    const HeardCommand *command = &self->command->command;

    if (was->presence != is->presence &&
        !heard_participant_rows_set_presence(store, is->id, heard_presence_name(is->presence),
                                             &self->error))
        return false;
    if (was->method != is->method && is->method != HEARD_METHOD_NONE &&
        !heard_participant_rows_set_check_in(store, is->id, heard_method_name(is->method),
                                             command->actor, is->document[0] ? is->document : NULL,
                                             is->identified_at_ms, &self->error))
        return false;
    if (!was->online && is->online &&
        !heard_participant_rows_set_joined(store, is->id, command->wall_ms, &self->error))
        return false;
    if (was->left_at_ms != is->left_at_ms &&
        !heard_participant_rows_set_left(store, is->id, is->left_at_ms,
                                         command->reason[0] ? command->reason : NULL, &self->error))
        return false;
    return true;
}

static bool save_consent(HeardStore *store, HeardLiveSave *self, const HeardEffect *effect)
{
    const HeardPerson *person = &self->after->people[effect->person];
    const HeardConsent *consent = &person->consents[effect->subject];
    char id[HEARD_ID_SIZE];
    HeardConsentRow row = {.id = id,
                           .participant_id = person->id,
                           .subject = heard_consent_name(effect->subject),
                           .text_version = consent->text_version,
                           .decision = heard_decision_name(consent->decision),
                           .at_ms = consent->at_ms,
                           .channel = "web"};

    heard_id_new(id, consent->at_ms);
    return heard_consent_rows_insert(store, &row, &self->error);
}

static bool save_outcomes(HeardStore *store, HeardLiveSave *self)
{
    const HeardHearing *after = self->after;

    for (unsigned i = 0; i < after->config.item_count; i++) {
        char id[HEARD_ID_SIZE];
        HeardOutcomeRow row = {.id = id,
                               .hearing_id = self->hearing_id,
                               .case_id = self->case_id,
                               .item = self->case_title ? self->case_title : "",
                               .result = heard_outcome_name(after->outcomes[i]),
                               .note = after->note[0] ? after->note : NULL,
                               .by_id = self->command->command.actor,
                               .at_ms = after->ended_at_ms};

        heard_id_new(id, after->ended_at_ms);
        if (!heard_outcome_rows_insert(store, &row, &self->error))
            return false;
    }
    return true;
}

/* "…-R03" is the third recording of the hearing: one for each time it began to run. */
static bool insert_recording(HeardStore *store, HeardLiveSave *self, int64_t wall_ms)
{
    g_autofree char *directory = NULL;
    char id[HEARD_ID_SIZE];
    const char *folder;
    HeardRecordingRow row = {.hearing_id = self->hearing_id,
                             .case_id = self->case_id,
                             .room = heard_room_name(HEARD_ROOM_MAIN),
                             .node = "main", /* as media_plane.c names this server */
                             .state = "armed",
                             .derive_state = "none",
                             .started_ms = wall_ms,
                             .created_ms = wall_ms};

    self->recording_number = heard_recording_rows_next_no(store, self->hearing_id, &self->error);
    if (!self->recording_number)
        return false;
    folder = strrchr(self->recording_number, '-');
    folder = folder ? folder + 1 : self->recording_number;
    self->recording_epoch = (unsigned)g_ascii_strtoull(folder + 1, NULL, 10);
    directory = g_build_filename(self->recordings_dir, self->hearing_id, folder, NULL);
    heard_id_new(id, row.created_ms);
    self->recording_id = g_strdup(id);
    row.id = id;
    row.recording_no = self->recording_number;
    row.directory = directory;
    row.epoch = self->recording_epoch;
    return heard_recording_rows_insert(store, &row, &self->error);
}

/* "armed" says that no opening has used it: what recovery goes by. */
static bool start_recording(HeardStore *store, HeardLiveSave *self)
{
    if (self->recording_id)
        return heard_recording_rows_set_state(store, self->recording_id, "recording", &self->error);
    return insert_recording(store, self, self->command->command.wall_ms);
}

static bool save_effect(HeardStore *store, HeardLiveSave *self, const HeardEffect *effect)
{
    switch (effect->kind) {
    case HEARD_EFFECT_AUDIT:
        return append_audit(store, self);
    case HEARD_EFFECT_PERSIST_HEARING:
        return save_hearing(store, self);
    case HEARD_EFFECT_PERSIST_PERSON:
        return save_person(store, self, effect->person);
    case HEARD_EFFECT_PERSIST_CONSENT:
        return save_consent(store, self, effect);
    case HEARD_EFFECT_PERSIST_OUTCOME:
        return save_outcomes(store, self);
    case HEARD_EFFECT_PERSIST_SUMMONS:
        return heard_live_summons_save(store, self, effect->person);
    case HEARD_EFFECT_RECORDING_START:
        return start_recording(store, self);
    default: /* done on the main thread, by effects.c */
        return true;
    }
}

static bool save_all(HeardStore *store, HeardLiveSave *self)
{
    if (!heard_live_summons_check(store, self) || !heard_store_begin(store, &self->error))
        return false;
    for (unsigned i = 0; i < self->effects->count; i++) {
        if (!save_effect(store, self, &self->effects->items[i])) {
            heard_store_rollback(store);
            return false;
        }
    }
    if (!heard_store_commit(store, &self->error)) {
        heard_store_rollback(store);
        return false;
    }
    return true;
}

void heard_live_save_run(HeardStore *store, void *data)
{
    HeardLiveSave *self = data;
    g_autofree HeardParticipantRow *row = NULL;

    if (!save_all(store, self) || self->command->command.verb != HEARD_VERB_CONNECT)
        return;
    /* What he said of his document may have come since the hearing was loaded. */
    row = heard_participant_rows_get(store, self->command->command.target, NULL);
    if (row)
        self->claimed = g_strdup(row->document_masked);
}

/* ---- the recording's row ---- */

static void run_reserve(HeardStore *store, void *data)
{
    insert_recording(store, data, heard_clock_wall_ms());
}

static void on_reserved(void *data)
{
    HeardLiveSave *self = data;
    HeardLiveHearing *hearing = self->hearing;

    if (!self->error) {
        g_free(hearing->recording_id);
        g_free(hearing->recording_number);
        hearing->recording_id = g_steal_pointer(&self->recording_id);
        hearing->recording_number = g_steal_pointer(&self->recording_number);
        hearing->recording_epoch = self->recording_epoch;
    }
    heard_live_opening_reserved(hearing, self->error);
}

void heard_live_reserve(HeardLiveHearing *hearing)
{
    HeardLiveSave *save = g_new0(HeardLiveSave, 1);
    g_autoptr(GError) error = NULL;

    save->hearing = hearing;
    g_strlcpy(save->hearing_id, hearing->id, sizeof save->hearing_id);
    save->case_id = g_strdup(hearing->case_id);
    save->recordings_dir = g_strdup(hearing->live->config.recordings_dir);
    hearing->reserving = true;
    if (heard_store_thread_post(hearing->live->config.store, run_reserve, save,
                                hearing->live->config.loop, on_reserved, heard_live_save_free))
        return;
    error = g_error_new(HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the server has too much to do");
    heard_live_opening_reserved(hearing, error);
}

typedef struct {
    HeardLive *live;
    HeardLiveRecordingWrite what;
    char id[HEARD_ID_SIZE];
    HeardRecordStatus status;
    int64_t wall_ms;
    bool saved;
} RecordingWrite;

static void run_recording_write(HeardStore *store, void *data)
{
    RecordingWrite *self = data;
    const HeardRecordStatus *status = &self->status;
    g_autoptr(GError) error = NULL;
    const char *head = status->chain_head[0] ? status->chain_head : NULL;

    self->saved = heard_recording_rows_set_durable(store, self->id, status->durable_bytes,
                                                   status->recorded_ms, head, &error);
    if (self->saved && (self->what == HEARD_LIVE_SEALED || self->what == HEARD_LIVE_UNUSED))
        self->saved = heard_recording_rows_set_stopped(store, self->id, self->wall_ms, &error);
    if (self->saved && self->what != HEARD_LIVE_DURABLE)
        self->saved = heard_recording_rows_set_state(
            store, self->id,
            self->what == HEARD_LIVE_UNUSED ? "unused" : heard_record_state_name(status->state),
            &error);
    if (!self->saved) {
        static const HeardLogTopic topic = {"live"};

        /* The files are the truth; the next write or the next start brings the row up. */
        heard_log(&topic, HEARD_LOG_WARN, "recording-row-late recording=%s error=%s", self->id,
                  error ? heard_error_name(heard_error_code(error)) : "none");
    }
}

static void on_recording_written(void *data)
{
    RecordingWrite *self = data;

    if (self->saved && self->what == HEARD_LIVE_SEALED && self->live->config.on_sealed)
        self->live->config.on_sealed(self->id, self->live->config.data);
}

void heard_live_save_recording(HeardLiveHearing *hearing, HeardLiveRecordingWrite what,
                               const HeardRecordStatus *status)
{
    RecordingWrite *self;

    if (!hearing->recording_id)
        return;
    self = g_new0(RecordingWrite, 1);
    self->live = hearing->live;
    self->what = what;
    self->status = *status;
    self->wall_ms = status->durable_wall_ms;
    g_strlcpy(self->id, hearing->recording_id, sizeof self->id);
    heard_store_thread_post(hearing->live->config.store, run_recording_write, self,
                            hearing->live->config.loop, on_recording_written, g_free);
}
