/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/job_kinds.h"

#include "server/app/derived_files.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/json.h"
#include "server/store/job_rows.h"
#include "server/store/recording_rows.h"
#include "server/store/recording_task_rows.h"
#include "server/store/release_rows.h"

#include <string.h>

enum {
    HEARD_DERIVE_SECONDS_MAX = 4 * 3600,
    HEARD_TIMESTAMP_SECONDS_MAX = 60,
    HEARD_COPY_SECONDS_MAX = 3600,
    HEARD_COMPOSITE_SECONDS_MAX = 8 * 3600,
    HEARD_LAYOUT_CHARS_MAX = 16,
    HEARD_TIMESTAMP_EACH_MS = 3600 * 1000,
};

static void add(GPtrArray *argv, const char *text)
{
    g_ptr_array_add(argv, g_strdup(text));
}

static void add_option(GPtrArray *argv, const char *option, const char *value)
{
    add(argv, option);
    add(argv, value);
}

static char *folder_of(const HeardJobsConfig *config, const HeardJobWork *work)
{
    return g_build_filename(config->data_dir, work->directory, NULL);
}

/* ---- playable files ---- */

static bool always(const HeardJobsConfig *config)
{
    (void)config;
    return true;
}

static GPtrArray *underived(HeardStore *store, const HeardJobTimes *times, GError **error)
{
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GPtrArray) rows = heard_recording_rows_list_underived(store, &page, error);
    GPtrArray *ids;

    (void)times;
    if (!rows)
        return NULL;
    ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(ids, g_strdup(((HeardRecordingRow *)g_ptr_array_index(rows, i))->id));
    return ids;
}

static void derive_arguments(const HeardJobsConfig *config, const HeardJobWork *work,
                             GPtrArray *argv)
{
    g_autofree char *folder = folder_of(config, work);
    g_autofree char *out = g_build_filename(folder, "derived", NULL);

    add(argv, "derive");
    add_option(argv, "--recording", folder);
    add_option(argv, "--key", config->key_path);
    add_option(argv, "--out", out);
}

static bool derive_mark(HeardStore *store, const char *kind, const char *recording_id,
                        const char *state, int64_t permille, const char *why, GError **error)
{
    (void)kind;
    return heard_recording_rows_set_derive(store, recording_id, state, permille, why, error);
}

static bool derive_keep(HeardStore *store, const char *kind, const HeardJobWork *work,
                        const char *data_dir, const json_t *said, GError **error)
{
    (void)said;
    return heard_derived_files_keep(store, data_dir, work->directory, work->recording_id, error) &&
           derive_mark(store, kind, work->recording_id, "ready", 1000, NULL, error);
}

/* ---- tasks: their rows are alike ---- */

static bool put_task(HeardStore *store, const char *kind, const char *recording_id,
                     const char *state, int64_t permille, const char *detail, const char *why,
                     GError **error)
{
    HeardRecordingTaskRow row = {.recording_id = recording_id,
                                 .kind = kind,
                                 .state = state,
                                 .permille = permille,
                                 .detail = detail,
                                 .error = why,
                                 .changed_ms = heard_clock_wall_ms()};

    return heard_recording_task_rows_put(store, &row, error);
}

static bool task_mark(HeardStore *store, const char *kind, const char *recording_id,
                      const char *state, int64_t permille, const char *why, GError **error)
{
    return put_task(store, kind, recording_id, state, permille, NULL, why, error);
}

/* "complete": false means that the recording is still being written. */
static bool task_keep(HeardStore *store, const char *kind, const HeardJobWork *work,
                      const char *data_dir, const json_t *said, GError **error)
{
    g_autofree char *detail = said ? heard_json_dump(said) : NULL;
    bool waits = json_is_false(json_object_get(said, "complete"));

    (void)data_dir;
    if (!detail) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "heard %s said nothing", kind);
        return false;
    }
    return put_task(store, kind, work->recording_id, waits ? "waiting" : "ready", 1000, detail,
                    NULL, error);
}

static bool has_authority(const HeardJobsConfig *config)
{
    return config->tsa_url != NULL;
}

/* Those that are closed; of those that run, whose last full hour is not stamped. */
static GPtrArray *unstamped(HeardStore *store, const HeardJobTimes *times, GError **error)
{
    g_autoptr(GPtrArray) ids =
        heard_recording_task_rows_list_missing(store, "timestamp", true, HEARD_PAGE_MAX, error);
    GPtrArray *running =
        ids ? heard_recording_task_rows_list_due(store, "timestamp", heard_clock_wall_ms(),
                                                 HEARD_TIMESTAMP_EACH_MS, HEARD_PAGE_MAX, error)
            : NULL;

    (void)times;
    if (!running)
        return NULL;
    g_ptr_array_extend_and_steal(ids, running);
    return g_steal_pointer(&ids);
}

static void timestamp_arguments(const HeardJobsConfig *config, const HeardJobWork *work,
                                GPtrArray *argv)
{
    g_autofree char *folder = folder_of(config, work);

    add(argv, "timestamp");
    add_option(argv, "--recording", folder);
    add_option(argv, "--url", config->tsa_url);
}

/* The second place gets the time-stamp too. */
static bool timestamp_keep(HeardStore *store, const char *kind, const HeardJobWork *work,
                           const char *data_dir, const json_t *said, GError **error)
{
    return task_keep(store, kind, work, data_dir, said, error) &&
           heard_recording_task_rows_again(store, work->recording_id, "copy", error);
}

