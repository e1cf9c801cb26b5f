/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The hash chain of a log: leaves and Merkle roots of segments, lines of the journal.
 * All hashes are over what stands on the disk, so that checking needs no key.
 *
 * Ownership  The caller owns everything. heard_journal_line() returns a new text.
 * Threads    Pure; any thread.
 * Errors     heard_journal_check() answers false with the reason.
 */

#include "recordings/log_format.h"

#include <glib.h>
#include <jansson.h>

enum {
    HEARD_CHAIN_HEX_SIZE = 2 * HEARD_LOG_HASH_SIZE + 1,
    HEARD_JOURNAL_LINE_MAX = 4096,
    HEARD_JOURNAL_BYTES_MAX = 64 << 20,
    HEARD_CHECKPOINT_SIZE = 18 + HEARD_LOG_ID_SIZE + 8 + HEARD_LOG_HASH_SIZE,
};

void heard_chain_sha256(uint8_t ret_hash[static HEARD_LOG_HASH_SIZE], const void *bytes,
                        size_t size);
void heard_chain_to_hex(char ret_hex[static HEARD_CHAIN_HEX_SIZE],
                        const uint8_t hash[static HEARD_LOG_HASH_SIZE]);
/* Exactly 64 lower-case digits are read; what follows does not matter. */
bool heard_chain_from_hex(uint8_t ret_hash[static HEARD_LOG_HASH_SIZE], const char *hex);

/* RFC 6962 2.1: SHA-256(0x00 || bytes) for leaves, SHA-256(0x01 || left || right) above. */
void heard_chain_leaf(uint8_t ret_hash[static HEARD_LOG_HASH_SIZE], const void *bytes, size_t size);
/* leaves: count hashes in a row, count ≥ 1. */
void heard_chain_root(uint8_t ret_root[static HEARD_LOG_HASH_SIZE], const uint8_t *leaves,
                      size_t count);

/* Where the journal stands: how many lines, and the hash that the next one carries. */
typedef struct {
    uint64_t count;
    uint8_t head[HEARD_LOG_HASH_SIZE];
} HeardJournalState;

/* log_json: the exact bytes of log.json; its hash is what the first line carries. */
void heard_journal_init(HeardJournalState *self, const void *log_json, size_t size);

/* Adds n and prev to fields (taken) and moves on. The text ends with a line feed and is
 * freed with g_free. */
char *heard_journal_line(HeardJournalState *self, json_t *fields_take);

/* One line without its line feed. ret_fields is a new reference. */
bool heard_journal_check(HeardJournalState *self, const char *line, size_t size,
                         json_t **ret_fields, const char **ret_why);

/* What a signature over the journal so far is made of (FORMAT.md 5). */
void heard_journal_checkpoint(const HeardJournalState *self,
                              const uint8_t log_id[static HEARD_LOG_ID_SIZE],
                              uint8_t ret_bytes[static HEARD_CHECKPOINT_SIZE]);

/* The exact bytes of seal.json for a journal that ended here; free with g_free. It keeps
 * the last line from being altered unseen. signature: NULL when nobody signs; certificate: NULL
 * when it is the one of log.json. */
char *heard_journal_seal_text(const HeardJournalState *self, const char *signature,
                              const char *certificate);
