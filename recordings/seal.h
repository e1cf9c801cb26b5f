/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keys and sealing: the organisation key in a file, one data key per log wrapped by
 * it, one key per segment by HKDF, AES-256-GCM per chunk (FORMAT.md 4).
 *
 * A segment key never seals two different chunks under one index: callers keep the
 * sealed bytes until they are written, and a log is never continued after a crash.
 *
 * Ownership  new/free; keys are wiped when freed.
 * Threads    An object belongs to one thread; the organisation key is read-only.
 * Errors     HEARD_ERROR_CRYPTO (wrong key, altered bytes), HEARD_ERROR_STORAGE,
 *            HEARD_ERROR_CONFIG (key file not 0600 or not a key).
 */

#include "recordings/log_format.h"

#include <glib.h>
#include <jansson.h>

typedef struct HeardOrgKey HeardOrgKey;
typedef struct HeardDataKey HeardDataKey;
typedef struct HeardSealer HeardSealer;

enum { HEARD_KEY_SIZE = 32, HEARD_KEY_ID_SIZE = 17 };

/* A file of 64 hex digits, readable by its owner only. */
HeardOrgKey *heard_org_key_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Load, or make it when there is none. */
HeardOrgKey *heard_org_key_load_or_create(const char *path,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_org_key_free(HeardOrgKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardOrgKey, heard_org_key_free)
const char *heard_org_key_id(const HeardOrgKey *self); /* 16 hex digits, tells keys apart */

HeardDataKey *heard_data_key_new(const uint8_t log_id[static HEARD_LOG_ID_SIZE]);
void heard_data_key_free(HeardDataKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDataKey, heard_data_key_free)
/* The "key" object of log.json; a new reference. */
json_t *heard_data_key_wrap(const HeardDataKey *self, const HeardOrgKey *org);
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
