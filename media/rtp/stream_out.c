/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/stream_out.h"

#include "media/rtp/bytes.h"
#include "media/rtp/sequence.h"

#include <glib.h>
#include <string.h>

enum {
    NEVER_SENT = 0xff,
    SENT_EMPTY = 0x40, /* beside the segment: only the number was sent */
    EXTENSIONS = 3,
    RESENT_TICK_SHIFT = 14, /* 16.4 ms */
    RESEND_WAIT_MIN_US = 50000,
    RESEND_WAIT_DEFAULT_US = 60000,
    SEQ_JUMP_MAX = 1000, /* more missing than that is a restarted source, not loss */
    OSN_SIZE = 2,
    /* Behind elapsed time is a stalled network, or a clock that stood still. The clock of a
     * microphone stands while its track is away (media.md 9.6); a camera's goes on. */
    AUDIO_LAG_MAX_US = 2000000,
    VIDEO_LAG_MAX_US = 10000000,
};

void heard_stream_out_init(HeardStreamOut *self, const HeardStreamOutConfig *config, uint16_t seq,
                           uint32_t rtp_ts)
{
    memset(self, 0, sizeof(*self));
    self->config = *config;
    self->seq = seq;
    self->rtx_seq = (uint16_t)~seq;
    self->rtp_ts = rtp_ts;
    self->sr_sent_us = INT64_MIN;
    self->rtt_us = -1;
}

void heard_stream_out_deinit(HeardStreamOut *self)
{
    g_clear_pointer(&self->map, g_free);
    g_clear_pointer(&self->thin, g_free);
}

static void make_map(HeardStreamOut *self)
{
    if (self->map || !self->config.video || self->config.rtx_ssrc == 0)
        return;
    self->map = g_new(HeardStreamOutEntry, HEARD_STREAM_OUT_MAP);
    self->map_mask = HEARD_STREAM_OUT_MAP - 1;
    memset(self->map, NEVER_SENT, HEARD_STREAM_OUT_MAP * sizeof(*self->map));
}

bool heard_stream_out_switch(HeardStreamOut *self, uint32_t source)
{
    if (source == 0) {
        self->source = 0;
        self->pending = 0;
        return false;
    }
    if (source == self->source) {
        self->pending = 0;
        return self->held && self->config.video;
    }
    if (source == self->pending)
        return false;
    make_map(self);
    if (!self->config.video)
        self->source = 0; /* nothing to wait for: the old voice stops now */
    self->pending = source;
    return self->config.video;
}

void heard_stream_out_stop(HeardStreamOut *self)
{
    self->source = 0;
}

bool heard_stream_out_hold(HeardStreamOut *self)
{
    if (self->source == 0)
        return false;
    self->held = true;
    return self->config.video;
}

static HeardStreamOutSegment *segment_of(HeardStreamOut *self, const HeardStreamOutEntry *entry)
{
    return &self->segments[entry->segment & ~SENT_EMPTY];
}

/* The run goes on as it is: all of it went out so far. */
static void make_thin(HeardStreamOut *self)
{
    self->thin = g_new0(HeardStreamOutThin, 1);
    self->thin->thin.current = HEARD_THIN_ALL;
    self->thin->joining = true;
    for (unsigned i = 0; self->map && i <= self->map_mask; i++)
        if (self->map[i].segment != NEVER_SENT)
            self->thin->picture_id_offsets[i] = segment_of(self, &self->map[i])->picture_id_offset;
}

void heard_stream_out_limit(HeardStreamOut *self, uint8_t limit, uint8_t next_limit)
{
    if (!self->thin) {
        if (!self->config.video || (limit == HEARD_THIN_ALL && next_limit == HEARD_THIN_ALL))
            return;
        make_thin(self);
    }
    heard_thin_set_limit(&self->thin->thin, limit, next_limit);
}

bool heard_stream_out_waits(const HeardStreamOut *self, unsigned count)
{
    const HeardThin *thin = self->thin ? &self->thin->thin : NULL;

    return thin && thin->current < thin->limit && thin->current + 1U < count;
}

