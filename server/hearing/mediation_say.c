/* SPDX-License-Identifier: Apache-2.0 */

/* What can be said in a mediation, read from JSON: a body that came in, or an entry. */

#include "server/hearing/mediation.h"

#include <string.h>

enum {
    HAS_OF = 1 << 0, /* fact, offer or disclosure */
    HAS_TEXT = 1 << 1,
    HAS_NOTE = 1 << 2, /* the same member, and it may be missing */
    HAS_VERSION = 1 << 3,
    HAS_DECISION = 1 << 4,
    HAS_SUBJECT = 1 << 5,
    HAS_OFFER = 1 << 6,
    HAS_DRAFT = 1 << 7,
    HAS_CHECKS = 1 << 8,
    HAS_REASON = 1 << 9,
    HAS_SIGNERS = 1 << 10,
};

typedef struct {
    const char *name;
    unsigned has;
    const char *yes, *no;
} ActRow;

static const ActRow acts[HEARD_MEDIATION_ACT_COUNT] = {
    [HEARD_MEDIATION_DISCLOSE] = {"disclose", HAS_TEXT, NULL, NULL},
    [HEARD_MEDIATION_ANSWER] = {"answer", HAS_SUBJECT | HAS_DECISION, "given", "refused"},
    [HEARD_MEDIATION_FACT_ADD] = {"fact_add", HAS_TEXT, NULL, NULL},
    [HEARD_MEDIATION_FACT_CHANGE] = {"fact_change", HAS_OF | HAS_TEXT | HAS_VERSION, NULL, NULL},
    [HEARD_MEDIATION_FACT_REMOVE] = {"fact_remove", HAS_OF | HAS_VERSION, NULL, NULL},
    [HEARD_MEDIATION_FACT_ANSWER] = {"fact_answer", HAS_OF | HAS_VERSION | HAS_DECISION,
                                     "confirmed", "disputed"},
    [HEARD_MEDIATION_OFFER_MAKE] = {"offer_make", HAS_OFFER, NULL, NULL},
    [HEARD_MEDIATION_OFFER_RELEASE] = {"offer_release", HAS_OF, NULL, NULL},
    [HEARD_MEDIATION_OFFER_CARRY] = {"offer_carry", HAS_OF, NULL, NULL},
    [HEARD_MEDIATION_OFFER_ANSWER] = {"offer_answer", HAS_OF | HAS_DECISION | HAS_NOTE, "accepted",
                                      "declined"},
    [HEARD_MEDIATION_OFFER_TALK] = {"offer_talk", HAS_OF | HAS_NOTE, NULL, NULL},
    [HEARD_MEDIATION_OFFER_WITHDRAW] = {"offer_withdraw", HAS_OF, NULL, NULL},
    [HEARD_MEDIATION_DRAFT_SET] = {"draft_set", HAS_VERSION | HAS_DRAFT, NULL, NULL},
    [HEARD_MEDIATION_FREEZE] = {"freeze", HAS_VERSION | HAS_SIGNERS, NULL, NULL},
    [HEARD_MEDIATION_THAW] = {"thaw", 0, NULL, NULL},
    [HEARD_MEDIATION_SIGN] = {"sign", HAS_VERSION | HAS_NOTE, NULL, NULL},
    [HEARD_MEDIATION_SEAL] = {"seal", HAS_TEXT, NULL, NULL},
    [HEARD_MEDIATION_CHECK] = {"check", HAS_CHECKS | HAS_NOTE, NULL, NULL},
    [HEARD_MEDIATION_APPLY] = {"apply", 0, NULL, NULL},
    [HEARD_MEDIATION_END] = {"end", HAS_REASON | HAS_NOTE, NULL, NULL},
};

