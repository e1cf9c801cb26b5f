/* SPDX-License-Identifier: Apache-2.0 */

/* From a ticket to an exhibit: bytes on the disk, examined by a child, kept with their row. */

#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/child.h"
#include "server/app/exhibits.h"
#include "server/app/live_exhibit.h"
#include "server/app/uploads.h"
#include "server/base/clock.h"

#include <string.h>

enum {
    HEARD_UPLOAD_NAME_CHARS_MAX = 200,
    HEARD_UPLOAD_SIDE_CHARS_MAX = 16,
    HEARD_UPLOAD_EXAMINE_S = 150,
    HEARD_UPLOAD_MB = 1024 * 1024,
};

/* ---- the ticket ---- */

static void wanted_free(void *data)
{
    HeardUpload *wanted = data;

    g_free(wanted->title);
    g_free(wanted->file_name);
    g_free(wanted);
}

/* The name without its ending is as good a title as most. */
static char *title_of(const char *title, const char *file_name)
{
    const char *dot = strrchr(file_name, '.');
    g_autofree char *stem = dot && dot != file_name ? g_strndup(file_name, (gsize)(dot - file_name))
                                                    : g_strdup(file_name);

    if (*title)
        return g_strdup(title);
    return g_utf8_substring(stem, 0, MIN(g_utf8_strlen(stem, -1), HEARD_EXHIBIT_TITLE_CHARS_MAX));
}

static bool read_wanted(HeardCall *call, const HeardExhibitCaller *caller, HeardUpload *wanted)
{
    const char *side = NULL, *title = "", *name = NULL;
    int64_t size_max = heard_config_number(call->app->config, "exhibit_max_mb") * HEARD_UPLOAD_MB;
    int64_t size = 0;

    wanted->side = heard_exhibit_side_of(&caller->person);
    if (!heard_json_text(call->body, "file_name", HEARD_UPLOAD_NAME_CHARS_MAX, false, &name,
                         &call->error) ||
        !heard_json_text(call->body, "title", HEARD_EXHIBIT_TITLE_CHARS_MAX, true, &title,
                         &call->error) ||
        !heard_json_text(call->body, "side", HEARD_UPLOAD_SIDE_CHARS_MAX, true, &side,
                         &call->error) ||
        !heard_json_bool(call->body, "closed", true, &wanted->is_closed, &call->error) ||
        !heard_json_number(call->body, "size", 0, INT64_MAX, false, &size, &call->error))
        return false;
    if (!*name || strpbrk(name, "/\\\n\t"))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "file_name: a name without a path");
    if (side && !heard_exhibit_side_from_name(side, &wanted->side))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "side: petitioner, respondent or organiser");
    if (size < 1)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "size: the file is empty");
    if (size > size_max)
        return heard_call_refuse(call, HEARD_ERROR_TOO_LARGE, "a file may have %ld MB here",
                                 (long)(size_max / HEARD_UPLOAD_MB));
    wanted->size = (uint64_t)size;
    wanted->file_name = g_strdup(name);
    wanted->title = title_of(title, name);
    return true;
}

static bool has_room(HeardStore *store, HeardCall *call, const char *hearing, int64_t size)
{
    HeardExhibitSum all, own;

    if (!heard_exhibit_rows_sum(store, hearing, NULL, &all, &call->error) ||
        !heard_exhibit_rows_sum(store, hearing, heard_caller_id(&call->caller), &own, &call->error))
        return false;
    if (all.count >= HEARD_EXHIBITS_MAX || all.bytes + size > HEARD_EXHIBIT_HEARING_BYTES_MAX)
        return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "no more exhibits in this hearing");
    if (own.count >= HEARD_EXHIBITS_OF_PERSON_MAX ||
        own.bytes + size > HEARD_EXHIBIT_PERSON_BYTES_MAX)
        return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "you brought as many as one may");
    return true;
}

static bool may_bring(HeardStore *store, HeardCall *call, const HeardUpload *upload,
                      const HeardExhibitCaller *caller)
{
    if (!caller->has_seat)
        return heard_exhibits_allow(call, HEARD_EXHIBIT_NO_RIGHT);
    return heard_exhibits_allow(call, heard_exhibit_may_upload(&caller->person, upload->side)) &&
           heard_exhibits_is_open(store, call, upload->hearing) &&
           has_room(store, call, upload->hearing, (int64_t)upload->size);
}

