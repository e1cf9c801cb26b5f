/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The urn of an open secret vote: the votes so far, sealed under a key of its own. The key lies in
 * the data folder, apart from the database, and is gone when the vote ends; so an old copy of the
 * database tells no vote, with or without the server's other keys. It is in no backup: where it is
 * lost the question is withdrawn and put again.
 *
 * Threads  The store thread.
 * Errors   HEARD_ERROR_CRYPTO: no key, or another one; HEARD_ERROR_CORRUPT: not the votes of those
 *          who are marked; as heard_field_cipher_new().
 */

#include "server/hearing/ballot.h"
#include "server/store/ballot_rows.h"

/* The caller frees it. count of a first one: all zero. */
char *heard_urn_seal(const char *data_dir, const char *ballot_id, const HeardBallotCount *count,
                     GError **error);
/* marked: voters who have voted. Keeps option_count and voters. */
bool heard_urn_open(const char *data_dir, const HeardBallotRow *row, unsigned marked,
                    HeardBallotCount *count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_urn_forget(const char *data_dir, const char *ballot_id);
/* Keys of votes that ended while the server went down. */
bool heard_urn_sweep(HeardStore *store, const char *data_dir,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
