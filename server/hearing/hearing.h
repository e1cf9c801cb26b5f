/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The rules of a hearing as one pure state machine: a command goes in (who, what, when),
 * out come an answer and a list of effects. Nothing is done here; server/app does the
 * effects in their order, and the first one is always the audit entry.
 *
 * What a person may send, which room a person is in, whether media flows and whether a
 * recording runs are never switched by a command: they are functions of the state, and
 * the effects are the difference before and after. So they cannot disagree with it.
 *
 * Units      *_ms UTC, *_us monotonic, as in the command. A person is an index below
 *            person_count, never used again.
 * Ownership  A plain struct without other memory. People come last, and beyond person_count nothing
 *            is read: a snapshot is its first heard_hearing_size() bytes.
 * Threads    Pure. Lives on the main thread.
 * Errors     None. A refusal is an answer and changes nothing.
 */

#include "server/base/error.h"
#include "server/base/id.h"
#include "server/hearing/agenda.h"
#include "server/hearing/command.h"
#include "server/hearing/floor.h"
#include "server/hearing/order.h"
#include "server/hearing/role.h"
#include "server/hearing/room.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_PEOPLE_MAX = HEARD_FLOOR_MAX,
    HEARD_GRACE_US = 120 * 1000000, /* domain.md 3.7: a reconnect within keeps the seat */
    HEARD_REASON_SIZE = HEARD_REASON_CHARS_MAX * 4 + 1,
    HEARD_NOTE_SIZE = HEARD_NOTE_CHARS_MAX * 4 + 1,
    HEARD_DECIDER_SIZE = HEARD_DECIDER_CHARS_MAX * 4 + 1,
    HEARD_RECUSALS_MAX = 32, /* requests of one hearing */
    HEARD_RECUSAL_TEXTS_SIZE = 24 * 1024,
    HEARD_SUMMONS_OPEN_MAX = 8, /* that ring at a time */
    /* Each person can cause the effects of three sources and six others. */
    HEARD_EFFECTS_MAX = HEARD_PEOPLE_MAX * 9 + 16 + HEARD_ROOM_COUNT + HEARD_SUMMONS_OPEN_MAX,
    HEARD_NOBODY = 0xffff,
};

/* domain.md 3.7; those before READY and after CONCLUDED are entered outside a live hearing. */
typedef enum {
    HEARD_STATE_SCHEDULED,
    HEARD_STATE_NOTIFIED,
    HEARD_STATE_READY, /* lobby open */
    HEARD_STATE_LIVE,
    HEARD_STATE_RECESSED,
    HEARD_STATE_CLOSING,
    HEARD_STATE_CONCLUDED,
    HEARD_STATE_SEALED,
    HEARD_STATE_ARCHIVED,
    HEARD_STATE_CANCELLED,
    HEARD_STATE_COUNT
} HeardState;

typedef enum {
    HEARD_PRESENCE_ABSENT,
    HEARD_PRESENCE_IN_LOBBY,
    HEARD_PRESENCE_IDENTITY_OK,
    HEARD_PRESENCE_CONSENTED,
    HEARD_PRESENCE_ADMITTED, /* may join with media, has not yet */
    HEARD_PRESENCE_PRESENT,
    HEARD_PRESENCE_ON_HOLD,
    HEARD_PRESENCE_IN_CAUCUS,    /* in a closed room, of whichever kind */
    HEARD_PRESENCE_DISCONNECTED, /* within the grace: the seat is kept */
    HEARD_PRESENCE_LEFT,
    HEARD_PRESENCE_REMOVED,
    HEARD_PRESENCE_COMPLETED,
    HEARD_PRESENCE_COUNT
} HeardPresence;

typedef enum {
    HEARD_RECORDING_NONE, /* nothing was recorded and nothing will be yet */
    HEARD_RECORDING_RUNNING,
    HEARD_RECORDING_PAUSED,
    HEARD_RECORDING_FINISHED,
} HeardRecordingWish; /* what the rules want; what is durable is the recorder's word */

typedef struct {
    HeardDecision decision;
    char text_version[HEARD_TEXT_VERSION_CHARS_MAX * 4 + 1];
    int64_t at_ms;
} HeardConsent;

