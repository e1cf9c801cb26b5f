/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/demux.h"
#include "media/front/framing.h"
#include "tests/unit/heard_test.h"

enum { SEED = 815 };

static HeardDemux demux_of(uint8_t first, uint8_t second, size_t size)
{
    uint8_t datagram[64] = {first, second};

    return heard_demux(datagram, size);
}

static void the_first_byte_tells(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        HeardDemux wanted = first <= 3                     ? HEARD_DEMUX_STUN
                            : first >= 20 && first <= 63   ? HEARD_DEMUX_DTLS
                            : first >= 128 && first <= 191 ? HEARD_DEMUX_RTP
                                                           : HEARD_DEMUX_UNKNOWN;

        assert_int_equal(demux_of((uint8_t)first, 96, 40), wanted);
    }
    assert_int_equal(demux_of(0x80, 200, 8), HEARD_DEMUX_RTCP);
    assert_int_equal(demux_of(0x81, 192, 8), HEARD_DEMUX_RTCP);
    assert_int_equal(demux_of(0x80, 224, 40), HEARD_DEMUX_RTP);
    assert_int_equal(demux_of(0x80, 96 | 0x80, 40), HEARD_DEMUX_RTP); /* marker */
}

static void short_datagrams_are_nothing(void **state)
{
    (void)state;
    assert_int_equal(heard_demux(NULL, 0), HEARD_DEMUX_UNKNOWN);
    assert_int_equal(demux_of(0, 1, 19), HEARD_DEMUX_UNKNOWN);
    assert_int_equal(demux_of(22, 254, 12), HEARD_DEMUX_UNKNOWN);
    assert_int_equal(demux_of(0x80, 96, 11), HEARD_DEMUX_UNKNOWN);
    assert_int_equal(demux_of(0x80, 200, 7), HEARD_DEMUX_UNKNOWN);
}

/* All frames of the stream, pushed in pieces of at most step bytes. */
static GByteArray *read_frames(const uint8_t *stream, size_t size, size_t step, unsigned *ret_count)
{
    GByteArray *out = g_byte_array_new();
    g_autofree HeardFraming *framing = g_new0(HeardFraming, 1);

    *ret_count = 0;
    while (size > 0) {
        size_t piece = MIN(step, size), rest = piece;
        g_autofree uint8_t *copy = g_memdup2(stream, piece);
        const uint8_t *bytes = copy;
        uint8_t *frame;
        size_t frame_size;

        for (;;) {
            HeardFramingResult result =
                heard_framing_push(framing, &bytes, &rest, &frame, &frame_size);

            assert_int_not_equal(result, HEARD_FRAMING_TOO_LARGE);
            if (result == HEARD_FRAMING_MORE)
                break;
            g_byte_array_append(out, frame, (guint)frame_size);
            ++*ret_count;
        }
        stream += piece;
        size -= piece;
    }
    return out;
}

static void frames_do_not_depend_on_the_cuts(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(GByteArray) model = g_byte_array_new();
    unsigned frames = 0;

    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        size_t size = (size_t)g_rand_int_range(random, 0, i % 7 ? 40 : HEARD_FRAMING_FRAME_MAX + 1);
        uint8_t header[2] = {(uint8_t)(size >> 8), (uint8_t)size};

        g_byte_array_append(stream, header, 2);
        for (size_t k = 0; k < size; k++) {
            uint8_t byte = (uint8_t)g_rand_int(random);

            g_byte_array_append(stream, &byte, 1);
            g_byte_array_append(model, &byte, 1);
        }
        frames += size > 0;
    }
    for (size_t step = 1; step < 5000; step = step * 2 + 1) {
        unsigned count;
        g_autoptr(GByteArray) out = read_frames(stream->data, stream->len, step, &count);

        assert_int_equal(count, frames);
        assert_int_equal(out->len, model->len);
        assert_memory_equal(out->data, model->data, out->len);
    }
}

static void too_large_a_frame_ends_it(void **state)
{
    static const uint8_t stream[] = {0x08, 0x01, 0, 0};
    g_autofree HeardFraming *framing = g_new0(HeardFraming, 1);
    const uint8_t *bytes = stream;
    size_t size = sizeof(stream), frame_size;
    uint8_t *frame;

    (void)state;
    assert_int_equal(heard_framing_push(framing, &bytes, &size, &frame, &frame_size),
                     HEARD_FRAMING_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_byte_tells),
        cmocka_unit_test(short_datagrams_are_nothing),
        cmocka_unit_test(frames_do_not_depend_on_the_cuts),
        cmocka_unit_test(too_large_a_frame_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
