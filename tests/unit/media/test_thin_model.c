/* SPDX-License-Identifier: Apache-2.0 */

/* Temporal layers left out of a lane: numbers, picture ids, late packets and resends. */
#include "temporal.h"

/*
 * With loss, reordering, late repair, probes and switches, against a slow model: a table of
 * everything that is known of a run. Numbers and ids are counted anew for each packet.
 */
enum { TABLE = 1 << 17, LATE_MAX = 300, ROUNDS = 12000 };

typedef enum { UNKNOWN, KEPT, OUT } Fate;

typedef struct {
    uint8_t packets[TABLE];  /* Fate by number since the run's first */
    uint8_t pictures[TABLE]; /* Fate by picture since the run's first */
    unsigned newest, newest_picture;
    bool ended, has_picture, empty_run;
    uint8_t limit, next_limit, current;
    uint16_t first_seq, first_id; /* as sent */
    uint16_t source_seq;          /* of the run's first */
    unsigned source_picture;
    uint32_t source, pending;
    uint16_t highest_out, highest_id;
} Model;

typedef struct {
    Source *source;
    Packet packet;
    unsigned due;
} InFlight;

static void begin_run(Model *model, const InFlight *flight, uint16_t seq)
{
    memset(model->packets, UNKNOWN, sizeof(model->packets));
    memset(model->pictures, UNKNOWN, sizeof(model->pictures));
    if (model->source != flight->source->id)
        model->limit = model->next_limit;
    model->current = model->limit;
    model->source = flight->source->id;
    model->pending = 0;
    model->first_seq = (uint16_t)(model->highest_out + 1);
    model->first_id = (model->highest_id + 1) & 0x7fff;
    model->source_seq = seq;
    model->source_picture = flight->packet.picture;
    model->newest = 0;
    model->newest_picture = 0;
    model->empty_run = true;
    model->has_picture = false;
}

static bool gap_is_out(const Model *model, unsigned picture, bool starts, bool leave)
{
    unsigned first = model->newest_picture + (model->ended ? 1 : 0);
    unsigned candidates = 0;

    if (!model->has_picture)
        return false;
    for (unsigned p = first; p <= picture; p++) {
        if (p == picture && p != model->newest_picture && starts)
            continue;
        candidates++;
        if (p == picture ? !leave : model->pictures[p] != OUT)
            return false;
    }
    return candidates > 0;
}

/* What must become of the packet; number and picture are counted from the run's first. */
static HeardThinVerdict expect(Model *model, const Packet *packet, bool starts, bool ends,
                               bool keyframe, unsigned number, unsigned picture)
{
    bool leave, newest = model->empty_run || number > model->newest;
    Fate gap = UNKNOWN;

    if (!newest) {
        if (model->packets[number] == OUT)
            return HEARD_THIN_LEAVE_OUT;
        model->packets[number] = KEPT;
        if (packet->empty)
            return HEARD_THIN_KEEP;
        model->newest_picture = MAX(model->newest_picture, picture);
        if (model->pictures[picture] != OUT)
            return HEARD_THIN_KEEP;
        return HEARD_THIN_EMPTY;
    }
    if (packet->empty) {
        leave = model->current < HEARD_THIN_ALL;
    } else if (!model->empty_run && picture <= model->newest_picture && picture > 0) {
        leave = model->pictures[picture] == OUT;
    } else {
        if (model->limit < model->current || keyframe)
            model->current = model->limit;
        if (packet->sync && packet->layer == model->current + 1 && packet->layer <= model->limit)
            model->current = packet->layer;
        leave = packet->layer > model->current;
    }
    if (!packet->empty && gap_is_out(model, picture, starts, leave))
        gap = OUT;
    for (unsigned n = model->newest + 1; n < number; n++)
        model->packets[n] = (uint8_t)gap;
    model->packets[number] = leave ? OUT : KEPT;
    if (!packet->empty) {
        model->pictures[picture] = leave ? OUT : KEPT;
        model->newest_picture = picture;
    }
    model->newest = number;
    model->ended = ends;
    model->has_picture = !packet->empty;
    model->empty_run = false;
    return leave ? HEARD_THIN_LEAVE_OUT : HEARD_THIN_KEEP;
}

static unsigned count_kept(const uint8_t *fates, unsigned before)
{
    unsigned count = 0;

    for (unsigned i = 0; i < before; i++)
        count += fates[i] != OUT;
    return count;
}

