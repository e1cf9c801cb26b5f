/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

static uint8_t packet[PACKET_SIZE_MAX];

static void writes_and_reads_a_header(void **state)
{
    static const uint8_t level = 0x85, twcc[2] = {0x12, 0x34};
    const HeardRtpExtension extensions[] = {{3, 2, twcc}, {0, 1, &level}, {14, 1, &level}};
    HeardRtpHeader header = {0xdeadbeef, 0xfedcba98, 0xffee, 96, true};
    HeardRtpView view;
    const uint8_t *value;
    uint8_t size;
    size_t end;
    (void)state;

    end = heard_rtp_write_header(packet, sizeof(packet), &header, extensions, 3);
    assert_int_equal(end, 12 + 4 + 8);
    packet[end] = 7;
    assert_int_equal(heard_rtp_parse(packet, end + 1, &view), HEARD_RTP_OK);
    assert_int_equal(view.ssrc, 0xdeadbeef);
    assert_int_equal(view.rtp_ts, 0xfedcba98);
    assert_int_equal(view.seq, 0xffee);
    assert_int_equal(view.payload_type, 96);
    assert_true(view.marker);
    assert_int_equal(view.payload_offset, end);
    assert_int_equal(view.payload_size, 1);
    value = heard_rtp_extension(packet, &view, 3, &size);
    assert_int_equal(size, 2);
    assert_memory_equal(value, twcc, 2);
    assert_int_equal(*heard_rtp_extension(packet, &view, 14, &size), 0x85);
    assert_null(heard_rtp_extension(packet, &view, 4, &size));
    assert_null(heard_rtp_extension(packet, &view, 0, &size));
    assert_int_equal(heard_rtp_write_header(packet, end - 1, &header, extensions, 3), 0);
}

static void uses_two_byte_elements_where_needed(void **state)
{
    uint8_t longer[20] = {1, 2, 3};
    uint8_t one = 9;
    const HeardRtpExtension extensions[] = {{3, 20, longer}, {200, 1, &one}};
    HeardRtpHeader header = {.ssrc = 1};
    HeardRtpView view;
    uint8_t size;
    size_t end;
    (void)state;

    end = heard_rtp_write_header(packet, sizeof(packet), &header, extensions, 2);
    assert_int_equal(heard_rtp_parse(packet, end, &view), HEARD_RTP_OK);
    assert_int_equal(view.ext_profile, 0x1000);
    assert_memory_equal(heard_rtp_extension(packet, &view, 3, &size), longer, 20);
    assert_int_equal(*heard_rtp_extension(packet, &view, 200, &size), 9);
}

static void changes_extensions_in_place(void **state)
{
    static const uint8_t a = 1, b[2] = {2, 3}, c = 4, keep[] = {5, 2};
    const HeardRtpExtension extensions[] = {{1, 1, &a}, {2, 2, b}, {5, 1, &c}};
    static const uint8_t fresh[2] = {8, 9};
    HeardRtpHeader header = {.ssrc = 1};
    HeardRtpView view;
    uint8_t size;
    size_t end;
    (void)state;

    end = heard_rtp_write_header(packet, sizeof(packet), &header, extensions, 3);
    assert_int_equal(heard_rtp_parse(packet, end, &view), HEARD_RTP_OK);
    assert_true(heard_rtp_replace_extension(packet, &view, 2, fresh, 2));
    assert_false(heard_rtp_replace_extension(packet, &view, 2, fresh, 1));
    assert_false(heard_rtp_replace_extension(packet, &view, 9, fresh, 2));
    heard_rtp_keep_extensions(packet, &view, keep, 2);
    assert_null(heard_rtp_extension(packet, &view, 1, &size));
    assert_memory_equal(heard_rtp_extension(packet, &view, 2, &size), fresh, 2);
    assert_int_equal(*heard_rtp_extension(packet, &view, 5, &size), 4);
}

