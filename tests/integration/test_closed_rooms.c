/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Invariant 1 of domain.md 3.12 at the packet: no sound or picture of a closed room reaches
 * a person outside of it, a recording, or a speech service; and beside it: a witness who waits gets
 * and gives nothing, whoever is screened is not seen by those named, an observer is never heard. A
 * hearing full of people who move all the time, lose their lines, crash, come back, and a server
 * that goes down in the middle; every packet that anybody gets, and every packet in the recordings,
 * is looked at.
 *
 * HEARD_SEED and HEARD_SECONDS (of each hearing) repeat or prolong a run.
 */
#include "tests/integration/rooms_stand.h"

#include "server/base/clock.h"
#include "tests/unit/heard_test.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS = 16, SEND_MS = 40, ACT_MS = 50, SETUP_S = 40, MORE_S = 30 };

static Stand stand;
static GRand *rand_;

static int chance(int of)
{
    return g_rand_int_range(rand_, 0, of) == 0;
}

static Person *anybody(void)
{
    return &stand.people[g_rand_int_range(rand_, 0, (gint32)stand.person_count)];
}

static Person *leader(void)
{
    return rooms_person(&stand, heard_role_name(heard_agenda_profile(stand.kind)->leader), 0);
}

static const HeardPerson *state_of(const Person *person)
{
    HeardLiveHearing *hearing = rooms_hearing(&stand);

    return hearing ? &hearing->rules.people[heard_hearing_find(&hearing->rules, person->id)] : NULL;
}

/* ---- what people do by themselves ---- */

/* Whoever waits says yes to everything, and the desk lets him in. */
static void work_the_desk(void)
{
    for (unsigned i = 0; i < stand.person_count; i++) {
        Person *p = &stand.people[i];
        const HeardPerson *state = state_of(p);

        if (!state || p->fd < 0 || !heard_person_waiting(state))
            continue;
        for (unsigned c = 0; c < HEARD_CONSENT_COUNT; c++)
            if (state->consents[c].decision != HEARD_DECISION_GIVEN)
                rooms_sayf(p, "consent.give",
                           "{\"subject\":\"%s\",\"decision\":\"given\",\"text_version\":\"1\"}",
                           heard_consent_name((HeardConsentSubject)c));
        if (state->method == HEARD_METHOD_NONE)
            rooms_sayf(leader(), "participant.check_identity",
                       "{\"participant\":\"%s\",\"method\":\"id_card\",\"document\":\"1234\","
                       "\"result\":\"ok\"}",
                       p->id);
        else
            rooms_sayf(leader(), "participant.admit", "{\"participant\":\"%s\"}", p->id);
    }
}

/* Each party says that there is nobody to recuse, when it is asked. */
static void answer_the_round(void)
{
    HeardLiveHearing *hearing = rooms_hearing(&stand);
    const HeardHearing *rules = hearing ? &hearing->rules : NULL;

    if (!rules || !rules->config.profile->recusal || rules->phase != rules->config.profile->recusal)
        return;
    for (unsigned i = 0; i < stand.person_count; i++) {
        uint16_t at = heard_hearing_find(rules, stand.people[i].id);

        if (heard_hearing_is_party(rules, at) && rules->people[at].recusal == HEARD_RECUSAL_SILENT)
            rooms_say(&stand.people[i], "recusal.answer", "{\"decision\":\"none\"}");
    }
}

static void answer_invitations(void)
{
    for (unsigned i = 0; i < stand.person_count; i++) {
        Person *p = &stand.people[i];

        if (p->invited == HEARD_ROOM_NONE || !chance(4))
            continue;
        rooms_sayf(p, "room.answer", "{\"room\":\"%s\",\"decision\":\"%s\"}",
                   heard_room_name(p->invited), chance(5) ? "declined" : "accepted");
        p->invited = HEARD_ROOM_NONE;
    }
}

static void live_for(int64_t ms, void (*act)(void))
{
    int64_t end_ms = heard_clock_now_us() / 1000 + ms, send_ms = 0, act_ms = 0, desk_ms = 0;

    for (int64_t now_ms; (now_ms = heard_clock_now_us() / 1000) < end_ms && !stand.leak[0];) {
        rooms_stand_turn(&stand);
        if (now_ms >= send_ms || stand.probes) {
            stand.probes = false;
            rooms_stand_send(&stand);
            send_ms = now_ms + SEND_MS;
        }
        if (now_ms >= desk_ms) {
            work_the_desk();
            answer_invitations();
            answer_the_round();
            desk_ms = now_ms + 100;
        }
        if (act && now_ms >= act_ms) {
            act();
            act_ms = now_ms + ACT_MS;
        }
        g_usleep(500);
    }
}

