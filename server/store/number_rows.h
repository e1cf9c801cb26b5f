/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Running numbers per kind, region and day, for case and hearing numbers (domain.md 3.2).
 *
 * A number that was taken is never given again, even when the transaction around it fails
 * on another connection: numbers may have holes, never twins.
 *
 * Rows, threads: row.h. Errors: HEARD_ERROR_BAD_FIELD for a region or date of a wrong form.
 */

#include "server/base/id.h"
#include "server/store/row.h"

/* prefix "XF", "HSJ" …; region six digits; date "20261123" in the unit's own time zone. */
bool heard_number_rows_take(HeardStore *store, const char *prefix, const char *region,
                            const char *date, char ret_number[static HEARD_NUMBER_SIZE],
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
