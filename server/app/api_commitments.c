/* SPDX-License-Identifier: Apache-2.0 */

/* What a hearing was promised, or a consultation gave somebody to do: item, owner, date, state. */

#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/live.h"
#include "server/base/id.h"
#include "server/hearing/commitment.h"
#include "server/store/outcome_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

typedef struct {
    HeardHearingRow *hearing;
    HeardKind kind;
    const HeardProfile *profile;
    HeardState state;
    unsigned phase;
    HeardSeatRow *seat; /* of who asks; NULL: none */
    HeardRole role;     /* of the seat, or of the account */
} Promise;

static void promise_clear(Promise *self)
{
    g_free(self->hearing);
    g_free(self->seat);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Promise, promise_clear)

static bool allow(HeardCall *call, HeardCommitmentAnswer answer)
{
    if (answer == HEARD_COMMITMENT_OK)
        return true;
    heard_call_refuse(call, heard_commitment_answer_error(answer), "commitments: %s",
                      heard_commitment_answer_name(answer));
    if (!call->problem)
        call->problem = json_pack("{s:s}", "reason", heard_commitment_answer_name(answer));
    return false;
}

static bool find_profile(HeardCall *call, Promise *self)
{
    const HeardHearingRow *hearing = self->hearing;
    int phase;

    if (!heard_kind_from_name(hearing->kind, &self->kind))
        return heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a hearing of no known kind");
    self->profile = hearing->procedure_profile
                        ? heard_agenda_keep(hearing->procedure_profile, &call->error)
                        : heard_agenda_profile(self->kind);
    if (!self->profile)
        return false;
    phase = heard_profile_find_phase(self->profile, hearing->phase ? hearing->phase : "");
    self->phase = phase < 0 ? 0 : (unsigned)phase;
    if (!heard_state_from_name(hearing->state, &self->state))
        self->state = HEARD_STATE_SCHEDULED;
    return true;
}

/* Whose account holds no seat speaks by the best of its roles. */
static HeardRole role_of(const HeardCaller *caller)
{
    HeardRole best = HEARD_ROLE_OBSERVER;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        if ((caller->roles & HEARD_ROLE_BIT(role)) &&
            heard_role_permit((HeardRole)role, HEARD_MAY_NAME_OWNER) >
                heard_role_permit(best, HEARD_MAY_NAME_OWNER))
            best = (HeardRole)role;
    }
    return best;
}

static bool open_hearing(HeardStore *store, HeardCall *call, Promise *ret)
{
    ret->hearing = heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    if (!ret->hearing || !find_profile(call, ret))
        return false;
    ret->seat = heard_access_own_seat(store, &call->caller, ret->hearing->id, &call->error);
    if (call->error)
        return false;
    ret->role = role_of(&call->caller);
    return !ret->seat || heard_role_from_name(ret->seat->role, &ret->role) ||
           heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a seat of no known role");
}

static bool is_own(const HeardCall *call, const Promise *self, const char *unit_id)
{
    const char *unit = self->seat ? self->seat->unit_id : call->caller.unit_id;

    return unit && strcmp(unit, unit_id) == 0;
}

static bool may(HeardCall *call, const Promise *self, const char *unit_id, HeardCommitmentAct act)
{
    return allow(call, heard_commitment_may(self->profile, self->state, self->phase, self->role,
                                            is_own(call, self, unit_id), act));
}

static bool finish(HeardStore *store, HeardCall *call, const char *action, const char *id,
                   bool (*change)(HeardStore *, HeardCall *, const HeardCommitmentRow *),
                   const HeardCommitmentRow *row)
{
    if (!heard_store_begin(store, &call->error))
        return false;
    if (heard_audit_trail_append(store, call, action, "commitment", id, call->params[0], NULL) &&
        change(store, call, row) && heard_store_commit(store, &call->error)) {
        call->status = 204;
        return true;
    }
    heard_store_rollback(store);
    return false;
}

/* ---- looking ---- */

static json_t *row_json(HeardStore *store, HeardCall *call, const HeardCommitmentRow *row)
{
    g_autofree HeardUnitRow *unit = heard_unit_rows_get(store, row->owner_unit_id, &call->error);
    HeardCommitmentState kept;

    if (!unit)
        return NULL;
    if (!heard_commitment_state_from_name(row->state, &kept)) {
        heard_call_refuse(call, HEARD_ERROR_CORRUPT, "a commitment in no known state");
        return NULL;
    }
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s?, s:I}", "id", row->id, "kind", row->kind, "text",
        row->text, "unit_id", row->owner_unit_id, "unit", unit->name, "due_at_ms",
        (json_int_t)row->due_at_ms, "state",
        heard_commitment_state_name(heard_commitment_at(kept, row->due_at_ms, call->wall_ms)),
        "evidence", row->evidence, "created_at_ms", (json_int_t)row->created_ms);
}

/* Whose seats have a unit: they can be given something to do. */
static json_t *units_json(HeardStore *store, HeardCall *call)
{
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, call->params[0], &call->error);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    json_t *list = seats ? json_array() : NULL;

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);

        if (seat->unit_id && seat->unit_name && g_hash_table_add(seen, (char *)seat->unit_id))
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "id", seat->unit_id, "name", seat->unit_name));
    }
    return list;
}

