/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What can be asked of a hearing: the verbs of signaling/PROTOCOL.md 5 and the facts that
 * the server itself reports (connections, media, restarts), with their arguments.
 *
 * The same JSON carries a command from a client and keeps it in the audit trail, so a
 * trail can be replayed: heard_command_parse() reads both.
 *
 * Units      wall_ms is UTC milliseconds, now_us any monotonic clock.
 * Ownership  Texts are borrowed: from the JSON document after parse.
 * Threads    Pure.
 * Errors     HEARD_ERROR_UNKNOWN_COMMAND, HEARD_ERROR_BAD_FIELD naming the field.
 */

#include "server/base/json.h"
#include "server/hearing/order.h"
#include "server/hearing/room.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_REASON_CHARS_MAX = 200,
    HEARD_NOTE_CHARS_MAX = 1000,
    HEARD_DOCUMENT_CHARS_MAX = 24,
    HEARD_TEXT_VERSION_CHARS_MAX = 15,
    HEARD_ITEMS_MAX = 16, /* case items of one hearing */
    HEARD_DECIDER_CHARS_MAX = 40,
    HEARD_SCREENED_MAX = 16,  /* from whom one person is screened */
    HEARD_SUMMONSES_MAX = 32, /* calls of one hearing */
};

typedef enum {
    HEARD_VERB_CONSENT_GIVE,
    HEARD_VERB_CHECK_IDENTITY,
    HEARD_VERB_ADMIT,
    HEARD_VERB_HOLD,
    HEARD_VERB_BLOCK,
    HEARD_VERB_REMOVE,
    HEARD_VERB_MEDIA_STATE,
    HEARD_VERB_HAND_RAISE,
    HEARD_VERB_HAND_LOWER,
    HEARD_VERB_OPEN,
    HEARD_VERB_ADVANCE,
    HEARD_VERB_RECESS,
    HEARD_VERB_RESUME,
    HEARD_VERB_CLOSE,
    HEARD_VERB_LEAVE,
    HEARD_VERB_RECORDING_PAUSE,
    HEARD_VERB_RECORDING_RESUME,
    HEARD_VERB_ROOM_OPEN,
    HEARD_VERB_ROOM_INVITE,
    HEARD_VERB_ROOM_ANSWER,
    HEARD_VERB_ROOM_ENTER,
    HEARD_VERB_ROOM_LEAVE,
    HEARD_VERB_ROOM_LOCK,
    HEARD_VERB_ROOM_CLOSE,
    HEARD_VERB_FLOOR_GIVE,
    HEARD_VERB_FLOOR_TAKE,
    HEARD_VERB_ORDER_WARN,
    HEARD_VERB_ORDER_LOCK,
    HEARD_VERB_SPOTLIGHT_SET,
    HEARD_VERB_SPOTLIGHT_CLEAR,
    HEARD_VERB_RECUSAL_ANSWER,
    HEARD_VERB_RECUSAL_DECIDE,
    HEARD_VERB_WITNESS_CALL,
    HEARD_VERB_WITNESS_DISMISS,
    HEARD_VERB_SCREEN_SET,
    HEARD_VERB_SUMMONS_CALL,
    HEARD_VERB_SUMMONS_CANCEL,
    HEARD_VERB_CLIENT_COUNT, /* below: clients may send; above: only the server */
    HEARD_VERB_CONNECT = HEARD_VERB_CLIENT_COUNT,
    HEARD_VERB_DISCONNECT,
    HEARD_VERB_EXPIRE, /* the grace of a disconnected person is over */
    HEARD_VERB_MEDIA_UP,
    HEARD_VERB_MEDIA_DOWN,
    HEARD_VERB_RESTORE,        /* the server came back: nobody is connected any more */
    HEARD_VERB_SUSPEND,        /* the recording can't go on: a recess, by the server */
    HEARD_VERB_SPOKE,          /* how long the sides spoke since the last time */
    HEARD_VERB_SUMMONS_ANSWER, /* of a unit, whose people have no seat yet */
    HEARD_VERB_SUMMONS_EXPIRE,
    HEARD_VERB_COUNT
} HeardVerb;

