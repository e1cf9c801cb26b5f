/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/batch.h"

#include "server/base/metrics.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

enum {
    UDP_PAYLOAD_MAX = 65000, /* of one message, all segments together */
    CONTROL_BYTES = CMSG_SPACE(sizeof(uint16_t)),
};

static HeardMetric packets_metric = {"heard_media_packets_sent_total", NULL,
                                     "UDP packets given to the kernel", HEARD_METRIC_COUNTER, 0};
static HeardMetric calls_metric = {"heard_media_send_calls_total", NULL, "sendmmsg calls",
                                   HEARD_METRIC_COUNTER, 0};
static HeardMetric messages_metric = {"heard_media_send_messages_total", NULL,
                                      "Runs of packets to one receiver, each one message",
                                      HEARD_METRIC_COUNTER, 0};
static HeardMetric full_metric = {"heard_media_packets_dropped_total", "reason=\"socket_full\"",
                                  "Packets dropped by reason", HEARD_METRIC_COUNTER, 0};
static HeardMetric refused_metric = {"heard_media_packets_dropped_total", "reason=\"send_refused\"",
                                     "Packets dropped by reason", HEARD_METRIC_COUNTER, 0};

/* One receiver's packets of equal size. */
typedef struct {
    HeardAddress to;
    unsigned first_part, count;
    size_t segment_size; /* of all but perhaps the last */
    size_t size;
    bool closed; /* a shorter packet ended it */
} Run;

struct HeardBatch {
    HeardBatchSendFunc send;
    void *data;
    bool segmenting;
    unsigned next_slot, part_count, run_count;
    struct iovec parts[HEARD_BATCH_SLOTS];
    Run runs[HEARD_BATCH_MESSAGES];
    struct mmsghdr messages[HEARD_BATCH_MESSAGES];
    union {
        struct cmsghdr align;
        uint8_t bytes[CONTROL_BYTES];
    } control[HEARD_BATCH_MESSAGES];
    HeardBatchStats stats;
    uint8_t *arena;
};

HeardBatch *heard_batch_new(HeardBatchSendFunc send, void *data)
{
    HeardBatch *self = g_new0(HeardBatch, 1);

    heard_metric_register(&packets_metric);
    heard_metric_register(&messages_metric);
    heard_metric_register(&calls_metric);
    heard_metric_register(&full_metric);
    heard_metric_register(&refused_metric);
    self->send = send;
    self->data = data;
    self->segmenting = true;
    self->arena = g_malloc((size_t)HEARD_BATCH_SLOTS * HEARD_BATCH_SLOT_SIZE);
    return self;
}

void heard_batch_free(HeardBatch *self)
{
    if (!self)
        return;
    g_free(self->arena);
    g_free(self);
}

const HeardBatchStats *heard_batch_stats(const HeardBatch *self)
{
    return &self->stats;
}

unsigned heard_batch_reserve(HeardBatch *self, unsigned count)
{
    unsigned first;

    g_assert(count <= HEARD_BATCH_SLOTS);
    if (self->next_slot + count > HEARD_BATCH_SLOTS)
        heard_batch_flush(self);
    first = self->next_slot;
    self->next_slot += count;
    return first;
}

uint8_t *heard_batch_slot(HeardBatch *self, unsigned slot)
{
    return self->arena + (size_t)slot * HEARD_BATCH_SLOT_SIZE;
}

static bool fits_run(const HeardBatch *self, const Run *run, size_t size, const HeardAddress *to)
{
    return self->segmenting && !run->closed && run->count < HEARD_BATCH_RUN_MAX &&
           size <= run->segment_size && run->size + size <= UDP_PAYLOAD_MAX &&
           heard_address_equal(&run->to, to);
}

static void send_messages(HeardBatch *self);

