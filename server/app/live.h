/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The live hearings of this server: the door for HTTP handlers and for the start-up.
 *
 * A hearing comes to life when the first person wants in: its row and seats are read, its
 * audit trail is replayed, and a room is opened on one media worker. It goes when it is
 * over and everybody has left, or when nobody was there for HEARD_LIVE_IDLE_US.
 *
 * Answers come later, because nothing is permitted before its audit entry is durable. Each
 * done function is called exactly once, never from within the call that was given it.
 *
 * Units      wall_ms UTC. Sizes in bytes.
 * Ownership  new/free. Config members are borrowed and outlive the object; workers and
 *            writer are freed by their maker, workers before this object.
 * Threads    Main only.
 * Errors     GError of HEARD_ERROR: UNKNOWN_HEARING, HEARING_CLOSED, HEARING_FULL,
 *            NOT_ADMITTED, FORBIDDEN, NOT_FOUND (peer), the SDP codes, CONFLICT (another
 *            room), UNAVAILABLE (also: a move is under way, HEARD_LIVE_TESTS_MAX tests run).
 */

#include "media/worker.h"
#include "recordings/record.h"
#include "server/base/loop.h"
#include "server/hearing/room.h"
#include "server/store/store_thread.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HeardLive HeardLive;

enum {
    HEARD_LIVE_HEARINGS_MAX = 512,
    HEARD_LIVE_IDLE_US = 300 * 1000000,
    HEARD_LIVE_PEER_ID_SIZE = 25, /* of a peer's address, as in Location */
    HEARD_LIVE_WORKERS_MAX = 32,
    HEARD_LIVE_TESTS_MAX = 64,         /* connection tests at a time */
    HEARD_LIVE_TEST_US = 30 * 1000000, /* then one ends by itself */
};

typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store;           /* the one that writes the audit trail */
    const HeardDtlsIdentity *identity; /* whose fingerprint is in the answers */
    const char *const *addresses;      /* numeric, for the candidates; ends with NULL */
    const char *recordings_dir;        /* of the writer, below the data folder: "recordings" */
    unsigned load_count;               /* hearings load-0 … */
    bool load_recorded;
    const char *speech_socket; /* of a speech service (SPEECH.md); NULL: nothing is transcribed */
    bool speech_captions;      /* its drafts are shown to everybody, too */
    bool goes_on_unrecorded;   /* a full disk: tell, and go on; else the hearing is suspended */
    /* A recording was sealed and its row says so: time to derive. May be NULL. */
    void (*on_sealed)(const char *recording_id, void *data);
    void *data;
} HeardLiveConfig;

HeardLive *heard_live_new(const HeardLiveConfig *config);
void heard_live_free(HeardLive *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardLive, heard_live_free)

/* Before the first hearing. HeardWorkerConfig.on_event and HeardWriterConfig.on_status are
 * the two functions below, with the HeardLive as data. */
void heard_live_add_worker(HeardLive *self, HeardWorker *worker);
void heard_live_set_writer(HeardLive *self, HeardWriter *writer); /* NULL: nothing is recorded */
void heard_live_on_worker_event(const HeardWorkerEvent *event, void *data);
void heard_live_on_record_status(const HeardRecordStatus *status, void *data);

/* Bring back what was live when the server went down: recording goes on at once. done
 * may be NULL. */
void heard_live_restore(HeardLive *self, GSourceFunc done, void *data);

/* Close every connection (1001) and finish every recording's file; hearings stay live and
 * are restored at the next start. Call before the workers are freed. */
void heard_live_stop(HeardLive *self);
/* Workers and writer are about to be freed. What the store still answers is durable and
 * causes nothing any more: the next start finds it in the trail. */
void heard_live_halt(HeardLive *self);

/* ---- signaling ---- */

typedef void (*HeardLiveDone)(const GError *error, void *data);
typedef void (*HeardLiveClose)(void *stream);

/* Loads the hearing and checks that the participant may connect. Then send 101. */
void heard_live_prepare(HeardLive *self, const char *hearing, const char *participant,
                        HeardLiveDone done, void *data);

/* The upgraded descriptor. close(stream) ends it, at once or later, exactly once. language:
 * "zh" or "en" until hello says another. */
void heard_live_accept(HeardLive *self, const char *hearing, const char *participant, int fd,
                       const uint8_t *early, size_t early_size, HeardLiveClose close, void *stream);

