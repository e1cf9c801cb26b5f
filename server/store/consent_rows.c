/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/participant_rows.h"

#include "server/base/error.h"

static const HeardColumn consent_columns[] = {
    HEARD_COLUMN(HeardConsentRow, TEXT, id),
    HEARD_COLUMN(HeardConsentRow, TEXT, participant_id),
    HEARD_COLUMN(HeardConsentRow, TEXT, subject),
    HEARD_COLUMN(HeardConsentRow, TEXT, text_version),
    HEARD_COLUMN(HeardConsentRow, TEXT, decision),
    HEARD_COLUMN(HeardConsentRow, INT, at_ms),
    HEARD_COLUMN(HeardConsentRow, TEXT, channel),
    HEARD_COLUMN(HeardConsentRow, TEXT, evidence_ref),
    HEARD_COLUMN(HeardConsentRow, TIME, withdrawn_at_ms),
};
static const HeardTable consent_table =
    HEARD_TABLE("consent", "consent", HeardConsentRow, consent_columns);

bool heard_consent_rows_insert(HeardStore *store, const HeardConsentRow *row, GError **error)
{
    return heard_row_insert(store, &consent_table, row, error);
}

GPtrArray *heard_consent_rows_list(HeardStore *store, const char *participant_id, GError **error)
{
    return heard_row_list(store, &consent_table, "WHERE participant_id = $1 ORDER BY at_ms, id",
                          HEARD_VALUES(HEARD_TEXT(participant_id)), error);
}

GPtrArray *heard_consent_rows_list_of_hearing(HeardStore *store, const char *hearing_id,
                                              const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "participant_id IN (SELECT id FROM participant WHERE hearing_id = ?)",
                     HEARD_TEXT(hearing_id));
    heard_filter_page(&filter, &consent_table, "at_ms", false, page);
    return heard_filter_list(&filter, store, &consent_table, error);
}

bool heard_consent_rows_stands(HeardStore *store, const char *participant_id, const char *subject,
                               bool *ret_stands, GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(store,
                          "SELECT count(*) FROM consent WHERE decision = 'given' "
                          "AND withdrawn_at_ms IS NULL AND id = (SELECT id FROM consent "
                          "WHERE participant_id = $1 AND subject = $2 "
                          "ORDER BY at_ms DESC, id DESC LIMIT 1)",
                          HEARD_VALUES(HEARD_TEXT(participant_id), HEARD_TEXT(subject)), &count,
                          error))
        return false;
    *ret_stands = count > 0;
    return true;
}

bool heard_consent_rows_withdraw(HeardStore *store, const char *participant_id, const char *subject,
                                 int64_t wall_ms, GError **error)
{
    return heard_row_change(
        store, "consent",
        "UPDATE consent SET withdrawn_at_ms = $1 WHERE participant_id = $2 "
        "AND subject = $3 AND decision = 'given' AND withdrawn_at_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(participant_id), HEARD_TEXT(subject)), error);
}
