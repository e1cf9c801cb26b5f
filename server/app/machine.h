/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the machine says about itself: the addresses that clients may reach.
 *
 * Threads  Start-up only.
 */

#include <glib.h>
#include <stdbool.h>

enum { HEARD_MACHINE_ADDRESSES_MAX = 8 };

/*
 * configured: numeric addresses parted by commas, or NULL for those of the machine that are
 * neither loopback nor link-local, and 127.0.0.1 as the last one when there are none or
 * loopback is wanted (demo, load tests on the same machine). The caller frees it with
 * g_strfreev(). HEARD_ERROR_CONFIG for a text that is not an address.
 */
GStrv heard_machine_addresses(const char *configured, bool loopback, GError **error);
