/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/recovery.h"

#include "recordings/recover.h"
#include "server/app/unknown_files.h"
#include "server/base/error.h"
#include "server/base/id.h"
#include "server/base/log.h"
#include "server/store/fault_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/recording_rows.h"

#include <string.h>
#include <sys/stat.h>

static const HeardLogTopic topic = {"recovery"};

typedef struct {
    HeardStore *store;
    const char *data_dir;
    int64_t wall_ms;
    unsigned repaired;
    unsigned unknown, missing;
    int64_t unknown_bytes;
    char *first_unknown;
} Recovery;

/* "recordings/<hearing>/<recording>", as rows have it. */
static const char *below(const char *path, const char *folder)
{
    size_t size = strlen(folder);

    return strncmp(path, folder, size) == 0 && path[size] == '/' ? path + size + 1 : path;
}

static int64_t bytes_of(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    int64_t total = 0;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        struct stat about;
        if (stat(file, &about) == 0 && S_ISREG(about.st_mode))
            total += about.st_size;
    }
    return total;
}

/* A crash between the reservation and the opening: nothing of a hearing is in it. */
static bool is_unused(Recovery *self, const HeardRecordingRow *row)
{
    g_autofree HeardHearingRow *hearing =
        strcmp(row->state, "armed") == 0
            ? heard_hearing_rows_get(self->store, row->hearing_id, NULL)
            : NULL;

    return hearing && hearing->actual_start_ms == 0;
}

static bool add_crash(Recovery *self, const HeardRecordingRow *row, int64_t from_ms, GError **error)
{
    char id[HEARD_ID_SIZE];
    HeardFaultRow fault = {.id = id,
                           .recording_id = row->id,
                           .fault = "crash",
                           .from_ms = from_ms,
                           .to_ms = self->wall_ms};
    bool kept;

    heard_id_new(id, self->wall_ms);
    return heard_fault_rows_insert(self->store, &fault, &kept, error);
}

static bool seal_row(Recovery *self, const HeardRecordingRow *row, const HeardRecoverReport *report,
                     GError **error)
{
    bool unused = is_unused(self, row);
    bool crashed = report->result == HEARD_RECOVER_REPAIRED && !unused;
    int64_t stopped_ms =
        report->started_wall_ms ? report->started_wall_ms + report->recorded_ms : self->wall_ms;

    return heard_recording_rows_set_durable(self->store, row->id, bytes_of(report->path),
                                            report->recorded_ms, report->chain_head, error) &&
           heard_recording_rows_set_stopped(self->store, row->id, stopped_ms, error) &&
           heard_recording_rows_set_state(self->store, row->id, unused ? "unused" : "sealed",
                                          error) &&
           heard_fault_rows_end_all(self->store, row->id, self->wall_ms, error) &&
           (!crashed || add_crash(self, row, stopped_ms, error));
}

/* Still under way when the server went down; or its log was missing and is back. */
static bool is_open(const HeardRecordingRow *row)
{
    static const char *const states[] = {"armed",      "recording", "paused", "interrupted",
                                         "finalising", "missing",   NULL};

    return g_strv_contains(states, row->state);
}

static void on_report(const HeardRecoverReport *report, void *data)
{
    Recovery *self = data;
    g_autoptr(GError) error = NULL;
    g_autofree HeardRecordingRow *row = heard_recording_rows_get_by_directory(
        self->store, below(report->path, self->data_dir), &error);
    bool kept = true;

    if (!row) /* listed with all that nobody knows */
        return;
    switch (report->result) {
    case HEARD_RECOVER_CLEAN:
        kept = !is_open(row) || seal_row(self, row, report, &error);
        break;
    case HEARD_RECOVER_REPAIRED:
        self->repaired++;
        heard_log(&topic, HEARD_LOG_WARN,
                  "log-recovered recording=%s recorded_ms=%" G_GINT64_FORMAT
                  " torn_bytes=%" G_GINT64_FORMAT,
                  row->id, (gint64)report->recorded_ms, (gint64)report->torn_bytes);
        kept = seal_row(self, row, report, &error);
        break;
    case HEARD_RECOVER_FAILED:
        heard_log(&topic, HEARD_LOG_ERROR, "log-damaged recording=%s text=\"%s\"", row->id,
                  report->message);
        kept = heard_recording_rows_set_state(self->store, row->id, "interrupted", &error);
        break;
    }
    if (!kept)
        heard_log(&topic, HEARD_LOG_ERROR, "row-not-kept recording=%s text=\"%s\"", row->id,
                  error->message);
}

static void on_missing(const HeardUnknown *entry, void *data)
{
    Recovery *self = data;
    g_autoptr(GError) error = NULL;
    g_autofree HeardRecordingRow *row =
        heard_recording_rows_get(self->store, entry->recording_id, &error);
    bool unused = row && is_unused(self, row);

    if (!row || strcmp(row->state, "missing") == 0) {
        self->missing += row != NULL;
        return;
    }
    self->missing += !unused;
    if (!unused)
        heard_log(&topic, HEARD_LOG_ERROR, "log-missing recording=%s state=%s directory=\"%s\"",
                  row->id, row->state, row->directory);
    if (!heard_recording_rows_set_state(self->store, row->id, unused ? "unused" : "missing",
                                        &error) ||
        !heard_fault_rows_end_all(self->store, row->id, self->wall_ms, &error))
        heard_log(&topic, HEARD_LOG_ERROR, "row-not-kept recording=%s text=\"%s\"", row->id,
                  error->message);
}

static void on_unknown(const HeardUnknown *entry, void *data)
{
    Recovery *self = data;

    if (self->unknown++ == 0)
        self->first_unknown = g_strescape(entry->path, NULL);
    self->unknown_bytes += entry->bytes;
}

/* Both ways, and nothing is removed: `heard recordings` lists them one by one. */
static bool compare(Recovery *self, const char *recordings_dir, GError **error)
{
    g_autofree char *first = NULL;
    bool done =
        heard_unknown_missing(self->store, self->data_dir, on_missing, self, error) &&
        heard_unknown_files(self->store, self->data_dir, recordings_dir, on_unknown, self, error);

    first = g_steal_pointer(&self->first_unknown);
    if (self->unknown > 0)
        heard_log(&topic, HEARD_LOG_WARN,
                  "files-unknown count=%u bytes=%" G_GINT64_FORMAT
                  " first=\"%s\" list=\"heard recordings\"",
                  self->unknown, (gint64)self->unknown_bytes, first);
    if (self->missing > 0)
        heard_log(&topic, HEARD_LOG_ERROR, "logs-missing count=%u list=\"heard recordings\"",
                  self->missing);
    return done;
}

bool heard_recovery_run(HeardStore *store, const HeardSigner *signer, const char *data_dir,
                        const char *recordings_dir, int64_t wall_ms, GError **error)
{
    Recovery self = {.store = store, .data_dir = data_dir, .wall_ms = wall_ms};

    return heard_recover_all(recordings_dir, signer, on_report, &self, error) &&
           compare(&self, recordings_dir, error);
}
