/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/mediation.h"

#include <glib.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000 };

/* A mediation told as a story: documents and ids live as long as the test. */
typedef struct {
    HeardMediation now;
    GPtrArray *documents;
    unsigned last;
    int64_t at_ms;
} Story;

static const HeardMediationPerson mediator = {"m", HEARD_ROLE_MEDIATOR, HEARD_SIDE_NEUTRAL, true};
static const HeardMediationPerson a = {"a", HEARD_ROLE_PETITIONER, HEARD_SIDE_PETITIONER, true};
static const HeardMediationPerson b = {"b", HEARD_ROLE_PETITIONER, HEARD_SIDE_RESPONDENT, true};
static const HeardMediationPerson agent = {"ag", HEARD_ROLE_AGENT, HEARD_SIDE_PETITIONER, true};
static const HeardMediationPerson clerk = {"k", HEARD_ROLE_CLERK, HEARD_SIDE_STAFF, true};

static int open_story(void **state)
{
    Story *self = g_new0(Story, 1);

    self->documents = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    self->at_ms = 1000;
    heard_mediation_init(&self->now);
    heard_mediation_add_party(&self->now, &a);
    heard_mediation_add_party(&self->now, &b);
    *state = self;
    return 0;
}

static int close_story(void **state)
{
    Story *self = *state;

    g_ptr_array_unref(self->documents);
    g_free(self);
    return 0;
}

#define with_story(test) cmocka_unit_test_setup_teardown(test, open_story, close_story)

static void read_say(Story *self, const HeardMediationPerson *who, const char *text,
                     HeardMediationSay *ret_say)
{
    GError *error = NULL;
    json_t *document = heard_json_parse_object(text, strlen(text), &error);

    assert_non_null(document);
    g_ptr_array_add(self->documents, document);
    *ret_say = (HeardMediationSay){.by = *who, .at_ms = self->at_ms};
    if (!heard_mediation_read(document, ret_say, &error))
        fail_msg("%s: %s", text, error->message);
}

/* Returns the answer; an entry that was taken is called e1, e2 … */
G_GNUC_PRINTF(3, 4)
static HeardMediationAnswer say(Story *self, const HeardMediationPerson *who, const char *format,
                                ...)
{
    HeardMediationSay said;
    HeardMediationAnswer answer;
    g_autofree char *text = NULL;
    g_autofree char *id = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    read_say(self, who, text, &said);
    answer = heard_mediation_ask(&self->now, &said);
    if (answer != HEARD_MEDIATION_OK)
        return answer;
    id = g_strdup_printf("e%u", ++self->last);
    said.id = g_intern_string(id);
    self->at_ms++;
    heard_mediation_take(&self->now, &said);
    return answer;
}

static void says(Story *self, const HeardMediationPerson *who, const char *text)
{
    HeardMediationAnswer answer = say(self, who, "%s", text);

    if (answer != HEARD_MEDIATION_OK)
        fail_msg("%s %s: %s", who->id, text, heard_mediation_answer_name(answer));
}

static void refused(Story *self, const HeardMediationPerson *who, const char *text,
                    HeardMediationAnswer wanted)
{
    HeardMediationAnswer answer = say(self, who, "%s", text);

    if (answer != wanted)
        fail_msg("%s %s: %s", who->id, text, heard_mediation_answer_name(answer));
}

static void in_state(const Story *self, const char *name)
{
    assert_string_equal(heard_mediation_state_name(heard_mediation_state(&self->now)), name);
}

/* e1 is the disclosure. */
static void all_agree(Story *self)
{
    says(self, &mediator, "{\"act\":\"disclose\",\"text\":\"与双方均无利害关系\"}");
    for (unsigned i = 0; i < 2; i++) {
        const HeardMediationPerson *party = i ? &b : &a;

        says(self, party, "{\"act\":\"answer\",\"subject\":\"mediation\",\"decision\":\"given\"}");
        says(self, party,
             "{\"act\":\"answer\",\"subject\":\"mediator\",\"of\":\"e1\",\"decision\":\"given\"}");
    }
    in_state(self, "in_mediation");
}

