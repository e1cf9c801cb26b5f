/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/app/speech.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/hearing/drafts.h"
#include "server/hearing/minutes.h"

#include <string.h>

/*
 * Speech to text of a live hearing. It hangs on the main room where the recorder does, stands still
 * when the recording does, and ends with it; a closed room has neither. What comes back are drafts
 * for whoever writes the minutes.
 */

struct HeardLiveSpeech {
    HeardSpeech *speech; /* NULL: nothing is recorded now */
    HeardDrafts *drafts;
    bool is_paused, has_fault;
};

/* ---- who learns of it ---- */

static bool has_clerk(const HeardHearing *rules)
{
    for (unsigned i = 0; i < rules->person_count; i++)
        if (rules->people[i].role == HEARD_ROLE_CLERK)
            return true;
    return false;
}

static void tell_editors(HeardLiveHearing *hearing, const char *type, json_t *data_take)
{
    g_autoptr(json_t) data = data_take;
    bool clerk = has_clerk(&hearing->rules);

    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        if (heard_minutes_may_edit(hearing->rules.people[i].role, clerk))
            heard_live_tell(hearing, (uint16_t)i, type, json_incref(data));
}

static json_t *draft_json(const HeardDraft *draft)
{
    json_t *others = json_array();
    json_t *confidence = draft->confidence_permille < 0
                             ? json_null()
                             : json_real(draft->confidence_permille / 1000.0);

    for (unsigned i = 0; draft->alternatives[i]; i++)
        json_array_append_new(others, json_string(draft->alternatives[i]));
    return json_pack("{s:s, s:s, s:I, s:I, s:s, s:o, s:o}", "id", draft->id, "speaker",
                     draft->speaker, "at_ms", (json_int_t)draft->begin_ms, "end_ms",
                     (json_int_t)draft->end_ms, "text", draft->text, "confidence", confidence,
                     "alternatives", others);
}

static void tell_gone(HeardLiveHearing *hearing, const char *id, const char *why)
{
    tell_editors(hearing, "draft.gone", json_pack("{s:s, s:s}", "id", id, "why", why));
}

/* The office's choice: everybody who hears reads it at once, told that a machine wrote it. */
static void tell_caption(HeardLiveHearing *hearing, const HeardDraft *draft)
{
    g_autoptr(json_t) data =
        json_pack("{s:s, s:s, s:I, s:s}", "id", draft->id, "speaker", draft->speaker, "at_ms",
                  (json_int_t)draft->begin_ms, "text", draft->text);

    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        if (heard_hearing_room_of(&hearing->rules, (uint16_t)i) == HEARD_ROOM_MAIN)
            heard_live_tell(hearing, (uint16_t)i, "speech.caption", json_incref(data));
}

/* ---- what comes back ---- */

static void on_result(const HeardSpeechResult *result, const char *speaker, int64_t begin_ms,
                      int64_t end_ms, void *data)
{
    HeardLiveHearing *hearing = data;
    g_autofree char *text = g_strstrip(g_strdup(result->text));
    HeardDraft draft = {.begin_ms = begin_ms,
                        .end_ms = end_ms,
                        .confidence_permille = (int)result->confidence_permille,
                        .text = text};
    char lost[HEARD_ID_SIZE];
    const HeardDraft *added;

    if (result->said != HEARD_SPEECH_FINAL || !text[0] ||
        heard_hearing_find(&hearing->rules, speaker) == HEARD_NOBODY)
        return;
    heard_id_new(draft.id, heard_clock_wall_ms());
    g_strlcpy(draft.speaker, speaker, sizeof draft.speaker);
    for (unsigned i = 0; i < result->alternative_count; i++)
        draft.alternatives[i] = (char *)(uintptr_t)result->alternatives[i];
    added = heard_drafts_add(hearing->speech->drafts, &draft, lost);
    if (lost[0])
        tell_gone(hearing, lost, "lost");
    tell_editors(hearing, "draft.added", json_pack("{s:o}", "draft", draft_json(added)));
    if (hearing->live->config.speech_captions)
        tell_caption(hearing, added);
}

