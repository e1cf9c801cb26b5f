/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/speech_result.h"

#include "server/base/error.h"
#include "server/base/json.h"

#include <string.h>

enum { TYPE_CHARS_MAX = 16 };

static bool bad(GError **error, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "%s", what);
    return false;
}

static bool read_type(const json_t *message, HeardSpeechSaid *ret_said, GError **error)
{
    const char *type = NULL;

    if (!heard_json_text(message, "type", TYPE_CHARS_MAX, false, &type, error))
        return false;
    if (strcmp(type, "ready") == 0)
        *ret_said = HEARD_SPEECH_READY;
    else if (strcmp(type, "partial") == 0)
        *ret_said = HEARD_SPEECH_PARTIAL;
    else if (strcmp(type, "final") == 0)
        *ret_said = HEARD_SPEECH_FINAL;
    else
        return bad(error, "type: ready, partial or final");
    return true;
}

static bool read_confidence(const json_t *message, int64_t *ret_permille, GError **error)
{
    const json_t *value = json_object_get(message, "confidence");

    *ret_permille = -1;
    if (!value || json_is_null(value))
        return true;
    if (!json_is_number(value) || !(json_number_value(value) >= 0 && json_number_value(value) <= 1))
        return bad(error, "confidence: 0 to 1");
    *ret_permille = (int64_t)(json_number_value(value) * 1000);
    return true;
}

static bool read_alternatives(const json_t *message, HeardSpeechResult *result, GError **error)
{
    json_t *list = NULL;

    if (!heard_json_array(message, "alternatives", HEARD_SPEECH_ALTERNATIVES_MAX, true, &list,
                          error))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        /* heard_json_text() reads members: one that holds the text for the moment. */
        g_autoptr(json_t) holder = json_pack("{s:O}", "alternatives", json_array_get(list, i));

        if (!heard_json_text(holder, "alternatives", HEARD_SPEECH_TEXT_CHARS_MAX, false,
                             &result->alternatives[i], error))
            return false;
    }
    result->alternative_count = (unsigned)json_array_size(list);
    return true;
}

static bool is_one_line(const char *text)
{
    return !strpbrk(text, "\n\t");
}

bool heard_speech_result_read(const json_t *message, int64_t now_ms, HeardSpeechResult *ret_result,
                              GError **error)
{
    HeardSpeechResult result = {.text = ""};
    int64_t version = 0;

    if (!read_type(message, &result.said, error))
        return false;
    if (result.said == HEARD_SPEECH_READY) {
        if (!heard_json_number(message, "version", HEARD_SPEECH_VERSION, HEARD_SPEECH_VERSION,
                               false, &version, error))
            return false;
        *ret_result = result;
        return true;
    }
    if (!heard_json_number(message, "stream", 1, UINT32_MAX, false, &result.stream, error) ||
        !heard_json_number(message, "begin_ms", 0, now_ms, false, &result.begin_ms, error) ||
        !heard_json_number(message, "end_ms", result.begin_ms, now_ms + HEARD_SPEECH_AHEAD_MS,
                           false, &result.end_ms, error) ||
        !heard_json_text(message, "text", HEARD_SPEECH_TEXT_CHARS_MAX, false, &result.text,
                         error) ||
        !read_confidence(message, &result.confidence_permille, error) ||
        !read_alternatives(message, &result, error))
        return false;
    for (unsigned i = 0; i < result.alternative_count; i++)
        if (!is_one_line(result.alternatives[i]))
            return bad(error, "alternatives: one line each");
    if (!is_one_line(result.text))
        return bad(error, "text: one line");
    *ret_result = result;
    return true;
}
