/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Settings of `heard serve`: the table of keys, the configuration file, the command line.
 * A command-line option replaces what the file says.
 *
 * Ownership  The caller frees the result; its texts live as long.
 * Threads    Read-only after loading.
 * Errors     HEARD_ERROR_CONFIG, naming option, or file and line.
 */

#include "server/base/config.h"
#include "server/hearing/deadline.h"
#include "server/hearing/keeping.h"

#include <glib.h>
#include <stdint.h>

enum { HEARD_WORKERS_MAX = 32, HEARD_LOAD_MAX = 256 };

HeardConfig *heard_app_config_load(int argc, char **argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "sqlite:<data>/heard.db" unless set. The caller frees it. */
char *heard_app_config_database(const HeardConfig *config);
/* As set; else 8080 beside 8443 and the same distance beside another port; 0: any free. */
uint16_t heard_app_config_http_port(const HeardConfig *config);
/* As set, else the port of HTTPS; 8443 beside one below 1024: browsers refuse candidates with
 * such ports (but 80 and 443), so neither a second worker nor ICE-TCP could be reached. */
uint16_t heard_app_config_media_port(const HeardConfig *config);
/* As set, else one per processor. */
unsigned heard_app_config_workers(const HeardConfig *config);

/* The terms of server/hearing/keeping.h, with what keep_… settings replace. */
bool heard_app_config_keeping(const HeardConfig *config, HeardKeepPolicy *ret_policy,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Days off and days that are made up for. */
bool heard_app_config_calendar(const HeardConfig *config, HeardCalendar *ret_calendar,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One line per option for --help. The caller frees it. */
char *heard_app_config_help(void);
