/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../../unit/hearing/hall.h"
#include "model.h"
#include "server/hearing/audit.h"

/*
 * Any command by anybody, in hearings of every kind, against a second opinion (model.h); at
 * the end of each the trail is replayed and must give the same state byte by byte.
 * HEARD_STEPS says how many (a long run: 1000000), HEARD_SEED from where.
 */

enum { STEPS = 60000, STEPS_OF_ONE = 1500, REPS = 6, PANELISTS = 2, TRAIL_MAX = 4096 };

typedef struct {
    HeardAuditEntry entry;
    char *detail, *actor;
} Kept;

static Hall hall, again;
static HeardHearing before;
static Model model;
static GArray *trail; /* of Kept */
static unsigned ended, replays;

static void seat_all(Hall *self, HeardKind kind)
{
    hall_init(self, kind);
    for (unsigned i = 0; i < REPS; i++) {
        g_autofree char *id = g_strdup_printf("rep-%u", i);

        heard_hearing_add_person(&self->hearing, id, HEARD_ROLE_PETITIONER, HEARD_SIDE_PETITIONER);
    }
    for (unsigned i = 0; i < PANELISTS; i++) {
        g_autofree char *id = g_strdup_printf("more-%u", i);

        heard_hearing_add_person(&self->hearing, id, HEARD_ROLE_PANELIST, HEARD_SIDE_PANEL);
    }
}

static void forget_trail(void)
{
    for (guint i = 0; i < trail->len; i++) {
        g_free(g_array_index(trail, Kept, i).detail);
        g_free(g_array_index(trail, Kept, i).actor);
    }
    g_array_set_size(trail, 0);
}

static void keep(const HeardCommand *command, HeardAnswer answer)
{
    Kept kept = {.detail = heard_command_detail(command)};

    g_assert(trail->len < TRAIL_MAX);
    heard_audit_describe(&kept.entry, "h", &hall.hearing, command, kept.detail, answer);
    kept.actor = g_strdup(kept.entry.actor);
    kept.entry.actor = kept.actor;
    kept.entry.object = "";
    kept.entry.detail = kept.detail;
    g_array_append_val(trail, kept);
}

/* Invariant 10. */
static void replay(HeardKind kind)
{
    seat_all(&again, kind);
    for (guint i = 0; i < trail->len; i++) {
        g_autoptr(GError) error = NULL;

        if (!heard_audit_replay(&again.hearing, &g_array_index(trail, Kept, i).entry, &error))
            fail_msg("%s", error->message);
    }
    assert_memory_equal(&again.hearing, &hall.hearing, sizeof hall.hearing);
    replays++;
}

/* Half of the time one who is in, where there is one. */
static const char *anybody(GRand *rand)
{
    const HeardHearing *h = &hall.hearing;
    unsigned start = (unsigned)g_rand_int_range(rand, 0, (gint32)h->person_count);
    unsigned looks = g_rand_boolean(rand) ? h->person_count : 0;

    for (unsigned i = 0; i < looks; i++) {
        if (h->people[(start + i) % h->person_count].admitted)
            return h->people[(start + i) % h->person_count].id;
    }
    return h->people[start].id;
}

