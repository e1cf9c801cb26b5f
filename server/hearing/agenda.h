/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The kinds of hearings with the profiles that are built in (profiles/NAME.json).
 *
 * Threads  Read-only once made, at the first use; any thread.
 */

#include "server/hearing/profile.h"

/* A profile that is built in is there, or the program does not run: the tests read them all. */
const HeardProfile *heard_agenda_profile(HeardKind kind);
/* Its text, as a hearing that is scheduled keeps it. */
const char *heard_agenda_text(HeardKind kind);

enum { HEARD_AGENDA_PROFILES_MAX = 4096 };

/*
 * The profile that a hearing was scheduled with: the same text gives the same profile, kept for
 * the life of the process, so whoever holds a hearing needs to own nothing. HEARD_ERROR_TOO_MANY
 * beyond HEARD_AGENDA_PROFILES_MAX of them.
 */
const HeardProfile *heard_agenda_keep(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
