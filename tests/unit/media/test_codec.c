/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/codec/h264.h"
#include "media/codec/opus.h"
#include "media/codec/vp8.h"
#include "media/codec/vp9.h"

static void opus_durations(void **state)
{
    static const struct {
        uint8_t bytes[2];
        size_t size;
        uint32_t samples;
        bool dtx;
    } rows[] = {
        {{0x78, 1}, 2, 960, false},  /* hybrid 20 ms */
        {{0xe0, 1}, 2, 120, false},  /* CELT 2.5 ms */
        {{0x18, 1}, 2, 2880, false}, /* SILK 60 ms */
        {{0x79, 1}, 2, 1920, true},  /* two frames without bytes */
        {{0x7b, 3}, 2, 2880, true},  /* three of them by count */
        {{0x78}, 1, 960, true},      /* one */
        {{0x7b, 63}, 2, 0, true},    /* more than 120 ms */
        {{0x7b}, 1, 0, true},        /* the count is missing */
        {{0}, 0, 0, false},          /* nothing */
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(heard_opus_samples(rows[i].bytes, rows[i].size), rows[i].samples);
        assert_int_equal(heard_opus_is_dtx(rows[i].bytes, rows[i].size), rows[i].dtx);
    }
}

static void vp8_as_chromium_and_gstreamer_send_it(void **state)
{
    static const uint8_t chromium[] = {0x90, 0xe0, 0x92, 0x34, 0x56, 0x60, 0x10, 0x02,
                                       0x00, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x01};
    static const uint8_t gstreamer[] = {0x90, 0x80, 0x92, 0x34, 0x11};
    static const uint8_t plain[] = {0x10, 0x10};
    uint8_t changed[sizeof(chromium)];
    HeardVp8 vp8;
    (void)state;

    assert_true(heard_vp8_parse(chromium, sizeof(chromium), &vp8));
    assert_int_equal(vp8.picture_id_bits, 15);
    assert_int_equal(vp8.picture_id, 0x1234);
    assert_int_equal(vp8.tl0_index, 0x56);
    assert_int_equal(vp8.temporal_id, 1);
    assert_true(vp8.layer_sync);
    assert_int_equal(vp8.descriptor_size, 6);
    assert_true(vp8.keyframe);
    assert_int_equal(vp8.width, 640); /* the scaling bits above 14 are not size */
    assert_int_equal(vp8.height, 360);
    memcpy(changed, chromium, sizeof(changed));
    heard_vp8_rewrite(changed, &vp8, 0x7fff, 0xab);
    assert_int_equal(heard_get16(changed + 2), 0xffff);
    assert_int_equal(changed[4], 0xab);
    assert_memory_equal(changed + 5, chromium + 5, sizeof(chromium) - 5);

    assert_true(heard_vp8_parse(gstreamer, sizeof(gstreamer), &vp8));
    assert_int_equal(vp8.tl0_offset, 0);
    assert_true(vp8.frame_start);
    assert_false(vp8.keyframe);
    assert_true(heard_vp8_parse(plain, sizeof(plain), &vp8));
    assert_int_equal(vp8.picture_id_bits, 0);
    assert_true(vp8.keyframe);
    assert_int_equal(vp8.height, 0); /* its header is not in this packet */
    for (size_t size = 0; size <= 6; size++)
        assert_false(heard_vp8_parse(chromium, size, &vp8));
}

static void vp9_key_frames(void **state)
{
    /* picture id, layers, start, scalability structure of one layer with its size */
    static const uint8_t key[] = {0xaa, 0x92, 0x34, 0x00, 0x07, 0x10, 0x02, 0x80, 0x01, 0x68, 0x86};
    static const uint8_t delta[] = {0xe8, 0x05, 0x20, 0x08, 0x86};
    HeardVp9 vp9;
    (void)state;

    assert_true(heard_vp9_parse(key, sizeof(key), &vp9));
    assert_true(vp9.keyframe);
    assert_int_equal(vp9.picture_id, 0x1234);
    assert_int_equal(vp9.tl0_index, 7);
    assert_int_equal(vp9.width, 640);
    assert_int_equal(vp9.height, 360);
    assert_int_equal(vp9.descriptor_size, sizeof(key) - 1);
    assert_true(heard_vp9_parse(delta, sizeof(delta), &vp9));
    assert_false(vp9.keyframe);
    assert_true(vp9.frame_start);
    assert_int_equal(vp9.picture_id_bits, 7);
    assert_int_equal(vp9.temporal_id, 1);
    for (size_t size = 0; size < sizeof(key); size++)
        assert_false(heard_vp9_parse(key, size, &vp9));
}

