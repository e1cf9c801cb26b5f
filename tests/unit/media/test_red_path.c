/* SPDX-License-Identifier: Apache-2.0 */

/* Sound from a publisher's RED to a receiver's: undone, repaired, and made anew. */
#include "heard_test.h"
#include "packets.h"

#include "media/codec/red.h"
#include "media/rtp/stream_out.h"

enum { SSRC = 0x1111, PT_RED = 63, OUT_PT = 109, OUT_RED = 64, TICKS = 960, SOUNDS_MAX = 4000 };

/* One packet's worth of sound, as it was spoken. */
typedef struct {
    uint16_t seq;
    uint32_t rtp_ts;
    uint8_t bytes[90];
    size_t size;
    bool secret; /* said while muted */
    unsigned came;
} Sound;

typedef struct {
    Sound sounds[SOUNDS_MAX];
    unsigned count;
    HeardStreamIn stream;
    HeardStreamOut lane;
    HeardRedOut red;
    uint8_t packet[PACKET_SIZE_MAX], out[PACKET_SIZE_MAX];
    size_t out_size;
    HeardRtpView view;
    HeardPacketIn in;
    uint16_t twcc;
    int64_t now_us;
} Path;

static Path path;

static void begin(void)
{
    HeardStreamInConfig in = {.codecs = {{HEARD_CODEC_OPUS, PT_OPUS, 0, false}},
                              .codec_count = 1,
                              .ssrc = SSRC,
                              .red_payload_type = PT_RED};
    HeardStreamOutConfig out = {.codecs = {[HEARD_CODEC_OPUS] = {true, OUT_PT, 0}},
                                .ssrc = 7,
                                .transport_cc_ext = 3,
                                .red_payload_type = OUT_RED,
                                .red = &path.red};

    memset(&path, 0, sizeof(path));
    path.now_us = 1000000;
    heard_stream_in_init(&path.stream, &in, path.now_us);
    heard_stream_out_init(&path.lane, &out, 65000, 0xffffff00);
    heard_stream_out_switch(&path.lane, 1);
}

static void end(void)
{
    heard_stream_in_deinit(&path.stream);
    heard_stream_out_deinit(&path.lane);
}

/* The next 20 ms; pause: so many of silence before. */
static Sound *speak(unsigned pause, bool secret)
{
    Sound *sound = &path.sounds[path.count];
    const Sound *before = path.count > 0 ? sound - 1 : NULL;

    assert_true(path.count < SOUNDS_MAX);
    sound->seq = before ? (uint16_t)(before->seq + 1) : 65500;
    sound->rtp_ts = before ? before->rtp_ts + TICKS * (1 + pause) : 77;
    sound->size = 40 + path.count % 50;
    sound->secret = secret;
    memset(sound->bytes, (int)(path.count >> 8), sound->size);
    sound->bytes[0] = 0x78; /* 20 ms */
    sound->bytes[1] = (uint8_t)path.count;
    path.count++;
    path.now_us += 20000 * (1 + pause);
    return sound;
}

/* Sent with so many before it; 0: plain. */
static HeardStreamInResult arrive(const Sound *sound, unsigned repeats)
{
    HeardRtpHeader header = {.ssrc = SSRC, .seq = sound->seq, .rtp_ts = sound->rtp_ts};
    HeardRedPart parts[4];
    unsigned count = 0;
    size_t size;

    header.payload_type = repeats > 0 ? PT_RED : PT_OPUS;
    size = heard_rtp_write_header(path.packet, PACKET_SIZE_MAX, &header, NULL, 0);
    for (unsigned back = repeats; back > 0; back--) {
        const Sound *old = sound - back;

        if (old < path.sounds || sound->rtp_ts - old->rtp_ts > HEARD_RED_TS_BACK_MAX)
            continue;
        parts[count++] =
            (HeardRedPart){old->bytes, old->size, PT_OPUS, sound->rtp_ts - old->rtp_ts};
    }
    parts[count++] = (HeardRedPart){sound->bytes, sound->size, PT_OPUS, 0};
    if (repeats > 0) {
        size += heard_red_write(parts, count, path.packet + size, PACKET_SIZE_MAX - size);
    } else {
        memcpy(path.packet + size, sound->bytes, sound->size);
        size += sound->size;
    }
    return heard_stream_in_packet(&path.stream, path.packet, size, path.now_us, &path.in);
}

static Sound *sound_at(uint32_t rtp_ts)
{
    for (unsigned i = path.count; i > 0; i--)
        if (path.sounds[i - 1].rtp_ts == rtp_ts)
            return &path.sounds[i - 1];
    return NULL;
}

