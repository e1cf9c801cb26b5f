/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/recording_places.h"

#include "server/app/http_text.h"
#include "server/app/media_plane.h"
#include "server/base/error.h"

#include <string.h>

enum { FOLDER_NAME_MAX = 128 };

/* "recordings/<hearing>/<recording>" and nothing else: what a row says is removed is removed. */
static bool is_recording(const char *directory)
{
    g_auto(GStrv) parts = g_strsplit(directory, "/", -1);

    return g_strv_length(parts) == 3 && strcmp(parts[0], HEARD_RECORDINGS_FOLDER) == 0 &&
           heard_http_is_plain_name(parts[1], FOLDER_NAME_MAX) &&
           heard_http_is_plain_name(parts[2], FOLDER_NAME_MAX) && !strstr(directory, "..");
}

GPtrArray *heard_recording_places(const char *data_dir, const char *directory, GError **error)
{
    GPtrArray *places;

    if (!is_recording(directory)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "no folder of a recording");
        return NULL;
    }
    places = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(places, g_build_filename(data_dir, directory, NULL));
    return places;
}
