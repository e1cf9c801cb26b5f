/* SPDX-License-Identifier: Apache-2.0 */

/* Documents of a hearing: the list, the files, and who was sent one. paper_new.c makes them. */

#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/paper_desk.h"
#include "server/app/paper_facts.h"
#include "server/app/signings.h"
#include "server/papers/papers.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

/* ---- what there is ---- */

static json_t *details_json(const HeardTemplate *template)
{
    const json_t *details = json_object_get(heard_template_schema(template), "details");
    json_t *list = json_array();
    const char *name;
    json_t *type;

    json_object_foreach((json_t *)details, name, type)
    {
        size_t size = strcspn(name, "?");
        g_autofree char *plain = g_strndup(name, size);
        json_array_append_new(list,
                              json_pack("{s:s, s:b}", "name", plain, "required", !name[size]));
    }
    return list;
}

static json_t *kind_json(HeardCall *call, const HeardUnitRow *office, HeardPaperKind kind,
                         const HeardPaperMoment *moment)
{
    const char *name = heard_paper_kind_name(kind);
    HeardPaperAnswer answer = heard_paper_ask(kind, moment);

    return json_pack("{s:s, s:b, s:s?, s:o}", "kind", name, "personal",
                     heard_paper_is_personal(kind), "not_yet",
                     answer == HEARD_PAPER_OK ? NULL : heard_paper_answer_name(answer), "details",
                     details_json(heard_papers_find(call->app->papers, name, office->region_code)));
}

/* What the caller can have made; NULL with call->error. */
static json_t *kinds_json(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                          const HeardUnitRow *office)
{
    HeardPaperMoment moment;
    HeardKind hearing;
    json_t *list;

    if (!heard_paper_moment(store, desk->hearing, call->wall_ms, &moment, &call->error))
        return NULL;
    list = json_array();
    if (!heard_kind_from_name(desk->hearing->kind, &hearing))
        return list;
    for (unsigned i = 0; i < HEARD_PAPER_KIND_COUNT; i++) {
        HeardPaperKind kind = (HeardPaperKind)i;
        if (heard_paper_is_of(kind, hearing) && heard_paper_may_make(kind, &desk->person))
            json_array_append_new(list, kind_json(call, office, kind, &moment));
    }
    return list;
}

static json_t *people_json(HeardStore *store, const HeardPaperDesk *desk, GError **error)
{
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, desk->hearing->id, error);
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);
        g_autofree HeardParticipantRow *person =
            heard_participant_rows_get_by_seat(store, seat->id, error);
        if (!person)
            return NULL;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", person->id, "name",
                                              seat->display_name, "role", seat->role, "side",
                                              seat->side));
    }
    return seats ? g_steal_pointer(&list) : NULL;
}

bool heard_api_papers_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    HeardPage whole = {.limit = 0};
    g_autofree HeardUnitRow *office = NULL;
    g_autoptr(GPtrArray) rows = NULL, sendings = NULL;
    g_autoptr(json_t) items = json_array();
    g_autoptr(json_t) kinds = NULL;
    json_t *people;

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    office = heard_unit_rows_get(store, desk.hearing->organiser_unit_id, &call->error);
    rows = office ? heard_document_rows_list(store, desk.hearing->id, &call->error) : NULL;
    sendings = rows ? heard_sending_rows_list(store, desk.hearing->id, &call->error) : NULL;
    if (!sendings)
        return false;
    for (guint i = 0; i < rows->len; i++)
        if (heard_paper_desk_sees(&desk, rows->pdata[i], sendings))
            json_array_append_new(items, heard_paper_desk_json(&desk, rows->pdata[i], sendings));
    kinds = kinds_json(store, call, &desk, office);
    if (!kinds)
        return false;
    people = json_array_size(kinds) > 0 ? people_json(store, &desk, &call->error) : json_array();
    if (!people)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &whole, NULL);
    json_object_set_new(call->answer, "kinds", g_steal_pointer(&kinds));
    json_object_set_new(call->answer, "people", people);
    return true;
}

bool heard_api_paper_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    g_autofree HeardDocumentRow *row = NULL;
    g_autoptr(GPtrArray) sendings = NULL;

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    row = heard_paper_desk_get(store, call, &desk);
    sendings = row ? heard_sending_rows_list(store, desk.hearing->id, &call->error) : NULL;
    if (!sendings)
        return false;
    call->answer = heard_paper_desk_json(&desk, row, sendings);
    return true;
}

/* ---- the files ---- */

bool heard_api_paper_file_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    g_autofree HeardDocumentRow *row = NULL;
    g_autofree char *folder = NULL;
    const struct {
        const char *name, *file, *media_type, *sha256;
    } files[] = {{"pdf", "document.pdf", "application/pdf", NULL},
                 {"html", "document.html", "text/html; charset=utf-8", NULL},
                 {"json", "document.json", "application/json", NULL}};

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    row = heard_paper_desk_get(store, call, &desk);
    if (!row)
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
        const char *const sums[] = {row->pdf_sha256, row->html_sha256, row->json_sha256};
        if (strcmp(files[i].name, call->params[2]) != 0)
            continue;
        if (desk.participant_id[0] && !heard_sending_rows_read(store, row->id, desk.participant_id,
                                                               call->wall_ms, &call->error))
            return false;
        folder = heard_paper_folder(row);
        heard_api_answer_with_file(call, folder, files[i].file, files[i].media_type, sums[i]);
        return true;
    }
    return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "pdf, html or json");
}

