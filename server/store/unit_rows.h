/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Units of the organisation tree (domain.md 3.3): kept by id, found by code, walked by path.
 *
 * path is "/code/code/" from the root down to the unit itself, so a subtree is a range of
 * texts. insert makes it from the parent.
 *
 * Rows, ownership, threads: row.h. Errors: HEARD_ERROR_CONFLICT for a code that stands
 * already or a parent that does not exist.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *code, *name, *short_name;
    int64_t level; /* 1 national … 6 village */
    const char *kind;
    const char *parent_id;      /* territory */
    const char *line_parent_id; /* professional line */
    const char *region_code;
    const char *path;   /* set by insert */
    const char *status; /* active, merged, abolished */
    int64_t valid_from_ms, valid_to_ms;
    const char *successor_id;
    const char *tz, *language;
    const char *settings; /* JSON */
} HeardUnitRow;

bool heard_unit_rows_insert(HeardStore *store, const HeardUnitRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardUnitRow *heard_unit_rows_get(HeardStore *store, const char *id, GError **error);
HeardUnitRow *heard_unit_rows_get_by_code(HeardStore *store, const char *code, GError **error);
/* Direct children by code; parent_id NULL: the roots. */
GPtrArray *heard_unit_rows_list_children(HeardStore *store, const char *parent_id,
                                         const HeardPage *page, GError **error);
/* The unit and everything below it, by path. */
GPtrArray *heard_unit_rows_list_subtree(HeardStore *store, const char *path, const HeardPage *page,
                                        GError **error);
/* Where to look for units. */
typedef struct {
    const char *path;   /* this one and below; */
    const char *county; /* and of the county with this region code (6 characters): NULL: none */
    int64_t level;      /* of that county's units */
    const char *words;  /* part of the name or short name; "": any */
    unsigned limit;
} HeardUnitFind;

/* Active ones only, by path. */
GPtrArray *heard_unit_rows_find(HeardStore *store, const HeardUnitFind *find, GError **error);
/* Is unit_id the unit of path or below it? */
bool heard_unit_rows_is_within(HeardStore *store, const char *unit_id, const char *path,
                               bool *ret_within, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_unit_rows_count(HeardStore *store, int64_t *ret_count,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
