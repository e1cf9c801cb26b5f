/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What stands where a recording was destroyed: read without a crash, and believed only with a
 * certificate, a log id and a hash that the verifier can go on with.
 */
#include "recordings/destruction.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(HeardDestruction) found = {0};
    g_autofree char *text = g_strndup((const char *)data, size); /* as a reader of a file has it */

    if (heard_destruction_parse(&found, text, size, NULL)) {
        g_assert(found.signatory && found.certificate && found.info.log_id_text);
        g_assert(found.info.journal.count == 0);
        g_assert(memcmp(found.info.journal.head, found.info.hash, HEARD_LOG_HASH_SIZE) == 0);
    }
    return 0;
}
