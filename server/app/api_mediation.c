/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/live.h"
#include "server/app/mediation.h"
#include "server/app/mediation_signing.h"
#include "server/hearing/profile.h"
#include "server/store/mediation_rows.h"
#include "server/store/participant_rows.h"

#include <string.h>

/* Who asks, of which mediation. */
typedef struct {
    HeardHearingRow *hearing;
    HeardMediationFile file;
    HeardMediationPerson you;
    bool has_seat;
    unsigned viewer; /* HEARD_MEDIATION_TO_* */
} Table;

static void table_clear(Table *self)
{
    g_free(self->hearing);
    heard_mediation_file_deinit(&self->file);
}

static void table_free(Table *self)
{
    table_clear(self);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* From the store half to the main half: whom to tell. */
typedef struct {
    unsigned audience;
    bool is_agreed, has_signing;
} Told;

/* ---- who ---- */

static bool find_person(HeardStore *store, HeardCall *call, Table *self)
{
    g_autofree HeardSeatRow *seat =
        heard_access_own_seat(store, &call->caller, self->hearing->id, &call->error);
    g_autofree HeardParticipantRow *row = NULL;

    if (call->error)
        return false;
    if (!seat) {
        if (heard_caller_permit(&call->caller, HEARD_MAY_PLAY_RECORDING) == HEARD_PERMIT_YES)
            self->viewer = HEARD_MEDIATION_TO_FILE;
        return true;
    }
    row = heard_participant_rows_get_by_seat(store, seat->id, &call->error);
    if (!row)
        return false;
    self->has_seat = heard_mediation_file_person(&self->file, row->id, &self->you);
    if (self->has_seat)
        self->viewer = heard_mediation_viewer(self->you.role, self->you.side);
    return true;
}

static Table *open_table(HeardStore *store, HeardCall *call)
{
    g_autoptr(Table) self = g_new0(Table, 1);

    self->hearing = heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    if (!self->hearing)
        return NULL;
    if (strcmp(self->hearing->kind, heard_kind_name(HEARD_KIND_MEDIATION)) != 0) {
        heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "this hearing is no mediation");
        return NULL;
    }
    if (!heard_mediation_file_load(store, self->hearing, &self->file, &call->error) ||
        !find_person(store, call, self))
        return NULL;
    if (!self->viewer) {
        heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                          "for the mediator, both sides, and who keeps the file");
        return NULL;
    }
    if (self->has_seat && !self->you.is_here &&
        heard_mediation_is_party(self->you.role, self->you.side)) {
        heard_call_refuse(call, HEARD_ERROR_NOT_ADMITTED, "you are not let in");
        return NULL;
    }
    return g_steal_pointer(&self);
}

static json_t *view_of(const HeardCall *call, const Table *self)
{
    return heard_mediation_json(&self->file, self->has_seat ? &self->you : NULL, self->viewer,
                                call->wall_ms);
}

bool heard_api_mediation_store(HeardStore *store, HeardCall *call)
{
    g_autoptr(Table) table = open_table(store, call);

    call->answer = table ? view_of(call, table) : NULL;
    return call->answer != NULL;
}

/* ---- what is said ---- */

/* Who comes second is shown what stands now, as far as it is for him. */
static bool refuse(HeardCall *call, const Table *self, HeardMediationAnswer answer)
{
    heard_call_refuse(call, heard_mediation_answer_error(answer), "the mediation: %s",
                      heard_mediation_answer_name(answer));
    call->problem = json_pack("{s:s, s:o}", "reason", heard_mediation_answer_name(answer),
                              "mediation", view_of(call, self));
    return false;
}

static void add_signers(const HeardMediation *now, json_t *entry)
{
    json_t *signers = json_array();

    for (unsigned i = 0; i < now->party_count; i++)
        json_array_append_new(signers, json_string(now->parties[i].of.id));
    json_object_set_new(entry, "signers", signers);
}

