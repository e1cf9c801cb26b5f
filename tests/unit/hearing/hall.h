/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A hearing with one person of each live role, a second party and two more panelists, for
 * the tests of the rules. Names of people are their role; every command steps the clock by
 * a second.
 *
 * Ownership  The caller owns the hall.
 * Threads    One test.
 */

#include "server/hearing/hearing.h"

#include <string.h>

typedef struct {
    HeardHearing hearing;
    HeardEffects effects;
    int64_t wall_ms;
} Hall;

static inline void hall_init(Hall *self, HeardKind kind)
{
    HeardHearingConfig config = {.profile = heard_agenda_profile(kind),
                                 .recorded = true,
                                 .clerk_delegated = true,
                                 .item_count = heard_agenda_profile(kind)->decides ? 1 : 0};

    memset(self, 0, sizeof *self);
    self->wall_ms = 1790000000000;
    heard_hearing_init(&self->hearing, &config);
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        heard_hearing_add_person(&self->hearing, heard_role_name((HeardRole)role), (HeardRole)role,
                                 heard_role_side((HeardRole)role));
    /* The other party of a mediation, the rest of a panel. */
    heard_hearing_add_person(&self->hearing, "party-b", HEARD_ROLE_PETITIONER,
                             HEARD_SIDE_RESPONDENT);
    heard_hearing_add_person(&self->hearing, "panelist-2", HEARD_ROLE_PANELIST, HEARD_SIDE_PANEL);
    heard_hearing_add_person(&self->hearing, "panelist-3", HEARD_ROLE_PANELIST, HEARD_SIDE_PANEL);
}

/* data: JSON of the message, NULL for none. */
static inline HeardAnswer hall_do(Hall *self, const char *actor, HeardVerb verb, const char *data)
{
    HeardCommand command;
    json_t *parsed = data ? json_loads(data, 0, NULL) : NULL;
    HeardAnswer answer;

    self->wall_ms += 1000;
    command.actor = actor;
    command.wall_ms = self->wall_ms;
    command.now_us = self->wall_ms * 1000;
    if (data)
        g_assert(parsed);
    if (!heard_command_parse(verb, parsed, &command, NULL))
        g_error("%s %s", heard_verb_name(verb), data);
    answer = heard_hearing_apply(&self->hearing, &command, &self->effects);
    json_decref(parsed);
    return answer;
}

static inline HeardAnswer hall_at(Hall *self, const char *actor, HeardVerb verb, const char *target)
{
    g_autofree char *data = g_strdup_printf("{\"participant\":\"%s\"}", target);

    return hall_do(self, actor, verb, data);
}

static inline HeardAnswer hall_consent(Hall *self, const char *actor, const char *subject,
                                       const char *decision)
{
    g_autofree char *data = g_strdup_printf(
        "{\"subject\":\"%s\",\"decision\":\"%s\",\"text_version\":\"2026-11\"}", subject, decision);

    return hall_do(self, actor, HEARD_VERB_CONSENT_GIVE, data);
}

static inline HeardAnswer hall_identify(Hall *self, const char *actor, const char *target)
{
    g_autofree char *data = g_strdup_printf("{\"participant\":\"%s\",\"method\":\"id_card\","
                                            "\"document\":\"1234\",\"result\":\"ok\"}",
                                            target);

    return hall_do(self, actor, HEARD_VERB_CHECK_IDENTITY, data);
}

static inline HeardPerson *hall_person(Hall *self, const char *id)
{
    return &self->hearing.people[heard_hearing_find(&self->hearing, id)];
}

/* Everybody through the lobby, as the clerk would do it. */
static inline void hall_bring_in(Hall *self, const char *id)
{
    HeardPerson *p = hall_person(self, id);

    g_assert(hall_at(self, NULL, HEARD_VERB_CONNECT, id) == HEARD_ANSWER_OK);
    if (!heard_role_on_duty(p->role)) {
        g_assert(hall_consent(self, id, "online_mode", "given") == HEARD_ANSWER_OK);
        g_assert(hall_consent(self, id, "recording", "given") == HEARD_ANSWER_OK);
        g_assert(hall_identify(self, "clerk", id) == HEARD_ANSWER_OK);
    }
    if (!p->admitted)
        g_assert(hall_at(self, "clerk", HEARD_VERB_ADMIT, id) == HEARD_ANSWER_OK);
    g_assert(hall_at(self, NULL, HEARD_VERB_MEDIA_UP, id) == HEARD_ANSWER_OK);
}

static inline void hall_open(Hall *self)
{
    hall_bring_in(self, "presiding");
    hall_bring_in(self, "clerk");
    hall_bring_in(self, "department");
    hall_bring_in(self, "petitioner");
    g_assert(hall_do(self, "presiding", HEARD_VERB_OPEN, NULL) == HEARD_ANSWER_OK);
}

/* Every party says that there is nobody to recuse. */
static inline void hall_recusal_round(Hall *self)
{
    g_assert(hall_do(self, "presiding", HEARD_VERB_ADVANCE,
                     "{\"phase\":\"rights_and_recusal\",\"reason\":\"\"}") ==
             HEARD_ANSWER_REASON_MISSING);
    g_assert(hall_do(self, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"opening\"}") ==
             HEARD_ANSWER_OK);
    g_assert(hall_do(self, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"rights_and_recusal\"}") ==
             HEARD_ANSWER_OK);
    for (unsigned i = 0; i < self->hearing.person_count; i++) {
        if (self->hearing.people[i].admitted && heard_hearing_is_party(&self->hearing, (uint16_t)i))
            g_assert(hall_do(self, self->hearing.people[i].id, HEARD_VERB_RECUSAL_ANSWER,
                             "{\"decision\":\"none\"}") == HEARD_ANSWER_OK);
    }
}

/* How many effects of this kind the last command had, for one person or HEARD_NOBODY. */
static inline unsigned hall_effects(const Hall *self, HeardEffectKind kind, const char *id)
{
    uint16_t person = id ? heard_hearing_find(&self->hearing, id) : (uint16_t)HEARD_NOBODY;
    unsigned count = 0;

    for (unsigned i = 0; i < self->effects.count; i++)
        count += self->effects.items[i].kind == kind && self->effects.items[i].person == person;
    return count;
}
