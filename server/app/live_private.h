/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files of the live hearings share; nobody else includes it.
 *
 * live.c          the hearings, who comes in, the clock
 * live_load.c     a hearing from its rows and its audit trail (store thread)
 * live_hearing.c  commands one after another: rules, audit entry, effects
 * live_store.c    what a command leaves in the database (store thread)
 * effects.c       what a command causes, in order
 * live_settle.c   the worker has closed what a command closes; then people are told
 * live_links.c    WebSockets: accept, hello, commands, replaced, gone
 * live_media.c    joining, leaving, events of the workers
 * live_seat.c     the peers in the books, and which of them holds a seat
 * live_rooms.c    the routers of a hearing: main, caucuses, deliberation
 * live_test.c     connection tests: a peer alone in a room of its own
 * slots_view.c    who is shown in which slot
 * live_quality.c  how good each person's line is
 * live_tell.c     events to participants
 * live_minutes.c  a line of the minutes: to those who hear, and into the record
 * live_signing.c  signings: that they changed, and a code to one person
 * live_ballot.c   news of the deliberation, to those in its room
 * participant.c   hearing, people, recording as JSON
 * live_record.c   the recording of the main room
 * live_opening.c  a hearing that must be recorded waits for its first durable chunk
 * live_exhibit.c the exhibit that everybody sees now
 * live_floor.c    who has the floor, warnings, how long the sides spoke
 * live_speech.c  speech to text: drafts of what the main room said
 * live_mediation.c who learns of what was said in a mediation; its opening is not left too early
 * live_summons.c  units that are called into it; _store: what of it is kept
 * live_attendance.c attendees of a training: their WebSockets and peers, one event for many changes
 * live_faults.c   rows of what went wrong with a recording
 * live_risk.c     a record that is not durable any more; how long the disk lasts
 *
 * Threads  Main, but for what live_load.h and live_store say otherwise.
 */

#include "media/sdp/parse.h"
#include "recordings/disk_ladder.h"
#include "server/app/live.h"
#include "server/app/live_summons.h"
#include "server/base/log.h"
#include "server/hearing/audit.h"
#include "server/hearing/hearing.h"
#include "server/hearing/quality.h"
#include "server/hearing/routing.h"
#include "server/hearing/summons_reach.h"
#include "server/store/hearing_rows.h"
#include "server/store/unit_rows.h"
#include "signaling/connection.h"
#include "signaling/message.h"

enum {
    HEARD_LIVE_TICK_US = 1000000,
    HEARD_LIVE_COMMANDS_MAX = 1024, /* waiting in one hearing */
    HEARD_LIVE_PEERS_MAX = 4096,    /* in one hearing; load hearings need many */
    HEARD_LIVE_WHEP_MAX = 4,        /* of one participant */
    HEARD_LIVE_RECORDING_TELL_US = 5 * 1000000,
    HEARD_LIVE_LINE_US = 1000000, /* between two reports of one person's line */
    HEARD_LIVE_RECORD_RETRY_US = 5 * 1000000,
    HEARD_LIVE_DURABLE_US = 5 * 1000000, /* so long without a durable byte is too long */
    HEARD_LIVE_OPENINGS_MAX = 8,         /* openings that wait for one */
    HEARD_LIVE_SPOKE_US = 60 * 1000000,  /* at most one entry of the trail in that time */
    HEARD_LIVE_ATTENDANCE_US = 500000,   /* at least, between two events about attendees */
    HEARD_LIVE_PICTURES_MAX = 2,         /* of an attendee: who speaks, and a screen */
    HEARD_LIVE_ARMED_US = 60 * 1000000,  /* an armed record in a house without people ends */
    HEARD_LIVE_SETTLE_US = 2 * 1000000,  /* so long a worker may take to close what is closed */
    HEARD_LIVE_SLOW_US = 1000000,        /* a command that took longer is in the log */
};

typedef struct HeardLiveHearing HeardLiveHearing;
typedef struct HeardLivePerson HeardLivePerson;
typedef struct HeardLivePeer HeardLivePeer;
typedef struct HeardLiveLink HeardLiveLink;
typedef struct HeardLiveAttendee HeardLiveAttendee;

