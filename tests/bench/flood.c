/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Send a bounded flood of one kind to a media port, from forged addresses where asked, in a
 * network namespace of one's own: 10.77.0.0/16 are the senders. Prints what was sent as one
 * line of JSON. Never for a network that others use: it refuses where an address is not private.
 *
 *   flood KIND ADDRESS PORT SECONDS RATE [UFRAG]     SIGTERM ends it early
 *
 * Threads  One.
 */
#include "media/front/address.h"
#include "media/rtp/bytes.h"
#include "media/transport/dtls.h"
#include "server/base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <unistd.h>

enum {
    SECONDS_MAX = 120,
    RATE_MAX = 1000000, /* datagrams a second */
    BURST_MAX = 64,
    DATAGRAM_MAX = 1400,
    HEADER_SIZE = sizeof(struct iphdr) + sizeof(struct udphdr),
    SENDERS = 60000, /* forged addresses */
    HELLO_PART = 80, /* bytes of the body in one fragment */
    DTLS_HEADER_SIZE = 13,
    HANDSHAKE_HEADER_SIZE = 12,
};

typedef struct {
    const char *kind;
    struct in_addr to;
    uint16_t port;
    int64_t seconds, rate;
    const char *ufrag;
    int fd;
    uint32_t seed;
    uint8_t hello[HEARD_DTLS_DATAGRAM_MAX];
    size_t hello_size;
    uint64_t datagrams, bytes, refused;
} Flood;

static uint32_t next_random(Flood *self)
{
    self->seed ^= self->seed << 13;
    self->seed ^= self->seed >> 17;
    self->seed ^= self->seed << 5;
    return self->seed;
}

static size_t make_noise(Flood *self, uint8_t *bytes)
{
    size_t size = 20 + next_random(self) % 1000;

    for (size_t i = 0; i < size; i += 4)
        heard_put32(bytes + i, next_random(self));
    return size;
}

static size_t make_media(Flood *self, uint8_t *bytes, uint8_t second)
{
    size_t size = make_noise(self, bytes);

    bytes[0] = 0x80;
    bytes[1] = second;
    return size;
}

