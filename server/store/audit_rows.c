/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/audit_rows.h"

#include "server/base/error.h"

#include <string.h>

static const HeardColumn audit_columns[] = {
    HEARD_COLUMN(HeardAuditRow, INT, seq),        HEARD_COLUMN(HeardAuditRow, INT, at_ms),
    HEARD_COLUMN(HeardAuditRow, TEXT, actor_id),  HEARD_COLUMN(HeardAuditRow, TEXT, role),
    HEARD_COLUMN(HeardAuditRow, TEXT, unit_id),   HEARD_COLUMN(HeardAuditRow, TEXT, action),
    HEARD_COLUMN(HeardAuditRow, TEXT, object),    HEARD_COLUMN(HeardAuditRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardAuditRow, TEXT, reason),    HEARD_COLUMN(HeardAuditRow, TEXT, ip),
    HEARD_COLUMN(HeardAuditRow, TEXT, result),    HEARD_COLUMN(HeardAuditRow, TEXT, detail),
    HEARD_COLUMN(HeardAuditRow, TEXT, prev_hash), HEARD_COLUMN(HeardAuditRow, TEXT, hash),
};
static const HeardTable audit_table =
    HEARD_TABLE("audit", "audit entry", HeardAuditRow, audit_columns);

bool heard_audit_rows_head(HeardStore *store, int64_t *ret_seq,
                           char ret_hash[static HEARD_AUDIT_HASH_SIZE], GError **error)
{
    g_autoptr(HeardStatement) statement =
        heard_store_prepare(store, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", error);

    if (!statement)
        return false;
    switch (heard_statement_step(statement, error)) {
    case HEARD_STEP_ROW:
        *ret_seq = heard_statement_col_int64(statement, 0);
        g_strlcpy(ret_hash, heard_statement_col_text(statement, 1), HEARD_AUDIT_HASH_SIZE);
        return true;
    case HEARD_STEP_DONE:
        *ret_seq = 0;
        memset(ret_hash, '0', HEARD_AUDIT_HASH_SIZE - 1);
        ret_hash[HEARD_AUDIT_HASH_SIZE - 1] = '\0';
        return true;
    case HEARD_STEP_FAILED:
        break;
    }
    return false;
}

static bool is_hash(const char *text)
{
    return text && strlen(text) == HEARD_AUDIT_HASH_SIZE - 1 &&
           strspn(text, "0123456789abcdef") == HEARD_AUDIT_HASH_SIZE - 1;
}

bool heard_audit_rows_append(HeardStore *store, const HeardAuditRow *row, GError **error)
{
    char head_hash[HEARD_AUDIT_HASH_SIZE];
    int64_t head_seq = 0;

    if (!is_hash(row->hash) || !is_hash(row->prev_hash)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "audit: a hash is 64 hex digits");
        return false;
    }
    if (!heard_audit_rows_head(store, &head_seq, head_hash, error))
        return false;
    if (row->seq != head_seq + 1 || strcmp(row->prev_hash, head_hash) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "the audit trail has moved on; read its head again");
        return false;
    }
    /* Another connection may have appended since: then seq stands already, a conflict too. */
    return heard_row_insert(store, &audit_table, row, error);
}

static const char *text_of(const char *text)
{
    return text ? text : "";
}

static HeardAuditEntry entry_of(const HeardAuditRow *row)
{
    return (HeardAuditEntry){
        .seq = (uint64_t)row->seq,
        .at_ms = row->at_ms,
        .hearing = text_of(row->hearing_id),
        .actor = text_of(row->actor_id),
        .role = text_of(row->role),
        .action = text_of(row->action),
        .object = text_of(row->object),
        .detail = text_of(row->detail),
        .result = text_of(row->result),
    };
}

bool heard_audit_rows_record(HeardStore *store, const HeardAuditRow *row, int64_t *ret_seq,
                             GError **error)
{
    HeardAuditEntry entry = entry_of(row);
    HeardAuditRow complete = *row;
    HeardAuditChain chain;
    char before[HEARD_AUDIT_HASH_SIZE];
    int64_t seq = 0;

    if (!heard_audit_rows_head(store, &seq, before, error))
        return false;
    chain.seq = (uint64_t)seq;
    memcpy(chain.head, before, sizeof chain.head);
    heard_audit_append(&chain, &entry);
    complete.seq = (int64_t)entry.seq;
    complete.prev_hash = before;
    complete.hash = chain.head;
    if (!heard_audit_rows_append(store, &complete, error))
        return false;
    if (ret_seq)
        *ret_seq = complete.seq;
    return true;
}

bool heard_audit_rows_verify(HeardStore *store, int64_t *ret_bad_seq,
                             char ret_head[static HEARD_AUDIT_HASH_SIZE], GError **error)
{
    HeardAuditChain chain;

    heard_audit_init(&chain);
    for (;;) {
        g_autoptr(GPtrArray) rows =
            heard_audit_rows_list(store, NULL, (int64_t)chain.seq, 0, error);

        if (!rows)
            return false;
        for (unsigned i = 0; i < rows->len; i++) {
            const HeardAuditRow *row = rows->pdata[i];
            HeardAuditEntry entry = entry_of(row);
            if (heard_audit_check(&chain, &entry, row->hash) != HEARD_AUDIT_GOOD) {
                *ret_bad_seq = row->seq;
                return true;
            }
        }
        if (rows->len == 0)
            break;
    }
    *ret_bad_seq = 0;
    memcpy(ret_head, chain.head, sizeof chain.head);
    return true;
}

bool heard_audit_rows_count(HeardStore *store, const char *hearing_id, const char *object,
                            const char *action, const char *beginning, int64_t *ret_count,
                            GError **error)
{
    g_autofree char *like = g_strdup_printf("%s%%", beginning);

    return heard_row_number(
        store,
        "SELECT count(*) FROM audit WHERE hearing_id = $1 AND object = $2 AND action = $3 "
        "AND seq > coalesce((SELECT max(seq) FROM audit WHERE hearing_id = $1 AND object = $2 "
        "AND action LIKE $4 AND action <> $3), 0)",
        HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_TEXT(object), HEARD_TEXT(action),
                     HEARD_TEXT(like)),
        ret_count, error);
}

GPtrArray *heard_audit_rows_list(HeardStore *store, const char *hearing_id, int64_t after_seq,
                                 unsigned limit, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "seq > ?", HEARD_INT(after_seq));
    if (hearing_id)
        heard_filter_add(&filter, "hearing_id = ?", HEARD_TEXT(hearing_id));
    g_string_append_printf(filter.text, " ORDER BY seq LIMIT %u",
                           limit ? MIN(limit, HEARD_PAGE_MAX) : HEARD_PAGE_MAX);
    return heard_filter_list(&filter, store, &audit_table, error);
}

GPtrArray *heard_audit_rows_list_done(HeardStore *store, const char *hearing_id, const char *action,
                                      int64_t after_seq, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "seq > ?", HEARD_INT(after_seq));
    heard_filter_add(&filter, "hearing_id = ?", HEARD_TEXT(hearing_id));
    heard_filter_add(&filter, "action = ?", HEARD_TEXT(action));
    heard_filter_add(&filter, "result = ?", HEARD_TEXT("done"));
    g_string_append_printf(filter.text, " ORDER BY seq LIMIT %u", (unsigned)HEARD_PAGE_MAX);
    return heard_filter_list(&filter, store, &audit_table, error);
}