/* What a party said when it was asked whether anybody here should be recused. */
typedef enum {
    HEARD_RECUSAL_SILENT, /* has not answered */
    HEARD_RECUSAL_NONE,   /* asks for nobody's */
    HEARD_RECUSAL_ASKED,
} HeardRecusalAnswer;

typedef enum { HEARD_RULING_PENDING, HEARD_RULING_GRANTED, HEARD_RULING_REFUSED } HeardRuling;

/* One request: by whom, against whom, why; and what was decided, by whom and why. */
typedef struct {
    uint16_t by, target, decided_by; /* decided_by: who wrote it down */
    HeardRuling ruling;
    int64_t asked_at_ms, decided_at_ms;
    /* Of heard_hearing_recusal_text(). */
    uint16_t reason, decision_reason;
    uint16_t decider; /* the head of the unit; "": who wrote it down */
} HeardRecusal;

typedef struct {
    char id[HEARD_ID_SIZE];
    HeardRole role;
    HeardSide side;
    HeardPresence presence;
    bool online; /* a signaling connection, or a media peer without one (WHIP) */
    bool in_media;
    bool admitted;      /* the decision; kept while disconnected, gone on hold */
    bool held;          /* sent back by the desk: no automatic admission */
    HeardMethod method; /* NONE: not identified */
    char document[HEARD_DOCUMENT_CHARS_MAX * 4 + 1];
    int64_t identified_at_ms;
    HeardConsent consents[HEARD_CONSENT_COUNT];
    bool sends[HEARD_SEND_COUNT];   /* as the person says */
    bool blocked[HEARD_SEND_COUNT]; /* by the presiding officer */
    bool granted[HEARD_SEND_COUNT]; /* given beyond the phase's default */
    uint16_t blocked_by[HEARD_SEND_COUNT];
    int64_t waiting_since_ms; /* 0: not waiting */
    int64_t offline_since_us;
    int64_t joined_at_ms, left_at_ms; /* 0: not yet */
    HeardRoomKind room;               /* an open closed room; NONE: main, or not in at all */
    HeardRoomKind invited;            /* an open closed room; NONE: not asked, or answered */
    unsigned warnings;                /* for disorder */
    HeardRecusalAnswer recusal;
    bool recused;   /* by a decision: removed for good, the seat stays */
    bool called;    /* a witness: in the main room, not in the waiting room */
    bool testified; /* was called once */
    uint16_t unseen_by[HEARD_SCREENED_MAX]; /* whom this person's pictures never reach */
    unsigned unseen_count;
} HeardPerson;

/* A unit called into the running hearing (domain.md 3.3, 3.8). */
typedef enum {
    HEARD_SUMMONS_RINGING,
    HEARD_SUMMONS_ACCEPTED,
    HEARD_SUMMONS_DECLINED,
    HEARD_SUMMONS_CANCELLED,
    HEARD_SUMMONS_UNANSWERED, /* nobody answered in time */
    HEARD_SUMMONS_STATE_COUNT
} HeardSummonsState;

typedef struct {
    char unit[HEARD_ID_SIZE];
    uint16_t by;
    HeardSummonsState state;
    int64_t called_at_ms, due_at_ms;
    int64_t ended_at_ms;      /* 0: it rings */
    char seat[HEARD_ID_SIZE]; /* participant id of who accepted; "": none */
} HeardSummons;

/* All zero while it is not open. */
typedef struct {
    bool open, locked;
    uint16_t by; /* HEARD_NOBODY: the server */
    int64_t since_ms;
} HeardRoom;

typedef struct {
    const HeardProfile *profile; /* borrowed; outlives the hearing */
    bool recorded;               /* policy of this hearing */
    bool clerk_delegated;        /* the presiding officer lets the clerk run the desk and phases */
    unsigned item_count;         /* case items that need an outcome; 0 where none is decided */
} HeardHearingConfig;

