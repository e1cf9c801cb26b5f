/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "hall.h"
#include "server/hearing/audit.h"

enum { STEPS = 100000, TRAIL_MAX = 4000, PEOPLE = 13 };

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
    return heard_role_name((HeardRole)g_rand_int_range(rand, 0, PEOPLE));
}

/* Any command, sensible or not; the desk works well often enough to get somewhere. */
static void make_command(GRand *rand, HeardCommand *command)
{
    static const char *const phases[] = {"check_in",     "opening",       "statement",
                                         "unit_answers", "consolidation", "record_confirm",
                                         "closed",       "nowhere"};
    HeardCommand blank = {
        .reason = "", .text_version = "v", .document = "", .phase = "", .note = ""};

    *command = blank;
    command->verb = (HeardVerb)g_rand_int_range(rand, 0, HEARD_VERB_COUNT);
    /* What ends things is rare, or no story would last. */
    if ((command->verb == HEARD_VERB_CLOSE || command->verb == HEARD_VERB_RESTORE ||
         command->verb == HEARD_VERB_SUSPEND || command->verb == HEARD_VERB_REMOVE ||
         command->verb == HEARD_VERB_LEAVE || command->verb == HEARD_VERB_EXPIRE ||
         command->verb == HEARD_VERB_DISCONNECT || command->verb == HEARD_VERB_HOLD) &&
        g_rand_int_range(rand, 0, 10) > 0)
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
    command->phase = phases[g_rand_int_range(rand, 0, G_N_ELEMENTS(phases))];
    command->outcomes[0] = HEARD_OUTCOME_EXPLAINED;
    command->outcome_count = 1;
    command->note = "note";
}

static void check_people(const HeardHearing *h)
{
    for (unsigned i = 0; i < h->person_count; i++) {
        const HeardPerson *p = &h->people[i];
        HeardRoomKind room = heard_hearing_room_of(h, (uint16_t)i);

        /* invariant 5 of domain.md 3.12 */
        if (room == HEARD_ROOM_MAIN) {
            assert_true(p->admitted);
            assert_int_not_equal(p->method, HEARD_METHOD_NONE);
            for (unsigned c = 0; c < HEARD_CONSENT_COUNT; c++)
                assert_true(heard_role_on_duty(p->role) ||
                            p->consents[c].decision == HEARD_DECISION_GIVEN);
        }
        if (p->in_media)
            assert_int_equal(room, HEARD_ROOM_MAIN);
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
    for (unsigned i = 0; i < h->floor.count; i++)
        assert_int_equal(heard_hearing_room_of(h, h->floor.people[i]), HEARD_ROOM_MAIN);
}

/* A slow second opinion that only believes effects. */
typedef struct {
    bool flows, recording, paused, finished;
    bool in_room[HEARD_PEOPLE_MAX];
} Outside;

static void believe(Outside *outside, const HeardEffects *effects)
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
            assert_true(outside->recording && !outside->paused);
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
            assert_false(outside->in_room[effect->person]);
            outside->in_room[effect->person] = true;
            break;
        case HEARD_EFFECT_DROP_MEDIA:
            assert_true(outside->in_room[effect->person]);
            outside->in_room[effect->person] = false;
            break;
        default:
            break;
        }
    }
}

static void check_outside(const Outside *outside, const HeardHearing *h)
{
    HeardRecordingWish wish = heard_hearing_recording(h);

    assert_int_equal(outside->flows, heard_hearing_flows(h));
    assert_int_equal(outside->recording, wish != HEARD_RECORDING_NONE);
    assert_int_equal(outside->finished, wish == HEARD_RECORDING_FINISHED);
    if (wish == HEARD_RECORDING_RUNNING || wish == HEARD_RECORDING_PAUSED)
        assert_int_equal(outside->paused, wish == HEARD_RECORDING_PAUSED);
    for (unsigned i = 0; i < h->person_count; i++)
        assert_int_equal(outside->in_room[i],
                         heard_hearing_room_of(h, (uint16_t)i) == HEARD_ROOM_MAIN);
}

static void replay_trail(void)
{
    HeardAuditChain chain;

    heard_audit_init(&chain);
    hall_init(&again, HEARD_KIND_JOINT_RECEPTION);
    for (unsigned i = 0; i < trail_count; i++) {
        g_autoptr(GError) error = NULL;

        assert_int_equal(heard_audit_check(&chain, &trail[i].entry, trail[i].hash),
                         HEARD_AUDIT_GOOD);
        if (!heard_audit_replay(&again.hearing, &trail[i].entry, &error))
            fail_msg("%s", error->message);
    }
    assert_memory_equal(&again.hearing, &hall.hearing, sizeof hall.hearing);
}

static void random_hearings_keep_the_rules_and_replay(void **state)
{
    guint32 seed = 20261123;
    GRand *rand = g_rand_new_with_seed(seed);
    HeardAuditChain chain;
    Outside outside = {0};
    unsigned opened = 0, closed = 0, done = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    heard_audit_init(&chain);
    for (unsigned step = 0; step < STEPS; step++) {
        HeardCommand command;
        HeardHearing before = hall.hearing;
        HeardAnswer answer;

        make_command(rand, &command);
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
            if (command.verb == HEARD_VERB_RESTORE)
                outside.flows = outside.recording = outside.paused = false;
            believe(&outside, &hall.effects);
            check_outside(&outside, &hall.hearing);
        }
        if (heard_hearing_over(&hall.hearing) || trail_count == TRAIL_MAX) {
            closed += heard_hearing_over(&hall.hearing);
            replay_trail();
            clear_trail();
            hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
            heard_audit_init(&chain);
            memset(&outside, 0, sizeof outside);
        }
    }
    replay_trail();
    clear_trail();
    g_rand_free(rand);
    print_message("# %u steps, %u done, %u opened, %u closed\n", STEPS, done, opened, closed);
    assert_true(done > STEPS / 10 && opened >= 10 && closed >= 10);
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
