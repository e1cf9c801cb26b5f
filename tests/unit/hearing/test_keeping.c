/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/keeping.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

static int64_t at(int year, unsigned month, unsigned day)
{
    g_autoptr(GDateTime) time = g_date_time_new_utc(year, (int)month, (int)day, 10, 0, 0);

    return g_date_time_to_unix(time) * 1000;
}

static void classes_follow_the_kind_of_hearing(void **state)
{
    HeardKeepPolicy policy = heard_keep_policy_default();
    HeardKeepClass of;

    (void)state;
    assert_int_equal(heard_keep_class_of("reception", false), HEARD_KEEP_UNFILED);
    assert_int_equal(heard_keep_class_of("joint_reception", true), HEARD_KEEP_RECEPTION);
    assert_int_equal(heard_keep_class_of("panel_hearing", true), HEARD_KEEP_HEARING);
    assert_int_equal(heard_keep_class_of("mediation", false), HEARD_KEEP_HEARING);
    assert_int_equal(heard_keep_class_of("of a later version", false), HEARD_KEEP_HEARING);
    assert_int_equal(heard_keep_class_of("training", true), HEARD_KEEP_TRAINING);
    assert_int_equal(policy.terms[HEARD_KEEP_UNFILED].months, 6);
    assert_int_equal(policy.terms[HEARD_KEEP_RECEPTION].months, 120);
    assert_int_equal(policy.terms[HEARD_KEEP_HEARING].months, 360);
    for (unsigned i = 0; i < HEARD_KEEP_CLASS_COUNT; i++) {
        assert_true(heard_keep_class_from_name(heard_keep_class_name((HeardKeepClass)i), &of));
        assert_int_equal(of, i);
        assert_true(strlen(heard_keep_class_basis(of)) > 0);
    }
    assert_false(heard_keep_class_from_name("short", &of));
}

static void terms_are_calendar_months(void **state)
{
    HeardKeepTerm half = {.months = 6}, ten = {.months = 120}, days = {.days = 90};
    HeardKeepTerm forever = {0, 0};

    (void)state;
    assert_true(heard_keep_until_ms(half, at(2026, 8, 31)) == at(2027, 2, 28));
    assert_true(heard_keep_until_ms(half, at(2027, 8, 31)) == at(2028, 2, 29));
    assert_true(heard_keep_until_ms(ten, at(2024, 2, 29)) == at(2034, 2, 28));
    assert_true(heard_keep_until_ms(days, at(2026, 1, 1)) == at(2026, 4, 1));
    assert_true(heard_keep_until_ms(forever, at(2026, 1, 1)) == HEARD_KEEP_FOREVER);
    assert_true(heard_keep_until_ms(half, 0) == HEARD_KEEP_FOREVER);
    assert_true(heard_keep_until_ms(half, -1) == HEARD_KEEP_FOREVER);
    assert_true(heard_keep_until_ms(half, INT64_MAX) == HEARD_KEEP_FOREVER);
}

static void settings_change_terms_only(void **state)
{
    static const char *const bad[] = {"",        "0d",  "6",   "y",    "-1y",
                                      "+1y",     "6 m", "6mm", "201y", "99999999999999999999d",
                                      "forever", NULL};
    HeardKeepPolicy policy = heard_keep_policy_default();

    (void)state;
    assert_true(heard_keep_policy_set(&policy, HEARD_KEEP_UNFILED, "30d"));
    assert_int_equal(policy.terms[HEARD_KEEP_UNFILED].days, 30);
    assert_int_equal(policy.terms[HEARD_KEEP_UNFILED].months, 0);
    assert_true(heard_keep_policy_set(&policy, HEARD_KEEP_HEARING, "permanent"));
    assert_int_equal(policy.terms[HEARD_KEEP_HEARING].months, 0);
    assert_true(heard_keep_policy_set(&policy, HEARD_KEEP_TRAINING, "2y"));
    assert_int_equal(policy.terms[HEARD_KEEP_TRAINING].months, 24);
    for (unsigned i = 0; bad[i]; i++)
        assert_false(heard_keep_policy_set(&policy, HEARD_KEEP_UNFILED, bad[i]));
    assert_false(heard_keep_policy_set(&policy, HEARD_KEEP_PERMANENT, "100y"));
    assert_int_equal(policy.terms[HEARD_KEEP_UNFILED].days, 30);
}

