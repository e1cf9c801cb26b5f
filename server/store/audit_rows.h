/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The audit trail: rows that are only added, each with the hash of the one before. The
 * hash is computed by server/hearing/audit; here stands what keeps the chain whole: append
 * takes only the next number with the head's hash, and triggers refuse UPDATE and DELETE.
 *
 * Rows, ownership, threads: row.h.
 * Errors   append: HEARD_ERROR_CONFLICT when seq or prev_hash is not that of the head:
 *          read the head again, compute again.
 */

#include "server/hearing/audit.h" /* HEARD_AUDIT_HASH_SIZE */
#include "server/store/row.h"

typedef struct {
    int64_t seq; /* 1, 2, 3 … */
    int64_t at_ms;
    const char *actor_id, *role, *unit_id;
    const char *action; /* noun.verb */
    const char *object; /* kind:id */
    const char *hearing_id;
    const char *reason, *ip, *result;
    const char *detail;           /* JSON, the exact text that was hashed */
    const char *prev_hash, *hash; /* hex */
} HeardAuditRow;

/* seq 0 and 64 zeros before the first row. */
bool heard_audit_rows_head(HeardStore *store, int64_t *ret_seq,
                           char ret_hash[static HEARD_AUDIT_HASH_SIZE],
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_audit_rows_append(HeardStore *store, const HeardAuditRow *row,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * The usual way: takes the head, computes seq, prev_hash and hash of the row (its own are
 * not looked at) and appends. Hashed are at_ms, hearing_id, actor_id, role, action, object,
 * detail and result, NULL as "": what must hold (reason, unit) stands in detail too.
 * ret_seq may be NULL.
 */
bool heard_audit_rows_record(HeardStore *store, const HeardAuditRow *row, int64_t *ret_seq,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads the whole trail and computes it again. ret_bad_seq 0: it is whole; otherwise the
 * first row that does not follow. A trail cut off at its end is found only against a head
 * that was kept elsewhere: ret_head. */
bool heard_audit_rows_verify(HeardStore *store, int64_t *ret_bad_seq,
                             char ret_head[static HEARD_AUDIT_HASH_SIZE],
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How often action stands there about object, since an action of the same beginning that is
 * another one. */
bool heard_audit_rows_count(HeardStore *store, const char *hearing_id, const char *object,
                            const char *action, const char *beginning, int64_t *ret_count,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rows with seq > after_seq, in order; hearing_id NULL: all. */
GPtrArray *heard_audit_rows_list(HeardStore *store, const char *hearing_id, int64_t after_seq,
                                 unsigned limit, GError **error);
/* What was done of one action in a hearing with seq > after_seq, in order; refused tries are left
 * out. */
GPtrArray *heard_audit_rows_list_done(HeardStore *store, const char *hearing_id, const char *action,
                                      int64_t after_seq, GError **error);
