/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/summary.h"
#include "server/store/recording_note_rows.h"

#include <string.h>

enum {
    HEARD_NOTE_TEXT_CHARS_MAX = 2000,
    HEARD_NOTE_OF_ACCOUNT_MAX = 500, /* in one recording */
    HEARD_NOTE_EDITS_MAX = 50,
    HEARD_NOTE_WORD_CHARS_MAX = 16,
    /* The player's clock may run a little longer than the row's. */
    HEARD_NOTE_LATE_MS = 5000,
};

/* A row that is built: text, or a copy of it, must outlive the row. */
typedef HeardRecordingNoteRow Note;

static bool is_private(const Note *note)
{
    return strcmp(note->visibility, "private") == 0;
}

/* ---- what goes out ---- */

static json_t *earlier_of(HeardStore *store, const Note *note, GError **error)
{
    HeardPage page = {.limit = HEARD_NOTE_EDITS_MAX};
    g_autoptr(json_t) list = json_array();
    g_autoptr(GPtrArray) rows = NULL;

    if (note->edit_count == 0 || is_private(note))
        return g_steal_pointer(&list);
    rows = heard_recording_note_rows_list_edits(store, note->id, &page, error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardRecordingNoteEditRow *row = g_ptr_array_index(rows, i);
        json_array_append_new(list, json_pack("{s:I, s:I, s:o, s:s}", "edited_at_ms",
                                              (json_int_t)row->edited_ms, "at_ms",
                                              (json_int_t)row->at_ms, "to_ms",
                                              heard_summary_time(row->to_ms), "text", row->text));
    }
    return rows ? g_steal_pointer(&list) : NULL;
}

static json_t *note_json(HeardStore *store, HeardCall *call, const Note *note)
{
    json_t *earlier = earlier_of(store, note, &call->error);

    if (!earlier)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:I, s:o, s:s, s:s, s:s?, s:b, s:I, s:o, s:o}", "id",
                     note->id, "kind", note->kind, "visibility", note->visibility, "at_ms",
                     (json_int_t)note->at_ms, "to_ms", heard_summary_time(note->to_ms), "text",
                     note->text, "author", note->author, "unit", note->unit, "mine",
                     strcmp(note->account_id, call->caller.account_id) == 0, "created_at_ms",
                     (json_int_t)note->created_ms, "edited_at_ms",
                     heard_summary_time(note->edited_ms), "earlier", earlier);
}

static bool answer_with(HeardStore *store, HeardCall *call, const char *id)
{
    g_autofree Note *note = heard_recording_note_rows_get(store, id, &call->error);

    call->answer = note ? note_json(store, call, note) : NULL;
    return call->answer != NULL;
}

bool heard_api_notes_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = heard_api_reach_to_play(store, call, true);
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    HeardPage page;

    if (!recording || !heard_call_page(call, &page))
        return false;
    rows = heard_recording_note_rows_list(store, recording->id, call->caller.account_id, &page,
                                          &call->error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const Note *note = g_ptr_array_index(rows, i);
        json_t *item = note_json(store, call, note);
        if (!item)
            return false;
        json_array_append_new(items, item);
        last_id = note->id;
    }
    if (!rows)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &page, last_id);
    return true;
}

/* ---- what comes in ---- */

static bool read_word(HeardCall *call, const char *key, const char *one, const char *other,
                      bool optional, const char **word)
{
    if (!heard_json_text(call->body, key, HEARD_NOTE_WORD_CHARS_MAX, optional, word, &call->error))
        return false;
    if (strcmp(*word, one) == 0 || strcmp(*word, other) == 0)
        return true;
    return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "%s: %s or %s", key, one, other);
}

/* Members that are left out stay as they are; a new note must have kind, visibility, at_ms. */
static bool read_note(HeardCall *call, const HeardRecordingRow *recording, bool is_new, Note *note)
{
    int64_t last_ms = recording->duration_ms + HEARD_NOTE_LATE_MS;
    const json_t *to = json_object_get(call->body, "to_ms");

    if (json_is_null(to))
        note->to_ms = 0;
    if (!read_word(call, "kind", "bookmark", "note", !is_new, &note->kind) ||
        !read_word(call, "visibility", "private", "file", !is_new, &note->visibility) ||
        !heard_json_number(call->body, "at_ms", 0, last_ms, !is_new, &note->at_ms, &call->error) ||
        !heard_json_number(call->body, "to_ms", 1, last_ms, true, &note->to_ms, &call->error) ||
        !heard_json_text(call->body, "text", HEARD_NOTE_TEXT_CHARS_MAX, true, &note->text,
                         &call->error))
        return false;
    if (note->to_ms && note->to_ms <= note->at_ms)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "to_ms: not behind at_ms");
    if (strcmp(note->kind, "note") == 0 && !note->text[0])
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "text: a note says something");
    return true;
}

