/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/audit_trail.h"

#include "server/store/audit_rows.h"

static const char *role_of(const HeardCaller *caller)
{
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        if (caller->roles & HEARD_ROLE_BIT(role))
            return heard_role_name((HeardRole)role);
    return "";
}

bool heard_audit_trail_append(HeardStore *store, HeardCall *call, const char *action,
                              const char *object_kind, const char *object_id,
                              const char *hearing_id, const char *reason)
{
    g_autofree char *object = g_strdup_printf("%s:%s", object_kind, object_id);
    g_autoptr(json_t) detail = json_pack("{s:s?, s:s?}", "reason", reason, "unit",
                                         call->caller.unit_id[0] ? call->caller.unit_id : NULL);
    g_autofree char *detail_text = heard_json_dump(detail);
    HeardAuditRow row = {.at_ms = call->wall_ms,
                         .actor_id = heard_caller_id(&call->caller),
                         .role = role_of(&call->caller),
                         .unit_id = call->caller.unit_id[0] ? call->caller.unit_id : NULL,
                         .action = action,
                         .object = object,
                         .hearing_id = hearing_id,
                         .reason = reason,
                         .result = "done",
                         .detail = detail_text};

    return heard_audit_rows_record(store, &row, NULL, &call->error);
}
