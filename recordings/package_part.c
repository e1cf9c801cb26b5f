/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/disk.h"
#include "recordings/file_names.h"
#include "recordings/package.h"
#include "recordings/timestamp.h"
#include "server/base/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool heard_package_takes(const HeardExcerpt *excerpt, const char *name)
{
    static const char *const whole[] = {"log.json", "journal.jsonl", "seal.json",
                                        HEARD_TIMESTAMP_FILE, NULL};
    uint32_t segment = 0;

    if (heard_file_kind(name, &segment) == HEARD_FILE_SEGMENT)
        return !heard_excerpt_is_outside(excerpt, segment);
    return g_strv_contains(whole, name) || heard_timestamp_hourly_number(name) > 0;
}

/* The files of the excerpt by links, and what it claims: as it will lie in the package. */
static bool lay_out(const char *folder, const char *recording, const HeardExcerpt *excerpt,
                    GError **error)
{
    g_autofree char *home = g_canonicalize_filename(recording, NULL);
    g_autofree char *claim = g_build_filename(folder, HEARD_EXCERPT_FILE, NULL);
    g_autofree char *text = heard_excerpt_text(excerpt);
    g_autoptr(GDir) entries = g_dir_open(home, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *from = g_build_filename(home, name, NULL);
        g_autofree char *to = g_build_filename(folder, name, NULL);
        if (heard_package_takes(excerpt, name) && symlink(from, to) != 0) {
            heard_disk_set_error(error, errno, "link", to);
            return false;
        }
    }
    return heard_disk_replace(claim, text, strlen(text), error);
}

HeardVerifyReport *heard_package_verify(const char *recording, const HeardExcerpt *excerpt,
                                        GError **error)
{
    g_autofree char *folder = NULL;
    HeardVerifyReport *report = NULL;

    if (!heard_excerpt_is_some(excerpt))
        return heard_verify(recording, NULL, error);
    folder = g_dir_make_tmp("heard-excerpt-XXXXXX", NULL);
    if (!folder) {
        heard_disk_set_error(error, errno, "create a folder in", g_get_tmp_dir());
        return NULL;
    }
    if (lay_out(folder, recording, excerpt, error))
        report = heard_verify(folder, NULL, error);
    if (!heard_disk_remove_folder(folder, report ? NULL : error))
        g_clear_pointer(&report, heard_verify_report_free);
    return report;
}