static void nobody_is_mediated_who_did_not_agree(void **state)
{
    Story *self = *state;

    in_state(self, "proposed");
    refused(self, &a,
            "{\"act\":\"answer\",\"subject\":\"mediator\",\"of\":\"e1\",\"decision\":\"given\"}",
            HEARD_MEDIATION_NOT_YET);
    refused(self, &a, "{\"act\":\"disclose\",\"text\":\"x\"}", HEARD_MEDIATION_NO_RIGHT);
    refused(self, &agent, "{\"act\":\"answer\",\"subject\":\"mediation\",\"decision\":\"given\"}",
            HEARD_MEDIATION_NO_RIGHT);
    refused(self, &mediator, "{\"act\":\"fact_add\",\"text\":\"x\"}", HEARD_MEDIATION_NOT_YET);
    all_agree(self);
    assert_true(heard_mediation_is_agreed(&self->now));
    says(self, &b, "{\"act\":\"answer\",\"subject\":\"mediation\",\"decision\":\"refused\"}");
    in_state(self, "refused");
    refused(self, &a, "{\"act\":\"offer_make\",\"what\":\"x\"}", HEARD_MEDIATION_NOT_YET);
    assert_true(heard_mediation_is_agreed(&self->now));
}

static void a_new_disclosure_asks_anew(void **state)
{
    Story *self = *state;

    all_agree(self);
    says(self, &mediator, "{\"act\":\"disclose\",\"text\":\"想起:曾与乙方同住一村\"}");
    in_state(self, "accepted");
    refused(self, &a,
            "{\"act\":\"answer\",\"subject\":\"mediator\",\"of\":\"e1\",\"decision\":\"given\"}",
            HEARD_MEDIATION_STALE);
    says(self, &a,
         "{\"act\":\"answer\",\"subject\":\"mediator\",\"of\":\"e6\",\"decision\":\"given\"}");
    in_state(self, "accepted");
    says(self, &b,
         "{\"act\":\"answer\",\"subject\":\"mediator\",\"of\":\"e6\",\"decision\":\"given\"}");
    in_state(self, "in_mediation");
}

static void a_side_alone_is_no_mediation(void **state)
{
    Story *self = *state;

    heard_mediation_init(&self->now);
    heard_mediation_add_party(&self->now, &a);
    says(self, &mediator, "{\"act\":\"disclose\",\"text\":\"无\"}");
    says(self, &a, "{\"act\":\"answer\",\"subject\":\"mediation\",\"decision\":\"given\"}");
    says(self, &a,
         "{\"act\":\"answer\",\"subject\":\"mediator\",\"of\":\"e1\",\"decision\":\"given\"}");
    in_state(self, "consent_pending");
    assert_false(heard_mediation_is_agreed(&self->now));
}

static void facts_are_joint_when_both_confirmed_the_same_words(void **state)
{
    Story *self = *state;
    const HeardMediationFact *fact = &self->now.facts[0];

    all_agree(self);
    says(self, &mediator, "{\"act\":\"fact_add\",\"text\":\"2024年屋顶漏雨\"}"); /* e6 */
    says(self, &agent,
         "{\"act\":\"fact_answer\",\"of\":\"e6\",\"version\":1,\"decision\":\"confirmed\"}");
    says(self, &mediator,
         "{\"act\":\"fact_change\",\"of\":\"e6\",\"version\":1,\"text\":\"2023年屋顶漏雨\"}");
    refused(self, &b,
            "{\"act\":\"fact_answer\",\"of\":\"e6\",\"version\":1,\"decision\":\"confirmed\"}",
            HEARD_MEDIATION_STALE);
    says(self, &b,
         "{\"act\":\"fact_answer\",\"of\":\"e6\",\"version\":2,\"decision\":\"confirmed\"}");
    assert_false(heard_mediation_is_joint(fact)); /* A confirmed other words */
    says(self, &a,
         "{\"act\":\"fact_answer\",\"of\":\"e6\",\"version\":2,\"decision\":\"disputed\"}");
    assert_false(heard_mediation_is_joint(fact));
    says(self, &a,
         "{\"act\":\"fact_answer\",\"of\":\"e6\",\"version\":2,\"decision\":\"confirmed\"}");
    assert_true(heard_mediation_is_joint(fact));
    refused(self, &mediator, "{\"act\":\"fact_change\",\"of\":\"e6\",\"version\":2,\"text\":\"x\"}",
            HEARD_MEDIATION_JOINT);
    refused(self, &mediator, "{\"act\":\"fact_remove\",\"of\":\"e6\",\"version\":2}",
            HEARD_MEDIATION_JOINT);
}

