/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * At start: logs that a crash left open are brought to an end, and their rows say so.
 *
 * Files are the truth: a log without a row is left alone and logged; a row without a log
 * that can be repaired becomes "interrupted" and stays for a human.
 *
 * Threads  Start-up, before the writer and the store's threads.
 */

#include "recordings/signer.h"
#include "server/store/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

bool heard_recovery_run(HeardStore *store, const HeardSigner *signer, const char *data_dir,
                        const char *recordings_dir, int64_t wall_ms,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
