/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/command.h"

#include "server/base/error.h"
#include "server/base/id.h"

#include <stdlib.h>
#include <string.h>

/* Which fields a verb's data has; the order is the order of checking. */
typedef enum {
    FIELD_TARGET = 1 << 0,
    FIELD_TARGET_OPTIONAL = 1 << 1,
    FIELD_REASON = 1 << 2, /* may be empty; the rules say when it may not */
    FIELD_CONSENT = 1 << 3,
    FIELD_IDENTITY = 1 << 4,
    FIELD_BLOCK = 1 << 5,
    FIELD_SENDS = 1 << 6,
    FIELD_PHASE = 1 << 7,
    FIELD_OUTCOME = 1 << 8,
    FIELD_ROOM = 1 << 9,
    FIELD_ANSWER = 1 << 10,
    FIELD_LOCKED = 1 << 11,
    FIELD_LOCK = 1 << 12, /* the same without a room */
    FIELD_MINUTES = 1 << 13,
    FIELD_SAFETY = 1 << 14,
    FIELD_SPOKEN = 1 << 15,
    FIELD_RECUSAL = 1 << 16,
    FIELD_RULING = 1 << 17,
    FIELD_FROM = 1 << 18,
    FIELD_UNIT = 1 << 19,
    FIELD_SUMMONS = 1 << 20,
    FIELD_REPLY = 1 << 21,
} Field;

typedef struct {
    const char *name;
    unsigned fields;
} VerbRow;

static const VerbRow verbs[HEARD_VERB_COUNT] = {
    [HEARD_VERB_CONSENT_GIVE] = {"consent.give", FIELD_CONSENT},
    [HEARD_VERB_CHECK_IDENTITY] = {"participant.check_identity", FIELD_TARGET | FIELD_IDENTITY},
    [HEARD_VERB_ADMIT] = {"participant.admit", FIELD_TARGET},
    [HEARD_VERB_HOLD] = {"participant.hold", FIELD_TARGET | FIELD_REASON},
    [HEARD_VERB_BLOCK] = {"participant.block", FIELD_TARGET | FIELD_BLOCK | FIELD_REASON},
    [HEARD_VERB_REMOVE] = {"participant.remove", FIELD_TARGET | FIELD_REASON | FIELD_SAFETY},
    [HEARD_VERB_MEDIA_STATE] = {"media.state", FIELD_SENDS},
    [HEARD_VERB_HAND_RAISE] = {"hand.raise", 0},
    [HEARD_VERB_HAND_LOWER] = {"hand.lower", FIELD_TARGET_OPTIONAL},
    [HEARD_VERB_OPEN] = {"hearing.open", 0},
    [HEARD_VERB_ADVANCE] = {"hearing.advance", FIELD_PHASE | FIELD_REASON},
    [HEARD_VERB_RECESS] = {"hearing.recess", FIELD_REASON | FIELD_MINUTES},
    [HEARD_VERB_RESUME] = {"hearing.resume", 0},
    [HEARD_VERB_CLOSE] = {"hearing.close", FIELD_OUTCOME | FIELD_REASON},
    [HEARD_VERB_LEAVE] = {"participant.leave", 0},
    [HEARD_VERB_RECORDING_PAUSE] = {"recording.pause", FIELD_REASON},
    [HEARD_VERB_RECORDING_RESUME] = {"recording.resume", 0},
    [HEARD_VERB_ROOM_OPEN] = {"room.open", FIELD_ROOM},
    [HEARD_VERB_ROOM_INVITE] = {"room.invite", FIELD_TARGET | FIELD_ROOM},
    [HEARD_VERB_ROOM_ANSWER] = {"room.answer", FIELD_ROOM | FIELD_ANSWER},
    [HEARD_VERB_ROOM_ENTER] = {"room.enter", FIELD_ROOM},
    [HEARD_VERB_ROOM_LEAVE] = {"room.leave", 0},
    [HEARD_VERB_ROOM_LOCK] = {"room.lock", FIELD_ROOM | FIELD_LOCKED},
    [HEARD_VERB_ROOM_CLOSE] = {"room.close", FIELD_ROOM},
    [HEARD_VERB_FLOOR_GIVE] = {"floor.give", FIELD_TARGET | FIELD_MINUTES},
    [HEARD_VERB_FLOOR_TAKE] = {"floor.take", 0},
    [HEARD_VERB_ORDER_WARN] = {"order.warn", FIELD_TARGET | FIELD_REASON},
    [HEARD_VERB_ORDER_LOCK] = {"order.lock", FIELD_LOCK},
    [HEARD_VERB_SPOTLIGHT_SET] = {"spotlight.set", FIELD_TARGET},
    [HEARD_VERB_SPOTLIGHT_CLEAR] = {"spotlight.clear", 0},
    [HEARD_VERB_RECUSAL_ANSWER] = {"recusal.answer",
                                   FIELD_TARGET_OPTIONAL | FIELD_RECUSAL | FIELD_REASON},
    [HEARD_VERB_RECUSAL_DECIDE] = {"recusal.decide", FIELD_TARGET | FIELD_RULING | FIELD_REASON},
    [HEARD_VERB_WITNESS_CALL] = {"witness.call", FIELD_TARGET},
    [HEARD_VERB_WITNESS_DISMISS] = {"witness.dismiss", FIELD_TARGET},
    [HEARD_VERB_SCREEN_SET] = {"screen.set", FIELD_TARGET | FIELD_FROM},
    [HEARD_VERB_SUMMONS_CALL] = {"summons.call", FIELD_UNIT},
    [HEARD_VERB_SUMMONS_CANCEL] = {"summons.cancel", FIELD_SUMMONS | FIELD_REASON},
    [HEARD_VERB_CONNECT] = {"server.connect", FIELD_TARGET},
    [HEARD_VERB_DISCONNECT] = {"server.disconnect", FIELD_TARGET | FIELD_REASON},
    [HEARD_VERB_EXPIRE] = {"server.expire", FIELD_TARGET},
    [HEARD_VERB_MEDIA_UP] = {"server.media_up", FIELD_TARGET},
    [HEARD_VERB_MEDIA_DOWN] = {"server.media_down", FIELD_TARGET | FIELD_REASON},
    [HEARD_VERB_RESTORE] = {"server.restore", 0},
    [HEARD_VERB_SUSPEND] = {"server.suspend", FIELD_REASON},
    [HEARD_VERB_SPOKE] = {"server.spoke", FIELD_PHASE | FIELD_SPOKEN},
    [HEARD_VERB_SUMMONS_ANSWER] = {"server.summons_answer",
                                   FIELD_SUMMONS | FIELD_REPLY | FIELD_REASON},
    [HEARD_VERB_SUMMONS_EXPIRE] = {"server.summons_expire", FIELD_SUMMONS},
};