/* How far the lane's clock went since its newest packet; at least one tick, since a new
 * picture needs a timestamp of its own. */
static uint32_t elapsed_ticks(const HeardStreamOut *self, uint32_t clock_rate_hz, int64_t now_us)
{
    int64_t elapsed_us = now_us - self->rtp_ts_us;
    int64_t ticks = elapsed_us * (int64_t)clock_rate_hz / 1000000;

    return ticks < 1 ? 1 : (uint32_t)ticks;
}

/* The slot's old run is over: nothing may be found through it any more. */
static void forget_segment(HeardStreamOut *self, uint8_t index)
{
    for (unsigned i = 0; self->map && i <= self->map_mask; i++)
        if (self->map[i].segment != NEVER_SENT && (self->map[i].segment & ~SENT_EMPTY) == index)
            self->map[i].segment = NEVER_SENT;
}

/* What was left out so far becomes part of the run's offsets. */
static void fold_thin(HeardStreamOut *self)
{
    HeardStreamOutSegment *segment = &self->segments[self->segment];
    HeardThin *thin = &self->thin->thin;

    segment->seq_offset = (uint16_t)(segment->seq_offset - thin->shift.seq);
    segment->picture_id_offset = (uint16_t)(segment->picture_id_offset - thin->shift.picture);
    segment->first_seq64 = MAX(segment->first_seq64, thin->last_out_seq64 + 1);
}

/* Start a run: from here on everything of the source is shifted by these offsets. */
static void begin_segment(HeardStreamOut *self, uint32_t source, const HeardPacketIn *in)
{
    HeardStreamOutSegment *segment;
    uint32_t rtp_ts = self->rtp_ts;

    if (self->started)
        rtp_ts += elapsed_ticks(self, in->clock_rate_hz, in->arrival_us);
    if (self->thin)
        fold_thin(self);
    self->segment = (uint8_t)((self->segment + 1) % HEARD_STREAM_OUT_SEGMENTS);
    forget_segment(self, self->segment);
    if (self->thin) {
        if (source != self->source)
            self->thin->thin.limit = self->thin->thin.next_limit;
        heard_thin_begin(&self->thin->thin, in->seq64);
        self->thin->joining = false;
    }
    segment = &self->segments[self->segment];
    segment->source = source;
    segment->first_seq64 = in->seq64;
    segment->seq_offset = (uint16_t)(self->seq + 1 - in->view.seq);
    segment->rtp_ts_offset = rtp_ts - in->view.rtp_ts;
    segment->picture_id_offset = (uint16_t)(self->picture_id + 1 - in->picture_id);
    segment->tl0_offset = (uint8_t)(self->tl0_index + 1 - in->tl0_index);
    self->source = source;
    if (self->pending == source)
        self->pending = 0;
    self->held = false;
    self->rtp_ts = rtp_ts;
    self->rtp_ts_us = in->arrival_us;
    self->source_rtp_ts = in->view.rtp_ts;
    self->clock_rate_hz = in->clock_rate_hz;
    self->sr_wanted = true;
}

/* Does this packet of the current source belong to the run, or did its clock jump? */
static bool continues(const HeardStreamOut *self, const HeardPacketIn *in, uint16_t shift)
{
    const HeardStreamOutSegment *segment = &self->segments[self->segment];
    uint16_t seq = (uint16_t)(in->view.seq + segment->seq_offset - shift);
    int64_t step_us, elapsed_us;

    if (!heard_seq_newer(seq, self->seq))
        return true; /* late: placed where it belongs */
    if (heard_seq_diff(seq, self->seq) > SEQ_JUMP_MAX)
        return false;
    if (in->view.rtp_ts == self->source_rtp_ts)
        return true;
    step_us = (int64_t)heard_rtp_ts_diff(in->view.rtp_ts, self->source_rtp_ts) * 1000000 /
              self->clock_rate_hz;
    elapsed_us = in->arrival_us - self->rtp_ts_us;
    if (in->clock_rate_hz != self->clock_rate_hz || step_us < -HEARD_STREAM_OUT_JUMP_US ||
        step_us - elapsed_us > HEARD_STREAM_OUT_JUMP_US)
        return false;
    return elapsed_us - step_us < (self->config.video ? VIDEO_LAG_MAX_US : AUDIO_LAG_MAX_US);
}