static bool has_second_place(const HeardJobsConfig *config)
{
    return config->copy_to != NULL;
}

/* Closed segments go while the hearing runs. */
static GPtrArray *uncopied(HeardStore *store, const HeardJobTimes *times, GError **error)
{
    (void)times;
    return heard_recording_task_rows_list_missing(store, "copy", false, HEARD_PAGE_MAX, error);
}

static void copy_arguments(const HeardJobsConfig *config, const HeardJobWork *work, GPtrArray *argv)
{
    g_autofree char *folder = folder_of(config, work);

    add(argv, "copy");
    add_option(argv, "--recording", folder);
    add_option(argv, "--to", config->copy_to);
    if (config->copy_credentials)
        add_option(argv, "--credentials", config->copy_credentials);
    if (config->copy_region)
        add_option(argv, "--region", config->copy_region);
}

/* ---- room given back ---- */

static bool may_release(const HeardJobsConfig *config)
{
    return has_second_place(config) && config->local_days > 0;
}

static GPtrArray *unreleased(HeardStore *store, const HeardJobTimes *times, GError **error)
{
    return heard_release_rows_list(store, heard_clock_wall_ms() - times->local_ms, HEARD_PAGE_MAX,
                                   error);
}

/* A hold may have come meanwhile. */
static bool release_still(HeardStore *store, const HeardJobTimes *times, const char *recording_id,
                          bool *ret_still, GError **error)
{
    return heard_release_rows_may(store, recording_id, heard_clock_wall_ms() - times->local_ms,
                                  ret_still, error);
}

static void release_arguments(const HeardJobsConfig *config, const HeardJobWork *work,
                              GPtrArray *argv)
{
    copy_arguments(config, work, argv);
    add(argv, "--release");
}

static void restore_arguments(const HeardJobsConfig *config, const HeardJobWork *work,
                              GPtrArray *argv)
{
    copy_arguments(config, work, argv);
    add(argv, "--restore");
}

/* They are here again; how long they stay counts from now. */
static bool restore_keep(HeardStore *store, const char *kind, const HeardJobWork *work,
                         const char *data_dir, const json_t *said, GError **error)
{
    return heard_recording_task_rows_again(store, work->recording_id, "release", error) &&
           task_keep(store, kind, work, data_dir, said, error);
}

static void composite_arguments(const HeardJobsConfig *config, const HeardJobWork *work,
                                GPtrArray *argv)
{
    g_autofree char *folder = folder_of(config, work);
    g_autofree char *out = g_build_filename(folder, "composite.mp4", NULL);
    g_autoptr(json_t) payload = heard_json_parse_object(work->payload, strlen(work->payload), NULL);
    const char *layout = json_string_value(json_object_get(payload, "layout"));

    add(argv, "composite");
    add_option(argv, "--recording", folder);
    add_option(argv, "--key", config->key_path);
    add_option(argv, "--out", out);
    if (layout && strlen(layout) <= HEARD_LAYOUT_CHARS_MAX)
        add_option(argv, "--layout", layout);
}

/* ---- all of them ---- */

const HeardJobKind heard_job_kinds[HEARD_JOB_KINDS] = {
    {"derive", 3, HEARD_DERIVE_SECONDS_MAX, always, underived, NULL, derive_arguments, derive_mark,
     derive_keep},
    {"timestamp", HEARD_JOB_TRIES_MAX, HEARD_TIMESTAMP_SECONDS_MAX, has_authority, unstamped, NULL,
     timestamp_arguments, task_mark, timestamp_keep},
    {"copy", HEARD_JOB_TRIES_MAX, HEARD_COPY_SECONDS_MAX, has_second_place, uncopied, NULL,
     copy_arguments, task_mark, task_keep},
    {"release", 2, HEARD_COPY_SECONDS_MAX, may_release, unreleased, release_still,
     release_arguments, task_mark, task_keep},
    {"restore", HEARD_JOB_TRIES_MAX, HEARD_COPY_SECONDS_MAX, has_second_place, NULL, NULL,
     restore_arguments, task_mark, restore_keep},
    {"composite", 2, HEARD_COMPOSITE_SECONDS_MAX, always, NULL, NULL, composite_arguments,
     task_mark, task_keep},
};

const HeardJobKind *heard_job_kinds_get(const char *name)
{
    for (unsigned i = 0; i < HEARD_JOB_KINDS; i++)
        if (strcmp(heard_job_kinds[i].name, name) == 0)
            return &heard_job_kinds[i];
    g_assert_not_reached();
}

bool heard_job_kinds_queue(HeardStore *store, const HeardJobKind *kind, const char *recording_id,
                           const char *payload, GError **error)
{
    int64_t wall_ms = heard_clock_wall_ms();
    g_autoptr(GError) failure = NULL;
    char id[HEARD_ID_SIZE];
    HeardJobRow row = {.id = id,
                       .kind = kind->name,
                       .subject_id = recording_id,
                       .payload = payload,
                       .state = "queued",
                       .tries_max = kind->tries_max,
                       .run_after_ms = wall_ms,
                       .created_ms = wall_ms};

    heard_id_new(id, wall_ms);
    if (heard_job_rows_insert(store, &row, &failure))
        return kind->mark(store, kind->name, recording_id, "queued", 0, NULL, error);
    if (heard_error_code(failure) == HEARD_ERROR_CONFLICT)
        return true; /* it waits or runs already */
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}
