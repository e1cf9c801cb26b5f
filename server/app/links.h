/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Personal links: "https://host/j/TOKEN". The store keeps the token's hash only.
 *
 * Ownership  The caller frees returned texts.
 * Threads    A store thread.
 */

#include "server/store/store.h"

#include <glib.h>
#include <stdint.h>

enum { HEARD_LINK_LIFE_MS = 48 * 3600 * 1000 };

/* Two days after the planned start, or after now when that is later. */
int64_t heard_links_expiry(int64_t planned_start_ms, int64_t wall_ms);

/* A new token for the participant; the old link stops working. Returns the address. */
char *heard_links_renew(HeardStore *store, const char *public_url, const char *participant_id,
                        int64_t expires_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

char *heard_links_url(const char *public_url, const char *token);
