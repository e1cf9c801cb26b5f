/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What one receiver gets in a round leaves together: a run of packets is one message to the
 * kernel (batch.h), and that is what a packet costs.
 */
#include "tests/sim/media/guest.h"
#include "tests/unit/heard_test.h"

enum { ROOM = 1, PAYLOAD = 900, FRAME = 4, VIEWERS = 3 };

typedef struct {
    Stage stage;
    HeardDtlsIdentity *identity;
    Guest *speaker, *viewers[VIEWERS];
    uint64_t messages; /* of the batch, before the round */
    unsigned rtp_in;   /* of all viewers, before the round */
} Scene;

static Guest *come(Scene *scene, unsigned number)
{
    Guest *guest = guest_new(&scene->stage, scene->identity, number);

    assert_true(stage_add_peer(&scene->stage, ROOM, number, guest_plan(guest)));
    assert_true(guest_connect(guest));
    stage_settle(&scene->stage);
    return guest;
}

static unsigned received(const Scene *scene)
{
    unsigned count = 0;

    for (unsigned i = 0; i < VIEWERS; i++)
        count += scene->viewers[i]->rtp_in;
    return count;
}

static int set_up(void **state)
{
    Scene *scene = g_new0(Scene, 1);

    *state = scene;
    stage_open(&scene->stage, 1000 * 1000);
    scene->identity = heard_dtls_identity_new(NULL);
    assert_true(stage_command(&scene->stage, HEARD_COMMAND_OPEN_ROOM, ROOM, 0));
    scene->speaker = come(scene, 1);
    guest_send_audio(scene->speaker);
    for (unsigned i = 0; i < VIEWERS; i++) {
        scene->viewers[i] = come(scene, 2 + i);
        assert_true(stage_show(&scene->stage, 2 + i, 0, 1, 360));
    }
    guest_send_frame(scene->speaker, FRAME, PAYLOAD, true);
    guest_send_audio(scene->speaker);
    stage_settle(&scene->stage);
    assert_int_equal(received(scene), VIEWERS * (FRAME + 1));
    return 0;
}

static int tear_down(void **state)
{
    Scene *scene = *state;

    guest_free(scene->speaker);
    for (unsigned i = 0; i < VIEWERS; i++)
        guest_free(scene->viewers[i]);
    stage_close(&scene->stage);
    heard_dtls_identity_free(scene->identity);
    g_free(scene);
    return 0;
}

static void begin(Scene *scene)
{
    scene->messages = heard_batch_stats(scene->stage.core.batch)->messages;
    scene->rtp_in = received(scene);
    stage_begin_round(&scene->stage);
}

static void end(Scene *scene, unsigned messages, unsigned packets)
{
    stage_end_round(&scene->stage);
    stage_settle(&scene->stage);
    assert_int_equal(heard_batch_stats(scene->stage.core.batch)->messages - scene->messages,
                     messages);
    assert_int_equal(received(scene) - scene->rtp_in, packets);
}

static void sound_leaves_with_the_picture(void **state)
{
    Scene *scene = *state;

    begin(scene);
    guest_send_audio(scene->speaker);
    guest_send_frame(scene->speaker, FRAME, PAYLOAD, false);
    end(scene, VIEWERS, VIEWERS * (FRAME + 1));
}

static void sound_alone_waits_for_nothing(void **state)
{
    Scene *scene = *state;

    begin(scene);
    guest_send_audio(scene->speaker);
    end(scene, VIEWERS, VIEWERS);
}

/* Two packets of one source in a round: the second follows the first. */
static void two_of_one_voice_are_one_run(void **state)
{
    Scene *scene = *state;

    begin(scene);
    guest_send_audio(scene->speaker);
    guest_send_audio(scene->speaker);
    guest_send_frame(scene->speaker, FRAME, PAYLOAD, false);
    end(scene, 2 * VIEWERS, VIEWERS * (FRAME + 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sound_leaves_with_the_picture, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sound_alone_waits_for_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_of_one_voice_are_one_run, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("sim runs", tests, NULL, NULL);
}
