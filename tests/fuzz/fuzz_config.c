/* SPDX-License-Identifier: Apache-2.0 */

/* What is taken as a configuration keeps its bounds, and its texts are lines. */
#include "server/base/config.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const HeardConfigField fields[] = {
    {"port", HEARD_CONFIG_NUMBER, "8080", 0, 65535},
    {"name", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"deep", HEARD_CONFIG_NUMBER, "-5", INT64_MIN, 5},
    {"on", HEARD_CONFIG_BOOL, "yes", 0, 0},
    {NULL, HEARD_CONFIG_TEXT, NULL, 0, 0},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    g_autoptr(GError) error = NULL;
    const char *name;

    if (!heard_config_parse(config, "fuzz", text, &error)) {
        g_assert(error && g_str_has_prefix(error->message, "fuzz"));
        return 0;
    }
    g_assert(heard_config_number(config, "port") >= 0);
    g_assert(heard_config_number(config, "port") <= 65535);
    g_assert(heard_config_number(config, "deep") <= 5);
    (void)heard_config_bool(config, "on");
    name = heard_config_text(config, "name");
    g_assert(!name || !strchr(name, '\n'));
    return 0;
}
