/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/links.h"
#include "server/app/local_time.h"
#include "server/app/profiles.h"
#include "server/app/summary.h"
#include "server/store/account_rows.h"
#include "server/store/number_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/person_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

enum {
    HEARD_SCHEDULE_SEATS_MAX = 32,
    HEARD_SCHEDULE_TEXT_CHARS_MAX = 60,
    HEARD_SCHEDULE_TITLE_CHARS_MAX = 200,
    HEARD_SCHEDULE_LATE_MS = 24 * 3600 * 1000, /* how far back a plan may lie */
    HEARD_SCHEDULE_OBSERVERS_MAX = 20,
};

typedef struct {
    HeardKind kind;
    const HeardProfile *profile;
    const char *profile_text; /* of it: the hearing keeps it */
    const char *kind_name, *title;
    int64_t start_ms;
    bool recorded;
    json_t *seats;
} Plan;

static bool read_plan(HeardCall *call, const HeardUnitRow *office, Plan *ret)
{
    GError **error = &call->error;

    if (!heard_json_text(call->body, "kind", 32, false, &ret->kind_name, error) ||
        !heard_json_text(call->body, "title", HEARD_SCHEDULE_TITLE_CHARS_MAX, true, &ret->title,
                         error) ||
        !heard_json_number(call->body, "planned_start_ms", 1, INT64_MAX / 2, false, &ret->start_ms,
                           error) ||
        !heard_json_array(call->body, "seats", HEARD_SCHEDULE_SEATS_MAX, false, &ret->seats, error))
        return false;
    if (!heard_kind_from_name(ret->kind_name, &ret->kind))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "kind: not one of the known values");
    ret->profile = heard_profiles_find(call->app->profiles, ret->kind, office->region_code,
                                       &ret->profile_text);
    ret->recorded = ret->profile->recorded;
    if (json_object_get(call->body, "recorded")) {
        bool wanted;

        if (!heard_json_bool(call->body, "recorded", false, &wanted, error))
            return false;
        if (wanted != ret->recorded && !ret->profile->may_choose_recorded)
            return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                     "recorded: here this kind of hearing leaves no choice");
        ret->recorded = wanted;
    }
    if (ret->start_ms < call->wall_ms - HEARD_SCHEDULE_LATE_MS)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "planned_start_ms: is in the past");
    if (json_array_size(ret->seats) == 0)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "seats: at least one");
    return true;
}

typedef struct {
    const char *role_name, *account_id, *name, *unit_id, *title;
    HeardRole role;
    HeardSide side;
    HeardAccountRow *account;
    HeardUnitRow *unit;
} NewSeat;

static void new_seat_clear(NewSeat *seat)
{
    g_free(seat->account);
    g_free(seat->unit);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NewSeat, new_seat_clear)

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

/* In a mediation a party may sit on the other side; else the role says where. */
static bool read_side(HeardCall *call, const json_t *item, const HeardProfile *profile,
                      NewSeat *ret)
{
    const char *name = NULL;
    bool chosen = ret->role == HEARD_ROLE_PETITIONER || ret->role == HEARD_ROLE_AGENT;

    ret->side = heard_role_side(ret->role);
    if (!heard_json_text(item, "side", 32, true, &name, &call->error))
        return false;
    if (!or_null(name))
        return true;
    if (!heard_side_from_name(name, &ret->side) ||
        (ret->side != heard_role_side(ret->role) &&
         !(chosen && profile->both_sides && ret->side == HEARD_SIDE_RESPONDENT)))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "side: not one of this seat's");
    return true;
}

/* The petitioner of the case needs no name here; nobody else is known by the case. */
static bool is_of_case(const NewSeat *seat)
{
    return seat->role == HEARD_ROLE_PETITIONER && seat->side == HEARD_SIDE_PETITIONER;
}

