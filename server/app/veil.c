/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/veil.h"

#include "server/base/json.h"
#include "server/store/audit_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/person_rows.h"
#include "server/store/seat_rows.h"

#include <string.h>

struct HeardVeil {
    GPtrArray *names; /* longest first: none shows through another one's cover */
};

HeardVeil *heard_veil_new(void)
{
    HeardVeil *self = g_new0(HeardVeil, 1);

    self->names = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void heard_veil_free(HeardVeil *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->names);
    g_free(self);
}

static void add_take(HeardVeil *self, char *name)
{
    guint at = 0;

    while (at < self->names->len && strlen(g_ptr_array_index(self->names, at)) >= strlen(name))
        at++;
    g_ptr_array_insert(self->names, (gint)at, name);
}

void heard_veil_add(HeardVeil *self, const char *name)
{
    if (*name == '\0')
        return;
    add_take(self, heard_person_mask_name(name));
    add_take(self, g_strdup(name));
}

bool heard_veil_is_empty(const HeardVeil *self)
{
    return self->names->len == 0;
}

const char *heard_veil_word(const char *language)
{
    return g_strcmp0(language, "zh") == 0 ? "受保护的参加人" : "Protected participant";
}

/* Latin letters are parted by what is no letter, Chinese ones by nothing. */
static bool stands_here(const char *text, const char *at, const char *name)
{
    size_t size = strlen(name);

    if (g_utf8_strlen(name, -1) == 1)
        return strcmp(text, name) == 0;
    return g_str_has_prefix(at, name) &&
           !(at > text && g_ascii_isalnum(*name) && g_ascii_isalnum(at[-1])) &&
           !(g_ascii_isalnum(name[size - 1]) && g_ascii_isalnum(at[size]));
}

/* How long the name is that stands here; 0: none does. */
static size_t find_name(const HeardVeil *self, const char *text, const char *at)
{
    for (guint i = 0; i < self->names->len; i++) {
        const char *name = g_ptr_array_index(self->names, i);

        if (stands_here(text, at, name))
            return strlen(name);
    }
    return 0;
}

/* What programs tell each other, as roles and states: nobody is called so. */
static bool is_code(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.:-")] == '\0';
}

static json_t *cover_text(const HeardVeil *self, const char *text, const char *word)
{
    g_autoptr(GString) covered = g_string_new(NULL);
    const char *at = text;

    if (is_code(text))
        return json_string(text);
    while (*at) {
        size_t size = find_name(self, text, at);

        if (size > 0) {
            g_string_append(covered, word);
            at += size;
        } else {
            g_string_append_unichar(covered, g_utf8_get_char(at));
            at = g_utf8_next_char(at);
        }
    }
    return json_string(covered->str);
}

static json_t *cover(const HeardVeil *self, const json_t *value, const char *word)
{
    json_t *out, *part;
    const char *key;
    size_t index;

    switch (json_typeof(value)) {
    case JSON_STRING:
        return cover_text(self, json_string_value(value), word);
    case JSON_OBJECT:
        out = json_object();
        json_object_foreach((json_t *)value, key, part)
            json_object_set_new(out, key, cover(self, part, word));
        return out;
    case JSON_ARRAY:
        out = json_array();
        json_array_foreach(value, index, part) json_array_append_new(out, cover(self, part, word));
        return out;
    default:
        return json_incref((json_t *)value);
    }
}

json_t *heard_veil_cover(const HeardVeil *self, const json_t *value, const char *language)
{
    return cover(self, value, heard_veil_word(language));
}

/* ---- from the trail ---- */

static bool names_participant(const json_t *detail, const char *participant_id)
{
    const json_t *from = json_object_get(detail, "from");
    const json_t *one;
    size_t index;

    json_array_foreach(from, index, one)
    {
        if (g_strcmp0(json_string_value(one), participant_id) == 0)
            return true;
    }
    return false;
}

/* The last word about each protected person counts. */
static bool read_screens(HeardStore *store, const char *hearing_id, const char *participant_id,
                         GHashTable *hidden, GError **error)
{
    for (int64_t after = 0;;) {
        g_autoptr(GPtrArray) rows =
            heard_audit_rows_list_done(store, hearing_id, "screen.set", after, error);

        if (!rows)
            return false;
        for (guint i = 0; i < rows->len; i++) {
            const HeardAuditRow *row = g_ptr_array_index(rows, i);
            g_autoptr(json_t) detail =
                heard_json_parse_object(row->detail, strlen(row->detail), NULL);
            const char *whom = row->object ? strchr(row->object, ':') : NULL;

            after = row->seq;
            if (!whom)
                continue;
            if (names_participant(detail, participant_id))
                g_hash_table_add(hidden, g_strdup(whom + 1));
            else
                g_hash_table_remove(hidden, whom + 1);
        }
        if (rows->len < HEARD_PAGE_MAX)
            return true;
    }
}

static bool add_name(HeardStore *store, HeardVeil *self, const char *participant_id, GError **error)
{
    g_autofree HeardParticipantRow *row = heard_participant_rows_get(store, participant_id, error);
    g_autofree HeardSeatRow *seat = row ? heard_seat_rows_get(store, row->seat_id, error) : NULL;

    if (seat && seat->display_name)
        heard_veil_add(self, seat->display_name);
    return seat != NULL;
}

HeardVeil *heard_veil_read(HeardStore *store, const char *hearing_id, const char *participant_id,
                           GError **error)
{
    g_autoptr(HeardVeil) self = heard_veil_new();
    g_autoptr(GHashTable) hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *key;

    if (!read_screens(store, hearing_id, participant_id, hidden, error))
        return NULL;
    g_hash_table_iter_init(&iter, hidden);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (!add_name(store, self, key, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}
