/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What an uploaded file is, by its content and never by its name: the subcommand
 * `heard examine FILE [--scanner SOCKET]`, a process of its own for what strangers send.
 *
 * It syncs the file, has clamd look at it where a socket is named, shuts itself in, and asks
 * libmagic. stdout: one JSON object, {"media_type": "image/png"} or {"refused": a code of
 * error.h}. Exit status 0: taken; 1: refused; 2: usage; 3: could not be looked at (unavailable).
 *
 * Threads  Called once, from a fresh process.
 */

#include "server/base/error.h"

#include <stddef.h>
#include <stdint.h>

int heard_examine_main(int argc, char **argv);

/* Pure. mime: as libmagic says; head: the file's first bytes. NULL with the code in ret_error
 * for what is not taken. */
const char *heard_examine_type(const char *mime, const uint8_t *head, size_t size,
                               HeardError *ret_error);
