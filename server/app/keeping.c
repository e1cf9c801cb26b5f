/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/keeping.h"

#include "server/base/error.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"

#include <string.h>

static bool is_one_of(const char *const *words, const char *word)
{
    return g_strv_contains(words, word);
}

bool heard_keeping_is_over(const HeardRecordingRow *recording)
{
    static const char *const over[] = {"destroying", "destroyed", NULL};

    return is_one_of(over, recording->state);
}

static bool has_ended(const HeardRecordingRow *recording)
{
    static const char *const ended[] = {"sealed", "replicated", "archived", NULL};

    return is_one_of(ended, recording->state);
}

/* The closing of the case; a recording of later than that runs from its own end. */
static bool closed_ms(HeardStore *store, const char *case_id, int64_t *ret_ms, GError **error)
{
    static const char *const closed[] = {"concluded", "withdrawn", "archived", NULL};
    g_autofree HeardCaseRow *row = NULL;

    *ret_ms = 0;
    if (!case_id)
        return true;
    row = heard_case_rows_get(store, case_id, error);
    if (row && is_one_of(closed, row->state))
        *ret_ms = row->updated_ms;
    return row != NULL;
}

static HeardOrderState order_state(const HeardOrderRow *order)
{
    static const char *const names[] = {"", "requested", "confirmed", "done"};

    for (unsigned i = 1; order && i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], order->state) == 0)
            return (HeardOrderState)i;
    return HEARD_ORDER_NONE;
}

static bool load_order(HeardStore *store, const char *recording_id, HeardKeepingView *self,
                       GError **error)
{
    g_autoptr(GError) failure = NULL;

    self->order = heard_order_rows_get_open(store, recording_id, &failure);
    self->facts.order = order_state(self->order);
    self->facts.requested_by = self->order ? self->order->requested_by : NULL;
    if (self->order || heard_error_code(failure) == HEARD_ERROR_NOT_FOUND)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

static bool load_permanent(HeardStore *store, const char *recording_id, HeardKeepingView *self,
                           GError **error)
{
    g_autoptr(GError) failure = NULL;

    self->permanent = heard_keep_decision_rows_get_open(store, recording_id, &failure);
    self->facts.is_permanent = self->permanent != NULL;
    self->facts.end_asked_by = self->permanent ? self->permanent->end_asked_by : NULL;
    if (self->permanent || heard_error_code(failure) == HEARD_ERROR_NOT_FOUND)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

static bool load(HeardStore *store, const HeardKeepPolicy *policy,
                 const HeardRecordingRow *recording, HeardKeepingView *self, GError **error)
{
    g_autofree HeardHearingRow *hearing =
        heard_hearing_rows_get(store, recording->hearing_id, error);
    int64_t closing_ms = 0;
    bool is_busy = false;

    if (!hearing || !closed_ms(store, recording->case_id, &closing_ms, error) ||
        !heard_keeping_rows_busy(store, recording->id, &is_busy, error) ||
        !load_order(store, recording->id, self, error) ||
        !load_permanent(store, recording->id, self, error))
        return false;
    self->holds = heard_hold_rows_list(store, recording->id, recording->case_id, false, error);
    if (!self->holds)
        return false;
    self->hearing_no = g_strdup(hearing->hearing_no);
    self->title = g_strdup(hearing->title);
    self->of_class = self->permanent
                         ? HEARD_KEEP_PERMANENT
                         : heard_keep_class_of(hearing->kind, recording->case_id != NULL);
    self->from_ms = recording->stopped_ms ? MAX(closing_ms, recording->stopped_ms) : 0;
    self->facts.until_ms = heard_keep_until_ms(policy->terms[self->of_class], self->from_ms);
    self->facts.is_sealed = has_ended(recording);
    self->facts.is_busy = is_busy;
    self->facts.is_held = recording->hold || self->holds->len > 0;
    return true;
}

bool heard_keeping_load(HeardStore *store, const HeardKeepPolicy *policy,
                        const HeardRecordingRow *recording, HeardKeepingView *ret_view,
                        GError **error)
{
    g_auto(HeardKeepingView) view = {0};

    if (!load(store, policy, recording, &view, error))
        return false;
    *ret_view = view;
    memset(&view, 0, sizeof view);
    return true;
}

void heard_keeping_clear(HeardKeepingView *self)
{
    g_clear_pointer(&self->holds, g_ptr_array_unref);
    g_clear_pointer(&self->order, g_free);
    g_clear_pointer(&self->permanent, g_free);
    g_clear_pointer(&self->hearing_no, g_free);
    g_clear_pointer(&self->title, g_free);
}