static bool read_seat(HeardStore *store, HeardCall *call, const json_t *item,
                      const HeardProfile *profile, NewSeat *ret)
{
    GError **error = &call->error;
    enum { TEXT_MAX = HEARD_SCHEDULE_TEXT_CHARS_MAX };

    if (!json_is_object(item))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "seats: a list of objects");
    if (!heard_json_text(item, "role", 32, false, &ret->role_name, error) ||
        !heard_json_text(item, "account_id", HEARD_ID_SIZE - 1, true, &ret->account_id, error) ||
        !heard_json_text(item, "name", TEXT_MAX, true, &ret->name, error) ||
        !heard_json_text(item, "unit_id", HEARD_ID_SIZE - 1, true, &ret->unit_id, error) ||
        !heard_json_text(item, "title", TEXT_MAX, true, &ret->title, error))
        return false;
    if (!heard_role_from_name(ret->role_name, &ret->role) ||
        !(profile->seats & HEARD_ROLE_BIT(ret->role)))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "role: not one of this kind");
    if (!read_side(call, item, profile, ret))
        return false;
    if (or_null(ret->account_id)) {
        ret->account = heard_account_rows_get(store, ret->account_id, error);
        if (!ret->account)
            return false;
    }
    if (!or_null(ret->name) && !ret->account && !is_of_case(ret))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "seats: give account_id or name for %s", ret->role_name);
    if (!or_null(ret->unit_id) && ret->account)
        ret->unit_id = ret->account->unit_id;
    if (or_null(ret->unit_id))
        ret->unit = heard_unit_rows_get(store, ret->unit_id, error);
    return !or_null(ret->unit_id) || ret->unit;
}

static json_t *insert_seat(HeardStore *store, HeardCall *call, const HeardHearingRow *hearing,
                           const NewSeat *seat, const HeardPersonRow *petitioner, unsigned position)
{
    char seat_id[HEARD_ID_SIZE];
    char participant_id[HEARD_ID_SIZE];
    int64_t expires_ms = heard_links_expiry(hearing->planned_start_ms, call->wall_ms);
    const char *name = or_null(seat->name) ? seat->name
                       : seat->account     ? seat->account->name
                       : petitioner        ? petitioner->name
                                           : seat->role_name;
    const char *title = or_null(seat->title) ? seat->title
                        : seat->account      ? seat->account->title
                                             : NULL;
    HeardSeatRow row = {.id = seat_id,
                        .hearing_id = hearing->id,
                        .side = heard_side_name(seat->side),
                        .role = seat->role_name,
                        .unit_id = seat->unit ? seat->unit->id : NULL,
                        .person_id = is_of_case(seat) && petitioner ? petitioner->id : NULL,
                        .account_id = seat->account ? seat->account->id : NULL,
                        .display_name = name,
                        .unit_name = seat->unit ? seat->unit->name : NULL,
                        .title = title,
                        .position = position};
    HeardParticipantRow participant = {.id = participant_id,
                                       .seat_id = seat_id,
                                       .hearing_id = hearing->id,
                                       .invite_state = "invited",
                                       .presence_state = "absent",
                                       .token_state = "none"};
    g_autofree char *url = NULL;

    heard_id_new(seat_id, call->wall_ms);
    heard_id_new(participant_id, call->wall_ms);
    if (!heard_seat_rows_insert(store, &row, &call->error) ||
        !heard_participant_rows_insert(store, &participant, &call->error))
        return NULL;
    url = heard_links_renew(store, call->app->public_url, participant_id, expires_ms, &call->error);
    if (!url)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "participant", participant_id, "role",
                     seat->role_name, "name", name, "url", url, "expires_at_ms",
                     (json_int_t)expires_ms);
}

/* Whether the hearing could ever open with these. */
static bool check_seats(HeardCall *call, const HeardProfile *profile, HeardRoleMask roles,
                        unsigned sides, unsigned panel)
{
    unsigned both = 1u << HEARD_SIDE_PETITIONER | 1u << HEARD_SIDE_RESPONDENT;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        if (profile->required_seats & ~roles & HEARD_ROLE_BIT(role))
            return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "seats: no %s",
                                     heard_role_name((HeardRole)role));
    }
    if (profile->both_sides && (sides & both) != both)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "seats: one of each side");
    if (profile->panel_min && (panel < profile->panel_min || panel % 2 == 0))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "seats: an odd number of panelists, at least %u",
                                 profile->panel_min);
    return true;
}