static const char *const subjects[HEARD_MEDIATION_SUBJECT_COUNT] = {
    [HEARD_MEDIATION_OF_MEDIATOR] = "mediator",
    [HEARD_MEDIATION_OF_MEDIATION] = "mediation",
};
static const char *const ends[HEARD_MEDIATION_END_COUNT] = {
    [HEARD_MEDIATION_END_AGREED] = "agreed",
    [HEARD_MEDIATION_END_SETTLED] = "settled",
    [HEARD_MEDIATION_END_UNREACHABLE] = "unreachable",
    [HEARD_MEDIATION_END_UNWILLING] = "unwilling",
    [HEARD_MEDIATION_END_APART] = "too_far_apart",
    [HEARD_MEDIATION_END_PERIOD_OVER] = "period_over",
    [HEARD_MEDIATION_END_NOT_SIGNED] = "not_signed",
    [HEARD_MEDIATION_END_OTHER] = "other",
};
static const char *const forms[HEARD_MEDIATION_FORM_COUNT] = {
    [HEARD_MEDIATION_FORM_WRITTEN] = "written",
    [HEARD_MEDIATION_FORM_ORAL] = "oral_recorded",
};
static const char *const checks[HEARD_MEDIATION_CHECK_COUNT] = {
    [HEARD_MEDIATION_CHECK_STATUS] = "personal_status",
    [HEARD_MEDIATION_CHECK_UNCLEAR] = "unclear",
    [HEARD_MEDIATION_CHECK_LAW] = "against_law",
    [HEARD_MEDIATION_CHECK_OTHERS] = "harms_others",
};

const char *heard_mediation_act_name(HeardMediationAct act)
{
    return acts[act].name;
}

const char *heard_mediation_end_name(HeardMediationEnd end)
{
    return ends[end];
}

const char *heard_mediation_form_name(HeardMediationForm form)
{
    return forms[form];
}

const char *heard_mediation_check_name(HeardMediationCheck check)
{
    return checks[check];
}

const char *heard_mediation_word_name(HeardMediationAct act, HeardMediationWord word)
{
    if (word == HEARD_MEDIATION_OPEN)
        return "none";
    return word == HEARD_MEDIATION_YES ? acts[act].yes : acts[act].no;
}

/* ---- reading ---- */

static bool refuse(GError **error, const char *text)
{
    g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, text);
    return false;
}

static bool find_name(const char *const *names, unsigned count, const char *name, unsigned *ret)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static bool is_blank(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text)))
            return false;
    return true;
}

static bool read_words(const json_t *from, const char *key, size_t max_chars, bool optional,
                       const char **ret_text, GError **error)
{
    g_autofree char *fault = NULL;

    *ret_text = "";
    if (!heard_json_text(from, key, max_chars, optional, ret_text, error))
        return false;
    if (optional || !is_blank(*ret_text))
        return true;
    fault = g_strdup_printf("%s: is missing", key);
    return refuse(error, fault);
}

static bool read_decision(const json_t *body, HeardMediationSay *say, GError **error)
{
    const ActRow *act = &acts[say->act];
    const char *word;
    g_autofree char *fault = g_strdup_printf("decision: %s or %s", act->yes, act->no);

    if (!read_words(body, "decision", HEARD_MEDIATION_CODE_CHARS_MAX, false, &word, error))
        return false;
    if (strcmp(word, act->yes) == 0)
        say->word = HEARD_MEDIATION_YES;
    else if (strcmp(word, act->no) == 0)
        say->word = HEARD_MEDIATION_NO;
    else
        return refuse(error, fault);
    return true;
}

/* Accepting a mediator names the disclosure that was read. */
static bool read_subject(const json_t *body, HeardMediationSay *say, GError **error)
{
    const char *word;
    unsigned index;

    if (!read_words(body, "subject", HEARD_MEDIATION_CODE_CHARS_MAX, false, &word, error))
        return false;
    if (!find_name(subjects, HEARD_MEDIATION_SUBJECT_COUNT, word, &index))
        return refuse(error, "subject: mediator or mediation");
    say->subject = (HeardMediationSubject)index;
    return read_words(body, "of", HEARD_MEDIATION_CODE_CHARS_MAX,
                      say->subject != HEARD_MEDIATION_OF_MEDIATOR, &say->target, error);
}