bool heard_api_commitments_store(HeardStore *store, HeardCall *call)
{
    g_auto(Promise) self = {0};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    g_autoptr(json_t) units = NULL;

    if (!open_hearing(store, call, &self))
        return false;
    rows = heard_commitment_rows_list_of_hearing(store, call->params[0], NULL, &call->error);
    units = rows ? units_json(store, call) : NULL;
    for (guint i = 0; units && i < rows->len; i++) {
        json_t *one = row_json(store, call, g_ptr_array_index(rows, i));

        if (!one)
            return false;
        json_array_append_new(items, one);
    }
    if (!units)
        return false;
    call->answer =
        json_pack("{s:O, s:O, s:b, s:b, s:i}", "items", items, "units", units, "may_name",
                  heard_commitment_may(self.profile, self.state, self.phase, self.role,
                                       self.seat && self.seat->unit_id,
                                       HEARD_COMMITMENT_NAME) == HEARD_COMMITMENT_OK,
                  "tasks", heard_commitment_is_task(self.kind), "max", HEARD_COMMITMENTS_MAX);
    return true;
}

/* ---- naming ---- */

static bool insert(HeardStore *store, HeardCall *call, const HeardCommitmentRow *row)
{
    return heard_commitment_rows_insert(store, row, &call->error);
}

static bool has_content(const char *text)
{
    return strspn(text, " \t\n") != strlen(text);
}

bool heard_api_commitment_new_store(HeardStore *store, HeardCall *call)
{
    g_auto(Promise) self = {0};
    g_autoptr(GPtrArray) rows = NULL;
    g_autofree HeardUnitRow *unit = NULL;
    char id[HEARD_ID_SIZE];
    HeardCommitmentRow row = {.id = id,
                              .hearing_id = call->params[0],
                              .state = heard_commitment_state_name(HEARD_COMMITMENT_OPEN),
                              .created_ms = call->wall_ms,
                              .named_by = heard_caller_id(&call->caller)};

    if (!open_hearing(store, call, &self) ||
        !heard_json_text(call->body, "text", HEARD_COMMITMENT_TEXT_CHARS_MAX, false, &row.text,
                         &call->error) ||
        !heard_json_text(call->body, "unit_id", HEARD_ID_SIZE - 1, false, &row.owner_unit_id,
                         &call->error) ||
        !heard_json_number(call->body, "due_at_ms", 1, INT64_MAX / 2, false, &row.due_at_ms,
                           &call->error))
        return false;
    if (!has_content(row.text))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "text: is empty");
    if (!may(call, &self, row.owner_unit_id, HEARD_COMMITMENT_NAME) ||
        !allow(call, heard_commitment_check_due(row.due_at_ms, call->wall_ms)))
        return false;
    unit = heard_unit_rows_get(store, row.owner_unit_id, &call->error);
    rows = unit ? heard_commitment_rows_list_of_hearing(store, row.hearing_id, NULL, &call->error)
                : NULL;
    if (!rows)
        return false;
    if (rows->len >= HEARD_COMMITMENTS_MAX)
        return allow(call, HEARD_COMMITMENT_FULL);
    heard_id_new(id, call->wall_ms);
    row.case_id = self.hearing->case_id;
    row.kind = heard_commitment_is_task(self.kind) ? "task" : "commitment";
    if (!finish(store, call, "commitment.name", id, insert, &row))
        return false;
    call->status = 201;
    call->answer = row_json(store, call, &row);
    return call->answer != NULL;
}

/* ---- moving on, taking away ---- */

static HeardCommitmentRow *find_row(HeardStore *store, HeardCall *call)
{
    g_autofree HeardCommitmentRow *row =
        heard_commitment_rows_get(store, call->params[1], &call->error);

    if (!row || strcmp(row->hearing_id, call->params[0]) == 0)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such commitment");
    return NULL;
}

static bool take_away(HeardStore *store, HeardCall *call, const HeardCommitmentRow *row)
{
    return heard_commitment_rows_remove(store, row->id, call->wall_ms, &call->error);
}

bool heard_api_commitment_remove_store(HeardStore *store, HeardCall *call)
{
    g_auto(Promise) self = {0};
    g_autofree HeardCommitmentRow *row = NULL;

    return open_hearing(store, call, &self) && (row = find_row(store, call)) &&
           may(call, &self, row->owner_unit_id, HEARD_COMMITMENT_REMOVE) &&
           finish(store, call, "commitment.remove", row->id, take_away, row);
}

/* call->extra: the state that is kept from now on. */
static bool move(HeardStore *store, HeardCall *call, const HeardCommitmentRow *row)
{
    const char *evidence =
        json_string_value(json_object_get(call->body, "evidence")); /* checked before */

    return heard_commitment_rows_move(store, row, call->extra,
                                      evidence && *evidence ? evidence : row->evidence,
                                      call->wall_ms, &call->error);
}

bool heard_api_commitment_move_store(HeardStore *store, HeardCall *call)
{
    g_auto(Promise) self = {0};
    g_autofree HeardCommitmentRow *row = NULL;
    const char *name = NULL, *evidence = NULL;
    HeardCommitmentState kept, wanted, to;

    if (!open_hearing(store, call, &self) || !(row = find_row(store, call)) ||
        !may(call, &self, row->owner_unit_id, HEARD_COMMITMENT_MOVE) ||
        !heard_json_text(call->body, "state", 16, false, &name, &call->error) ||
        !heard_json_text(call->body, "evidence", HEARD_COMMITMENT_EVIDENCE_CHARS_MAX, true,
                         &evidence, &call->error))
        return false;
    if (!heard_commitment_state_from_name(name, &wanted) ||
        !heard_commitment_state_from_name(row->state, &kept))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "state: in_progress, done or transferred");
    if (!allow(call, heard_commitment_move(heard_commitment_at(kept, row->due_at_ms, call->wall_ms),
                                           wanted, &to)))
        return false;
    call->extra = g_strdup(heard_commitment_state_name(to));
    call->extra_destroy = g_free;
    return finish(store, call, "commitment.state", row->id, move, row);
}

void heard_api_commitments_changed_main(HeardCall *call)
{
    if (!call->error)
        heard_live_commitments_changed(call->app->live, call->params[0]);
    heard_call_reply(call);
}
