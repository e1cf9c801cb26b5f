/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/speech_frame.h"
#include "server/app/speech_result.h"
#include "server/base/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW_MS = 3600 * 1000 };

static void read_message(const json_t *message)
{
    HeardSpeechResult result;

    if (!heard_speech_result_read(message, NOW_MS, &result, NULL))
        return;
    g_assert(g_utf8_validate(result.text, -1, NULL));
    g_assert(!strpbrk(result.text, "\n\t\r"));
    g_assert(result.begin_ms >= 0 && result.begin_ms <= NOW_MS);
    g_assert(result.said == HEARD_SPEECH_READY || result.end_ms >= result.begin_ms);
    g_assert(result.alternative_count <= HEARD_SPEECH_ALTERNATIVES_MAX);
}

/* All that was read, one behind the other, of a stream in pieces of step bytes. */
static GString *read_frames(const uint8_t *data, size_t size, size_t step)
{
    GString *out = g_string_new(NULL);
    HeardSpeechReader reader;
    bool good = true;

    heard_speech_reader_init(&reader, HEARD_SPEECH_BODY_MAX);
    while (size > 0 && good) {
        size_t piece = MIN(step, size), rest = piece;
        const uint8_t *bytes = data;

        while (rest > 0 && good) {
            g_autoptr(json_t) message = NULL;
            g_autofree char *text = NULL;

            good = heard_speech_reader_push(&reader, &bytes, &rest, &message, NULL);
            g_assert(reader.pending->len <=
                     HEARD_SPEECH_PREFIX + HEARD_SPEECH_HEADER_MAX + HEARD_SPEECH_BODY_MAX);
            if (!message)
                continue;
            read_message(message);
            text = heard_json_dump(message);
            g_string_append(out, text);
        }
        data += piece;
        size -= piece;
    }
    g_string_append(out, good ? "" : "!");
    heard_speech_reader_deinit(&reader);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GString *whole = read_frames(data, size, size ? size : 1);
    GString *bytewise = read_frames(data, size, 1);

    g_assert(strcmp(whole->str, bytewise->str) == 0);
    g_string_free(whole, TRUE);
    g_string_free(bytewise, TRUE);
    return 0;
}