static const char *const sends[HEARD_SEND_COUNT] = {
    [HEARD_SEND_MICROPHONE] = "microphone",
    [HEARD_SEND_CAMERA] = "camera",
    [HEARD_SEND_SCREEN] = "screen",
};
static const char *const subjects[HEARD_CONSENT_COUNT] = {
    [HEARD_CONSENT_ONLINE_MODE] = "online_mode",
    [HEARD_CONSENT_RECORDING] = "recording",
};
static const char *const decisions[HEARD_DECISION_COUNT] = {
    [HEARD_DECISION_NONE] = "none",
    [HEARD_DECISION_GIVEN] = "given",
    [HEARD_DECISION_REFUSED] = "refused",
};
static const char *const methods[HEARD_METHOD_COUNT] = {
    [HEARD_METHOD_NONE] = "none",       [HEARD_METHOD_ID_CARD] = "id_card",
    [HEARD_METHOD_ACCOUNT] = "account", [HEARD_METHOD_KNOWN] = "known",
    [HEARD_METHOD_VIDEO] = "video",
};
static const char *const outcomes[HEARD_OUTCOME_COUNT] = {
    [HEARD_OUTCOME_NONE] = "none",
    [HEARD_OUTCOME_EXPLAINED] = "explained",
    [HEARD_OUTCOME_SUPPORTED] = "supported",
    [HEARD_OUTCOME_PARTLY_SUPPORTED] = "partly_supported",
    [HEARD_OUTCOME_NOT_SUPPORTED] = "not_supported",
    [HEARD_OUTCOME_REFERRED] = "referred",
    [HEARD_OUTCOME_MEDIATED] = "mediated",
    [HEARD_OUTCOME_WITHDRAWN] = "withdrawn",
    [HEARD_OUTCOME_ADJOURNED] = "adjourned",
    [HEARD_OUTCOME_NO_SHOW] = "no_show",
};

static const char *const room_answers[] = {"declined", "accepted"};
static const char *const recusal_answers[] = {"none", "ask"};
static const char *const rulings[] = {"refused", "granted"};

const char *heard_verb_name(HeardVerb verb)
{
    return verbs[verb].name;
}

bool heard_verb_from_name(const char *name, HeardVerb *ret_verb)
{
    for (unsigned i = 0; i < HEARD_VERB_COUNT; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            *ret_verb = (HeardVerb)i;
            return true;
        }
    }
    return false;
}

