/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/options.h"

#include "server/base/error.h"

#include <stdlib.h>
#include <string.h>

static const char summary[] =
    "Publishes synthetic Opus and VP8 over WHIP, watches over WHEP, prints one JSON object.\n"
    "In URLs and tokens {p} is the publisher, {s} the viewer, {r} the room, {q} the\n"
    "publisher's place in its room.";

static bool set_media(HeardBenchOptions *self, const char *media)
{
    self->audio = strchr(media, 'a') != NULL;
    self->video = strchr(media, 'v') != NULL;
    return strcmp(media, "a") == 0 || strcmp(media, "v") == 0 || strcmp(media, "av") == 0;
}

static bool set_pids(HeardBenchOptions *self, char **texts)
{
    for (; texts && *texts; texts++) {
        char *end;
        long pid = strtol(*texts, &end, 10);

        if (*end || pid <= 0 || pid > G_MAXINT || self->pid_count == HEARD_BENCH_PIDS_MAX)
            return false;
        self->pids[self->pid_count++] = (int)pid;
    }
    return true;
}

typedef struct {
    const char *name;
    int value, least, most;
} Range;

static bool check_ranges(const HeardBenchOptions *self, GError **error)
{
    const Range ranges[] = {
        {"pubs", self->publishers, 1, HEARD_BENCH_PUBLISHERS_MAX},
        {"subs", self->viewers_per_publisher, 0, HEARD_BENCH_VIEWERS_MAX},
        {"pubs-per-room", self->publishers_per_room, 1, HEARD_BENCH_PUBLISHERS_MAX},
        {"video-kbps", self->video_kbps, 20, 20000},
        {"fps", self->fps, 1, 120},
        {"packet", self->packet_size, 200, 1200},
        {"audio-bytes", self->audio_size, 24, 1000},
        {"key-factor", self->keyframe_factor, 1, 20},
        {"key-gap-ms", self->keyframe_gap_ms, 0, 10000},
        {"duration", self->duration_s, 1, 3600},
        {"settle", self->settle_s, 0, 600},
        {"join-parallel", self->join_parallel, 1, 512},
        {"join-timeout", self->join_timeout_s, 1, 600},
        {"http-timeout", self->http_timeout_s, 1, 600},
        {"decrypt", self->decrypt_every, 1, HEARD_BENCH_VIEWERS_MAX},
        {"tick-us", self->tick_us, 200, 100000},
        {"ice-pacing-ms", self->ice_pacing_ms, 1, 1000},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
        if (ranges[i].value >= ranges[i].least && ranges[i].value <= ranges[i].most)
            continue;
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_REQUEST, "--%s is %d, must be %d to %d",
                    ranges[i].name, ranges[i].value, ranges[i].least, ranges[i].most);
        return false;
    }
    if (self->publishers * self->viewers_per_publisher > HEARD_BENCH_VIEWERS_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_REQUEST, "more than %d viewers",
                    HEARD_BENCH_VIEWERS_MAX);
        return false;
    }
    return true;
}

static bool check_urls(const HeardBenchOptions *self, GError **error)
{
    if (!self->whip || (!self->whep && self->viewers_per_publisher > 0)) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_BAD_REQUEST,
                            "--whip URL and --whep URL are needed; see --help");
        return false;
    }
    return true;
}

static void set_defaults(HeardBenchOptions *self)
{
    *self = (HeardBenchOptions){
        .publishers = 1,
        .viewers_per_publisher = 1,
        .publishers_per_room = 1,
        .video_kbps = 1500,
        .fps = 30,
        .packet_size = 1150,
        .audio_size = 80,
        .keyframe_factor = 3,
        .keyframe_gap_ms = 300, /* browsers' encoders make key frames no faster */
        .duration_s = 15,
        .settle_s = 3,
        .join_parallel = 4,
        .join_timeout_s = 60,
        .http_timeout_s = 30,
        .decrypt_every = 20,
        .tick_us = 5000,
        .ice_pacing_ms = 5,
    };
}

/* A default for an option whose text stayed NULL. */
static char *or_text(char *text, const char *otherwise)
{
    return text ? text : g_strdup(otherwise);
}

/* clang-format off */
#define TEXT(name, place, help, unit)   {name, 0, 0, G_OPTION_ARG_STRING, &place, help, unit}
#define TEXTS(name, place, help, unit)  {name, 0, 0, G_OPTION_ARG_STRING_ARRAY, &place, help, unit}
#define NUMBER(name, place, help, unit) {name, 0, 0, G_OPTION_ARG_INT, &place, help, unit}
#define FLAG(name, place, help)         {name, 0, 0, G_OPTION_ARG_NONE, &place, help, NULL}
/* clang-format on */

