/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include <stdlib.h>

#include "hall.h"
#include "server/hearing/audit.h"
#include "server/hearing/hearing_internal.h"

enum { STEPS = 25000, TRAIL_MAX = 4000, ROLES = 13, MORE = 3 };

typedef struct {
    HeardAuditEntry entry;
    char *detail, *actor, *object;
    char hash[HEARD_AUDIT_HASH_SIZE];
} Stored;

static Hall hall, again;
static Stored trail[TRAIL_MAX];
static unsigned trail_count;

static void clear_trail(void)
{
    for (unsigned i = 0; i < trail_count; i++) {
        g_free(trail[i].detail);
        g_free(trail[i].actor);
        g_free(trail[i].object);
    }
    trail_count = 0;
}

static void keep(HeardAuditChain *chain, const HeardCommand *command, HeardAnswer answer)
{
    Stored *stored = &trail[trail_count++];

    stored->detail = heard_command_detail(command);
    heard_audit_describe(&stored->entry, "h", &hall.hearing, command, stored->detail, answer);
    stored->actor = g_strdup(stored->entry.actor);
    stored->object = g_strdup(stored->entry.object);
    stored->entry.actor = stored->actor;
    stored->entry.object = stored->object;
    heard_audit_append(chain, &stored->entry);
    g_strlcpy(stored->hash, chain->head, sizeof stored->hash);
}

static const char *pick_person(GRand *rand)
{
    int at = g_rand_int_range(rand, 0, ROLES + MORE);

    return hall.hearing.people[at < ROLES ? at : at - ROLES + HEARD_ROLE_COUNT].id;
}

/* Any command, sensible or not; the desk works well often enough to get somewhere. */
static void make_command(GRand *rand, HeardCommand *command)
{
    static const HeardRoomKind rooms[] = {HEARD_ROOM_CAUCUS_A, HEARD_ROOM_CAUCUS_B,
                                          HEARD_ROOM_DELIBERATION};
    const HeardProfile *profile = hall.hearing.config.profile;
    unsigned phase = (unsigned)g_rand_int_range(rand, 0, (gint32)profile->phase_count + 1);
    HeardCommand blank = {
        .reason = "", .text_version = "v", .document = "", .phase = "", .note = "", .decider = ""};

    *command = blank;
    command->verb = (HeardVerb)g_rand_int_range(rand, 0, HEARD_VERB_COUNT);
    /* What ends things is rare, or no story would last. */
    if ((command->verb == HEARD_VERB_CLOSE || command->verb == HEARD_VERB_RESTORE ||
         command->verb == HEARD_VERB_SUSPEND || command->verb == HEARD_VERB_REMOVE ||
         command->verb == HEARD_VERB_LEAVE || command->verb == HEARD_VERB_EXPIRE ||
         command->verb == HEARD_VERB_DISCONNECT || command->verb == HEARD_VERB_HOLD) &&
        g_rand_int_range(rand, 0, 7) > 0)
        command->verb = HEARD_VERB_CONNECT;
    if (command->verb < HEARD_VERB_CLIENT_COUNT) {
        static const char *const desk[] = {"presiding", "clerk", "petitioner", "mediator"};

        command->actor =
            g_rand_boolean(rand) ? pick_person(rand) : desk[g_rand_int_range(rand, 0, 4)];
    }
    if (command->verb != HEARD_VERB_RESTORE && command->verb != HEARD_VERB_SUSPEND)
        command->target = pick_person(rand);
    command->reason = g_rand_boolean(rand) ? "because" : "";
    command->subject = (HeardConsentSubject)g_rand_int_range(rand, 0, HEARD_CONSENT_COUNT);
    command->decision =
        g_rand_int_range(rand, 0, 20) > 0 ? HEARD_DECISION_GIVEN : HEARD_DECISION_REFUSED;
    command->method = HEARD_METHOD_ID_CARD;
    command->passed = g_rand_int_range(rand, 0, 20) > 0;
    command->source = (HeardSend)g_rand_int_range(rand, 0, HEARD_SEND_COUNT);
    command->blocked = g_rand_boolean(rand);
    for (unsigned i = 0; i < HEARD_SEND_COUNT; i++)
        command->sends[i] = g_rand_boolean(rand);
    command->phase = phase < profile->phase_count ? profile->phases[phase].code : "nowhere";
    command->room = rooms[g_rand_int_range(rand, 0, G_N_ELEMENTS(rooms))];
    command->accepted = g_rand_int_range(rand, 0, 4) > 0;
    command->locked = g_rand_int_range(rand, 0, 4) == 0;
    command->outcomes[0] = HEARD_OUTCOME_EXPLAINED;
    command->outcome_count = 1;
    command->note = "note";
    command->asks = g_rand_int_range(rand, 0, 4) == 0;
    command->granted = g_rand_int_range(rand, 0, 40) == 0; /* or no panel would be left */
    command->decider = g_rand_boolean(rand) ? "head" : "";
    command->from[0] = pick_person(rand);
    command->from_count = (unsigned)g_rand_int_range(rand, 0, 2);
    command->unit = g_rand_boolean(rand) ? "unit-1" : "unit-2";
    command->summons = (unsigned)g_rand_int_range(rand, 1, 4);
    command->seat = command->accepted ? "department" : "";
    command->answerer = "account";
}