/* The side that a party did not name is its own: an entry is read without its author's. */
static json_t *entry_of(const Table *self, const HeardCall *call, const HeardMediationSay *say)
{
    json_t *entry = heard_mediation_entry(call->body, say->act);

    if (say->act == HEARD_MEDIATION_FREEZE)
        add_signers(&self->file.now, entry);
    if (say->act == HEARD_MEDIATION_OFFER_MAKE)
        json_object_set_new(entry, "side", json_string(heard_side_name(say->side)));
    return entry;
}

/* What is frozen is to be signed; what is changed or ended is not, any more. */
static bool follow(HeardStore *store, HeardCall *call, const Table *self, HeardMediationAct act)
{
    if (act == HEARD_MEDIATION_FREEZE)
        return heard_mediation_signing_open(store, call, self->hearing, &self->file);
    if (act == HEARD_MEDIATION_THAW || act == HEARD_MEDIATION_END)
        return heard_mediation_signing_withdraw(store, call, self->hearing);
    return true;
}

static bool write_entry(HeardStore *store, HeardCall *call, const Table *self,
                        const HeardMediationSay *say, const char *data)
{
    g_autofree char *action = g_strdup_printf("mediation.%s", heard_mediation_act_name(say->act));
    HeardMediationEntryRow row = {.id = say->id,
                                  .hearing_id = self->hearing->id,
                                  .seq = (int64_t)self->file.entries->len + 1,
                                  .actor_id = self->you.id,
                                  .role = heard_role_name(self->you.role),
                                  .side = heard_side_name(self->you.side),
                                  .act = heard_mediation_act_name(say->act),
                                  .data = data,
                                  .at_ms = call->wall_ms};

    if (!heard_store_begin(store, &call->error))
        return false;
    if (heard_audit_trail_append(store, call, action, "mediation_entry", say->id, self->hearing->id,
                                 NULL) &&
        heard_mediation_rows_add(store, &row, &call->error) &&
        follow(store, call, self, say->act) && heard_store_commit(store, &call->error))
        return true;
    heard_store_rollback(store);
    return false;
}

static bool do_act(HeardStore *store, HeardCall *call, Table *self, HeardMediationSay *say)
{
    char id[HEARD_ID_SIZE];
    HeardMediationAnswer answer;
    g_autoptr(json_t) entry = NULL;
    g_autofree char *data = NULL;
    Told *told;
    bool good;

    say->by = self->you;
    say->at_ms = call->wall_ms;
    if (!heard_mediation_read(call->body, say, &call->error))
        return false;
    if (say->act == HEARD_MEDIATION_SIGN)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "act: a signature is given in the hearing's signings");
    answer = heard_mediation_ask(&self->file.now, say);
    if (answer != HEARD_MEDIATION_OK)
        return refuse(call, self, answer);
    heard_id_new(id, call->wall_ms);
    say->id = id;
    entry = entry_of(self, call, say);
    data = heard_json_dump(entry);
    if (!write_entry(store, call, self, say, data))
        return false;
    /* From the store, as everybody else gets it. */
    heard_mediation_file_deinit(&self->file);
    good = heard_mediation_file_load(store, self->hearing, &self->file, &call->error);
    told = g_new0(Told, 1);
    told->audience = heard_mediation_audience(&self->file.now, say);
    told->has_signing = say->act == HEARD_MEDIATION_FREEZE || say->act == HEARD_MEDIATION_THAW ||
                        say->act == HEARD_MEDIATION_END;
    told->is_agreed = heard_mediation_is_agreed(&self->file.now);
    call->extra = told;
    call->extra_destroy = g_free;
    call->answer = good ? view_of(call, self) : NULL;
    return good;
}

bool heard_api_mediation_act_store(HeardStore *store, HeardCall *call)
{
    g_autoptr(Table) table = open_table(store, call);
    g_autofree HeardMediationSay *say = g_new0(HeardMediationSay, 1);

    if (!table)
        return false;
    if (!table->has_seat)
        return heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "you have no seat in this hearing");
    return do_act(store, call, table, say);
}

void heard_api_mediation_act_main(HeardCall *call)
{
    const Told *told = call->extra;

    heard_live_mediation_changed(call->app->live, call->params[0], told->audience, told->is_agreed);
    if (told->has_signing)
        heard_live_signing_changed(call->app->live, call->params[0], NULL);
    heard_call_reply(call);
}
