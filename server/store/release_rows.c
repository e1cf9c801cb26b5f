/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/release_rows.h"

/* $1 before when; $2 one id, or ''. */
#define MAY                                                                                        \
    " FROM recording r WHERE stopped_ms > 0 AND stopped_ms < $1 AND ($2 = '' OR id = $2) AND "     \
    "state = 'sealed' AND derive_state = 'ready' AND hold = 0 AND EXISTS (SELECT 1 FROM "          \
    "recording_task c WHERE c.recording_id = r.id AND c.kind = 'copy' AND c.state = 'ready') AND " \
    "NOT EXISTS (SELECT 1 FROM recording_task t WHERE t.recording_id = r.id AND "                  \
    "t.state = 'ready' AND (t.kind = 'release' OR (t.kind = 'restore' AND t.changed_ms >= $1))) "  \
    "AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.lifted_ms IS NULL AND "                    \
    "(h.recording_id = r.id OR h.case_id = r.case_id)) AND NOT EXISTS (SELECT 1 FROM "             \
    "destruction_order o WHERE o.recording_id = r.id AND o.state <> 'withdrawn') AND NOT EXISTS "  \
    "(SELECT 1 FROM job j WHERE j.subject_id = r.id AND j.kind <> 'release' AND j.state IN "       \
    "('queued', 'running'))"

GPtrArray *heard_release_rows_list(HeardStore *store, int64_t before_ms, int64_t limit,
                                   GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(HeardStatement) find = heard_store_prepare(
        store,
        "SELECT id" MAY " AND NOT EXISTS (SELECT 1 FROM job q WHERE q.subject_id = r.id AND q.kind "
        "= 'release' AND q.state IN ('queued', 'running')) ORDER BY id LIMIT $3",
        error);
    HeardStep step;

    if (!find)
        return NULL;
    heard_statement_bind_int64(find, 1, before_ms);
    heard_statement_bind_text(find, 2, "");
    heard_statement_bind_int64(find, 3, limit);
    while ((step = heard_statement_step(find, error)) == HEARD_STEP_ROW)
        g_ptr_array_add(ids, g_strdup(heard_statement_col_text(find, 0)));
    return step == HEARD_STEP_FAILED ? NULL : g_steal_pointer(&ids);
}

bool heard_release_rows_may(HeardStore *store, const char *recording_id, int64_t before_ms,
                            bool *ret_may, GError **error)
{
    int64_t count = 0;
    bool done = heard_row_number(store, "SELECT count(*)" MAY,
                                 HEARD_VALUES(HEARD_INT(before_ms), HEARD_TEXT(recording_id)),
                                 &count, error);

    *ret_may = done && count > 0;
    return done;
}

bool heard_release_rows_is_away(HeardStore *store, const char *recording_id, bool *ret_is_away,
                                GError **error)
{
    int64_t count = 0;
    bool done = heard_row_number(store,
                                 "SELECT count(*) FROM recording_task WHERE recording_id = $1 AND "
                                 "kind = 'release' AND state = 'ready'",
                                 HEARD_VALUES(HEARD_TEXT(recording_id)), &count, error);

    *ret_is_away = done && count > 0;
    return done;
}