/* Close code 4004 and no media any more: the session ended or the link was revoked. */
void heard_live_revoke(HeardLive *self, const char *hearing, const char *participant);
/* Seats were added; or what a seat shows changed (claimed document, name). */
void heard_live_seats_changed(HeardLive *self, const char *hearing);

/* A line of the minutes was written (its JSON, borrowed): everybody who hears learns of it, and the
 * running record. Nothing happens when the hearing is not live. */
void heard_live_minutes_changed(HeardLive *self, const char *hearing, const json_t *line);

/* What a machine took down (drafts.h): all of it as JSON, freed by the caller; one is taken as a
 * line or dropped (why: "taken", "dropped"), false: it is not there; all are dropped. */
json_t *heard_live_drafts(HeardLive *self, const char *hearing);
bool heard_live_draft_remove(HeardLive *self, const char *hearing, const char *draft,
                             const char *why);
void heard_live_drafts_clear(HeardLive *self, const char *hearing);

/* Something was said in a mediation (audience: HEARD_MEDIATION_TO_*): they ask for what stands now.
 * is_agreed: all parties agreed to mediate, so the opening may be left. */
void heard_live_mediation_changed(HeardLive *self, const char *hearing, unsigned audience,
                                  bool is_agreed);

/* The whole of them went a step on: {act, state, by, line} (borrowed; line: one that changed, or
 * not there). Everybody asks for the confirmation anew; it goes into the running record. */
void heard_live_minutes_moved(HeardLive *self, const char *hearing, const json_t *step);

/* A signing was opened, or somebody signed or refused: everybody asks for the list anew. event
 * (borrowed; NULL: none) goes into the running record as `signature`. */
void heard_live_signing_changed(HeardLive *self, const char *hearing, const json_t *event);
/* Tells the one-time code to the participant's own page; false: there is none. */
bool heard_live_signing_code(HeardLive *self, const char *hearing, const char *participant,
                             const char *signing, const char *code, int64_t until_ms);
/* The deliberation has news: who is in its room is told to look. sha256: of the record that was
 * sealed, for the running record; NULL: it was not. */
void heard_live_deliberation_changed(HeardLive *self, const char *hearing, const char *sha256);
/* Its result may be read by who is let in. */
void heard_live_deliberation_released(HeardLive *self, const char *hearing);

/* ---- media ---- */

typedef enum {
    HEARD_LIVE_PEER,
    HEARD_LIVE_WHIP,
    HEARD_LIVE_WHEP,
    HEARD_LIVE_TEST, /* a connection test: heard and seen by the caller alone */
} HeardLiveJoinKind;

typedef struct {
    HeardLiveJoinKind kind;
    const char *hearing;     /* id, or load-N */
    const char *participant; /* NULL: a program with a token; load hearings only */
    const char *label;       /* WHIP by a program */
    const char *of;          /* WHEP: participant id or label; NULL: the speaker */
    HeardRoomKind room;      /* that the caller was told of; NONE: it does not say */
    const char *offer;       /* SDP */
    size_t offer_size;
} HeardLiveJoin;

/* answer: SDP; peer: what goes into Location. Both NULL with an error. */
typedef void (*HeardLiveJoined)(const char *answer, const char *peer, const GError *error,
                                void *data);

/* The offer is read within the call. */
void heard_live_join(HeardLive *self, const HeardLiveJoin *join, HeardLiveJoined done, void *data);

/* participant as in join: nobody touches another one's peer. fragment: the sdpfrag of
 * RFC 8840; returns ours, the caller frees it. HEARD_ERROR_CONFLICT when it is no restart. */
char *heard_live_restart_ice(HeardLive *self, const char *hearing, const char *participant,
                             const char *peer, const char *fragment, size_t size, GError **error);
bool heard_live_leave(HeardLive *self, const char *hearing, const char *participant,
                      const char *peer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends a HEARD_LIVE_TEST before its time. */
bool heard_live_test_end(HeardLive *self, const char *hearing, const char *participant,
                         const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- figures ---- */

unsigned heard_live_hearing_count(const HeardLive *self);
/* WebSockets that are open or closing: after heard_live_stop() let the loop run until this
 * is 0 (two seconds at most), so that everybody hears of the restart. */
unsigned heard_live_connection_count(const HeardLive *self);
