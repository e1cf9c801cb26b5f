/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/transcribe.h"

#include "recordings/sandbox.h"
#include "server/app/speech_frame.h"
#include "server/app/speech_result.h"
#include "server/app/speech_voice.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024, TELL_BEHIND_MS = 1000, CONTROL_ROOM = 64 * 1024 };

#define USAGE "usage: heard transcribe SOCKET LANGUAGE\n"

typedef struct {
    int service;
    const char *language;
    GByteArray *in, *out;
    HeardSpeechReader reader;
    HeardSpeechVoice voices[HEARD_SPEECH_VOICES_MAX];
    bool is_ready;
    int64_t now_ms; /* of the pieces */
    int64_t dropped_ms, told_behind_us;
} Transcriber;

static void say(const json_t *line)
{
    g_autofree char *text = heard_json_dump(line);

    printf("%s\n", text);
    fflush(stdout);
}

/* ---- to the service ---- */

static void tell(Transcriber *self, json_t *header_take, const void *body, size_t size)
{
    heard_speech_frame_append(self->out, header_take, body, size);
    json_decref(header_take);
}

static void tell_audio(Transcriber *self, uint32_t stream, int64_t at_ms, const int16_t *samples,
                       size_t count)
{
    if (self->out->len + count * sizeof *samples > HEARD_TRANSCRIBE_QUEUE_MAX) {
        self->dropped_ms += (int64_t)count * 1000 / HEARD_SPEECH_RATE_HZ;
        return;
    }
    tell(self,
         json_pack("{s:s, s:I, s:I}", "type", "audio", "stream", (json_int_t)stream, "at_ms",
                   (json_int_t)at_ms),
         samples, count * sizeof *samples);
}

static void tell_behind(Transcriber *self)
{
    int64_t now_us = heard_clock_now_us();
    g_autoptr(json_t) line = NULL;

    if (self->dropped_ms == 0 || now_us - self->told_behind_us < TELL_BEHIND_MS * 1000)
        return;
    line = json_pack("{s:s, s:I}", "type", "behind", "dropped_ms", (json_int_t)self->dropped_ms);
    say(line);
    self->dropped_ms = 0;
    self->told_behind_us = now_us;
}

/* ---- from the server ---- */

static HeardSpeechVoice *find_voice(Transcriber *self, uint32_t stream)
{
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++)
        if (self->voices[i].stream == stream)
            return &self->voices[i];
    return NULL;
}

static HeardSpeechVoice *open_voice(Transcriber *self, uint32_t stream)
{
    HeardSpeechVoice *voice = find_voice(self, 0);

    if (!voice || !heard_speech_voice_init(voice, stream))
        return NULL;
    tell(self,
         json_pack("{s:s, s:I, s:s, s:i, s:s}", "type", "open", "stream", (json_int_t)stream,
                   "language", self->language, "rate", HEARD_SPEECH_RATE_HZ, "format", "s16le"),
         NULL, 0);
    return voice;
}

static void hear(Transcriber *self, const HeardSpeechPiece *piece, const uint8_t *payload)
{
    int16_t samples[HEARD_SPEECH_SAMPLES_MAX];
    HeardSpeechVoice *voice = find_voice(self, piece->stream);
    int64_t at_ms = 0;
    size_t count;

    if (!voice)
        voice = open_voice(self, piece->stream);
    count = voice ? heard_speech_voice_decode(voice, piece, payload, samples, &at_ms) : 0;
    if (count > 0)
        tell_audio(self, piece->stream, MAX(at_ms, 0), samples, count);
}

static void take_piece(Transcriber *self, const HeardSpeechPiece *piece, const uint8_t *payload)
{
    HeardSpeechVoice *voice = find_voice(self, piece->stream);

    self->now_ms = MAX(self->now_ms, piece->at_ms);
    if (piece->kind == HEARD_SPEECH_PACKET) {
        hear(self, piece, payload);
        return;
    }
    if (!voice)
        return;
    tell(self,
         json_pack("{s:s, s:I, s:I}", "type", piece->kind == HEARD_SPEECH_PAUSE ? "pause" : "close",
                   "stream", (json_int_t)piece->stream, "at_ms", (json_int_t)piece->at_ms),
         NULL, 0);
    heard_speech_voice_pause(voice);
    if (piece->kind == HEARD_SPEECH_CLOSE)
        heard_speech_voice_deinit(voice);
}