/* ---- with the recording ---- */

void heard_live_speech_attach(HeardLiveHearing *hearing)
{
    const HeardSpeechConfig config = {.loop = hearing->live->config.loop,
                                      .socket = hearing->live->config.speech_socket,
                                      .language = hearing->language ? hearing->language : "zh",
                                      .hearing = hearing->id,
                                      .on_result = on_result,
                                      .data = hearing};

    if (!config.socket || hearing->is_load || (hearing->speech && hearing->speech->speech))
        return;
    if (!hearing->speech) {
        hearing->speech = g_new0(struct HeardLiveSpeech, 1);
        hearing->speech->drafts = heard_drafts_new();
    }
    hearing->speech->is_paused = hearing->speech->has_fault = false;
    hearing->speech->speech = heard_speech_new(&config);
    heard_worker_attach_sink(hearing->worker, hearing->rooms[HEARD_ROOM_MAIN].id,
                             heard_speech_sink(hearing->speech->speech));
}

static void follow(HeardLiveHearing *hearing)
{
    struct HeardLiveSpeech *self = hearing->speech;

    if (self && self->speech)
        heard_speech_pause(self->speech, self->is_paused || self->has_fault);
}

void heard_live_speech_pause(HeardLiveHearing *hearing, bool is_paused)
{
    if (hearing->speech)
        hearing->speech->is_paused = is_paused;
    follow(hearing);
}

void heard_live_speech_fault(HeardLiveHearing *hearing, bool has_fault)
{
    if (hearing->speech)
        hearing->speech->has_fault = has_fault;
    follow(hearing);
}

/* The room lets go of the sink by itself where it is closed already. */
void heard_live_speech_finish(HeardLiveHearing *hearing)
{
    struct HeardLiveSpeech *self = hearing->speech;

    if (!self || !self->speech)
        return;
    heard_speech_pause(self->speech, true);
    if (hearing->worker && hearing->rooms[HEARD_ROOM_MAIN].id)
        heard_worker_detach_sink(hearing->worker, hearing->rooms[HEARD_ROOM_MAIN].id,
                                 heard_speech_sink(self->speech));
    heard_speech_end(g_steal_pointer(&self->speech));
    heard_drafts_clear(self->drafts);
    tell_editors(hearing, "draft.gone", json_pack("{s:n, s:s}", "id", "why", "closed"));
}

void heard_live_speech_free(HeardLiveHearing *hearing)
{
    if (!hearing->speech)
        return;
    heard_speech_end(hearing->speech->speech);
    heard_drafts_free(hearing->speech->drafts);
    g_clear_pointer(&hearing->speech, g_free);
}

/* ---- for HTTP ---- */

static struct HeardLiveSpeech *speech_of(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = heard_live_find(self, id);

    return hearing && !hearing->loading ? hearing->speech : NULL;
}

json_t *heard_live_drafts(HeardLive *self, const char *id)
{
    const struct HeardLiveSpeech *speech = speech_of(self, id);
    json_t *list = json_array();

    for (unsigned i = 0; speech && i < heard_drafts_count(speech->drafts); i++)
        json_array_append_new(list, draft_json(heard_drafts_at(speech->drafts, i)));
    return list;
}

bool heard_live_draft_remove(HeardLive *self, const char *id, const char *draft, const char *why)
{
    struct HeardLiveSpeech *speech = speech_of(self, id);

    if (!speech || !heard_drafts_remove(speech->drafts, draft))
        return false;
    tell_gone(heard_live_find(self, id), draft, why);
    return true;
}

void heard_live_drafts_clear(HeardLive *self, const char *id)
{
    struct HeardLiveSpeech *speech = speech_of(self, id);

    if (!speech)
        return;
    heard_drafts_clear(speech->drafts);
    tell_editors(heard_live_find(self, id), "draft.gone",
                 json_pack("{s:n, s:s}", "id", "why", "dropped"));
}
