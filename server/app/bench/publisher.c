/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/publisher.h"

#include "server/app/bench/stamp.h"

#include <string.h>
#include <time.h>

enum {
    FRAME_PACKETS_MAX = 64,
    PACKET_SIZE = 1600,
    PAYLOAD_MAX = 1400,
    AUDIO_GAP_US = 20000,
    AUDIO_TICKS = 960,
    SECOND_US = 1000000,
    IDLE_US = 50000,
    NOISE_SIZE = 1 << 16,
};

/* NTP's seconds begin in 1900, RFC 3550 4. */
static const uint32_t ntp_epoch_s = 2208988800u;

static const uint8_t *noise(uint16_t seq)
{
    static uint8_t bytes[NOISE_SIZE]; /* written once, by the publishers' loop alone */
    static bool ready;
    uint32_t state = 0x2545f491;

    for (size_t i = 0; !ready && i < sizeof bytes; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes[i] = (uint8_t)state;
    }
    ready = true;
    return bytes + (seq * 37u & (NOISE_SIZE / 2 - 1));
}

static size_t put_element(uint8_t *at, uint8_t id, const void *value, size_t size)
{
    if (id == 0 || size == 0 || size > 16)
        return 0;
    at[0] = (uint8_t)(id << 4 | (size - 1)); /* RFC 8285 4.2 */
    memcpy(at + 1, value, size);
    return size + 1;
}

/* The RTP header with MID, and the level for audio (-1: none). */
static size_t put_header(uint8_t *packet, const HeardBenchTrack *track, HeardBenchSent *sent,
                         bool marker, int level)
{
    uint8_t voice = (uint8_t)(0x80 | level); /* RFC 6464: V bit, then -dBov */
    size_t size = 0, words;

    packet[0] = 0x80;
    packet[1] = (uint8_t)((marker ? 0x80 : 0) | track->payload_type);
    heard_put16(packet + 2, sent->seq++);
    heard_put32(packet + 4, sent->rtp_ts);
    heard_put32(packet + 8, sent->ssrc);
    memset(packet + 12, 0, 48);
    size += put_element(packet + 16, track->mid_ext, track->mid, MIN(strlen(track->mid), 16));
    if (level >= 0)
        size += put_element(packet + 16 + size, track->level_ext, &voice, 1);
    if (size == 0)
        return 12;
    words = (size + 3) / 4;
    packet[0] |= 0x10;
    heard_put16(packet + 12, 0xbede);
    heard_put16(packet + 14, (uint16_t)words);
    return 16 + words * 4;
}

/* RFC 7741 4.2 and 4.3: descriptor with picture id, and in the first packet the frame tag. */
static size_t put_vp8(uint8_t *at, uint16_t picture_id, bool first, bool keyframe, size_t frame)
{
    static const uint8_t start[] = {0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}; /* 640x360 */
    uint32_t tag = (keyframe ? 0u : 1u) | 1u << 4 | (uint32_t)(frame / 4) << 5;

    at[0] = (uint8_t)(0x80 | (first ? 0x10 : 0));
    at[1] = 0x80;
    heard_put16(at + 2, (uint16_t)(0x8000 | picture_id));
    if (!first)
        return 4;
    at[4] = (uint8_t)tag;
    at[5] = (uint8_t)(tag >> 8);
    at[6] = (uint8_t)(tag >> 16);
    if (!keyframe)
        return 7;
    memcpy(at + 7, start, sizeof start);
    return 7 + sizeof start;
}

static void send_all(HeardBenchPeer *self, HeardBenchSent *sent, struct mmsghdr *messages,
                     unsigned count)
{
    unsigned done = 0;

    while (done < count) {
        int sent_now = sendmmsg(self->fd, messages + done, count - done, 0);

        if (sent_now <= 0) {
            self->send_errors += count - done;
            return;
        }
        sent->packets += (unsigned)sent_now;
        done += (unsigned)sent_now;
    }
}

static bool take_keyframe(HeardBenchPeer *self, int64_t now_us)
{
    HeardBenchSent *sent = &self->video;

    if (!sent->keyframe_wanted ||
        now_us - sent->last_key_us < self->options->keyframe_gap_ms * (int64_t)1000)
        return false;
    sent->keyframe_wanted = false;
    sent->last_key_us = now_us;
    self->keyframes++;
    return true;
}

static void send_frame(HeardBenchPeer *self, int64_t now_us)
{
    static uint8_t packets[FRAME_PACKETS_MAX][PACKET_SIZE]; /* of the publishers' loop */
    const HeardBenchOptions *options = self->options;
    HeardBenchSent *sent = &self->video;
    bool keyframe = take_keyframe(self, now_us);
    size_t frame = (size_t)options->video_kbps * 125 / (size_t)options->fps *
                   (keyframe ? (size_t)options->keyframe_factor : 1);
    size_t count =
        (MAX(frame, 64) + (size_t)options->packet_size - 1) / (size_t)options->packet_size;
    struct mmsghdr messages[FRAME_PACKETS_MAX] = {0};
    struct iovec parts[FRAME_PACKETS_MAX];
    unsigned ready = 0;

    frame = MAX(frame, 64);
    count = MIN(count, FRAME_PACKETS_MAX);
    for (size_t i = 0; i < count; i++) {
        uint8_t *packet = packets[i];
        size_t payload = MIN(frame / count + (i < frame % count), PAYLOAD_MAX), size, used;

        size = put_header(packet, &self->remote.video, sent, i + 1 == count, -1);
        used = put_vp8(packet + size, sent->picture_id, i == 0, keyframe, frame);
        memcpy(packet + size + used, noise(sent->seq), payload - used);
        size += payload;
        heard_bench_stamp_put(packet + size, (uint32_t)self->publisher, heard_bench_now_ns());
        if (heard_srtp_protect_rtp(self->srtp, packet, &size) != HEARD_SRTP_OK) {
            self->send_errors++;
            continue;
        }
        parts[ready] = (struct iovec){packet, size};
        messages[ready].msg_hdr = (struct msghdr){.msg_name = &self->to.address,
                                                  .msg_namelen = self->to.size,
                                                  .msg_iov = &parts[ready],
                                                  .msg_iovlen = 1};
        ready++;
        sent->octets += payload;
    }
    send_all(self, sent, messages, ready);
    sent->rtp_ts += 90000u / (uint32_t)options->fps;
    sent->picture_id = (sent->picture_id + 1) & 0x7fff;
}