/* What people said stands in these pages: nothing in them runs, whoever wrote it. */
void heard_api_paper_file_main(HeardCall *call)
{
    if (strcmp(call->params[2], "html") == 0)
        heard_http_add_header(call->request, "Content-Security-Policy",
                              "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
                              "base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    if (strcmp(call->params[2], "html") == 0)
        heard_http_add_header(call->request, "X-Frame-Options", "SAMEORIGIN");
    heard_api_recording_file_main(call);
}

/* ---- service ---- */

static bool answer_with(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                        const HeardDocumentRow *row)
{
    g_autoptr(GPtrArray) sendings = heard_sending_rows_list(store, desk->hearing->id, &call->error);

    if (!sendings)
        return false;
    call->answer = heard_paper_desk_json(desk, row, sendings);
    return true;
}

/* To whom: by the body, or whom it is about. */
static HeardParticipantRow *recipient(HeardStore *store, HeardCall *call,
                                      const HeardDocumentRow *row)
{
    const char *id = row->participant_id;
    g_autofree HeardParticipantRow *person = NULL;

    if (!heard_json_text(call->body, "participant", HEARD_ID_SIZE, true, &id, &call->error))
        return NULL;
    if (!id) {
        heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "participant: to whom");
        return NULL;
    }
    person = heard_participant_rows_get(store, id, &call->error);
    if (!person || strcmp(person->hearing_id, row->hearing_id) == 0)
        return g_steal_pointer(&person);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such participant");
    return NULL;
}

static bool may_send(HeardCall *call, const HeardPaperDesk *desk, const HeardDocumentRow *row,
                     const HeardParticipantRow *person, const HeardSeatRow *seat)
{
    HeardPaperKind kind;
    HeardPaperPerson reader = {.has_seat = true,
                               .took_part = heard_signings_was_let_in(person) &&
                                            strcmp(person->presence_state, "removed") != 0};
    HeardPaperCopy copy = {.is_own = g_strcmp0(row->participant_id, person->id) == 0,
                           .is_signed = row->signing_id != NULL};

    if (!heard_paper_kind_from_name(row->kind, &kind) || !heard_paper_may_make(kind, &desk->person))
        return heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "your role may not send it");
    if (!heard_role_from_name(seat->role, &reader.role) ||
        !heard_paper_may_be_sent(kind, &reader, &copy))
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "it is not for this person");
    return true;
}

bool heard_api_paper_send_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    g_autofree HeardDocumentRow *row = NULL;
    g_autofree HeardParticipantRow *person = NULL;
    g_autofree HeardSeatRow *seat = NULL;
    char id[HEARD_ID_SIZE];
    HeardSendingRow sending = {.id = id, .channel = "web", .sent_ms = call->wall_ms};

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    row = heard_paper_desk_get(store, call, &desk);
    person = row ? recipient(store, call, row) : NULL;
    seat = person ? heard_seat_rows_get(store, person->seat_id, &call->error) : NULL;
    if (!seat || !may_send(call, &desk, row, person, seat))
        return false;
    heard_id_new(id, call->wall_ms);
    sending.document_id = row->id;
    sending.hearing_id = row->hearing_id;
    sending.participant_id = person->id;
    sending.name = seat->display_name;
    sending.role = seat->role;
    sending.sent_by_id = heard_caller_id(&call->caller);
    if (!heard_store_begin(store, &call->error))
        return false;
    if (!heard_audit_trail_append(store, call, "document.send", "document", row->id,
                                  row->hearing_id, seat->id) ||
        !heard_sending_rows_insert(store, &sending, &call->error) ||
        (strcmp(row->kind, heard_paper_kind_name(HEARD_PAPER_HEARING_NOTICE)) == 0 &&
         strcmp(person->invite_state, "invited") == 0 &&
         !heard_participant_rows_set_invite(store, person->id, "notified", &call->error)) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    call->status = 201;
    return answer_with(store, call, &desk, row);
}

bool heard_api_paper_confirm_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardPaperDesk) desk = {0};
    g_autofree HeardDocumentRow *row = NULL;

    if (!heard_paper_desk_open(store, call, &desk))
        return false;
    row = heard_paper_desk_get(store, call, &desk);
    if (!row || !heard_store_begin(store, &call->error))
        return false;
    if (!heard_audit_trail_append(store, call, "document.confirm", "document", row->id,
                                  row->hearing_id, NULL) ||
        !heard_sending_rows_confirmed(store, row->id, desk.participant_id, call->wall_ms,
                                      &call->error) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    return answer_with(store, call, &desk, row);
}
