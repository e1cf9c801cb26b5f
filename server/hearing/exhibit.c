/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/exhibit.h"

#include <glib.h>
#include <string.h>

static const char *const side_names[HEARD_EXHIBIT_SIDE_COUNT] = {
    [HEARD_EXHIBIT_OF_PETITIONER] = "petitioner",
    [HEARD_EXHIBIT_OF_RESPONDENT] = "respondent",
    [HEARD_EXHIBIT_OF_ORGANISER] = "organiser",
};
static const char *const side_marks[HEARD_EXHIBIT_SIDE_COUNT] = {
    [HEARD_EXHIBIT_OF_PETITIONER] = "甲",
    [HEARD_EXHIBIT_OF_RESPONDENT] = "乙",
    [HEARD_EXHIBIT_OF_ORGANISER] = "本",
};
static const char *const state_names[HEARD_EXHIBIT_STATE_COUNT] = {
    [HEARD_EXHIBIT_UPLOADED] = "uploaded",         [HEARD_EXHIBIT_OFFERED] = "offered",
    [HEARD_EXHIBIT_PRESENTED] = "presented",       [HEARD_EXHIBIT_ADMITTED] = "admitted",
    [HEARD_EXHIBIT_NOT_ADMITTED] = "not_admitted", [HEARD_EXHIBIT_WITHDRAWN] = "withdrawn",
};
static const char *const ground_names[HEARD_OBJECTION_COUNT] = {
    [HEARD_OBJECTION_GENUINE] = "genuine",
    [HEARD_OBJECTION_LAWFUL] = "lawful",
    [HEARD_OBJECTION_RELEVANT] = "relevant",
};
static const char *const verb_names[HEARD_EXHIBIT_VERB_COUNT] = {
    [HEARD_EXHIBIT_OFFER] = "offer",       [HEARD_EXHIBIT_PRESENT] = "present",
    [HEARD_EXHIBIT_WITHDRAW] = "withdraw", [HEARD_EXHIBIT_OBJECT] = "object",
    [HEARD_EXHIBIT_ADMIT] = "admit",       [HEARD_EXHIBIT_REFUSE] = "refuse",
};

typedef struct {
    HeardError error;
    const char *text;
} AnswerRow;

static const AnswerRow answers[HEARD_EXHIBIT_ANSWER_COUNT] = {
    [HEARD_EXHIBIT_OK] = {HEARD_ERROR_INTERNAL, ""},
    [HEARD_EXHIBIT_NO_RIGHT] = {HEARD_ERROR_WRONG_ROLE, "your role may not do this"},
    [HEARD_EXHIBIT_NOT_OWN] = {HEARD_ERROR_FORBIDDEN, "only with exhibits of your own side"},
    [HEARD_EXHIBIT_IS_OWN] = {HEARD_ERROR_FORBIDDEN, "it is of your own side"},
    [HEARD_EXHIBIT_NOT_OFFERED] = {HEARD_ERROR_CONFLICT, "it was not offered yet"},
    [HEARD_EXHIBIT_NOT_SHOWN] = {HEARD_ERROR_CONFLICT, "it was not shown"},
    [HEARD_EXHIBIT_DECIDED] = {HEARD_ERROR_CONFLICT, "it was decided on already"},
    [HEARD_EXHIBIT_GONE] = {HEARD_ERROR_CONFLICT, "it was withdrawn"},
    [HEARD_EXHIBIT_ALREADY] = {HEARD_ERROR_CONFLICT, "it is so already"},
    [HEARD_EXHIBIT_NOT_LIVE] = {HEARD_ERROR_WRONG_PHASE, "the hearing is not under way"},
    [HEARD_EXHIBIT_NOT_NOW] = {HEARD_ERROR_WRONG_PHASE, "not in this phase: ask for the screen"},
    [HEARD_EXHIBIT_BUSY] = {HEARD_ERROR_CONFLICT, "another exhibit is being shown"},
};

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *heard_exhibit_side_name(HeardExhibitSide side)
{
    return side_names[side];
}

bool heard_exhibit_side_from_name(const char *name, HeardExhibitSide *ret_side)
{
    int found = find_name(side_names, HEARD_EXHIBIT_SIDE_COUNT, name);

    if (found >= 0)
        *ret_side = (HeardExhibitSide)found;
    return found >= 0;
}

const char *heard_exhibit_state_name(HeardExhibitState state)
{
    return state_names[state];
}

bool heard_exhibit_state_from_name(const char *name, HeardExhibitState *ret_state)
{
    int found = find_name(state_names, HEARD_EXHIBIT_STATE_COUNT, name);

    if (found >= 0)
        *ret_state = (HeardExhibitState)found;
    return found >= 0;
}

