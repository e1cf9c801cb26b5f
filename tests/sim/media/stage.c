/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/media/stage.h"

#include "media/drop.h"
#include "media/front/socket.h"
#include "media/router.h"

#include <netinet/udp.h>
#include <string.h>

enum { SETTLE_MAX = 100000 }; /* datagrams of one settling: more is a storm */

typedef struct {
    HeardAddress to;
    size_t size;
    uint8_t bytes[];
} StageDatagram;

typedef struct {
    HeardAddress address; /* first: the key */
    StageDeliverFunc func;
    void *data;
} Receiver;

static guint hash_address(gconstpointer key)
{
    return heard_address_hash(key);
}

static gboolean equal_addresses(gconstpointer a, gconstpointer b)
{
    return heard_address_equal(a, b);
}

static void push(Stage *self, const HeardAddress *to, const uint8_t *bytes, size_t size)
{
    StageDatagram *datagram = g_malloc(sizeof(*datagram) + size);

    datagram->to = *to;
    datagram->size = size;
    memcpy(datagram->bytes, bytes, size);
    g_queue_push_tail(self->out, datagram);
    self->datagrams_out++;
    self->bytes_out += size;
}

static size_t segment_of(struct msghdr *header, size_t whole)
{
    uint16_t segment;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_SEGMENT) {
            memcpy(&segment, CMSG_DATA(c), sizeof(segment));
            return segment;
        }
    return whole;
}

/* sendmmsg of nobody's socket: runs are cut as the kernel would. */
static int take_messages(void *data, struct mmsghdr *messages, unsigned count)
{
    Stage *self = data;

    for (unsigned i = 0; i < count; i++) {
        struct msghdr *header = &messages[i].msg_hdr;
        uint8_t whole[65536];
        size_t size = 0, segment;

        for (size_t k = 0; k < header->msg_iovlen; k++) {
            g_assert(size + header->msg_iov[k].iov_len <= sizeof(whole));
            memcpy(whole + size, header->msg_iov[k].iov_base, header->msg_iov[k].iov_len);
            size += header->msg_iov[k].iov_len;
        }
        segment = MAX(segment_of(header, size), 1);
        for (size_t at = 0; at < size; at += segment)
            push(self, header->msg_name, whole + at, MIN(segment, size - at));
    }
    return (int)count;
}

static void on_event(void *data, const HeardWorkerEvent *event)
{
    Stage *self = data;

    if (event->kind == HEARD_WORKER_PEER_CONNECTED)
        self->connected++;
    if (event->kind == HEARD_WORKER_PEER_GONE) {
        self->gone++;
        self->gone_by[event->gone]++;
    }
}

void stage_open(Stage *self, int64_t now_us)
{
    static HeardDtlsIdentity *identity;

    if (!identity)
        identity = heard_dtls_identity_new(NULL);
    memset(self, 0, sizeof(*self));
    heard_drop_register();
    heard_srtp_library_init();
    heard_core_init(&self->core, now_us);
    self->core.loop = heard_loop_new("stage", NULL);
    self->core.batch = heard_batch_new(take_messages, self);
    self->identity = identity;
    self->core.identity = self->identity;
    self->core.on_event = on_event;
    self->core.data = self;
    self->out = g_queue_new();
    self->receivers = g_hash_table_new_full(hash_address, equal_addresses, NULL, g_free);
    g_assert(self->core.loop && self->identity);
}

void stage_close(Stage *self)
{
    g_autoptr(GList) rooms = g_hash_table_get_values(self->core.rooms);

    for (GList *l = rooms; l; l = l->next)
        heard_router_close(l->data);
    heard_core_end_round(&self->core);
    heard_core_deinit(&self->core);
    g_queue_free_full(self->out, g_free);
    g_hash_table_unref(self->receivers);
}

HeardAddress stage_address(uint32_t host, uint16_t port)
{
    HeardAddress address = {0};

    address.v4.sin_family = AF_INET;
    address.v4.sin_port = g_htons(port);
    address.v4.sin_addr.s_addr = g_htonl(0x0a000000 | host);
    return address;
}

