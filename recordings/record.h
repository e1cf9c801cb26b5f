/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Record rooms: one HeardWriter (the writer thread) per server, one HeardRecord per
 * recorded room. A record is a sink of media/sink.h: the media worker copies packets
 * into its bounded ring, the writer seals them into a packet log (FORMAT.md) and syncs
 * all logs once a second.
 *
 * It decides nothing about who may be recorded, and it never reads a log back.
 *
 * Units      *_us monotonic microseconds; *_ms milliseconds, wall_ms is UTC.
 * Ownership  The writer owns its records. A record lives until its SEALED status was
 *            delivered; the pointer is dead when that callback returns.
 * Threads    All calls below, and the status callback, on the thread of
 *            config.events_loop (main). The sink's calls come from one media worker.
 * Errors     new: GError (folder, key). Later faults never stop the record: it reports
 *            INTERRUPTED, keeps what is written, and goes on when the disk is back.
 */

#include "media/sink.h"
#include "recordings/packet_log.h"
#include "server/base/loop.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HeardWriter HeardWriter;
typedef struct HeardRecord HeardRecord;

enum {
    HEARD_RECORD_NAME_MAX = 64,         /* hearing, recording, room, node: [A-Za-z0-9_-] */
    HEARD_RECORD_EVENT_MAX = 16 * 1024, /* bytes of one event's JSON */
    HEARD_RECORD_RING_BYTES = 4 << 20,  /* of one record, ≥ 4 s of a large room */
    HEARD_RECORD_OPEN_MAX = 1024,
    HEARD_RECORD_HASH_SIZE = 65, /* SHA-256 in hex and NUL */
};

/* domain.md 3.7. From durable bytes, never from intent. */
typedef enum {
    HEARD_RECORD_ARMED, /* opened; nothing durable yet */
    HEARD_RECORD_RECORDING,
    HEARD_RECORD_PAUSED,
    HEARD_RECORD_INTERRUPTED, /* bytes are not getting to the disk */
    HEARD_RECORD_FINALISING,
    HEARD_RECORD_SEALED, /* the last status of a record */
} HeardRecordState;

typedef enum {
    HEARD_RECORD_FAULT_NONE,
    HEARD_RECORD_FAULT_DISK_FULL,
    HEARD_RECORD_FAULT_IO,
    HEARD_RECORD_FAULT_OVERRUN, /* the writer was too slow; packets were dropped */
} HeardRecordFault;

typedef struct {
    HeardRecord *record;
    void *owner; /* of heard_record_open() */
    HeardRecordState state;
    HeardRecordFault fault;
    int64_t recorded_ms; /* up to the last durable record, pauses included */
    int64_t durable_bytes;
    int64_t durable_wall_ms;                 /* when the last sync succeeded; 0: never */
    int64_t lost_packets;                    /* by overrun or a full disk */
    double hours_left;                       /* of the disk at the present rate of all records */
    char chain_head[HEARD_RECORD_HASH_SIZE]; /* last journal line; set when SEALED */
} HeardRecordStatus;

/* On each change of state or fault, and each second while a record is open. */
typedef void (*HeardRecordStatusFunc)(const HeardRecordStatus *status, void *data);

typedef struct {
    const char *dir;           /* recordings are <dir>/<hearing>/<recording>/ */
    const char *key_path;      /* organisation key; made (0600) when it does not exist */
    const HeardSigner *signer; /* outlives the writer; NULL: nobody vouches for the logs */
    const char *node;          /* name of this server, in each log */
    HeardLoop *events_loop;    /* where on_status runs */
    HeardRecordStatusFunc on_status;
    void *data;
    size_t ring_bytes;    /* 0: HEARD_RECORD_RING_BYTES */
    const HeardLogIo *io; /* NULL: the real disk; a test's seam (packet_log.h) */
} HeardWriterConfig;

/* Call heard_recover_all() (recover.h) before, so that no open log is left behind. */
HeardWriter *heard_writer_new(const HeardWriterConfig *config,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Closes every record, waits for the last durable byte (without callbacks), joins the
 * thread. Detach every sink before, e.g. by freeing the media workers. */
void heard_writer_free(HeardWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardWriter, heard_writer_free)

/* Of the disk, as measured at most two seconds ago; with_one_more: if another hearing began
 * now. -1: not measured yet. */
double heard_writer_hours_left(const HeardWriter *self, bool with_one_more);

typedef struct {
    const char *hearing;   /* hearing id: folder name */
    const char *recording; /* e.g. "R01": folder name, must be new */
    const char *room;      /* "main" */
    const char *number;    /* recording number for people, may be NULL */
    unsigned epoch;        /* of the hearing on this node; from 1 */
    void *owner;           /* comes back in each status */
} HeardRecordSpec;

/* Starts at once: ARMED now, RECORDING when the first chunk is durable.
 * Errors: HEARD_ERROR_BAD_FIELD (names), HEARD_ERROR_CONFLICT (folder exists),
 * HEARD_ERROR_TOO_MANY, HEARD_ERROR_UNAVAILABLE (mailbox full). */
HeardRecord *heard_record_open(HeardWriter *writer, const HeardRecordSpec *spec,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For heard_worker_attach_sink(). After the first call SEALED waits for ops->closed(). */
HeardSink *heard_record_sink(HeardRecord *self);

/* One JSON object (README.md lists the types that timeline and review understand). */
void heard_record_event(HeardRecord *self, const char *json, int64_t now_us);

/* Nothing that arrives between the two is kept; the log says why. reason: a stable
 * word such as "recess"; note: what the officer wrote, goes into the sealed log only. */
void heard_record_pause(HeardRecord *self, const char *reason, const char *note, int64_t now_us);
void heard_record_resume(HeardRecord *self, int64_t now_us);

/* Detach the sink as well. Ends with the SEALED status. */
void heard_record_close(HeardRecord *self);

const char *heard_record_state_name(HeardRecordState state); /* "armed" … */
const char *heard_record_fault_name(HeardRecordFault fault); /* NULL for NONE */

/* <dir>/<hearing>/<recording>, for derive and verify; the caller frees it. */
char *heard_record_path(const char *dir, const char *hearing, const char *recording);
