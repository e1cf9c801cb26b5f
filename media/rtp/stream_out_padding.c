/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/stream_out.h"

#include "media/rtp/bytes.h"

#include <glib.h>

enum { PADDING_MAX = 255 /* the last byte counts itself (RFC 3550 5.1) */ };

static uint8_t padding_payload_type(const HeardStreamOut *self)
{
    for (unsigned i = 0; i < HEARD_CODEC_COUNT; i++)
        if (self->config.codecs[i].used && self->config.codecs[i].rtx_payload_type != 0)
            return self->config.codecs[i].rtx_payload_type;
    return 0;
}

bool heard_stream_out_can_pad(const HeardStreamOut *self)
{
    return self->config.rtx_ssrc != 0 && self->config.transport_cc_ext != 0 &&
           padding_payload_type(self) != 0;
}

size_t heard_stream_out_pad(HeardStreamOut *self, size_t size, uint16_t *twcc_seq,
                            uint8_t *ret_packet, size_t capacity)
{
    uint8_t twcc[2];
    HeardRtpExtension extension = {self->config.transport_cc_ext, 2, twcc};
    HeardRtpHeader header = {
        .ssrc = self->config.rtx_ssrc,
        .rtp_ts = self->rtp_ts,
        .seq = self->rtx_seq,
        .payload_type = padding_payload_type(self),
    };
    size_t header_size;

    heard_put16(twcc, *twcc_seq);
    header_size = heard_rtp_write_header(ret_packet, capacity, &header, &extension, 1);
    if (header_size == 0 || header_size + PADDING_MAX > capacity)
        return 0;
    self->rtx_seq++;
    (*twcc_seq)++;
    size = CLAMP(size, header_size + 1, header_size + PADDING_MAX);
    return heard_rtp_pad(ret_packet, header_size, size);
}