/* The same order as media/sink.h; server/app asserts it. */
typedef enum {
    HEARD_SEND_MICROPHONE,
    HEARD_SEND_CAMERA,
    HEARD_SEND_SCREEN,
    HEARD_SEND_COUNT
} HeardSend;

typedef enum {
    HEARD_CONSENT_ONLINE_MODE,
    HEARD_CONSENT_RECORDING,
    HEARD_CONSENT_COUNT
} HeardConsentSubject;

typedef enum {
    HEARD_DECISION_NONE,
    HEARD_DECISION_GIVEN,
    HEARD_DECISION_REFUSED,
    HEARD_DECISION_COUNT
} HeardDecision;

typedef enum {
    HEARD_METHOD_NONE,
    HEARD_METHOD_ID_CARD,
    HEARD_METHOD_ACCOUNT,
    HEARD_METHOD_KNOWN,
    HEARD_METHOD_VIDEO,
    HEARD_METHOD_COUNT
} HeardMethod;

typedef enum {
    HEARD_OUTCOME_NONE,
    HEARD_OUTCOME_EXPLAINED,
    HEARD_OUTCOME_SUPPORTED,
    HEARD_OUTCOME_PARTLY_SUPPORTED,
    HEARD_OUTCOME_NOT_SUPPORTED,
    HEARD_OUTCOME_REFERRED,
    HEARD_OUTCOME_MEDIATED,
    HEARD_OUTCOME_WITHDRAWN,
    HEARD_OUTCOME_ADJOURNED,
    HEARD_OUTCOME_NO_SHOW,
    HEARD_OUTCOME_COUNT
} HeardOutcome;

typedef struct {
    HeardVerb verb;
    const char *actor; /* participant id; NULL: the server */
    int64_t wall_ms;
    int64_t now_us;
    const char *target; /* participant id, where the verb has one */
    const char *reason; /* "" when not given */
    HeardConsentSubject subject;
    HeardDecision decision;
    const char *text_version;
    HeardMethod method;
    const char *document; /* last four or masked */
    bool passed;          /* CHECK_IDENTITY */
    HeardSend source;     /* BLOCK */
    bool blocked;
    bool sends[HEARD_SEND_COUNT]; /* MEDIA_STATE */
    const char *phase;
    HeardOutcome outcomes[HEARD_ITEMS_MAX]; /* CLOSE, one per case item */
    unsigned outcome_count;
    const char *note;
    HeardRoomKind room;                  /* a closed one */
    bool accepted;                       /* ROOM_ANSWER, SUMMONS_ANSWER */
    bool locked;                         /* ROOM_LOCK, ORDER_LOCK */
    unsigned minutes;                    /* FLOOR_GIVE, RECESS; 0: not said */
    bool safety;                         /* REMOVE: no time for a warning */
    int64_t spoken_ms[HEARD_TALK_COUNT]; /* SPOKE, in the phase .phase */
    bool asks;                           /* RECUSAL_ANSWER: of the target */
    bool granted;                        /* RECUSAL_DECIDE */
    const char *decider; /* RECUSAL_DECIDE: whose decision was written down; "": the actor's */
    const char *from[HEARD_SCREENED_MAX]; /* SCREEN_SET: participant ids */
    unsigned from_count;
    const char *unit;     /* SUMMONS_CALL */
    unsigned summons;     /* its number, from 1; the other SUMMONS verbs */
    const char *seat;     /* SUMMONS_ANSWER: participant id of who comes; "": declined */
    const char *answerer; /* the same: id of the account; the trail says who it was */
} HeardCommand;

/* Read the data of a message. actor and times stay as the caller set them; everything
 * else is overwritten. data may be NULL where a verb needs none. */
bool heard_command_parse(HeardVerb verb, const json_t *data, HeardCommand *ret_command,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same data again, keys sorted, for the audit trail. The caller frees it. */
char *heard_command_detail(const HeardCommand *command);

const char *heard_verb_name(HeardVerb verb);
bool heard_verb_from_name(const char *name, HeardVerb *ret_verb);
const char *heard_send_name(HeardSend source);
const char *heard_consent_name(HeardConsentSubject subject);
const char *heard_decision_name(HeardDecision decision);
const char *heard_method_name(HeardMethod method);
const char *heard_outcome_name(HeardOutcome outcome);
