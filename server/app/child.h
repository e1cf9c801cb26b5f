/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Run one of our own subcommands as a child process of low priority, and read its output
 * line by line, or leave the bytes to the caller, without blocking the main loop.
 *
 * Bounds     A line longer than HEARD_CHILD_LINE_MAX ends the child; so does the deadline.
 * Ownership  The child frees itself after on_end; heard_child_kill() ends it early, without
 *            on_end.
 * Threads    Main, with the GMainContext of its thread-default.
 * Errors     start: HEARD_ERROR_UNAVAILABLE.
 */

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

enum { HEARD_CHILD_LINE_MAX = 4 * 1024 * 1024, HEARD_CHILD_NICE = 10 };

typedef struct HeardChild HeardChild;

typedef struct {
    /* One line of standard output without its end; may be NULL. */
    void (*on_line)(const char *line, void *data);
    /* status: exit status, or -1 when it was killed or its output was unreadable. */
    void (*on_end)(int status, void *data);
    void *data;
} HeardChildHooks;

/* argv[0] is the subcommand's name; the program is this one. seconds_max 0: no deadline. */
HeardChild *heard_child_start(const char *const *argv, unsigned seconds_max,
                              const HeardChildHooks *hooks,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its output is not read here: ret_fd, non-blocking and the caller's, gives the bytes as they are;
 * on_line is not used. Whoever does not read makes the child wait. */
HeardChild *heard_child_open(const char *const *argv, unsigned seconds_max,
                             const HeardChildHooks *hooks, int *ret_fd,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same as start, and the caller writes its standard input: ret_fd, the caller's, is one end of
 * a socket pair. No deadline. */
HeardChild *heard_child_start_fed(const char *const *argv, const HeardChildHooks *hooks,
                                  int *ret_fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_child_kill(HeardChild *self);
