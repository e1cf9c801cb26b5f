/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Open a derived file again before it is called ready: a first frame decodes, it is as long
 * as it should be, no step of time in it is wild; write its index beside it.
 *
 * Ownership  Nothing kept.
 * Threads    One at a time.
 * Errors     HEARD_ERROR_CORRUPT with the file's name.
 */

#include "recordings/tracks.h"

enum { HEARD_FINISHED_TOLERANCE_US = 500 * 1000 };

/* Sets index_name, index_bytes and, for VP9 and H.264, what the container says better. */
bool heard_finished_file_check(const char *folder, HeardTracksFile *facts,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
