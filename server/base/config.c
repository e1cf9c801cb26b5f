/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/config.h"

#include "server/base/error.h"

#include <string.h>

struct HeardConfig {
    const HeardConfigField *fields;
    GHashTable *values; /* key → text */
};

HeardConfig *heard_config_new(const HeardConfigField *fields)
{
    HeardConfig *self = g_new0(HeardConfig, 1);

    self->fields = fields;
    self->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    return self;
}

void heard_config_free(HeardConfig *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->values);
    g_free(self);
}

static const HeardConfigField *find_field(const HeardConfig *self, const char *key)
{
    for (const HeardConfigField *f = self->fields; f->key; f++)
        if (strcmp(f->key, key) == 0)
            return f;
    return NULL;
}

static bool is_true(const char *value)
{
    return !strcmp(value, "true") || !strcmp(value, "yes") || !strcmp(value, "1");
}

static bool is_false(const char *value)
{
    return !strcmp(value, "false") || !strcmp(value, "no") || !strcmp(value, "0");
}

bool heard_config_set(HeardConfig *self, const char *key, const char *value, GError **error)
{
    const HeardConfigField *field = find_field(self, key);
    gint64 number;

    if (!field) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "unknown setting '%s'", key);
        return false;
    }
    switch (field->kind) {
    case HEARD_CONFIG_TEXT:
        break;
    case HEARD_CONFIG_NUMBER:
        if (!g_ascii_string_to_signed(value, 10, field->min, field->max, &number, NULL)) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                        "%s: '%s' is not a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                        key, value, (gint64)field->min, (gint64)field->max);
            return false;
        }
        break;
    case HEARD_CONFIG_BOOL:
        if (!is_true(value) && !is_false(value)) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s: '%s' is not true or false",
                        key, value);
            return false;
        }
        break;
    }
    g_hash_table_replace(self->values, (char *)field->key, g_strdup(value));
    return true;
}

static bool parse_line(HeardConfig *self, char *line, GHashTable *seen, GError **error)
{
    char *equals = strchr(line, '=');
    const HeardConfigField *field;

    if (!equals) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "expected 'key = value'");
        return false;
    }
    *equals = '\0';
    g_strchomp(line);
    field = find_field(self, line);
    if (field && !g_hash_table_add(seen, (char *)field->key)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "'%s' stands here twice", line);
        return false;
    }
    return heard_config_set(self, line, g_strstrip(equals + 1), error);
}

bool heard_config_parse(HeardConfig *self, const char *name, const char *text, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        if (*line == '\0' || *line == '#')
            continue;
        if (!parse_line(self, line, seen, error)) {
            g_prefix_error(error, "%s:%u: ", name, i + 1);
            return false;
        }
    }
    return true;
}

bool heard_config_load(HeardConfig *self, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;

    if (!g_file_get_contents(path, &text, NULL, &failure)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s", failure->message);
        return false;
    }
    return heard_config_parse(self, path, text, error);
}

const char *heard_config_text(const HeardConfig *self, const char *key)
{
    const HeardConfigField *field = find_field(self, key);
    const char *value = g_hash_table_lookup(self->values, key);

    g_assert(field);
    return value ? value : field->initial;
}

int64_t heard_config_number(const HeardConfig *self, const char *key)
{
    const char *text = heard_config_text(self, key);

    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

bool heard_config_bool(const HeardConfig *self, const char *key)
{
    const char *text = heard_config_text(self, key);

    return text && is_true(text);
}
