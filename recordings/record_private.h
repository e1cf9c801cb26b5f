/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What record.c (main thread, media worker) and writer.c, intake.c (writer thread)
 * share. Nobody else includes this.
 *
 * Ownership  A record belongs to the writer thread from its OPEN command until its
 *            SEALED status was posted, then to that message.
 * Threads    Each group of members says whose it is; what crosses is atomic or goes
 *            through the ring or a mailbox.
 * Errors     See record.h.
 */

#include "recordings/packet_log.h"
#include "recordings/record.h"
#include "server/base/queue.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    INTAKE_TRACKS_MAX = 4096,
    INTAKE_EVENTS_MAX = 512, /* held back while the disk refuses bytes */
};

/* One entry of the ring; packet, report or HeardSinkTrack follow. */
typedef struct {
    uint8_t kind;   /* HeardLogRecordType */
    uint8_t reason; /* HeardGapReason of GAP, END */
    uint16_t first_seq;
    uint32_t track;
    int64_t at_us; /* monotonic */
    uint32_t count;
    uint32_t size;
} IntakeEntry;

struct HeardRecord {
    HeardSink sink;
    HeardWriter *writer;
    void *owner;
    int64_t start_us;            /* monotonic; the recording's clock begins here */
    _Atomic unsigned references; /* the life of it, and one for each command under way */

    /* crossing threads */
    HeardRing *ring;
    _Atomic bool attached;         /* main sets it: closed() will come */
    _Atomic bool detached;         /* media worker: closed() came */
    _Atomic bool paused;           /* main: packets are refused */
    _Atomic uint64_t dropped;      /* media worker: did not fit into the ring */
    _Atomic int64_t first_drop_us; /* 0: none since the writer looked */

    /* writer thread */
    HeardPacketLog *log;
    GHashTable *tracks; /* number → HeardSinkTrack, as last announced */
    GHashTable *noted;  /* numbers of tracks that the journal has, and has no end of */
    GQueue events;      /* text of EVENT records that wait for room */
    uint64_t dropped_seen, lost;
    int64_t overrun_until_us;
    bool is_paused, closing;
    int64_t paused_since_us, closing_since_us;
    char *pause_reason;
    HeardRecordFault fault; /* DISK_FULL or IO now */
    HeardRecordFault fault_since_gap;
    int64_t durable_wall_ms;
    int64_t clock_offset_ms; /* wall − monotonic at the last clock mark */
    HeardRecordState told_state;
    HeardRecordFault told_fault;
};

/* record.c */
HeardRecord *heard_record_new(HeardWriter *writer, const HeardRecordSpec *spec, int64_t now_us,
                              size_t ring_bytes);
void heard_record_release(HeardRecord *self);

/* Main thread: run func(record, data) on the writer thread; destroy as heard_loop_post. */
typedef void (*HeardWriterFunc)(HeardRecord *record, void *data);
bool heard_writer_command(HeardRecord *record, HeardWriterFunc func, void *data,
                          GDestroyNotify destroy);

/* writer.c, on the writer thread */
void heard_writer_on_open(HeardRecord *record, void *data);
void heard_writer_on_close(HeardRecord *record, void *data);
const char *heard_writer_dir(const HeardWriter *writer);
unsigned heard_writer_open_count(HeardWriter *writer);
HeardPacketLog *heard_writer_make_log(HeardWriter *writer, const HeardRecordSpec *spec,
                                      GError **error);
size_t heard_writer_ring_bytes(const HeardWriter *writer);

/* intake.c, on the writer thread */
typedef struct {
    int64_t at_us; /* monotonic */
    char *text;    /* JSON of an EVENT, or reason word of a pause */
    char *note;    /* of a pause, may be NULL */
} IntakeMessage;

IntakeMessage *heard_intake_message_new(int64_t at_us, const char *text, const char *note);
void heard_intake_message_free(void *message);
void heard_intake_on_event(HeardRecord *record, void *message);
void heard_intake_on_pause(HeardRecord *record, void *message);
void heard_intake_on_resume(HeardRecord *record, void *message);
/* Move what waits into the log. True: nothing waits any more. */
bool heard_intake_drain(HeardRecord *record, int64_t now_us);
void heard_intake_clock(HeardRecord *record, int64_t now_us, int64_t wall_ms);
