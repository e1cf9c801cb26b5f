/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A bad line: holds packets that iptables hands over (NFQUEUE 1: up, 2: down) for a while, or
 * loses them. The kernel of the test machines has no netem.
 *
 * It reads commands from standard input, one a line, and answers each with a line; at the end
 * of input it ends, and with it the namespace's packets pass no more.
 *
 *   up|down delay=MS jitter=MS loss=PERCENT burst=PACKETS    what is not named is 0
 *   stats                                                    passed, lost, overflowed of both
 *
 * Loss is random, or with burst > 1 a Gilbert model: runs of that mean length with the same
 * share in all. Jitter is uniform and keeps the order. The generator has a fixed seed.
 */

/* Before the kernel's headers, which else define the same. */
#include <netinet/in.h>

#include <errno.h>
#include <inttypes.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HELD_MAX = 8192, LINE_MAX_BYTES = 256, PACKET_MAX = 65536, RECEIVE_BYTES = 4 << 20 };

typedef struct {
    uint32_t id;
    int64_t release_us;
} Held;

typedef struct {
    struct nfq_q_handle *queue;
    int64_t delay_us, jitter_us, last_release_us;
    double loss, burst; /* share; mean run of lost packets */
    bool in_burst;
    Held held[HELD_MAX]; /* a ring, in order of release */
    unsigned first, count;
    uint64_t passed, lost, overflowed;
} Direction;

static Direction directions[2];
static const char *const names[2] = {"up", "down"};
static uint64_t random_state = 20261127;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* xorshift64*; in [0, 1). */
static double chance(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (double)(random_state * UINT64_C(2685821657736338717) >> 11) / 9007199254740992.0;
}

static bool is_lost(Direction *self)
{
    if (self->burst <= 1 || self->loss <= 0 || self->loss >= 1)
        return chance() < self->loss;
    if (self->in_burst)
        self->in_burst = chance() >= 1 / self->burst;
    else
        self->in_burst = chance() < self->loss / (self->burst * (1 - self->loss));
    return self->in_burst;
}

static int on_packet(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data,
                     void *context)
{
    struct nfqnl_msg_packet_hdr *head = nfq_get_msg_packet_hdr(data);
    Direction *self = context;
    int64_t release_us;
    uint32_t id;

    (void)message;
    if (!head)
        return 0;
    id = ntohl(head->packet_id);
    if (is_lost(self) || self->count == HELD_MAX) {
        self->lost += self->count < HELD_MAX;
        self->overflowed += self->count == HELD_MAX;
        return nfq_set_verdict(queue, id, NF_DROP, 0, NULL);
    }
    release_us =
        now_us() + self->delay_us + (int64_t)((2 * chance() - 1) * (double)self->jitter_us);
    if (release_us < self->last_release_us)
        release_us = self->last_release_us;
    self->last_release_us = release_us;
    self->held[(self->first + self->count++) % HELD_MAX] = (Held){id, release_us};
    return 0;
}

static void release_due(Direction *self, int64_t at_us)
{
    while (self->count && self->held[self->first].release_us <= at_us) {
        nfq_set_verdict(self->queue, self->held[self->first].id, NF_ACCEPT, 0, NULL);
        self->first = (self->first + 1) % HELD_MAX;
        self->count--;
        self->passed++;
    }
}

static bool set_direction(Direction *self, char *words)
{
    static const char *const keys[] = {"delay", "jitter", "loss", "burst"};
    double values[4] = {0};

    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');
        char *end = NULL;
        unsigned k = 0;
        if (!equals)
            return false;
        *equals = '\0';
        while (k < 4 && strcmp(keys[k], word) != 0)
            k++;
        if (k == 4)
            return false;
        values[k] = strtod(equals + 1, &end);
        if (end == equals + 1 || *end || values[k] < 0 || values[k] > 60000)
            return false;
    }
    self->delay_us = (int64_t)(values[0] * 1000);
    self->jitter_us = (int64_t)(values[1] * 1000);
    self->loss = values[2] / 100;
    self->burst = values[3];
    self->in_burst = false;
    return true;
}

static void obey(char *line)
{
    for (unsigned i = 0; i < 2; i++) {
        size_t size = strlen(names[i]);
        if (strncmp(line, names[i], size) == 0 && (line[size] == ' ' || !line[size])) {
            puts(set_direction(&directions[i], line + size) ? "ok" : "wrong value");
            return;
        }
    }
    if (strcmp(line, "stats") == 0) {
        for (unsigned i = 0; i < 2; i++)
            printf("%s passed=%" PRIu64 " lost=%" PRIu64 " overflowed=%" PRIu64 "%s", names[i],
                   directions[i].passed, directions[i].lost, directions[i].overflowed,
                   i ? "\n" : " ");
        return;
    }
    puts("unknown command");
}

/* False at the end of input. */
static bool read_commands(void)
{
    static char text[LINE_MAX_BYTES];
    static size_t size;
    ssize_t got = read(STDIN_FILENO, text + size, sizeof text - 1 - size);
    char *end;

    if (got <= 0)
        return false;
    size += (size_t)got;
    text[size] = '\0';
    while ((end = strchr(text, '\n')) != NULL) {
        *end = '\0';
        obey(text);
        size -= (size_t)(end + 1 - text);
        memmove(text, end + 1, size + 1);
    }
    return size < sizeof text - 1;
}

/* Until the next release, rounded up; -1: nothing is held. */
static int wait_ms(int64_t at_us)
{
    int64_t next_us = INT64_MAX;

    for (unsigned i = 0; i < 2; i++)
        if (directions[i].count && directions[i].held[directions[i].first].release_us < next_us)
            next_us = directions[i].held[directions[i].first].release_us;
    if (next_us == INT64_MAX)
        return -1;
    return next_us <= at_us ? 0 : (int)((next_us - at_us + 999) / 1000);
}

static int run(struct nfq_handle *handle)
{
    static char packet[PACKET_MAX];
    struct pollfd fds[2] = {{.fd = nfq_fd(handle), .events = POLLIN},
                            {.fd = STDIN_FILENO, .events = POLLIN}};

    for (;;) {
        if (poll(fds, 2, wait_ms(now_us())) < 0 && errno != EINTR)
            return 1;
        if (fds[1].revents && !read_commands())
            return 0;
        if (fds[0].revents) {
            ssize_t size = recv(fds[0].fd, packet, sizeof packet, MSG_DONTWAIT);
            if (size > 0)
                nfq_handle_packet(handle, packet, (int)size);
            else if (size < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
                return 1;
        }
        release_due(&directions[0], now_us());
        release_due(&directions[1], now_us());
    }
}

int main(void)
{
    struct nfq_handle *handle = nfq_open();
    int bytes = RECEIVE_BYTES;
    int on = 1;

    if (!handle) {
        perror("nfq_open");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (uint16_t i = 0; i < 2; i++) {
        struct nfq_q_handle *queue =
            nfq_create_queue(handle, (uint16_t)(i + 1), on_packet, &directions[i]);
        directions[i].queue = queue;
        if (!queue || nfq_set_mode(queue, NFQNL_COPY_META, 0) < 0 ||
            nfq_set_queue_maxlen(queue, HELD_MAX) < 0) {
            perror("nfq_create_queue");
            return 1;
        }
    }
    setsockopt(nfq_fd(handle), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    setsockopt(nfq_fd(handle), SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
    puts("ready");
    return run(handle);
}