/* One WebSocket. It outlives being replaced until its close went through. */
struct HeardLiveLink {
    HeardLive *live;
    HeardLiveHearing *hearing; /* NULL: replaced, or the hearing is gone */
    uint16_t person;
    HeardConnection *connection;
    bool ready; /* hello was answered: events may go out */
    bool hello_waits;
    const HeardLiveHearing *held_by; /* NULL: told at once; live_settle.c */
    int64_t hello_id;
    char epoch[HEARD_EPOCH_SIZE]; /* of resume; "": begin anew */
    uint64_t seq;
};

/* Beside HeardPerson of the same index: what the rules need not know. */
struct HeardLivePerson {
    char *name, *name_masked, *unit, *title;
    char *claimed; /* what the person said of the document; NULL: nothing */
    HeardLiveLink *link;
    bool revoked; /* a new link was made: whoever comes by it starts in the lobby */
    HeardEventLog *log;
    bool log_broken; /* events were not kept: the next hello gets a snapshot */
    bool media_only; /* connected by WHIP or WHEP, without signaling */
    bool told_sends; /* has said what it sends (media.state) */
    unsigned ahead;  /* as told last */
    char language[3];
    HeardViewWish wishes[HEARD_ROUTING_WISHES_MAX];
    char wish_ids[HEARD_ROUTING_WISHES_MAX][HEARD_ID_SIZE];
    unsigned wish_count;
    uint8_t seen[HEARD_PEOPLE_MAX / 8]; /* whom this person was told of */
    HeardQuality quality;
    int64_t quality_told_us;
    HeardLine line;     /* as reported last */
    int64_t line_at_ms; /* 0: never */
    int64_t line_next_us;
};

/* A room of the hearing is a router of its own on the hearing's worker. */
typedef struct {
    HeardRoomId id; /* 0: not open; never the same again */
    HeardPeerId speakers[HEARD_WORKER_SPEAKERS_MAX];
    HeardPeerId voices[HEARD_WORKER_SPEAKERS_MAX]; /* by place, 0: free */
} HeardLiveRoom;

struct HeardLivePeer {
    HeardLiveHearing *hearing;
    HeardPeerId id;
    HeardRoomKind room; /* for life: who moves gets another peer */
    char address[HEARD_LIVE_PEER_ID_SIZE];
    HeardLiveJoinKind kind;
    uint16_t person;              /* HEARD_NOBODY: a program, or an attendee */
    char attendee[HEARD_ID_SIZE]; /* ""; of HEARD_LIVE_ATTEND his id */
    char label[HEARD_SINK_LABEL_SIZE];
    char of[HEARD_SINK_LABEL_SIZE]; /* WHEP; "": the speaker */
    char remote_ufrag[HEARD_ICE_UFRAG_SIZE];
    bool connected;
    bool waits;        /* for a seat that another one holds, until it is connected */
    bool slots_untold; /* took the seat: its slots may be others than the old one's */
    bool has[HEARD_SEND_COUNT], started[HEARD_SEND_COUNT];
    HeardRoutingView view;
    bool voices_asked;                             /* of the worker */
    HeardPeerId voices_except;                     /* as asked */
    int64_t spoken_us;                             /* as told last */
    int64_t spoken_since_ms;                       /* of the phase it was told in */
    HeardPeerId voices[HEARD_WORKER_SPEAKERS_MAX]; /* in the slots behind the view's, as told */
};

typedef void (*HeardLiveCommandDone)(HeardLiveHearing *hearing, HeardAnswer answer,
                                     const GError *error, void *data);

typedef struct {
    HeardCommand command;
    json_t *document; /* holds the command's texts */
    char actor[HEARD_ID_SIZE], target[HEARD_ID_SIZE];
    HeardLiveLink *link; /* who gets the reply; NULL: nobody */
    int64_t reply_id;
    HeardLiveCommandDone done; /* may be NULL */
    void *data;
    HeardLiveAnswerer *answerer; /* of SUMMONS_ANSWER; owned */
} HeardLiveCommand;

/* Beside HeardSummons of the same index: what the rules need not know. */
typedef struct {
    char id[HEARD_ID_SIZE];
    char *unit_name, *answered_by; /* the latter NULL: nobody */
    char *reason;                  /* of declining or cancelling; NULL: none */
    int64_t rung_ms, seen_ms;
} HeardLiveSummons;
/* A command is durable, its effects are at the worker. fence 0: none is. */
typedef struct {
    uint32_t fence;
    int64_t until_us;
    HeardVerb verb; /* and when it was asked, went to the store and came back */
    int64_t asked_us, saving_us, saved_us;
    HeardLiveCommandDone done;
    void *data;
    HeardAnswer answer;
    GError *error;
} HeardLiveSettling;

