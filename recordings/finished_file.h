/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Open a derived file again before it is called ready, and write its index beside it.
 *
 * Complete to the last byte; as long as it should be, its first frame at 0 and its last one
 * at the end, within HEARD_FINISHED_TOLERANCE_US; as many frames as were put; no step of time
 * above HEARD_FINISHED_STEP_US; the first frame and the last one decode.
 *
 * Ownership  Nothing kept.
 * Threads    One at a time.
 * Errors     HEARD_ERROR_CORRUPT with the file's name and what is wrong with it. A take whose
 *            frames don't decode is none: whoever sent it did so, and must not be able to keep
 *            everybody's recording from being played. facts->undecodable says it.
 */

#include "recordings/tracks.h"

#define HEARD_FINISHED_STEP_US (INT64_C(10) * 1000 * 1000)
enum { HEARD_FINISHED_TOLERANCE_US = 500 * 1000 };

/* Sets index_name, index_bytes, undecodable and, for VP9 and H.264, what the container says
 * better. */
bool heard_finished_file_check(const char *folder, HeardTracksFile *facts,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
