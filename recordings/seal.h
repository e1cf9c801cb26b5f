/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keys and sealing: one data key per log, wrapped by the organisation key (org_key.h), one
 * key per segment by HKDF, AES-256-GCM per chunk (FORMAT.md 4).
 *
 * A segment key never seals two different chunks under one index: callers keep the
 * sealed bytes until they are written, and a log is never continued after a crash.
 *
 * Ownership  new/free; keys are wiped when freed.
 * Threads    An object belongs to one thread.
 * Errors     HEARD_ERROR_CRYPTO (wrong key, altered bytes), and those of org_key.h.
 */

#include "recordings/org_key.h"

#include <glib.h>
#include <jansson.h>

typedef struct HeardDataKey HeardDataKey;
typedef struct HeardSealer HeardSealer;

HeardDataKey *heard_data_key_new(const uint8_t log_id[static HEARD_LOG_ID_SIZE]);
void heard_data_key_free(HeardDataKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDataKey, heard_data_key_free)
/* The "key" object of log.json; a new reference. */
json_t *heard_data_key_wrap(const HeardDataKey *self, const HeardOrgKey *org,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardDataKey *heard_data_key_unwrap(const json_t *object, const HeardOrgKey *org,
                                    const uint8_t log_id[static HEARD_LOG_ID_SIZE],
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Works on one segment at a time. */
HeardSealer *heard_sealer_new(void);
void heard_sealer_free(HeardSealer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSealer, heard_sealer_free)
void heard_sealer_set_segment(HeardSealer *self, const HeardDataKey *key, uint32_t segment,
                              const uint8_t head[static HEARD_LOG_SEGMENT_HEAD]);

/* ret_frame: head, ciphertext, tag: HEARD_LOG_CHUNK_HEAD + plain_size + HEARD_LOG_TAG_SIZE
 * bytes. Sets head->body_crc. */
void heard_sealer_seal(HeardSealer *self, HeardChunkHead *head, const uint8_t *plain,
                       uint8_t *ret_frame);
/* frame as seal made it; ret_plain has room for head->plain_size. False: altered. */
bool heard_sealer_open(HeardSealer *self, const HeardChunkHead *head, const uint8_t *frame,
                       uint8_t *ret_plain) G_GNUC_WARN_UNUSED_RESULT;
