/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/frames.h"

#include "media/codec/opus.h"
#include "media/codec/vp8.h"
#include "media/codec/vp9.h"

#include <string.h>

enum { NAL_IDR = 5, NAL_SPS = 7, NAL_PPS = 8, NAL_DELIMITER = 9, NAL_STAP_A = 24, NAL_FU_A = 28 };

struct HeardFrames {
    HeardCodec codec;
    GByteArray *bytes; /* of the frame being put together */
    int64_t rtp, spoiled_rtp;
    bool spoiled;
    bool open, keyframe, wants_key;
    bool has_sps, has_pps, has_slice, in_fragment;
    uint16_t width, height;
    GBytes *sps, *pps; /* H.264: the last ones, for pictures that come without */
    bool setup_changed;
    uint64_t dropped;
};

HeardFrames *heard_frames_new(HeardCodec codec)
{
    HeardFrames *self = g_new0(HeardFrames, 1);

    self->codec = codec;
    self->bytes = g_byte_array_new();
    self->wants_key = codec != HEARD_CODEC_OPUS;
    return self;
}

void heard_frames_free(HeardFrames *self)
{
    if (!self)
        return;
    g_byte_array_unref(self->bytes);
    g_clear_pointer(&self->sps, g_bytes_unref);
    g_clear_pointer(&self->pps, g_bytes_unref);
    g_free(self);
}

uint64_t heard_frames_dropped(const HeardFrames *self)
{
    return self->dropped;
}

void heard_frames_lost(HeardFrames *self)
{
    if (self->open) {
        self->dropped++;
        self->spoiled = true;
        self->spoiled_rtp = self->rtp;
    }
    self->open = false;
    self->in_fragment = false;
    self->wants_key = self->codec != HEARD_CODEC_OPUS;
}

static void begin(HeardFrames *self, int64_t rtp, bool keyframe)
{
    if (self->open) /* its end never came, though no packet is missing: the sender gave up */
        self->dropped++;
    g_byte_array_set_size(self->bytes, 0);
    self->rtp = rtp;
    self->open = true;
    self->keyframe = keyframe;
    self->width = self->height = 0;
    self->has_sps = self->has_pps = self->has_slice = self->in_fragment = false;
}

static void append(HeardFrames *self, const uint8_t *bytes, size_t size)
{
    if (self->bytes->len + size > HEARD_FRAME_BYTES_MAX) {
        heard_frames_lost(self);
        return;
    }
    g_byte_array_append(self->bytes, bytes, (guint)size);
}

static bool finish(HeardFrames *self, HeardFrame *ret_frame)
{
    if (!self->open)
        return false;
    self->open = false;
    if (self->bytes->len == 0 || (self->wants_key && !self->keyframe)) {
        self->dropped++;
        return false;
    }
    self->wants_key = false;
    *ret_frame = (HeardFrame){.bytes = self->bytes->data,
                              .size = self->bytes->len,
                              .rtp = self->rtp,
                              .keyframe = self->keyframe,
                              .setup_changed = self->setup_changed,
                              .width = self->width,
                              .height = self->height};
    self->setup_changed = false;
    return true;
}

static bool put_vpx(HeardFrames *self, const uint8_t *payload, size_t size, int64_t rtp,
                    bool marker, HeardFrame *ret_frame)
{
    bool frame_start, keyframe;
    uint16_t width, height;
    size_t head;

    if (self->codec == HEARD_CODEC_VP8) {
        HeardVp8 vp8;
        if (!heard_vp8_parse(payload, size, &vp8)) {
            heard_frames_lost(self);
            return false;
        }
        frame_start = vp8.frame_start;
        keyframe = vp8.keyframe;
        width = vp8.width;
        height = vp8.height;
        head = vp8.descriptor_size;
    } else {
        HeardVp9 vp9;
        if (!heard_vp9_parse(payload, size, &vp9)) {
            heard_frames_lost(self);
            return false;
        }
        frame_start = vp9.frame_start;
        keyframe = vp9.keyframe;
        width = vp9.width;
        height = vp9.height;
        head = vp9.descriptor_size;
    }
    if (frame_start && (!self->open || rtp != self->rtp))
        begin(self, rtp, keyframe);
    if (!self->open || rtp != self->rtp)
        return false;
    if (width > 0) {
        self->width = width;
        self->height = height;
    }
    append(self, payload + head, size - head);
    return marker && finish(self, ret_frame);
}

