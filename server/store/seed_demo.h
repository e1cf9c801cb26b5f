/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The demo that server/run shows: an organisation tree, staff accounts, one fictional
 * petitioner, one case, and one joint reception, one mediation and one panel hearing of it
 * that may start now.
 *
 * Running it again finds what it made (by unit code and login) and leaves it alone: then
 * password and join_token are NULL, as only their hashes are stored. With renew they are
 * made anew and the old ones stop working. A demo hearing that is over gets a fresh one
 * beside it.
 *
 * Ownership  The result is one object; free it with heard_seed_demo_free().
 * Threads    The store's thread (argon2id: some hundred milliseconds).
 */

#include "server/store/field_cipher.h"
#include "server/store/store.h"

enum {
    HEARD_SEED_SEATS_MAX = 8,
    HEARD_SEED_ACCOUNTS_MAX = 8,
    HEARD_SEED_MORE = 2, /* hearings beside the reception */
    HEARD_SEED_MORE_SEATS_MAX = 9,
};

typedef struct {
    const char *role; /* a wire name */
    char *participant_id;
    char *display_name;
    char *join_token;
} HeardSeedSeat;

typedef struct {
    const char *role; /* clerk, presiding, mediator, department, observer, archivist, sec_admin */
    char *account_id;
    char *login;
    char *password;
} HeardSeedAccount;

typedef struct {
    const char *kind; /* mediation, panel_hearing */
    char *hearing_id, *hearing_no;
    unsigned seat_count;
    HeardSeedSeat seats[HEARD_SEED_MORE_SEATS_MAX]; /* in order of position */
} HeardSeedHearing;

typedef struct {
    char *hearing_id, *hearing_no, *case_id, *case_no;
    unsigned seat_count, account_count;
    HeardSeedSeat seats[HEARD_SEED_SEATS_MAX]; /* in order of position */
    HeardSeedAccount accounts[HEARD_SEED_ACCOUNTS_MAX];
    HeardSeedHearing more[HEARD_SEED_MORE];
} HeardSeedDemo;

extern const char heard_seed_petitioner_name[];
/* A hearing in this state needs another one beside it. */
bool heard_seed_is_over(const char *state);

HeardSeedDemo *heard_seed_demo(HeardStore *store, const HeardFieldCipher *cipher, int64_t wall_ms,
                               bool renew, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_seed_demo_free(HeardSeedDemo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSeedDemo, heard_seed_demo_free)
