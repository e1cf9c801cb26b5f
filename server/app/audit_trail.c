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
    HeardAuditChain chain;
    char before[HEARD_AUDIT_HASH_SIZE];
    int64_t seq;
    HeardAuditEntry entry = {.at_ms = call->wall_ms,
                             .hearing = hearing_id ? hearing_id : "",
                             .actor = heard_caller_id(&call->caller),
                             .role = role_of(&call->caller),
                             .action = action,
                             .object = object,
                             .detail = detail_text,
                             .result = "done"};
    HeardAuditRow row = {.at_ms = call->wall_ms,
                         .actor_id = entry.actor,
                         .role = entry.role,
                         .unit_id = call->caller.unit_id[0] ? call->caller.unit_id : NULL,
                         .action = action,
                         .object = object,
                         .hearing_id = hearing_id,
                         .reason = reason,
                         .result = "done",
                         .detail = detail_text,
                         .prev_hash = before,
                         .hash = chain.head};

    if (!heard_audit_rows_head(store, &seq, before, &call->error))
        return false;
    chain.seq = (uint64_t)seq;
    g_strlcpy(chain.head, before, sizeof chain.head);
    heard_audit_append(&chain, &entry);
    row.seq = (int64_t)entry.seq;
    return heard_audit_rows_append(store, &row, &call->error);
}
