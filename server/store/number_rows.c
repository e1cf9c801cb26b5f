/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/number_rows.h"

#include "server/base/error.h"

bool heard_number_rows_take(HeardStore *store, const char *prefix, const char *region,
                            const char *date, char ret_number[static HEARD_NUMBER_SIZE],
                            GError **error)
{
    char probe[HEARD_NUMBER_SIZE];
    int64_t sequence = 0;

    /* Before a number is taken, so that a mistake makes no hole. */
    if (!heard_number_format(probe, prefix, region, date, 1)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "number: region of six digits and date of eight wanted");
        return false;
    }
    if (!heard_row_number(store,
                          "INSERT INTO number_sequence (prefix, region, date, last) "
                          "VALUES ($1, $2, $3, 1) "
                          "ON CONFLICT (prefix, region, date) "
                          "DO UPDATE SET last = number_sequence.last + 1 RETURNING last",
                          HEARD_VALUES(HEARD_TEXT(prefix), HEARD_TEXT(region), HEARD_TEXT(date)),
                          &sequence, error))
        return false;
    if (sequence > 999999 ||
        !heard_number_format(ret_number, prefix, region, date, (uint32_t)sequence)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY,
                    "number: all of this region and day are used");
        return false;
    }
    return true;
}
