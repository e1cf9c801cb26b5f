/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/srtp_receiver.h"

#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_WORDS = HEARD_SRTP_RECEIVER_WINDOW / 64,
    SSRCS_FIRST = 4,
};

/* What came on one SSRC. */
typedef struct {
    int64_t index; /* highest */
    uint64_t seen[WINDOW_WORDS];
} Received;

struct HeardSrtpReceiver {
    HeardSrtpGcm gcm;
    unsigned count, capacity;
    uint32_t *ssrcs;
    Received *received;
};

HeardSrtpReceiver *heard_srtp_receiver_new(HeardGcmBackend backend, const uint8_t *master,
                                           bool is_256)
{
    g_autoptr(HeardSrtpReceiver) self =
        aligned_alloc(_Alignof(HeardSrtpReceiver), sizeof(HeardSrtpReceiver));

    g_assert(self);
    memset(self, 0, sizeof(*self));
    return heard_srtp_gcm_init(&self->gcm, backend, master, is_256) ? g_steal_pointer(&self) : NULL;
}

void heard_srtp_receiver_free(HeardSrtpReceiver *self)
{
    if (!self)
        return;
    heard_srtp_gcm_deinit(&self->gcm);
    g_free(self->ssrcs);
    g_free(self->received);
    free(self);
}

unsigned heard_srtp_receiver_ssrc_count(const HeardSrtpReceiver *self)
{
    return self->count;
}

static Received *find(HeardSrtpReceiver *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->count; i++)
        if (self->ssrcs[i] == ssrc)
            return &self->received[i];
    return NULL;
}

/* The first packet of an SSRC, authenticated. */
static void add(HeardSrtpReceiver *self, uint32_t ssrc, int64_t index)
{
    if (self->count == self->capacity) {
        self->capacity = MAX(self->capacity * 2, SSRCS_FIRST);
        self->ssrcs = g_renew(uint32_t, self->ssrcs, self->capacity);
        self->received = g_renew(Received, self->received, self->capacity);
    }
    self->ssrcs[self->count] = ssrc;
    self->received[self->count] = (Received){.index = index};
    self->received[self->count].seen[index / 64 % WINDOW_WORDS] = UINT64_C(1) << (index % 64);
    self->count++;
}

static bool is_seen(const Received *self, int64_t index)
{
    return self->seen[index / 64 % WINDOW_WORDS] >> (index % 64) & 1;
}

static void mark(Received *self, int64_t index)
{
    if (index - self->index >= HEARD_SRTP_RECEIVER_WINDOW)
        memset(self->seen, 0, sizeof(self->seen));
    else
        for (int64_t n = self->index + 1; n <= index; n++)
            self->seen[n / 64 % WINDOW_WORDS] &= ~(UINT64_C(1) << (n % 64));
    self->index = MAX(self->index, index);
    self->seen[index / 64 % WINDOW_WORDS] |= UINT64_C(1) << (index % 64);
}

/* RFC 3711 3.3.1: of the indexes that this number may mean, the one nearest to the highest;
 * before the first rollover there is nothing further back. */
static int64_t guess(const Received *known, uint16_t seq)
{
    int64_t index;

    if (!known)
        return seq;
    index = known->index + (int16_t)(uint16_t)(seq - (uint16_t)known->index);
    return index < 0 ? seq : index;
}

HeardSrtpReceiverResult heard_srtp_receiver_unprotect(HeardSrtpReceiver *self, uint8_t *packet,
                                                      size_t *size)
{
    size_t text = *size - HEARD_GCM_TAG_SIZE; /* with the header */
    size_t header;
    Received *known;
    uint32_t ssrc;
    int64_t index;

    if (*size < HEARD_GCM_TAG_SIZE)
        return HEARD_SRTP_RECEIVER_MALFORMED;
    header = heard_srtp_header_size(packet, text);
    if (header == 0)
        return HEARD_SRTP_RECEIVER_MALFORMED;
    memcpy(&ssrc, packet + 8, sizeof(ssrc)); /* compared only: any byte order */
    known = find(self, ssrc);
    if (!known && self->count == HEARD_SRTP_RECEIVER_SSRCS_MAX)
        return HEARD_SRTP_RECEIVER_FULL;
    index = guess(known, (uint16_t)(packet[2] << 8 | packet[3]));
    if (known && index <= known->index &&
        (known->index - index >= HEARD_SRTP_RECEIVER_WINDOW || is_seen(known, index)))
        return HEARD_SRTP_RECEIVER_REPLAYED;
    if (!heard_srtp_gcm_open(&self->gcm, packet, header, text, index))
        return HEARD_SRTP_RECEIVER_FORGED;
    if (known)
        mark(known, index);
    else
        add(self, ssrc, index);
    *size = text;
    return HEARD_SRTP_RECEIVER_OK;
}
