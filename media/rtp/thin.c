/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/thin.h"

#include <string.h>

enum { MASK = HEARD_THIN_WINDOW - 1, IDS_15_BIT = 0x7fff, IDS_7_BIT = 0x7f };

static bool get_bit(const uint64_t *bits, int64_t at)
{
    return bits[(at & MASK) / 64] >> (at & 63) & 1;
}

static void set_bit(uint64_t *bits, int64_t at, bool value)
{
    uint64_t bit = UINT64_C(1) << (at & 63);
    uint64_t *word = &bits[(at & MASK) / 64];

    *word = value ? *word | bit : *word & ~bit;
}

static void fill_bits(uint64_t *bits, int64_t first, int64_t end, bool value)
{
    if (end - first > HEARD_THIN_WINDOW)
        first = end - HEARD_THIN_WINDOW;
    for (int64_t at = first; at < end; at++)
        set_bit(bits, at, value);
}

/* Set bits from first to before end; both lie in the window. */
static uint16_t count_bits(const uint64_t *bits, int64_t first, int64_t end)
{
    uint16_t count = 0;

    while (first < end) {
        unsigned offset = (unsigned)(first & 63);
        int64_t take = 64 - offset < end - first ? 64 - offset : end - first;
        uint64_t word = bits[(first & MASK) / 64] >> offset;

        if (take < 64)
            word &= (UINT64_C(1) << take) - 1;
        count = (uint16_t)(count + __builtin_popcountll(word));
        first += take;
    }
    return count;
}

void heard_thin_begin(HeardThin *self, int64_t seq64)
{
    memset(self->packets, 0, sizeof(self->packets));
    memset(self->pictures, 0, sizeof(self->pictures));
    self->shift = (HeardThinShift){0};
    self->newest_seq64 = seq64 - 1;
    self->last_out_seq64 = INT64_MIN;
    self->newest_picture = 0;
    self->has_picture = false;
    self->ended = false;
}

void heard_thin_join(HeardThin *self, int64_t seq64, bool has_picture, uint16_t picture_id)
{
    heard_thin_begin(self, seq64 + 1);
    /* A window above zero, so that late ones stay positive. */
    self->newest_picture = (IDS_15_BIT + 1) + picture_id;
    self->has_picture = has_picture;
}

void heard_thin_set_limit(HeardThin *self, uint8_t limit, uint8_t next_limit)
{
    self->limit = limit;
    self->next_limit = next_limit;
}

/* The picture of a packet as an unwrapped number. A new packet's is never behind the newest. */
static int64_t picture_of(const HeardThin *self, const HeardPacketIn *in, bool newer)
{
    int64_t mask = in->picture_id_bits == 15 ? IDS_15_BIT : IDS_7_BIT;
    int64_t ahead = (in->picture_id - self->newest_picture) & mask;

    if (self->newest_picture == 0)
        return (IDS_15_BIT + 1) + in->picture_id;
    return self->newest_picture + (newer || ahead <= mask / 2 ? ahead : ahead - mask - 1);
}

/* The limit follows its wish where this picture, the first of its number, allows it. */
static bool leaves_out(HeardThin *self, const HeardPacketIn *in)
{
    bool leave;

    if (self->limit < self->current || in->keyframe)
        self->current = self->limit;
    if (in->codec == HEARD_CODEC_VP8 && in->layer_sync && in->temporal_id == self->current + 1 &&
        in->temporal_id <= self->limit)
        self->current = in->temporal_id;
    leave = in->temporal_id > self->current;
    /* From here on no higher layer looks further back than to this picture. */
    if (in->codec == HEARD_CODEC_VP9 && in->layer_sync && !leave)
        self->current = self->limit;
    return leave;
}

