/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Exhibits of a hearing and what was said against them. Who may do what server/hearing/exhibit
 * decides; here a number once given stays given, and a state changes only from the one that
 * was looked at.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id;
    const char *side; /* petitioner, respondent, organiser */
    int64_t number;   /* within the side, from 1 */
    const char *title, *file_name, *media_type;
    int64_t size;
    const char *sha256;
    bool is_closed;
    const char *state;
    const char *uploader_id; /* account or participant */
    const char *uploader;    /* as called then */
    int64_t created_ms, offered_ms, presented_ms;
    int64_t ended_ms; /* decided on, or withdrawn */
    const char *ended_by, *ended_note;
} HeardExhibitRow;

typedef struct {
    int64_t count, bytes;
} HeardExhibitSum;

/* Gives it the next number of its side: row->number is not read. In a transaction. */
bool heard_exhibit_rows_insert(HeardStore *store, const HeardExhibitRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardExhibitRow *heard_exhibit_rows_get(HeardStore *store, const char *id, GError **error);
/* The oldest first; at most HEARD_PAGE_MAX, which no hearing has more of. */
GPtrArray *heard_exhibit_rows_list(HeardStore *store, const char *hearing_id, GError **error);
/* uploader_id NULL: of everybody. */
bool heard_exhibit_rows_sum(HeardStore *store, const char *hearing_id, const char *uploader_id,
                            HeardExhibitSum *ret_sum, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* State and times of after; HEARD_ERROR_CONFLICT when it is in another state than before. */
bool heard_exhibit_rows_change(HeardStore *store, const HeardExhibitRow *before,
                               const HeardExhibitRow *after,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *exhibit_id;
    const char *ground; /* genuine, lawful, relevant */
    const char *participant_id, *name, *side;
    const char *text;
    int64_t at_ms;
} HeardExhibitObjectionRow;

/* HEARD_ERROR_CONFLICT when this person said so already. */
bool heard_exhibit_objection_rows_insert(HeardStore *store, const HeardExhibitObjectionRow *row,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_exhibit_objection_rows_list(HeardStore *store, const char *exhibit_id,
                                             GError **error);
