/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The minutes as the one text that people sign: head, people, lines in the order of being said.
 * Chinese, whatever language a page has: it is the authoritative one (domain.md 3.14).
 *
 * Ownership  The caller frees the texts.
 * Threads    A store thread.
 * Errors     HEARD_ERROR_TOO_LARGE, and those of the store.
 */

#include "server/store/hearing_rows.h"
#include "server/store/store.h"

/* "接访笔录", "听证笔录", "调解笔录" by the kind of hearing. */
const char *heard_minutes_title(const HeardHearingRow *hearing);
char *heard_minutes_text(HeardStore *store, const HeardHearingRow *hearing, GError **error);
