/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/viewer.h"

#include "media/rtp/packet.h"
#include "server/app/bench/stamp.h"

#include <linux/sock_diag.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64, DATAGRAM_MAX = 2048, HEADERS_ONLY = 256, SECOND_US = 1000000 };

void heard_bench_viewing_sync_clocks(HeardBenchViewing *self)
{
    int64_t best_ns = INT64_MAX;

    for (int i = 0; i < 5; i++) {
        struct timespec wall;
        int64_t before_ns = heard_bench_now_ns(), after_ns;

        clock_gettime(CLOCK_REALTIME, &wall);
        after_ns = heard_bench_now_ns();
        if (after_ns - before_ns < best_ns) {
            best_ns = after_ns - before_ns;
            self->wall_minus_monotonic_ns =
                (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec - (before_ns + after_ns) / 2;
        }
    }
}

static HeardBenchReceived *find_track(HeardBenchPeer *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->received_count; i++)
        if (self->received[i].ssrc == ssrc)
            return &self->received[i];
    return NULL;
}

static void count_packet(HeardBenchPeer *self, const uint8_t *packet, size_t size)
{
    uint32_t ssrc = heard_get32(packet + 8);
    uint16_t seq = heard_get16(packet + 2);
    HeardBenchReceived *track = find_track(self, ssrc);

    if (!track) {
        if (self->received_count == HEARD_BENCH_TRACKS_MAX)
            return;
        track = &self->received[self->received_count++];
        track->ssrc = ssrc;
        track->payload_type = packet[1] & 127;
        track->first_seq = track->last_seq = 65536u + seq; /* room for an early reordering */
    } else {
        int16_t step = (int16_t)(seq - (uint16_t)track->last_seq);

        if (step == 0) {
            track->duplicates++;
            return;
        }
        if (step > 0)
            track->last_seq += (uint64_t)step;
    }
    track->packets++;
    track->bytes += size;
}

static int64_t arrival_of(const struct msghdr *message, const HeardBenchViewing *viewing)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part;
         part = CMSG_NXTHDR((struct msghdr *)message, part)) {
        struct timespec stamp;

        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
        return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec -
               viewing->wall_minus_monotonic_ns;
    }
    return heard_bench_now_ns();
}

/* RFC 7741 4.2, 4.3: the first packet of a key frame. */
static bool starts_keyframe(const uint8_t *payload, size_t size)
{
    size_t at = 1;

    if (size < 1 || (payload[0] & 0x17) != 0x10) /* S, partition 0 */
        return false;
    if (payload[0] & 0x80) {
        uint8_t more = size > 1 ? payload[1] : 0;

        at = 2;
        if (more & 0x80)
            at += size > 2 && payload[2] & 0x80 ? 2 : 1;
        at += (more & 0x40 ? 1 : 0) + (more & 0x30 ? 1 : 0);
    }
    return at < size && (payload[at] & 1) == 0;
}

static bool awaits_picture(const HeardBenchPeer *self)
{
    return self->remote.video.used && self->first_picture_ns == 0;
}

static void read_packet(HeardBenchPeer *self, HeardBenchViewing *viewing, uint8_t *packet,
                        size_t size, int64_t arrival_ns)
{
    HeardRtpView view;
    int64_t sent_ns;

    if (heard_srtp_unprotect_rtp(self->srtp, packet, &size) != HEARD_SRTP_OK ||
        heard_rtp_parse(packet, size, &view) != HEARD_RTP_OK) {
        self->bad_packets++;
        return;
    }
    if (awaits_picture(self) && view.payload_type == self->remote.video.payload_type &&
        starts_keyframe(packet + view.payload_offset, view.payload_size))
        self->first_picture_ns = arrival_ns;
    if (self->decrypts && viewing->measuring &&
        heard_bench_stamp_get(packet + view.payload_offset, view.payload_size, &sent_ns))
        heard_bench_latency_add(&viewing->latency, arrival_ns - sent_ns);
}

/* Remember the last sender report, so that the server learns the round trip from ours. */
static void read_rtcp(HeardBenchPeer *self, uint8_t *packet, size_t size)
{
    size_t at = 0;

    if (!self->srtp)
        return;
    if (heard_srtp_unprotect_rtcp(self->srtp, packet, &size) != HEARD_SRTP_OK) {
        self->bad_packets++;
        return;
    }
    while (at + 8 <= size) {
        size_t length = (heard_get16(packet + at + 2) + (size_t)1) * 4;
        HeardBenchReceived *track;

        if (length > size - at)
            return;
        track = find_track(self, heard_get32(packet + at + 4));
        if (packet[at + 1] == 200 && length >= 28 && track) {
            track->sender_report = heard_get32(packet + at + 10);
            track->sender_report_us = heard_bench_now_ns() / 1000;
        }
        at += length;
    }
}