/* What was sent under each number, to be asked for again. */
typedef struct {
    uint32_t source;
    uint16_t source_seq;
    uint8_t payload[64];
    size_t size;
    bool sent;
} Remembered;

typedef struct {
    Sink sink;
    Model model;
    Source sources[2];
    InFlight flights[LATE_MAX];
    unsigned flight_count, pictures;
    Remembered sent[65536];
    unsigned kept, left_out, emptied, late;
    uint32_t seed;
} World;

static void deliver(World *world, const InFlight *flight, int64_t now_us)
{
    Model *model = &world->model;
    Sink *sink = &world->sink;
    uint8_t bytes[PACKET_SIZE_MAX];
    const Packet *packet = &flight->packet;
    HeardThinVerdict verdict;
    HeardPacketIn in;
    HeardForward result;
    unsigned number, picture;
    bool starts_run, ahead;

    memcpy(bytes, packet->bytes, packet->size);
    if (heard_stream_in_packet(&flight->source->stream, bytes, packet->size, now_us, &in) !=
        HEARD_STREAM_IN_MEDIA)
        return;
    if (!sink->lane.thin)
        model->current = model->limit = HEARD_THIN_ALL;
    if (sink->lane.thin && sink->lane.thin->joining)
        model->ended = false; /* the lane did not watch until now */
    starts_run = model->pending == flight->source->id && in.keyframe && in.newest && !in.empty;
    result = forward(sink, flight->source->id, &in);
    if (starts_run)
        begin_run(model, flight, in.view.seq);
    if (model->source != flight->source->id) {
        assert_int_not_equal(result, HEARD_FORWARD_SENT);
        return;
    }
    number = (uint16_t)(in.view.seq - model->source_seq);
    if (number > 60000) { /* from before the run */
        assert_int_equal(result, HEARD_FORWARD_OLD);
        return;
    }
    picture = packet->picture - model->source_picture;
    verdict = expect(model, packet, in.frame_start, in.view.marker, in.keyframe, number, picture);
    world->late += !in.newest;
    if (verdict == HEARD_THIN_LEAVE_OUT) {
        world->left_out++;
        assert_int_equal(result, HEARD_FORWARD_THINNED);
        return;
    }
    assert_int_equal(result, HEARD_FORWARD_SENT);
    assert_int_equal(sink->view.seq,
                     (uint16_t)(model->first_seq + count_kept(model->packets, number)));
    ahead = heard_seq_newer(sink->view.seq, model->highest_out);
    if (ahead)
        model->highest_out = sink->view.seq;
    if (verdict == HEARD_THIN_EMPTY || packet->empty) {
        world->emptied += verdict == HEARD_THIN_EMPTY;
        assert_int_equal(sink->view.payload_size, 0);
    } else {
        world->kept++;
        assert_int_equal(picture_id(sink),
                         (model->first_id + count_kept(model->pictures, picture)) & 0x7fff);
        if (ahead)
            model->highest_id = picture_id(sink);
        assert_memory_equal(sink->out + sink->size - TAG_SIZE,
                            packet->bytes + packet->size - TAG_SIZE, TAG_SIZE);
    }
    world->sent[sink->view.seq] =
        (Remembered){flight->source->id, in.view.seq, {0}, sink->view.payload_size, true};
    memcpy(world->sent[sink->view.seq].payload, sink->out + sink->view.payload_offset,
           sink->view.payload_size);
    world->sent[(uint16_t)(sink->view.seq + 2000)].sent = false; /* a turn ago */
}

/* Any number: found exactly when it was sent lately, and sent again as it was. */
static void ask_again(World *world, int64_t now_us)
{
    Sink *sink = &world->sink;
    uint16_t seq = (uint16_t)(sink->lane.seq - next_random(&world->seed) % 500);
    const Remembered *sent = &world->sent[seq];
    uint32_t source;
    uint16_t source_seq;
    HeardPacketIn in;
    bool found = heard_stream_out_lookup(&sink->lane, seq, &source, &source_seq);

    assert_int_equal(found, sent->sent);
    if (!found)
        return;
    assert_int_equal(source, sent->source);
    assert_int_equal(source_seq, sent->source_seq);
    if (!heard_stream_in_find(&world->sources[source - 1].stream, source_seq, &in) ||
        heard_stream_out_resend(&sink->lane, seq, &in, NULL, now_us, sink->out, sizeof(sink->out),
                                &sink->size) != HEARD_FORWARD_SENT)
        return;
    assert_int_equal(heard_rtp_parse(sink->out, sink->size, &sink->view), HEARD_RTP_OK);
    assert_int_equal(heard_get16(sink->out + sink->view.payload_offset), seq);
    assert_int_equal(sink->view.payload_size, sent->size + 2);
    assert_memory_equal(sink->out + sink->view.payload_offset + 2, sent->payload, sent->size);
}