bool heard_api_exhibit_new_store(HeardStore *store, HeardCall *call)
{
    HeardUpload *wanted = g_new0(HeardUpload, 1);
    HeardExhibitCaller caller;

    call->extra = wanted;
    call->extra_destroy = wanted_free;
    g_strlcpy(wanted->hearing, call->params[0], sizeof wanted->hearing);
    g_strlcpy(wanted->owner, heard_caller_id(&call->caller), sizeof wanted->owner);
    return heard_exhibits_caller(store, call, call->params[0], &caller) &&
           read_wanted(call, &caller, wanted) && may_bring(store, call, wanted, &caller);
}

void heard_api_exhibit_new_main(HeardCall *call)
{
    const HeardUpload *upload =
        heard_uploads_add(call->app->uploads, call->extra, call->wall_ms, &call->error);
    g_autofree char *address =
        upload ? g_strconcat("/api/v1/uploads/", upload->ticket, NULL) : NULL;

    call->status = 201;
    if (upload)
        call->answer =
            json_pack("{s:s, s:I}", "upload", address, "until_ms", (json_int_t)upload->until_ms);
    heard_call_reply(call);
}

/* ---- the bytes ---- */

typedef struct {
    HeardCall *call;
    HeardUpload of; /* a copy: the table's may go meanwhile */
    HeardIncoming *incoming;
    char *media_type;
    HeardError refused;
    char exhibit[HEARD_ID_SIZE];
} Arrival;

static void arrival_end(Arrival *self)
{
    HeardCall *call = self->call;
    bool kept = self->exhibit[0] && !call->error;

    if (self->of.state == HEARD_UPLOAD_EXAMINED)
        heard_uploads_examined(call->app->uploads, self->of.ticket, kept ? self->exhibit : NULL);
    heard_incoming_free(self->incoming);
    g_free(self->of.title);
    g_free(self->of.file_name);
    g_free(self->media_type);
    g_free(self);
    heard_call_reply(call);
}

static bool write_rows(HeardStore *store, Arrival *self, const HeardExhibitRow *row)
{
    HeardCall *call = self->call;

    if (!heard_store_begin(store, &call->error))
        return false;
    if (heard_audit_trail_append(store, call, "exhibit.upload", "exhibit", row->id, row->hearing_id,
                                 NULL) &&
        heard_exhibit_rows_insert(store, row, &call->error) &&
        heard_store_commit(store, &call->error))
        return true;
    heard_store_rollback(store);
    return false;
}

/* On the store thread: what was allowed with the ticket may not be any more. */
static void keep_on_store(HeardStore *store, void *data)
{
    Arrival *self = data;
    HeardCall *call = self->call;
    HeardExhibitCaller caller;
    char id[HEARD_ID_SIZE];
    HeardExhibitRow row = {.id = id,
                           .hearing_id = self->of.hearing,
                           .side = heard_exhibit_side_name(self->of.side),
                           .title = self->of.title,
                           .file_name = self->of.file_name,
                           .media_type = self->media_type,
                           .size = (int64_t)self->of.size,
                           .sha256 = heard_incoming_sha256(self->incoming),
                           .is_closed = self->of.is_closed,
                           .state = heard_exhibit_state_name(HEARD_EXHIBIT_UPLOADED),
                           .uploader_id = self->of.owner,
                           .uploader = caller.name,
                           .created_ms = call->wall_ms};
    g_autofree HeardExhibitRow *kept = NULL;

    if (!heard_exhibits_caller(store, call, self->of.hearing, &caller) ||
        !may_bring(store, call, &self->of, &caller) ||
        !heard_incoming_keep(self->incoming, &call->error))
        return;
    heard_id_new(id, call->wall_ms);
    if (!write_rows(store, self, &row))
        return;
    kept = heard_exhibit_rows_get(store, id, &call->error);
    call->answer = kept ? heard_exhibits_json(store, call, kept, &caller) : NULL;
    g_strlcpy(self->exhibit, id, sizeof self->exhibit);
}

static void kept_on_main(void *data)
{
    Arrival *self = data;

    self->call->status = 201;
    if (self->exhibit[0])
        heard_live_exhibits_changed(self->call->app->live, self->of.hearing);
    arrival_end(self);
}

