/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/json.h"

#include "server/base/error.h"

#include <stdlib.h>
#include <string.h>

enum { JSON_DEPTH_MAX = 32 };

/* jansson recurses up to 2048 levels; a cheap scan keeps hostile nesting away from it. */
static bool depth_is_sane(const char *text, size_t size)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

json_t *heard_json_parse_object(const char *text, size_t size, GError **error)
{
    json_error_t where;
    g_autoptr(json_t) value = NULL;

    if (size > HEARD_JSON_BYTES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "JSON of %zu bytes; at most %d",
                    size, HEARD_JSON_BYTES_MAX);
        return NULL;
    }
    if (!depth_is_sane(text, size)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_JSON, "nested deeper than %d levels",
                    JSON_DEPTH_MAX);
        return NULL;
    }
    value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (!value) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_JSON, "not JSON at line %d, column %d",
                    where.line, where.column);
        return NULL;
    }
    if (!json_is_object(value)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_JSON, "expected a JSON object");
        return NULL;
    }
    return g_steal_pointer(&value);
}

static bool bad_field(GError **error, const char *key, const char *want)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "%s: %s", key, want);
    return false;
}

/* False with *ret_value NULL means: absent, and that is fine. */
static bool find(const json_t *object, const char *key, bool optional, json_t **ret_value,
                 GError **error)
{
    json_t *value = json_object_get(object, key);

    *ret_value = value && !json_is_null(value) ? value : NULL;
    if (!*ret_value && !optional)
        return bad_field(error, key, "is missing");
    return true;
}

bool heard_json_text(const json_t *object, const char *key, size_t max_chars, bool optional,
                     const char **ret_text, GError **error)
{
    json_t *value;
    const char *text;

    if (!find(object, key, optional, &value, error))
        return false;
    if (!value)
        return true;
    if (!json_is_string(value))
        return bad_field(error, key, "is not a text");
    text = json_string_value(value);
    if ((size_t)g_utf8_strlen(text, -1) > max_chars)
        return bad_field(error, key, "is too long");
    for (const char *c = text; *c; c++)
        if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
            return bad_field(error, key, "holds a control character");
    *ret_text = text;
    return true;
}

bool heard_json_number(const json_t *object, const char *key, int64_t min, int64_t max,
                       bool optional, int64_t *ret_number, GError **error)
{
    json_t *value;

    if (!find(object, key, optional, &value, error))
        return false;
    if (!value)
        return true;
    if (!json_is_integer(value))
        return bad_field(error, key, "is not a whole number");
    if (json_integer_value(value) < min || json_integer_value(value) > max)
        return bad_field(error, key, "is out of range");
    *ret_number = json_integer_value(value);
    return true;
}

bool heard_json_bool(const json_t *object, const char *key, bool optional, bool *ret_value,
                     GError **error)
{
    json_t *value;

    if (!find(object, key, optional, &value, error))
        return false;
    if (!value)
        return true;
    if (!json_is_boolean(value))
        return bad_field(error, key, "is not true or false");
    *ret_value = json_boolean_value(value);
    return true;
}

bool heard_json_array(const json_t *object, const char *key, size_t max_count, bool optional,
                      json_t **ret_array, GError **error)
{
    json_t *value;

    if (!find(object, key, optional, &value, error))
        return false;
    if (!value)
        return true;
    if (!json_is_array(value))
        return bad_field(error, key, "is not a list");
    if (json_array_size(value) > max_count)
        return bad_field(error, key, "has too many entries");
    *ret_array = value;
    return true;
}

char *heard_json_dump(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    char *copy = g_strdup(text ? text : "null");

    free(text);
    return copy;
}
