/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/file_names.h"

#include "recordings/away.h"
#include "recordings/destruction.h"
#include "recordings/disk.h"
#include "recordings/excerpt.h"
#include "recordings/timestamp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SEGMENT_NAME_CHARS = 10 }; /* "000001.seg" */

static bool is_among(const char *name, const char *const *names)
{
    return g_strv_contains(names, name);
}

HeardFileKind heard_file_kind(const char *name, uint32_t *ret_segment)
{
    static const char *const originals[] = {"log.json",
                                            "journal.jsonl",
                                            "seal.json",
                                            HEARD_TIMESTAMP_FILE,
                                            HEARD_DESTRUCTION_FILE,
                                            HEARD_EXCERPT_FILE,
                                            NULL};
    static const char *const beside[] = {"copy.json",         "copy.json.new", HEARD_AWAY_FILE,
                                         HEARD_AWAY_FILE_NEW, "composite.mp4", NULL};
    unsigned number = 0;
    int used = 0;

    if (sscanf(name, "%6u.seg%n", &number, &used) == 1 && used == SEGMENT_NAME_CHARS &&
        !name[used]) {
        if (ret_segment)
            *ret_segment = number;
        return HEARD_FILE_SEGMENT;
    }
    if (is_among(name, originals) || strstr(name, ".torn") ||
        heard_timestamp_hourly_number(name) > 0)
        return HEARD_FILE_ORIGINAL;
    return is_among(name, beside) || g_str_has_prefix(name, "derived") ? HEARD_FILE_BESIDE
                                                                       : HEARD_FILE_UNKNOWN;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *heard_file_list(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    if (!dir) {
        heard_disk_set_error(error, errno, "open", folder);
        return NULL;
    }
    while ((name = g_dir_read_name(dir))) {
        HeardFileKind kind = heard_file_kind(name, NULL);
        if (kind == HEARD_FILE_SEGMENT || kind == HEARD_FILE_ORIGINAL)
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, by_name);
    return g_steal_pointer(&names);
}
