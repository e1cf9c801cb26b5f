/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/order.h"

#include <glib.h>
#include <string.h>

static const char *const talks[HEARD_TALK_COUNT] = {
    [HEARD_TALK_PETITIONER] = "petitioner",
    [HEARD_TALK_RESPONDENT] = "respondent",
    [HEARD_TALK_NEUTRAL] = "neutral",
};

const char *heard_talk_name(HeardTalk talk)
{
    return talks[talk];
}

void heard_order_init(HeardOrder *self)
{
    memset(self, 0, sizeof *self);
    self->spotlight = HEARD_ORDER_NOBODY;
    heard_order_take(self);
}

void heard_order_give(HeardOrder *self, uint16_t person, uint16_t by, int64_t now_ms,
                      int64_t limit_ms)
{
    self->holder = person;
    self->given_by = by;
    self->since_ms = now_ms;
    self->limit_ms = limit_ms;
}

void heard_order_take(HeardOrder *self)
{
    heard_order_give(self, HEARD_ORDER_NOBODY, HEARD_ORDER_NOBODY, 0, 0);
}

void heard_order_lock(HeardOrder *self, bool locked, int64_t now_ms)
{
    self->locked = locked;
    self->locked_since_ms = locked ? now_ms : 0;
}

void heard_order_warn(HeardOrder *self, uint16_t person, const char *reason, int64_t now_ms)
{
    HeardWarning *warning = &self->warnings[self->warning_next];

    /* Snapshots are compared byte by byte: nothing of the words before stays behind. */
    memset(warning, 0, sizeof *warning);
    warning->person = person;
    warning->at_ms = now_ms;
    g_strlcpy(warning->reason, reason, sizeof warning->reason);
    self->warning_next = (self->warning_next + 1) % HEARD_ORDER_WARNINGS_MAX;
}

const HeardWarning *heard_order_warning(const HeardOrder *self, uint16_t person)
{
    for (unsigned i = 1; i <= HEARD_ORDER_WARNINGS_MAX; i++) {
        const HeardWarning *warning =
            &self->warnings[(self->warning_next + HEARD_ORDER_WARNINGS_MAX - i) %
                            HEARD_ORDER_WARNINGS_MAX];

        if (warning->at_ms != 0 && warning->person == person)
            return warning;
    }
    return NULL;
}
