/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Duty screens: WebSockets of accounts of a unit, at which a call into a hearing rings. Each one
 * is told the whole list of its unit's calls (a `snapshot`, signaling/PROTOCOL.md 9) when it comes
 * and whenever a call begins or ends, so all of them ring and all of them stop.
 *
 * Bounds     HEARD_DUTY_SCREENS_MAX in all, HEARD_DUTY_SCREENS_OF_UNIT_MAX of a unit.
 * Ownership  new/free. Config members are borrowed.
 * Threads    Main. Rows are read and marked on the store thread.
 * Errors     A list that can't be read closes the screens (1001): they come back and ask again.
 */

#include "server/app/live.h"
#include "server/base/loop.h"
#include "server/store/store_thread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_DUTY_SCREENS_MAX = 4096,
    HEARD_DUTY_SCREENS_OF_UNIT_MAX = 16,
    HEARD_DUTY_SHOWN_MS = 10 * 60 * 1000, /* so long a call that ended is still shown */
};

typedef struct HeardDuty HeardDuty;

typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store; /* that writes */
    HeardLive *live;         /* told when it rang */
} HeardDutyConfig;

typedef struct {
    const char *unit, *session_hash;
} HeardDutyWho;

HeardDuty *heard_duty_new(const HeardDutyConfig *config);
void heard_duty_free(HeardDuty *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDuty, heard_duty_free)

/* Is there room for one more screen of this unit? */
bool heard_duty_has_room(const HeardDuty *self, const char *unit);
/* The upgraded descriptor; close as in heard_live_accept(). */
void heard_duty_accept(HeardDuty *self, const HeardDutyWho *who, int fd, const uint8_t *early,
                       size_t early_size, HeardLiveClose close, void *stream);
/* A screen of this unit is open. */
bool heard_duty_is_open(const HeardDuty *self, const char *unit);
/* A HeardLiveSummonsHook, with the HeardDuty as data. */
void heard_duty_changed(const char *unit, void *duty);
/* The session ended. */
void heard_duty_revoke(HeardDuty *self, const char *session_hash);
/* Close every screen (1001). */
void heard_duty_stop(HeardDuty *self);
unsigned heard_duty_connection_count(const HeardDuty *self);
