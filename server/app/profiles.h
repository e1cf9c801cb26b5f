/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The profiles of this server: those that are built in, and an office's own from the folder that
 * the setting `profiles` names (server/hearing/profiles/README.md).
 *
 * Ownership  load/free.
 * Threads    Read-only after load; any thread.
 * Errors     HEARD_ERROR_CONFIG naming the file, and what is wrong in it.
 */

#include "server/hearing/agenda.h"

typedef struct HeardProfiles HeardProfiles;

/* folder NULL: none. */
HeardProfiles *heard_profiles_load(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_profiles_free(HeardProfiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardProfiles, heard_profiles_free)

/* For an office of that region; borrowed. ret_text: what the hearing keeps. */
const HeardProfile *heard_profiles_find(const HeardProfiles *self, HeardKind kind,
                                        const char *region_code, const char **ret_text);
