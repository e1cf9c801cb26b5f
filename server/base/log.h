/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Log lines: a fixed event word, then key=value. One line per failure, written
 * where it is handled.
 *
 * Ids only: no names, chat, SDP, tokens, addresses of people. Lines go to
 * stderr, one write(2) each, so that lines of several threads never mix.
 *
 * Threads  Any thread. A HeardLogLimit belongs to one thread.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HEARD_LOG_ERROR,
    HEARD_LOG_WARN,
    HEARD_LOG_INFO,
    HEARD_LOG_DEBUG,
} HeardLogLevel;

typedef struct {
    const char *name; /* "media", "http", … */
} HeardLogTopic;

/* Lines above this level are dropped; INFO by default. */
void heard_log_set_level(HeardLogLevel level);

void heard_log(const HeardLogTopic *topic, HeardLogLevel level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* At most one line a second for what a peer can trigger. Zero-initialised is ready. */
typedef struct {
    int64_t next_us;
    uint32_t skipped;
} HeardLogLimit;

/* True when the caller may log now; ret_skipped counts the lines held back since. */
bool heard_log_limit(HeardLogLimit *self, int64_t now_us, uint32_t *ret_skipped);
