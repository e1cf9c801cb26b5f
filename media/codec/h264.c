/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/h264.h"

#include "media/rtp/bytes.h"

#include <glib.h>

enum {
    NAL_IDR = 5,
    NAL_SPS = 7,
    NAL_SINGLE_MAX = 23,
    NAL_STAP_A = 24,
    NAL_FU_A = 28,
    NAL_TYPE_MASK = 0x1f,
    NAL_REF_MASK = 0x60,
    FU_START = 0x80,
};

static void note_unit(HeardH264 *h264, uint8_t type, uint8_t header)
{
    h264->frame_start = true;
    if (type == NAL_SPS)
        h264->has_sps = true;
    if (type == NAL_SPS || type == NAL_IDR)
        h264->keyframe = true;
    if (header & NAL_REF_MASK)
        h264->disposable = false;
}

static bool parse_stap(const uint8_t *payload, size_t size, HeardH264 *h264)
{
    size_t offset = 1;

    if (size < 4)
        return false;
    while (offset < size) {
        size_t unit_size;
        if (offset + 2 > size)
            return false;
        unit_size = heard_get16(payload + offset);
        offset += 2;
        if (unit_size == 0 || unit_size > size - offset)
            return false;
        note_unit(h264, payload[offset] & NAL_TYPE_MASK, payload[offset]);
        offset += unit_size;
    }
    return true;
}

bool heard_h264_parse(const uint8_t *payload, size_t size, HeardH264 *ret_h264)
{
    HeardH264 h264 = {.disposable = true};
    uint8_t type;

    if (size < 2)
        return false;
    type = payload[0] & NAL_TYPE_MASK;
    if (type >= 1 && type <= NAL_SINGLE_MAX) {
        note_unit(&h264, type, payload[0]);
    } else if (type == NAL_STAP_A) {
        if (!parse_stap(payload, size, &h264))
            return false;
    } else if (type == NAL_FU_A) {
        if (size < 3)
            return false;
        if (payload[1] & FU_START)
            note_unit(&h264, payload[1] & NAL_TYPE_MASK, payload[0]);
        h264.disposable = !(payload[0] & NAL_REF_MASK);
    } else {
        return false;
    }
    *ret_h264 = h264;
    return true;
}

/* RFC 6184 table 5: profile_idc and the constraint flags, x = any. */
static HeardH264Profile profile_of(uint8_t idc, uint8_t iop)
{
    static const struct {
        uint8_t idc, mask, value;
        HeardH264Profile profile;
    } rows[] = {
        {0x42, 0x4f, 0x40, HEARD_H264_CONSTRAINED_BASELINE},
        {0x4d, 0x8f, 0x80, HEARD_H264_CONSTRAINED_BASELINE},
        {0x58, 0xcf, 0xc0, HEARD_H264_CONSTRAINED_BASELINE},
        {0x42, 0x4f, 0x00, HEARD_H264_BASELINE},
        {0x58, 0xcf, 0x80, HEARD_H264_BASELINE},
        {0x4d, 0xaf, 0x00, HEARD_H264_MAIN},
        {0x64, 0xff, 0x0c, HEARD_H264_CONSTRAINED_HIGH},
        {0x64, 0xff, 0x00, HEARD_H264_HIGH},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].idc == idc && (iop & rows[i].mask) == rows[i].value)
            return rows[i].profile;
    return HEARD_H264_OTHER;
}

static bool parse_profile_level(const char *text, HeardH264Fmtp *fmtp)
{
    uint8_t bytes[3] = {0};
    bool level_1b;

    if (strlen(text) != 6)
        return false;
    for (int i = 0; i < 6; i++) {
        int digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0)
            return false;
        bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit);
    }
    fmtp->profile = profile_of(bytes[0], bytes[1]);
    /* Level 1b is level_idc 11 with constraint_set3 in these profiles (H.264 A.3.4). */
    level_1b = bytes[2] == 11 && (bytes[1] & 0x10) && bytes[0] != 0x64;
    fmtp->level_idc = level_1b ? 9 : bytes[2];
    return true;
}

static bool parse_parameter(const char *name, const char *value, HeardH264Fmtp *fmtp)
{
    if (g_ascii_strcasecmp(name, "profile-level-id") == 0)
        return parse_profile_level(value, fmtp);
    if (g_ascii_strcasecmp(name, "packetization-mode") == 0) {
        if (value[0] < '0' || value[0] > '2' || value[1] != '\0')
            return false;
        fmtp->packetization_mode = (uint8_t)(value[0] - '0');
    } else if (g_ascii_strcasecmp(name, "level-asymmetry-allowed") == 0) {
        fmtp->level_asymmetry_allowed = strcmp(value, "1") == 0;
    }
    return true;
}

bool heard_h264_parse_fmtp(const char *fmtp, HeardH264Fmtp *ret_fmtp)
{
    /* Without profile-level-id: Baseline, level 1 (RFC 6184 8.1). */
    HeardH264Fmtp parsed = {.profile = HEARD_H264_BASELINE, .level_idc = 10};
    g_auto(GStrv) parameters = g_strsplit(fmtp, ";", -1);

    for (size_t i = 0; parameters[i]; i++) {
        char *equals = strchr(parameters[i], '=');
        if (!equals)
            continue;
        *equals = '\0';
        if (!parse_parameter(g_strstrip(parameters[i]), g_strstrip(equals + 1), &parsed))
            return false;
    }
    *ret_fmtp = parsed;
    return true;
}

bool heard_h264_fmtp_match(const HeardH264Fmtp *a, const HeardH264Fmtp *b)
{
    return a->profile == b->profile && a->profile != HEARD_H264_OTHER &&
           a->packetization_mode == b->packetization_mode;
}