static unsigned seen_by(const Story *self, unsigned index)
{
    unsigned mask = 0;

    for (unsigned bit = 1; bit < HEARD_MEDIATION_TO_ALL; bit <<= 1)
        mask |= heard_mediation_sees_offer(&self->now.offers[index], bit) ? bit : 0;
    return mask;
}

static const unsigned only_a = HEARD_MEDIATION_TO_MEDIATOR | HEARD_MEDIATION_TO_PETITIONER;
static const unsigned all_three =
    HEARD_MEDIATION_TO_MEDIATOR | HEARD_MEDIATION_TO_PETITIONER | HEARD_MEDIATION_TO_RESPONDENT;

static void an_offer_goes_over_only_released_and_carried(void **state)
{
    Story *self = *state;
    const HeardMediationOffer *offer = &self->now.offers[0];

    all_agree(self);
    says(self, &a, "{\"act\":\"offer_make\",\"what\":\"赔偿\",\"amount_fen\":800000}"); /* e6 */
    assert_int_equal(seen_by(self, 0), only_a);
    assert_string_equal(heard_mediation_offer_state(offer), "kept");
    for (unsigned i = 0; i < 3; i++) {
        static const char *const tries[] = {
            "{\"act\":\"offer_answer\",\"of\":\"e6\",\"decision\":\"accepted\"}",
            "{\"act\":\"offer_talk\",\"of\":\"e6\"}", "{\"act\":\"offer_release\",\"of\":\"e6\"}"};

        refused(self, &b, tries[i], HEARD_MEDIATION_UNKNOWN);
    }
    refused(self, &b, "{\"act\":\"offer_make\",\"of\":\"e6\",\"what\":\"x\"}",
            HEARD_MEDIATION_UNKNOWN);
    refused(self, &mediator, "{\"act\":\"offer_carry\",\"of\":\"e6\"}",
            HEARD_MEDIATION_NOT_RELEASED);
    refused(self, &mediator, "{\"act\":\"offer_release\",\"of\":\"e6\"}", HEARD_MEDIATION_NO_RIGHT);
    says(self, &a, "{\"act\":\"offer_release\",\"of\":\"e6\"}");
    assert_int_equal(seen_by(self, 0), only_a);
    refused(self, &b, "{\"act\":\"offer_answer\",\"of\":\"e6\",\"decision\":\"accepted\"}",
            HEARD_MEDIATION_UNKNOWN);
    says(self, &mediator, "{\"act\":\"offer_carry\",\"of\":\"e6\"}");
    assert_int_equal(seen_by(self, 0), all_three);
    assert_int_equal(offer->round, 1);
    refused(self, &a, "{\"act\":\"offer_answer\",\"of\":\"e6\",\"decision\":\"accepted\"}",
            HEARD_MEDIATION_NO_RIGHT);
    says(self, &b, "{\"act\":\"offer_answer\",\"of\":\"e6\",\"decision\":\"declined\"}");
    assert_string_equal(heard_mediation_offer_state(offer), "declined");
    refused(self, &a, "{\"act\":\"offer_withdraw\",\"of\":\"e6\"}", HEARD_MEDIATION_ALREADY);
}