struct HeardLiveHearing {
    HeardLive *live;
    char id[HEARD_ID_SIZE];
    bool is_load; /* load-N: no rules, no rows */
    bool loading;
    GPtrArray *waiters; /* while loading */

    char *number, *title, *case_id, *case_number, *case_title, *organiser, *language;
    int64_t planned_start_ms;
    char epoch[HEARD_EPOCH_SIZE];
    HeardHearing rules, *before;
    HeardLivePerson *people; /* rules.person_count of them are used */
    HeardEffects *effects;

    GQueue commands;            /* of HeardLiveCommand */
    bool busy;                  /* one is at the store, or settles */
    HeardLiveCommand *in_store; /* the one at the store, owned by its save */
    HeardLiveSettling settling;

    HeardLiveRoom rooms[HEARD_ROOM_COUNT];
    HeardWorker *worker; /* as long as the main room is open */
    GPtrArray *peers;    /* of HeardLivePeer, owned */

    HeardRecord *record;
    HeardRecordStatus status; /* last one; state counts when record or sealed */
    bool recorded_ever;
    bool record_wanted; /* the rules want one and opening it failed */
    bool fault_told;
    char *recording_id, *recording_number;
    unsigned recording_epoch;
    int64_t durable_us; /* when a status last told of newly durable bytes */
    int64_t safe_us;    /* the last time that nothing was wrong; 0: never recorded */
    bool at_risk;       /* as told */
    const char *fault;  /* that has a row which is not ended; NULL: none; a constant */
    char fault_id[HEARD_ID_SIZE];
    int64_t at_risk_since_ms;
    bool reserved;       /* the row is there, and no opening has used it yet */
    bool reserving;      /* it is being made */
    bool record_held;    /* stands still until the opening */
    bool record_dropped; /* nobody opened: its end is under way */
    GQueue openings;     /* of HeardLiveCommand: wait until the record is durable */
    int64_t opening_until_us, armed_seen_us;
    int64_t record_retry_us, recording_told_us, recording_row_us;

    HeardLiveSummons summonses[HEARD_SUMMONSES_MAX];
    struct HeardLiveShown *shown;   /* NULL: no exhibit; live_exhibit.c */
    struct HeardLiveSpeech *speech; /* NULL: never transcribed; live_speech.c */

    /* Speech in spoken_phase, beside what the rules know: measured, and on its way to them. */
    int64_t spoken_ms[HEARD_TALK_COUNT], spoken_sent_ms[HEARD_TALK_COUNT];
    unsigned spoken_phase;
    bool spoken_sending, spoken_untold;
    int64_t spoken_sent_us; /* when; 0: never */
    bool mediation_agreed;  /* live_mediation.c */

    json_t *attendance;                       /* as told last; NULL: nobody attends */
    bool attendance_untold, attendance_stale; /* the digest; the house and who is in it */
    int64_t attendance_told_us;
    uint64_t attendance_seq; /* of events to attendees, one row of numbers for all */

    unsigned quality_ticks; /* since the statistics were asked for */
    int64_t idle_since_us;
    int64_t phase_limit_told_ms; /* phase_since_ms of the phase told about */
};

struct HeardLive {
    HeardLiveConfig config;
    HeardWorker *workers[HEARD_LIVE_WORKERS_MAX];
    unsigned worker_count;
    HeardWriter *writer;
    HeardDiskLadder disk, disk_of_next; /* as it is; if one more hearing were recorded */
    GHashTable *hearings;               /* id → HeardLiveHearing, owned */
    GHashTable *rooms;                  /* room → HeardLiveHearing */
    GHashTable *peers;                  /* peer → HeardLivePeer */
    GPtrArray *links;                   /* of HeardLiveLink, owned */
    GPtrArray *attendees;               /* of HeardLiveAttendee, owned */
    GPtrArray *tests;                   /* of HeardLiveTest, owned */
    HeardRoomId next_room;
    HeardPeerId next_peer;
    HeardLiveSummonsHook summons_hook; /* may be NULL */
    void *summons_data;
    uint32_t last_fence;
    HeardTimer timer;
    HeardLogLimit limit;
    bool stopping, halted;
};

/* ---- live.c ---- */

