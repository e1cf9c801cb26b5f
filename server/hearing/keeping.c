/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/keeping.h"

#include <glib.h>
#include <string.h>

enum { MONTHS_MAX = 12 * 200, DAYS_MAX = 366 * 200 };

#define DAY_MS           INT64_C(86400000)
#define EPOCH_JULIAN_DAY 719163 /* 1 January 1970 as GDate counts */

typedef struct {
    const char *name;
    HeardKeepTerm term;
    const char *basis;
} ClassRow;

/* clang-format off */
/* Read it beside domain.md 2.6. Settings replace the terms (app_config.c), never the classes. */
static const ClassRow classes[HEARD_KEEP_CLASS_COUNT] = {
    [HEARD_KEEP_UNFILED] =   {"unfiled",   {.months = 6},       "未立案的接访，保管六个月"},
    [HEARD_KEEP_TRAINING] =  {"training",  {.months = 12},      "培训，保管一年"},
    [HEARD_KEEP_RECEPTION] = {"reception", {.months = 12 * 10}, "有案卷的接访，保管十年"},
    [HEARD_KEEP_HEARING] =   {"hearing",   {.months = 12 * 30}, "听证、调解及其协议，保管三十年"},
    [HEARD_KEEP_PERMANENT] = {"permanent", {0, 0},              "经鉴定永久保管"},
};

typedef struct {
    HeardError error;
    const char *text;
} AnswerRow;

static const AnswerRow answers[HEARD_KEEP_ANSWER_COUNT] = {
    [HEARD_KEEP_OK] =            {HEARD_ERROR_INTERNAL,    "done"},
    [HEARD_KEEP_NO_RIGHT] =      {HEARD_ERROR_WRONG_ROLE,  "your role only confirms or sends back"},
    [HEARD_KEEP_NOT_SEALED] =    {HEARD_ERROR_CONFLICT,    "the recording has not ended"},
    [HEARD_KEEP_BUSY] =          {HEARD_ERROR_CONFLICT,    "work on its files goes on, try later"},
    [HEARD_KEEP_NOT_DUE] =       {HEARD_ERROR_NOT_DUE,     "its term is not over"},
    [HEARD_KEEP_HELD] =          {HEARD_ERROR_HELD,        "a legal hold stands on it"},
    [HEARD_KEEP_NOT_HELD] =      {HEARD_ERROR_CONFLICT,    "there is no such hold"},
    [HEARD_KEEP_ASKED_ALREADY] = {HEARD_ERROR_CONFLICT,    "its destruction was requested already"},
    [HEARD_KEEP_NOT_ASKED] =     {HEARD_ERROR_CONFLICT,    "nobody requested its destruction"},
    [HEARD_KEEP_SAME_PERSON] =   {HEARD_ERROR_SAME_PERSON, "another person than who requested it"},
    [HEARD_KEEP_ORDERED] =       {HEARD_ERROR_DESTROYED,   "two persons ordered its destruction"},
    [HEARD_KEEP_PERMANENT_ALREADY] = {HEARD_ERROR_CONFLICT, "it is kept for ever already"},
    [HEARD_KEEP_NOT_PERMANENT] =     {HEARD_ERROR_CONFLICT, "nobody decided to keep it for ever"},
    [HEARD_KEEP_END_ASKED_ALREADY] = {HEARD_ERROR_CONFLICT, "somebody asked for that already"},
    [HEARD_KEEP_END_NOT_ASKED] =     {HEARD_ERROR_CONFLICT, "nobody asked for that"},
};
/* clang-format on */

HeardKeepPolicy heard_keep_policy_default(void)
{
    HeardKeepPolicy policy;

    for (unsigned i = 0; i < HEARD_KEEP_CLASS_COUNT; i++)
        policy.terms[i] = classes[i].term;
    return policy;
}

static bool read_term(const char *text, HeardKeepTerm *ret_term)
{
    char *end = NULL;
    guint64 count;

    if (strcmp(text, "permanent") == 0) {
        *ret_term = (HeardKeepTerm){0, 0};
        return true;
    }
    if (!g_ascii_isdigit(text[0]))
        return false;
    count = g_ascii_strtoull(text, &end, 10);
    if (count == 0 || strlen(end) != 1)
        return false;
    switch (*end) {
    case 'y':
        *ret_term = (HeardKeepTerm){.months = 12 * (unsigned)MIN(count, MONTHS_MAX)};
        return count <= MONTHS_MAX / 12;
    case 'm':
        *ret_term = (HeardKeepTerm){.months = (unsigned)MIN(count, MONTHS_MAX)};
        return count <= MONTHS_MAX;
    case 'd':
        *ret_term = (HeardKeepTerm){.days = (unsigned)MIN(count, DAYS_MAX)};
        return count <= DAYS_MAX;
    default:
        return false;
    }
}

bool heard_keep_policy_set(HeardKeepPolicy *self, HeardKeepClass of, const char *term)
{
    HeardKeepTerm read;

    if ((unsigned)of >= HEARD_KEEP_CLASS_COUNT || !read_term(term, &read) ||
        (of == HEARD_KEEP_PERMANENT && (read.months || read.days)))
        return false;
    self->terms[of] = read;
    return true;
}

const char *heard_keep_class_name(HeardKeepClass of)
{
    return classes[of].name;
}