typedef struct {
    HeardHearingConfig config;
    HeardState state;
    unsigned phase; /* index in the kind's phases */
    int64_t phase_since_ms;
    int64_t phase_entered_ms[HEARD_PHASES_MAX]; /* last time; 0: never */
    int64_t started_at_ms, ended_at_ms;         /* 0: not yet */
    int64_t recess_since_ms;
    char recess_reason[HEARD_REASON_SIZE];
    bool recording_held; /* paused by a person, beside the recess */
    char pause_reason[HEARD_REASON_SIZE];
    HeardOutcome outcomes[HEARD_ITEMS_MAX];
    char note[HEARD_NOTE_SIZE];
    unsigned person_count;
    HeardFloor floor;
    HeardRoom rooms[HEARD_ROOM_COUNT]; /* closed ones only */
    int64_t apart_since_ms;            /* 0: none is open */
    HeardOrder order;
    int64_t recess_until_ms; /* as announced, nothing happens then; 0: not said */
    HeardRecusal recusals[HEARD_RECUSALS_MAX];
    unsigned recusal_count, recusal_decided; /* requests, and those of them with a ruling */
    unsigned recusal_texts_used;
    char recusal_texts[HEARD_RECUSAL_TEXTS_SIZE]; /* the first one is "" */
    HeardSummons summonses[HEARD_SUMMONSES_MAX];  /* number - 1 is the index */
    unsigned summons_count;
    HeardPerson people[HEARD_PEOPLE_MAX];
} HeardHearing;

typedef enum {
    HEARD_ANSWER_OK,
    HEARD_ANSWER_UNCHANGED, /* nothing to do: already so; no effects */
    HEARD_ANSWER_WRONG_ROLE,
    HEARD_ANSWER_UNKNOWN_PERSON,
    HEARD_ANSWER_HEARING_CLOSED,
    HEARD_ANSWER_NOT_LIVE,
    HEARD_ANSWER_NOT_READY,
    HEARD_ANSWER_NOT_RECESSED,
    HEARD_ANSWER_NOT_ONLINE,
    HEARD_ANSWER_NOT_ADMITTED,
    HEARD_ANSWER_NOT_WAITING,
    HEARD_ANSWER_ALREADY_ADMITTED,
    HEARD_ANSWER_IDENTITY_MISSING,
    HEARD_ANSWER_CONSENT_MISSING,
    HEARD_ANSWER_PRESIDING_MISSING,
    HEARD_ANSWER_CLERK_MISSING,
    HEARD_ANSWER_PETITIONER_MISSING,
    HEARD_ANSWER_RESPONDENT_MISSING,
    HEARD_ANSWER_PANEL_INCOMPLETE,
    HEARD_ANSWER_REASON_MISSING,
    HEARD_ANSWER_OUTCOME_MISSING,
    HEARD_ANSWER_UNKNOWN_PHASE,
    HEARD_ANSWER_PHASE_NOT_REACHABLE, /* check_in, closed, the present one */
    HEARD_ANSWER_PROTECTED,           /* the presiding officer, oneself */
    HEARD_ANSWER_SOURCE_BLOCKED,
    HEARD_ANSWER_REMOVED,
    HEARD_ANSWER_SEATS_TAKEN,
    HEARD_ANSWER_NOT_RECORDED,
    HEARD_ANSWER_ROOM_CLOSED,
    HEARD_ANSWER_ROOM_OPEN,
    HEARD_ANSWER_ROOM_LOCKED,
    HEARD_ANSWER_WRONG_ROOM, /* not of this kind, not of this side */
    HEARD_ANSWER_NOT_INVITED,
    HEARD_ANSWER_NOT_IN_ROOM,
    HEARD_ANSWER_WARNING_MISSING,    /* and it is no matter of safety */
    HEARD_ANSWER_RECUSAL_CLOSED,     /* not yet, or no longer, or not in this kind */
    HEARD_ANSWER_RECUSAL_UNANSWERED, /* a party has not said yet */
    HEARD_ANSWER_RECUSAL_UNDECIDED,
    HEARD_ANSWER_RECUSAL_DECIDED,
    HEARD_ANSWER_RECUSALS_FULL,
    HEARD_ANSWER_NOT_RECUSABLE, /* neither presides, nor sits on the panel, nor is the clerk */
    HEARD_ANSWER_NO_REQUEST,
    HEARD_ANSWER_DECIDER_MISSING, /* who decided is the head of the unit, and has a name */
    HEARD_ANSWER_RECUSED,
    HEARD_ANSWER_NOT_WITNESS,
    HEARD_ANSWER_NOT_WITNESS_PHASE,
    HEARD_ANSWER_WITNESS_INSIDE,
    HEARD_ANSWER_WITNESS_WAITS,
    HEARD_ANSWER_NOT_SCREENABLE,
    HEARD_ANSWER_SUMMONS_CLOSED, /* not in this kind of hearing */
    HEARD_ANSWER_SUMMONSES_FULL,
    HEARD_ANSWER_UNIT_CALLED, /* it rings there already */
    HEARD_ANSWER_UNIT_HERE,   /* or is on its way */
    HEARD_ANSWER_UNKNOWN_SUMMONS,
    HEARD_ANSWER_SUMMONS_OVER, /* answered, cancelled or too late */
    /* Of server/app, which knows the disk, the mediation and the units; the rules never give them.
     */
    HEARD_ANSWER_RECORDING_NOT_DURABLE,
    HEARD_ANSWER_RECORDING_DISK_LOW,
    HEARD_ANSWER_MEDIATION_NOT_AGREED,
    HEARD_ANSWER_UNKNOWN_UNIT,
    HEARD_ANSWER_UNIT_OUT_OF_REACH,
    HEARD_ANSWER_COUNT
} HeardAnswer;