typedef void (*HeardLiveReady)(HeardLiveHearing *hearing, const GError *error, void *data);
/* Loads when it must. ready runs later, exactly once. */
void heard_live_with_hearing(HeardLive *self, const char *id, HeardLiveReady ready, void *data);
HeardLiveHearing *heard_live_find(HeardLive *self, const char *id);
int64_t heard_live_now_us(const HeardLive *self);

/* ---- live_rooms.c ---- */

/* The main room: opened when the hearing comes to life, closed when it goes. */
bool heard_live_rooms_open(HeardLiveHearing *hearing, GError **error);
void heard_live_rooms_close(HeardLiveHearing *hearing);
/* A closed room, as the rules want it; no sink is ever attached to one. */
void heard_live_room_open(HeardLiveHearing *hearing, HeardRoomKind kind);
void heard_live_room_close(HeardLiveHearing *hearing, HeardRoomKind kind);
/* The hearing's room that the worker knows by this id; NULL: none, or closed meanwhile. */
HeardLiveRoom *heard_live_room_find(HeardLive *self, HeardRoomId id, HeardLiveHearing **ret_hearing,
                                    HeardRoomKind *ret_kind);
/* Takes out who is connected to another room than the rules say; after every command, also
 * after one that failed. */
void heard_live_rooms_sweep(HeardLiveHearing *hearing);
/* False while a command that moves the person is not durable: who joins then could be in the
 * room that it turns out not to be. */
bool heard_live_room_is_sure(const HeardLiveHearing *hearing, uint16_t person);

/* ---- live_load.c ---- */

typedef struct {
    HeardLive *live;           /* main thread only */
    HeardLiveHearing *hearing; /* the same; NULL for people_only */
    char id[HEARD_ID_SIZE];
    bool people_only;
    HeardHearing *rules;
    GPtrArray *people; /* of HeardLivePerson as far as rows tell, index as in rules */
    char *number, *title, *case_id, *case_number, *case_title, *organiser, *language;
    int64_t planned_start_ms;
    bool was_live, mediation_agreed;
    HeardLiveSummons summonses[HEARD_SUMMONSES_MAX];
    json_t *attendance;
    GError *error;
} HeardLiveLoaded;

/* On the store thread. */
void heard_live_load_run(HeardStore *store, void *loaded);
void heard_live_loaded_free(void *loaded);
void heard_live_person_clear(HeardLivePerson *person);

/* ---- live_hearing.c ---- */

HeardLiveHearing *heard_live_hearing_new(HeardLive *live, const char *id);
void heard_live_hearing_free(HeardLiveHearing *self);
/* Takes the command; its answer comes later by done or as reply. */
void heard_live_submit_take(HeardLiveHearing *self, HeardLiveCommand *command);
/* A fact, told by the server. target NULL: none. */
void heard_live_report(HeardLiveHearing *self, HeardVerb verb, uint16_t target, const char *reason,
                       HeardLiveCommandDone done, void *data);
void heard_live_command_free(HeardLiveCommand *command);
/* Judge what waits. */
void heard_live_pump(HeardLiveHearing *self);
/* Answers with a reason of ours, or with the error; command is freed. */
void heard_live_refuse_take(HeardLiveHearing *self, HeardLiveCommand *command, HeardAnswer why,
                            const char *detail, const GError *error);
/* Tell the rules what is connected by now. */
void heard_live_reconcile(HeardLiveHearing *self, uint16_t person);
/* The link is gone: nobody may answer to it any more. */
void heard_live_forget_link(HeardLiveHearing *self, const HeardLiveLink *link);

/* ---- live_store.c ---- */

typedef struct {
    HeardLiveHearing *hearing; /* main thread only; NULL for none */
    char hearing_id[HEARD_ID_SIZE];
    char *case_id, *case_title;
    HeardHearing *before, *after; /* before: to go back to */
    HeardEffects *effects;
    HeardLiveCommand *command;
    HeardAnswer answer;
    char *recording_id, *recording_number; /* reserved before, or made with RECORDING_START */
    unsigned recording_epoch;
    char *recordings_dir;
    char *claimed;                  /* of the one who connected */
    char summons_id[HEARD_ID_SIZE]; /* of SUMMONS_CALL */
    char *summons_unit;             /* its unit's name */
    json_t *minutes_line;           /* that tells of it; NULL: none */
    int64_t saving_us, saved_us;    /* went to the store, came back */
    HeardAnswer refusal;            /* found by the store half, without an error; OK: none */
    GError *error;
} HeardLiveSave;