/* The round of a panel hearing, or nothing would come after it. */
static bool ask_round(GRand *rand, HeardCommand *command)
{
    const HeardHearing *h = &hall.hearing;
    unsigned recusal = h->config.profile->recusal;

    if (!recusal || h->phase > recusal || g_rand_int_range(rand, 0, 3) == 0 ||
        (h->state != HEARD_STATE_LIVE && h->state != HEARD_STATE_RECESSED))
        return false;
    command->verb = h->phase < recusal ? HEARD_VERB_ADVANCE : HEARD_VERB_RECUSAL_ANSWER;
    command->actor = h->phase < recusal ? "presiding" : pick_person(rand);
    command->phase = h->config.profile->phases[recusal].code;
    command->reason = "because";
    if (h->state == HEARD_STATE_RECESSED) {
        command->verb = HEARD_VERB_RESUME;
        command->actor = "presiding";
    }
    for (unsigned i = 0; i < h->recusal_count; i++) {
        if (h->recusals[i].ruling != HEARD_RULING_PENDING)
            continue;
        command->verb = HEARD_VERB_RECUSAL_DECIDE;
        command->actor = g_rand_boolean(rand) ? "presiding" : "clerk";
        command->target = h->people[h->recusals[i].target].id;
    }
    return true;
}

/* What brings somebody one step further in, so that hearings get under way. */
static void make_sensible(GRand *rand, HeardCommand *command)
{
    static const char *const desks[] = {"clerk", "presiding", "mediator"};
    HeardPerson *p = hall_person(&hall, pick_person(rand));
    const char *desk = desks[g_rand_int_range(rand, 0, G_N_ELEMENTS(desks))];

    command->actor = NULL;
    command->target = p->id;
    if (ask_round(rand, command))
        return;
    if (hall.hearing.state == HEARD_STATE_READY && g_rand_int_range(rand, 0, 8) == 0) {
        command->verb = HEARD_VERB_OPEN;
        command->actor = desk;
        command->target = NULL;
    } else if (hall.hearing.state == HEARD_STATE_LIVE && g_rand_boolean(rand)) {
        command->verb =
            (HeardVerb)g_rand_int_range(rand, HEARD_VERB_ROOM_OPEN, HEARD_VERB_ROOM_CLOSE + 2);
        command->actor = g_rand_boolean(rand) ? "mediator" : pick_person(rand);
        if (command->verb > HEARD_VERB_ROOM_CLOSE) {
            command->verb = HEARD_VERB_ADVANCE;
            command->actor = desk;
            command->reason = "because";
            if (hall.hearing.config.profile->deliberation && g_rand_int_range(rand, 0, 3) == 0)
                command->phase = "deliberation";
        }
    } else if (!p->online) {
        command->verb = HEARD_VERB_CONNECT;
    } else if (p->admitted) {
        command->verb = HEARD_VERB_MEDIA_UP;
    } else if (p->consents[command->subject].decision != HEARD_DECISION_GIVEN) {
        command->verb = HEARD_VERB_CONSENT_GIVE;
        command->decision = HEARD_DECISION_GIVEN;
        command->actor = p->id;
    } else {
        command->actor = desk;
        command->verb =
            p->method == HEARD_METHOD_NONE ? HEARD_VERB_CHECK_IDENTITY : HEARD_VERB_ADMIT;
    }
}

