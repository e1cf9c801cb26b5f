/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One server within the test: real store, rules, signaling, media worker, DTLS, SRTP and
 * recorder; and people who come to a hearing of it with WebSocket and media, as a page does.
 * Only HTTP is left out: offers and WebSockets go in by the door behind it (live.h).
 *
 * Each packet that a person sends carries a mark: who sent it, its number among all that were
 * sent, and which room, opened when, the person believed to be in. Whoever gets a packet looks at
 * its mark. What was sent before somebody was told may still be under way; of what was sent
 * after it not one packet may come, so there is no time that anything may take.
 *
 * Ownership  open/close by the test; people belong to the stand.
 * Threads    One, beside the store's, the worker's and the writer's. Errors  Asserts.
 */

#include "server/app/live_private.h"
#include "tests/integration/media_client.h"

enum { PEOPLE_MAX = 16, PICTURES = 5 };

typedef struct {
    uint8_t sender, room;
    bool picture;
    uint32_t opening; /* when the room was opened, in ms; main: 0 */
    uint32_t number;  /* of all that were sent, from 1 */
} Mark;

typedef struct Stand Stand;

typedef struct {
    Stand *stand;
    const char *role, *side;
    char id[HEARD_ID_SIZE];
    uint8_t number;
    /* signaling */
    int fd; /* -1: not connected */
    bool connecting;
    GByteArray *got;
    int64_t next_id;
    int64_t away_until_ms;
    HeardRoomKind invited;
    /* media: as the page knows it */
    HeardRoomKind believed;
    bool join_wanted, joining;
    Client *client;
    HeardRoomKind client_room;
    uint32_t client_opening;
    /* A connection that was taken out and listens on, as nobody should. */
    Client *ghost;
    HeardRoomKind ghost_room;
    uint32_t ghost_opening;
    int64_t ghost_since_ms;
    uint32_t ghost_since; /* what was sent until it was told */
    /* What was sent until the server's own word was so; 0: it is not. */
    uint32_t outside_since;            /* a witness who waits */
    uint32_t silent_since[2];          /* sound, picture: kept back by the rules */
    bool was_screened;                 /* at some time */
    uint32_t unseen_since[PEOPLE_MAX]; /* by whom */
} Person;

typedef struct {
    unsigned long sent, received, closed_received, ghost_received, recorded, moves, joins,
        refused_joins, commands, refused, drops, restarts, transcribed;
    /* Of people who are screened: their voices where their pictures may not go, their pictures
     * elsewhere and in the recording; and joins of witnesses who should wait. */
    unsigned long unseen_voices, screened_pictures, recorded_screened, knocks;
    unsigned long left_ports; /* used again */
    unsigned long kept_back;  /* sent while the rules kept it back */
} Count;

struct Stand {
    char *folder, *url, *recordings, *key, *speech;
    HeardStoreThread *store;
    GMainContext *context;
    HeardLoop *loop;
    HeardDtlsIdentity *identity;
    HeardLive *live;
    HeardWorker *worker;
    HeardWriter *writer;
    HeardKind kind;
    char hearing[HEARD_ID_SIZE];
    Person people[PEOPLE_MAX];
    unsigned person_count;
    unsigned next_number;
    uint16_t left_port; /* of a device that is gone, whose peer the server still knows; 0: none */
    bool probes;        /* something was just closed: send at once */
    uint32_t last_mark; /* 1 before the first: 0 says never */
    Count count;
    char leak[512]; /* the first one found; "": none */
};

/* seats: "role:side" each, NULL ends. */
void rooms_stand_open(Stand *self, HeardKind kind, const char *const *seats);
/* Everything ends in order, the log is sealed; then it is read. */
void rooms_stand_close(Stand *self);
/* The server goes down and comes up again, in whatever state the hearing is. */
void rooms_stand_restart(Stand *self);
/* One turn: loop, sockets, and what a page does by itself. */
void rooms_stand_turn(Stand *self);
/* Everybody who is connected sends sound, and a picture. */
void rooms_stand_send(Stand *self);

bool rooms_find_mark(const uint8_t *bytes, size_t size, Mark *ret_mark);
/* The first one is kept. */
G_GNUC_PRINTF(2, 3) void rooms_report_leak(Stand *self, const char *format, ...);
/* listens_on: as a page that does not do what it is told. */
void rooms_drop_client(Person *self, bool listens_on);

Person *rooms_person(Stand *self, const char *role, unsigned nth);
/* The server's own word; NULL while there is no hearing. */
HeardLiveHearing *rooms_hearing(Stand *self);
HeardRoomKind rooms_where(Stand *self, const Person *person);

void rooms_connect(Person *self);
/* Try to get in there, whatever the server said. */
void rooms_knock(Person *self, HeardRoomKind room);
/* The wire is cut: signaling. */
void rooms_cut(Person *self);
/* The device is gone without a word: media. */
void rooms_crash(Person *self);
void rooms_say(Person *self, const char *type, const char *data);
G_GNUC_PRINTF(3, 4) void rooms_sayf(Person *self, const char *type, const char *format, ...);

/* Reads every log of the hearing and counts what is in it. */
void rooms_read_logs(Stand *self);
/* The same of what was handed to the process that decodes for a speech service. */
void rooms_read_speech(Stand *self);
/* Such a process, for heard_child (argv[1] is "transcribe"): keeps what it is handed in a file of
 * argv[2]'s folder. Exit status. */
int rooms_keep_speech(const char *socket);
