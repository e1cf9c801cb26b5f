/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the handlers of exhibits share: who the caller is in a hearing as far as exhibits matter,
 * which of them he may see, and how one reads as JSON (openapi.yaml: Exhibit).
 *
 * A caller with a seat is that seat. Without one, an account that may play the recordings within
 * its reach sees what was offered and is not closed.
 *
 * Threads  A store thread.
 * Errors   call->error: UNKNOWN_HEARING, NOT_FOUND, FORBIDDEN.
 */

#include "server/app/call.h"
#include "server/hearing/exhibit.h"
#include "server/store/exhibit_rows.h"
#include "server/store/hearing_rows.h"

typedef struct {
    HeardExhibitPerson person;
    bool has_seat;
    char participant_id[HEARD_ID_SIZE];
    char name[HEARD_CALLER_TEXT_SIZE];
} HeardExhibitCaller;

/* Is the hearing within reach, and as whom? */
bool heard_exhibits_caller(HeardStore *store, HeardCall *call, const char *hearing_id,
                           HeardExhibitCaller *ret_caller) G_GNUC_WARN_UNUSED_RESULT;
HeardExhibit heard_exhibits_of_row(const HeardExhibitRow *row);
/* params[0] and params[1] of the call; what one may not see does not exist. */
HeardExhibitRow *heard_exhibits_get(HeardStore *store, HeardCall *call,
                                    HeardExhibitCaller *ret_caller);
json_t *heard_exhibits_json(HeardStore *store, HeardCall *call, const HeardExhibitRow *row,
                            const HeardExhibitCaller *caller);
/* Sets call->error, unless it is HEARD_EXHIBIT_OK. */
bool heard_exhibits_allow(HeardCall *call, HeardExhibitAnswer answer);
/* Nothing is brought or decided any more when it is over. */
bool heard_exhibits_is_open(HeardStore *store, HeardCall *call, const char *hearing_id);
