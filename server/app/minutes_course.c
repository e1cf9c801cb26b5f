/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/minutes_course.h"

#include "server/app/audit_trail.h"
#include "server/app/summary.h"
#include "server/store/seat_rows.h"

#include <string.h>

enum { ALL_ROLES = (1 << HEARD_ROLE_COUNT) - 1 };

static unsigned count_open(const GPtrArray *corrections)
{
    unsigned count = 0;

    for (guint i = 0; i < corrections->len; i++) {
        const HeardMinutesCorrectionRow *row = g_ptr_array_index(corrections, i);

        count += strcmp(row->state, "proposed") == 0;
    }
    return count;
}

bool heard_minutes_course_read(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                               HeardMinutesCourse *ret_course)
{
    g_autoptr(GPtrArray) corrections =
        heard_minutes_correction_rows_list(store, desk->hearing->id, &call->error);
    int64_t lines = 0;

    if (!corrections || !heard_minutes_rows_count(store, desk->hearing->id, &lines, &call->error))
        return false;
    *ret_course = (HeardMinutesCourse){.moment = {.minutes = desk->state,
                                                  .has_clerk = desk->has_clerk,
                                                  .is_apart = desk->is_apart},
                                       .was_let_in = desk->participant &&
                                                     heard_signings_was_let_in(desk->participant),
                                       .lines = (unsigned)lines,
                                       .open_corrections = count_open(corrections)};
    return heard_state_from_name(desk->hearing->state, &ret_course->moment.hearing) ||
           heard_call_refuse(call, HEARD_ERROR_WRONG_PHASE, "the hearing is %s",
                             desk->hearing->state);
}

bool heard_minutes_course_allow(HeardCall *call, const HeardMinutesDesk *desk,
                                const HeardMinutesCourse *course, HeardMinutesAct act)
{
    HeardMinutesAnswer answer =
        desk->participant ? heard_minutes_ask(course, desk->role, act) : HEARD_MINUTES_WRONG_ROLE;

    return answer == HEARD_MINUTES_OK ||
           heard_call_refuse(call, heard_minutes_answer_error(answer), "the minutes: %s",
                             heard_minutes_answer_name(answer));
}

/* ---- as JSON ---- */

/* participant → name, for whoever has a seat */
static GHashTable *read_names(HeardStore *store, HeardCall *call, const char *hearing_id)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, hearing_id, &call->error);

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);
        g_autofree HeardParticipantRow *row =
            heard_participant_rows_get_by_seat(store, seat->id, &call->error);

        if (!row)
            return NULL;
        g_hash_table_insert(names, g_strdup(row->id), g_strdup(seat->display_name));
    }
    return seats ? g_steal_pointer(&names) : NULL;
}

/* Since they were sent round last. */
static int64_t read_at(const GPtrArray *readings, const char *participant_id, int64_t since_ms)
{
    for (guint i = 0; i < readings->len; i++) {
        const HeardMinutesReadingRow *row = g_ptr_array_index(readings, i);

        if (strcmp(row->participant_id, participant_id) == 0)
            return row->at_ms >= since_ms ? row->at_ms : 0;
    }
    return 0;
}

static json_t *readers_json(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                            int64_t since_ms)
{
    g_autoptr(GPtrArray) signers =
        heard_signings_signers(store, desk->hearing->id, ALL_ROLES, &call->error);
    g_autoptr(GPtrArray) readings =
        signers ? heard_minutes_reading_rows_list(store, desk->hearing->id, &call->error) : NULL;
    json_t *list;

    if (!readings)
        return NULL;
    list = json_array();
    for (guint i = 0; i < signers->len; i++) {
        const HeardSigningParty *party = g_ptr_array_index(signers, i);

        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:o}", "participant", party->participant_id, "role",
                      party->role, "name", party->name, "read_at_ms",
                      heard_summary_time(read_at(readings, party->participant_id, since_ms))));
    }
    return list;
}

static json_t *correction_json(const HeardMinutesCorrectionRow *row, GHashTable *names)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s?, s:s, s:I, s:o, s:s?}", "id", row->id,
                     "line", row->line_id, "version", (json_int_t)row->line_version, "text",
                     row->text, "reason", row->reason, "proposer", row->proposer_id, "name",
                     (const char *)g_hash_table_lookup(names, row->proposer_id), "state",
                     row->state, "created_at_ms", (json_int_t)row->created_ms, "decided_at_ms",
                     heard_summary_time(row->decided_ms), "decided_reason", row->decided_reason);
}