static void pads_up_to_a_size(void **state)
{
    HeardRtpHeader header = {.ssrc = 1};
    HeardRtpView view;
    size_t end;
    (void)state;

    end = heard_rtp_write_header(packet, sizeof(packet), &header, NULL, 0);
    memset(packet + end, 0xee, 10);
    assert_int_equal(heard_rtp_pad(packet, end + 10, end + 10), end + 10);
    assert_int_equal(heard_rtp_pad(packet, end + 10, end + 10 + 256), end + 10);
    assert_int_equal(heard_rtp_pad(packet, end + 10, end + 11), end + 11);
    assert_int_equal(heard_rtp_parse(packet, end + 11, &view), HEARD_RTP_OK);
    assert_int_equal(view.payload_size, 10);
    assert_int_equal(view.padding_size, 1);
    assert_int_equal(heard_rtp_pad(packet, end + 11, end + 20), end + 11); /* is padded */
}

static void refuses_what_is_not_rtp(void **state)
{
    static const struct {
        uint8_t bytes[20];
        size_t size;
        HeardRtpCheck check;
    } rows[] = {
        {{0x80}, 11, HEARD_RTP_TOO_SHORT},
        {{0x40}, 12, HEARD_RTP_BAD_VERSION},
        {{0x81}, 15, HEARD_RTP_TOO_SHORT},     /* CSRC cut off */
        {{0x90}, 15, HEARD_RTP_BAD_EXTENSION}, /* no length */
        {{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 2}, 20, HEARD_RTP_BAD_EXTENSION},
        {{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0xff, 0xff},
         20,
         HEARD_RTP_BAD_EXTENSION},
        {{0xa0}, 12, HEARD_RTP_BAD_PADDING}, /* none there */
        {{0xa0}, 16, HEARD_RTP_BAD_PADDING}, /* of 0 bytes */
        {{0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}, 13, HEARD_RTP_BAD_PADDING},
    };
    HeardRtpView view;
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(heard_rtp_parse(rows[i].bytes, rows[i].size, &view), rows[i].check);
    memset(packet, 0x80, sizeof(packet));
    assert_int_equal(heard_rtp_parse(packet, HEARD_RTP_PACKET_MAX + 1, &view), HEARD_RTP_TOO_LONG);
}

static void an_element_beyond_the_end_is_not_found(void **state)
{
    static const uint8_t bytes[] = {
        0x90, 96, 0,    1,    0, 0, 0,    0, 0,    0,
        0,    1,  0xbe, 0xde, 0, 1, 0x10, 7, 0x2f, 0}; /* id 2 claims 16 bytes */
    HeardRtpView view;
    uint8_t size;
    (void)state;

    assert_int_equal(heard_rtp_parse(bytes, sizeof(bytes), &view), HEARD_RTP_OK);
    assert_non_null(heard_rtp_extension(bytes, &view, 1, &size));
    assert_null(heard_rtp_extension(bytes, &view, 2, &size));
}

static void tells_rtcp_from_rtp(void **state)
{
    static const uint8_t rr[] = {0x80, 201}, rtp[] = {0x80, 0x80 | 96}, low[] = {0x80, 191};
    (void)state;

    assert_true(heard_rtp_is_rtcp(rr, 2));
    assert_false(heard_rtp_is_rtcp(rtp, 1));
    assert_false(heard_rtp_is_rtcp(low, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_a_header),
        cmocka_unit_test(uses_two_byte_elements_where_needed),
        cmocka_unit_test(changes_extensions_in_place),
        cmocka_unit_test(pads_up_to_a_size),
        cmocka_unit_test(refuses_what_is_not_rtp),
        cmocka_unit_test(an_element_beyond_the_end_is_not_found),
        cmocka_unit_test(tells_rtcp_from_rtp),
    };

    return cmocka_run_group_tests_name("media packet", tests, NULL, NULL);
}