static void a_counter_is_as_secret_as_any_offer(void **state)
{
    Story *self = *state;

    all_agree(self);
    says(self, &mediator,
         "{\"act\":\"offer_make\",\"side\":\"petitioner\",\"what\":\"赔偿\"}"); /* e6 */
    assert_true(self->now.offers[0].by_mediator);
    says(self, &agent, "{\"act\":\"offer_release\",\"of\":\"e6\"}");
    says(self, &mediator, "{\"act\":\"offer_carry\",\"of\":\"e6\"}");
    says(self, &b, "{\"act\":\"offer_make\",\"of\":\"e6\",\"what\":\"一半\"}"); /* e9 */
    assert_string_equal(heard_mediation_offer_state(&self->now.offers[0]), "carried");
    says(self, &b, "{\"act\":\"offer_release\",\"of\":\"e9\"}");
    assert_string_equal(heard_mediation_offer_state(&self->now.offers[0]), "carried");
    says(self, &mediator, "{\"act\":\"offer_carry\",\"of\":\"e9\"}");
    assert_string_equal(heard_mediation_offer_state(&self->now.offers[0]), "countered");
    assert_int_equal(self->now.offers[1].round, 2);
    refused(self, &b, "{\"act\":\"offer_answer\",\"of\":\"e6\",\"decision\":\"accepted\"}",
            HEARD_MEDIATION_ALREADY);
    says(self, &a, "{\"act\":\"offer_answer\",\"of\":\"e9\",\"decision\":\"accepted\"}");
    assert_string_equal(heard_mediation_offer_state(&self->now.offers[1]), "accepted");
    refused(self, &a, "{\"act\":\"offer_make\",\"side\":\"respondent\",\"what\":\"x\"}",
            HEARD_MEDIATION_NO_RIGHT);
}

static void who_is_told_is_who_may_see(void **state)
{
    Story *self = *state;
    HeardMediationSay said;

    all_agree(self);
    says(self, &a, "{\"act\":\"offer_make\",\"what\":\"赔偿\"}");
    read_say(self, &a, "{\"act\":\"offer_make\",\"what\":\"赔偿\"}", &said);
    assert_int_equal(heard_mediation_audience(&self->now, &said), only_a);
    read_say(self, &a, "{\"act\":\"offer_release\",\"of\":\"e6\"}", &said);
    heard_mediation_take(&self->now, &said);
    assert_int_equal(heard_mediation_audience(&self->now, &said), only_a);
    read_say(self, &mediator, "{\"act\":\"offer_carry\",\"of\":\"e6\"}", &said);
    heard_mediation_take(&self->now, &said);
    assert_int_equal(heard_mediation_audience(&self->now, &said), all_three);
    read_say(self, &b, "{\"act\":\"offer_talk\",\"of\":\"e6\",\"text\":\"太高\"}", &said);
    assert_int_equal(heard_mediation_audience(&self->now, &said),
                     HEARD_MEDIATION_TO_MEDIATOR | HEARD_MEDIATION_TO_RESPONDENT);
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        unsigned viewer = heard_mediation_viewer((HeardRole)role, HEARD_SIDE_NEUTRAL);

        assert_int_equal(viewer, role == HEARD_ROLE_MEDIATOR ? HEARD_MEDIATION_TO_MEDIATOR
                                 : role == HEARD_ROLE_CLERK || role == HEARD_ROLE_SUPERVISOR ||
                                         role == HEARD_ROLE_CASE_LEAD
                                     ? HEARD_MEDIATION_TO_FILE
                                     : 0);
    }
}

#define WHOLE                                                                                      \
    "\"form\":\"written\",\"parties\":\"甲、乙\",\"facts\":\"漏雨\",\"disputes\":\"费用\"," \
    "\"responsibilities\":\"各半\""