static json_t *insert_seats(HeardStore *store, HeardCall *call, const HeardHearingRow *hearing,
                            const Plan *plan, const HeardPersonRow *petitioner)
{
    g_autoptr(json_t) links = json_array();
    HeardRoleMask roles = 0;
    unsigned sides = 0, panel = 0;
    const json_t *item;
    size_t i;

    json_array_foreach(plan->seats, i, item)
    {
        g_auto(NewSeat) seat = {0};
        json_t *link;
        if (!read_seat(store, call, item, plan->profile, &seat))
            return NULL;
        roles |= HEARD_ROLE_BIT(seat.role);
        sides |= 1u << seat.side;
        panel += seat.role == HEARD_ROLE_PANELIST;
        link = insert_seat(store, call, hearing, &seat, petitioner, (unsigned)i + 1);
        if (!link)
            return NULL;
        json_array_append_new(links, link);
    }
    if (!check_seats(call, plan->profile, roles, sides, panel))
        return NULL;
    return g_steal_pointer(&links);
}

static json_t *insert_plan(HeardStore *store, HeardCall *call, const Plan *plan,
                           const HeardCaseRow *file, const char *number, const char *hearing_id)
{
    g_autofree HeardPersonRow *petitioner = NULL;
    HeardHearingRow row = {.id = hearing_id,
                           .hearing_no = number,
                           .kind = plan->kind_name,
                           .mode = "online",
                           .state = "ready",
                           .phase = plan->profile->phases[0].code,
                           .title = or_null(plan->title) ? plan->title
                                    : file               ? file->title
                                                         : "",
                           .case_id = file ? file->id : NULL,
                           .organiser_unit_id = call->caller.unit_id,
                           .planned_start_ms = plan->start_ms,
                           .publicity = "invited",
                           .recording_policy = plan->recorded ? "on" : "off",
                           .procedure_profile = plan->profile_text,
                           .language = "zh",
                           .max_observers = HEARD_SCHEDULE_OBSERVERS_MAX,
                           .created_ms = call->wall_ms};

    if (file && file->petitioner_id) {
        petitioner = heard_person_rows_get(store, file->petitioner_id, &call->error);
        if (!petitioner)
            return NULL;
    }
    if (!heard_hearing_rows_insert(store, &row, &call->error) ||
        !heard_audit_trail_append(store, call, "hearing.schedule", "hearing", hearing_id,
                                  hearing_id, NULL))
        return NULL;
    return insert_seats(store, call, &row, plan, petitioner);
}

static HeardUnitRow *find_office(HeardStore *store, HeardCall *call)
{
    if (call->caller.unit_id[0])
        return heard_unit_rows_get(store, call->caller.unit_id, &call->error);
    heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "your account belongs to no unit");
    return NULL;
}

static bool take_number(HeardStore *store, HeardCall *call, const HeardUnitRow *office,
                        HeardKind kind, char ret_number[static HEARD_NUMBER_SIZE])
{
    char prefix[4] = {'H', 'S', heard_kind_letter(kind), '\0'};
    char date[9];

    heard_local_date(office->tz, call->wall_ms, date);
    return heard_number_rows_take(store, prefix, office->region_code, date, ret_number,
                                  &call->error);
}

/* Without a case only what no petitioner takes part in, and it needs a name of its own. */
static bool check_case(HeardCall *call, const Plan *plan, const HeardCaseRow *file)
{
    if (file)
        return true;
    if (plan->profile->seats & HEARD_ROLE_BIT(HEARD_ROLE_PETITIONER))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "kind: a hearing of this kind belongs to a case");
    return or_null(plan->title) ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "title: is missing");
}

/* params[0]: the case; NULL: none. */
bool heard_api_hearing_new_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardCaseRow *file =
        call->params[0] ? heard_access_case(store, &call->caller, call->params[0], &call->error)
                        : NULL;
    g_autofree HeardUnitRow *office = call->error ? NULL : find_office(store, call);
    g_autofree HeardHearingRow *made = NULL;
    g_autoptr(json_t) links = NULL;
    char number[HEARD_NUMBER_SIZE];
    char hearing_id[HEARD_ID_SIZE];
    json_t *summary;
    Plan plan = {0};

    if (!office || !read_plan(call, office, &plan) || !check_case(call, &plan, file) ||
        !take_number(store, call, office, plan.kind, number) ||
        !heard_store_begin(store, &call->error))
        return false;
    heard_id_new(hearing_id, call->wall_ms);
    links = insert_plan(store, call, &plan, file, number, hearing_id);
    if (!links || !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    made = heard_hearing_rows_get(store, hearing_id, &call->error);
    summary = made ? heard_summary_hearing(store, &call->caller, made, &call->error) : NULL;
    if (!summary)
        return false;
    call->status = 201;
    call->answer = json_pack("{s:o, s:O}", "hearing", summary, "links", links);
    return true;
}