bool heard_keep_class_from_name(const char *name, HeardKeepClass *ret_class)
{
    for (unsigned i = 0; i < HEARD_KEEP_CLASS_COUNT; i++)
        if (strcmp(classes[i].name, name) == 0) {
            *ret_class = (HeardKeepClass)i;
            return true;
        }
    return false;
}

const char *heard_keep_class_basis(HeardKeepClass of)
{
    return classes[of].basis;
}

/* What is none of the short-lived kinds is kept long: a mistake keeps too much, never too little.
 */
HeardKeepClass heard_keep_class_of(const char *kind, bool has_case)
{
    if (strcmp(kind, "training") == 0)
        return HEARD_KEEP_TRAINING;
    if (strcmp(kind, "reception") != 0 && strcmp(kind, "joint_reception") != 0)
        return HEARD_KEEP_HEARING;
    return has_case ? HEARD_KEEP_RECEPTION : HEARD_KEEP_UNFILED;
}

int64_t heard_keep_until_ms(HeardKeepTerm term, int64_t from_ms)
{
    int64_t day = from_ms / DAY_MS;
    GDate date;

    if ((term.months == 0 && term.days == 0) || from_ms <= 0 || day > DAYS_MAX)
        return HEARD_KEEP_FOREVER; /* a time that no clock of ours shows expires nothing */
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(EPOCH_JULIAN_DAY + day));
    g_date_add_months(&date, term.months);
    g_date_add_days(&date, term.days);
    return ((int64_t)g_date_get_julian(&date) - EPOCH_JULIAN_DAY) * DAY_MS + from_ms % DAY_MS;
}

static HeardKeepAnswer ask_destruction(const HeardKeeping *self, int64_t wall_ms)
{
    if (!self->is_sealed)
        return HEARD_KEEP_NOT_SEALED;
    if (self->is_held)
        return HEARD_KEEP_HELD;
    if (self->until_ms == HEARD_KEEP_FOREVER || wall_ms < self->until_ms)
        return HEARD_KEEP_NOT_DUE;
    return self->is_busy ? HEARD_KEEP_BUSY : HEARD_KEEP_OK;
}

/* Is this what a second person does? */
static bool is_second(HeardKeepVerb verb)
{
    return verb == HEARD_KEEP_CONFIRM || verb == HEARD_KEEP_WITHDRAW ||
           verb == HEARD_KEEP_CONFIRM_END || verb == HEARD_KEEP_WITHDRAW_END;
}

static HeardKeepAnswer ask_end(const HeardKeeping *self, HeardKeepVerb verb, const char *account)
{
    if (!self->is_permanent)
        return HEARD_KEEP_NOT_PERMANENT;
    if (verb == HEARD_KEEP_ASK_END)
        return self->end_asked_by ? HEARD_KEEP_END_ASKED_ALREADY : HEARD_KEEP_OK;
    if (!self->end_asked_by)
        return HEARD_KEEP_END_NOT_ASKED;
    return verb == HEARD_KEEP_CONFIRM_END && strcmp(self->end_asked_by, account) == 0
               ? HEARD_KEEP_SAME_PERSON
               : HEARD_KEEP_OK;
}

HeardKeepAnswer heard_keep_ask(const HeardKeeping *self, HeardKeepVerb verb, HeardPermit permit,
                               const char *account, int64_t wall_ms)
{
    if (permit == HEARD_PERMIT_NO || (permit == HEARD_PERMIT_SOME && !is_second(verb)))
        return HEARD_KEEP_NO_RIGHT;
    if (self->order == HEARD_ORDER_CONFIRMED || self->order == HEARD_ORDER_DONE)
        return HEARD_KEEP_ORDERED;
    switch (verb) {
    case HEARD_KEEP_HOLD:
        return HEARD_KEEP_OK;
    case HEARD_KEEP_LIFT:
        return self->is_held ? HEARD_KEEP_OK : HEARD_KEEP_NOT_HELD;
    case HEARD_KEEP_REQUEST:
        return self->order == HEARD_ORDER_REQUESTED ? HEARD_KEEP_ASKED_ALREADY
                                                    : ask_destruction(self, wall_ms);
    case HEARD_KEEP_CONFIRM:
        if (self->order != HEARD_ORDER_REQUESTED)
            return HEARD_KEEP_NOT_ASKED;
        if (!self->requested_by || strcmp(self->requested_by, account) == 0)
            return HEARD_KEEP_SAME_PERSON;
        return ask_destruction(self, wall_ms);
    case HEARD_KEEP_WITHDRAW:
        return self->order == HEARD_ORDER_REQUESTED ? HEARD_KEEP_OK : HEARD_KEEP_NOT_ASKED;
    case HEARD_KEEP_FOR_EVER:
        return self->is_permanent ? HEARD_KEEP_PERMANENT_ALREADY : HEARD_KEEP_OK;
    case HEARD_KEEP_ASK_END:
    case HEARD_KEEP_CONFIRM_END:
    case HEARD_KEEP_WITHDRAW_END:
        return ask_end(self, verb, account);
    case HEARD_KEEP_VERB_COUNT:
        break;
    }
    return HEARD_KEEP_NO_RIGHT;
}

HeardError heard_keep_answer_error(HeardKeepAnswer answer)
{
    return answers[answer].error;
}

const char *heard_keep_answer_text(HeardKeepAnswer answer)
{
    return answers[answer].text;
}