static json_t *corrections_json(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autoptr(GHashTable) names = read_names(store, call, desk->hearing->id);
    g_autoptr(GPtrArray) rows =
        names ? heard_minutes_correction_rows_list(store, desk->hearing->id, &call->error) : NULL;
    json_t *list;

    if (!rows)
        return NULL;
    list = json_array();
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(list, correction_json(g_ptr_array_index(rows, i), names));
    return list;
}

static json_t *addenda_json(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autoptr(GPtrArray) rows =
        heard_minutes_addendum_rows_list(store, desk->hearing->id, &call->error);
    json_t *list;

    if (!rows)
        return NULL;
    list = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const HeardMinutesAddendumRow *row = g_ptr_array_index(rows, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I}", "id", row->id, "text",
                                              row->text, "author", row->author_id, "name",
                                              row->author, "at_ms", (json_int_t)row->at_ms));
    }
    return list;
}

static json_t *may_json(const HeardMinutesDesk *desk, const HeardMinutesCourse *course)
{
    json_t *may = json_array();

    for (unsigned i = 0; desk->participant && i < HEARD_MINUTES_ACT_COUNT; i++)
        if (heard_minutes_ask(course, desk->role, (HeardMinutesAct)i) == HEARD_MINUTES_OK)
            json_array_append_new(may, json_string(heard_minutes_act_name((HeardMinutesAct)i)));
    return may;
}

/* The newest signing; an id that the caller may not see tells him nothing. */
static bool find_signing(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                         HeardSigningRow **ret_signing)
{
    *ret_signing = heard_signing_rows_newest(store, heard_signed_kind_name(HEARD_SIGNED_MINUTES),
                                             desk->hearing->id, &call->error);
    return call->error == NULL;
}

json_t *heard_minutes_course_json(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autofree HeardMinutesRow *minutes =
        heard_minutes_rows_get(store, desk->hearing->id, &call->error);
    g_autofree HeardSigningRow *signing = NULL;
    g_autoptr(json_t) readers = NULL, corrections = NULL, addenda = NULL;
    HeardMinutesCourse course;

    if (call->error || !heard_minutes_course_read(store, call, desk, &course) ||
        !find_signing(store, call, desk, &signing))
        return NULL;
    readers = readers_json(store, call, desk, minutes ? minutes->circulated_ms : 0);
    corrections = readers ? corrections_json(store, call, desk) : NULL;
    addenda = corrections ? addenda_json(store, call, desk) : NULL;
    if (!addenda)
        return NULL;
    return json_pack("{s:s, s:o, s:o, s:o, s:s?, s:s?, s:O, s:O, s:O}", "state",
                     heard_minutes_state_name(desk->state), "may", may_json(desk, &course),
                     "circulated_at_ms", heard_summary_time(minutes ? minutes->circulated_ms : 0),
                     "sealed_at_ms", heard_summary_time(minutes ? minutes->sealed_ms : 0), "sha256",
                     minutes ? minutes->sha256 : NULL, "signing", signing ? signing->id : NULL,
                     "readers", readers, "corrections", corrections, "addenda", addenda);
}

/* ---- everybody has signed ---- */

bool heard_minutes_settled(HeardStore *store, HeardCall *call, const HeardSigningRow *signing,
                           bool with_refusal)
{
    const char *state = heard_minutes_state_name(with_refusal ? HEARD_MINUTES_SIGNED_WITH_REFUSAL
                                                              : HEARD_MINUTES_SIGNED);
    g_autofree char *action = g_strdup_printf("minutes.%s", state);

    return heard_audit_trail_append(store, call, action, "hearing", signing->subject_id,
                                    signing->hearing_id, signing->sha256) &&
           heard_minutes_rows_move(store, signing->subject_id,
                                   heard_minutes_state_name(HEARD_MINUTES_SIGNING), state,
                                   call->wall_ms, &call->error) &&
           heard_audit_trail_append(store, call, "minutes.seal", "hearing", signing->subject_id,
                                    signing->hearing_id, signing->sha256) &&
           heard_minutes_rows_seal(store, signing->subject_id, signing->sha256, call->wall_ms,
                                   &call->error);
}