/* Notes of others who may not see them do not exist; those of others who may are theirs. */
static Note *own_note(HeardStore *store, HeardCall *call, const HeardRecordingRow *recording)
{
    g_autofree Note *note = heard_recording_note_rows_get(store, call->params[1], &call->error);
    bool is_mine;

    if (!note)
        return NULL;
    is_mine = strcmp(note->account_id, call->caller.account_id) == 0;
    if (strcmp(note->recording_id, recording->id) != 0 || (!is_mine && is_private(note))) {
        heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such note");
        return NULL;
    }
    if (is_mine)
        return g_steal_pointer(&note);
    heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "only its author changes a note");
    return NULL;
}

/* What is for the file leaves a trace, whatever happens with it. */
static bool leave_trace(HeardStore *store, HeardCall *call, const HeardRecordingRow *recording,
                        const Note *note, const char *action)
{
    return is_private(note) || heard_audit_trail_append(store, call, action, "note", note->id,
                                                        recording->hearing_id, NULL);
}

/* ---- verbs ---- */

static bool has_room(HeardStore *store, HeardCall *call, const HeardRecordingRow *recording)
{
    int64_t count = 0;

    if (!heard_recording_note_rows_count(store, recording->id, call->caller.account_id, &count,
                                         &call->error))
        return false;
    if (count < HEARD_NOTE_OF_ACCOUNT_MAX)
        return true;
    return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "you have %d notes here already",
                             HEARD_NOTE_OF_ACCOUNT_MAX);
}

bool heard_api_note_new_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = heard_api_reach_to_play(store, call, true);
    char id[HEARD_ID_SIZE];
    Note note = {.id = id,
                 .account_id = call->caller.account_id,
                 .author = call->caller.name,
                 .unit = call->caller.unit_name[0] ? call->caller.unit_name : NULL,
                 .kind = "",
                 .visibility = "",
                 .text = "",
                 .created_ms = call->wall_ms};

    if (!recording || !read_note(call, recording, true, &note) || !has_room(store, call, recording))
        return false;
    heard_id_new(id, call->wall_ms);
    note.recording_id = recording->id;
    if (!heard_store_begin(store, &call->error))
        return false;
    if (!leave_trace(store, call, recording, &note, "recording.note.write") ||
        !heard_recording_note_rows_insert(store, &note, &call->error) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    call->status = 201;
    return answer_with(store, call, id);
}

static bool may_become(HeardCall *call, const Note *before, const Note *after)
{
    if (!is_private(before) && is_private(after))
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT,
                                 "a note for the file does not become private");
    if (!is_private(before) && before->edit_count >= HEARD_NOTE_EDITS_MAX)
        return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "it was changed %d times already",
                                 HEARD_NOTE_EDITS_MAX);
    return true;
}

bool heard_api_note_edit_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = heard_api_reach_to_play(store, call, true);
    g_autofree Note *before = recording ? own_note(store, call, recording) : NULL;
    Note after;

    if (!before)
        return false;
    after = *before;
    after.edited_ms = call->wall_ms;
    if (!read_note(call, recording, false, &after) || !may_become(call, before, &after) ||
        !heard_store_begin(store, &call->error))
        return false;
    if (!leave_trace(store, call, recording, &after, "recording.note.edit") ||
        !heard_recording_note_rows_edit(store, before, &after, &call->error) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    return answer_with(store, call, before->id);
}

bool heard_api_note_take_out_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = heard_api_reach_to_play(store, call, true);
    g_autofree Note *note = recording ? own_note(store, call, recording) : NULL;

    if (!note || !heard_store_begin(store, &call->error))
        return false;
    call->status = 204;
    if (leave_trace(store, call, recording, note, "recording.note.take_out") &&
        heard_recording_note_rows_take_out(store, note, call->wall_ms, &call->error) &&
        heard_store_commit(store, &call->error))
        return true;
    heard_store_rollback(store);
    return false;
}
