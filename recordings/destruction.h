/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The certificate that stays where a recording was destroyed: what was there, who ordered it and
 * why, signed by the server (FORMAT.md 9). It takes the place of log.json, whose wrapped key made
 * the log readable: all else that log.json said stands in it, with the hash that begins the chain.
 *
 * Units      *_ms UTC.
 * Ownership  make gives a new text. A HeardDestruction owns its members: clear.
 * Threads    Any thread; reads files only.
 * Errors     HEARD_ERROR_CORRUPT (no such certificate, or a log that can't be described),
 *            HEARD_ERROR_CRYPTO (its signature is wrong), HEARD_ERROR_NOT_FOUND.
 */

#include "recordings/log_reader.h"
#include "recordings/signer.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_DESTRUCTION_BYTES_MAX = 96 * 1024 };
#define HEARD_DESTRUCTION_FILE "destruction.jsonl"

/*
 * The whole text of the file for the closed log in this folder. order: who, when, why, as the
 * caller knows it; at least id, confirmed_ms, requested_by and confirmed_by (objects with name).
 * keeps_ciphertext: the segments, which nobody can open any more, are to stay.
 */
char *heard_destruction_make(const char *path, const json_t *order, bool keeps_ciphertext,
                             const HeardSigner *signer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    json_t *certificate;
    HeardLogInfo info;         /* as log.json said it; no key */
    HeardSignatory *signatory; /* of the certificate, whose signature is right */
    int64_t confirmed_ms;
    bool keeps_ciphertext;
} HeardDestruction;

bool heard_destruction_parse(HeardDestruction *ret_destruction, const char *text, size_t size,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of a recording's folder. NOT_FOUND: nobody destroyed it. */
bool heard_destruction_read(HeardDestruction *ret_destruction, const char *path,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_destruction_clear(HeardDestruction *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardDestruction, heard_destruction_clear)