/* A draft may still lack how and by when; an offer need not be about money. */
static bool read_term(const json_t *from, HeardMediationTerm *term, GError **error)
{
    term->amount_fen = -1;
    return read_words(from, "what", HEARD_MEDIATION_TEXT_CHARS_MAX, false, &term->what, error) &&
           heard_json_number(from, "amount_fen", 0, HEARD_MEDIATION_AMOUNT_FEN_MAX, true,
                             &term->amount_fen, error) &&
           read_words(from, "how", HEARD_MEDIATION_WORD_CHARS_MAX, true, &term->how, error) &&
           read_words(from, "by_when", HEARD_MEDIATION_WORD_CHARS_MAX, true, &term->by_when, error);
}

static bool read_offer(const json_t *body, HeardMediationSay *say, GError **error)
{
    const char *side;

    if (!read_words(body, "side", HEARD_MEDIATION_CODE_CHARS_MAX, true, &side, error))
        return false;
    say->side = say->by.side;
    if (*side &&
        (!heard_side_from_name(side, &say->side) || (unsigned)say->side >= HEARD_MEDIATION_SIDES))
        return refuse(error, "side: petitioner or respondent");
    return read_words(body, "of", HEARD_MEDIATION_CODE_CHARS_MAX, true, &say->target, error) &&
           read_term(body, &say->term, error);
}

static bool read_draft(const json_t *body, HeardMediationDraft *draft, GError **error)
{
    const size_t max = HEARD_MEDIATION_TEXT_CHARS_MAX;
    const char *form;
    json_t *terms = NULL;
    unsigned index;

    if (!read_words(body, "form", HEARD_MEDIATION_CODE_CHARS_MAX, false, &form, error))
        return false;
    if (!find_name(forms, HEARD_MEDIATION_FORM_COUNT, form, &index))
        return refuse(error, "form: written or oral_recorded");
    draft->form = (HeardMediationForm)index;
    if (!read_words(body, "parties", max, true, &draft->parties, error) ||
        !read_words(body, "facts", max, true, &draft->facts, error) ||
        !read_words(body, "disputes", max, true, &draft->disputes, error) ||
        !read_words(body, "responsibilities", max, true, &draft->responsibilities, error) ||
        !heard_json_array(body, "terms", HEARD_MEDIATION_TERMS_MAX, true, &terms, error))
        return false;
    for (size_t i = 0; i < json_array_size(terms); i++) {
        const json_t *term = json_array_get(terms, i);

        if (!json_is_object(term))
            return refuse(error, "terms: of objects");
        if (!read_term(term, &draft->terms[draft->term_count++], error))
            return false;
    }
    return true;
}

static bool read_checks(const json_t *body, HeardMediationSay *say, GError **error)
{
    for (unsigned i = 0; i < HEARD_MEDIATION_CHECK_COUNT; i++)
        if (!heard_json_bool(body, checks[i], false, &say->checks[i], error))
            return false;
    return true;
}

static bool read_end(const json_t *body, HeardMediationSay *say, GError **error)
{
    const char *word;
    unsigned index;

    if (!read_words(body, "reason", HEARD_MEDIATION_CODE_CHARS_MAX, false, &word, error))
        return false;
    if (!find_name(ends, HEARD_MEDIATION_END_COUNT, word, &index) ||
        index == HEARD_MEDIATION_END_AGREED)
        return refuse(error, "reason: one of Art. 25 but an agreement, which its signing enters");
    say->end = (HeardMediationEnd)index;
    return true;
}

static bool read_signers(const json_t *body, HeardMediationSay *say, GError **error)
{
    json_t *signers = NULL;

    if (!heard_json_array(body, "signers", HEARD_MEDIATION_PARTIES_MAX, true, &signers, error))
        return false;
    for (size_t i = 0; i < json_array_size(signers); i++)
        if (json_is_string(json_array_get(signers, i)))
            say->signers[say->signer_count++] = json_string_value(json_array_get(signers, i));
    return true;
}

