/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/question_rows.h"

#include "server/base/error.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardQuestionRow, TEXT, id),
    HEARD_COLUMN(HeardQuestionRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardQuestionRow, TEXT, attendee_id),
    HEARD_COLUMN(HeardQuestionRow, INT, number),
    HEARD_COLUMN(HeardQuestionRow, TEXT, text),
    HEARD_COLUMN(HeardQuestionRow, TEXT, state),
    HEARD_COLUMN(HeardQuestionRow, INT, asked_ms),
    HEARD_COLUMN(HeardQuestionRow, TIME, moved_ms),
    HEARD_COLUMN(HeardQuestionRow, TEXT, moved_by),
};
static const HeardTable table = HEARD_TABLE("question", "question", HeardQuestionRow, columns);

bool heard_question_rows_insert(HeardStore *store, HeardQuestionRow *row, GError **error)
{
    int64_t count = 0;

    /* Nobody removes one, so the count is the last number; UNIQUE refuses a second one. */
    if (!heard_question_rows_count(store, row->hearing_id, NULL, NULL, &count, error))
        return false;
    row->number = count + 1;
    return heard_row_insert(store, &table, row, error);
}

HeardQuestionRow *heard_question_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

HeardQuestionRow *heard_question_rows_chosen(HeardStore *store, const char *hearing_id,
                                             GError **error)
{
    g_autoptr(GError) failure = NULL;
    HeardQuestionRow *row =
        heard_row_get(store, &table, "WHERE hearing_id = $1 AND state = 'chosen'",
                      HEARD_VALUES(HEARD_TEXT(hearing_id)), &failure);

    if (!row && heard_error_code(failure) != HEARD_ERROR_NOT_FOUND)
        g_propagate_error(error, g_steal_pointer(&failure));
    return row;
}

static GPtrArray *page_of(HeardStore *store, const char *hearing_id, const char *attendee_id,
                          int64_t after, GError **error)
{
    if (attendee_id)
        return heard_row_list(
            store, &table,
            "WHERE hearing_id = $1 AND number > $2 AND attendee_id = $3 ORDER BY number",
            HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_INT(after), HEARD_TEXT(attendee_id)), error);
    return heard_row_list(store, &table, "WHERE hearing_id = $1 AND number > $2 ORDER BY number",
                          HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_INT(after)), error);
}

GPtrArray *heard_question_rows_list(HeardStore *store, const char *hearing_id,
                                    const char *attendee_id, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    int64_t after = 0;

    for (;;) {
        g_autoptr(GPtrArray) rows = page_of(store, hearing_id, attendee_id, after, error);
        bool is_last = rows && rows->len < HEARD_PAGE_MAX;

        if (!rows)
            return NULL;
        while (rows->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(rows, 0));
        if (is_last)
            return g_steal_pointer(&all);
        after = ((const HeardQuestionRow *)g_ptr_array_index(all, all->len - 1))->number;
    }
}

bool heard_question_rows_count(HeardStore *store, const char *hearing_id, const char *attendee_id,
                               const char *state, int64_t *ret_count, GError **error)
{
    return heard_row_number(store,
                            "SELECT COUNT(*) FROM question WHERE hearing_id = $1 "
                            "AND ($2 = '' OR attendee_id = $2) AND ($3 = '' OR state = $3)",
                            HEARD_VALUES(HEARD_TEXT(hearing_id),
                                         HEARD_TEXT(attendee_id ? attendee_id : ""),
                                         HEARD_TEXT(state ? state : "")),
                            ret_count, error);
}

bool heard_question_rows_move(HeardStore *store, const HeardQuestionRow *row, const char *from,
                              GError **error)
{
    return heard_row_move(store,
                          "UPDATE question SET state = $1, moved_ms = $2, moved_by = $3 "
                          "WHERE id = $4 AND state = $5",
                          HEARD_VALUES(HEARD_TEXT(row->state), HEARD_TIME(row->moved_ms),
                                       HEARD_TEXT(row->moved_by), HEARD_TEXT(row->id),
                                       HEARD_TEXT(from)),
                          error);
}
