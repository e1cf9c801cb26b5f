/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/paper_desk.h"

#include "server/app/access.h"
#include "server/app/signings.h"
#include "server/app/summary.h"
#include "server/store/participant_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

void heard_paper_desk_clear(HeardPaperDesk *self)
{
    g_clear_pointer(&self->hearing, g_free);
    g_clear_pointer(&self->signings, g_ptr_array_unref);
}

static bool take_seat(HeardStore *store, HeardCall *call, const HeardSeatRow *seat,
                      HeardPaperDesk *desk)
{
    g_autofree HeardParticipantRow *participant =
        heard_participant_rows_get_by_seat(store, seat->id, &call->error);

    if (!participant)
        return false;
    if (!heard_role_from_name(seat->role, &desk->person.role))
        return heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a seat of no known role");
    desk->person.has_seat = true;
    desk->person.took_part = heard_signings_was_let_in(participant) &&
                             strcmp(participant->presence_state, "removed") != 0;
    g_strlcpy(desk->participant_id, participant->id, sizeof desk->participant_id);
    g_strlcpy(desk->name, seat->display_name, sizeof desk->name);
    return true;
}

bool heard_paper_desk_open(HeardStore *store, HeardCall *call, HeardPaperDesk *ret_desk)
{
    g_autofree HeardSeatRow *seat = NULL;

    memset(ret_desk, 0, sizeof *ret_desk);
    ret_desk->hearing = heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    if (!ret_desk->hearing)
        return false;
    ret_desk->signings = heard_signing_rows_list(store, ret_desk->hearing->id, &call->error);
    if (!ret_desk->signings)
        return false;
    seat = heard_access_own_seat(store, &call->caller, ret_desk->hearing->id, &call->error);
    if (call->error)
        return false;
    if (seat)
        return take_seat(store, call, seat, ret_desk);
    ret_desk->person.roles = call->caller.roles;
    g_strlcpy(ret_desk->name, call->caller.name, sizeof ret_desk->name);
    if (!call->caller.unit_path[0])
        return true;
    return heard_unit_rows_is_within(store, ret_desk->hearing->organiser_unit_id,
                                     call->caller.unit_path, &ret_desk->person.is_of_organiser,
                                     &call->error);
}

static bool was_sent_to(const GPtrArray *sendings, const char *document_id,
                        const char *participant_id)
{
    for (guint i = 0; i < sendings->len; i++) {
        const HeardSendingRow *row = g_ptr_array_index(sendings, i);
        if (strcmp(row->document_id, document_id) == 0 &&
            strcmp(row->participant_id, participant_id) == 0)
            return true;
    }
    return false;
}

bool heard_paper_desk_sees(const HeardPaperDesk *self, const HeardDocumentRow *row,
                           const GPtrArray *sendings)
{
    HeardPaperKind kind;
    HeardPaperCopy copy = {.is_own = self->participant_id[0] &&
                                     (g_strcmp0(row->participant_id, self->participant_id) == 0 ||
                                      was_sent_to(sendings, row->id, self->participant_id)),
                           .is_signed = row->signing_id != NULL};

    return heard_paper_kind_from_name(row->kind, &kind) &&
           heard_paper_may_read(kind, &self->person, &copy);
}

const HeardSigningRow *heard_paper_desk_signing(const HeardPaperDesk *self,
                                                const HeardDocumentRow *row)
{
    HeardPaperKind kind;

    if (!heard_paper_kind_from_name(row->kind, &kind) || !heard_paper_is_signed_itself(kind) ||
        row->signing_id || strcmp(row->language, "zh") != 0)
        return NULL;
    for (guint i = 0; i < self->signings->len; i++) {
        const HeardSigningRow *one = g_ptr_array_index(self->signings, i);
        if (strcmp(one->subject_kind, row->kind) == 0 && one->version == row->version)
            return one;
    }
    return NULL;
}

HeardDocumentRow *heard_paper_desk_get(HeardStore *store, HeardCall *call,
                                       const HeardPaperDesk *self)
{
    g_autofree HeardDocumentRow *row =
        heard_document_rows_get(store, call->params[1], &call->error);
    g_autoptr(GPtrArray) sendings =
        row ? heard_sending_rows_list(store, self->hearing->id, &call->error) : NULL;

    if (!sendings)
        return NULL;
    if (strcmp(row->hearing_id, self->hearing->id) == 0 &&
        heard_paper_desk_sees(self, row, sendings))
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such document");
    return NULL;
}

