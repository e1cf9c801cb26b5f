/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is understood as a command must survive the audit trail: detail, parse, detail. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(HeardMessage) message;
    g_autofree char *once = NULL, *twice = NULL;
    g_autoptr(json_t) kept = NULL;
    HeardCommand again = {0};

    if (!heard_message_parse(&message, (const char *)data, size, NULL) ||
        message.kind != HEARD_MESSAGE_COMMAND)
        return 0;
    once = heard_command_detail(&message.command);
    kept = heard_json_parse_object(once, strlen(once), NULL);
    if (!kept || !heard_command_parse(message.command.verb, kept, &again, NULL))
        abort();
    twice = heard_command_detail(&again);
    if (strcmp(once, twice) != 0)
        abort();
    return 0;
}
