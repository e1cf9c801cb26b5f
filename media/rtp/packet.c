/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/packet.h"

#include "media/rtp/bytes.h"

enum {
    RTP_VERSION_BITS = 2 << 6,
    RTP_PADDING_BIT = 1 << 5,
    RTP_EXTENSION_BIT = 1 << 4,
    RTP_CSRC_MASK = 0x0f,
    RTP_MARKER_BIT = 0x80,
    PROFILE_ONE_BYTE = 0xbede,
    PROFILE_TWO_BYTE = 0x1000, /* the low 4 bits are the application's */
    PROFILE_TWO_BYTE_MASK = 0xfff0,
    ONE_BYTE_ID_STOP = 15, /* RFC 8285 4.2: stop reading here */
    ONE_BYTE_ID_MAX = 14,
    ONE_BYTE_SIZE_MAX = 16,
    PAD_MAX = 255,
};

HeardRtpCheck heard_rtp_parse(const uint8_t *packet, size_t size, HeardRtpView *ret_view)
{
    HeardRtpView view = {0};
    size_t offset;

    if (size < HEARD_RTP_HEADER_SIZE)
        return HEARD_RTP_TOO_SHORT;
    if (size > HEARD_RTP_PACKET_MAX)
        return HEARD_RTP_TOO_LONG;
    if ((packet[0] & 0xc0) != RTP_VERSION_BITS)
        return HEARD_RTP_BAD_VERSION;
    offset = HEARD_RTP_HEADER_SIZE + (size_t)(packet[0] & RTP_CSRC_MASK) * 4;
    if (offset > size)
        return HEARD_RTP_TOO_SHORT;
    if (packet[0] & RTP_EXTENSION_BIT) {
        if (offset + 4 > size)
            return HEARD_RTP_BAD_EXTENSION;
        view.ext_profile = heard_get16(packet + offset);
        view.ext_size = (uint16_t)(heard_get16(packet + offset + 2) * 4);
        view.ext_offset = (uint16_t)(offset + 4);
        /* The 16-bit count of words times 4 would not fit: compare before multiplying. */
        if (heard_get16(packet + offset + 2) > HEARD_RTP_PACKET_MAX / 4 ||
            view.ext_offset + (size_t)view.ext_size > size)
            return HEARD_RTP_BAD_EXTENSION;
        offset = view.ext_offset + (size_t)view.ext_size;
    }
    if (packet[0] & RTP_PADDING_BIT) {
        view.padding_size = packet[size - 1];
        if (offset == size || view.padding_size == 0 || view.padding_size > size - offset)
            return HEARD_RTP_BAD_PADDING;
    }
    view.payload_offset = (uint16_t)offset;
    view.payload_size = (uint16_t)(size - offset - view.padding_size);
    view.marker = packet[1] & RTP_MARKER_BIT;
    view.payload_type = packet[1] & 0x7f;
    view.seq = heard_get16(packet + 2);
    view.rtp_ts = heard_get32(packet + 4);
    view.ssrc = heard_get32(packet + 8);
    *ret_view = view;
    return HEARD_RTP_OK;
}

typedef struct {
    const uint8_t *value;
    size_t header; /* offset of the element's own header in the packet */
    uint8_t id, size;
} Element;

/* The element at *offset (from the packet's start), which moves behind it. */
static bool next_element(const uint8_t *packet, const HeardRtpView *view, size_t *offset,
                         Element *ret_element)
{
    size_t end = (size_t)view->ext_offset + view->ext_size;
    bool one_byte = view->ext_profile == PROFILE_ONE_BYTE;
    size_t header_size = one_byte ? 1 : 2;

    if (!one_byte && (view->ext_profile & PROFILE_TWO_BYTE_MASK) != PROFILE_TWO_BYTE)
        return false;
    while (*offset < end && packet[*offset] == 0) /* padding between elements */
        (*offset)++;
    if (*offset + header_size > end)
        return false;
    ret_element->header = *offset;
    if (one_byte) {
        ret_element->id = packet[*offset] >> 4;
        ret_element->size = (uint8_t)((packet[*offset] & 0x0f) + 1);
        if (ret_element->id == ONE_BYTE_ID_STOP)
            return false;
    } else {
        ret_element->id = packet[*offset];
        ret_element->size = packet[*offset + 1];
    }
    *offset += header_size;
    if (*offset + ret_element->size > end)
        return false;
    ret_element->value = packet + *offset;
    *offset += ret_element->size;
    return true;
}

