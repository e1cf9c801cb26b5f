/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/commands.h"

#include "server/base/error.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

void heard_command_fail(const char *command, const GError *error)
{
    g_autofree char *text =
        g_strdup_printf("%s: %s", heard_error_name(heard_error_code(error)), error->message);
    json_t *line = json_pack("{s:s}", "failed", text);
    char *json = line ? json_dumps(line, JSON_COMPACT) : NULL;

    fprintf(stderr, "heard %s: %s\n", command, text);
    if (json)
        printf("%s\n", json);
    free(json);
    json_decref(line);
}