static void on_examined_line(const char *line, void *data)
{
    Arrival *self = data;
    g_autoptr(json_t) verdict = heard_json_parse_object(line, strlen(line), NULL);
    const char *media_type = json_string_value(json_object_get(verdict, "media_type"));
    const char *refused = json_string_value(json_object_get(verdict, "refused"));

    if (media_type && !self->media_type)
        self->media_type = g_strdup(media_type);
    for (unsigned code = 0; refused && code < HEARD_ERROR_COUNT; code++)
        if (strcmp(heard_error_name((HeardError)code), refused) == 0)
            self->refused = (HeardError)code;
}

static const char *words_for(HeardError refused)
{
    switch ((int)refused) {
    case HEARD_ERROR_FILE_HEIC:
        return "HEIC pictures cannot be shown everywhere: send it as JPEG";
    case HEARD_ERROR_FILE_TYPE:
        return "PDF, JPEG, PNG, WebP, MP3, Opus, WAV, MP4 or WebM, whatever the name says";
    case HEARD_ERROR_FILE_INFECTED:
        return "the scanner found something in this file";
    default:
        return "the file could not be looked at, try again";
    }
}

static void on_examined(int status, void *data)
{
    Arrival *self = data;
    HeardCall *call = self->call;

    if (status != 0 || !self->media_type) {
        HeardError code = status == 1 && self->refused ? self->refused : HEARD_ERROR_UNAVAILABLE;
        heard_call_refuse(call, code, "%s", words_for(code));
        arrival_end(self);
        return;
    }
    if (heard_store_thread_post(call->app->store, keep_on_store, self, call->app->loop,
                                kept_on_main, NULL))
        return;
    heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "too much to do, try again");
    arrival_end(self);
}

static bool examine(Arrival *self)
{
    HeardCall *call = self->call;
    const char *scanner = heard_config_text(call->app->config, "exhibit_scanner");
    const char *argv[5] = {"examine", heard_incoming_path(self->incoming)};
    HeardChildHooks hooks = {on_examined_line, on_examined, self};

    if (scanner) {
        argv[2] = "--scanner";
        argv[3] = scanner;
    }
    return heard_child_start(argv, HEARD_UPLOAD_EXAMINE_S, &hooks, &call->error) != NULL;
}

/* ---- its answer once more ---- */

static void answer_again_on_store(HeardStore *store, void *data)
{
    Arrival *self = data;
    HeardCall *call = self->call;
    HeardExhibitCaller caller;
    g_autofree HeardExhibitRow *row = NULL;

    if (heard_exhibits_caller(store, call, self->of.hearing, &caller))
        row = heard_exhibit_rows_get(store, self->of.exhibit, &call->error);
    call->status = 201;
    call->answer = row ? heard_exhibits_json(store, call, row, &caller) : NULL;
}

static void answered_again(void *data)
{
    arrival_end(data);
}

static bool answer_again(Arrival *self)
{
    HeardApp *app = self->call->app;

    return heard_store_thread_post(app->reader, answer_again_on_store, self, app->loop,
                                   answered_again, NULL) ||
           heard_call_refuse(self->call, HEARD_ERROR_UNAVAILABLE, "too much to do, try again");
}

static bool begin(Arrival *self, HeardUpload *upload)
{
    HeardCall *call = self->call;

    if (!upload)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such upload; ask for one again");
    self->of = *upload;
    self->of.title = g_strdup(upload->title);
    self->of.file_name = g_strdup(upload->file_name);
    if (upload->state == HEARD_UPLOAD_DONE)
        return answer_again(self);
    if (upload->state == HEARD_UPLOAD_EXAMINED ||
        (upload->state == HEARD_UPLOAD_COMING && !self->incoming))
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "it is being sent already");
    if (!self->incoming)
        return heard_call_refuse(call, HEARD_ERROR_STORAGE, "nothing can be written");
    if (!heard_incoming_end(self->incoming, &call->error))
        return false;
    if (heard_incoming_size(self->incoming) != upload->size)
        return heard_call_refuse(call, HEARD_ERROR_BAD_REQUEST, "not as many bytes as was said");
    if (!heard_uploads_examine(call->app->uploads, upload))
        return heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "too much to do, try again");
    self->of.state = HEARD_UPLOAD_EXAMINED;
    return examine(self);
}

void heard_api_upload_main(HeardCall *call)
{
    Arrival *self = g_new0(Arrival, 1);

    self->call = call;
    self->incoming = heard_uploads_take_incoming(call->request);
    if (!begin(self, heard_uploads_find(call->app->uploads, call->params[0],
                                        heard_caller_id(&call->caller), call->wall_ms)))
        arrival_end(self);
}