/* What came is what was spoken under this number, and a packet that recorders can keep. */
static Sound *assert_true_sound(const HeardPacketIn *in)
{
    Sound *sound = sound_at(in->view.rtp_ts);
    HeardRtpView view;

    assert_non_null(sound);
    assert_int_equal(heard_rtp_parse(in->data, in->size, &view), HEARD_RTP_OK);
    assert_int_equal(view.seq, sound->seq);
    assert_int_equal(view.rtp_ts, sound->rtp_ts);
    assert_int_equal(view.payload_type, PT_OPUS);
    assert_int_equal(view.payload_size, sound->size);
    assert_memory_equal(in->data + view.payload_offset, sound->bytes, sound->size);
    assert_int_equal(sound->came++, 0);
    return sound;
}

static HeardForward forward(const HeardPacketIn *in)
{
    HeardForward result = heard_stream_out_forward(&path.lane, 1, in, &path.twcc, path.out,
                                                   sizeof(path.out), &path.out_size);

    if (result == HEARD_FORWARD_SENT)
        assert_int_equal(heard_rtp_parse(path.out, path.out_size, &path.view), HEARD_RTP_OK);
    return result;
}

static void a_lost_packet_comes_by_the_next(void **state)
{
    HeardPacketIn older;
    HeardReportBlock block;
    (void)state;

    begin();
    assert_int_equal(arrive(speak(0, false), 1), HEARD_STREAM_IN_MEDIA);
    assert_true_sound(&path.in);
    assert_false(heard_stream_in_poll_recovered(&path.stream, path.now_us, &older));
    speak(0, false); /* lost */
    speak(0, false); /* lost */
    assert_int_equal(arrive(speak(0, false), 2), HEARD_STREAM_IN_MEDIA);
    assert_true_sound(&path.in);
    assert_true(path.in.newest && !path.in.recovered);
    for (unsigned i = 1; i < 3; i++) {
        assert_true(heard_stream_in_poll_recovered(&path.stream, path.now_us, &older));
        assert_ptr_equal(assert_true_sound(&older), &path.sounds[i]);
        assert_true(older.recovered && !older.newest);
    }
    assert_false(heard_stream_in_poll_recovered(&path.stream, path.now_us, &older));
    /* The report is about the network. */
    heard_stream_in_report(&path.stream, path.now_us, &block);
    assert_int_equal(block.cumulative_lost, 2);
    assert_int_equal(heard_nack_deadline_us(&path.stream.nack), INT64_MAX);
    end();
}

static void a_late_original_is_not_lost(void **state)
{
    HeardPacketIn older;
    HeardReportBlock block;
    const Sound *late;
    (void)state;

    begin();
    arrive(speak(0, false), 1);
    late = speak(0, false);
    arrive(speak(0, false), 1);
    assert_true(heard_stream_in_poll_recovered(&path.stream, path.now_us, &older));
    assert_int_equal(arrive(late, 1), HEARD_STREAM_IN_DUPLICATE);
    heard_stream_in_report(&path.stream, path.now_us, &block);
    assert_int_equal(block.cumulative_lost, 0);
    assert_int_equal(arrive(late, 1), HEARD_STREAM_IN_DUPLICATE);
    heard_stream_in_report(&path.stream, path.now_us, &block);
    assert_int_equal(block.cumulative_lost, 0);
    end();
}

static void silence_is_not_loss(void **state)
{
    HeardPacketIn older;
    HeardReportBlock block;
    (void)state;

    begin();
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(arrive(speak(19, false), 1), HEARD_STREAM_IN_MEDIA); /* each 400 ms */
        assert_false(heard_stream_in_poll_recovered(&path.stream, path.now_us, &older));
        assert_int_equal(forward(&path.in), HEARD_FORWARD_SENT);
        assert_int_equal(path.view.seq, (uint16_t)(65001 + i));
        assert_int_equal(heard_nack_deadline_us(&path.stream.nack), INT64_MAX);
    }
    heard_stream_in_report(&path.stream, path.now_us, &block);
    assert_int_equal(block.cumulative_lost, 0);
    assert_int_equal(block.fraction_lost, 0);
    assert_int_equal(path.lane.packets, 50);
    end();
}

static void strange_red_is_refused(void **state)
{
    HeardRtpHeader header = {.ssrc = SSRC, .payload_type = PT_RED};
    static const uint8_t other[] = {0x80 | 99, 0, 0, 1, 98, 1, 2};
    size_t size;
    (void)state;

    begin();
    size = heard_rtp_write_header(path.packet, PACKET_SIZE_MAX, &header, NULL, 0);
    memcpy(path.packet + size, other, sizeof(other));
    assert_int_equal(heard_stream_in_packet(&path.stream, path.packet, size + sizeof(other),
                                            path.now_us, &path.in),
                     HEARD_STREAM_IN_BAD_CODEC);
    assert_int_equal(
        heard_stream_in_packet(&path.stream, path.packet, size + 2, path.now_us, &path.in),
        HEARD_STREAM_IN_BAD_CODEC);
    end();
}

