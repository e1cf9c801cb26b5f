/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A unit and all below it are the paths in [path, heard_subtree_end(path)): a range that an
 * index serves, where LIKE would not on either engine.
 *
 * Threads  Pure.
 */

#include <glib.h>
#include <string.h>

/* The first text after all that begin with path, whose last '/' becomes '0', the next
 * character of ASCII. The caller frees it. */
static inline char *heard_subtree_end(const char *path)
{
    char *end = g_strdup(path);
    size_t size = strlen(path);

    if (size > 0)
        end[size - 1] = '/' + 1;
    return end;
}
