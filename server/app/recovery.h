/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * At start: logs that a crash left open are brought to an end, and their rows say so.
 *
 * Files are the truth: what no row knows is left alone and counted in one line (unknown_files.h
 * lists it); a row whose log can't be repaired becomes "interrupted", one without a log "missing",
 * and both stay for a human. A log that is back makes its row "sealed" again. What a crash cut off
 * gets a fault "crash"; a record that no opening used becomes "unused".
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