/* Decide whether the packet goes out, and in which run. shift: how many numbers of the run
 * were left out so far. */
static inline HeardForward admit(HeardStreamOut *self, uint32_t source, const HeardPacketIn *in,
                                 uint16_t shift)
{
    bool starts = in->keyframe && in->newest && !in->empty;

    if (self->source == 0 && self->pending == 0)
        return HEARD_FORWARD_NO_SOURCE;
    if (!heard_stream_out_wants(self, source))
        return HEARD_FORWARD_OTHER_SOURCE;
    if (!self->config.codecs[in->codec].used)
        return HEARD_FORWARD_CODEC;
    if (source == self->pending || self->held) {
        if (!starts)
            return HEARD_FORWARD_WAIT_KEYFRAME;
        begin_segment(self, source, in);
        return HEARD_FORWARD_SENT;
    }
    if (in->seq64 < self->segments[self->segment].first_seq64)
        return HEARD_FORWARD_OLD;
    if (!continues(self, in, shift))
        begin_segment(self, source, in);
    return HEARD_FORWARD_SENT;
}

static void write_map(HeardStreamOut *self, uint16_t seq, uint16_t source_seq)
{
    HeardStreamOutEntry *entry;

    if (!self->map)
        return;
    entry = &self->map[seq & self->map_mask];
    entry->source_seq = source_seq;
    entry->segment = self->segment;
    entry->resent = 0;
}

/* Numbers that were jumped over are still open: lost on the way to us. */
static void advance_seq(HeardStreamOut *self, uint16_t seq)
{
    uint16_t gap = (uint16_t)(self->seq + 1);

    if (self->map && self->started) {
        if ((uint16_t)(seq - gap) > self->map_mask)
            gap = (uint16_t)(seq - self->map_mask);
        for (; gap != seq; gap++)
            self->map[gap & self->map_mask].segment = NEVER_SENT;
    }
    self->seq = seq;
}

/* Header, our own extensions, payload without the source's padding, picture ids. Inline: with
 * so many arguments a call costs 3 ns of 35. */
static inline __attribute__((always_inline)) size_t
write_packet(const HeardStreamOut *self, uint16_t picture_id_offset, uint8_t tl0_offset,
             const HeardPacketIn *in, const HeardRtpHeader *header, size_t osn_size,
             uint16_t *twcc_seq, uint8_t *ret_packet, size_t capacity)
{
    uint8_t twcc[2];
    uint8_t level = (uint8_t)((in->voice ? 0x80 : 0) | (in->audio_level & 0x7f));
    HeardRtpExtension extensions[EXTENSIONS] = {
        {twcc_seq ? self->config.transport_cc_ext : 0, 2, twcc},
        {in->audio_level >= 0 ? self->config.audio_level_ext : 0, 1, &level},
        {in->has_video_orientation ? self->config.video_orientation_ext : 0, 1,
         &in->video_orientation},
    };
    size_t header_size;
    size_t size;
    uint8_t *shifted;

    if (extensions[0].id != 0)
        heard_put16(twcc, *twcc_seq);
    header_size = heard_rtp_write_header(ret_packet, capacity, header, extensions, EXTENSIONS);
    size = header_size + osn_size + in->view.payload_size;
    if (header_size == 0 || size > capacity)
        return 0;
    memcpy(ret_packet + header_size + osn_size, in->data + in->view.payload_offset,
           in->view.payload_size);
    /* From an offset in the source's packet to the same byte in ours. */
    shifted = ret_packet + header_size + osn_size - in->view.payload_offset;
    if (in->picture_id_bits != 0) {
        uint16_t picture_id = (uint16_t)(in->picture_id + picture_id_offset);
        uint8_t *at = shifted + in->picture_id_offset;
        if (in->picture_id_bits == 15)
            heard_put16(at, (uint16_t)(picture_id | 0x8000));
        else
            *at = (uint8_t)(picture_id & 0x7f);
    }
    if (in->tl0_offset != 0)
        shifted[in->tl0_offset] = (uint8_t)(in->tl0_index + tl0_offset);
    if (extensions[0].id != 0)
        (*twcc_seq)++;
    return size;
}

