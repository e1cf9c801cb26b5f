/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/message.h"

#include <string.h>

enum {
    ID_MAX_BITS = 53,
    LINE_RTT_MS_MAX = 60 * 1000,
    LINE_BPS_MAX = 1000 * 1000 * 1000,
};

static const char *const level_names[] = {"good", "weak", "audio_only", "lost"};
static const char *const path_names[] = {"udp", "tcp", "relay", "none"};

const char *heard_line_level_name(HeardLineLevel level)
{
    return level_names[level];
}

const char *heard_line_path_name(HeardLinePath path)
{
    return path_names[path];
}

static bool parse_resume(const json_t *data, HeardHello *hello, GError **error)
{
    json_t *resume = json_object_get(data, "resume");
    int64_t seq;

    if (!resume || json_is_null(resume))
        return true;
    if (!json_is_object(resume)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "resume: not an object");
        return false;
    }
    if (!heard_json_text(resume, "epoch", HEARD_EPOCH_SIZE - 1, false, &hello->epoch, error) ||
        !heard_json_number(resume, "seq", 0, INT64_C(1) << ID_MAX_BITS, false, &seq, error))
        return false;
    hello->seq = (uint64_t)seq;
    return true;
}

static bool parse_hello(const json_t *data, HeardMessage *message, GError **error)
{
    HeardHello *hello = &message->hello;
    int64_t slots = 0;

    hello->language = "zh";
    if (!heard_json_text(data, "language", 8, true, &hello->language, error) ||
        !heard_json_number(data, "slots", 0, HEARD_ROUTING_SLOTS_MAX, true, &slots, error))
        return false;
    if (strcmp(hello->language, "zh") != 0 && strcmp(hello->language, "en") != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "language: zh or en");
        return false;
    }
    hello->slots = (unsigned)slots;
    return parse_resume(data, hello, error);
}

static bool parse_wish(const json_t *item, HeardViewWish *wish, GError **error)
{
    const char *video = "camera";
    int64_t height = 0;

    if (!json_is_object(item)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "views: not a list of objects");
        return false;
    }
    if (!heard_json_text(item, "participant", HEARD_ID_SIZE - 1, false, &wish->participant,
                         error) ||
        !heard_json_text(item, "video", 8, true, &video, error) ||
        !heard_json_number(item, "height", 0, HEARD_ROUTING_HEIGHT_MAX, false, &height, error) ||
        !heard_json_bool(item, "pinned", true, &wish->pinned, error))
        return false;
    wish->height = (unsigned)height;
    if (strcmp(video, "camera") == 0) {
        wish->show = height > 0 ? HEARD_SHOW_CAMERA : HEARD_SHOW_NOTHING;
    } else if (strcmp(video, "screen") == 0) {
        wish->show = HEARD_SHOW_SCREEN;
    } else {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "video: camera or screen");
        return false;
    }
    return true;
}

static bool parse_view(const json_t *data, HeardMessage *message, GError **error)
{
    json_t *views = NULL;

    if (!heard_json_array(data, "views", HEARD_ROUTING_WISHES_MAX, false, &views, error))
        return false;
    for (size_t i = 0; i < json_array_size(views); i++) {
        if (!parse_wish(json_array_get(views, i), &message->wishes[i], error))
            return false;
        message->wish_count++;
    }
    return true;
}

static bool parse_word(const json_t *data, const char *key, const char *const *names,
                       unsigned count, unsigned *ret_index, GError **error)
{
    const char *word;

    if (!heard_json_text(data, key, 16, false, &word, error))
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(word, names[i]) == 0) {
            *ret_index = i;
            return true;
        }
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "%s: no such word", key);
    return false;
}

