/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The demo of a first start: seeded content, a readable table of links, and demo.json in the
 * data folder, from which scripts take addresses, passwords and a token.
 *
 * The store keeps hashes only, so a second start takes the tokens and passwords from the old
 * demo.json (mode 0600) as long as the demo hearing is not over; without that file new ones
 * are made and the old ones stop working.
 *
 * Ownership  new/free.
 * Threads    Start-up, before the store's threads.
 */

#include "server/store/field_cipher.h"
#include "server/store/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HeardDemo HeardDemo;

typedef struct {
    const char *data_dir;
    const char *public_url; /* of the printed links */
    uint16_t https_port;
    uint16_t http_port; /* 0: off */
    unsigned load_count;
} HeardDemoPlace;

/* Seeds, or finds what was seeded before. */
HeardDemo *heard_demo_new(HeardStore *store, const HeardFieldCipher *cipher, const char *data_dir,
                          int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_demo_free(HeardDemo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDemo, heard_demo_free)

/* Once the ports are known: writes demo.json. */
bool heard_demo_write(const HeardDemo *self, const HeardDemoPlace *place,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The table of links on standard output. */
void heard_demo_print(const HeardDemo *self, const HeardDemoPlace *place);
