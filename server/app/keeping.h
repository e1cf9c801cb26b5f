/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is known of the keeping of one recording: class and term, holds, the order to destroy it.
 * The facts are read anew for every question; server/hearing/keeping.h answers it.
 *
 * Units      *_ms UTC.
 * Ownership  load fills a struct of the caller's: clear it.
 * Threads    A store thread.
 * Errors     GError of the store.
 */

#include "server/hearing/keeping.h"
#include "server/store/keep_decision_rows.h"
#include "server/store/keeping_rows.h"
#include "server/store/recording_rows.h"

typedef struct {
    HeardKeepClass of_class;
    int64_t from_ms; /* the term runs from here; 0: it has not ended yet */
    HeardKeeping facts;
    char *hearing_no, *title;
    GPtrArray *holds;                /* HeardHoldRow, those that stand */
    HeardOrderRow *order;            /* NULL: none, or withdrawn */
    HeardKeepDecisionRow *permanent; /* NULL: the class follows from the hearing */
} HeardKeepingView;

bool heard_keeping_load(HeardStore *store, const HeardKeepPolicy *policy,
                        const HeardRecordingRow *recording, HeardKeepingView *ret_view,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_keeping_clear(HeardKeepingView *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardKeepingView, heard_keeping_clear)

/* Destroyed, or ordered to be: nothing of it is played or made any more. */
bool heard_keeping_is_over(const HeardRecordingRow *recording);
