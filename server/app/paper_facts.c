/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/paper_facts_private.h"

#include "server/base/error.h"
#include "server/store/case_rows.h"

#include <string.h>

#define ROLE(name) HEARD_ROLE_BIT(HEARD_ROLE_##name)

static void seat_free(void *data)
{
    HeardPaperSeat *self = data;

    g_free(self->seat);
    g_free(self->participant);
    g_free(self);
}

static bool load_seats(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_seat_rows_list(source->store, source->order->hearing->id, error);

    source->seats = g_ptr_array_new_with_free_func(seat_free);
    while (rows && rows->len > 0) {
        HeardPaperSeat *one = g_new0(HeardPaperSeat, 1);
        one->seat = g_ptr_array_steal_index(rows, 0);
        g_ptr_array_add(source->seats, one);
        one->participant = heard_participant_rows_get_by_seat(source->store, one->seat->id, error);
        if (!one->participant)
            return false;
    }
    return rows != NULL;
}

const HeardPaperSeat *heard_paper_seat_of(const HeardPaperSource *source,
                                          const char *participant_id)
{
    for (guint i = 0; participant_id && i < source->seats->len; i++) {
        const HeardPaperSeat *one = g_ptr_array_index(source->seats, i);
        if (strcmp(one->participant->id, participant_id) == 0)
            return one;
    }
    return NULL;
}

static bool is_role(const HeardSeatRow *seat, HeardRoleMask mask)
{
    HeardRole role;

    return heard_role_from_name(seat->role, &role) && (mask & HEARD_ROLE_BIT(role)) != 0;
}

const char *heard_paper_role_of(const HeardPaperSource *source, const HeardSeatRow *seat)
{
    bool is_b = strcmp(seat->side, heard_side_name(HEARD_SIDE_RESPONDENT)) == 0;

    if (strcmp(source->order->hearing->kind, "mediation") == 0 && is_role(seat, ROLE(PETITIONER)))
        return is_b ? "party_b" : "party_a";
    if (strcmp(source->order->hearing->kind, "mediation") == 0 && is_role(seat, ROLE(AGENT)))
        return is_b ? "agent_b" : "agent_a";
    return seat->role;
}

void heard_paper_set_text(json_t *object, const char *name, const char *text)
{
    if (text && *text)
        json_object_set_new(object, name, json_string(text));
}

void heard_paper_set_time(json_t *object, const char *name, int64_t wall_ms)
{
    if (wall_ms)
        json_object_set_new(object, name, json_integer(wall_ms));
}

json_t *heard_paper_person(const HeardPaperSource *source, const HeardSeatRow *seat)
{
    json_t *person = json_pack("{s:s, s:s}", "name", seat->display_name, "role",
                               heard_paper_role_of(source, seat));

    heard_paper_set_text(person, "unit", seat->unit_name);
    heard_paper_set_text(person, "title", seat->title);
    return person;
}

/* ---- the hearing ---- */

static json_t *hearing(HeardPaperSource *source, GError **error)
{
    const HeardHearingRow *row = source->order->hearing;
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "number", row->hearing_no, "title",
                  row->title, "kind", row->kind, "mode", row->mode, "publicity", row->publicity,
                  "recording", row->recording_policy, "organiser", source->order->office->name,
                  "start_ms", (json_int_t)row->planned_start_ms);

    (void)error;
    heard_paper_set_time(json, "end_ms", row->planned_end_ms);
    heard_paper_set_time(json, "opened_ms", row->actual_start_ms);
    heard_paper_set_time(json, "closed_ms", row->actual_end_ms);
    return json;
}

static json_t *petition(HeardPaperSource *source, GError **error)
{
    g_autofree HeardCaseRow *row = NULL;
    json_t *json;

    if (!source->order->hearing->case_id)
        return NULL;
    row = heard_case_rows_get(source->store, source->order->hearing->case_id, error);
    if (!row)
        return NULL;
    json = json_pack("{s:s, s:s, s:s}", "number", row->case_no, "title", row->title, "nature",
                     row->nature);
    heard_paper_set_text(json, "claim", row->claim);
    return json;
}