/* ---- what happens ---- */

static void misfortune(Person *p)
{
    if (p == leader() && !chance(4))
        return; /* without him nothing moves */
    stand.count.drops++;
    switch (g_rand_int_range(rand_, 0, 5)) {
    case 0:
        rooms_cut(p); /* signaling only: the media goes on */
        p->away_until_ms = heard_clock_now_us() / 1000 + g_rand_int_range(rand_, 0, 700);
        return;
    case 1:
        rooms_crash(p); /* media only */
        return;
    case 2:
        rooms_cut(p);
        rooms_crash(p);
        p->away_until_ms = heard_clock_now_us() / 1000 + g_rand_int_range(rand_, 0, 1500);
        return;
    case 3:
        p->join_wanted = heard_room_has_media(p->believed); /* another network: a second peer */
        return;
    default:
        if (p != leader() && chance(3))
            rooms_say(p, "participant.leave", "{}");
    }
}

static const char *any_caucus(void)
{
    return chance(2) ? "caucus_a" : "caucus_b";
}

static void mediate(void)
{
    Person *mediator = leader(), *p = anybody();

    switch (g_rand_int_range(rand_, 0, 16)) {
    case 0:
    case 1:
    case 2:
        rooms_sayf(mediator, "room.open", "{\"room\":\"%s\"}", any_caucus());
        return;
    case 3:
    case 4:
        rooms_sayf(mediator, "room.invite", "{\"room\":\"%s\",\"participant\":\"%s\"}",
                   any_caucus(), p->id);
        return;
    case 5:
    case 6:
        rooms_sayf(p, "room.enter", "{\"room\":\"%s\"}", any_caucus());
        return;
    case 7:
        rooms_sayf(mediator, "room.enter", "{\"room\":\"%s\"}", any_caucus());
        return;
    case 8:
        rooms_say(p, "room.leave", "{}");
        return;
    case 9:
        rooms_sayf(mediator, "room.lock", "{\"room\":\"%s\",\"locked\":%s}", any_caucus(),
                   chance(3) ? "true" : "false");
        return;
    case 10:
        if (chance(2))
            rooms_sayf(mediator, "room.close", "{\"room\":\"%s\"}", any_caucus());
        return;
    case 11:
        if (chance(8))
            rooms_say(mediator, "hearing.recess", "{\"reason\":\"tea\"}");
        return;
    case 12:
        rooms_say(mediator, "hearing.resume", "{}");
        return;
    case 13:
        if (chance(4)) { /* for a moment all are together, and are recorded */
            rooms_say(mediator, "room.close", "{\"room\":\"caucus_a\"}");
            rooms_say(mediator, "room.close", "{\"room\":\"caucus_b\"}");
            live_for(300, NULL);
        }
        return;
    default:
        misfortune(p);
    }
}

static void sit(void)
{
    Person *presiding = leader();

    switch (g_rand_int_range(rand_, 0, 14)) {
    case 0:
        rooms_say(presiding, "hearing.advance", "{\"phase\":\"deliberation\",\"reason\":\"x\"}");
        live_for(300, NULL);
        return;
    case 1:
        rooms_say(presiding, "hearing.advance", "{\"phase\":\"challenge\",\"reason\":\"x\"}");
        live_for(300, NULL);
        return;
    case 2:
        rooms_say(presiding, "hearing.recess", "{\"reason\":\"tea\"}");
        return;
    case 3:
    case 4:
        rooms_say(presiding, "hearing.resume", "{}");
        return;
    case 5:
        rooms_sayf(presiding, "participant.block",
                   "{\"participant\":\"%s\",\"source\":\"%s\",\"blocked\":%s,\"reason\":\"x\"}",
                   anybody()->id, chance(2) ? "microphone" : "camera",
                   chance(2) ? "true" : "false");
        return;
    case 6: /* back to the desk, which lets in again */
        rooms_sayf(presiding, "participant.hold", "{\"participant\":\"%s\",\"reason\":\"x\"}",
                   anybody()->id);
        return;
    default:
        misfortune(anybody());
    }
}

