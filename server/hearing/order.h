/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Order in the room: who has the floor, who was warned, whether the microphones are locked,
 * whom the desk shows to everybody, and how long each side has spoken.
 *
 * It keeps what the rules decided and decides nothing.
 *
 * Units      *_ms UTC or durations. A person is an index of the hearing.
 * Ownership  Embedded; holds no other memory.
 * Threads    Pure.
 * Errors     None. The oldest warning's words give way to the newest; counts are kept for
 *            ever with the person.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_ORDER_NOBODY = 0xffff, /* as HEARD_NOBODY */
    HEARD_ORDER_WARNINGS_MAX = 16,
    HEARD_ORDER_REASON_SIZE = 200 * 4 + 1,     /* as HEARD_REASON_SIZE */
    HEARD_ORDER_PHASES_MAX = 16,               /* as HEARD_PHASES_MAX */
    HEARD_ORDER_MINUTES_MAX = 240,             /* of a floor, of a recess */
    HEARD_ORDER_SPOKE_MS_MAX = 10 * 60 * 1000, /* in one report, of one side */
};

/* Whose time is counted where it must be equal (domain.md 3.6). */
typedef enum {
    HEARD_TALK_PETITIONER,
    HEARD_TALK_RESPONDENT,
    HEARD_TALK_NEUTRAL, /* panel, desk and everybody else */
    HEARD_TALK_COUNT
} HeardTalk;

typedef struct {
    uint16_t person;
    int64_t at_ms; /* 0: none */
    char reason[HEARD_ORDER_REASON_SIZE];
} HeardWarning;

typedef struct {
    uint16_t holder; /* of the floor */
    uint16_t given_by;
    uint16_t spotlight;
    bool locked;
    int64_t since_ms, limit_ms; /* of the holder; the limit is soft, 0: none */
    int64_t locked_since_ms;
    HeardWarning warnings[HEARD_ORDER_WARNINGS_MAX];
    unsigned warning_next;
    int64_t spoken_ms[HEARD_ORDER_PHASES_MAX][HEARD_TALK_COUNT];
} HeardOrder;

void heard_order_init(HeardOrder *self);
void heard_order_give(HeardOrder *self, uint16_t person, uint16_t by, int64_t now_ms,
                      int64_t limit_ms);
void heard_order_take(HeardOrder *self);
void heard_order_lock(HeardOrder *self, bool locked, int64_t now_ms);
void heard_order_warn(HeardOrder *self, uint16_t person, const char *reason, int64_t now_ms);
/* The words of the person's last warning; NULL: there was none, or too many since. */
const HeardWarning *heard_order_warning(const HeardOrder *self, uint16_t person);

const char *heard_talk_name(HeardTalk talk);
