/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/case_rows.h"

#include "server/base/error.h"
#include "server/store/subtree.h"

static const HeardColumn case_columns[] = {
    HEARD_COLUMN(HeardCaseRow, TEXT, id),
    HEARD_COLUMN(HeardCaseRow, TEXT, case_no),
    HEARD_COLUMN(HeardCaseRow, TEXT, external_id),
    HEARD_COLUMN(HeardCaseRow, TEXT, source_system),
    HEARD_COLUMN(HeardCaseRow, TEXT, nature),
    HEARD_COLUMN(HeardCaseRow, TEXT, subject_code),
    HEARD_COLUMN(HeardCaseRow, TEXT, title),
    HEARD_COLUMN(HeardCaseRow, TEXT, claim),
    HEARD_COLUMN(HeardCaseRow, TEXT, facts),
    HEARD_COLUMN(HeardCaseRow, TEXT, channel),
    HEARD_COLUMN(HeardCaseRow, TEXT, confidentiality),
    HEARD_COLUMN(HeardCaseRow, TEXT, state),
    HEARD_COLUMN(HeardCaseRow, TEXT, procedure_profile),
    HEARD_COLUMN(HeardCaseRow, TEXT, registered_unit_id),
    HEARD_COLUMN(HeardCaseRow, TEXT, first_handler_id),
    HEARD_COLUMN(HeardCaseRow, TEXT, lead_unit_id),
    HEARD_COLUMN(HeardCaseRow, TEXT, petitioner_id),
    HEARD_COLUMN(HeardCaseRow, INT, created_ms),
    HEARD_COLUMN(HeardCaseRow, INT, updated_ms),
};
static const HeardTable case_table =
    HEARD_TABLE("petition_case", "case", HeardCaseRow, case_columns);

bool heard_case_rows_insert(HeardStore *store, const HeardCaseRow *row, GError **error)
{
    return heard_row_insert(store, &case_table, row, error);
}

HeardCaseRow *heard_case_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &case_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

HeardCaseRow *heard_case_rows_get_by_no(HeardStore *store, const char *case_no, GError **error)
{
    return heard_row_get(store, &case_table, "WHERE case_no = $1",
                         HEARD_VALUES(HEARD_TEXT(case_no)), error);
}

HeardCaseRow *heard_case_rows_get_by_external(HeardStore *store, const char *source_system,
                                              const char *external_id, GError **error)
{
    return heard_row_get(store, &case_table, "WHERE source_system = $1 AND external_id = $2",
                         HEARD_VALUES(HEARD_TEXT(source_system), HEARD_TEXT(external_id)), error);
}

GPtrArray *heard_case_rows_list(HeardStore *store, const HeardCaseFilter *want,
                                const HeardPage *page, GError **error)
{
    g_autofree char *end = want->subtree_path ? heard_subtree_end(want->subtree_path) : NULL;
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    if (want->state)
        heard_filter_add(&filter, "state = ?", HEARD_TEXT(want->state));
    if (want->petitioner_id)
        heard_filter_add(&filter, "petitioner_id = ?", HEARD_TEXT(want->petitioner_id));
    if (want->account_id)
        heard_filter_add(&filter,
                         "id IN (SELECT h.case_id FROM hearing h JOIN seat s "
                         "ON s.hearing_id = h.id WHERE s.account_id = ?)",
                         HEARD_TEXT(want->account_id));
    if (end)
        heard_filter_add_2(&filter,
                           "EXISTS (SELECT 1 FROM unit u WHERE "
                           "u.id IN (registered_unit_id, lead_unit_id) "
                           "AND u.path >= ? AND u.path < ?)",
                           HEARD_TEXT(want->subtree_path), HEARD_TEXT(end));
    heard_filter_page(&filter, &case_table, "id", true, page);
    return heard_filter_list(&filter, store, &case_table, error);
}

bool heard_case_rows_set_state(HeardStore *store, const char *id, const char *from, const char *to,
                               int64_t wall_ms, GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(
            store,
            "UPDATE petition_case SET state = $1, updated_ms = $2 "
            "WHERE id = $3 AND state = $4",
            HEARD_VALUES(HEARD_TEXT(to), HEARD_INT(wall_ms), HEARD_TEXT(id), HEARD_TEXT(from)),
            &changed, error))
        return false;
    if (changed == 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "the case is not %s any more", from);
    return changed > 0;
}

bool heard_case_rows_update(HeardStore *store, const HeardCaseRow *row, int64_t wall_ms,
                            GError **error)
{
    return heard_row_change(
        store, "case",
        "UPDATE petition_case SET title = $1, claim = $2, facts = $3, "
        "nature = $4, subject_code = $5, confidentiality = $6, "
        "lead_unit_id = $7, updated_ms = $8 WHERE id = $9",
        HEARD_VALUES(HEARD_TEXT(row->title), HEARD_TEXT(row->claim), HEARD_TEXT(row->facts),
                     HEARD_TEXT(row->nature), HEARD_TEXT(row->subject_code),
                     HEARD_TEXT(row->confidentiality), HEARD_TEXT(row->lead_unit_id),
                     HEARD_INT(wall_ms), HEARD_TEXT(row->id)),
        error);
}
