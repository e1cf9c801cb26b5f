/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The end of live_private.h, which includes it: calls of units into a live hearing.
 *
 * Threads  Main, but for what says otherwise.
 */

#include "server/app/live_private.h"

/* ---- live_summons.c ---- */

/* As this viewer may know it; null where none can be called. */
json_t *heard_json_summons(const HeardLiveHearing *self, uint16_t viewer);
/* PERSIST_SUMMONS: the call with this index began or ended. */
void heard_live_summons_done(HeardLiveHearing *hearing, const HeardLiveSave *save, unsigned index);
/* Why the unit does not come, or is no longer called: NULL for nothing said. */
const char *heard_live_summons_reason(const HeardLiveSave *save);
/* Last of all: who accepted sits in the hearing. save->before knows nobody of that index. */
void heard_live_summons_seat(HeardLiveHearing *hearing, const HeardLiveSave *save);
/* After all effects: who may call is told how it ended; the line of the minutes about it. */
void heard_live_notify_summons(HeardLiveHearing *hearing, const HeardLiveSave *save);
void heard_live_summons_tick(HeardLiveHearing *hearing);

/* ---- live_summons_store.c, on the store thread but for the last one ---- */

typedef struct {
    HeardUnitRow *unit, *parent; /* owned; parent NULL: a root */
    HeardUnitPlace place;        /* borrowed from both */
} HeardLiveSummonsOffice;

/* Of the hearing's organiser. */
bool heard_live_summons_office(HeardStore *store, const char *hearing_id,
                               HeardLiveSummonsOffice *ret_office,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_live_summons_office_clear(HeardLiveSummonsOffice *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardLiveSummonsOffice, heard_live_summons_office_clear)
/* May the unit be called? False: refusal or error is set. */
bool heard_live_summons_check(HeardStore *store, HeardLiveSave *save);
bool heard_live_summons_save(HeardStore *store, HeardLiveSave *save, unsigned index);
bool heard_live_summons_load(HeardStore *store, HeardLiveLoaded *loaded);
void heard_live_summonses_clear(HeardLiveSummons summonses[static HEARD_SUMMONSES_MAX]);