static json_t *issuer(HeardPaperSource *source, GError **error)
{
    (void)error;
    return json_string(source->order->office->name);
}

static json_t *issued(HeardPaperSource *source, GError **error)
{
    (void)error;
    return json_integer(source->order->wall_ms);
}

static json_t *site(HeardPaperSource *source, GError **error)
{
    (void)error;
    return json_string(source->order->site);
}

static json_t *details(HeardPaperSource *source, GError **error)
{
    (void)error;
    return source->order->details ? json_incref(source->order->details) : json_object();
}

/* ---- people ---- */

static bool came(const HeardPaperSeat *one)
{
    static const char *const outside[] = {"absent", "in_lobby", "identity_ok", "consented", NULL};

    return one->participant->joined_at_ms != 0 &&
           !g_strv_contains(outside, one->participant->presence_state);
}

bool heard_paper_took_part(const HeardPaperSeat *one)
{
    return came(one) && strcmp(one->participant->presence_state, "removed") != 0;
}

static json_t *list_of(const HeardPaperSource *source, HeardRoleMask mask, bool only_those_here)
{
    json_t *list = json_array();

    for (guint i = 0; i < source->seats->len; i++) {
        const HeardPaperSeat *one = g_ptr_array_index(source->seats, i);
        if (is_role(one->seat, mask) && (!only_those_here || came(one)))
            json_array_append_new(list, heard_paper_person(source, one->seat));
    }
    return list;
}

static json_t *people(HeardPaperSource *source, GError **error)
{
    json_t *list = json_array();

    (void)error;
    for (guint i = 0; i < source->seats->len; i++) {
        const HeardPaperSeat *one = g_ptr_array_index(source->seats, i);
        json_t *person;
        if (!came(one))
            continue;
        person = heard_paper_person(source, one->seat);
        heard_paper_set_time(person, "joined_ms", one->participant->joined_at_ms);
        heard_paper_set_time(person, "left_ms", one->participant->left_at_ms);
        heard_paper_set_text(person, "check_in", one->participant->check_in_method);
        json_array_append_new(list, person);
    }
    return list;
}

static json_t *absent(HeardPaperSource *source, GError **error)
{
    json_t *list = json_array();

    (void)error;
    for (guint i = 0; i < source->seats->len; i++) {
        const HeardPaperSeat *one = g_ptr_array_index(source->seats, i);
        if (!came(one))
            json_array_append_new(list, heard_paper_person(source, one->seat));
    }
    return list;
}

static json_t *panel_that_signs(const HeardPaperSource *source)
{
    json_t *list = json_array();

    for (guint i = 0; i < source->seats->len; i++) {
        const HeardPaperSeat *one = g_ptr_array_index(source->seats, i);
        if (is_role(one->seat, ROLE(PANELIST) | ROLE(PRESIDING)) && heard_paper_took_part(one))
            json_array_append_new(list, heard_paper_person(source, one->seat));
    }
    return list;
}

/* domain.md 3.10, "who signs". */
static json_t *signers(HeardPaperSource *source, GError **error)
{
    const HeardRoleMask parties = ROLE(PETITIONER) | ROLE(AGENT);
    const HeardRoleMask desk = ROLE(PRESIDING) | ROLE(CLERK);

    (void)error;
    switch ((int)source->order->kind) {
    case HEARD_PAPER_DELIBERATION_RECORD:
    case HEARD_PAPER_HEARING_REPORT:
        return panel_that_signs(source);
    case HEARD_PAPER_RECEPTION_RECORD:
        return list_of(source, parties | ROLE(PRESIDING), true);
    case HEARD_PAPER_MEDIATION_RECORD:
        return list_of(source, parties | ROLE(DEPARTMENT) | ROLE(LEAD_UNIT) | ROLE(MEDIATOR), true);
    default:
        return list_of(source, parties | desk | ROLE(DEPARTMENT) | ROLE(LEAD_UNIT) | ROLE(PANELIST),
                       true);
    }
}

static json_t *parties(HeardPaperSource *source, GError **error)
{
    bool is_mediation = strcmp(source->order->hearing->kind, "mediation") == 0;

    (void)error;
    return list_of(source,
                   is_mediation ? ROLE(PETITIONER)
                                : ROLE(PETITIONER) | ROLE(DEPARTMENT) | ROLE(LEAD_UNIT),
                   false);
}