/* A packet without payload is only sequence number: the P bit makes it a legal one. */
static size_t finish_empty(const HeardPacketIn *in, uint8_t *packet, size_t size, size_t capacity)
{
    return in->empty && size < capacity ? heard_rtp_pad(packet, size, size + 1) : size;
}

/* What the receiver may have lost goes along once more; false: the packet goes as it is. */
static bool repeat(const HeardStreamOut *self, const HeardStreamOutSegment *segment,
                   const HeardPacketIn *in, size_t capacity,
                   uint8_t ret_payload[static HEARD_RED_OUT_PAYLOAD_MAX], HeardPacketIn *ret_in)
{
    const size_t header_max = (size_t)HEARD_RTP_HEADER_SIZE + HEARD_STREAM_OUT_OVERHEAD;
    size_t size = heard_red_out_write(self->config.red, in, segment->first_seq64,
                                      self->config.codecs[HEARD_CODEC_OPUS].payload_type,
                                      ret_payload, capacity - header_max);

    if (size == 0)
        return false;
    *ret_in = *in;
    ret_in->data = ret_payload;
    ret_in->view.payload_offset = 0;
    ret_in->view.payload_size = (uint16_t)size;
    return true;
}

/* Whatever the capacity, what goes out must be a packet that we would take ourselves. */
static bool has_room(const HeardPacketIn *in, size_t capacity)
{
    size_t size = (size_t)HEARD_RTP_HEADER_SIZE + HEARD_STREAM_OUT_OVERHEAD + in->view.payload_size;

    return size <= capacity && size <= HEARD_RTP_PACKET_MAX;
}

/* shift: what was left out before this packet of its run. */
static inline __attribute__((always_inline)) HeardForward
send(HeardStreamOut *self, const HeardPacketIn *in, HeardThinShift shift, uint16_t *twcc_seq,
     uint8_t *ret_packet, size_t capacity, size_t *ret_size)
{
    const HeardStreamOutSegment *segment = &self->segments[self->segment];
    uint16_t picture_id_offset = (uint16_t)(segment->picture_id_offset - shift.picture);
    uint8_t payload[HEARD_RED_OUT_PAYLOAD_MAX];
    HeardPacketIn repeated;
    size_t size;
    HeardRtpHeader header = {
        .ssrc = self->config.ssrc,
        .rtp_ts = in->view.rtp_ts + segment->rtp_ts_offset,
        .seq = (uint16_t)(in->view.seq + segment->seq_offset - shift.seq),
        .payload_type = self->config.codecs[in->codec].payload_type,
        .marker = in->view.marker,
    };
    if (self->config.red && heard_red_out_copies(self->config.red) > 0 &&
        repeat(self, segment, in, capacity, payload, &repeated)) {
        header.payload_type = self->config.red_payload_type;
        in = &repeated;
    }
    size = write_packet(self, picture_id_offset, segment->tl0_offset, in, &header, 0, twcc_seq,
                        ret_packet, capacity);
    size = finish_empty(in, ret_packet, size, capacity);
    if (!self->started || heard_seq_newer(header.seq, self->seq)) {
        advance_seq(self, header.seq);
        if (header.rtp_ts != self->rtp_ts) {
            self->rtp_ts = header.rtp_ts;
            self->rtp_ts_us = in->arrival_us;
            self->source_rtp_ts = in->view.rtp_ts;
        }
        if (in->picture_id_bits != 0)
            self->picture_id = (uint16_t)((in->picture_id + picture_id_offset) & 0x7fff);
        if (in->tl0_offset != 0)
            self->tl0_index = (uint8_t)(in->tl0_index + segment->tl0_offset);
        self->started = true;
    }
    write_map(self, header.seq, in->view.seq);
    self->packets++;
    self->octets += in->view.payload_size;
    heard_rate_add(&self->rate, size, in->arrival_us);
    *ret_size = size;
    return HEARD_FORWARD_SENT;
}

