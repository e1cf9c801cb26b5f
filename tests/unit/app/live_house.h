/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A house for live hearings: real rules, real signaling over socket pairs, a real database
 * in a temp folder; media workers and the recorder are stand-ins that write down what they
 * were told.
 *
 * Ownership  open/close by the test.
 * Threads    The test's, and the store's.
 */
#include "heard_test.h"

#include "server/app/live.h"
#include "server/base/error.h"
#include "server/base/json.h"
#include "server/store/seed_demo.h"

typedef struct {
    char *folder, *url;
    HeardFieldCipher *cipher;
    HeardSeedDemo *demo;
    HeardStoreThread *store;
    HeardDtlsIdentity *identity;
    GMainContext *context;
    HeardLoop *loop;
    HeardLive *live;
    unsigned pictures;  /* slots with one in the next offers; 0: 6 */
    HeardRoomKind room; /* that the next offers name; NONE: none */
    bool worker_hangs;  /* its answer to a fence waits here */
    HeardWorkerEvent hung;
    /* Of the stand-in recorder: it says at once that a new record is durable, unless … */
    bool disk_full, disk_hangs;
    bool goes_on_unrecorded; /* takes effect with house_crash() */
    bool seals;              /* it tells of the end of a record that was closed */
    int64_t durable_wall_ms;
    double hours_left; /* of the disk, 0: 100; half of them with one more */
} House;

typedef struct {
    House *house;
    int fd;
    GByteArray *got;
    json_int_t last_seq;
    int64_t next_id;
    unsigned close_code;
    bool gone;
    int refused;   /* error code of prepare, -1: none */
    GQueue events; /* of json_t, waiting to be looked at */
} Client;

/* What the stand-ins were told, "; " after each; reset by taking it. */
extern GString *house_told;
/* The last record, for reporting its status; NULL: none. */
extern void *house_record_owner;

void house_open(House *self);
void house_close(House *self);
/* The server dies without a word and starts again. */
void house_crash(House *self);
/* Turn the loop until *flag; fails the test after a while. */
void house_wait(House *self, const bool *flag);
/* Run SQL on the store's thread and wait. */
void house_sql(House *self, const char *sql);
int64_t house_number(House *self, const char *sql);
const char *house_seat(const House *self, const char *role);

void client_open(Client *self, House *house, const char *participant);
/* The wire is cut. */
void client_cut(Client *self);
void client_close(Client *self);
/* Sends the command and returns its id; client_reply() waits for the answer. */
int64_t client_say(Client *self, const char *type, const char *data);
json_t *client_reply(Client *self, int64_t id);
/* Sends the command; returns the reply. data: JSON, or NULL. */
json_t *client_ask(Client *self, const char *type, const char *data);
/* The same, and it must be done. */
void client_do(Client *self, const char *type, const char *data);
/* The same, and it must be refused; returns the code, interned. */
const char *client_refused(Client *self, const char *type, const char *data);
/* The next event of this type; earlier ones of other types are skipped. */
json_t *client_event(Client *self, const char *type);
/* True when the next event of the type "until" comes without one of "type" before it. */
bool client_never(Client *self, const char *type, const char *until);
/* connect and hello; returns the snapshot. */
json_t *client_enter(Client *self, House *house, const char *participant);
unsigned client_close_code(Client *self);

/* The answer's peer id, or NULL with *ret_error. */
char *house_join(House *self, HeardLiveJoinKind kind, const char *hearing, const char *participant,
                 const char *of, HeardError *ret_error);
void house_worker_event(House *self, HeardWorkerEventKind kind, unsigned peer);
void house_stats(House *self, unsigned peer, const HeardPeerStats *stats);
/* The recorder tells; without a fault something new is durable. */
void house_record_status(House *house, HeardRecordState state, HeardRecordFault fault);
/* The number that the worker knows the newest peer by. */
unsigned house_last_peer(void);

/* A text two levels down in a JSON object, or NULL. */
const char *house_member(const json_t *object, const char *first, const char *second);
/* {"participant": id} of a seat; the caller frees it. */
char *house_at(const House *house, const char *role);
