/* SPDX-License-Identifier: Apache-2.0 */
#include "server/papers/facts.h"

#include "server/base/error.h"

#include <string.h>

enum { NAME_SIZE = 64 };

static bool refuse(GError **error, const char *where, const char *what)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "facts: %s: %s", where, what);
    return false;
}

static const json_t *resolve(const json_t *type, const json_t *parts)
{
    const char *name = json_string_value(type);

    return name && *name == '@' ? json_object_get(parts, name + 1) : type;
}

/* ---- scopes ---- */

bool heard_scope_push(HeardScope *self, const json_t *level)
{
    if (self->count >= HEARD_SCOPE_MAX)
        return false;
    self->levels[self->count++] = level;
    return true;
}

typedef const json_t *(*Member)(const json_t *object, const char *name, const json_t *parts);

static const json_t *member_value(const json_t *object, const char *name, const json_t *parts)
{
    (void)parts;
    return json_object_get(object, name);
}

static const json_t *member_type(const json_t *object, const char *name, const json_t *parts)
{
    char optional[NAME_SIZE + 1];
    const json_t *found = json_object_get(object, name);

    g_snprintf(optional, sizeof optional, "%s?", name);
    return resolve(found ? found : json_object_get(object, optional), parts);
}

static const json_t *look_up(const HeardScope *self, const char *path, Member member,
                             const json_t *parts)
{
    g_auto(GStrv) names = g_strsplit(path, ".", HEARD_SCOPE_MAX + 1);
    const json_t *found = NULL;

    for (unsigned i = self->count; i > 0 && !found && names[0]; i--)
        found = member(self->levels[i - 1], names[0], parts);
    for (unsigned i = 1; found && names[i]; i++)
        found = member(found, names[i], parts);
    return found;
}

const json_t *heard_scope_value(const HeardScope *self, const char *path)
{
    return look_up(self, path, member_value, NULL);
}

const json_t *heard_scope_type(const HeardScope *self, const json_t *parts, const char *path)
{
    return look_up(self, path, member_type, parts);
}

/* ---- the schema ---- */

static bool is_known_type(const char *type, const json_t *words)
{
    static const char *const plain[] = {"text", "time", "number", "flag", NULL};

    if (g_str_has_prefix(type, "word:"))
        return json_object_get(words, type + strlen("word:")) != NULL;
    return g_strv_contains(plain, type);
}

static bool check_type(const char *where, const json_t *type, const json_t *parts,
                       const json_t *words, unsigned depth, GError **error)
{
    const char *name;
    json_t *member;

    type = resolve(type, parts);
    if (!type || depth > HEARD_FACTS_DEPTH_MAX)
        return refuse(error, where, type ? "is nested too deep" : "names a part that is not there");
    if (json_is_string(type))
        return is_known_type(json_string_value(type), words) ||
               refuse(error, where, "text, time, number, flag or word:TABLE");
    if (json_is_array(type))
        return json_array_size(type) == 1
                   ? check_type(where, json_array_get(type, 0), parts, words, depth + 1, error)
                   : refuse(error, where, "a list names the one type of its items");
    if (!json_is_object(type))
        return refuse(error, where, "a type, a list or an object");
    json_object_foreach(
        (json_t *)type, name,
        member) if (strlen(name) >= NAME_SIZE ||
                    !check_type(name, member, parts, words, depth + 1, error)) return false;
    return true;
}

bool heard_facts_check_schema(const json_t *schema, const json_t *parts, const json_t *words,
                              GError **error)
{
    return json_is_object(schema) ? check_type("schema", schema, parts, words, 0, error)
                                  : refuse(error, "schema", "is missing");
}

/* ---- the facts ---- */

static bool check(const char *where, const json_t *value, const json_t *type, const json_t *parts,
                  GError **error);

static bool check_leaf(const char *where, const json_t *value, const char *type, GError **error)
{
    if (strcmp(type, "time") == 0 || strcmp(type, "number") == 0)
        return json_is_integer(value) || refuse(error, where, "a whole number");
    if (strcmp(type, "flag") == 0)
        return json_is_boolean(value) || refuse(error, where, "true or false");
    if (!json_is_string(value))
        return refuse(error, where, "a text");
    return json_string_length(value) <= HEARD_FACTS_TEXT_BYTES_MAX ||
           refuse(error, where, "is too long");
}

static bool check_list(const char *where, const json_t *value, const json_t *type,
                       const json_t *parts, GError **error)
{
    if (!json_is_array(value) || json_array_size(value) > HEARD_FACTS_LIST_MAX)
        return refuse(error, where, "a list of at most 5000");
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!check(where, json_array_get(value, i), json_array_get(type, 0), parts, error))
            return false;
    return true;
}

static bool check_member(const json_t *object, const char *name, const json_t *type,
                         const json_t *parts, GError **error)
{
    size_t size = strlen(name);
    bool is_optional = name[size - 1] == '?';
    g_autofree char *plain = g_strndup(name, is_optional ? size - 1 : size);
    const json_t *value = json_object_get(object, plain);

    if (!value || json_is_null(value))
        return is_optional || refuse(error, plain, "is missing");
    return check(plain, value, type, parts, error);
}

/* A fact that no template knows would stand in the JSON and in no document. */
static bool check_known(const char *where, const json_t *value, const json_t *type,
                        const json_t *parts, GError **error)
{
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)value, name, member)
    {
        g_autofree char *what = g_strdup_printf("has no member %.*s", NAME_SIZE, name);
        if (!member_type(type, name, parts))
            return refuse(error, where, what);
    }
    return true;
}

static bool check_object(const char *where, const json_t *value, const json_t *type,
                         const json_t *parts, GError **error)
{
    const char *name;
    json_t *member;

    if (!json_is_object(value))
        return refuse(error, where, "an object");
    json_object_foreach((json_t *)type, name,
                        member) if (!check_member(value, name, member, parts, error)) return false;
    return check_known(where, value, type, parts, error);
}

static bool check(const char *where, const json_t *value, const json_t *type, const json_t *parts,
                  GError **error)
{
    type = resolve(type, parts);
    if (json_is_string(type))
        return check_leaf(where, value, json_string_value(type), error);
    return json_is_array(type) ? check_list(where, value, type, parts, error)
                               : check_object(where, value, type, parts, error);
}

bool heard_facts_check(const json_t *facts, const json_t *schema, const json_t *parts,
                       GError **error)
{
    return check("facts", facts, schema, parts, error);
}