static void check_people(const HeardHearing *h)
{
    unsigned called = 0;

    for (unsigned i = 0; i < h->person_count; i++) {
        const HeardPerson *p = &h->people[i];
        HeardRoomKind room = heard_hearing_room_of(h, (uint16_t)i);

        /* invariant 5 of domain.md 3.12 */
        if (heard_room_has_media(room)) {
            assert_true(p->admitted);
            assert_int_not_equal(p->method, HEARD_METHOD_NONE);
            for (unsigned c = 0; c < HEARD_CONSENT_COUNT; c++)
                assert_true(heard_role_on_duty(p->role) ||
                            p->consents[c].decision == HEARD_DECISION_GIVEN);
        }
        /* A witness is inside only when called, and one at a time. */
        if (heard_hearing_waits_outside(h, (uint16_t)i))
            assert_false(heard_room_has_media(room) || p->in_media);
        called += p->called;
        if (p->recused)
            assert_int_equal(p->presence, HEARD_PRESENCE_REMOVED);
        if (p->in_media)
            assert_true(heard_room_has_media(room));
        if (p->role == HEARD_ROLE_OBSERVER || p->role == HEARD_ROLE_SUPERVISOR) {
            for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
                assert_false(heard_hearing_may_send(h, (uint16_t)i, (HeardSend)s));
        }
        if (p->presence == HEARD_PRESENCE_REMOVED || heard_hearing_over(h))
            assert_int_equal(heard_hearing_may(h, (uint16_t)i), 0);
        /* waits exactly as long as there is something to wait for */
        if (heard_person_waiting(p))
            assert_false(p->admitted);
        if (p->online && !heard_hearing_over(h))
            assert_int_not_equal(room, HEARD_ROOM_NONE);
    }
    assert_true(called <= 1);
    assert_true(h->recusal_decided <= h->recusal_count);
    if (heard_recusal_stops(h))
        assert_true(h->state != HEARD_STATE_LIVE);
    for (unsigned i = 0; i < h->floor.count; i++)
        assert_true(heard_room_has_media(heard_hearing_room_of(h, h->floor.people[i])));
}

/* A slow second opinion that only believes effects. */
typedef struct {
    bool flows, recording, paused, finished;
    HeardRoomKind in_room[HEARD_PEOPLE_MAX]; /* NONE: no media */
    bool open[HEARD_ROOM_COUNT];
    bool asked[HEARD_PEOPLE_MAX][HEARD_ROOM_COUNT]; /* since the room was opened */
    unsigned opened, moves;
} Outside;

/* Invariant 1 of domain.md 3.12, between any two effects. */
static void check_closed_rooms(const Outside *outside)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        if (outside->open[i])
            assert_true(!outside->flows && (!outside->recording || outside->paused));
    }
}

static void believe_room(Outside *outside, const HeardEffect *effect, unsigned people)
{
    bool opens = effect->kind == HEARD_EFFECT_ROOM_OPEN;

    assert_true(heard_room_is_closed(effect->room) && outside->open[effect->room] != opens);
    outside->open[effect->room] = opens;
    outside->opened += opens;
    for (unsigned i = 0; i < people && !opens; i++) {
        assert_int_not_equal(outside->in_room[i], effect->room);
        outside->asked[i][effect->room] = false;
    }
}

static void believe(Outside *outside, const HeardEffects *effects, const HeardHearing *h)
{
    for (unsigned i = 0; i < effects->count; i++) {
        const HeardEffect *effect = &effects->items[i];

        assert_int_equal(effect->kind == HEARD_EFFECT_AUDIT, i == 0);
        assert_true(i == 0 || effects->items[i - 1].kind <= effect->kind);
        switch (effect->kind) {
        case HEARD_EFFECT_ROOM_FLOW_ON:
            assert_true(outside->recording && !outside->finished);
            outside->flows = true;
            break;
        case HEARD_EFFECT_ROOM_FLOW_OFF:
            assert_true(outside->flows);
            outside->flows = false;
            break;
        case HEARD_EFFECT_RECORDING_START:
            outside->recording = true;
            outside->paused = false;
            break;
        case HEARD_EFFECT_RECORDING_PAUSE:
            assert_true(outside->recording);
            outside->paused = true;
            break;
        case HEARD_EFFECT_RECORDING_RESUME:
            assert_true(outside->recording && outside->paused);
            outside->paused = false;
            break;
        case HEARD_EFFECT_RECORDING_FINISH:
            assert_true(outside->recording && !outside->flows);
            outside->finished = true;
            break;
        case HEARD_EFFECT_ADMIT_MEDIA:
            assert_int_equal(outside->in_room[effect->person], HEARD_ROOM_NONE);
            outside->in_room[effect->person] = heard_hearing_room_of(h, effect->person);
            outside->moves++;
            break;
        case HEARD_EFFECT_DROP_MEDIA:
            assert_int_not_equal(outside->in_room[effect->person], HEARD_ROOM_NONE);
            outside->in_room[effect->person] = HEARD_ROOM_NONE;
            break;
        case HEARD_EFFECT_ROOM_OPEN:
        case HEARD_EFFECT_ROOM_CLOSE:
            believe_room(outside, effect, h->person_count);
            break;
        default:
            break;
        }
        check_closed_rooms(outside);
    }
}