/* The packet's number is taken, and nothing else of it goes out. */
static HeardPacketIn without_payload(const HeardPacketIn *in)
{
    HeardPacketIn empty = *in;

    empty.view.payload_size = 0;
    empty.view.marker = false;
    empty.picture_id_bits = 0;
    empty.tl0_offset = 0;
    empty.empty = true;
    return empty;
}

/* Up to the newest packet that was sent, everything of the run went out. */
static void join_run(HeardStreamOut *self, const HeardPacketIn *in)
{
    const HeardStreamOutSegment *segment = &self->segments[self->segment];
    int16_t ahead = heard_seq_diff((uint16_t)(in->view.seq + segment->seq_offset), self->seq);
    uint16_t mask = in->picture_id_bits == 15 ? 0x7fff : 0x7f;

    heard_thin_join(&self->thin->thin, in->seq64 - ahead, in->picture_id_bits != 0,
                    (uint16_t)(self->picture_id - segment->picture_id_offset) & mask);
    self->thin->joining = false;
}

/* Rare: kept out of the way of lanes from which nothing is left out. */
__attribute__((cold, noinline)) static HeardForward
forward_thinned(HeardStreamOut *self, uint32_t source, const HeardPacketIn *in, uint16_t *twcc_seq,
                uint8_t *ret_packet, size_t capacity, size_t *ret_size)
{
    HeardThin *thin = &self->thin->thin;
    HeardForward result = admit(self, source, in, thin->shift.seq);
    HeardThinVerdict verdict;
    HeardThinShift shift;
    HeardPacketIn empty;
    unsigned at;

    if (result != HEARD_FORWARD_SENT)
        return result;
    if (self->thin->joining)
        join_run(self, in);
    verdict = heard_thin_packet(thin, in, &shift);
    if (verdict == HEARD_THIN_LEAVE_OUT)
        return HEARD_FORWARD_THINNED;
    if (verdict == HEARD_THIN_EMPTY) {
        empty = without_payload(in);
        in = &empty;
    }
    at = (uint16_t)(in->view.seq + self->segments[self->segment].seq_offset - shift.seq);
    at &= HEARD_STREAM_OUT_MAP - 1;
    self->thin->picture_id_offsets[at] =
        (uint16_t)(self->segments[self->segment].picture_id_offset - shift.picture);
    result = send(self, in, shift, twcc_seq, ret_packet, capacity, ret_size);
    if (verdict == HEARD_THIN_EMPTY && self->map)
        self->map[at].segment |= SENT_EMPTY;
    /* Whatever can still be asked for lies behind the last gap: the offsets tell it alone. */
    if (thin->limit == HEARD_THIN_ALL && thin->next_limit == HEARD_THIN_ALL &&
        thin->kept >= HEARD_STREAM_OUT_MAP) {
        fold_thin(self);
        g_clear_pointer(&self->thin, g_free);
    }
    return result;
}

HeardForward heard_stream_out_forward(HeardStreamOut *self, uint32_t source,
                                      const HeardPacketIn *in, uint16_t *twcc_seq,
                                      uint8_t *ret_packet, size_t capacity, size_t *ret_size)
{
    HeardForward result;

    if (!has_room(in, capacity))
        return HEARD_FORWARD_NO_ROOM; /* before any state has changed */
    if (G_UNLIKELY(self->thin != NULL))
        return forward_thinned(self, source, in, twcc_seq, ret_packet, capacity, ret_size);
    result = admit(self, source, in, 0);
    if (result != HEARD_FORWARD_SENT)
        return result;
    return send(self, in, (HeardThinShift){0}, twcc_seq, ret_packet, capacity, ret_size);
}

