/* SPDX-License-Identifier: Apache-2.0 */
#include "media_flow.h"

#include "media/rtcp/build.h"

enum {
    PACKET_SIZE = 1100,
    PADDING_SIZE = 280, /* RTP padding counts itself in one byte */
    AUDIO_US = 20000,
    AUDIO_SIZE = SIM_AUDIO_BPS / 8 / 50,
    KEY_FACTOR = 4,  /* a key frame is so many frames large */
    KEY_US = 150000, /* until the publisher answers */
    CHOOSE_US = 100000,
    REPORT_US = 1000000,
    RESEND_US = 20000, /* a receiver's patience before it asks again */
    CLOCK_OFFSET_US = 777000000,
};

const uint32_t sim_layer_bps[SIM_LAYERS] = {150000, 500000, 1500000};

typedef enum { MEDIA, AUDIO, RESENT, PADDING } Kind;

static void on_timer(void *flow, const SimEvent *event);
static void on_resend(void *flow, const SimEvent *event);

static int64_t receiver_us(const SimMediaFlow *self)
{
    return CLOCK_OFFSET_US + (int64_t)((double)self->world->now_us * (1 + self->config.skew));
}

static bool is_silent(const SimMediaFlow *self)
{
    return self->world->now_us >= self->config.silent_us &&
           self->world->now_us < self->config.heard_us;
}

static void on_feedback_came(void *flow, const SimEvent *event);

static void on_feedback_due(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;
    uint8_t packet[HEARD_RTCP_COMPOUND_MAX];

    (void)event;
    self->feedback_armed = false;
    for (;;) {
        HeardRtcpWriter writer;

        heard_rtcp_writer_init(&writer, packet, sizeof(packet));
        if (!heard_twcc_write(&self->twcc, &writer, 1, 2, receiver_us(self)))
            break;
        self->feedback_us = self->world->now_us;
        if (is_silent(self) || sim_random(&self->random) < self->config.feedback_loss)
            continue;
        sim_world_at(self->world, self->world->now_us + self->config.return_us, on_feedback_came,
                     self, 0, g_bytes_new(packet, writer.size));
    }
}

static void on_arrival(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;
    int64_t now_us = self->world->now_us, due_us;
    size_t slot = event->number % SIM_SENT_RING;
    double queue_us =
        (double)(now_us - self->sent[slot].sent_us - self->world->line.config.delay_us);

    self->sum_received += self->sent[slot].size;
    self->sum_queue += queue_us;
    self->longest = MAX(self->longest, queue_us);
    self->count_received++;
    self->report_came++;
    if (self->config.no_feedback)
        return;
    heard_twcc_packet(&self->twcc, (uint16_t)event->number, receiver_us(self));
    if (self->feedback_armed)
        return;
    self->feedback_armed = true;
    due_us = heard_twcc_deadline_us(&self->twcc) - receiver_us(self) + now_us + 1000;
    due_us = MAX(due_us, self->feedback_us + self->config.feedback_us);
    sim_world_at(self->world, due_us, on_feedback_due, self, 0, NULL);
}

static void send_packet(SimMediaFlow *self, size_t size, Kind kind)
{
    int64_t now_us = self->world->now_us;
    uint64_t number = self->next++;
    int64_t arrival_us = sim_path_send(&self->world->line, size, now_us);

    self->sent[number % SIM_SENT_RING].sent_us = now_us;
    self->sent[number % SIM_SENT_RING].size = (uint16_t)size;
    if (!self->config.no_feedback)
        heard_estimate_sent(&self->estimate, (uint16_t)number, size, now_us);
    self->sum_sent += (double)size;
    self->report_sent++;
    if (kind == PADDING)
        self->sum_padding += (double)size;
    self->audio_sent += kind == AUDIO;
    if (arrival_us != SIM_LOST) {
        sim_world_at(self->world, arrival_us, on_arrival, self, number, NULL);
        return;
    }
    self->count_lost++;
    self->audio_lost += kind == AUDIO;
    if ((kind == MEDIA || kind == AUDIO) && !is_silent(self))
        sim_world_at(self->world,
                     now_us + sim_path_queue_us(&self->world->line, now_us) + RESEND_US +
                         self->world->line.config.delay_us + self->config.return_us,
                     on_resend, self, size, NULL);
}

static void send_probes(SimMediaFlow *self)
{
    int64_t now_us = self->world->now_us, deadline_us;
    size_t bytes;

    while (heard_estimate_poll_probe(&self->estimate, now_us, &bytes))
        for (size_t left = bytes; left > 0; left -= MIN(left, PADDING_SIZE))
            send_packet(self, MAX(MIN(left, PADDING_SIZE), 60), PADDING);
    deadline_us = heard_estimate_deadline_us(&self->estimate);
    if (deadline_us == INT64_MAX ||
        (self->deadline_us > now_us && self->deadline_us <= deadline_us))
        return;
    self->deadline_us = MAX(deadline_us, now_us + 1000);
    sim_world_at(self->world, self->deadline_us, on_timer, self, 0, NULL);
}