static bool read_fields(const json_t *body, HeardMediationSay *say, GError **error)
{
    unsigned has = acts[say->act].has;
    bool has_target = (has & HAS_OF) != 0;

    return (!has_target ||
            read_words(body, "of", HEARD_MEDIATION_CODE_CHARS_MAX, false, &say->target, error)) &&
           (!(has & (HAS_TEXT | HAS_NOTE)) ||
            read_words(body, "text", HEARD_MEDIATION_TEXT_CHARS_MAX, !(has & HAS_TEXT), &say->text,
                       error)) &&
           (!(has & HAS_VERSION) ||
            heard_json_number(body, "version", 0, INT64_MAX, false, &say->version, error)) &&
           (!(has & HAS_SUBJECT) || read_subject(body, say, error)) &&
           (!(has & HAS_DECISION) || read_decision(body, say, error)) &&
           (!(has & HAS_OFFER) || read_offer(body, say, error)) &&
           (!(has & HAS_DRAFT) || read_draft(body, &say->draft, error)) &&
           (!(has & HAS_CHECKS) || read_checks(body, say, error)) &&
           (!(has & HAS_REASON) || read_end(body, say, error)) &&
           (!(has & HAS_SIGNERS) || read_signers(body, say, error));
}

bool heard_mediation_read(const json_t *body, HeardMediationSay *ret_say, GError **error)
{
    HeardMediationPerson by = ret_say->by;
    const char *id = ret_say->id, *name;
    int64_t at_ms = ret_say->at_ms;

    if (!read_words(body, "act", HEARD_MEDIATION_CODE_CHARS_MAX, false, &name, error))
        return false;
    memset(ret_say, 0, sizeof *ret_say);
    ret_say->by = by;
    ret_say->id = id;
    ret_say->at_ms = at_ms;
    ret_say->target = ret_say->text = "";
    for (unsigned i = 0; i < HEARD_MEDIATION_ACT_COUNT; i++) {
        if (strcmp(acts[i].name, name) == 0) {
            ret_say->act = (HeardMediationAct)i;
            return read_fields(body, ret_say, error);
        }
    }
    return refuse(error, "act: no such act");
}

json_t *heard_mediation_entry(const json_t *body, HeardMediationAct act)
{
    static const struct {
        unsigned has;
        const char *key;
    } members[] = {
        {HAS_OF | HAS_SUBJECT | HAS_OFFER, "of"},
        {HAS_TEXT | HAS_NOTE, "text"},
        {HAS_VERSION, "version"},
        {HAS_DECISION, "decision"},
        {HAS_SUBJECT, "subject"},
        {HAS_OFFER, "side"},
        {HAS_OFFER, "what"},
        {HAS_OFFER, "amount_fen"},
        {HAS_OFFER, "how"},
        {HAS_OFFER, "by_when"},
        {HAS_DRAFT, "form"},
        {HAS_DRAFT, "parties"},
        {HAS_DRAFT, "facts"},
        {HAS_DRAFT, "disputes"},
        {HAS_DRAFT, "responsibilities"},
        {HAS_DRAFT, "terms"},
        {HAS_CHECKS, "personal_status"},
        {HAS_CHECKS, "unclear"},
        {HAS_CHECKS, "against_law"},
        {HAS_CHECKS, "harms_others"},
        {HAS_REASON, "reason"},
    };
    json_t *entry = json_object();

    json_object_set_new(entry, "act", json_string(acts[act].name));
    for (unsigned i = 0; i < G_N_ELEMENTS(members); i++) {
        json_t *value = json_object_get(body, members[i].key);

        if ((acts[act].has & members[i].has) && value)
            json_object_set(entry, members[i].key, value);
    }
    return entry;
}