static bool read_pieces(Transcriber *self)
{
    uint8_t block[BLOCK];
    ssize_t count = read(STDIN_FILENO, block, sizeof block);
    size_t at = 0;
    HeardSpeechPiece piece;

    if (count <= 0)
        return count < 0 && errno == EINTR;
    g_byte_array_append(self->in, block, (guint)count);
    while (self->in->len - at >= sizeof piece) {
        memcpy(&piece, self->in->data + at, sizeof piece);
        if (piece.size > HEARD_SPEECH_PAYLOAD_MAX || piece.stream == 0)
            return false;
        if (self->in->len - at - sizeof piece < piece.size)
            break;
        take_piece(self, &piece, self->in->data + at + sizeof piece);
        at += sizeof piece + piece.size;
    }
    g_byte_array_remove_range(self->in, 0, (guint)at);
    return true;
}

/* ---- from the service ---- */

static bool take_message(Transcriber *self, json_t *message, GError **error)
{
    HeardSpeechResult result;

    if (!heard_speech_result_read(message, self->now_ms, &result, error))
        return false;
    if (self->is_ready == (result.said == HEARD_SPEECH_READY)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "ready comes first, and once");
        return false;
    }
    self->is_ready = true;
    say(message);
    return true;
}

static HeardTranscribeStatus read_service(Transcriber *self)
{
    g_autoptr(GError) error = NULL;
    uint8_t block[BLOCK];
    ssize_t count = read(self->service, block, sizeof block);
    const uint8_t *bytes = block;
    size_t size = count > 0 ? (size_t)count : 0;

    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        return HEARD_TRANSCRIBE_NO_SERVICE;
    while (size > 0) {
        g_autoptr(json_t) message = NULL;

        if (!heard_speech_reader_push(&self->reader, &bytes, &size, &message, &error) ||
            (message && !take_message(self, message, &error)))
            return HEARD_TRANSCRIBE_GARBAGE;
    }
    return HEARD_TRANSCRIBE_ENDED;
}

static bool write_service(Transcriber *self)
{
    ssize_t count = write(self->service, self->out->data, self->out->len);

    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    g_byte_array_remove_range(self->out, 0, (guint)count);
    return true;
}

static HeardTranscribeStatus run(Transcriber *self)
{
    int64_t ready_us = heard_clock_now_us() + HEARD_TRANSCRIBE_READY_S * INT64_C(1000000);
    HeardTranscribeStatus status;

    for (;;) {
        struct pollfd watched[] = {
            {.fd = STDIN_FILENO, .events = POLLIN},
            {.fd = self->service, .events = (short)(POLLIN | (self->out->len ? POLLOUT : 0))}};

        if (poll(watched, G_N_ELEMENTS(watched), TELL_BEHIND_MS) < 0 && errno != EINTR)
            return HEARD_TRANSCRIBE_NO_SERVICE;
        if (watched[0].revents && !read_pieces(self))
            return HEARD_TRANSCRIBE_ENDED;
        if (watched[1].revents & (POLLIN | POLLHUP | POLLERR)) {
            status = read_service(self);
            if (status != HEARD_TRANSCRIBE_ENDED)
                return status;
        }
        if (self->out->len && !write_service(self))
            return HEARD_TRANSCRIBE_NO_SERVICE;
        /* Who reads nothing at all is not served by more of it. */
        if (self->out->len > HEARD_TRANSCRIBE_QUEUE_MAX + CONTROL_ROOM ||
            (!self->is_ready && heard_clock_now_us() > ready_us))
            return HEARD_TRANSCRIBE_NO_SERVICE;
        tell_behind(self);
    }
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        goto fail;
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        goto fail;
    return fd;
fail:
    if (fd >= 0)
        close(fd);
    return -1;
}

static void transcriber_clear(Transcriber *self)
{
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++)
        heard_speech_voice_deinit(&self->voices[i]);
    heard_speech_reader_deinit(&self->reader);
    g_byte_array_unref(self->in);
    g_byte_array_unref(self->out);
    close(self->service);
    g_free(self);
}

int heard_transcribe_main(int argc, char **argv)
{
    const HeardSandboxSpec nothing = {NULL, NULL, NULL};
    g_autoptr(GError) error = NULL;
    HeardTranscribeStatus status = HEARD_TRANSCRIBE_NO_SERVICE;
    Transcriber *self;
    bool files_shut;
    int service;

    if (argc != 3) {
        fputs(USAGE, stderr);
        return HEARD_TRANSCRIBE_USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    service = connect_to(argv[1]);
    if (service < 0)
        return HEARD_TRANSCRIBE_NO_SERVICE;
    self = g_new0(Transcriber, 1);
    self->service = service;
    self->language = argv[2];
    self->in = g_byte_array_new();
    self->out = g_byte_array_new();
    heard_speech_reader_init(&self->reader, 0);
    if (heard_sandbox_enter(&nothing, &files_shut, &error))
        status = run(self);
    else
        fprintf(stderr, "heard transcribe: %s\n", error->message);
    transcriber_clear(self);
    return (int)status;
}