static void on_timer(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;

    (void)event;
    if (self->world->now_us < self->config.stop_us)
        send_probes(self);
}

static void on_resend(void *flow, const SimEvent *event)
{
    send_packet(flow, event->number, RESENT);
}

static void on_feedback_came(void *flow, const SimEvent *event)
{
    static HeardTwccResult results[HEARD_TWCC_WINDOW];
    SimMediaFlow *self = flow;
    HeardRtcpReader reader;
    HeardRtcpItem item;
    size_t size, count;
    uint8_t number;
    const uint8_t *data = g_bytes_get_data(event->bytes, &size);

    heard_rtcp_reader_init(&reader, data, size);
    while (heard_rtcp_next(&reader, &item)) {
        g_assert(heard_twcc_parse(&item, results, G_N_ELEMENTS(results), &count, &number));
        heard_estimate_feedback(&self->estimate, results, count, self->world->now_us);
    }
    send_probes(self);
}

uint32_t sim_media_flow_wanted_bps(const SimMediaFlow *self)
{
    bool shown = self->world->now_us < self->config.pause_us ||
                 self->world->now_us >= self->config.resume_us;

    if (!shown)
        return SIM_AUDIO_BPS;
    if (self->config.elastic_bps != 0)
        return self->config.elastic_bps;
    return SIM_AUDIO_BPS + self->config.videos * sim_layer_bps[SIM_LAYERS - 1];
}

/* The server's own allocation; every picture is as important as the others. */
static void allocate(SimMediaFlow *self, int *ret_layers)
{
    uint32_t bps = heard_estimate_bps(&self->estimate);
    HeardDemand demands[SIM_VIDEOS_MAX];
    HeardShare shares[SIM_VIDEOS_MAX];
    HeardLayer layers[SIM_LAYERS];
    uint32_t wanted_bps;

    for (unsigned i = 0; i < SIM_LAYERS; i++)
        layers[i] = (HeardLayer){
            .alive = true, .height = (uint16_t)(180 << i), .bps = {0, 0, sim_layer_bps[i]}};
    for (unsigned v = 0; v < self->config.videos; v++)
        demands[v] =
            (HeardDemand){HEARD_RANK_OTHER, 720, layers, SIM_LAYERS, &self->allocations[v], false};
    wanted_bps = heard_allocate(demands, self->config.videos, bps - MIN(bps, SIM_AUDIO_BPS), false,
                                self->world->now_us, shares);
    g_assert(wanted_bps == self->config.videos * sim_layer_bps[SIM_LAYERS - 1]);
    for (unsigned v = 0; v < self->config.videos; v++)
        ret_layers[v] = shares[v].layer;
}

static void ask_for(SimMediaFlow *self, const int *layers)
{
    for (unsigned v = 0; v < self->config.videos; v++) {
        SimVideo *video = &self->videos[v];

        if (video->next == layers[v])
            continue;
        video->next = layers[v];
        video->due_us = self->world->now_us + KEY_US;
    }
}

static void on_choose(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;
    int64_t now_us = self->world->now_us;
    int layers[SIM_VIDEOS_MAX];

    (void)event;
    if (now_us >= self->config.stop_us)
        return;
    heard_estimate_want(&self->estimate, sim_media_flow_wanted_bps(self), now_us);
    allocate(self, layers);
    ask_for(self, layers);
    send_probes(self);
    sim_world_at(self->world, now_us + CHOOSE_US, on_choose, self, 0, NULL);
}

static double noise(SimMediaFlow *self)
{
    return 1 + self->config.encoder_noise * (2 * sim_random(&self->random) - 1);
}

static void send_frame(SimMediaFlow *self, double bytes)
{
    size_t size = (size_t)MAX(bytes, 100);
    size_t packets = (size + PACKET_SIZE - 1) / PACKET_SIZE;

    for (size_t i = 0; i < packets; i++)
        send_packet(self, size / packets, MEDIA);
}

/* One frame of one picture at its layer; a key frame is paid back by smaller frames. */
static void send_layer(SimMediaFlow *self, SimVideo *video)
{
    double frame, size;

    if (video->due_us != 0 && self->world->now_us >= video->due_us) {
        self->switches += video->layer != video->next;
        video->layer = video->next;
        video->due_us = 0;
        if (video->layer >= 0) {
            size = KEY_FACTOR * sim_layer_bps[video->layer] / 8.0 / self->config.fps;
            video->debt = size / KEY_FACTOR * (KEY_FACTOR - 1);
            send_frame(self, size);
            return;
        }
    }
    if (video->layer < 0)
        return;
    frame = sim_layer_bps[video->layer] / 8.0 / self->config.fps;
    size = frame * noise(self);
    if (video->debt > 0) {
        video->debt -= frame * 0.2;
        size -= frame * 0.2;
    }
    send_frame(self, size);
}