static bool parse_line(const json_t *data, HeardLine *line, GError **error)
{
    unsigned level, path;
    int64_t rtt_ms, loss_permille, up_bps, down_bps;

    if (!parse_word(data, "level", level_names, G_N_ELEMENTS(level_names), &level, error) ||
        !parse_word(data, "path", path_names, G_N_ELEMENTS(path_names), &path, error) ||
        !heard_json_number(data, "rtt_ms", 0, LINE_RTT_MS_MAX, false, &rtt_ms, error) ||
        !heard_json_number(data, "loss_permille", 0, 1000, false, &loss_permille, error) ||
        !heard_json_number(data, "up_bps", 0, LINE_BPS_MAX, false, &up_bps, error) ||
        !heard_json_number(data, "down_bps", 0, LINE_BPS_MAX, false, &down_bps, error))
        return false;
    *line = (HeardLine){.level = (HeardLineLevel)level,
                        .path = (HeardLinePath)path,
                        .rtt_ms = (unsigned)rtt_ms,
                        .loss_permille = (unsigned)loss_permille,
                        .up_bps = (uint32_t)up_bps,
                        .down_bps = (uint32_t)down_bps};
    return true;
}

static bool parse_body(HeardMessage *message, const char *type, const json_t *data, GError **error)
{
    HeardVerb verb;

    if (strcmp(type, "hello") == 0) {
        message->kind = HEARD_MESSAGE_HELLO;
        return parse_hello(data, message, error);
    }
    if (strcmp(type, "ping") == 0) {
        message->kind = HEARD_MESSAGE_PING;
        return true;
    }
    if (strcmp(type, "view.set") == 0) {
        message->kind = HEARD_MESSAGE_VIEW;
        return parse_view(data, message, error);
    }
    if (strcmp(type, "network.report") == 0) {
        message->kind = HEARD_MESSAGE_NETWORK;
        return parse_line(data, &message->line, error);
    }
    /* What the server reports of itself is nobody's command. */
    if (!heard_verb_from_name(type, &verb) || verb >= HEARD_VERB_CLIENT_COUNT) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNKNOWN_COMMAND, "no such command");
        return false;
    }
    message->kind = HEARD_MESSAGE_COMMAND;
    return heard_command_parse(verb, data, &message->command, error);
}

bool heard_message_parse(HeardMessage *ret_message, const char *text, size_t size, GError **error)
{
    g_autoptr(json_t) empty = json_object();
    g_autoptr(GError) local = NULL;
    const char *type;
    json_t *data;

    memset(ret_message, 0, sizeof *ret_message);
    if (size <= HEARD_MESSAGE_BYTES_MAX)
        ret_message->document = heard_json_parse_object(text, size, &local);
    if (!ret_message->document ||
        !heard_json_number(ret_message->document, "id", 1, (INT64_C(1) << ID_MAX_BITS) - 1, false,
                           &ret_message->id, &local)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_MESSAGE, "%s",
                    local ? local->message : "longer than 64 KiB");
        return false;
    }
    data = json_object_get(ret_message->document, "data");
    if (data && !json_is_null(data) && !json_is_object(data)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "data: not an object");
        return false;
    }
    if (!heard_json_text(ret_message->document, "type", 64, false, &type, error))
        return false;
    /* Texts of an empty object are never borrowed: nothing can be in it. */
    return parse_body(ret_message, type, json_is_object(data) ? data : empty, error);
}

void heard_message_clear(HeardMessage *self)
{
    json_decref(self->document);
    self->document = NULL;
}

char *heard_message_reply_take(int64_t id, json_t *data)
{
    g_autoptr(json_t) reply = json_object();

    json_object_set_new(reply, "re", json_integer(id));
    json_object_set_new(reply, "ok", json_true());
    if (data)
        json_object_set_new(reply, "data", data);
    return heard_json_dump(reply);
}

char *heard_message_refusal(int64_t id, HeardError code, const char *reason, const char *detail)
{
    g_autoptr(json_t) reply = json_object();
    json_t *failure = json_object();

    json_object_set_new(failure, "code", json_string(heard_error_name(code)));
    if (reason)
        json_object_set_new(failure, "reason", json_string(reason));
    json_object_set_new(failure, "detail", json_string(detail ? detail : ""));
    json_object_set_new(reply, "re", id > 0 ? json_integer(id) : json_null());
    json_object_set_new(reply, "ok", json_false());
    json_object_set_new(reply, "error", failure);
    return heard_json_dump(reply);
}
