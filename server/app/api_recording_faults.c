/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/store/account_rows.h"
#include "server/store/fault_rows.h"

#include <string.h>

/* What the caller is in the recording's hearing. */
typedef struct {
    bool may_write; /* a seat as clerk or presiding officer */
    bool presides;
    bool has_a_clerk; /* the hearing: then nobody countersigns what he wrote himself */
} Standing;

static bool find_standing(HeardStore *store, HeardCall *call, const char *hearing_id,
                          Standing *ret_standing)
{
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, hearing_id, &call->error);
    Standing standing = {0};

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);
        bool clerk = strcmp(seat->role, "clerk") == 0;
        bool presiding = strcmp(seat->role, "presiding") == 0;
        bool own = call->caller.kind == HEARD_CALLER_ACCOUNT &&
                   g_strcmp0(seat->account_id, call->caller.account_id) == 0;

        standing.has_a_clerk |= clerk;
        standing.may_write |= own && (clerk || presiding);
        standing.presides |= own && presiding;
    }
    *ret_standing = standing;
    return seats != NULL;
}

/* A small reception has one officer and no clerk: nobody else could sign. */
static bool may_countersign(const HeardCall *call, const Standing *standing,
                            const HeardFaultRow *fault)
{
    return standing->presides &&
           !(standing->has_a_clerk && g_strcmp0(fault->note_by, call->caller.account_id) == 0);
}

static char *name_of(HeardStore *store, const char *account_id)
{
    g_autofree HeardAccountRow *account =
        account_id ? heard_account_rows_get(store, account_id, NULL) : NULL;

    return account ? g_strdup(account->name) : NULL;
}

static json_t *time_or_null(int64_t at_ms)
{
    return at_ms ? json_integer(at_ms) : json_null();
}

static json_t *fault_json(HeardStore *store, const HeardCall *call, const Standing *standing,
                          const HeardFaultRow *fault)
{
    g_autofree char *writer = name_of(store, fault->note_by);
    g_autofree char *signer = name_of(store, fault->countersigned_by);
    bool open = fault->countersigned_at_ms == 0;
    bool signable = open && fault->note && fault->to_ms;

    return json_pack("{s:s, s:s, s:I, s:o, s:s?, s:s?, s:o, s:s?, s:o, s:b, s:b}", "id", fault->id,
                     "fault", fault->fault, "from_ms", (json_int_t)fault->from_ms, "to_ms",
                     time_or_null(fault->to_ms), "note", fault->note, "note_by", writer,
                     "note_at_ms", time_or_null(fault->note_at_ms), "countersigned_by", signer,
                     "countersigned_at_ms", time_or_null(fault->countersigned_at_ms), "may_note",
                     open && standing->may_write, "may_countersign",
                     signable && may_countersign(call, standing, fault));
}

bool heard_api_recording_faults_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row =
        heard_access_recording(store, &call->caller, call->params[0], &call->error);
    g_autoptr(GPtrArray) faults = NULL;
    Standing standing;
    json_t *items;

    if (!row || !find_standing(store, call, row->hearing_id, &standing))
        return false;
    faults = heard_fault_rows_list(store, row->id, &call->error);
    if (!faults)
        return false;
    items = json_array();
    for (guint i = 0; i < faults->len; i++)
        json_array_append_new(items,
                              fault_json(store, call, &standing, g_ptr_array_index(faults, i)));
    call->answer = json_pack("{s:o}", "items", items);
    return true;
}

/* Recording and fault of the path, both within reach. */
static HeardFaultRow *reach_fault(HeardStore *store, HeardCall *call, Standing *ret_standing,
                                  char **ret_hearing_id)
{
    g_autofree HeardRecordingRow *row =
        heard_access_recording(store, &call->caller, call->params[0], &call->error);
    g_autofree HeardFaultRow *fault = NULL;

    if (!row || !find_standing(store, call, row->hearing_id, ret_standing))
        return NULL;
    fault = heard_fault_rows_get(store, call->params[1], &call->error);
    if (!fault)
        return NULL;
    if (strcmp(fault->recording_id, row->id) != 0) {
        heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such fault");
        return NULL;
    }
    *ret_hearing_id = g_strdup(row->hearing_id);
    return g_steal_pointer(&fault);
}

static bool answer_with(HeardStore *store, HeardCall *call, const Standing *standing,
                        const char *fault_id)
{
    g_autofree HeardFaultRow *fault = heard_fault_rows_get(store, fault_id, &call->error);

    call->answer = fault ? fault_json(store, call, standing, fault) : NULL;
    return call->answer != NULL;
}

/* Entry and change stand or fall together: a signature that came late is in no trail. */
static bool end_change(HeardStore *store, HeardCall *call, bool done)
{
    if (done && heard_store_commit(store, &call->error))
        return true;
    heard_store_rollback(store);
    return false;
}

bool heard_api_recording_fault_note_store(HeardStore *store, HeardCall *call)
{
    const char *text = NULL;
    g_autofree HeardFaultRow *fault = NULL;
    g_autofree char *hearing = NULL, *note = NULL;
    Standing standing;

    if (!heard_json_text(call->body, "note", HEARD_FAULT_NOTE_CHARS_MAX, false, &text,
                         &call->error))
        return false;
    note = g_strstrip(g_strdup(text));
    if (!*note)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "note: say what happened");
    fault = reach_fault(store, call, &standing, &hearing);
    if (!fault)
        return false;
    if (!standing.may_write)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                                 "the clerk or the presiding officer of the hearing writes it");
    if (!heard_store_begin(store, &call->error))
        return false;
    return end_change(store, call,
                      heard_audit_trail_append(store, call, "recording.fault_note", "fault",
                                               fault->id, hearing, note) &&
                          heard_fault_rows_set_note(store, fault->id, note, call->caller.account_id,
                                                    call->wall_ms, &call->error)) &&
           answer_with(store, call, &standing, fault->id);
}

bool heard_api_recording_fault_sign_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardFaultRow *fault = NULL;
    g_autofree char *hearing = NULL;
    Standing standing;

    fault = reach_fault(store, call, &standing, &hearing);
    if (!fault)
        return false;
    if (!standing.presides)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                                 "the presiding officer of the hearing countersigns");
    if (!may_countersign(call, &standing, fault))
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                                 "you wrote the note: the clerk's is for you to countersign");
    if (!heard_store_begin(store, &call->error))
        return false;
    return end_change(store, call,
                      heard_audit_trail_append(store, call, "recording.fault_countersign", "fault",
                                               fault->id, hearing, fault->note) &&
                          heard_fault_rows_countersign(store, fault->id, call->caller.account_id,
                                                       call->wall_ms, &call->error)) &&
           answer_with(store, call, &standing, fault->id);
}