static void a_good_line_gets_plain_packets(void **state)
{
    (void)state;

    begin();
    for (unsigned i = 0; i < 10; i++) {
        const Sound *sound = speak(0, false);

        arrive(sound, 1);
        assert_int_equal(forward(&path.in), HEARD_FORWARD_SENT);
        assert_int_equal(path.view.payload_type, OUT_PT);
        assert_int_equal(path.view.payload_size, sound->size);
    }
    end();
}

static void a_lossy_line_gets_what_went_before(void **state)
{
    const Sound *sound = NULL;
    HeardRed red;
    uint32_t octets;
    (void)state;

    begin();
    path.red.copies = 2;
    for (unsigned i = 0; i < 4; i++) {
        octets = path.lane.octets;
        sound = speak(0, false);
        arrive(sound, 0);
        assert_int_equal(forward(&path.in), HEARD_FORWARD_SENT);
        assert_int_equal(path.lane.octets - octets, path.view.payload_size);
        assert_int_equal(path.view.payload_type, i == 0 ? OUT_PT : OUT_RED); /* nothing before */
    }
    assert_int_equal(path.twcc, 4);
    assert_true(heard_red_parse(path.out + path.view.payload_offset, path.view.payload_size, &red));
    assert_int_equal(red.count, 3);
    for (unsigned i = 0; i < 3; i++) {
        const Sound *old = sound - 2 + i;

        assert_int_equal(red.blocks[i].payload_type, OUT_PT);
        assert_int_equal(red.blocks[i].ts_back, (2 - i) * TICKS);
        assert_int_equal(red.blocks[i].size, old->size);
        assert_memory_equal(path.out + path.view.payload_offset + red.blocks[i].offset, old->bytes,
                            old->size);
    }
    /* Another voice in the lane begins without the first one's words. */
    heard_stream_out_switch(&path.lane, 2);
    arrive(speak(0, false), 0);
    assert_int_equal(heard_stream_out_forward(&path.lane, 2, &path.in, &path.twcc, path.out,
                                              sizeof(path.out), &path.out_size),
                     HEARD_FORWARD_SENT);
    assert_int_equal(path.out[1] & 0x7f, OUT_PT);
    end();
}

static void report(HeardRedOutLane *lane, HeardReportBlock *block, unsigned expected, unsigned lost)
{
    block->highest_seq += expected;
    block->cumulative_lost += (int32_t)lost;
    path.now_us += 5000000;
    heard_red_out_report(&path.red, lane, block, path.now_us);
}

static void loss_decides_how_much_is_repeated(void **state)
{
    HeardRedOutLane lane = {0};
    HeardReportBlock block = {.highest_seq = 0xfffffff0};
    (void)state;

    begin();
    report(&lane, &block, 0, 0);
    report(&lane, &block, 250, 1); /* chance */
    assert_int_equal(path.red.copies, 0);
    report(&lane, &block, 250, 5);
    assert_int_equal(path.red.copies, 1);
    report(&lane, &block, 250, 30);
    assert_int_equal(path.red.copies, 2);
    for (unsigned i = 0; i < 10; i++)
        report(&lane, &block, 250, 15); /* 6 %: not yet calm */
    assert_int_equal(path.red.copies, 2);
    report(&lane, &block, 250, 5);
    assert_int_equal(path.red.copies, 2);
    report(&lane, &block, 250, 5);
    assert_int_equal(path.red.copies, 1);
    for (unsigned i = 0; i < 10; i++)
        report(&lane, &block, 250, 2); /* 0.8 % holds it, though it would not begin it */
    assert_int_equal(path.red.copies, 1);
    report(&lane, &block, 250, 0);
    report(&lane, &block, 250, 0);
    assert_int_equal(path.red.copies, 0);
    report(&lane, &block, 12, 1); /* silence: one of twelve says nothing */
    assert_int_equal(path.red.copies, 0);
    report(&lane, &block, 60, 6); /* but a burst does */
    assert_int_equal(path.red.copies, 2);
    report(&lane, &block, 1u << 30, 1 << 20); /* wild */
    report(&lane, &block, 0, 0);
    assert_int_equal(path.red.copies, 2);
    end();
}