/* The words of any command; whether they fit is the rules' business. */
static void fill(GRand *rand, HeardCommand *command)
{
    static const HeardRoomKind rooms[] = {HEARD_ROOM_CAUCUS_A, HEARD_ROOM_CAUCUS_B,
                                          HEARD_ROOM_DELIBERATION};
    static const char *const units[] = {"unit-1", "unit-2", "unit-3"};
    static const char *const liked[] = {"challenge", "witness", "deliberation"};
    const HeardProfile *profile = hall.hearing.config.profile;
    unsigned phase = (unsigned)g_rand_int_range(rand, 0, (gint32)profile->phase_count + 1);

    command->reason = g_rand_boolean(rand) ? "because" : "";
    command->text_version = "v";
    command->document = "1234";
    command->note = g_rand_boolean(rand) ? "note" : "";
    command->subject = (HeardConsentSubject)g_rand_int_range(rand, 0, HEARD_CONSENT_COUNT);
    command->decision =
        g_rand_int_range(rand, 0, 20) > 0 ? HEARD_DECISION_GIVEN : HEARD_DECISION_REFUSED;
    command->method = HEARD_METHOD_ID_CARD;
    command->passed = g_rand_int_range(rand, 0, 20) > 0;
    command->source = (HeardSend)g_rand_int_range(rand, 0, HEARD_SEND_COUNT);
    command->blocked = g_rand_boolean(rand);
    for (unsigned i = 0; i < HEARD_SEND_COUNT; i++)
        command->sends[i] = g_rand_boolean(rand);
    for (unsigned i = 0; i < G_N_ELEMENTS(liked); i++) {
        int index = heard_profile_find_phase(profile, liked[i]);

        if (index > 0 && g_rand_int_range(rand, 0, 4) == 0)
            phase = (unsigned)index;
    }
    command->phase = phase < profile->phase_count ? profile->phases[phase].code : "nowhere";
    command->room = rooms[g_rand_int_range(rand, 0, G_N_ELEMENTS(rooms))];
    if (hall.hearing.rooms[HEARD_ROOM_CAUCUS_A].open && g_rand_boolean(rand))
        command->room = HEARD_ROOM_CAUCUS_A;
    command->accepted = g_rand_int_range(rand, 0, 4) > 0;
    command->locked = g_rand_boolean(rand);
    command->minutes = (unsigned)g_rand_int_range(rand, 0, 5);
    command->safety = g_rand_int_range(rand, 0, 4) == 0;
    for (unsigned i = 0; i < HEARD_TALK_COUNT; i++)
        command->spoken_ms[i] = g_rand_int_range(rand, 0, 60000);
    command->asks = g_rand_int_range(rand, 0, 6) == 0;
    command->granted = g_rand_boolean(rand);
    command->decider = g_rand_boolean(rand) ? "head of the unit" : "";
    command->from_count = (unsigned)g_rand_int_range(rand, 0, 3);
    for (unsigned i = 0; i < command->from_count; i++)
        command->from[i] = anybody(rand);
    command->outcomes[0] = HEARD_OUTCOME_EXPLAINED;
    command->outcome_count = 1;
    command->target = anybody(rand);
    command->unit = units[g_rand_int_range(rand, 0, G_N_ELEMENTS(units))];
    command->summons = 1 + (unsigned)g_rand_int_range(rand, 0, 4);
    command->seat = command->accepted ? "rep-0" : "";
    command->answerer = "account";
}

/* What ends things is rare, or no story would last. */
static bool ends_things(HeardVerb verb)
{
    return verb == HEARD_VERB_CLOSE || verb == HEARD_VERB_RESTORE || verb == HEARD_VERB_SUSPEND ||
           verb == HEARD_VERB_REMOVE || verb == HEARD_VERB_LEAVE || verb == HEARD_VERB_HOLD ||
           verb == HEARD_VERB_RECESS || verb == HEARD_VERB_ROOM_CLOSE ||
           verb == HEARD_VERB_ROOM_LEAVE;
}

/* One of those that the page of this person offers. */
static HeardVerb offered(GRand *rand, const char *id)
{
    uint64_t mask = heard_hearing_may(&hall.hearing, heard_hearing_find(&hall.hearing, id));
    HeardVerb verbs[HEARD_VERB_CLIENT_COUNT];
    gint32 count = 0;

    for (unsigned verb = 0; verb < HEARD_VERB_CLIENT_COUNT; verb++) {
        if (mask & (UINT64_C(1) << verb))
            verbs[count++] = (HeardVerb)verb;
    }
    return count > 0 ? verbs[g_rand_int_range(rand, 0, count)] : HEARD_VERB_HAND_RAISE;
}

/* The recusal round goes on: into it, an answer of a party, a decision. False: not now. */
static bool guide_round(GRand *rand, HeardCommand *command)
{
    const HeardHearing *h = &hall.hearing;
    unsigned round = h->config.profile->recusal;
    HeardPerson *p = hall_person(&hall, anybody(rand));

    if (h->state != HEARD_STATE_LIVE || !round || h->phase > round ||
        g_rand_int_range(rand, 0, 3) > 0)
        return false;
    command->reason = "because";
    command->actor = "presiding";
    if (h->phase < round) {
        command->verb = HEARD_VERB_ADVANCE;
        command->phase = h->config.profile->phases[round].code;
    } else if (h->recusal_count > h->recusal_decided) {
        command->verb = HEARD_VERB_RECUSAL_DECIDE;
        command->target = h->people[h->recusals[h->recusal_count - 1].target].id;
        command->actor = g_rand_boolean(rand) ? "presiding" : "clerk";
    } else {
        command->verb = HEARD_VERB_RECUSAL_ANSWER;
        command->actor = p->id;
    }
    return true;
}

