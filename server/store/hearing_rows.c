/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/hearing_rows.h"

#include "server/base/error.h"
#include "server/store/subtree.h"

static const HeardColumn hearing_columns[] = {
    HEARD_COLUMN(HeardHearingRow, TEXT, id),
    HEARD_COLUMN(HeardHearingRow, TEXT, hearing_no),
    HEARD_COLUMN(HeardHearingRow, TEXT, kind),
    HEARD_COLUMN(HeardHearingRow, TEXT, sub_kind),
    HEARD_COLUMN(HeardHearingRow, TEXT, mode),
    HEARD_COLUMN(HeardHearingRow, TEXT, state),
    HEARD_COLUMN(HeardHearingRow, TEXT, phase),
    HEARD_COLUMN(HeardHearingRow, TEXT, title),
    HEARD_COLUMN(HeardHearingRow, TEXT, case_id),
    HEARD_COLUMN(HeardHearingRow, TEXT, organiser_unit_id),
    HEARD_COLUMN(HeardHearingRow, INT, planned_start_ms),
    HEARD_COLUMN(HeardHearingRow, TIME, planned_end_ms),
    HEARD_COLUMN(HeardHearingRow, TIME, actual_start_ms),
    HEARD_COLUMN(HeardHearingRow, TIME, actual_end_ms),
    HEARD_COLUMN(HeardHearingRow, TEXT, publicity),
    HEARD_COLUMN(HeardHearingRow, TEXT, recording_policy),
    HEARD_COLUMN(HeardHearingRow, TEXT, procedure_profile),
    HEARD_COLUMN(HeardHearingRow, TEXT, language),
    HEARD_COLUMN(HeardHearingRow, INT, max_observers),
    HEARD_COLUMN(HeardHearingRow, TEXT, prior_hearing_id),
    HEARD_COLUMN(HeardHearingRow, TEXT, close_reason),
    HEARD_COLUMN(HeardHearingRow, INT, created_ms),
};
static const HeardTable hearing_table =
    HEARD_TABLE("hearing", "hearing", HeardHearingRow, hearing_columns);

static const HeardColumn phase_event_columns[] = {
    HEARD_COLUMN(HeardPhaseEventRow, TEXT, id),
    HEARD_COLUMN(HeardPhaseEventRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardPhaseEventRow, TEXT, from_phase),
    HEARD_COLUMN(HeardPhaseEventRow, TEXT, to_phase),
    HEARD_COLUMN(HeardPhaseEventRow, INT, at_ms),
    HEARD_COLUMN(HeardPhaseEventRow, TEXT, by_id),
    HEARD_COLUMN(HeardPhaseEventRow, TEXT, note),
};
static const HeardTable phase_event_table =
    HEARD_TABLE("phase_event", "phase event", HeardPhaseEventRow, phase_event_columns);

bool heard_hearing_rows_insert(HeardStore *store, const HeardHearingRow *row, GError **error)
{
    if (row->planned_start_ms <= 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "hearing.planned_start: is missing");
        return false;
    }
    return heard_row_insert(store, &hearing_table, row, error);
}

static HeardHearingRow *get_hearing(HeardStore *store, const char *tail, const char *value,
                                    GError **error)
{
    g_autoptr(GError) failure = NULL;
    HeardHearingRow *row =
        heard_row_get(store, &hearing_table, tail, HEARD_VALUES(HEARD_TEXT(value)), &failure);

    if (!row && heard_error_code(failure) == HEARD_ERROR_NOT_FOUND)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNKNOWN_HEARING, "no such hearing");
    else if (!row)
        g_propagate_error(error, g_steal_pointer(&failure));
    return row;
}

HeardHearingRow *heard_hearing_rows_get(HeardStore *store, const char *id, GError **error)
{
    return get_hearing(store, "WHERE id = $1", id, error);
}

HeardHearingRow *heard_hearing_rows_get_by_no(HeardStore *store, const char *hearing_no,
                                              GError **error)
{
    return get_hearing(store, "WHERE hearing_no = $1", hearing_no, error);
}