static json_t *panel(HeardPaperSource *source, GError **error)
{
    (void)error;
    return list_of(source, ROLE(PANELIST), false);
}

static json_t *units(HeardPaperSource *source, GError **error)
{
    json_t *list = list_of(source, ROLE(DEPARTMENT) | ROLE(LEAD_UNIT), false);

    (void)error;
    return list;
}

static json_t *names_of(const HeardPaperSource *source, HeardRoleMask mask)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < source->seats->len; i++) {
        const HeardSeatRow *seat = ((HeardPaperSeat *)source->seats->pdata[i])->seat;
        if (!is_role(seat, mask))
            continue;
        g_string_append_printf(names, "%s%s", names->len ? "、" : "", seat->display_name);
        if (seat->unit_name || seat->title)
            g_string_append_printf(names, "（%s%s）", seat->unit_name ? seat->unit_name : "",
                                   seat->title ? seat->title : "");
    }
    return names->len ? json_string(names->str) : NULL;
}

static json_t *presiding(HeardPaperSource *source, GError **error)
{
    (void)error;
    return names_of(source, ROLE(PRESIDING));
}

static json_t *clerk(HeardPaperSource *source, GError **error)
{
    (void)error;
    return names_of(source, ROLE(CLERK));
}

static json_t *mediator(HeardPaperSource *source, GError **error)
{
    (void)error;
    return names_of(source, ROLE(MEDIATOR));
}

static json_t *mediators(HeardPaperSource *source, GError **error)
{
    (void)error;
    return list_of(source, ROLE(MEDIATOR), true);
}

/* The mediator's own unit; without one it is the office that holds the mediation. */
static json_t *committee(HeardPaperSource *source, GError **error)
{
    for (guint i = 0; i < source->seats->len; i++) {
        const HeardSeatRow *seat = ((HeardPaperSeat *)source->seats->pdata[i])->seat;
        if (is_role(seat, ROLE(MEDIATOR)) && seat->unit_name)
            return json_string(seat->unit_name);
    }
    return issuer(source, error);
}

static json_t *lead_unit(HeardPaperSource *source, GError **error)
{
    (void)error;
    for (guint i = 0; i < source->seats->len; i++) {
        const HeardSeatRow *seat = ((HeardPaperSeat *)source->seats->pdata[i])->seat;
        if (seat->unit_name && (seat->is_lead || is_role(seat, ROLE(LEAD_UNIT))))
            return json_string(seat->unit_name);
    }
    return NULL;
}

/* ---- one person ---- */

static json_t *to(HeardPaperSource *source, GError **error)
{
    const HeardPaperSeat *one = heard_paper_seat_of(source, source->order->participant_id);

    if (one)
        return heard_paper_person(source, one->seat);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such participant");
    return NULL;
}

static json_t *check_in(HeardPaperSource *source, GError **error)
{
    const HeardPaperSeat *one = heard_paper_seat_of(source, source->order->participant_id);

    (void)error;
    return one && one->participant->check_in_method ? json_string(one->participant->check_in_method)
                                                    : NULL;
}

static json_t *check_in_ms(HeardPaperSource *source, GError **error)
{
    const HeardPaperSeat *one = heard_paper_seat_of(source, source->order->participant_id);

    (void)error;
    return one && one->participant->check_in_at_ms ? json_integer(one->participant->check_in_at_ms)
                                                   : NULL;
}

static json_t *consents(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_consent_rows_list(source->store, source->order->participant_id, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardConsentRow *row = g_ptr_array_index(rows, i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s, s:s}", "subject", row->subject,
                                              "decision",
                                              row->withdrawn_at_ms ? "withdrawn" : row->decision,
                                              "at_ms", (json_int_t)row->at_ms, "channel",
                                              row->channel, "text_version", row->text_version));
    }
    return list;
}