static HeardStreamOutEntry *find_entry(const HeardStreamOut *self, uint16_t seq)
{
    HeardStreamOutEntry *entry;

    /* Only the last map_mask + 1 numbers are what the slots tell about. */
    if (!self->map || !self->started || heard_seq_newer(seq, self->seq) ||
        (uint16_t)(self->seq - seq) > self->map_mask)
        return NULL;
    entry = &self->map[seq & self->map_mask];
    return entry->segment == NEVER_SENT ? NULL : entry;
}

bool heard_stream_out_lookup(const HeardStreamOut *self, uint16_t seq, uint32_t *ret_source,
                             uint16_t *ret_source_seq)
{
    const HeardStreamOutEntry *entry = find_entry(self, seq);

    if (!entry)
        return false;
    *ret_source = self->segments[entry->segment & ~SENT_EMPTY].source;
    *ret_source_seq = entry->source_seq;
    return true;
}

/* Asked twice within the round trip: the first answer is still on its way. */
static bool sent_lately(const HeardStreamOut *self, const HeardStreamOutEntry *entry,
                        int64_t now_us)
{
    int64_t wait_us = self->rtt_us < 0 ? RESEND_WAIT_DEFAULT_US : self->rtt_us / 2;
    uint8_t tick = (uint8_t)(now_us >> RESENT_TICK_SHIFT);

    wait_us = MAX(wait_us, RESEND_WAIT_MIN_US) + self->queue_us;
    return entry->resent != 0 &&
           (uint8_t)(tick - entry->resent) < (uint8_t)MIN(wait_us >> RESENT_TICK_SHIFT, 100);
}

HeardForward heard_stream_out_resend(HeardStreamOut *self, uint16_t seq, const HeardPacketIn *in,
                                     uint16_t *twcc_seq, int64_t now_us, uint8_t *ret_packet,
                                     size_t capacity, size_t *ret_size)
{
    HeardStreamOutEntry *entry = find_entry(self, seq);
    const HeardStreamOutCodec *codec = &self->config.codecs[in->codec];
    const HeardStreamOutSegment *segment;
    uint16_t picture_id_offset;
    HeardRtpHeader header;
    HeardPacketIn empty;
    size_t size;
    uint8_t tick;

    if (!entry || entry->source_seq != in->view.seq)
        return HEARD_FORWARD_UNKNOWN_SEQ;
    /* Never the same sequence number again on the media SSRC: with AES-GCM that would be
     * one nonce for two texts, since the transport-wide number differs. */
    if (self->config.rtx_ssrc == 0 || codec->rtx_payload_type == 0)
        return HEARD_FORWARD_NO_RTX;
    if (sent_lately(self, entry, now_us))
        return HEARD_FORWARD_RECENT;
    if (!has_room(in, capacity))
        return HEARD_FORWARD_NO_ROOM;
    if (entry->segment & SENT_EMPTY) {
        empty = without_payload(in);
        in = &empty;
    }
    segment = segment_of(self, entry);
    /* The other source came with a key frame: nobody needs what was before. */
    if (segment->source != self->source)
        return HEARD_FORWARD_OLD;
    picture_id_offset = self->thin
                            ? self->thin->picture_id_offsets[seq & (HEARD_STREAM_OUT_MAP - 1)]
                            : segment->picture_id_offset;
    header = (HeardRtpHeader){
        .ssrc = self->config.rtx_ssrc,
        .rtp_ts = in->view.rtp_ts + segment->rtp_ts_offset,
        .seq = self->rtx_seq++,
        .payload_type = codec->rtx_payload_type,
        .marker = in->view.marker,
    };
    size = write_packet(self, picture_id_offset, segment->tl0_offset, in, &header, OSN_SIZE,
                        twcc_seq, ret_packet, capacity);
    heard_put16(ret_packet + size - in->view.payload_size - OSN_SIZE, seq);
    tick = (uint8_t)(now_us >> RESENT_TICK_SHIFT);
    entry->resent = tick == 0 ? 1 : tick;
    heard_rate_add(&self->rate, size, now_us);
    *ret_size = size;
    return HEARD_FORWARD_SENT;
}
