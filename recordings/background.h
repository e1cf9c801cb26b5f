/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the processes that work on a finished recording have in common: a hearing that runs now
 * goes before one that is over, and who started them hears how far they are.
 *
 * Units      permille 0 … 1000.
 * Threads    From the process's main thread.
 * Errors     None that matter: a priority that stays is told on stderr.
 */

typedef void (*HeardProgress)(int permille, void *data);

/* name: of the subcommand. */
void heard_background_begin(const char *name);
/* A HeardProgress: one line {"progress": permille} on stdout. */
void heard_background_print_progress(int permille, void *data);