const char *heard_send_name(HeardSend source)
{
    return sends[source];
}

const char *heard_consent_name(HeardConsentSubject subject)
{
    return subjects[subject];
}

const char *heard_decision_name(HeardDecision decision)
{
    return decisions[decision];
}

const char *heard_method_name(HeardMethod method)
{
    return methods[method];
}

const char *heard_outcome_name(HeardOutcome outcome)
{
    return outcomes[outcome];
}

/* One of a fixed list, from index first on. */
static bool pick_word(const char *word, const char *key, const char *const *words, unsigned first,
                      unsigned count, unsigned *ret_index, GError **error)
{
    for (unsigned i = first; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_index = i;
            return true;
        }
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "%s: not one of the known values", key);
    return false;
}

static bool parse_word(const json_t *data, const char *key, const char *const *words,
                       unsigned first, unsigned count, unsigned *ret_index, GError **error)
{
    const char *word;

    return heard_json_text(data, key, 32, false, &word, error) &&
           pick_word(word, key, words, first, count, ret_index, error);
}

static bool parse_consent(const json_t *data, HeardCommand *command, GError **error)
{
    unsigned subject, decision;

    if (!parse_word(data, "subject", subjects, 0, HEARD_CONSENT_COUNT, &subject, error) ||
        !parse_word(data, "decision", decisions, 1, HEARD_DECISION_COUNT, &decision, error))
        return false;
    command->subject = (HeardConsentSubject)subject;
    command->decision = (HeardDecision)decision;
    return heard_json_text(data, "text_version", HEARD_TEXT_VERSION_CHARS_MAX, false,
                           &command->text_version, error);
}

static bool parse_identity(const json_t *data, HeardCommand *command, GError **error)
{
    static const char *const results[] = {"failed", "ok"};
    unsigned method, result;

    if (!parse_word(data, "method", methods, 1, HEARD_METHOD_COUNT, &method, error) ||
        !parse_word(data, "result", results, 0, 2, &result, error))
        return false;
    command->method = (HeardMethod)method;
    command->passed = result == 1;
    if (!heard_json_text(data, "document", HEARD_DOCUMENT_CHARS_MAX, true, &command->document,
                         error))
        return false;
    /* The trail is kept for ever: a whole number must not get into it. */
    if (strlen(command->document) > 4 && !strstr(command->document, "****")) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "document: give the last four characters or a masked number");
        return false;
    }
    return true;
}

static bool parse_block(const json_t *data, HeardCommand *command, GError **error)
{
    unsigned source;

    if (!parse_word(data, "source", sends, 0, HEARD_SEND_COUNT, &source, error))
        return false;
    command->source = (HeardSend)source;
    return heard_json_bool(data, "blocked", false, &command->blocked, error);
}

static bool parse_outcomes(const json_t *data, HeardCommand *command, GError **error)
{
    json_t *list = NULL;
    unsigned index;

    if (!heard_json_text(data, "note", HEARD_NOTE_CHARS_MAX, true, &command->note, error) ||
        !heard_json_array(data, "outcomes", HEARD_ITEMS_MAX, true, &list, error))
        return false;
    if (!list) {
        if (!parse_word(data, "outcome", outcomes, 1, HEARD_OUTCOME_COUNT, &index, error))
            return false;
        command->outcomes[0] = (HeardOutcome)index;
        command->outcome_count = 1;
        return true;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));

        if (!pick_word(word ? word : "", "outcomes", outcomes, 1, HEARD_OUTCOME_COUNT, &index,
                       error))
            return false;
        command->outcomes[command->outcome_count++] = (HeardOutcome)index;
    }
    return true;
}

static bool parse_room(const json_t *data, unsigned fields, HeardCommand *command, GError **error)
{
    const char *name;
    unsigned decision;

    if (!heard_json_text(data, "room", 32, false, &name, error))
        return false;
    if (!heard_room_from_name(name, &command->room) || !heard_room_is_closed(command->room)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "room: not a closed room");
        return false;
    }
    if (fields & FIELD_ANSWER) {
        if (!parse_word(data, "decision", room_answers, 0, 2, &decision, error))
            return false;
        command->accepted = decision == 1;
    }
    return !(fields & FIELD_LOCKED) ||
           heard_json_bool(data, "locked", false, &command->locked, error);
}

