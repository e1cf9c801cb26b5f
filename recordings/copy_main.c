/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/copy.h"
#include "recordings/release.h"
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

typedef struct {
    char *recording, *to, *credentials, *region;
    gboolean check, release, restore;
} Options;

static void options_clear(Options *self)
{
    g_free(self->recording);
    g_free(self->to);
    g_free(self->credentials);
    g_free(self->region);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool run_copy(const Options *options, HeardPlace *place, GError **error)
{
    HeardCopyResult result;

    if (!heard_copy(options->recording, options->to, place, options->check, print_progress, &result,
                    error))
        return false;
    print_result(&result);
    return true;
}

static bool run_release(const Options *options, HeardPlace *place, GError **error)
{
    HeardReleaseHooks hooks = {print_progress, NULL, NULL};
    HeardReleaseResult result;
    bool done =
        options->release
            ? heard_release(options->recording, options->to, place, &hooks, &result, error)
            : heard_release_undo(options->recording, options->to, place, &hooks, &result, error);

    if (done)
        printf("{\"bytes\":%" G_GUINT64_FORMAT ",\"files\":%u}\n", (guint64)result.bytes,
               result.files);
    return done;
}

int heard_copy_main(int argc, char **argv)
{
    g_auto(Options) given = {0};
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &given.recording, "the recording's folder",
         "DIR"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &given.to,
         "folder, or http(s)://host/bucket[/prefix] (S3)", "PLACE"},
        {"credentials", 0, 0, G_OPTION_ARG_FILENAME, &given.credentials,
         "file (0600) with ACCESS-KEY SECRET-KEY", "FILE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &given.region, "of the store (us-east-1)", "NAME"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &given.check, "read everything back again", NULL},
        {"release", 0, 0, G_OPTION_ARG_NONE, &given.release,
         "when all is proven to be there, remove the segments here", NULL},
        {"restore", 0, 0, G_OPTION_ARG_NONE, &given.restore, "bring the segments back", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- bring a recording to a second place");
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardPlace) place = NULL;
    bool done;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !given.recording ||
        !given.to || given.check + given.release + given.restore > 1) {
        fprintf(stderr, "heard copy: %s\n",
                error ? error->message
                      : "usage: heard copy --recording DIR --to PLACE "
                        "[--check|--release|--restore]");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    place = heard_place_open(given.to, given.credentials, given.region, &error);
    done = place && (given.release || given.restore ? run_release(&given, place, &error)
                                                    : run_copy(&given, place, &error));
    if (done)
        return 0;
    heard_command_fail("copy", error);
    return 1;
}
