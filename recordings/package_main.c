/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/disk.h"
#include "recordings/package.h"
#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The built page: HEARD_WEB_DIR, beside a build, or installed. NULL: nowhere. */
static char *find_page(void)
{
    static const char *const places[] = {"../../../web/dist", "../share/heard/web"};
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup(".");
    const char *given = g_getenv("HEARD_WEB_DIR");

    if (given && *given)
        return g_build_filename(given, "verify.html", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *page = g_build_filename(folder, places[i], "verify.html", NULL);
        if (g_file_test(page, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&page);
    }
    return NULL;
}

/* Complete or not there at all: written beside, renamed. */
static bool write_file(const char *recording, const char *page, const char *path,
                       HeardPackageCount *ret_count, GError **error)
{
    g_autofree char *temp = g_strconcat(path, ".part", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done;

    if (fd < 0) {
        heard_disk_set_error(error, errno, "create", temp);
        return false;
    }
    done = heard_package_write(recording, page, fd, ret_count, error);
    if (done && fsync(fd) != 0) {
        heard_disk_set_error(error, errno, "sync", temp);
        done = false;
    }
    close(fd);
    if (done && rename(temp, path) != 0) {
        heard_disk_set_error(error, errno, "rename", temp);
        done = false;
    }
    if (!done)
        unlink(temp);
    return done && heard_disk_sync_folder(folder, error);
}

static bool write_package(const char *recording, const char *page, const char *out, GError **error)
{
    HeardPackageCount count;

    if (strcmp(out, "-") == 0)
        return heard_package_write(recording, page, STDOUT_FILENO, &count, error);
    if (!write_file(recording, page, out, &count, error))
        return false;
    printf("{\"files\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT
           ",\"left_out\":%" G_GUINT64_FORMAT ",\"intact\":%s}\n",
           count.files, count.bytes, count.left_out, count.intact ? "true" : "false");
    return true;
}

int heard_package_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *page = NULL;
    g_autofree char *out = NULL;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out,
         "zip to make (replaced if there); - is standard output", "FILE"},
        {"page", 0, 0, G_OPTION_ARG_FILENAME, &page,
         "verify.html to put in (default: the one of the built pages)", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a recording as one zip that can be checked anywhere");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording || !out) {
        fprintf(stderr, "heard package: %s\n",
                error ? error->message
                      : "usage: heard package --recording DIR --out FILE|- [--page FILE]");
        return 2;
    }
    if (!page)
        page = find_page();
    if (!page || !g_file_test(page, G_FILE_TEST_IS_REGULAR)) {
        fprintf(stderr, "heard package: %s: %s: no such page; build the web pages or use --page\n",
                heard_error_name(HEARD_ERROR_NOT_FOUND), page ? page : "verify.html");
        return 1;
    }
    if (write_package(recording, page, out, &error))
        return 0;
    fprintf(stderr, "heard package: %s: %s\n", heard_error_name(heard_error_code(error)),
            error->message);
    return 1;
}
