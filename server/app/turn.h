/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Credentials for the TURN relay, for networks that let no media through. The scheme is
 * coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the name is "EXPIRY:WHO", the
 * password HMAC-SHA1 of it with a secret that the relay shares. Nothing is stored and the
 * relay is never asked.
 *
 * WHO is a pseudonym: the same for the same caller, so that the relay can bound what one
 * person uses (user-quota), and nothing to anybody without the secret. Asking again within
 * the minute gives the same credential.
 *
 * Units      wall_ms: UTC. EXPIRY: seconds since 1970.
 * Ownership  new/free.
 * Threads    Read-only after new: any thread.
 * Errors     new: HEARD_ERROR_CONFIG, naming the setting.
 */

#include "server/base/json.h"

#include <glib.h>
#include <stdint.h>

enum {
    HEARD_TURN_URLS_MAX = 8,
    HEARD_TURN_URL_CHARS_MAX = 255,
    HEARD_TURN_SECRET_CHARS_MIN = 16,
    HEARD_TURN_SECRET_CHARS_MAX = 256,
    HEARD_TURN_TTL_MIN_S = 60,
    HEARD_TURN_TTL_MAX_S = 24 * 3600,
};

typedef struct HeardTurn HeardTurn;

/* urls: parted by blanks ("turn:relay.example.org:3478?transport=tcp turns:…"); NULL: no
 * relay. secret_file: its first line; nobody but the owner may read the file. */
HeardTurn *heard_turn_new(const char *urls, const char *secret_file, int64_t ttl_s,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_turn_free(HeardTurn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardTurn, heard_turn_free)

/* What RTCPeerConnection takes: {"ice_servers": […], "expires_at": ms}. Without a relay the
 * list is empty. caller_id: whoever asks; it does not stand in the answer. */
json_t *heard_turn_ice_servers(const HeardTurn *self, const char *caller_id, int64_t wall_ms);

/* Base64 of HMAC-SHA1 of the name, keyed by the secret. The caller frees it. */
char *heard_turn_credential(const char *secret, const char *username);