static void send_audio(HeardBenchPeer *self)
{
    HeardBenchSent *sent = &self->audio;
    size_t payload = (size_t)self->options->audio_size, size;
    int level = 20 + self->publisher % 4 * 10;
    uint8_t packet[PACKET_SIZE];
    struct mmsghdr message = {0};
    struct iovec part;

    size = put_header(packet, &self->remote.audio, sent, sent->packets == 0, level);
    memcpy(packet + size, noise(sent->seq), payload);
    packet[size] = 0x78; /* RFC 6716 3.1: hybrid, 20 ms, mono, one frame */
    size += payload;
    heard_bench_stamp_put(packet + size, (uint32_t)self->publisher, heard_bench_now_ns());
    sent->rtp_ts += AUDIO_TICKS;
    if (heard_srtp_protect_rtp(self->srtp, packet, &size) != HEARD_SRTP_OK) {
        self->send_errors++;
        return;
    }
    part = (struct iovec){packet, size};
    message.msg_hdr = (struct msghdr){.msg_name = &self->to.address,
                                      .msg_namelen = self->to.size,
                                      .msg_iov = &part,
                                      .msg_iovlen = 1};
    send_all(self, sent, &message, 1);
    sent->octets += payload;
}

/* RFC 3550 6.4.1 */
static void send_report(HeardBenchPeer *self, const HeardBenchSent *sent)
{
    uint8_t packet[HEARD_BENCH_RTCP_MAX + HEARD_SRTP_TRAILER_MAX];
    struct timespec wall;
    char cname[HEARD_BENCH_CNAME_SIZE];

    clock_gettime(CLOCK_REALTIME, &wall);
    packet[0] = 0x80;
    packet[1] = 200;
    heard_put16(packet + 2, 6);
    heard_put32(packet + 4, sent->ssrc);
    heard_put32(packet + 8, (uint32_t)wall.tv_sec + ntp_epoch_s);
    heard_put32(packet + 12, (uint32_t)(((uint64_t)wall.tv_nsec << 32) / 1000000000u));
    heard_put32(packet + 16, sent->rtp_ts);
    heard_put32(packet + 20, (uint32_t)sent->packets);
    heard_put32(packet + 24, (uint32_t)sent->octets);
    g_snprintf(cname, sizeof cname, "bench%d", self->publisher);
    heard_bench_peer_send_rtcp(self, packet,
                               heard_bench_append_sdes(packet, 28, sent->ssrc, cname));
}

static int64_t run_track(HeardBenchPeer *self, bool video, int publisher_count, int64_t now_us)
{
    HeardBenchSent *sent = video ? &self->video : &self->audio;
    int64_t gap_us = video ? SECOND_US / self->options->fps : AUDIO_GAP_US;

    if (sent->next_us == 0 || now_us - sent->next_us > SECOND_US)
        sent->next_us = now_us + self->publisher * gap_us / publisher_count % gap_us;
    while (sent->next_us <= now_us) {
        if (video)
            send_frame(self, now_us);
        else
            send_audio(self);
        sent->next_us += gap_us;
    }
    if (sent->packets > 0 && now_us - sent->last_report_us > SECOND_US) {
        sent->last_report_us = now_us;
        send_report(self, sent);
    }
    return sent->next_us;
}

int64_t heard_bench_publisher_run(HeardBenchPeer *self, int publisher_count, int64_t now_us)
{
    int64_t next_us = now_us + IDLE_US;

    if (heard_bench_peer_state(self) != HEARD_BENCH_UP || self->options->silent)
        return next_us;
    if (self->remote.audio.used)
        next_us = MIN(next_us, run_track(self, false, publisher_count, now_us));
    if (self->remote.video.used)
        next_us = MIN(next_us, run_track(self, true, publisher_count, now_us));
    return next_us;
}

void heard_bench_publisher_receive(HeardBenchPeer *self, uint8_t *packet, size_t size)
{
    size_t at = 0;

    if (!self->srtp || size < 8 || packet[1] < 192 || packet[1] > 223)
        return;
    if (heard_srtp_unprotect_rtcp(self->srtp, packet, &size) != HEARD_SRTP_OK) {
        self->bad_packets++;
        return;
    }
    while (at + 8 <= size) {
        size_t length = (heard_get16(packet + at + 2) + (size_t)1) * 4;
        unsigned type = packet[at + 1], format = packet[at] & 31;

        if (length > size - at)
            return;
        if (type == 206 && (format == 1 || format == 4)) { /* PLI, FIR */
            self->keyframe_requests++;
            self->video.keyframe_wanted = true;
        }
        if (type == 205 && format == 1)
            self->nacks++;
        at += length;
    }
}
