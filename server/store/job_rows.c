/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/job_rows.h"

#include "server/base/error.h"

static const HeardColumn job_columns[] = {
    HEARD_COLUMN(HeardJobRow, TEXT, id),          HEARD_COLUMN(HeardJobRow, TEXT, kind),
    HEARD_COLUMN(HeardJobRow, TEXT, subject_id),  HEARD_COLUMN(HeardJobRow, TEXT, payload),
    HEARD_COLUMN(HeardJobRow, TEXT, state),       HEARD_COLUMN(HeardJobRow, INT, tries),
    HEARD_COLUMN(HeardJobRow, INT, tries_max),    HEARD_COLUMN(HeardJobRow, INT, run_after_ms),
    HEARD_COLUMN(HeardJobRow, TEXT, lease_owner), HEARD_COLUMN(HeardJobRow, TIME, lease_until_ms),
    HEARD_COLUMN(HeardJobRow, TEXT, last_error),  HEARD_COLUMN(HeardJobRow, INT, created_ms),
    HEARD_COLUMN(HeardJobRow, TIME, finished_ms),
};
static const HeardTable job_table = HEARD_TABLE("job", "job", HeardJobRow, job_columns);

bool heard_job_rows_insert(HeardStore *store, const HeardJobRow *row, GError **error)
{
    if (row->run_after_ms <= 0 || row->tries_max <= 0 || row->tries_max > HEARD_JOB_TRIES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "job: run_after_ms, and tries_max from 1 to %d", HEARD_JOB_TRIES_MAX);
        return false;
    }
    return heard_row_insert(store, &job_table, row, error);
}

HeardJobRow *heard_job_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &job_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_job_rows_list(HeardStore *store, const char *state, const HeardPage *page,
                               GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    if (state)
        heard_filter_add(&filter, "state = ?", HEARD_TEXT(state));
    heard_filter_page(&filter, &job_table, "id", false, page);
    return heard_filter_list(&filter, store, &job_table, error);
}

/* Workers that died on their last try never come back to say so. */
static bool bury_lost(HeardStore *store, const char *kind, int64_t wall_ms, GError **error)
{
    return heard_row_run(store,
                         "UPDATE job SET state = 'dead', finished_ms = $1, lease_owner = NULL, "
                         "lease_until_ms = NULL, last_error = 'the worker did not come back' "
                         "WHERE kind = $2 AND state = 'running' AND lease_until_ms <= $1 "
                         "AND tries >= tries_max",
                         HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(kind)), NULL, error);
}

HeardJobRow *heard_job_rows_take(HeardStore *store, const char *kind, const char *lease_owner,
                                 int64_t wall_ms, int64_t lease_ms, GError **error)
{
    g_autoptr(HeardStatement) take = NULL;
    g_autofree char *id = NULL;
    HeardStep step;

    if (!bury_lost(store, kind, wall_ms, error))
        return NULL;
    take = heard_store_prepare(
        store,
        "UPDATE job SET state = 'running', tries = tries + 1, lease_owner = $1, "
        "lease_until_ms = $2 WHERE id = (SELECT id FROM job WHERE kind = $3 AND "
        "((state = 'queued' AND run_after_ms <= $4) OR "
        "(state = 'running' AND lease_until_ms <= $4)) ORDER BY run_after_ms, id LIMIT 1) "
        "RETURNING id",
        error);
    if (!take)
        return NULL;
    heard_statement_bind_text(take, 1, lease_owner);
    heard_statement_bind_int64(take, 2, wall_ms + lease_ms);
    heard_statement_bind_text(take, 3, kind);
    heard_statement_bind_int64(take, 4, wall_ms);
    step = heard_statement_step(take, error);
    if (step != HEARD_STEP_ROW)
        return NULL;
    id = g_strdup(heard_statement_col_text(take, 0));
    if (heard_statement_step(take, error) == HEARD_STEP_FAILED)
        return NULL;
    return heard_job_rows_get(store, id, error);
}

static bool change_leased(HeardStore *store, const char *sql, const HeardValue *values,
                          size_t count, GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store, sql, values, count, &changed, error))
        return false;
    if (changed == 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "the lease on this job is no longer ours");
    return changed > 0;
}

bool heard_job_rows_extend(HeardStore *store, const char *id, const char *lease_owner,
                           int64_t lease_until_ms, GError **error)
{
    return change_leased(
        store,
        "UPDATE job SET lease_until_ms = $1 "
        "WHERE id = $2 AND lease_owner = $3 AND state = 'running'",
        HEARD_VALUES(HEARD_INT(lease_until_ms), HEARD_TEXT(id), HEARD_TEXT(lease_owner)), error);
}

bool heard_job_rows_finish(HeardStore *store, const char *id, const char *lease_owner,
                           int64_t wall_ms, GError **error)
{
    return change_leased(store,
                         "UPDATE job SET state = 'done', finished_ms = $1, lease_owner = NULL, "
                         "lease_until_ms = NULL, last_error = NULL "
                         "WHERE id = $2 AND lease_owner = $3 AND state = 'running'",
                         HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id), HEARD_TEXT(lease_owner)),
                         error);
}

bool heard_job_rows_fail(HeardStore *store, const char *id, const char *lease_owner,
                         int64_t wall_ms, const char *last_error, GError **error)
{
    g_autofree HeardJobRow *job = heard_job_rows_get(store, id, error);
    int64_t wait_ms;
    bool dead;

    if (!job)
        return false;
    dead = job->tries >= job->tries_max;
    wait_ms = (int64_t)HEARD_JOB_BACKOFF_MS << CLAMP(job->tries - 1, 0, 16);
    return change_leased(
        store,
        "UPDATE job SET state = $1, finished_ms = $2, run_after_ms = $3, last_error = $4, "
        "lease_owner = NULL, lease_until_ms = NULL "
        "WHERE id = $5 AND lease_owner = $6 AND state = 'running'",
        HEARD_VALUES(HEARD_TEXT(dead ? "dead" : "queued"), HEARD_TIME(dead ? wall_ms : 0),
                     HEARD_INT(wall_ms + wait_ms), HEARD_TEXT(last_error), HEARD_TEXT(id),
                     HEARD_TEXT(lease_owner)),
        error);
}

bool heard_job_rows_forget(HeardStore *store, int64_t before_ms, GError **error)
{
    return heard_row_run(store, "DELETE FROM job WHERE finished_ms < $1",
                         HEARD_VALUES(HEARD_INT(before_ms)), NULL, error);
}

bool heard_job_rows_count_running(HeardStore *store, const char *kind, const char *subject_id,
                                  int64_t *ret_count, GError **error)
{
    return heard_row_number(store,
                            "SELECT count(*) FROM job WHERE kind = $1 AND subject_id = $2 AND "
                            "state = 'running'",
                            HEARD_VALUES(HEARD_TEXT(kind), HEARD_TEXT(subject_id)), ret_count,
                            error);
}
