/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Run a fuzz target over the files of a folder as an ordinary test: one TAP line a file.
 *
 * Each input is copied into a block of exactly its size, so that ASan sees a read
 * behind its end.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool run_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    g_autofree uint8_t *exact = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &text, &size, NULL))
        return false;
    exact = g_memdup2(text, size);
    LLVMFuzzerTestOneInput(exact, size);
    return true;
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
    const char *name;

    if (!dir) {
        printf("Bail out! no corpus folder\n");
        return 1;
    }
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    printf("1..%u\n", names->len);
    for (guint i = 0; i < names->len; i++) {
        bool ran = run_file(argv[1], names->pdata[i]);
        printf("%s %u - %s\n", ran ? "ok" : "not ok", i + 1, (char *)names->pdata[i]);
        fflush(stdout);
    }
    return names->len == 0;
}
