/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Send a recording's export package (`heard package --out -`) as the answer to a request.
 *
 * The child's pipe is the only buffer: it is read when the connection takes more, so a slow
 * client slows the child. The answer begins with the child's first byte; a child that fails before
 * is a clear answer, one that fails later cuts the connection.
 *
 * Bounds     HEARD_PACKAGES_MAX at once, HEARD_PACKAGE_SECONDS_MAX each; a client that takes
 * nothing for HEARD_HTTP_IDLE_S is given up. Ownership  Frees itself when the request is over.
 * Threads    Main.
 * Errors     HEARD_ERROR_TOO_MANY, HEARD_ERROR_UNAVAILABLE; the request is the caller's then.
 */

#include "server/app/app.h"
#include "server/app/http.h"

#include <stdbool.h>

enum { HEARD_PACKAGES_MAX = 4, HEARD_PACKAGE_SECONDS_MAX = 6 * 3600 };

typedef struct {
    const char *directory;  /* of the recording, below the data folder */
    const char *name;       /* of the file that the client saves */
    int64_t from_ms, to_ms; /* only this excerpt; to_ms 0: all of it */
} HeardPackageWanted;

bool heard_package_stream_start(HeardApp *app, HeardHttpRequest *request,
                                const HeardPackageWanted *wanted,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