static void a_draft_is_frozen_when_it_says_what_the_law_asks_for(void **state)
{
    Story *self = *state;
    unsigned all = (1u << HEARD_MEDIATION_LACK_COUNT) - 1;

    all_agree(self);
    refused(self, &a, "{\"act\":\"draft_set\",\"version\":0,\"form\":\"written\"}",
            HEARD_MEDIATION_NO_RIGHT);
    says(self, &mediator, "{\"act\":\"draft_set\",\"version\":0,\"form\":\"written\"}");
    assert_int_equal(heard_mediation_lacks(&self->now.draft) | (1u << HEARD_MEDIATION_LACKS_HOW) |
                         (1u << HEARD_MEDIATION_LACKS_WHEN),
                     all);
    refused(self, &mediator, "{\"act\":\"draft_set\",\"version\":0,\"form\":\"written\"}",
            HEARD_MEDIATION_STALE);
    says(self, &mediator,
         "{\"act\":\"draft_set\",\"version\":1," WHOLE ",\"terms\":[{\"what\":\"付款\"}]}");
    assert_int_equal(heard_mediation_lacks(&self->now.draft),
                     (1u << HEARD_MEDIATION_LACKS_HOW) | (1u << HEARD_MEDIATION_LACKS_WHEN));
    refused(self, &mediator, "{\"act\":\"freeze\",\"version\":2}", HEARD_MEDIATION_INCOMPLETE);
    says(self, &mediator,
         "{\"act\":\"draft_set\",\"version\":2," WHOLE
         ",\"terms\":[{\"what\":\"付款\",\"how\":\"转账\",\"by_when\":\"十日内\"}]}");
    says(self, &mediator, "{\"act\":\"freeze\",\"version\":3,\"signers\":[\"a\",\"b\"]}");
    in_state(self, "signing");
    refused(self, &mediator, "{\"act\":\"draft_set\",\"version\":3,\"form\":\"written\"}",
            HEARD_MEDIATION_OVER);
}

static void sign_all(Story *self)
{
    all_agree(self);
    says(self, &mediator,
         "{\"act\":\"draft_set\",\"version\":0," WHOLE
         ",\"terms\":[{\"what\":\"付款\",\"how\":\"转账\",\"by_when\":\"十日内\"}]}");
    says(self, &mediator, "{\"act\":\"freeze\",\"version\":1,\"signers\":[\"a\",\"b\"]}");
    says(self, &a, "{\"act\":\"sign\",\"version\":1}");
    refused(self, &mediator, "{\"act\":\"thaw\"}", HEARD_MEDIATION_OVER);
    refused(self, &a, "{\"act\":\"sign\",\"version\":1}", HEARD_MEDIATION_ALREADY);
    refused(self, &agent, "{\"act\":\"sign\",\"version\":1}", HEARD_MEDIATION_NO_RIGHT);
    refused(self, &clerk, "{\"act\":\"sign\",\"version\":1}", HEARD_MEDIATION_NO_RIGHT);
    says(self, &mediator, "{\"act\":\"sign\",\"version\":1}");
    in_state(self, "signing");
    says(self, &b, "{\"act\":\"sign\",\"version\":1}");
    in_state(self, "effective");
}

static void it_takes_effect_with_the_last_signature(void **state)
{
    Story *self = *state;

    sign_all(self);
    assert_int_equal(self->now.effective_ms, self->at_ms - 1);
    refused(self, &mediator, "{\"act\":\"end\",\"reason\":\"other\"}", HEARD_MEDIATION_OVER);
    /* Somebody who comes to the hearing later changes nothing of it. */
    heard_mediation_add_party(&self->now, &(HeardMediationPerson){"c", HEARD_ROLE_PETITIONER,
                                                                  HEARD_SIDE_RESPONDENT, true});
    in_state(self, "effective");
}

