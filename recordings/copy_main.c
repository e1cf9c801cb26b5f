/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/copy.h"
#include "server/base/error.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>

static void print_progress(int permille)
{
    printf("{\"progress\":%d}\n", permille);
    fflush(stdout);
}

static void print_result(const HeardCopyResult *result)
{
    printf("{\"bytes\":%" G_GUINT64_FORMAT ",\"complete\":%s,\"copied_now\":%u,\"files\":%u}\n",
           (guint64)result->bytes, result->complete ? "true" : "false", result->copied_now,
           result->files);
}

int heard_copy_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *to = NULL;
    g_autofree char *credentials = NULL;
    g_autofree char *region = NULL;
    gboolean check = FALSE;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &to, "folder, or http(s)://host/bucket[/prefix] (S3)",
         "PLACE"},
        {"credentials", 0, 0, G_OPTION_ARG_FILENAME, &credentials,
         "file (0600) with ACCESS-KEY SECRET-KEY", "FILE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &region, "of the store (us-east-1)", "NAME"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &check, "read everything back again", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- bring a recording to a second place");
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardPlace) place = NULL;
    HeardCopyResult result;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording || !to) {
        fprintf(stderr, "heard copy: %s\n",
                error ? error->message : "usage: heard copy --recording DIR --to PLACE");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    place = heard_place_open(to, credentials, region, &error);
    if (place && heard_copy(recording, to, place, check, print_progress, &result, &error)) {
        print_result(&result);
        return 0;
    }
    heard_command_fail("copy", error);
    return 1;
}
