/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What an RTP packet of H.264 holds (RFC 6184 5), and whether two fmtp lines mean the
 * same stream (RFC 6184 8.1, 8.2.2).
 *
 * Ownership  Nothing is kept.  Threads  Pure.
 * Errors     false: not a payload of RFC 6184 that we read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    bool frame_start; /* starts a NAL unit: not the middle of an FU-A */
    bool keyframe;    /* has an IDR slice's start or a sequence parameter set */
    bool has_sps;
    bool disposable; /* nal_ref_idc 0 in all NAL units of the packet */
} HeardH264;

/* Single NAL units, STAP-A and FU-A: what packetization-mode 0 and 1 may have. */
bool heard_h264_parse(const uint8_t *payload, size_t size, HeardH264 *ret_h264);

typedef enum {
    HEARD_H264_CONSTRAINED_BASELINE,
    HEARD_H264_BASELINE,
    HEARD_H264_MAIN,
    HEARD_H264_CONSTRAINED_HIGH,
    HEARD_H264_HIGH,
    HEARD_H264_OTHER,
} HeardH264Profile;

typedef struct {
    HeardH264Profile profile;
    uint8_t level_idc; /* 31 is level 3.1; 9 is level 1b */
    uint8_t packetization_mode;
    bool level_asymmetry_allowed;
} HeardH264Fmtp;

/* Missing parameters take the values of RFC 6184 8.1. false: a malformed value. */
bool heard_h264_parse_fmtp(const char *fmtp, HeardH264Fmtp *ret_fmtp);

/* Same profile and packetization mode; levels are negotiated, so they don't matter. */
bool heard_h264_fmtp_match(const HeardH264Fmtp *a, const HeardH264Fmtp *b);