static json_t *file_json(const char *sha256, int64_t size)
{
    return json_pack("{s:s?, s:I}", "sha256", sha256, "size", (json_int_t)size);
}

/* Who made it sees whom it went to; somebody else his own sending. */
static json_t *sendings_json(const HeardPaperDesk *self, HeardPaperKind kind,
                             const HeardDocumentRow *row, const GPtrArray *sendings)
{
    HeardPaperCopy copy = {.is_signed = row->signing_id != NULL};
    bool sees_all = heard_paper_may_read(kind, &self->person, &copy);
    json_t *list = json_array();

    for (guint i = 0; i < sendings->len; i++) {
        const HeardSendingRow *sending = g_ptr_array_index(sendings, i);
        if (strcmp(sending->document_id, row->id) != 0 ||
            (!sees_all && strcmp(sending->participant_id, self->participant_id) != 0))
            continue;
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "participant",
                            sending->participant_id, "name", sending->name, "role", sending->role,
                            "channel", sending->channel, "sent_ms", (json_int_t)sending->sent_ms,
                            "delivered_ms", heard_summary_time(sending->delivered_ms), "read_ms",
                            heard_summary_time(sending->read_ms), "confirmed_ms",
                            heard_summary_time(sending->confirmed_ms)));
    }
    return list;
}

/* The Chinese one is signed: it is the authoritative one. A version that is not the last of its
 * number is refused when somebody tries. */
static json_t *may_json(const HeardPaperDesk *self, HeardPaperKind kind,
                        const HeardDocumentRow *row)
{
    const HeardSigningRow *signing = heard_paper_desk_signing(self, row);
    json_t *may = json_array();

    if (!heard_paper_is_signed_itself(kind) || row->signing_id ||
        strcmp(row->language, "zh") != 0 || !heard_paper_may_make(kind, &self->person))
        return may;
    if (!signing)
        json_array_append_new(may, json_string("open_signing"));
    else if (strcmp(signing->state, heard_signing_state_name(HEARD_SIGNING_SETTLED)) == 0)
        json_array_append_new(may, json_string("make_signed"));
    return may;
}

/* By role; the person himself is looked at when it is sent. */
static json_t *send_to_json(const HeardPaperDesk *self, HeardPaperKind kind,
                            const HeardDocumentRow *row)
{
    HeardRoleMask roles = heard_paper_recipients(kind, row->signing_id != NULL);
    json_t *list = json_array();

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        if ((roles & HEARD_ROLE_BIT(role)) && heard_paper_may_make(kind, &self->person))
            json_array_append_new(list, json_string(heard_role_name((HeardRole)role)));
    return list;
}

static json_t *signing_json(const HeardPaperDesk *self, const HeardDocumentRow *row)
{
    const HeardSigningRow *signing = heard_paper_desk_signing(self, row);

    return signing ? json_pack("{s:s, s:s}", "id", signing->id, "state", signing->state)
                   : json_null();
}

json_t *heard_paper_desk_json(const HeardPaperDesk *self, const HeardDocumentRow *row,
                              const GPtrArray *sendings)
{
    HeardPaperKind kind = HEARD_PAPER_DELIBERATION_RECORD;

    if (!heard_paper_kind_from_name(row->kind, &kind))
        return json_object(); /* sees() let nobody come here */
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s?, s:I, s:s, s:s, s:b, s:o, s:b, s:o, s:o, s:o, "
                     "s:o, s:o, s:o}",
                     "id", row->id, "number", row->document_no, "kind", row->kind, "version",
                     (json_int_t)row->version, "language", row->language, "participant",
                     row->participant_id, "made_at_ms", (json_int_t)row->created_ms, "made_by",
                     row->made_by, "template_sha256", row->template_sha256, "may_send",
                     heard_paper_may_make(kind, &self->person), "send_to",
                     send_to_json(self, kind, row), "signed", row->signing_id != NULL, "signing",
                     signing_json(self, row), "may", may_json(self, kind, row), "pdf",
                     file_json(row->pdf_sha256, row->pdf_size), "html",
                     file_json(row->html_sha256, row->html_size), "json",
                     file_json(row->json_sha256, row->json_size), "sendings",
                     sendings_json(self, kind, row, sendings));
}

char *heard_paper_folder(const HeardDocumentRow *row)
{
    return g_build_filename("documents", row->hearing_id, row->document_no, NULL);
}
