/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The audit trail of one hearing: entries chained by hash, so that a changed, missing or
 * moved entry is found. Replaying the trail's commands gives the hearing's state again.
 *
 * An entry's hash is SHA-256 over the previous hash (64 hex digits) and every field, each
 * as its decimal length, a colon and its bytes; numbers as decimal text. The first
 * entry's previous hash is 64 zeros.
 *
 * Units      at_ms UTC. seq counts from 1.
 * Ownership  Entries borrow their texts. A chain is a plain struct.
 * Threads    Pure.
 * Errors     An enum: where and how a trail is broken is an answer.
 */

#include "server/hearing/command.h"
#include "server/hearing/hearing.h"

#include <stdbool.h>
#include <stdint.h>

enum { HEARD_AUDIT_HASH_SIZE = 65 };

typedef struct {
    uint64_t seq;
    int64_t at_ms;
    const char *hearing;
    const char *actor;  /* participant id, or "server" */
    const char *role;   /* of the actor; "" for the server */
    const char *action; /* verb */
    const char *object; /* target participant id, or "" */
    const char *detail; /* heard_command_detail() */
    const char *result; /* "done", or the name of the refusal */
} HeardAuditEntry;

typedef struct {
    uint64_t seq; /* of the last entry; 0: none */
    char head[HEARD_AUDIT_HASH_SIZE];
} HeardAuditChain;

typedef enum {
    HEARD_AUDIT_GOOD,
    HEARD_AUDIT_GAP,    /* seq does not follow */
    HEARD_AUDIT_BROKEN, /* the hash is another */
} HeardAuditCheck;

void heard_audit_init(HeardAuditChain *self);

/* Gives the entry its seq and moves the head to its hash. */
void heard_audit_append(HeardAuditChain *self, HeardAuditEntry *entry);

/* Check one stored entry against its hash; a good one moves the head. */
HeardAuditCheck heard_audit_check(HeardAuditChain *self, const HeardAuditEntry *entry,
                                  const char *hash);

/* Fill an entry from a command and its answer. detail must outlive the entry. */
void heard_audit_describe(HeardAuditEntry *ret_entry, const char *hearing_id,
                          const HeardHearing *hearing, const HeardCommand *command,
                          const char *detail, HeardAnswer answer);

/* Apply a stored entry to a hearing that stands where the trail stood before it. Entries
 * of refusals and of acts outside the hearing change nothing. False: the entry does not fit, with a
 * text that says why. */
bool heard_audit_replay(HeardHearing *hearing, const HeardAuditEntry *entry,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
