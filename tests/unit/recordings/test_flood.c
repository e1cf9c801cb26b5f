/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who sends stream upon stream costs the others nothing of their recording. */
#include "derive_fixture.h"

#include "recordings/clock_map.h"
#include "recordings/tracks.h"

enum { FLOOD_TRACK = 7, HONEST_TRACK = 8, STREAMS = HEARD_TRACKS_TAKES_MAX + 200 };

static void each_peer_has_a_share_of_the_clocks(void **state)
{
    g_autoptr(HeardClockMap) map = heard_clock_map_new();
    g_autoptr(HeardClockCursor) cursor = heard_clock_cursor_new(map, true);
    int64_t rtp;
    (void)state;

    for (uint32_t i = 0; i < HEARD_CLOCK_STREAMS_EACH; i++)
        assert_non_null(heard_clock_cursor_packet(cursor, 5, 1, i, 48000, 0, i, &rtp));
    assert_null(heard_clock_cursor_packet(cursor, 5, 1, UINT32_MAX, 48000, 0, 0, &rtp));
    assert_non_null(heard_clock_cursor_packet(cursor, 6, 2, UINT32_MAX, 48000, 0, 0, &rtp));
}

/* A packet of its own SSRC each 20 ms: each begins a take. */
static void flood(HeardPacketLog *log, GArray *packets)
{
    for (uint32_t i = 0; i < STREAMS; i++) {
        const SourcePacket *packet = &g_array_index(packets, SourcePacket, i % packets->len);
        uint8_t bytes[sizeof packet->bytes];
        int64_t at_us = INT64_C(20000) * i;
        HeardLogRecord record = {.type = HEARD_LOG_RTP,
                                 .track = FLOOD_TRACK,
                                 .at_us = at_us,
                                 .payload = bytes,
                                 .size = packet->size};
        memcpy(bytes, packet->bytes, packet->size);
        put_be32(bytes + 8, 1000 + i);
        put_json(log, HEARD_LOG_TRACK, FLOOD_TRACK, at_us,
                 json_pack("{s:s, s:i, s:s, s:s, s:i, s:i, s:I, s:i}", "participant", "flooder",
                           "peer", 5, "source", "microphone", "codec", "opus", "payload_type", 111,
                           "clock_rate", 48000, "ssrc", (json_int_t)(1000 + i), "audio_level_ext",
                           0));
        assert_true(heard_packet_log_append(log, &record, 0));
        if (i % 50 == 0)
            assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
}

static void others_stay_playable(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    GArray *packets = sound(2, HONEST_TRACK, 77);
    int64_t end_us = INT64_C(20000) * STREAMS + 3 * SECOND_US;
    json_t *manifest, *timeline, *honest, *left, *gap;
    size_t i, files = 0;
    bool is_told = false;
    (void)state;

    flood(log, packets);
    move(packets, end_us - 2 * SECOND_US); /* who comes after that flood */
    put_track(log, HONEST_TRACK, "honest", 6, "microphone", "opus", 111, 48000, 77);
    put_packets(log, packets);
    g_array_unref(packets);
    finish_log(log, end_us);

    manifest = derive(&fixture);
    honest = find_file(manifest, "take", "microphone", 1);
    assert_non_null(honest);
    json_array_foreach(json_object_get(manifest, "files"), i, honest)
    {
        const char *who = json_string_value(json_object_get(honest, "participant"));
        files += who && strcmp(who, "flooder") == 0;
        if (who && strcmp(who, "honest") == 0) {
            assert_in_range(number(honest, "duration_ms"), 1900, 2050);
            is_told = true;
        }
    }
    assert_true(is_told);
    assert_int_equal(files, HEARD_TRACKS_TAKES_MAX);
    left = json_array_get(json_object_get(manifest, "takes_left_out"), 0);
    assert_string_equal(json_string_value(json_object_get(left, "participant")), "flooder");
    assert_int_equal(number(left, "takes"), STREAMS - HEARD_TRACKS_TAKES_MAX);
    assert_int_equal(json_array_size(json_object_get(manifest, "takes_left_out")), 1);
    is_told = false;
    timeline = read_derived(&fixture, "timeline.json");
    json_array_foreach(json_object_get(timeline, "gaps"), i, gap)
    {
        if (strcmp(json_string_value(json_object_get(gap, "reason")), "too_many_takes") != 0)
            continue;
        assert_string_equal(json_string_value(json_object_get(gap, "participant")), "flooder");
        assert_int_equal(number(gap, "from_ms"), number(left, "from_ms"));
        is_told = true;
    }
    assert_true(is_told);
    json_decref(timeline);
    json_decref(manifest);
    fixture_free(&fixture);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_peer_has_a_share_of_the_clocks),
        cmocka_unit_test(others_stay_playable),
    };

    gst_init(&argc, &argv);
    return cmocka_run_group_tests_name("recordings flood", tests, NULL, NULL);
}
