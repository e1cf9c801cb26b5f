/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What our server sends to one receiver, and what that receiver tells: the real estimate,
 * real transport-wide feedback (written and parsed by media/rtcp/twcc.c) and a stand-in for
 * the rest of the server.
 *
 * The sender bursts whole frames of simulcast layers (150, 500, 1500 kbit/s) that it picks by
 * the estimate, changes layers only with a key frame, sends Opus packets each 20 ms, answers
 * each loss once by RTX, and pads when the estimate asks for a probe. elastic: one encoder
 * that follows the estimate instead, as libwebrtc's tests have it.
 *
 * Units      *_us microseconds of the world, bps of UDP payloads, sizes in bytes.
 * Ownership  The caller owns the struct; the world is borrowed.
 * Threads    One. Errors  None.
 */

#include "media/congestion/allocate.h"
#include "media/congestion/estimate.h"
#include "media/rtcp/twcc.h"
#include "world.h"

enum {
    SIM_VIDEOS_MAX = 6,
    SIM_LAYERS = 3,
    SIM_AUDIO_BPS = 36000,
    SIM_SENT_RING = 8192,
    SIM_SAMPLE_US = 100000,
    SIM_SAMPLES_MAX = 1800,
};

extern const uint32_t sim_layer_bps[SIM_LAYERS];

typedef struct {
    unsigned fps;
    unsigned videos;      /* pictures that are shown; 0: sound only */
    uint32_t elastic_bps; /* not 0: one encoder up to this rate instead */
    int64_t start_us, stop_us;
    int64_t pause_us, resume_us; /* no video between */
    int64_t return_us;           /* delay of feedback */
    int64_t feedback_us;         /* at least so long between two; 0: as twcc.c has it */
    double feedback_loss;
    int64_t silent_us, heard_us; /* no feedback and no report between */
    bool no_feedback;            /* receiver reports only */
    double skew;                 /* the receiver's clock runs faster by this */
    double encoder_noise;        /* frames differ by this, 0..1 */
} SimMediaConfig;

typedef struct {
    float line_bps, estimate_bps, sent_bps, received_bps;
    float queue_ms; /* mean over packets that came: time above the fixed delay */
    float delay_ms; /* the longest such time */
    float lost, padding_bps;
    int layers; /* sum over pictures of layer + 1 */
} SimSample;

typedef struct {
    int layer;      /* -1: none */
    int next;       /* waits for its key frame */
    int64_t due_us; /* of that key frame; 0: none asked for */
    double debt;    /* bytes that a key frame took from later frames */
} SimVideo;

typedef struct {
    SimWorld *world;
    SimMediaConfig config;
    HeardEstimate estimate;
    HeardTwcc twcc;
    uint64_t next; /* number of the next packet; its low 16 bits are its seq */
    uint64_t random;
    int64_t deadline_us; /* of the armed probe timer */
    int64_t feedback_us; /* last feedback */
    bool feedback_armed;
    SimVideo videos[SIM_VIDEOS_MAX];
    HeardAllocation allocations[SIM_VIDEOS_MAX];
    struct {
        int64_t sent_us;
        uint16_t size;
    } sent[SIM_SENT_RING];
    uint64_t report_sent, report_came; /* since the last receiver report */
    /* of the running sample */
    double sum_sent, sum_received, sum_queue, sum_padding;
    unsigned count_received, count_lost;
    double longest;
    SimSample samples[SIM_SAMPLES_MAX];
    size_t sample_count;
    unsigned switches; /* of layers */
    uint64_t audio_sent, audio_lost;
} SimMediaFlow;

void sim_media_flow_start(SimMediaFlow *self, SimWorld *world, const SimMediaConfig *config,
                          uint64_t seed);

/* What all pictures at their best and the sound would take. */
uint32_t sim_media_flow_wanted_bps(const SimMediaFlow *self);
