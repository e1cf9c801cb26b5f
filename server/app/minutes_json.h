/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Lines of the minutes as JSON, for HTTP and for the live hearing (PROTOCOL.md 3).
 *
 * Threads  Pure.
 */

#include "server/base/json.h"
#include "server/store/minutes_rows.h"

json_t *heard_minutes_line_json(const HeardMinutesLineRow *line);
json_t *heard_minutes_version_json(const HeardMinutesVersionRow *version);
/* What somebody who does not write the minutes sees of a line: of one taken out, no words. */
json_t *heard_minutes_line_for_reader(const json_t *line);
/* For the sealed log. */
json_t *heard_minutes_line_for_log(const json_t *line);
