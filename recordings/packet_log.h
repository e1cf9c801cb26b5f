/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Write one packet log: records into chunks, chunks into segments, a trailer at each
 * segment's end, lines into the journal (FORMAT.md).
 *
 * Whatever the disk refuses stays in memory, at most one sealed chunk, one open chunk
 * and HEARD_PACKET_LOG_JOURNAL_MAX bytes of journal, and is tried again by the next
 * call: bytes already written are never touched again. It owns no timer.
 *
 * Units      at_us on the recording's clock, wall_ms UTC.
 * Ownership  new/free; free closes the files and nothing more.
 * Threads    Lives on one thread.
 * Errors     append: false, no room until the disk is back. flush, sync, finish: GError
 *            HEARD_ERROR_STORAGE_FULL or HEARD_ERROR_STORAGE; call again later.
 */

#include "recordings/chain.h"
#include "recordings/seal.h"
#include "recordings/signer.h"

#include <jansson.h>
#include <sys/types.h>

enum { HEARD_PACKET_LOG_JOURNAL_MAX = 256 * 1024 };

/* The seam for tests that fill the disk; NULL members are not allowed. */
typedef struct {
    ssize_t (*write_at)(int fd, const void *bytes, size_t size, off_t offset);
    int (*sync)(int fd);
} HeardLogIo;

typedef struct {
    const char *path; /* of the recording's folder; made here, its parent too */
    const char *hearing, *recording, *room, *node;
    const char *number; /* may be NULL */
    unsigned epoch;
    int64_t start_wall_ms;
    const HeardLogIo *io;      /* NULL: the real disk */
    const HeardSigner *signer; /* outlives the log; NULL: nobody vouches for it */
} HeardPacketLogSpec;

typedef struct HeardPacketLog HeardPacketLog;

/* Touches no disk. Errors: those of heard_org_key_wrap(): a token that is away. */
HeardPacketLog *heard_packet_log_new(const HeardPacketLogSpec *spec, const HeardOrgKey *key,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_packet_log_free(HeardPacketLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardPacketLog, heard_packet_log_free)

/* lost: packets that a GAP record reports; summed up in the chunk's head. */
bool heard_packet_log_append(HeardPacketLog *self, const HeardLogRecord *record, uint32_t lost);
/* A journal line: fields is taken; at_ms, n and prev are added. False: too many unwritten. */
bool heard_packet_log_note(HeardPacketLog *self, const char *kind, int64_t at_us, int64_t wall_ms,
                           json_t *fields_take);

/* Seal what is open and write it; begin a new segment when this one is 60 s old. */
bool heard_packet_log_flush(HeardPacketLog *self, int64_t at_us, int64_t wall_ms, GError **error);
bool heard_packet_log_sync(HeardPacketLog *self, GError **error);
/* After a syncfs() of the whole file system. */
void heard_packet_log_mark_synced(HeardPacketLog *self);
/* Trailer, last journal line, seal.json, all durable. */
bool heard_packet_log_finish(HeardPacketLog *self, int64_t at_us, int64_t wall_ms, GError **error);

bool heard_packet_log_dirty(const HeardPacketLog *self); /* written, not synced */
int64_t heard_packet_log_durable_bytes(const HeardPacketLog *self);
int64_t heard_packet_log_durable_us(const HeardPacketLog *self); /* -1: nothing yet */
void heard_packet_log_chain_head(const HeardPacketLog *self,
                                 char ret_hex[static HEARD_CHAIN_HEX_SIZE]);
