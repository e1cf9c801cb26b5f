/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/exhibit_rows.h"

#include "server/base/error.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardExhibitRow, TEXT, id),
    HEARD_COLUMN(HeardExhibitRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardExhibitRow, TEXT, side),
    HEARD_COLUMN(HeardExhibitRow, INT, number),
    HEARD_COLUMN(HeardExhibitRow, TEXT, title),
    HEARD_COLUMN(HeardExhibitRow, TEXT, file_name),
    HEARD_COLUMN(HeardExhibitRow, TEXT, media_type),
    HEARD_COLUMN(HeardExhibitRow, INT, size),
    HEARD_COLUMN(HeardExhibitRow, TEXT, sha256),
    HEARD_COLUMN(HeardExhibitRow, BOOL, is_closed),
    HEARD_COLUMN(HeardExhibitRow, TEXT, state),
    HEARD_COLUMN(HeardExhibitRow, TEXT, uploader_id),
    HEARD_COLUMN(HeardExhibitRow, TEXT, uploader),
    HEARD_COLUMN(HeardExhibitRow, INT, created_ms),
    HEARD_COLUMN(HeardExhibitRow, TIME, offered_ms),
    HEARD_COLUMN(HeardExhibitRow, TIME, presented_ms),
    HEARD_COLUMN(HeardExhibitRow, TIME, ended_ms),
    HEARD_COLUMN(HeardExhibitRow, TEXT, ended_by),
    HEARD_COLUMN(HeardExhibitRow, TEXT, ended_note),
};
static const HeardTable table = HEARD_TABLE("exhibit", "exhibit", HeardExhibitRow, columns);

static const HeardColumn objection_columns[] = {
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, id),
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, exhibit_id),
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, ground),
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, participant_id),
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, name),
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, side),
    HEARD_COLUMN(HeardExhibitObjectionRow, TEXT, text),
    HEARD_COLUMN(HeardExhibitObjectionRow, INT, at_ms),
};
static const HeardTable objection_table =
    HEARD_TABLE("exhibit_objection", "objection", HeardExhibitObjectionRow, objection_columns);

bool heard_exhibit_rows_insert(HeardStore *store, const HeardExhibitRow *row, GError **error)
{
    HeardExhibitRow numbered = *row;

    if (!heard_row_number(store,
                          "SELECT coalesce(max(number), 0) + 1 FROM exhibit WHERE hearing_id = $1 "
                          "AND side = $2",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_TEXT(row->side)),
                          &numbered.number, error))
        return false;
    return heard_row_insert(store, &table, &numbered, error);
}

HeardExhibitRow *heard_exhibit_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_exhibit_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_exhibit_rows_sum(HeardStore *store, const char *hearing_id, const char *uploader_id,
                            HeardExhibitSum *ret_sum, GError **error)
{
    static const char *const of_all[] = {
        "SELECT count(*) FROM exhibit WHERE hearing_id = $1",
        "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM exhibit WHERE hearing_id = $1"};
    static const char *const of_one[] = {
        "SELECT count(*) FROM exhibit WHERE hearing_id = $1 AND uploader_id = $2",
        "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM exhibit WHERE hearing_id = $1 "
        "AND uploader_id = $2"};
    const HeardValue values[] = {HEARD_TEXT(hearing_id), HEARD_TEXT(uploader_id)};
    const char *const *sql = uploader_id ? of_one : of_all;
    size_t count = uploader_id ? 2 : 1;

    return heard_row_number(store, sql[0], values, count, &ret_sum->count, error) &&
           heard_row_number(store, sql[1], values, count, &ret_sum->bytes, error);
}

bool heard_exhibit_rows_change(HeardStore *store, const HeardExhibitRow *before,
                               const HeardExhibitRow *after, GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store,
                       "UPDATE exhibit SET state = $1, offered_ms = $2, presented_ms = $3, "
                       "ended_ms = $4, ended_by = $5, ended_note = $6 "
                       "WHERE id = $7 AND state = $8",
                       HEARD_VALUES(HEARD_TEXT(after->state), HEARD_TIME(after->offered_ms),
                                    HEARD_TIME(after->presented_ms), HEARD_TIME(after->ended_ms),
                                    HEARD_TEXT(after->ended_by), HEARD_TEXT(after->ended_note),
                                    HEARD_TEXT(before->id), HEARD_TEXT(before->state)),
                       &changed, error))
        return false;
    if (changed == 1)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "somebody else was faster");
    return false;
}

bool heard_exhibit_objection_rows_insert(HeardStore *store, const HeardExhibitObjectionRow *row,
                                         GError **error)
{
    return heard_row_insert(store, &objection_table, row, error);
}

GPtrArray *heard_exhibit_objection_rows_list(HeardStore *store, const char *exhibit_id,
                                             GError **error)
{
    return heard_row_list(store, &objection_table, "WHERE exhibit_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(exhibit_id)), error);
}