void stage_receive_at(Stage *self, const HeardAddress *address, StageDeliverFunc func, void *data)
{
    Receiver *receiver;

    g_hash_table_remove(self->receivers, address);
    if (!func)
        return;
    receiver = g_new0(Receiver, 1);
    *receiver = (Receiver){*address, func, data};
    g_hash_table_insert(self->receivers, receiver, receiver);
}

void stage_datagram(Stage *self, const HeardAddress *from, const uint8_t *bytes, size_t size)
{
    HeardPath path = {*from, NULL};
    /* Its own block: ASan sees who reads behind the slack. */
    uint8_t *copy = g_malloc0(size + HEARD_SOCKET_SLACK);
    bool alone = !self->round;

    if (alone)
        stage_begin_round(self);
    memcpy(copy, bytes, size);
    g_ptr_array_add(self->round, copy);
    self->datagrams_in++;
    self->bytes_in += size;
    heard_arrival_datagram(&self->core, copy, size, &path);
    if (alone)
        stage_end_round(self);
}

void stage_begin_round(Stage *self)
{
    g_assert(!self->round);
    self->round = g_ptr_array_new_with_free_func(g_free);
}

/* Packets may be borrowed from the copies until here. */
void stage_end_round(Stage *self)
{
    heard_core_end_round(&self->core);
    g_clear_pointer(&self->round, g_ptr_array_unref);
}

void stage_settle(Stage *self)
{
    StageDatagram *datagram;
    unsigned count = 0;

    while ((datagram = g_queue_pop_head(self->out))) {
        Receiver *receiver = g_hash_table_lookup(self->receivers, &datagram->to);

        g_assert(++count < SETTLE_MAX);
        if (receiver)
            receiver->func(receiver->data, datagram->bytes, datagram->size);
        g_free(datagram);
    }
}

/* Frames that wait for their rest have no timer of their own in the core. */
static int64_t next_deadline_us(const Stage *self)
{
    int64_t deadline_us = heard_loop_deadline_us(self->core.loop);

    for (unsigned i = 0; i < self->core.dirty->len; i++)
        deadline_us =
            MIN(deadline_us, heard_feed_deadline_us(g_ptr_array_index(self->core.dirty, i)));
    return deadline_us;
}

void stage_run_until(Stage *self, int64_t until_us)
{
    for (;;) {
        int64_t next_us = next_deadline_us(self);

        if (next_us > until_us)
            break;
        self->core.now_us = MAX(self->core.now_us, next_us);
        heard_loop_advance(self->core.loop, self->core.now_us);
        heard_core_end_round(&self->core);
        stage_settle(self);
    }
    self->core.now_us = MAX(self->core.now_us, until_us);
    heard_loop_advance(self->core.loop, self->core.now_us);
    heard_core_end_round(&self->core);
    stage_settle(self);
}

static bool run(Stage *self, HeardCommand *command)
{
    bool done = heard_command_run(command, &self->core);

    heard_command_free(command);
    heard_core_end_round(&self->core);
    return done;
}

bool stage_command(Stage *self, HeardCommandKind kind, HeardRoomId room, HeardPeerId peer)
{
    return run(self, heard_command_new(NULL, kind, room, peer));
}

bool stage_add_peer(Stage *self, HeardRoomId room, HeardPeerId peer, HeardPeerPlan *plan_take)
{
    HeardCommand *command = heard_command_new(NULL, HEARD_COMMAND_ADD_PEER, room, peer);

    command->plan = plan_take;
    return run(self, command);
}

bool stage_show(Stage *self, HeardPeerId peer, unsigned slot, HeardPeerId source, unsigned height)
{
    HeardCommand *command = heard_command_new(NULL, HEARD_COMMAND_SET_SLOT, 0, peer);

    command->slot = slot;
    command->source_peer = source;
    command->source = HEARD_SOURCE_CAMERA;
    command->max_height = height;
    return run(self, command);
}

HeardPeer *stage_peer(Stage *self, HeardPeerId peer)
{
    return g_hash_table_lookup(self->core.peers, GUINT_TO_POINTER(peer));
}
