/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * `heard serve`: makes every part in order, runs the main loop, takes them down in reverse
 * order (server/app/README.md has both orders).
 *
 * Threads  Becomes the main thread.
 * Errors   One line on stderr and exit status 1 (2 for wrong options).
 */

int heard_serve_main(int argc, char **argv);
