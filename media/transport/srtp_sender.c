/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/srtp_sender.h"

#include <glib.h>
#include <string.h>

enum {
    WINDOW_WORDS = HEARD_SRTP_SENDER_WINDOW / 64,
    NO_INDEX = -1,
};

bool heard_srtp_sender_init(HeardSrtpSender *self, HeardGcmBackend backend, const uint8_t *master,
                            bool is_256)
{
    memset(self, 0, sizeof(*self));
    if (!heard_srtp_gcm_init(&self->gcm, backend, master, is_256)) {
        heard_srtp_gcm_deinit(&self->gcm);
        memset(self, 0, sizeof(*self));
        return false;
    }
    self->ssrcs = self->few_ssrcs;
    self->sents = self->few_sents;
    self->capacity = HEARD_SRTP_SENDER_INLINE;
    return true;
}

void heard_srtp_sender_deinit(HeardSrtpSender *self)
{
    if (!heard_srtp_sender_is_ready(self))
        return;
    heard_srtp_gcm_deinit(&self->gcm);
    if (self->ssrcs == self->few_ssrcs)
        return;
    g_free(self->ssrcs);
    g_free(self->sents);
}

static void grow(HeardSrtpSender *self)
{
    uint16_t capacity = (uint16_t)(self->capacity * 2);
    uint32_t *ssrcs = g_new(uint32_t, capacity);
    HeardSrtpSent *sents = g_new(HeardSrtpSent, capacity);

    memcpy(ssrcs, self->ssrcs, self->count * sizeof(*ssrcs));
    memcpy(sents, self->sents, self->count * sizeof(*sents));
    if (self->ssrcs != self->few_ssrcs) {
        g_free(self->ssrcs);
        g_free(self->sents);
    }
    self->ssrcs = ssrcs;
    self->sents = sents;
    self->capacity = capacity;
}

static HeardSrtpSent *find_sent(HeardSrtpSender *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->count; i++)
        if (self->ssrcs[i] == ssrc)
            return &self->sents[i];
    if (self->count == HEARD_SRTP_SENDER_SSRCS_MAX)
        return NULL;
    if (self->count == self->capacity)
        grow(self);
    self->ssrcs[self->count] = ssrc;
    self->sents[self->count] = (HeardSrtpSent){.index = NO_INDEX};
    return &self->sents[self->count++];
}

/* Forget the numbers that fall out of the window between two indexes. */
static void advance(HeardSrtpSent *self, int64_t index)
{
    int64_t step = index - self->index;

    if (self->index == NO_INDEX || step >= HEARD_SRTP_SENDER_WINDOW) {
        memset(self->sent, 0, sizeof(self->sent));
    } else {
        for (int64_t n = self->index + 1; n <= index; n++)
            self->sent[n / 64 % WINDOW_WORDS] &= ~(UINT64_C(1) << (n % 64));
    }
    self->index = index;
}

/* The packet's index, marked as used; NO_INDEX when it must not go out. */
static int64_t take_index(HeardSrtpSent *self, uint16_t seq)
{
    int64_t index = seq;
    uint64_t *word;
    uint64_t bit;

    if (self->index != NO_INDEX)
        index = self->index + (int16_t)(uint16_t)(seq - (uint16_t)self->index);
    if (index < 0 || (self->index != NO_INDEX && self->index - index >= HEARD_SRTP_SENDER_WINDOW))
        return NO_INDEX;
    if (index > self->index)
        advance(self, index);
    word = &self->sent[index / 64 % WINDOW_WORDS];
    bit = UINT64_C(1) << (index % 64);
    if (*word & bit)
        return NO_INDEX;
    *word |= bit;
    return index;
}

HeardSrtpSenderResult heard_srtp_sender_protect(HeardSrtpSender *self, uint8_t *packet,
                                                size_t *size)
{
    size_t header = heard_srtp_header_size(packet, *size);
    HeardSrtpSent *sent;
    uint32_t ssrc;
    int64_t index;

    if (header == 0)
        return HEARD_SRTP_SENDER_MALFORMED;
    memcpy(&ssrc, packet + 8, sizeof(ssrc)); /* compared only: any byte order */
    sent = find_sent(self, ssrc);
    if (!sent)
        return HEARD_SRTP_SENDER_FULL;
    index = take_index(sent, (uint16_t)(packet[2] << 8 | packet[3]));
    if (index == NO_INDEX)
        return HEARD_SRTP_SENDER_USED;
    if (!heard_srtp_gcm_seal(&self->gcm, packet, header, *size, index))
        return HEARD_SRTP_SENDER_REFUSED;
    *size += HEARD_GCM_TAG_SIZE;
    return HEARD_SRTP_SENDER_OK;
}