GPtrArray *heard_hearing_rows_list(HeardStore *store, const HeardHearingFilter *want,
                                   bool newest_first, const HeardPage *page, GError **error)
{
    g_autofree char *end = want->subtree_path ? heard_subtree_end(want->subtree_path) : NULL;
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    if (want->case_id)
        heard_filter_add(&filter, "case_id = ?", HEARD_TEXT(want->case_id));
    if (want->state)
        heard_filter_add(&filter, "state = ?", HEARD_TEXT(want->state));
    if (want->from_ms)
        heard_filter_add(&filter, "planned_start_ms >= ?", HEARD_INT(want->from_ms));
    if (want->to_ms)
        heard_filter_add(&filter, "planned_start_ms < ?", HEARD_INT(want->to_ms));
    if (want->account_id)
        heard_filter_add(&filter, "id IN (SELECT hearing_id FROM seat WHERE account_id = ?)",
                         HEARD_TEXT(want->account_id));
    if (want->unit_id)
        heard_filter_add(&filter, "id IN (SELECT hearing_id FROM seat WHERE unit_id = ?)",
                         HEARD_TEXT(want->unit_id));
    if (end)
        heard_filter_add_2(&filter,
                           "organiser_unit_id IN "
                           "(SELECT u.id FROM unit u WHERE u.path >= ? AND u.path < ?)",
                           HEARD_TEXT(want->subtree_path), HEARD_TEXT(end));
    heard_filter_page(&filter, &hearing_table, "planned_start_ms", newest_first, page);
    return heard_filter_list(&filter, store, &hearing_table, error);
}

GPtrArray *heard_hearing_rows_list_open(HeardStore *store, const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add_plain(&filter,
                           "state IN ('ready', 'live', 'recessed', 'suspended', 'closing')");
    heard_filter_page(&filter, &hearing_table, "id", false, page);
    return heard_filter_list(&filter, store, &hearing_table, error);
}

bool heard_hearing_rows_set_state(HeardStore *store, const char *id, const char *state,
                                  const char *phase, GError **error)
{
    return heard_row_change(
        store, "hearing", "UPDATE hearing SET state = $1, phase = $2 WHERE id = $3",
        HEARD_VALUES(HEARD_TEXT(state), HEARD_TEXT(phase), HEARD_TEXT(id)), error);
}

bool heard_hearing_rows_set_started(HeardStore *store, const char *id, int64_t wall_ms,
                                    GError **error)
{
    return heard_row_change(store, "hearing",
                            "UPDATE hearing SET actual_start_ms = coalesce(actual_start_ms, $1) "
                            "WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_hearing_rows_set_ended(HeardStore *store, const char *id, int64_t wall_ms,
                                  const char *close_reason, GError **error)
{
    return heard_row_change(
        store, "hearing",
        "UPDATE hearing SET actual_end_ms = $1, close_reason = $2 "
        "WHERE id = $3",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(close_reason), HEARD_TEXT(id)), error);
}

bool heard_hearing_rows_set_plan(HeardStore *store, const char *id, int64_t start_ms,
                                 int64_t end_ms, GError **error)
{
    if (start_ms <= 0 || (end_ms != 0 && end_ms < start_ms)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "hearing.planned_start: must come before the planned end");
        return false;
    }
    return heard_row_change(store, "hearing",
                            "UPDATE hearing SET planned_start_ms = $1, planned_end_ms = $2 "
                            "WHERE id = $3",
                            HEARD_VALUES(HEARD_INT(start_ms), HEARD_TIME(end_ms), HEARD_TEXT(id)),
                            error);
}

bool heard_phase_event_rows_insert(HeardStore *store, const HeardPhaseEventRow *row, GError **error)
{
    return heard_row_insert(store, &phase_event_table, row, error);
}

GPtrArray *heard_phase_event_rows_list(HeardStore *store, const char *hearing_id,
                                       const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "hearing_id = ?", HEARD_TEXT(hearing_id));
    heard_filter_page(&filter, &phase_event_table, "at_ms", false, page);
    return heard_filter_list(&filter, store, &phase_event_table, error);
}