/* Must what is missing before this packet be of pictures that are left out? */
static bool gap_is_left_out(const HeardThin *self, const HeardPacketIn *in, int64_t picture,
                            bool leave)
{
    bool before = get_bit(self->pictures, self->newest_picture);

    if (!self->has_picture)
        return false;
    if (picture == self->newest_picture)
        return leave;
    if (picture != self->newest_picture + 1 || (self->ended && in->frame_start))
        return false;
    return (self->ended || before) && (in->frame_start || leave);
}

static void advance(HeardThin *self, const HeardPacketIn *in, bool gap_out, bool leave)
{
    fill_bits(self->packets, self->newest_seq64 + 1, in->seq64, gap_out);
    set_bit(self->packets, in->seq64, leave);
    if (gap_out)
        self->shift.seq = (uint16_t)(self->shift.seq + (in->seq64 - self->newest_seq64 - 1));
    self->newest_seq64 = in->seq64;
    self->kept++;
    if (leave || gap_out) {
        self->last_out_seq64 = leave ? in->seq64 : in->seq64 - 1;
        self->kept = 0;
    }
}

static HeardThinVerdict take_newest(HeardThin *self, const HeardPacketIn *in,
                                    HeardThinShift *ret_shift)
{
    bool has_picture = in->picture_id_bits != 0 && !in->empty;
    bool gap_out = false;
    bool leave = in->empty && self->current < HEARD_THIN_ALL; /* a probe of its publisher */

    if (has_picture) {
        int64_t picture = picture_of(self, in, true);
        bool first = picture != self->newest_picture;

        leave = first ? leaves_out(self, in) : get_bit(self->pictures, picture);
        gap_out = gap_is_left_out(self, in, picture, leave);
        if (first) {
            /* Pictures of which nothing was seen keep their ids, like their numbers. */
            fill_bits(self->pictures, self->newest_picture + 1, picture, false);
            set_bit(self->pictures, picture, leave);
            self->newest_picture = picture;
        }
        ret_shift->picture = self->shift.picture;
        if (first && leave && in->codec == HEARD_CODEC_VP8)
            self->shift.picture++;
    }
    self->has_picture = has_picture;
    self->ended = in->view.marker;
    advance(self, in, gap_out, leave);
    ret_shift->seq = self->shift.seq;
    if (leave)
        self->shift.seq++;
    return leave ? HEARD_THIN_LEAVE_OUT : HEARD_THIN_KEEP;
}

static HeardThinVerdict take_late(HeardThin *self, const HeardPacketIn *in,
                                  HeardThinShift *ret_shift)
{
    int64_t picture;

    if (self->newest_seq64 - in->seq64 >= HEARD_THIN_WINDOW || get_bit(self->packets, in->seq64))
        return HEARD_THIN_LEAVE_OUT;
    ret_shift->seq =
        (uint16_t)(self->shift.seq - count_bits(self->packets, in->seq64, self->newest_seq64 + 1));
    ret_shift->picture = self->shift.picture;
    if (in->picture_id_bits == 0 || in->empty)
        return HEARD_THIN_KEEP;
    picture = picture_of(self, in, false);
    if (self->newest_picture - picture >= HEARD_THIN_WINDOW)
        return HEARD_THIN_EMPTY;
    if (picture > self->newest_picture) { /* late behind a packet without a picture */
        fill_bits(self->pictures, self->newest_picture + 1, picture + 1, false);
        self->newest_picture = picture;
    }
    if (get_bit(self->pictures, picture))
        return HEARD_THIN_EMPTY;
    if (in->codec == HEARD_CODEC_VP8)
        ret_shift->picture = (uint16_t)(self->shift.picture - count_bits(self->pictures, picture,
                                                                         self->newest_picture + 1));
    return HEARD_THIN_KEEP;
}

HeardThinVerdict heard_thin_packet(HeardThin *self, const HeardPacketIn *in,
                                   HeardThinShift *ret_shift)
{
    *ret_shift = (HeardThinShift){0};
    return in->seq64 > self->newest_seq64 ? take_newest(self, in, ret_shift)
                                          : take_late(self, in, ret_shift);
}
