/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/child.h"
#include "server/app/files.h"
#include "server/base/error.h"
#include "server/store/participant_rows.h"
#include "server/store/unit_rows.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEARD_DOCUMENTS_MAX = 4, HEARD_DOCUMENT_SECONDS_MAX = 300 };

/* Files that are being made, one a place: what a crash leaves is overwritten, never more than so
 * many. Main thread. */
static bool places[HEARD_DOCUMENTS_MAX];

/* What the main half tells `heard statement`. */
typedef struct {
    const char *kind, *language;
    char *folder, *key, *number, *title, *office;
    char *attendance; /* JSON */
} Wanted;

static void wanted_free(void *data)
{
    Wanted *self = data;

    g_free(self->folder);
    g_free(self->key);
    g_free(self->number);
    g_free(self->title);
    g_free(self->office);
    g_free(self->attendance);
    g_free(self);
}

/* Who came, with or without a camera; the log knows only who was seen or heard. */
static char *attendance_of(HeardStore *store, const char *hearing_id, GError **error)
{
    static const char *const outside[] = {"absent", "in_lobby", "identity_ok", "consented", NULL};
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, hearing_id, error);
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = seats->pdata[i];
        g_autofree HeardParticipantRow *person =
            heard_participant_rows_get_by_seat(store, seat->id, error);
        if (!person)
            return NULL;
        if (person->joined_at_ms == 0 || g_strv_contains(outside, person->presence_state))
            continue;
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s?, s:I, s:I}", "name", seat->display_name,
                                        "role", seat->role, "unit", seat->unit_name, "joined_ms",
                                        (json_int_t)person->joined_at_ms, "left_ms",
                                        (json_int_t)person->left_at_ms));
    }
    return seats ? heard_json_dump(list) : NULL;
}

static bool find(HeardStore *store, HeardCall *call, const char *kind)
{
    g_autofree HeardRecordingRow *row =
        heard_access_recording_to_play(store, &call->caller, call->params[0], &call->error);
    g_autofree HeardHearingRow *hearing =
        row ? heard_hearing_rows_get(store, row->hearing_id, &call->error) : NULL;
    g_autofree HeardUnitRow *unit =
        hearing ? heard_unit_rows_get(store, hearing->organiser_unit_id, &call->error) : NULL;
    g_autofree char *attendance = unit ? attendance_of(store, hearing->id, &call->error) : NULL;
    const char *language = call->query[HEARD_QUERY_LANGUAGE];
    Wanted *wanted;

    if (!attendance)
        return false;
    if (language && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "language: zh or en");
    if (strcmp(row->state, "sealed") != 0)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "the recording has not ended");
    if (heard_api_refuse_away(store, call, row->id))
        return false;
    if (!heard_audit_trail_append(store, call, "recording.document", "recording", row->id,
                                  row->hearing_id, kind))
        return false;
    wanted = g_new0(Wanted, 1);
    wanted->kind = kind;
    wanted->language = g_strcmp0(language, "en") == 0 ? "en" : "zh";
    wanted->folder = g_build_filename(call->app->data_dir, row->directory, NULL);
    wanted->key = g_build_filename(call->app->data_dir, "recordings.key", NULL);
    wanted->number = g_strdup(row->recording_no);
    wanted->title = g_strdup(hearing->title);
    wanted->office = g_strdup(unit->name);
    wanted->attendance = g_steal_pointer(&attendance);
    call->extra = wanted;
    call->extra_destroy = wanted_free;
    return true;
}

bool heard_api_statement_store(HeardStore *store, HeardCall *call)
{
    return find(store, call, "statement");
}

bool heard_api_certificate_store(HeardStore *store, HeardCall *call)
{
    return find(store, call, "certificate");
}

/* A document that is being made: the call that waits, and where the file comes. */
typedef struct {
    HeardCall *call;
    unsigned place;
    char *path, *attendance;
} Making;

static void making_free(Making *self)
{
    g_unlink(self->path);
    g_unlink(self->attendance);
    places[self->place] = false;
    g_free(self->path);
    g_free(self->attendance);
    g_free(self);
}

static void send(const Making *self, int fd, uint64_t size)
{
    HeardCall *call = self->call;
    const Wanted *wanted = call->extra;
    g_autofree char *name =
        g_strdup_printf("inline; filename=\"%s-%s%s.pdf\"", wanted->number, wanted->kind,
                        strcmp(wanted->language, "en") == 0 ? "-en" : "");

    heard_http_add_header(call->request, "Content-Disposition", name);
    heard_http_reply_file_take(call->request, 200, "application/pdf", fd, 0, size);
    heard_call_free(call);
}

static void on_made(int status, void *data)
{
    Making *self = data;
    int fd = status == 0 ? open(self->path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat about;

    if (fd >= 0 && fstat(fd, &about) == 0) {
        send(self, fd, (uint64_t)about.st_size);
    } else {
        if (fd >= 0)
            close(fd);
        heard_call_refuse(self->call, HEARD_ERROR_UNAVAILABLE, "the document cannot be made now");
        heard_call_reply(self->call);
    }
    making_free(self);
}

static Making *take_place(HeardCall *call)
{
    for (unsigned i = 0; i < HEARD_DOCUMENTS_MAX; i++) {
        g_autofree char *name = NULL;
        Making *self;
        if (places[i])
            continue;
        places[i] = true;
        name = g_strdup_printf("document-%u.pdf", i);
        self = g_new0(Making, 1);
        self->call = call;
        self->place = i;
        self->path = g_build_filename(call->app->data_dir, name, NULL);
        self->attendance = g_strconcat(self->path, ".json", NULL);
        return self;
    }
    return NULL;
}

void heard_api_document_main(HeardCall *call)
{
    const Wanted *wanted = call->extra;
    Making *making = take_place(call);
    HeardChildHooks hooks = {NULL, on_made, making};
    const char *argv[] = {"statement",
                          "--recording",
                          wanted->folder,
                          "--key",
                          wanted->key,
                          "--kind",
                          wanted->kind,
                          "--language",
                          wanted->language,
                          "--number",
                          wanted->number,
                          "--title",
                          wanted->title,
                          "--office",
                          wanted->office,
                          "--attendance",
                          making ? making->attendance : "",
                          "--out",
                          making ? making->path : "",
                          NULL};

    if (!making)
        heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "too many documents at once, try again");
    else if (heard_files_write(making->attendance, wanted->attendance, 0600, &call->error) &&
             heard_child_start(argv, HEARD_DOCUMENT_SECONDS_MAX, &hooks, &call->error))
        return;
    else
        making_free(making);
    heard_call_reply(call);
}
