/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who is screened from somebody has no name for him: wherever it stands in what he is given,
 * another word stands in its place. That is done where everything goes out, not where each thing is
 * made, so a new route or event can't forget it. What is a file (a sealed document, a film) stays
 * as it is.
 *
 * Who reads these words still learns that there is somebody, and what he says.
 *
 * Bound      As many names as a hearing has people, and as many masked ones.
 * Ownership  new/free.
 * Threads    read: a store thread. The rest is pure.
 * Errors     read: those of the store.
 */

#include "server/hearing/hearing.h"
#include "server/store/store.h"

#include <glib.h>
#include <jansson.h>

typedef struct HeardVeil HeardVeil;

HeardVeil *heard_veil_new(void);
void heard_veil_free(HeardVeil *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardVeil, heard_veil_free)

/* The name, and as observers are shown it. */
void heard_veil_add(HeardVeil *self, const char *name);
bool heard_veil_is_empty(const HeardVeil *self);

/* All texts of the value, keys left alone; a new value. A name of one letter is found only where it
 * stands alone, and none in words in small ASCII letters: those are the protocol's. language: "zh",
 * or else English. */
json_t *heard_veil_cover(const HeardVeil *self, const json_t *value, const char *language);
const char *heard_veil_word(const char *language);

/* By the trail of the hearing: whoever is screened from this participant at last. */
HeardVeil *heard_veil_read(HeardStore *store, const char *hearing_id, const char *participant_id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