/* Who said yes or no to being mediated. */
static json_t *agreed(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_consent_rows_list_of_hearing(source->store, source->order->hearing->id, NULL, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardConsentRow *row = g_ptr_array_index(rows, i);
        const HeardPaperSeat *one = heard_paper_seat_of(source, row->participant_id);
        if (one && strcmp(row->subject, "mediation") == 0)
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:I}", "name", one->seat->display_name, "decision",
                                row->withdrawn_at_ms ? "withdrawn" : row->decision, "at_ms",
                                (json_int_t)row->at_ms));
    }
    return list;
}

/* ---- by name ---- */

typedef struct {
    const char *name;
    json_t *(*gather)(HeardPaperSource *source, GError **error);
} Member;

static const Member members[] = {
    {"about", heard_paper_about_parties},
    {"absent", absent},
    {"agreed", agreed},
    {"attendees", heard_paper_attendees},
    {"agreed_ms", heard_paper_agreed_ms},
    {"agreement_number", heard_paper_agreement_number},
    {"apply_by_ms", heard_paper_apply_by},
    {"began_ms", heard_paper_began},
    {"case", petition},
    {"check_in", check_in},
    {"check_in_ms", check_in_ms},
    {"clerk", clerk},
    {"commitments", heard_paper_commitments},
    {"committee", committee},
    {"consents", consents},
    {"details", details},
    {"disputes", heard_paper_disputes},
    {"dissents", heard_paper_dissents},
    {"documents", heard_paper_documents},
    {"effective_ms", heard_paper_effective},
    {"enclosed", heard_paper_enclosed},
    {"end", heard_paper_end},
    {"ended_ms", heard_paper_ended},
    {"exhibit_files", heard_paper_exhibit_files},
    {"exhibits", heard_paper_exhibits},
    {"facts", heard_paper_agreed_facts},
    {"faults", heard_paper_faults},
    {"hearing", hearing},
    {"issued_ms", issued},
    {"issuer", issuer},
    {"lead_unit", lead_unit},
    {"mediator", mediator},
    {"mediators", mediators},
    {"members", heard_paper_members},
    {"minutes_state", heard_paper_minutes_state},
    {"opinion", heard_paper_opinion},
    {"outcomes", heard_paper_outcomes},
    {"panel", panel},
    {"parties", parties},
    {"people", people},
    {"phases", heard_paper_phases},
    {"presiding", presiding},
    {"questions", heard_paper_questions},
    {"recordings", heard_paper_recordings},
    {"requests", heard_paper_requests},
    {"responsibilities", heard_paper_responsibilities},
    {"rolls", heard_paper_rolls},
    {"seal", heard_paper_seal},
    {"sendings", heard_paper_sendings},
    {"signers", signers},
    {"signing", heard_paper_signing_json},
    {"site", site},
    {"terms", heard_paper_terms},
    {"to", to},
    {"undisputed", heard_paper_undisputed},
    {"units", units},
    {"votes", heard_paper_votes},
};

static bool gather(HeardPaperSource *source, const char *name, json_t *facts, GError **error)
{
    size_t size = strcspn(name, "?");

    for (unsigned i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autoptr(GError) failure = NULL;
        json_t *value;
        if (strncmp(members[i].name, name, size) != 0 || members[i].name[size])
            continue;
        value = members[i].gather(source, &failure);
        if (failure) {
            json_decref(value);
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
        if (value)
            json_object_set_new(facts, members[i].name, value);
    }
    return true;
}

json_t *heard_paper_facts(HeardStore *store, const HeardPaperOrder *order, GError **error)
{
    HeardPaperSource source = {.store = store, .order = order};
    g_autoptr(json_t) facts = json_object();
    const char *name;
    json_t *type;
    bool done = load_seats(&source, error);

    json_object_foreach((json_t *)heard_template_schema(order->template), name, type) done =
        done && gather(&source, name, facts, error);
    g_ptr_array_unref(source.seats);
    return done ? g_steal_pointer(&facts) : NULL;
}

json_t *heard_paper_signing_facts(HeardStore *store, const HeardPaperOrder *order, GError **error)
{
    HeardPaperSource source = {.store = store, .order = order};
    json_t *signing = load_seats(&source, error) ? heard_paper_signing_json(&source, error) : NULL;

    g_ptr_array_unref(source.seats);
    return signing;
}