static Person *any_witness(void)
{
    return rooms_person(&stand, "witness", (unsigned)g_rand_int_range(rand_, 0, 2));
}

/* The second petitioner is protected; sometimes from nobody. */
static void screen(void)
{
    Person *whom = rooms_person(&stand, "petitioner", 1);
    const char *department = rooms_person(&stand, "department", 0)->id;
    const char *observer = rooms_person(&stand, "observer", 0)->id;

    if (chance(5))
        rooms_sayf(leader(), "screen.set", "{\"participant\":\"%s\",\"from\":[]}", whom->id);
    else
        rooms_sayf(leader(), "screen.set", "{\"participant\":\"%s\",\"from\":[\"%s\",\"%s\"]}",
                   whom->id, department, observer);
}

static void testify(void)
{
    static const char *const phases[] = {"witness", "expert", "witness", "challenge"};
    Person *presiding = leader(), *witness = any_witness();

    switch (g_rand_int_range(rand_, 0, 16)) {
    case 0:
    case 1:
    case 2:
        rooms_say(presiding, "hearing.resume", "{}");
        rooms_say(presiding, "hearing.advance", "{\"phase\":\"witness\",\"reason\":\"x\"}");
        rooms_sayf(presiding, "witness.call", "{\"participant\":\"%s\"}", witness->id);
        live_for(400, NULL);
        return;
    case 3:
    case 4:
        rooms_sayf(presiding, "witness.dismiss", "{\"participant\":\"%s\"}", witness->id);
        return;
    case 5:
        rooms_sayf(presiding, "hearing.advance", "{\"phase\":\"%s\",\"reason\":\"x\"}",
                   phases[g_rand_int_range(rand_, 0, G_N_ELEMENTS(phases))]);
        return;
    case 6:
    case 7:
        screen();
        return;
    case 8:
    case 9:
        /* whoever waits does not take a no; main, or whichever room it may be */
        if (witness->believed == HEARD_ROOM_WITNESS)
            rooms_knock(witness, chance(2) ? HEARD_ROOM_MAIN : HEARD_ROOM_NONE);
        return;
    case 10:
    case 11:
        rooms_say(presiding, "hearing.recess", "{\"reason\":\"tea\"}");
        return;
    default:
        misfortune(anybody());
    }
}

/* ---- a hearing ---- */

static bool is_live(void)
{
    HeardLiveHearing *hearing = rooms_hearing(&stand);

    return hearing && hearing->rules.state == HEARD_STATE_LIVE;
}

static bool is_round_done(void)
{
    HeardLiveHearing *hearing = rooms_hearing(&stand);
    const HeardProfile *profile = heard_agenda_profile(stand.kind);

    return !profile->recusal || (hearing && hearing->rules.phase == profile->recusal &&
                                 heard_hearing_recusal_round(&hearing->rules) == HEARD_ANSWER_OK);
}

static void open_hearing(HeardKind kind, const char *const *seats)
{
    int64_t end_us = heard_clock_now_us() + SETUP_S * INT64_C(1000000);

    rooms_stand_open(&stand, kind, seats);
    while (!is_live() && heard_clock_now_us() < end_us) {
        live_for(300, NULL);
        rooms_say(leader(), "hearing.open", "{}");
    }
    assert_true(is_live());
    while (heard_agenda_profile(kind)->recusal && !is_round_done() &&
           heard_clock_now_us() < end_us) {
        rooms_say(leader(), "hearing.advance",
                  "{\"phase\":\"rights_and_recusal\",\"reason\":\"x\"}");
        live_for(300, NULL);
    }
    assert_true(is_round_done());
    live_for(1000, NULL);
}