static void h264_units(void **state)
{
    static const struct {
        uint8_t bytes[10];
        size_t size;
        bool good, keyframe, sps, start;
    } rows[] = {
        {{0x65, 1}, 2, true, true, false, true},                           /* IDR */
        {{0x67, 1}, 2, true, true, true, true},                            /* SPS */
        {{0x41, 1}, 2, true, false, false, true},                          /* a picture */
        {{0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1}, 9, true, true, true, true}, /* STAP-A */
        {{0x78, 0, 2, 0x67, 1, 0, 3, 0x68, 1}, 9, false, false, false, false},
        {{0x78, 0, 0, 0x67, 1}, 5, false, false, false, false},
        {{0x7c, 0x85, 1}, 3, true, true, false, true},   /* FU-A, IDR begins */
        {{0x7c, 0x05, 1}, 3, true, false, false, false}, /* goes on */
        {{0x7c, 0x85}, 2, false, false, false, false},
        {{0x79, 0, 0, 0}, 4, false, false, false, false}, /* STAP-B */
        {{0x65}, 1, false, false, false, false},
    };
    HeardH264 h264;
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        h264 = (HeardH264){0};
        assert_int_equal(heard_h264_parse(rows[i].bytes, rows[i].size, &h264), rows[i].good);
        assert_int_equal(h264.keyframe, rows[i].keyframe);
        assert_int_equal(h264.has_sps, rows[i].sps);
        assert_int_equal(h264.frame_start, rows[i].start);
    }
}

static void h264_profiles(void **state)
{
    static const struct {
        const char *fmtp;
        HeardH264Profile profile;
        uint8_t level, mode;
    } rows[] = {
        {"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
         HEARD_H264_CONSTRAINED_BASELINE, 31, 1},
        {"profile-level-id=42001F; packetization-mode=0", HEARD_H264_BASELINE, 31, 0},
        {"profile-level-id=4d0032", HEARD_H264_MAIN, 50, 0},
        {"profile-level-id=4d8028", HEARD_H264_CONSTRAINED_BASELINE, 40, 0},
        {"profile-level-id=640c34", HEARD_H264_CONSTRAINED_HIGH, 52, 0},
        {"profile-level-id=64001f", HEARD_H264_HIGH, 31, 0},
        {"profile-level-id=42f00b", HEARD_H264_CONSTRAINED_BASELINE, 9, 0},
        {"profile-level-id=f4001f", HEARD_H264_OTHER, 31, 0},
        {"", HEARD_H264_BASELINE, 10, 0},
    };
    static const char *const bad[] = {"profile-level-id=42e0", "profile-level-id=42e0xx",
                                      "packetization-mode=3", "packetization-mode="};
    HeardH264Fmtp fmtp, other;
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_true(heard_h264_parse_fmtp(rows[i].fmtp, &fmtp));
        assert_int_equal(fmtp.profile, rows[i].profile);
        assert_int_equal(fmtp.level_idc, rows[i].level);
        assert_int_equal(fmtp.packetization_mode, rows[i].mode);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(heard_h264_parse_fmtp(bad[i], &fmtp));
    heard_h264_parse_fmtp("packetization-mode=1;profile-level-id=42e01f", &fmtp);
    heard_h264_parse_fmtp("packetization-mode=1;profile-level-id=42e034", &other);
    assert_true(heard_h264_fmtp_match(&fmtp, &other));
    other.packetization_mode = 0;
    assert_false(heard_h264_fmtp_match(&fmtp, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opus_durations), cmocka_unit_test(vp8_as_chromium_and_gstreamer_send_it),
        cmocka_unit_test(vp9_key_frames), cmocka_unit_test(h264_units),
        cmocka_unit_test(h264_profiles),
    };

    return cmocka_run_group_tests_name("media codec", tests, NULL, NULL);
}
