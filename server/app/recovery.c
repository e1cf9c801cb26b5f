/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/recovery.h"

#include "recordings/recover.h"
#include "server/base/error.h"
#include "server/base/log.h"
#include "server/store/recording_rows.h"

#include <string.h>
#include <sys/stat.h>

static const HeardLogTopic topic = {"recovery"};

typedef struct {
    HeardStore *store;
    const char *data_dir;
    int64_t wall_ms;
    unsigned repaired;
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

static bool seal_row(Recovery *self, const HeardRecordingRow *row, const HeardRecoverReport *report,
                     GError **error)
{
    int64_t stopped_ms =
        report->started_wall_ms ? report->started_wall_ms + report->recorded_ms : self->wall_ms;

    return heard_recording_rows_set_durable(self->store, row->id, bytes_of(report->path),
                                            report->recorded_ms, report->chain_head, error) &&
           heard_recording_rows_set_stopped(self->store, row->id, stopped_ms, error) &&
           heard_recording_rows_set_state(self->store, row->id, "sealed", error);
}

static bool is_open(const HeardRecordingRow *row)
{
    static const char *const states[] = {"armed",       "recording",  "paused",
                                         "interrupted", "finalising", NULL};

    return g_strv_contains(states, row->state);
}

static void on_report(const HeardRecoverReport *report, void *data)
{
    Recovery *self = data;
    g_autoptr(GError) error = NULL;
    g_autofree HeardRecordingRow *row = heard_recording_rows_get_by_directory(
        self->store, below(report->path, self->data_dir), &error);
    bool kept = true;

    if (!row) {
        heard_log(&topic, HEARD_LOG_WARN, "log-without-row hearing=%s recording=%s",
                  report->hearing, report->recording);
        return;
    }
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

bool heard_recovery_run(HeardStore *store, const HeardSigner *signer, const char *data_dir,
                        const char *recordings_dir, int64_t wall_ms, GError **error)
{
    Recovery self = {store, data_dir, wall_ms, 0};

    return heard_recover_all(recordings_dir, signer, on_report, &self, error);
}
