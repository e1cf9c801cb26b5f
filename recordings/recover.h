/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Bring every log that a crash left open to a proper end: keep complete chunks, copy
 * the torn tail aside, write a recovery trailer and a journal entry. Nothing that was
 * durable is removed; doing it twice changes nothing. Needs no key but the one that signs: who
 * ends the log vouches for what was found.
 *
 * Units      recorded_ms: milliseconds up to the last complete chunk.
 * Ownership  Borrows its arguments; the report is valid during the callback.
 * Threads    Any thread while no writer has these folders open.
 * Errors     One damaged log does not stop the others: it is reported as failed.
 */

#include "recordings/signer.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HEARD_RECOVER_CLEAN,    /* was closed properly, nothing done */
    HEARD_RECOVER_REPAIRED, /* closed now */
    HEARD_RECOVER_FAILED,   /* left as it is; the text says why */
} HeardRecoverResult;

typedef struct {
    HeardRecoverResult result;
    const char *hearing, *recording; /* folder names */
    const char *path;                /* of the recording's folder */
    int64_t recorded_ms;
    int64_t started_wall_ms;
    int64_t torn_bytes;  /* copied aside */
    char chain_head[65]; /* SHA-256 of the last journal line, hex */
    char message[200];   /* of FAILED */
    bool no_room;        /* FAILED, but for want of room alone: again when there is some */
} HeardRecoverReport;

typedef void (*HeardRecoverFunc)(const HeardRecoverReport *report, void *data);

/* Every <dir>/<hearing>/<recording>/. A missing dir is no error. signer: NULL: nobody signs. On a
 * full disk the reserve (reserve.h) gives its room for the ends of logs. */
bool heard_recover_all(const char *dir, const HeardSigner *signer, HeardRecoverFunc func,
                       void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One recording's folder. hearing and recording of the report stay NULL. */
void heard_recover_log(const char *path, const HeardSigner *signer, HeardRecoverReport *ret_report);
