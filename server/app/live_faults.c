/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/store/fault_rows.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

/* One row made, or ended. */
typedef struct {
    char id[HEARD_ID_SIZE], recording_id[HEARD_ID_SIZE];
    const char *fault; /* NULL: end it; always a constant */
    int64_t at_ms;
} FaultWrite;

static void run_write(HeardStore *store, void *data)
{
    const FaultWrite *self = data;
    g_autoptr(GError) error = NULL;
    HeardFaultRow row = {.id = self->id,
                         .recording_id = self->recording_id,
                         .fault = self->fault,
                         .from_ms = self->at_ms};
    bool kept = true;

    if (self->fault ? heard_fault_rows_insert(store, &row, &kept, &error)
                    : heard_fault_rows_end(store, self->id, self->at_ms, &error)) {
        if (!kept)
            heard_log(&topic, HEARD_LOG_WARN, "fault-not-kept recording=%s reason=too_many",
                      self->recording_id);
        return;
    }
    heard_log(&topic, HEARD_LOG_ERROR, "fault-not-kept recording=%s error=%s", self->recording_id,
              heard_error_name(heard_error_code(error)));
}

static void write_fault(HeardLiveHearing *self, const char *fault, int64_t at_ms)
{
    FaultWrite *job = g_new0(FaultWrite, 1);

    g_strlcpy(job->id, self->fault_id, sizeof job->id);
    g_strlcpy(job->recording_id, self->recording_id, sizeof job->recording_id);
    job->fault = fault;
    job->at_ms = at_ms;
    heard_store_thread_post(self->live->config.store, run_write, job, NULL, NULL, g_free);
}

/* What was durable last is where the doubt begins. */
static int64_t began_ms(const HeardLiveHearing *self)
{
    if (self->status.durable_wall_ms > 0)
        return self->status.durable_wall_ms;
    return self->at_risk_since_ms ? self->at_risk_since_ms : heard_clock_wall_ms();
}

void heard_live_faults_follow(HeardLiveHearing *self)
{
    const char *fault = heard_record_fault_name(self->status.fault);

    if (!self->recording_id || self->reserved || !self->recorded_ever)
        return;
    /* A status may have come since the tick that told of the risk. */
    if (!fault && self->at_risk &&
        heard_live_now_us(self->live) - self->safe_us >= HEARD_LIVE_DURABLE_US)
        fault = "stalled";
    if (g_strcmp0(fault, self->fault) == 0)
        return;
    if (self->fault)
        write_fault(self, NULL, heard_clock_wall_ms());
    self->fault = fault;
    if (!fault)
        return;
    heard_id_new(self->fault_id, heard_clock_wall_ms());
    write_fault(self, fault, began_ms(self));
}