static void post(World *world, Source *source, const Packet *packet, int64_t now_us)
{
    unsigned chance = next_random(&world->seed) % 100;
    InFlight flight = {source, *packet, 0};

    if (chance < 2)
        return; /* lost for good */
    if (chance < 12 && world->flight_count < LATE_MAX) {
        flight.due = chance < 6 ? 1 : next_random(&world->seed) % 100 + 2;
        world->flights[world->flight_count++] = flight;
        return;
    }
    deliver(world, &flight, now_us);
}

static void deliver_late(World *world, int64_t now_us)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < world->flight_count; i++) {
        if (world->flights[i].due == 0)
            deliver(world, &world->flights[i], now_us);
        else
            world->flights[kept++] = world->flights[i];
    }
    world->flight_count = kept;
    for (unsigned i = 0; i < kept; i++)
        world->flights[i].due--;
}

static void send_picture(World *world, Source *source, int64_t now_us)
{
    bool keyframe = next_random(&world->seed) % 100 == 0;
    unsigned packets = next_random(&world->seed) % 4 + 1;

    begin_picture(source, keyframe);
    world->pictures++;
    for (unsigned i = 0; i < packets; i++) {
        Packet packet = {.picture = source->next.picture_id};

        make_packet(source, &packet, i == 0, i + 1 == packets, keyframe && i == 0);
        packet.picture = world->pictures / 2;
        post(world, source, &packet, now_us);
        deliver_late(world, now_us);
    }
    if (next_random(&world->seed) % 20 == 0) {
        Packet probe = {.picture = world->pictures / 2};

        make_probe(source, &probe);
        post(world, source, &probe, now_us);
    }
    end_picture(source);
}

static void change_something(World *world)
{
    static const uint8_t limits[] = {0, 0, 1, 2, HEARD_THIN_ALL, HEARD_THIN_ALL};
    Model *model = &world->model;

    if (next_random(&world->seed) % 40 == 0) {
        model->limit = limits[next_random(&world->seed) % G_N_ELEMENTS(limits)];
        model->next_limit = limits[next_random(&world->seed) % G_N_ELEMENTS(limits)];
        heard_stream_out_limit(&world->sink.lane, model->limit, model->next_limit);
    }
    if (next_random(&world->seed) % 150 == 0) {
        uint32_t source = next_random(&world->seed) % 2 + 1;

        heard_stream_out_switch(&world->sink.lane, source);
        model->pending = source == model->source ? 0 : source;
    }
}

static void random_loss_matches_the_model(void **state)
{
    World *world = g_new0(World, 1);
    (void)state;

    world->seed = 424242;
    print_message("# seed %u\n", world->seed);
    open_sink(&world->sink);
    open_source(&world->sources[0], 1, 65000);
    open_source(&world->sources[1], 2, 100);
    world->model.highest_out = 65533;
    world->model.limit = world->model.next_limit = world->model.current = HEARD_THIN_ALL;
    heard_stream_out_switch(&world->sink.lane, 1);
    world->model.pending = 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int64_t now_us = 1000000 + (int64_t)round * FRAME_US;

        change_something(world);
        send_picture(world, &world->sources[0], now_us);
        send_picture(world, &world->sources[1], now_us);
        ask_again(world, now_us);
    }
    assert_true(world->kept > ROUNDS && world->left_out > ROUNDS / 10);
    assert_true(world->emptied > 10 && world->late > ROUNDS / 20);
    heard_stream_in_deinit(&world->sources[0].stream);
    heard_stream_in_deinit(&world->sources[1].stream);
    heard_stream_out_deinit(&world->sink.lane);
    g_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_loss_matches_the_model),
    };

    return cmocka_run_group_tests_name("media thin_model", tests, NULL, NULL);
}