const char *heard_objection_name(HeardObjection ground)
{
    return ground_names[ground];
}

bool heard_objection_from_name(const char *name, HeardObjection *ret_ground)
{
    int found = find_name(ground_names, HEARD_OBJECTION_COUNT, name);

    if (found >= 0)
        *ret_ground = (HeardObjection)found;
    return found >= 0;
}

const char *heard_exhibit_verb_name(HeardExhibitVerb verb)
{
    return verb_names[verb];
}

bool heard_exhibit_verb_from_name(const char *name, HeardExhibitVerb *ret_verb)
{
    int found = find_name(verb_names, HEARD_EXHIBIT_VERB_COUNT, name);

    if (found >= 0)
        *ret_verb = (HeardExhibitVerb)found;
    return found >= 0;
}

HeardExhibitSide heard_exhibit_side_of(const HeardExhibitPerson *person)
{
    switch (person->side) {
    case HEARD_SIDE_PETITIONER:
        return HEARD_EXHIBIT_OF_PETITIONER;
    case HEARD_SIDE_RESPONDENT:
        return HEARD_EXHIBIT_OF_RESPONDENT;
    case HEARD_SIDE_NEUTRAL:
    case HEARD_SIDE_PANEL:
    case HEARD_SIDE_STAFF:
    case HEARD_SIDE_OBSERVER:
    case HEARD_SIDE_COUNT:
        break;
    }
    return HEARD_EXHIBIT_OF_ORGANISER;
}

void heard_exhibit_number(HeardExhibitSide side, unsigned number,
                          char ret_text[static HEARD_EXHIBIT_NUMBER_SIZE])
{
    g_snprintf(ret_text, HEARD_EXHIBIT_NUMBER_SIZE, "%s%u", side_marks[side], number);
}

static bool is_desk(HeardRole role)
{
    return role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_CLERK || role == HEARD_ROLE_MEDIATOR;
}

/* Those who speak for one of the two sides. */
static bool is_party(HeardRole role)
{
    return role == HEARD_ROLE_PETITIONER || role == HEARD_ROLE_AGENT ||
           role == HEARD_ROLE_DEPARTMENT || role == HEARD_ROLE_LEAD_UNIT;
}

static bool is_own(const HeardExhibit *self, const HeardExhibitPerson *person)
{
    return is_party(person->role) && heard_exhibit_side_of(person) == self->side;
}

static bool is_decided(HeardExhibitState state)
{
    return state == HEARD_EXHIBIT_ADMITTED || state == HEARD_EXHIBIT_NOT_ADMITTED;
}

HeardExhibitAnswer heard_exhibit_may_upload(const HeardExhibitPerson *person, HeardExhibitSide side)
{
    switch (heard_role_permit(person->role, HEARD_MAY_SHARE)) {
    case HEARD_PERMIT_NO:
        break;
    case HEARD_PERMIT_SOME:
        return heard_exhibit_side_of(person) == side ? HEARD_EXHIBIT_OK : HEARD_EXHIBIT_NOT_OWN;
    case HEARD_PERMIT_YES: /* who comes with paper hands it to the clerk */
        return HEARD_EXHIBIT_OK;
    }
    return HEARD_EXHIBIT_NO_RIGHT;
}

bool heard_exhibit_sees(const HeardExhibit *self, const HeardExhibitPerson *person)
{
    bool shown = self->state == HEARD_EXHIBIT_PRESENTED || is_decided(self->state);

    if (is_desk(person->role) || is_own(self, person))
        return true;
    if (self->state == HEARD_EXHIBIT_UPLOADED || self->state == HEARD_EXHIBIT_WITHDRAWN)
        return false;
    if (self->is_closed && person->role != HEARD_ROLE_PANELIST)
        return false;
    /* A witness learns nothing before testifying, and an observer what the room sees. */
    if (person->role == HEARD_ROLE_WITNESS || person->role == HEARD_ROLE_OBSERVER)
        return shown && person->is_in_room;
    return person->is_known;
}

