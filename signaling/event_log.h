/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The last events of one participant, numbered, so that a connection that was lost can go
 * on where it stopped. Outlives connections.
 *
 * Ownership  new/free. Texts are the log's own.
 * Threads    Main.
 * Errors     None: what no longer fits pushes out the oldest.
 */

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_EVENT_LOG_MAX = 512, HEARD_EVENT_LOG_BYTES_MAX = 512 * 1024 };

typedef struct HeardEventLog HeardEventLog;

HeardEventLog *heard_event_log_new(void);
void heard_event_log_free(HeardEventLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardEventLog, heard_event_log_free)

/* Numbers the event, keeps its text and returns it; valid until the next add. data is
 * taken over. */
const char *heard_event_log_add_take(HeardEventLog *self, const char *type, json_t *data);

/* Number of the last event; 0: none yet. */
uint64_t heard_event_log_seq(const HeardEventLog *self);
/* Is everything after seq still here? */
bool heard_event_log_reaches(const HeardEventLog *self, uint64_t seq);
/* The event numbered seq, or NULL. */
const char *heard_event_log_get(const HeardEventLog *self, uint64_t seq);