/* Copies that fill the queue of the line lose more than they heal. */
static void copies_must_fit_into_a_full_line(void **state)
{
    HeardRedOut red = {.copies = 2};
    int64_t now_us = 1000000;
    (void)state;

    heard_red_out_fit(&red, 0, 45000, 60000, now_us);
    assert_int_equal(heard_red_out_copies(&red), 2); /* what is lost, the line does not lose */
    heard_red_out_fit(&red, HEARD_RED_OUT_QUEUE_US, 45000, 60000, now_us);
    assert_int_equal(heard_red_out_copies(&red), 0);
    heard_red_out_fit(&red, HEARD_RED_OUT_QUEUE_US, 45000, 100000, now_us);
    assert_int_equal(heard_red_out_copies(&red), 1);
    heard_red_out_fit(&red, 0, 45000, 30000, now_us + HEARD_RED_OUT_FULL_US - 1);
    assert_int_equal(heard_red_out_copies(&red), 0);
    heard_red_out_fit(&red, 0, 45000, 30000, now_us + HEARD_RED_OUT_FULL_US);
    assert_int_equal(heard_red_out_copies(&red), 2);
    heard_red_out_fit(&red, HEARD_RED_OUT_QUEUE_US, 0, 30000, now_us);
    assert_int_equal(heard_red_out_copies(&red), 2); /* silence */
    heard_red_out_fit(&red, HEARD_RED_OUT_QUEUE_US, 45000, 60000, now_us);
    red.copies = 0;
    assert_int_equal(heard_red_out_copies(&red), 0);
}

/* Every block of the lane's packet was spoken, at that time, and not in secret. */
static void assert_lane_tells_the_truth(uint32_t ts_offset)
{
    HeardRed red = {.count = 1};
    const uint8_t *payload = path.out + path.view.payload_offset;

    red.blocks[0].size = path.view.payload_size;
    if (path.view.payload_type == OUT_RED)
        assert_true(heard_red_parse(payload, path.view.payload_size, &red));
    assert_true(red.count <= 1 + HEARD_RED_OUT_COPIES_MAX);
    for (unsigned i = 0; i < red.count; i++) {
        const Sound *sound = sound_at(path.view.rtp_ts - red.blocks[i].ts_back - ts_offset);

        assert_non_null(sound);
        assert_false(sound->secret);
        assert_int_equal(red.blocks[i].size, sound->size);
        assert_memory_equal(payload + red.blocks[i].offset, sound->bytes, sound->size);
    }
}

static void send_on(const HeardPacketIn *in, bool muted)
{
    Sound *sound = assert_true_sound(in);

    if (muted)
        return;
    assert_false(sound->secret && in->recovered);
    if (forward(in) == HEARD_FORWARD_SENT)
        assert_lane_tells_the_truth(path.lane.segments[path.lane.segment].rtp_ts_offset);
}

/* Loss, pauses, mutes and changes of redundancy in any order: what comes out was said, in
 * its place, once, and nothing of it while muted. */
static void random_speech_stays_true(void **state)
{
    uint32_t seed = 20261127;
    unsigned lost = 0, recovered = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    for (unsigned round = 0; round < 10; round++) {
        bool muted = false;

        begin();
        for (unsigned i = 0; i < SOUNDS_MAX; i++) {
            unsigned pause = next_random(&seed) % 20 == 0 ? next_random(&seed) % 25 : 0;
            const Sound *sound;
            HeardPacketIn older;

            if (next_random(&seed) % 30 == 0) {
                muted = !muted;
                if (!muted) {
                    heard_stream_out_hold(&path.lane);
                    heard_stream_in_fence(&path.stream);
                }
            }
            if (next_random(&seed) % 50 == 0)
                path.red.copies = (uint8_t)(next_random(&seed) % 3);
            sound = speak(pause, muted);
            if (next_random(&seed) % 100 < 10 * round) {
                lost++;
                continue;
            }
            assert_int_equal(arrive(sound, next_random(&seed) % 4), HEARD_STREAM_IN_MEDIA);
            older = path.in;
            while (heard_stream_in_poll_recovered(&path.stream, path.now_us, &older)) {
                send_on(&older, muted);
                recovered++;
            }
            send_on(&path.in, muted);
        }
        end();
    }
    print_message("# lost %u recovered %u\n", lost, recovered);
    assert_true(recovered > lost / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_packet_comes_by_the_next),
        cmocka_unit_test(a_late_original_is_not_lost),
        cmocka_unit_test(silence_is_not_loss),
        cmocka_unit_test(strange_red_is_refused),
        cmocka_unit_test(a_good_line_gets_plain_packets),
        cmocka_unit_test(a_lossy_line_gets_what_went_before),
        cmocka_unit_test(loss_decides_how_much_is_repeated),
        cmocka_unit_test(copies_must_fit_into_a_full_line),
        cmocka_unit_test(random_speech_stays_true),
    };

    return cmocka_run_group_tests_name("media red path", tests, NULL, NULL);
}
