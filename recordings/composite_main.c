/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"
#include "recordings/composite.h"
#include "server/base/error.h"

#include <gst/gst.h>
#include <stdio.h>

#define USAGE                                                                                      \
    "usage: heard composite --recording DIR --key FILE --out FILE.mp4 "                            \
    "[--layout grid|speaker|document] [--from MS --to MS]"

int heard_composite_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *key_path = NULL;
    g_autofree char *out = NULL;
    g_autofree char *layout = NULL;
    HeardCompositeSpec spec = {.mode = HEARD_SCENES_GRID, .to_ms = -1};
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, "the organisation key", "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "MP4 to make (replaced if there)", "FILE"},
        {"layout", 0, 0, G_OPTION_ARG_STRING, &layout, "grid, speaker or document", "WORD"},
        {"from", 0, 0, G_OPTION_ARG_INT64, &spec.from_ms, "on the recording's clock", "MS"},
        {"to", 0, 0, G_OPTION_ARG_INT64, &spec.to_ms, "on the recording's clock", "MS"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("- one film of a recording");
    g_autoptr(GError) error = NULL;
    json_t *ready = NULL;
    json_t *line;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording ||
        !key_path || !out || (layout && !heard_scenes_mode_parse(layout, &spec.mode))) {
        fprintf(stderr, "heard composite: %s\n", error ? error->message : USAGE);
        return 2;
    }
    spec.recording = recording;
    spec.key_path = key_path;
    spec.out = out;
    heard_background_begin("composite");
    if (!gst_init_check(NULL, NULL, &error) ||
        !heard_composite(&spec, heard_background_print_progress, NULL, &ready, &error)) {
        heard_command_fail("composite", error);
        return 1;
    }
    line = json_pack("{s:o}", "ready", ready);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
    return 0;
}