/* The witness is called where one may be, or the way there is taken. False: not now. */
static bool guide_witness(GRand *rand, HeardCommand *command)
{
    const HeardHearing *h = &hall.hearing;
    int phase = heard_profile_find_phase(h->config.profile, "witness");

    if (h->state != HEARD_STATE_LIVE || phase < 0 || h->phase <= h->config.profile->recusal ||
        g_rand_int_range(rand, 0, 8) > 0)
        return false;
    command->reason = "because";
    command->actor = "presiding";
    command->target = "witness";
    command->verb = h->phase != (unsigned)phase             ? HEARD_VERB_ADVANCE
                    : hall_person(&hall, "witness")->called ? HEARD_VERB_WITNESS_DISMISS
                                                            : HEARD_VERB_WITNESS_CALL;
    command->phase = "witness";
    return true;
}

/* A unit that is called answers, or the time is over. False: not now. */
static bool guide_summons(GRand *rand, HeardCommand *command)
{
    const HeardHearing *h = &hall.hearing;

    for (unsigned i = 0; i < h->summons_count; i++) {
        if (h->summonses[i].state != HEARD_SUMMONS_RINGING || g_rand_int_range(rand, 0, 6) > 0)
            continue;
        command->summons = i + 1;
        command->reason = "because";
        command->verb = HEARD_VERB_SUMMONS_ANSWER;
        if (g_rand_boolean(rand)) {
            command->verb = HEARD_VERB_SUMMONS_EXPIRE;
            hall.wall_ms = MAX(hall.wall_ms, h->summonses[i].due_at_ms);
        }
        return true;
    }
    return false;
}

/* Somebody comes one step further in. */
static void guide(GRand *rand, HeardCommand *command)
{
    static const char *const desks[] = {"clerk", "presiding", "mediator"};
    const char *desk = desks[g_rand_int_range(rand, 0, G_N_ELEMENTS(desks))];
    HeardPerson *p = hall_person(&hall, anybody(rand));

    command->target = p->id;
    command->decision = HEARD_DECISION_GIVEN;
    command->passed = true;
    if (guide_round(rand, command) || guide_witness(rand, command) || guide_summons(rand, command))
        return;
    if (hall.hearing.state == HEARD_STATE_READY && g_rand_int_range(rand, 0, 40) == 0) {
        command->verb = HEARD_VERB_OPEN;
        command->actor =
            hall.hearing.config.profile->leader == HEARD_ROLE_MEDIATOR ? "mediator" : "presiding";
    } else if (hall.hearing.state == HEARD_STATE_RECESSED) {
        command->verb = HEARD_VERB_RESUME;
        command->actor = desk;
    } else if (!p->online) {
        command->verb = HEARD_VERB_CONNECT;
    } else if (p->admitted) {
        command->verb = HEARD_VERB_MEDIA_UP;
    } else if (p->consents[command->subject].decision != HEARD_DECISION_GIVEN &&
               !heard_role_on_duty(p->role)) {
        command->verb = HEARD_VERB_CONSENT_GIVE;
        command->actor = p->id;
    } else {
        command->verb =
            p->method == HEARD_METHOD_NONE ? HEARD_VERB_CHECK_IDENTITY : HEARD_VERB_ADMIT;
        command->actor = desk;
    }
}