static void on_frame(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;
    int64_t now_us = self->world->now_us;

    if (now_us >= self->config.stop_us)
        return;
    if (now_us < self->config.pause_us || now_us >= self->config.resume_us) {
        if (self->config.elastic_bps != 0) {
            double bps = MIN(heard_estimate_bps(&self->estimate), self->config.elastic_bps);

            bps = MAX(bps - SIM_AUDIO_BPS, 10000);
            send_frame(self, bps / 8 / self->config.fps * noise(self));
        } else {
            send_layer(self, &self->videos[event->number]);
        }
    }
    sim_world_at(self->world, now_us + 1000000 / self->config.fps, on_frame, self, event->number,
                 NULL);
}

static void on_audio(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;

    (void)event;
    if (self->world->now_us >= self->config.stop_us)
        return;
    send_packet(self, AUDIO_SIZE, AUDIO);
    send_probes(self);
    sim_world_at(self->world, self->world->now_us + AUDIO_US, on_audio, self, 0, NULL);
}

static void on_report(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;
    int64_t now_us = self->world->now_us;

    (void)event;
    if (now_us >= self->config.stop_us)
        return;
    if (!is_silent(self) && self->report_sent > 0) {
        uint64_t lost = self->report_sent - MIN(self->report_sent, self->report_came);

        heard_estimate_report(&self->estimate, (uint8_t)(lost * 255 / self->report_sent),
                              self->world->line.config.delay_us + self->config.return_us +
                                  sim_path_queue_us(&self->world->line, now_us),
                              now_us);
    }
    self->report_sent = 0;
    self->report_came = 0;
    sim_world_at(self->world, now_us + REPORT_US, on_report, self, 0, NULL);
}

static void on_sample(void *flow, const SimEvent *event)
{
    static const double scale = 8e6 / SIM_SAMPLE_US;
    SimMediaFlow *self = flow;
    SimSample *sample = &self->samples[self->sample_count];
    int layers = 0;

    (void)event;
    for (unsigned v = 0; v < self->config.videos; v++)
        layers += self->videos[v].layer + 1;
    *sample = (SimSample){
        .line_bps = (float)sim_path_rate_bps(&self->world->line, self->world->now_us - 1),
        .estimate_bps = (float)heard_estimate_bps(&self->estimate),
        .sent_bps = (float)(self->sum_sent * scale),
        .received_bps = (float)(self->sum_received * scale),
        .queue_ms = (float)(self->sum_queue / 1000 / MAX(self->count_received, 1)),
        .delay_ms = (float)(self->longest / 1000),
        .lost = (float)self->count_lost / (float)MAX(self->count_lost + self->count_received, 1),
        .padding_bps = (float)(self->sum_padding * scale),
        .layers = layers};
    self->sum_sent = self->sum_received = self->sum_queue = self->sum_padding = 0;
    self->count_received = self->count_lost = 0;
    self->longest = 0;
    if (++self->sample_count < SIM_SAMPLES_MAX)
        sim_world_at(self->world, self->world->now_us + SIM_SAMPLE_US, on_sample, self, 0, NULL);
}

static void on_start(void *flow, const SimEvent *event)
{
    SimMediaFlow *self = flow;
    int64_t now_us = self->world->now_us;
    unsigned videos = self->config.elastic_bps != 0 ? 1 : self->config.videos;

    (void)event;
    heard_estimate_init(&self->estimate, now_us);
    sim_world_at(self->world, now_us, on_audio, self, 0, NULL);
    sim_world_at(self->world, now_us + 1000, on_choose, self, 0, NULL);
    sim_world_at(self->world, now_us + REPORT_US, on_report, self, 0, NULL);
    for (unsigned v = 0; v < videos; v++)
        sim_world_at(self->world, now_us + (int64_t)(sim_random(&self->random) * 40000), on_frame,
                     self, v, NULL);
}

void sim_media_flow_start(SimMediaFlow *self, SimWorld *world, const SimMediaConfig *config,
                          uint64_t seed)
{
    memset(self, 0, sizeof(*self));
    self->world = world;
    self->config = *config;
    self->random = sim_random_seed(seed);
    self->next = 65000; /* the numbers wrap early */
    for (unsigned v = 0; v < SIM_VIDEOS_MAX; v++)
        self->videos[v] = (SimVideo){.layer = -1, .next = -1};
    heard_twcc_init(&self->twcc);
    heard_estimate_init(&self->estimate, 0);
    sim_world_at(world, config->start_us, on_start, self, 0, NULL);
    sim_world_at(world, SIM_SAMPLE_US, on_sample, self, 0, NULL);
}
