/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/audit.h"

#include "server/base/error.h"

#include <string.h>

void heard_audit_init(HeardAuditChain *self)
{
    self->seq = 0;
    memset(self->head, '0', sizeof self->head - 1);
    self->head[sizeof self->head - 1] = '\0';
}

static void add_text(GChecksum *sum, const char *text)
{
    char size[24];

    g_snprintf(size, sizeof size, "%zu:", strlen(text));
    g_checksum_update(sum, (const guchar *)size, -1);
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
}

static void add_number(GChecksum *sum, int64_t number)
{
    char digits[24];

    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, number);
    add_text(sum, digits);
}

static void hash_entry(const char *previous, const HeardAuditEntry *entry,
                       char ret_hash[static HEARD_AUDIT_HASH_SIZE])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    add_text(sum, previous);
    add_number(sum, (int64_t)entry->seq);
    add_number(sum, entry->at_ms);
    add_text(sum, entry->hearing);
    add_text(sum, entry->actor);
    add_text(sum, entry->role);
    add_text(sum, entry->action);
    add_text(sum, entry->object);
    add_text(sum, entry->detail);
    add_text(sum, entry->result);
    g_strlcpy(ret_hash, g_checksum_get_string(sum), HEARD_AUDIT_HASH_SIZE);
    g_checksum_free(sum);
}

void heard_audit_append(HeardAuditChain *self, HeardAuditEntry *entry)
{
    char hash[HEARD_AUDIT_HASH_SIZE];

    entry->seq = ++self->seq;
    hash_entry(self->head, entry, hash);
    memcpy(self->head, hash, sizeof hash);
}

HeardAuditCheck heard_audit_check(HeardAuditChain *self, const HeardAuditEntry *entry,
                                  const char *hash)
{
    char expected[HEARD_AUDIT_HASH_SIZE];

    if (entry->seq != self->seq + 1)
        return HEARD_AUDIT_GAP;
    hash_entry(self->head, entry, expected);
    if (strcmp(expected, hash) != 0)
        return HEARD_AUDIT_BROKEN;
    self->seq = entry->seq;
    memcpy(self->head, expected, sizeof expected);
    return HEARD_AUDIT_GOOD;
}

void heard_audit_describe(HeardAuditEntry *ret_entry, const char *hearing_id,
                          const HeardHearing *hearing, const HeardCommand *command,
                          const char *detail, HeardAnswer answer)
{
    uint16_t actor =
        command->actor ? heard_hearing_find(hearing, command->actor) : (uint16_t)HEARD_NOBODY;

    ret_entry->seq = 0;
    ret_entry->at_ms = command->wall_ms;
    ret_entry->hearing = hearing_id;
    ret_entry->actor = command->actor ? command->actor : "server";
    ret_entry->role = actor == HEARD_NOBODY ? "" : heard_role_name(hearing->people[actor].role);
    ret_entry->action = heard_verb_name(command->verb);
    ret_entry->object = command->target ? command->target : "";
    ret_entry->detail = detail;
    ret_entry->result = heard_answer_name(answer);
}

bool heard_audit_replay(HeardHearing *hearing, const HeardAuditEntry *entry, GError **error)
{
    g_autofree HeardEffects *effects = g_new(HeardEffects, 1);
    g_autoptr(json_t) data = NULL;
    HeardCommand command;
    HeardVerb verb;
    HeardAnswer answer;

    if (strcmp(entry->result, heard_answer_name(HEARD_ANSWER_OK)) != 0)
        return true;
    /* Links, views of recordings and the like stand in the same trail. */
    if (!heard_verb_from_name(entry->action, &verb))
        return true;
    data = heard_json_parse_object(entry->detail, strlen(entry->detail), error);
    if (!data)
        return false;
    command.actor = strcmp(entry->actor, "server") == 0 ? NULL : entry->actor;
    command.wall_ms = entry->at_ms;
    command.now_us = entry->at_ms * 1000;
    if (!heard_command_parse(verb, data, &command, error))
        return false;
    /* Trails of before there were warnings do not say it. */
    if (verb == HEARD_VERB_REMOVE && !json_object_get(data, "safety"))
        command.safety = true;
    answer = heard_hearing_apply(hearing, &command, effects);
    if (answer != HEARD_ANSWER_OK) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                    "audit entry %" G_GUINT64_FORMAT ": %s gives %s", entry->seq, entry->action,
                    heard_answer_name(answer));
        return false;
    }
    return true;
}