void heard_live_save_run(HeardStore *store, void *save);
void heard_live_save_free(void *save);

/* Makes the row of the recording that the next opening will use; ends in
 * heard_live_opening_reserved(). */
void heard_live_reserve(HeardLiveHearing *hearing);

typedef enum {
    HEARD_LIVE_DURABLE,
    HEARD_LIVE_STATE,
    HEARD_LIVE_SEALED,
    HEARD_LIVE_UNUSED, /* ended, and the hearing never opened */
} HeardLiveRecordingWrite;
/* The recording's row follows its status; nobody waits but on_sealed. */
void heard_live_save_recording(HeardLiveHearing *hearing, HeardLiveRecordingWrite what,
                               const HeardRecordStatus *status);

/* ---- effects.c ---- */

void heard_effects_run(HeardLiveHearing *hearing, const HeardLiveSave *save);

/* ---- live_settle.c ---- */

void heard_live_settle_register(void);
/*
 * What a command closes is closed before anybody is told of it: between hold and the worker's
 * answer to a fence nothing goes out to people of the hearing, and no other command is judged.
 * A worker that does not answer in HEARD_LIVE_SETTLE_US is told of in the log, and no longer
 * waited for: it runs what it was asked before it takes another packet.
 */
void heard_live_settle_hold(HeardLiveHearing *self);
/* The effects are at the worker. Ends, now or later, in the command's done and the next one. */
void heard_live_settle_take(HeardLiveHearing *self, const HeardLiveSave *save, HeardAnswer answer,
                            GError *error_take);
void heard_live_settle_fenced(HeardLive *self, const HeardWorkerEvent *event);
void heard_live_settle_tick(HeardLiveHearing *self, int64_t now_us);
/* No worker will answer any more. */
void heard_live_settle_halt(HeardLiveHearing *self);
/* Whoever is held by the hearing is told what waits. */
void heard_live_settle_release(HeardLiveHearing *self);

/* ---- live_links.c ---- */

void heard_live_links_free(HeardLive *self);
void heard_live_links_close(HeardLiveHearing *hearing, HeardCloseCode code);
/* The hearing goes: its links stay until their close went through, without it. */
void heard_live_links_leave(HeardLiveHearing *hearing);

/* ---- live_seat.c ---- */

void heard_live_peer_remove(HeardLivePeer *peer);
/* The books only: the worker forgot the peer or is told to. */
void heard_live_peer_forget(HeardLivePeer *peer);
void heard_live_drop_person(HeardLiveHearing *hearing, uint16_t person, const char *reason);
HeardLivePeer *heard_live_peer_of(HeardLiveHearing *hearing, HeardPeerId id);
/* Any of the person's peers that is connected, and does not wait. */
bool heard_live_person_in_media(const HeardLiveHearing *hearing, uint16_t person);
/*
 * A participant, or a program's label, has one seat: a newer peer takes it over when it is
 * connected, and until then waits beside the holder, neither heard nor recorded nor told of.
 * Two peers a seat at most. Watching ones (WHEP) stand beside it.
 */
/* It is in the books and the worker is not told yet: it has the seat, or waits for it. */
void heard_live_seat_enter(HeardLivePeer *peer);
/* Tell the worker what it may not send. */
void heard_live_seat_deny(const HeardLivePeer *peer);
void heard_live_seat_connected(HeardLivePeer *peer);
/* Who waits for this one's seat, or NULL. */
HeardLivePeer *heard_live_seat_next(const HeardLivePeer *holder);
/* Removes it; who waits has the seat, connected or not. gone: the worker forgot it already.
 * The caller updates the slots. */
void heard_live_seat_leave(HeardLivePeer *peer, bool gone);

/* ---- live_media.c ---- */

/* What our answers offer for packets to this worker. */
unsigned heard_live_candidates(const HeardLive *self, const HeardWorker *worker,
                               HeardCandidate candidates[static HEARD_CANDIDATES_MAX]);

/* ---- live_test.c ---- */

/* The SDP answer, freed by the caller; ret_address (borrowed, until it ends) goes into
 * Location. A test that the person runs already ends. */