static void the_court_is_asked_by_both_within_thirty_days(void **state)
{
    static const char clean[] = "{\"act\":\"check\",\"personal_status\":false,\"unclear\":false,"
                                "\"against_law\":false,\"harms_others\":false}";
    Story *self = *state;

    sign_all(self);
    refused(self, &a, "{\"act\":\"apply\"}", HEARD_MEDIATION_NOT_YET);
    says(self, &mediator,
         "{\"act\":\"check\",\"personal_status\":true,\"unclear\":false,\"against_law\":false,"
         "\"harms_others\":false}");
    refused(self, &a, "{\"act\":\"apply\"}", HEARD_MEDIATION_NOT_ALLOWED);
    says(self, &mediator, clean);
    says(self, &a, "{\"act\":\"apply\"}");
    in_state(self, "effective");
    self->at_ms += 31 * (int64_t)DAY_MS;
    refused(self, &b, "{\"act\":\"apply\"}", HEARD_MEDIATION_TOO_LATE);
    self->at_ms -= DAY_MS;
    says(self, &b, "{\"act\":\"apply\"}");
    in_state(self, "confirmation_applied");
}

static void days_are_counted_in_china(void **state)
{
    char date[11];

    (void)state;
    /* 2026-11-27 15:59:59 UTC is 23:59:59 in China, a second later the next day. */
    heard_mediation_last_day(INT64_C(1795795199000), 0, date);
    assert_string_equal(date, "2026-11-27");
    heard_mediation_last_day(INT64_C(1795795200000), 0, date);
    assert_string_equal(date, "2026-11-28");
    heard_mediation_last_day(INT64_C(1795795200000), 30, date);
    assert_string_equal(date, "2026-12-28");
}

static void it_ends_with_one_of_the_reasons(void **state)
{
    Story *self = *state;
    HeardMediationSay said = {.by = mediator};
    GError *error = NULL;
    g_autoptr(json_t) agreed = json_pack("{s:s, s:s}", "act", "end", "reason", "agreed");

    assert_false(heard_mediation_read(agreed, &said, &error));
    g_clear_error(&error);
    for (unsigned i = HEARD_MEDIATION_END_SETTLED; i < HEARD_MEDIATION_END_COUNT; i++) {
        assert_int_equal(say(self, &mediator, "{\"act\":\"end\",\"reason\":\"%s\"}",
                             heard_mediation_end_name((HeardMediationEnd)i)),
                         HEARD_MEDIATION_OK);
        in_state(self, "ended");
        assert_int_equal(self->now.end, i);
        self->now.ended_ms = 0;
    }
    says(self, &mediator, "{\"act\":\"end\",\"reason\":\"other\"}");
    refused(self, &a, "{\"act\":\"answer\",\"subject\":\"mediation\",\"decision\":\"given\"}",
            HEARD_MEDIATION_OVER);
}

/* Whatever is tried in whatever order: no offer is seen by the other side that was not released
 * by its own and carried by a mediator. */
