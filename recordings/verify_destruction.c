/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/destruction.h"
#include "recordings/verify.h"
#include "server/base/error.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void fill(HeardVerifyReport *report, const HeardDestruction *found)
{
    const json_t *order = json_object_get(found->certificate, "order");
    const json_t *one = json_object_get(order, "requested_by");
    const json_t *other = json_object_get(order, "confirmed_by");

    report->destroyed_ms = MAX(found->confirmed_ms, 1);
    g_strlcpy(report->destruction, text_of(order, "id"), sizeof report->destruction);
    g_strlcpy(report->destruction_fingerprint, heard_signatory_fingerprint(found->signatory),
              sizeof report->destruction_fingerprint);
    g_strlcpy(report->requested_by, text_of(one, "name"), sizeof report->requested_by);
    g_strlcpy(report->confirmed_by, text_of(other, "name"), sizeof report->confirmed_by);
}

char *heard_verify_destruction(const char *path, HeardLogInfo *info, HeardVerifyReport *report,
                               HeardSignatory **ret_signatory, HeardFindingKind *ret_found)
{
    g_auto(HeardDestruction) found = {0};
    g_autoptr(GError) why = NULL;

    if (!heard_destruction_read(&found, path, &why)) {
        if (heard_error_code(why) == HEARD_ERROR_NOT_FOUND)
            return NULL;
        *ret_found = HEARD_FINDING_DESTRUCTION;
        return g_strdup(why->message);
    }
    if (info->log_id_text) {
        *ret_found = HEARD_FINDING_DESTROYING;
        return g_strdup(text_of(json_object_get(found.certificate, "order"), "id"));
    }
    fill(report, &found);
    *info = found.info;
    memset(&found.info, 0, sizeof found.info);
    *ret_signatory = g_steal_pointer(&found.signatory);
    return NULL;
}