/* Who is in a closed room belongs there, by role, by side or because he was asked. */
static void check_place(Outside *outside, const HeardHearing *h, unsigned person)
{
    const HeardPerson *p = &h->people[person];
    HeardRoomKind room = heard_hearing_room_of(h, (uint16_t)person);
    HeardSide side = room == HEARD_ROOM_CAUCUS_A ? HEARD_SIDE_PETITIONER : HEARD_SIDE_RESPONDENT;

    assert_int_equal(outside->in_room[person], heard_room_has_media(room) ? room : 0);
    if (p->invited != HEARD_ROOM_NONE) {
        assert_true(outside->open[p->invited]);
        outside->asked[person][p->invited] = true;
    }
    if (!heard_room_is_closed(room))
        return;
    assert_true(outside->open[room]);
    assert_true(p->presence == HEARD_PRESENCE_IN_CAUCUS ||
                p->presence == HEARD_PRESENCE_DISCONNECTED);
    if (room == HEARD_ROOM_DELIBERATION)
        assert_true(p->role == HEARD_ROLE_PRESIDING || p->role == HEARD_ROLE_CLERK ||
                    p->role == HEARD_ROLE_PANELIST);
    else
        assert_true(p->role == HEARD_ROLE_MEDIATOR || outside->asked[person][room] ||
                    (p->side == side && heard_role_permit(p->role, HEARD_MAY_CAUCUS)));
}

/* Only a deliberation may be empty: until its phase is over. */
static void check_rooms(Outside *outside, const HeardHearing *h)
{
    bool inside[HEARD_ROOM_COUNT] = {false};
    HeardRoomKind reason;
    bool apart = heard_hearing_apart(h, &reason);

    for (unsigned i = 0; i < h->person_count; i++) {
        check_place(outside, h, i);
        inside[heard_hearing_room_of(h, (uint16_t)i)] = true;
    }
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        assert_int_equal(outside->open[i], h->rooms[i].open);
        if (h->rooms[i].open)
            assert_true(apart && h->rooms[i].since_ms >= h->apart_since_ms &&
                        (i == HEARD_ROOM_DELIBERATION || inside[i]));
    }
    assert_int_equal(apart, h->apart_since_ms != 0);
}

static void check_outside(Outside *outside, const HeardHearing *h)
{
    HeardRecordingWish wish = heard_hearing_recording(h);

    assert_int_equal(outside->flows, heard_hearing_flows(h));
    assert_int_equal(outside->recording, wish != HEARD_RECORDING_NONE);
    assert_int_equal(outside->finished, wish == HEARD_RECORDING_FINISHED);
    if (wish == HEARD_RECORDING_RUNNING || wish == HEARD_RECORDING_PAUSED)
        assert_int_equal(outside->paused, wish == HEARD_RECORDING_PAUSED);
    check_rooms(outside, h);
}

static void replay_trail(HeardKind kind)
{
    HeardAuditChain chain;

    heard_audit_init(&chain);
    hall_init(&again, kind);
    for (unsigned i = 0; i < trail_count; i++) {
        g_autoptr(GError) error = NULL;

        assert_int_equal(heard_audit_check(&chain, &trail[i].entry, trail[i].hash),
                         HEARD_AUDIT_GOOD);
        if (!heard_audit_replay(&again.hearing, &trail[i].entry, &error))
            fail_msg("%s", error->message);
    }
    assert_memory_equal(&again.hearing, &hall.hearing, sizeof hall.hearing);
}

static Outside outside;