char *heard_live_test_start(HeardLiveHearing *hearing, uint16_t person, const HeardSdpOffer *offer,
                            const char **ret_address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An event of a peer that is in no hearing. */
void heard_live_test_event(HeardLive *self, const HeardWorkerEvent *event);
void heard_live_tests_tick(HeardLive *self, int64_t now_us);
/* All tests of a participant; participant NULL: of everybody. */
void heard_live_tests_drop(HeardLive *self, const char *participant);

/* ---- slots_view.c ---- */

/* Decide anew for everybody, or for one peer, and tell worker and participants. */
/* Who is carried changed: only the slots of voices can. */
void heard_slots_update_voices(HeardLiveHearing *hearing);
void heard_slots_update(HeardLiveHearing *hearing, HeardLivePeer *only);
/* Only what may not be seen any more; its places go with the next update. */
void heard_slots_hide(HeardLiveHearing *hearing);
/* The seat of one peer goes to another: where it is shown the other is. */
void heard_slots_take_over(HeardLiveHearing *hearing, HeardPeerId of, HeardPeerId by);
json_t *heard_slots_json(const HeardLiveHearing *hearing, uint16_t person);

/* ---- live_tell.c ---- */

void heard_live_tell(HeardLiveHearing *hearing, uint16_t person, const char *type,
                     json_t *data_take);
/* To everybody who is in; data is not taken. */
void heard_live_tell_all(HeardLiveHearing *hearing, const char *type, json_t *data);
void heard_live_tell_notice(HeardLiveHearing *hearing, uint16_t person, const char *code,
                            const char *detail);
void heard_live_tell_hearing(HeardLiveHearing *hearing, const HeardCommand *command);
/* Everybody who sees the person learns of the change; who no longer does, of the leaving. */
void heard_live_tell_person(HeardLiveHearing *hearing, uint16_t person);
void heard_live_tell_may(HeardLiveHearing *hearing, uint16_t person);
void heard_live_tell_recording(HeardLiveHearing *hearing);
void heard_live_tell_speakers(HeardLiveHearing *hearing, HeardRoomKind room);
void heard_live_tell_queue(HeardLiveHearing *hearing);
/* Answers the hello that waits: resume, or a snapshot. */
void heard_live_greet(HeardLiveHearing *hearing, uint16_t person);

/* ---- participant.c ---- */

json_t *heard_json_hearing(const HeardLiveHearing *hearing, uint16_t viewer);
/* live_recusal.c: what each may know of requests, of the panel, and of who is kept from whom. */
json_t *heard_json_recusal(const HeardLiveHearing *self, uint16_t viewer);
json_t *heard_json_panel(const HeardHearing *rules);
void heard_json_set_protection(const HeardLiveHearing *self, uint16_t viewer, uint16_t person,
                               json_t *out);
/* The sealed log has each decision; those whom it concerns are told at once. */
void heard_live_record_decision(HeardLiveHearing *hearing, const HeardLiveSave *save);
void heard_live_notify_recusal(HeardLiveHearing *hearing, const HeardLiveSave *save);

json_t *heard_json_participant(const HeardLiveHearing *hearing, uint16_t viewer, uint16_t person);
json_t *heard_json_recording(const HeardLiveHearing *hearing);
json_t *heard_json_may(const HeardLiveHearing *hearing, uint16_t person);
/* "on", "off" or "blocked". */
const char *heard_source_word(const HeardLiveHearing *hearing, uint16_t person, HeardSend source);

/* ---- live_quality.c ---- */

void heard_live_quality_register(void);
/* Once a tick: who has no line any more, and ask for the figures of the others. */
void heard_live_quality_tick(HeardLiveHearing *hearing);
/* A device of this person went, or the person did. */
void heard_live_quality_check(HeardLiveHearing *hearing, uint16_t person);
/* The person goes to another room: nobody lost a line, it will be another one. */
void heard_live_quality_leave(HeardLiveHearing *hearing, uint16_t person);
/* The rules are as the last server left them: whoever it had in media was cut off. */
void heard_live_quality_restore(HeardLiveHearing *hearing);
void heard_live_quality_stats(HeardLivePeer *peer, const HeardPeerStats *stats);
json_t *heard_json_quality(const HeardQuality *quality);

/* ---- live_record.c ---- */

void heard_live_record_start(HeardLiveHearing *hearing, const char *folder, unsigned epoch);
/* Opens the record of recording_number without the room. False: fault of status says why. */
bool heard_live_record_arm(HeardLiveHearing *hearing);
/* The room goes into the record. */
void heard_live_record_attach(HeardLiveHearing *hearing);
void heard_live_record_retry(HeardLiveHearing *hearing);
void heard_live_record_pause(HeardLiveHearing *hearing);
void heard_live_record_resume(HeardLiveHearing *hearing);
void heard_live_record_finish(HeardLiveHearing *hearing);
/* data is taken. */
void heard_live_record_event(HeardLiveHearing *hearing, const char *type, json_t *data_take);
void heard_live_record_join(HeardLiveHearing *hearing, uint16_t person);

/* ---- live_speech.c ---- */

/* The record was attached to the room, stands still, has a fault or not, ends. */
void heard_live_speech_attach(HeardLiveHearing *hearing);
void heard_live_speech_pause(HeardLiveHearing *hearing, bool is_paused);
void heard_live_speech_fault(HeardLiveHearing *hearing, bool has_fault);
void heard_live_speech_finish(HeardLiveHearing *hearing);
void heard_live_speech_free(HeardLiveHearing *hearing);

/* ---- live_opening.c ---- */

/* True: the command is taken; it waits for the record to be durable, or was refused. */
bool heard_live_opening_take(HeardLiveHearing *hearing, HeardLiveCommand *command);
/* Would the rules do it, and is it recorded then? */
bool heard_live_would_record(HeardLiveHearing *hearing, const HeardLiveCommand *command);
void heard_live_opening_reserved(HeardLiveHearing *hearing, const GError *error);
/* A status of a record that waits for its opening. */
void heard_live_opening_status(HeardLiveHearing *hearing);
/* RECORDING_START: from now on what is heard goes into the record. */
void heard_live_opening_done(HeardLiveHearing *hearing);
void heard_live_opening_tick(HeardLiveHearing *hearing, int64_t now_us);
/* The server stops: an armed record ends. */
void heard_live_opening_stop(HeardLiveHearing *hearing);
void heard_live_opening_forget_link(HeardLiveHearing *hearing, const HeardLiveLink *link);

/* ---- live_risk.c ---- */

void heard_live_risk_register(void);
/* Once a tick, for all. */
void heard_live_disk_tick(HeardLive *self);
HeardDiskRung heard_live_disk_rung(const HeardLiveHearing *hearing);
void heard_live_risk_begin(HeardLiveHearing *hearing);
/* Before status takes the place of the last one. */
void heard_live_risk_status(HeardLiveHearing *hearing, const HeardRecordStatus *status);
void heard_live_risk_tick(HeardLiveHearing *hearing, int64_t now_us);
/* True: the command was refused. */
bool heard_live_risk_take(HeardLiveHearing *hearing, HeardLiveCommand *command);

/* ---- live_faults.c ---- */

/* The recording's fault is another than before, or over: a row is made, or ended. */
void heard_live_faults_follow(HeardLiveHearing *hearing);

/* ---- live_exhibit.c ---- */

/* As in the event exhibit.shown, for this viewer. */
json_t *heard_json_shown(const HeardLiveHearing *hearing, uint16_t viewer);
/* Somebody came into the room where something is shown. */
void heard_live_exhibit_greet(HeardLiveHearing *hearing, uint16_t person);
/* Nothing is shown in a recess or after the end. */
void heard_live_exhibit_tick(HeardLiveHearing *hearing);
void heard_live_shown_free(struct HeardLiveShown *shown);

/* ---- live_floor.c ---- */

/* Adds floor, locked, spotlight and time of the hearing, as this viewer may know them. */
void heard_json_add_floor(json_t *hearing_json, const HeardLiveHearing *hearing, uint16_t viewer);
/* Adds warnings of the person. */
void heard_json_add_warnings(json_t *person_json, const HeardLiveHearing *hearing, uint16_t person);
/* A command was done: what of it belongs into the sealed log. A phase that counts begins. */
void heard_live_floor_record(HeardLiveHearing *hearing, const HeardLiveSave *save);
/* How long the peer's person has spoken; whose time is not counted now is left out. */
void heard_live_floor_stats(HeardLivePeer *peer, int64_t spoken_us);
void heard_live_floor_tick(HeardLiveHearing *hearing, int64_t now_us);
/* ---- live_mediation.c ---- */

/* True: the command was refused, as not all parties agreed to mediate. */
bool heard_live_mediation_take(HeardLiveHearing *hearing, HeardLiveCommand *command);
/* On the store thread. ret_agreed stays as it is for another kind of hearing. */
bool heard_live_mediation_load(HeardStore *store, const HeardHearingRow *row, bool *ret_agreed,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

#include "server/app/live_attendance_private.h"
#include "server/app/live_summons_private.h"
