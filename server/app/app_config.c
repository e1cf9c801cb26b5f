/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/app_config.h"

#include "server/app/turn.h"
#include "server/base/error.h"

#include <string.h>

enum {
    HEARD_HTTP_PORT_DISTANCE = 8443 - 8080,
    HEARD_MEDIA_PORT = 8443,
    HEARD_PORT_OPEN_MIN = 1024,
    HEARD_LOCAL_DAYS_MAX = 36500,
};

static const HeardConfigField fields[] = {
    {"address", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"certificate", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"certificate_key", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"copy_credentials", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"copy_region", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"copy_to", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"data", HEARD_CONFIG_TEXT, "/var/lib/heard", 0, 0},
    {"database", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"days_off", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"days_on", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"demo", HEARD_CONFIG_BOOL, "true", 0, 0},
    {"exhibit_max_mb", HEARD_CONFIG_NUMBER, "64", 1, 512},
    {"exhibit_scanner", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"http", HEARD_CONFIG_BOOL, "true", 0, 0},
    {"http_port", HEARD_CONFIG_NUMBER, NULL, 0, 65535},
    {"jobs_seconds", HEARD_CONFIG_NUMBER, "60", 1, 3600},
    {"keep_ciphertext", HEARD_CONFIG_BOOL, "false", 0, 0},
    {"keep_hearing", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"keep_reception", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"keep_training", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"keep_unfiled", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"load", HEARD_CONFIG_NUMBER, "0", 0, HEARD_LOAD_MAX},
    {"load_recorded", HEARD_CONFIG_BOOL, "false", 0, 0},
    {"local_days", HEARD_CONFIG_NUMBER, "0", 0, HEARD_LOCAL_DAYS_MAX},
    {"log_level", HEARD_CONFIG_TEXT, "info", 0, 0},
    {"media_port", HEARD_CONFIG_NUMBER, NULL, 0, 65535 - HEARD_WORKERS_MAX - 1},
    {"papers", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"port", HEARD_CONFIG_NUMBER, "8443", 0, 65535 - HEARD_WORKERS_MAX - 1},
    {"profiles", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"public_url", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"recordings_key", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"recording_lost", HEARD_CONFIG_TEXT, "suspend", 0, 0},
    {"signature_provider", HEARD_CONFIG_TEXT, "drawn_code", 0, 0},
    {"signing", HEARD_CONFIG_TEXT, "ed25519", 0, 0},
    {"signing_ca", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"signing_certificate", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"signing_key", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"speech_captions", HEARD_CONFIG_BOOL, "false", 0, 0},
    {"speech_socket", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"tsa_ca", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"tsa_url", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"turn_secret", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"turn_ttl", HEARD_CONFIG_NUMBER, "21600", HEARD_TURN_TTL_MIN_S, HEARD_TURN_TTL_MAX_S},
    {"turn_urls", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"web_dir", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"workers", HEARD_CONFIG_NUMBER, "0", 0, HEARD_WORKERS_MAX},
    {NULL, HEARD_CONFIG_TEXT, NULL, 0, 0},
};

typedef struct {
    const char *option;
    const char *key;
    const char *fixed; /* value of an option that takes none */
    const char *help;
} Option;

static const Option options[] = {
    {"--config", NULL, NULL, "FILE       settings, lines 'key = value'"},
    {"--data", "data", NULL, "DIR          data folder (/var/lib/heard)"},
    {"--port", "port", NULL, "N            HTTPS and media from this port on (8443)"},
    {"--http-port", "http_port", NULL, "N       plain HTTP on 127.0.0.1 (8080)"},
    {"--media-port", "media_port", NULL,
     "N      media from this port on (as --port; 8443 if that is below 1024)"},
    {"--address", "address", NULL, "A         numeric addresses that clients reach, with commas"},
    {"--workers", "workers", NULL, "N         media threads (one per processor)"},
    {"--no-demo", "demo", "false", "            no demo hearing and no demo.json"},
    {"--load", "load", NULL, "N            hearings load-0 … load-(N-1) for load tests"},
    {"--load-recorded", "load_recorded", "true", "      record them"},
    {"--web-dir", "web_dir", NULL, "DIR       built web pages (web/dist)"},
};

static const Option *find_option(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (strcmp(options[i].option, text) == 0)
            return &options[i];
    return NULL;
}