/* Order in the room: minutes, a lock of microphones, safety, what the sides spoke. */
static bool parse_order(const json_t *data, unsigned fields, HeardCommand *command, GError **error)
{
    int64_t minutes = 0;

    if ((fields & FIELD_LOCK) && !heard_json_bool(data, "locked", false, &command->locked, error))
        return false;
    if ((fields & FIELD_SAFETY) && !heard_json_bool(data, "safety", true, &command->safety, error))
        return false;
    if ((fields & FIELD_MINUTES) &&
        !heard_json_number(data, "minutes", 0, HEARD_ORDER_MINUTES_MAX, true, &minutes, error))
        return false;
    command->minutes = (unsigned)minutes;
    for (unsigned i = 0; (fields & FIELD_SPOKEN) && i < HEARD_TALK_COUNT; i++) {
        if (!heard_json_number(data, heard_talk_name((HeardTalk)i), 0, HEARD_ORDER_SPOKE_MS_MAX,
                               false, &command->spoken_ms[i], error))
            return false;
    }
    return true;
}

static bool parse_recusal(const json_t *data, unsigned fields, HeardCommand *command,
                          GError **error)
{
    unsigned word;

    if (fields & FIELD_RECUSAL) {
        if (!parse_word(data, "decision", recusal_answers, 0, 2, &word, error))
            return false;
        command->asks = word == 1;
    }
    if (fields & FIELD_RULING) {
        if (!parse_word(data, "decision", rulings, 0, 2, &word, error) ||
            !heard_json_text(data, "decided_by", HEARD_DECIDER_CHARS_MAX, true, &command->decider,
                             error))
            return false;
        command->granted = word == 1;
    }
    return true;
}

static bool parse_from(const json_t *data, HeardCommand *command, GError **error)
{
    json_t *list = NULL;

    if (!heard_json_array(data, "from", HEARD_SCREENED_MAX, false, &list, error))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));

        if (!id || strlen(id) >= HEARD_ID_SIZE) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "from: ids of participants");
            return false;
        }
        command->from[command->from_count++] = id;
    }
    return true;
}

static bool parse_summons(const json_t *data, unsigned fields, HeardCommand *command,
                          GError **error)
{
    int64_t number = 0;
    unsigned decision = 0;

    if ((fields & FIELD_UNIT) &&
        !heard_json_text(data, "unit", HEARD_ID_SIZE - 1, false, &command->unit, error))
        return false;
    if ((fields & FIELD_SUMMONS) &&
        !heard_json_number(data, "number", 1, HEARD_SUMMONSES_MAX, false, &number, error))
        return false;
    command->summons = (unsigned)number;
    if (!(fields & FIELD_REPLY))
        return true;
    if (!parse_word(data, "decision", room_answers, 0, 2, &decision, error) ||
        !heard_json_text(data, "seat", HEARD_ID_SIZE - 1, true, &command->seat, error) ||
        !heard_json_text(data, "account", HEARD_ID_SIZE - 1, true, &command->answerer, error))
        return false;
    command->accepted = decision == 1;
    return true;
}

static void clear_arguments(HeardCommand *command, HeardVerb verb)
{
    HeardCommand blank = {
        .verb = verb,
        .actor = command->actor,
        .wall_ms = command->wall_ms,
        .now_us = command->now_us,
        .reason = "",
        .text_version = "",
        .document = "",
        .phase = "",
        .note = "",
        .decider = "",
        .unit = "",
        .seat = "",
        .answerer = "",
    };

    *command = blank;
}

bool heard_command_parse(HeardVerb verb, const json_t *data, HeardCommand *ret_command,
                         GError **error)
{
    g_autoptr(json_t) nothing = json_object();
    unsigned fields = verbs[verb].fields;

    clear_arguments(ret_command, verb);
    if (!data)
        data = nothing;
    if ((fields & (FIELD_TARGET | FIELD_TARGET_OPTIONAL)) &&
        !heard_json_text(data, "participant", HEARD_ID_SIZE - 1,
                         (fields & FIELD_TARGET_OPTIONAL) != 0, &ret_command->target, error))
        return false;
    if ((fields & FIELD_CONSENT) && !parse_consent(data, ret_command, error))
        return false;
    if ((fields & FIELD_IDENTITY) && !parse_identity(data, ret_command, error))
        return false;
    if ((fields & FIELD_BLOCK) && !parse_block(data, ret_command, error))
        return false;
    for (unsigned i = 0; (fields & FIELD_SENDS) && i < HEARD_SEND_COUNT; i++) {
        if (!heard_json_bool(data, sends[i], false, &ret_command->sends[i], error))
            return false;
    }
    if ((fields & FIELD_PHASE) &&
        !heard_json_text(data, "phase", 32, false, &ret_command->phase, error))
        return false;
    if ((fields & FIELD_OUTCOME) && !parse_outcomes(data, ret_command, error))
        return false;
    if ((fields & FIELD_ROOM) && !parse_room(data, fields, ret_command, error))
        return false;
    if (!parse_order(data, fields, ret_command, error))
        return false;
    if (!parse_recusal(data, fields, ret_command, error) ||
        ((fields & FIELD_FROM) && !parse_from(data, ret_command, error)) ||
        !parse_summons(data, fields, ret_command, error))
        return false;
    if ((fields & FIELD_REASON) &&
        !heard_json_text(data, "reason", HEARD_REASON_CHARS_MAX, true, &ret_command->reason, error))
        return false;
    return true;
}

