/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/recording_task_rows.h"

static const HeardColumn task_columns[] = {
    HEARD_COLUMN(HeardRecordingTaskRow, TEXT, recording_id),
    HEARD_COLUMN(HeardRecordingTaskRow, TEXT, kind),
    HEARD_COLUMN(HeardRecordingTaskRow, TEXT, state),
    HEARD_COLUMN(HeardRecordingTaskRow, INT, permille),
    HEARD_COLUMN(HeardRecordingTaskRow, TEXT, detail),
    HEARD_COLUMN(HeardRecordingTaskRow, TEXT, error),
    HEARD_COLUMN(HeardRecordingTaskRow, INT, changed_ms),
};
static const HeardTable task_table =
    HEARD_TABLE("recording_task", "recording task", HeardRecordingTaskRow, task_columns);

bool heard_recording_task_rows_put(HeardStore *store, const HeardRecordingTaskRow *row,
                                   GError **error)
{
    return heard_row_run(
        store,
        "INSERT INTO recording_task (recording_id, kind, state, permille, detail, error, "
        "changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (recording_id, kind) "
        "DO UPDATE SET state = excluded.state, permille = excluded.permille, "
        "detail = coalesce(excluded.detail, recording_task.detail), error = excluded.error, "
        "changed_ms = excluded.changed_ms",
        HEARD_VALUES(HEARD_TEXT(row->recording_id), HEARD_TEXT(row->kind), HEARD_TEXT(row->state),
                     HEARD_INT(row->permille), HEARD_TEXT(row->detail), HEARD_TEXT(row->error),
                     HEARD_INT(row->changed_ms)),
        NULL, error);
}

bool heard_recording_task_rows_again(HeardStore *store, const char *recording_id, const char *kind,
                                     GError **error)
{
    return heard_row_run(store,
                         "UPDATE recording_task SET state = 'waiting' WHERE recording_id = $1 AND "
                         "kind = $2 AND state = 'ready'",
                         HEARD_VALUES(HEARD_TEXT(recording_id), HEARD_TEXT(kind)), NULL, error);
}

HeardRecordingTaskRow *heard_recording_task_rows_get(HeardStore *store, const char *recording_id,
                                                     const char *kind, GError **error)
{
    return heard_row_get(store, &task_table, "WHERE recording_id = $1 AND kind = $2",
                         HEARD_VALUES(HEARD_TEXT(recording_id), HEARD_TEXT(kind)), error);
}

GPtrArray *heard_recording_task_rows_list(HeardStore *store, const char *recording_id,
                                          GError **error)
{
    return heard_row_list(store, &task_table, "WHERE recording_id = $1 ORDER BY kind",
                          HEARD_VALUES(HEARD_TEXT(recording_id)), error);
}

/* Takes the statement's rows: ids (char *). */
static GPtrArray *list_ids(HeardStatement *find, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    HeardStep step;

    while ((step = heard_statement_step(find, error)) == HEARD_STEP_ROW)
        g_ptr_array_add(ids, g_strdup(heard_statement_col_text(find, 0)));
    return step == HEARD_STEP_FAILED ? NULL : g_steal_pointer(&ids);
}

GPtrArray *heard_recording_task_rows_list_due(HeardStore *store, const char *kind, int64_t wall_ms,
                                              int64_t each_ms, int64_t limit, GError **error)
{
    g_autoptr(HeardStatement) find = heard_store_prepare(
        store,
        "SELECT id FROM recording r WHERE state IN ('recording', 'paused', 'interrupted') AND "
        "started_ms <= $1 - $2 AND NOT EXISTS (SELECT 1 FROM recording_task t WHERE "
        "t.recording_id = r.id AND t.kind = $3 AND t.state = 'waiting' AND t.changed_ms >= "
        "$1 - ($1 - r.started_ms) % $2) AND NOT EXISTS (SELECT 1 FROM job j WHERE "
        "j.subject_id = r.id AND j.kind = $3 AND j.state IN ('queued', 'running')) "
        "ORDER BY id LIMIT $4",
        error);

    if (!find)
        return NULL;
    heard_statement_bind_text(find, 3, kind);
    heard_statement_bind_int64(find, 1, wall_ms);
    heard_statement_bind_int64(find, 2, each_ms);
    heard_statement_bind_int64(find, 4, limit);
    return list_ids(find, error);
}

GPtrArray *heard_recording_task_rows_list_missing(HeardStore *store, const char *kind,
                                                  bool sealed_only, int64_t limit, GError **error)
{
    g_autoptr(HeardStatement) find = heard_store_prepare(
        store,
        "SELECT id FROM recording r WHERE (state = 'sealed' OR ($1 = 0 AND state IN "
        "('recording', 'paused', 'interrupted', 'finalising'))) AND NOT EXISTS (SELECT 1 FROM "
        "recording_task t WHERE t.recording_id = r.id AND t.kind = $2 AND t.state = 'ready') AND "
        "NOT EXISTS (SELECT 1 FROM job j WHERE j.subject_id = r.id AND j.kind = $2 AND j.state IN "
        "('queued', 'running')) ORDER BY id LIMIT $3",
        error);

    if (!find)
        return NULL;
    heard_statement_bind_int64(find, 1, sealed_only);
    heard_statement_bind_text(find, 2, kind);
    heard_statement_bind_int64(find, 3, limit);
    return list_ids(find, error);
}