static void run_kind(GRand *rand, HeardKind kind)
{
    HeardAuditChain chain;
    unsigned opened = 0, closed = 0, done = 0, rooms = 0, moves = 0;

    memset(&outside, 0, sizeof outside);
    hall_init(&hall, kind);
    heard_audit_init(&chain);
    for (unsigned step = 0; step < STEPS; step++) {
        HeardCommand command;
        HeardHearing before = hall.hearing;
        HeardAnswer answer;

        make_command(rand, &command);
        if (g_rand_int_range(rand, 0, 3) == 0)
            make_sensible(rand, &command);
        hall.wall_ms += g_rand_int_range(rand, 1, 60000);
        command.wall_ms = hall.wall_ms;
        command.now_us = hall.wall_ms * 1000;
        answer = heard_hearing_apply(&hall.hearing, &command, &hall.effects);
        if (answer != HEARD_ANSWER_OK)
            assert_memory_equal(&before, &hall.hearing, sizeof before);
        if (hall.effects.count > 0) {
            assert_true(answer == HEARD_ANSWER_OK || answer == HEARD_ANSWER_WRONG_ROLE);
            keep(&chain, &command, answer);
        }
        done += answer == HEARD_ANSWER_OK;
        opened += answer == HEARD_ANSWER_OK && command.verb == HEARD_VERB_OPEN;
        check_people(&hall.hearing);
        if (answer == HEARD_ANSWER_OK) {
            if (command.verb == HEARD_VERB_RESTORE) {
                outside.flows = outside.recording = outside.paused = false;
                memset(outside.open, 0, sizeof outside.open);
            }
            believe(&outside, &hall.effects, &hall.hearing);
            check_outside(&outside, &hall.hearing);
        }
        if (heard_hearing_over(&hall.hearing) || trail_count == TRAIL_MAX) {
            closed += heard_hearing_over(&hall.hearing);
            replay_trail(kind);
            clear_trail();
            rooms += outside.opened;
            moves += outside.moves;
            hall_init(&hall, kind);
            heard_audit_init(&chain);
            memset(&outside, 0, sizeof outside);
        }
    }
    replay_trail(kind);
    clear_trail();
    print_message("# %s: %u steps, %u done, %u opened, %u closed, %u rooms, %u moves\n",
                  heard_kind_name(kind), STEPS, done, opened, closed, rooms, moves);
    assert_true(done > STEPS / 10 && opened >= 5 && closed >= 4);
    assert_true(rooms >= (heard_agenda_profile(kind)->rooms ? 8 : 0));
}

static void random_hearings_keep_the_rules_and_replay(void **state)
{
    static const HeardKind kinds[] = {HEARD_KIND_JOINT_RECEPTION, HEARD_KIND_MEDIATION,
                                      HEARD_KIND_PANEL_HEARING};
    guint32 seed = g_getenv("HEARD_SEED") ? (guint32)atoi(g_getenv("HEARD_SEED")) : 20261123;
    GRand *rand = g_rand_new_with_seed(seed);
    (void)state;

    print_message("# seed %u (HEARD_SEED)\n", seed);
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
        run_kind(rand, kinds[i]);
    g_rand_free(rand);
}

static void a_changed_missing_or_moved_entry_is_found(void **state)
{
    HeardAuditChain chain, check;
    (void)state;

    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    heard_audit_init(&chain);
    for (unsigned i = 0; i < 5; i++) {
        HeardCommand command = {.verb = HEARD_VERB_CONNECT,
                                .target = heard_role_name((HeardRole)i),
                                .wall_ms = 1000 + i,
                                .reason = ""};

        keep(&chain, &command, HEARD_ANSWER_OK);
    }
    for (unsigned what = 0; what < 4; what++) {
        HeardAuditCheck found = HEARD_AUDIT_GOOD;

        heard_audit_init(&check);
        for (unsigned i = 0; i < 5 && found == HEARD_AUDIT_GOOD; i++) {
            HeardAuditEntry entry = trail[i].entry;

            if (i == 2 && what == 1)
                entry.at_ms++;
            if (i == 2 && what == 2)
                entry.object = "somebody";
            if (i == 2 && what == 3)
                continue;
            found = heard_audit_check(&check, &entry, trail[i].hash);
        }
        assert_int_equal(found, what == 0   ? HEARD_AUDIT_GOOD
                                : what == 3 ? HEARD_AUDIT_GAP
                                            : HEARD_AUDIT_BROKEN);
    }
    clear_trail();
}

static void fields_do_not_run_into_each_other(void **state)
{
    HeardAuditChain a, b;
    HeardAuditEntry entry = {.hearing = "h",
                             .actor = "ab",
                             .role = "c",
                             .action = "",
                             .object = "",
                             .detail = "{}",
                             .result = "done"};
    (void)state;

    heard_audit_init(&a);
    heard_audit_init(&b);
    heard_audit_append(&a, &entry);
    entry.actor = "a";
    entry.role = "bc";
    heard_audit_append(&b, &entry);
    assert_string_not_equal(a.head, b.head);
    assert_int_equal(strlen(a.head), HEARD_AUDIT_HASH_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_hearings_keep_the_rules_and_replay),
        cmocka_unit_test(a_changed_missing_or_moved_entry_is_found),
        cmocka_unit_test(fields_do_not_run_into_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