const uint8_t *heard_rtp_extension(const uint8_t *packet, const HeardRtpView *view, uint8_t id,
                                   uint8_t *ret_size)
{
    size_t offset = view->ext_offset;
    Element element;

    if (id == 0 || view->ext_size == 0)
        return NULL;
    while (next_element(packet, view, &offset, &element)) {
        if (element.id != id)
            continue;
        *ret_size = element.size;
        return element.value;
    }
    return NULL;
}

bool heard_rtp_replace_extension(uint8_t *packet, const HeardRtpView *view, uint8_t id,
                                 const uint8_t *value, uint8_t size)
{
    uint8_t old_size;
    const uint8_t *old = heard_rtp_extension(packet, view, id, &old_size);

    if (!old || old_size != size)
        return false;
    memcpy(packet + (old - packet), value, size);
    return true;
}

void heard_rtp_keep_extensions(uint8_t *packet, const HeardRtpView *view, const uint8_t *keep,
                               size_t keep_count)
{
    size_t offset = view->ext_offset;
    Element element;

    if (view->ext_size == 0)
        return;
    while (next_element(packet, view, &offset, &element)) {
        bool kept = false;
        for (size_t i = 0; i < keep_count; i++)
            kept |= keep[i] == element.id;
        if (!kept)
            memset(packet + element.header, 0, offset - element.header);
    }
}

/* Size of the elements, without filling to words; *ret_two_byte when one needs that form. */
static size_t elements_size(const HeardRtpExtension *extensions, size_t count, bool *ret_two_byte)
{
    size_t size = 0;
    size_t used = 0;

    *ret_two_byte = false;
    for (size_t i = 0; i < count; i++) {
        if (extensions[i].id == 0)
            continue;
        if (extensions[i].id > ONE_BYTE_ID_MAX || extensions[i].size == 0 ||
            extensions[i].size > ONE_BYTE_SIZE_MAX)
            *ret_two_byte = true;
        size += extensions[i].size;
        used++;
    }
    return size + used * (*ret_two_byte ? 2 : 1);
}

size_t heard_rtp_write_header(uint8_t *ret_packet, size_t capacity, const HeardRtpHeader *header,
                              const HeardRtpExtension *extensions, size_t extension_count)
{
    bool two_byte;
    size_t filled = elements_size(extensions, extension_count, &two_byte);
    size_t words = (filled + 3) / 4;
    size_t size = HEARD_RTP_HEADER_SIZE + (words > 0 ? 4 + words * 4 : 0);
    uint8_t *at = ret_packet + HEARD_RTP_HEADER_SIZE + 4;

    if (size > capacity)
        return 0;
    ret_packet[0] = (uint8_t)(RTP_VERSION_BITS | (words > 0 ? RTP_EXTENSION_BIT : 0));
    ret_packet[1] = (uint8_t)((header->marker ? RTP_MARKER_BIT : 0) | header->payload_type);
    heard_put16(ret_packet + 2, header->seq);
    heard_put32(ret_packet + 4, header->rtp_ts);
    heard_put32(ret_packet + 8, header->ssrc);
    if (words == 0)
        return size;
    heard_put16(ret_packet + 12, two_byte ? PROFILE_TWO_BYTE : PROFILE_ONE_BYTE);
    heard_put16(ret_packet + 14, (uint16_t)words);
    for (size_t i = 0; i < extension_count; i++) {
        const HeardRtpExtension *extension = &extensions[i];
        if (extension->id == 0)
            continue;
        if (two_byte) {
            *at++ = extension->id;
            *at++ = extension->size;
        } else {
            *at++ = (uint8_t)(extension->id << 4 | (extension->size - 1));
        }
        memcpy(at, extension->value, extension->size);
        at += extension->size;
    }
    memset(at, 0, words * 4 - filled);
    return size;
}

size_t heard_rtp_pad(uint8_t *packet, size_t size, size_t target)
{
    if (target <= size || target - size > PAD_MAX || (packet[0] & RTP_PADDING_BIT))
        return size;
    memset(packet + size, 0, target - size - 1);
    packet[target - 1] = (uint8_t)(target - size);
    packet[0] |= RTP_PADDING_BIT;
    return target;
}

bool heard_rtp_is_rtcp(const uint8_t *packet, size_t size)
{
    return size >= 2 && packet[1] >= 192 && packet[1] <= 223;
}
