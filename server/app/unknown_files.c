/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/unknown_files.h"

#include "recordings/file_names.h"
#include "recordings/reserve.h"
#include "server/app/app_config.h"
#include "server/app/media_plane.h"
#include "server/base/error.h"
#include "server/base/json.h"
#include "server/store/migrate.h"
#include "server/store/recording_rows.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 8 };

typedef struct {
    HeardStore *store;
    const char *data_dir;
    HeardUnknownFunc func;
    void *data;
} Search;

static const char *below(const Search *self, const char *path)
{
    size_t size = strlen(self->data_dir);

    return strncmp(path, self->data_dir, size) == 0 && path[size] == '/' ? path + size + 1 : path;
}

/* Adds up what lies in a folder; links are not followed. */
static void add_up(const char *path, unsigned depth, HeardUnknown *entry)
{
    struct stat about;
    g_autoptr(GDir) dir = NULL;
    const char *name;

    if (lstat(path, &about) != 0)
        return;
    entry->modified_ms = MAX(entry->modified_ms, (int64_t)about.st_mtim.tv_sec * 1000);
    if (!S_ISDIR(about.st_mode)) {
        entry->bytes += about.st_size;
        return;
    }
    dir = depth < DEPTH_MAX ? g_dir_open(path, 0, NULL) : NULL;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        add_up(inner, depth + 1, entry);
    }
}

static void tell(const Search *self, const char *path, const HeardRecordingRow *row)
{
    HeardUnknown entry = {.kind = HEARD_UNKNOWN_FILE,
                          .path = below(self, path),
                          .recording_id = row ? row->id : NULL,
                          .state = row ? row->state : NULL};

    add_up(path, 0, &entry);
    self->func(&entry, self->data);
}

/* FORMAT.md 1 */
static void look_into_recording(const Search *self, const char *path, const HeardRecordingRow *row)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        if (heard_file_kind(name, NULL) == HEARD_FILE_UNKNOWN &&
            !g_file_test(inner, G_FILE_TEST_IS_DIR))
            tell(self, inner, row);
    }
}

static bool look_into_hearing(const Search *self, const char *path, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        g_autoptr(GError) failure = NULL;
        g_autofree HeardRecordingRow *row =
            heard_recording_rows_get_by_directory(self->store, below(self, inner), &failure);

        if (failure && heard_error_code(failure) != HEARD_ERROR_NOT_FOUND) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
        if (row && g_file_test(inner, G_FILE_TEST_IS_DIR))
            look_into_recording(self, inner, row);
        else
            tell(self, inner, row);
    }
    return dir != NULL;
}

bool heard_unknown_files(HeardStore *store, const char *data_dir, const char *recordings_dir,
                         HeardUnknownFunc func, void *data, GError **error)
{
    Search self = {store, data_dir, func, data};
    g_autoptr(GDir) dir = NULL;
    const char *name;

    if (!g_file_test(recordings_dir, G_FILE_TEST_EXISTS))
        return true;
    dir = g_dir_open(recordings_dir, 0, error);
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(recordings_dir, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (!look_into_hearing(&self, path, error))
                return false;
        } else if (strcmp(name, HEARD_RESERVE_NAME) != 0) {
            tell(&self, path, NULL);
        }
    }
    return dir != NULL;
}

bool heard_unknown_missing(HeardStore *store, const char *data_dir, HeardUnknownFunc func,
                           void *data, GError **error)
{
    g_autofree char *after = NULL;

    for (;;) {
        HeardPage page = {.limit = HEARD_PAGE_MAX, .after = after};
        g_autoptr(GPtrArray) rows = heard_recording_rows_list_kept(store, &page, error);

        if (!rows)
            return false;
        for (guint i = 0; i < rows->len; i++) {
            const HeardRecordingRow *row = g_ptr_array_index(rows, i);
            g_autofree char *path = g_build_filename(data_dir, row->directory, "log.json", NULL);
            HeardUnknown entry = {.kind = HEARD_UNKNOWN_MISSING,
                                  .path = row->directory,
                                  .recording_id = row->id,
                                  .state = row->state,
                                  .bytes = row->durable_bytes,
                                  .modified_ms = row->stopped_ms};

            if (!g_file_test(path, G_FILE_TEST_EXISTS))
                func(&entry, data);
            if (i + 1 == rows->len) {
                g_free(after);
                after = g_strdup(row->id);
            }
        }
        if (rows->len < HEARD_PAGE_MAX)
            return true;
    }
}

/* ---- heard recordings ---- */

static void print_entry(const HeardUnknown *entry, void *data)
{
    g_autoptr(json_t) line =
        json_pack("{s:s, s:s, s:s?, s:s?, s:I, s:I}", "kind",
                  entry->kind == HEARD_UNKNOWN_FILE ? "unknown" : "missing", "path", entry->path,
                  "recording", entry->recording_id, "state", entry->state, "bytes",
                  (json_int_t)entry->bytes, "modified_ms", (json_int_t)entry->modified_ms);
    g_autofree char *text = line ? heard_json_dump(line) : NULL;
    unsigned *count = data;

    (*count)++;
    if (text)
        puts(text);
    else /* a name that is no UTF-8 */
        puts("{\"kind\":\"unknown\",\"path\":null}");
}

int heard_recordings_main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) config = NULL;
    g_autoptr(HeardStore) store = NULL;
    g_autofree char *data_dir = NULL, *recordings_dir = NULL, *url = NULL;
    unsigned count = 0;

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        printf("Usage: heard recordings [--data DIR] [--config FILE]\n\n"
               "Lists what lies among the recordings without a row (unknown), and rows whose\n"
               "folder is not there (missing): one JSON object a line. Nothing is changed.\n");
        return 0;
    }
    config = heard_app_config_load(argc, argv, &error);
    if (!config) {
        fprintf(stderr, "heard: %s\n", error->message);
        return 2;
    }
    data_dir = g_canonicalize_filename(heard_config_text(config, "data"), NULL);
    recordings_dir = g_build_filename(data_dir, HEARD_RECORDINGS_FOLDER, NULL);
    url = heard_app_config_database(config);
    if (!heard_config_text(config, "database") && !g_file_test(data_dir, G_FILE_TEST_IS_DIR))
        g_set_error(&error, HEARD_ERROR, HEARD_ERROR_STORAGE,
                    "data folder %s: not there; start the server once", data_dir);
    else
        store = heard_store_open(url, &error);
    if (!store || !heard_migrate(store, NULL, &error) ||
        !heard_unknown_files(store, data_dir, recordings_dir, print_entry, &count, &error) ||
        !heard_unknown_missing(store, data_dir, print_entry, &count, &error)) {
        fprintf(stderr, "heard: %s\n", error->message);
        return 1;
    }
    return count > 0 ? 1 : 0;
}
