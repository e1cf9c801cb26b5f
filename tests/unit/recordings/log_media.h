/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Logs with real media in them: tracks and their packets, in the order of arrival. */

#include "log_fixture.h"
#include "rtp_source.h"

#include "recordings/derive.h"

#include <jansson.h>

#define SECOND_US INT64_C(1000000)

static inline void put_json(HeardPacketLog *log, uint8_t type, uint32_t track, int64_t at_us,
                            json_t *take)
{
    char *text = json_dumps(take, JSON_COMPACT);
    HeardLogRecord record = {.type = type,
                             .track = track,
                             .at_us = at_us,
                             .payload = (const uint8_t *)text,
                             .size = strlen(text)};

    assert_true(heard_packet_log_append(log, &record, 0));
    free(text);
    json_decref(take);
}

static inline void put_track(HeardPacketLog *log, uint32_t track, const char *participant,
                             uint32_t peer, const char *source, const char *codec, int payload_type,
                             int rate, uint32_t ssrc)
{
    put_json(log, HEARD_LOG_TRACK, track, 0,
             json_pack("{s:s, s:i, s:s, s:s, s:i, s:i, s:I, s:i}", "participant", participant,
                       "peer", (int)peer, "source", source, "codec", codec, "payload_type",
                       payload_type, "clock_rate", rate, "ssrc", (json_int_t)ssrc,
                       "audio_level_ext", 0));
}

/* Those that arrive from from_us on and before to_us. */
static inline void put_packets_between(HeardPacketLog *log, GArray *packets, int64_t from_us,
                                       int64_t to_us)
{
    int64_t flushed_us = 0;

    g_array_sort(packets, compare_arrival);
    for (guint i = 0; i < packets->len; i++) {
        const SourcePacket *packet = &g_array_index(packets, SourcePacket, i);
        HeardLogRecord record = {.type = packet->is_report ? HEARD_LOG_SR : HEARD_LOG_RTP,
                                 .track = packet->track,
                                 .at_us = packet->arrival_us,
                                 .payload = packet->bytes,
                                 .size = packet->size};
        if (packet->arrival_us < from_us || packet->arrival_us >= to_us)
            continue;
        assert_true(heard_packet_log_append(log, &record, 0));
        if (packet->arrival_us - flushed_us < SECOND_US)
            continue;
        flushed_us = packet->arrival_us;
        assert_true(heard_packet_log_flush(log, flushed_us, 0, NULL));
    }
}

static inline void put_packets(HeardPacketLog *log, GArray *packets)
{
    put_packets_between(log, packets, INT64_MIN, INT64_MAX);
}

static inline void move(GArray *packets, int64_t later_us)
{
    for (guint i = 0; i < packets->len; i++)
        g_array_index(packets, SourcePacket, i).arrival_us += later_us;
}

static inline void join(GArray *into, GArray *more_take)
{
    g_array_append_vals(into, more_take->data, more_take->len);
    g_array_unref(more_take);
}

static inline void finish_log(HeardPacketLog *log, int64_t duration_us)
{
    put_json(log, HEARD_LOG_CLOCK, 0, duration_us, json_pack("{s:s}", "sync", "none"));
    assert_true(heard_packet_log_finish(log, duration_us, 0, NULL));
    heard_packet_log_free(log);
}

static inline bool derive_fixture(const Fixture *fixture, const char *out, json_t **ret_manifest,
                                  GError **error)
{
    HeardDeriveSpec spec = {.recording = fixture->path, .key_path = fixture->key_path, .out = out};

    return heard_derive(&spec, ret_manifest, error);
}