static void keep_setup(HeardFrames *self, GBytes **kept, const uint8_t *nal, size_t size)
{
    if (*kept && g_bytes_get_size(*kept) == size &&
        memcmp(g_bytes_get_data(*kept, NULL), nal, size) == 0)
        return;
    if (*kept && kept == &self->sps)
        self->setup_changed = true;
    g_clear_pointer(kept, g_bytes_unref);
    *kept = g_bytes_new(nal, size);
}

static const uint8_t start_code[4] = {0, 0, 0, 1};

static void append_kept(HeardFrames *self, GBytes *kept)
{
    gsize size;
    const uint8_t *bytes = kept ? g_bytes_get_data(kept, &size) : NULL;

    if (!bytes)
        return;
    append(self, start_code, sizeof start_code);
    append(self, bytes, size);
}

/* A whole NAL unit, or the first part of a fragmented one. */
static void append_nal(HeardFrames *self, uint8_t head, const uint8_t *rest, size_t size)
{
    unsigned type = head & 0x1f;

    /* GStreamer's payloader repeats the sets before each slice; behind the first slice they
     * would begin another picture (H.264 7.4.1.2.3). */
    if (self->has_slice && type > NAL_IDR && type <= NAL_DELIMITER)
        return;
    self->has_slice = self->has_slice || type <= NAL_IDR;
    if (type == NAL_IDR && !self->keyframe) {
        /* first_mb_in_slice is 0 (H.264 7.3.3), else the picture's start is lost */
        if (size == 0 || !(rest[0] & 0x80) || !self->sps) {
            heard_frames_lost(self);
            return;
        }
        self->keyframe = true;
        if (!self->has_sps)
            append_kept(self, self->sps);
        if (!self->has_pps)
            append_kept(self, self->pps);
    }
    self->has_sps = self->has_sps || type == NAL_SPS;
    self->has_pps = self->has_pps || type == NAL_PPS;
    if (!self->open)
        return;
    append(self, start_code, sizeof start_code);
    append(self, &head, 1);
    append(self, rest, size);
}

static void put_whole_nal(HeardFrames *self, const uint8_t *nal, size_t size)
{
    unsigned type = nal[0] & 0x1f;

    if (type == NAL_SPS)
        keep_setup(self, &self->sps, nal, size);
    else if (type == NAL_PPS)
        keep_setup(self, &self->pps, nal, size);
    append_nal(self, nal[0], nal + 1, size - 1);
}

static bool put_h264(HeardFrames *self, const uint8_t *payload, size_t size, int64_t rtp,
                     bool marker, HeardFrame *ret_frame)
{
    unsigned type = size > 0 ? payload[0] & 0x1f : 0;

    if (!self->open && rtp == self->spoiled_rtp && self->spoiled)
        return false; /* the rest of a picture that is broken */
    if (!self->open || rtp != self->rtp)
        begin(self, rtp, false);
    if (type >= 1 && type <= 23) {
        put_whole_nal(self, payload, size);
    } else if (type == NAL_STAP_A) {
        for (size_t at = 1; at + 2 < size;) {
            size_t length = (size_t)payload[at] << 8 | payload[at + 1];
            at += 2;
            if (length == 0 || length > size - at) {
                heard_frames_lost(self);
                return false;
            }
            put_whole_nal(self, payload + at, length);
            at += length;
        }
    } else if (type == NAL_FU_A && size > 2) {
        bool start = payload[1] & 0x80;
        if (start)
            append_nal(self, (uint8_t)((payload[0] & 0xe0) | (payload[1] & 0x1f)), payload + 2,
                       size - 2);
        else if (self->in_fragment)
            append(self, payload + 2, size - 2);
        else
            heard_frames_lost(self);
        self->in_fragment = self->open && !(payload[1] & 0x40);
    } else {
        heard_frames_lost(self);
        return false;
    }
    return self->open && marker && finish(self, ret_frame);
}

bool heard_frames_put(HeardFrames *self, const uint8_t *payload, size_t size, int64_t rtp,
                      bool marker, HeardFrame *ret_frame)
{
    switch (self->codec) {
    case HEARD_CODEC_OPUS:
        *ret_frame = (HeardFrame){.bytes = payload,
                                  .size = size,
                                  .rtp = rtp,
                                  .keyframe = true,
                                  .samples = heard_opus_samples(payload, size)};
        if (ret_frame->samples == 0)
            self->dropped++;
        return ret_frame->samples > 0;
    case HEARD_CODEC_VP8:
    case HEARD_CODEC_VP9:
        return put_vpx(self, payload, size, rtp, marker, ret_frame);
    case HEARD_CODEC_H264:
        return put_h264(self, payload, size, rtp, marker, ret_frame);
    case HEARD_CODEC_COUNT:
        break;
    }
    return false;
}