static void two_persons_and_each_condition(void **state)
{
    HeardKeeping due = {.is_sealed = true, .until_ms = 100, .order = HEARD_ORDER_NONE};
    HeardKeeping asked = due;

    (void)state;
    asked.order = HEARD_ORDER_REQUESTED;
    asked.requested_by = "a";
#define ASK(facts, verb, permit, who, wall)                                                        \
    heard_keep_ask(&(facts), HEARD_KEEP_##verb, HEARD_PERMIT_##permit, who, wall)
    assert_int_equal(ASK(due, REQUEST, YES, "a", 100), HEARD_KEEP_OK);
    assert_int_equal(ASK(due, REQUEST, YES, "a", 99), HEARD_KEEP_NOT_DUE);
    assert_int_equal(ASK(due, REQUEST, SOME, "x", 100), HEARD_KEEP_NO_RIGHT);
    assert_int_equal(ASK(due, REQUEST, NO, "a", 100), HEARD_KEEP_NO_RIGHT);
    assert_int_equal(ASK(due, HOLD, SOME, "x", 100), HEARD_KEEP_NO_RIGHT);
    assert_int_equal(ASK(due, CONFIRM, YES, "b", 100), HEARD_KEEP_NOT_ASKED);
    assert_int_equal(ASK(asked, REQUEST, YES, "b", 100), HEARD_KEEP_ASKED_ALREADY);
    assert_int_equal(ASK(asked, CONFIRM, YES, "a", 100), HEARD_KEEP_SAME_PERSON);
    assert_int_equal(ASK(asked, CONFIRM, YES, "b", 100), HEARD_KEEP_OK);
    assert_int_equal(ASK(asked, CONFIRM, SOME, "x", 100), HEARD_KEEP_OK);
    assert_int_equal(ASK(asked, CONFIRM, SOME, "x", 99), HEARD_KEEP_NOT_DUE);
    assert_int_equal(ASK(asked, WITHDRAW, SOME, "x", 0), HEARD_KEEP_OK);
    asked.is_held = true;
    assert_int_equal(ASK(asked, CONFIRM, YES, "b", 100), HEARD_KEEP_HELD);
    asked.is_held = false;
    asked.is_busy = true;
    assert_int_equal(ASK(asked, CONFIRM, YES, "b", 100), HEARD_KEEP_BUSY);
    asked.order = HEARD_ORDER_CONFIRMED;
    for (unsigned verb = 0; verb < HEARD_KEEP_VERB_COUNT; verb++)
        assert_int_equal(
            heard_keep_ask(&asked, (HeardKeepVerb)verb, HEARD_PERMIT_YES, "b", INT64_MAX),
            HEARD_KEEP_ORDERED);
#undef ASK
}

static void for_ever_by_one_and_back_by_two(void **state)
{
    HeardKeeping plain = {.is_sealed = true, .until_ms = 100, .order = HEARD_ORDER_NONE};
    HeardKeeping kept = plain;
    HeardKeeping asked;

    (void)state;
    kept.is_permanent = true;
    kept.until_ms = HEARD_KEEP_FOREVER;
    asked = kept;
    asked.end_asked_by = "a";
#define ASK(facts, verb, permit, who)                                                              \
    heard_keep_ask(&(facts), HEARD_KEEP_##verb, HEARD_PERMIT_##permit, who, 100)
    assert_int_equal(ASK(plain, FOR_EVER, YES, "a"), HEARD_KEEP_OK);
    assert_int_equal(ASK(plain, FOR_EVER, SOME, "x"), HEARD_KEEP_NO_RIGHT);
    assert_int_equal(ASK(plain, FOR_EVER, NO, "a"), HEARD_KEEP_NO_RIGHT);
    assert_int_equal(ASK(plain, ASK_END, YES, "a"), HEARD_KEEP_NOT_PERMANENT);
    assert_int_equal(ASK(kept, FOR_EVER, YES, "a"), HEARD_KEEP_PERMANENT_ALREADY);
    assert_int_equal(ASK(kept, REQUEST, YES, "a"), HEARD_KEEP_NOT_DUE);
    assert_int_equal(ASK(kept, ASK_END, SOME, "x"), HEARD_KEEP_NO_RIGHT);
    assert_int_equal(ASK(kept, ASK_END, YES, "a"), HEARD_KEEP_OK);
    assert_int_equal(ASK(kept, CONFIRM_END, YES, "b"), HEARD_KEEP_END_NOT_ASKED);
    assert_int_equal(ASK(asked, ASK_END, YES, "b"), HEARD_KEEP_END_ASKED_ALREADY);
    assert_int_equal(ASK(asked, CONFIRM_END, YES, "a"), HEARD_KEEP_SAME_PERSON);
    assert_int_equal(ASK(asked, CONFIRM_END, YES, "b"), HEARD_KEEP_OK);
    assert_int_equal(ASK(asked, CONFIRM_END, SOME, "x"), HEARD_KEEP_OK);
    assert_int_equal(ASK(asked, WITHDRAW_END, YES, "a"), HEARD_KEEP_OK);
    assert_int_equal(ASK(asked, WITHDRAW_END, SOME, "x"), HEARD_KEEP_OK);
    assert_int_equal(ASK(asked, REQUEST, YES, "b"), HEARD_KEEP_NOT_DUE);
#undef ASK
}

/* What happened, told by events only: the slow model asks history, not a state. */
typedef struct {
    HeardKeepVerb verb;
    unsigned who;
} Event;

/* Who asked last and was neither confirmed nor sent back; -1: nobody. */
static int asked_by(const GArray *events)
{
    int who = -1;

    for (guint i = 0; i < events->len; i++) {
        Event event = g_array_index(events, Event, i);
        if (event.verb == HEARD_KEEP_REQUEST)
            who = (int)event.who;
        else if (event.verb == HEARD_KEEP_WITHDRAW)
            who = -1;
    }
    return who;
}

/* Is it kept for ever, and who asked last for the end of that (-1: nobody)? */
static bool is_permanent(const GArray *events, int *ret_asked)
{
    bool is = false;

    *ret_asked = -1;
    for (guint i = 0; i < events->len; i++) {
        Event event = g_array_index(events, Event, i);
        if (event.verb == HEARD_KEEP_FOR_EVER)
            is = true;
        else if (event.verb == HEARD_KEEP_CONFIRM_END)
            is = false;
        if (event.verb == HEARD_KEEP_ASK_END)
            *ret_asked = (int)event.who;
        else if (event.verb == HEARD_KEEP_CONFIRM_END || event.verb == HEARD_KEEP_WITHDRAW_END)
            *ret_asked = -1;
    }
    return is;
}

static int holds(const GArray *events)
{
    int count = 0;

    for (guint i = 0; i < events->len; i++) {
        HeardKeepVerb verb = g_array_index(events, Event, i).verb;
        count += (verb == HEARD_KEEP_HOLD) - (verb == HEARD_KEEP_LIFT);
    }
    return count;
}

/* Over random sequences: never destroyed while held, before its time, or by one person. */
static void never_destroyed_against_the_rules(void **state)
{
    static const char *const people[] = {"archivist", "deputy", "security", "clerk"};
    static const HeardPermit permits[] = {HEARD_PERMIT_YES, HEARD_PERMIT_YES, HEARD_PERMIT_SOME,
                                          HEARD_PERMIT_NO};
    guint32 seed = g_random_int();
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    unsigned destroyed = 0;
    unsigned ended = 0;

    (void)state;
    print_message("# seed %u\n", seed);
    for (unsigned round = 0; round < 4000; round++) {
        g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
        HeardKeepTerm term = {.days = 10};
        HeardKeeping facts = {.is_sealed = true, .until_ms = heard_keep_until_ms(term, DAY_MS)};
        int64_t now_ms = DAY_MS;
        for (unsigned step = 0; step < 40 && facts.order < HEARD_ORDER_CONFIRMED; step++) {
            Event event = {(HeardKeepVerb)g_rand_int_range(dice, 0, HEARD_KEEP_VERB_COUNT),
                           (unsigned)g_rand_int_range(dice, 0, G_N_ELEMENTS(people))};
            int before = asked_by(events);
            int end_before = -1;
            now_ms += g_rand_int_range(dice, 0, 2) * DAY_MS;
            facts.is_held = holds(events) > 0;
            facts.is_permanent = is_permanent(events, &end_before);
            facts.end_asked_by = end_before >= 0 ? people[end_before] : NULL;
            facts.until_ms =
                facts.is_permanent ? HEARD_KEEP_FOREVER : heard_keep_until_ms(term, DAY_MS);
            facts.order = before >= 0 ? HEARD_ORDER_REQUESTED : HEARD_ORDER_NONE;
            facts.requested_by = before >= 0 ? people[before] : NULL;
            if (heard_keep_ask(&facts, event.verb, permits[event.who], people[event.who], now_ms) !=
                HEARD_KEEP_OK)
                continue;
            assert_int_not_equal(permits[event.who], HEARD_PERMIT_NO);
            if (event.verb == HEARD_KEEP_CONFIRM) {
                assert_true(holds(events) == 0 && !facts.is_permanent);
                assert_true(now_ms >= 11 * DAY_MS);
                assert_true(before >= 0 && before != (int)event.who && before < 2);
                facts.order = HEARD_ORDER_CONFIRMED;
                destroyed++;
            }
            if (event.verb == HEARD_KEEP_CONFIRM_END) {
                assert_true(end_before >= 0 && end_before != (int)event.who && end_before < 2);
                ended++;
            }
            g_array_append_val(events, event);
        }
    }
    assert_true(ended > 20);
    assert_true(destroyed > 20); /* the rules do let it happen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_follow_the_kind_of_hearing),
        cmocka_unit_test(terms_are_calendar_months),
        cmocka_unit_test(settings_change_terms_only),
        cmocka_unit_test(two_persons_and_each_condition),
        cmocka_unit_test(for_ever_by_one_and_back_by_two),
        cmocka_unit_test(never_destroyed_against_the_rules),
    };

    return cmocka_run_group_tests_name("hearing keeping", tests, NULL, NULL);
}