static void random_acts_let_nothing_out(void **state)
{
    static const char *const acts[] = {"offer_make",    "offer_release",  "offer_carry",
                                       "offer_release", "offer_carry",    "offer_answer",
                                       "offer_talk",    "offer_withdraw", "offer_carry"};
    const HeardMediationPerson *const people[] = {&mediator, &a, &b, &agent, &clerk};
    Story *self = *state;
    GRand *random = g_rand_new_with_seed(20261128);
    bool released[HEARD_MEDIATION_OFFERS_MAX] = {false},
         carried[HEARD_MEDIATION_OFFERS_MAX] = {false};

    all_agree(self);
    for (unsigned step = 0; step < 1500; step++) {
        unsigned act = (unsigned)g_rand_int_range(random, 0, G_N_ELEMENTS(acts));
        unsigned count = self->now.offer_count, recent = MIN(count, 8);
        unsigned index = count ? count - 1 - (unsigned)g_rand_int_range(random, 0, (int)recent) : 0;
        const char *of = self->now.offer_count && g_rand_boolean(random) + act > 0
                             ? self->now.offers[index].id
                             : "";
        const HeardMediationPerson *who = people[g_rand_int_range(random, 0, 5)];

        if (act > 0 && !*of)
            continue;
        if (say(self, who,
                "{\"act\":\"%s\",\"of\":\"%s\",\"what\":\"x\",\"decision\":\"declined\","
                "\"side\":\"%s\"}",
                acts[act], of,
                g_rand_boolean(random) ? "petitioner" : "respondent") == HEARD_MEDIATION_OK) {
            HeardSide side = self->now.offers[index].side;

            released[index] =
                released[index] || (strcmp(acts[act], acts[1]) == 0 && who->side == side);
            carried[index] = carried[index] || (strcmp(acts[act], acts[2]) == 0 &&
                                                who == &mediator && released[index]);
        }
        for (unsigned i = 0; i < self->now.offer_count; i++) {
            unsigned other = self->now.offers[i].side == HEARD_SIDE_PETITIONER
                                 ? HEARD_MEDIATION_TO_RESPONDENT
                                 : HEARD_MEDIATION_TO_PETITIONER;

            assert_int_equal((seen_by(self, i) & other) != 0, carried[i]);
            assert_int_equal(seen_by(self, i) & HEARD_MEDIATION_TO_FILE, 0);
        }
    }
    assert_true(self->now.round_count > 10);
    g_rand_free(random);
}

static void wrong_words_are_named(void **state)
{
    static const char *const wrong[][2] = {
        {"{}", "act"},
        {"{\"act\":\"vote\"}", "act"},
        {"{\"act\":\"disclose\",\"text\":\"  \"}", "text"},
        {"{\"act\":\"answer\",\"subject\":\"law\",\"decision\":\"given\"}", "subject"},
        {"{\"act\":\"answer\",\"subject\":\"mediation\",\"decision\":\"confirmed\"}", "decision"},
        {"{\"act\":\"answer\",\"subject\":\"mediator\",\"decision\":\"given\"}", "of"},
        {"{\"act\":\"offer_make\",\"what\":\"\"}", "what"},
        {"{\"act\":\"offer_make\",\"what\":\"x\",\"amount_fen\":-1}", "amount_fen"},
        {"{\"act\":\"offer_make\",\"what\":\"x\",\"side\":\"panel\"}", "side"},
        {"{\"act\":\"draft_set\",\"version\":0,\"form\":\"spoken\"}", "form"},
        {"{\"act\":\"draft_set\",\"version\":0,\"form\":\"written\",\"terms\":[1]}", "terms"},
        {"{\"act\":\"check\",\"personal_status\":1}", "personal_status"},
        {"{\"act\":\"end\",\"reason\":\"tired\"}", "reason"},
    };
    Story *self = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        HeardMediationSay said = {.by = mediator};
        GError *error = NULL;
        json_t *document = heard_json_parse_object(wrong[i][0], strlen(wrong[i][0]), &error);

        g_ptr_array_add(self->documents, document);
        assert_false(heard_mediation_read(document, &said, &error));
        assert_true(g_str_has_prefix(error->message, wrong[i][1]));
        g_clear_error(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_story(nobody_is_mediated_who_did_not_agree),
        with_story(a_new_disclosure_asks_anew),
        with_story(a_side_alone_is_no_mediation),
        with_story(facts_are_joint_when_both_confirmed_the_same_words),
        with_story(an_offer_goes_over_only_released_and_carried),
        with_story(a_counter_is_as_secret_as_any_offer),
        with_story(who_is_told_is_who_may_see),
        with_story(a_draft_is_frozen_when_it_says_what_the_law_asks_for),
        with_story(it_takes_effect_with_the_last_signature),
        with_story(the_court_is_asked_by_both_within_thirty_days),
        with_story(days_are_counted_in_china),
        with_story(it_ends_with_one_of_the_reasons),
        with_story(random_acts_let_nothing_out),
        with_story(wrong_words_are_named),
    };

    return cmocka_run_group_tests_name("hearing mediation", tests, NULL, NULL);
}