typedef enum {
    HEARD_EFFECT_AUDIT, /* always first */
    HEARD_EFFECT_PERSIST_HEARING,
    HEARD_EFFECT_PERSIST_PERSON,
    HEARD_EFFECT_PERSIST_CONSENT,
    HEARD_EFFECT_PERSIST_OUTCOME,
    HEARD_EFFECT_PERSIST_SUMMONS, /* person: its index */
    HEARD_EFFECT_ROOM_FLOW_OFF,   /* of the main room */
    HEARD_EFFECT_MEDIA_DENY,
    HEARD_EFFECT_DROP_MEDIA, /* take the person's peer out of the room */
    HEARD_EFFECT_ROOM_CLOSE, /* a closed one */
    HEARD_EFFECT_RECORDING_START,
    HEARD_EFFECT_RECORDING_PAUSE, /* why: heard_hearing_pause_cause(); also while it is paused */
    HEARD_EFFECT_RECORDING_RESUME,
    HEARD_EFFECT_RECORDING_FINISH,
    HEARD_EFFECT_ROOM_FLOW_ON,
    HEARD_EFFECT_ROOM_OPEN, /* a closed one */
    HEARD_EFFECT_MEDIA_ALLOW,
    HEARD_EFFECT_ADMIT_MEDIA, /* the person may join the room it is in with media now */
    HEARD_EFFECT_TELL_HEARING,
    HEARD_EFFECT_TELL_PERSON, /* tell all who may see the person */
    HEARD_EFFECT_TELL_MAY,    /* what the person may do changed */
    HEARD_EFFECT_ENDED,       /* the hearing is over: tell, then disconnect all */
    HEARD_EFFECT_DISCONNECT,  /* close the person's connection: left or removed */
    HEARD_EFFECT_COUNT
} HeardEffectKind;

typedef struct {
    HeardEffectKind kind;
    uint16_t person; /* HEARD_NOBODY where none is meant */
    HeardSend source;
    HeardConsentSubject subject;
    HeardRoomKind room;
} HeardEffect;

typedef struct {
    unsigned count;
    HeardEffect items[HEARD_EFFECTS_MAX];
} HeardEffects;

void heard_hearing_init(HeardHearing *self, const HeardHearingConfig *config);

/* So many bytes of it are in use: what a snapshot has. */
size_t heard_hearing_size(const HeardHearing *self);
/* The caller frees it, and adds nobody to it. */
HeardHearing *heard_hearing_snapshot(const HeardHearing *self);
/* to has room for a whole one. */
void heard_hearing_copy(HeardHearing *to, const HeardHearing *from);
HeardEffects *heard_effects_copy(const HeardEffects *effects);

/* Add a seat before or during the hearing. Returns its index, or HEARD_NOBODY when all
 * are taken or the id is known already. */
