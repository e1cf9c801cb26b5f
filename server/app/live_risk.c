/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/metrics.h"

static const HeardLogTopic topic = {"disk"};

static HeardMetric rung_metric = {.name = "heard_record_disk_rung",
                                  .help = "Recordings' disk: 0 fine, 1 below 8 h, 2 below 2 h "
                                          "(nothing opens), 3 below 5 min, 4 full",
                                  .kind = HEARD_METRIC_GAUGE};
static HeardMetric minutes_metric = {
    .name = "heard_record_disk_minutes_left",
    .help = "Minutes of recording that the disk takes at the present rate",
    .kind = HEARD_METRIC_GAUGE};
static HeardMetric risk_metric = {.name = "heard_record_at_risk_total",
                                  .help = "Times a hearing was not durable for five seconds",
                                  .kind = HEARD_METRIC_COUNTER};

void heard_live_risk_register(void)
{
    heard_metric_register(&rung_metric);
    heard_metric_register(&minutes_metric);
    heard_metric_register(&risk_metric);
}

/* ---- the disk, of all hearings ---- */

void heard_live_disk_tick(HeardLive *self)
{
    HeardDiskRung before = self->disk.rung, opening = self->disk_of_next.rung;
    double hours;
    GHashTableIter iter;
    void *value;

    if (!self->writer)
        return;
    hours = heard_writer_hours_left(self->writer, false);
    heard_disk_ladder_step(&self->disk, hours);
    heard_disk_ladder_step(&self->disk_of_next, heard_writer_hours_left(self->writer, true));
    heard_metric_set(&rung_metric, self->disk.rung);
    heard_metric_set(&minutes_metric, (int64_t)(MAX(hours, 0) * 60));
    if (before == self->disk.rung && opening == self->disk_of_next.rung)
        return;
    heard_log(&topic, self->disk.rung > HEARD_DISK_FINE ? HEARD_LOG_WARN : HEARD_LOG_INFO,
              "disk-rung rung=%s next=%s hours_left=%.2f", heard_disk_rung_name(self->disk.rung),
              heard_disk_rung_name(self->disk_of_next.rung), hours);
    g_hash_table_iter_init(&iter, self->hearings);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        HeardLiveHearing *hearing = value;

        if (!hearing->loading && hearing->rules.config.recorded)
            heard_live_tell_recording(hearing);
    }
}

/* Before it opens a hearing would be one more. */
HeardDiskRung heard_live_disk_rung(const HeardLiveHearing *self)
{
    return self->recorded_ever ? self->live->disk.rung : self->live->disk_of_next.rung;
}

/* ---- one hearing ---- */

static bool should_run(const HeardLiveHearing *self)
{
    return !self->is_load && self->live->writer &&
           heard_hearing_recording(&self->rules) == HEARD_RECORDING_RUNNING;
}

void heard_live_risk_begin(HeardLiveHearing *self)
{
    if (self->safe_us == 0)
        self->safe_us = heard_live_now_us(self->live);
}

void heard_live_risk_status(HeardLiveHearing *self, const HeardRecordStatus *status)
{
    if (status->fault != HEARD_RECORD_FAULT_NONE ||
        status->durable_wall_ms == self->status.durable_wall_ms)
        return;
    self->durable_us = heard_live_now_us(self->live);
    self->safe_us = self->durable_us;
}

static void suspend(HeardLiveHearing *self)
{
    if (self->live->config.goes_on_unrecorded || self->busy ||
        self->status.fault != HEARD_RECORD_FAULT_DISK_FULL)
        return;
    heard_log(&topic, HEARD_LOG_ERROR, "hearing-suspended hearing=%s reason=disk_full", self->id);
    heard_live_report(self, HEARD_VERB_SUSPEND, HEARD_NOBODY, "recording_disk_full", NULL, NULL);
}

/* A sync that hangs in the writer tells nothing at all: only the clock sees it. */
void heard_live_risk_tick(HeardLiveHearing *self, int64_t now_us)
{
    bool runs = should_run(self);
    bool at_risk = runs && self->safe_us > 0 && now_us - self->safe_us >= HEARD_LIVE_DURABLE_US;

    /* Where nothing needs to be kept nothing is late, unless the disk says so itself. */
    if (!runs && self->status.fault == HEARD_RECORD_FAULT_NONE && self->safe_us > 0)
        self->safe_us = now_us;
    if (at_risk != self->at_risk) {
        const char *fault = heard_record_fault_name(self->status.fault);

        self->at_risk = at_risk;
        self->at_risk_since_ms =
            at_risk ? heard_clock_wall_ms() - (now_us - self->safe_us) / 1000 : 0;
        heard_metric_add(&risk_metric, at_risk);
        heard_log(&topic, at_risk ? HEARD_LOG_ERROR : HEARD_LOG_INFO, "%s hearing=%s fault=%s",
                  at_risk ? "hearing-not-durable" : "hearing-risk-over", self->id,
                  fault ? fault : "none");
        heard_live_tell_recording(self);
    }
    heard_live_faults_follow(self);
    if (at_risk)
        suspend(self);
}

/* A hearing that was suspended for its recording goes on when that can. */
bool heard_live_risk_take(HeardLiveHearing *self, HeardLiveCommand *command)
{
    if (command->command.verb != HEARD_VERB_RESUME || self->live->config.goes_on_unrecorded ||
        self->status.fault != HEARD_RECORD_FAULT_DISK_FULL ||
        !heard_live_would_record(self, command))
        return false;
    heard_live_refuse_take(self, command, HEARD_ANSWER_RECORDING_NOT_DURABLE,
                           heard_record_fault_name(self->status.fault), NULL);
    return true;
}