/* As long as asked for; on a busy machine longer, until enough of it happened. */
static void run(HeardKind kind, const char *const *seats, void (*act)(void),
                bool (*is_enough)(const Count *count, bool is_closed))
{
    const char *seconds = g_getenv("HEARD_SECONDS"), *seed = g_getenv("HEARD_SEED");
    int64_t ms = 1000 * (seconds ? atoi(seconds) : SECONDS);
    guint32 number = seed ? (guint32)atoi(seed) : 20261128;
    const Count *count = &stand.count;

    print_message("# seed %u (HEARD_SEED)\n", number);
    rand_ = g_rand_new_with_seed(number);
    open_hearing(kind, seats);
    live_for(ms / 2, act);
    if (!stand.leak[0])
        rooms_stand_restart(&stand);
    live_for(ms / 2, act);
    for (unsigned more = 0; more < MORE_S && !stand.leak[0] && !is_enough(count, false); more++)
        live_for(1000, act);
    rooms_stand_close(&stand);
    g_rand_free(rand_);
    print_message("# %s: %lu packets sent, %lu received (%lu in closed rooms, %lu by connections "
                  "that were taken out), %lu recorded, %lu on their way to text; %lu were sent "
                  "while the rules kept them back\n",
                  heard_kind_name(kind), count->sent, count->received, count->closed_received,
                  count->ghost_received, count->recorded, count->transcribed, count->kept_back);
    print_message("# %lu joins, %lu at a port that another device left, %lu refused; %lu moves; "
                  "%lu commands, %lu refused; %lu "
                  "misfortunes, %lu restart\n",
                  count->joins, count->left_ports, count->refused_joins, count->moves,
                  count->commands, count->refused, count->drops, count->restarts);
    if (stand.leak[0])
        fail_msg("LEAK: %s", stand.leak);
    assert_true(is_enough(count, true));
}

/* Silence keeps every secret: there must have been enough to hear, on both sides. What was recorded
 * is known when it is closed. */
static bool is_enough_said(const Count *count, bool is_closed)
{
    return count->joins > 30 && count->moves > 15 && count->received > 1500 &&
           count->closed_received > 200 && count->kept_back > 200 &&
           (!is_closed || (count->recorded > 60 && count->transcribed > 30));
}

static bool is_enough_seen(const Count *count, bool is_closed)
{
    return count->joins > 15 && count->moves > 6 && count->knocks > 3 && count->received > 1500 &&
           count->unseen_voices > 10 && count->screened_pictures > 50 &&
           (!is_closed || (count->recorded > 60 && count->recorded_screened > 20));
}

static void nobody_hears_a_caucus_from_outside(void **state)
{
    static const char *const seats[] = {"mediator:neutral",
                                        "petitioner:petitioner",
                                        "agent:petitioner",
                                        "petitioner:petitioner",
                                        "petitioner:respondent",
                                        "agent:respondent",
                                        "department:respondent",
                                        "interpreter:neutral",
                                        "observer:observer",
                                        "clerk:staff",
                                        NULL};
    (void)state;

    run(HEARD_KIND_MEDIATION, seats, mediate, is_enough_said);
}

static void nobody_hears_a_deliberation_from_outside(void **state)
{
    static const char *const seats[] = {"presiding:staff",   "clerk:staff",
                                        "panelist:panel",    "panelist:panel",
                                        "panelist:panel",    "petitioner:petitioner",
                                        "agent:petitioner",  "department:respondent",
                                        "observer:observer", NULL};
    (void)state;

    run(HEARD_KIND_PANEL_HEARING, seats, sit, is_enough_said);
}

static void who_waits_hears_nothing_and_who_is_protected_is_not_seen(void **state)
{
    static const char *const seats[] = {
        "presiding:staff",       "clerk:staff",           "panelist:panel",
        "panelist:panel",        "panelist:panel",        "petitioner:petitioner",
        "petitioner:petitioner", "department:respondent", "witness:neutral",
        "witness:neutral",       "observer:observer",     NULL};
    const Count *count = &stand.count;
    (void)state;

    run(HEARD_KIND_PANEL_HEARING, seats, testify, is_enough_seen);
    print_message(
        "# %lu knocks of witnesses who wait; of the protected person %lu voices came where "
        "no picture may, %lu pictures elsewhere, %lu in the recording\n",
        count->knocks, count->unseen_voices, count->screened_pictures, count->recorded_screened);
}

/* heard_child runs this program's own file: as a server it would be `heard`. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_hears_a_caucus_from_outside),
        cmocka_unit_test(nobody_hears_a_deliberation_from_outside),
        cmocka_unit_test(who_waits_hears_nothing_and_who_is_protected_is_not_seen),
    };
    if (argc == 4 && strcmp(argv[1], "transcribe") == 0)
        return rooms_keep_speech(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
