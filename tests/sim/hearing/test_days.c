/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include <stdlib.h>

#include "../../unit/hearing/hall.h"
#include "server/hearing/audit.h"

/*
 * Whole hearings of people who want to get through one, on a fake clock, while lines drop,
 * tabs close and the server crashes. Each must come to its end; what was heard must have
 * been recorded; a crash must lose nothing that the trail holds.
 */

enum { HEARINGS = 200, STEPS_MAX = 4000, TRAIL_MAX = 6000 };

typedef struct {
    HeardAuditEntry entry;
    char *detail, *actor;
} Kept;

static Hall hall, again;
static HeardHearing copy;
static GArray *trail; /* of Kept */
static bool flows, records, sealed;
static unsigned crashes, drops;

static void forget_trail(void)
{
    for (guint i = 0; i < trail->len; i++) {
        g_free(g_array_index(trail, Kept, i).detail);
        g_free(g_array_index(trail, Kept, i).actor);
    }
    g_array_set_size(trail, 0);
}

static void follow(void)
{
    for (unsigned i = 0; i < hall.effects.count; i++) {
        switch (hall.effects.items[i].kind) {
        case HEARD_EFFECT_ROOM_FLOW_ON:
            flows = true;
            break;
        case HEARD_EFFECT_ROOM_FLOW_OFF:
            flows = false;
            break;
        case HEARD_EFFECT_RECORDING_START:
        case HEARD_EFFECT_RECORDING_RESUME:
            records = true;
            break;
        case HEARD_EFFECT_RECORDING_PAUSE:
            records = false;
            break;
        case HEARD_EFFECT_RECORDING_FINISH:
            records = false;
            sealed = true;
            break;
        default:
            break;
        }
        /* never heard without being recorded, not even between two effects */
        assert_true(!flows || records || hall.hearing.recording_held);
    }
}

static HeardAnswer act(const char *actor, HeardVerb verb, const char *data)
{
    HeardAnswer answer = hall_do(&hall, actor, verb, data);
    HeardCommand command = {.actor = actor, .wall_ms = hall.wall_ms};
    json_t *parsed = data ? json_loads(data, 0, NULL) : NULL;
    Kept kept = {0};

    if (answer == HEARD_ANSWER_OK) {
        assert_true(heard_command_parse(verb, parsed, &command, NULL));
        kept.detail = heard_command_detail(&command);
        heard_audit_describe(&kept.entry, "h", &hall.hearing, &command, kept.detail, answer);
        kept.actor = g_strdup(kept.entry.actor);
        kept.entry.actor = kept.actor;
        kept.entry.object = "";
        g_array_append_val(trail, kept);
        follow();
    }
    json_decref(parsed);
    return answer;
}

static HeardAnswer act_on(const char *actor, HeardVerb verb, const char *target, const char *more)
{
    g_autofree char *data = g_strdup_printf("{\"participant\":\"%s\"%s}", target, more);

    return act(actor, verb, data);
}

static void crash(void)
{
    memcpy(&copy, &hall.hearing, sizeof copy);
    hall_init(&again, HEARD_KIND_JOINT_RECEPTION);
    for (guint i = 0; i < trail->len; i++) {
        g_autoptr(GError) error = NULL;

        if (!heard_audit_replay(&again.hearing, &g_array_index(trail, Kept, i).entry, &error))
            fail_msg("%s", error->message);
    }
    assert_memory_equal(&again.hearing, &copy, sizeof copy);
    flows = records = false; /* the machines are gone */
    crashes++;
    act(NULL, HEARD_VERB_RESTORE, NULL);
}

/* What a sensible person does next; an eager client repeats itself. */
static void live_one_step(GRand *rand, const char *id)
{
    HeardPerson *p = hall_person(&hall, id);

    if (p->presence == HEARD_PRESENCE_REMOVED)
        return;
    if (!p->online) {
        act_on(NULL, HEARD_VERB_CONNECT, id, "");
    } else if (!heard_role_on_duty(p->role) && !p->admitted &&
               p->consents[HEARD_CONSENT_RECORDING].decision != HEARD_DECISION_GIVEN) {
        act(id, HEARD_VERB_CONSENT_GIVE,
            "{\"subject\":\"online_mode\",\"decision\":\"given\",\"text_version\":\"1\"}");
        act(id, HEARD_VERB_CONSENT_GIVE,
            "{\"subject\":\"recording\",\"decision\":\"given\",\"text_version\":\"1\"}");
    } else if (p->admitted && !p->in_media) {
        act_on(NULL, HEARD_VERB_MEDIA_UP, id, "");
    } else if (g_rand_int_range(rand, 0, 4) == 0) {
        act(id, HEARD_VERB_HAND_RAISE, NULL);
    }
}

