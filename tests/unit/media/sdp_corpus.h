/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Offers of the fuzz corpus as test data; the caller frees the text. */

#include <glib.h>

static inline char *heard_sdp_corpus(const char *name)
{
    const char *root = g_getenv("HEARD_SOURCE_ROOT");
    g_autofree char *path =
        g_build_filename(root ? root : ".", "tests/fuzz/corpus/sdp", name, NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    return text;
}
