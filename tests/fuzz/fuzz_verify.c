/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One file of a good log (tests/vectors) is the input, the first byte says which: whatever stands
 * there is judged without a crash, and called intact only if it is what was written.
 */
#include "recordings/disk.h"
#include "recordings/signer.h"
#include "recordings/timestamp.h"
#include "recordings/verify.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"log.json",   "journal.jsonl", "seal.json",
                                    "000001.seg", "000002.seg",    HEARD_TIMESTAMP_FILE};
enum { TIMESTAMP = 5, CERTIFICATE = 6, KINDS = 7 };

static struct {
    char *folder;
    char *bytes[TIMESTAMP];
    gsize sizes[TIMESTAMP];
} vectors;

static void remove_folder(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(vectors.folder, names[i], NULL);

        g_remove(path);
    }
    g_rmdir(vectors.folder);
    for (unsigned i = 0; i < TIMESTAMP; i++)
        g_free(vectors.bytes[i]);
    g_free(vectors.folder);
}

static void put(unsigned file, const void *bytes, size_t size)
{
    g_autofree char *path = g_build_filename(vectors.folder, names[file], NULL);

    if (!g_file_set_contents_full(path, bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
        g_error("no room for %s", path);
}

static void begin(void)
{
    bool in_memory = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR);

    vectors.folder = g_strdup(in_memory ? "/dev/shm/heard-verify-XXXXXX" : "heard-verify-XXXXXX");
    if (!g_mkdtemp(vectors.folder))
        g_error("no folder");
    for (unsigned i = 0; i < TIMESTAMP; i++) {
        g_autofree char *path = g_build_filename(VECTORS, names[i], NULL);

        if (!g_file_get_contents(path, &vectors.bytes[i], &vectors.sizes[i], NULL))
            g_error("%s is missing", path);
        put(i, vectors.bytes[i], vectors.sizes[i]);
    }
    atexit(remove_folder);
}

static void judge(unsigned file, const uint8_t *data, size_t size)
{
    g_autoptr(HeardVerifyReport) report = NULL;
    g_autofree char *text = NULL;
    json_t *json;

    put(file, data, size);
    report = heard_verify(vectors.folder, NULL, NULL);
    if (report) {
        text = heard_verify_report_to_text(report, "zh");
        json = heard_verify_report_to_json(report);
        g_assert(json);
        json_decref(json);
    }
    if (file == TIMESTAMP) {
        g_autofree char *path = g_build_filename(vectors.folder, names[file], NULL);

        g_remove(path);
        return;
    }
    if (report && report->result == HEARD_VERIFY_INTACT)
        g_assert(size == vectors.sizes[file] && !memcmp(data, vectors.bytes[file], size));
    put(file, vectors.bytes[file], vectors.sizes[file]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!vectors.folder)
        begin();
    if (size == 0)
        return 0;
    if (data[0] % KINDS == CERTIFICATE) {
        g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
        g_autoptr(HeardSignatory) signatory = heard_signatory_new(text, NULL);

        if (signatory) {
            g_assert(g_utf8_validate(heard_signatory_name(signatory), -1, NULL));
            (void)heard_signatory_check(signatory, "text", 4, "00ff");
        }
        return 0;
    }
    judge(data[0] % KINDS, data + 1, size - 1);
    return 0;
}
