/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/roll_rows.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardRollRow, TEXT, id),       HEARD_COLUMN(HeardRollRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardRollRow, INT, number),    HEARD_COLUMN(HeardRollRow, TEXT, opened_by),
    HEARD_COLUMN(HeardRollRow, INT, opened_ms), HEARD_COLUMN(HeardRollRow, INT, until_ms),
    HEARD_COLUMN(HeardRollRow, TIME, ended_ms),
};
static const HeardTable table = HEARD_TABLE("roll", "roll", HeardRollRow, columns);

static const HeardColumn answer_columns[] = {
    HEARD_COLUMN(HeardRollAnswerRow, TEXT, roll_id),
    HEARD_COLUMN(HeardRollAnswerRow, TEXT, who_id),
    HEARD_COLUMN(HeardRollAnswerRow, INT, at_ms),
};
static const HeardTable answer_table =
    HEARD_TABLE("roll_answer", "answer", HeardRollAnswerRow, answer_columns);

bool heard_roll_rows_insert(HeardStore *store, const HeardRollRow *row, GError **error)
{
    return heard_row_insert(store, &table, row, error);
}

GPtrArray *heard_roll_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &table, "WHERE hearing_id = $1 ORDER BY number",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_roll_rows_end(HeardStore *store, const char *id, int64_t wall_ms, GError **error)
{
    return heard_row_move(store, "UPDATE roll SET ended_ms = $1 WHERE id = $2 AND ended_ms IS NULL",
                          HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_roll_rows_answer(HeardStore *store, const HeardRollAnswerRow *row, GError **error)
{
    return heard_row_run(
        store,
        "INSERT INTO roll_answer (roll_id, who_id, at_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT (roll_id, who_id) DO NOTHING",
        HEARD_VALUES(HEARD_TEXT(row->roll_id), HEARD_TEXT(row->who_id), HEARD_INT(row->at_ms)),
        NULL, error);
}

/* A page of one roll after the one who came last. */
static GPtrArray *page_of(HeardStore *store, const char *roll_id, const char *after, GError **error)
{
    return heard_row_list(store, &answer_table,
                          "WHERE roll_id = $1 AND who_id > $2 ORDER BY who_id",
                          HEARD_VALUES(HEARD_TEXT(roll_id), HEARD_TEXT(after)), error);
}

static bool add_answers(HeardStore *store, const char *roll_id, GPtrArray *all, GError **error)
{
    const char *after = "";

    for (;;) {
        g_autoptr(GPtrArray) rows = page_of(store, roll_id, after, error);
        bool is_last = rows && rows->len < HEARD_PAGE_MAX;

        if (!rows)
            return false;
        while (rows->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(rows, 0));
        if (is_last)
            return true;
        after = ((const HeardRollAnswerRow *)g_ptr_array_index(all, all->len - 1))->who_id;
    }
}

GPtrArray *heard_roll_answer_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) rolls = heard_roll_rows_list(store, hearing_id, error);

    for (guint i = 0; rolls && i < rolls->len; i++) {
        const HeardRollRow *roll = g_ptr_array_index(rolls, i);

        if (!add_answers(store, roll->id, all, error))
            return NULL;
    }
    return rolls ? g_steal_pointer(&all) : NULL;
}

bool heard_roll_rows_count(HeardStore *store, const char *roll_id, int64_t *ret_count,
                           GError **error)
{
    return heard_row_number(store, "SELECT COUNT(*) FROM roll_answer WHERE roll_id = $1",
                            HEARD_VALUES(HEARD_TEXT(roll_id)), ret_count, error);
}