uint16_t heard_hearing_add_person(HeardHearing *self, const char *id, HeardRole role,
                                  HeardSide side);
uint16_t heard_hearing_find(const HeardHearing *self, const char *id);

/*
 * Do one command. Only HEARD_ANSWER_OK changes the state. A WRONG_ROLE answer has one
 * effect, the audit entry of the refusal; other refusals have none.
 */
HeardAnswer heard_hearing_apply(HeardHearing *self, const HeardCommand *command,
                                HeardEffects *ret_effects);

const char *heard_answer_name(HeardAnswer answer);
/* For a refusal; the name goes beside it as the reason. */
HeardError heard_answer_error(HeardAnswer answer);

/* ---- questions about the state ---- */

/* Verbs that this person may send now, as a mask of 1 << HeardVerb. A verb in the mask can
 * still be refused because of its target or arguments. */
uint64_t heard_hearing_may(const HeardHearing *self, uint16_t person);
bool heard_hearing_may_send(const HeardHearing *self, uint16_t person, HeardSend source);
HeardRoomKind heard_hearing_room_of(const HeardHearing *self, uint16_t person);
/* In the main room. In a closed one while it is open. */
bool heard_hearing_flows(const HeardHearing *self);
/* At least one closed room is open; ret_reason is one of them. */
bool heard_hearing_apart(const HeardHearing *self, HeardRoomKind *ret_reason);
HeardRecordingWish heard_hearing_recording(const HeardHearing *self);
/* Why the recording stands still, where it does: a word of the log ("recess", "caucus",
 * "deliberation", "recusal", "officer"), and what a person said, "" for nothing. */
const char *heard_hearing_pause_cause(const HeardHearing *self);
const char *heard_hearing_pause_reason(const HeardHearing *self);
bool heard_hearing_over(const HeardHearing *self);
/* On whose account the person speaks where time is counted. */
HeardTalk heard_hearing_talk_of(const HeardHearing *self, uint16_t person);

/* Is asked whether somebody should be recused. */
bool heard_hearing_is_party(const HeardHearing *self, uint16_t person);
/* May be asked for: presides, sits on the panel, or is the clerk. */
bool heard_hearing_is_recusable(const HeardHearing *self, uint16_t person);
/* A text of a request: its reason, that of the decision, who decided. */
const char *heard_hearing_recusal_text(const HeardHearing *self, uint16_t text);
/* What stands in the way of going on from the recusal round: OK for nothing. */
HeardAnswer heard_hearing_recusal_round(const HeardHearing *self);
/* The panel as it is now: odd, and not too small; true where a kind has none. */
bool heard_hearing_panel_complete(const HeardHearing *self, unsigned *ret_here);
/* A witness who waits outside, without sound and picture. */
bool heard_hearing_waits_outside(const HeardHearing *self, uint16_t person);
/* May the viewer ever get a picture of this person? */
bool heard_hearing_shows(const HeardHearing *self, uint16_t viewer, uint16_t person);

/* Does the viewer learn that this person is there; and of identity, consents, waiting? */
bool heard_hearing_sees(const HeardHearing *self, uint16_t viewer, uint16_t person);
bool heard_hearing_sees_file(const HeardHearing *self, uint16_t viewer, uint16_t person);
bool heard_person_waiting(const HeardPerson *person);
/* People who have waited longer than this one. */
unsigned heard_hearing_ahead(const HeardHearing *self, uint16_t person);

/* The next person whose grace ends: HEARD_NOBODY and INT64_MAX when none. */
uint16_t heard_hearing_next_expiry(const HeardHearing *self, int64_t *ret_deadline_us);

/* The number of the call that nobody answered in time: 0 when none is due. */
unsigned heard_hearing_next_summons(const HeardHearing *self, int64_t now_ms);
/* Learns of calls and their ends: who may ever call, and who runs the desk. */
bool heard_hearing_sees_summonses(const HeardHearing *self, uint16_t viewer);

const char *heard_summons_state_name(HeardSummonsState state);
const char *heard_state_name(HeardState state);
bool heard_state_from_name(const char *name, HeardState *ret_state);
const char *heard_presence_name(HeardPresence presence);