static void put_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

static void put_order(json_t *data, unsigned fields, const HeardCommand *command)
{
    if (fields & FIELD_LOCK)
        json_object_set_new(data, "locked", json_boolean(command->locked));
    if (fields & FIELD_SAFETY)
        json_object_set_new(data, "safety", json_boolean(command->safety));
    if ((fields & FIELD_MINUTES) && command->minutes > 0)
        json_object_set_new(data, "minutes", json_integer(command->minutes));
    for (unsigned i = 0; (fields & FIELD_SPOKEN) && i < HEARD_TALK_COUNT; i++)
        json_object_set_new(data, heard_talk_name((HeardTalk)i),
                            json_integer(command->spoken_ms[i]));
}

static void put_recusal(json_t *data, unsigned fields, const HeardCommand *command)
{
    json_t *list;

    if (fields & FIELD_RECUSAL)
        put_text(data, "decision", recusal_answers[command->asks]);
    if (fields & FIELD_RULING) {
        put_text(data, "decision", rulings[command->granted]);
        put_text(data, "decided_by", command->decider);
    }
    if (!(fields & FIELD_FROM))
        return;
    list = json_array();
    for (unsigned i = 0; i < command->from_count; i++)
        json_array_append_new(list, json_string(command->from[i]));
    json_object_set_new(data, "from", list);
}

static void put_summons(json_t *data, unsigned fields, const HeardCommand *command)
{
    if (fields & FIELD_UNIT)
        put_text(data, "unit", command->unit);
    if (fields & FIELD_SUMMONS)
        json_object_set_new(data, "number", json_integer(command->summons));
    if (!(fields & FIELD_REPLY))
        return;
    put_text(data, "decision", room_answers[command->accepted]);
    put_text(data, "seat", command->seat);
    put_text(data, "account", command->answerer);
}

char *heard_command_detail(const HeardCommand *command)
{
    g_autoptr(json_t) data = json_object();
    unsigned fields = verbs[command->verb].fields;
    char *text, *copy;

    if ((fields & (FIELD_TARGET | FIELD_TARGET_OPTIONAL)) && command->target)
        put_text(data, "participant", command->target);
    if (fields & FIELD_CONSENT) {
        put_text(data, "subject", subjects[command->subject]);
        put_text(data, "decision", decisions[command->decision]);
        put_text(data, "text_version", command->text_version);
    }
    if (fields & FIELD_IDENTITY) {
        put_text(data, "method", methods[command->method]);
        put_text(data, "result", command->passed ? "ok" : "failed");
        put_text(data, "document", command->document);
    }
    if (fields & FIELD_BLOCK) {
        put_text(data, "source", sends[command->source]);
        json_object_set_new(data, "blocked", json_boolean(command->blocked));
    }
    for (unsigned i = 0; (fields & FIELD_SENDS) && i < HEARD_SEND_COUNT; i++)
        json_object_set_new(data, sends[i], json_boolean(command->sends[i]));
    if (fields & FIELD_PHASE)
        put_text(data, "phase", command->phase);
    if (fields & FIELD_OUTCOME) {
        json_t *list = json_array();

        for (unsigned i = 0; i < command->outcome_count; i++)
            json_array_append_new(list, json_string(outcomes[command->outcomes[i]]));
        json_object_set_new(data, "outcomes", list);
        put_text(data, "note", command->note);
    }
    if (fields & FIELD_ROOM)
        put_text(data, "room", heard_room_name(command->room));
    if (fields & FIELD_ANSWER)
        put_text(data, "decision", room_answers[command->accepted]);
    if (fields & FIELD_LOCKED)
        json_object_set_new(data, "locked", json_boolean(command->locked));
    put_order(data, fields, command);
    put_recusal(data, fields, command);
    put_summons(data, fields, command);
    if (fields & FIELD_REASON)
        put_text(data, "reason", command->reason);
    text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    g_assert(text);
    copy = g_strdup(text);
    free(text);
    return copy;
}