static void desk_one_step(const char *who)
{
    for (unsigned i = 0; i < hall.hearing.person_count; i++) {
        HeardPerson *p = &hall.hearing.people[i];

        if (!heard_person_waiting(p) || !p->online)
            continue;
        if (p->method == HEARD_METHOD_NONE)
            act_on(who, HEARD_VERB_CHECK_IDENTITY, p->id,
                   ",\"method\":\"id_card\",\"document\":\"1234\",\"result\":\"ok\"");
        else
            act_on(who, HEARD_VERB_ADMIT, p->id, "");
    }
}

static void chair_one_step(GRand *rand)
{
    const HeardProfile *profile = hall.hearing.config.profile;
    g_autofree char *next = NULL;

    if (hall.hearing.state == HEARD_STATE_READY) {
        act("presiding", HEARD_VERB_OPEN, NULL);
    } else if (hall.hearing.state == HEARD_STATE_RECESSED) {
        act("presiding", HEARD_VERB_RESUME, NULL);
    } else if (g_rand_int_range(rand, 0, 10) == 0) {
        act("presiding", HEARD_VERB_RECESS, "{\"reason\":\"tea\"}");
    } else if (hall.hearing.phase + 2 == profile->phase_count) {
        act("presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"explained\"}");
    } else if (hall.hearing.phase + 1 < profile->phase_count) {
        next = g_strdup_printf("{\"phase\":\"%s\"}", profile->phases[hall.hearing.phase + 1].code);
        act("presiding", HEARD_VERB_ADVANCE, next);
    }
}

static void misfortune(GRand *rand, const char *id)
{
    HeardPerson *p = hall_person(&hall, id);
    int64_t deadline_us;
    uint16_t late;

    switch (g_rand_int_range(rand, 0, 12)) {
    case 0:
        drops += act_on(NULL, HEARD_VERB_DISCONNECT, id, "") == HEARD_ANSWER_OK;
        act_on(NULL, HEARD_VERB_MEDIA_DOWN, id, "");
        break;
    case 1:
        act_on(NULL, HEARD_VERB_MEDIA_DOWN, id, "");
        break;
    case 2:
        hall.wall_ms += g_rand_int_range(rand, 0, 200000);
        break;
    case 3:
        if (g_rand_int_range(rand, 0, 6) == 0)
            crash();
        break;
    case 4:
        if (p->online && p->role != HEARD_ROLE_PRESIDING)
            act(id, HEARD_VERB_LEAVE, NULL);
        break;
    default:
        break;
    }
    while ((late = heard_hearing_next_expiry(&hall.hearing, &deadline_us)) != HEARD_NOBODY &&
           deadline_us <= hall.wall_ms * 1000)
        act_on(NULL, HEARD_VERB_EXPIRE, hall.hearing.people[late].id, "");
}

static bool hold_one(GRand *rand)
{
    static const char *const people[] = {"presiding", "clerk",    "department", "petitioner",
                                         "agent",     "mediator", "observer",   "lead_unit"};

    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    flows = records = sealed = false;
    for (unsigned step = 0; step < STEPS_MAX && !heard_hearing_over(&hall.hearing); step++) {
        const char *id = people[g_rand_int_range(rand, 0, G_N_ELEMENTS(people))];

        g_assert(trail->len < TRAIL_MAX);
        live_one_step(rand, id);
        if (g_rand_int_range(rand, 0, 3) == 0)
            desk_one_step(g_rand_boolean(rand) ? "clerk" : "presiding");
        if (g_rand_int_range(rand, 0, 12) == 0)
            chair_one_step(rand);
        misfortune(rand, id);
    }
    forget_trail();
    return heard_hearing_over(&hall.hearing);
}

static void days_come_to_their_end(void **state)
{
    guint32 seed = g_getenv("HEARD_SEED") ? (guint32)atoi(g_getenv("HEARD_SEED")) : 20261123;
    GRand *rand = g_rand_new_with_seed(seed);
    (void)state;

    print_message("# seed %u (HEARD_SEED)\n", seed);
    trail = g_array_new(FALSE, FALSE, sizeof(Kept));
    for (unsigned i = 0; i < HEARINGS; i++) {
        if (!hold_one(rand))
            fail_msg("hearing %u never ended", i);
        assert_true(sealed && !flows);
        assert_int_equal(hall.hearing.outcomes[0], HEARD_OUTCOME_EXPLAINED);
    }
    print_message("# %u hearings, %u crashes, %u drops\n", HEARINGS, crashes, drops);
    assert_true(crashes > HEARINGS / 4 && drops > HEARINGS);
    g_array_unref(trail);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_come_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