static void take_datagram(HeardBenchPeer *self, HeardBenchViewing *viewing,
                          const struct mmsghdr *message)
{
    uint8_t *bytes = message->msg_hdr.msg_iov->iov_base;
    size_t size = message->msg_len; /* the true length, MSG_TRUNC */
    size_t there = MIN(size, message->msg_hdr.msg_iov->iov_len);

    if (there == 0)
        return;
    if (bytes[0] < 4) { /* RFC 7983 */
        if (there == size)
            heard_bench_peer_stun(self, bytes, size);
        return;
    }
    if (bytes[0] >= 20 && bytes[0] <= 63) {
        if (there == size)
            heard_bench_peer_dtls(self, bytes, size);
        return;
    }
    if (bytes[0] < 128 || bytes[0] > 191 || there < HEARD_RTP_HEADER_SIZE)
        return;
    if (bytes[1] >= 192 && bytes[1] <= 223) { /* RFC 5761 4 */
        if (there == size)
            read_rtcp(self, bytes, size);
        return;
    }
    count_packet(self, bytes, size);
    if (atomic_load_explicit(&self->first_media_ns, memory_order_relaxed) == 0)
        atomic_store(&self->first_media_ns, arrival_of(&message->msg_hdr, viewing));
    if ((self->decrypts || awaits_picture(self)) && self->srtp && there == size)
        read_packet(self, viewing, bytes, size, arrival_of(&message->msg_hdr, viewing));
}

void heard_bench_viewer_drain(HeardBenchPeer *self, HeardBenchViewing *viewing)
{
    /* Of the viewers' loop. Who does not decrypt needs headers only: no copy of the rest. */
    static uint8_t buffers[BATCH][DATAGRAM_MAX];
    static uint8_t controls[BATCH][64];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    bool whole =
        self->decrypts || awaits_picture(self) || heard_bench_peer_state(self) != HEARD_BENCH_UP;
    int count;

    do {
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec){buffers[i], whole ? DATAGRAM_MAX : HEADERS_ONLY};
            messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i],
                                                  .msg_iovlen = 1,
                                                  .msg_control = controls[i],
                                                  .msg_controllen = sizeof controls[i]};
        }
        count = recvmmsg(self->fd, messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
        for (int i = 0; i < count; i++)
            take_datagram(self, viewing, &messages[i]);
    } while (count == BATCH);
}

/* RFC 3550 6.4.1, A.3 */
static size_t put_block(HeardBenchReceived *track, uint8_t *at, int64_t now_us)
{
    uint64_t expected = track->last_seq - track->first_seq + 1;
    uint64_t new_expected = expected - track->reported_expected;
    uint64_t new_packets = track->packets - track->reported_packets;
    uint64_t lost = expected > track->packets ? expected - track->packets : 0;
    uint64_t fraction =
        new_expected > new_packets ? (new_expected - new_packets) * 256 / new_expected : 0;

    track->reported_expected = expected;
    track->reported_packets = track->packets;
    heard_put32(at, track->ssrc);
    heard_put32(at + 4, (uint32_t)(MIN(fraction, 255) << 24 | MIN(lost, 0x7fffff)));
    heard_put32(at + 8, (uint32_t)track->last_seq - 65536u);
    heard_put32(at + 12, 0); /* jitter is not measured: the naps of this thread would be in it */
    heard_put32(at + 16, track->sender_report);
    heard_put32(at + 20, track->sender_report == 0
                             ? 0
                             : (uint32_t)((now_us - track->sender_report_us) * 65536 / SECOND_US));
    return 24;
}

void heard_bench_viewer_report(HeardBenchPeer *self, int64_t now_us)
{
    uint8_t packet[HEARD_BENCH_RTCP_MAX + HEARD_SRTP_TRAILER_MAX];
    size_t size = 8;

    if (heard_bench_peer_state(self) != HEARD_BENCH_UP || now_us < self->next_report_us)
        return;
    self->next_report_us = now_us + SECOND_US;
    for (unsigned i = 0; i < self->received_count; i++)
        size += put_block(&self->received[i], packet + size, now_us);
    packet[0] = (uint8_t)(0x80 | self->received_count);
    packet[1] = 201;
    heard_put16(packet + 2, (uint16_t)(size / 4 - 1));
    heard_put32(packet + 4, self->reporter_ssrc);
    size = heard_bench_append_sdes(packet, size, self->reporter_ssrc, "bench-viewer");
    heard_bench_peer_send_rtcp(self, packet, size);
}

uint64_t heard_bench_viewer_socket_drops(const HeardBenchPeer *self)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof memory;

    if (self->fd < 0 || getsockopt(self->fd, SOL_SOCKET, SO_MEMINFO, memory, &size) < 0)
        return 0;
    return memory[SK_MEMINFO_DROPS];
}