bool heard_bench_options_init(HeardBenchOptions *self, int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autofree char *media = NULL, *mode = NULL, *bearer = NULL;
    g_auto(GStrv) pids = NULL;
    gboolean insecure = FALSE, keep = FALSE, verbose = FALSE, silent = FALSE;
    bool parsed;

    set_defaults(self);
    /* clang-format off */
    const GOptionEntry entries[] = {
        TEXT("whip", self->whip, "where publishers POST", "URL"),
        TEXT("whep", self->whep, "where viewers POST", "URL"),
        TEXT("bearer", bearer, "token for both", "TOKEN"),
        TEXT("whip-bearer", self->whip_bearer, "token for WHIP", "TOKEN"),
        TEXT("whep-bearer", self->whep_bearer, "token for WHEP", "TOKEN"),
        TEXT("whep-mode", mode, "who makes the WHEP offer: client or server", "WHO"),
        NUMBER("pubs", self->publishers, "publishers (1)", "N"),
        NUMBER("subs", self->viewers_per_publisher, "viewers of each publisher (1)", "N"),
        NUMBER("pubs-per-room", self->publishers_per_room, "publishers that share {r} (1)", "N"),
        TEXT("media", media, "a, v or av (v)", "KIND"),
        NUMBER("video-kbps", self->video_kbps, "bit rate of a video (1500)", "N"),
        NUMBER("fps", self->fps, "frames a second (30)", "N"),
        NUMBER("packet", self->packet_size, "largest video payload (1150)", "BYTES"),
        NUMBER("audio-bytes", self->audio_size, "Opus payload, 50 a second (80)", "BYTES"),
        NUMBER("key-factor", self->keyframe_factor, "a key frame's size in frames (3)", "N"),
        NUMBER("key-gap-ms", self->keyframe_gap_ms, "least time between key frames (300)", "MS"),
        NUMBER("duration", self->duration_s, "window that is measured (15)", "S"),
        NUMBER("settle", self->settle_s, "wait between joins and window (3)", "S"),
        NUMBER("join-parallel", self->join_parallel, "joins at once (4)", "N"),
        NUMBER("join-timeout", self->join_timeout_s, "wait for all media (60)", "S"),
        NUMBER("http-timeout", self->http_timeout_s, "wait for one reply (30)", "S"),
        NUMBER("ice-pacing-ms", self->ice_pacing_ms, "between checks of one agent (5)", "MS"),
        TEXT("bind", self->bind_address, "address of the media sockets (127.0.0.1)", "ADDRESS"),
        TEXTS("server-pid", pids, "measure this process; may be repeated", "PID"),
        NUMBER("decrypt", self->decrypt_every, "one viewer of so many decrypts (20)", "N"),
        NUMBER("tick-us", self->tick_us, "nap of the receiving thread (5000)", "US"),
        TEXT("label", self->label, "copied into the result", "TEXT"),
        FLAG("insecure", insecure, "take any TLS certificate"),
        FLAG("no-delete", keep, "leave the sessions to the server's timeout"),
        FLAG("silent", silent, "publishers send no media"),
        FLAG("verbose", verbose, "say why a peer failed"),
        G_OPTION_ENTRY_NULL,
    };
    /* clang-format on */
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, summary);
    parsed = g_option_context_parse(context, &argc, &argv, error);
    self->insecure = insecure;
    self->keep = keep;
    self->verbose = verbose;
    self->silent = silent;
    if (!parsed)
        return false;
    self->label = or_text(self->label, "");
    self->bind_address = or_text(self->bind_address, "127.0.0.1");
    if (bearer) {
        self->whip_bearer = or_text(self->whip_bearer, bearer);
        self->whep_bearer = or_text(self->whep_bearer, bearer);
    }
    self->server_offers = mode && strcmp(mode, "server") == 0;
    if (argc > 1 || !set_media(self, media ? media : "v") || !set_pids(self, pids) ||
        (mode && !self->server_offers && strcmp(mode, "client") != 0)) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_BAD_REQUEST,
                            "cannot read the options; see --help");
        return false;
    }
    return check_ranges(self, error) && check_urls(self, error);
}

void heard_bench_options_deinit(HeardBenchOptions *self)
{
    g_free(self->whip);
    g_free(self->whep);
    g_free(self->whip_bearer);
    g_free(self->whep_bearer);
    g_free(self->label);
    g_free(self->bind_address);
    memset(self, 0, sizeof *self);
}

char *heard_bench_expand(const HeardBenchOptions *self, const char *pattern, int publisher,
                         int viewer)
{
    GString *text;

    if (!pattern)
        return NULL;
    text = g_string_new(pattern);
    for (const char *letter = "psrq"; *letter; letter++) {
        char name[] = {'{', *letter, '}', '\0'};
        g_autofree char *number =
            g_strdup_printf("%d", *letter == 'p'   ? publisher
                                  : *letter == 's' ? viewer
                                  : *letter == 'r' ? publisher / self->publishers_per_room
                                                   : publisher % self->publishers_per_room);

        g_string_replace(text, name, number, 0);
    }
    return g_string_free(text, FALSE);
}