/* "--port=1" is taken apart; value is the text after '=' or the next argument. */
static const Option *take_option(char **argv, int argc, int *index, const char **ret_value,
                                 GError **error)
{
    g_autofree char *name = g_strdup(argv[*index]);
    char *equals = strncmp(name, "--", 2) == 0 ? strchr(name, '=') : NULL;
    const Option *option;

    if (equals)
        *equals = '\0';
    option = find_option(name);
    if (!option) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "unknown option '%s'", name);
        return NULL;
    }
    if (option->fixed) {
        *ret_value = option->fixed;
    } else if (equals) {
        *ret_value = argv[*index] + (equals - name) + 1;
    } else if (*index + 1 < argc) {
        *ret_value = argv[++*index];
    } else {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s needs a value", name);
        return NULL;
    }
    return option;
}

/* Twice over the arguments: the file first, then what replaces it. */
static bool apply_options(HeardConfig *config, int argc, char **argv, bool files, GError **error)
{
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        const Option *option = take_option(argv, argc, &i, &value, error);
        if (!option)
            return false;
        if (!option->key && files && !heard_config_load(config, value, error))
            return false;
        if (option->key && !files && !heard_config_set(config, option->key, value, error)) {
            g_prefix_error(error, "%s: ", option->option);
            return false;
        }
    }
    return true;
}

HeardConfig *heard_app_config_load(int argc, char **argv, GError **error)
{
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    const char *lost;

    if (!apply_options(config, argc, argv, true, error) ||
        !apply_options(config, argc, argv, false, error))
        return NULL;
    if (!heard_config_text(config, "certificate") !=
        !heard_config_text(config, "certificate_key")) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "certificate and certificate_key belong together: set both or none");
        return NULL;
    }
    lost = heard_config_text(config, "recording_lost");
    if (strcmp(lost, "suspend") != 0 && strcmp(lost, "continue") != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "recording_lost: suspend or continue");
        return NULL;
    }
    return g_steal_pointer(&config);
}

char *heard_app_config_database(const HeardConfig *config)
{
    const char *database = heard_config_text(config, "database");

    if (database)
        return g_strdup(database);
    return g_strdup_printf("sqlite:%s/heard.db", heard_config_text(config, "data"));
}

uint16_t heard_app_config_http_port(const HeardConfig *config)
{
    int64_t port = heard_config_number(config, "port");

    if (heard_config_text(config, "http_port"))
        return (uint16_t)heard_config_number(config, "http_port");
    return (uint16_t)(port > HEARD_HTTP_PORT_DISTANCE ? port - HEARD_HTTP_PORT_DISTANCE : 0);
}

uint16_t heard_app_config_media_port(const HeardConfig *config)
{
    int64_t port = heard_config_number(config, "port");

    if (heard_config_text(config, "media_port"))
        return (uint16_t)heard_config_number(config, "media_port");
    return (uint16_t)(port > 0 && port < HEARD_PORT_OPEN_MIN ? HEARD_MEDIA_PORT : port);
}

unsigned heard_app_config_workers(const HeardConfig *config)
{
    int64_t count = heard_config_number(config, "workers");

    if (count == 0)
        count = g_get_num_processors();
    return (unsigned)CLAMP(count, 1, HEARD_WORKERS_MAX);
}

bool heard_app_config_keeping(const HeardConfig *config, HeardKeepPolicy *ret_policy,
                              GError **error)
{
    static const char *const keys[HEARD_KEEP_CLASS_COUNT] = {
        [HEARD_KEEP_UNFILED] = "keep_unfiled",
        [HEARD_KEEP_TRAINING] = "keep_training",
        [HEARD_KEEP_RECEPTION] = "keep_reception",
        [HEARD_KEEP_HEARING] = "keep_hearing",
    };

    *ret_policy = heard_keep_policy_default();
    for (unsigned i = 0; i < HEARD_KEEP_CLASS_COUNT; i++) {
        const char *term = keys[i] ? heard_config_text(config, keys[i]) : NULL;
        if (!term || heard_keep_policy_set(ret_policy, (HeardKeepClass)i, term))
            continue;
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "%s: '%s' is no term, such as 10y, 6m, 90d or permanent", keys[i], term);
        return false;
    }
    return true;
}

bool heard_app_config_calendar(const HeardConfig *config, HeardCalendar *ret_calendar,
                               GError **error)
{
    if (heard_calendar_read(heard_config_text(config, "days_off"),
                            heard_config_text(config, "days_on"), ret_calendar))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                "days_off, days_on: days with commas, such as 2026-10-01/2026-10-07");
    return false;
}

char *heard_app_config_help(void)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        g_string_append_printf(text, "  %s %s\n", options[i].option, options[i].help);
    return g_string_free(text, FALSE);
}