void heard_batch_add(HeardBatch *self, unsigned slot, size_t size, const HeardAddress *to)
{
    Run *run;

    g_assert(slot < self->next_slot && size <= HEARD_BATCH_SLOT_SIZE);
    /* Slots stay: packets behind this one may be written already. */
    if (self->part_count == HEARD_BATCH_SLOTS)
        send_messages(self);
    run = self->run_count > 0 ? &self->runs[self->run_count - 1] : NULL;
    if (!run || !fits_run(self, run, size, to)) {
        if (self->run_count == HEARD_BATCH_MESSAGES)
            send_messages(self);
        run = &self->runs[self->run_count++];
        *run = (Run){.to = *to, .first_part = self->part_count, .segment_size = size};
    }
    self->parts[self->part_count++] = (struct iovec){heard_batch_slot(self, slot), size};
    run->closed = size < run->segment_size;
    run->size += size;
    run->count++;
}

static void prepare_message(HeardBatch *self, unsigned index)
{
    Run *run = &self->runs[index];
    struct msghdr *header = &self->messages[index].msg_hdr;

    *header = (struct msghdr){.msg_name = &run->to,
                              .msg_namelen = heard_address_size(&run->to),
                              .msg_iov = &self->parts[run->first_part],
                              .msg_iovlen = run->count};
    if (run->count > 1) {
        uint16_t segment = (uint16_t)run->segment_size;
        struct cmsghdr *control = &self->control[index].align;

        control->cmsg_level = IPPROTO_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof(segment));
        memcpy(CMSG_DATA(control), &segment, sizeof(segment));
        header->msg_control = control;
        header->msg_controllen = CONTROL_BYTES;
    }
}

static void count_dropped(HeardBatch *self, unsigned packets, bool full)
{
    if (full)
        self->stats.dropped_full += packets;
    else
        self->stats.dropped_refused += packets;
    heard_metric_add(full ? &full_metric : &refused_metric, packets);
}

static void count_sent(HeardBatch *self, unsigned packets)
{
    self->stats.packets += packets;
    self->stats.messages++;
    heard_metric_add(&messages_metric, 1);
    heard_metric_add(&packets_metric, packets);
}

static int call_send(HeardBatch *self, struct mmsghdr *messages, unsigned count)
{
    int sent;

    do
        sent = self->send(self->data, messages, count);
    while (sent < 0 && errno == EINTR);
    self->stats.calls++;
    heard_metric_add(&calls_metric, 1);
    return sent;
}

/* A run that the kernel would not cut: its packets one by one. */
static void send_singly(HeardBatch *self, const Run *run)
{
    for (unsigned i = 0; i < run->count; i++) {
        HeardAddress to = run->to;
        struct mmsghdr message = {.msg_hdr = {.msg_name = &to,
                                              .msg_namelen = heard_address_size(&to),
                                              .msg_iov = &self->parts[run->first_part + i],
                                              .msg_iovlen = 1}};

        if (call_send(self, &message, 1) == 1)
            count_sent(self, 1);
        else
            count_dropped(self, 1, errno == EAGAIN || errno == ENOBUFS);
    }
}

/* sendmmsg told of its first message only; errno is of that one. */
static void handle_failure(HeardBatch *self, unsigned *index)
{
    const Run *run = &self->runs[*index];

    if (errno == EAGAIN || errno == ENOBUFS) {
        /* Waiting would hold up everyone else: what is left of this batch is lost. */
        for (; *index < self->run_count; ++*index)
            count_dropped(self, self->runs[*index].count, true);
        return;
    }
    if ((errno == EIO || errno == EINVAL || errno == EMSGSIZE) && run->count > 1) {
        /* EIO: the device has no checksum offload; EINVAL: no segmentation for this route;
         * EMSGSIZE is about this path alone. */
        if (errno != EMSGSIZE)
            self->segmenting = false;
        send_singly(self, run);
    } else {
        count_dropped(self, run->count, false);
    }
    ++*index;
}

static void send_messages(HeardBatch *self)
{
    unsigned index = 0;

    for (unsigned i = 0; i < self->run_count; i++)
        prepare_message(self, i);
    while (index < self->run_count) {
        int sent = call_send(self, &self->messages[index], self->run_count - index);

        if (sent <= 0) {
            handle_failure(self, &index);
            continue;
        }
        for (int i = 0; i < sent; i++)
            count_sent(self, self->runs[index++].count);
    }
    self->run_count = 0;
    self->part_count = 0;
}

void heard_batch_flush(HeardBatch *self)
{
    send_messages(self);
    self->next_slot = 0;
}