/* A check of libnice's client side with the wrong password. */
static size_t make_check(Flood *self, uint8_t *bytes)
{
    static StunAgent agent;
    char username[80];
    StunMessage message;

    if (self->ufrag)
        snprintf(username, sizeof(username), "%s:theirs", self->ufrag);
    else
        snprintf(username, sizeof(username), "%08x:theirs", next_random(self));
    stun_agent_init(&agent, (const uint16_t[]){0}, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    return stun_usage_ice_conncheck_create(
        &agent, &message, bytes, DATAGRAM_MAX, (const uint8_t *)username, strlen(username),
        (const uint8_t *)"a wrong password of some length", 31, true, true, 7, 9, NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}

static size_t make_hello(Flood *self, uint8_t *bytes)
{
    memcpy(bytes, self->hello, self->hello_size);
    heard_put32(bytes + DTLS_HEADER_SIZE + HANDSHAKE_HEADER_SIZE + 2, next_random(self));
    return self->hello_size;
}

/* The first fragment of a hello (RFC 6347 4.2.3), whose rest never comes. */
static size_t make_fragment(Flood *self, uint8_t *bytes)
{
    make_hello(self, bytes);
    heard_put16(bytes + 11, HANDSHAKE_HEADER_SIZE + HELLO_PART);
    heard_put24(bytes + DTLS_HEADER_SIZE + 9, HELLO_PART);
    return DTLS_HEADER_SIZE + HANDSHAKE_HEADER_SIZE + HELLO_PART;
}

static size_t make_payload(Flood *self, uint8_t *bytes)
{
    if (!strcmp(self->kind, "noise"))
        return make_noise(self, bytes);
    if (!strcmp(self->kind, "rtp"))
        return make_media(self, bytes, 96);
    if (!strcmp(self->kind, "rtcp"))
        return make_media(self, bytes, 200);
    if (!strcmp(self->kind, "stun"))
        return make_check(self, bytes);
    if (!strcmp(self->kind, "hello"))
        return make_hello(self, bytes);
    if (!strcmp(self->kind, "fragment"))
        return make_fragment(self, bytes);
    fprintf(stderr, "flood: kinds are noise, rtp, rtcp, stun, hello, fragment\n");
    exit(2);
}

static size_t make_datagram(Flood *self, uint8_t *bytes)
{
    size_t payload = make_payload(self, bytes + HEADER_SIZE);
    uint32_t sender = next_random(self) % SENDERS;
    struct iphdr ip = {.version = 4,
                       .ihl = sizeof(ip) / 4,
                       .ttl = 64,
                       .protocol = IPPROTO_UDP,
                       .tot_len = htons((uint16_t)(HEADER_SIZE + payload)),
                       .saddr = htonl(0x0a4d0100 + sender), /* 10.77.1.0 and on */
                       .daddr = self->to.s_addr};
    struct udphdr udp = {.source = htons((uint16_t)(1024 + sender % 60000)),
                         .dest = htons(self->port),
                         .len = htons((uint16_t)(sizeof(udp) + payload))};

    memcpy(bytes, &ip, sizeof(ip)); /* the kernel sums the header; UDP over IPv4 may have none */
    memcpy(bytes + sizeof(ip), &udp, sizeof(udp));
    return HEADER_SIZE + payload;
}

static void send_burst(Flood *self, unsigned count)
{
    static uint8_t bytes[BURST_MAX][HEADER_SIZE + DATAGRAM_MAX];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = self->to};
    struct mmsghdr messages[BURST_MAX] = {0};
    struct iovec parts[BURST_MAX];
    int sent;

    for (unsigned i = 0; i < count; i++) {
        parts[i] = (struct iovec){bytes[i], make_datagram(self, bytes[i])};
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    sent = sendmmsg(self->fd, messages, count, 0);
    if (sent < 0)
        self->refused += count;
    for (int i = 0; i < sent; i++)
        self->bytes += parts[i].iov_len;
    self->datagrams += (uint64_t)MAX(sent, 0);
}

static volatile sig_atomic_t stopped;

static void on_term(int number)
{
    (void)number;
    stopped = 1;
}

static void run(Flood *self)
{
    int64_t start_us = heard_clock_now_us(), now_us = start_us;

    signal(SIGTERM, on_term);
    while (!stopped && now_us - start_us < self->seconds * 1000000) {
        uint64_t due = (uint64_t)((now_us - start_us) * self->rate / 1000000);
        uint64_t done = self->datagrams + self->refused;

        if (due > done)
            send_burst(self, (unsigned)MIN(due - done, (uint64_t)BURST_MAX));
        else
            usleep(500);
        now_us = heard_clock_now_us();
    }
}

static void keep_hello(Flood *self)
{
    HeardDtlsIdentity *identity = heard_dtls_identity_new(NULL);
    HeardDtls *dtls =
        heard_dtls_new(identity, HEARD_DTLS_CLIENT, heard_dtls_identity_digest(identity));
    const uint8_t *datagram;

    heard_dtls_start(dtls, 0);
    datagram = heard_dtls_poll_datagram(dtls, &self->hello_size);
    memcpy(self->hello, datagram, self->hello_size);
    heard_dtls_free(dtls);
    heard_dtls_identity_free(identity);
}

int main(int argc, char **argv)
{
    Flood flood = {.seed = 20261127};

    if (argc < 6 || inet_aton(argv[2], &flood.to) == 0) {
        fprintf(stderr, "usage: flood KIND ADDRESS PORT SECONDS RATE [UFRAG]\n");
        return 2;
    }
    flood.kind = argv[1];
    flood.port = (uint16_t)atoi(argv[3]);
    flood.seconds = CLAMP(atoll(argv[4]), 1, SECONDS_MAX);
    flood.rate = CLAMP(atoll(argv[5]), 1, RATE_MAX);
    flood.ufrag = argc > 6 ? argv[6] : NULL;
    if ((ntohl(flood.to.s_addr) >> 24) != 10) {
        fprintf(stderr, "flood: only to 10.0.0.0/8\n");
        return 2;
    }
    flood.fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (flood.fd < 0) {
        fprintf(stderr, "flood: raw socket: %s\n", strerror(errno));
        return 1;
    }
    keep_hello(&flood);
    run(&flood);
    printf("{\"kind\":\"%s\",\"datagrams\":%llu,\"bytes\":%llu,\"refused\":%llu}\n", flood.kind,
           (unsigned long long)flood.datagrams, (unsigned long long)flood.bytes,
           (unsigned long long)flood.refused);
    return 0;
}