HeardExhibitAnswer heard_exhibit_ask(const HeardExhibit *self, const HeardExhibitPerson *person,
                                     HeardExhibitVerb verb)
{
    bool own = is_own(self, person), desk = is_desk(person->role);

    if (self->state == HEARD_EXHIBIT_WITHDRAWN)
        return HEARD_EXHIBIT_GONE;
    switch (verb) {
    case HEARD_EXHIBIT_OFFER:
        if (!own && !desk)
            return HEARD_EXHIBIT_NOT_OWN;
        return self->state == HEARD_EXHIBIT_UPLOADED ? HEARD_EXHIBIT_OK : HEARD_EXHIBIT_ALREADY;
    case HEARD_EXHIBIT_PRESENT:
        return heard_exhibit_may_upload(person, self->side);
    case HEARD_EXHIBIT_WITHDRAW:
        if (!own && !desk)
            return HEARD_EXHIBIT_NOT_OWN;
        return is_decided(self->state) ? HEARD_EXHIBIT_DECIDED : HEARD_EXHIBIT_OK;
    case HEARD_EXHIBIT_OBJECT:
        if (!is_party(person->role))
            return HEARD_EXHIBIT_NO_RIGHT;
        if (own)
            return HEARD_EXHIBIT_IS_OWN;
        if (self->state == HEARD_EXHIBIT_UPLOADED)
            return HEARD_EXHIBIT_NOT_OFFERED;
        return is_decided(self->state) ? HEARD_EXHIBIT_DECIDED : HEARD_EXHIBIT_OK;
    case HEARD_EXHIBIT_ADMIT:
    case HEARD_EXHIBIT_REFUSE:
        if (person->role != HEARD_ROLE_PRESIDING && person->role != HEARD_ROLE_MEDIATOR)
            return HEARD_EXHIBIT_NO_RIGHT;
        if (self->state != HEARD_EXHIBIT_PRESENTED && !is_decided(self->state))
            return HEARD_EXHIBIT_NOT_SHOWN;
        return heard_exhibit_after(self->state, verb) == self->state ? HEARD_EXHIBIT_ALREADY
                                                                     : HEARD_EXHIBIT_OK;
    case HEARD_EXHIBIT_VERB_COUNT:
        break;
    }
    return HEARD_EXHIBIT_NO_RIGHT;
}

HeardExhibitState heard_exhibit_after(HeardExhibitState state, HeardExhibitVerb verb)
{
    switch (verb) {
    case HEARD_EXHIBIT_OFFER:
        return HEARD_EXHIBIT_OFFERED;
    case HEARD_EXHIBIT_PRESENT: /* what was decided may be looked at again */
        return is_decided(state) ? state : HEARD_EXHIBIT_PRESENTED;
    case HEARD_EXHIBIT_WITHDRAW:
        return HEARD_EXHIBIT_WITHDRAWN;
    case HEARD_EXHIBIT_ADMIT:
        return HEARD_EXHIBIT_ADMITTED;
    case HEARD_EXHIBIT_REFUSE:
        return HEARD_EXHIBIT_NOT_ADMITTED;
    case HEARD_EXHIBIT_OBJECT:
    case HEARD_EXHIBIT_VERB_COUNT:
        break;
    }
    return state;
}

/* A condition (○) needs one's screen to be open; the room needs to be one. */
static HeardExhibitAnswer may_use_stage(const HeardExhibitPerson *person,
                                        const HeardExhibitStage *stage)
{
    if (!stage->is_live)
        return HEARD_EXHIBIT_NOT_LIVE;
    switch (heard_role_permit(person->role, HEARD_MAY_SHARE)) {
    case HEARD_PERMIT_NO:
        return HEARD_EXHIBIT_NO_RIGHT;
    case HEARD_PERMIT_SOME:
        return person->is_in_room && stage->screen_open ? HEARD_EXHIBIT_OK : HEARD_EXHIBIT_NOT_NOW;
    case HEARD_PERMIT_YES:
        break;
    }
    return HEARD_EXHIBIT_OK;
}

HeardExhibitAnswer heard_exhibit_may_show(const HeardExhibit *self,
                                          const HeardExhibitPerson *person,
                                          const HeardExhibitStage *stage)
{
    HeardExhibitAnswer answer = heard_exhibit_ask(self, person, HEARD_EXHIBIT_PRESENT);

    if (answer == HEARD_EXHIBIT_OK)
        answer = may_use_stage(person, stage);
    if (answer != HEARD_EXHIBIT_OK)
        return answer;
    return stage->is_shown && !stage->is_own && !is_desk(person->role) ? HEARD_EXHIBIT_BUSY
                                                                       : HEARD_EXHIBIT_OK;
}

HeardExhibitAnswer heard_exhibit_may_turn(const HeardExhibitPerson *person,
                                          const HeardExhibitStage *stage)
{
    HeardExhibitAnswer answer = may_use_stage(person, stage);

    if (answer != HEARD_EXHIBIT_OK)
        return answer;
    if (!stage->is_shown)
        return HEARD_EXHIBIT_NOT_SHOWN;
    return stage->is_own || is_desk(person->role) ? HEARD_EXHIBIT_OK : HEARD_EXHIBIT_BUSY;
}

HeardError heard_exhibit_answer_error(HeardExhibitAnswer answer)
{
    return answers[answer].error;
}

const char *heard_exhibit_answer_text(HeardExhibitAnswer answer)
{
    return answers[answer].text;
}