static void choose(GRand *rand, HeardCommand *command)
{
    const char *leader = heard_role_name(hall.hearing.config.profile->leader);
    bool early = hall.hearing.state < HEARD_STATE_LIVE && g_rand_int_range(rand, 0, 4) > 0;
    int kind = early ? 0 : g_rand_int_range(rand, 0, 100);

    memset(command, 0, sizeof *command);
    fill(rand, command);
    if (kind < 25) {
        guide(rand, command);
        return;
    }
    if (kind < 35) {
        command->verb =
            (HeardVerb)g_rand_int_range(rand, HEARD_VERB_CLIENT_COUNT, HEARD_VERB_COUNT);
    } else {
        command->actor = kind < 60 ? leader : anybody(rand);
        command->verb = kind % 5 > 0
                            ? offered(rand, command->actor)
                            : (HeardVerb)g_rand_int_range(rand, 0, HEARD_VERB_CLIENT_COUNT);
    }
    if (command->verb == HEARD_VERB_ROOM_INVITE && kind % 2 == 0)
        command->target = "interpreter"; /* who is nobody's, and goes where it is asked */
    if (ends_things(command->verb) && g_rand_int_range(rand, 0, 12) > 0) {
        command->verb = HEARD_VERB_CONNECT;
        command->actor = NULL;
    }
}

static void step(GRand *rand)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) data = NULL;
    g_autofree char *detail = NULL;
    HeardCommand command;
    HeardAnswer answer;

    choose(rand, &command);
    if (command.verb == HEARD_VERB_HAND_LOWER && g_rand_boolean(rand))
        command.target = NULL;
    hall.wall_ms += g_rand_int_range(rand, 0, 3000);
    command.wall_ms = hall.wall_ms;
    command.now_us = hall.wall_ms * 1000;
    /* Through the wire: only what the verb has arrives. */
    detail = heard_command_detail(&command);
    data = json_loads(detail, 0, NULL);
    if (!heard_command_parse(command.verb, data, &command, &error))
        fail_msg("%s %s: %s", heard_verb_name(command.verb), detail, error->message);
    memcpy(&before, &hall.hearing, sizeof before);
    answer = heard_hearing_apply(&hall.hearing, &command, &hall.effects);
    model_step(&model, &before, &hall.hearing, &command, answer, &hall.effects);
    if (hall.effects.count > 0)
        keep(&command, answer);
}

static void say(uint32_t seed, unsigned steps)
{
    print_message("# seed %u (HEARD_SEED), %u steps (HEARD_STEPS), %u replays, %u ended\n", seed,
                  steps, replays, ended);
    for (unsigned verb = 0; verb < HEARD_VERB_COUNT; verb++)
        print_message("# %-28s %8" PRIu64 " done %8" PRIu64 " refused\n",
                      heard_verb_name((HeardVerb)verb), model.done[verb], model.refused[verb]);
}

static void any_command_by_anybody_keeps_the_invariants(void **state)
{
    uint32_t seed = g_getenv("HEARD_SEED") ? (uint32_t)atoi(g_getenv("HEARD_SEED")) : 20261128;
    unsigned steps = g_getenv("HEARD_STEPS") ? (unsigned)atoi(g_getenv("HEARD_STEPS")) : STEPS;
    GRand *rand = g_rand_new_with_seed(seed);
    unsigned made = 0;
    (void)state;

    trail = g_array_new(FALSE, FALSE, sizeof(Kept));
    for (unsigned round = 0; made < steps; round++) {
        static const HeardKind kinds[] = {HEARD_KIND_MEDIATION,     HEARD_KIND_PANEL_HEARING,
                                          HEARD_KIND_RECEPTION,     HEARD_KIND_MEDIATION,
                                          HEARD_KIND_PANEL_HEARING, HEARD_KIND_JOINT_RECEPTION};
        HeardKind kind = kinds[round % G_N_ELEMENTS(kinds)];

        seat_all(&hall, kind);
        model_begin(&model, &hall.hearing);
        for (unsigned i = 0; i < STEPS_OF_ONE && made < steps; i++, made++) {
            step(rand);
            if (heard_hearing_over(&hall.hearing) && g_rand_int_range(rand, 0, 20) == 0)
                break;
        }
        ended += heard_hearing_over(&hall.hearing);
        replay(kind);
        forget_trail();
    }
    say(seed, steps);
    /* A verb that is never done proves nothing. */
    for (unsigned verb = 0; verb < HEARD_VERB_COUNT; verb++) {
        if (model.done[verb] == 0)
            fail_msg("%s was never done", heard_verb_name((HeardVerb)verb));
    }
    g_array_unref(trail);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_command_by_anybody_keeps_the_invariants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
